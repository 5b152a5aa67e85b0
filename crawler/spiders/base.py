"""What every way of finding pages shares: reading lists, and choosing what to ask for of what they have."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from urllib.parse import quote, unquote, urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler.items import Fate, ListVisit
from crawler.past import CATCH_UP_DAYS, FIRST_DAYS, trusted_validators
from crawler.source import has_keyword, load_keywords, way_url
from crawler.spiders.articles import AUDIT_DAYS, ArticleReader, fate_of, kept_headers, problem_of
from crawler.spiders.pace import BudgetSpentError
from crawler.url_set import UrlSet

T = TypeVar("T")

LISTING_FIRST = 10
"""Priority of what lists articles: their titles and dates are known before they are fetched."""
FEWEST_SLUG_WORDS = 4
MOST_LINKS = 2000
"""Of a feed or a page of a listing: no reader is shown more."""
MOST_DAYS = 5
"""Whose requests the articles of a source may take before its lists are read on."""


class ArticleSpider(ArticleReader):
    """Finds articles in one way of one source, and asks for each that is new or edited."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._found = UrlSet()
        self._listed: dict[str, datetime | None] = {}
        """Articles of the list that is being read, each with the newest time that it tells of it."""
        self._told: list[str] = []
        """What the list that is being read says of them, to see whether it has changed."""
        self._strangers = self._invalid = 0
        """Entries of the list that is being read that lead to another host, or nowhere."""
        self._is_left_out = False
        """Something of the list that is being read was not taken up: it is too old or too new for this crawl."""
        self.is_search_ignored = False
        """The site answers every word with the same articles."""

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
        self._begin_list()
        # All at once: the callbacks of several lists would otherwise take turns.
        requests: list[Request] = []
        try:
            if response.status != 304:
                requests.extend(response.meta["read"](response, **values))
            elif not {b"If-None-Match", b"If-Modified-Since"} & response.request.headers.keys():
                self.tally.problems.append(f"{response.url}: HTTP 304, though nothing was asked on a condition")
        except Exception as error:
            # What nobody foresaw in a list. Scrapy would log it, and the way would look as if it had found nothing.
            self.tally.problems.append(f"{response.url}: {type(error).__name__}: {error}")
        if not self._listed:
            wall = problem_of(response)
            if wall is not None:
                self.tally.problems.insert(before, f"{response.url}: {wall[1]}")
            self._tell_move(before, response.request)
        problem = next(iter(self.tally.problems[before:]), None)
        if response.status == 304 and problem is None:
            self.tally.is_unchanged = True
        self.tally.is_answered |= problem is None
        self._tell_visit(_asked_url(response.request), response, problem, requests)
        yield from requests

    def fail_list(self, failure: Any) -> Iterator[Request]:
        """What can still be asked when a list was not answered; the visit is told to the ledger."""
        before = len(self.tally.problems)
        requests = list(self.fail_listing(failure) or ())
        self._tell_move(before, failure.request)
        problem = next(iter(self.tally.problems[before:]), None)
        self._begin_list()
        if not failure.check(BudgetSpentError):  # else nothing was asked
            response = getattr(failure.value, "response", None)
            self._tell_visit(_asked_url(failure.request), response, problem, requests)
        yield from requests

    def _begin_list(self) -> None:
        self._listed, self._told, self._is_left_out = {}, [], False
        self._strangers = self._invalid = 0

    def _tell_move(self, number: int, request: Request) -> None:
        """Put where a list without anything for us redirects to before its other problems from `number` on."""
        if len(self.tally.problems) > number and not self._is_ours(request.url):
            host = urlsplit(request.url).netloc
            self.tally.problems.insert(number, f"{_asked_url(request)}: redirects to another site: {host}")

    def _tell_visit(
        self, url: str, response: Response | None, problem: str | None, requests: Iterable[Request]
    ) -> None:
        headers = kept_headers(response) if response is not None else {}
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
            strangers=self._strangers,
            invalid=self._invalid,
        )
        self.ledger.visited(visit)

    def count_invalid(self, number: int) -> None:
        """Note that so many entries of the list that is being read have no link that can be read."""
        self._invalid += number

    def is_enough(self, url: str) -> bool:
        """True when a list is not to be read on: half of the requests of this day are spent, which the articles need,
        or as many articles wait as may be asked for in MOST_DAYS.

        Else a list without an end would take all requests, day after day, and nothing it lists would ever be fetched;
        or what waits would fill the memory.
        """
        budget = self.source.budget
        if self.ledger.asked_for(self.source.name) >= MOST_DAYS * budget:
            problem = f"{url}: the budget of {MOST_DAYS} days is waited for by articles; the list is read on later"
        elif 2 * self.ledger.spent[self.source.name] >= budget:
            problem = f"{url}: the list goes on and on, and half of the {budget} requests of this day are spent"
        else:
            return False
        if problem not in self.tally.problems:
            self.tally.problems.append(problem)
        return True

    def first_links(self, url: str, links: Sequence[T]) -> Sequence[T]:
        """The entries of a list that are taken up: the first MOST_LINKS, saying so where it has more."""
        if len(links) > MOST_LINKS:
            self.tally.problems.append(f"{url}: more links than the {MOST_LINKS:,} that are read")
        return links[:MOST_LINKS]

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
            self._strangers += clean.startswith("http") and not self._is_ours(clean)
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

    def fail_listing(self, failure: Any) -> Iterator[Request] | None:
        """Note that a list could not be read."""
        if failure.check(BudgetSpentError):
            self._tell_budget(failure)
            return None
        fate, reason = fate_of(failure)
        self.tally.problems.append(f"{failure.request.url}: {reason or fate}")
        return None

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


def _asked_url(request: Request) -> str:
    """The address that was asked for at first, where redirects led on from it."""
    asked: str = request.meta.get("redirect_urls", [request.url])[0]
    return asked


def _slug_words(url: str) -> str | None:
    """The words of an address that are a title; None where it has too few to be one.

    >>> _slug_words("https://kabar.example/2023/11/harga-cabai-di-pasar-naik.html")
    'harga cabai di pasar naik'
    >>> _slug_words("https://kabar.example/berita/detail/7")
    """
    slug = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    words = re.findall(r"[^\W\d_]+", unquote(slug).removesuffix(".html"))
    return " ".join(words) if len(words) >= FEWEST_SLUG_WORDS else None
