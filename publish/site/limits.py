"""How often somebody may do something, counted over all processes of the site; sessions that were ended.

Both lie in `.serving/limits.db` beside public.db, which may be removed at any time: counting then begins anew, and so
does the secret beside it, with which all sessions end. Who is counted stands there as a keyed hash.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from publish.site.writing import ask_file

T = TypeVar("T")
DATA = "PANTAU_DATA"
"""Environment variable of a running site, set by `pantau serve`: the data folder."""
SCHEMA = """
create table if not exists counts (
    what text not null,
    who text not null,
    times integer not null,
    until real not null,
    primary key (what, who)
) without rowid;
create index if not exists counts_until on counts (until);
create table if not exists ended (session text primary key, until real not null) without rowid;
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """How often one may do one thing within a time that begins with the first."""

    what: str
    most: int
    seconds: int


async def take(limit: Limit, who: str) -> bool:
    """Count one more for whom it is; whether that is within the limit. Raises BusyError."""
    return await _ask(partial(_take, limit=limit, who=_key(who)))


async def give_back(limit: Limit, who: str) -> None:
    """Count one less. Raises BusyError."""
    await _ask(_changing("update counts set times = times - 1 where what = ? and who = ?", limit.what, _key(who)))


async def forget(limit: Limit, who: str) -> None:
    """Count anew for whom it is. Raises BusyError."""
    await _ask(_changing("delete from counts where what = ? and who = ?", limit.what, _key(who)))


async def end_session(session: str, seconds: int) -> None:
    """Let a session open nothing any more; `seconds` is how long it would have lasted. Raises BusyError."""
    await _ask(_changing("insert or replace into ended values (?, ?)", _key(session), time.time() + seconds))


def is_ended(session: str) -> bool:
    """Whether a session was ended. Where nobody can say, it was."""
    path = _path()
    if path is None or not path.is_file():
        return False
    try:
        with closing(_open(path)) as db:
            return db.execute("select 1 from ended where session = ?", [_key(session)]).fetchone() is not None
    except sqlite3.Error:
        return True


def forget_all() -> None:
    """Begin anew, as on the first day."""
    if path := _path():
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()


def _path() -> Path | None:
    folder = os.environ.get(DATA)
    return Path(folder) / ".serving" / "limits.db" if folder else None


async def _ask(work: Callable[[Database], T]) -> T:
    path = _path()
    if path is None:
        raise FileNotFoundError("no data folder")
    return await ask_file(path, _open, work)


def _open(path: Path) -> Database:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    connection = sqlite3.connect(path)
    connection.execute("pragma journal_mode = wal")
    # A power cut may forget what was counted last.
    connection.execute("pragma synchronous = off")
    connection.executescript(SCHEMA)
    return Database(connection)


def _take(db: Database, limit: Limit, who: str) -> bool:
    now = time.time()
    counted = """
    insert into counts (what, who, times, until)
    values (?, ?, 1, ?)
    on conflict (what, who) do update set times = times + 1
    returning times
    """
    with db.conn:
        for table in ("counts", "ended"):
            db.conn.execute(f"delete from {table} where until < ?", (now,))
        (times,) = db.conn.execute(counted, (limit.what, who, now + limit.seconds)).fetchone()
    return bool(times <= limit.most)


def _changing(sql: str, *values: object) -> Callable[[Database], None]:
    def change(db: Database) -> None:
        with db.conn:
            db.conn.execute(sql, values)

    return change


def _key(who: str) -> str:
    """The same for the same, and to nobody else who it is."""
    return hmac.digest(os.environ.get("DATASETTE_SECRET", "").encode(), who.encode(), hashlib.sha256).hex()[:32]
