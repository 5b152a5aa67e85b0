"""/kesehatan/corong: from address to event, by source and period, why others ended before; as JSON and CSV too."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from datasette import Request, Response, hookimpl

from publish.site.dates import in_jakarta
from publish.site.feeds.csv_text import csv_text
from publish.site.funnel import BY_SOURCE, OUTCOMES, PERIODS, build_steps, flat_rows, rows_behind
from publish.site.page import Row, fetch_row, fetch_rows, language_of, render
from publish.site.strings import translate

COLUMNS = ("step", "outcome", "reason", "urls")
SOURCES_SHOWN = 15
REASONS_SHOWN = 5

SOURCES = """
select name, outlet_name
from sources
where name in (select source from url_outcomes where period = 'all')
order by outlet_name collate nocase, name
"""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/kesehatan/corong$", page), (r"^/kesehatan/corong\.(?P<format>csv|json)$", data)]


async def page(datasette: Any, request: Request) -> Response:
    sources = await fetch_rows(datasette, SOURCES)
    chosen, unknown = _choice(request, {row["name"] for row in sources})
    rows = [] if unknown else await fetch_rows(datasette, OUTCOMES, _parameters(chosen))
    since = next((row["since_at"] for row in rows if row["since_at"]), None)
    by_source = [] if unknown or chosen["sumber"] else await fetch_rows(datasette, BY_SOURCE, _parameters(chosen))

    return await render(
        datasette,
        request,
        "funnel.html",
        status=400 if unknown else 200,
        unknown=unknown,
        chosen=chosen,
        periods=list(PERIODS),
        sources=sources,
        outlet=next((row["outlet_name"] for row in sources if row["name"] == chosen["sumber"]), None),
        since=in_jakarta(since)[:10] if since else None,
        steps=build_steps(rows),
        address=partial(rows_behind, source=chosen["sumber"], since=since),
        reasons_shown=REASONS_SHOWN,
        by_source=by_source[:SOURCES_SHOWN],
        by_source_more=len(by_source) - SOURCES_SHOWN,
        query=urlencode({key: value for key, value in chosen.items() if value}),
    )


async def data(datasette: Any, request: Request) -> Response:
    as_csv = request.url_vars["format"] == "csv"
    sources = {row["name"] for row in await fetch_rows(datasette, SOURCES)}
    chosen, unknown = _choice(request, sources)
    if unknown:
        value = (request.args.get(unknown[0]) or "")[:100]
        said = {"error": translate("data.unknown", language_of(request), name=unknown[0], value=value)}
        return Response.text(said["error"], status=400) if as_csv else Response.json(said, status=400)
    rows = await fetch_rows(datasette, OUTCOMES, _parameters(chosen))
    steps = build_steps(rows)
    headers = {"cache-control": f"max-age={datasette.setting('default_cache_ttl')}"}
    if as_csv:
        headers["content-disposition"] = 'attachment; filename="corong.csv"'
        return Response(csv_text(COLUMNS, flat_rows(steps)), headers=headers, content_type="text/csv; charset=utf-8")
    told: Row = {
        "release": await fetch_row(datasette, "select id, hash, made_at from release"),
        "chosen": {key: value for key, value in chosen.items() if value},
        "since_at": next((row["since_at"] for row in rows if row["since_at"]), None),
        "steps": [{key: step[key] for key in ("step", "urls", "losses")} for step in steps],
    }
    return Response.json(told, headers=headers)


def _choice(request: Request, sources: set[str]) -> tuple[dict[str, str], list[str]]:
    """What the reader chose, and the names of the choices that there are not."""
    chosen = {"sumber": request.args.get("sumber") or "", "hari": request.args.get("hari") or ""}
    unknown = [] if chosen["sumber"] in {"", *sources} else ["sumber"]
    unknown += [] if chosen["hari"] in PERIODS else ["hari"]
    return {key: "" if key in unknown else value for key, value in chosen.items()}, unknown


def _parameters(chosen: dict[str, str]) -> dict[str, str]:
    return {"source": chosen["sumber"], "period": PERIODS[chosen["hari"]]}
