"""/media: the outlets and portals that are read, how each is doing, who reports first and who copies; /media/<name>."""

from __future__ import annotations

import json
import os
from datetime import date
from typing import Any
from urllib.parse import urljoin

from datasette import Request, Response, hookimpl

from publish.site.dates import week_of
from publish.site.page import KEY, Row, fetch_row, fetch_rows, not_found, page_number, render
from publish.site.search.words import like
from publish.site.source_charts import VERDICTS as VERDICT_ORDER
from publish.site.source_charts import bar, weekly_chart

# The days of visits are those of Jakarta, as `since_date` is.
COLUMNS = """
    sources.name, outlet_name, home_url, kind, network, family, knowledge, delay, budget, sources.articles,
    last_published_date, verdict, is_to_look_at, reason_id, reason_en, since_date, notes_id, notes_en,
    date(visited_at, '+7 hours') as visited_date, date(read_at, '+7 hours') as read_date,
    new_week, usual_low, usual_high, overlap, read_share, dated_share,
    placed_share, week_pages, floor_week, floor_read, floor_dated, floor_placed,
    sources.held, sources.estimate, sources.low, sources.high, sources.unsaid_id, sources.unsaid_en,
    (
        select group_concat(short_name, ', ')
        from source_regencies join regencies on code = regency_code
        where source = sources.name
    ) as regencies,
    (
        select group_concat(provinces.name, ', ')
        from source_provinces join provinces on code = province_code
        where source = sources.name
    ) as provinces
"""

# Of other sources only: who prints a text of its own twice copies nobody.
COPIED = """
    (select coalesce(sum(copies + edited_copies), 0) from source_copies where source = reporting.source) as copied,
    (
        select coalesce(sum(copies + edited_copies), 0) from source_copies where first_source = reporting.source
    ) as copied_by_others
""".strip()

ORDERS = {
    "nama": "outlet_name collate nocase",
    "keadaan": "is_to_look_at desc, verdict is null, verdict",
    "berita": "reporting.articles desc",
    "daerah": "reporting.regencies desc",
    "dulu": "first_reports desc, shared_events desc",
    "salin": "copied desc",
    "disalin": "copied_by_others desc",
    "terakhir": "last_published_date desc nulls last",
}
"""How the list can be sorted, by what stands in the address."""
SOURCES_A_PAGE = 50

_CHOSEN = """
from sources
join source_reporting as reporting on reporting.source = sources.name
where (kind <> 'file' or sources.articles > 0)
and (:verdict = '' or coalesce(verdict, 'none') = :verdict or (:verdict = 'lihat' and is_to_look_at))
and (:kind = '' or kind = :kind)
and (:words = '' or outlet_name like :pattern escape '!' or sources.name like :pattern escape '!')
and (:province = '' or exists (
    select 1 from source_provinces where source = sources.name and province_code = :province
    union all
    select 1 from source_regencies where source = sources.name and regency_code like :province || '.%'
))
"""

SOURCES = f"""
select
    {COLUMNS},
    reporting.articles as told, reporting.regencies as reached, shared_events, first_reports,
    {COPIED}
{_CHOSEN}
order by {{order}}, outlet_name collate nocase, sources.name
limit :size offset :start
"""

COUNT = f"select count(*) as n {_CHOSEN}"

SUMMARY = """
with last_crawl as (
    select started_at from runs where command = 'crawl' and ended_at is not null order by id desc limit 1
)
select
    count(*) as sources,
    coalesce(sum(visited_at >= (select started_at from last_crawl)), 0) as visited,
    coalesce(sum(read_at >= (select started_at from last_crawl)), 0) as answered,
    (select date(started_at, '+7 hours') from last_crawl) as crawl_date,
    coalesce(sum(is_to_look_at), 0) as to_look_at
from sources
where kind <> 'file'
"""

VERDICTS = """
select coalesce(verdict, 'none') as verdict, count(*) as sources
from sources
where kind <> 'file'
group by 1
"""

WEEKS = """
select week, weeks, sources, held, estimate, low, high, unsaid_id, unsaid_en, gaps
from completeness
order by week desc, weeks
"""

ALARMS = """
select source, level, said_id, said_en, raised_at, ended_at
from alarms
where source = :name and level <> 'note'
and (ended_at is null or julianday(ended_at) >= (select max(julianday(started_at)) - 30 from runs))
order by ended_at is not null, level, raised_at
"""

