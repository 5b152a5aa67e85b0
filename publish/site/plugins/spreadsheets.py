"""What Datasette gives to spreadsheets of strangers' words, as CSV or to be pasted: nothing in it is run there."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import Response, hookimpl
from datasette_copyable import render_copyable  # type: ignore[import-untyped]

from publish.theirs import cell

App = Callable[[Any, Any, Any], Awaitable[None]]
ESCAPED = {"unsafehtml": "html"}
"""Forms of tabulate that are not offered, and what is given instead: markup of others is no markup of ours."""


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    tables = datasette.urls.path("/public")

    def wrap(app: App) -> App:
        async def asked(scope: Any, receive: Any, send: Any) -> None:
            is_csv = False

            async def say(message: Any) -> None:
                nonlocal is_csv
                if message["type"] == "http.response.start":
                    is_csv = _is_csv(scope, dict(message.get("headers", ())))
                elif is_csv and message.get("body"):
                    message = {**message, "body": harmless_rows(message["body"])}
                await send(message)

            is_ours = scope["type"] == "http" and scope["path"].startswith(tables)
            await app(scope, receive, say if is_ours else send)

        return asked

    return wrap


def _is_csv(scope: Any, headers: dict[bytes, bytes]) -> bool:
    is_asked = scope["path"].endswith(".csv") or b"_format=csv" in scope["query_string"]
    return is_asked and headers.get(b"content-type", b"").startswith((b"text/plain", b"text/csv"))


def harmless_rows(rows: bytes) -> bytes:
    """Whole rows of CSV, UTF-8, in which a spreadsheet runs nothing; Datasette writes one at a time.

    >>> harmless_rows(b'1,=1+1,-5\\r\\n')
    b"1,'=1+1,-5\\r\\n"
    """
    text = rows.decode("utf-8")
    written = io.StringIO(newline="")
    csv.writer(written).writerows([cell(one) for one in row] for row in csv.reader(io.StringIO(text, newline="")))
    return written.getvalue().encode("utf-8")


# Of two renderers of one name, Datasette takes the one that it is told of last.
@hookimpl(trylast=True)
def register_output_renderer(datasette: Any) -> dict[str, Any]:
    return {"extension": "copyable", "render": copyable}


async def copyable(
    rows: Any, columns: Any, request: Any, datasette: Any, database: Any, table: Any, query_name: Any
) -> Any:
    """What datasette-copyable gives, of rows that may be pasted into a spreadsheet."""
    form = request.args.get("_table_format")
    if form in ESCAPED:
        return Response.redirect(request.full_path.replace(f"_table_format={form}", f"_table_format={ESCAPED[form]}"))
    told = [[_told(value) for value in row] for row in rows]
    return await render_copyable(told, columns, request, datasette, database, table, query_name)


def _told(value: Any) -> Any:
    """A value as a cell; that of a foreign key is handed over with its label, which is what is told."""
    return cell(value["label"] if isinstance(value, dict) else value)
