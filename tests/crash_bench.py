"""Words killed at random moments, run to the end and compared, row by row, with words that nobody disturbed.

    python tests/crash_bench.py --kills 200 --seed 8

The world is the sample web on loopback, a mail server on loopback, and readers of letters. Each word is killed on a
copy of what lay there before it, several times over, then the words are run to the end and every row of pantau.db,
public.db and mail.db, every page of the archive and every letter that the server got is compared. Meanwhile one reader
keeps opening public.db and reckons the hash of what it says, and another asks the site that is served from it.

A kill is SIGKILL to the process and all that it started, or to the process alone: then those that it started must end
by themselves and write nothing more. It comes at a moment of the time that the word takes undisturbed, or right before
one of its steps: a commit, a file that is opened to be written, renamed, linked or removed (tests/warm.py).
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import re
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

import yaml
from mailserver import Inbox, mail_server
from reliability import Part, publish_part
from warcio.archiveiterator import ArchiveIterator

from crawler.archive import ArchiveError, read_page_body
from crawler.sampleweb.samples import ROOT as SAMPLEWEB
from crawler.sampleweb.server import running_sampleweb
from crawler.source import load_sources, relocate
from db.connect import open_read_only
from db.mailing.connect import open_mail_db, read_secret
from db.mailing.subscribers import Cadence, Choice, ask
from publish.digest import WIB, latest_week
from publish.release import content_hash, read_release

ROOT = Path(__file__).parent.parent
SITE = "https://pantau.example"
WORDS = ("crawl", "parse", "extract", "resolve", "publish", "digest", "send")
"""In the order in which they are said. Resolving is the beginning of `publish`, on what is not resolved yet."""
SAID = tuple(word for word in WORDS if word != "resolve")
IN_A_ROW = 5
"""Kills one after the other, before the words are run to the end and compared."""
COSTS = {"crawl": 4, "parse": 3, "extract": 3, "resolve": 2, "publish": 2, "digest": 2, "send": 1}
"""What a kill takes, compared to others: killed again and again, then run to the end."""
DEADLINE = 600.0
"""Seconds after which a word that nobody kills is taken to hang."""
PUBLISHING = {"resolve", "publish", "digest"}
"""Words that put another public.db in the place of the former."""
ENDED_WITHIN = 60.0
"""Seconds in which what a killed process started must have ended by itself."""

MONDAY = datetime(2025, 8, 18, 8, tzinfo=WIB)
"""Of the newest week in the sample web."""

WHEN = "when it was done, by the clock: compared is whether it is there"
RUN = "a row for each run, and a run that was killed is one more"
PLACE = "where it was put, in the order in which it came; what lies there is compared"
INDEX = "the inside of an index, or what is known of one to use it; what the search finds is compared"
TRIED = "how often it was begun"
OF_RUN = "by the number of a run, and a run that was killed is one more: compared is whether it is there"
# What may differ, and why: a table, or a column of it.
DIFFERS: Mapping[str, str] = {
    "pantau.db _sqlite_migrations.applied_at": WHEN,
    "pantau.db alarms.ended_at": WHEN,
    "pantau.db alarms.ended_run_id": OF_RUN,
    "pantau.db alarms.id": PLACE,
    "pantau.db alarms.last_run_id": OF_RUN,
    "pantau.db alarms.raised_at": WHEN,
    "pantau.db alarms.run_id": OF_RUN,
    "pantau.db articles.parsed_at": WHEN,
    "pantau.db articles.rowid": PLACE,
    "pantau.db completeness.checked_at": WHEN,
    "pantau.db digests.made_at": WHEN,
    "pantau.db event_versions.known_from": WHEN,
    "pantau.db extractions.extracted_at": WHEN,
    "pantau.db parses.parsed_at": WHEN,
    "pantau.db releases.made_at": WHEN,
    "pantau.db runs": RUN,
    "pantau.db source_health.checked_at": WHEN,
    "pantau.db urls.fate_at": WHEN,
    "pantau.db articles_fts_config": INDEX,
    "pantau.db articles_fts_data": INDEX,
    "pantau.db articles_fts_docsize": INDEX,
    "pantau.db articles_fts_idx": INDEX,
    "public.db alarms.ended_at": WHEN,
    "public.db alarms.id": PLACE,
    "public.db alarms.raised_at": WHEN,
    "public.db articles_fts_config": INDEX,
    "public.db articles_fts_data": INDEX,
    "public.db articles_fts_docsize": INDEX,
    "public.db articles_fts_idx": INDEX,
    "public.db digests.made_at": WHEN,
    "public.db event_versions.known_from": WHEN,
    "public.db fates.last_at": WHEN,
    "public.db release.made_at": WHEN,
    "public.db releases.made_at": WHEN,
    "public.db runs": RUN,
    "public.db sqlite_stat1": INDEX,
    "public.db urls.fate_at": WHEN,
    "mail.db letters.known_until": WHEN,
    "mail.db subscriptions.known_until": WHEN,
    "mail.db deliveries.state_at": WHEN,
    "mail.db deliveries.attempts": TRIED,
    "mail.db deliveries.repeats": TRIED,
}
FETCHED = "what a crawl that was killed had not fetched is fetched later: compared is whether it is there"
HASHED = "the hash of what is published, to which belongs when each page was fetched"
COUNTED = "what the last crawl met: to one that goes on, what was fetched before is known"
# What may differ too where the crawl was killed.
CRAWL_DIFFERS: Mapping[str, str] = {
    "pantau.db hosts": RUN,
    "pantau.db pages.archive_offset": PLACE,
    "pantau.db pages.checked_at": FETCHED,
    "pantau.db pages.fetched_at": FETCHED,
    "pantau.db pages.first_fetched_at": FETCHED,
    "pantau.db releases.hash": HASHED,
    "pantau.db requests": RUN,
    "pantau.db source_health.answered_at": FETCHED,
    "pantau.db source_health.overlap": COUNTED,
    "pantau.db source_health.polled_at": FETCHED,
    "pantau.db source_health.reason_en": COUNTED,
    "pantau.db source_health.reason_id": COUNTED,
    "pantau.db story_bodies.fetched_at": FETCHED,
    "pantau.db url_ways.listed_at": FETCHED,
    "pantau.db urls.found_at": FETCHED,
    "pantau.db visits": RUN,
    "pantau.db way_counts": RUN,
    "public.db articles.fetched_at": FETCHED,
    "public.db release.hash": HASHED,
    "public.db release.id": HASHED,
    "public.db releases.hash": HASHED,
    "public.db releases.id": HASHED,
    "public.db source_visits": RUN,
    "public.db source_ways": RUN,
    "public.db source_weeks": RUN,
    "public.db sources.overlap": COUNTED,
    "public.db sources.read_at": FETCHED,
    "public.db sources.reason_en": COUNTED,
    "public.db sources.reason_id": COUNTED,
    "public.db sources.visited_at": FETCHED,
    "public.db urls.found_at": FETCHED,
    "mail.db letters.release": HASHED,
}


class Starter:
    """A process that has imported everything and starts words by fork; see tests/warm.py."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", "import warm; warm.serve()"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}", "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, job: Mapping[str, Any]) -> int:
        """The process id of a word that has begun."""
        return self._ask(job)

    def wait(self, process: int) -> int:
        """How a word ended: its exit status, or less than 0 for the signal that killed it."""
        return self._ask({"wait": process})

    def close(self) -> None:
        """End it; it has no words left."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=60)
        assert self._process.stdout
        self._process.stdout.close()

    def _ask(self, job: Mapping[str, Any]) -> int:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@dataclass(slots=True)
class World:
    """What all words of a bench share."""

    folder: Path
    """Of the sources, the copies of each stage, and the data that is killed."""
    starter: Starter
    inbox: Inbox
    now: datetime
    """When the letters are due."""

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def stage(self, word: str) -> Path:
        """A copy of the data as it was before a word."""
        return self.folder / "stages" / word

    def job(self, word: str) -> dict[str, Any]:
        """What the starter is told to start a word."""
        return {"words": self.words(word), "told": str(self.folder / "told")}

    def words(self, word: str) -> list[str]:
        """The command line of a word, without `pantau`; `send` says what the time is."""
        more = {"send": [SITE, self.now.isoformat()], "digest": ["--site", SITE], "run": ["--site", SITE]}
        said = {"resolve": "publish", "send": "send-at"}.get(word, word)
        return ["--data", str(self.data), "--sources", str(self.folder / "sources"), said, *more.get(word, [])]

    def told(self) -> str:
        """What the last word printed."""
        return (self.folder / "told").read_text(errors="replace")


@dataclass(slots=True)
class Finished:
    """What words that nobody disturbed left, and what each took."""

    rows: dict[str, Counter[str]]
    crawled_rows: dict[str, Counter[str]]
    """The same without what may differ where the crawl was killed."""
    letters: Counter[tuple[str, str]]
    files: list[str]
    seconds: dict[str, float] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    resolving: float = 0.0


@dataclass(slots=True)
class Tally:
    """What was counted of the kills of a word."""

    kills: int = 0
    alone: int = 0
    """Of the kills, those of the main process alone."""
    at_steps: int = 0
    plain: int = 0
    """Of the kills, those of a process that was started as at a terminal, not by fork."""
    rounds: int = 0
    rows: int = 0
    """Rows that were compared."""
    lost: int = 0
    doubled: int = 0
    again: int = 0
    """Pages of the archive that are there twice, because the crawl was killed before it had noted the first."""
    repeated: int = 0
    """Letters that the server got twice with the same Message-ID: killed between the last dot and its answer."""
    faults: list[str] = field(default_factory=list)


# The world.


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """A sample web, a mail server, readers, and data with an empty release, in a folder; the words are not said yet."""
    with running_sampleweb() as addresses, mail_server() as inbox:
        (folder / "sources").mkdir(parents=True)
        for source in load_sources(SAMPLEWEB / "sources"):
            moved = relocate(source, addresses[source.name]).model_dump(mode="json", exclude={"name"})
            (folder / "sources" / f"{source.name}.yml").write_text(yaml.safe_dump(moved), encoding="utf-8")
        starter = Starter()
        try:
            made = World(folder, starter, inbox, MONDAY + timedelta(days=7))
            made.data.mkdir(exist_ok=True)
            settings = {"from": {"address": "surat@pantau.example"}, "host": "127.0.0.1", "port": inbox.port}
            settings |= {"security": "none", "letters_per_minute": 6000}
            (made.data / "mail.yml").write_text(yaml.safe_dump(settings))
            # Readers have something to see before the first word is killed.
            say(made, "publish")
            add_readers(made.data, MONDAY)
            yield made
        finally:
            starter.close()


def add_readers(data: Path, monday: datetime) -> None:
    """Readers of letters on all and on parts, weekly and daily, and two who are still to be asked."""
    choices = [Choice("all"), Choice("regency", "12.03"), Choice("stage", "bimtek-2"), Choice("province", "12")]
    with closing(open_mail_db(data / "mail.db")) as db:
        for name in ("message-ids", "tokens"):
            read_secret(db, name)  # the same in all copies
        for number in range(10):
            cadence: Cadence = "daily" if number % 5 == 4 else "weekly"
            ask(
                db,
                f"pembaca{number}@contoh.example",
                [(choices[number % len(choices)], cadence)],
                name=f"Pembaca {number}",
                lang="en" if number % 3 else "id",
                origin="operator",
                now=monday,
                is_confirmed=number < 8,
            )


def say(world: World, word: str) -> float:
    """Say a word and let it end; the seconds that it took. Raises RuntimeError where it fails."""
    begun = time.monotonic()
    process = world.starter.start(world.job(word))
    timer = threading.Timer(DEADLINE, lambda: os.killpg(process, signal.SIGKILL))
    timer.start()
    code = world.starter.wait(process)
    timer.cancel()
    if code != 0:
        raise RuntimeError(f"`{word}` ended with {code}: {world.told()}")
    return time.monotonic() - begun


def say_all(world: World, stages: bool = False) -> Finished:
    """Say all words, undisturbed; what they left."""
    seconds, steps = {}, {}
    world.inbox.messages.clear()
    resolving = 0.0
    for word in SAID:
        if stages:
            keep_stage(world, word)
        if word == "publish":
            watch = ResolveWatch(world.data)
            watch.start()
        seconds[word] = say(world, word)
        steps[word] = int(Path(f"{world.folder}/told.steps").read_text())
        if word == "publish":
            resolving = watch.stop()
    assert latest_week(world.data / "public.db") == MONDAY.date(), "the sample web has a newer week"
    rows = read_rows(world.data, DIFFERS), read_rows(world.data, {**DIFFERS, **CRAWL_DIFFERS})
    return Finished(*rows, letters_of(world.inbox), files_of(world.data), seconds, steps, resolving)


class ResolveWatch(threading.Thread):
    """Looks how long `publish` resolves: from its first file until nothing is left to resolve."""

    def __init__(self, data: Path) -> None:
        super().__init__(daemon=True)
        self._data, self._ended, self._seconds = data, threading.Event(), 0.0

    def run(self) -> None:
        begun = None
        with closing(open_read_only(self._data / "pantau.db")) as db:
            while not self._ended.wait(0.005):
                if begun is None and bakes(self._data):
                    begun = time.monotonic()
                if begun and not db.execute("select 1 from unresolved").fetchone():
                    self._seconds = time.monotonic() - begun
                    return

    def stop(self) -> float:
        self._ended.set()
        self.join()
        return self._seconds


def bakes(data: Path) -> bool:
    """Whether a bake writes a file."""
    return any(data.glob(".public.db.*.new"))


def keep_stage(world: World, word: str) -> None:
    """Keep a copy of the data as it is before a word; before `publish` it is that of resolving too."""
    for name in {"publish": ("publish", "resolve")}.get(word, (word,)):
        shutil.copytree(world.data, world.stage(name), ignore=shutil.ignore_patterns(".serving"))


def restore(world: World, stage: str) -> None:
    """Put a copy in the place of the data, its public.db last and in one step, for readers look at it."""
    copy = world.stage(stage)
    for path in world.data.iterdir():
        if path.name not in ("public.db", ".serving"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in copy.iterdir():
        if path.name == "public.db":
            continue
        (shutil.copytree if path.is_dir() else shutil.copy2)(path, world.data / path.name)
    beside = world.data / ".beside.db"
    shutil.copy2(copy / "public.db", beside)
    beside.replace(world.data / "public.db")
    world.inbox.messages.clear()


# What was left.


def read_rows(data: Path, differs: Mapping[str, str]) -> dict[str, Counter[str]]:
    """Every row of every table of the three databases, how often it is there; without what may differ."""
    rows: dict[str, Counter[str]] = {}
    for name in ("pantau.db", "public.db", "mail.db"):
        with closing(open_read_only(data / name)) as db:
            for (table,) in db.execute("select name from sqlite_master where type = 'table'").fetchall():
                if f"{name} {table}" not in differs:
                    columns = [column for _, column, *_ in db.execute(f'pragma table_info("{table}")')]
                    told = [told_column(column, differs.get(f"{name} {table}.{column}")) for column in columns]
                    found = db.execute(f'select {", ".join(told)} from "{table}"')
                    rows[f"{name} {table}"] = Counter(repr(dict(zip(columns, row, strict=True))) for row in found)
            if name != "mail.db":
                for word in ("smart", "bimtek", "bupati", "penghargaan"):
                    found = db.execute(
                        "select id from articles where rowid in (select rowid from articles_fts(?))", [word]
                    )
                    rows[f"{name} found: {word}"] = Counter(one for (one,) in found)
    return rows


def told_column(column: str, reason: str | None) -> str:
    """A column as it is compared: itself, whether it is there, or nothing of it."""
    if reason is None:
        return f'"{column}"'
    return f'"{column}" is null' if reason in (WHEN, FETCHED, OF_RUN) else "''"


def letters_of(inbox: Inbox) -> Counter[tuple[str, str]]:
    """To whom, and the header lines by which a letter is known: how often the server got it."""
    found: Counter[tuple[str, str]] = Counter()
    for _, to, content in inbox.messages:
        head = content.partition(b"\r\n\r\n")[0].decode()
        found[to, next(line for line in head.split("\r\n") if line.lower().startswith("message-id:"))] += 1
    return found


def files_of(data: Path) -> list[str]:
    """The files that words leave, by name; a release is named by its hash, which differs where the crawl was killed."""
    found = [path for path in data.rglob("*") if path.is_file() and ".serving" not in path.parts]
    return sorted(re.sub(r"-[0-9a-f]{12}\.db$", "-HASH.db", str(path.relative_to(data))) for path in found)


def archive_faults(data: Path) -> tuple[list[str], int]:
    """What is wrong with the archive, and how many records it has beyond one for each body of a page."""
    faults = []
    with closing(open_read_only(data / "pantau.db")) as db:
        kept = db.execute(
            """
            select url, digest, archive_file, archive_offset from pages
            union all
            select url, page_versions.digest, page_versions.archive_file, page_versions.archive_offset
            from page_versions join pages on pages.id = page_id
            """
        ).fetchall()
    for url, digest, file, offset in kept:
        try:
            body = read_page_body(data / "archive", file, offset)
        except ArchiveError as error:
            faults.append(str(error))
            continue
        if hashlib.sha256(body).hexdigest() != digest:
            faults.append(f"{url}: another body lies in the archive")
    records = 0
    for file in (data / "archive").glob("*.warc.gz"):
        with file.open("rb") as stream:
            records += sum(record.rec_type == "response" for record in ArchiveIterator(stream))
    return faults, records - len(kept)


def compare(
    world: World, reference: Finished, tally: Tally, is_crawled: bool, but: Collection[str] = frozenset()
) -> None:
    """Compare what lies there, but for some tables, with what words left that nobody disturbed; count what differs."""
    tally.rounds += 1
    differs = {**DIFFERS, **CRAWL_DIFFERS} if is_crawled else DIFFERS
    rows, wanted = read_rows(world.data, differs), dict(reference.crawled_rows if is_crawled else reference.rows)
    for table in but:
        rows.pop(table), wanted.pop(table)
    compare_rows(rows, wanted, tally)
    wrong, again = archive_faults(world.data)
    tally.faults += wrong
    tally.lost += len(wrong)
    tally.again += again
    if again and not is_crawled:
        tally.faults.append(f"{again} pages are in the archive once more, and no crawl was killed")
    compare_letters(world, reference, tally)
    for file in sorted({*files_of(world.data)} ^ {*reference.files}):
        tally.faults.append(f"file: {file}: {'missing' if file in reference.files else 'left over'}")


def compare_rows(rows: Mapping[str, Counter[str]], wanted: Mapping[str, Counter[str]], tally: Tally) -> None:
    """Count the rows of each table that are missing, and those that should not be there, or not so often."""
    for table in sorted({*rows, *wanted}):
        ours, theirs = rows.get(table, Counter()), wanted.get(table, Counter())
        lost, more = theirs - ours, ours - theirs
        tally.rows += ours.total()
        tally.lost += lost.total()
        tally.doubled += more.total()
        tally.faults += [f"{table}: lost {row[:1500]}" for row in list(lost)[:3]]
        tally.faults += [f"{table}: more {row[:1500]}" for row in list(more)[:3]]


def compare_letters(world: World, reference: Finished, tally: Tally) -> None:
    """Compare what the mail server got; the same Message-ID twice is counted, and is none of these faults."""
    got = letters_of(world.inbox)
    tally.repeated += sum(times - 1 for times in got.values())
    for letter in sorted({*reference.letters} - {*got}):
        tally.lost += 1
        tally.faults.append(f"letter lost: {letter}")
    for letter in sorted({*got} - {*reference.letters}):
        tally.doubled += 1
        tally.faults.append(f"letter nobody should get: {letter}")


# The kills.


@dataclass(frozen=True, slots=True)
class Kill:
    """How a word is to be killed."""

    moment: float | int
    """Seconds after it began, for resolving after its bake began; or the step before which."""
    is_step: bool
    with_all: bool
    """What it started too, or it alone."""
    is_plain: bool = False

    def __str__(self) -> str:
        when = f"before step {self.moment}" if self.is_step else f"after {self.moment:.3f} s"
        return f"{when}, {'with all it started' if self.with_all else 'it alone'}{', plain' if self.is_plain else ''}"


def draw_kill(chance: random.Random, word: str, reference: Finished) -> Kill:
    """A moment by chance."""
    with_all = chance.random() < 0.7
    if word == "resolve":
        return Kill(chance.uniform(0, reference.resolving), False, with_all)
    kind = chance.random()
    if kind < 0.5:
        return Kill(chance.randint(1, reference.steps[word]), True, with_all)
    if kind < 0.6 and word != "send":  # whose clock is that of the machine
        return Kill(chance.uniform(0.5, 4 + reference.seconds[word]), False, with_all, is_plain=True)
    return Kill(chance.uniform(0, reference.seconds[word]), False, with_all)


def kill_word(world: World, word: str, kill: Kill, tally: Tally) -> bool:
    """Say a word and kill it; False where it had ended by itself before."""
    job = world.job(word)
    if kill.is_step:
        job |= {"step": kill.moment, "with_all": kill.with_all}
    if kill.is_plain:
        with Path(job["told"]).open("w") as told:
            words = [sys.executable, "-m", "pantau", *world.words(word)]
            plain = subprocess.Popen(words, cwd=ROOT, stdout=told, stderr=told, start_new_session=True)
        process, wait = plain.pid, plain.wait
    else:
        process = world.starter.start(job)
        wait = lambda: world.starter.wait(process)  # noqa: E731
    if not kill.is_step:
        if word == "resolve":
            wait_for_bake(world.data, process)
        time.sleep(kill.moment)
        (os.killpg if kill.with_all else os.kill)(process, signal.SIGKILL)
    code = wait()
    left = folder_state(world.data)
    if not session_ends(process):
        tally.faults.append(f"{word}, killed {kill}: what it started has not ended after {ENDED_WITHIN:.0f} s")
    if code == -signal.SIGKILL and folder_state(world.data) != left:
        tally.faults.append(f"{word}, killed {kill}: what it started wrote on")
    if code not in (0, -signal.SIGKILL):
        tally.faults.append(f"{word}, to be killed {kill}, ended with {code}: {world.told()[-600:]}")
    if code != -signal.SIGKILL:
        return False
    tally.kills += 1
    tally.alone += not kill.with_all
    tally.at_steps += kill.is_step
    tally.plain += kill.is_plain
    return True


def wait_for_bake(data: Path, process: int) -> None:
    """Return when a process bakes, or is no more."""
    until = time.monotonic() + DEADLINE
    while not (data / f".public.db.{process}.new").exists() and time.monotonic() < until:
        if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.001)


def session_ends(session: int) -> bool:
    """Whether all processes of a session have ended, after a while at most."""
    until = time.monotonic() + ENDED_WITHIN
    while time.monotonic() < until:
        if not living(session):
            return True
        time.sleep(0.01)
    return False


def living(session: int) -> list[int]:
    """The processes of a session that have not ended."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, _, _, its_session = (process / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(its_session) == session and state != "Z":
                found.append(int(process.name))
    return found


