"""`pantau send` and `pantau bounces`, as a timer says them; and the readers of `pantau demo`."""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path

import pytest
from build import build_example_db
from click.testing import CliRunner, Result

from db.mailing.connect import open_mail_db
from db.mailing.subscribers import find_subscriber
from pantau import main
from pantau.demo import write_letters
from pantau.house import House
from pantau.mail import send_letters

SARI = "sari@diskominfo.example"
SITE = "https://pantau.example"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contoh")
    build_example_db(folder)
    return folder


@pytest.fixture
def data(example: Path, tmp_path: Path) -> Path:
    shutil.copy(example / "public.db", tmp_path)
    return tmp_path


def say(data: Path, *words: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["--data", str(data), *words], input=given)


def sent(data: Path) -> list[str]:
    return sorted(path.parent.name for path in (data / "outbox").glob("*/*.eml"))


@pytest.mark.parametrize("words", [("send",), ("send", "--dry-run"), ("subscribers", "list")])
def test_a_public_database_that_is_none_is_named_in_one_line(data: Path, words: tuple[str, ...]) -> None:
    (data / "public.db").write_bytes(b"bukan basis data" * 1000)
    done = say(data, *words)
    assert (done.exit_code, len(done.output.splitlines())) == (1, 1)
    assert done.output.startswith(f"Error: {data / 'public.db'}: file is not a database")


def test_a_database_that_another_writes_to_for_long_is_told_in_one_line(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(data, "subscribers", "add", SARI)
    monkeypatch.setattr("db.connect.BUSY_MS", 1)
    with closing(sqlite3.connect(data / "mail.db", isolation_level=None)) as other:
        other.execute("begin immediate")
        done = say(data, "send")
    assert (done.exit_code, len(done.output.splitlines())) == (1, 1)
    assert "database is locked" in done.output
    assert say(data, "send").output.startswith("1 letters composed, 1 handed over")


def test_who_asked_is_asked_once_whether_she_wants_letters(data: Path) -> None:
    say(data, "subscribers", "add", SARI)
    done = say(data, "send")
    assert (done.exit_code, done.output) == (0, "1 letters composed, 1 handed over, 0 put off, 0 refused\n")
    again = say(data, "send")
    assert (again.exit_code, again.output) == (0, "0 letters composed, 0 handed over, 0 put off, 0 refused\n")
    assert sent(data) == ["konfirmasi-1"]
    assert (data / "outbox" / "index.html").exists()
    (listed,) = say(data, "subscribers", "list").output.splitlines()
    assert listed.split("\t")[5].startswith("konfirmasi-1 sent 20")


def test_while_another_one_hands_over_nothing_is_handed_over_twice(data: Path) -> None:
    say(data, "subscribers", "add", SARI)
    with (data / "mail.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = say(data, "send")
    assert (done.exit_code, done.output) == (
        0, "1 letters composed, none handed over: another `pantau send` is at it\n"
    )  # fmt: skip
    assert sent(data) == []
    assert say(data, "send").output == "0 letters composed, 1 handed over, 0 put off, 0 refused\n"


def test_a_dry_run_says_what_is_due_and_keeps_nothing(data: Path) -> None:
    say(data, "subscribers", "add", SARI, "--lang", "en")
    for _ in range(2):
        (line,) = say(data, "send", "--dry-run").output.splitlines()
        assert line.split("\t")[:2] == [SARI, "konfirmasi-1"]
    assert sent(data) == []
    assert say(data, "send").output.startswith("1 letters composed, 1 handed over")


def test_a_week_after_she_was_added_a_reader_has_her_letter(data: Path) -> None:
    say(data, "subscribers", "add", SARI, "--regency", "64.01", "--confirmed")
    with closing(open_mail_db(data / "mail.db")) as db:
        reader = find_subscriber(db, SARI)
    assert reader is not None
    house = House(data, data / "sources", data / "outbox")
    later = datetime.fromisoformat(reader.created_at) + timedelta(days=8)
    assert send_letters(house, SITE, later)
    (letter,) = (data / "outbox").glob("*/*.eml")
    message = message_from_bytes(letter.read_bytes())
    assert SARI in message["To"]
    assert message["List-Unsubscribe"].startswith(f"<{SITE}/langganan/berhenti/")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("host: smtp.pantau.example\n", "`from`"),
        ("from: {address: surat@pantau.example}\nhots: x\n", "`hots`: is no setting"),
        ("from: {address: surat@pantau.example}\nhost: smtp.pantau.example\n", "set PANTAU_SITE"),
    ],
)
def test_wrong_settings_are_told_in_one_line_before_anything_is_composed(data: Path, settings: str, says: str) -> None:
    say(data, "subscribers", "add", SARI)
    (data / "mail.yml").write_text(settings)
    done = say(data, "send")
    assert done.exit_code == 1
    assert says in done.output
    assert len(done.output.splitlines()) == 1
    (data / "mail.yml").unlink()
    assert say(data, "send").output.startswith("1 letters composed, 1 handed over")


