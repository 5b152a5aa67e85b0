"""What every way of finding pages shares: asking for articles, and saying what became of each."""

from __future__ import annotations

import hashlib
import re
from abc import abstractmethod
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from scrapy import Request, Spider, signals
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import HtmlResponse, Response
from scrapy.spidermiddlewares.httperror import HttpError
from w3lib.url import add_or_replace_parameter, add_or_replace_parameters

from crawler.browser import browser_meta
from crawler.challenge import page_problem
from crawler.items import PAGE_BREAK, Fate, ListVisit, Page
from crawler.past import CATCH_UP_DAYS, FIRST_DAYS, SETTLED_DAYS, trusted_validators
from crawler.source import Source, Way, has_keyword, load_keywords, way_url
from crawler.spiders.ledger import Ledger
from crawler.spiders.posts import reason_no_post
from crawler.url_set import UrlSet
from crawler.urls import clean_url

ROBOTS_NAME = "PantauKotaCerdas"
LISTING_FIRST = 10
"""Priority of what lists articles: their titles and dates are known before they are fetched."""
MOST_PARTS = 30
FEWEST_SLUG_WORDS = 4
ENOUGH_LINKS = 5
"""Two searches for different words that find the same articles, this many at least, are no searches."""
AUDIT_DAYS = 60
"""How old an article may be that an audit looks for."""
MOST_AUDIT_PAGES = 10
"""As far as an audit reads a list that is counted: it leaves most of it out, so nothing else would stop it."""
BLOCKED_ENOUGH = 5
"""After so many refusals in a row a site is left alone; the rest stays to be fetched."""
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


class BudgetSpentError(IgnoreRequest):
    """A source may not be asked for more today."""


