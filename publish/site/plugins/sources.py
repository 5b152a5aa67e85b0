"""/media: the outlets and portals that are read, how each is doing, and how complete the last weeks are."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

from datasette import Request, Response, hookimpl

from publish.site.dates import week_of
from publish.site.page import Row, fetch_row, fetch_rows, not_found, render

# The days of visits are those of Jakarta, as `since_date` is.
COLUMNS = """
    sources.name, outlet_name, home_url, kind, network, family, knowledge, delay, budget, articles, last_published_date,
    verdict, is_to_look_at, reason_id, reason_en, since_date, notes_id, notes_en,
    date(visited_at, '+7 hours') as visited_date, date(read_at, '+7 hours') as read_date,
    new_week, usual_low, usual_high, overlap, read_share, dated_share,
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

SOURCES = f"""
select
    {COLUMNS},
    (
        select group_concat(way || ' ' || found, ' · ')
        from (select way, found from source_ways where source = sources.name and is_answered order by number)
    ) as ways
from sources
where (kind <> 'file' or articles > 0)
and (:verdict = '' or verdict = :verdict or (:verdict = 'lihat' and is_to_look_at))
and (:province = '' or exists (
    select 1 from source_provinces where source = sources.name and province_code = :province
    union all
    select 1 from source_regencies where source = sources.name and regency_code like :province || '.%'
))
order by articles desc, outlet_name
"""

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
select verdict, count(*) as sources
from sources
where kind <> 'file' and verdict is not null
group by verdict
order by sources desc
"""

PROVINCES = """
select code, name
from provinces
where code in (select province_code from source_provinces union select substr(regency_code, 1, 2) from source_regencies)
order by code
"""

FUNNEL = """
select sum(found) as found, sum(kept) as kept, sum(read) as read, sum(on_programme) as on_programme
from funnel
join sources on name = source
where kind <> 'file'
"""

WEEKS = """
select week, weeks, sources, held, estimate, low, high, unsaid_id, unsaid_en, gaps
from completeness
order by week desc, weeks
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


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/media$", sources), (r"^/media/(?P<name>[^/]+)$", source)]


async def sources(datasette: Any, request: Request) -> Response:
    chosen = {"verdict": request.args.get("keadaan") or "", "province": request.args.get("provinsi") or ""}
    weeks = [{**row, **_shares(row), **_days(row["week"])} for row in await fetch_rows(datasette, WEEKS)]
    return await render(
        datasette,
        request,
        "sources.html",
        chosen=chosen,
        sources=await fetch_rows(datasette, SOURCES, chosen),
        to_look_at=[] if any(chosen.values()) else await fetch_rows(datasette, SOURCES, {**chosen, "verdict": "lihat"}),
        summary=await fetch_row(datasette, SUMMARY),
        verdicts=await fetch_rows(datasette, VERDICTS),
        provinces=await fetch_rows(datasette, PROVINCES),
        funnel=await fetch_row(datasette, FUNNEL),
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
    return await render(
        datasette,
        request,
        "source.html",
        source={**row, **_shares(row)},
        areas=await fetch_rows(datasette, AREAS, key),
        ways=await fetch_rows(datasette, WAYS, key),
        fates=fates,
        forbidden=sum(fate["urls"] for fate in fates if fate["fate"] == "robots"),
        funnel=await fetch_row(datasette, "select * from funnel where source = :name", key),
        newest=await fetch_rows(datasette, NEWEST, key),
        contact=os.environ.get("PANTAU_CONTACT"),
    )


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
