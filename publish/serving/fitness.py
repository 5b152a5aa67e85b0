"""Whether a file can be shown to readers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Literal

from publish.release import PUBLIC_SQL

Unfit = Literal["missing", "old", "broken"]

COLUMNS = """
select tables.name, columns.name
from sqlite_master as tables
join pragma_table_info(tables.name) as columns
where tables.type = 'table'
"""
OPTIONAL = {"texts"}
"""Tables that are only there where the owner said so."""
SHOWN = 5


class UnfitError(Exception):
    """A file that cannot be shown. The message is for the operator."""

    def __init__(self, why: Unfit, message: str) -> None:
        super().__init__(message)
        self.why: Unfit = why


def read_fit_release(path: Path) -> str:
    """The hash of the release that a file is, if it has all tables and columns that the pages ask for.

    More than that does no harm: it is from newer code. Raises UnfitError.
    """
    if not path.is_file():
        raise UnfitError("missing", f"there is no {path}")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            lacking = sorted(needed_columns() - set(db.execute(COLUMNS)))
            if lacking:
                raise UnfitError("old", f"{path} is older than the program: it lacks {_listed(lacking)}")
            release = db.execute("select hash from release").fetchone()
    except sqlite3.DatabaseError as error:
        raise UnfitError("broken", f"{path} cannot be read: {error}") from error
    if release is None:
        raise UnfitError("broken", f"{path} names no release")
    return str(release[0])


@cache
def needed_columns() -> frozenset[tuple[str, str]]:
    """Table and column of all that a public database has, and those that can be searched for words."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(PUBLIC_SQL.read_text(encoding="utf-8"))
        columns = {(table, column) for table, column in db.execute(COLUMNS) if table not in OPTIONAL}
    return frozenset(columns | {("articles_fts", "title"), ("articles_fts", "lead")})


def _listed(columns: list[tuple[str, str]]) -> str:
    names = ", ".join(f"{table}.{column}" for table, column in columns[:SHOWN])
    return names + (f" and {len(columns) - SHOWN} more" if len(columns) > SHOWN else "")
