from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from db import versions
from db.connect import open_db, transaction
from db.reference import load_reference
from db.rows import insert
from db.versions import record_versions

DAY = datetime(2024, 11, 20, 3, tzinfo=UTC)
SAID = "stage_code, regency_code, edition, start_date, end_date, status, venue, mode"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = open_db(tmp_path / "pantau.db")
    load_reference(db)
    yield db
    db.close()


@pytest.fixture(scope="module")
def loaded() -> Iterator[Database]:
    db = open_db(":memory:")
    load_reference(db)
    yield db
    db.close()


def write_event(db: Database, event_id: str, **said: Any) -> None:
    """Write an event as the resolver does, with what a test says of it."""
    row = {
        "id": event_id,
        "series": f"{event_id}|evaluasi-2",
        "kind": "day",
        "stage_code": "evaluasi-2",
        "regency_code": "64.01",
        "start_date": "2023-11-08",
        "end_date": "2023-11-08",
        "status": "held",
        "confidence": 0.9,
        "articles": 1,
        "outlets": 1,
        "first_report_article_id": "0123456789ab",
        "article_id": "0123456789ab",
        "number": 1,
    } | said
    insert(db, "events", row, "insert or replace")


def read_versions(db: Database, event_id: str) -> list[tuple[Any, ...]]:
    sql = "select start_date, venue, known_from, known_to from event_versions where event_id = ? order by number"
    return db.execute(sql, [event_id]).fetchall()


def at(hours: int) -> str:
    return (DAY + timedelta(hours=hours)).isoformat()


def later(hours: int) -> datetime:
    return DAY + timedelta(hours=hours)


def test_an_event_has_a_version_for_everything_that_was_said_of_it(db: Database) -> None:
    write_event(db, "a")
    assert record_versions(db, DAY) == 1
    write_event(db, "a", start_date="2023-11-09", end_date="2023-11-09")
    assert record_versions(db, later(1)) == 1
    write_event(db, "a", start_date="2023-11-09", end_date="2023-11-09", venue="Aula Bappeda")
    assert record_versions(db, later(2)) == 1
    assert read_versions(db, "a") == [
        ("2023-11-08", None, at(0), at(1)),
        ("2023-11-09", None, at(1), at(2)),
        ("2023-11-09", "Aula Bappeda", at(2), None),
    ]


@pytest.mark.parametrize(
    "said",
    [
        {"stage_code": "evaluasi-1"},
        {"regency_code": "64.02"},
        {"regency_code": None},
        {"edition": 2023},
        {"start_date": "2023-11"},
        {"end_date": "2023-11-09"},
        {"status": "announced"},
        {"venue": "Aula Bappeda"},
        {"mode": "daring"},
    ],
)
def test_whatever_is_said_otherwise_begins_a_version(db: Database, said: dict[str, Any]) -> None:
    write_event(db, "a")
    record_versions(db, DAY)
    write_event(db, "a", **said)
    assert record_versions(db, later(1)) == 1


def test_one_more_article_is_no_new_version(db: Database) -> None:
    write_event(db, "a", venue=None, edition=None)
    record_versions(db, DAY)
    write_event(db, "a", articles=7, outlets=4, confidence=0.97, last_published_date="2023-11-30")
    assert record_versions(db, later(1)) == 0
    assert read_versions(db, "a") == [("2023-11-08", None, at(0), None)]


def test_the_version_of_an_event_that_is_gone_ends_and_another_begins_when_it_is_back(db: Database) -> None:
    write_event(db, "a")
    record_versions(db, DAY)
    db.execute("delete from events where id = 'a'")
    record_versions(db, later(1))
    record_versions(db, later(2))
    assert read_versions(db, "a") == [("2023-11-08", None, at(0), at(1))]
    write_event(db, "a")
    record_versions(db, later(3))
    assert read_versions(db, "a") == [("2023-11-08", None, at(0), at(1)), ("2023-11-08", None, at(3), None)]


