"""Asking for articles, and saying what became of each."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from scrapy import Request, Spider, signals
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import HtmlResponse, Response
from scrapy.spidermiddlewares.httperror import HttpError
from w3lib.url import add_or_replace_parameter, add_or_replace_parameters

from crawler.browser import browser_meta
from crawler.challenge import page_problem
from crawler.items import PAGE_BREAK, AskedOf, Fate, HostState, Page, RobotsVerdict
from crawler.source import Source, Way
from crawler.spiders.guard import MOST_REDIRECTS, TOO_MANY_REDIRECTS, OutsideError, PrivateAddressError, is_of_source
from crawler.spiders.ledger import Ledger
from crawler.spiders.pace import BudgetSpentError, host_of
from crawler.spiders.posts import reason_no_post
from crawler.spiders.robots import FORBIDDEN, ROBOTS_NAME
from crawler.spiders.wishes import wish_not_to_be_shown
from crawler.urls import clean_url

MOST_PARTS = 30
"""Of an article."""
AUDIT_DAYS = 60
"""How old an article may be that an audit looks for."""
BLOCKED_ENOUGH = 5
"""After so many refusals in a row a site is left alone; the rest stays to be fetched."""
FAILED_ENOUGH = 10
"""The same for failures: a server that is down is not asked for all its articles, thrice and with a timeout each."""
LEFT_ALONE = "left alone"
"""Why a spider ended that had enough of refusals or failures."""
_HTML = re.compile(rb"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_KEPT_HEADERS = ("content-type", "etag", "last-modified")


@dataclass(slots=True)
class Tally:
    """What a way brought, counted while it runs."""

    found: int = 0
    """Article URLs it listed, known ones too."""
    new: int = 0
    """Of these, never seen before."""
    kept: int = 0
    revisited: int = 0
    """Kept before and asked for again."""
    requests: int = 0
    is_answered: bool = False
    """A list was read as it should be, even if with nothing in it, or said that nothing has changed."""
    is_unchanged: bool = False
    problems: list[str] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    """What was odd although nothing is lost by it, each once and in order."""


class ArticleReader(Spider):
    """Asks for the articles of one source, and yields a Page for each that is one."""

    def __init__(
        self,
        source: Source,
        way: Way,
        ledger: Ledger,
        tally: Tally,
        since: date | None = None,
        until: date | None = None,
        is_audit: bool = False,
    ) -> None:
        super().__init__(name=f"{source.name}-{way.way}")
        self.source, self.way, self.ledger, self.tally = source, way, ledger, tally
        oldest = datetime.now(source.zone()).date() - timedelta(AUDIT_DAYS)
        self.since = max(since or oldest, oldest) if is_audit else since
        self.until, self.is_audit = until, is_audit
        self._refusals = self._failures = 0

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> ArticleReader:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.obey_crawl_delay, signal=signals.robots_parsed)
        crawler.signals.connect(spider.count_request, signal=signals.request_reached_downloader)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """What an earlier run left, then what this way lists."""
        for request in self.listing_requests():
            yield request
        for url in self.ledger.take_pending(self.source.name):
            yield self.article_request(url)

    @abstractmethod
    def listing_requests(self) -> Iterable[Request]:
        """The first questions of this way."""

    def article_request(self, url: str) -> Request:
        """Ask for an article, the whole of it where the source says how."""
        return Request(
            _whole_url(url, self.source.multi_page),
            callback=self.read_article,
            errback=self.fail_article,
            cb_kwargs={"url": url},
            meta=self._meta(),
            dont_filter=True,
        )

    def read_article(self, response: Response, url: str) -> Iterator[Page | Request]:
        """The page, or the request for its next part."""
        final = self.clean(response.url)
        reason = self._reason_no_article(response, final, url)
        if reason is not None:
            self.settle(url, *reason)
            self._count_trouble(*reason)
            return
        self._refusals = self._failures = 0
        hints = {**self.ledger.hints.get(final, {}), **self.ledger.hints.get(url, {})}
        if breaks_off(response.body):
            hints["incomplete"] = f"{response.url}: breaks off in the middle of its text"
        if final != url:
            is_first = self.ledger.claim(final, url, self.source.name, self.way.way)
            self.settle(url, "duplicate", f"redirects to {final}")
            if not is_first:
                return
        page = Page(
            url=final,
            source=self.source.name,
            fetched_at=datetime.now(UTC),
            status=response.status,
            body=response.body,
            headers=kept_headers(response),
            hints=hints,
        )
        yield self._with_next_part(page, response, [response.url])

    def read_part(self, response: Response, page: Page, parts: list[str]) -> Iterator[Page | Request]:
        """The page with one more part."""
        if (problem := problem_of(response)) is not None:
            yield _cut_off(page, response.url, *problem)
            return
        page = replace(page, body=page.body + PAGE_BREAK + response.body)
        yield self._with_next_part(page, response, [*parts, response.url])

    def fail_part(self, failure: Any) -> Iterator[Page]:
        """The page as far as it was read, saying that there is more; none where there is no budget for the rest."""
        if failure.check(BudgetSpentError):
            self._tell_budget(failure)
            return
        yield _cut_off(failure.request.cb_kwargs["page"], failure.request.url, *fate_of(failure))

    def fail_article(self, failure: Any) -> None:
        """Note why an article was not read; what there was no budget for is still to be fetched."""
        if failure.check(BudgetSpentError):
            self._tell_budget(failure)
            return
        fate, reason = fate_of(failure)
        self.settle(failure.request.cb_kwargs["url"], fate, reason)
        self._count_trouble(fate, reason)

    def _count_trouble(self, fate: Fate, reason: str | None) -> None:
        self._refusals = self._refusals + 1 if fate == "blocked" else 0
        self._failures = self._failures + 1 if fate == "error" else 0
        for number, enough, what in (
            (self._refusals, BLOCKED_ENOUGH, "refusals"),
            (self._failures, FAILED_ENOUGH, "failures"),
        ):
            if number == enough:
                self.tally.problems.append(f"{enough} {what} in a row, the last {reason}")
                raise CloseSpider(LEFT_ALONE)

    def count_request(self, request: Request) -> None:
        """Count what is really asked of the site, robots.txt and second tries included."""
        self.tally.requests += 1
        excepted = request.url if request.meta.get("robots_exception") else None
        self.ledger.count(AskedOf(self.source.name, host_of(request.url), datetime.now(UTC), excepted))

    def is_excepted(self, url: str) -> bool:
        """True where the source's file has an exception on record for what robots.txt forbids."""
        return self.source.may_ignore_robots(url)

    def robots_read(self, host: str, verdict: RobotsVerdict, delay: float | None, is_page: bool) -> None:
        """Remember what a host's robots.txt said, and how slowly it wants to be asked; note where it is a page."""
        if is_page:
            self.tally.notes["robots.txt is HTML"] = None
        if delay is not None:
            self.ledger.pace.delays[host] = delay
        self.ledger.learn(HostState(host, robots=verdict, robots_at=datetime.now(UTC), crawl_delay=delay))

    def left_alone(self, host: str, until: datetime, is_long: bool) -> None:
        """Remember until when a host wants to be left alone; where that is long nothing more is asked of it now."""
        if is_long:
            self.ledger.pace.leave_alone(host, until)
        self.ledger.learn(HostState(host, wait_until=until))

    def _tell_budget(self, failure: Any) -> None:
        if str(failure.value) not in self.tally.problems:
            self.tally.problems.append(str(failure.value))

    def settle(self, url: str, fate: Fate, reason: str | None) -> None:
        """Note the fate of an article that was asked for."""
        self.ledger.settle(url, self.source.name, self.way.way, fate, reason)

    def clean(self, url: str) -> str:
        """The address without what does not change the article."""
        multi_page = self.source.multi_page
        clean = clean_url(url, drop_page=multi_page == "all" or multi_page.startswith("?"))
        return clean.removesuffix(multi_page) if multi_page.startswith("/") else clean

    def is_article_url(self, url: str) -> bool:
        """True for an address on the site of the source that can be an article's."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not self._is_ours(url):
            return False
        if parts.path in ("", "/") and not parts.query:
            return False
        return self.way.match is None or re.search(self.way.match, url) is not None

    def local_time(self, instant: datetime) -> datetime:
        """The instant with the offset of the source; one without an offset is taken as the source's own clock."""
        return instant.astimezone(self.source.zone()) if instant.tzinfo else instant.replace(tzinfo=self.source.zone())

    def obey_crawl_delay(self, robotparser: Any, request: Request) -> None:
        """Ask as slowly as robots.txt wants, when that is slower than the source says."""
        wanted = robotparser.crawl_delay(ROBOTS_NAME)
        if wanted is None or wanted <= self.source.delay:
            return
        throttle = self.crawler.get_extension(AutoThrottle)
        if throttle is not None:
            throttle.mindelay, throttle.maxdelay = wanted, max(wanted, throttle.maxdelay)
        key = self.crawler.engine.downloader.get_slot_key(request)
        slot = self.crawler.engine.downloader.slots.get(key)
        if slot is not None:
            slot.delay = max(slot.delay, wanted)

    def asked_place(self) -> tuple[str, tuple[str, ...]]:
        """Home and further hosts of the source: what the guard lets it ask."""
        return self.source.home, self.source.hosts

    def _is_ours(self, url: str) -> bool:
        return is_of_source(url, self.source.home, self.source.hosts)

    def _meta(self) -> dict[str, Any]:
        return browser_meta() if self.source.browser else {}

    def _reason_no_article(self, response: Response, final: str, url: str) -> tuple[Fate, str] | None:
        if final != url:
            parts = urlsplit(final)
            if not self._is_ours(final):
                return "not-article", f"redirects to another site: {final}"
            if parts.path in ("", "/") and not parts.query:
                # Some sites answer so while they are being repaired.
                return "error", "redirects to the home page"
        if not response.body:
            return "error", "empty response"
        if (problem := problem_of(response)) is not None:
            return problem
        if not _is_html(response):
            kind = response.headers.get("Content-Type", b"no content-type").decode("latin-1")
            return "not-article", f"{kind}, no HTML"
        if (wish := wish_not_to_be_shown(response, url)) is not None:
            return "robots", f"the page asks not to be shown elsewhere: {wish}"
        no_post = reason_no_post(response.body)
        return ("not-article", no_post) if no_post is not None else None

    def _with_next_part(self, page: Page, response: Response, parts: list[str]) -> Page | Request:
        """The request for the next part of an article, else the page; at MOST_PARTS the page says that it goes on."""
        request = self._next_part(page, response, parts)
        if request is not None and len(parts) >= MOST_PARTS:
            return _cut_off(page, request.url, "error", f"more than {MOST_PARTS} parts")
        return request or page

    def _next_part(self, page: Page, response: Response, parts: list[str]) -> Request | None:
        multi_page = self.source.multi_page
        if multi_page in ("none", "all") or multi_page.startswith(("?", "/")):
            return None
        href = response.css(self.source.multi_page).xpath("@href").get()
        if href is None or response.urljoin(href) in parts:
            return None
        return Request(
            response.urljoin(href),
            callback=self.read_part,
            errback=self.fail_part,
            cb_kwargs={"page": page, "parts": parts},
            meta=self._meta(),
            priority=1,
            dont_filter=True,
        )


