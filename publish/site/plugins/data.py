"""The data behind the pages: the same address with .json, and of the lists with .csv."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any
from urllib.parse import urlencode

from datasette import Request, Response, hookimpl

from publish.release import LICENCE
from publish.site.events import filter_parameters
from publish.site.feeds.answers import open_answer, whole_address
from publish.site.feeds.csv_text import csv_text
from publish.site.feeds.documents import COLLECTIONS, DOCUMENTS, EVENTS, KNOWN, MOST, Collection, Document, plain
from publish.site.feeds.events import read_release
from publish.site.page import Row, fetch_row, fetch_rows, language_of
from publish.site.strings import translate

MOST_CSV = 5_000
"""Rows of a page of CSV."""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    lists = [(name, collection, ending) for name, collection in COLLECTIONS.items() for ending in ("json", "csv")]
    return [
        *((rf"^{one.path}\.{ending}$", _list_route(name, one, ending)) for name, one, ending in lists),
        *((rf"^{one.path}/(?P<key>[^/]+)\.json$", _one_route(name, one)) for name, one in DOCUMENTS.items()),
        (r"^/daerah/(?P<key>[^/]+)\.csv$", _regency_events),
    ]


def _one_route(name: str, one: Document) -> Any:
    async def document(datasette: Any, request: Request) -> Response:
        key = {"key": request.url_vars["key"]}
        row = await fetch_row(datasette, one.sql, key)
        if row is None and one.merged and (told := await fetch_row(datasette, one.merged, key)):
            return Response.redirect(datasette.urls.path(f"{one.path}/{told['key']}.json"))
        if row is None:
            return _refusal(404, translate("data.missing", language_of(request)))
        lists = {
            list_name: await fetch_rows(datasette, f"{sql} limit {MOST + 1}", key)
            for list_name, sql in one.lists.items()
        }
        address = f"{one.path}/{key['key']}"
        return await _answer(
            datasette,
            request,
            {
                **_addresses(datasette, request, address, one.feeds),
                name: plain(row),
                **{list_name: [plain(row) for row in rows[:MOST]] for list_name, rows in lists.items()},
                "cut": [list_name for list_name, rows in lists.items() if len(rows) > MOST],
            },
        )

    return document


def _list_route(name: str, one: Collection, ending: str) -> Any:
    async def collection(datasette: Any, request: Request) -> Response:
        chosen = {choice: value for choice in one.choices if (value := (request.args.get(choice) or "").strip())}
        for choice, value in chosen.items():
            if not await _is_known(datasette, one, choice, value):
                return _refusal(400, translate("data.unknown", language_of(request), name=choice, value=value[:100]))
        page = request.args.get("halaman") or "1"
        if not (page.isascii() and page.isdigit() and 0 < len(page) < 7 and int(page) > 0):
            return _refusal(400, translate("data.unknown", language_of(request), name="halaman", value=page[:100]))
        size = one.size if ending == "json" else MOST_CSV
        sql = one.sql.format(where=" and ".join(["true", *(one.choices[choice][1] for choice in chosen)]))
        window = {"size": size + 1, "before": (int(page) - 1) * size}
        rows = await fetch_rows(datasette, sql, {**filter_parameters(chosen), **window})
        more = {**chosen, "halaman": int(page) + 1}
        following = whole_address(datasette, request, f"{one.path}.{ending}", **more) if len(rows) > size else None
        if ending == "csv":
            return await _csv(datasette, name, one, rows[:size], following)
        root = whole_address(datasette, request, one.path)
        told = [{**plain(row), "page": f"{root}/{row[one.key]}"} for row in rows[:size]]
        query = urlencode(chosen)
        addresses = _addresses(datasette, request, one.path + (f"?{query}" if query else ""), ())
        return await _answer(datasette, request, {**addresses, "next": following, name: told})

    return collection


async def _is_known(datasette: Any, one: Collection, choice: str, value: str) -> bool:
    if not re.fullmatch(one.choices[choice][0], value, re.ASCII):
        return False
    return choice not in KNOWN or await fetch_row(datasette, KNOWN[choice], {"value": value}) is not None


async def _regency_events(datasette: Any, request: Request) -> Response:
    """The events of a regency, as they stand in the list of all."""
    code = request.url_vars["key"]
    if await fetch_row(datasette, KNOWN["daerah"], {"value": code}) is None:
        return _refusal(404, translate("data.missing", language_of(request)))
    sql = EVENTS.sql.format(where=EVENTS.choices["daerah"][1])
    rows = await fetch_rows(datasette, sql, {"daerah": code, "size": MOST_CSV, "before": 0})
    return await _csv(datasette, f"events-{code}", EVENTS, rows, None)


async def _csv(datasette: Any, name: str, one: Collection, rows: list[Row], following: str | None) -> Response:
    release = await read_release(datasette)
    columns = list(rows[0]) if rows else await _columns(datasette, one)
    link = {"link": f'<{following}>; rel="next"'} if following else {}
    file_name = f"pantau-kota-cerdas-{name}-{release.id}.csv"
    headers = {"content-disposition": f'attachment; filename="{file_name}"', **link}
    # Thousands of rows take a while, in which others are to be answered.
    text = await asyncio.to_thread(csv_text, columns, rows)
    return open_answer(datasette, text, "text/csv", **headers)


async def _columns(datasette: Any, one: Collection) -> list[str]:
    results = await datasette.get_database().execute(one.sql.format(where="true"), {"size": 0, "before": 0})
    return list(results.columns)


async def _answer(datasette: Any, request: Request, document: Row) -> Response:
    """The document, with the release that it is from and what may be done with it."""
    release = await read_release(datasette)
    said = {
        "release": {
            "id": release.id,
            "hash": release.hash,
            "made_at": release.made_at.isoformat(),
            "week": release.week,
        },
        "licence": LICENCE,
        "documentation": whole_address(datasette, request, "/peneliti#berkas"),
    }
    return open_answer(datasette, json.dumps({**said, **document}, ensure_ascii=False), "application/json")


def _addresses(datasette: Any, request: Request, path: str, feeds: tuple[str, ...]) -> Row:
    """Where the page of the same thing is, and where it can be followed."""
    followed = {ending: whole_address(datasette, request, f"{path}.{ending}") for ending in feeds}
    return {"page": whole_address(datasette, request, path), **followed}


def _refusal(status: int, words: str) -> Response:
    said = json.dumps({"error": words, "status": status}, ensure_ascii=False)
    headers = {"cache-control": "no-cache", "access-control-allow-origin": "*"}
    return Response(said, status, headers, content_type="application/json; charset=utf-8")
