"""Sitemaps, their indexes, gzipped ones, and those made for Google News."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import date, datetime

from scrapy import Request, Selector
from scrapy.http import Response

from crawler.spiders.base import ArticleSpider

MOST_BYTES = 50 * 1024 * 1024  # of a sitemap, by the protocol


class SitemapSpider(ArticleSpider):
    """Reads a sitemap, and those it points to."""

    def listing_requests(self) -> Iterator[Request]:
        for url in self.way_urls():
            yield self.listing_request(url, self.read_sitemap, above=frozenset())

    def read_sitemap(self, response: Response, above: frozenset[str]) -> Iterator[Request]:
        """The articles of a sitemap, or the requests for the sitemaps of an index; `above` are those that led here."""
        sitemap = Selector(text=_unpack(response.body).decode("utf-8", "replace") or " ", type="xml")
        sitemap.remove_namespaces()
        if not sitemap.xpath("/urlset | /sitemapindex"):
            self.tally.problems.append(f"{response.url}: no sitemap")
            return
        for child in sitemap.xpath("/sitemapindex/sitemap"):
            url = response.urljoin(child.xpath("string(loc)").get("").strip())
            changed = _parse_day(child.xpath("string(lastmod)").get(""))
            is_old = self.since is not None and changed is not None and changed < self.since
            if url not in above and url != response.url and not is_old:
                yield self.listing_request(url, self.read_sitemap, above=above | {response.url})
        for row in sitemap.xpath("/urlset/url"):
            yield from self._row(response, row)

    def _row(self, response: Response, row: Selector) -> Iterator[Request]:
        url = response.urljoin(row.xpath("string(loc)").get("").strip())
        title = " ".join(row.xpath("string(news/title)").get("").split())
        published = row.xpath("string(news/publication_date)").get("").strip()
        hints = {"title": title} if title else {}
        # A page is changed after it is published, so an old change means an old page.
        day = _parse_day(published or row.xpath("string(lastmod)").get(""))
        if published and "T" in published and day is not None:
            moment = self.local_time(datetime.fromisoformat(published))
            hints["date"], day = moment.isoformat(), moment.date()
        elif published and day is not None:
            hints["date"] = day.isoformat()
        yield from self.found(url, hints, title or None, day)


def _unpack(body: bytes) -> bytes:
    """The body of a sitemap, unpacked where it is gzipped; empty when it is broken or far too large."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        whole = unpacker.decompress(body, MOST_BYTES)
    except zlib.error:
        return b""
    return b"" if unpacker.unconsumed_tail else whole


def _parse_day(text: str) -> date | None:
    """Day of a W3C date; None when it tells none."""
    try:
        return datetime.fromisoformat(text.strip()).date()
    except ValueError:
        return None
