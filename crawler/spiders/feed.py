"""RSS and Atom, also counted and searched: `/feed/?s={keyword}&paged={page}`."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from lxml.etree import iterwalk  # type: ignore[import-untyped]
from scrapy import Request
from scrapy.http import Response
from w3lib.html import remove_tags

from crawler.spiders.base import MOST_LINKS
from crawler.spiders.lists import (
    MOST_WORDS,
    content_type,
    day_of_entry,
    join,
    moments_of_list,
    own_change,
    parse_moment,
    parse_xml,
)
from crawler.spiders.paged import PagedSpider
from crawler.spiders.posts import LOCKED, PASSWORD_FORM
from crawler.url_set import UrlSet

ROOTS = ("rss", "RDF", "feed")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed, with times as they are written."""

    url: str | None
    """Absolute; None where it has no link."""
    title: str
    published: str
    updated: str
    is_locked: bool
    """A post of a WordPress that asks for a password."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of a feed."""

    entries: tuple[Entry, ...]
    """The first of them: one more than MOST_LINKS where it has more."""
    is_whole: bool
    """False where it was cut off; the entry in which that happened is left out."""


class FeedSpider(PagedSpider):
    """Reads the entries of a feed."""

    def read_listing(self, response: Response, template: str, page: int, listed: UrlSet) -> Iterator[Request]:
        """The articles of a page of the feed, and the request for its next page."""
        feed = read_feed(response)
        if feed is None:
            self.tally.problems.append(f"{response.url}: no RSS or Atom")
            return
        if not feed.is_whole:
            self.tally.problems.append(f"{response.url}: the feed is cut off")
        links = [entry.url for entry in feed.entries if entry.url is not None]
        self.count_invalid(len(feed.entries) - len(links))
        if feed.entries and not links:
            self.tally.problems.append(f"{response.url}: {len(feed.entries)} entries, none with a link")
        if not feed.entries and page == 1 and not self.way.searches:
            self.tally.problems.append(f"{response.url}: a feed with no entries")
        self.tell_strangers(response.url, links)
        zone = self.source.zone()
        unreal = moments_of_list(parse_moment(entry.updated, zone) for entry in feed.entries)
        for entry in self.first_links(response.url, feed.entries):
            if entry.url is not None and entry.is_locked:
                self.pass_over(entry.url, "not-article", LOCKED)
            elif entry.url is not None:
                yield from self._entry(entry.url, entry, unreal)
        yield from self.next_page(template, page, listed, links)

    def _entry(self, url: str, entry: Entry, unreal: set[datetime | date]) -> Iterator[Request]:
        published = parse_moment(entry.published, self.source.zone())
        updated = parse_moment(entry.updated, self.source.zone())
        hints = {"title": entry.title} if entry.title else {}
        if published is not None:
            hints["date"] = published.isoformat()
        day = day_of_entry(published, updated, self.until)
        yield from self.found(url, hints, entry.title or None, day, own_change(updated, unreal))


def read_feed(response: Response) -> Feed | None:
    """A page of RSS (also 1.0) or Atom; None when it is none."""
    feed = parse_xml(response.body, content_type(response), ROOTS)
    if feed is None:
        return None
    entries = islice(_entries(feed.root), MOST_LINKS + 1)
    return Feed(tuple(_read_entry(entry, response.url) for entry in entries), feed.is_whole)


def _entries(root: Any) -> Iterator[Any]:
    """The entries, but for those inside another: a stranger's may lie in one another a million deep."""
    # `{*}` stands for elements without a namespace too.
    walk = iterwalk(root, events=("start",), tag=("{*}item", "{*}entry"))
    for _, entry in walk:
        walk.skip_subtree()
        yield entry


def _read_entry(entry: Any, page: str) -> Entry:
    return Entry(
        url=_link(entry, page),
        title=" ".join(html.unescape(remove_tags(_text(entry, "title")[:MOST_WORDS])).split()),
        published=_text(entry, "pubDate", "published", "issued", "date"),
        updated=_text(entry, "updated", "modified"),
        is_locked=PASSWORD_FORM in "".join(entry.itertext()),
    )


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


def _text(entry: Any, *names: str) -> str:
    """The text of the first of the elements that has some."""
    found = (element for name in names for element in entry.iterchildren(f"{{*}}{name}"))
    return next((text for element in found if (text := "".join(element.itertext()).strip())), "")
