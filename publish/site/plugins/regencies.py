"""/daerah: all kabupaten and kota, and a page for each."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any

from datasette import Request, Response, hookimpl

from publish.site.events import EVENT_CARDS, REPORT_DATE_EVIDENCE
from publish.site.page import KEY, Row, fetch_row, fetch_rows, not_found, render
from publish.site.phases import HIGHEST_PHASE, PHASE_OF_STAGE, PHASE_PARAMETERS, PHASES

ALL = f"""
select
    regencies.code, regencies.name, regencies.province_code, regencies.province_name, regencies.cohort_year,
    reached.phase,
    exists (select 1 from events where events.regency_code = regencies.code and events.status = 'held') as has_event
from regencies
left join ({HIGHEST_PHASE}) as reached on reached.regency_code = regencies.code
order by regencies.province_code, regencies.code
"""

ONE = """
select
    code, name, kind, province_code, province_name, capital_name, latitude, longitude, population, area_km2,
    cohort_year,
    (
        select group_concat(alias, ', ')
        from regency_aliases
        where regency_code = code and alias <> regencies.short_name and alias <> regencies.name
    ) as aliases
from regencies
where code = :code
"""

# By the distance between their middles; this near the equator a degree of longitude is as long as one of latitude.
NEIGHBOURS = f"""
select regencies.code, regencies.name, regencies.province_name, reached.phase
from regencies
join regencies as here on here.code = :code and here.code <> regencies.code
left join ({HIGHEST_PHASE}) as reached on reached.regency_code = regencies.code
order by
    (regencies.latitude - here.latitude) * (regencies.latitude - here.latitude)
    + (regencies.longitude - here.longitude) * (regencies.longitude - here.longitude)
limit 8
"""

EVENTS = EVENT_CARDS + "where events.regency_code = :code order by events.start_date nulls last, stages.position"

# What is announced, and its day had passed when we looked last.
PAST = "select event_id from ladder_editions where regency_code = :code and is_past"

# A gap in one edition says more than one over all.
GAPS = """
with gaps as (
    select stage_code, edition, later_event_id
    from ladder_editions
    where regency_code = :code and state = 'unreported'
    union all
    select stage_code, null, later_event_id
    from regency_ladder
    where regency_code = :code and state = 'unreported'
    and stage_code not in (select stage_code from ladder_editions where regency_code = :code and state = 'unreported')
)
select
    gaps.stage_code, stages.name_id, stages.name_en, gaps.edition,
    later_event_id, later_stages.name_id as later_name_id, later_stages.name_en as later_name_en
from gaps
join stages on stages.code = gaps.stage_code
join events as later on later.id = later_event_id
join stages as later_stages on later_stages.code = later.stage_code
order by stages.position, gaps.edition
"""

FLAGS = """
select
    rule, kind, reason_id, reason_en,
    earlier_event_id, earlier.name_id as earlier_name_id, earlier.name_en as earlier_name_en, earlier_date,
    later_event_id, later.name_id as later_name_id, later.name_en as later_name_en, later_date
from order_flags
join stages as earlier on earlier.code = earlier_stage_code
join stages as later on later.code = later_stage_code
where regency_code = :code
order by kind, later_date, later_event_id, rule, earlier.position
"""

# What is not sure is no event yet, but the reader may know more than the machine.
UNSURE = f"""
select
    stage_reports.article_id, stage_reports.stage_code,
    stages.name_id as stage_name_id, stages.name_en as stage_name_en,
    stage_reports.start_date, stage_reports.end_date, stage_reports.date_reason, stage_reports.status,
    stage_reports.confidence, stage_reports.evidence_number, stage_reports.evidence, {REPORT_DATE_EVIDENCE},
    articles.outlet_name
from stage_reports
join stages on stages.code = stage_reports.stage_code
join articles on articles.id = stage_reports.article_id
where stage_reports.regency_code = :code
and (stage_reports.event_id is null or stage_reports.event_id not in (select id from events))
order by stage_reports.start_date nulls last, stages.position
limit 100
"""

OFFICIALS = """
select
    officials.article_id, officials.name, officials.prefix, officials.degrees, officials.position, officials.acting,
    officials.organization, officials.person_id, officials.represents, officials.confidence,
    officials.evidence_number, officials.evidence,
    articles.title, articles.outlet_name, articles.published_date
from officials
join articles on articles.id = officials.article_id
where officials.regency_code = :code
order by articles.published_date desc nulls last, officials.article_id, officials.number
limit 200
"""

QUOTES = """
select
    quotes.article_id, quotes.speaker_name, quotes.text, quotes.confidence, quotes.evidence_number,
    articles.outlet_name, articles.published_date
