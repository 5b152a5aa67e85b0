"""Sitemaps, their indexes, gzipped ones, and those made for Google News."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.utils.gz import gunzip

from crawler.past import is_taken_up
from crawler.spiders.base import ArticleSpider
from crawler.spiders.lists import (
    MOST_BYTES,
    as_day,
    content_type,
    day_of_entry,
    join,
    moments_of_list,
    own_change,
    parse_moment,
    parse_xml,
)

ROOTS = ("urlset", "sitemapindex")
MOST_LEVELS = 5
"""Of indexes in indexes."""
MOST_ENTRIES = 50_000
"""Of a sitemap or an index, by their protocol."""
BELIEVED_DAYS = 7
"""How long it is believed that a sitemap has not changed because its index says so."""
_YEAR = r"(?:^|[-_/.=])(?P<year>(?:19|20)\d\d)"
_NAMED = (
    re.compile(_YEAR + r"[-_/](?P<month>\d\d)[-_/](?P<day>\d\d)(?!\d)"),
    re.compile(_YEAR + r"(?P<month>[01]\d)(?P<day>[0-3]\d)(?!\d)"),
    re.compile(r"\by(?:yyy|ear)=(?P<year>\d{4})&m(?:m|onth)=(?P<month>\d{1,2})(?:&d(?:d|ay)=(?P<day>\d{1,2}))?"),
    re.compile(_YEAR + r"[-_/]?(?P<month>\d\d)(?!\d)"),
    re.compile(_YEAR + r"(?!\d)"),
)
# WordPress itself, Yoast, RankMath and All in One SEO, Google XML Sitemaps, Jetpack.
_POSTS = re.compile(r"wp-sitemap-posts-post-|\bpost-sitemap|sitemap-pt-post-")
_NO_POSTS = re.compile(
    r"wp-sitemap-(?:taxonomies|users|posts-page)-|sitemap-(?:tax|pt-page|authors|archives|misc)\b"
    r"|\b(?:page|category|post_tag|tag|author|attachment|post_format|web-story|local|addl|image|video)-sitemap"
)


@dataclass(frozen=True, slots=True)
class Row:
    """An article of a sitemap, with times as they are written."""

    url: str
    title: str
    """Told for Google News alone, as is `published`."""
    published: str
    changed: str


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap, or an index of them."""

    children: dict[str, str]
    """The sitemaps of an index in its order, each with when it was changed, as it is written."""
    rows: tuple[Row, ...]
    is_whole: bool
    """False where it was cut off; the row in which that happened is left out."""
    is_too_long: bool = False
    """It has more than MOST_ENTRIES; the rest is left out."""


