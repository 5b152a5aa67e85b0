"""In how much memory articles are read: `pantau extract` of a thousand and of a hundred thousand."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

from benchmarks.crawl_bench import below, resident
from benchmarks.measures import ROOT, Measure
from benchmarks.memory_articles import build_articles
from benchmarks.memory_bench import fill_sources, keep
from db.connect import open_db

MOST_TIMES = 1.1
"""Times the memory of a hundredth of the articles."""
MOST_MEMORY = 1500
"""Megabytes."""
SHORT = 300
"""Characters of the articles that are read a hundred thousand times, which otherwise takes hours."""


def measure(is_small: bool = False) -> Iterator[Measure]:
    """Megabytes of all its processes together; what these share is counted for each."""
    few, many = (30, 60) if is_small else (1000, 100_000)
    whole = peak_of_reading(few, None)
    yield Measure(f"reading {few:,} whole articles, peak memory", "MB", whole / 1e6, at_most=MOST_MEMORY)
    before, now = (peak_of_reading(size, SHORT) / 1e6 for size in (few, many))
    what = f"reading {many:,} articles of {SHORT} characters, peak memory"
    yield Measure(what, "MB", now, f"{few:,}", before, at_most=MOST_TIMES)


def peak_of_reading(articles: int, characters: int | None) -> int:
    """The most bytes that `pantau extract` and its processes hold at once."""
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder) / "pantau.db", articles, characters)
        words = [sys.executable, "-m", "pantau", "--data", folder, "extract"]
        most = 0
        with subprocess.Popen(
            words,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            while process.poll() is None:
                most = max(most, resident(process.pid) + sum(map(resident, below(process.pid))))
                time.sleep(0.2)
        if process.returncode:
            raise RuntimeError(f"`pantau extract` ended with {process.returncode}")
    return most


def fill(path: Path, articles: int, characters: int | None) -> None:
    """A database of so many articles that nobody has read."""
    with closing(open_db(path)) as db:
        fill_sources(db)
        written = (replace(one, text=one.text[:characters]) for _, one in islice(build_articles(articles), articles))
        while some := list(islice(written, 2000)):
            keep(db, some)
