"""From choices to the letters that are due."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from build import build_example_db
from sqlite_utils import Database

from db.mailing.connect import open_mail_db
from db.mailing.ledger import due_deliveries, mark_handing, mark_sent, read_delivery, read_letter
from db.mailing.subscribers import (
    Cadence,
    Choice,
    Subscriber,
    ask,
    change,
    confirm,
    leave,
    read_subscriptions,
    set_subscriptions,
)
from publish.letters.letter import CONFIRM_URL
from publish.mail import composing
from publish.mail.composing import compose_confirmation, compose_due

SITE = "https://pantau.example"
JOINED = datetime.fromisoformat("2024-11-20T10:00:00+07:00")
MONDAY = datetime.fromisoformat("2024-11-25T06:00:00+07:00")
"""The stories' last articles are of the week before, 18 to 24 November 2024."""
WEEK = "2024-W47"
ALL: tuple[Choice, Cadence] = (Choice("all"), "weekly")
KOTIM: tuple[Choice, Cadence] = (Choice("regency", "62.02"), "weekly")
PEOPLE: tuple[Choice, Cadence] = (Choice("sql", "select name from people order by name"), "weekly")


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_example_db(tmp_path_factory.mktemp("composing"))[1]


@pytest.fixture
def db() -> Iterator[Database]:
    with closing(open_mail_db(":memory:")) as db:
        yield db


def join(db: Database, email: str, *choices: tuple[Choice, Cadence], **more: Any) -> Subscriber:
    return ask(db, email, choices or [ALL], origin="operator", now=JOINED, is_confirmed=True, **more)


def due(db: Database, now: datetime = MONDAY) -> list[tuple[int, str]]:
    return [(delivery.subscriber_id, delivery.issue) for delivery in due_deliveries(db, now)]


def body(db: Database, reader: Subscriber, issue: str = WEEK) -> str:
    delivery = read_delivery(db, reader.id, issue)
    assert delivery
    letter = read_letter(db, delivery.letter_id)
    assert letter
    return letter.text


def test_readers_of_the_same_choice_get_one_letter_made_once(db: Database, public: Path) -> None:
    readers = [join(db, f"r{number}@kotim.example", KOTIM) for number in range(3)]
    join(db, "en@kotim.example", KOTIM, lang="en")
    join(db, "wita@kotim.example", KOTIM, zone="WITA")
    join(db, "all@kotim.example", ALL, KOTIM)
    counts = compose_due(db, public, SITE, MONDAY)
    assert (counts["letters"], counts["deliveries"], counts["failed"]) == (4, 6, 0)
    assert len({read_delivery(db, reader.id, WEEK).letter_id for reader in readers}) == 1  # type: ignore[union-attr]


def test_nobody_gets_a_letter_twice_however_often_we_look(db: Database, public: Path) -> None:
    join(db, "humas@kotim.example", ALL, (Choice("regency", "62.02"), "daily"))
    compose_due(db, public, SITE, MONDAY - timedelta(days=4))
    before = due(db)
    assert compose_due(db, public, SITE, MONDAY)["deliveries"] == 1
    for hours in range(3):
        assert compose_due(db, public, SITE, MONDAY + timedelta(hours=hours))["deliveries"] == 0
    assert due(db) == [*before, (1, WEEK)]


def test_each_reader_is_due_at_six_of_her_own_zone(db: Database, public: Path) -> None:
    zones = {zone: join(db, f"{zone}@kotim.example", zone=zone).id for zone in ("WIB", "WITA", "WIT")}
    compose_due(db, public, SITE, MONDAY - timedelta(hours=2))
    assert due(db) == [(zones["WIT"], WEEK)]
    compose_due(db, public, SITE, MONDAY - timedelta(minutes=1))
    assert due(db) == [(zones["WITA"], WEEK), (zones["WIT"], WEEK)]


def test_what_left_or_waits_gets_nothing(db: Database, public: Path) -> None:
    leave(db, join(db, "a@kotim.example").id, JOINED)
    leave(db, join(db, "b@kotim.example").id, JOINED, "dead")
    pending = ask(db, "c@kotim.example", [ALL], origin="form", now=JOINED)
    compose_due(db, public, SITE, MONDAY)
    assert due(db) == [(pending.id, "konfirmasi-1")]


