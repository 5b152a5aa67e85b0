"""Crawl, parse, extract and store as `pantau run` does them, beside the slowest of its parts alone."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from benchmarks.compare import ROUNDS
from benchmarks.crawl_bench import serving, write_sources
from benchmarks.measures import Measure
from benchmarks.parts.crawl import CORRIDOR, HOSTS, Done, run

PAGES = 1200
"""As many that loading the model in each process weighs little."""
LEAST = 0.8
"""Of the slowest part alone."""


def measure(is_small: bool = False) -> Iterator[Measure]:
    """Pages a second, all words together and each alone; the server shares the cores. Then the processor time of both,
    which says how much of the cores there was to share."""
    each = (16 if is_small else PAGES) // HOSTS
    told: dict[str, list[Done]] = defaultdict(list)
    with serving(HOSTS, each, False, {}) as (addresses, _):
        for _ in range(1 if is_small else ROUNDS):
            for words in (("crawl", "parse", "extract"), ("run",)):
                with tempfile.TemporaryDirectory() as folder:
                    write_sources(Path(folder) / "sources", addresses)
                    for word in words:
                        told[word].append(run([*CORRIDOR, folder, word]))
    pages = each * HOSTS
    what = f"{pages} pages, {told['run'][0].count} articles read"
    times = {word: 1000 * min(done.seconds for done in some) / pages for word, some in told.items()}
    rates = {word: pages / min(done.wall for done in some) for word, some in told.items()}
    together = rates.pop("run")
    slowest = min(rates, key=lambda word: rates[word])
    for word, rate in rates.items():
        is_slowest = word == slowest
        rival = f"{word} alone" + (", the slowest" if is_slowest else "")
        yield Measure(what, "pages a second", together, rival, rate, at_least=LEAST if is_slowest else None)
    yield Measure(what, "CPU ms a page", times.pop("run"), "the three alone", sum(times.values()))
