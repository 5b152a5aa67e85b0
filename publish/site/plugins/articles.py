"""/artikel/<id>: what an article says, each fact one click from its sentence. The full text stays with its outlet."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from datasette import Request, Response, hookimpl

from publish.site.events import REPORT_DATE_EVIDENCE
from publish.site.evidence import mark
from publish.site.facts import name_facts
from publish.site.page import KEY, Row, fetch_row, fetch_rows, not_found, render

ARTICLE = """
select
    articles.id, articles.url, articles.source, articles.outlet_name, articles.title, articles.authors,
    articles.published_at, articles.published_date, articles.published_by, articles.date_reason, articles.lead,
    articles.relevance, articles.is_relevant, articles.is_complete, articles.fetched_at, articles.gone_at,
    articles.archive_digest, articles.parser, articles.model, articles.correction_id, articles.date_correction_id,
    sources.kind <> 'file' as has_outlet_page
from articles
left join sources on sources.name = articles.source
where articles.id = :id
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

# Codes that a correction speaks of, in words.
NAMES = """
select code, name as name_id, name as name_en from regencies
where code in (select value from json_each(:codes))
union all
select code, name_id, name_en from stages
where code in (select value from json_each(:codes))
"""

MENTIONS = """
select
    mentions.number, mentions.label, mentions.value, mentions.confidence, mentions.evidence_number,
    mentions.offset_start, mentions.offset_end,
    coalesce(regencies.name, stages.name_id) as name_id, coalesce(regencies.name, stages.name_en) as name_en
from mentions
left join regencies on mentions.label = 'REGENCY' and regencies.code = mentions.value
left join stages on mentions.label = 'STAGE' and stages.code = mentions.value
where mentions.article_id = :id and mentions.evidence_number is not null
order by mentions.evidence_number, mentions.offset_start
"""

REGENCIES = """
select
    article_id, regency_code, regency_name, role, confidence, correction_id,
    coalesce(
        evidence_number,
        (
            select min(mentions.evidence_number) from mentions
            where mentions.article_id = :id and label = 'REGENCY' and value = regency_code
        )
    ) as evidence_number
from article_regencies
where article_id = :id
order by role = 'subject' desc, regency_code
"""

REPORTS = f"""
select
    stage_reports.article_id, stage_reports.event_id, stage_reports.stage_code,
    stages.name_id as stage_name_id, stages.name_en as stage_name_en,
    stage_reports.regency_code, regencies.name as regency_name, stage_reports.start_date, stage_reports.end_date,
    stage_reports.date_reason, stage_reports.edition, stage_reports.venue, stage_reports.mode, stage_reports.is_main,
    stage_reports.status, stage_reports.confidence, stage_reports.evidence_number, stage_reports.correction_id,
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
    officials.article_id, officials.name, officials.prefix, officials.degrees, officials.position, officials.acting,
    officials.organization, officials.regency_code, regencies.name as regency_name, officials.represents,
    officials.is_quoted, officials.confidence, officials.evidence_number, officials.correction_id,
    iif(
        exists (select 1 from office_terms where office_terms.person_id = officials.person_id),
        officials.person_id, null
    ) as person_id
from officials
left join regencies on regencies.code = officials.regency_code
where officials.article_id = :id
order by officials.number
"""

QUOTES = """
select
    article_id, speaker_name, text, confidence, evidence_number, correction_id,
    iif(
        exists (select 1 from office_terms where office_terms.person_id = quotes.person_id), person_id, null
    ) as person_id
from quotes
where article_id = :id
order by number
"""

FIGURES = """
select article_id, kind, value, unit, bound, about, text, confidence, evidence_number, correction_id
from figures
where article_id = :id
order by number
"""

PILLARS = """
select
    pillar,
    coalesce(
        evidence_number,
        (
            select min(mentions.evidence_number) from mentions
            where mentions.article_id = :id and label = 'PILLAR' and value = pillar
        )
    ) as evidence_number
from article_pillars
where article_id = :id
order by pillar
"""

# The one that had it first, then in the order of publication.
STORY = """
select
    told.article_id, told.role, told.verbatim_share, articles.outlet_name, articles.title, articles.published_at,
    articles.published_date, articles.date_reason, stories.articles, stories.outlets, stories.is_release
from story_articles as mine
join stories on stories.id = mine.story_id
join story_articles as told on told.story_id = mine.story_id
join articles on articles.id = told.article_id
where mine.article_id = :id
order by told.role = 'first' desc, articles.published_at nulls last, told.article_id
limit 40
"""

