"""/langganan: what a reader wants to follow, and the addresses by which a calendar or a feed reader follows it."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlencode

from datasette import Request, Response, hookimpl

from publish.site.feeds.answers import whole_address
from publish.site.feeds.events import news_of, read_release
from publish.site.feeds.scopes import (
    Scope,
    all_events,
    find_person,
    find_province,
    find_regency,
    find_search,
    find_stage,
)
from publish.site.page import Row, fetch_row, fetch_rows, language_of, render
from publish.site.search.words import FILTERS, LONGEST_QUERY, like

SHOWN = 3
"""Entries of the feed that the page shows."""

# By its code, its name or another name of it; a name that is the beginning of others may mean those too.
REGENCIES = """
select distinct regencies.code, regencies.name, regencies.province_name
from regencies
left join regency_aliases on regency_aliases.regency_code = regencies.code
where regencies.code = :written or regencies.name = :written collate nocase
or regency_aliases.alias = :written collate nocase
order by regencies.code
limit 12
"""

ALIKE = """
select code, name, province_name from regencies where name like :like escape '!' order by code limit 12
"""

ASKED = ("daerah", "provinsi", "tahapan", "pejabat", "q", *FILTERS)
"""What may be chosen; a province alone is one, beside words it narrows a search."""

LETTER = "select week, monday from digests order by week desc limit 1"


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/langganan$", subscribe)]


async def subscribe(datasette: Any, request: Request) -> Response:
    asked = {name: (request.args.get(name) or "").replace("\0", " ").strip()[:LONGEST_QUERY] for name in ASKED}
    regencies = await _regencies(datasette, asked["daerah"]) if asked["daerah"] else []
    scope = await _scope(datasette, request, asked, regencies)
    found = scope or all_events()
    release = await read_release(datasette)
    return await render(
        datasette,
        request,
        "subscribe.html",
        status=200 if scope or regencies or not any(asked.values()) else 404,
        asked=asked,
        candidates=[] if scope else regencies,
        is_found=scope is not None,
        scope=found,
        addresses=_addresses(datasette, request, found),
        news=(await news_of(datasette, found, release.made_at))[:SHOWN],
        provinces=await fetch_rows(datasette, "select code, name from provinces order by name"),
        stages=await fetch_rows(datasette, "select code, name_id, name_en from stages order by position"),
        letter=await fetch_row(datasette, LETTER),
        letter_choice=_letter_choice(found),
        contact=os.environ.get("PANTAU_CONTACT"),
    )


async def _scope(datasette: Any, request: Request, asked: dict[str, str], regencies: list[Row]) -> Scope | None:
    """What was asked for; everything where nothing was; None where it is not there or not one."""
    if asked["daerah"]:
        return await find_regency(datasette, regencies[0]["code"]) if len(regencies) == 1 else None
    if any(asked[name] for name in ("q", *FILTERS) if name != "provinsi"):
        return await find_search(datasette, request.args)
    for name, find in {"provinsi": find_province, "tahapan": find_stage, "pejabat": find_person}.items():
        if asked[name]:
            return await find(datasette, asked[name])
    return all_events()


def _letter_choice(scope: Scope) -> dict[str, str]:
    """The same choice as the form for the letter reads it."""
    kind, _, key = scope.path.removeprefix("/").partition("/")
    return {"cari": urlencode(scope.query)} if scope.query else {kind: key} if key else {"semua": "1"}


async def _regencies(datasette: Any, written: str) -> list[Row]:
    """The regencies that may be meant."""
    named = await fetch_rows(datasette, REGENCIES, {"written": written})
    return named or await fetch_rows(datasette, ALIKE, {"like": like(written)})


def _addresses(datasette: Any, request: Request, scope: Scope) -> dict[str, str]:
    kept = {"lang": "en"} if language_of(request) == "en" else {}
    addresses = {
        ending: whole_address(datasette, request, f"{scope.path}.{ending}", **scope.query, **kept)
        for ending in ("atom", "ics")
    }
    # Phones open a calendar by this scheme and add it; a browser would only download the file.
    return {**addresses, "webcal": "webcal:" + addresses["ics"].partition(":")[2]}
