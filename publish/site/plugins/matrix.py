"""/tahapan: regencies by stages, with the date of each step."""

from __future__ import annotations

from typing import Any

from datasette import Request, Response, hookimpl

from publish.site.events import EVENT_CARDS
from publish.site.page import Row, fetch_rows, render
from publish.site.phases import PHASES

EVENTS = (
    EVENT_CARDS
    + """
join regencies on regencies.code = events.regency_code
where (:province = '' or regencies.province_code = :province)
and (:year = '' or substr(events.start_date, 1, 4) = :year)
order by regencies.code, events.start_date nulls last
"""
)

REGENCIES = """
select code, name, province_code, province_name, cohort_year
from regencies
where :province = '' or province_code = :province
order by code
"""

YEARS = """
select distinct substr(start_date, 1, 4) as year
from events
where start_date is not null and regency_code is not null
order by year desc
"""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/tahapan$", matrix)]


async def matrix(datasette: Any, request: Request) -> Response:
    chosen = {"province": request.args.get("provinsi") or "", "year": request.args.get("tahun") or ""}
    show_all = request.args.get("semua") == "1"
    cells: dict[str, dict[str, list[Row]]] = {}
    events = await fetch_rows(datasette, EVENTS, chosen)
    for event in events:
        cells.setdefault(event["regency_code"], {}).setdefault(event["stage_code"], []).append(event)
    regencies = await fetch_rows(datasette, REGENCIES, chosen)
    stages = await fetch_rows(datasette, "select code, name_id, name_en from stages order by position")
    return await render(
        datasette,
        request,
        "matrix.html",
        chosen=chosen,
        show_all=show_all,
        cells=cells,
        regencies=[row for row in regencies if show_all or row["code"] in cells],
        is_cut=len(events) >= datasette.setting("max_returned_rows"),
        stages=stages,
        phase_stages=_by_phase(stages),
        provinces=await fetch_rows(datasette, "select code, name from provinces order by name"),
        years=[row["year"] for row in await fetch_rows(datasette, YEARS)],
    )


def _by_phase(stages: list[Row]) -> list[tuple[str, list[Row]]]:
    """The columns: the stages of each phase together, what is no step of the path last."""
    columns = {**PHASES, "lainnya": ("lainnya",)}
    return [(phase, [stage for stage in stages if stage["code"] in codes]) for phase, codes in columns.items()]
