"""Letters on their way, to a real server that fails in all the ways that servers do."""

from __future__ import annotations

import base64
import email
import multiprocessing
import os
import re
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from email.message import Message
from itertools import count
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from duemail import (
    DAY,
    ISSUE,
    NOW,
    Clock,
    add_letter,
    add_reader,
    add_readers,
    kill_runs,
    read,
    send,
    settings_for,
    states,
)
from mailserver import PASSWORD, USER, Inbox, mail_server, make_certificate
from sqlite_utils import Database

from db.mailing.connect import open_mail_db
from db.mailing.subscribers import change, leave, read_subscriber
from publish.mail.handover import Answer
from publish.mail.sending import MOST_REPEATS, judge
from publish.mail.settings import MailSettings
from publish.mail.verp import read_bounce_address

MINUTE = timedelta(minutes=1)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with closing(open_mail_db(tmp_path / "mail.db")) as db:
        # A test's file need not outlive a power cut.
        db.execute("pragma synchronous = off")
        yield db


@pytest.fixture
def server() -> Iterator[Inbox]:
    with mail_server() as inbox:
        yield inbox


def message_ids(server: Inbox) -> list[str]:
    return [str(parsed(message)["Message-ID"]) for _, _, message in server.messages]


def parsed(message: bytes) -> Message:
    return email.message_from_bytes(message)


# All is well


def test_every_reader_gets_her_letter_once(db: Database, server: Inbox, tmp_path: Path) -> None:
    addresses = add_readers(db, 3)
    report = send(db, settings_for(server), tmp_path)
    assert (report.sent, report.problem, report.exit_status) == (3, None, 0)
    assert send(db, settings_for(server), tmp_path, NOW + DAY).sent == 0
    assert server.recipients() == addresses
    assert server.connections == 1
    assert read(db, 1).answer == "2.0.0 OK"
    assert len(set(message_ids(server))) == 3


def test_a_bounce_comes_back_to_an_address_that_says_whose_it_is(db: Database, server: Inbox, tmp_path: Path) -> None:
    add_readers(db, 2)
    send(db, settings_for(server), tmp_path)
    assert [read_bounce_address(db, sender) for sender, _, _ in server.messages] == [(1, ISSUE), (2, ISSUE)]


def test_without_a_mailbox_for_bounces_they_come_to_the_sender(db: Database, server: Inbox, tmp_path: Path) -> None:
    add_readers(db, 1)
    send(db, settings_for(server, bounce_address=None), tmp_path)
    assert server.messages[0][0] == "surat@pantau.contoh.example"


def test_a_line_that_is_a_dot_arrives_as_it_is(db: Database, server: Inbox, tmp_path: Path) -> None:
    letter = add_letter(db, text="Awal\n.\n..\n.titik\nAkhir\n")
    add_reader(db, "sari@tabanan.example", letter)
    add_reader(db, "made@tabanan.example", letter)
    send(db, settings_for(server), tmp_path)
    assert len(server.messages) == 2
    for _, _, message in server.messages:
        text = next(part for part in parsed(message).walk() if part.get_content_type() == "text/plain")
        assert text.get_payload(decode=True) == b"Awal\r\n.\r\n..\r\n.titik\r\nAkhir"