def _cut_off(page: Page, url: str, fate: Fate, reason: str | None) -> Page:
    """The page as far as it was read, saying where its rest is missing."""
    return replace(page, hints={**page.hints, "incomplete": f"{url}: {reason or fate}"})


def fate_of(failure: Any) -> tuple[Fate, str | None]:
    """What a request that failed means for its URL."""
    if failure.check(HttpError):
        status = failure.value.response.status
        if (problem := problem_of(failure.value.response)) is not None:
            return problem
        if status in (404, 410):
            return "gone", f"HTTP {status}"
        return ("blocked" if status in (401, 403, 429) else "error"), f"HTTP {status}"
    if failure.check(OutsideError):
        return "not-article", str(failure.value)
    if failure.check(PrivateAddressError):
        return "error", str(failure.value)
    if failure.check(IgnoreRequest) and str(failure.value) == TOO_MANY_REDIRECTS:
        return "error", f"more than {MOST_REDIRECTS} redirects"
    if failure.check(IgnoreRequest) and str(failure.value) == FORBIDDEN:
        return "robots", None
    return "error", " ".join(f"{failure.type.__name__}: {failure.getErrorMessage()}".split()).rstrip(":")


def _whole_url(url: str, multi_page: str) -> str:
    """Where the whole of an article stands that goes over several pages.

    >>> _whole_url("https://kabar.example/a?id=7", "all"), _whole_url("https://kabar.example/a", "/all")
    ('https://kabar.example/a?id=7&page=all', 'https://kabar.example/a/all')
    >>> _whole_url("https://kabar.example/a", "?single=1"), _whole_url("https://kabar.example/a", "a.next")
    ('https://kabar.example/a?single=1', 'https://kabar.example/a')
    """
    if multi_page == "all":
        return add_or_replace_parameter(url, "page", "all")
    if multi_page.startswith("?"):
        return add_or_replace_parameters(url, dict(parse_qsl(multi_page[1:], keep_blank_values=True)))
    return url.rstrip("/") + multi_page if multi_page.startswith("/") else url


