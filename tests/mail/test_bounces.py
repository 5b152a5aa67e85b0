"""What comes back: reports as servers write them, who may say so, and what follows."""

from __future__ import annotations

import mailbox
import quopri
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from db.mailing.connect import open_mail_db
from db.mailing.ledger import add_delivery, mark_handing, mark_sent, save_letter
from db.mailing.subscribers import Choice, ask, confirm, find_subscriber, is_refused, leave, read_subscriber
from publish.letters.letter import UNSUBSCRIBE_URL
from publish.mail.bounces import take_bounces, take_each
from publish.mail.returned import read_returned
from publish.mail.sending import send_due
from publish.mail.settings import MailSettings
from publish.mail.tokens import message_id_for, urls_of
from publish.mail.verp import bounce_address

SAMPLES = Path(__file__).with_name("bounces")
BEGINNING = datetime(2026, 11, 1, tzinfo=UTC)
MONDAY = datetime(2026, 11, 22, 23, tzinfo=UTC)
NOW = datetime(2026, 12, 24, tzinfo=UTC)

EXPECTED = {
    "complaint": ("complaint", None),
    "complaint-by-page-alone": ("complaint", None),
    "complaint-dmarc": ("other", None),
    "complaint-not-spam": ("other", None),
    "exchange-access-denied": ("dead", "5.4.1"),
    "exchange-not-found": ("dead", "5.1.10"),
    "exim-no-mailbox": ("dead", "5.1.1"),
    "exim-words": ("dead", None),
    "forged": ("foreign", None),
    "global-status": ("dead", "5.1.1"),
    "gmail-disabled": ("dead", "5.2.1"),
    "gmail-no-account": ("dead", "5.1.1"),
    "holiday-exchange": ("reply", None),
    "holiday-vacation": ("reply", None),
    "opensmtpd-error": ("dead", "5.0.0"),
    "postfix-behind": ("temporary", "5.1.1"),
    "postfix-delayed": ("delayed", None),
    "postfix-expired": ("temporary", "4.4.1"),
    "postfix-headers-only": ("dead", "5.1.1"),
    "postfix-no-domain": ("dead", "5.4.4"),
    "postfix-no-user": ("dead", "5.1.1"),
    "postfix-policy": ("policy", "5.7.1"),
    "postfix-quota": ("temporary", "5.2.2"),
    "qmail-no-mailbox": ("dead", "5.1.1"),
    "qmail-quota": ("temporary", None),
    "read-receipt": ("reply", None),
    "reply-of-a-reader": ("reply", None),
    "success": ("other", None),
    "words-not-understood": ("other", None),
    "zone-of-nobody": ("dead", "5.1.6"),
}
"""What each sample does, and the code that is kept of it."""


@pytest.fixture
def db() -> Iterator[Database]:
    with closing(open_mail_db(":memory:")) as db:
        ask(
            db, "sari@tabanan.example", [(Choice("all"), "weekly")], origin="operator", now=BEGINNING, is_confirmed=True
        )
        send(db, 1, "2026-W47", MONDAY)
        yield db


def send(db: Database, subscriber_id: int, issue: str, now: datetime) -> None:
    letter_id = save_letter(db, issue=issue, selection="all", lang="id", subject="Surat", html="", text="", now=now)
    assert add_delivery(
        db, subscriber_id, issue, letter_id, message_id_for(db, subscriber_id, issue, "pantau.example"), now
    )
    mark_handing(db, subscriber_id, issue, now)
    assert mark_sent(db, subscriber_id, issue, now, 250)


def sample(db: Database, name: str, subscriber_id: int = 1, issue: str = "2026-W47", verp: bool = True) -> bytes:
    unsubscribe = urls_of(db, "https://pantau.example", subscriber_id, issue, NOW)[UNSUBSCRIBE_URL]
    unsubscribe_qp = quopri.encodestring(unsubscribe.encode()).decode()
    marks = {
        "@@VERP@@": bounce_address(db, "bounce@pantau.example", subscriber_id, issue)
        if verp
        else "surat@pantau.example",
        "@@MESSAGE_ID@@": message_id_for(db, subscriber_id, issue, "pantau.example"),
        "@@UNSUBSCRIBE@@": unsubscribe,
        "@@UNSUBSCRIBE_QP@@": f"{unsubscribe_qp[:60]}=\n{unsubscribe_qp[60:]}",
    }
    text = (SAMPLES / f"{name}.eml").read_text("utf-8")
    for mark, value in marks.items():
        text = text.replace(mark, value)
    return text.encode()