def test_a_letter_arrives_with_its_signature_and_its_way_out(db: Database, server: Inbox, tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    letter = add_letter(
        db, subject="Pantau 16–22 November: “bimtek”", text=".titik\n" + "x" * 2000, html="<p>.</p>\n.\n"
    )
    add_reader(db, "sari@tabanan.example", letter, name="Ni Luh Šari")
    send(db, settings_for(server, dkim={"domain": "contoh.example", "selector": "s"}, dkim_key=pem), tmp_path)
    ((_, _, message),) = server.messages
    assert dkim.verify(message, dnsfunc=lambda name, timeout=5: b"v=DKIM1; k=rsa; p=" + public)
    (way_out,) = re.findall(rb"(?m)^List-Unsubscribe: <(.*)>\r$", message)
    assert way_out.startswith(b"https://pantau.contoh.example/langganan/berhenti/")


def test_a_connection_carries_a_number_of_letters(db: Database, server: Inbox, tmp_path: Path) -> None:
    add_readers(db, 7)
    assert send(db, settings_for(server, letters_per_connection=3), tmp_path).sent == 7
    assert server.connections == 3


def test_letters_go_out_no_faster_than_they_may(db: Database, server: Inbox, tmp_path: Path) -> None:
    add_readers(db, 4)
    clock = Clock()
    send(db, settings_for(server, letters_per_minute=20), tmp_path, clock=clock)
    assert clock.passed == pytest.approx(9), "three seconds between four letters"
    assert max(clock.waits) <= 1, "so that a signal is heard"
    assert read(db, 4).state_at == (NOW + timedelta(seconds=9)).isoformat()


def test_a_letter_that_took_long_is_not_made_up_for(db: Database, server: Inbox, tmp_path: Path) -> None:
    addresses = add_readers(db, 4)
    clock = Clock()
    server.call("rcpt", lambda: clock.wait(60), to=addresses[1])
    send(db, settings_for(server, letters_per_minute=20), tmp_path, clock=clock)
    assert clock.passed == pytest.approx(3 + 60 + 0 + 3)


# Servers that are away or let nobody in


def test_of_a_server_that_is_away_the_letters_stay_due(db: Database, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = Inbox(port=taken.getsockname()[1])
    add_readers(db, 3)
    report = send(db, settings_for(server), tmp_path)
    assert report.exit_status == 1
    assert report.problem == f"127.0.0.1:{server.port}: nobody listens there"
    assert states(db) == ["due"] * 3
    with mail_server(inbox=server):
        assert send(db, settings_for(server), tmp_path).sent == 3
    assert len(server.messages) == 3


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        ("connect", "554 5.3.2 we take no mail"),
        ("connect", "421 4.3.2 come again"),
        ("mail", "421 4.7.0 come again"),
        ("mail", "550 5.7.1 sender not allowed"),
        ("mail", "451 4.3.0 out of order"),
        ("rcpt", "421 4.7.0 too much of you"),
        ("rcpt", "530 5.7.0 log in first"),
        ("data", "421 4.3.2 going down"),
        ("connect", "drop"),
    ],
)
def test_what_a_server_says_of_every_letter_ends_the_run(
    step: str, fault: str, db: Database, server: Inbox, tmp_path: Path
) -> None:
    addresses = add_readers(db, 3)
    server.fail(step, fault)
    report = send(db, settings_for(server), tmp_path)
    assert report.exit_status == 1
    assert report.problem
    assert "\n" not in report.problem
    assert (report.sent, states(db)) == (0, ["due"] * 3)
    assert send(db, settings_for(server), tmp_path).sent == 3
    assert server.recipients() == addresses


def test_a_server_that_says_nothing_is_not_waited_for(db: Database, server: Inbox, tmp_path: Path) -> None:
    add_readers(db, 3)
    server.fail("connect", "silence")
    report = send(db, settings_for(server, timeout=0.5), tmp_path)
    assert report.problem == f"127.0.0.1:{server.port}: no answer in time"
    assert states(db) == ["due"] * 3


def test_a_wrong_password_ends_the_run_without_telling_it(db: Database, tmp_path: Path, certificate: Path) -> None:
    add_readers(db, 2)
    with mail_server(tls="starttls", certificate=certificate, login=True) as server:
        settings = settings_for(server, security="starttls", user=USER, password="salah-sekali")
        report = send(db, settings, tmp_path)
    assert (
        report.problem == f"127.0.0.1:{server.port}: the login is refused: 535 5.7.8 Authentication credentials invalid"
    )
    assert states(db) == ["due"] * 2
    assert "salah-sekali" not in repr(settings)


# Over TLS


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of 127.0.0.1, trusted as a house's own authority is."""
    path = make_certificate(tmp_path / "mail.pem", "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


@pytest.mark.parametrize("way", ["PLAIN", "LOGIN"])
@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_letters_go_over_tls_with_a_login(tls: str, way: str, db: Database, tmp_path: Path, certificate: Path) -> None:
    addresses = add_readers(db, 2)
    with mail_server(tls=tls, certificate=certificate, login=True, ways=(way,)) as server:
        report = send(db, settings_for(server, security=tls, user=USER, password=PASSWORD), tmp_path)
    assert (report.problem, server.recipients(), server.logins) == (None, addresses, [way])


@pytest.mark.parametrize("tls", ["starttls", "tls"])
@pytest.mark.parametrize(
    ("names", "is_trusted", "says"),
    [(("127.0.0.1",), False, "self-signed certificate"), (("mail.lain.example",), True, "IP address mismatch")],
)
def test_a_server_that_cannot_prove_who_it_is_gets_nothing(
    tls: str,
    names: tuple[str, ...],
    is_trusted: bool,
    says: str,
    db: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_readers(db, 1)
    certificate = make_certificate(tmp_path / "other.pem", *names)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate if is_trusted else make_certificate(tmp_path / "own.pem", "x")))
    with mail_server(tls=tls, certificate=certificate, login=True) as server:
        report = send(db, settings_for(server, security=tls, user=USER, password=PASSWORD), tmp_path)
    assert "certificate is not trusted" in str(report.problem)
    assert says in str(report.problem)
    assert (states(db), server.messages, server.logins) == (["due"], [], [])


