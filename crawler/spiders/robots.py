"""robots.txt, obeyed by every request of a crawl as RFC 9309 says, and in some things more strictly.

| answered with | means |
|---|---|
| 2xx | what it says, as far as its first 500 KiB (2.5); of a page of HTML nothing is a rule (2.2), and that is noted |
| 4xx but 429 | there is none: everything may be asked (2.3.1.3) |
| 5xx, no answer, 429 | nothing may be asked for now (2.3.1.4; 429 is stricter than the RFC) |
| more than five redirects, or one to another site | as if it had not answered; the RFC is laxer (2.3.1.2) |
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from time import monotonic
from typing import Any

from scrapy import Request, signals
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.utils.httpobj import urlparse_cached

from crawler.items import RobotsVerdict
from crawler.spiders.pace import LONGEST_WAIT, BudgetSpentError, host_of

ROBOTS_NAME = "PantauKotaCerdas"
FORBIDDEN = "Forbidden by robots.txt"
"""What Scrapy says then."""
MOST_ROBOTS_BYTES = 500 * 1024
"""Read of a robots.txt; RFC 9309 (2.5) wants at least as much."""
ROBOTS_HOURS = 24.0
"""How long a robots.txt is believed (RFC 9309, 2.4)."""


class RobotsUnreachableError(IgnoreRequest):
    """A host whose robots.txt cannot be read is left alone for now (RFC 9309, 2.3.1.4)."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What a host's robots.txt said."""

    at: float
    """Monotonic."""
    parser: Any = None
    problem: str | None = None
    """Why nothing may be asked."""


class ObeyRobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's middleware, which reads robots.txt in its own way.

    Of several requests that wait for one robots.txt Scrapy tells only the first what it says: the others wait on the
    same Deferred, whose result the first has consumed, and go out unasked. So they queue here until it is read. Where
    it cannot be fetched Scrapy asks for everything, and it reads the page of a 404 as if it were rules.
    """

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._reading: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._said: dict[str, _Said] = {}
        crawler.signals.connect(self._stop_at_size, signal=signals.bytes_received)

    def process_request_2(self, rp: Any, request: Request) -> None:
        """Raise IgnoreRequest for what robots.txt forbids, unless an exception of the source is on record for it."""
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest:
            if not self.crawler.spider.is_excepted(request.url):
                raise
            request.meta["robots_exception"] = True

    async def robot_parser(self, request: Request) -> Any:
        """What robots.txt of the request's host says. Raises RobotsUnreachableError where it cannot be had."""
        netloc = urlparse_cached(request).netloc
        async with self._reading[netloc]:
            said = self._said.get(netloc)
            if said is None or monotonic() - said.at > ROBOTS_HOURS * 3600:
                said = self._said[netloc] = await self._read(request, netloc)
        if said.problem is not None:
            raise RobotsUnreachableError(said.problem)
        return said.parser

    async def _read(self, request: Request, netloc: str) -> _Said:
        """Ask for robots.txt. Raises BudgetSpentError where nothing may be asked any more."""
        asked = Request(
            f"{urlparse_cached(request).scheme}://{netloc}/robots.txt",
            priority=self.DOWNLOAD_PRIORITY,
            meta={"dont_obey_robotstxt": True, "is_robots": True},
            callback=NO_CALLBACK,
        )
        try:
            response = await self.crawler.engine.download_async(asked)
        except BudgetSpentError:
            raise
        except Exception as error:  # whatever goes wrong on the way to it
            return self._tell(request, _Said(monotonic(), None, _unread(netloc, error)), "unreachable")
        if 400 <= response.status < 500 and response.status != 429:
            return self._tell(request, _Said(monotonic(), self._parse(b"", request)), "none")
        if not 200 <= response.status < 300:
            problem = f"HTTP {response.status}: robots of {netloc} cannot be read"
            return self._tell(request, _Said(monotonic(), None, problem), "unreachable")
        parser = self._parse(_whole_lines(response), request)
        delay = parser.crawl_delay(ROBOTS_NAME)
        if delay is not None and delay > LONGEST_WAIT:
            problem = f"robots of {netloc} want {delay:g} s between requests, {LONGEST_WAIT:g} are waited for at most"
            return self._tell(request, _Said(monotonic(), None, problem), "too-slow", delay)
        return self._tell(request, _Said(monotonic(), parser), "read", delay, is_page=_is_page(response))

    def _parse(self, body: bytes, request: Request) -> Any:
        parser = ProtegoRobotParser(body, self.crawler.spider)
        self.crawler.signals.send_catch_log(signal=signals.robots_parsed, robotparser=parser, request=request)
        return parser

    def _tell(
        self, request: Request, said: _Said, verdict: RobotsVerdict, delay: float | None = None, is_page: bool = False
    ) -> _Said:
        self.crawler.spider.robots_read(host_of(request.url), verdict, delay, is_page)
        return said

    def _stop_at_size(self, data: bytes, request: Request) -> None:
        if request.meta.get("is_robots"):
            received = request.meta["received"] = request.meta.get("received", 0) + len(data)
            if received > MOST_ROBOTS_BYTES:
                raise StopDownload(fail=False)


def _whole_lines(response: Response) -> bytes:
    """Of a file that is too large its first lines."""
    if len(response.body) <= MOST_ROBOTS_BYTES:
        return response.body
    return response.body[:MOST_ROBOTS_BYTES].rpartition(b"\n")[0]


def _is_page(response: Response) -> bool:
    """True for HTML, whatever its type says: many a site answers so for what it does not have."""
    return response.body.lstrip()[:9].lower().startswith((b"<!doctype", b"<html"))


def _unread(netloc: str, failure: Exception) -> str:
    """What kept robots.txt from being read; of what others say the name alone, for their text can hold anything."""
    why = str(failure) if isinstance(failure, IgnoreRequest) else type(failure).__name__
    return f"{why}: robots of {netloc} cannot be read"
