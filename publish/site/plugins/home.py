"""Beranda: what is new, where the 514 stand, and what is missing."""

from __future__ import annotations

from typing import Any

from datasette import Request, Response, hookimpl

from publish.site.dates import week_of
from publish.site.events import EVENT_CARDS
from publish.site.map import INDONESIA, JAVA, draw
from publish.site.page import Row, fetch_row, fetch_rows, render
from publish.site.phases import HIGHEST_PHASE, PHASE_PARAMETERS

# What articles only look back on is no news.
NEWEST_EVENTS = (
    EVENT_CARDS
    + """
where is_main
order by events.first_published_date desc nulls last, events.start_date desc
limit 10
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

MISSING = """
select
    (select count(*) from sources where articles = 0 and kind <> 'file') as silent_sources,
    (select count(*) from sources where kind <> 'file') as sources,
    (
        select count(*) from regencies
        where cohort_year is not null and code not in (
            select regency_code from events where regency_code is not null and status = 'held'
        )
    ) as cohort_without_event,
    (select count(*) from regencies where cohort_year is not null) as cohort,
    (select count(*) from urls where fate = 'not-understood') as not_understood,
    (select count(*) from articles where published_date is null) as undated,
    (select count(*) from review) as review
"""

MAP_DOTS = f"""
select code, name, latitude, longitude, reached.phase
from regencies
left join ({HIGHEST_PHASE}) as reached on reached.regency_code = regencies.code
where latitude is not null and longitude is not null
order by reached.phase nulls first, code
"""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/$", home)]


async def home(datasette: Any, request: Request) -> Response:
    newest = await fetch_row(datasette, "select max(published_date) as day from articles where is_relevant = 1")
    return await render(
        datasette,
        request,
        "home.html",
        week=await _week(datasette, newest["day"]) if newest and newest["day"] else None,
        events=await fetch_rows(datasette, NEWEST_EVENTS),
        missing=await fetch_row(datasette, MISSING),
        **await _map(datasette),
    )


async def _week(datasette: Any, newest_day: str) -> Row:
    monday, sunday = week_of(newest_day)
    numbers = await fetch_row(datasette, WEEK_NUMBERS, {"monday": monday, "sunday": sunday})
    letter = await fetch_row(datasette, "select week from digests where monday = :monday", {"monday": monday})
    return {"monday": monday, "sunday": sunday, "letter": letter and letter["week"], **(numbers or {})}


async def _map(datasette: Any) -> Row:
    dots = await fetch_rows(datasette, MAP_DOTS, PHASE_PARAMETERS)
    reached = [dot["phase"] or 0 for dot in dots]
    return {
        "map": draw(INDONESIA, dots),
        "java": draw(JAVA, dots),
        "phase_counts": [reached.count(phase) for phase in range(8)],
    }
