"""Who gets letters: asked, confirmed, left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlite_utils import Database

from db.mailing.connect import open_mail_db
from db.mailing.ledger import add_delivery, mark_failed, read_delivery, save_letter
from db.mailing.subscribers import (
    MOST_SUBSCRIPTIONS,
    Cadence,
    Choice,
    Subscriber,
    SubscriberError,
    ask,
    change,
    confirm,
    find_subscriber,
    forget_unconfirmed,
    is_refused,
    leave,
    list_subscribers,
    read_requests,
    read_subscriber,
    read_subscriptions,
    set_subscriptions,
)

NOW = datetime(2026, 11, 18, 3, tzinfo=UTC)
KOTIM: tuple[Choice, Cadence] = (Choice("regency", "62.02"), "weekly")
PALU: tuple[Choice, Cadence] = (Choice("regency", "72.71"), "daily")
SEARCH: tuple[Choice, Cadence] = (Choice("search", "masterplan kota cerdas"), "weekly")


@pytest.fixture
def db() -> Iterator[Database]:
    with closing(open_mail_db(":memory:")) as db:
        yield db


def join(db: Database, email: str = "humas@kotim.example", *choices: tuple[Choice, Cadence]) -> Subscriber:
    return ask(db, email, choices or [KOTIM], origin="operator", now=NOW, is_confirmed=True)


def form(db: Database, *choices: tuple[Choice, Cadence], now: datetime = NOW, **more: Any) -> Subscriber:
    return ask(db, more.pop("email", "humas@kotim.example"), choices or [KOTIM], origin="form", now=now, **more)


def chosen(db: Database, subscriber: Subscriber) -> set[tuple[str, str, str]]:
    return {(s.kind, s.value, s.cadence) for s in read_subscriptions(db, subscriber.id)}


def test_whoever_asks_by_the_form_waits_until_she_confirms(db: Database) -> None:
    asked = form(db, KOTIM, PALU, name="Ibu Sari", zone="WITA")
    assert (asked.state, asked.confirmations, asked.confirmed_at, asked.zone) == ("pending", 1, None, "WITA")
    confirmed = confirm(db, asked.id, NOW)
    assert confirmed
    assert (confirmed.state, confirmed.name) == ("active", "Ibu Sari")
    assert chosen(db, confirmed) == {("regency", "62.02", "weekly"), ("regency", "72.71", "daily")}
    assert confirm(db, asked.id, NOW) == confirmed


def test_consent_that_exists_needs_no_confirmation(db: Database) -> None:
    joined = join(db)
    assert (joined.state, joined.confirmed_at) == ("active", NOW.isoformat())
    assert read_requests(db, joined.id) == []


def test_a_stranger_changes_nothing_of_a_reader(db: Database) -> None:
    joined = join(db, "humas@kotim.example", KOTIM)
    before = chosen(db, joined)
    asked = form(db, PALU, (KOTIM[0], "daily"), name="Orang Lain", lang="en", zone="WIT")
    assert chosen(db, joined) == before
    assert (asked.state, asked.name, asked.lang, asked.zone) == ("active", None, "id", "WIB")
    assert [request.choices for request in read_requests(db, joined.id)] == [(PALU, (KOTIM[0], "daily"))]
    confirm(db, joined.id, NOW)
    assert chosen(db, joined) == {("regency", "72.71", "daily"), ("regency", "62.02", "daily")}


def test_a_letter_confirms_what_stands_in_it_and_no_other_request(db: Database) -> None:
    form(db, SEARCH)
    asked = form(db, KOTIM)
    confirm(db, asked.id, NOW, asked.confirmations)
    assert chosen(db, asked) == {("regency", "62.02", "weekly")}
    assert [request.choices for request in read_requests(db, asked.id)] == [(SEARCH,)]


@pytest.mark.parametrize("is_reader", [False, True])
def test_an_address_is_asked_three_times_a_day_known_or_not(db: Database, is_reader: bool) -> None:
    if is_reader:
        join(db)
    for _ in range(3):
        form(db)
    with pytest.raises(SubscriberError) as told:
        form(db, now=NOW + timedelta(hours=23))
    assert (told.value.key, told.value.values) == ("too-often", {"most": 3})
    assert form(db, now=NOW + timedelta(hours=25)).confirmations == 4 + is_reader


def test_whoever_throws_the_requests_of_others_away_is_not_asked_more_often(db: Database) -> None:
    for end in (leave, confirm, leave):
        end(db, form(db).id, NOW)
    with pytest.raises(SubscriberError, match="within a day"):
        form(db, email="HUMAS@kotim.example")
    assert form(db, email="lain@kotim.example").confirmations == 1


@pytest.mark.parametrize(
    ("choices", "key"),
    [
        ([], "no-choice"),
        ([(Choice("regency", f"{number}"), "weekly") for number in range(MOST_SUBSCRIPTIONS + 1)], "too-many"),
        ([(Choice("sql", "select 1 " * 1000), "weekly")], "too-long"),
        ([(Choice("kecamatan", "x"), "weekly")], "no-such-choice"),
        ([(Choice("regency", "62.02"), "hourly")], "no-such-choice"),
        ([(Choice("regency", " "), "weekly")], "no-such-choice"),
        ([(Choice("all", "62.02"), "weekly")], "no-such-choice"),
    ],
)
def test_what_cannot_be_chosen_is_refused_with_its_reason(db: Database, choices: Any, key: str) -> None:
    with pytest.raises(SubscriberError) as told:
        ask(db, "humas@kotim.example", choices, origin="form", now=NOW)
    assert told.value.key == key
    assert find_subscriber(db, "humas@kotim.example") is None


@pytest.mark.parametrize("email", ["humas", "humas@kotim.example\nBcc: x@x.example", "a b@kotim.example", "\x00@x"])
def test_what_could_harm_a_header_is_no_address(db: Database, email: str) -> None:
    with pytest.raises(SubscriberError, match="not an address"):
        form(db, email=email)


def test_whoever_has_choices_cannot_confirm_more_than_fit_and_keeps_both(db: Database) -> None:
    own = [(Choice("regency", f"{number}"), "weekly") for number in range(MOST_SUBSCRIPTIONS)]
    joined = join(db, "humas@kotim.example", *own)
    form(db, PALU)
    with pytest.raises(SubscriberError) as told:
        confirm(db, joined.id, NOW)
    assert told.value.key == "too-many"
    assert len(read_subscriptions(db, joined.id)) == MOST_SUBSCRIPTIONS
    assert len(read_requests(db, joined.id)) == 1


def test_one_address_in_any_case_is_one_reader(db: Database) -> None:
    joined = join(db, "Humas@Kotim.example")
    assert join(db, " humas@KOTIM.example ", PALU).id == joined.id
    assert find_subscriber(db, "HUMAS@KOTIM.EXAMPLE") == read_subscriber(db, joined.id)


def test_of_whoever_leaves_nothing_stays_that_tells_who_she_was(db: Database) -> None:
    joined = join(db)
    change(db, joined.id, name="Sari Wulandari", now=NOW)
    form(db, SEARCH)
    letter = save_letter(db, issue="2026-W46", selection="a", lang="id", subject="s", html="h", text="t", now=NOW)
    for issue in ("2026-W45", "2026-W46"):
        add_delivery(db, joined.id, issue, letter, f"<{issue}>", NOW)
    mark_failed(db, joined.id, "2026-W45", NOW, 550, "5.1.1 <humas@kotim.example> unknown")
    leave(db, joined.id, NOW)
    left = read_subscriber(db, joined.id)
    assert left
    assert (left.email, left.name, left.state) == ("", None, "left")
    kept = "\n".join(line for line in db.conn.iterdump() if "secrets" not in line)
    assert not [word for word in ("humas", "kotim", "Sari", "62.02", "masterplan") if word in kept]
    states = [read_delivery(db, joined.id, issue).state for issue in ("2026-W45", "2026-W46")]  # type: ignore[union-attr]
    assert states == ["failed", "dropped"]
    leave(db, joined.id, NOW, "complaint")
    assert read_subscriber(db, joined.id) == left
    assert confirm(db, joined.id, NOW) is None
    with pytest.raises(SubscriberError, match="no subscriber"):
        change(db, joined.id, lang="en", now=NOW)


@pytest.mark.parametrize("reason", ["left", "complaint", "dead"])
def test_an_address_that_was_refused_comes_back_only_by_its_own_wish(db: Database, reason: Any) -> None:
    leave(db, join(db).id, NOW, reason)
    for is_confirmed in (False, True):
        with pytest.raises(SubscriberError) as told:
            ask(db, "HUMAS@kotim.example", [KOTIM], origin="import", now=NOW, is_confirmed=is_confirmed)
        assert (told.value.key, told.value.values) == ("refused", {"reason": reason})
    asked = form(db)
    assert is_refused(db, "humas@kotim.example") == reason
    confirmed = confirm(db, asked.id, NOW)
    assert confirmed
    assert (confirmed.state, is_refused(db, "humas@kotim.example")) == ("active", None)


def test_a_dead_address_stays_known_to_the_operator_for_a_while(db: Database) -> None:
    joined = join(db)
    leave(db, joined.id, NOW, "dead")
    assert [(s.email, s.state) for s in list_subscribers(db, "dead")] == [("humas@kotim.example", "dead")]
    assert len(read_subscriptions(db, joined.id)) == 1
    assert forget_unconfirmed(db, NOW + timedelta(days=91)) == 1
    assert [(s.email, s.state) for s in list_subscribers(db)] == [("", "left")]
    assert is_refused(db, "humas@kotim.example") == "dead"


def test_whoever_does_not_confirm_is_forgotten_after_thirty_days(db: Database) -> None:
    joined = join(db, "active@kotim.example")
    form(db, PALU, email="active@kotim.example")
    form(db)
    form(db, email="late@kotim.example", now=NOW + timedelta(days=5))
    leave(db, form(db, email="salah@kotim.example").id, NOW, "dead")
    assert forget_unconfirmed(db, NOW + timedelta(days=31)) == 2
    assert [s.email for s in list_subscribers(db)] == ["active@kotim.example", "late@kotim.example"]
    assert read_requests(db, joined.id) == []
    assert is_refused(db, "humas@kotim.example") is None


def test_a_choice_that_stays_keeps_what_its_reader_was_told(db: Database) -> None:
    joined = join(db, "humas@kotim.example", KOTIM, PALU)
    kept = read_subscriptions(db, joined.id)[0]
    db.execute("update subscriptions set told_until = '2026-11-15' where id = ?", [kept.id])
    now = set_subscriptions(db, joined.id, [(KOTIM[0], "daily"), SEARCH], NOW)
    assert [(s.kind, s.value, s.cadence, s.told_until) for s in now] == [
        ("regency", "62.02", "daily", "2026-11-15"),
        ("search", "masterplan kota cerdas", "weekly", None),
    ]
    assert now[0].id == kept.id


def test_settings_change_one_by_one_and_a_name_can_go(db: Database) -> None:
    joined = join(db)
    change(db, joined.id, lang="en", name="Sari", now=NOW)
    changed = change(db, joined.id, zone="WIT", now=NOW)
    assert (changed.lang, changed.zone, changed.name) == ("en", "WIT", "Sari")
    assert change(db, joined.id, name="", now=NOW).name is None


def test_readers_are_listed_in_order_while_others_come(db: Database) -> None:
    for number in range(1203):
        join(db, f"r{number}@kotim.example")
    seen = []
    for subscriber in list_subscribers(db, "active", after=3):
        seen.append(subscriber.id)
        if subscriber.id == 4:
            leave(db, 1000, NOW)
    assert seen == [number for number in range(4, 1204) if number != 1000]
