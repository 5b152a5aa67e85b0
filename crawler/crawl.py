"""One crawl of all sources: finds what is new, keeps every response, says what became of every URL."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware

from crawler.archive import Archive
from crawler.browser import BrowserMiddleware, BrowserMissingError, check_browser
from crawler.items import AskedOf, HostState, ListVisit, Page, WayCount
from crawler.past import Past
from crawler.source import Source, Way, is_loopback
from crawler.spiders.articles import LEFT_ALONE, Tally
from crawler.spiders.base import ArticleSpider
from crawler.spiders.feed import FeedSpider
from crawler.spiders.guard import (
    MOST_REDIRECTS,
    GuardMiddleware,
    PrivateNameMiddleware,
    PublicResolver,
    loopback_places,
)
from crawler.spiders.headers import BoundedHeadersHandler
from crawler.spiders.ledger import Ledger, SeenUrl
from crawler.spiders.listing import ListingSpider
from crawler.spiders.markup import MarkupMiddleware
from crawler.spiders.pace import PaceMiddleware, RetryAfterMiddleware
from crawler.spiders.robots import ROBOTS_NAME, ObeyRobotsMiddleware
from crawler.spiders.sitemap import SitemapSpider
from crawler.spiders.whole import MOST_BYTES, WholeBodyMiddleware
from crawler.spiders.wordpress import WordpressSpider

__all__ = ["CrawlError", "Past", "SeenUrl", "WayCount", "crawl"]

SPIDERS: dict[str, type[ArticleSpider]] = {
    "wordpress": WordpressSpider,
    "feed": FeedSpider,
    "sitemap": SitemapSpider,
    "listing": ListingSpider,
}
LONGEST_ANSWER = 30
"""Seconds from the connection to the last byte of an answer, however steadily it drips."""
_CONTACT = re.compile(r"^(?:mailto:)?[^\s@]+@[^\s@]+\.[^\s@]+$|^https?://\S+\.\S+$")


class CrawlError(Exception):
    """The crawl was not begun, or stopped because a page or a fate could not be kept. The cause is chained."""


def crawl(
    sources: Iterable[Source],
    past: Past,
    archive: Archive,
    keep: Callable[[Page], None],
    note: Callable[[SeenUrl], None],
    visited: Callable[[ListVisit], None],
    counted: Callable[[WayCount], None],
    limit: int | None = None,
    since: date | None = None,
    until: date | None = None,
    asked: Callable[[AskedOf], None] = lambda asked: None,
    learnt: Callable[[HostState], None] = lambda state: None,
) -> None:
    """Fetch what is new, and tell at once what was found, kept or lost.

    Each new page goes to the archive and then to `keep`; every URL goes to `note` when it is found (fate None) and when
    its fate is known, every visit of a list to `visited`, what a way brought to `counted`, every request to `asked`
    before it is sent, and what a host says of how it wants to be asked to `learnt`. `keep` should store the page
    and its fate in one step: the fate `kept` is noted after it. A URL that `past` knows is not fetched again, unless it
    is pending or was edited; those of sources that are not crawled now stay as they are. `limit` is the number of pages
    asked for of each source; `since` and `until` are the first and last day (of the source's clock) of what is wanted,
    where a list tells days.

    The ways of a source are tried in their order until one answers. In an audit the others are asked too, for what is
    known and for what seems to be on the programme. Sources on one host take turns.

    Runs once in an OS process, in its main thread: Twisted's reactor cannot be started again. Raises CrawlError when
    one of those it tells or the archive fails, or where sites of others are to be asked without PANTAU_CONTACT, and
    KeyboardInterrupt after Ctrl-C, or SIGTERM, has let what was under way come to its end.
    """
    ordered = sorted(sources, key=lambda source: source.name)
    try:
        check_contact(source.home for source in ordered)
        settings = crawl_settings([url for source in ordered for url in _places(source)])
    except ValueError as error:
        raise CrawlError(str(error)) from error
    names = {source.name for source in ordered}
    # What waits for a source that is not asked now, or is no more, may be found and fetched by another.
    past = replace(past, pending=[(url, name) for url, name in past.pending if name in names])
    ledger = Ledger(past, lambda page: keep(archive.write(page)), note, visited, limit, asked, learnt)
    process = AsyncCrawlerProcess(settings)
    quiet_logs()
    ending, interrupted = asyncio.Event(), asyncio.Event()
    refusing: set[str] = set()
    hosts: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def crawl_all() -> None:
        await asyncio.gather(*(crawl_source(source) for source in ordered))

    async def crawl_source(source: Source) -> None:
        if source.browser and (problem := _browser_problem()) is not None:
            tally = Tally(problems=[problem])
            ledger.tell(lambda: counted(_count(source, 0, source.ways[0], tally, False)))
            return
        async with contextlib.AsyncExitStack() as turns:
            # In the same order for all, so that no two wait for each other.
            for host in sorted({_bare_host(source.home), *(host.removeprefix("www.") for host in source.hosts)}):
                await turns.enter_async_context(hosts[host])
            is_audit = False
            for number, way in enumerate(source.ways):
                if ending.is_set() or interrupted.is_set():
                    break
                is_answered = await crawl_way(source, number, way, is_audit)
                if source.name in refusing or (is_answered and source.name not in past.audits):
                    break
                is_audit |= is_answered
                if number + 1 < len(source.ways):
                    await asyncio.sleep(source.delay)

    async def crawl_way(source: Source, number: int, way: Way, is_audit: bool) -> bool:
        tally = Tally()
        crawler = process.create_crawler(SPIDERS[way.way])
        crawler.settings.setdict(_source_settings(source))
        asked = {"source": source, "way": way, "ledger": ledger, "tally": tally, "since": since, "until": until}
        await process.crawl(crawler, **asked, is_audit=is_audit)
        is_searched = way.searches and tally.is_answered
        if is_searched and way.way == "listing" and not tally.found:
            # None of the words anywhere: rather a page that looks different than a region without the programme.
            tally.problems.append(f"{way.url}: nothing at '{way.articles}' for any of the keywords")
            is_searched = False
        ledger.tell(lambda: counted(_count(source, number, way, tally, is_audit)))
        if (reason := crawler.stats.get_value("finish_reason")) == "shutdown":
            interrupted.set()
        elif reason == LEFT_ALONE:
            refusing.add(source.name)
        # A search that was answered with nothing has been answered, and so has a list that has not changed: to go on
        # to a way that cannot search would fetch the whole site.
        return bool(tally.found or tally.is_unchanged or is_searched)

    ledger.stop = ending.set
    with contextlib.closing(ledger.progress):
        is_done = _run(process, crawl_all, ending)
    if ledger.failure is not None:
        raise CrawlError(f"the crawl was stopped, a result could not be kept: {ledger.failure}") from ledger.failure
    if interrupted.is_set() or not is_done:
        raise KeyboardInterrupt


class KeepPipeline:
    """Hands each page that a spider yields to the ledger."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> KeepPipeline:
        return cls(crawler)

    def process_item(self, page: Page) -> Page:
        spider = self._crawler.spider
        if spider.ledger.keep(page, spider.way.way):
            spider.tally.kept += 1
        return page


def _run(process: AsyncCrawlerProcess, crawl_all: Callable[[], Any], ending: asyncio.Event) -> bool:
    """Run the reactor until all sources are done, or `ending` is set and what was under way has stopped.

    False when the reactor was stopped before that, by Ctrl-C.
    """
    from twisted.internet import reactor as chosen  # only after the process has chosen it
    from twisted.internet.error import ReactorNotRunning

    reactor: Any = chosen
    raised: list[Exception] = []
    done: list[bool] = []

    async def run() -> None:
        stopper = asyncio.ensure_future(stop_when_ending())
        try:
            await crawl_all()
            done.append(True)
        except Exception as error:
            raised.append(error)
        finally:
            stopper.cancel()
            with contextlib.suppress(ReactorNotRunning):  # Ctrl-C has stopped it
                reactor.stop()

    async def stop_when_ending() -> None:
        await ending.wait()
        await process.stop()

    tasks: list[asyncio.Future[None]] = []
    reactor.callLater(0, lambda: tasks.append(asyncio.ensure_future(run())))
    process.start(stop_after_crawl=False)
    if raised:
        raise raised[0]
    return bool(done)


def _bare_host(url: str) -> str:
    return urlsplit(url).netloc.removeprefix("www.")


def _count(source: Source, number: int, way: Way, tally: Tally, is_audit: bool) -> WayCount:
    return WayCount(
        source=source.name,
        number=number,
        way=way.way,
        url=way.url,
        found=tally.found,
        new=tally.new,
        kept=tally.kept,
        revisited=tally.revisited,
        requests=tally.requests,
        is_answered=tally.is_answered,
        is_audit=is_audit,
        problem=tally.problems[0] if tally.problems else None,
        ended_at=datetime.now(UTC),
        notes=tuple(tally.notes),
    )


def _browser_problem() -> str | None:
    try:
        check_browser()
    except BrowserMissingError as error:
        return str(error)
    return None


def quiet_logs() -> None:
    """Warnings only. After the process is made, which sets the levels of these loggers anew."""
    logging.getLogger("scrapy").setLevel(logging.WARNING)
    # It prints a traceback for every host that does not answer; the count of the way says the same in a line.
    logging.getLogger("scrapy.downloadermiddlewares.robotstxt").setLevel(logging.CRITICAL)


def user_agent() -> str:
    """Who we are: the page about us on the site (PANTAU_SITE), and whom one can write to (PANTAU_CONTACT).

    Raises ValueError where one of them has what no header can have.
    """
    site, contact = (os.environ.get(name, "").strip() for name in ("PANTAU_SITE", "PANTAU_CONTACT"))
    page = f"+{site.rstrip('/')}/perayap" if site.startswith(("http://", "https://")) else ""
    told = "; ".join(filter(None, (page, contact and f"contact {contact}")))
    if not told.isascii() or not told.isprintable() or set(told) & set("()<>\\"):
        raise ValueError("PANTAU_SITE and PANTAU_CONTACT are sent to every site: plain letters, no brackets")
    return f"{ROBOTS_NAME}/0.1 ({told})" if told else f"{ROBOTS_NAME}/0.1"


def check_contact(homes: Iterable[str]) -> None:
    """Raise ValueError where sites of others are to be asked and nobody could find out whom to write to."""
    if not all(map(is_loopback, homes)) and not _CONTACT.search(os.environ.get("PANTAU_CONTACT", "")):
        raise ValueError(
            "set PANTAU_CONTACT to an e-mail or web address before asking sites of others: their webmasters must be "
            "able to write to whoever asks"
        )


def _places(source: Source) -> list[str]:
    """Where a source on loopback stands: its home, and what hosts its file names besides."""
    return [source.home, *(f"http://{host}" for host in source.hosts)] if is_loopback(source.home) else []


def crawl_settings(places: Collection[str]) -> dict[str, Any]:
    """Scrapy settings of every request of ours: who we are, how politely we ask, what stands between.

    Those of `places` that are on loopback may be asked there, each at its own port.
    """
    return {
        "USER_AGENT": user_agent(),
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "id,en;q=0.5",
            # Scrapy would ask for brotli and zstd too, and take half of such a body for the whole (spiders/whole.py).
            "Accept-Encoding": "gzip, deflate",
        },
        "REFERRER_POLICY": "no-referrer",
        "LOG_INSTALL_ROOT_HANDLER": False,  # whoever calls decides where warnings go
        "TWISTED_DNS_RESOLVER": PublicResolver,
        "LOOPBACK_PLACES": sorted(loopback_places(places)),
        # A proxy would resolve names itself, and nobody could say where it connects to.
        "HTTPPROXY_ENABLED": False,
        # Opens a port at which anybody with a file of the user's may run code in the crawl.
        "REMOTE_CONTROL_ENABLED": False,
        "REDIRECT_MAX_TIMES": MOST_REDIRECTS,
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": ROBOTS_NAME,
        "COOKIES_ENABLED": False,
        # A response yields one page, and Scrapy makes a task for each that could be handled beside it: 100 by default.
        "CONCURRENT_ITEMS": 1,
        # Parses our own source again for every spider: a tenth of a second for each of hundreds.
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
        # Else a delay of 3 s is anything from 1.5 to 4.5.
        "DOWNLOAD_DELAY_JITTER": 0,
        "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), BoundedHeadersHandler),
        "DOWNLOAD_TIMEOUT": LONGEST_ANSWER,
        # Names are looked up in threads, and a dead host holds one for half a minute: with 10 others time out waiting.
        "REACTOR_THREADPOOL_MAXSIZE": 40,
        "DOWNLOAD_MAXSIZE": MOST_BYTES,  # also of what is unpacked
        "DOWNLOAD_WARNSIZE": 0,
        "RETRY_TIMES": 2,
        "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",  # it becomes the fate of its URL
        "AUTOTHROTTLE_MAX_DELAY": 60.0,
        "ITEM_PIPELINES": {KeepPipeline: 100},
        # Nothing of ours needs them, each looks at all that a spider yields, and one drops long addresses unsaid.
        "SPIDER_MIDDLEWARES": {
            "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
            "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
            "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
        },
        "DOWNLOADER_MIDDLEWARES": {
            RobotsTxtMiddleware: None,
            GuardMiddleware: 90,
            MarkupMiddleware: 95,  # sees a response after BrowserMiddleware, before the spider
            ObeyRobotsMiddleware: 100,
            PaceMiddleware: 110,
            BrowserMiddleware: 120,  # sees a response after all others, so that it is shown unpacked and whole
            PrivateNameMiddleware: 555,  # sees an exception before RetryMiddleware (550)
            RetryAfterMiddleware: 560,  # sees a response before RetryMiddleware (550)
            WholeBodyMiddleware: 595,  # sees a response before HttpCompressionMiddleware (590)
        },
        "LOG_LEVEL": "WARNING",
        "LOGSTATS_INTERVAL": 0,
        "TELNETCONSOLE_ENABLED": False,
    }


def _source_settings(source: Source) -> dict[str, Any]:
    is_polite = source.delay > 0
    together = 1 if is_polite else 8
    return {
        "DOWNLOAD_DELAY": source.delay,
        "AUTOTHROTTLE_ENABLED": is_polite,
        "AUTOTHROTTLE_START_DELAY": source.delay,
        "CONCURRENT_REQUESTS": together,
        "CONCURRENT_REQUESTS_PER_DOMAIN": together,
    }
