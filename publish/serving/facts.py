"""What the files of an installation say of how it is doing; nothing is judged here."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from db.mailing.ledger import IS_WANTED

Row = dict[str, Any]
MOST_SECONDS = 3.0
"""How long the questions to one file may take together: who asks is a machine, and asks again."""

RELEASE = "select id, hash, made_at, articles, events from release"
# The run that makes a file has not ended in it.
BAKED = "select max(started_at) as at from runs where command = 'publish'"
NEWEST = """
select max(published_date) as published_date
from articles
where is_relevant = 1 and published_date <= :today
"""
SOURCES = """
select name, verdict, visited_at, read_at, last_published_date as newest_article_date
from sources
where kind <> 'file'
order by name
"""
FATES = "select fate, sum(urls) as urls from fates group by fate order by fate"
FUNNEL = """
select sum(found) as found, sum(kept) as kept, sum(read) as read, sum(on_programme) as on_programme,
    sum(not_sure) as not_sure, sum(with_event) as with_event
from funnel
"""
LETTER = "select week, monday, made_at from digests order by monday desc limit 1"
RUNS = """
with latest as (
    select command, max(id) as id, max(ended_at) as last_ended_at, count(*) as runs
    from runs
    group by command
)
select runs.command as word, id, started_at, ended_at, last_ended_at, runs.id = (select max(id) from runs) as is_newest
from latest
join runs using (id)
order by runs.command
"""
ALARMS = """
select source, kind, level, raised_at
from alarms
where ended_at is null
order by source, kind
"""
DELIVERIES = "select state, count(*) as letters from deliveries group by state order by state"
DUE = f"""
select count(*) as letters, min(coalesce(next_at, due_at)) as since
from deliveries
where state in ('due', 'handing', 'deferred') and coalesce(next_at, due_at) <= :now and {IS_WANTED}
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What could be read; None stands for what could not be, or is not there."""

    release: Row | None = None
    baked_at: str | None = None
    """When the file of the release began to be made; the release itself is as old as its content."""
    newest_article_date: str | None = None
    """Of the articles on the programme, those dated in the future left out."""
    sources: Sequence[Row] = ()
    fates: Mapping[str, int] = field(default_factory=dict)
    funnel: Mapping[str, int] = field(default_factory=dict)
    letter: Row | None = None
    runs: Sequence[Row] = ()
    """The last run of each word; from pantau.db, or as public.db knows them."""
    alarms: Sequence[Row] | None = None
    letters: Mapping[str, int] | None = None
    """Deliveries by state, over all readers."""
    due: Row | None = None
    """How many letters wait to be handed over now, and since when the first."""
    readable: Mapping[str, bool] = field(default_factory=dict)
    """Whether each database could be read; one that is not there is left out."""
    free_bytes: int = 0
    public_bytes: int = 0


def read_facts(public: Path, data: Path, now: datetime) -> Facts:
    """What the public database `public`, pantau.db and mail.db beside it in `data`, and the disk say at `now`.

    Never raises because of a file: what is locked, broken, of another version, slow or not ours to read is left out,
    and `readable` says so.
    """
    facts = Facts(
        free_bytes=shutil.disk_usage(data).free, public_bytes=public.stat().st_size if public.is_file() else 0
    )
    readable: dict[str, bool] = {}
    for name, path, read in (
        ("public", public, _read_public),
        ("pantau", data / "pantau.db", _read_private),
        ("mail", data / "mail.db", _read_mail),
    ):
        if not path.is_file():
            continue
        try:
            with _opened(path, is_immutable=name == "public") as db:
                facts = read(facts, db, now)
            readable[name] = True
        except (sqlite3.Error, OSError):
            readable[name] = False
    return replace(facts, readable=readable)


def _read_public(facts: Facts, db: sqlite3.Connection, now: datetime) -> Facts:
    return replace(
        facts,
        release=_row(db, RELEASE),
        baked_at=(_row(db, BAKED) or {}).get("at"),
        newest_article_date=(_row(db, NEWEST, today=now.date().isoformat()) or {}).get("published_date"),
        sources=_rows(db, SOURCES),
        fates={row["fate"]: row["urls"] for row in _rows(db, FATES)},
        funnel={name: number or 0 for name, number in (_row(db, FUNNEL) or {}).items()},
        letter=_row(db, LETTER),
        runs=[row for row in _rows(db, RUNS) if row["word"] != "publish"],
    )


def _read_private(facts: Facts, db: sqlite3.Connection, now: datetime) -> Facts:
    return replace(facts, runs=_rows(db, RUNS), alarms=_rows(db, ALARMS))


def _read_mail(facts: Facts, db: sqlite3.Connection, now: datetime) -> Facts:
    letters = {row["state"]: row["letters"] for row in _rows(db, DELIVERIES)}
    return replace(facts, letters=letters, due=_row(db, DUE, now=now.astimezone(UTC).isoformat(timespec="seconds")))


@contextmanager
def _opened(path: Path, is_immutable: bool) -> Iterator[sqlite3.Connection]:
    more = "&immutable=1" if is_immutable else ""
    # No wait for a lock: whoever writes goes before whoever looks.
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro{more}", uri=True, timeout=0.2)) as db:
        db.row_factory = sqlite3.Row
        until = monotonic() + MOST_SECONDS
        db.set_progress_handler(lambda: monotonic() > until, 10_000)
        yield db


def _rows(db: sqlite3.Connection, sql: str, **parameters: Any) -> list[Row]:
    return [dict(row) for row in db.execute(sql, parameters)]


def _row(db: sqlite3.Connection, sql: str, **parameters: Any) -> Row | None:
    return next(iter(_rows(db, sql, **parameters)), None)
