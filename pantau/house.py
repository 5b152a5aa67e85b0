"""What every word needs: where the things of this installation lie, and how a word says what it does."""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
import re
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click
from tqdm import tqdm

from pantau.logs import escape, is_json

if TYPE_CHECKING:
    from crawler.source import Source
    from db.connect import Database

log = logging.getLogger(__name__)
T = TypeVar("T")
ROOT = Path(__file__).parent.parent
SITE = "http://127.0.0.1:8001"
SITE_OPTION = click.option(
    "--site", default=SITE, show_default=True, envvar="PANTAU_SITE", help="Address of the site, to which letters lead."
)


@dataclass(frozen=True, slots=True)
class House:
    """Where this installation keeps its things."""

    data: Path
    sources: Path
    outbox: Path
    wait: float = 0
    """Seconds until a word gives up while another is at it."""

    @property
    def pantau_db(self) -> Path:
        return self.data / "pantau.db"

    @property
    def public_db(self) -> Path:
        return self.data / "public.db"

    @property
    def mail_db(self) -> Path:
        return self.data / "mail.db"

    @property
    def archive(self) -> Path:
        return self.data / "archive"


def keep_sources(db: Database, sources: Iterable[Source]) -> None:
    """Put the sources into the database, or one clear line about the first that names a place that is not."""
    from db.store import save_sources

    try:
        save_sources(db, sources)
    except LookupError as error:
        raise click.ClickException(str(error)) from error


def parse_parameters(given: Iterable[str]) -> dict[str, str]:
    """Names and values of parameters as they are typed.

    >>> parse_parameters(["kode=62.02", "q=a=b"])
    {'kode': '62.02', 'q': 'a=b'}
    """
    parameters = {}
    for parameter in given:
        name, equals, value = parameter.partition("=")
        if not equals:
            raise click.UsageError(f"-p {parameter}: one reads name=value")
        parameters[name] = value
    return parameters


_FULL = "no room to write ({free:,.1f} MB free); what was done is kept, say it again when there is"
_CLOSED = "cannot be written; what was done is kept"
SYSTEM_REFUSES = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EROFS: _CLOSED,
    errno.EACCES: _CLOSED,
    errno.EPERM: _CLOSED,
}
SQLITE_REFUSES = {
    sqlite3.SQLITE_BUSY: "another program has been writing for {seconds} seconds; what was done is kept, say it again",
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: "the disk is full ({free:,.1f} MB free) or fails; what was done is kept",
    sqlite3.SQLITE_READONLY: _CLOSED,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
    sqlite3.SQLITE_CORRUPT: "a database there is damaged: put a copy in its place",
    sqlite3.SQLITE_NOTADB: "a database there is damaged: put a copy in its place",
}
"""What of the machine stops a word, and what is then said of the data folder."""


class BusyError(click.ClickException):
    """Another word is at it, so this one did nothing."""

    exit_code = os.EX_TEMPFAIL


class Stopped(click.ClickException):
    """Somebody pressed Ctrl-C, or ended the unit: what was under way is kept, and nothing more is begun."""

    exit_code = 130
    """Shells' word for it (128 + SIGINT); no failure, so that nobody is told of one at each restart of the machine."""


@contextmanager
def alone(house: House, word: str) -> Iterator[None]:
    """Let no other word that writes pantau.db run meanwhile; BusyError, exit status 75, where one does already.

    Held is `run.lock` of the data folder, by flock(2): it ends with this process, however that ends, and flock(1) sees
    it. The file says who holds it. Waits as long as the house was told to.
    """
    from filelock import FileLock, Timeout

    path = house.data / "run.lock"
    lock = FileLock(path, timeout=house.wait, poll_interval=0.2, fallback_to_soft=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise BusyError(f"{path}: {who_holds(path)}; nothing was done") from None
    except OSError as error:
        raise click.ClickException(f"{path}: cannot be written: {error.strerror}") from error
    since = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S+00:00}"
    try:
        path.write_text(json.dumps({"word": word, "process": os.getpid(), "since": since}) + "\n")
        yield
    finally:
        os.truncate(path, 0)
        lock.release()


def who_holds(path: Path) -> str:
    """Who holds a lock of `alone`, in words; also somebody who left no name there, as flock(1) does not."""
    try:
        told = json.loads(path.read_text())
        # Who was killed could not take the name back; who may not be asked, for it is another user's, is there.
        with suppress(PermissionError):
            os.kill(told["process"], 0)
    except (ValueError, LookupError, TypeError, OSError):
        return "another program holds it (flock?)"
    return f"`pantau {told['word']}` (process {told['process']}) is at it since {told['since']}"


