"""Asks a site as the crawl would: the same robots.txt, delay and user agent, and only so many times."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeVar

from scrapy import Request, Spider, signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from crawler.browser import BrowserMissingError, browser_meta, check_browser
from crawler.challenge import page_problem
from crawler.crawl import crawl_settings, quiet_logs
from crawler.items import RobotsVerdict
from crawler.spiders.pace import PaceMiddleware
from crawler.spiders.robots import FORBIDDEN, ROBOTS_NAME

T = TypeVar("T")
MOST_REQUESTS = 40
LONGEST = 240.0
"""Seconds after which nothing more is asked: what was found by then is told."""
_ERRORS = {
    "CannotResolveHostError": "no such host",
    "DownloadConnectionRefusedError": "nobody answers there",
    "DownloadTimeoutError": "no answer in time",
    "UnsupportedURLSchemeError": "no web address",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one question."""

    url: str
    """As it was asked."""
    response: Response | None
    """None where nothing usable came; then `problem` says why."""
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Robots:
    """What a host's robots.txt says to us."""

    delay: float | None
    """Crawl-delay in seconds."""
    sitemaps: tuple[str, ...]


@dataclass(slots=True, eq=False, weakref_slot=True)
class Asker:
    """`await ask(url)`: an Answer, after the delay of the site."""

    say: Callable[[str], None]
    delay: float
    """Seconds between two requests, unless robots.txt or a slow site wants more."""
    crawler: Any = None
    robots: dict[str, Robots] = field(default_factory=dict)
    """By host and port, once something was asked there."""
    asked: dict[str, Answer] = field(default_factory=dict)
    requests: int = 0
    """Sent so far, robots.txt, redirects and repeats included."""
    start: float | None = None
    """When the first question was asked."""
    run_in_browser: Callable[[Asker, Callable[[Asker], Awaitable[Any]]], Awaitable[Any]] | None = None
    """None where there is no browser, and where this one has it already."""
    page_meta: dict[str, Any] = field(default_factory=dict)
    """Of requests for pages; feeds, sitemaps and APIs need no browser."""
    home: str | None = None
    """Where the site stands, once that is known: from then on nothing is asked elsewhere."""
    hosts: tuple[str, ...] = ()
    """Other hosts where its articles stand."""

    async def __call__(self, url: str, is_page: bool = False) -> Answer:
        """Ask for an address; nothing is asked twice. `is_page`: a browser shows it, where there is one."""
        self.start = self.start or monotonic()
        if url not in self.asked:
            self.asked[url] = await self._ask(url, self.page_meta if is_page else {})
            self.say(f"{self.requests:3} {self.asked[url].problem or 'read':12} {url}")
        return self.asked[url]

    @property
    def seconds(self) -> float:
        """Since the first question."""
        return monotonic() - self.start if self.start else 0.0

    def left(self) -> int:
        """How many requests may still be sent, in number and in time."""
        slots = self.crawler.engine.downloader.slots.values()
        pace = max((slot.delay for slot in slots), default=0.0)
        in_time = (LONGEST - self.seconds) / max(pace, 0.1)
        return max(0, min(MOST_REQUESTS - self.requests, int(in_time)))

    async def _ask(self, url: str, meta: dict[str, Any]) -> Answer:
        if not self.left():
            return Answer(url, None, f"not asked, after {self.requests} requests in {self.seconds:.0f} s")
        try:
            response = await self.crawler.engine.download_async(Request(url, dont_filter=True, meta=meta))
        except IgnoreRequest as error:
            return Answer(url, None, "robots" if str(error) == FORBIDDEN else _in_words(str(error)))
        except Exception as error:  # whatever goes wrong on the way to a host is its answer
            return Answer(url, None, _in_words(" ".join(f"{type(error).__name__}: {error}".split())[:200]))
        problem = page_problem(response.status, response.headers.to_unicode_dict(), response.body)
        if problem is not None:
            return Answer(url, None, f"{problem[0]}: {problem[1]}")
        if response.status >= 400 or not response.body:
            return Answer(url, None, f"HTTP {response.status}" if response.status >= 400 else "empty")
        return Answer(url, response)

    def count(self, request: Request) -> None:
        """A request goes out. Raises IgnoreRequest where it is one too many."""
        if self.requests >= MOST_REQUESTS:
            raise IgnoreRequest(f"not asked, after {self.requests} requests")
        self.requests += 1

    def read_robots(self, robotparser: Any, request: Request) -> None:
        """Remember what robots.txt says, and ask as slowly as it wants."""
        delay = robotparser.crawl_delay(ROBOTS_NAME)
        sitemaps = tuple(getattr(robotparser, "rp", robotparser).sitemaps)
        self.robots[urlparse_cached(request).netloc] = Robots(delay, sitemaps)
        if delay is None or delay <= self.delay:
            return
        throttle = self.crawler.get_extension(AutoThrottle)
        if throttle is not None:
            throttle.mindelay, throttle.maxdelay = delay, max(delay, throttle.maxdelay)
        slot = self.crawler.engine.downloader.slots.get(self.crawler.engine.downloader.get_slot_key(request))
        if slot is not None:
            slot.delay = max(slot.delay, delay)