def test_a_daily_letter_without_news_is_not_sent_and_its_days_come_with_the_next(db: Database, public: Path) -> None:
    reader = join(db, "humas@kotim.example", (Choice("regency", "62.02"), "daily"))
    quiet = MONDAY + timedelta(days=200)
    assert compose_due(db, public, SITE, quiet)["empty"] == 1
    assert (due(db), read_subscriptions(db, reader.id)[0].told_until) == ([], None)


def test_a_day_without_news_is_not_looked_up_again_before_there_is_another_release(
    db: Database, public: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(db, "humas@kotim.example", (Choice("regency", "62.02"), "daily"))
    quiet = MONDAY + timedelta(days=200)
    built = []
    build = composing.build_letter
    monkeypatch.setattr(
        composing, "build_letter", lambda *given, **more: built.append(more["issue"]) or build(*given, **more)
    )
    for _ in range(3):
        compose_due(db, public, SITE, quiet)
    assert len(built) == 1
    newer = tmp_path / "public.db"
    newer.write_bytes(public.read_bytes())
    with closing(Database(newer)) as changed:
        changed.execute("update release set hash = 'newer'")
    assert compose_due(db, newer, SITE, quiet)["empty"] == 1
    assert compose_due(db, newer, SITE, quiet + timedelta(days=1))["empty"] == 1
    assert len(built) == 3


def test_an_empty_week_is_told(db: Database, public: Path) -> None:
    join(db, "humas@kotim.example", KOTIM)
    assert compose_due(db, public, SITE, MONDAY + timedelta(weeks=30))["deliveries"] == 1


def test_the_letter_knows_until_when_the_one_before_knew(
    db: Database, public: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    build = composing.build_letter
    monkeypatch.setattr(
        composing,
        "build_letter",
        lambda *given, **more: told.append((more["issue"], more["known_since"])) or build(*given, **more),
    )
    join(db, "humas@kotim.example", KOTIM)
    compose_due(db, public, SITE, MONDAY)
    compose_due(db, public, SITE, MONDAY + timedelta(weeks=1))
    known_until = db.execute("select known_until from letters where issue = ?", [WEEK]).fetchone()[0]
    assert known_until
    assert told == [(WEEK, None), ("2024-W48", known_until)]


def test_each_choice_is_told_what_was_found_since_its_own_former_letter(
    db: Database, public: Path, tmp_path: Path
) -> None:
    newer = tmp_path / "public.db"
    newer.write_bytes(public.read_bytes())
    with closing(Database(newer)) as changed:
        changed.execute("update event_versions set known_from = '2024-11-27T00:00:00+00:00', known_to = null")
    reader = join(db, "humas@kotim.example", KOTIM, (Choice("regency", "72.71"), "daily"))
    weekly, daily = read_subscriptions(db, reader.id)
    told = "update subscriptions set told_until = ?, known_until = ? where id = ?"
    db.execute(told, ["2024-11-24", "2024-11-25T00:00:00+00:00", weekly.id])
    db.execute(told, ["2024-11-30", "2024-12-01T00:00:00+00:00", daily.id])
    compose_due(db, newer, SITE, MONDAY + timedelta(weeks=1))
    _, heading, late = body(db, reader, "2024-W48").partition("BARU KAMI TEMUKAN")
    assert heading
    found = "select id from events where regency_code = '{}' and first_published_date like '2024-11%'"
    assert f"/peristiwa/{_one(public, found.format('62.02'))}" in late
    assert f"/peristiwa/{_one(public, found.format('72.71'))}" not in late


def test_a_query_tells_first_how_many_and_then_what_is_new(db: Database, public: Path, tmp_path: Path) -> None:
    reader = join(db, "peneliti@kampus.example", PEOPLE)
    other = join(db, "lain@kampus.example", PEOPLE)
    compose_due(db, public, SITE, MONDAY)
    (mine,) = read_subscriptions(db, reader.id)
    counted = f"select count(*) from seen_rows where subscription_id = {mine.id}"
    seen = db.execute(counted).fetchone()[0]
    assert seen == _one(public, "select count(distinct name) from people")
    assert read_delivery(db, reader.id, WEEK).letter_id != read_delivery(db, other.id, WEEK).letter_id  # type: ignore[union-attr]
    # The next release has one more.
    newer = tmp_path / "public.db"
    newer.write_bytes(public.read_bytes())
    with closing(Database(newer)) as changed:
        changed.execute("update people set name = 'Nama Baru' where id = (select min(id) from people)")
    counts = compose_due(db, newer, SITE, MONDAY + timedelta(weeks=1))
    assert counts["deliveries"] == 2
    assert db.execute(counted).fetchone()[0] == seen + 1


def test_a_query_that_fails_is_told_and_forgets_nothing(db: Database, public: Path) -> None:
    reader = join(db, "peneliti@kampus.example", (Choice("sql", "select nope from articles"), "daily"), PEOPLE)
    compose_due(db, public, SITE, MONDAY)
    broken, _ = read_subscriptions(db, reader.id)
    assert broken.asked_at is None
    assert broken.problem
    assert "nope" in broken.problem
    # Of a problem that lasts no letter is sent every day.
    assert compose_due(db, public, SITE, MONDAY + timedelta(days=1))["empty"] == 1


def test_many_queries_with_many_wide_rows_still_fit_one_letter(db: Database, public: Path) -> None:
    numbers = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 90)"
    wide = ", ".join(f"i || replace(hex(zeroblob(70)), '00', 'kata ') as kolom_{number}" for number in range(12))
    choices: list[tuple[Choice, Cadence]] = [
        (Choice("sql", f"{numbers} select {wide}, {number} as kueri from n"), "weekly") for number in range(50)
    ]
    reader = join(db, "peneliti@kampus.example", *choices)
    db.execute("update subscriptions set asked_at = created_at")
    assert compose_due(db, public, SITE, MONDAY)["failed"] == 0
    text = body(db, reader)
    assert text.count("90 baris baru dari 90") == 50
    assert db.execute("select count(*) from seen_rows").fetchone()[0] == 50 * 90


def test_two_at_once_make_each_letter_once(public: Path, tmp_path: Path) -> None:
    mail = tmp_path / "mail.db"
    with closing(open_mail_db(mail)) as db:
        for number in range(20):
            join(db, f"r{number}@kotim.example", *((PEOPLE, KOTIM) if number % 2 else (KOTIM,)))
    children = [_fork_composing(mail, public, None) for _ in range(2)]
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0]
    with closing(open_mail_db(mail)) as db:
        _check_whole(db)
        assert due(db) == [(number, WEEK) for number in range(1, 21)]
        assert db.execute("select count(*) from letters").fetchone()[0] == 11