def test_a_server_without_starttls_gets_nothing_in_the_clear(db: Database, server: Inbox, tmp_path: Path) -> None:
    add_readers(db, 1)
    report = send(db, settings_for(server, security="starttls"), tmp_path)
    assert "STARTTLS" in str(report.problem)
    assert (states(db), server.messages) == (["due"], [])


# Letters that are not taken now


@pytest.mark.parametrize("step", ["rcpt", "data"])
def test_a_letter_that_is_put_off_comes_later_and_once(step: str, db: Database, server: Inbox, tmp_path: Path) -> None:
    addresses = add_readers(db, 3)
    server.fail(step, "451 4.7.1 greylisted", "452 4.2.2 box is full", to=addresses[1])
    settings = settings_for(server)
    report = send(db, settings, tmp_path)
    assert (report.sent, report.deferred, report.exit_status) == (2, 1, 0)
    assert (read(db, 2).state, read(db, 2).code, read(db, 2).answer) == ("deferred", 451, "4.7.1 greylisted")
    assert send(db, settings, tmp_path, NOW + 14 * MINUTE).sent == 0
    assert send(db, settings, tmp_path, NOW + 16 * MINUTE).deferred == 1
    assert send(db, settings, tmp_path, NOW + 45 * MINUTE).deferred == 0, "the second wait is half an hour"
    assert send(db, settings, tmp_path, NOW + 47 * MINUTE).sent == 1
    assert (read(db, 2).state, read(db, 2).attempts, read(db, 2).repeats) == ("sent", 3, 0)
    assert Counter(server.recipients()) == Counter(addresses)


def test_a_letter_that_is_put_off_for_five_days_is_given_up(db: Database, server: Inbox, tmp_path: Path) -> None:
    addresses = add_readers(db, 2)
    server.fail("rcpt", *["450 4.2.2 box is full"] * 50, to=addresses[0])
    waits, now = [], NOW
    while read(db, 1).state != "failed":
        send(db, settings_for(server), tmp_path, now)
        due = read(db, 1).next_at
        now += timedelta(minutes=15)
        if due:
            waits.append(due)
    assert len(set(waits)) == 11, "15 minutes to 16 hours, then a day each"
    assert NOW + 5 * DAY <= now < NOW + 6 * DAY
    reader = read_subscriber(db, 1)
    assert reader
    assert reader.state == "active", "a full box is no dead one"


def test_a_letter_that_lay_while_the_server_was_away_is_not_given_up_at_once(
    db: Database, server: Inbox, tmp_path: Path
) -> None:
    add_readers(db, 1)
    server.fail("rcpt", "451 4.7.1 greylisted")
    assert send(db, settings_for(server), tmp_path, NOW + 8 * DAY).deferred == 1
    assert send(db, settings_for(server), tmp_path, NOW + 9 * DAY).sent == 1


# Letters that are refused for good


@pytest.mark.parametrize(
    "fault", ["550 5.1.1 no such user", "550 no such user", "551 moved away", "550 5.2.1 mailbox disabled"]
)
def test_an_address_that_is_none_gets_no_more_letters(fault: str, db: Database, server: Inbox, tmp_path: Path) -> None:
    addresses = add_readers(db, 3)
    server.fail("rcpt", fault, to=addresses[1])
    report = send(db, settings_for(server), tmp_path)
    assert (report.sent, report.failed, report.dead, report.exit_status) == (2, 1, 1, 0)
    assert (read(db, 2).state, read(db, 2).code) == ("failed", int(fault[:3]))
    reader = read_subscriber(db, 2)
    assert reader
    assert reader.state == "dead"
    next_letter = add_letter(db, "2026-W48")
    for subscriber_id in (1, 2, 3):
        if subscriber_id != 2:
            add_reader(db, addresses[subscriber_id - 1], next_letter, "2026-W48")
    assert send(db, settings_for(server), tmp_path, NOW + 7 * DAY).sent == 2
    assert server.recipients().count(addresses[1]) == 0


