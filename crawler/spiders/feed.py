"""RSS and Atom, also counted and searched: `/feed/?s={keyword}&paged={page}`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime

from scrapy import Request, Selector
from scrapy.http import Response

from crawler.spiders.base import PagedSpider

_LINK = "link[not(@rel) or @rel='alternate']/@href | link/text() | guid[not(@isPermaLink='false')]/text()"
_DATE = "pubDate/text() | published/text() | date/text() | updated/text()"


class FeedSpider(PagedSpider):
    """Reads the entries of a feed."""

    def read_listing(self, response: Response, template: str, page: int, listed: frozenset[str]) -> Iterator[Request]:
        """The articles of a page of the feed, and the request for its next page."""
        feed = Selector(text=response.text, type="xml") if hasattr(response, "text") else None
        if feed is None or not feed.xpath("//*[local-name()='channel' or local-name()='feed']"):
            self.tally.problems.append(f"{response.url}: no RSS or Atom")
            return
        feed.remove_namespaces()
        links = []
        for entry in feed.xpath("//item | //entry"):
            link = entry.xpath(_LINK).get("").strip()
            if not link:
                continue
            links.append(response.urljoin(link))
            yield from self._entry(links[-1], entry)
        yield from self.next_page(template, page, listed, links)

    def _entry(self, url: str, entry: Selector) -> Iterator[Request]:
        title = " ".join(entry.xpath("string(title)").get("").split())
        hints = {"title": title} if title else {}
        published = parse_feed_date(entry.xpath(_DATE).get("").strip())
        if published is not None:
            published = self.local_time(published)
            hints["date"] = published.isoformat()
        yield from self.found(url, hints, title, published.date() if published else None)


def parse_feed_date(text: str) -> datetime | None:
    """An RSS (RFC 822) or Atom (ISO 8601) date; None when it is neither.

    >>> parse_feed_date("Wed, 08 Nov 2023 16:20:00 +0800").isoformat()
    '2023-11-08T16:20:00+08:00'
    >>> parse_feed_date("2023-11-08T08:20:00Z").isoformat()
    '2023-11-08T08:20:00+00:00'
    >>> parse_feed_date("kemarin")
    """
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            return read(text)
        except ValueError:
            continue
    return None