ONE = f"select {COLUMNS} from sources where sources.name = :name"

WAYS = """
select number, way, url, date(asked_at, '+7 hours') as asked_date, is_answered, is_audit, problem, found, new, kept,
    new_28, kept_28, requests_28
from source_ways
where source = :name
order by number
"""

FATES = """
select fate, reason, urls from fates where source = :name order by urls desc, fate, reason limit 30
"""

VISITS = """
select
    day, requests_day, requests_7, excepted_28, date(asked_at, '+7 hours') as asked_date,
    robots, date(robots_at, '+7 hours') as robots_date, crawl_delay, pace,
    exception_paths, exception_reason, exception_agreed_with, exception_since
from source_visits
where source = :name
"""

AREAS = """
select code, name, '/daerah/' || code as path
from source_regencies join regencies on code = regency_code
where source = :name
order by code
"""

NEWEST = """
select id, title, published_date, date_reason, is_relevant
from articles
where source = :name
order by published_date desc nulls last, id
limit 10
"""


REPORTING = f"""
select
    articles, dated, events, shared_events, first_reports, verbatim_share, regencies,
    (select count(*) from regencies) as all_regencies,
    {COPIED}
from source_reporting as reporting
where source = :name
"""

SUBJECTS = """
select regency_code as code, name, articles, last_published_date
from source_subjects
join regencies on regencies.code = regency_code
where source = :name
order by articles desc, last_published_date desc, regency_code
limit 24
"""

COPIED_FROM = """
select first_source as name, outlet_name, copies, edited_copies
from source_copies
join sources on sources.name = first_source
where source = :name
order by copies + edited_copies desc, outlet_name
limit 12
"""

COPIED_BY = """
select source as name, outlet_name, copies, edited_copies
from source_copies
join sources on sources.name = source
where first_source = :name
order by copies + edited_copies desc, outlet_name
limit 12
"""

HISTORY = """
select monday, runs, answered_runs, new, kept, requests
from source_weeks
where source = :name
order by monday
"""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/media$", sources), (rf"^/media/(?P<name>{KEY})$", source)]


