"""From the private database to the file that readers see, swapped in whole."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from db.connect import hold_pages, open_db, open_read_only, transaction
from db.resolve import resolve
from db.reviewing.queue import prepare_queue
from db.terms import prepare_terms
from publish.disk import flush, leftover_name, remove_leftovers, told_when_full
from publish.release import TABLES, Content, keep_file, read_content, remove_others_of_week, save_release

DB_FOLDER = Path(__file__).parent.parent / "db"
SHOWN_ROWS = 3
CACHE_KIB = 65_536
"""Pages held of a file; each of the sorts that a view needs may take as much."""

log = logging.getLogger(__name__)


class BakeError(Exception):
    """Wrong data that must not be published. The message says which check found it, and the first rows."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A check that returned rows."""

    check: str
    """Name of its file, without the ending."""
    folder: str
    """The folder of that file in db."""
    is_fatal: bool
    says: str
    """What is wrong, in one line."""
    rows: tuple[dict[str, Any], ...]

    def __str__(self) -> str:
        rows = "".join(f"\n  {row}" for row in self.rows[:SHOWN_ROWS])
        return f"{self.says}: {len(self.rows)} rows (db/{self.folder}/{self.check}.sql){rows}"


def bake(pantau: Path, public: Path, full_text: bool = False, now: datetime | None = None) -> dict[str, int]:
    """Make `public` anew from `pantau`; the number of rows of each table, in the order of db/public.sql.

    Articles that are not resolved yet are resolved first. Readers see the old file until the new one is complete, and
    a bake that fails or is killed leaves the old one as it is. The file needs no write-ahead log beside it. Without
    `full_text` no article's text is in it beyond its lead and the sentences shown as evidence. It is a release (see
    publish/release.py) made at `now`, UTC, and kept as that of its week in the folder `releases` beside it. Raises
    BakeError where a fatal check fails, DiskFullError where there is no room, FileNotFoundError without `pantau`.
    """
    if not pantau.is_file():
        raise FileNotFoundError(f"no database at {pantau}: `pantau crawl` makes it")
    public.parent.mkdir(parents=True, exist_ok=True)
    remove_leftovers(public.parent, public.name)
    new = leftover_name(public)
    new.unlink(missing_ok=True)
    try:
        with told_when_full(public, "pantau publish"):
            indexes = _create_tables(new, full_text)
            counts, seen_at = _fill_tables(pantau, new, now)
            _finish(new, indexes)
            counts |= _swap_in(pantau, new, public, _read_checked(new), seen_at)
    finally:
        new.unlink(missing_ok=True)
        new.with_name(f"{new.name}-journal").unlink(missing_ok=True)
    return counts


def has_full_text(public: Path) -> bool:
    """Whether a public database was baked with whole articles, so that the next bake can do the same."""
    db = open_read_only(public)
    try:
        return "texts" in db.table_names()
    finally:
        db.close()