def _subject(db: Database, reader: Subscriber, issue: str) -> str:
    delivery = read_delivery(db, reader.id, issue)
    assert delivery
    letter = read_letter(db, delivery.letter_id)
    assert letter
    return letter.subject


def test_the_subject_of_a_letter_of_queries_says_what_they_brought(db: Database, public: Path) -> None:
    reader = join(db, "peneliti@kampus.example", (Choice("sql", "-- Orang\nselect name from people"), "weekly"))
    issues = ["2024-W47", "2024-W48", "2024-W49"]
    compose_due(db, public, SITE, MONDAY)
    compose_due(db, public, SITE, MONDAY + timedelta(weeks=1))
    db.execute("delete from seen_rows where row_hash = (select min(row_hash) from seen_rows)")
    compose_due(db, public, SITE, MONDAY + timedelta(weeks=2))
    broken = join(db, "lain@kampus.example", (Choice("sql", "-- Rusak\nselect nope"), "weekly"))
    compose_due(db, public, SITE, MONDAY + timedelta(weeks=2))
    assert [_subject(db, reader, issue) for issue in issues] == [
        "SQL: Orang: baris barunya kami kabarkan mulai sekarang",
        "SQL: Orang, 25 November - 1 Desember 2024: tidak ada baris baru",
        "SQL: Orang, 2-8 Desember 2024: 1 baris baru",
    ]
    assert _subject(db, broken, "2024-W49") == "SQL: Rusak, 2-8 Desember 2024: tidak terjawab"


def test_a_choice_that_is_no_more_is_told_and_the_others_come(db: Database, public: Path) -> None:
    gone: tuple[Choice, Cadence] = (Choice("outlet", "sudah_dihapus"), "daily")
    readers = [join(db, f"r{number}@kotim.example", KOTIM, gone) for number in range(2)]
    assert compose_due(db, public, SITE, MONDAY)["deliveries"] == 2
    for reader in readers:
        _, told = read_subscriptions(db, reader.id)
        assert told.problem
        assert told.told_until == "2024-11-24"
    assert "sudah_dihapus" in body(db, readers[0])
    # Nobody is told so every day.
    assert compose_due(db, public, SITE, MONDAY + timedelta(days=1))["empty"] == 2


