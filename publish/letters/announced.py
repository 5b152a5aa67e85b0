"""Events that were only announced: those to come, and those whose day has passed without a word."""

from __future__ import annotations

from datetime import date, timedelta

from publish.letters.events import Parts, is_past, last_day
from publish.letters.parts import Asked, Part, belongs_to
from publish.letters.rows import read_rows

WAITED = timedelta(days=21)
"""How long before its days a letter on a week still says that there is no word of what was announced."""
LONGEST_WAIT = timedelta(days=400)
"""How long before its end an event may have begun: what is announced for a year ends with it."""


def find_to_come(asked: Asked) -> dict[str, Parts]:
    """Events that begin after the last day of a part of their scope; each with its parts, by id."""
    rows = read_rows(
        asked.db,
        f"""
        select events.id, events.start_date, {asked.columns("where")}
        from events
        where events.start_date > :first_last
            -- Of a past week, what only later articles tell is left out; of a day that differs by the zone they decide.
            and (events.first_published_date <= date(:last, '+1 day') or events.first_published_date is null)
            and {asked.any_of("where")}
        """,
        last=asked.days["last"],
        first_last=min(part.last for part in asked.parts).isoformat(),
        **asked.parameters,
    )
    return {
        row["id"]: parts
        for row in rows
        if (parts := frozenset(n for n in belongs_to(row) if row["start_date"] > asked.parts[n].last.isoformat()))
    }


def find_passed(asked: Asked) -> dict[str, Parts]:
    """Events that no article says took place although their day has passed lately; each with its parts, by id.

    A letter on a week or more repeats them for WAITED, one on fewer days says each once.
    """
    since = min(_since(part) for part in asked.parts)
    rows = read_rows(
        asked.db,
        f"""
        select events.id, events.start_date, events.end_date, events.status, {asked.columns("where")}
        from events
        where events.start_date >= :earliest and events.start_date <= :last and events.status = 'announced'
            and {asked.any_of("where")}
        """,
        # The year alone: it sorts before its months and days.
        earliest=str((since - LONGEST_WAIT).year),
        last=asked.days["last"],
        **asked.parameters,
    )
    found = {}
    for row in rows:
        end = last_day(row["end_date"] or row["start_date"])
        parts = frozenset(
            number
            for number in belongs_to(row)
            if is_past(row, asked.parts[number].last) and end >= _since(asked.parts[number])
        )
        if parts:
            found[row["id"]] = parts
    return found


def _since(part: Part) -> date:
    return part.first - WAITED if (part.last - part.first).days >= 6 else part.first