async def sources(datasette: Any, request: Request) -> Response:
    provinces = await fetch_rows(datasette, "select code, name from provinces order by name")
    chosen, unknown = _choice(request, provinces)
    words = (request.args.get("q") or "").replace("\0", "").strip()[:100]
    parameters = {**chosen, "words": words, "pattern": like(words)}
    counted = None if unknown else await fetch_row(datasette, COUNT, parameters)
    found = counted["n"] if counted else 0
    pages = max(1, -(-found // SOURCES_A_PAGE))
    page = min(page_number(request), pages)
    span = {"size": SOURCES_A_PAGE, "start": (page - 1) * SOURCES_A_PAGE}
    states = {row["verdict"]: row["sources"] for row in await fetch_rows(datasette, VERDICTS)}
    weeks = [{**row, **_shares(row), **_days(row["week"])} for row in await fetch_rows(datasette, WEEKS)]
    return await render(
        datasette,
        request,
        "sources.html",
        status=400 if unknown else 200,
        unknown=unknown,
        chosen=chosen,
        words=words,
        query=_query(chosen, words),
        sources=[
            {**row, **_reporting(row)}
            for row in await fetch_rows(
                datasette, SOURCES.format(order=ORDERS[chosen["order"]]), {**parameters, **span}
            )
        ]
        if found
        else [],
        found=found,
        page=page,
        pages=pages,
        summary=await fetch_row(datasette, SUMMARY),
        states=bar(states),
        verdicts=[{"verdict": verdict, "sources": states[verdict]} for verdict in VERDICT_ORDER if verdict in states],
        regencies=await fetch_row(datasette, "select count(*) as n from regencies"),
        provinces=provinces,
        weeks=[row for row in weeks if row["weeks"] == 1],
        complete=_best(weeks),
        contact=os.environ.get("PANTAU_CONTACT"),
    )


async def source(datasette: Any, request: Request) -> Response:
    key = {"name": request.url_vars["name"]}
    row = await fetch_row(datasette, ONE, key)
    if row is None:
        return await not_found(datasette, request, "missing.source")
    fates = await fetch_rows(datasette, FATES, key)
    ways = await fetch_rows(datasette, WAYS, key)
    return await render(
        datasette,
        request,
        "source.html",
        source={**row, **_shares(row)},
        alarms=await fetch_rows(datasette, ALARMS, key),
        areas=await fetch_rows(datasette, AREAS, key),
        ways=[{**way, "address": _address(row["home_url"], way["url"])} for way in ways],
        history=weekly_chart(await fetch_rows(datasette, HISTORY, key), row["usual_low"], row["usual_high"]),
        reporting=_reporting(await fetch_row(datasette, REPORTING, key) or {}),
        subjects=await fetch_rows(datasette, SUBJECTS, key),
        copied_from=await fetch_rows(datasette, COPIED_FROM, key),
        copied_by=await fetch_rows(datasette, COPIED_BY, key),
        fates=fates,
        visits=_visits(await fetch_row(datasette, VISITS, key)),
        forbidden=sum(fate["urls"] for fate in fates if fate["fate"] == "robots"),
        funnel=await fetch_row(datasette, "select * from funnel where source = :name", key),
        newest=await fetch_rows(datasette, NEWEST, key),
        contact=os.environ.get("PANTAU_CONTACT"),
    )


def _choice(request: Request, provinces: list[Row]) -> tuple[Row, list[str]]:
    """What was chosen, and the names in the address whose values there are not."""
    allowed = {
        "keadaan": {*VERDICT_ORDER, "lihat"},
        "provinsi": {row["code"] for row in provinces},
        "jenis": {"media", "government", "file"},
        "urut": set(ORDERS),
    }
    asked = {name: request.args.get(name) or "" for name in allowed}
    unknown = [name for name, value in asked.items() if value and value not in allowed[name]]
    known = {name: "" if name in unknown else value for name, value in asked.items()}
    chosen = {
        "verdict": known["keadaan"],
        "province": known["provinsi"],
        "kind": known["jenis"],
        "order": known["urut"] or "berita",
    }
    return chosen, unknown


def _query(chosen: Row, words: str) -> Row:
    """The choice as it stands in an address."""
    return {
        "keadaan": chosen["verdict"],
        "provinsi": chosen["province"],
        "jenis": chosen["kind"],
        "q": words,
        "urut": chosen["order"] if chosen["order"] != "berita" else "",
    }


def _reporting(row: Row) -> Row:
    """Which share of its shared events a source told first, and which of its news is copies; None where it has none."""
    told = row.get("told", row.get("articles"))
    shared = row.get("shared_events")
    return {
        **row,
        "first_share": row["first_reports"] / shared if shared else None,
        "copied_share": row["copied"] / told if told else None,
    }


def _visits(row: Row | None) -> Row:
    """How a source was visited; its exception's paths as a list."""
    if row is None:
        return {}
    return {**row, "exception_paths": json.loads(row["exception_paths"] or "[]")}


def _address(home: str | None, way: str) -> str | None:
    """The whole address of a way that has nothing to be filled in."""
    return urljoin(home, way) if home and "{" not in way else None


def _best(weeks: list[Row]) -> Row | None:
    """The newest week that something can be said of, else more weeks together, else why nothing can be said."""
    newest = weeks[0]["week"] if weeks else None
    single = [row for row in weeks if row["weeks"] == 1][:2]
    several = [row for row in weeks if row["weeks"] > 1 and row["week"] == newest]
    said = [row for row in [*single, *several] if row["estimate"]]
    return next(iter([*said, *reversed([*single, *several])]), None)


def _shares(row: Row) -> Row:
    """What is held of all, in percent, with the ends of its interval; nothing where it cannot be said."""
    if not row["estimate"]:
        return {"share": None, "share_low": None, "share_high": None}
    # Down, so that nothing is called whole that is not.
    return {
        "share": int(100 * row["held"] / row["estimate"]),
        "share_low": int(100 * row["held"] / row["high"]),
        "share_high": int(100 * row["held"] / row["low"]),
    }


def _days(week: str) -> Row:
    """Monday and Sunday of an ISO week."""
    monday, sunday = week_of(date.fromisoformat(f"{week}-1").isoformat())
    return {"monday": monday, "sunday": sunday}
