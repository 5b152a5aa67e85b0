"""Signed addresses of a reader's pages, and message ids."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from db.mailing.connect import open_mail_db
from publish.letters.letter import CONFIRM_URL, COPY_URL, PREFERENCES_URL, UNSUBSCRIBE_URL
from publish.mail.tokens import (
    CONFIRM_WITHIN,
    message_id_for,
    read_confirmation,
    read_token,
    sign,
    sign_confirmation,
    urls_of,
)

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
PURPOSES = ("unsubscribe", "preferences", "copy", "confirm")


@pytest.fixture(scope="module")
def db() -> Iterator[Database]:
    with closing(open_mail_db(":memory:")) as db:
        yield db


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_token_opens_what_it_was_made_for_and_nothing_else(db: Database, purpose: str) -> None:
    token = sign(db, purpose, 7, "2026-W47")
    assert {other: read_token(db, other, token) for other in PURPOSES} == {
        other: [7, "2026-W47"] if other == purpose else None for other in PURPOSES
    }


def test_no_token_ends_in_what_a_mail_program_takes_for_punctuation(db: Database) -> None:
    tokens = {number: sign(db, "copy", number, "2026-W47") for number in range(300)}
    assert all(token[-1].isalnum() for token in tokens.values())
    assert all(read_token(db, "copy", token) == [number, "2026-W47"] for number, token in tokens.items())


def test_a_token_of_another_installation_opens_nothing(db: Database) -> None:
    with closing(open_mail_db(":memory:")) as other:
        assert read_token(db, "preferences", sign(other, "preferences", 7)) is None


def test_a_token_changed_in_any_one_character_opens_nothing(db: Database) -> None:
    token = sign(db, "copy", 7, "2026-W47")
    changed = {token[:at] + other + token[at + 1 :] for at in range(len(token)) for other in "AaZz09-_.!" if other}
    assert [one for one in changed - {token} if read_token(db, "copy", one) is not None] == []


@given(token=st.text(max_size=300) | st.from_regex(r"[\w.-]{1,80}\.[\w-]{27}", fullmatch=True))
def test_whatever_is_written_for_a_token_opens_nothing_and_breaks_nothing(db: Database, token: str) -> None:
    assert read_token(db, "preferences", token) is None
    assert read_confirmation(db, token, NOW) is None


@pytest.mark.parametrize("token", ["", ".", "x" * 10_000, "é" * 30, "\0", "\ud800", "W10.", "[7]"])
def test_what_is_no_token_at_all_opens_nothing(db: Database, token: str) -> None:
    assert read_token(db, "unsubscribe", token) is None


def test_a_request_may_be_confirmed_for_seven_days(db: Database) -> None:
    token = sign_confirmation(db, 7, 2, NOW)
    assert read_confirmation(db, token, NOW + timedelta(days=7)) == (7, 2)
    assert read_confirmation(db, token, NOW + CONFIRM_WITHIN + timedelta(seconds=1)) is None
    assert read_confirmation(db, sign(db, "confirm", 7), NOW) is None
    assert read_confirmation(db, sign(db, "preferences", 7, 2, 9_999_999_999), NOW) is None


def test_the_pages_of_a_letter_are_one_readers_own_and_short(db: Database) -> None:
    site = "https://pantau.kominfo.kabupaten-hulu-sungai-selatan.example/"
    urls = urls_of(db, site, 10_000_000, "konfirmasi-12", NOW)
    assert set(urls) == {UNSUBSCRIBE_URL, PREFERENCES_URL, CONFIRM_URL, COPY_URL}
    assert max(map(len, urls.values())) < 200
    assert all("//" not in url.removeprefix("https://") for url in urls.values())
    assert not set(urls.values()) & set(urls_of(db, site, 10_000_001, "konfirmasi-12", NOW).values())
    confirmed = urls[CONFIRM_URL].removeprefix(f"{site}langganan/konfirmasi/")
    assert read_confirmation(db, confirmed, NOW) == (10_000_000, 12)


def test_a_weekly_letter_asks_nobody_to_confirm(db: Database) -> None:
    urls = urls_of(db, "https://pantau.example", 7, "2026-W47", NOW)
    assert set(urls) == {UNSUBSCRIBE_URL, PREFERENCES_URL, COPY_URL}
    assert urls[UNSUBSCRIBE_URL] == f"https://pantau.example/langganan/berhenti/{sign(db, 'unsubscribe', 7)}"
    assert read_token(db, "copy", urls[COPY_URL].rpartition("/")[2]) == [7, "2026-W47"]


def test_a_message_id_is_the_same_each_time_and_cannot_be_made_up(db: Database) -> None:
    first = message_id_for(db, 7, "2026-W47", "surat.example")
    assert first == message_id_for(db, 7, "2026-W47", "surat.example")
    others = {message_id_for(db, 8, "2026-W47", "surat.example"), message_id_for(db, 7, "2026-W48", "surat.example")}
    with closing(open_mail_db(":memory:")) as other:
        others.add(message_id_for(other, 7, "2026-W47", "surat.example"))
    keys = {one.split("@")[0].rsplit(".", 1)[1] for one in {first, *others}}
    assert len(keys) == 4
    assert {len(key) for key in keys} == {20}
