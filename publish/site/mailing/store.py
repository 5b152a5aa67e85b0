"""mail.db as the pages of the letter use it: on a thread, for a moment, and never made by a question."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from db.mailing.connect import open_mail_db
from publish.site.reviewing.accounts import DATA

T = TypeVar("T")
BUSY_MS = 3000
"""How long a reader waits for a command that writes, before being told to come back."""
NOW_NOT = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL,
           sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}  # fmt: skip


class BusyError(Exception):
    """mail.db cannot be written now; nothing was changed, and the reader may try again."""


def mail_db() -> Path | None:
    """The file of the running site, which may not be there yet; None for a site that is for reading only."""
    folder = os.environ.get(DATA)
    return Path(folder) / "mail.db" if folder else None


async def ask_mail(work: Callable[[Database], T]) -> T | None:
    """What `work` answers of mail.db, on a thread and a connection of its own; None where nobody ever asked.

    Raises BusyError where a command writes for too long, or where the disk takes nothing.
    """
    path = mail_db()
    if path is None or not path.is_file():
        return None
    return await asyncio.to_thread(_ask, path, work)


async def change_mail(work: Callable[[Database], T]) -> T:
    """Like ask_mail; makes the file where there is none. Raises FileNotFoundError on a site for reading only."""
    path = mail_db()
    if path is None:
        raise FileNotFoundError("no data folder")
    return await asyncio.to_thread(_ask, path, work)


def _ask(path: Path, work: Callable[[Database], T]) -> T:
    try:
        db = open_mail_db(path)
        try:
            db.execute(f"pragma busy_timeout = {BUSY_MS}")
            return work(db)
        finally:
            db.close()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in NOW_NOT:
            raise BusyError from error
        raise
    except OSError as error:
        raise BusyError from error