def folder_state(data: Path) -> list[tuple[str, int, int]]:
    """Every file with its size and when it was written."""
    found = []
    for path in data.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            if ".serving" not in path.parts and path.is_file():
                found.append((str(path), path.stat().st_size, path.stat().st_mtime_ns))
    return sorted(found)


def kill_round(world: World, word: str, kills: int, reference: Finished, chance: random.Random, tally: Tally) -> None:
    """Kill a word up to so many times, one after the other, run the words to the end, and compare.

    Nothing is compared where it had ended by itself before the first of these moments.
    """
    restore(world, word)
    done: list[str] = []
    faults = len(tally.faults)
    for _ in range(kills):
        kill = draw_kill(chance, word, reference)
        is_killed = kill_word(world, word, kill, tally)
        done.append(f"{kill}{'' if is_killed else ' (it had ended)'}")
        if not is_killed:
            break
    if len(done) == 1 and not is_killed and not tally.faults[faults:]:
        return
    try:
        for rest in SAID[SAID.index("publish" if word == "resolve" else word) :]:
            say(world, rest)
        compare(world, reference, tally, word == "crawl")
    except RuntimeError as error:
        tally.faults.append(str(error))
    if tally.faults[faults:]:
        tally.faults.append(f"{word}, killed {'; '.join(done)}")
        sys.stderr.write("\n".join(fault[:600] for fault in tally.faults[faults:]) + "\n")


