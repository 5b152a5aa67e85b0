"""The address that a bounce comes back to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from db.mailing.connect import open_mail_db
from publish.mail.addresses import parse_address
from publish.mail.verp import bounce_address, read_bounce_address


@pytest.fixture(scope="module")
def db() -> Iterator[Database]:
    with closing(open_mail_db(":memory:")) as db:
        yield db


@pytest.mark.parametrize("issue", ["2026-W47", "2026-11-21", "konfirmasi-3"])
def test_a_bounce_says_whose_letter_it_is_whatever_case_a_server_writes(db: Database, issue: str) -> None:
    address = bounce_address(db, "bounce@surat.example", 1_234_567, issue)
    assert parse_address(address) == address
    for written in (address, address.upper(), f"<{address}>", f" {address} "):
        assert read_bounce_address(db, written) == (1_234_567, issue)


def test_where_there_is_no_room_the_issue_is_left_out(db: Database) -> None:
    address = bounce_address(db, f"{'b' * 42}@surat.example", 7, "2026-W47")
    assert len(address.partition("@")[0]) <= 64
    assert read_bounce_address(db, address) == (7, None)
    with pytest.raises(ValueError, match="too long"):
        bounce_address(db, f"{'b' * 60}@surat.example", 7, "2026-W47")


def test_nobody_makes_an_address_for_another_reader_or_issue(db: Database) -> None:
    mine = bounce_address(db, "bounce@surat.example", 7, "2026-W47")
    with closing(open_mail_db(":memory:")) as other:
        foreign = bounce_address(other, "bounce@surat.example", 7, "2026-W47")
    forged = [mine.replace("+7.", "+8."), mine.replace("w47", "w48"), mine.replace(".2026-w47", ""), foreign]
    assert [read_bounce_address(db, address) for address in forged] == [None] * 4


@given(address=st.text(max_size=120) | st.from_regex(r"bounce\+\d{1,25}\.[a-z2-7]{12}@x", fullmatch=True))
def test_other_addresses_are_nobodys(db: Database, address: str) -> None:
    assert read_bounce_address(db, address) is None