def problem_of(response: Response) -> tuple[Fate, str] | None:
    """Why an answer is not the content of the site: a bot wall, a parked domain, a page of the host's."""
    headers = {name.decode("latin-1"): values[-1].decode("latin-1") for name, values in response.headers.items()}
    return page_problem(response.status, headers, response.body)


def _is_html(response: Response) -> bool:
    """True for HTML, also where the server says that it is plain text."""
    return isinstance(response, HtmlResponse) or _HTML.match(response.body) is not None


def breaks_off(body: bytes) -> bool:
    """True for HTML that ends neither with its own end nor with any tag: a wrong Content-Length, a proxy that gave up.

    Ends may be left out (HTML, 13.1.2.4), and are; but then the last thing is the end of another element.

    >>> breaks_off(b"<html><body><p>Bupati membuka bim"), breaks_off(b"<html><body><p>Bupati membuka bimtek.</p>")
    (True, False)
    >>> breaks_off(b"<html><body><p>Bupati membuka bimtek.</body></html> 0.1 s"), breaks_off(b"<p>Bupati.")
    (False, False)
    """
    end = body[-1000:].rstrip().lower()
    is_document = _HTML.match(body) is not None
    return is_document and not end.endswith(b">") and b"</body" not in end and b"</html" not in end


def kept_headers(response: Response) -> dict[str, str]:
    headers = {name: response.headers[name].decode("latin-1") for name in _KEPT_HEADERS if name in response.headers}
    if _HTML.match(response.body) and "html" not in headers.get("content-type", "html"):
        headers["content-type"] = "text/html"
    return headers
