"""What is published, as something that can be cited: a release is known by the hash of its content."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from db.connect import open_read_only, transaction
from db.resolving.version import resolver_version
from db.rows import utc
from publish.disk import flush, leftover_name, remove_leftovers

BLOCK = 2000
TABLES = ("release", "releases")
"""What is told of the releases themselves."""

# What the crawl did and how the sources are doing changes with every run, also where nothing new was read. A letter is
# made from a release, and is published after it. When we said what (event_versions) depends on when we published. What
# the search finds (search) is an index of the other tables. What was removed (removals) shows in all others.
OPERATION = frozenset(
    {
        *TABLES,
        *("source_ways", "source_visits", "source_weeks", "monthly_reading", "funnel", "fates", "completeness"),
        *("urls", "runs", "alarms", "url_outcomes"),
        *("digests", "event_versions", "search", "removals"),
    }
)
"""Tables that are no content."""
COLUMNS: Mapping[str, frozenset[str]] = {
    "sources": frozenset({"name", "outlet_name", "home_url", "kind", "network", "family"}),
    "regency_coverage": frozenset(
        {"regency_code", "articles", "outlets", "undated", "first_published_date", "last_published_date"}
    ),
}
"""The columns that are content, of tables where the others are not."""

TITLE = "Tahapan Gerakan Menuju Kota Cerdas menurut berita"
LICENCE = (
    "Fakta bebas dipakai asalkan Pantau Kota Cerdas disebut sebagai sumber; judul, ringkasan, kutipan, dan kalimat "
    "bukti milik medianya masing-masing. / Facts are free to use as long as Pantau Kota Cerdas is named as the source; "
    "headlines, leads, quotations and proving sentences belong to their outlets."
)
JAKARTA = ZoneInfo("Asia/Jakarta")
PUBLIC_SQL = Path(__file__).parent.parent / "db" / "public.sql"

NO_LINKS = {errno.EPERM, errno.EXDEV, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS}
"""Why a disk makes no second name for a file."""

Content = Mapping[str, Any]
"""What is kept of a release in pantau.db, from read_content()."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False).encode


@dataclass(frozen=True, slots=True)
class Release:
    """A content that was published."""

    hash: str
    """SHA-256 of the content, 64 hex digits; see content_hash()."""
    made_at: datetime
    """When this content was published first, UTC."""
    week: str
    """ISO week of that instant in the time of Jakarta, such as 2026-W47."""

    @property
    def id(self) -> str:
        """The first 12 hex digits of the hash, by which it is cited."""
        return self.hash[:12]

    @property
    def file_name(self) -> str:
        """The name under which it is kept."""
        return f"pantau-kota-cerdas-{self.week}-{self.id}.db"


def content_hash(db: Database) -> str:
    """SHA-256 of what a public database says, 64 hex digits: the same content gives the same hash on any machine.

    Hashed is a line for each table, in the order of their names: a JSON array (UTF-8, no spaces) of its name, the names
    of its columns, the number of its rows and the SHA-256 of its rows. A row is hashed as the JSON array of its values
    and a comma behind it; rows are in the order of the primary key, texts by their code points. Not hashed are the
    tables of OPERATION, of tables in COLUMNS the other columns, and indexes.
    """
    whole = hashlib.sha256()
    for table in sorted(content_tables(db)):
        columns = content_columns(db, table)
        rows, digest = _hash_rows(db, table, columns)
        whole.update(f"{_encode([table, columns, rows, digest])}\n".encode())
    return whole.hexdigest()


def content_tables(db: Database) -> list[str]:
    """The tables of a public database that are content, in the order in which they were made."""
    tables = db.execute(
        """
        select name from sqlite_master
        where type = 'table' and name not like '%!_fts%' escape '!' and name not like 'sqlite!_%' escape '!'
        order by rowid
        """
    )
    return [name for (name,) in tables if name not in OPERATION]


def content_columns(db: Database, table: str) -> list[str]:
    """The columns of a table that are content, in their order."""
    columns = [name for (name,) in db.execute("select name from pragma_table_info(?)", [table])]
    return [name for name in columns if name in COLUMNS.get(table, columns)]


def _hash_rows(db: Database, table: str, columns: list[str]) -> tuple[int, str]:
    keys = [name for (name,) in db.execute("select name from pragma_table_info(?) where pk > 0 order by pk", [table])]
    rows = db.execute(f"select {_names(columns)} from {table} order by {_names(keys)}")
    count, digest = 0, hashlib.sha256()
    # Blocks of rows, whose brackets are cut off, so that the size of a block does not matter.
    while block := rows.fetchmany(BLOCK):
        digest.update(f"{_encode(block)[1:-1]},".encode())
        count += len(block)
    return count, digest.hexdigest()


