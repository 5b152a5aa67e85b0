"""How fast the site answers eight readers at once: `python -m benchmarks.site_bench`.

The site is `pantau serve` over a public.db of 100,000 articles, made by memory_bench.py once and kept in data/bench.
The readers are one process that asks over eight connections. "Cold" is an address that nobody asked before, "warm" one
that was; "as readers ask" begins cold and asks for some pages often and for most once or never (by Zipf's law).
Datasette alone over the same file is measured in the same run; compare no figures of different runs.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from random import Random
from urllib.parse import quote_plus

from benchmarks import memory_bench
from publish.bake import bake
from publish.release import schema_version
from publish.serve import SITE, datasette_command

ROOT = SITE.parents[1]
READERS = 8
COMMON = (
    "bimtek",
    "evaluasi",
    "kota cerdas",
    "pemerintah",
    "smart city",
    "masterplan",
    "bimbingan teknis",
    "kabupaten",
)
RUNAWAY = "with recursive endless(n) as (select 1 union all select n + 1 from endless) select max(n) from endless"


@dataclass(frozen=True, slots=True)
class Asked:
    """How one request went."""

    seconds: float
    status: int
    size: int
    """Bytes of the body as they came over the line."""


def build_public(articles: int, folder: Path) -> Path:
    """The public database of so many articles in the folder, made where there is none of the present tables."""
    pantau, public = folder / "pantau.db", folder / "public.db"
    if not pantau.exists():
        memory_bench.measure(articles, folder)
    elif not public.exists() or read(public, "select schema from release") != [(schema_version(),)]:
        bake(pantau, public)
    return public


def bench_folder(articles: int) -> Path:
    """Where the databases of so many articles are kept."""
    return ROOT / "data" / "bench" / str(articles)


def read(public: Path, sql: str) -> list[tuple[str, ...]]:
    """Rows of a query."""
    with closing(sqlite3.connect(f"{public.resolve().as_uri()}?mode=ro", uri=True)) as db:
        return db.execute(sql).fetchall()


def page_addresses(public: Path, count: int) -> dict[str, list[str]]:
    """So many different addresses of each kind of page at most, a third of them in English."""

    def some(form: str, sql: str) -> list[str]:
        found = [form.format(quote_plus(name)) for (name,) in read(public, sql)]
        return Random(1).sample(found, min(count, len(found)))

    kinds = {
        # What nobody reads in an address makes it another one.
        "Beranda": [f"/?ke={number}" for number in range(count)],
        "Daerah": some("/daerah/{}", "select code from regencies"),
        "Peristiwa": some("/peristiwa/{}", "select id from events where articles > 1"),
        "Artikel": some("/artikel/{}", "select id from articles where is_relevant"),
        "Cari": [f"/cari?q={quote_plus(word)}&ke={number}" for number in range(max(1, count // 40)) for word in COMMON],
    }
    return {kind: [_perhaps_english(at, number) for number, at in enumerate(some)] for kind, some in kinds.items()}


def _perhaps_english(address: str, number: int) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang=en" if number % 3 == 2 else address


@contextmanager
def running(command: Sequence[str | Path]) -> Iterator[subprocess.Popen[bytes]]:
    """A server, until the end of the block."""
    with tempfile.TemporaryFile() as said, subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said) as server:
        try:
            yield server
        finally:
            server.send_signal(signal.SIGTERM)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def wait_for(port: int) -> None:
    """Until the first page is answered."""
    while True:
        try:
            if ask(port, ["/"], 1)[0].status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)


def ask(port: int, addresses: Sequence[str], readers: int = READERS) -> list[Asked]:
    """Ask all addresses over so many connections at once, in the order in which they are answered."""
    return asyncio.run(_ask(port, addresses, readers))


async def _ask(port: int, addresses: Sequence[str], readers: int) -> list[Asked]:
    left = iter(addresses)
    told: list[Asked] = []
    await asyncio.gather(*(_read_on(port, left, told) for _ in range(readers)))
    return told


async def _read_on(port: int, addresses: Iterator[str], told: list[Asked]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
    for address in addresses:
        begun = time.perf_counter()
        writer.write(f"GET {address} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\naccept-encoding: gzip\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        size = await _read_body(reader, head)
        told.append(Asked(time.perf_counter() - begun, int(head.split(b" ", 2)[1]), size))
    writer.close()


async def _read_body(reader: asyncio.StreamReader, head: bytes) -> int:
    if b"transfer-encoding: chunked" in head:
        size = 0
        while length := int(await reader.readuntil(b"\r\n"), 16):
            await reader.readexactly(length + 2)
            size += length
        await reader.readexactly(2)
        return size
    length = int(head.partition(b"content-length: ")[2].partition(b"\r")[0])
    await reader.readexactly(length)
    return length


def asked_apart(port: int, addresses: Sequence[str], readers: int = READERS) -> tuple[float, list[Asked]]:
    """The same by a process of its own, and the seconds that all took."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.apply(os.getpid)
        begun = time.perf_counter()
        told = pool.apply(ask, (port, addresses, readers))
        return time.perf_counter() - begun, told


