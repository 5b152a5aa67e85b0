"""The ledger of one crawl: what became of every URL, told to those who keep it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from urllib.parse import urldefrag

from tqdm import tqdm

from crawler.items import Fate, Page


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


class Ledger:
    """Says what is still to be fetched, and passes on at once what was found, kept or lost.

    When `keep` or `note` fails, the error is remembered in `failure`, `stop` is called, and nothing is passed on any
    more: a page that cannot be kept must not look as if it had been.
    """

    def __init__(
        self,
        known: Collection[str],
        pending: Iterable[tuple[str, str]],
        keep: Callable[[Page], None],
        note: Callable[[SeenUrl], None],
        limit: int | None,
    ) -> None:
        self.failure: Exception | None = None
        self.stop: Callable[[], None] = lambda: None
        self.hints: dict[str, dict[str, str]] = {}
        self.progress = tqdm(total=0, unit="page", disable=None, delay=2)
        self._keep, self._note, self._limit = keep, note, limit
        self._pending: dict[str, list[str]] = {}
        for url, source in dict(pending).items():
            self._pending.setdefault(source, []).append(url)
        self._known = known
        self._seen: set[str] = {url for urls in self._pending.values() for url in urls}
        self._asked: Counter[str] = Counter()

    def take_pending(self, source: str) -> list[str]:
        """The URLs an earlier run left to be fetched, within the limit; the second time there are none."""
        urls = self._pending.pop(source, [])
        return [url for url in urls if self._ask(source)]

    def find(self, url: str, clean: str, source: str, way: str, hints: dict[str, str]) -> bool:
        """Note a URL that a way has found; True when it is new and to be fetched now.

        `clean` is the same without what does not change the article. A new URL is noted as still to be fetched before
        this returns, so a killed run leaves it to the next. Hints are remembered for a URL that waits already.
        """
        url = urldefrag(url.strip()).url
        if url != clean and self._is_new(url):
            self._pass_on(SeenUrl(url, source, way, "duplicate", f"same as {clean}"))
        if hints:
            self.hints.setdefault(clean, {}).update(hints)
        if not self._is_new(clean):
            return False
        self._pass_on(SeenUrl(clean, source, way, None, None))
        return self._ask(source)

    def claim(self, url: str, source: str, way: str) -> bool:
        """Note the address a redirect led to; False when it is known already, and so its article."""
        if not self._is_new(url):
            return False
        self._pass_on(SeenUrl(url, source, way, None, None))
        return True

    def settle_unseen(self, url: str, source: str, way: str, fate: Fate, reason: str) -> None:
        """Note the fate of a URL that is not fetched at all, unless it is known."""
        if self._is_new(url):
            self._pass_on(SeenUrl(url, source, way, fate, reason))

    def settle(self, url: str, source: str, way: str, fate: Fate, reason: str | None) -> None:
        """Note the fate of a URL that was asked for."""
        self._pass_on(SeenUrl(url, source, way, fate, reason))
        self.progress.update()

    def keep(self, page: Page, way: str) -> bool:
        """Hand a page on and note its fate; False when it could not be kept."""
        if not self._guard(lambda: self._keep(page)):
            return False
        self.settle(page.url, page.source, way, "kept", None)
        return True

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
        if url in self._seen or url in self._known:
            return False
        self._seen.add(url)
        return True

    def _pass_on(self, seen: SeenUrl) -> None:
        self._guard(lambda: self._note(seen))

    def _guard(self, action: Callable[[], None]) -> bool:
        if self.failure is None:
            try:
                action()
            except Exception as error:
                # Scrapy would log it and go on; it is raised when the crawl has stopped.
                self.failure = error
                self.stop()
        return self.failure is None
