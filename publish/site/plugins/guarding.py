"""What a browser may do with our pages: run our script and style alone, and show them in no frame of another site."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl

App = Callable[[Any, Any, Any], Awaitable[None]]

OURS = "script-src 'self'; style-src 'self'"
STYLED = "script-src 'self'; style-src 'self' 'unsafe-inline'"
SCRIPTED = "script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'"
# Mail programs read a letter's style in its elements only; the SQL editor makes its style itself; what Datasette tells
# of itself has a script in the page. None of these shows markup from elsewhere as markup.
ALLOWED = {"/surat/": STYLED, "/public": STYLED, "/-/": SCRIPTED}
# Whoever knows the address of such a page may change what its reader asked for.
SECRET = ("/langganan/", "/surat/saya/")
REST = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


@hookimpl(trylast=True)
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    root = datasette.urls.path("/").rstrip("/")

    def wrap(app: App) -> App:
        async def guarded(scope: Any, receive: Any, send: Any) -> None:
            async def say(message: Any) -> None:
                if message["type"] == "http.response.start":
                    message = {**message, "headers": [*message.get("headers", ()), *guards(scope["path"], root)]}
                await send(message)

            await app(scope, receive, say if scope["type"] == "http" else send)

        return guarded

    return wrap


def guards(path: str, root: str = "") -> list[tuple[bytes, bytes]]:
    """The headers that guard an answer, by its path; `root` is where the site stands on its host."""
    own = path.removeprefix(root)
    allowed = next((policy for start, policy in ALLOWED.items() if own.startswith(start)), OURS)
    return [
        (b"content-security-policy", f"{REST}; {allowed}".encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer" if own.startswith(SECRET) else b"strict-origin-when-cross-origin"),
    ]
