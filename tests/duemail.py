"""Letters that are due, and a run that hands them over, for tests."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from mailserver import Inbox
from sqlite_utils import Database

from db.connect import transaction
from db.mailing.connect import open_mail_db
from db.mailing.ledger import Delivery, add_delivery, read_delivery, save_letter
from db.mailing.subscribers import Choice, ask, find_subscriber
from publish.letters.letter import PREFERENCES_URL, READER_NAME, UNSUBSCRIBE_URL
from publish.mail.sending import Report, send_due
from publish.mail.settings import MailSettings
from publish.mail.tokens import message_id_for

NOW = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
SITE = "https://pantau.contoh.example"
ISSUE = "2026-W47"
DAY = timedelta(days=1)


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


def add_letter(db: Database, issue: str = ISSUE, selection: str = "all", now: datetime = NOW, **more: Any) -> int:
    """A letter with all marks but the confirmation's; `more` are columns of it."""
    columns: dict[str, Any] = {
        "lang": "id",
        "subject": "Pantau Kota Cerdas: 3 peristiwa",
        "html": f"<p>Halo {READER_NAME}</p><p><a href='{UNSUBSCRIBE_URL}'>Berhenti</a> {PREFERENCES_URL}</p>",
        "text": f"Halo {READER_NAME}\n{UNSUBSCRIBE_URL}\n",
    }
    return save_letter(db, issue=issue, selection=selection, now=now, **(columns | more))


def add_reader(db: Database, email: str, letter_id: int, issue: str = ISSUE, name: str | None = None) -> Delivery:
    """A reader to whom a letter is due."""
    reader = find_subscriber(db, email) or ask(
        db, email, [(Choice("all"), "weekly")], name=name, origin="operator", now=NOW, is_confirmed=True
    )
    message_id = message_id_for(db, reader.id, issue, "pantau.contoh.example")
    add_delivery(db, reader.id, issue, letter_id, message_id, NOW)
    return read(db, reader.id, issue)


def add_readers(db: Database, number: int, issue: str = ISSUE) -> list[str]:
    """Readers with a letter that is due to each; their addresses, in the order of sending."""
    letter_id = add_letter(db, issue)
    addresses = [f"pembaca{each:03}@tabanan.example" for each in range(1, number + 1)]
    with transaction(db):
        for address in addresses:
            add_reader(db, address, letter_id, issue)
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


def read(db: Database, subscriber_id: int, issue: str = ISSUE) -> Delivery:
    """What became of a letter."""
    delivery = read_delivery(db, subscriber_id, issue)
    assert delivery
    return delivery


def states(db: Database) -> list[str]:
    """What became of each letter, by reader and issue."""
    rows = db.execute("select state from deliveries order by subscriber_id, issue").fetchall()
    return [state for (state,) in rows]


def send_until(step: int, folder: Path, settings: MailSettings) -> None:
    """Send what is due, and be killed as the database is given its statement number `step`."""
    with closing(open_mail_db(folder / "mail.db")) as db:
        left = step

        def count(_: str) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        db.conn.set_trace_callback(count)
        send(db, settings, folder)


def kill_runs(asked: Connection, settings: MailSettings) -> None:
    """For each step and folder that is asked for, `send_until` in a process of its own; answers how that ended."""
    for step, folder in iter(asked.recv, None):
        # This process has one thread and no open database, so what it forks is as good as new.
        if (child := os.fork()) == 0:
            send_until(step, folder, settings)
            os._exit(0)
        asked.send(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
