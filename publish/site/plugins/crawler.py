"""/perayap: for those who run a site that we read: who asks, how often, how to slow us or keep us out."""

from __future__ import annotations

import json
import os
from typing import Any

from datasette import Request, Response, hookimpl

from publish.site.page import fetch_row, fetch_rows, render

STATE = """
select
    (select count(*) from sources where kind <> 'file') as sources,
    (select max(day) from source_visits) as day,
    (select sum(requests_day) from source_visits) as requests,
    (select max(requests_day) from source_visits) as most,
    (select min(pace) from source_visits) as least_pace,
    (select count(*) from source_visits where robots in ('unreachable', 'too-slow')) as outside
"""

EXCEPTIONS = """
select name, outlet_name, exception_paths, exception_reason, exception_agreed_with, exception_since, excepted_28
from source_visits
join sources on sources.name = source
where exception_reason is not null
order by outlet_name, name
"""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/perayap$", crawler)]


async def crawler(datasette: Any, request: Request) -> Response:
    exceptions = await fetch_rows(datasette, EXCEPTIONS)
    return await render(
        datasette,
        request,
        "crawler.html",
        state=await fetch_row(datasette, STATE),
        exceptions=[{**row, "exception_paths": json.loads(row["exception_paths"])} for row in exceptions],
        page=_own_address(datasette, request),
        contact=os.environ.get("PANTAU_CONTACT"),
    )


def _own_address(datasette: Any, request: Request) -> str:
    """The whole address of this page, as the user agent gives it."""
    site = os.environ.get("PANTAU_SITE", "").rstrip("/")
    path: str = datasette.urls.path("/perayap")
    address: str = site + path if site else datasette.absolute_url(request, path)
    return address
