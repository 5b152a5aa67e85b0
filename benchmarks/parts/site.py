"""What a reader waits for: our site beside Datasette without our plugins and templates, over the same public.db."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from urllib.parse import quote_plus

from benchmarks.measures import ROOT, Measure
from benchmarks.site_bench import asked_apart, bench_folder, build_public, free_port, page_addresses, read, wait_for

ARTICLES, ASKED = 100_000, 100
Addresses = dict[str, list[str]]


def measure(is_small: bool = False) -> Iterator[Measure]:
    """Milliseconds of the middle answer to one reader who asks for each address once, that nobody asked before."""
    count = 3 if is_small else ASKED
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) if is_small else bench_folder(ARTICLES)
        folder.mkdir(parents=True, exist_ok=True)
        public = build_public(60 if is_small else ARTICLES, folder)
        both, pages = shared_addresses(public, count), page_addresses(public, count)
        words = [sys.executable, "-m", "pantau", "--data", str(folder), "serve", "--port"]
        # Datasette as it comes: none of the plugins that lie in our environment.
        bare = [sys.executable, "-m", "datasette", "serve", "--immutable", str(public), "--port"]
        with serving(words, {}) as port, serving(bare, {"DATASETTE_LOAD_PLUGINS": ""}) as bare_port:
            ours, theirs = {}, {}
            for kind, addresses in both.items():
                ours[kind], theirs[kind] = middle(port, addresses), middle(bare_port, addresses)
            ours |= {kind: middle(port, addresses) for kind, addresses in pages.items()}
    articles = "60" if is_small else f"{ARTICLES:,}"
    for kind in both:
        yield Measure(f"{kind} of {articles} articles", "ms", ours[kind], "bare Datasette", theirs[kind])
    for kind in pages:
        yield Measure(f"{kind}, beside a table page", "ms", ours[kind], "bare Datasette", theirs["table page"])


def shared_addresses(public: Path, count: int) -> Addresses:
    """Addresses that both understand; what nobody reads in one makes it another."""
    ids = [quote_plus(name) for (name,) in read(public, "select id from events order by id")]
    some = Random(4).sample(ids, min(count, len(ids)))
    return {
        "table page": [f"/public/events?_size=50&_next={number * 50}" for number in range(count)],
        "table page as JSON": [f"/public/events.json?_size=50&_next={number * 50}" for number in range(count)],
        "row page": [f"/public/events/{one}" for one in some],
        "row page as JSON": [f"/public/events/{one}.json" for one in some],
    }


@contextmanager
def serving(command: Sequence[str], more: Mapping[str, str]) -> Iterator[int]:
    """The port of a server that answers."""
    port = free_port()
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            [*command, str(port)], cwd=ROOT, env=os.environ | more | {"PYTHONPATH": str(ROOT)}, stdout=said, stderr=said
        ) as server,
    ):
        try:
            wait_for(port)
            yield port
        finally:
            server.terminate()


def middle(port: int, addresses: Sequence[str]) -> float:
    """Milliseconds of the middle answer; RuntimeError where one is not 200."""
    _, told = asked_apart(port, addresses, readers=1)
    if wrong := [asked.status for asked in told if asked.status != 200]:
        raise RuntimeError(f"{addresses[0]} and the like: {len(wrong)} of {len(told)} not 200, the first {wrong[0]}")
    times = sorted(1000 * asked.seconds for asked in told)
    return times[len(times) // 2]
