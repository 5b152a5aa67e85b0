"""RSS and Atom, also counted and searched: `/feed/?s={keyword}&paged={page}`."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response
from w3lib.html import remove_tags

from crawler.spiders.base import PagedSpider
from crawler.spiders.lists import content_type, day_of_entry, join, moments_of_list, own_change, parse_moment, parse_xml
from crawler.spiders.posts import LOCKED, PASSWORD_FORM

ROOTS = ("rss", "RDF", "feed")


class FeedSpider(PagedSpider):
    """Reads the entries of a feed."""

    def read_listing(self, response: Response, template: str, page: int, listed: frozenset[str]) -> Iterator[Request]:
        """The articles of a page of the feed, and the request for its next page."""
        feed = parse_xml(response.body, content_type(response), ROOTS)
        if feed is None:
            self.tally.problems.append(f"{response.url}: no RSS or Atom")
            return
        if not feed.is_whole:
            self.tally.problems.append(f"{response.url}: the feed is cut off")
        entries = list(feed.root.iter("{*}item", "{*}entry"))
        # `{*}` stands for elements without a namespace too.
        linked = [(link, entry) for entry in entries if (link := _link(entry, response.url)) is not None]
        if entries and not linked:
            self.tally.problems.append(f"{response.url}: {len(entries)} entries, none with a link")
        unreal = moments_of_list(self._moment(entry, "updated", "modified") for entry in entries)
        for link, entry in linked:
            yield from self._entry(link, entry, unreal)
        yield from self.next_page(template, page, listed, [link for link, _ in linked])

    def _entry(self, url: str, entry: Any, unreal: set[datetime | date]) -> Iterator[Request]:
        if PASSWORD_FORM in "".join(entry.itertext()):
            self.pass_over(url, "not-article", LOCKED)
            return
        title = " ".join(html.unescape(remove_tags(_text(entry, "title"))).split())
        hints = {"title": title} if title else {}
        published = self._moment(entry, "pubDate", "published", "issued", "date")
        updated = self._moment(entry, "updated", "modified")
        if published is not None:
            hints["date"] = published.isoformat()
        day = day_of_entry(published, updated, self.until)
        yield from self.found(url, hints, title or None, day, own_change(updated, unreal))

    def _moment(self, entry: Any, *names: str) -> datetime | date | None:
        moments = (parse_moment(_text(entry, name), self.source.zone()) for name in names)
        return next((moment for moment in moments if moment is not None), None)


def _link(entry: Any, page: str) -> str | None:
    """Address of the article of an entry; None where it has none."""
    base = urljoin(page, entry.base or "")
    links = [link for link in entry.iterchildren("{*}link") if link.get("rel", "alternate") == "alternate"]
    told = [
        _text(entry, "origLink"),  # the site's own, where FeedBurner counts the clicks
        *(link.text or "" for link in links),
        *(link.get("href", "") for link in links),
        *(guid.text or "" for guid in entry.iterchildren("{*}guid") if guid.get("isPermaLink") != "false"),
        entry.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about", ""),
    ]
    return next((link for href in told if (link := join(base, href)) is not None), None)


def _text(entry: Any, name: str) -> str:
    found = entry.find(f"{{*}}{name}")
    return "" if found is None else "".join(found.itertext()).strip()
