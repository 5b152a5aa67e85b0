"""robots.txt, obeyed by every request of a crawl, also by those that come while it is still being fetched."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from crawler.spiders.articles import BudgetSpentError


class RobotsUnreachableError(IgnoreRequest):
    """A host whose robots.txt cannot be read is left alone for now (RFC 9309, 2.3.1.4)."""


class ObeyRobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's middleware with two holes closed.

    Of several requests that wait for one robots.txt Scrapy tells only the first what it says: the others wait on the
    same Deferred, whose result the first has consumed, and go out unasked. So they queue here until it is read. And
    where it cannot be fetched Scrapy asks for everything.
    """

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._reading: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._failures: dict[str, Exception] = {}

    async def robot_parser(self, request: Request) -> Any:
        """What robots.txt of the request's host says. Raises RobotsUnreachableError where it cannot be had."""
        netloc = urlparse_cached(request).netloc
        async with self._reading[netloc]:
            parser = await super().robot_parser(request)
        if isinstance(failure := self._failures.get(netloc), BudgetSpentError):
            raise failure
        if parser is None:
            raise RobotsUnreachableError(f"{_why(failure)}robots of {netloc} cannot be read")
        return parser

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500:
            raise OSError(f"HTTP {response.status}")
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self._failures[netloc] = exc
        super()._robots_error(exc, netloc)


def _why(failure: Exception | None) -> str:
    """What kept robots.txt from being read. The name of the error alone: its text can hold the address."""
    if failure is None:
        return ""
    return f"{failure if type(failure) is OSError else type(failure).__name__}: "