def refusal(house: House, error: OSError | sqlite3.Error) -> str | None:
    """What the machine refused, in one line that says what to do; None for what is a fault of this program."""
    from db.connect import BUSY_MS, NewerDatabaseError

    if isinstance(error, NewerDatabaseError):
        return str(error)
    # The lower eight bits are the kind of error.
    kind = error.errno if isinstance(error, OSError) else getattr(error, "sqlite_errorcode", 0) & 0xFF
    kinds = SYSTEM_REFUSES if isinstance(error, OSError) else SQLITE_REFUSES
    advice = kinds.get(kind or 0)
    if advice is None:
        return None
    free = shutil.disk_usage(house.data).free / 1e6 if house.data.is_dir() else 0.0
    return f"{house.data}: {advice.format(seconds=BUSY_MS // 1000, free=free)} ({error})"


@contextmanager
def opened(house: House, word: str) -> Iterator[tuple[Database, Counter[str], int]]:
    """The private database with its reference tables, counts that are kept as a row of `runs`, and its number."""
    from structlog.contextvars import bound_contextvars

    from db.connect import open_db
    from db.reference import load_reference
    from db.store import finish_run, start_run

    db = open_db(house.pantau_db)
    load_reference(db)
    counts: Counter[str] = Counter()
    number = start_run(db, word)
    began = monotonic()
    with bound_contextvars(run=number, word=word):
        log.info("run began")
        yield db, counts, number
        finish_run(db, number, counts)
        log.info("run ended", extra={**counts, "seconds": round(monotonic() - began, 1)})
        _write_metrics(house)
    db.close()


def _write_metrics(house: House) -> None:
    """Have the figures of this installation lie beside its data, for node_exporter; a run does not fail by it."""
    from publish.serving.metrics import write_metrics

    try:
        write_metrics(house.data, datetime.now(UTC))
    except OSError as error:
        log.warning("metrics.prom could not be written", extra={"error": error.strerror})


def read_sources(house: House) -> list[Source]:
    """The source files, or one clear line about the first that is wrong."""
    from crawler.source import SourceError, load_sources

    try:
        return load_sources(house.sources)
    except SourceError as error:
        raise click.ClickException(str(error)) from error


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of a size, the last one shorter.

    >>> list(batches("palu", 3))
    [['p', 'a', 'l'], ['u']]
    """
    stream = iter(items)
    while batch := list(islice(stream, size)):
        yield batch


def progress(items: Iterable[T], what: str, total: int | None = None) -> Iterable[T]:
    """The items behind a progress bar: after two seconds, and only on a terminal."""
    bar: Iterable[T] = tqdm(items, desc=what, total=total, delay=2, disable=None, leave=False, file=_bars())
    return bar


def _bars() -> TextIO:
    """Standard error as it is: a bar goes back to the start of its line."""
    stream = sys.stderr
    return stream.stream if isinstance(stream, Seen) else stream


# Controls but tab and the end of a line, and what turns the direction of the words after it.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def seen(text: str) -> str:
    """The text with what steers a terminal written out, in a way that leaves JSON the same JSON.

    >>> print(seen("Bimtek\\x1b]0;judi\\x07\\r \\u202eoreo"))
    Bimtek\\u001b]0;judi\\u0007\\u000d \\u202eoreo
    """
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class Seen:
    """A stream on which nobody's words steer the operator's terminal, or forge a colour in a log."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        """Where it goes in the end."""

    def write(self, text: str) -> int:
        return self.stream.write(seen(text))

    def __getattr__(self, name: str) -> Any:
        if name == "buffer":  # by which Click would write past it
            raise AttributeError(name)
        return getattr(self.stream, name)


@contextmanager
def all_seen() -> Iterator[None]:
    """While the block runs, what is printed, on standard output or error, is `seen`."""
    raw = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Seen(sys.stdout), Seen(sys.stderr)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = raw


def data_stream() -> TextIO:
    """Standard output for data that another program reads, unchanged; on a terminal it is `seen`."""
    stream = sys.stdout
    return stream.stream if isinstance(stream, Seen) and not stream.isatty() else stream


def sha256(body: bytes) -> str:
    """The digest that the database keeps of a body, in hex."""
    return hashlib.sha256(body).hexdigest()


def complain(message: str) -> None:
    """Say on stderr what was wrong with one thing; the others go on."""
    if is_json():
        log.warning("%s", message)
    else:
        click.echo(escape(message), err=True)
