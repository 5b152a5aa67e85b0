"""db/README.md names every table of all three databases, and every column in the row of its table."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from db.connect import open_db
from db.mailing.connect import open_mail_db

README = Path(__file__).parents[1] / "db" / "README.md"
PUBLIC = README.parent / "public.sql"


def read_rows(title: str) -> dict[str, str]:
    """What the table below a heading says, by the name of a database's table."""
    text = README.read_text(encoding="utf-8").partition(f"\n## {title}")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \| (.*) \|$", text, re.MULTILINE)
    return {name: said for names, said in rows for name in re.findall(r"`(\w+)`", names)}


def read_tables(db: sqlite3.Connection) -> dict[str, set[str]]:
    """Columns of all tables and views but those of SQLite, its tools and the full-text search."""
    sql = """
        select name
        from sqlite_master
        where type in ('table', 'view')
            and name not glob '*sqlite_*'
            and name not glob '*_fts*'
    """
    names = [name for (name,) in db.execute(sql)]
    return {name: {column for _, column, *_ in db.execute(f"pragma table_info({name})")} for name in names}


@pytest.fixture
def private_tables(tmp_path: Path) -> dict[str, set[str]]:
    db = open_db(tmp_path / "pantau.db")
    return read_tables(db.conn)


@pytest.fixture
def public_tables() -> dict[str, set[str]]:
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(PUBLIC.read_text(encoding="utf-8"))
        return read_tables(db)


@pytest.fixture
def mail_tables() -> dict[str, set[str]]:
    with closing(open_mail_db(":memory:")) as db:
        return read_tables(db.conn)


@pytest.mark.parametrize(
    ("title", "tables"),
    [("pantau.db", "private_tables"), ("public.db", "public_tables"), ("mail.db", "mail_tables")],
)
def test_the_readme_names_every_table_with_its_columns(title: str, tables: str, request: pytest.FixtureRequest) -> None:
    there: dict[str, set[str]] = request.getfixturevalue(tables)
    said = read_rows(title)
    assert said.keys() == there.keys()
    unsaid = {name: columns - set(re.findall(r"\w+", said[name])) for name, columns in there.items()}
    assert {name: columns for name, columns in unsaid.items() if columns} == {}
