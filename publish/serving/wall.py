"""What stands before the site: requests that it need not look at are sent away, and every answer is guarded."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from publish.serving.watching import is_from_here
from publish.site.forms import LONGEST
from publish.site.plugins.guarding import guarded_headers

LONGEST_BODY = 2 * LONGEST
"""Bytes; a form that is too long, and not longer than this, is told so in the reader's language."""
LONGEST_ADDRESS = 16 * 1024
"""Bytes of a path with its query; a researcher's SQL may have 20,000 characters, but few ever have a tenth."""
MOST_HEADERS = 64
LONGEST_HEADERS = 16 * 1024
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?", re.IGNORECASE)
LOOPBACK = re.compile(r"(?:localhost|127\.[0-9.]+|\[::1\])(?::[0-9]+)?", re.IGNORECASE)
BY_ADDRESS_ALONE = ("/langganan/konfirmasi/", "/langganan/berhenti/")
"""Pages whose address is the secret: mail programs and archives of mail send their forms, from wherever they are."""
REFUSED = {
    400: "what was asked cannot be read",
    403: "a form of another site",
    413: f"more than {LONGEST_BODY} bytes",
    414: f"an address of more than {LONGEST_ADDRESS} bytes",
    431: f"more than {MOST_HEADERS} header fields or {LONGEST_HEADERS} bytes of them",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where readers find the site, as the operator set it up."""

    scheme: str
    host: str
    """With its port, if it has one."""

    @classmethod
    def of_environment(cls) -> Place | None:
        """That of PANTAU_SITE; None where it is not set."""
        told = urlsplit(os.environ.get("PANTAU_SITE", ""))
        host = told.netloc.rpartition("@")[2].lower()
        return cls(told.scheme, host) if host.isascii() and told.scheme in ("http", "https") and host else None


class TooLongError(Exception):
    """More was sent than is read."""


def walled(site: ASGIApp, place: Place | None) -> ASGIApp:
    """The site behind its wall.

    With a place, whoever asks for another host is answered as if for this one: what a page says of its own address is
    never what a stranger wrote into a request. Where that is https, so is what is asked of it: a proxy took it so.
    """

    async def wall(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        asked = Headers(scope=scope)
        status = _refusal(scope, asked, place)
        scope = _at_place(scope, asked, place)
        taken = 0

        async def say(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": guarded_headers(scope, message.get("headers", ()))}
            await send(message)

        if status:
            await _refuse(status, say)
            return

        async def receive_some() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > LONGEST_BODY:
                raise TooLongError
            return message

        async def answer(message: Message) -> None:
            # Whatever the site makes of a body that it could not read.
            if taken <= LONGEST_BODY:
                await say(message)
            elif message["type"] == "http.response.start":
                await _refuse(413, say)

        with suppress(TooLongError):
            await site(scope, receive_some, answer)

    return wall


def _refusal(scope: Scope, asked: Headers, place: Place | None) -> int | None:
    """The status by which a request is refused without being looked at."""
    headers = scope["headers"]
    if len(headers) > MOST_HEADERS or sum(len(name) + len(value) for name, value in headers) > LONGEST_HEADERS:
        return 431
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
        return 414
    if "host" in asked and not HOST.fullmatch(asked["host"]):
        return 400
    length = asked.get("content-length", "0")
    if not length.isdecimal() or int(length[:12]) > LONGEST_BODY:
        return 413
    return 403 if scope["method"] == "POST" and _is_from_elsewhere(scope, asked, place) else None


def _is_from_elsewhere(scope: Scope, asked: Headers, place: Place | None) -> bool:
    """Whether a browser says that a form was sent from a page of another site; other programs say nothing."""
    if scope["path"].startswith(BY_ADDRESS_ALONE):
        return False
    if (site := asked.get("sec-fetch-site")) is not None:
        return site not in ("same-origin", "none")
    origin = asked.get("origin", "null")
    # Pages whose address is a secret tell it to nobody, so their forms come from "null"; these have a token too.
    hosts = {asked.get("host", "").lower(), place.host if place else ""}
    return origin != "null" and urlsplit(origin).netloc.lower() not in hosts


def _at_place(scope: Scope, asked: Headers, place: Place | None) -> Scope:
    # The operator looks at the site on the machine itself.
    if place is None or (LOOPBACK.fullmatch(asked.get("host", "")) and is_from_here(scope)):
        return scope
    others = [pair for pair in scope["headers"] if pair[0] != b"host"]
    return {**scope, "scheme": place.scheme, "headers": [(b"host", place.host.encode()), *others]}


async def _refuse(status: int, send: Send) -> None:
    body = f"{status} {REFUSED[status]}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