def test_an_event_that_is_written_anew_all_the_same_keeps_its_version(db: Database) -> None:
    write_event(db, "a")
    record_versions(db, DAY)
    db.execute("delete from events")
    write_event(db, "a")
    assert record_versions(db, later(1)) == 0
    assert read_versions(db, "a") == [("2023-11-08", None, at(0), None)]


def test_what_was_said_cannot_be_unsaid(db: Database) -> None:
    write_event(db, "a")
    record_versions(db, DAY)
    write_event(db, "a", venue="Aula Bappeda")
    record_versions(db, later(1))
    for sql in (
        "delete from event_versions",
        "update event_versions set venue = 'Pendopo'",
        "update event_versions set known_from = '2020-01-01T00:00:00+00:00'",
        "update event_versions set known_to = null",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="what was said stays said"):
            db.execute(sql)


def test_a_clock_that_went_back_turns_no_version_round(db: Database) -> None:
    write_event(db, "a")
    record_versions(db, later(5))
    write_event(db, "a", venue="Aula Bappeda")
    record_versions(db, DAY)
    assert read_versions(db, "a") == [("2023-11-08", None, at(5), at(5)), ("2023-11-08", "Aula Bappeda", at(5), None)]


def test_a_run_that_is_killed_leaves_the_rest_to_the_next(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "BATCH", 2)
    for name in "abcde":
        write_event(db, name)
    begin, calls = versions._begin_versions, iter([None, KeyboardInterrupt()])

    def begin_once(db: Database, written: dict[str, str]) -> int:
        begun = begin(db, written)
        if (killed := next(calls)) is not None:
            raise killed
        return begun

    with monkeypatch.context() as patch:
        patch.setattr(versions, "_begin_versions", begin_once)
        with pytest.raises(KeyboardInterrupt):
            record_versions(db, DAY)
    kept = db.execute("select event_id, known_from from event_versions order by 1").fetchall()
    assert kept == [("a", at(0)), ("b", at(0))]
    assert record_versions(db, later(1)) == 3
    assert record_versions(db, later(2)) == 0
    assert db.execute("select count(*), count(distinct event_id) from event_versions").fetchone() == (5, 5)


SAYINGS = st.fixed_dictionaries(
    {
        "start_date": st.sampled_from(["2023-11-08", "2023-11-09", "2023-11"]),
        "status": st.sampled_from(["held", "announced"]),
        "venue": st.sampled_from([None, "Aula Bappeda"]),
        "articles": st.integers(1, 3),
    }
)
CHANGES = st.lists(
    st.tuples(st.sampled_from("abc"), st.one_of(st.none(), SAYINGS), st.booleans()), min_size=1, max_size=25
)
"""Which event, what is said of it from now on (None: it is gone), and whether versions are kept then."""


@given(CHANGES)
@settings(max_examples=60, deadline=None)
def test_what_we_knew_at_any_time_is_what_the_events_said_then(loaded: Database, changes: list[Any]) -> None:
    db = open_db(":memory:")
    loaded.conn.backup(db.conn)
    said_at: dict[str, list[Any]] = {}
    for hour, (event, said, is_recorded) in enumerate(changes):
        with transaction(db):
            if said is None:
                db.execute("delete from events where id = ?", [event])
            else:
                write_event(db, event, **said)
        if is_recorded:
            record_versions(db, later(hour))
            record_versions(db, later(hour))
            said_at[at(hour)] = db.execute(f"select id, {SAID} from events order by id").fetchall()
    for instant, events in said_at.items():
        sql = f"""
            select event_id, {SAID} from event_versions
            where known_from <= :instant and (known_to is null or known_to > :instant) order by event_id
        """
        assert db.execute(sql, {"instant": instant}).fetchall() == events
    sql = "select 1 from event_versions as a join event_versions as b using (event_id) where b.number = a.number + 1"
    same = " and ".join(f"a.{name} is b.{name}" for name in SAID.split(", "))
    assert db.execute(f"{sql} and a.known_to = b.known_from and {same}").fetchall() == []
    db.close()
