"""The ledger of one crawl: what became of every URL, told to those who keep it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urldefrag

from tqdm import tqdm

from crawler.items import AskedOf, Fate, HostState, ListVisit, Page
from crawler.past import Past
from crawler.spiders.pace import Pace
from crawler.url_set import UrlSet
from crawler.urls import url_key


@dataclass(frozen=True, slots=True)
class SeenUrl:
    """A URL as the crawl knows it at this moment; a later one of the same URL replaces it."""

    url: str
    source: str
    found_by: str
    """Way that found it, or `pending` for one that was handed back."""
    fate: Fate | None
    """None: still to be fetched."""
    reason: str | None
    hints: Mapping[str, str] = field(default_factory=dict)
    """What a list said of one that is to be fetched."""


class Ledger:
    """Says what is still to be fetched, and passes on at once what was found, kept or lost.

    When one of those it tells fails, the error is remembered in `failure`, `stop` is called, and nothing is passed on
    any more: a page that cannot be kept must not look as if it had been.
    """

    def __init__(
        self,
        past: Past,
        keep: Callable[[Page], None],
        note: Callable[[SeenUrl], None],
        visited: Callable[[ListVisit], None],
        limit: int | None,
        asked: Callable[[AskedOf], None] = lambda asked: None,
        learnt: Callable[[HostState], None] = lambda state: None,
    ) -> None:
        self.failure: Exception | None = None
        self.stop: Callable[[], None] = lambda: None
        self.past = past
        self.spent = Counter(past.spent)
        self.pace = Pace(past.hosts, datetime.now(UTC))
        self.hints = {url: dict(hints) for url, hints in past.hints.items()}
        self.progress = tqdm(total=0, unit="page", disable=None, delay=2)
        self._keep, self._note, self._visited, self._limit = keep, note, visited, limit
        self._asked_of, self._learnt = asked, learnt
        self._pending: dict[str, list[str]] = {}
        for url, source in dict(past.pending).items():
            self._pending.setdefault(source, []).append(url)
        waiting = [url for urls in self._pending.values() for url in urls]
        self._waiting = set(waiting)
        self._seen, self._seen_articles = UrlSet(waiting), UrlSet(map(url_key, waiting))
        self._known, self._known_articles = UrlSet(), UrlSet()
        dead = UrlSet(past.dead)
        for url in past.known:
            self._known.add(url)
            if url not in dead:
                self._known_articles.add(url_key(url))
        self._revisited: set[str] = set()
        self._asked: Counter[str] = Counter()

    def take_pending(self, source: str) -> list[str]:
        """The URLs an earlier run left to be fetched, within the limit; the second time there are none."""
        urls = self._pending.pop(source, [])
        return [url for url in urls if self._ask(source)]

    def was_known(self, url: str) -> bool:
        """True when the article was known before this crawl."""
        return url in self._known or url_key(url) in self._known_articles

    def is_known(self, url: str) -> bool:
        """True when the article is known by now."""
        return self.was_known(url) or url in self._seen or url_key(url) in self._seen_articles

    def find(self, url: str, clean: str, source: str, way: str, hints: dict[str, str]) -> bool:
        """Note a URL that a way has found; True when it is new and to be fetched now.

        `clean` is the same without what does not change the article. A new URL is noted as still to be fetched before
        this returns, so a killed run leaves it to the next. Hints are remembered for a URL that waits already.
        """
        url = urldefrag(url.strip()).url
        if url != clean and self._is_new(url):
            self._pass_on(SeenUrl(url, source, way, "duplicate", f"same as {clean}"))
        if not self._is_new(clean):
            if clean in self._waiting and not hints.items() <= self.hints.get(clean, {}).items():
                self.hints.setdefault(clean, {}).update(hints)
                self._pass_on(SeenUrl(clean, source, way, None, None, hints))
            return False
        if (key := url_key(clean)) in self._known_articles or key in self._seen_articles:
            self._pass_on(
                SeenUrl(clean, source, way, "duplicate", f"an article that is known by another address: {key}")
            )
            return False
        self._seen_articles.add(key)
        self._waiting.add(clean)
        if hints:
            self.hints[clean] = hints
        self._pass_on(SeenUrl(clean, source, way, None, None, hints))
        return self._ask(source)

    def revisit(self, url: str, source: str, modified: datetime | None, hints: dict[str, str]) -> bool:
        """True when an article that was kept before this crawl is to be asked for again, once."""
        if url in self._revisited or not self.past.is_edited(url, modified, datetime.now(UTC)) or not self._ask(source):
            return False
        self._revisited.add(url)
        if hints:
            self.hints[url] = hints
        return True

    def claim(self, url: str, asked: str, source: str, way: str) -> bool:
        """Note the address that a redirect of `asked` led to; False when it is known already, and so its article."""
        key = url_key(url)
        is_same_article = key == url_key(asked)
        is_known = not is_same_article and (key in self._known_articles or key in self._seen_articles)
        if not self._is_new(url) or is_known:
            return False
        self._seen_articles.add(key)
        self._pass_on(SeenUrl(url, source, way, None, None))
        return True

    def settle_unseen(self, url: str, source: str, way: str, fate: Fate, reason: str) -> None:
        """Note the fate of a URL that is not fetched at all, unless it is known."""
        if self._is_new(url):
            self._pass_on(SeenUrl(url, source, way, fate, reason))

    def settle(self, url: str, source: str, way: str, fate: Fate, reason: str | None) -> None:
        """Note the fate of an article that was asked for; what was kept before stays so, whatever is there today."""
        self.hints.pop(url, None)
        self._waiting.discard(url)
        if url not in self._revisited or fate in ("kept", "gone"):
            self._pass_on(SeenUrl(url, source, way, fate, reason))
        self.progress.update()

    def keep(self, page: Page, way: str) -> bool:
        """Hand a page on and note its fate; False when it could not be kept."""
        if not self.tell(lambda: self._keep(page)):
            return False
        self.settle(page.url, page.source, way, "kept", None)
        return True

    def visited(self, visit: ListVisit) -> None:
        """Hand on what a list told. After `find`, so that what it lists is noted already."""
        self.tell(lambda: self._visited(visit))

    def count(self, asked: AskedOf) -> None:
        """Count a request that goes out now."""
        self.spent[asked.source] += 1
        self.tell(lambda: self._asked_of(asked))

    def learn(self, state: HostState) -> None:
        """Hand on what a host said of how it wants to be asked."""
        self.tell(lambda: self._learnt(state))

    def asked_for(self, source: str) -> int:
        """How many pages the source has been, or is to be, asked for in this crawl."""
        return self._asked[source]

    def is_full(self, source: str) -> bool:
        """True when the source has been asked for as many pages as the limit allows."""
        return self._limit is not None and self._asked[source] >= self._limit

    def _ask(self, source: str) -> bool:
        if self.is_full(source):
            return False
        self._asked[source] += 1
        self.progress.total = self._asked.total()
        return True

    def _is_new(self, url: str) -> bool:
        return url not in self._known and self._seen.add(url)

    def _pass_on(self, seen: SeenUrl) -> None:
        self.tell(lambda: self._note(seen))

    def tell(self, action: Callable[[], None]) -> bool:
        """Tell those outside something, unless that has failed before; False when it could not be told."""
        if self.failure is None:
            try:
                action()
            except Exception as error:
                # Scrapy would log it and go on; it is raised when the crawl has stopped.
                self.failure = error
                self.stop()
        return self.failure is None