def test_without_a_published_database_it_says_what_to_do(tmp_path: Path) -> None:
    done = say(tmp_path, "send")
    assert (done.exit_code, done.output) == (
        1, f"Error: {tmp_path / 'public.db'}: not there yet; say `pantau publish` first\n"
    )  # fmt: skip


def test_a_database_that_is_none_is_told_in_one_line(data: Path) -> None:
    (data / "mail.db").write_bytes(b"kosong" * 1000)
    done = say(data, "send")
    assert (done.exit_code, done.output) == (
        1,
        f"Error: {data / 'mail.db'}: cannot be opened: file is not a database\n",
    )


def test_what_was_published_by_nobody_makes_no_letters(data: Path) -> None:
    (data / "public.db").unlink()
    with closing(sqlite3.connect(data / "public.db")) as db, db:
        db.execute("create table releases (number integer)")
    done = say(data, "send")
    assert done.exit_code == 1
    assert done.output.startswith(f"Error: {data / 'public.db'}: ")
    assert len(done.output.splitlines()) == 1


# Mail that came back


def letter_of(data: Path) -> str:
    say(data, "subscribers", "add", SARI)
    say(data, "send")
    (letter,) = (data / "outbox").glob("*/*.eml")
    return letter.read_text(encoding="utf-8")


def report(letter: str, status: str, told: str) -> bytes:
    """A delivery status notification (RFC 3464) that returns the letter's headers."""
    headers = letter.partition("\n\n")[0]
    return (
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.diskominfo.example\nTo: surat@pantau.example\n"
        f"Subject: Undelivered\nMessage-ID: <{status}@mx.diskominfo.example>\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nIt could not be delivered.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.diskominfo.example\n\n"
        f"Final-Recipient: rfc822; {SARI}\nAction: failed\nStatus: {status}\nDiagnostic-Code: smtp; {told}\n\n"
        f"--b\nContent-Type: message/rfc822\n\n{headers}\n\n--b--\n"
    ).encode()


def test_a_report_that_an_address_is_none_ends_its_letters(data: Path) -> None:
    letter = letter_of(data)
    maildir = data / "Maildir"
    for name in ("new", "cur", "tmp"):
        (maildir / name).mkdir(parents=True)
    (maildir / "new" / "1.x").write_bytes(report(letter, "5.1.1", "550 5.1.1 no such mailbox"))
    done = say(data, "bounces", str(maildir))
    assert (done.exit_code, done.output) == (0, "1 messages: 1 dead\n")
    assert say(data, "subscribers", "list").output.split("\t")[1] == "dead"
    assert say(data, "bounces", str(maildir)).output == "0 messages\n"


def test_a_message_comes_by_stdin_as_a_mail_server_pipes_it(data: Path) -> None:
    done = say(data, "bounces", "-", given=report(letter_of(data), "5.1.1", "550 5.1.1 no such mailbox"))
    assert (done.exit_code, done.output) == (0, "1 messages: 1 dead\n")


def test_a_server_that_does_not_want_our_letters_is_told_of(data: Path) -> None:
    done = say(data, "bounces", "-", given=report(letter_of(data), "5.7.1", "550 5.7.1 blocked for spam"))
    assert done.exit_code == 1
    assert "-: policy: 550 5.7.1 blocked for spam" in done.output
    assert say(data, "subscribers", "list").output.split("\t")[1] == "pending"


def test_a_path_that_is_not_there_is_told(data: Path) -> None:
    done = say(data, "bounces", str(data / "tidak-ada"))
    assert done.exit_code == 1
    assert done.output == f"Error: {data / 'tidak-ada'}: no such file or folder\n"


# The demo


def test_two_invented_readers_of_the_demo_have_letters_of_their_own(data: Path) -> None:
    house = House(data, data / "sources", data / "outbox")
    assert write_letters(house, SITE) == "2 written to two invented readers"
    letters = [message_from_bytes(path.read_bytes()) for path in (data / "outbox").glob("*/*.eml")]
    assert {parseaddr(message["To"])[1] for message in letters} == {
        "rahmi.sari@diskominfo.example", "yohanes.tandi@kampus.example"
    }  # fmt: skip
    assert write_letters(house, SITE) == "0 written to two invented readers"
