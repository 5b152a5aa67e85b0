"""The search of an address, read on the site."""

from __future__ import annotations

from typing import Any

from publish.site.page import fetch_rows
from publish.site.search.words import Arguments, Search, build_search, questions


async def read_search(datasette: Any, arguments: Arguments) -> Search:
    """What the parameters of an address ask for."""
    labels, places = questions(arguments)
    return build_search(arguments, await fetch_rows(datasette, *labels), await fetch_rows(datasette, *places))
