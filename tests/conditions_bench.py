"""What a machine may do to the words, done to them: a full disk, a lock, a wrong clock, files broken or gone.

    python tests/conditions_bench.py

The world is that of tests/crash_bench.py. Under each condition a word says in one line what is wrong, or goes on; when
the condition is over, the words are run to the end, and every row, every page and every letter is compared with those
of words that nobody disturbed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from crash_bench import (
    ROOT,
    SAID,
    Finished,
    Tally,
    World,
    compare,
    letters_of,
    living,
    restore,
    say,
    say_all,
    session_ends,
    world,
)
from reliability import Part, publish_part

INSIDE = "PANTAU_BENCH_INSIDE"
ROOM = "48m"
"""What a disk has room for here: four times what the words need."""


class FailedError(AssertionError):
    """What did not hold under a condition."""


@dataclass(slots=True)
class Bench:
    """A world, and what words leave in it that nobody disturbs."""

    world: World
    reference: Finished
    is_mounted: bool
    """Whether the data is on a small disk of its own."""
    chance: random.Random

    def say(self, word: str, **job: Any) -> tuple[int, list[str]]:
        """Say a word; its exit status, and the lines that it printed."""
        process = self.world.starter.start({**self.world.job(word), **job})
        return self.world.starter.wait(process), self.world.told().splitlines()

    def refused(self, word: str, says: str, **job: Any) -> str:
        """Say a word that cannot be done; the one line in which it says so."""
        code, lines = self.say(word, **job)
        check(code not in (0, 75) and code > 0, f"{word} ended with {code}: {lines}")
        told = [line for line in lines if says in line]
        check(len(told) == 1, f"{word} does not say {says!r} in one line: {lines}")
        check(not any("Traceback" in line for line in lines), f"{word} shows its code: {lines[-3:]}")
        return told[0]

    def end(self, word: str, but: Collection[str] = frozenset()) -> None:
        """Say the words from one on, and compare what they left, but for some tables, with what nobody disturbed."""
        for rest in SAID[SAID.index(word) :]:
            say(self.world, rest)
        self.compare(word, but)

    def compare(self, word: str, but: Collection[str] = frozenset()) -> None:
        """Compare what is there, but for some tables, with what words left that nobody disturbed."""
        tally = Tally()
        compare(self.world, self.reference, tally, word == "crawl", but)
        check(not tally.faults, "; ".join(tally.faults[:3]))
        check(not tally.repeated, f"{tally.repeated} letters came twice")


def check(is_right: bool, message: str) -> None:
    """Raise FailedError where something does not hold."""
    if not is_right:
        raise FailedError(message)


@contextmanager
def prepared(seed: int) -> Iterator[Bench]:
    """A world on a small disk of its own where that may be mounted, with a copy of the data before each word."""
    with TemporaryDirectory(prefix="pantau-conditions-") as folder:
        disk = Path(folder) / "world" / "data"
        disk.mkdir(parents=True)
        mount = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "none", disk], capture_output=True)
        is_mounted = mount.returncode == 0
        try:
            with world(Path(folder) / "world") as made:
                yield Bench(made, say_all(made, stages=True), is_mounted, random.Random(seed))
        finally:
            if is_mounted:
                subprocess.run(["umount", "--lazy", disk], check=True)


def enter_namespace() -> None:
    """Begin anew where disks may be mounted that nobody else sees, and that end with this process; if there is such."""
    words = ["unshare", "--map-root-user", "--mount"]
    if INSIDE not in os.environ and shutil.which("unshare"):
        os.environ[INSIDE] = "yes"
        if subprocess.run([*words, "true"], capture_output=True).returncode == 0:
            os.execvp(words[0], [*words, sys.executable, *sys.argv])


# The conditions: each says what happened, in words.


def disk_full(bench: Bench, word: str) -> str:
    """The disk is full while a word is at it."""
    restore(bench.world, word)
    before = sum(path.stat().st_size for path in bench.world.data.rglob("*") if path.is_file())
    if not bench.is_mounted:
        line = bench.refused(word, "", largest=1000)
        bench.end(word)
        return line
    filler = bench.world.data / "filler"
    room = {"crawl": 60_000, "parse": 60_000, "extract": 200_000, "publish": 800_000, "digest": 800_000}
    told = Counter()
    for share in (0.02, 0.3, 1.0):
        fill(filler, int(share * room.get(word, 60_000)))
        code, lines = bench.say(word)
        check(code >= 0, f"{word} ended with {code}")
        check(not any("Traceback" in line for line in lines), f"{word} shows its code: {lines[-6:]}")
        if code:
            wrong = [line for line in lines if line.startswith(("Error: ", "127."))]
            check(len(wrong) == 1, f"{word} says {lines}")
            told["no room" in wrong[0] or "full" in wrong[0] or "space" in wrong[0]] += 1
            check(told[False] == 0, f"{word} says {wrong}")
        filler.unlink()
    check(told[True] > 0, f"{word} never met a full disk")
    bench.end(word)
    return (
        f"stopped {told[True]} of 3 times with one line, and went on when there was room ({before / 1e6:.1f} MB before)"
    )


def fill(filler: Path, room: int) -> None:
    """Leave so many bytes on a disk."""
    free = shutil.disk_usage(filler.parent).free
    with filler.open("wb") as file:
        left = free - room
        while left > 0:
            left -= file.write(b"\0" * min(left, 1 << 20))
            file.flush()


def locked_for_long(bench: Bench, word: str) -> str:
    """Another program writes for longer than a word waits."""
    restore(bench.world, word)
    database = bench.world.data / ("mail.db" if word == "send" else "pantau.db")
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("begin immediate")
        line = bench.refused(word, "locked", busy_ms=2000)
    bench.end(word)
    return line.removeprefix("Error: ").replace(str(bench.world.data), "data")


def locked_for_seconds(bench: Bench, word: str) -> str:
    """Another program writes for some seconds."""
    restore(bench.world, word)
    with closing(
        sqlite3.connect(bench.world.data / "pantau.db", isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute("begin immediate")
        timer = threading.Timer(4, lambda: other.execute("rollback"))
        timer.start()
        took = say(bench.world, word)
        timer.join()
    check(took >= 4, f"{word} did not wait: it took {took:.1f} s")
    bench.end(SAID[SAID.index(word) + 1])
    return "waited until it was over"


def ended_by_systemd(bench: Bench, word: str) -> str:
    """SIGTERM at a random moment, as systemd stops a unit."""
    restore(bench.world, word)
    process = bench.world.starter.start(bench.world.job(word))
    time.sleep(bench.chance.uniform(0.2, 0.8) * bench.reference.seconds[word])
    os.killpg(process, signal.SIGTERM)
    begun = time.monotonic()
    code = bench.world.starter.wait(process)
    check(session_ends(process), f"{word}: {living(process)} have not ended")
    took = time.monotonic() - begun
    check(code in (0, 1, 130, -signal.SIGTERM, 128 + signal.SIGTERM), f"{word} ended with {code}: {bench.world.told()}")
    check(took < 60, f"{word} ended after {took:.1f} s")
    check("Traceback" not in bench.world.told(), f"{word} shows its code: {bench.world.told()}")
    bench.end(word)
    return f"ended after {took:.1f} s, and went on"


def archive_broken(bench: Bench, damage: str) -> str:
    """The file of the archive is cut off, or written over, in its middle; then parsing has to read it."""
    restore(bench.world, "parse")
    (file,) = (bench.world.data / "archive").iterdir()
    whole = file.read_bytes()
    middle = len(whole) // 2
    file.write_bytes(
        whole[:middle] if damage == "cut off" else whole[:middle] + b"\xff" * 2000 + whole[middle + 2000 :]
    )
    code, lines = bench.say("parse")
    check(code == 0 and "out of reach in the archive" in lines[-1], f"parse ended with {code}: {lines[-3:]}")
    check("Traceback" not in bench.world.told(), bench.world.told()[-900:])
    with closing(sqlite3.connect(bench.world.data / "pantau.db")) as db:
        ((read,),) = db.execute("select count(*) from articles")
        ((pending,),) = db.execute("select count(*) from pages where id not in (select page_id from parses)")
    check(read > 0 and pending > 0, f"{read} articles, {pending} pages pending")
    file.write_bytes(whole)
    # A share of few pages may be alarming that is not of many, and a run that read a part has told so.
    bench.end("parse", but={"pantau.db alarms", "public.db alarms"})
    return f"{read} articles were read, {pending} pages told one by one and left pending; a copy of the file mended all"


def public_missing(bench: Bench) -> str:
    """There is no public.db."""
    restore(bench.world, "digest")
    (bench.world.data / "public.db").unlink()
    told = [bench.refused(word, "not there yet; say `pantau publish` first") for word in ("digest", "send")]
    say(bench.world, "publish")
    bench.end("digest")
    return told[0].partition("public.db: ")[2]


def wal_left(bench: Bench) -> str:
    """The -wal and -shm files of a killed process lie beside a database."""
    restore(bench.world, "parse")
    job = bench.world.job("parse") | {"step": 24, "with_all": True}
    code = bench.world.starter.wait(bench.world.starter.start(job))
    check(code == -signal.SIGKILL, f"parse ended with {code}")
    session = [path.name for path in bench.world.data.glob("pantau.db-*")]
    check("pantau.db-wal" in session, f"there is no -wal: {session}")
    bench.end("parse")
    return "what was committed is there, and the next word went on"


def folder_read_only(bench: Bench, word: str) -> str:
    """The data folder cannot be written."""
    if not bench.is_mounted:
        return "not tried: nothing may be mounted here"
    restore(bench.world, word)
    remount(bench, "ro")
    try:
        line = bench.refused(word, "cannot be")
    finally:
        remount(bench, "rw")
    bench.end(word)
    return line.removeprefix("Error: ").replace(str(bench.world.data), "data")


def remount(bench: Bench, how: str) -> None:
    """Let the disk of the data be read only, or written."""
    subprocess.run(["mount", "-o", f"remount,{how}", bench.world.data], check=True)


def newer_schema(bench: Bench, word: str) -> str:
    """pantau.db was made by a newer version of the program."""
    restore(bench.world, word)
    with closing(sqlite3.connect(bench.world.data / "pantau.db")) as db, db:
        db.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at)"
            " select migration_set, 'm999_from_tomorrow', applied_at from _sqlite_migrations limit 1"
        )
    line = bench.refused(word, "newer version of this program")
    with closing(sqlite3.connect(bench.world.data / "pantau.db")) as db, db:
        db.execute("delete from _sqlite_migrations where name = 'm999_from_tomorrow'")
    bench.end(word)
    return line.partition("pantau.db: ")[2]


def two_runs(bench: Bench) -> str:
    """Two `pantau run` at once."""
    restore(bench.world, "crawl")
    words = bench.world.words("run")
    first = bench.world.starter.start({"words": words, "told": str(bench.world.folder / "first")})
    until = time.monotonic() + 60
    while not (bench.world.data / "run.lock").read_text() and time.monotonic() < until:
        time.sleep(0.01)
    second = bench.world.starter.start({"words": words, "told": str(bench.world.folder / "second")})
    code = bench.world.starter.wait(second)
    line = (bench.world.folder / "second").read_text().strip()
    check(code == os.EX_TEMPFAIL and f"`pantau run` (process {first}) is at it since 20" in line, f"{code}: {line}")
    code = bench.world.starter.wait(first)
    check(code == 0, (bench.world.folder / "first").read_text())
    say(bench.world, "send")
    bench.compare("crawl")
    return "the second says who is at it since when and leaves with 75; the first goes on"


def clock_wrong(bench: Bench, jump: str) -> str:
    """The clock jumps while the words are said, and is right again afterwards; nobody gets a letter twice."""
    library = faketime()
    check(library is not None, "libfaketime is not installed")
    restore(bench.world, "crawl")
    for word in ("crawl", "parse"):
        say(bench.world, word)
    articles = days_of(bench.world.data)
    faked = {"LD_PRELOAD": str(library), "FAKETIME": jump, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    for word in ("crawl", "extract", "publish", "digest"):
        plain(bench.world, word, faked)
    check(days_of(bench.world.data) == articles, "an article has another day")
    for word in ("crawl", "parse", "extract", "publish", "digest"):
        say(bench.world, word)
    check(days_of(bench.world.data) == articles, "an article has another day")
    with closing(sqlite3.connect(bench.world.data / "pantau.db")) as db:
        wrong = db.execute(
            "select count(*) from event_versions where known_to < known_from"
            " or exists (select 1 from event_versions as later where later.event_id = event_versions.event_id"
            " and later.number > event_versions.number and later.known_from < event_versions.known_to)"
        ).fetchone()
    check(wrong == (0,), f"{wrong[0]} versions of events are out of order")
    say(bench.world, "send")
    got = letters_of(bench.world.inbox)
    check(got == bench.reference.letters, "other letters came")
    by = timedelta(days=-1) if jump.startswith("-") else timedelta(days=365)
    right, bench.world.now = bench.world.now, bench.world.now + by
    say(bench.world, "send")
    late = letters_of(bench.world.inbox) - got
    bench.world.now = right
    say(bench.world, "send")
    bench.world.now = right + timedelta(days=7)
    say(bench.world, "send")
    bench.world.now = right
    after = letters_of(bench.world.inbox)
    check(max(after.values()) == 1, "a letter came twice")
    readers = {to for to, _ in after - got - late}
    weekly = {to for to, letter in bench.reference.letters if "-W" in letter}
    check(weekly <= readers, f"readers get no letter the week after: {sorted(weekly - readers)}")
    check(by > timedelta(0) or not late, f"letters of another day: {sorted(late)}")
    ahead = f"; {late.total()} letters went out while it was ahead" if late else ""
    return f"no row lost, no day of an article changed, versions in order, no letter twice{ahead}, and next week's came"


def faketime() -> Path | None:
    """The library that tells a process another time, where it is installed."""
    return next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)


def days_of(data: Path) -> list[tuple[str, str]]:
    """The day of every article."""
    with closing(sqlite3.connect(f"file:{data}/pantau.db?mode=ro", uri=True)) as db:
        return db.execute("select id, published_at from articles order by id").fetchall()


def plain(world: World, word: str, environment: Mapping[str, str]) -> None:
    """Say a word in a process of its own, with more in its environment; for who must be there before it starts."""
    words = [sys.executable, "-m", "pantau", *world.words(word)]
    done = subprocess.run(
        words, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=600
    )
    check(done.returncode == 0, f"{word} ended with {done.returncode}: {done.stdout[-500:]} {done.stderr[-1500:]}")


CONDITIONS: Mapping[str, tuple[str, Callable[[Bench], str]]] = {
    **{
        f"disk full, {word}": ("the disk is full", lambda bench, word=word: disk_full(bench, word))
        for word in SAID
    },
    **{
        f"locked for long, {word}": ("another program writes for longer than it waits",
                                     lambda bench, word=word: locked_for_long(bench, word))
        for word in SAID
    },
    "locked for seconds": ("another program writes for 4 seconds", lambda bench: locked_for_seconds(bench, "parse")),
    **{
        f"SIGTERM, {word}": ("systemd stops it", lambda bench, word=word: ended_by_systemd(bench, word))
        for word in SAID
    },
    "clock back": ("the clock jumps back by a day", lambda bench: clock_wrong(bench, "-1d")),
    "clock ahead": ("the clock jumps ahead by a year", lambda bench: clock_wrong(bench, "+365d")),
    "two runs": ("`pantau run` is said twice at once", two_runs),
    "archive cut off": ("the archive's file is cut off in the middle", lambda bench: archive_broken(bench, "cut off")),
    "archive damaged": ("2,000 bytes of the archive are written over",
                        lambda bench: archive_broken(bench, "written over")),
    "no public.db": ("public.db is missing", public_missing),
    "-wal left": ("a killed word left -wal and -shm", wal_left),
    **{
        f"read only, {word}": ("the data folder is read only", lambda bench, word=word: folder_read_only(bench, word))
        for word in SAID
    },
    "newer schema": ("a newer version made pantau.db", lambda bench: newer_schema(bench, "publish")),
}  # fmt: skip
"""By name: what it is, and what is done."""


def try_all(names: Sequence[str], seed: int) -> dict[str, tuple[bool, str]]:
    """Whether each condition is borne, and what happened."""
    found = {}
    with prepared(seed) as bench:
        for name in names:
            try:
                found[name] = True, CONDITIONS[name][1](bench)
            except (FailedError, RuntimeError, subprocess.SubprocessError) as error:
                found[name] = False, str(error)
            sys.stderr.write(f"{name}: {found[name]}\n"[:1500])
        found["_"] = bench.is_mounted, ""
    return found


def main() -> None:
    """`python tests/conditions_bench.py`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--result", type=Path, help="where to write what happened, as JSON")
    parser.add_argument("names", nargs="*", help="of conditions; all where none is named")
    options = parser.parse_args()
    enter_namespace()
    found = try_all(options.names or list(CONDITIONS), options.seed)
    is_mounted, _ = found.pop("_")
    if options.result:
        options.result.write_text(json.dumps(found))
    borne = sum(is_borne for is_borne, _ in found.values())
    if not options.names:
        how = (
            "a small disk in memory (tmpfs, mounted by `unshare -rm`)" if is_mounted else "a limit on the size of files"
        )
        publish_part("conditions", Part(
            f"python tests/conditions_bench.py --seed {options.seed}",
            {"tried": str(len(found)), "borne": str(borne)},
            ["condition", "word", "borne", "what happened"],
            [[CONDITIONS[name][0], name.partition(", ")[2] or "-", "yes" if is_borne else "no", said]
             for name, (is_borne, said) in found.items()],
            f"The full disk was {how}. After each condition the words were run to the end, and every row, page and "
            "letter was compared with those of words that nobody disturbed.",
        ))  # fmt: skip
    sys.exit(borne < len(found))


if __name__ == "__main__":
    main()
