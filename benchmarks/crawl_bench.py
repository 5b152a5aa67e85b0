"""What a crawl costs, measured in one run: `python -m benchmarks.crawl_bench`.

Everything is served on loopback by a process of its own, so that its processor time is told apart. The pages are the
articles of the sample web within as much furniture as real portals put around theirs. Figures of different runs must
not be compared, ratios of one run may.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from html import escape
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import yaml
from tqdm import tqdm

from crawler.archive import Archive
from crawler.ingest import LOCAL_SOURCE
from crawler.items import Page
from crawler.parse import parse_article
from crawler.sampleweb.samples import Sample, load_samples, print_day, slugify

ROOT = Path(__file__).parent.parent
CORES = len(os.sched_getaffinity(0))
PER_LIST = 50
"""Links of a page of a list."""
SLOW = 5.0
"""Seconds that a slow host takes for an answer."""
NEVER = 3600.0
_CONTEXT = multiprocessing.get_context("spawn")


# The pages.


@cache
def build_articles() -> tuple[bytes, ...]:
    """Article pages of 60 to 170 KB, as portals send them; `@@` stands for a number that makes each page another."""
    samples = [sample for site in ("serumpun", "kabarnusa", "portal") for sample in load_samples(site)]
    return tuple(_article(sample, number, samples).encode() for number, sample in enumerate(samples))


def build_page(number: int, is_small: bool = False) -> bytes:
    """The page of an article."""
    articles = build_articles()
    body = _small_article() if is_small else articles[number % len(articles)]
    return body.replace(b"@@", b"%d" % number)


@cache
def _small_article() -> bytes:
    [sample, *_] = load_samples("portal")
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in sample.pages[0])
    return f"<html><head><title>{escape(sample.title)} @@</title></head><body>{paragraphs}</body></html>".encode()


def _article(sample: Sample, number: int, others: list[Sample]) -> str:
    # 0.5 to 1.6 times the furniture, so that the pages are of many sizes.
    scale = 0.5 + number % 12 / 10
    linked = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": f"{sample.title} @@",
        "datePublished": sample.published.isoformat(),
        "author": {"@type": "Person", "name": sample.author or "Redaksi"},
    }  # fmt: skip
    tags = "".join(f'<li><a href="/tag/{word}">{word}</a></li>' for word in slugify(sample.title).split("-"))
    # The samples are short: 240 words, while the real pages that were looked at have 390.
    more = others[(number + 1) % len(others)].pages[0][:4]
    paragraphs = [f"<p>{escape(line)}</p>" for page in (*sample.pages, more) for line in page]
    paragraphs.append("<p>Berita ini adalah yang ke-@@ dari bangku uji, dan tidak ada yang sama dengannya.</p>")
    for place in range(3, len(paragraphs), 5):
        paragraphs.insert(place, _inline(others[(number + place) % len(others)], place))
    return f"""<!DOCTYPE html>
