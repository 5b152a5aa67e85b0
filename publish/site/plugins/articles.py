"""/artikel/<id>: what an article says, each fact one click from its sentence. The full text stays with its outlet."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any

from datasette import Request, Response, hookimpl

from publish.site.events import REPORT_DATE_EVIDENCE
from publish.site.page import KEY, fetch_row, fetch_rows, not_found, render

ARTICLE = """
select
    id, url, source, outlet_name, title, authors, published_at, published_date, published_by, date_reason, lead,
    relevance, is_relevant, is_complete, fetched_at, gone_at, archive_digest, parser, model
from articles
where id = :id
"""

# A sentence that stands twice has its name where it stands first.
EVIDENCE = """
select number, text, is_former, iif(row_number() over (partition by anchor order by number) = 1, anchor, null) as anchor
from evidence
where article_id = :id
order by number
"""

CORRECTIONS = """
select id, kind, decision, original, corrected, decided_by, substr(decided_at, 1, 10) as decided_date, reason, evidence
from corrections
where article_id = :id and state = 'applied' and undone_at is null and decision <> 'accept'
order by id
"""

MENTIONS = """
select label, text, value, confidence, evidence_number, offset_start, offset_end
from mentions
where article_id = :id and evidence_number is not null
order by evidence_number, offset_start
"""

REGENCIES = """
select
    regency_code, regency_name, role, confidence,
    (
        select min(evidence_number) from mentions
        where mentions.article_id = :id and label = 'REGENCY' and value = regency_code
    ) as evidence_number
from article_regencies
where article_id = :id
order by role = 'subject' desc, regency_code
"""

REPORTS = f"""
select
    stage_reports.event_id, stage_reports.stage_code,
    stages.name_id as stage_name_id, stages.name_en as stage_name_en,
    stage_reports.regency_code, regencies.name as regency_name, stage_reports.start_date, stage_reports.end_date,
    stage_reports.date_reason, stage_reports.venue, stage_reports.mode, stage_reports.is_main,
    stage_reports.status, stage_reports.confidence, stage_reports.evidence_number,
    {REPORT_DATE_EVIDENCE},
    exists (select 1 from events where events.id = stage_reports.event_id) as has_event
from stage_reports
join stages on stages.code = stage_reports.stage_code
left join regencies on regencies.code = stage_reports.regency_code
where stage_reports.article_id = :id
order by stage_reports.is_main desc, stage_reports.number
"""

OFFICIALS = """
select
    officials.name, officials.prefix, officials.degrees, officials.position, officials.acting, officials.organization,
    officials.regency_code, regencies.name as regency_name, officials.represents, officials.is_quoted,
    officials.confidence, officials.evidence_number
from officials
left join regencies on regencies.code = officials.regency_code
where officials.article_id = :id
order by officials.number
"""

QUOTES = "select speaker_name, text, confidence, evidence_number from quotes where article_id = :id order by number"

FIGURES = """
select kind, value, unit, bound, about, confidence, evidence_number
from figures
where article_id = :id
order by number
"""

STORY = """
select
    told.role, told.verbatim_share, stories.outlets, stories.first_article_id,
    earliest.outlet_name as first_outlet_name
from story_articles as told
join stories on stories.id = told.story_id
join articles as earliest on earliest.id = stories.first_article_id
where told.article_id = :id
"""

VERSIONS = "select title, replaced_at from article_versions where article_id = :id order by number"

PILLARS = """
select
    pillar,
    (
        select min(evidence_number) from mentions
        where mentions.article_id = :id and label = 'PILLAR' and value = pillar
    ) as evidence_number
from article_pillars
where article_id = :id
order by pillar
"""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(rf"^/artikel/(?P<id>{KEY})$", article)]


async def article(datasette: Any, request: Request) -> Response:
    key = {"id": request.url_vars["id"]}
    row = await fetch_row(datasette, ARTICLE, key)
    if row is None:
        return await not_found(datasette, request, "missing.article")
    mentions = groupby(await fetch_rows(datasette, MENTIONS, key), key=lambda mention: mention["evidence_number"])
    officials = await fetch_rows(datasette, OFFICIALS, key)
    for official in officials:
        official["degrees"] = json.loads(official["degrees"] or "[]")
    return await render(
        datasette,
        request,
        "article.html",
        article={**row, "authors": json.loads(row["authors"] or "[]")},
        evidence=await fetch_rows(datasette, EVIDENCE, key),
        corrections=[_former(row) for row in await fetch_rows(datasette, CORRECTIONS, key)],
        mentions={number: list(group) for number, group in mentions},
        regencies=await fetch_rows(datasette, REGENCIES, key),
        reports=await fetch_rows(datasette, REPORTS, key),
        officials=officials,
        quotes=await fetch_rows(datasette, QUOTES, key),
        figures=await fetch_rows(datasette, FIGURES, key),
        pillars=await fetch_rows(datasette, PILLARS, key),
        versions=await fetch_rows(datasette, VERSIONS, key),
        story=await fetch_row(datasette, STORY, key),
    )


def _former(correction: dict[str, Any]) -> dict[str, Any]:
    """A correction with what stood before in words: of a corrected fact the fields that were changed."""
    original = json.loads(correction["original"] or "{}")
    changed = json.loads(correction["corrected"] or "{}") if correction["decision"] == "correct" else original
    told = {field: original.get(field) for field in changed if field != "date_reason"}
    words = [", ".join(value) if isinstance(value, list) else str(value) for value in told.values() if _is_told(value)]
    return correction | {"former": ", ".join(dict.fromkeys(words))}


def _is_told(value: object) -> bool:
    return value not in (None, "", []) and not isinstance(value, bool)
