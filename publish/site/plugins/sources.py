"""/media: the outlets and portals that are read, the silent ones too."""

from __future__ import annotations

from typing import Any

from datasette import Request, Response, hookimpl

from publish.site.page import fetch_rows, render

SOURCES = """
select
    name, outlet_name, home_url, kind, network, articles, last_published_date,
    (select count(*) from urls where urls.source = sources.name and urls.fate = 'not-understood') as not_understood,
    (select count(*) from urls where urls.source = sources.name and urls.fate in ('blocked', 'robots', 'error'))
    as not_reached
from sources
where kind <> 'file' or articles > 0
order by articles desc, outlet_name
"""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/media$", sources)]


async def sources(datasette: Any, request: Request) -> Response:
    return await render(datasette, request, "sources.html", sources=await fetch_rows(datasette, SOURCES))