class ArticleSpider(Spider):
    """Finds articles in one way of one source, and yields a Page for each that is new."""

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
        self._found = UrlSet()
        self._listed: dict[str, datetime | None] = {}
        """Articles of the list that is being read, each with the newest time that it tells of it."""
        self._told: list[str] = []
        """What the list that is being read says of them, to see whether it has changed."""
        self._is_left_out = False
        """Something of the list that is being read was not taken up: it is too old or too new for this crawl."""
        self._refusals = 0
        self.is_search_ignored = False
        """The site answers every word with the same articles."""

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> ArticleSpider:
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

    def listing_request(self, url: str, callback: Any, is_conditional: bool = True, **values: Any) -> Request:
        """Ask for something that lists articles; `values` reach the callback, which yields what `found` gives.

        Where the list's validators have proved trustworthy it is asked for only if it has changed. A search is not:
        its answers depend on the time that is asked for; nor is what was not read whole (`is_conditional`).
        """
        is_conditional &= not self.way.searches
        headers = trusted_validators(self.ledger.past.visits.get(url, ())) if is_conditional else {}
        return Request(
            url,
            callback=self.read_list,
            errback=self.fail_list,
            cb_kwargs=values,
            headers=headers,
            # A browser would make a page of a feed, a sitemap or an answer of an API.
            meta={"read": callback, "handle_httpstatus_list": [304], **(self._meta() if self.way.articles else {})},
            priority=LISTING_FIRST,
            dont_filter=True,
        )

    def read_list(self, response: Response, **values: Any) -> Iterator[Request]:
        """What the callback of a list yields; the visit is told to the ledger."""
        before = len(self.tally.problems)
        self._listed, self._told, self._is_left_out = {}, [], False
        # All at once: the callbacks of several lists would otherwise take turns.
        requests: list[Request] = []
        try:
            requests.extend(() if response.status == 304 else response.meta["read"](response, **values))
        except Exception as error:
            # What nobody foresaw in a list. Scrapy would log it, and the way would look as if it had found nothing.
            self.tally.problems.append(f"{response.url}: {type(error).__name__}: {error}")
        wall = None if self._listed else _problem_of(response)
        if wall is not None:
            self.tally.problems.insert(before, f"{response.url}: {wall[1]}")
        problem = next(iter(self.tally.problems[before:]), None)
        if response.status == 304:
            self.tally.is_unchanged = True
        self.tally.is_answered |= problem is None
        self._tell_visit(_asked_url(response.request), response, problem, requests)
        yield from requests

    def fail_list(self, failure: Any) -> Iterator[Request]:
        """What can still be asked when a list was not answered; the visit is told to the ledger."""
        before = len(self.tally.problems)
        requests = list(self.fail_listing(failure) or ())
        problem = next(iter(self.tally.problems[before:]), None)
        self._listed, self._told, self._is_left_out = {}, [], False
        if not failure.check(BudgetSpentError):  # else nothing was asked
            response = getattr(failure.value, "response", None)
            self._tell_visit(_asked_url(failure.request), response, problem, requests)
        yield from requests

    def _tell_visit(
        self, url: str, response: Response | None, problem: str | None, requests: Iterable[Request]
    ) -> None:
        headers = _kept_headers(response) if response is not None else {}
        times = [stamp for stamp in self._listed.values() if stamp is not None]
        is_whole = response is not None and response.status == 200 and not (self.is_audit or self._is_left_out)
        visit = ListVisit(
            url=url,
            source=self.source.name,
            way=self.way.way,
            visited_at=datetime.now(UTC),
            status=response.status if response is not None else None,
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            digest=hashlib.sha256("\n".join(self._told).encode()).hexdigest() if is_whole else None,
            listed=tuple(self._listed),
            known=sum(map(self.ledger.was_known, self._listed)),
            newest=max(times, default=None),
            is_last=not (
                problem
                or self.is_audit
                or any("read" in asked.meta for asked in requests)
                or (self._listed and self.ledger.is_full(self.source.name))
            ),
            problem=problem,
        )
        self.ledger.visited(visit)

    def tell_strangers(self, url: str, links: list[str]) -> None:
        """Note that a list has links, and none to the site of the source: it moved, or shows another's."""
        if links and not any(map(self._is_ours, links)):
            host = urlsplit(self.source.home).netloc
            self.tally.problems.append(f"{url}: none of its {len(links)} links leads to {host} (`hosts` of the source)")

    def way_urls(self) -> list[str]:
        """Where this way begins, once for each keyword where it searches; pages and days still in it."""
        url = way_url(self.source, self.way)
        filled = [
            url.replace("{keyword}", quote(keyword)).replace("{slug}", quote(keyword.casefold().replace(" ", "-")))
            for keyword in load_keywords()
        ]
        return list(dict.fromkeys(filled))

    def windows(self) -> Iterator[tuple[date, date]]:
        """First and last days that are asked for together, the newest first.

        From `since` to `until`; without them from where earlier crawls may have stopped to today. They begin at the
        same days in every crawl, so that those which are over keep their addresses.
        """
        today = datetime.now(self.source.zone()).date()
        end = min(self.until or today, today)
        first = self._first_day(end) if self.is_audit or self.since is None else self.since
        while end >= first:
            start = end - timedelta(end.toordinal() % (self.way.window or 1))
            yield (start if self.since is None else max(first, start)), end
            end = start - timedelta(1)

    def _first_day(self, end: date) -> date:
        week_ago, past = end - timedelta(FIRST_DAYS), self.ledger.past
        if self.is_audit:
            return week_ago
        last, first = past.last_day(self.source), past.first_day(self.source, self.way.way)
        if first is None:
            return min(last or week_ago, end)
        return min(last or end, max(first - timedelta(FIRST_DAYS), end - timedelta(CATCH_UP_DAYS)))

    def found(
        self,
        url: str,
        hints: dict[str, str] | None = None,
        title: str | None = None,
        day: date | None = None,
        modified: datetime | None = None,
    ) -> Iterator[Request]:
        """The request for an article that was listed, when it is ours, new or edited, and not too old.

        `title` and `day` are what the list says of it, `modified` when it was last changed; hints go into the Page.
        """
        clean = self.clean(url)
        if not self.is_article_url(clean):
            return
        self._list(clean, title, day, modified, (hints or {}).get("date"))
        is_unwanted = self.until is not None and day is not None and day > self.until
        if is_unwanted or (self.is_audit and not self._was_missed(clean, title, day)):
            self._is_left_out = True
            return
        reason = self._reason_to_skip(clean, title, day)
        self._is_left_out |= reason is not None and reason[0] == "too-old"
        if reason is not None:
            self.ledger.settle_unseen(clean, self.source.name, self.way.way, *reason)
        elif self.ledger.find(url, clean, self.source.name, self.way.way, hints or {}):
            self.tally.new += 1
            yield self.article_request(clean)
        elif self.ledger.revisit(clean, self.source.name, modified, hints or {}):
            self.tally.revisited += 1
            yield self.article_request(clean)

    def _list(
        self, url: str, title: str | None, day: date | None, modified: datetime | None, published: str | None
    ) -> None:
        """Count an article of the list that is being read."""
        self.tally.found += self._found.add(url)
        told = datetime.fromisoformat(published) if published and "T" in published else None
        if told is None and day is not None:
            told = datetime.combine(day, time(), self.source.zone())
        self._listed[url] = max(filter(None, (told, modified)), default=None)
        self._told.append(f"{url}\t{title}\t{day}\t{modified}")

    def _was_missed(self, url: str, title: str | None, day: date | None) -> bool:
        """True for an article that the ways before this one should have found, as far as its title and address tell."""
        if self.ledger.is_known(url) or (day is not None and day < datetime.now(UTC).date() - timedelta(AUDIT_DAYS)):
            return False
        return self.way.searches or has_keyword(f"{title or ''} {unquote(url)}")

    def pass_over(self, url: str, fate: Fate, reason: str) -> None:
        """Note the fate of an article that was listed and need not be asked for."""
        clean = self.clean(url)
        if self.is_article_url(clean):
            self.ledger.settle_unseen(clean, self.source.name, self.way.way, fate, reason)

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
            self._count_refusal(*reason)
            return
        self._refusals = 0
        hints = {**self.ledger.hints.get(final, {}), **self.ledger.hints.get(url, {})}
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
            headers=_kept_headers(response),
            hints=hints,
        )
        yield self._next_part(page, response, [response.url]) or page

    def read_part(self, response: Response, page: Page, parts: list[str]) -> Iterator[Page | Request]:
        """The page with one more part."""
        if (problem := _problem_of(response)) is not None:
            yield _cut_off(page, response.url, *problem)
            return
        page = replace(page, body=page.body + PAGE_BREAK + response.body)
        yield self._next_part(page, response, [*parts, response.url]) or page

    def fail_part(self, failure: Any) -> Iterator[Page]:
        """The page as far as it was read, saying that there is more; none where there is no budget for the rest."""
        if failure.check(BudgetSpentError):
            self._tell_budget(failure)
            return
        yield _cut_off(failure.request.cb_kwargs["page"], failure.request.url, *_fate(failure))

    def fail_article(self, failure: Any) -> None:
        """Note why an article was not read; what there was no budget for is still to be fetched."""
        if failure.check(BudgetSpentError):
            self._tell_budget(failure)
            return
        fate, reason = _fate(failure)
        self.settle(failure.request.cb_kwargs["url"], fate, reason)
        self._count_refusal(fate, reason)

    def _count_refusal(self, fate: Fate, reason: str | None) -> None:
        self._refusals = self._refusals + 1 if fate == "blocked" else 0
        if self._refusals == BLOCKED_ENOUGH:
            self.tally.problems.append(f"{BLOCKED_ENOUGH} refusals in a row, the last {reason}")
            raise CloseSpider("blocked")

    def fail_listing(self, failure: Any) -> Iterator[Request] | None:
        """Note that a list could not be read."""
        if failure.check(BudgetSpentError):
            self._tell_budget(failure)
            return None
        fate, reason = _fate(failure)
        self.tally.problems.append(f"{failure.request.url}: {reason or fate}")
        return None

    def count_request(self, request: Request) -> None:
        """Count what is really asked of the site, robots.txt and second tries included."""
        self.tally.requests += 1
        self.ledger.spent[self.source.name] += 1

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

    def _is_ours(self, url: str) -> bool:
        host, home = urlsplit(url).netloc, urlsplit(self.source.home).netloc
        return _is_same_site(host, home) or host in self.source.hosts

    def _meta(self) -> dict[str, Any]:
        return browser_meta() if self.source.browser else {}

    def _reason_to_skip(self, url: str, title: str | None, day: date | None) -> tuple[Fate, str] | None:
        if self.since is not None and day is not None and day < self.since:
            return "too-old", f"{day} is before {self.since}"
        if not self.source.skip_by_title or (self.way.searches and not self.is_search_ignored):
            return None
        # Where a list tells no titles the words of the address stand for them: themes make it of the title.
        told = title or _slug_words(url)
        if told and not has_keyword(f"{told} {unquote(url)}"):
            return "off-topic", f"no keyword in its title: {told}"
        return None

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
        if (problem := _problem_of(response)) is not None:
            return problem
        if not _is_html(response):
            kind = response.headers.get("Content-Type", b"no content-type").decode("latin-1")
            return "not-article", f"{kind}, no HTML"
        no_post = reason_no_post(response.body)
        return ("not-article", no_post) if no_post is not None else None

    def _next_part(self, page: Page, response: Response, parts: list[str]) -> Request | None:
        multi_page = self.source.multi_page
        if multi_page in ("none", "all") or multi_page.startswith(("?", "/")) or len(parts) >= MOST_PARTS:
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