class SitemapSpider(ArticleSpider):
    """Reads a sitemap, and those it points to, one after another and the newest first."""

    def listing_requests(self) -> Iterator[Request]:
        self._waiting: list[tuple[date, str, tuple[str, ...]]] = [(date.max, url, ()) for url in self.way_urls()]
        self._met = set(self.way_urls())
        yield from self._next()

    def read_list(self, response: Response, **values: Any) -> Iterator[Request]:
        """What a sitemap yields, and the request for the next one."""
        yield from super().read_list(response, **values)
        yield from self._next()

    def fail_list(self, failure: Any) -> Iterator[Request]:
        """Note that a sitemap could not be read, and go on with the next."""
        yield from super().fail_list(failure)
        yield from self._next()

    def read_sitemap(self, response: Response, above: tuple[str, ...]) -> Iterator[Request]:
        """The articles of a sitemap; those of an index wait their turn. `above` are the indexes that led here."""
        sitemap = read_sitemap(response)
        if sitemap is None:
            self.tally.problems.append(f"{response.url}: no sitemap")
            return
        if not sitemap.is_whole:
            self.tally.problems.append(f"{response.url}: the sitemap is cut off")
        if sitemap.is_too_long:
            self.tally.problems.append(f"{response.url}: more entries than the {MOST_ENTRIES:,} that are read")
        if sitemap.children and not sitemap.rows and not sitemap.children.keys() - self._met:
            self.tally.problems.append(f"{response.url}: the sitemap lists itself, and no article")
        self._queue(sitemap.children, (*above, response.url))
        changes = [parse_moment(row.changed, self.source.zone()) for row in sitemap.rows]
        unreal = moments_of_list(changes)
        for row, changed in zip(sitemap.rows, changes, strict=True):
            yield from self._row(row, changed, unreal)

    def _next(self) -> Iterator[Request]:
        if self._waiting and not self.ledger.is_full(self.source.name) and not self.is_enough(self._waiting[0][1]):
            _, url, above = self._waiting.pop(0)
            request = self.listing_request(url, self.read_sitemap, above=above)
            yield request.replace(meta={**request.meta, "download_maxsize": MOST_BYTES})

    def _queue(self, children: dict[str, str], above: tuple[str, ...]) -> None:
        """Put the sitemaps of an index in the order of their age, without those that cannot have what is wanted."""
        if children and len(above) > MOST_LEVELS:
            self.tally.problems.append(f"{above[-1]}: more than {MOST_LEVELS} levels of sitemaps; the rest is left")
            return
        has_posts = any(map(_POSTS.search, children))
        for url, lastmod in children.items():
            if url in self._met or (has_posts and _NO_POSTS.search(url)):
                continue
            self._met.add(url)
            changed = as_day(parse_moment(lastmod, self.source.zone()))
            first, last = named_days(url) or (date.min, date.max)
            if self._may_have_wanted(first, min(last, changed or last)) and not self._was_read(url, changed, last):
                self._waiting.append((min(last, changed or last), url, above))
        self._waiting.sort(key=lambda waiting: waiting[0], reverse=True)

    def _may_have_wanted(self, first: date, last: date) -> bool:
        """Whether articles of these days can be wanted. A day of grace, for nobody knows the zone of a name."""
        is_old = self.since is not None and last < self.since - timedelta(1)
        return not is_old and (self.until is None or first == date.min or first <= self.until + timedelta(1))

    def _was_read(self, url: str, changed: date | None, last: date) -> bool:
        """True for a sitemap that need not be read again.

        It is closed, for the days in its name were long over when it was read; or its index says that it has not
        changed since. As indexes can be wrong, that is believed for some days only.
        """
        if last != date.max and self.ledger.past.is_settled(self.source, url, last):
            return True
        visits = [visit for visit in self.ledger.past.visits.get(url, ()) if is_taken_up(visit)]
        if not visits or changed is None:
            return False
        read = visits[-1].visited_at
        return changed < read.date() - timedelta(1) and datetime.now(UTC) - read < timedelta(BELIEVED_DAYS)

    def _row(self, row: Row, changed: datetime | date | None, unreal: set[datetime | date]) -> Iterator[Request]:
        published = parse_moment(row.published, self.source.zone())
        hints = {"title": row.title} if row.title else {}
        if published is not None:
            hints["date"] = published.isoformat()
        day = day_of_entry(published, changed, self.until)
        yield from self.found(row.url, hints, row.title or None, day, own_change(changed, unreal))


def read_sitemap(response: Response) -> Sitemap | None:
    """A sitemap, also a packed one; None when it is none."""
    sitemap = parse_xml(_unpack(response.body), content_type(response), ROOTS)
    if sitemap is None:
        return None
    children, rows = {}, []
    for child in islice(sitemap.root.iter("{*}sitemap"), MOST_ENTRIES):
        url = join(response.url, child.findtext("{*}loc") or "")
        if url is not None:
            children[url] = child.findtext("{*}lastmod") or ""
    for row in islice(sitemap.root.iter("{*}url"), MOST_ENTRIES):
        url = join(response.url, row.findtext("{*}loc") or "")
        if url is not None:
            rows.append(
                Row(
                    url=url,
                    title=" ".join((row.findtext("{*}news/{*}title") or "").split()),
                    published=row.findtext("{*}news/{*}publication_date") or "",
                    changed=row.findtext("{*}lastmod") or "",
                )
            )
    is_too_long = next(islice(sitemap.root.iter("{*}sitemap", "{*}url"), MOST_ENTRIES, None), None) is not None
    return Sitemap(children, tuple(rows), sitemap.is_whole, is_too_long)


def named_days(url: str) -> tuple[date, date] | None:
    """First and last day that the name of a sitemap tells; None where it tells none.

    >>> named_days("https://kabar.example/sitemap-2023-11.xml")
    (datetime.date(2023, 11, 1), datetime.date(2023, 11, 30))
    >>> named_days("https://kabar.example/sitemap.xml?yyyy=2023&mm=11&dd=08")
    (datetime.date(2023, 11, 8), datetime.date(2023, 11, 8))
    >>> named_days("https://kabar.example/post-sitemap2023.xml")
    """
    for pattern in _NAMED:
        found = pattern.search(url.partition("://")[2].partition("/")[2])
        if found is None:
            continue
        told = {name: int(value) for name, value in found.groupdict().items() if value is not None}
        first = (told["year"], told.get("month", 1), told.get("day", 1))
        month = told.get("month", 12)
        try:
            last = told.get("day", monthrange(told["year"], month)[1])
            return date(*first), date(told["year"], month, last)
        except ValueError:
            continue
    return None


def _unpack(body: bytes) -> bytes:
    """The body of a sitemap, unpacked where it is gzipped, once or twice; empty when it is far too large."""
    for _ in range(2):
        if body.startswith(b"\x1f\x8b"):
            try:
                body = gunzip(body, max_size=MOST_BYTES)
            except (OSError, EOFError, ValueError):
                return b""
    return body
