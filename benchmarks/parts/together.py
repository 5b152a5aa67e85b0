"""Crawl, parse, extract and store as `pantau run` does them, beside the slowest of its parts alone."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic

from benchmarks.compare import ROUNDS
from benchmarks.crawl_bench import serving, write_sources
from benchmarks.measures import Measure
from benchmarks.parts.crawl import CORRIDOR, HOSTS, Done, run

PAGES = 1200
"""As many that loading the model in each process weighs little."""
LEAST = 0.8
"""Of the slowest part alone."""
ON_ONE = "extract alone on one core"


def measure(is_small: bool = False) -> Iterator[Measure]:
    """Pages a second, all words together and each alone; the server shares the cores. Extract alone takes all cores, as
    all together do; on one core it is a part beside which others have room."""
    each = (16 if is_small else PAGES) // HOSTS
    told: dict[str, list[Done]] = defaultdict(list)
    shares: list[float] = []
    with serving(HOSTS, each, False, {}) as (addresses, _):
        for _ in range(1 if is_small else ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                write_sources(Path(folder) / "sources", addresses)
                for word in ("crawl", "parse", "extract"):
                    told[word].append(run([*CORRIDOR, folder, word]))
                forget_extractions(Path(folder))
                told[ON_ONE].append(run(["taskset", "-c", "0", *CORRIDOR, folder, "extract"]))
            with tempfile.TemporaryDirectory() as folder:
                write_sources(Path(folder) / "sources", addresses)
                begun, before = monotonic(), seconds_at_work()
                told["run"].append(run([*CORRIDOR, folder, "run"]))
                shares.append((seconds_at_work() - before) / (monotonic() - begun))
    pages = each * HOSTS
    rates = {word: pages / min(done.wall for done in some) for word, some in told.items()}
    together, on_one = rates.pop("run"), rates.pop(ON_ONE)
    slowest = min(rates, key=lambda word: rates[word])
    what = f"{pages} pages, {told['run'][0].count} articles read"
    for word, rate in rates.items():
        is_slowest = word == slowest
        rival = f"{word} alone" + (", the slowest" if is_slowest else "")
        yield Measure(what, "pages a second", together, rival, rate, at_least=LEAST if is_slowest else None)
    yield Measure(what, "pages a second", together, ON_ONE, on_one)
    yield Measure(f"{what}; the server too", "cores at work", max(shares), "there are", len(os.sched_getaffinity(0)))


def forget_extractions(folder: Path) -> None:
    """All articles are to be read again, as by another model."""
    with closing(sqlite3.connect(folder / "pantau.db")) as db, db:
        db.execute("update extractions set model = ''")


def seconds_at_work() -> float:
    """Processor seconds that the cores of the machine worked since it began, whoever asked for it."""
    user, nice, system, _, _, interrupts, soft = Path("/proc/stat").read_text(encoding="utf-8").split()[1:8]
    return sum(map(int, (user, nice, system, interrupts, soft))) / os.sysconf("SC_CLK_TCK")