from quotes
join articles on articles.id = quotes.article_id
join article_regencies on article_regencies.article_id = quotes.article_id
where article_regencies.regency_code = :code and article_regencies.role = 'subject'
order by articles.published_date desc nulls last, quotes.article_id, quotes.number
limit 20
"""

ARTICLES = """
select
    articles.id, articles.title, articles.outlet_name, articles.published_date, articles.date_reason,
    articles.is_relevant, article_regencies.role, article_regencies.confidence
from article_regencies
join articles on articles.id = article_regencies.article_id
where article_regencies.regency_code = :code
order by article_regencies.role = 'subject' desc, articles.published_date desc nulls last, articles.id
limit 200
"""


# Why it may be quiet here: who writes about it, and whom of them we cannot read.
SOURCES = """
select
    name, outlet_name, verdict, since_date,
    verdict in ('changed', 'blocked', 'unreachable', 'not-asked') as is_unread
from source_regencies
join sources on name = source
where regency_code = :code
order by is_unread desc, outlet_name
"""

PROVINCE_SOURCES = """
select count(*) as sources, sum(verdict in ('changed', 'blocked', 'unreachable', 'not-asked')) as unread
from source_provinces
join sources on name = source
where province_code = :province and source not in (select source from source_regencies where regency_code = :code)
"""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/daerah$", regencies), (rf"^/daerah/(?P<code>{KEY})$", regency)]


async def regencies(datasette: Any, request: Request) -> Response:
    rows = await fetch_rows(datasette, ALL, PHASE_PARAMETERS)
    only_missing = request.args.get("tampil") == "belum"
    if only_missing:
        rows = [row for row in rows if row["cohort_year"] and not row["has_event"]]
    provinces = [(name, list(members)) for name, members in groupby(rows, key=lambda row: row["province_name"])]
    return await render(
        datasette, request, "regencies.html", provinces=provinces, total=len(rows), only_missing=only_missing
    )


async def regency(datasette: Any, request: Request) -> Response:
    code = {"code": request.url_vars["code"]}
    row = await fetch_row(datasette, ONE, code)
    if row is None:
        return await not_found(datasette, request, "missing.regency")
    events = await fetch_rows(datasette, EVENTS, code)
    taken = [event for event in events if _is_taken(event) and event["stage_code"] in PHASE_OF_STAGE]
    past = {row["event_id"] for row in await fetch_rows(datasette, PAST, code)}
    steps = [{**event, "is_taken": _is_taken(event), "is_past": event["id"] in past} for event in events]
    phases = {**PHASES, "lainnya": ("lainnya",)}
    ladder = {phase: [step for step in steps if step["stage_code"] in stages] for phase, stages in phases.items()}
    gaps = await fetch_rows(datasette, GAPS, code)
    return await render(
        datasette,
        request,
        "regency.html",
        regency=row,
        ladder=ladder,
        gaps={phase: [gap for gap in gaps if gap["stage_code"] in stages] for phase, stages in phases.items()},
        flags=_by_rule(await fetch_rows(datasette, FLAGS, code)),
        events=events,
        furthest=max(taken, key=_how_far, default=None),
        neighbours=await fetch_rows(datasette, NEIGHBOURS, {**code, **PHASE_PARAMETERS}),
        unsure=await fetch_rows(datasette, UNSURE, code),
        officials=_people(await fetch_rows(datasette, OFFICIALS, code)),
        quotes=await fetch_rows(datasette, QUOTES, code),
        articles=await fetch_rows(datasette, ARTICLES, code),
        sources=await fetch_rows(datasette, SOURCES, code),
        around=await fetch_row(datasette, PROVINCE_SOURCES, {**code, "province": row["province_code"]}),
    )


def _is_taken(event: Row) -> bool:
    """Whether the event is a step of the ladder: surely read, and not only announced."""
    return bool(event["confidence"] >= 0.5 and event["status"] == "held")


def _by_rule(flags: list[Row]) -> list[list[Row]]:
    """The flags that one rule raises on one event, together."""
    return [list(raised) for _, raised in groupby(flags, key=lambda flag: (flag["later_event_id"], flag["rule"]))]


def _how_far(event: Row) -> tuple[int, bool, str]:
    """Later stages first; of one stage, what articles are about before what they look back on, then the latest."""
    return PHASE_OF_STAGE[event["stage_code"]], bool(event["is_main"]), event["start_date"] or ""


def _people(officials: list[Row]) -> list[Row]:
    """Each person once, as the newest article names them, with every naming of them in `namings`."""
    people: dict[object, Row] = {}
    for official in officials:
        degrees = json.loads(official["degrees"] or "[]")
        person = people.setdefault(
            official["person_id"] or official["name"], {**official, "degrees": degrees, "namings": []}
        )
        person["namings"].append(official)
    return list(people.values())
