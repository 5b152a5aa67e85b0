"""Events that we came to know of after the letter on their days had gone out."""

from __future__ import annotations

import json
from collections.abc import Collection

from publish.letters.events import Parts
from publish.letters.parts import Asked, belongs_to
from publish.letters.rows import read_rows


def find_late(asked: Asked, told: Collection[str]) -> dict[str, Parts]:
    """Events first known after the reader's former letter that no article of the days tells; with their parts, by id.

    The newest first: those whose first article appeared before the days of a part, and those of which no article has a
    date, which belong to no days at all. What appeared after the days waits for the next letter. Without a former
    letter there are none. An event that was known under another id is not new; one that was withdrawn then and is told
    again is.
    """
    if asked.known_since is None:
        return {}
    rows = read_rows(
        asked.db,
        f"""
        with begun as (
            select distinct coalesce(merged_events.event_id, event_versions.event_id) as id
            from event_versions
            left join merged_events on merged_events.id = event_versions.event_id
            where event_versions.known_from > :since
        )
        select events.id, events.first_published_date, {asked.columns("where")},
            (
                select json_group_array(json_array(event_versions.known_from, event_versions.known_to))
                from event_versions
                where event_versions.event_id = events.id
                    or event_versions.event_id in (select id from merged_events where event_id = events.id)
            ) as known
        from begun
        join events on events.id = begun.id
        where {asked.any_of("where")}
        order by events.first_published_date desc nulls last, events.id
        """,
        since=asked.known_since,
        **asked.parameters,
    )
    found = {}
    for row in rows:
        published = row["first_published_date"]
        parts = frozenset(
            number
            for number in belongs_to(row)
            if (published is None or published < asked.parts[number].first.isoformat())
            and not _was_known(row["known"], asked.since(number))
        )
        if parts and row["id"] not in told:
            found[row["id"]] = parts
    return found


def _was_known(versions: str, instant: str) -> bool:
    """Whether an event was told at an instant, from when to when each of its versions was."""
    return any(begun <= instant and (ended is None or ended > instant) for begun, ended in json.loads(versions))