@pytest.mark.parametrize(("step", "fault"), [("rcpt", "554 5.7.1 policy"), ("data", "550 looks like spam")])
def test_an_address_is_dead_when_three_letters_in_a_row_are_refused(
    step: str, fault: str, db: Database, server: Inbox, tmp_path: Path
) -> None:
    addresses: list[str] = []
    found = []
    for week in range(5):
        issue = f"2026-W{40 + week}"
        if week == 1:
            server.fail(step)  # the second letter is taken, so the count begins anew
        else:
            server.fail(step, fault, to="pembaca001@tabanan.example")
        addresses = add_readers(db, 2, issue)
        send(db, settings_for(server), tmp_path, NOW + week * DAY)
        reader = read_subscriber(db, 1)
        assert reader
        found.append(reader.state)
    assert found == ["active", "active", "active", "active", "dead"]
    assert Counter(server.recipients()) == {addresses[0]: 1, addresses[1]: 5}


def test_a_server_that_refuses_everybody_is_not_believed(db: Database, server: Inbox, tmp_path: Path) -> None:
    addresses = add_readers(db, 12)
    server.fail("rcpt", *["550 relay not permitted"] * 12)
    report = send(db, settings_for(server), tmp_path)
    assert report.exit_status == 1
    assert "550 relay not permitted" in str(report.problem)
    assert (report.sent, report.failed, report.dead, report.deferred) == (0, 0, 0, 5)
    assert Counter(states(db)) == {"deferred": 5, "due": 7}
    server.fail("rcpt")
    assert send(db, settings_for(server), tmp_path, NOW + DAY).sent == 12
    assert sorted(server.recipients()) == sorted(addresses)


def test_an_address_that_cannot_stand_in_a_message_fails_alone(db: Database, server: Inbox, tmp_path: Path) -> None:
    addresses = add_readers(db, 3)
    db.execute(
        "update subscribers set email = 'a@tabanan.example' || char(13, 10) || 'RCPT TO:<b@c.example>' where id = 2"
    )
    report = send(db, settings_for(server), tmp_path)
    assert (report.sent, report.failed) == (2, 1)
    assert "not an address" in str(read(db, 2).answer)
    assert server.recipients() == [addresses[0], addresses[2]]


@pytest.mark.parametrize(
    ("answer", "fate"),
    [
        (Answer("end", 250, "2.0.0 queued"), "sent"),
        (Answer("end", None, "2026-W47/a.eml"), "sent"),
        (Answer("recipient", 450, "4.1.1 try later"), "later"),
        (Answer("recipient", 550, "no such user"), "dead"),
        (Answer("recipient", 550, "5.1.1 no such user"), "dead"),
        (Answer("recipient", 553, "5.1.3 bad syntax"), "dead"),
        (Answer("recipient", 556, "5.1.10 takes no mail"), "dead"),
        (Answer("end", 550, "5.1.1 no such user"), "dead"),
        (Answer("recipient", 550, "5.7.1 blocked"), "refused"),
        (Answer("recipient", 554, "no"), "refused"),
        (Answer("recipient", 552, "5.2.2 box is full"), "refused"),
        (Answer("recipient", 550, "5.4.5 daily quota exceeded"), "refused"),
        (Answer("recipient", 553, "5.1.8 sender's domain does not exist"), "refused"),
        (Answer("end", 550, "looks like spam"), "refused"),
    ],
)
def test_an_answer_is_of_the_address_or_of_the_letter(answer: Answer, fate: str) -> None:
    assert judge(answer) == fate


# Connections that break


@pytest.mark.parametrize("step", ["mail", "rcpt"])
def test_a_connection_that_broke_is_made_anew_for_the_same_letter(
    step: str, db: Database, server: Inbox, tmp_path: Path
) -> None:
    addresses = add_readers(db, 3)
    server.fail(step, "drop", to=addresses[1] if step == "rcpt" else "")
    add_readers(db, 0)
    if step == "mail":
        server.fail(step)
        server.call("rcpt", lambda: server.fail("mail", "drop"), to=addresses[0])
    report = send(db, settings_for(server), tmp_path)
    assert (report.sent, report.problem, server.connections) == (3, None, 2)
    assert server.recipients() == addresses