<html lang="id"><head><meta charset="utf-8"><title>{escape(sample.title)} @@ - Kabar Bangku Uji</title>
<link rel="canonical" href="/berita/@@/{sample.slug}"><meta property="og:type" content="article">
<meta property="article:published_time" content="{sample.published.isoformat()}">
<script type="application/ld+json">{json.dumps(linked)}</script>
<style>{_styles(int(200 * scale))}</style><script>{_script(int(60 * scale))}</script></head>
<body class="single single-post">{_menu(int(38 * scale))}
<main class="container"><div class="row"><div class="col-8"><nav class="breadcrumb"><a href="/">Beranda</a> &raquo;
<a href="/kanal/{slugify(sample.section)}">{sample.section}</a></nav>
<article><h1 class="judul">{escape(sample.title)} @@</h1>
<div class="info"><span class="penulis">{escape(sample.author or "Redaksi")}</span>
<time datetime="{sample.published.isoformat()}">{print_day(sample.published)}</time></div>{_share()}
<figure><img src="/foto/@@.jpg" srcset="/foto/@@-300.jpg 300w, /foto/@@-768.jpg 768w" alt="">
<figcaption>{escape(sample.caption or "")}</figcaption></figure>
<div class="isi-berita">{"".join(paragraphs)}</div>{_share()}
<ul class="tag">{tags}</ul>
</article><section class="terkait"><h3>Berita Terkait</h3>{_cards(others, number, int(16 * scale))}</section>
<section class="komentar"><h3>Komentar</h3><form action="#"><textarea name="isi"></textarea>
<button>Kirim</button></form></section></div>
<aside class="col-4"><h3>Terpopuler</h3>{_cards(others, number + 7, int(24 * scale))}
<h3>Pilihan Editor</h3>{_cards(others, number + 19, int(16 * scale))}</aside></div></main>{_footer(int(60 * scale))}
<script>{_script(int(150 * scale))}</script></body></html>"""


def _inline(other: Sample, place: int) -> str:
    """What portals put between the paragraphs: a link to another article, or a place for an advertisement."""
    if place % 2:
        return f'<p><strong>Baca juga: <a href="/berita/{place}/{other.slug}">{escape(other.title)}</a></strong></p>'
    return f'<div class="iklan" id="iklan-{place}"><script>{_script(4)}</script><span>ADVERTISEMENT</span></div>'


def _cards(samples: list[Sample], first: int, count: int) -> str:
    chosen = [samples[(first + step) % len(samples)] for step in range(count)]
    return "".join(
        f'<div class="kartu"><a href="/berita/{first}/{one.slug}"><img loading="lazy" data-src="/foto/{first}-150.jpg"'
        f' width="150" height="84" alt="{escape(one.title)}"></a><div class="teks"><span class="kanal">{one.section}'
        f'</span><h4><a href="/berita/{first}/{one.slug}">{escape(one.title)}</a></h4><span class="tanggal">'
        f"{print_day(one.published)}</span></div></div>"
        for one in chosen
    )


def _menu(count: int) -> str:
    places = "".join(
        f'<li class="menu-item menu-item-{number}"><a href="/daerah/{number}">Daerah {number}</a><ul class="sub-menu">'
        f'<li><a href="/daerah/{number}/politik">Politik</a></li>'
        f'<li><a href="/daerah/{number}/ekonomi">Ekonomi</a></li>'
        f'<li><a href="/daerah/{number}/budaya">Budaya</a></li></ul></li>'
        for number in range(count)
    )
    return f'<header><a class="logo" href="/">Kabar Bangku Uji</a><nav><ul class="menu">{places}</ul></nav></header>'


def _footer(count: int) -> str:
    links = "".join(f'<li><a href="/jaringan/{number}">Kabar Daerah {number}</a></li>' for number in range(count))
    return f'<footer><ul class="jaringan">{links}</ul><p>Hak cipta Kabar Bangku Uji</p></footer>'


def _share() -> str:
    icon = '<svg viewBox="0 0 24 24"><path d="M4 4h16v16H4zM8 8l8 8M16 8l-8 8M12 2v20M2 12h20"></path></svg>'
    return "".join(
        f'<a class="bagikan" href="#{name}">{icon}{name}</a>' for name in ("Facebook", "WhatsApp", "Telegram")
    )


def _styles(count: int) -> str:
    return "".join(
        f".blok-{number}>.isi:not(.tutup){{margin:{number}px auto;padding:0 {number % 9}px;color:#{number * 4099:06x}}}"
        f"@media(max-width:{300 + number}px){{.blok-{number}{{display:none}}}}"
        for number in range(count)
    )


def _script(count: int) -> str:
    return "".join(
        f'window.antrean=window.antrean||[];antrean.push({{"slot":"div-{number}","ukuran":[[300,250],[{number},90]],'
        f'"muat":function(e){{if(e&&e.terlihat<{number}){{e.tampil()}}}}}});'
        for number in range(count)
    )


# The server, in a process of its own.


@contextmanager
def serving(hosts: int, pages: int, is_small: bool, delays: dict[int, float]) -> Iterator[tuple[list[str], int]]:
    """Addresses of the hosts and the server's process; each host lists so many articles.

    `delays` are the seconds that a host takes for an answer.
    """
    ours, theirs = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=_serve, args=(theirs, hosts, pages, is_small, delays), daemon=True)
    process.start()
    try:
        yield [f"http://127.0.0.1:{port}" for port in ours.recv()], process.pid or 0
    finally:
        process.terminate()
        process.join()


def _serve(told: Connection, hosts: int, pages: int, is_small: bool, delays: dict[int, float]) -> None:
    async def serve() -> None:
        ports = []
        for host in range(hosts):
            server = await asyncio.start_server(answerer(delays.get(host, 0.0)), "127.0.0.1", 0)
            ports.append(server.sockets[0].getsockname()[1])
        told.send(ports)
        await asyncio.Event().wait()

    def answerer(delay: float) -> Any:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while request := await reader.readuntil(b"\r\n\r\n"):
                    await asyncio.sleep(delay)
                    writer.write(_answer(request.split(b" ", 2)[1].decode(), pages, is_small))
                    await writer.drain()
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()

        return answer

    if not is_small:
        build_articles()
    asyncio.run(serve())


def _answer(path: str, pages: int, is_small: bool) -> bytes:
    kind, _, rest = path.strip("/").partition("/")
    if kind == "berita":
        body = build_page(int(rest.partition("/")[0]), is_small)
    elif kind == "indeks":
        first = (int(rest) - 1) * PER_LIST
        links = (
            f'<h2><a href="/berita/{n}/kabar">Kabar {n}</a></h2>' for n in range(first, min(first + PER_LIST, pages))
        )
        body = f"<html><body>{''.join(links)}</body></html>".encode()
    else:
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(body) + body


# What is measured.


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast pages were done, and the processor time that each cost."""

    pages: int
    wall: float
    """Seconds."""
    cost: dict[str, float]
    """Processor seconds of each part."""

    @property
    def speed(self) -> float:
        """Pages a second."""
        return self.pages / self.wall

    def __str__(self) -> str:
        told = ", ".join(f"{part} {1000 * spent / self.pages:.1f} ms" for part, spent in self.cost.items())
        return f"{self.speed:7.1f} pages/s   processor time a page: {told}"


