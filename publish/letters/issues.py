"""Which letter is due to a reader at an instant, and which days of each of her choices it tells.

At 06.00 of her zone yesterday is over, and on a Monday the week. A letter that comes late tells what one in time would
have told, and no day of a choice is told by two letters, also where its reader changes between weekly and daily.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from publish.letters.parts import ZONES

Zone = Literal["WIB", "WITA", "WIT"]
Cadence = Literal["weekly", "daily"]
Days = tuple[date, date]
"""The first and the last day."""

HOUR = timedelta(hours=6)
"""When a day's letter is due, after midnight of the reader's zone."""
MOST_DAYS = 7
"""Days that a daily letter makes up for."""
AHEAD = timedelta(days=2)
"""How far beyond the last day that is over a letter may have told: its reader had another zone, or the clock a day."""


@dataclass(frozen=True, slots=True)
class Told:
    """How far a reader was told of a choice."""

    cadence: Cadence
    since: date
    """The day, in her zone, on which she confirmed it."""
    until: date | None = None
    """The last day that a letter told of it."""


@dataclass(frozen=True, slots=True)
class Issue:
    """A letter that is due."""

    key: str
    """The ISO week that it tells, `2026-W47`; where it tells only of days, the last of them, `2026-11-21`."""
    days: Mapping[int, Days]
    """The days of each choice that is due, by the key under which it was given."""


def local_day(instant: datetime, zone: Zone) -> date:
    """The day that an instant with an offset falls on in a zone.

    >>> local_day(datetime.fromisoformat("2026-11-22T15:30:00+00:00"), "WIT").isoformat()
    '2026-11-23'
    """
    return instant.astimezone(ZONES[zone]).date()


def last_day_over(now: datetime, zone: Zone) -> date:
    """The last day that letters may tell: yesterday from 06.00 on, before that the day before yesterday.

    Raises ValueError for an instant without an offset.

    >>> last_day_over(datetime.fromisoformat("2026-11-23T05:59:00+07:00"), "WIB").isoformat()
    '2026-11-21'
    >>> last_day_over(datetime.fromisoformat("2026-11-23T05:59:00+07:00"), "WITA").isoformat()
    '2026-11-22'
    """
    if now.utcoffset() is None:
        raise ValueError(f"an instant without an offset: {now.isoformat()}")
    return local_day(now - HOUR, zone) - timedelta(days=1)


def due_issue(now: datetime, zone: Zone, choices: Mapping[int, Told]) -> Issue | None:
    """The letter that is due to a reader at `now` (with an offset), or None.

    A weekly choice is due for the last week that is over, unless its reader joined after it or was told of it; of weeks
    that were missed only the newest. A daily one is due for the days since it was told, seven at most. What is due
    together is one letter. What a clock told that ran far AHEAD counts as not told, or no letter came until then.

    >>> monday = datetime.fromisoformat("2026-11-23T06:00:00+07:00")
    >>> due_issue(monday, "WIB", {1: Told("weekly", date(2026, 11, 18))}).key
    '2026-W47'
    """
    last = last_day_over(now, zone)
    days = {
        key: due
        for key, told in choices.items()
        if (due := _due_week(last, told) if told.cadence == "weekly" else _due_days(last, told))
    }
    if not days:
        return None
    weeks = [due[1] for key, due in days.items() if choices[key].cadence == "weekly"]
    return Issue(week_key(weeks[0]) if weeks else last.isoformat(), days)


def week_key(day: date) -> str:
    """The ISO week of a day.

    >>> week_key(date(2027, 1, 3)), week_key(date(2027, 1, 4))
    ('2026-W53', '2027-W01')
    """
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _told_until(last: date, told: Told) -> date | None:
    return told.until if told.until and told.until <= last + AHEAD else None


def _due_week(last: date, told: Told) -> Days | None:
    sunday = last - timedelta(days=last.isoweekday() % 7)
    monday = sunday - timedelta(days=6)
    until = _told_until(last, told)
    first = max(monday, until + timedelta(days=1)) if until else monday
    return (first, sunday) if first <= sunday and told.since <= sunday else None


def _due_days(last: date, told: Told) -> Days | None:
    first = max(told.since, last - timedelta(days=MOST_DAYS - 1))
    if until := _told_until(last, told):
        first = max(first, until + timedelta(days=1))
    return (first, last) if first <= last else None
