"""What a letter covers: choices, each with its days in the reader's zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Literal

from sqlite_utils import Database

from publish.dates_id import Language
from publish.letters.scopes import Scope, renamed, renamed_parameters
from publish.letters.wording import say

Condition = Literal["where", "where_version", "where_article", "where_report", "where_regency"]
"""A condition of Scope, by the name of its field."""

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
    known_since: str | None = None
    """The instant up to which the former letter on it knew, where it is not that of the others."""


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

    @property
    def ends_a_week(self) -> bool:
        """Whether a Sunday is among the days: what is told once a week is told then."""
        return (self.last - self.first).days >= (6 - self.first.weekday())


def span_of(parts: Sequence[Part], zone: str) -> Span:
    """From the first day of any part to the last.

    Raises ValueError without a part, for days out of order or a zone that is none of ZONES.
    """
    if not parts:
        raise ValueError("a letter without a part has no days")
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


@dataclass(frozen=True, slots=True)
class Asked:
    """A letter that is to be read: for whom, of when, from what."""

    db: Database
    """public.db."""
    parts: Sequence[Part]
    span: Span
    """All days of the parts."""
    lang: Language
    site: str
    """Address of the site, without a slash at its end."""
    known_since: str | None = None
    """The instant up to which the reader's former letter knew; None where there was none."""

    @property
    def days(self) -> dict[str, str]:
        """Span.parameters."""
        return self.span.parameters

    def since(self, number: int) -> str:
        """Up to which instant the former letter on a part knew; later than all where there was none."""
        return self.parts[number].known_since or self.known_since or "~"

    def say(self, key: str, **values: object) -> str:
        """Words in the language of the letter."""
        return say(key, self.lang, **values)

    def columns(self, condition: Condition) -> str:
        """A column for each part that says whether a row belongs to its scope: part_0, part_1, …"""
        return ", ".join(f"{said} as part_{number}" for number, said in enumerate(self.conditions(condition)))

    def any_of(self, condition: Condition) -> str:
        """Whether a row belongs to the scope of any part."""
        return f"({' or '.join(self.conditions(condition))})"

    def conditions(self, condition: Condition) -> Iterator[str]:
        """The condition of each part."""
        for number, part in enumerate(self.parts):
            yield f"({renamed(getattr(part.scope, condition), number)})"

    @property
    def parameters(self) -> dict[str, object]:
        """What the scopes' conditions need."""
        return {
            name: value
            for number, part in enumerate(self.parts)
            for name, value in renamed_parameters(part.scope, number).items()
        }


def belongs_to(row: Mapping[str, object]) -> frozenset[int]:
    """The parts of which the columns of `Asked.columns` say yes; their numbers.

    >>> sorted(belongs_to({"id": "x", "part_0": 0, "part_1": 1, "part_12": 1}))
    [1, 12]
    """
    return frozenset(int(name.removeprefix("part_")) for name, said in row.items() if name[:5] == "part_" and said)
