"""What earlier crawls left: what is known, what waits, how lists answered before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from crawler.items import HostState, ListVisit
from crawler.source import Source

FIRST_DAYS = 7
"""How far back a source that was never asked is read by the day."""
CATCH_UP_DAYS = 60
"""How far back days are asked for that were not read to their end, after a kill or while a list failed."""
SETTLED_DAYS = 7
"""Days after which nothing is added to a day's index any more."""
REVISIT_DAYS = (1, 7)
"""Ages at which an article is asked for once more, where lists do not tell of changes: most are mended by then."""
UNCHANGED_ENOUGH = 6
"""After so many answers that nothing has changed a list is asked for whole again, to see whether that is true."""


@dataclass(frozen=True, slots=True)
class Past:
    """What the front door tells a crawl of those before it."""

    known: Iterable[str] = ()
    """URLs that have a fate; read once, as the crawl begins."""
    dead: Iterable[str] = ()
    """Of these, those at which there was no article: another address of theirs is still to be fetched. Read once."""
    pending: Sequence[tuple[str, str]] = ()
    """URL and source of those to be fetched: found and not fetched, or failed and to be tried again."""
    hints: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What lists said of those."""
    checked: Mapping[str, tuple[datetime, datetime]] = field(default_factory=dict)
    """When each article that may be asked for again was first fetched and last asked for."""
    visits: Mapping[str, Sequence[ListVisit]] = field(default_factory=dict)
    """Visits of each list by its URL, the oldest first."""
    spent: Mapping[str, int] = field(default_factory=dict)
    """Requests made to each source today (UTC)."""
    hosts: Mapping[str, HostState] = field(default_factory=dict)
    """What is remembered of each host."""
    audits: Collection[str] = frozenset()
    """Names of the sources all of whose ways are to be asked, to see what the first one misses."""

    def last_day(self, source: Source) -> date | None:
        """Day (of the source's clock) on which one of its lists was last read; None when none ever was."""
        read = [visit.visited_at for visits in self.visits.values() for visit in visits if _is_read(visit, source.name)]
        return max(read).astimezone(source.zone()).date() if read else None

    def first_day(self, source: Source, way: str) -> date | None:
        """Day (of the source's clock) on which a way of it was first read; None when it never was."""
        read = [
            visit.visited_at
            for visits in self.visits.values()
            for visit in visits
            if visit.way == way and _is_read(visit, source.name) and is_taken_up(visit)
        ]
        return min(read).astimezone(source.zone()).date() if read else None

    def is_settled(self, source: Source, url: str, day: date, days: int = SETTLED_DAYS) -> bool:
        """True when a list of articles up to a day was read so many days after it that it need not be read again.

        Days are those of the source's clock: at six in the evening of London it is the next day in Jakarta.
        """
        read = [visit.visited_at.astimezone(source.zone()) for visit in self.visits.get(url, ()) if is_taken_up(visit)]
        return any(visited_at.date() > day + timedelta(days) for visited_at in read)

    def is_last(self, url: str) -> bool:
        """True when nothing of a list was left after this page of it, the last time that it was read."""
        visits = self.visits.get(url, ())
        return bool(visits) and visits[-1].is_last

    def was_read_whole(self, pages: Iterable[str]) -> bool:
        """True when the last crawl that began to read a list came to its end; `pages` are its addresses in order.

        A list that was left half read, by a kill or a limit, is read on behind what is known.
        """
        begun = None
        for url in pages:
            visits = self.visits.get(url, ())
            if not visits or (begun is not None and visits[-1].visited_at < begun):
                return False
            begun = begun or visits[-1].visited_at
            if visits[-1].is_last:
                return True
        return False

    def way_was_read_whole(self, source: str, way: str, firsts: Sequence[str]) -> bool:
        """The same for lists whose pages are known by their links alone: each that was begun came to its end.

        `firsts` are the addresses of their first pages.
        """
        if not all(self.visits.get(url) for url in firsts):
            return False
        begun = min(self.visits[url][-1].visited_at for url in firsts)
        visits = [
            visit for kept in self.visits.values() for visit in kept if (visit.source, visit.way) == (source, way)
        ]
        return sum(visit.is_last and visit.visited_at >= begun for visit in visits) >= len(firsts)

    def is_edited(self, url: str, modified: datetime | None, now: datetime) -> bool:
        """True when a kept article is to be asked for again.

        `modified` is when its list says it was last changed; where it says nothing, or a time to come, its age decides
        (REVISIT_DAYS).
        """
        if url not in self.checked:
            return False
        first, last = self.checked[url]
        if modified is not None and modified <= now:
            return modified > last
        ages = [first + timedelta(days) for days in REVISIT_DAYS]
        return any(last < age <= now for age in ages)


def trusted_validators(visits: Sequence[ListVisit]) -> dict[str, str]:
    """Headers of a conditional request for a list; none where its validators have not proved trustworthy.

    They have when they changed with the list at least once and never stayed the same while the list changed: some
    feeds have one ETag for ever. A list that only ever says "not modified" is asked for whole now and then.

    >>> from datetime import UTC
    >>> def visit(etag, digest, status=200):
    ...     return ListVisit("https://a.example/feed", "a", "feed", datetime.now(UTC), status, etag, None, digest)
    >>> trusted_validators([visit("1", "x"), visit("2", "y"), visit("2", "y")])
    {'If-None-Match': '2'}
    >>> trusted_validators([visit("1", "x"), visit("2", "y"), visit("2", "z")])
    {}
    """
    told = [visit for visit in visits if visit.status == 200 and visit.digest and (visit.etag or visit.last_modified)]
    lately = [visit.status for visit in visits[-UNCHANGED_ENOUGH:]]
    if len(told) < 3 or lately == [304] * UNCHANGED_ENOUGH:
        return {}
    has_changed = False
    for before, after in pairwise(told):
        if before.digest != after.digest:
            if (before.etag, before.last_modified) == (after.etag, after.last_modified):
                return {}
            has_changed = True
    if not has_changed:
        return {}
    headers = {"If-None-Match": told[-1].etag, "If-Modified-Since": told[-1].last_modified}
    return {name: value for name, value in headers.items() if value}


def is_taken_up(visit: ListVisit) -> bool:
    """True when nothing that the list had was left out of that crawl: not for an audit, nor beyond the days wanted."""
    return visit.problem is None and (visit.status != 200 or visit.digest is not None)


def _is_read(visit: ListVisit, source: str) -> bool:
    return visit.source == source and visit.problem is None and visit.status in (200, 304)