VERSIONS = """
select title, published_at, replaced_at, archive_digest
from article_versions
where article_id = :id
order by number
"""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(rf"^/artikel/(?P<id>{KEY})$", article)]


async def article(datasette: Any, request: Request) -> Response:
    key = {"id": request.url_vars["id"]}
    row = await fetch_row(datasette, ARTICLE, key)
    if row is None:
        return await not_found(datasette, request, "missing.article")
    facts = {
        "event": name_facts("event", await fetch_rows(datasette, REPORTS, key)),
        "regency": name_facts("regency", await fetch_rows(datasette, REGENCIES, key)),
        "official": name_facts("official", await fetch_rows(datasette, OFFICIALS, key)),
        "quote": name_facts("quote", await fetch_rows(datasette, QUOTES, key)),
        "figure": name_facts("figure", await fetch_rows(datasette, FIGURES, key)),
        "pillar": await fetch_rows(datasette, PILLARS, key),
    }
    for official in facts["official"]:
        official["degrees"] = json.loads(official["degrees"] or "[]")
    _anchor(facts)
    mentions = groupby(await fetch_rows(datasette, MENTIONS, key), key=lambda mention: mention["evidence_number"])
    marked = {number: [told | {"to": _fact_of(told, facts)} for told in group] for number, group in mentions}
    evidence = await fetch_rows(datasette, EVIDENCE, key)
    corrections = [_former(row) for row in await fetch_rows(datasette, CORRECTIONS, key)]
    return await render(
        datasette,
        request,
        "article.html",
        article={**row, "authors": json.loads(row["authors"] or "[]")},
        facts=facts,
        evidence=[
            sentence | {"parts": mark(sentence["text"], marked.get(sentence["number"], []))} for sentence in evidence
        ],
        anchors={sentence["number"]: sentence["anchor"] for sentence in evidence},
        proven=_by_sentence(facts),
        corrections=corrections,
        names=await _names(datasette, corrections),
        versions=await fetch_rows(datasette, VERSIONS, key),
        story=await fetch_rows(datasette, STORY, key),
    )


def _anchor(facts: Mapping[str, list[Row]]) -> None:
    """Give each fact a place on the page, as `anchor`, from its name, which lasts; twins share that of the first."""
    for kind, rows in facts.items():
        seen: set[str] = set()
        for row in rows:
            row["anchor"] = f"fakta-{row['pillar'] if kind == 'pillar' else row['fact'].split('-')[1]}"
            row["is_first"] = row["anchor"] not in seen
            seen.add(row["anchor"])


def _fact_of(mention: Row, facts: Mapping[str, list[Row]]) -> str | None:
    """The anchor of the fact that a mention is part of; of steps, one that its own sentence proves comes first."""
    value, first_day = mention["value"], mention["value"].split("/")[0]
    found: Iterable[Row] = {
        "REGENCY": [row for row in facts["regency"] if row["regency_code"] == value],
        "OFFICIAL": [row for row in facts["official"] if row["name"] == value],
        "PILLAR": [row for row in facts["pillar"] if row["pillar"] == value],
        "DATE": [row for row in facts["event"] if row["start_date"] == first_day],
        "STAGE": [row for row in facts["event"] if row["stage_code"] == value],
    }[mention["label"]]
    nearest = sorted(found, key=lambda row: row["evidence_number"] != mention["evidence_number"])
    return nearest[0]["anchor"] if nearest else None


def _by_sentence(facts: Mapping[str, list[Row]]) -> dict[int, list[Row]]:
    """What each sentence proves; a sentence that says only the date of a step proves that."""
    proven = defaultdict(list)
    for kind, rows in facts.items():
        for row in rows:
            for number in dict.fromkeys((row["evidence_number"], row.get("date_evidence_number"))):
                if number:
                    proven[number].append(row | {"kind_of_fact": kind})
    return proven


def _former(correction: Row) -> Row:
    """A correction with what stood before: of a corrected fact the fields that were changed."""
    original = json.loads(correction["original"] or "{}")
    changed = json.loads(correction["corrected"] or "{}") if correction["decision"] == "correct" else original
    told = {field: original[field] for field in changed if original.get(field) not in (None, "", [])}
    if told.get("end_date") == told.get("start_date"):
        told.pop("end_date", None)
    return correction | {"former": [(field, value) for field, value in told.items() if field != "date_reason"]}


async def _names(datasette: Any, corrections: list[Row]) -> dict[str, Row]:
    codes = [value for one in corrections for field, value in one["former"] if field.endswith("_code")]
    if not codes:
        return {}
    return {row["code"]: row for row in await fetch_rows(datasette, NAMES, {"codes": json.dumps(codes)})}