def kept(db: Database) -> list[tuple[object, ...]]:
    return list(db.execute("select subscriber_id, issue, kind, code from bounces order by id").fetchall())


# What servers write


def test_every_sample_is_expected() -> None:
    assert {path.stem for path in SAMPLES.glob("*.eml")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_report_is_understood(db: Database, name: str) -> None:
    outcome, code = EXPECTED[name]
    (taken,) = take_each(db, [sample(db, name)], NOW)
    assert taken.outcome == outcome
    subscriber = read_subscriber(db, 1)
    states = {"dead": ("dead", "dead"), "complaint": ("left", "complaint")}
    assert (subscriber.state, is_refused(db, "sari@tabanan.example")) == states.get(outcome, ("active", None))
    if outcome in ("dead", "temporary", "policy"):
        assert kept(db) == [(1, "2026-W47", outcome, code)]
    elif outcome != "complaint":
        assert kept(db) == []


def test_what_the_server_said_is_kept_on_one_line(db: Database) -> None:
    (taken,) = take_each(db, [sample(db, "gmail-no-account")], NOW)
    assert taken.told.startswith("550-5.1.1 The email account that you tried to reach does not exist. Please try 550")
    assert db.execute("select told, came_at from bounces").fetchone() == (taken.told, "2026-11-22T23:02:11+00:00")


def test_a_time_of_no_zone_is_utc_and_none_is_after_now(db: Database) -> None:
    raw = sample(db, "zone-of-nobody")
    raw = raw[raw.index(b"From: Mail") :]
    assert read_returned(raw).came_at == datetime(2026, 11, 23, 6, 2, 10, tzinfo=UTC)
    take_bounces(db, [raw], datetime(2026, 11, 23, 1, tzinfo=UTC))
    assert db.execute("select came_at from bounces").fetchone() == ("2026-11-23T01:00:00+00:00",)


# Who may say so


@pytest.mark.parametrize("name", ["postfix-no-user", "exim-words", "qmail-no-mailbox", "gmail-no-account"])
def test_without_a_return_path_of_its_own_the_returned_letter_says_whose_it_is(db: Database, name: str) -> None:
    (taken,) = take_each(db, [sample(db, name, verp=False)], NOW)
    assert (taken.outcome, taken.subscriber_id) == ("dead", 1)
    assert kept(db)[0][1] == "2026-W47"


@pytest.mark.parametrize(
    "hidden",
    [[], [b"Message-ID"], [b"Message-ID", b"List-Unsubscribe", b"To"]],
    ids=["whole", "without its id", "redacted"],
)
def test_a_letter_as_we_send_it_says_itself_whose_it_is(db: Database, tmp_path: Path, hidden: list[bytes]) -> None:
    text = f"Berhenti: {UNSUBSCRIBE_URL}\n"
    letter = save_letter(
        db, issue="2026-W48", selection="all", lang="id", subject="Surat", html=f"<p>{text}", text=text, now=MONDAY
    )
    add_delivery(db, 1, "2026-W48", letter, message_id_for(db, 1, "2026-W48", "pantau.example"), MONDAY)
    sent_by = MailSettings.model_validate({"from": {"address": "surat@pantau.example"}})
    report = send_due(
        db, sent_by, MONDAY, site_url="https://pantau.example", outbox=tmp_path / "outbox", lock=tmp_path / "lock"
    )
    assert report.sent == 1
    (path,) = (tmp_path / "outbox").rglob("*.eml")
    sent = path.read_bytes().replace(b"\r\n", b"\n")
    for name in hidden:
        sent = re.sub(rb"(?mi)^" + name + rb": .*\n(?:[ \t].*\n)*", b"", sent)
    raw = sample(db, "complaint", verp=False)
    begin = raw.index(b"\n\n", raw.rindex(b"Content-Type: message/rfc822"))
    (taken,) = take_each(db, [raw[:begin] + b"\n\n" + sent + b"\n--=_arf--\n"], NOW)
    assert (taken.outcome, taken.subscriber_id) == ("complaint", 1)


def test_the_return_path_says_more_than_what_is_inside(db: Database) -> None:
    ask(db, "dewi@tabanan.example", [(Choice("all"), "weekly")], origin="operator", now=BEGINNING, is_confirmed=True)
    inside = sample(db, "postfix-quota", subscriber_id=1, verp=False)
    to = bounce_address(db, "bounce@pantau.example", 2, "2026-W47").encode()
    (taken,) = take_each(db, [inside.replace(b"To: surat@pantau.example", b"To: " + to, 1)], NOW)
    assert taken.subscriber_id == 2


def test_nobody_without_a_letter_of_ours_can_end_a_subscription(db: Database) -> None:
    with closing(open_mail_db(":memory:")) as other:
        ask(
            other,
            "sari@tabanan.example",
            [(Choice("all"), "weekly")],
            origin="operator",
            now=BEGINNING,
            is_confirmed=True,
        )
        foreign = [sample(other, name) for name, (outcome, _) in EXPECTED.items() if outcome in ("dead", "complaint")]
    assert take_bounces(db, foreign, NOW) == {"foreign": len(foreign)}
    assert read_subscriber(db, 1).state == "active"


def test_a_reader_who_is_not_there_any_more_is_nobody(db: Database) -> None:
    assert take_bounces(db, [sample(db, "postfix-no-user", subscriber_id=99)], NOW) == {"foreign": 1}


def test_of_one_who_left_the_address_is_not_written_down_again(db: Database) -> None:
    leave(db, 1, NOW)
    assert take_bounces(db, [sample(db, "postfix-no-user")], NOW) == {"temporary": 1}
    assert db.execute("select told from bounces").fetchone() == (None,)
    assert is_refused(db, "sari@tabanan.example") == "left"


def test_a_bounce_of_a_letter_before_she_asked_anew_does_not_end_it(db: Database) -> None:
    take_bounces(db, [sample(db, "gmail-disabled")], NOW)
    choices = [(Choice("all"), "weekly")]
    ask(db, "sari@tabanan.example", choices, origin="form", now=NOW)
    again = ask(db, "sari@tabanan.example", choices, origin="form", now=NOW)
    confirm(db, again.id, NOW)
    assert take_bounces(db, [sample(db, "postfix-no-user")], NOW + timedelta(days=1)) == {"temporary": 1}
    assert find_subscriber(db, "sari@tabanan.example").state == "active"


# How often


def failing(db: Database, name: str, days: list[int], delivered: tuple[int, ...] = (), start: int = 0) -> list[str]:
    """A letter each of the days (and `delivered`), and a report of those of `days` an hour later: what it led to."""
    outcomes = []
    for day in sorted({*days, *delivered}):
        sent_at = MONDAY + timedelta(days=1 + day)
        issue = f"{sent_at:%Y-%m-%d}"
        send(db, 1, issue, sent_at)
        if day in days:
            at = (sent_at + timedelta(hours=1)).strftime("%a, %d %b %Y %H:%M:%S +0000")
            raw = sample(db, name, issue=issue)
            raw = raw[raw.index(b"From: Mail") :].replace(b"Mon, 23 Nov 2026 06:02:10 +0700", at.encode(), 1)
            raw = raw.replace(f"<{name}@".encode(), f"<{name}.{day}@".encode(), 1)
            outcomes += [taken.outcome for taken in take_each(db, [raw], sent_at + timedelta(days=1))]
    return outcomes


@pytest.mark.parametrize(
    ("days", "delivered", "outcomes"),
    [
        ([0, 7, 14], (), ["temporary", "temporary", "dead"]),
        ([0, 7, 13], (), ["temporary", "temporary", "temporary"]),
        ([0, 14], (), ["temporary", "temporary"]),
        ([*range(15)], (), ["temporary"] * 14 + ["dead"]),
        ([0, 7, 21], (14,), ["temporary", "temporary", "temporary"]),
        ([0, 14, 21, 28], (7,), ["temporary"] * 3 + ["dead"]),
        ([7, 14, 21], (0,), ["temporary", "temporary", "dead"]),
    ],
)
def test_an_address_is_given_up_after_three_in_a_row_over_two_weeks(
    db: Database, days: list[int], delivered: tuple[int, ...], outcomes: list[str]
) -> None:
    assert failing(db, "postfix-quota", days, delivered) == outcomes


def test_a_server_that_does_not_want_us_is_not_its_readers_fault(db: Database) -> None:
    assert failing(db, "postfix-policy", [0, 7, 14, 21, 28]) == ["policy"] * 5
    assert read_subscriber(db, 1).state == "active"


def test_the_same_bounce_counts_once_however_often_and_wherever_it_is_read(db: Database, tmp_path: Path) -> None:
    raw = sample(db, "postfix-quota")
    (tmp_path / "a.eml").write_bytes(raw)
    (tmp_path / "b.eml").write_bytes(raw.replace(b"\n", b"\r\n").replace(b"Return-Path: <>", b"X-Seen: yes", 1))
    no_id = sample(db, "postfix-policy").replace(b"Message-ID: <postfix-policy", b"X-Other: <x", 1)
    (tmp_path / "c.eml").write_bytes(no_id)
    (tmp_path / "d.eml").write_bytes(no_id.replace(b"\n", b"\r\n"))
    assert take_bounces(db, [tmp_path, raw], NOW) == {"temporary": 1, "policy": 1, "repeated": 3}
    assert take_bounces(db, [tmp_path], NOW) == {"repeated": 4}
    assert len(kept(db)) == 2


# Where they lie


def test_a_mailbox_file_is_read_message_by_message_and_left_as_it_is(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "bounces"
    box = mailbox.mbox(path)
    for name in ("postfix-delayed", "forged", "postfix-no-user"):
        box.add(sample(db, name))
    box.close()
    before = path.read_bytes()
    taken = list(take_each(db, [path], NOW))
    assert [one.outcome for one in taken] == ["delayed", "foreign", "dead"]
    assert [one.where for one in taken] == [f"{path}:{number}" for number in (1, 2, 3)]
    assert path.read_bytes() == before
    assert take_bounces(db, [before], NOW) == {"delayed": 1, "foreign": 1, "repeated": 1}


def test_of_a_maildir_each_message_is_read_once_and_none_is_lost(db: Database, tmp_path: Path) -> None:
    folder = tmp_path / "Maildir"
    box = mailbox.Maildir(folder)
    for name in ("postfix-quota", "holiday-vacation"):
        box.add(sample(db, name))
    seen = mailbox.MaildirMessage(sample(db, "postfix-policy"))
    seen.set_subdir("cur")
    seen.set_flags("S")
    box.add(seen)
    assert take_bounces(db, [folder], NOW) == {"temporary": 1, "reply": 1, "policy": 1}
    assert list((folder / "new").iterdir()) == []
    assert {message.get_flags() for message in mailbox.Maildir(folder)} == {"PS"}
    assert len(list((folder / "cur").iterdir())) == 3
    assert take_bounces(db, [folder], NOW) == {}


def test_a_killed_run_takes_the_rest_the_next_time(db: Database, tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "Maildir")
    for name in ("postfix-quota", "postfix-policy", "postfix-expired"):
        box.add(sample(db, name))
    next(take_each(db, [tmp_path / "Maildir"], NOW))
    assert sum(take_bounces(db, [tmp_path / "Maildir"], NOW).values()) == 2
    assert len(kept(db)) == 3


def test_a_place_that_is_not_there_is_told(db: Database, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        take_bounces(db, [tmp_path / "bounces.mbox"], NOW)


# Bad input


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 1000,
        b"From ",
        b"bukan surat",
        b"\xff\xfe\x00",
        b"From: mailer-daemon@x.example\n\n",
        b"Content-Type: multipart/report; report-type=delivery-status\n\nno boundary",
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n\n--x--",
        b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\nContent-Type: message/rfc822\n\n" * 3000,
        b"Content-Type: message/rfc822\n\n" * 5000,
        b"From: postmaster@x.example\nContent-Type: text/plain; charset=tidak-ada\n\n<a@x.example>: \xff\xff",
        b"Subject: =?utf-8?b?//8=?=\nFrom: MAILER-DAEMON@\xff.example\nX-Failed-Recipients: \xff\n\nx",
    ],
)
def test_what_is_broken_is_told_and_skipped(db: Database, raw: bytes) -> None:
    counts = take_bounces(db, [raw, sample(db, "postfix-quota")], NOW)
    assert counts["temporary"] == 1
    assert set(counts) <= {"temporary", "unreadable", "other", "reply", "foreign"}


def test_of_ten_megabytes_the_report_at_the_beginning_is_read(db: Database) -> None:
    big = sample(db, "postfix-no-user") + b"A" * 76 + b"\n" + (b"B" * 76 + b"\n") * 130_000
    assert len(big) > 10_000_000
    assert take_bounces(db, [big], NOW) == {"dead": 1}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_report_with_pieces_missing_or_turned_round_breaks_nothing(db: Database, data: st.DataObject) -> None:
    raw = sample(db, data.draw(st.sampled_from(sorted(EXPECTED))))
    lines = raw.splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines) - 1))
        lines[at : at + data.draw(st.integers(0, 5))] = data.draw(st.lists(st.binary(max_size=40), max_size=2))
        lines = lines or [b""]
    assert sum(take_bounces(db, [b"".join(lines)], NOW).values()) <= 2
