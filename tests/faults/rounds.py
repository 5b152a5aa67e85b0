"""Rounds of the real commands over all the sites: what they said, when, how much memory they took, what stands then."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import yaml

from faults.fault import Fault
from faults.web import Site

ROOT = Path(__file__).parent.parent.parent
# The command as it is, less patient with those who never answer.
PANTAU = """
import crawler.crawl, pantau
settings = crawler.crawl._source_settings
crawler.crawl._source_settings = lambda source: settings(source) | (
    {"DOWNLOAD_TIMEOUT": 3} if source.note == "silent" else {}
)
pantau.main()
"""
# A process that is begun by a large one counts that one's memory as its own; so a small one stands between.
LAUNCH = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print("MEMORY", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr, flush=True)
sys.exit(code)
"""
LONGEST = 480  # seconds for a command; it should take a tenth of that
AGES = {
    "runs": ("started_at", "ended_at"),
    "visits": ("visited_at", "newest_at"),
    "way_counts": ("ended_at",),
    "requests": ("day", "last_at"),
    "hosts": ("asked_at", "wait_until", "robots_at"),
    "urls": ("found_at", "fate_at"),
    "pages": ("first_fetched_at", "fetched_at", "checked_at"),
}


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    word: str
    code: int
    stdout: str
    stderr: str
    lines: Sequence[tuple[float, str]]
    """Of stderr, each with the moment in which it was read, by the monotonic clock."""
    seconds: float
    memory: int
    """The most that it, or one of its processes, had at once, in bytes."""


@dataclass(frozen=True)
class Round:
    """What stands after a round of crawl, parse and extract."""

    done: Sequence[Done]
    problems: Mapping[str, str] = field(default_factory=dict)
    """By source: what the count of its way told."""
    urls: Mapping[str, Mapping[str, tuple[str | None, str | None]]] = field(default_factory=dict)
    """By source and path: fate and reason."""
    articles: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    """By source and path."""
    alarms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By source: kind and level of those that stand."""

    @property
    def stderr(self) -> str:
        return "".join(done.stderr for done in self.done)

    def when(self, beginning: str) -> float | None:
        """When the first line that begins so was told."""
        return next((at for done in self.done for at, line in done.lines if line.startswith(beginning)), None)


def pantau(data: Path, sources: Path, *words: str) -> Done:
    """Run the command in a process of its own."""
    began = monotonic()
    command = [sys.executable, "-c", PANTAU, "--data", str(data), "--sources", str(sources), *words]
    with subprocess.Popen(
        [sys.executable, "-S", "-c", LAUNCH, *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        killer = threading.Timer(LONGEST, os.killpg, (process.pid, signal.SIGKILL))
        killer.start()
        said: list[str] = []
        reader = threading.Thread(target=lambda: said.extend(process.stdout or ()), daemon=True)
        reader.start()
        lines = [(monotonic(), line) for line in process.stderr or ()]
        reader.join()
        killer.cancel()
    *lines, (_, last) = lines or [(began, "")]
    memory = int(last.partition("MEMORY ")[2] or 0) * 1024  # none of a command that was killed
    stderr = "".join(line for _, line in lines)
    return Done(words[0], process.returncode, "".join(said), stderr, lines, monotonic() - began, memory)


def run_round(
    data: Path,
    sources: Path,
    sites: Sequence[Site],
    names: Sequence[str] = (),
    words: Sequence[str] = ("crawl", "parse"),
) -> Round:
    """One round of these commands over all the sites, or over those of these names."""
    done = [pantau(data, sources, word, *(names if word == "crawl" else ())) for word in words]
    return read_round(data, sites, done)


def read_round(data: Path, sites: Sequence[Site], done: Sequence[Done]) -> Round:
    """What stands in the database."""
    homes = {site.name: site.home for site in sites}
    with closing(sqlite3.connect(data / "pantau.db")) as db:
        db.row_factory = sqlite3.Row
        run = db.execute("select max(run_id) from way_counts").fetchone()[0]
        urls = db.execute("select source, url, fate, fate_reason from urls").fetchall()
        articles = db.execute("select * from articles").fetchall()
        ways = db.execute("select source, problem from way_counts where run_id = ?", [run]).fetchall()
        alarms = db.execute("select source, kind, level from alarms where ended_at is null").fetchall()
    return Round(
        done,
        {row["source"]: row["problem"] for row in ways if row["problem"]},
        {
            name: {
                row["url"].removeprefix(home): (row["fate"], row["fate_reason"])
                for row in urls
                if row["source"] == name
            }
            for name, home in homes.items()
        },
        {
            name: {row["url"].removeprefix(home): dict(row) for row in articles if row["source"] == name}
            for name, home in homes.items()
        },
        {name: {row["kind"]: row["level"] for row in alarms if row["source"] == name} for name in homes},
    )


def write_sources(folder: Path, sites: Sequence[Site], faults: Mapping[str, Fault]) -> None:
    """The file of each source, as it stands in the state in which its site is."""
    for site in sites:
        fault = faults[site.name]
        if site.state == "mended":
            site.home = site.home.replace("https://", "http://")
        written = {"outlet": site.name, "home": site.home, "kind": "media", "family": "generic", "delay": 0}
        written |= {"timezone": "Asia/Jakarta", "ways": [dict(fault.way)], "knowledge": "seen", **fault.source}
        written |= {"note": "silent"} if fault.is_silent else {}
        written |= fault.mended_source if site.state == "mended" else {}
        (folder / f"{site.name}.yml").write_text(yaml.safe_dump(written), encoding="utf-8")


def let_days_pass(data: Path, days: int = 1) -> None:
    """Make all that is remembered some days older: what failed or has no story is asked for again."""
    with closing(sqlite3.connect(data / "pantau.db")) as db, db:
        for table, columns in AGES.items():
            for column in columns:
                form = "%Y-%m-%d" if column == "day" else "%Y-%m-%dT%H:%M:%f+00:00"
                db.execute(f"update {table} set {column} = strftime('{form}', {column}, '-{days} day')")
