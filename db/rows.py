"""What every writer of rows needs."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database


def insert(db: Database, table: str, row: dict[str, Any], how: str = "insert") -> None:
    """Insert a row, or what `how` says instead of `insert`."""
    # By hand where it is done for every page: sqlite-utils asks for the schema anew each time.
    values = ", ".join(f":{column}" for column in row)
    names = ", ".join(f'"{column}"' for column in row)
    db.execute(f"{how} into {table} ({names}) values ({values})", row)


def first(db: Database, sql: str, *parameters: object) -> dict[str, Any] | None:
    """The first row of a query, or None."""
    return next(db.query(sql, list(parameters)), None)


def utc(instant: datetime) -> str:
    """An instant as it is kept: ISO 8601 in UTC. Raises ValueError for one without an offset."""
    if instant.utcoffset() is None:
        raise ValueError(f"an instant without an offset: {instant.isoformat()}")
    return instant.astimezone(UTC).isoformat()


def now() -> str:
    """The present instant as it is kept, to the microsecond: what one run did is told from what the next one did by it,
    and two can be in one second."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def event_id(regency: str | None, stage: str, start_date: str | None, *apart: str) -> str:
    """First 12 hex digits of the SHA-256 of what an event is, so that it is the same after every rebuild.

    `apart` is what more is needed to tell two events of one regency, stage and day from each other.

    >>> event_id("19.03", "evaluasi-2", "2023-11-03")
    '7baadd278f4d'
    >>> event_id(None, "penghargaan", None) == event_id(None, "penghargaan", "2023")
    False
    """
    name = "|".join(part or "-" for part in (regency, stage, start_date, *apart))
    return hashlib.sha256(name.encode()).hexdigest()[:12]
