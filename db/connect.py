"""Opening the two database files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database, Migrations

from db.migrations import migrations

BUSY_MS = 30_000
"""How long a writer waits for another writer: the longest single transaction is a bake's or a reference load's."""
MOST_MEMORY = 512 * 1024 * 1024
"""Bytes that SQLite in a process holds while strangers ask."""


class NewerDatabaseError(sqlite3.DatabaseError):
    """The file has a migration that this program does not know. The message names both."""


def open_db(path: Path | str, changes: Migrations = migrations) -> Database:
    """The private database, or one of other migrations, made where it is missing, with every migration applied.

    `:memory:` gives one that lives as long as its connection. The file is in WAL mode, so it may be read while a
    command writes. Foreign keys are enforced on this connection. Of processes that open a file at once one migrates it,
    in one transaction, and the others wait. Raises NewerDatabaseError, and leaves the file as it is, where a newer
    version of this program made it.
    """
    if str(path) != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    db = Database(str(path))
    db.execute(f"pragma busy_timeout = {BUSY_MS}")
    db.execute("pragma foreign_keys = on")
    db.execute("pragma journal_mode = wal")
    # A power cut may undo the last transactions, but in their order and each whole; a killed process undoes none. What
    # was undone is done again, and the crawl need not wait for the disk three times a page.
    db.execute("pragma synchronous = normal")
    # What is read out of articles lies by their ids, which come in no order, so each writes to pages of its own; those
    # of many transactions are copied to the file together.
    db.execute("pragma wal_autocheckpoint = 10000")
    if unknown := {one.name for one in changes.applied(db)} - {
        one.name for one in changes.pending(Database(memory=True))
    }:
        db.close()
        raise NewerDatabaseError(
            f"{path}: made by a newer version of this program, which is needed to go on ({', '.join(sorted(unknown))} "
            "is not known here)"
        )
    if changes.pending(db):
        # What is pending is looked up anew under the lock: of two processes after an upgrade the second finds it done.
        with transaction(db):
            changes.apply(db)
    return db


def open_read_only(path: Path | str) -> Database:
    """A database file that can only be read: public.db for the letter, or pantau.db for a look.

    Raises FileNotFoundError where there is no such file.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no database at {path}: `pantau publish` makes public.db, `pantau crawl` pantau.db")
    return Database(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True))


def hold_pages(db: Database) -> None:
    """Let a connection hold 256 MiB of a file's pages, as whoever goes over all of a large one needs."""
    db.execute("pragma cache_size = -262144")


def limit_memory(connection: sqlite3.Connection) -> None:
    """Let SQLite in this process hold 512 MiB at most, before a stranger's query is asked; beyond it is a MemoryError.

    No time limit ends a query that is still being prepared: sixteen of its common tables, each the one before twice,
    are 65,536 tables to SQLite, and twenty a million.
    """
    connection.execute(f"pragma hard_heap_limit = {MOST_MEMORY}")


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """All that is written inside, or nothing of it; other writers wait. Inside another one it is a part of that.

    Not `db.atomic()`: a transaction that reads before it writes is refused without waiting when another command wrote
    in between, so this one takes the write lock at once.
    """
    if db.conn.in_transaction:
        yield
        return
    db.execute("begin immediate")
    try:
        yield
        db.commit()
    finally:
        db.rollback()
