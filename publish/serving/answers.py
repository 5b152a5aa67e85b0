"""Whole answers of a release, kept compressed: a release does not change, so neither do its pages."""

from __future__ import annotations

import asyncio
import hashlib
import zlib
from dataclasses import dataclass
from urllib.parse import parse_qsl

from cachetools import LRUCache
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

KEPT_BYTES = 64 * 1024 * 1024
"""The most that the answers of a release take in a process, about."""
LARGEST = 2 * 1024 * 1024
"""The longest answer that is held back until it is whole, and kept; a longer one is handed on as it comes."""
SMALLEST = 500
"""What is shorter is not compressed."""
OVERHEAD = 1500
"""Bytes that an answer takes beside its body, about."""
COMPRESSED = ("text/", "image/svg", "application/json", "application/javascript", "application/xml", "application/atom")
PRIVATE = ("/tinjauan", "/masuk", "/keluar", "/langganan/", "/surat/saya/")
STATIC = ("/static/", "/-/static/", "/-/static-plugins/")
VARY = b"Cookie, Authorization"
ASK_AGAIN = b"no-cache"
FOR_A_YEAR = b"public, max-age=31536000, immutable"
SAID_ANEW = {b"content-length", b"cache-control", b"vary", b"etag"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer with status 200."""

    headers: list[tuple[bytes, bytes]]
    body: bytes

    async def send(self, send: Send) -> None:
        """Say all of it."""
        await send({"type": "http.response.start", "status": 200, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})

    async def send_unchanged(self, send: Send) -> None:
        """Say that it is as the reader has it."""
        headers = [pair for pair in self.headers if not pair[0].startswith(b"content-")]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body"})


class Answers:
    """The answers of a release given so far; those that were asked for last are kept."""

    def __init__(self, edition: str) -> None:
        self.edition = edition
        """What all answers are made from, so that a reader's copy from another edition is known as such."""
        self.kept: LRUCache[str, Answer] = LRUCache(KEPT_BYTES, lambda answer: len(answer.body) + OVERHEAD)
        self._making: dict[str, asyncio.Future[Answer | None]] = {}

    async def answer(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is answered to all readers alike: from what is kept, else by asking `app`."""
        asked = Headers(scope=scope)
        tag = self._tag(scope, asked)
        answer = self.kept.get(tag)
        if answer is None and tag in self._making:
            answer = await asyncio.shield(self._making[tag])
        if answer is None:
            answer = await self._make(app, scope, receive, send, tag)
        if answer is None:
            return
        if f'"{tag}"' in asked.get("if-none-match", ""):
            await answer.send_unchanged(send)
        else:
            await answer.send(send)

    def _tag(self, scope: Scope, asked: Headers) -> str:
        """What tells an answer from all others: its edition, its whole address, whether it is compressed."""
        # Pages say their own address, which is what the reader's browser calls us.
        place = (scope["scheme"], asked.get("host", ""), scope.get("raw_path") or scope["path"])
        # The same parameter twice is a list; lists keep their order.
        query = sorted(
            parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True), key=lambda pair: pair[0]
        )
        said = repr((self.edition, place, query, _takes_gzip(asked)))
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    async def _make(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, tag: str) -> Answer | None:
        """The answer of `app`, kept; None where it was such that it went to the reader at once."""
        making = self._making[tag] = asyncio.get_running_loop().create_future()
        answer = None
        try:
            collector = Collector(send)
            await app(_nobody(scope), receive, collector.take)
            if collector.is_whole:
                answer = self.kept[tag] = await self._keep(collector, scope, tag)
            return answer
        finally:
            making.set_result(answer)
            if self._making.get(tag) is making:
                del self._making[tag]

    async def _keep(self, collector: Collector, scope: Scope, tag: str) -> Answer:
        body = plain = b"".join(collector.parts)
        varies = VARY
        headers = [(name, value) for name, value in collector.headers if name not in SAID_ANEW]
        kind = dict(headers).get(b"content-type", b"").decode("latin-1")
        if _takes_gzip(Headers(scope=scope)) and len(plain) >= SMALLEST and kind.startswith(COMPRESSED):
            # Long work, during which others are answered.
            body = await asyncio.to_thread(zlib.compress, plain, wbits=16 + zlib.MAX_WBITS)
            headers.append((b"content-encoding", b"gzip"))
            varies += b", Accept-Encoding"
        headers += [
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", _cache_control(scope, plain)),
            (b"vary", varies),
            # Weak: Datasette's own pages tell how long they took.
            (b"etag", f'W/"{tag}"'.encode()),
        ]
        return Answer(headers, body)


class Collector:
    """Takes what an application says until that is whole; what cannot be kept it hands on to the reader."""

    def __init__(self, send: Send) -> None:
        self.parts: list[bytes] = []
        self.headers: list[tuple[bytes, bytes]] = []
        self.is_whole = False
        self._size = 0
        self._start: Message = {}
        self._send = send
        self._is_handed_on = False

    async def take(self, message: Message) -> None:
        """Take the next part."""
        if self._is_handed_on:
            await self._send(message)
        elif message["type"] == "http.response.start":
            self._start = message
            self.headers = [(name.lower(), value) for name, value in message.get("headers", ())]
            if message["status"] != 200 or self._is_private():
                await self._hand_on()
        else:
            self.parts.append(message.get("body", b""))
            self._size += len(self.parts[-1])
            self.is_whole = not message.get("more_body", False)
            if self._size > LARGEST:
                await self._hand_on()

    def _is_private(self) -> bool:
        said = dict(self.headers)
        control = said.get(b"cache-control", b"")
        return b"set-cookie" in said or b"private" in control or b"no-store" in control

    async def _hand_on(self) -> None:
        self._is_handed_on = True
        await self._send(self._start)
        if self.parts:
            body = b"".join(self.parts)
            await self._send({"type": "http.response.body", "body": body, "more_body": not self.is_whole})
        self.is_whole = False


def is_for_all(scope: Scope) -> bool:
    """Whether a request is answered to all readers alike, for as long as the release is shown."""
    path: str = scope["path"]
    if scope["method"] != "GET" or path.startswith(PRIVATE):
        return False
    if path.startswith("/-/") and not path.startswith(STATIC):
        return False
    # What readers ask themselves may be cut off where the server is busy, or differ each time, as random() does. A
    # stream ends as one that failed.
    return not (is_research(path) and (scope["query_string"] or path.endswith(".csv")))


def is_research(path: str) -> bool:
    """Whether an address is one of Datasette's own pages, where readers write queries and filters themselves."""
    return path.startswith(("/public/", "/public.")) or path == "/public"


def is_somebody(scope: Scope) -> bool:
    """Whether the reader is known by name, or has been asked something."""
    headers = Headers(scope=scope)
    names = [part.partition("=")[0].strip() for part in ";".join(headers.getlist("cookie")).split(";")]
    return "authorization" in headers or any(name.startswith("ds_") for name in names)


def _nobody(scope: Scope) -> Scope:
    """The same request without what would only make the answer a private one."""
    return {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"cookie"]}


def _takes_gzip(asked: Headers) -> bool:
    return "gzip" in asked.get("accept-encoding", "")


def _cache_control(scope: Scope, body: bytes) -> bytes:
    """For a year where the address holds the hash of the body; all else may change with the next release."""
    version = scope["query_string"].decode("latin-1")
    is_named = len(version) >= 8 and hashlib.sha256(body).hexdigest().startswith(version)
    return FOR_A_YEAR if is_named and scope["path"].startswith(STATIC) else ASK_AGAIN