def _names(columns: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def read_content(public: Path) -> Content:
    """What is told of a release: the hash of what the file says, and how much that is."""
    with closing(open_read_only(public)) as db:
        return {"hash": content_hash(db), **_counts(db)}


def save_release(db: Database, content: Content, now: datetime) -> Release:
    """The release that a newly baked file is, kept in the private database `db` as the one that readers see.

    A content that was published before keeps the instant at which it was. `now` has an offset.
    """
    first = {"made_at": utc(now), "week": _week(now)}
    with transaction(db):
        db.execute("update releases set is_present = 0")
        db.execute(
            """
            insert into releases (hash, made_at, week, articles, events, models, parsers, resolver, schema, is_present)
            values (:hash, :made_at, :week, :articles, :events, :models, :parsers, :resolver, :schema, 1)
            on conflict (hash) do update set is_present = 1
            """,
            {**content, **first, "resolver": resolver_version(), "schema": schema_version()},
        )
    return build_release(*db.execute("select hash, made_at, week from releases where is_present = 1").fetchone())


def read_release(public: Database) -> Release:
    """The release that a public database is. Raises LookupError where it is none."""
    if "release" not in public.table_names():
        raise LookupError("no release: it was not made by `pantau publish`, or by one before there were releases")
    return build_release(*public.execute("select hash, made_at, week from release").fetchone())


def build_release(content: str, made_at: str, week: str) -> Release:
    """A release as a row tells it: the hash of its content, an ISO 8601 instant, an ISO week."""
    return Release(content, datetime.fromisoformat(made_at), week)


def citation(release: Release) -> str:
    """How a release is cited, in one line of Indonesian."""
    return (
        f"Pantau Kota Cerdas ({day_of(release)[:4]}). {TITLE} [basis data]. Rilis {release.id} "
        f"({day_of(release)}). SHA-256 isi: {release.hash}."
    )


def bibtex(release: Release) -> str:
    """A release as an entry of BibTeX that every style knows; the title keeps its capitals."""
    fields = {
        "author": "{Pantau Kota Cerdas}",
        "title": f"{{{TITLE}}}",
        "year": day_of(release)[:4],
        "howpublished": "Basis data SQLite",
        "note": f"Rilis {release.id} ({day_of(release)}), SHA-256 isi {release.hash}",
    }
    inside = "".join(f"  {name:12} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{pantau-kota-cerdas-{release.id},\n{inside}}}"


def day_of(release: Release) -> str:
    """The day on which a release was published, in the time of Jakarta: 2026-11-22."""
    return release.made_at.astimezone(JAKARTA).date().isoformat()


def schema_version() -> str:
    """Hash of the tables that are published, 12 hex digits."""
    return hashlib.sha256(PUBLIC_SQL.read_bytes()).hexdigest()[:12]


def _counts(content: Database) -> dict[str, Any]:
    row = next(
        content.query(
            """
            select
                (select count(*) from articles) as articles,
                (select count(*) from events) as events,
                (select json_group_array(model) from (select distinct model from articles order by 1)) as models,
                (select json_group_array(parser) from (select distinct parser from articles order by 1)) as parsers
            """
        )
    )
    return dict(row)


def _week(instant: datetime) -> str:
    year, week, _ = instant.astimezone(JAKARTA).isocalendar()
    return f"{year}-W{week:02}"


def keep_file(public: Path, release: Release, folder: Path) -> Path:
    """Where a complete public database is kept as the release of its week; one of the same content is replaced.

    It takes no room beside `public` where the disk knows links. Killed anywhere there is the whole file or none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    remove_leftovers(folder, "pantau-kota-cerdas-*.db")
    kept = folder / release.file_name
    new = leftover_name(kept)
    try:
        try:
            os.link(public, new)
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            shutil.copyfile(public, new)
        flush(new)
        new.replace(kept)
    finally:
        new.unlink(missing_ok=True)
    flush(folder)
    return kept


def remove_others_of_week(kept: Path, release: Release) -> None:
    """Remove the files of former releases of the same week."""
    for other in kept.parent.glob(f"pantau-kota-cerdas-{release.week}-*.db"):
        if other != kept:
            other.unlink()