def measure_extraction(pages: int) -> Rate:
    """Nothing but `parse_article`, on all usable cores, of pages that lie in memory."""
    workers = []
    for first in range(CORES):
        ours, theirs = _CONTEXT.Pipe()
        worker = _CONTEXT.Process(target=_extract, args=(theirs, range(first, pages, CORES)), daemon=True)
        worker.start()
        workers.append((worker, ours))
    for _, pipe in workers:
        pipe.recv()  # it has imported all it needs
    begun = time.monotonic()
    for _, pipe in workers:
        pipe.send(None)
    spent = sum(pipe.recv() for _, pipe in workers)
    wall = time.monotonic() - begun
    for worker, _ in workers:
        worker.join()
    return Rate(pages, wall, {"extraction": spent})


def _extract(told: Connection, numbers: Iterable[int]) -> None:
    pages = [_kept(number) for number in range(len(build_articles()))]
    parse_article(pages[0], LOCAL_SOURCE)
    told.send(None)
    told.recv()
    begun = time.process_time()
    for number in numbers:
        parse_article(pages[number % len(pages)], LOCAL_SOURCE)
    told.send(time.process_time() - begun)


def _kept(number: int) -> Page:
    url = f"http://127.0.0.1/berita/{number}/kabar"
    return Page(url, LOCAL_SOURCE.name, datetime.now(UTC), 200, build_page(number), {"content-type": "text/html"})


