"""From the private database to the file that readers see, swapped in whole."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from db.connect import open_db, open_read_only
from db.resolve import resolve

DB_FOLDER = Path(__file__).parent.parent / "db"
SHOWN_ROWS = 3

log = logging.getLogger(__name__)


class BakeError(Exception):
    """Wrong data that must not be published. The message says which check found it, and the first rows."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A check that returned rows."""

    check: str
    """Name of the file in db/checks, without its ending."""
    is_fatal: bool
    says: str
    """What is wrong, in one line."""
    rows: tuple[dict[str, Any], ...]

    def __str__(self) -> str:
        rows = "".join(f"\n  {row}" for row in self.rows[:SHOWN_ROWS])
        return f"{self.says}: {len(self.rows)} rows (db/checks/{self.check}.sql){rows}"


def bake(pantau: Path, public: Path, full_text: bool = False) -> dict[str, int]:
    """Make `public` anew from `pantau`; the number of rows of each table, in the order of db/public.sql.

    Articles that are not resolved yet are resolved first. Readers see the old file until the new one is complete, and
    a bake that fails or is killed leaves the old one as it is. The file needs no write-ahead log beside it. Without
    `full_text` no article's text is in it beyond its lead and the sentences shown as evidence. Raises BakeError where a
    fatal check fails, FileNotFoundError without `pantau`.
    """
    if not pantau.is_file():
        raise FileNotFoundError(f"no database at {pantau}: `pantau crawl` makes it")
    public.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(public)
    new = public.with_name(f".{public.name}.{os.getpid()}.new")
    new.unlink(missing_ok=True)
    try:
        _create_tables(new, full_text)
        counts = _fill_tables(pantau, new)
        _finish(new)
        _swap_in(new, public)
    finally:
        new.unlink(missing_ok=True)
    return counts


def has_full_text(public: Path) -> bool:
    """Whether a public database was baked with whole articles, so that the next bake can do the same."""
    db = open_read_only(public)
    try:
        return "texts" in db.table_names()
    finally:
        db.close()


def _remove_leftovers(public: Path) -> None:
    """Delete what killed bakes left behind; the files of bakes that still run stay."""
    for leftover in public.parent.glob(f".{public.name}.*.new"):
        try:
            os.kill(int(leftover.suffixes[-2].removeprefix(".")), 0)
        except (ProcessLookupError, ValueError):
            leftover.unlink(missing_ok=True)
        except PermissionError:
            continue  # somebody else's process, alive


def run_checks(db: Database) -> list[Failure]:
    """The checks of db/checks that find wrong rows in a private database, by name."""
    failures = []
    for path in sorted((DB_FOLDER / "checks").glob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        kind, _, says = sql.partition("\n")[0].removeprefix("-- ").partition(": ")
        if kind not in ("fatal", "warning"):
            raise ValueError(f"{path}: the first line is '-- fatal: …' or '-- warning: …', not {kind!r}")
        rows = tuple(db.query(sql))
        if rows:
            failures.append(Failure(path.stem, kind == "fatal", says, rows))
    return failures


def _create_tables(path: Path, full_text: bool) -> None:
    db = Database(path)
    try:
        db.executescript((DB_FOLDER / "public.sql").read_text(encoding="utf-8"))
        if not full_text:
            db.table("texts").drop()
    finally:
        db.close()


def _fill_tables(pantau: Path, new: Path) -> dict[str, int]:
    db = open_db(pantau)
    try:
        resolve(db)
        # Parents may be filled after their children; _finish() looks at all foreign keys.
        db.execute("pragma foreign_keys = off")
        db.execute("attach ? as public", [str(new)])
        # One transaction, so that checks and tables see the same moment while other commands write.
        with db.atomic():
            _refuse_wrong_rows(db)
            tables = db.execute("select name from public.sqlite_master where type = 'table' order by rowid").fetchall()
            return {table: _fill_table(db, table) for (table,) in tables}
    finally:
        db.close()


def _refuse_wrong_rows(db: Database) -> None:
    failures = run_checks(db)
    for failure in failures:
        if not failure.is_fatal:
            log.warning("%s", failure)
    fatal = [str(failure) for failure in failures if failure.is_fatal]
    if fatal:
        raise BakeError("\n".join(fatal))


def _fill_table(db: Database, table: str) -> int:
    view = (DB_FOLDER / "views" / f"{table}.sql").read_text(encoding="utf-8")
    columns = ", ".join(
        f'"{name}"' for (name,) in db.execute("select name from pragma_table_info(?, 'public')", [table])
    )
    return db.execute(f"insert into public.{table} ({columns}) select {columns} from ({view})").rowcount


def _finish(path: Path) -> None:
    db = Database(path)
    try:
        broken = db.execute("pragma foreign_key_check").fetchall()
        if broken:
            raise BakeError(f"rows that point to nothing (table, row, parent, key): {broken[:SHOWN_ROWS]}")
        db.table("articles").enable_fts(["title", "lead"], tokenize="unicode61 remove_diacritics 2")
        db.execute("analyze")
        db.vacuum()
    finally:
        db.close()


def _swap_in(new: Path, public: Path) -> None:
    _flush(new)
    new.replace(public)
    # The folder too, or the new name could be lost when the power goes.
    _flush(public.parent)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
