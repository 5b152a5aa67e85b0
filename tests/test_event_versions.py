from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from build import PARSER, SOURCES, STORIES, Story, build_extraction, build_page, build_story_article
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from crawler.items import article_id
from db import versions
from db.connect import open_db, open_read_only, transaction
from db.extractions import save_extraction
from db.reference import load_reference
from db.resolve import resolve
from db.rows import insert
from db.store import save_article, save_page, save_sources
from db.versions import record_versions
from publish.bake import bake
from publish.site.metadata import QUERIES

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


PALU = STORIES[9]


def read_story(db: Database, story: Story, known_at: datetime) -> None:
    """Take in a story as it stands on its page now, and resolve."""
    article = build_story_article(story)
    page = build_page(article.url, story.source, known_at, repr(story).encode())
    save_article(db, save_page(db, page), article, PARSER)
    save_extraction(db, build_extraction(story), article)
    resolve(db, known_at=known_at)


def tell(path: str, start: str | None, published: str, **told: Any) -> Story:
    """A story on the opening of Palu's command centre, that says when it was."""
    step = replace(PALU.steps[0], start=start, end=None, **told)
    return replace(PALU, path=path, published=published, steps=(step,))


def ask(public: Path, query: str, day: str, code: str = "72.71") -> list[dict[str, Any]]:
    """The rows of an example query of the site."""
    sql = yaml.safe_load(QUERIES.read_text(encoding="utf-8"))["queries"][query]["sql"]
    db = open_read_only(public)
    rows = list(db.query(sql, {"hari": day, "kode": code}))
    db.close()
    return rows


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month is told first, then the day, then an edited page tells another; an announcement is withdrawn."""
    folder = tmp_path_factory.mktemp("ingatan")
    db = open_db(folder / "pantau.db")
    load_reference(db)
    save_sources(db, SOURCES)
    read_story(db, tell("/a", "2024-10", "2024-11-01T09:00:00+08:00"), datetime(2024, 11, 2, 3, tzinfo=UTC))
    read_story(db, tell("/b", "2024-10-28", "2024-11-05T09:00:00+08:00"), datetime(2024, 11, 6, 3, tzinfo=UTC))
    edited = replace(tell("/b", "2024-10-29", "2024-11-05T09:00:00+08:00"), title="Diperbaiki")
    read_story(db, edited, datetime(2024, 11, 10, 3, tzinfo=UTC))
    plan = tell("/c", "2024-12-03", "2024-11-12T09:00:00+08:00", stage="evaluasi-2", status="announced")
    read_story(db, plan, datetime(2024, 11, 13, 3, tzinfo=UTC))
    db.execute("delete from articles where id = ?", [article_id(build_story_article(plan).canonical_url)])
    resolve(db, known_at=datetime(2024, 11, 20, 3, tzinfo=UTC))
    db.close()
    bake(folder / "pantau.db", folder / "public.db", now=datetime(2024, 11, 21, 3, tzinfo=UTC))
    return folder / "public.db"


@pytest.mark.parametrize(
    ("day", "known"),
    [
        ("2024-11-01", []),
        ("2024-11-02", [("Implementasi", "2024-10", "held")]),
        ("2024-11-06", [("Implementasi", "2024-10-28", "held")]),
        ("2024-11-10", [("Implementasi", "2024-10-29", "held")]),
        ("2024-11-13", [("Implementasi", "2024-10-29", "held"), ("Evaluasi tahap II", "2024-12-03", "announced")]),
        ("2024-11-20", [("Implementasi", "2024-10-29", "held")]),
    ],
)
def test_what_we_knew_on_a_day_is_what_the_pages_had_told_us_by_then(
    public: Path, day: str, known: list[tuple[str, str, str]]
) -> None:
    rows = ask(public, "diketahui_pada_hari", day)
    assert [(row["tahap"], row["mulai"], row["status"]) for row in rows] == known
    assert ask(public, "diketahui_pada_hari", day, "72") == rows
    assert ask(public, "diketahui_pada_hari", day, "") == rows
    assert ask(public, "diketahui_pada_hari", day, "64") == []


def test_without_a_day_they_tell_of_the_latest(public: Path) -> None:
    assert ask(public, "diketahui_pada_hari", "") == ask(public, "diketahui_pada_hari", "2024-11-21")
    assert ask(public, "keadaan_pada_hari", "") == ask(public, "keadaan_pada_hari", "2024-11-05")
    assert ask(public, "diberitakan_sampai_hari", "") == ask(public, "diberitakan_sampai_hari", "2024-11-05")
    assert len(ask(public, "diberitakan_sampai_hari", "")) == 1


def test_a_day_ends_when_it_ends_in_jakarta(public: Path) -> None:
    db = open_read_only(public)
    assert db.execute("select min(known_from) from event_versions").fetchone() == ("2024-11-02T03:00:00+00:00",)
    db.close()
    assert [row["sejak"][:10] for row in ask(public, "diketahui_pada_hari", "2024-11-02")] == ["2024-11-02"]
    assert ask(public, "diketahui_pada_hari", "2024-11-06")[0]["diubah"] == "2024-11-10T03:00:00+00:00"


@pytest.mark.parametrize(
    ("day", "state"),
    [("2024-10-28", []), ("2024-10-29", [("Implementasi", "2024-10-29", "sudah")])],
)
def test_what_was_true_on_a_day_is_told_by_what_we_know_now(
    public: Path, day: str, state: list[tuple[str, str, str]]
) -> None:
    rows = ask(public, "keadaan_pada_hari", day)
    assert [(row["tahap"], row["mulai"], row["keadaan"]) for row in rows] == state
    assert ask(public, "keadaan_pada_hari", day, "") == rows


def test_what_was_true_within_the_month_that_is_told_is_only_possible(tmp_path: Path) -> None:
    db = open_db(tmp_path / "pantau.db")
    load_reference(db)
    save_sources(db, SOURCES)
    read_story(db, tell("/a", "2024-10", "2024-11-01T09:00:00+08:00"), DAY)
    db.close()
    bake(tmp_path / "pantau.db", tmp_path / "public.db", now=DAY)
    states = {
        day: [row["keadaan"] for row in ask(tmp_path / "public.db", "keadaan_pada_hari", day)]
        for day in ("2024-09-30", "2024-10-15", "2024-10-31", "2024-11-01")
    }
    assert states == {
        "2024-09-30": [],
        "2024-10-15": ["mungkin"],
        "2024-10-31": ["sudah"],
        "2024-11-01": ["sudah"],
    }


@pytest.mark.parametrize(("day", "reported"), [("2024-10-31", []), ("2024-11-01", ["2024-11-01"])])
def test_what_was_reported_by_a_day_is_neither_what_was_true_nor_what_we_knew(
    public: Path, day: str, reported: list[str]
) -> None:
    rows = ask(public, "diberitakan_sampai_hari", day)
    assert [row["terlaksana"] for row in rows] == reported
    assert ask(public, "diberitakan_sampai_hari", day, "") == rows


def test_an_event_that_became_part_of_another_is_closed_and_leads_there(public: Path) -> None:
    db = open_read_only(public)
    versions = db.execute(
        """
        select start_date, substr(known_from, 1, 10), substr(known_to, 1, 10), merged.event_id is not null
        from event_versions
        left join merged_events as merged on merged.id = event_versions.event_id
        where stage_code = 'implementasi'
        order by known_from
        """
    ).fetchall()
    db.close()
    assert versions == [
        ("2024-10", "2024-11-02", "2024-11-06", 1),
        ("2024-10-28", "2024-11-06", "2024-11-10", 0),
        ("2024-10-29", "2024-11-10", None, 0),
    ]
