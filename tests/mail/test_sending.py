"""Letters on their way, to a real server that fails in all the ways that servers do."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from mailserver import Inbox, mail_server
from sqlite_utils import Database

from db.mailing.connect import open_mail_db
from db.mailing.ledger import add_delivery, read_delivery, save_letter
from db.mailing.subscribers import Choice, ask, leave, read_subscriber
from publish.letters.letter import READER_NAME, UNSUBSCRIBE_URL
from publish.mail.sending import Report, send_due
from publish.mail.settings import MailSettings
from publish.mail.tokens import message_id_for

NOW = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
SITE = "https://pantau.contoh.example"
ISSUE = "2026-W47"
DAY = timedelta(days=1)


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


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.waits: list[float] = []

    def elapsed(self) -> float:
        return self.passed

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.passed += seconds


def settings_for(server: Inbox, **more: Any) -> MailSettings:
    return MailSettings.model_validate(
        {
            "from": {"address": "surat@pantau.contoh.example"},
            "bounce_address": "bounce@pantau.contoh.example",
            "host": "127.0.0.1",
            "port": server.port,
            "security": "none",
            "letters_per_minute": 100_000,
            "timeout": 20,
        }
        | more
    )


def add_readers(db: Database, number: int, issue: str = ISSUE, now: datetime = NOW) -> list[str]:
    """Readers with a letter that is due to each; their addresses, in the order of sending."""
    letter = save_letter(
        db,
        issue=issue,
        selection="all",
        lang="id",
        subject="Pantau Kota Cerdas: 3 peristiwa",
        html=f"<p>Halo {READER_NAME}</p><p><a href='{UNSUBSCRIBE_URL}'>Berhenti</a></p>",
        text=f"Halo {READER_NAME}\n{UNSUBSCRIBE_URL}\n",
        now=now,
    )
    addresses = [f"pembaca{each:03}@tabanan.example" for each in range(1, number + 1)]
    for address in addresses:
        reader = ask(db, address, [(Choice("all"), "weekly")], origin="operator", now=now, is_confirmed=True)
        add_delivery(db, reader.id, issue, letter, message_id_for(db, reader.id, issue, "pantau.contoh.example"), now)
    return addresses


def send(
    db: Database, settings: MailSettings, tmp_path: Path, now: datetime = NOW, clock: Clock | None = None
) -> Report:
    clock = clock or Clock()
    return send_due(
        db,
        settings,
        now,
        site_url=SITE,
        outbox=tmp_path / "outbox",
        lock=tmp_path / "mail.lock",
        wait=clock.wait,
        elapsed=clock.elapsed,
    )


def state(db: Database, subscriber_id: int, issue: str = ISSUE) -> str:
    delivery = read_delivery(db, subscriber_id, issue)
    assert delivery
    return delivery.state


def test_every_reader_gets_her_letter_once(db: Database, server: Inbox, tmp_path: Path) -> None:
    addresses = add_readers(db, 3)
    report = send(db, settings_for(server), tmp_path)
    assert (report.sent, report.problem, report.exit_status) == (3, None, 0)
    assert send(db, settings_for(server), tmp_path, NOW + DAY).sent == 0
    assert server.recipients() == addresses
    assert server.connections == 1
