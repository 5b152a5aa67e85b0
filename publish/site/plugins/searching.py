"""/cari: one search over events, articles, officials, regencies and outlets; its address is the saved search."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from datasette import Request, Response, hookimpl

from publish.site.page import Row, fetch_rows, page_number, render
from publish.site.search.asking import read_search
from publish.site.search.results import SHOWN, Found, find_results, read_results
from publish.site.search.suggestions import suggest_names
from publish.site.search.words import (
    FILTERS,
    KINDS,
    LONGEST_NAME,
    LONGEST_QUERY,
    VALUES,
    Kind,
    Search,
    without,
)

PAGE = 20
ORDER: Sequence[Kind] = ("regency", "event", "person", "article", "outlet")
ADDRESSES = {kind: name for name, kind in KINDS.items()}

OUTLET_NAMES = """
select replace(name, '_', '') as key, name, outlet_name
from sources
where replace(name, '_', '') in (select value from json_each(:keys))
"""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/cari$", search)]


async def search(datasette: Any, request: Request) -> Response:
    asked = await read_search(datasette, request.args)
    status = 400 if asked.unknown else 200
    context: dict[str, Any] = {
        "asked": asked,
        "address": partial(_address, asked),
        "kinds": KINDS,
        "names": ADDRESSES,
        "longest": LONGEST_QUERY,
        "search_query": urlencode(
            {name: value for name, value in {"q": asked.query, **asked.filters}.items() if value}
        ),
    }
    if asked.is_empty:
        return await render(datasette, request, "search.html", status=status, **context)
    found = await find_results(datasette, asked)
    is_loose = asked.terms and not any(of_kind.ids for of_kind in found.values())
    if is_loose:
        found = await find_results(datasette, asked, is_loose=True)
    kinds = [asked.kind] if asked.kind else [kind for kind in ORDER if found[kind].ids]
    page = page_number(request)
    pages = max(1, -(-len(found[asked.kind].ids) // PAGE)) if asked.kind else 1
    if page > pages:
        return await render(
            datasette, request, "search.html", status=404, **context, page=page, pages=pages, is_beyond=True
        )
    shown = {kind: _shown_ids(found[kind], asked, kind, page) for kind in kinds}
    context |= {
        "found": found,
        "is_loose": bool(is_loose),
        "page": page,
        "pages": pages,
        "hits": {
            kind: await read_results(datasette, asked, kind, ids, found[kind].keys) for kind, ids in shown.items()
        },
        "facets": await _facets(datasette, asked, [found[kind] for kind in kinds]),
        "is_counted": not any(found[kind].is_more for kind in kinds),
        "understood": _understood(asked),
    }
    if not any(context["hits"].values()):
        context["help"] = await _help(datasette, asked)
    return await render(datasette, request, "search.html", status=status, **context)


def _shown_ids(found: Found, asked: Search, kind: Kind, page: int) -> tuple[str, ...]:
    if asked.kind is None:
        return found.ids[: SHOWN[kind]]
    return found.ids[(page - 1) * PAGE : page * PAGE]


def _understood(asked: Search) -> list[Row]:
    return [
        {"words": " ".join(term.words), "meaning": term.meaning, "names": term.names}
        for term in asked.terms
        if term.meaning != "word"
    ]


def _address(asked: Search, **changes: object) -> dict[str, object]:
    """The parameters of the address of a search, with some changed; empty ones are left out by link()."""
    told = {
        "q": asked.query,
        "jenis": ADDRESSES[asked.kind] if asked.kind else "",
        **asked.filters,
        "urut": "terbaru" if asked.is_newest else "",
    }
    return {**told, **changes}


async def _facets(datasette: Any, asked: Search, found: Sequence[Found]) -> list[Row]:
    """By what the results may be narrowed, each with its values and how many of the results have them."""
    counts = Counter(" ".join(" ".join(of_kind.keys.values()) for of_kind in found).split())
    letters = {letter: name for name, (letter, _) in FILTERS.items()}
    values: dict[str, list[Row]] = {name: [] for name in FILTERS}
    outlets = sorted((key for key in counts if key[0] == "o"), key=lambda key: -counts[key])[:MOST_OUTLETS]
    named = await fetch_rows(datasette, OUTLET_NAMES, {"keys": json.dumps([key[1:] for key in outlets])})
    words = {
        **{
            f"{key[0]}{key[1:].replace('-', '')}": (key[1:], row) for key, row in asked.labels.items() if key[0] in "ps"
        },
        **{f"o{row['key']}": (row["name"], {"id": row["outlet_name"], "en": row["outlet_name"]}) for row in named},
        **{f"h{value}": (name, None) for name, value in VALUES.items() if name != "tanpa"},
    }
    for key, count in counts.items():
        name = letters.get(key[0])
        if name is None or name in asked.filters:
            continue
        if key[0] == "y":
            value: str = "tanpa" if key == "y0" else key[1:]
            values[name].append({"value": value, "label": None if value == "tanpa" else value, "count": count})
        elif key in words:
            value, label = words[key]
            values[name].append({"value": value, "label": label, "count": count})
    orders = {"tahun": lambda row: (row["value"] == "tanpa", -int(row["value"]) if row["value"].isdigit() else 0)}
    return [
        {"name": name, "values": sorted(rows, key=orders.get(name, lambda row: -row["count"]))}
        for name, rows in values.items()
        if len(rows) > 1
    ]


MOST_OUTLETS = 12


async def _help(datasette: Any, asked: Search) -> Row:
    """What a reader may do who finds nothing: names written nearly so, and what to leave out to find something."""
    less: list[tuple[str, str, Search]] = [("filter", name, without(asked, filters=[name])) for name in asked.filters]
    if len(asked.terms) > 1:
        less += [("word", " ".join(term.words), without(asked, words=[term.words])) for term in asked.terms]
    fewer = []
    for what, name, search in less:
        found = await find_results(datasette, search)
        count = sum(len(of_kind.ids) for of_kind in found.values()) if not asked.kind else len(found[asked.kind].ids)
        is_more = any(of_kind.is_more for of_kind in found.values())
        kept = [
            " ".join(term.words) if term.meaning != "phrase" else f'"{" ".join(term.words)}"' for term in search.terms
        ]
        if count:
            query = " ".join(kept) if what == "word" else asked.query
            changes = {"q": query} if what == "word" else {name: ""}
            fewer.append({"what": what, "name": name, "count": count, "is_more": is_more, "changes": changes})
    elsewhere = {}
    if asked.kind:
        everywhere = await find_results(datasette, asked)
        elsewhere = {kind: found for kind, found in everywhere.items() if found.ids}
    words = [word for term in asked.terms for word in term.words]
    return {
        "names": await suggest_names(datasette, words[:LONGEST_NAME]),
        "fewer": fewer,
        "elsewhere": elsewhere,
    }