def run_checks(db: Database, folder: str = "checks") -> list[Failure]:
    """The checks that find wrong rows, by name: those of db/checks in a private database, of checks/public in a public.

    Raises ValueError where a check does not say whether it is fatal.
    """
    failures = []
    for path in sorted((DB_FOLDER / folder).glob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        kind, _, says = sql.partition("\n")[0].removeprefix("-- ").partition(": ")
        if kind not in ("fatal", "warning"):
            raise ValueError(f"{path}: the first line is '-- fatal: …' or '-- warning: …', not {kind!r}")
        rows = tuple(db.query(sql))
        if rows:
            failures.append(Failure(path.stem, folder, kind == "fatal", says, rows))
    return failures


def _create_tables(path: Path, full_text: bool) -> list[str]:
    """Create the tables; the statements of their indexes, which are made when the tables are full."""
    db = Database(path)
    try:
        _hurry(db, "main")
        db.executescript((DB_FOLDER / "public.sql").read_text(encoding="utf-8"))
        if not full_text:
            db.table("texts").drop()
        indexes = db.execute("select name, sql from sqlite_master where type = 'index' and sql is not null").fetchall()
        for name, _ in indexes:
            db.execute(f"drop index {name}")
        return [sql for _, sql in indexes]
    finally:
        db.close()


def _fill_tables(pantau: Path, new: Path, now: datetime | None) -> tuple[dict[str, int], datetime]:
    """The rows of each table, and the moment of which they tell: what is decided later is of the next release."""
    with closing(open_db(pantau)) as db, closing(_open_beside(pantau)) as beside, ThreadPoolExecutor(1) as pool:
        db.execute(f"pragma cache_size = -{CACHE_KIB}")
        prepare_queue(db)
        prepare_terms(db)
        # Parents may be filled after their children; _refuse_wrong_content() looks at all foreign keys.
        db.execute("pragma foreign_keys = off")
        db.execute("attach ? as public", [str(new)])
        _hurry(db, "public")
        seen_at = _begin_resolved(pantau, now, db, beside)
        checked = pool.submit(run_checks, beside)
        try:
            tables = db.execute("select name from public.sqlite_master where type = 'table' order by rowid").fetchall()
            counts = {table: _fill_table(db, table) for (table,) in tables if table not in TABLES}
            db.commit()
        finally:
            # What is wrong is said as the checks say it, not as it failed.
            _refuse(checked.result())
        return counts, seen_at


def _open_beside(pantau: Path) -> Database:
    """A connection for another thread, which only reads."""
    return Database(sqlite3.connect(f"{pantau.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False))


def _begin_resolved(pantau: Path, now: datetime | None, *readers: Database) -> datetime:
    """Resolve what is not yet, and let all see the same moment, at which nothing is left, while others write; it."""
    with closing(open_db(pantau)) as guard:
        while True:
            resolve(guard, known_at=now or datetime.now(UTC))
            with transaction(guard):
                if guard.execute("select 1 from unresolved").fetchone():
                    continue  # They wrote in between.
                for reader in readers:
                    reader.execute("begin")
                    reader.execute("select 1 from sqlite_master").fetchone()
                return now or datetime.now(UTC)


def _hurry(db: Database, schema: str) -> None:
    """Write a file that is thrown away where its making fails: without a journal, and to the disk only at the end."""
    db.execute(f"pragma {schema}.journal_mode = off")
    db.execute(f"pragma {schema}.synchronous = off")
    db.execute(f"pragma {schema}.cache_size = -{CACHE_KIB}")


def _refuse(failures: Sequence[Failure]) -> None:
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


def _finish(path: Path, indexes: Sequence[str]) -> None:
    db = Database(path)
    try:
        _hurry(db, "main")
        # Sorting is most of the work.
        db.execute("pragma threads = 2")
        for sql in indexes:
            db.execute(sql)
        db.table("articles").enable_fts(["title", "lead"], tokenize="unicode61 remove_diacritics 2")
        db.executescript((DB_FOLDER / "search_fts.sql").read_text(encoding="utf-8"))
        db.execute("pragma analysis_limit = 10000")
        db.execute("analyze")
    finally:
        db.close()


def _read_checked(new: Path) -> Content:
    """What the new file says, read while another thread looks whether it is right."""
    with ThreadPoolExecutor(1) as pool:
        checked = pool.submit(_refuse_wrong_content, new)
        content = read_content(new)
        checked.result()
    return content


def _refuse_wrong_content(path: Path) -> None:
    with closing(open_read_only(path)) as db:
        hold_pages(db)
        broken = db.execute("pragma foreign_key_check").fetchmany(SHOWN_ROWS)
        if broken:
            raise BakeError(f"rows that point to nothing (table, row, parent, key): {broken}")
        _refuse(run_checks(db, "checks/public"))


def _swap_in(pantau: Path, new: Path, public: Path, content: Content, now: datetime) -> dict[str, int]:
    db = open_db(pantau)
    try:
        release = save_release(db, content, now)
        db.execute("attach ? as public", [str(new)])
        with db.atomic():
            counts = {table: _fill_table(db, table) for table in TABLES}
    finally:
        db.close()
    flush(new)
    size = new.stat().st_size
    # Kept before it is shown: where there is no room for it, readers go on with the old one.
    kept = keep_file(new, release, public.parent / "releases")
    new.replace(public)
    flush(public.parent)
    log.info("release swapped in", extra={"release": release.id, "rows": sum(counts.values()), "bytes": size})
    remove_others_of_week(kept, release)
    return counts
