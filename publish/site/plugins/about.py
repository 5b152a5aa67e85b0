"""/tentang: what this is, what may be done with it, how to cite it."""

from __future__ import annotations

import os
from typing import Any

from datasette import Request, Response, hookimpl

from publish.release import bibtex, build_release, citation
from publish.site.events import EVENT_CARDS, event_address
from publish.site.page import fetch_row, render

STATE = """
select
    (select count(*) from articles where is_relevant = 1) as articles,
    (select count(*) from events where status = 'held') as events,
    (select count(distinct regency_code) from events where status = 'held') as regencies,
    (select count(*) from sources where kind <> 'file') as sources,
    (select max(ended_at) from runs) as updated_at,
    (select min(published_date) from articles) as first_date,
    (select max(published_date) from articles) as last_date
"""

EXAMPLE = (
    EVENT_CARDS
    + """
where is_main and length(events.start_date) = 10 and events.regency_code is not null and events.status = 'held'
and events.first_published_date > ''
order by events.first_published_date desc
limit 1
"""
)


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/tentang$", about)]


RELEASE = "select hash, made_at, week from release"


async def about(datasette: Any, request: Request) -> Response:
    example = await fetch_row(datasette, EXAMPLE)
    told = await fetch_row(datasette, RELEASE)
    release = build_release(told["hash"], told["made_at"], told["week"]) if told else None
    return await render(
        datasette,
        request,
        "about.html",
        state=await fetch_row(datasette, STATE),
        example=example,
        address=example and event_address(datasette, request, example["id"]),
        release=release,
        citation=release and citation(release),
        bibtex=release and bibtex(release),
        contact=os.environ.get("PANTAU_CONTACT"),
    )
