"""/tentang: what this is, what may be done with it, how to cite it."""

from __future__ import annotations

from typing import Any

from datasette import Request, Response, hookimpl

from publish.site.page import fetch_row, render

STATE = """
select
    (select count(*) from articles where is_relevant = 1) as articles,
    (select count(*) from events) as events,
    (select count(distinct regency_code) from events) as regencies,
    (select count(*) from sources) as sources,
    (select max(ended_at) from runs) as updated_at,
    (select min(published_date) from articles) as first_date,
    (select max(published_date) from articles) as last_date
"""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/tentang$", about)]


async def about(datasette: Any, request: Request) -> Response:
    return await render(datasette, request, "about.html", state=await fetch_row(datasette, STATE))
