"""What a browser may do with our pages: run our script and style alone, and show them in no frame of another site.

Datasette's own pages about itself (/-/versions, /-/threads and more) tell versions and paths; they are not there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from datasette import Request, Response, hookimpl

from publish.site.page import not_found

App = Callable[[Any, Any, Any], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

OPEN = r"/-/(?:static/|static-plugins/|(?:login|logout|live|health|metrics)(?:\.json)?$)"
"""What is there of the addresses of Datasette and its plugins; health and metrics have pages of ours."""
OURS = "script-src 'self'; style-src 'self'"
LETTER = "script-src 'self'; style-src 'self' 'unsafe-inline'"
# Mail programs read a letter's style in its elements only, and so its web copy has it there; it shows no markup from
# elsewhere as markup.
ALLOWED = {"/surat/": LETTER}
# Whoever knows the address of such a page may change what its reader asked for.
SECRET = ("/langganan/", "/surat/saya/")
REST = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
NOTHING_ASKED = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
EMBEDDED = ("/static/card.png",)
"""What pages of other sites show: the picture of a link. Feeds and data say themselves that others may read them."""
RESPELT = r"^/[^/]*~"
"""Datasette knows its database by other spellings too (`/~70ublic`); limits and guards know it by its name alone."""
ONE_YEAR = 365 * 24 * 3600


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(rf"^(?!{OPEN})/-(?:/.*)?$", hidden), (RESPELT, hidden)]


@hookimpl(trylast=True)
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    root = datasette.urls.path("/").rstrip("/")

    def wrap(app: App) -> App:
        async def guarded(scope: Any, receive: Any, send: Any) -> None:
            async def say(message: Any) -> None:
                if message["type"] == "http.response.start":
                    message = {**message, "headers": guarded_headers(scope, message.get("headers", ()), root)}
                await send(message)

            await app(scope, receive, say if scope["type"] == "http" else send)

        return guarded

    return wrap


async def hidden(datasette: Any, request: Request) -> Response:
    return await not_found(datasette, request, "missing.page")


def guarded_headers(scope: Any, headers: Any, root: str = "") -> Headers:
    """The headers of an answer with those that guard it, each once; `root` is where the site stands on its host."""
    is_https = scope.get("scheme") == "https"
    kept: Headers = [(name.lower(), _guarded_cookie(name, value, is_https)) for name, value in headers]
    there = {name for name, _ in kept}
    more = guards(scope["path"], root, is_https, is_open=b"access-control-allow-origin" in there)
    return kept + [(name, value) for name, value in more if name not in there]


def guards(path: str, root: str = "", is_https: bool = False, is_open: bool = False) -> Headers:
    """The headers that guard an answer, by its path; `is_open`: pages of other sites may read it."""
    own = path.removeprefix(root)
    allowed = next((policy for start, policy in ALLOWED.items() if own.startswith(start)), OURS)
    is_embedded = is_open or own in EMBEDDED
    headers = [
        (b"content-security-policy", f"{REST}; {allowed}".encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer" if own.startswith(SECRET) else b"strict-origin-when-cross-origin"),
        (b"permissions-policy", NOTHING_ASKED.encode()),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"cross-origin" if is_embedded else b"same-origin"),
    ]
    if is_https:
        headers.append((b"strict-transport-security", f"max-age={ONE_YEAR}".encode()))
    return headers


def _guarded_cookie(name: bytes, value: bytes, is_https: bool) -> bytes:
    """No script reads a cookie of ours, and none goes over a line that others read once it came by another."""
    if name.lower() != b"set-cookie":
        return value
    said = {part.strip().partition(b"=")[0].lower() for part in value.split(b";")}
    if b"httponly" not in said:
        value += b"; HttpOnly"
    if is_https and b"secure" not in said:
        value += b"; Secure"
    return value