@pytest.mark.parametrize("fault", ["drop", "silence"])
def test_others_do_not_wait_behind_a_letter_that_the_server_cannot_bear(
    fault: str, db: Database, server: Inbox, tmp_path: Path
) -> None:
    addresses = add_readers(db, 3)
    server.fail("rcpt", fault, fault, to=addresses[0])
    report = send(db, settings_for(server, timeout=0.5), tmp_path)
    assert (report.sent, report.deferred, report.unknown) == (2, 1, 0)
    assert send(db, settings_for(server, timeout=0.5), tmp_path, NOW + 16 * MINUTE).deferred == 1
    assert send(db, settings_for(server), tmp_path, NOW + DAY).sent == 1
    assert Counter(server.recipients()) == Counter(addresses)


def test_a_run_ends_when_the_connection_breaks_again_and_again(db: Database, server: Inbox, tmp_path: Path) -> None:
    add_readers(db, 5)
    server.fail("rcpt", "drop", "drop", "drop", "drop")
    report = send(db, settings_for(server), tmp_path)
    assert report.exit_status == 1
    assert report.problem == f"127.0.0.1:{server.port}: broke the connection"
    assert Counter(states(db)) == {"deferred": 2, "due": 3}


@pytest.mark.parametrize("fault", ["drop", "drop-after", "silence", "silence-after"])
def test_of_a_letter_whose_end_was_not_answered_the_copy_is_known_by_its_message_id(
    fault: str, db: Database, server: Inbox, tmp_path: Path
) -> None:
    addresses = add_readers(db, 3)
    server.fail("data", fault, to=addresses[1])
    report = send(db, settings_for(server, timeout=0.3), tmp_path)
    assert (report.sent, report.unknown, report.exit_status) == (2, 1, 0)
    assert states(db) == ["sent", "handing", "sent"]
    again = send(db, settings_for(server), tmp_path)
    assert (again.sent, again.repeated) == (1, 1)
    assert (read(db, 2).state, read(db, 2).attempts, read(db, 2).repeats) == ("sent", 2, 1)
    copies = 2 if fault.endswith("-after") else 1
    assert Counter(server.recipients()) == {addresses[0]: 1, addresses[1]: copies, addresses[2]: 1}
    assert len(set(message_ids(server))) == 3
    # One that is given twice is the same message to the byte.
    assert len({message for _, to, message in server.messages if to == addresses[1]}) == 1


@pytest.mark.parametrize(
    ("step", "fault", "says"),
    [
        ("rcpt", "silence", "no answer in time"),
        ("rcpt", "drop", "broke the connection"),
        ("data", "drop", "broke the connection"),
    ],
)
def test_a_run_whose_last_letter_broke_the_connection_says_so(
    step: str, fault: str, says: str, db: Database, server: Inbox, tmp_path: Path
) -> None:
    add_readers(db, 1)
    server.fail(step, fault)
    report = send(db, settings_for(server, timeout=0.5), tmp_path)
    assert (report.exit_status, report.problem) == (1, f"127.0.0.1:{server.port}: {says}")
    assert send(db, settings_for(server), tmp_path, NOW + DAY).exit_status == 0


def test_a_server_that_thinks_about_a_whole_message_is_waited_for(db: Database, server: Inbox, tmp_path: Path) -> None:
    addresses = add_readers(db, 2)
    server.fail("data", "slow")
    report = send(db, settings_for(server, timeout=0.4), tmp_path)
    assert (report.sent, report.unknown, report.problem) == (2, 0, None)
    assert server.recipients() == addresses


def test_a_reader_gets_no_copy_after_copy_from_a_server_that_never_answers(
    db: Database, server: Inbox, tmp_path: Path
) -> None:
    addresses = add_readers(db, 1)
    server.fail("data", *["drop-after"] * 50)
    for run in range(20):
        send(db, settings_for(server), tmp_path, NOW + run * DAY)
    assert server.recipients() == addresses * (MOST_REPEATS + 1)
    assert read(db, 1).state == "failed"


# Readers who leave


def test_who_leaves_while_others_are_written_to_gets_nothing(db: Database, server: Inbox, tmp_path: Path) -> None:
    addresses = add_readers(db, 3)

    def leave_now() -> None:
        with closing(open_mail_db(tmp_path / "mail.db")) as other:
            leave(other, 2, NOW)

    server.call("rcpt", leave_now, to=addresses[0])
    report = send(db, settings_for(server), tmp_path)
    assert report.sent == 2
    assert server.recipients() == [addresses[0], addresses[2]]
    assert read(db, 2).state == "dropped"