def test_one_reader_whose_letter_cannot_be_built_does_not_stop_the_others(
    db: Database, public: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    build = composing.build_letter

    def refuse_english(*given: Any, **more: Any) -> Any:
        if more["lang"] == "en":
            raise ValueError("the letter is too large")
        return build(*given, **more)

    monkeypatch.setattr(composing, "build_letter", refuse_english)
    broken = join(db, "en@kotim.example", lang="en")
    join(db, "id@kotim.example")
    join(db, "also@kotim.example", lang="en")
    counts = compose_due(db, public, SITE, MONDAY)
    assert (counts["deliveries"], counts["failed"], len(caplog.records)) == (1, 2, 1)
    assert f"subscriber {broken.id} could not be built" in caplog.text
    assert "en@kotim.example" not in caplog.text
    monkeypatch.undo()
    assert compose_due(db, public, SITE, MONDAY + timedelta(hours=1))["deliveries"] == 2


def test_whoever_leaves_while_her_letter_is_built_gets_none(
    db: Database, public: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = join(db, "humas@kotim.example", PEOPLE)
    build = composing.build_letter

    def leave_meanwhile(*given: Any, **more: Any) -> Any:
        leave(db, reader.id, MONDAY)
        return build(*given, **more)

    monkeypatch.setattr(composing, "build_letter", leave_meanwhile)
    assert compose_due(db, public, SITE, MONDAY)["deliveries"] == 0
    assert due(db) == []
    assert db.execute("select count(*) from letters").fetchone()[0] == 0


def test_a_choice_that_is_taken_away_while_it_is_asked_does_no_harm(
    db: Database, public: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = join(db, "humas@kotim.example", PEOPLE)
    build = composing.build_letter

    def change_meanwhile(*given: Any, **more: Any) -> Any:
        set_subscriptions(db, reader.id, [KOTIM], MONDAY)
        return build(*given, **more)

    monkeypatch.setattr(composing, "build_letter", change_meanwhile)
    assert compose_due(db, public, SITE, MONDAY)["deliveries"] == 1
    assert db.execute("select count(*) from seen_rows").fetchone()[0] == 0


def test_a_release_that_is_swapped_meanwhile_is_for_the_next_run(
    db: Database, public: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served, newer = tmp_path / "public.db", tmp_path / "newer.db"
    for path in (served, newer):
        path.write_bytes(public.read_bytes())
    with closing(Database(newer)) as changed:
        changed.execute("update release set hash = 'newer'")
    build = composing.build_letter

    def swap(*given: Any, **more: Any) -> Any:
        if newer.exists():
            newer.replace(served)
        return build(*given, **more)

    monkeypatch.setattr(composing, "build_letter", swap)
    for number in range(3):
        join(db, f"r{number}@kotim.example", (Choice("regency", ("62.02", "72.71", "64.01")[number]), "weekly"))
    compose_due(db, served, SITE, MONDAY)
    releases = [release for (release,) in db.execute("select distinct release from letters")]
    assert releases == [_one(public, "select hash from release")]


def test_a_changed_zone_or_language_is_a_letter_of_its_own(db: Database, public: Path) -> None:
    reader = join(db, "humas@kotim.example")
    compose_due(db, public, SITE, MONDAY)
    change(db, reader.id, lang="en", zone="WIT", now=MONDAY)
    assert compose_due(db, public, SITE, MONDAY + timedelta(hours=1))["deliveries"] == 0
    compose_due(db, public, SITE, MONDAY + timedelta(weeks=1))
    letters = db.execute("select lang from letters order by id").fetchall()
    assert letters == [("id",), ("en",)]


# Confirmation


def test_whoever_asks_is_asked_once_for_each_request(db: Database, public: Path) -> None:
    asked = ask(db, "humas@kotim.example", [KOTIM, PEOPLE], origin="form", now=JOINED)
    assert compose_due(db, public, SITE, JOINED)["confirmations"] == 1
    assert compose_due(db, public, SITE, JOINED)["confirmations"] == 0
    ask(db, "humas@kotim.example", [ALL], origin="form", now=JOINED)
    assert compose_due(db, public, SITE, JOINED)["confirmations"] == 1
    assert due(db) == [(asked.id, "konfirmasi-1"), (asked.id, "konfirmasi-2")]
    text = body(db, asked, "konfirmasi-1")
    assert "Kabupaten Kotawaringin Timur, tiap Senin" in text
    assert CONFIRM_URL in text


def test_a_reader_is_asked_about_what_is_new_in_her_own_language(db: Database, public: Path) -> None:
    reader = join(db, "humas@kotim.example", lang="en")
    asked = ask(db, "humas@kotim.example", [KOTIM], origin="form", now=JOINED, lang="id")
    assert compose_confirmation(db, asked, SITE, JOINED) == 1
    assert compose_confirmation(db, asked, SITE, JOINED) == 0
    assert "every Monday" in body(db, reader, "konfirmasi-2")
    confirm(db, reader.id, JOINED)
    assert compose_due(db, public, SITE, JOINED)["confirmations"] == 0


def test_the_message_is_known_again_and_names_nobody(db: Database, public: Path) -> None:
    reader = join(db, "humas@kotim.example")
    compose_due(db, public, SITE, MONDAY)
    delivery = read_delivery(db, reader.id, WEEK)
    assert delivery
    assert delivery.message_id.startswith(f"<{WEEK}.")
    assert delivery.message_id.endswith("@pantau.example>")


# Killed


def _fork_composing(mail: Path, public: Path, last: int | None) -> int:
    """The id of a process that composes, and is killed before the `last` statement on mail.db.

    It is forked, so it is as real as one that was started, and need not read all modules anew.
    """
    child = os.fork()
    if child:
        return child
    told = 0

    def count(_: str) -> None:
        nonlocal told
        told += 1
        if told == last:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        db = open_mail_db(mail)
        db.conn.set_trace_callback(count)
        compose_due(db, public, SITE, MONDAY)
        os._exit(0)
    finally:
        os._exit(1)


def test_killed_anywhere_and_run_again_nobody_is_left_out_or_told_twice(public: Path, tmp_path: Path) -> None:
    mail = tmp_path / "mail.db"
    with closing(open_mail_db(mail)) as db:
        for number in range(6):
            join(db, f"r{number}@kotim.example", *((PEOPLE, KOTIM) if number % 2 else (KOTIM,)))
        ask(db, "baru@kotim.example", [ALL], origin="form", now=JOINED)
    kills = 0
    # Each run comes some statements further than the one before, so the kills fall on every kind of statement.
    for last in range(3, 1000, 7):
        status = os.waitstatus_to_exitcode(os.waitpid(_fork_composing(mail, public, last), 0)[1])
        with closing(open_mail_db(mail)) as db:
            _check_whole(db)
        if status == 0:
            break
        assert status == -signal.SIGKILL
        kills += 1
    assert kills >= 5
    with closing(open_mail_db(mail)) as db:
        _check_whole(db)
        assert sorted(due(db)) == [*((number, WEEK) for number in range(1, 7)), (7, "konfirmasi-1")]
        for delivery in due_deliveries(db, MONDAY):
            mark_handing(db, delivery.subscriber_id, delivery.issue, MONDAY)
            mark_sent(db, delivery.subscriber_id, delivery.issue, MONDAY)
        assert compose_due(db, public, SITE, MONDAY)["deliveries"] == 0


def _check_whole(db: Database) -> None:
    """Whoever has a delivery was told all that belongs to it, and nobody else was told anything."""
    rows = db.execute(
        """
        select subscriber_id, told_until is not null, kind = 'sql',
            exists (select 1 from seen_rows where subscription_id = subscriptions.id),
            exists (
                select 1 from deliveries
                where deliveries.subscriber_id = subscriptions.subscriber_id and issue = '2024-W47'
            )
        from subscriptions
        join subscribers on subscribers.id = subscriber_id and state = 'active'
        """
    ).fetchall()
    for _, is_told, is_table, is_seen, is_delivered in rows:
        assert is_told == is_delivered
        assert is_seen == (is_table and is_delivered)


def _one(path: Path, sql: str) -> Any:
    with closing(Database(path)) as db:
        return db.execute(sql).fetchone()[0]