def line(name: str, port: int, addresses: Sequence[str]) -> float:
    """Ask and print a line; requests answered in a second."""
    seconds, told = asked_apart(port, addresses)
    times = sorted(1000 * asked.seconds for asked in told)
    wrong = sum(asked.status != 200 for asked in told)
    size = sum(asked.size for asked in told) / len(told) / 1000
    rate = len(told) / seconds
    say(
        f"{name:34} {len(told):5} asked {rate:8.1f}/s   p50 {times[len(times) // 2]:7.1f} ms"
        f"   p95 {times[int(0.95 * (len(times) - 1))]:7.1f} ms   {size:6.1f} kB"
        + (f"   NOT 200: {wrong}" if wrong else "")
    )
    return rate


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


def measure_ours(public: Path, kinds: dict[str, list[str]]) -> dict[str, float]:
    """Ask `pantau serve`; rates of all pages of ours together, cold and warm."""
    port = free_port()
    rates = {}
    pages = list(chain.from_iterable(some for kind, some in kinds.items() if kind != "Cari"))
    Random(2).shuffle(pages)
    with running([sys.executable, "-m", "pantau", "--data", public.parent, "serve", "--port", str(port)]):
        wait_for(port)
        for kind, addresses in kinds.items():
            line(f"{kind}, cold", port, addresses)
        # Each process keeps its own answers.
        asked_apart(port, pages * 4)
        for kind, addresses in kinds.items():
            line(f"{kind}, warm", port, addresses)
        rates["warm"] = line("Beranda to Artikel mixed, warm", port, pages)
    with running([sys.executable, "-m", "pantau", "--data", public.parent, "serve", "--port", str(port)]):
        wait_for(port)
        rates["cold"] = line("Beranda to Artikel mixed, cold", port, pages)
    with running([sys.executable, "-m", "pantau", "--data", public.parent, "serve", "--port", str(port)]):
        wait_for(port)
        rates["as readers ask"] = line("Beranda to Artikel as readers ask", port, _as_readers_ask(pages))
        with Runaways(port):
            line("Beranda, cold, beside 4 runaways", port, [f"/?lain={number}" for number in range(100)])
    return rates


def _as_readers_ask(pages: Sequence[str]) -> list[str]:
    """Four times as many requests as pages: the n-th page is asked for an n-th as often as the first."""
    weights = [1 / place for place in range(1, len(pages) + 1)]
    return Random(3).choices(pages, weights, k=4 * len(pages))


class Runaways:
    """Four readers whose queries never end, one after the other."""

    def __init__(self, port: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.process = context.Process(target=ask, args=(port, [f"/public?sql={quote_plus(RUNAWAY)}"] * 1000, 4))

    def __enter__(self) -> None:
        self.process.start()
        time.sleep(2)

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.join()


def measure_datasette(public: Path) -> float:
    """Ask Datasette alone; its rate of table pages."""
    port = free_port()
    with running(datasette_command(public, "127.0.0.1", port)):
        wait_for(port)
        rate = line("Datasette's table page", port, ["/public/articles"] * 200)
        line("Datasette's full-text page", port, [f"/public/articles?_search={quote_plus(word)}" for word in COMMON])
    return rate


def main() -> None:
    """Print a line for each kind of page."""
    parser = argparse.ArgumentParser(prog="benchmarks.site_bench", description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=100_000, help="how many (100000)")
    parser.add_argument("--folder", type=Path, help="where the database is kept (data/bench/<articles>)")
    parser.add_argument("--addresses", type=int, default=300, help="different pages of each kind (300)")
    wanted = parser.parse_args()
    folder = wanted.folder or bench_folder(wanted.articles)
    folder.mkdir(parents=True, exist_ok=True)
    public = build_public(wanted.articles, folder)
    ours = measure_ours(public, page_addresses(public, wanted.addresses))
    theirs = measure_datasette(public)
    for name, rate in ours.items():
        say(f"our pages, {name}: {rate / theirs:.1f} times as many a second as Datasette's table page (bar 5)")


if __name__ == "__main__":
    main()
