"""A private database as pages use it: on a thread and a connection of its own, for a moment."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

T = TypeVar("T")
BUSY_MS = 3000
"""How long a reader waits for a command that writes, before being told to come back."""
NOW_NOT = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL,
           sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}  # fmt: skip


class BusyError(Exception):
    """The database cannot be written now; nothing was changed, and the reader may try again."""


async def ask_file(path: Path, open_file: Callable[[Path], Database], work: Callable[[Database], T]) -> T:
    """What `work` answers of a database.

    Raises BusyError where a command writes for too long, or where the disk takes nothing.
    """
    return await asyncio.to_thread(_ask, path, open_file, work)


def _ask(path: Path, open_file: Callable[[Path], Database], work: Callable[[Database], T]) -> T:
    try:
        with closing(open_file(path)) as db:
            db.execute(f"pragma busy_timeout = {BUSY_MS}")
            return work(db)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in NOW_NOT:
            raise BusyError from error
        raise
    except OSError as error:
        raise BusyError from error
