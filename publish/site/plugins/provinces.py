"""/provinsi/<code>: the kabupaten and kota of a province, the furthest first."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from datasette import Request, Response, hookimpl

from publish.site.page import KEY, fetch_row, fetch_rows, language_of, not_found, render
from publish.site.phases import PHASES
from publish.site.regency.standings import STANDING_PARAMETERS, STANDINGS_OF_PROVINCE

PROVINCE = "select code, name from provinces where code = :province"

SOURCES = """
select
    count(*) as sources,
    coalesce(sum(coalesce(verdict, '') not in ('ok', 'quiet', 'new')), 0) as unread
from sources
where name in (
    select source from source_provinces where province_code = :province
    union
    select source from source_regencies where substr(regency_code, 1, 2) = :province
)
"""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/provinsi$", provinces), (rf"^/provinsi/(?P<code>{KEY})$", province)]


async def provinces(datasette: Any, request: Request) -> Response:
    english = "?lang=en" if language_of(request) == "en" else ""
    return Response.redirect(datasette.urls.path("/daerah") + english)


async def province(datasette: Any, request: Request) -> Response:
    key = {"province": request.url_vars["code"]}
    row = await fetch_row(datasette, PROVINCE, key)
    if row is None:
        return await not_found(datasette, request, "missing.province")
    rows = await fetch_rows(datasette, STANDINGS_OF_PROVINCE, {**key, **STANDING_PARAMETERS})
    phases = groupby(rows, key=lambda standing: standing["phase"])
    return await render(
        datasette,
        request,
        "province.html",
        province=row,
        rows=rows,
        reached=sum(standing["phase"] is not None for standing in rows),
        by_phase=[(list(PHASES)[phase - 1] if phase else "none", list(members)) for phase, members in phases],
        sources=await fetch_row(datasette, SOURCES, key),
    )
