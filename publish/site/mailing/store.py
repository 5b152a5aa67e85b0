"""mail.db as the pages of the letter use it, never made by a question."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from db.mailing.connect import open_mail_db
from publish.site.limits import DATA
from publish.site.writing import ask_file

T = TypeVar("T")


def mail_db() -> Path | None:
    """The file of the running site, which may not be there yet; None for a site that is for reading only."""
    folder = os.environ.get(DATA)
    return Path(folder) / "mail.db" if folder else None


async def ask_mail(work: Callable[[Database], T]) -> T | None:
    """What `work` answers of mail.db; None where nobody ever asked.

    Raises BusyError as ask_file does.
    """
    path = mail_db()
    if path is None or not path.is_file():
        return None
    return await ask_file(path, open_mail_db, work)


async def change_mail(work: Callable[[Database], T]) -> T:
    """Like ask_mail; makes the file where there is none. Raises FileNotFoundError on a site for reading only."""
    path = mail_db()
    if path is None:
        raise FileNotFoundError("no data folder")
    return await ask_file(path, open_mail_db, work)
