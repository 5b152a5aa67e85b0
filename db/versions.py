"""What we said of each event, and from when to when we said it.

Triggers of the table `events` queue what is written there (`unversioned`), so a run that is killed between an event and
its version loses none.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlite_utils import Database

from db.connect import transaction
from db.rows import utc

BATCH = 5000


def record_versions(db: Database, known_at: datetime) -> int:
    """Keep what is said of events written since the last time, as known from an instant on; how many versions began.

    A version ends and the next begins only where something else is said: stage, regency, edition, dates, status, venue
    or mode. Counts do not matter, nor what was said for a moment only, between two calls. The version of an event that
    is gone, or has become a part of another, ends. Should the clock have gone back, a version begins when the one
    before it began.
    """
    begun = 0
    while True:
        with transaction(db):
            events = [row[0] for row in db.execute("select event_id from unversioned limit ?", [BATCH])]
            if not events:
                return begun
            written = {"events": json.dumps(events), "known_at": utc(known_at)}
            _end_versions(db, written)
            begun += _begin_versions(db, written)
            db.execute("delete from unversioned where event_id in (select value from json_each(:events))", written)


def _end_versions(db: Database, written: dict[str, str]) -> None:
    db.execute(
        """
        update event_versions
        set known_to = max(:known_at, known_from)
        where known_to is null
            and event_id in (select value from json_each(:events))
            and (stage_code, regency_code, edition, start_date, end_date, status, venue, mode) is not (
                select stage_code, regency_code, edition, start_date, end_date, status, venue, mode
                from events
                where events.id = event_versions.event_id
            )
        """,
        written,
    )


def _begin_versions(db: Database, written: dict[str, str]) -> int:
    return db.execute(
        """
        insert into event_versions (
            event_id, number, stage_code, regency_code, edition, start_date, end_date, status, venue, mode, known_from
        )
        select
            events.id, count(former.number) + 1, events.stage_code, events.regency_code, events.edition,
            events.start_date, events.end_date, events.status, events.venue, events.mode,
            max(:known_at, coalesce(max(former.known_to), ''))
        from json_each(:events) as written
        join events on events.id = written.value
        left join event_versions as former on former.event_id = events.id
        group by events.id
        having count(former.number) = count(former.known_to)
        """,
        written,
    ).rowcount