class PagedSpider(ArticleSpider):
    """A way whose lists are counted: `{page}` in the address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._searched: set[frozenset[str]] = set()

    def listing_requests(self) -> Iterator[Request]:
        if self.way.window is None:
            for template in self.way_urls():
                yield self.page_request(template, 1, UrlSet())
            return
        is_read = True
        for start, end in self.windows():
            for url in self.way_urls():
                template = self.way.fill(url, start, end)
                page = self._first_unread(template, end)
                if page is not None:
                    is_read = False
                    yield self.page_request(template, page, UrlSet())
        # Where all was read before, the next way need not be asked.
        self.tally.is_answered |= is_read
        self.tally.is_unchanged |= is_read

    def _first_unread(self, template: str, end: date) -> int | None:
        """The first page of a window's list that is still to be read; None when it was read to its end long after it.

        So a backfill of years goes on where the last run stopped, or where the budget of a day ended. Without `since`
        a day that was over when it was read is not asked for again.
        """
        days = 0 if self.since is None else SETTLED_DAYS
        for page in count(1):
            url = self.page_url(template, page)
            if not self.ledger.past.is_settled(url, end, days):
                return page
            if self.ledger.past.is_last(url):
                return None
            if "{page}" not in template:
                return page if self.way.next is not None else None
        return None

    def page_request(self, template: str, page: int, listed: UrlSet) -> Request:
        """Ask for a page of a list; `listed` are the links of its earlier pages."""
        url = self.page_url(template, page)
        is_single = "{page}" not in template and self.way.next is None
        # A first page that has not changed says nothing of others that were never read.
        is_conditional = page == 1 and (is_single or self._was_read_whole(template))
        return self.listing_request(url, self.read_listing, is_conditional, template=template, page=page, listed=listed)

    def page_url(self, template: str, page: int) -> str:
        """The address of a page, counted from 1 here and as the site counts there."""
        return template.replace("{page}", str(self.way.first + (page - 1) * self.way.step))

    @abstractmethod
    def read_listing(self, response: Response, template: str, page: int, listed: UrlSet) -> Iterator[Request]:
        """The articles of a page of the list, and the request for its next page."""

    def next_page(self, template: str, page: int, listed: UrlSet, links: list[str]) -> Iterator[Request]:
        """The request for the next page, unless this one had nothing that was not on an earlier one."""
        if "{page}" in template and self.goes_on(template, page, listed, links):
            listed.update(links)
            yield self.page_request(template, page + 1, listed)

    def goes_on(self, template: str, page: int, listed: UrlSet, links: list[str]) -> bool:
        """True when the page had a link that no earlier one had, and more pages may be asked for.

        Sites answer a page beyond the end with an empty list, the last page, or the first one again. The list of the
        newest articles need not be read on where all is known, if an earlier crawl has read the rest.
        """
        if not listed and self.way.searches:
            self._compare_searches(template, links)
        is_old = all(link in listed for link in links)
        is_enough = self.is_audit and page >= MOST_AUDIT_PAGES
        if is_old or is_enough or self.ledger.is_full(self.source.name) or self.is_search_ignored:
            return False
        articles = filter(self.is_article_url, map(self.clean, links))
        is_known = all(map(self.ledger.was_known, articles))
        return not (is_known and self.since is None and self._was_read_whole(template))

    def _compare_searches(self, template: str, links: list[str]) -> None:
        """See whether the site heeds what is searched for: some show their newest articles whatever is asked."""
        found = frozenset(links)
        if len(found) >= ENOUGH_LINKS and found in self._searched and not self.is_search_ignored:
            self.is_search_ignored = True
            self.tally.problems.append(f"{self.page_url(template, 1)}: the same {len(found)} articles for another word")
        self._searched.add(found)

    def _was_read_whole(self, template: str) -> bool:
        past = self.ledger.past
        if self.way.next is not None:
            return past.way_was_read_whole(self.source.name, self.way.way, self.way_urls())
        return past.was_read_whole(self.page_url(template, page) for page in count(1))

    def fail_listing(self, failure: Any) -> None:
        """A list that is missing beyond its first page has come to its end, and a tag that is missing is not in use."""
        status = failure.value.response.status if failure.check(HttpError) else None
        can_be_missing = failure.request.cb_kwargs["page"] > 1 or "{slug}" in self.way.url
        if not can_be_missing or status not in (400, 404, 410):
            super().fail_listing(failure)


def _asked_url(request: Request) -> str:
    """The address that was asked for at first, where redirects led on from it."""
    asked: str = request.meta.get("redirect_urls", [request.url])[0]
    return asked


def _cut_off(page: Page, url: str, fate: Fate, reason: str | None) -> Page:
    """The page as far as it was read, saying where its rest is missing."""
    return replace(page, hints={**page.hints, "incomplete": f"{url}: {reason or fate}"})


def _fate(failure: Any) -> tuple[Fate, str | None]:
    """What a request that failed means for its URL."""
    if failure.check(HttpError):
        status = failure.value.response.status
        if (problem := _problem_of(failure.value.response)) is not None:
            return problem
        if status in (404, 410):
            return "gone", f"HTTP {status}"
        return ("blocked" if status in (401, 403, 429) else "error"), f"HTTP {status}"
    if failure.check(IgnoreRequest) and "robots.txt" in str(failure.value):
        return "robots", None
    return "error", " ".join(f"{failure.type.__name__}: {failure.getErrorMessage()}".split()).rstrip(":")


def _slug_words(url: str) -> str | None:
    """The words of an address that are a title; None where it has too few to be one.

    >>> _slug_words("https://kabar.example/2023/11/harga-cabai-di-pasar-naik.html")
    'harga cabai di pasar naik'
    >>> _slug_words("https://kabar.example/berita/detail/7")
    """
    slug = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    words = re.findall(r"[^\W\d_]+", unquote(slug).removesuffix(".html"))
    return " ".join(words) if len(words) >= FEWEST_SLUG_WORDS else None


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


def _problem_of(response: Response) -> tuple[Fate, str] | None:
    """Why an answer is not the content of the site: a bot wall, a parked domain, a page of the host's."""
    headers = {name.decode("latin-1"): values[-1].decode("latin-1") for name, values in response.headers.items()}
    return page_problem(response.status, headers, response.body)


def _is_same_site(host: str, home: str) -> bool:
    host, home = host.removeprefix("www."), home.removeprefix("www.")
    return host == home or host.endswith(f".{home}")


def _is_html(response: Response) -> bool:
    """True for HTML, also where the server says that it is plain text."""
    return isinstance(response, HtmlResponse) or _HTML.match(response.body) is not None


def _kept_headers(response: Response) -> dict[str, str]:
    headers = {name: response.headers[name].decode("latin-1") for name in _KEPT_HEADERS if name in response.headers}
    if _HTML.match(response.body) and "html" not in headers.get("content-type", "html"):
        headers["content-type"] = "text/html"
    return headers
