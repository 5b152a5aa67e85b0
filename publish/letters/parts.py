"""What a letter covers: choices, each with its days in the reader's zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from publish.letters.scopes import Scope

ZONES: Mapping[str, timezone] = {
    name: timezone(timedelta(hours=hours), name) for name, hours in (("WIB", 7), ("WITA", 8), ("WIT", 9))
}
"""The zones of our readers; none of them has summer time."""


@dataclass(frozen=True, slots=True)
class Part:
    """A choice and the days for which it is told."""

    scope: Scope
    first: date
    last: date
    """Belongs to the days."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days in a zone."""

    first: date
    last: date
    """Belongs to the days."""
    zone: timezone

    @property
    def begins(self) -> str:
        """The instant of the first midnight, as public.db writes instants."""
        return _midnight(self.first, self.zone)

    @property
    def ends(self) -> str:
        """The instant of the midnight after the last day."""
        return _midnight(self.last + timedelta(days=1), self.zone)

    @property
    def parameters(self) -> dict[str, str]:
        """For queries: `first`, `last`, `begins`, `ends`, and `offset` as SQLite's date() takes it."""
        hours = int(self.zone.utcoffset(None).total_seconds() // 3600)
        return {
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "begins": self.begins,
            "ends": self.ends,
            "offset": f"{hours:+} hours",
        }

    @property
    def is_week(self) -> bool:
        """Whether the days are a Monday to a Sunday."""
        return self.first.weekday() == 0 and (self.last - self.first).days == 6


def span_of(parts: Sequence[Part], zone: str) -> Span:
    """From the first day of any part to the last. Raises ValueError without a part, for days out of order or a zone
    that is none of ZONES."""
    if not parts:
        raise ValueError("a letter without a part says nothing")
    if zone not in ZONES:
        raise ValueError(f"{zone}: not a zone of our readers, which are {', '.join(ZONES)}")
    for part in parts:
        if part.first > part.last:
            raise ValueError(f"{part.first} to {part.last}: the last day lies before the first")
    return Span(min(part.first for part in parts), max(part.last for part in parts), ZONES[zone])


def _midnight(day: date, zone: timezone) -> str:
    """As UTC, which is how public.db writes when something was fetched.

    >>> _midnight(date(2026, 11, 23), ZONES["WIB"])
    '2026-11-22T17:00:00+00:00'
    """
    return datetime.combine(day, time(), zone).astimezone(UTC).isoformat()
