from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import get_args

import pytest
from build import fill_example_db
from sqlite_utils import Database

from crawler.items import DateSource, Fate
from db.connect import NewerDatabaseError, open_db
from db.migrations import migrations
from nlp.extraction import Acting, Label, Mode, Pillar


@pytest.fixture
def db() -> Database:
    return open_db(":memory:")


def own_tables(db: Database) -> list[str]:
    return [name for name in db.table_names() if not re.match(r"_sqlite|articles_fts", name)]


def test_every_table_is_strict_and_has_a_key_that_is_not_null(db: Database) -> None:
    assert {"urls", "pages", "articles", "evidence", "digests"} <= set(own_tables(db))
    for name in own_tables(db):
        table = db.table(name)
        assert table.strict, name
        keys = [column for column in table.columns if column.is_pk]
        assert keys, name
        assert all(column.notnull for column in keys), name


def test_migrations_are_numbered_in_their_order_and_say_what_they_do(db: Database) -> None:
    names = [migration.name for migration in migrations.applied(db)]
    assert [int(name[1:4]) for name in names] == list(range(1, len(names) + 1))
    assert all(re.fullmatch(r"m\d{3}(_[a-z]+)+", name) for name in names)
    assert migrations.pending(db) == []


def test_a_file_of_a_newer_version_is_refused_by_name_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "pantau.db"
    db = open_db(file)
    db.execute(
        "insert into _sqlite_migrations (migration_set, name, applied_at)"
        " select migration_set, 'm999_from_tomorrow', applied_at from _sqlite_migrations limit 1"
    )
    db.conn.commit()
    told = list(db.conn.iterdump())
    db.close()
    with pytest.raises(NewerDatabaseError, match=r"pantau\.db: made by a newer version .*m999_from_tomorrow"):
        open_db(file)
    after = Database(file)
    assert list(after.conn.iterdump()) == told
    after.close()


def test_a_migration_that_fails_leaves_nothing_behind() -> None:
    db = Database(memory=True)
    migrations.apply(db, stop_before="m004_create_extractions")
    db.execute("create table mentions (id integer)")
    with pytest.raises(sqlite3.OperationalError, match="mentions already exists"):
        migrations.apply(db)
    assert "extractions" not in db.table_names()
    db.execute("drop table mentions")
    migrations.apply(db)
    assert "digests" in db.table_names()


def test_a_filled_base_keeps_every_row_when_its_tables_are_laid_out_anew(tmp_path: Path) -> None:
    new = tmp_path / "now.db"
    fill_example_db(new)
    db = open_db(new)
    db.execute("insert into uncorrected select article_id, '{}' from extractions")
    db.close()
    db = Database(tmp_path / "before.db")
    migrations.apply(db, stop_before="m016_keep_what_one_article_says_together")
    db.execute("attach ? as now", [str(new)])
    for name in own_tables(db):
        columns = ", ".join(f'"{column.name}"' for column in db.table(name).columns)
        db.execute(f"insert or replace into {name} ({columns}) select {columns} from now.{name}")
    db.execute("detach now")
    columns_before = {name: [column.name for column in db.table(name).columns] for name in own_tables(db)}
    before = {name: sorted(map(repr, db.table(name).rows)) for name in columns_before}
    assert len(before["mentions"]) > 30
    assert len(before["uncorrected"]) == len(before["extractions"])
    db.close()
    db = open_db(tmp_path / "before.db")
    # Later steps add columns; what stood in the others is as it was.
    assert {
        name: sorted(repr({column: row[column] for column in columns_before[name]}) for row in db.table(name).rows)
        for name in before
    } == before
    assert db.execute("pragma foreign_key_check").fetchall() == []
    assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    [(article,)] = db.execute("select article_id from event_mentions order by 1 limit 1").fetchall()
    db.execute("delete from unresolved")
    db.execute("delete from articles where id = ?", [article])
    for name in ("extractions", "evidence", "mentions", "event_mentions"):
        assert db.execute(f"select count(*) from {name} where article_id = ?", [article]).fetchone() == (0,), name
    assert db.execute("select article_id from unresolved").fetchall() == [(article,)]
    db.close()


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("urls", get_args(Fate)),
        ("articles", get_args(DateSource)),
        ("mentions", get_args(Label)),
        ("officials", get_args(Acting)),
        ("event_mentions", get_args(Mode)),
        ("article_pillars", get_args(Pillar)),
    ],
)
def test_a_closed_list_in_the_schema_is_the_one_of_the_types(db: Database, table: str, values: tuple[str, ...]) -> None:
    lists = [
        set(re.findall(r"'([^']+)'", inside)) for inside in re.findall(r"\bin \(([^)]+)\)", db.table(table).schema)
    ]
    assert set(values) in lists


@pytest.mark.parametrize(
    "sql",
    [
        "insert into urls values ('u', 'ingest', 'feed', '2024', 'hilang', null, '2024', null)",
        "insert into urls values ('u', 'ingest', 'feed', '2024', 'gone', null, null, null)",
        "insert into urls values ('u', 'ingest', 'feed', '2024', null, 'sebab', null, null)",
        "insert into sources (name, outlet_name, kind) values ('x', 'X', 'blog')",
    ],
)
def test_a_row_outside_its_closed_list_is_refused(db: Database, sql: str) -> None:
    db.execute("insert into sources (name, outlet_name, kind) values ('ingest', 'Berkas lokal', 'file')")
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        db.execute(sql)


def test_every_foreign_key_has_an_index(db: Database) -> None:
    # Small tables that never cascade are read whole anyway.
    small = {"programme_calendar"}
    for name in set(own_tables(db)) - small:
        table = db.table(name)
        starts = [index.columns[0] for index in table.indexes] + table.pks[:1]
        for key in table.foreign_keys:
            # What an article says of a regency is many rows in no order, and a regency is never deleted.
            is_extracted = key.other_table == "regencies" and "article_id" in table.pks
            if key.other_table in ("stages", "sources") or key.is_compound or is_extracted:
                continue
            assert key.column in starts, f"{name}.{key.column}"