def _in_words(problem: str) -> str:
    """What an error of the network means, before its own words.

    >>> _in_words("CannotResolveHostError: robots of paser.example cannot be read")
    'no such host (CannotResolveHostError: robots of paser.example cannot be read)'
    """
    words = next((words for name, words in _ERRORS.items() if problem.startswith(name)), None)
    return f"{words} ({problem})" if words else problem


class CountMiddleware:
    """Counts what goes out, and holds back what would be too much."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> CountMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        self._crawler.spider.ask.count(request)


class AskingSpider(Spider):
    """Runs one function that asks, and ends with it."""

    name = "try"

    def __init__(self, work: Callable[[Asker], Awaitable[Any]], ask: Asker, outcome: list[Any]) -> None:
        super().__init__()
        self.work, self.ask, self.outcome = work, ask, outcome

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> AskingSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.ask.crawler = crawler
        crawler.signals.connect(spider.ask.read_robots, signal=signals.robots_parsed)
        return spider

    def asked_place(self) -> tuple[str | None, tuple[str, ...]]:
        """Home and further hosts of the site, as far as they are known."""
        return self.ask.home, self.ask.hosts

    def is_excepted(self, url: str) -> bool:
        """A try knows of no exceptions from robots.txt."""
        return False

    def robots_read(self, host: str, verdict: RobotsVerdict, delay: float | None, is_page: bool) -> None:
        """Nothing is remembered of a try."""

    async def start(self) -> AsyncIterator[Request]:
        """Nothing for the engine: the function asks by itself."""
        try:
            self.outcome.append(await self.work(self.ask))
        except asyncio.CancelledError:
            raise
        except Exception as error:  # Scrapy would log it and end as if all were well
            self.outcome.append(error)
        return
        yield


def run_asking(
    works: Sequence[tuple[Callable[[Asker], Awaitable[T]], float]], say: Callable[[str], None], addresses: Sequence[str]
) -> list[T]:
    """What each `work` returns, in their order; each may ask one site, with its seconds between two questions.

    They run together, each at its own pace; those of `addresses` that are on loopback may be asked there, at their own
    ports. `say` gets a line for each question. Runs once in an OS process, in its main thread (Twisted's reactor).
    Raises what a `work` raises, and KeyboardInterrupt after Ctrl-C.
    """
    settings = crawl_settings(addresses)
    del settings["ITEM_PIPELINES"]
    # A bound of its own instead of a source's budget, behind robots.txt: what that forbids is not sent.
    settings["DOWNLOADER_MIDDLEWARES"] |= {PaceMiddleware: None, CountMiddleware: 110}
    process = AsyncCrawlerProcess({**settings, "DOWNLOAD_TIMEOUT": 20, "RETRY_TIMES": 1})
    quiet_logs()

    def begin(work: Callable[[Asker], Awaitable[Any]], ask: Asker, own: dict[str, Any], outcome: list[Any]) -> Any:
        crawler = process.create_crawler(AskingSpider)
        crawler.settings.setdict(own)
        return process.crawl(crawler, work=work, ask=ask, outcome=outcome)

    async def run_in_browser(ask: Asker, work: Callable[[Asker], Awaitable[Any]]) -> Any:
        await asyncio.sleep(ask.delay)  # the new one does not know when the site was asked last
        with_browser = Asker(say, ask.delay, requests=ask.requests, start=ask.start, page_meta=browser_meta())
        outcome: list[Any] = []
        await begin(work, with_browser, _pace(ask.delay), outcome)
        return _result(outcome)

    outcomes: list[list[Any]] = [[] for _ in works]
    tasks = [
        begin(work, Asker(say, delay, run_in_browser=run_in_browser if _has_browser() else None), _pace(delay), outcome)
        for (work, delay), outcome in zip(works, outcomes, strict=True)
    ]
    process.start()
    for task, outcome in zip(tasks, outcomes, strict=True):
        if not outcome:
            task.result()  # raises what kept it from starting
    return [_result(outcome) for outcome in outcomes]


def _result(outcome: list[Any]) -> Any:
    if not outcome:
        raise KeyboardInterrupt
    if isinstance(outcome[0], Exception):
        raise outcome[0]
    return outcome[0]


def _has_browser() -> bool:
    try:
        check_browser()
    except BrowserMissingError:
        return False
    return True


def _pace(delay: float) -> dict[str, Any]:
    return {
        "DOWNLOAD_DELAY": delay,
        "AUTOTHROTTLE_ENABLED": delay > 0,
        "AUTOTHROTTLE_START_DELAY": delay,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    }
