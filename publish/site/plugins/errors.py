"""What readers see when something cannot be shown: in their language, with a way on, and nothing of the machine's."""

from __future__ import annotations

import errno
import json
import logging
import re
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import Request, Response, hookimpl
from datasette.database import QueryInterrupted
from datasette.plugins import pm
from datasette.utils.asgi import Base400, Forbidden, NotFound
from datasette.views.base import DatasetteError

from publish.serving.watching import note_limit, without_secret

log = logging.getLogger(__name__)

OLD = ("no such table", "no such column", "no such module", "unable to open", "not a database", "malformed", "disk i/o")
"""How SQLite says that public.db is missing, broken, or older than these pages."""
METHODS = ("GET", "HEAD", "OPTIONS")
FORMS = re.compile(
    r"/(?:masuk|keluar|salah|tinjauan(?:/.*)?|-/log(?:in|out)|langganan/(?:surat|(?:konfirmasi|atur|berhenti)/[^/]+))"
)
"""Where forms are sent to. Elsewhere nothing can be sent, and an answer to POST would be made anew each time."""
PLAIN = (".csv", ".atom", ".ics", ".xml", ".txt")
SHOWN_SQL = 10_000
LIMITS = {"data.sql_slow": "sql_time", "error.slow": "sql_time", "data.sql_large": "sql_memory"}
"""What meets a limit, by its name in strings/, as the metrics call it."""

App = Callable[[Any, Any, Any], Awaitable[None]]

# Datasette asks every plugin, also where one has answered. Its own, where the library rich is installed, prints every
# local variable whenever somebody mistypes an address: half a second in which nobody is answered.
if pm.has_plugin("datasette.handle_exception"):
    pm.unregister(name="datasette.handle_exception")


@hookimpl(tryfirst=True)
def handle_exception(datasette: Any, request: Request, exception: Exception) -> Callable[[], Awaitable[Response]]:
    status, what, said = explain(exception, _is_stock(datasette, request), bool(request.query_string))
    if status >= 500:
        log.error("%s %s", request.method, without_secret(request.path), exc_info=exception)
    if what in LIMITS:
        note_limit(LIMITS[what])

    async def answer() -> Response:
        return await show_error(datasette, request, status, what, said)

    return answer


@hookimpl(tryfirst=True)
def forbidden(datasette: Any, request: Request) -> Callable[[], Awaitable[Response]]:
    async def answer() -> Response:
        return await show_error(datasette, request, 403, "error.forbidden")

    return answer


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    root = datasette.urls.path("/").rstrip("/")

    def wrap(app: App) -> App:
        async def asked(scope: Any, receive: Any, send: Any) -> None:
            methods = allowed_methods(scope["path"].removeprefix(root)) if scope["type"] == "http" else ()
            if scope["type"] == "http" and scope["method"] not in methods:
                await datasette.invoke_startup()
                # Nobody has made a token for forms yet, which Datasette's frame of a page asks for.
                request = Request({**scope, "csrftoken": str}, receive)
                answer = await show_error(datasette, request, 405, "error.method")
                answer.headers["allow"] = ", ".join(methods)
                await answer.asgi_send(send)
            else:
                await app(scope, receive, send)

        return asked

    return wrap


def allowed_methods(path: str) -> tuple[str, ...]:
    """What may be asked of an address of the site."""
    return (*METHODS, "POST") if FORMS.fullmatch(path) else METHODS


def explain(exception: BaseException, is_stock: bool, is_asked: bool) -> tuple[int, str, str | None]:
    """The status, what it is called in strings/, and what Datasette said where that helps whoever wrote a query.

    `is_stock`: on one of Datasette's own pages, whose parameters readers write themselves; `is_asked`: with some.
    """
    words = str(exception).lower()
    if isinstance(exception, NotFound):
        return (
            404,
            "missing.table" if "table" in words else "missing.row" if "record" in words else "missing.page",
            None,
        )
    if isinstance(exception, OSError) and exception.errno == errno.ENAMETOOLONG:
        return 404, "missing.page", None  # of a file of the site
    if isinstance(exception, Forbidden):
        return 403, "error.forbidden", None
    if _is_cut_off(exception):
        return (400, "data.sql_slow", None) if is_stock else (503, "error.slow", None)
    if isinstance(exception, MemoryError) and is_stock:
        return 400, "data.sql_large", None
    if isinstance(exception, DatasetteError):
        # Datasette calls some wrong parameters, such as an unknown column to sort by, an error of its own.
        status = 400 if exception.status >= 500 else exception.status
        return status, "missing.page" if status == 404 else "error.request", str(exception.message)
    if isinstance(exception, Base400):
        return exception.status, "error.request", words or None
    if is_stock and is_asked and isinstance(exception, sqlite3.Error | ValueError | KeyError | IndexError):
        return 400, "error.request", str(exception) if isinstance(exception, sqlite3.Error) else None
    if isinstance(exception, sqlite3.DatabaseError) and any(sign in words for sign in OLD):
        return 503, "error.data", None
    return 500, "error.ours", None


def _is_cut_off(exception: BaseException) -> bool:
    """Whether time was over: of a query, or of columns and keys, of which Datasette hands on what SQLite says."""
    if isinstance(exception, sqlite3.OperationalError):
        return exception.args == ("interrupted",)
    return isinstance(exception, QueryInterrupted) or "sql interrupted" in str(getattr(exception, "title", "")).lower()


async def show_error(datasette: Any, request: Request, status: int, what: str, said: str | None = None) -> Response:
    """The answer: a page, JSON for an address of data, or one line for other formats; never kept by caches."""
    # What is refused before Datasette sees it has no token for forms.
    request.scope.setdefault("csrftoken", lambda: "")
    headers = {"cache-control": "no-store"} | ({"retry-after": "60"} if status == 503 else {})
    page = await datasette.render_template(
        "404.html" if status == 404 else "error.html",
        {
            "own_page": True,
            "status": status,
            "what": what,
            "said": said,
            "sql": (request.args.get("sql") or "")[:SHOWN_SQL] if _is_stock(datasette, request) else "",
        },
        request=request,
    )
    if request.path.endswith((".json", ".geojson")) or request.args.get("_format") == "json":
        told = {"ok": False, "status": status, "error": said or HEADINGS.get(status, "Error")}
        return Response(json.dumps(told), status, headers, content_type="application/json; charset=utf-8")
    if request.path.endswith(PLAIN):
        return Response(
            f"{status} {said or HEADINGS.get(status, 'Error')}\n", status, headers, "text/plain; charset=utf-8"
        )
    return Response.html(page, status=status, headers=headers)


HEADINGS = {
    400: "Bad request", 403: "Forbidden", 404: "Not found", 405: "Method not allowed", 500: "Internal error",
    503: "Not available now",
}  # fmt: skip
"""What programs are told."""


def _is_stock(datasette: Any, request: Request) -> bool:
    stock: str = datasette.urls.path("/public")
    return request.path == stock or request.path.startswith((f"{stock}/", f"{stock}."))
