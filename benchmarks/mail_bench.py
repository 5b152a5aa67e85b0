"""How many letters a second are handed over, and in how much memory: `python -m benchmarks.mail_bench`.

Ten thousand readers of 200 different selections, each letter of 60 kB with a picture and a calendar: to the outbox and
to a real SMTP server (aiosmtpd) in another process, with and without a DKIM signature. Every run is a process of its
own. Figures of different machines must not be compared; ratios of one run may.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from db.connect import transaction
from db.mailing.connect import open_mail_db
from publish.letters.letter import COPY_URL, PREFERENCES_URL, READER_NAME, UNSUBSCRIBE_URL
from publish.mail.sending import send_due
from publish.mail.settings import MailSettings

sys.path.append(str(Path(__file__).parent.parent / "tests"))  # the server and the letters are those of the tests
from duemail import NOW, SITE, add_letter, add_reader
from mailserver import Inbox, mail_server

SELECTIONS = 200
_CONTEXT = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Measured:
    """One run."""

    what: str
    letters: int
    seconds: float
    memory: int
    """The most that the process held, in bytes."""


def measure(readers: int, folder: Path) -> Iterator[Measured]:
    """The runs: without a signature for a tenth of the readers and all, with one for a tenth."""
    few = max(1, readers // 10)
    for name, is_smtp in (("outbox", False), ("SMTP", True)):
        yield measure_apart(name, few, folder, is_smtp=is_smtp, is_signed=False)
        yield measure_apart(name, readers, folder, is_smtp=is_smtp, is_signed=False)
        yield measure_apart(f"{name} with DKIM", few, folder, is_smtp=is_smtp, is_signed=True)


def lines(runs: list[Measured]) -> Iterator[str]:
    """The report as people read it."""
    for run in runs:
        yield (
            f"{run.what}: {run.letters} letters, {run.letters / run.seconds:.0f} letters/s,"
            f" memory {run.memory / 1e6:.0f} MB"
        )
    for name in ("outbox", "SMTP"):
        few, many = (run for run in runs if run.what == name)
        ratio = many.memory / few.memory
        yield f"{name}: memory at {many.letters} letters {ratio:.2f} times that at {few.letters} (bar 1.1)"


def measure_apart(what: str, readers: int, folder: Path, *, is_smtp: bool, is_signed: bool) -> Measured:
    """One run in a process of its own, on a mail.db that is filled before; raises SystemExit where a letter is lost."""
    place = Path(tempfile.mkdtemp(dir=folder))
    filling = _CONTEXT.Process(target=fill, args=(place, readers))
    filling.start()
    filling.join()
    with _server_apart() if is_smtp else _no_server() as server:
        told, tells = _CONTEXT.Pipe(duplex=False)
        process = _CONTEXT.Process(target=_send, args=(place, _settings(server and server.port, is_signed), tells))
        process.start()
        sent, seconds, memory = told.recv()
        process.join()
        if sent != readers or (server and server.taken() != readers):
            raise SystemExit(f"{what}: {readers} letters were due, {sent} are told sent")
    shutil.rmtree(place)
    return Measured(what, readers, seconds, memory)


def fill(folder: Path, readers: int) -> None:
    """A mail.db with a letter due to each reader, of SELECTIONS letters in turn."""
    chance = random.Random(7)
    words = "kabupaten kota bimtek tahap pendampingan dinas bupati wali masterplan evaluasi – “cerdas” layanan".split()
    with closing(open_mail_db(folder / "mail.db")) as db:
        db.execute("pragma synchronous = off")
        letters = []
        for selection in range(min(SELECTIONS, readers)):
            rows = [f"{' '.join(chance.choices(words, k=14))} {UNSUBSCRIBE_URL if n == 0 else ''}" for n in range(330)]
            letters.append(
                add_letter(
                    db,
                    selection=str(selection),
                    subject=f"Pantau Kota Cerdas 16–22 November 2026: {selection} peristiwa",
                    html=f"<h1>{READER_NAME} {COPY_URL}</h1>"
                    + "\n".join(f'<tr><td style="font:16px/1.5 Arial;color:#1d2b2a">{row}</td></tr>' for row in rows),
                    text="\n".join([READER_NAME, PREFERENCES_URL, *rows[:150]]),
                    images={"minggu": chance.randbytes(20_000)},
                    calendar=b"BEGIN:VCALENDAR\r\n" + b"SUMMARY:Bimtek tahap II\r\n" * 150 + b"END:VCALENDAR\r\n",
                )
            )
        with transaction(db):
            for reader in range(readers):
                add_reader(db, f"pembaca{reader}@tabanan.example", letters[reader % len(letters)], name="Ni Luh Sari")


def _send(folder: Path, settings: MailSettings, tells: Connection) -> None:
    with closing(open_mail_db(folder / "mail.db")) as db:
        begun = time.perf_counter()
        report = send_due(db, settings, NOW, site_url=SITE, outbox=folder / "outbox", lock=folder / "mail.lock")
        seconds = time.perf_counter() - begun
    tells.send((report.sent, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024))


def _settings(port: int | None, is_signed: bool) -> MailSettings:
    settings: dict[str, Any] = {"from": {"address": "surat@pantau.contoh.example"}}
    if port:
        settings |= {"host": "127.0.0.1", "port": port, "security": "none", "letters_per_minute": 10**9}
    if is_signed:
        key = rsa.generate_private_key(65537, 2048).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        settings |= {"dkim": {"domain": "contoh.example", "selector": "s2026"}, "dkim_key": key}
    return MailSettings.model_validate(settings)


@dataclass(frozen=True, slots=True)
class _Server:
    port: int
    connection: Connection

    def taken(self) -> int:
        self.connection.send("how many")
        number: int = self.connection.recv()
        return number


@contextmanager
def _server_apart() -> Iterator[_Server]:
    ours, theirs = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    yield _Server(ours.recv(), ours)
    ours.send(None)
    process.join()


@contextmanager
def _no_server() -> Iterator[None]:
    yield None


def _serve(asked: Connection) -> None:
    with mail_server(inbox=Inbox(is_kept=False)) as inbox:
        asked.send(inbox.port)
        while asked.recv():
            asked.send(inbox.taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=int, default=10_000)
    with tempfile.TemporaryDirectory() as folder:
        for line in lines(list(measure(parser.parse_args().readers, Path(folder)))):
            print(line)  # noqa: T201


if __name__ == "__main__":
    main()
