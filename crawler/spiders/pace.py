"""How often a host is asked, how much, and when it is left alone: one pace for all sources and ways of a crawl, and on
from where the last crawl stopped."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from courlan import extract_domain
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.items import HostState

SITE_GAP = 0.5
"""Seconds between two requests to one registered domain: 45 desks of one network are 45 hosts, and one bill."""
LONGEST_WAIT = 120.0
"""Seconds of Retry-After that are waited for; who asks for more is not asked again before that."""
MOST_WAIT_DAYS = 7
"""As long as a Retry-After is believed."""
MOST_SOURCE_BYTES = 500 * 1024 * 1024
"""Received from a source in a run."""
MOST_SOURCE_HOURS = 6.0
"""For a source in a run."""


class BudgetSpentError(IgnoreRequest):
    """A source may not be asked for more now; what was to be asked waits for another run."""


class Pace:
    """When each host was last asked, how slowly it wants to be asked, and until when it wants to be left alone."""

    def __init__(self, hosts: Mapping[str, HostState], now: datetime) -> None:
        self.delays: dict[str, float] = {}
        """Crawl-delay by host, in seconds."""
        self.received: Counter[str] = Counter()
        """Bytes by source."""
        self.begun: dict[str, float] = {}
        """When each source was first asked (monotonic)."""
        self._last: dict[str, float] = {}
        self._until: dict[str, datetime] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        for host, state in hosts.items():
            if state.asked_at is not None:
                # A clock that was set back makes a past that lies ahead: then it was just now.
                self._last[host] = monotonic() - max(0.0, (now - state.asked_at).total_seconds())
            if state.crawl_delay is not None:
                self.delays[host] = state.crawl_delay
            if state.wait_until is not None:
                self._until[host] = min(state.wait_until, now + timedelta(MOST_WAIT_DAYS))

    def left_alone_until(self, host: str, now: datetime) -> datetime | None:
        """Until when a host asked not to be asked; None when it may be."""
        until = self._until.get(host)
        return until if until is not None and until > now else None

    def leave_alone(self, host: str, until: datetime) -> None:
        """Ask nothing of a host before an instant."""
        self._until[host] = until

    async def turn(self, host: str, delay: float) -> None:
        """Wait until a host may be asked again, `delay` seconds or its Crawl-delay after the last time."""
        delay = max(delay, self.delays.get(host, 0.0))
        if not delay:
            return
        await self._wait(host, delay)
        if (site := _site(host)) is not None:
            await self._wait(f"*.{site}", min(SITE_GAP, delay))

    def was_asked(self, host: str, at: float) -> None:
        """Remember that a host was asked at an instant (monotonic)."""
        self._last[host] = max(at, self._last.get(host, at))

    async def _wait(self, key: str, gap: float) -> None:
        async with self._locks[key]:
            if (wait := self._last.get(key, -gap) + gap - monotonic()) > 0:
                await asyncio.sleep(wait)
            self._last[key] = monotonic()


def host_of(url: str) -> str:
    """Host and port of an address, without `www.`: what is asked at one pace.

    >>> host_of("https://www.kabar.example/a"), host_of("http://127.0.0.1:8101/")
    ('kabar.example', '127.0.0.1:8101')
    """
    return urlsplit(url).netloc.lower().removeprefix("www.")


@lru_cache(maxsize=4096)
def _site(host: str) -> str | None:
    site = extract_domain(f"http://{host}")
    return site if isinstance(site, str) and site != host else None


class PaceMiddleware:
    """Lets a request out when its host may be asked, and none that would be too much for its source."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> PaceMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        spider = self._crawler.spider
        pace, source, host = spider.ledger.pace, spider.source, host_of(request.url)
        if (until := pace.left_alone_until(host, datetime.now(UTC))) is not None:
            raise BudgetSpentError(f"{host} asked to be left alone until {until:%Y-%m-%d %H:%M} UTC (Retry-After)")
        if spider.ledger.spent[source.name] >= source.budget:
            raise BudgetSpentError(f"the {source.budget} requests of this day are spent; the rest is left to another")
        if pace.received[source.name] >= MOST_SOURCE_BYTES:
            raise BudgetSpentError(f"{MOST_SOURCE_BYTES >> 20} MiB were received; the rest is left to another run")
        if monotonic() - pace.begun.setdefault(source.name, monotonic()) > MOST_SOURCE_HOURS * 3600:
            raise BudgetSpentError(f"{MOST_SOURCE_HOURS:g} hours are over; the rest is left to another run")
        await pace.turn(host, source.delay)

    def process_response(self, request: Request, response: Response) -> Response:
        """Count what came, and when the host was really asked."""
        spider = self._crawler.spider
        spider.ledger.pace.received[spider.source.name] += len(response.body)
        slot = self._crawler.engine.downloader.slots.get(request.meta.get("download_slot"))
        if slot is not None:
            spider.ledger.pace.was_asked(host_of(request.url), slot.lastseen)
        return response


class RetryAfterMiddleware:
    """Waits as long as a site asks with Retry-After before anything else is asked of it, also in another run."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> RetryAfterMiddleware:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        now = datetime.now(UTC)
        wait = parse_retry_after(response.headers.get("Retry-After", b"").decode("latin-1"), now)
        if response.status not in (429, 503) or wait is None:
            return response
        until = now + timedelta(seconds=min(wait, MOST_WAIT_DAYS * 86400))
        if (left_alone := getattr(self._crawler.spider, "left_alone", None)) is not None:
            left_alone(host_of(request.url), until, is_long=wait > LONGEST_WAIT)
        if wait > LONGEST_WAIT:
            request.meta["dont_retry"] = True
            return response
        slot = self._crawler.engine.downloader.slots.get(request.meta.get("download_slot"))
        if slot is not None:
            # The slot counts its delay from when it was last seen; a delay of zero would not be counted at all.
            slot.delay = max(slot.delay, 0.001)
            slot.lastseen = monotonic() + wait
        return response


def parse_retry_after(text: str, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks to wait; None when it says nothing.

    >>> parse_retry_after("30", datetime(2026, 11, 22, tzinfo=UTC))
    30.0
    >>> parse_retry_after("Sun, 22 Nov 2026 00:01:00 GMT", datetime(2026, 11, 22, tzinfo=UTC))
    60.0
    """
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError):
        return None
