"""When a source is to be asked again: daily, and sooner where its lists run on faster than they are read."""

from __future__ import annotations

from datetime import datetime, timedelta

from crawler.items import SourceRecord
from crawler.watch.health import FEWEST_KNOWN, overlap_of

DAILY = timedelta(days=1)
SOONEST = timedelta(hours=1)
MOST_KNOWN = 2 / 3
"""A list of which more was known is asked sooner than it need be."""


def is_due(record: SourceRecord, now: datetime, is_waiting: bool = False) -> bool:
    """True when a source is to be asked: it never was, its time has come, or something of it waits to be fetched.

    What waits because the source refused or its budget was spent, as its last visit says, waits for its time.
    """
    if not record.polls or record.polls[-1].at + interval(record) <= now:
        return True
    return is_waiting and all(way.problem is None for way in record.polls[-1].ways)


def interval(record: SourceRecord) -> timedelta:
    """The time from one visit of a source to the next.

    A day at first. Half of it after a visit whose lists had hardly anything that was known, for something may have
    fallen off their end in between; half as much again, up to a day, after one that had hardly anything new. (Media
    Cloud's rule for its feeds: rss-fetcher, fetcher/tasks.py.)
    """
    wait = DAILY
    for overlap in map(overlap_of, record.polls[1:]):
        if overlap is not None and overlap < FEWEST_KNOWN:
            wait = max(SOONEST, wait / 2)
        elif overlap is not None and overlap > MOST_KNOWN:
            wait = min(DAILY, wait * 1.5)
    return wait
