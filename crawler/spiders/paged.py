"""Lists that go over several pages, and those of days."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.past import SETTLED_DAYS
from crawler.spiders.base import ArticleSpider
from crawler.url_set import UrlSet

ENOUGH_LINKS = 5
"""Two searches for different words that find the same articles, this many at least, are no searches."""
MOST_LIST_PAGES = 500
"""Of one list in a run."""
MOST_AUDIT_PAGES = 10
"""As far as an audit reads a list that is counted: it leaves most of it out, so nothing else would stop it."""


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
            if not self.ledger.past.is_settled(self.source, url, end, days):
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
        is_audited = self.is_audit and page >= MOST_AUDIT_PAGES
        if is_old or is_audited or self.ledger.is_full(self.source.name) or self.is_search_ignored:
            return False
        if page >= MOST_LIST_PAGES:
            self.tally.problems.append(
                f"{self.page_url(template, page)}: it goes on after {page} pages; the rest is left"
            )
            return False
        articles = filter(self.is_article_url, map(self.clean, links))
        is_known = all(map(self.ledger.was_known, articles))
        if is_known and self.since is None and self._was_read_whole(template):
            return False
        return not self.is_enough(self.page_url(template, page))

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
