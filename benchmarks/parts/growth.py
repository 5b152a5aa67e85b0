"""How cost grows: storing, resolving and publishing of 10² to 10⁵ articles, and the memory in which they are read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

from benchmarks.crawl_bench import below, resident
from benchmarks.measures import ROOT, Measure
from benchmarks.memory_articles import build_articles
from benchmarks.memory_bench import fill_sources, keep
from benchmarks.site_bench import bench_folder
from db.connect import open_db

ARTICLES = (100, 1000, 10_000, 100_000)
MOST_TIMES = 1.1
"""Times the memory of a hundredth of the articles."""
MOST_MEMORY = 1500
"""Megabytes."""
SHORT = 300
"""Characters of the articles that are read a hundred thousand times."""


def measure(is_small: bool = False) -> Iterator[Measure]:
    """Milliseconds an article beside those of a tenth as many, megabytes beside those of a hundredth."""
    yield from measure_storing((30, 60) if is_small else ARTICLES, None if is_small else bench_folder(ARTICLES[-1]))
    yield from measure_reading((30, 60) if is_small else (1000, 100_000))


def measure_storing(sizes: tuple[int, ...], kept: Path | None) -> Iterator[Measure]:
    """Of all sizes; the databases of the last are made anew in `kept`, from which the site is measured."""
    reports = {size: report_of(size, kept if size == sizes[-1] else None) for size in sizes}
    for what in ("storing", "resolving", "baking"):
        for few, many in pairwise(sizes):
            before, now = (1000 * spent(reports[size], what) / size for size in (few, many))
            yield Measure(f"{what} {many:,} articles", "ms an article", now, f"{few:,}", before)
    for what, name in (("storing and resolving", "memory"), ("baking", "bake_memory")):
        few, many = sizes[1] if len(sizes) > 2 else sizes[0], sizes[-1]
        before, now = (reports[size][name] / 1e6 for size in (few, many))
        yield Measure(f"{what} {many:,} articles, peak memory", "MB", now, at_most=MOST_MEMORY)
        yield Measure(f"{what} {many:,} articles, peak memory", "MB", now, f"{few:,}", before)
    for what, name in (("pantau.db", "pantau_size"), ("public.db", "public_size")):
        few, many = sizes[-2:]
        before, now = (reports[size][name] / 1e3 / size for size in (few, many))
        yield Measure(f"{what} of {many:,} articles", "kB an article", now, f"{few:,}", before)


def spent(report: dict[str, Any], what: str) -> float:
    """Seconds that a report tells of something."""
    told = report[what]
    return float(sum(told) if isinstance(told, list) else told)


def report_of(articles: int, kept: Path | None = None) -> dict[str, Any]:
    """What memory_bench says of so many, measured by a process of its own."""
    with tempfile.TemporaryDirectory() as temporary:
        told = Path(temporary) / "told.json"
        words = [sys.executable, "-m", "benchmarks.memory_bench", "--articles", str(articles), "--json", str(told)]
        if kept:
            shutil.rmtree(kept, ignore_errors=True)
            kept.parent.mkdir(parents=True, exist_ok=True)
            words += ["--folder", str(kept)]
        subprocess.run(words, cwd=ROOT, env=_environment(), check=True, stdout=subprocess.DEVNULL)
        report: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
        return report


def measure_reading(sizes: tuple[int, int]) -> Iterator[Measure]:
    few, many = sizes
    whole = peak_of_reading(few, None)
    yield Measure(f"reading {few:,} whole articles, peak memory", "MB", whole / 1e6, at_most=MOST_MEMORY)
    before, now = (peak_of_reading(size, SHORT) / 1e6 for size in sizes)
    what = f"reading {many:,} articles of {SHORT} characters, peak memory"
    yield Measure(what, "MB", now, f"{few:,}", before, at_most=MOST_TIMES)


def peak_of_reading(articles: int, characters: int | None) -> int:
    """The most bytes that `pantau extract` and its processes hold at once."""
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder) / "pantau.db", articles, characters)
        words = [sys.executable, "-m", "pantau", "--data", folder, "extract"]
        most = 0
        with subprocess.Popen(
            words, cwd=ROOT, env=_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
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


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}
