"""Datasette's pages of tables, rows and queries in the reader's language; their templates are ours, for Datasette 0.65.

A table page takes a parameter that it does not know for a column to filter by, so `lang` reaches it as `_lang`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette import Request, hookimpl
from datasette.utils.asgi import BadRequest

App = Callable[[Any, Any, Any], Awaitable[None]]


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    tables = datasette.urls.path("/public/")

    def wrap(app: App) -> App:
        async def asked(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http" and scope["path"].startswith(tables) and b"lang=" in scope["query_string"]:
                scope = {**scope, "query_string": _rename(scope["query_string"])}
            await app(scope, receive, send)

        return asked

    return wrap


def _rename(query_string: bytes) -> bytes:
    """The same parameters, the language under a name that is no column's.

    >>> _rename(b"status=held&lang=en&_sort=id")
    b'status=held&_sort=id&_lang=en'
    """
    pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
    language = [value for name, value in pairs if name in ("lang", "_lang")][-1:]
    kept = [pair for pair in pairs if pair[0] not in ("lang", "_lang")]
    return urlencode(kept + [("_lang", value) for value in language if value == "en"]).encode()


@hookimpl
def extra_template_vars(request: Request | None) -> dict[str, Any]:
    language = "en" if request and "en" in (request.args.get("lang"), request.args.get("_lang")) else "id"
    return {"half": lambda text: half(text, language)}


def half(text: str | None, language: str) -> str:
    """The half of a text "Indonesian / English" that is in the language; a text that has no halves is given whole.

    >>> half("Nama resmi. / Official name.", "en"), half("Nama", "en")
    ('Official name.', 'Nama')
    """
    indonesian, _, english = (text or "").partition(" / ")
    return english if language == "en" and english else indonesian


@hookimpl
def filters_from_request(request: Request, table: str, datasette: Any) -> Callable[[], Awaitable[None]]:
    async def check() -> None:
        """Raise BadRequest for a column that the table lacks: SQLite would take its name for a text."""
        columns = await datasette.get_database().table_columns(table)
        asked = [name.split("__")[0] for name in request.args if not name.startswith("_")]
        asked += [name for facet in ("_facet", "_facet_date", "_facet_array") for name in request.args.getlist(facet)]
        for name in asked:
            if name and name not in (*columns, "rowid"):
                raise BadRequest(f"no such column: {name}")

    return check
