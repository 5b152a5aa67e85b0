"""The queue of what is to be resolved across articles; what each resolver makes of it is tested beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from build import fill_example_db
from sqlite_utils import Database

from db import resolve as resolving
from db.connect import open_db
from db.resolve import resolve


@pytest.fixture
def db(tmp_path: Path) -> Database:
    path = tmp_path / "pantau.db"
    fill_example_db(path)
    return open_db(path)


def queued(db: Database) -> list[str]:
    return [article for (article,) in db.execute("select article_id from unresolved order by article_id")]


def test_every_article_read_is_resolved_once_and_then_nothing_is_left(db: Database) -> None:
    read = [article for (article,) in db.execute("select article_id from extractions order by article_id")]
    assert queued(db) == read
    assert resolve(db) == len(read)
    assert queued(db) == []
    assert resolve(db) == 0


def test_an_article_that_is_gone_is_resolved_too(db: Database) -> None:
    resolve(db)
    (article,) = db.execute("select min(article_id) from extractions").fetchone()
    db.execute("delete from articles where id = ?", [article])
    assert queued(db) == [article]
    assert resolve(db) == 1


def test_other_code_resolves_all_anew(db: Database) -> None:
    count = resolve(db)
    with db.conn:
        db.execute("update resolvers set version = 'dahulu'")
    assert resolve(db) == count
    assert resolve(db) == 0


def test_nothing_that_other_code_made_of_the_same_articles_is_left(db: Database) -> None:
    resolve(db)
    made = {table: sorted(db.execute(f"select * from {table}"), key=repr) for table in resolving.KEPT}
    versions = db.execute("select * from event_versions order by 1, 2").fetchall()
    (article, number) = db.execute("select article_id, number from event_reports where kind = 'day'").fetchone()
    naming = db.execute("select id from namings").fetchone()
    with db.conn:
        db.execute("update resolvers set version = 'dahulu'")
        db.execute("update event_reports set event_id = 'x' where article_id = ? and number = ?", [article, number])
        db.execute("update namings set office_id = 'x' where id = ?", naming)
    resolve(db)
    assert {table: sorted(db.execute(f"select * from {table}"), key=repr) for table in resolving.KEPT} == made
    assert db.execute("select * from event_versions order by 1, 2").fetchall() == versions, "what was said is the same"


def test_a_batch_that_fails_is_still_to_be_resolved_and_left_nothing(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def fail_at_the_third(db: Database, articles: Sequence[str]) -> None:
        db.execute("create table if not exists half (article_id text primary key)")
        for article in articles:
            db.execute("insert into half values (?)", [article])
            seen.append(article)
            if len(seen) == 3:
                raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(resolving, "RESOLVERS", {"half": fail_at_the_third})
    monkeypatch.setattr(resolving, "BATCH", 2)
    before = queued(db)
    with pytest.raises(sqlite3.OperationalError, match="disk is full"):
        resolve(db)
    assert [article for (article,) in db.execute("select article_id from half order by article_id")] == sorted(seen[:2])
    assert queued(db) == sorted(set(before) - set(seen[:2]))
    resolve(db)
    assert queued(db) == []
    assert db.table("half").count == len(before)


def test_after_each_batch_it_is_told_how_many_are_done(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolving, "BATCH", 4)
    told: list[int] = []
    count = resolve(db, told.append)
    assert told[:2] == [4, 8]
    assert told[-1] == count
