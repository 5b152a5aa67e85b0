"""Opening mail.db, the one file with readers' addresses."""

from __future__ import annotations

import secrets
from pathlib import Path

from sqlite_utils import Database

from db.connect import open_db, transaction
from db.mailing.migrations import migrations


def open_mail_db(path: Path | str) -> Database:
    """The database of subscribers and letters, made where it is missing, every migration applied; see open_db.

    A new file can be read by its owner alone. It lies beside pantau.db and not in it: that file is handed to colleagues
    and written to for minutes by a bake, while somebody who unsubscribes must not wait.
    """
    if str(path) != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).touch(mode=0o600)
    db = open_db(path, migrations)
    # A letter that was handed over must stay so after a power cut too, or it is sent twice.
    db.execute("pragma synchronous = full")
    return db


def read_secret(db: Database, name: str) -> bytes:
    """32 random bytes by which what we send out is recognised as ours; made at the first use, the same ever after."""
    there = "select secret from secrets where name = ?"
    row = db.execute(there, [name]).fetchone()
    if row is None:
        # Only now: a page that checks a token waits for nobody who writes.
        with transaction(db):
            db.execute("insert or ignore into secrets (name, secret) values (?, ?)", [name, secrets.token_bytes(32)])
        row = db.execute(there, [name]).fetchone()
    return bytes(row[0])