# Readers.


class Reader:
    """A process that keeps opening public.db and reckons the hash of what it says, as long as the block goes on."""

    def __init__(self, public: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", "import crash_bench; crash_bench.keep_reading()", public],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.looks, self.releases = 0, 0
        self.faults: list[str] = []

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        said, _ = self._process.communicate(timeout=60)
        found = json.loads(said)
        self.looks, self.releases, self.faults = found["looks"], found["releases"], found["faults"]


def keep_reading() -> None:
    """Look at the public.db of the command line until stdin is closed; print what was seen."""
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    public, looks, faults, releases = Path(sys.argv[1]), 0, [], set()
    while not ended.wait(0.3):
        try:
            with closing(open_read_only(public)) as db:
                release, seen = read_release(db), content_hash(db)
        except FileNotFoundError as error:
            faults.append(str(error))
            continue
        except (sqlite3.Error, LookupError) as error:
            faults.append(f"{type(error).__name__}: {error}")
            continue
        looks += 1
        releases.add(release.hash)
        if seen != release.hash:
            faults.append(f"release {release.id} says {seen}")
    print(json.dumps({"looks": looks, "releases": len(releases), "faults": faults[:20]}))  # noqa: T201


class Visitor:
    """Asks the site that is served from public.db, as long as the block goes on."""

    SQL = """
        select release.id, release.articles - (select count(*) from articles),
               release.events - (select count(*) from events),
               (select count(*) from releases where hash = release.hash) - 1
        from release
    """

    def __init__(self, world: World) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        words = [sys.executable, "-m", "pantau", "--data", str(world.data), "serve", "--port", str(port)]
        self._site = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._url = f"http://127.0.0.1:{port}/public.json?" + urlencode({"sql": self.SQL, "_shape": "array"})
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._visit)
        self.looks, self.releases = 0, set[str]()
        self.faults: list[str] = []

    def __enter__(self) -> Visitor:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._site.terminate()
        self._site.wait(timeout=60)

    def _visit(self) -> None:
        opener = build_opener(ProxyHandler({}))
        while not self._ended.wait(0.5):
            try:
                with opener.open(self._url, timeout=60) as answer:
                    (found,) = json.load(answer)
            except (OSError, ValueError) as error:
                if self.looks:  # else it has not begun to answer
                    self.faults.append(f"{type(error).__name__}: {error}")
                continue
            self.looks += 1
            release, *differences = found.values()
            self.releases.add(release)
            if any(differences):
                self.faults.append(f"the site shows half a release: {found}")