def test_who_leaves_at_the_last_moment_gets_nothing(db: Database, server: Inbox, tmp_path: Path) -> None:
    addresses = add_readers(db, 3)

    def leave_now() -> None:
        with closing(open_mail_db(tmp_path / "mail.db")) as other:
            leave(other, 2, NOW)

    server.call("rcpt", leave_now, to=addresses[1])
    report = send(db, settings_for(server), tmp_path)
    assert (report.sent, report.dropped) == (2, 1)
    assert server.recipients() == [addresses[0], addresses[2]]


def test_a_name_that_changed_is_the_one_that_is_written_to(db: Database, server: Inbox, tmp_path: Path) -> None:
    add_readers(db, 1)
    change(db, 1, name="Ni Luh Sari", now=NOW)
    send(db, settings_for(server), tmp_path)
    assert parsed(server.messages[0][2])["To"] == '"Ni Luh Sari" <pembaca001@tabanan.example>'


# Runs that are stopped or killed, and two at once


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_asked_to_stop_finishes_its_letter(
    number: signal.Signals, db: Database, server: Inbox, tmp_path: Path
) -> None:
    addresses = add_readers(db, 3)
    before = signal.getsignal(number)
    server.call("data", lambda: os.kill(os.getpid(), number), to=addresses[0])
    report = send(db, settings_for(server), tmp_path)
    assert (report.sent, report.is_stopped, report.exit_status) == (1, True, 0)
    assert states(db) == ["sent", "due", "due"]
    assert signal.getsignal(number) is before
    assert send(db, settings_for(server), tmp_path).sent == 2
    assert server.recipients() == addresses


def test_a_second_run_at_the_same_time_does_nothing(db: Database, server: Inbox, tmp_path: Path) -> None:
    addresses = add_readers(db, 2)
    reports = []

    def run_again() -> None:
        with closing(open_mail_db(tmp_path / "mail.db")) as other:
            reports.append(send(other, settings_for(server), tmp_path))

    server.call("data", run_again, to=addresses[0])
    assert send(db, settings_for(server), tmp_path).sent == 2
    assert [(report.is_busy, report.sent, report.exit_status) for report in reports] == [(True, 0, 0)]
    assert server.recipients() == addresses


def killed_runs(folder: Path, settings: MailSettings, every: int) -> Iterator[Path]:
    """A folder for each statement of a run at which it was killed by SIGKILL, with what is left of its mail.db."""
    with closing(open_mail_db(folder / "mail.db")) as db:
        add_readers(db, 2)
    due = (folder / "mail.db").read_bytes()
    context = multiprocessing.get_context("spawn")
    asked, theirs = context.Pipe()
    process = context.Process(target=kill_runs, args=(theirs, settings), daemon=True)
    process.start()
    for step in count(1, every):
        place = folder / f"killed at {step}"
        place.mkdir()
        (place / "mail.db").write_bytes(due)
        asked.send((step, place))
        if (ended := asked.recv()) != -signal.SIGKILL:
            break
        yield place
    asked.send(None)
    process.join()
    assert ended == 0


def test_wherever_a_run_is_killed_everybody_gets_her_letter(server: Inbox, tmp_path: Path) -> None:
    settings = settings_for(server)
    copies = Counter[int]()
    for place in killed_runs(tmp_path, settings, every=2):
        with closing(open_mail_db(place / "mail.db")) as db:
            db.execute("pragma synchronous = off")
            report = send(db, settings, place)
            assert (states(db), report.problem) == (["sent"] * 2, None), place.name
        got = Counter(server.recipients())
        assert set(got) == {"pembaca001@tabanan.example", "pembaca002@tabanan.example"}, place.name
        assert len(set(message_ids(server))) == 2, place.name
        assert got.total() - 2 <= report.repeated <= 1, place.name
        copies[got.total() - 2] += 1
        server.messages.clear()
    assert copies[0] > 15
    assert copies[1] > 0, "killed between the dot and the mark, the one case in which there is a copy"


def test_wherever_a_run_is_killed_each_letter_is_in_the_outbox_once(tmp_path: Path) -> None:
    settings = MailSettings.model_validate({"from": {"address": "surat@pantau.contoh.example"}})
    places = 0
    for place in killed_runs(tmp_path, settings, every=9):
        with closing(open_mail_db(place / "mail.db")) as db:
            send(db, settings, place)
            assert states(db) == ["sent"] * 2
        found = [path for path in (place / "outbox").rglob("*") if path.is_file()]
        assert sorted(path.suffix for path in found) == [".eml", ".eml", ".html", ".html"], place.name
        places += 1
    assert places > 3
