"""The ledger of letters: what is due, what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlite_utils import Database

from db.mailing.connect import open_mail_db
from db.mailing.ledger import (
    add_delivery,
    drop,
    due_deliveries,
    find_letter,
    forget_letters,
    mark_deferred,
    mark_due,
    mark_failed,
    mark_handing,
    mark_sent,
    read_delivery,
    read_letter,
    save_letter,
)
from db.mailing.subscribers import Choice, ask, leave

NOW = datetime(2026, 11, 23, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=15)
WEEK = "2026-W47"


@pytest.fixture
def db() -> Iterator[Database]:
    with closing(open_mail_db(":memory:")) as db:
        yield db


def reader(db: Database, email: str = "humas@kotim.example") -> int:
    return ask(db, email, [(Choice("all"), "weekly")], origin="operator", now=NOW, is_confirmed=True).id


def letter(db: Database, issue: str = WEEK, **more: Any) -> int:
    content: dict[str, Any] = {"selection": "[]", "lang": "id", "subject": "Pekan ini", "html": "<p>é</p>", "text": "é"}
    return save_letter(db, issue=issue, now=NOW, **content | more)


def deliver(db: Database, subscriber_id: int, issue: str = WEEK) -> bool:
    return add_delivery(db, subscriber_id, issue, letter(db, issue), f"<{issue}.{subscriber_id}@x.example>", NOW)


def due(db: Database, now: datetime = NOW) -> list[tuple[int, str]]:
    return [(delivery.subscriber_id, delivery.issue) for delivery in due_deliveries(db, now)]


def state(db: Database, subscriber_id: int, issue: str = WEEK) -> str:
    delivery = read_delivery(db, subscriber_id, issue)
    assert delivery
    return delivery.state


def test_a_letter_is_read_as_it_was_kept(db: Database) -> None:
    images = {"tangga": b"\x89PNG\r\n", "peta": b"\x89PNG\x00"}
    kept = read_letter(db, letter(db, calendar=b"BEGIN:VCALENDAR\r\n", images=images))
    assert kept
    assert (kept.html, kept.text, kept.calendar, kept.images) == ("<p>é</p>", "é", b"BEGIN:VCALENDAR\r\n", images)


def test_a_second_try_keeps_the_letter_that_is_there(db: Database) -> None:
    first = letter(db)
    assert letter(db, html="<p>lain</p>") == first == find_letter(db, WEEK, "[]")
    assert letter(db, selection="[1]") != first
    assert read_letter(db, first).html == "<p>é</p>"  # type: ignore[union-attr]


def test_a_letter_goes_once_to_each_reader(db: Database) -> None:
    one = reader(db)
    assert [deliver(db, one), deliver(db, one)] == [True, False]
    assert due(db) == [(one, WEEK)]
    assert mark_handing(db, one, WEEK, NOW) is False
    assert mark_sent(db, one, WEEK, NOW, 250, "queued")
    assert due(db) == []
    assert mark_handing(db, one, WEEK, NOW) is None
    assert not mark_sent(db, one, WEEK, NOW)


def test_what_a_killed_run_was_handing_over_comes_again_and_says_so(db: Database) -> None:
    one = reader(db)
    deliver(db, one)
    mark_handing(db, one, WEEK, NOW)
    assert due(db) == [(one, WEEK)]
    assert mark_handing(db, one, WEEK, LATER) is True
    delivery = read_delivery(db, one, WEEK)
    assert delivery
    assert (delivery.attempts, delivery.repeats, delivery.message_id) == (2, 1, f"<{WEEK}.{one}@x.example>")


def test_what_a_server_defers_waits_for_its_time(db: Database) -> None:
    one = reader(db)
    deliver(db, one)
    assert mark_deferred(db, one, WEEK, NOW, LATER, 451, "greylisted")
    assert (due(db), due(db, LATER)) == ([], [(one, WEEK)])
    assert mark_handing(db, one, WEEK, LATER) is False
    assert mark_deferred(db, one, WEEK, LATER, LATER + timedelta(minutes=30), 452)
    delivery = read_delivery(db, one, WEEK)
    assert delivery
    assert (delivery.attempts, delivery.code, delivery.due_at) == (2, 452, NOW.isoformat())


ENDS: dict[str, Callable[[Database, int], bool]] = {
    "failed": lambda db, one: mark_failed(db, one, WEEK, NOW, 550, "no such user"),
    "dropped": lambda db, one: drop(db, one, WEEK, NOW),
}


@pytest.mark.parametrize("end", ENDS)
def test_what_has_ended_stays_ended(db: Database, end: str) -> None:
    one = reader(db)
    deliver(db, one)
    assert ENDS[end](db, one)
    assert state(db, one) == end
    assert not mark_deferred(db, one, WEEK, NOW, LATER)
    assert not any(again(db, one) for again in ENDS.values())
    assert mark_handing(db, one, WEEK, NOW) is None
    assert due(db, NOW + timedelta(days=9)) == []


def test_whoever_leaves_while_the_server_takes_the_letter_got_it(db: Database) -> None:
    one = reader(db)
    deliver(db, one)
    mark_handing(db, one, WEEK, NOW)
    leave(db, one, NOW)
    assert mark_handing(db, one, WEEK, NOW) is None
    assert mark_sent(db, one, WEEK, NOW, 250, "queued for humas@kotim.example")
    delivery = read_delivery(db, one, WEEK)
    assert delivery
    assert (delivery.state, delivery.answer) == ("sent", None)


def test_a_handing_over_that_did_not_end_can_be_taken_back(db: Database) -> None:
    one = reader(db)
    deliver(db, one)
    assert not mark_due(db, one, WEEK, NOW)
    mark_handing(db, one, WEEK, NOW)
    assert mark_due(db, one, WEEK, NOW)
    assert mark_handing(db, one, WEEK, NOW) is False


def test_only_whoever_is_asked_gets_a_letter_before_she_confirms(db: Database) -> None:
    asked = ask(db, "humas@kotim.example", [(Choice("all"), "weekly")], origin="form", now=NOW).id
    assert not deliver(db, asked)
    assert deliver(db, asked, "konfirmasi-1")
    assert mark_handing(db, asked, "konfirmasi-1", NOW) is False


def test_whoever_waits_for_confirmation_comes_first_and_the_dead_not_at_all(db: Database) -> None:
    readers = [reader(db, f"r{number}@kotim.example") for number in range(3)]
    for one in readers:
        deliver(db, one)
    deliver(db, readers[2], "konfirmasi-1")
    leave(db, readers[1], NOW, "dead")
    assert due(db) == [(readers[2], "konfirmasi-1"), (readers[0], WEEK), (readers[2], WEEK)]
    assert state(db, readers[1]) == "dropped"


def test_each_comes_once_although_its_state_changes_on_the_way(db: Database) -> None:
    readers = [reader(db, f"r{number}@kotim.example") for number in range(450)]
    for one in readers:
        deliver(db, one, "2026-11-21")
        deliver(db, one)
    seen = []
    for delivery in due_deliveries(db, NOW):
        seen.append((delivery.subscriber_id, delivery.issue))
        mark_handing(db, delivery.subscriber_id, delivery.issue, NOW)
        if delivery.subscriber_id % 2:
            mark_sent(db, delivery.subscriber_id, delivery.issue, NOW)
    assert seen == [(one, issue) for one in readers for issue in ("2026-11-21", WEEK)]
    assert len(due(db)) == 450


def test_the_open_ones_are_found_without_going_over_all_that_was_sent(db: Database) -> None:
    asked: list[str] = []
    db.conn.set_trace_callback(asked.append)
    due(db)
    db.conn.set_trace_callback(None)
    plans = [db.execute(f"explain query plan {sql}").fetchall() for sql in asked if "select" in sql]
    assert len(plans) == 2
    assert all("SEARCH deliveries USING INDEX deliveries_open" in plan[0][-1] for plan in plans), plans


def test_what_letters_said_is_forgotten_after_ninety_days_and_that_they_went_is_not(db: Database) -> None:
    one, other = reader(db), reader(db, "diskominfo@palu.example")
    deliver(db, one)
    mark_handing(db, one, WEEK, NOW)
    mark_sent(db, one, WEEK, NOW)
    deliver(db, other, "2026-W48")
    assert forget_letters(db, NOW + timedelta(days=89)) == 0
    assert forget_letters(db, NOW + timedelta(days=91)) == 1
    assert forget_letters(db, NOW + timedelta(days=91)) == 0
    sent = read_delivery(db, one, WEEK)
    open_ = read_delivery(db, other, "2026-W48")
    assert sent
    assert open_
    assert read_letter(db, sent.letter_id) is None
    assert read_letter(db, open_.letter_id)