# The bench.


@dataclass(slots=True)
class Result:
    """What a bench found."""

    tallies: dict[str, Tally]
    looks: int = 0
    visits: int = 0
    half: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        return [fault for tally in self.tallies.values() for fault in tally.faults] + self.half


def bench(kills: Mapping[str, int], seed: int, seconds: float = float("inf")) -> Result:
    """Kill each word so many times and say what came of it; what is not begun after so many seconds is left.

    The words take turns, so that all have had their share of the kills whenever the time is over.
    """
    until = time.monotonic() + seconds
    result = Result({word: Tally() for word in kills})
    chances = {word: random.Random(f"{seed} {word}") for word in kills}
    # In memory where that is, for a disk is not what is tried.
    place = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None
    with TemporaryDirectory(dir=place, prefix="pantau-crash-") as folder, world(Path(folder) / "world") as made:
        reference = say_all(made, stages=True)
        with Reader(made.data / "public.db") as reader, contextlib.ExitStack() as site:
            visitor = site.enter_context(Visitor(made)) if PUBLISHING & kills.keys() else None
            for _ in range(20 + 2 * max(kills.values())):
                open_words = [word for word, wanted in kills.items() if result.tallies[word].kills < wanted]
                # The one that is behind the most, of its share.
                for word in sorted(open_words, key=lambda word: result.tallies[word].kills / kills[word]):
                    if time.monotonic() > until:
                        break
                    tally = result.tallies[word]
                    kill_round(made, word, min(IN_A_ROW, kills[word] - tally.kills), reference, chances[word], tally)
                    report(word, tally)
        result.looks, result.half = reader.looks, list(reader.faults)
        if visitor:
            result.visits = visitor.looks
            result.half += visitor.faults[:20]
    return result


