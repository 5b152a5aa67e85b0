"""From served pages to kept ones: our crawl beside a bare Scrapy spider over the same lists."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.compare import ONE_THREAD, ROUNDS
from benchmarks.crawl_bench import serving, write_sources
from benchmarks.measures import FOLDER, ROOT, Measure

PAGES, HOSTS = 1600, 8
CORRIDOR = (sys.executable, "-m", "benchmarks.corridor")
SCRAPY = (sys.executable, str(FOLDER / "sides" / "crawl_scrapy.py"))


@dataclass(frozen=True, slots=True)
class Done:
    """What a process took, once all was imported."""

    wall: float
    seconds: float
    """Processor seconds of it and of the processes that it started."""
    count: int
    """Pages or articles."""


def measure(is_small: bool = False) -> Iterator[Measure]:
    """Processor milliseconds and pages a second; the server has a process of its own, which is not counted."""
    each = (16 if is_small else PAGES) // HOSTS
    rounds: list[tuple[Done, Done]] = []
    with serving(HOSTS, each, False, {}) as (addresses, _):
        for _ in range(1 if is_small else ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                write_sources(Path(folder) / "sources", addresses)
                ours = run([*CORRIDOR, folder, "crawl"])
                theirs = run([*SCRAPY, folder, *addresses])
                rounds.append((ours, theirs))
    for done in rounds[0]:
        if done.count != each * HOSTS:
            raise RuntimeError(f"{done.count} pages were kept of {each * HOSTS}")
    pages, what = each * HOSTS, f"{each * HOSTS} pages of {HOSTS} hosts that answer at once"
    ours_cpu, theirs_cpu = (1000 * min(done.seconds for done in side) / pages for side in zip(*rounds, strict=True))
    yield Measure(what, "CPU ms a page", ours_cpu, "bare Scrapy", theirs_cpu)
    ours_rate, theirs_rate = (pages / min(done.wall for done in side) for side in zip(*rounds, strict=True))
    yield Measure(what, "pages a second", ours_rate, "bare Scrapy", theirs_rate)


def run(words: Sequence[str]) -> Done:
    """Run a command that says "ready" and then what it took; RuntimeError where it fails."""
    environment = os.environ | ONE_THREAD | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words[:4])} ended with {done.returncode}: {done.stderr}")
    return Done(**json.loads(done.stdout.splitlines()[-1]))
