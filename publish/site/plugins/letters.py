"""/surat: the web copies of the weekly letters."""

from __future__ import annotations

import re
from typing import Any

from datasette import Request, Response, hookimpl
from markupsafe import Markup

from publish.site.page import fetch_row, fetch_rows, not_found, render

LETTERS = "select week, monday, made_at from digests order by week desc"
LETTER = "select week, monday, html, made_at from digests where week = :week"


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/surat$", letters), (r"^/surat/(?P<week>[^/]+)$", letter)]


async def letters(datasette: Any, request: Request) -> Response:
    return await render(datasette, request, "letters.html", letters=await fetch_rows(datasette, LETTERS))


async def letter(datasette: Any, request: Request) -> Response:
    row = await fetch_row(datasette, LETTER, {"week": request.url_vars["week"]})
    if row is None:
        return await not_found(datasette, request, "missing.letter")
    return await render(datasette, request, "letter.html", letter=row, body=_body(row["html"]))


def _body(html: str) -> Markup:
    """The inside of the letter's <body>. It is our own, escaped when it was written, so it goes out as it is."""
    inside = re.search(r"<body[^>]*>(.*)</body>", html, re.DOTALL | re.IGNORECASE)
    return Markup(inside[1] if inside else html)