def bench_in_jobs(kills: Mapping[str, int], seed: int, jobs: int, seconds: float) -> Result:
    """The same, in several processes, each with a world of its own and a part of the words."""
    parts: list[dict[str, int]] = [{} for _ in range(jobs)]
    costs = {word: number * COSTS[word] for word, number in kills.items()}
    before = 0
    for word, cost in costs.items():
        parts[int((before + cost / 2) * jobs / sum(costs.values()))][word] = kills[word]
        before += cost
    result = Result({})
    with TemporaryDirectory() as folder:
        running = []
        for number, part in enumerate(filter(None, parts)):
            file = Path(folder) / str(number)
            words = [sys.executable, __file__, "--seed", str(seed), "--minutes", str(seconds / 60)]
            words += ["--only", json.dumps(part), "--result", str(file)]
            running.append((subprocess.Popen(words, cwd=ROOT), file))
        for process, file in running:
            process.wait()
            found = json.loads(file.read_text())
            result.tallies |= {word: Tally(**tally) for word, tally in found["tallies"].items()}
            result.looks += found["looks"]
            result.visits += found["visits"]
            result.half += found["half"]
    result.tallies = {word: result.tallies[word] for word in kills}
    return result


def report(word: str, tally: Tally) -> None:
    """Say on stderr how far it is."""
    sys.stderr.write(f"{word}: {tally.kills} kills, {tally.rounds} rounds, {len(tally.faults)} faults\n")


