"""How cost grows: storing, resolving and publishing of 10² to 10⁵ articles."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.measures import ROOT, Measure
from benchmarks.parts.memory import MOST_MEMORY
from benchmarks.site_bench import bench_folder

ARTICLES = (100, 1000, 10_000, 100_000)


def measure(is_small: bool = False) -> Iterator[Measure]:
    """Milliseconds and kilobytes an article beside those of a tenth as many, and the most memory that was held.

    The databases of the largest size stay, and the site is measured from them.
    """
    sizes = (30, 60) if is_small else ARTICLES
    before = report_of(sizes[0])
    for few, many in pairwise(sizes):
        now = report_of(many, bench_folder(many) if many == ARTICLES[-1] else None)
        for name, measured in FIGURES.items():
            what, unit, scale = measured
            then, told = (scale * spent(report[name]) / size for report, size in ((before, few), (now, many)))
            yield Measure(f"{what} {many:,} articles", unit, told, f"{few:,}", then)
        for what, name in (("storing and resolving", "memory"), ("baking", "bake_memory")):
            peak = now[name] / 1e6
            yield Measure(f"{what} {many:,} articles, peak memory", "MB", peak, at_most=MOST_MEMORY)
        before = now


FIGURES = {
    "storing": ("storing", "ms an article", 1000.0),
    "resolving": ("resolving", "ms an article", 1000.0),
    "baking": ("baking", "ms an article", 1000.0),
    "pantau_size": ("pantau.db of", "kB an article", 0.001),
    "public_size": ("public.db of", "kB an article", 0.001),
}
"""What memory_bench tells, and in which words and unit it is told here."""


def spent(told: float | list[float]) -> float:
    """A figure, or the sum of those of each tenth of the articles."""
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
        subprocess.run(
            words, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, stdout=subprocess.DEVNULL
        )
        report: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
        return report
