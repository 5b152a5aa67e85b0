"""Whether a file can be shown to readers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal

from publish.release import PUBLIC_SQL

Unfit = Literal["missing", "old", "broken"]

PARTS = """
select tables.name || '.' || columns.name
from sqlite_master as tables
join pragma_table_info(tables.name) as columns
where tables.type = 'table' and tables.name <> 'texts'
union all
select 'index ' || name
from sqlite_master
where type = 'index' and sql is not null and tbl_name <> 'texts'
"""
"""Columns and indexes, which pages name too, but of a table that is only there where the owner said so."""
SHOWN = 5


class UnfitError(Exception):
    """A file that cannot be shown. The message, for the operator, says why and not which."""

    def __init__(self, why: Unfit, message: str) -> None:
        super().__init__(message)
        self.why: Unfit = why


def read_fit_release(path: Path) -> str:
    """The hash of the release that a file is, if it has every table, column and index that the pages ask for.

    More than that does no harm: it is from newer code. Raises UnfitError.
    """
    if not path.is_file():
        raise UnfitError("missing", "there is no such file")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            lacking = sorted(needed_parts() - read_parts(db), key=lambda part: (part.startswith("index "), part))
            if lacking:
                raise UnfitError("old", f"it is older than the program and lacks {_listed(lacking)}")
            release = db.execute("select hash from release").fetchone()
    except sqlite3.DatabaseError as error:
        raise UnfitError("broken", f"it cannot be read: {error}") from error
    if release is None:
        raise UnfitError("broken", "it names no release")
    return str(release[0])


def read_made_at(path: Path) -> datetime:
    """When the release that a fit file is was published first, UTC."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        return datetime.fromisoformat(db.execute("select made_at from release").fetchone()[0])


def read_parts(db: sqlite3.Connection) -> frozenset[str]:
    """The columns and indexes of a public database, as `events.venue` and `index events_edition`."""
    return frozenset(part for (part,) in db.execute(PARTS))


@cache
def needed_parts() -> frozenset[str]:
    """Those that every public database of this program has."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(PUBLIC_SQL.read_text(encoding="utf-8"))
        return read_parts(db) | {"articles_fts.title", "articles_fts.lead"}


def _listed(parts: list[str]) -> str:
    return ", ".join(parts[:SHOWN]) + (f" and {len(parts) - SHOWN} more" if len(parts) > SHOWN else "")