def share(kills: int) -> dict[str, int]:
    """So many kills, over the words; the crawl has most, for most is written there.

    >>> share(200)
    {'crawl': 50, 'parse': 30, 'extract': 24, 'resolve': 24, 'publish': 24, 'digest': 24, 'send': 24}
    """
    weights = {"crawl": 50, "parse": 30, "extract": 24, "resolve": 24, "publish": 24, "digest": 24, "send": 24}
    return {word: max(1, round(kills * weight / 200)) for word, weight in weights.items()}


def part_of(result: Result, command: str, wanted: int) -> Part:
    """What docs/reliability.md says of the kills."""
    tallies = result.tallies.values()
    total = {
        name: sum(getattr(tally, name) for tally in tallies) for name in Tally.__dataclass_fields__ if name != "faults"
    }
    return Part(
        command,
        {
            "kills": f"{total['kills']} of {wanted} asked for",
            "rows, pages and letters lost": str(total["lost"]),
            "rows and letters doubled": str(total["doubled"]),
            "half releases seen": f"{len(result.half)} in {result.looks} looks and {result.visits} visits of the site",
            "letters twice": f"{total['repeated']}, each with the same Message-ID",
            "all faults": str(len([fault for tally in tallies for fault in tally.faults])),
        },
        ["word", "kills", "of it alone", "at a step", "of plain processes", "rounds compared", "rows compared",
         "lost", "doubled", "pages fetched again", "letters repeated"],
        [
            [word, *(str(getattr(tally, name)) for name in (
                "kills", "alone", "at_steps", "plain", "rounds", "rows", "lost", "doubled", "again", "repeated"))]
            for word, tally in result.tallies.items()
        ],
        " ".join(NOTE.split()),
    )  # fmt: skip