def measure_crawl(pages: int, hosts: int = 8) -> Rate:
    """Crawl and parse together, as `pantau run` does them; the server's processor time comes on top."""
    with serving(hosts, pages // hosts, False, {}) as (addresses, server), running(addresses, "parse") as (process, _):
        begun, before = time.monotonic(), {number: _seconds(number) or 0.0 for number in (process.pid, server)}
        spent = dict(before)
        while process.poll() is None:
            for number in (process.pid, server, *below(process.pid)):
                spent[number] = _seconds(number) or spent.get(number, 0.0)
            time.sleep(0.1)
        wall = time.monotonic() - begun
        if process.returncode:
            raise SystemExit(f"the crawl ended with {process.returncode}")
    crawl, served = (spent.pop(number) - before[number] for number in (process.pid, server))
    return Rate(pages // hosts * hosts, wall, {"crawl": crawl, "extraction": sum(spent.values()), "(server)": served})


def measure_memory(pages: int, hosts: int = 10) -> int:
    """The most bytes that a crawl of so many small pages held at once."""
    with serving(hosts, pages // hosts, True, {}) as (addresses, _), running(addresses, "crawl") as (process, data):
        most = 0
        while process.poll() is None:
            most = max(most, resident(process.pid))
            time.sleep(0.1)
        with contextlib.closing(sqlite3.connect(data / "pantau.db")) as db:
            [(kept,)] = db.execute("select count(*) from pages").fetchall()
        if kept != pages // hosts * hosts:
            raise SystemExit(f"{kept} pages were kept of {pages}")
    return most


def measure_hosts(hosts: int, pages: int, delays: dict[int, float]) -> float:
    """Seconds until all hosts were read that answer at once; the first two are left out."""
    with serving(hosts, pages, True, delays) as (addresses, _), tempfile.TemporaryDirectory() as folder:
        ours, theirs = _CONTEXT.Pipe()
        process = _CONTEXT.Process(target=_crawl_hosts, args=(theirs, Path(folder), addresses), daemon=True)
        process.start()
        begun = ours.recv()
        waited = {f"uji_{number}" for number in range(2, hosts)}
        while waited:
            name, ended = ours.recv()
            waited.discard(name)
        process.kill()
        process.join()
    return ended - begun


def _crawl_hosts(told: Connection, folder: Path, addresses: list[str]) -> None:
    from crawler.crawl import Past, crawl
    from crawler.source import load_sources

    tqdm.set_lock(threading.RLock())  # its own lock is told of as lost when this process is killed
    write_sources(folder / "sources", addresses)
    with Archive(folder / "archive") as archive:
        told.send(time.monotonic())
        crawl(
            load_sources(folder / "sources"),
            Past(),
            archive,
            keep=lambda page: None,
            note=lambda seen: None,
            visited=lambda visit: None,
            counted=lambda count: told.send((count.source, time.monotonic())),
        )


# In a process of its own, so that its processor time and memory are its own.
FRONT_DOOR = """
import sys
from collections import Counter
from pathlib import Path
from pantau.crawling import crawl_pages
from pantau.house import House, read_sources
from pantau.parsing import parse_pages
from crawler import crawl, pool
from db import store

print("ready", flush=True)
data, word = Path(sys.argv[1]), sys.argv[2]
house, parsed = House(data, data / "sources", data / "outbox"), Counter()
crawl_pages(house, read_sources(house), parsed=parsed if word == "parse" else None)
if word == "parse":
    parse_pages(house, counts=parsed)
"""


@contextmanager
def running(addresses: list[str], word: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """The front door as it begins to crawl these addresses, and the folder of its data."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        write_sources(data / "sources", addresses)
        words = [sys.executable, "-c", FRONT_DOOR, folder, word]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()  # it has imported all it needs
            try:
                yield process, data
            finally:
                process.kill()


def write_sources(folder: Path, addresses: Iterable[str]) -> None:
    """A source file for each address: a list of many pages."""
    folder.mkdir(parents=True)
    for number, address in enumerate(addresses):
        written = {
            "outlet": f"Bangku Uji {number}", "home": address, "kind": "media", "family": "generic",
            "timezone": "Asia/Jakarta", "delay": 0, "budget": 1_000_000, "knowledge": "seen",
            "ways": [{"way": "listing", "url": "/indeks/{page}", "articles": "h2 a"}],
        }  # fmt: skip
        (folder / f"uji_{number}.yml").write_text(yaml.safe_dump(written), encoding="utf-8")


def below(process: int) -> Iterator[int]:
    """All processes that a process started, by whichever of its threads, and those that they did."""
    for task in Path(f"/proc/{process}/task").glob("*"):
        try:
            children = (task / "children").read_text().split()
        except OSError:  # it has ended
            continue
        for child in map(int, children):
            yield child
            yield from below(child)


def _seconds(process: int) -> float | None:
    """Processor seconds that a process has spent; None when it has ended."""
    try:
        user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    except OSError:
        return None
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def resident(process: int) -> int:
    """Bytes that a process holds in memory; 0 when it has ended."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def measure_all(pages: int) -> Iterator[str]:
    """The lines of the report; `pages` are those of the longest crawl, the others are in proportion."""
    sizes = [len(page) / 1000 for page in build_articles()]
    few, hosts, each = max(pages // 16, 16), max(pages // 250, 4), max(pages // 5000, 2)
    average = sum(sizes) / len(sizes)
    yield f"{CORES} cores; articles of {min(sizes):.0f} to {max(sizes):.0f} KB, {average:.0f} KB on average"
    alone = measure_extraction(few)
    yield f"extraction alone:         {alone}"
    both = measure_crawl(few)
    yield f"crawl and parse together: {both}"
    spent = both.cost["crawl"] + both.cost["extraction"]
    yield f"  of extraction alone: {both.speed / alone.speed:.2f} (bar 0.8), with the server on the same cores"
    yield f"  by processor time, without the server: {alone.cost['extraction'] / spent:.2f}"
    quick, slowed = measure_hosts(hosts, each, {}), measure_hosts(hosts, each, {0: SLOW, 1: NEVER})
    yield f"{hosts} sources at once: {quick:.1f} s; with a slow and a dead one the others {slowed:.1f} s"
    yield f"  times as long: {slowed / quick:.2f}"
    less, more = (measure_memory(number) / 2**20 for number in (pages // 5, pages))
    yield f"memory of a crawl: {less:.0f} MB at most for {pages // 5} pages, {more:.0f} MB for {pages}"
    yield f"  times as much: {more / less:.2f} (bar 1.15)"


def main() -> None:
    """Print the report, a line as soon as it is known."""
    parser = argparse.ArgumentParser(prog="benchmarks.crawl_bench", description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=50_000, help="pages of the longest crawl (50000)")
    for line in measure_all(parser.parse_args().pages):
        print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
