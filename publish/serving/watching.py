"""What machines ask of the site to know whether it is well: /-/live, /-/health, /-/metrics, whatever is shown."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import os
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from publish.serving.facts import Facts, read_facts
from publish.serving.health import Shown, build_health, find_reasons
from publish.serving.metrics import LIMITED, REQUESTS, SECONDS, route_of, site_metrics

LIVE, HEALTH, METRICS = "/-/live", "/-/health", "/-/metrics"
READ_EVERY = 5.0
"""Seconds for which what the files say is taken for true, so that nobody keeps us busy by asking."""
TOKEN = "PANTAU_METRICS_TOKEN"
SECRET_PATHS = re.compile(r"^(/langganan/(?:konfirmasi|atur|berhenti)/|/surat/saya/)[^/]+")
"""Addresses whose end lets whoever knows it change what its reader asked for."""
PROXIED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")

log = logging.getLogger(__name__)


class Watching:
    """Answers those who watch the site, from what its files say and what it shows."""

    def __init__(self, public: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._public = public
        self._clock = clock
        self._read: tuple[float, Path, Facts] | None = None
        self._reading = asyncio.Lock()

    async def answer(self, scope: Scope, receive: Receive, send: Send, file: Path | None, shown: Shown) -> None:
        """Answer one of the three addresses; `file` is the public database that is shown, under whatever name."""
        if scope["method"] not in ("GET", "HEAD"):
            response = Response("only GET\n", 405, media_type="text/plain", headers={"allow": "GET, HEAD"})
        elif scope["path"] == LIVE:
            response = Response("ok\n", media_type="text/plain")
        elif scope["path"] == HEALTH:
            response = await self._health(file, shown)
        elif may_read_metrics(scope, os.environ):
            response = await self._metrics(file, shown)
        else:
            told = f"metrics are for the machine itself, or with the token of {TOKEN}\n"
            response = Response(told, 403, media_type="text/plain")
        response.headers["cache-control"] = "no-store"
        response.headers["x-content-type-options"] = "nosniff"
        response.headers["content-security-policy"] = "default-src 'none'; frame-ancestors 'none'"
        await response(scope, receive, send)

    async def _health(self, file: Path | None, shown: Shown) -> Response:
        told = build_health(await self._facts(file), shown, self._clock())
        status = 200 if told["status"] == "ok" else 503
        return Response(json.dumps(told, indent=1, ensure_ascii=False) + "\n", status, media_type="application/json")

    async def _metrics(self, file: Path | None, shown: Shown) -> Response:
        facts = await self._facts(file)
        body = await asyncio.to_thread(site_metrics, facts, find_reasons(facts, shown, self._clock()))
        return Response(body, headers={"content-type": CONTENT_TYPE_LATEST})

    async def _facts(self, file: Path | None) -> Facts:
        file = file or self._public
        async with self._reading:
            if self._read is None or self._read[1] != file or monotonic() - self._read[0] > READ_EVERY:
                facts = await asyncio.to_thread(read_facts, file, self._public.parent, self._clock())
                self._read = (monotonic(), file, facts)
            return self._read[2]


def may_read_metrics(scope: Scope, environ: Mapping[str, str]) -> bool:
    """Whether who asks has the token, or where none is set, sits at this machine and not behind a proxy on it."""
    headers = Headers(scope=scope)
    if token := environ.get(TOKEN):
        given = headers.get("authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    return is_from_here(scope)


def is_from_here(scope: Scope) -> bool:
    """Whether who asks sits at this machine, and not behind a proxy on it."""
    headers = Headers(scope=scope)
    host = (scope.get("client") or ("", 0))[0]
    return host in ("127.0.0.1", "::1") and not any(name in headers for name in PROXIED)


def counted(app: ASGIApp, release: Callable[[], str | None]) -> ASGIApp:
    """The same application, whose answers are counted, timed, and told of at the level info.

    Told are no address of a reader, no search and no secret of a path.
    """

    async def count(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        began = monotonic()
        status = 500

        async def look(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await app(scope, receive, look)
        finally:
            seconds, route = monotonic() - began, route_of(scope["path"])
            REQUESTS.labels(str(status), route).inc()
            SECONDS.labels(route).observe(seconds)
            log.info(
                "request answered",
                extra={
                    "method": scope["method"],
                    "path": without_secret(scope["path"]),
                    "status": status,
                    "seconds": round(seconds, 4),
                    "release": (release() or "")[:12] or None,
                },
            )

    return count


def without_secret(path: str) -> str:
    """A path without the token by which a reader is known.

    >>> without_secret("/langganan/atur/c2VjcmV0"), without_secret("/surat/2026-W47")
    ('/langganan/atur/…', '/surat/2026-W47')
    """
    return SECRET_PATHS.sub(r"\1…", path)


def note_limit(limit: str) -> None:
    """Count a request that met a limit."""
    LIMITED.labels(limit).inc()