NOTE = """The words are killed on the sample web, each on a copy of what lay there before it, up to five times in a row;
then they are run to the end, and every row of the three databases, every page of the archive and every letter that the
mail server got is compared with those of words that nobody disturbed. Left out of the comparison are the instants at
which something was done and what else the bench names with its reason (DIFFERS in its file). A page that was fetched
again lies twice in the archive, for the crawl was killed before it had noted the first. A letter that came twice was
killed between its last dot and the server's answer, and has the same Message-ID. Half releases: one reader opens
public.db again and again and reckons the hash of what it says, another asks the site."""


def main() -> None:
    """`python tests/crash_bench.py`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin nothing more after so many")
    parser.add_argument("--jobs", type=int, default=1, help="processes, each with a part of the words")
    parser.add_argument("--only", type=json.loads, help='words and how often each is killed: {"crawl": 5}')
    parser.add_argument("--result", type=Path, help="where to write what was counted, as JSON")
    options = parser.parse_args()
    kills = share(options.kills) if options.only is None else options.only
    sys.stderr.write(f"seed {options.seed}: {kills}\n")
    seconds = 60 * options.minutes
    if options.jobs > 1:
        result = bench_in_jobs(kills, options.seed, options.jobs, seconds)
    else:
        result = bench(kills, options.seed, seconds=seconds)
    if options.result:
        options.result.write_text(json.dumps(asdict(result)))
        return
    part = part_of(result, f"python {shlex.join(['tests/crash_bench.py', *sys.argv[1:]])}", sum(kills.values()))
    print(json.dumps({"headline": part.headline, "rows": part.rows}, indent=1))  # noqa: T201
    print("\n".join(result.faults))  # noqa: T201
    if not options.only:
        publish_part("kills", part)
    sys.exit(bool(result.faults))


if __name__ == "__main__":
    main()
