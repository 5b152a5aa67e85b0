"""Beranda: this week against the usual, what is new, what is missing, and where the 514 stand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from statistics import median_high, median_low
from typing import Any

from datasette import Request, Response, hookimpl

from publish.site.dates import day_in_jakarta, week_of
from publish.site.events import EVENT_CARDS, UPDATED_AT
from publish.site.map import INDONESIA, ISLANDS, JAVA, draw, part
from publish.site.page import Row, fetch_row, fetch_rows, render
from publish.site.phases import HIGHEST_PHASE, PHASE_PARAMETERS

USUAL_WEEKS = 12
NUMBERS = ("articles", "outlets", "events", "regencies")

# What articles only look back on is no news.
NEWEST_EVENTS = (
    EVENT_CARDS
    + """
where events.id in (
    select newest.id
    from events as newest
    where exists (select 1 from stage_reports as told where told.event_id = newest.id and told.is_main)
    order by newest.first_published_date desc, newest.start_date desc, newest.id desc
    limit 8
)
order by events.first_published_date desc, events.start_date desc, events.id desc
"""
)

WEEK_NUMBERS = """
select
    count(distinct articles.id) as articles,
    count(distinct articles.source) as outlets,
    count(distinct events.id) as events,
    count(distinct events.regency_code) as regencies
from articles
left join stage_reports on stage_reports.article_id = articles.id
left join events on events.id = stage_reports.event_id and events.status = 'held'
where articles.published_date between :monday and :sunday and articles.is_relevant = 1
"""

EARLIER_WEEKS = """
select monday, articles, outlets, events, regencies
from weekly_coverage
where monday < :monday
order by monday desc
limit :weeks
"""

MISSING = """
select
    (
        select count(*) from sources where verdict in ('changed', 'blocked', 'unreachable', 'not-asked')
    ) as unread_sources,
    (select count(*) from sources where verdict = 'quiet') as quiet_sources,
    (select count(*) from sources where verdict is null and kind <> 'file') as unjudged_sources,
    (select count(*) from sources where kind <> 'file') as sources,
    (
        select count(*) from regencies
        where cohort_year is not null and not exists (
            select 1 from events where events.regency_code = regencies.code and status = 'held'
        )
    ) as cohort_without_event,
    (select count(*) from regencies where cohort_year is not null) as cohort,
    (select count(*) from urls where fate = 'not-understood') as not_understood,
    (select count(*) from articles where published_date is null) as undated,
    (select count(*) from review) as review
"""

MAP_DOTS = f"""
select code, name, province_code, province_name, latitude, longitude, reached.phase
from regencies
left join ({HIGHEST_PHASE}) as reached on reached.regency_code = regencies.code
where latitude is not null and longitude is not null
order by reached.phase nulls first, code
"""

NAMES = """
select code, name, province_name, (
    select json_group_array(alias) from regency_aliases where regency_code = code and kind <> 'short'
) as aliases
from regencies
order by code
"""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/$", home), (r"^/nama-daerah\.json$", regency_names)]


async def home(datasette: Any, request: Request) -> Response:
    newest = await fetch_row(datasette, "select max(published_date) as day from articles where is_relevant = 1")
    dots = await fetch_rows(datasette, MAP_DOTS, PHASE_PARAMETERS)
    return await render(
        datasette,
        request,
        "home.html",
        week=await _week(datasette, newest["day"]) if newest and newest["day"] else None,
        events=await fetch_rows(datasette, NEWEST_EVENTS),
        missing=await fetch_row(datasette, MISSING),
        **_map(dots),
    )


async def regency_names(datasette: Any) -> Response:
    """Code, name, province and other names of all regencies, for suggestions while one types."""
    rows = await fetch_rows(datasette, NAMES)
    names = [[row["code"], row["name"], row["province_name"], json.loads(row["aliases"])] for row in rows]
    headers = {"cache-control": f"max-age={datasette.setting('default_cache_ttl')}"}
    return Response(
        json.dumps(names, ensure_ascii=False, separators=(",", ":")),
        headers=headers,
        content_type="application/json; charset=utf-8",
    )


async def _week(datasette: Any, newest_day: str) -> Row:
    """The week of the newest publication: its numbers, the usual ones, its letter, and up to when we have read."""
    monday, sunday = week_of(newest_day)
    numbers = await fetch_row(datasette, WEEK_NUMBERS, {"monday": monday, "sunday": sunday})
    letter = await fetch_row(datasette, "select week from digests where monday = :monday", {"monday": monday})
    updated = await fetch_row(datasette, UPDATED_AT)
    earlier = await fetch_rows(datasette, EARLIER_WEEKS, {"monday": monday, "weeks": USUAL_WEEKS})
    updated_at = updated and updated["updated_at"]
    return {
        "monday": monday,
        "sunday": sunday,
        "letter": letter and letter["week"],
        "updated_at": updated_at,
        "read_until": day_in_jakarta(updated_at) if updated_at else None,
        "usual": _usual(earlier),
        "usual_from": earlier[-1]["monday"] if earlier else None,
        "earlier_weeks": len(earlier),
        **(numbers or {}),
    }


def _usual(weeks: Sequence[Row]) -> dict[str, tuple[int, int]] | None:
    """For each number the two middle values of the weeks, which are often the same; None where weeks are too few."""
    if len(weeks) < USUAL_WEEKS:
        return None
    told = {name: [week[name] for week in weeks] for name in NUMBERS}
    return {name: (median_low(values), median_high(values)) for name, values in told.items()}


def _map(dots: Sequence[Row]) -> Row:
    return {
        "map": draw(INDONESIA, dots),
        "java": draw(JAVA, dots),
        "islands": [(name, part(INDONESIA, frame)) for name, frame in ISLANDS.items()],
        "phase_counts": _count(dots),
        "provinces": [
            {"code": code, "name": name, "counts": _count(members), "regencies": len(members)}
            for (code, name), members in _by_province(dots)
        ],
    }


def _by_province(dots: Sequence[Row]) -> list[tuple[tuple[str, str], list[Row]]]:
    def province(dot: Row) -> tuple[str, str]:
        return dot["province_code"], dot["province_name"]

    return [(key, list(members)) for key, members in groupby(sorted(dots, key=province), province)]


def _count(dots: Sequence[Row]) -> list[int]:
    """How many regencies have come to each phase as their furthest; at 0 those without a report."""
    reached = [dot["phase"] or 0 for dot in dots]
    return [reached.count(phase) for phase in range(8)]
