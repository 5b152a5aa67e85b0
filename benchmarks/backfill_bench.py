"""What re-reading an archive costs: `python -m benchmarks.backfill_bench`.

Web archives in the form of CC-NEWS are generated (10,000 pages to a file, a gzip member to a record) and
read by `pantau backfill` with one worker and with two. Of 100 pages four are on the programme, four more are of an
outlet that is read whatever it tells, 46 are other Indonesian news and 46 are in English. Pages are as large as portals
send them. The same number gives the same page.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import yaml
from pyarrow.parquet import ParquetFile

from benchmarks.crawl_bench import CORES, below, build_articles, build_page

ROOT = Path(__file__).parent.parent
PAGES = 100_000
PER_FILE = 10_000
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
OUTLET = "https://kabar-bangku.example"
SCALING = 1.7
"""Two workers are to be so many times as fast as one."""
GROWTH = 1.1
"""The peak of a worker may be so many times that of a hundredth of the pages."""

INDONESIAN = (
    ("Warga", "Pedagang", "Para petani", "Nelayan", "Tim tuan rumah", "Pelatih", "Panitia lomba", "Sopir angkutan"),
    ("mengeluhkan", "menyambut", "menunggu", "membahas", "menyiapkan", "memuji", "mempertanyakan", "menghadiri"),
    (
        "harga cabai di pasar", "pertandingan pekan ini", "hujan yang turun sejak pagi", "panen raya di kecamatan",
        "perbaikan jalan provinsi", "lomba perahu tradisional", "pasokan pupuk bersubsidi", "pameran batik",
    ),
    ("karena", "setelah", "meskipun", "sebelum", "sejak", "sambil menunggu"),
    ("stok mulai menipis", "cuaca belum membaik", "jadwal diundur dua hari", "kabar itu dibenarkan", "acara dimulai"),
    ("di pasar induk", "di alun-alun", "di lapangan desa", "pada akhir pekan", "pada Rabu malam", "di pelabuhan"),
)  # fmt: skip
ENGLISH = (
    ("Residents", "Traders", "The farmers", "Fishing crews", "The home team", "Its coach", "The organisers", "Drivers"),
    ("complained about", "welcomed", "were waiting for", "discussed", "prepared for", "praised", "asked about"),
    (
        "the price of rice in the market", "the match of the week", "the rain that fell since dawn", "the harvest",
        "repairs of the coastal road", "the boat race", "the supply of fertiliser", "an exhibition of textiles",
    ),
    ("because", "after", "although", "before", "while"),
    ("stocks were running low", "the weather had not improved", "it was moved by two days", "this had been confirmed"),
    ("at the main market", "in the town square", "at the weekend", "on Wednesday night", "in the harbour"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading of an archive cost."""

    seconds: float
    waited: float
    """Of these, so many passed while a worker wanted a core that others had; on a machine that does nothing else, none.
    """
    processor_seconds: float
    """Of all processes, also those that start and look after the others."""
    peak: int
    """Bytes of the largest process."""
    rows: int
    """Articles that were kept."""
    part_bytes: int

    @property
    def alone(self) -> float:
        """Seconds without those in which others had the core: what it takes where nobody else works."""
        return self.seconds - self.waited


class Used(NamedTuple):
    """What a process used until it was last looked at."""

    peak: int
    """Bytes."""
    processor: float
    """Seconds on a core; below, seconds in which it wanted one."""
    waited: float


# The archive.


def write_archive(folder: Path, pages: int) -> int:
    """Write files of the form of CC-NEWS into a folder; their bytes, packed."""
    starts = range(0, pages, PER_FILE)
    with ProcessPoolExecutor(CORES) as pool:
        sizes = pool.map(_write_file, [folder] * len(starts), starts, [min(pages, s + PER_FILE) for s in starts])
        return sum(sizes)


def _write_file(folder: Path, start: int, end: int) -> int:
    path = folder / f"CC-NEWS-{FIRST + timedelta(hours=start // PER_FILE):%Y%m%d%H%M%S}-{start // PER_FILE:05d}.warc.gz"
    with path.open("wb") as stream:
        stream.write(_pack(_info(path.name)))
        for number in range(start, end):
            stream.write(_pack(build_record(number)))
    return path.stat().st_size


def _pack(record: bytes) -> bytes:
    deflate = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return deflate.compress(record) + deflate.flush()


def build_record(number: int) -> bytes:
    """The record of a page: what was answered, beneath headers of the archive."""
    url, body = build_news(number)
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=UTF-8\r\nX-Crawler-Content-Encoding: gzip\r\n"
        f"X-Crawler-Content-Length: {len(body) // 6}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    return _record("response", "application/http; msgtype=response", head + body, number, f"WARC-Target-URI: {url}\r\n")


def _info(name: str) -> bytes:
    return _record("warcinfo", "application/warc-fields", b"software: bangku uji\r\n", 0, f"WARC-Filename: {name}\r\n")


def _record(kind: str, content: str, block: bytes, number: int, more: str) -> bytes:
    day = FIRST + timedelta(seconds=number)
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Date: {day:%Y-%m-%dT%H:%M:%SZ}\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012d}>\r\n{more}"
        f"Content-Type: {content}\r\nContent-Length: {len(block)}\r\n\r\n"
    ).encode()
    return head + block + b"\r\n\r\n"


# The pages.


def build_news(number: int) -> tuple[str, bytes]:
    """Address and body of a page."""
    kind = number % 100
    if kind % 25 == 0:
        return f"https://lensa-{number % 60}.example/berita/{number}", build_page(number // 25)
    if kind % 25 == 1:
        return f"{OUTLET}/berita/{number}", _other(number, is_english=False)
    is_english = kind % 2 == 1
    host = "daily" if is_english else "warta"
    return f"https://{host}-{number % 200}.example/{number}/kabar.html", _other(number, is_english)


def _other(number: int, is_english: bool) -> bytes:
    """A page about something else: the furniture of a portal around other words."""
    furniture, texts = _furniture(), _texts(is_english)
    before, behind = furniture[number % len(furniture)]
    text = texts[number % len(texts)]
    day = FIRST + timedelta(seconds=number)
    language, title = "en" if is_english else "id", f"{text[0].partition('.')[0]} ({number})"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="article:published_time" content="{day.isoformat()}">'.encode()
        + before
        + f"<article><h1>{title}</h1>{''.join(f'<p>{paragraph}</p>' for paragraph in text)}</article>".encode()
        + behind
    )


@cache
def _furniture() -> list[tuple[bytes, bytes]]:
    """Styles, scripts and menus of the pages on the programme, before and behind their articles; without its words."""
    parts = []
    for page in build_articles():
        before = re.search(rb"<style>.*?<main ", page, re.DOTALL)
        behind = re.search(rb"</main>.*", page, re.DOTALL)
        assert before
        assert behind
        parts.append((before[0] + b'class="container">', _cards() + behind[0]))
    return parts


@cache
def _cards() -> bytes:
    """Headlines of others, as long as those beside the articles on the programme."""
    words = Random(1)
    return "".join(
        f'<div class="kartu"><a href="/berita/{number}"><img loading="lazy" data-src="/foto/{number}-150.jpg" '
        f'width="150" height="84" alt=""></a><div class="teks"><h4><a href="/berita/{number}">'
        f'{_sentence(words, INDONESIAN)}</a></h4><span class="tanggal">Rabu, 1 Januari 2025</span></div></div>'
        for number in range(56)
    ).encode()


@cache
def _texts(is_english: bool) -> list[list[str]]:
    """Articles of some 390 words, in paragraphs."""
    words, parts = Random(2), ENGLISH if is_english else INDONESIAN
    return [[" ".join(_sentence(words, parts) for _ in range(3)) for _ in range(10)] for _ in range(500)]


def _sentence(words: Random, parts: Sequence[Sequence[str]]) -> str:
    return " ".join(words.choice(part) for part in parts) + "."


# The reading.


def read_archive(archive: str, workers: int) -> Reading:
    """What it costs to have the files of a glob read by so many workers, from the start of the command to its end."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        words = [sys.executable, "-m", "pantau", "--data", str(place), "--sources", str(_write_source(place))]
        words += ["backfill", archive, "--to", str(place / "parts"), "--workers", str(workers)]
        begin = time.perf_counter()
        process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        used: dict[int, Used] = {}
        watcher = threading.Thread(target=_watch, args=(process, used))
        watcher.start()
        _, complaints = process.communicate()
        seconds = time.perf_counter() - begin
        watcher.join()
        if process.returncode:
            raise RuntimeError(f"pantau backfill ended with {process.returncode}: {complaints[-2000:]}")
        parts = list((place / "parts").glob("*.parquet"))
        return Reading(
            seconds=seconds,
            # Slices go to whoever is free, so what one waits the others make up for.
            waited=sum(one.waited for one in _busiest(used, workers)) / workers,
            processor_seconds=sum(one.processor for one in used.values()),
            peak=max(one.peak for one in used.values()),
            rows=sum(ParquetFile(part).metadata.num_rows for part in parts),
            part_bytes=sum(part.stat().st_size for part in parts),
        )


def _write_source(folder: Path) -> Path:
    """A folder of source files with the one outlet that is known."""
    sources = folder / "sources"
    sources.mkdir()
    written = {
        "outlet": "Kabar Bangku Uji", "home": OUTLET, "kind": "media", "family": "generic",
        "timezone": "Asia/Jakarta", "knowledge": "seen", "ways": [{"way": "listing", "url": "/", "articles": "h2 a"}],
    }  # fmt: skip
    (sources / "kabar_bangku.yml").write_text(yaml.safe_dump(written), encoding="utf-8")
    return sources


def _watch(process: subprocess.Popen[str], used: dict[int, Used]) -> None:
    """Note what a process and every one below it used, until it ends.

    Not what the system counts of processes that ended: a worker that is told to end does not wait for its own.
    """
    while process.poll() is None:
        for one in (process.pid, *below(process.pid)):
            with suppress(OSError, TypeError):  # it has ended
                used[one] = _used(one)
        time.sleep(0.2)


def _used(process: int) -> Used:
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    # Nanoseconds of each thread: on a core, and waiting for one.
    threads = [task.joinpath("schedstat").read_text().split() for task in Path(f"/proc/{process}/task").glob("*")]
    processor, waited = (sum(int(thread[place]) for thread in threads) / 1e9 for place in (0, 1))
    return Used(int(peak[1]) * 1024, processor, waited)  # type: ignore[index]


def _busiest(used: dict[int, Used], count: int) -> list[Used]:
    return sorted(used.values(), key=lambda one: one.processor)[-count:]


# What is told.


def measure(pages: int = PAGES) -> dict[str, Any]:
    """Speed with one worker and with two, and peaks over a hundredth, a tenth and all of the pages."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sizes = {share: pages // share for share in (100, 10, 1)}
        packed = {}
        for count in sizes.values():
            (folder / str(count)).mkdir()
            packed[count] = write_archive(folder / str(count), count)
        archive = f"{folder}/{{}}/*.warc.gz"
        peaks = {count: read_archive(archive.format(count), 2) for count in sizes.values()}
        one, two = read_archive(archive.format(pages), 1), peaks[pages]
    return {
        "pages": pages,
        "packed_bytes": packed[pages],
        "one": asdict(one) | {"alone": one.alone},
        "two": asdict(two) | {"alone": two.alone},
        "scaling": one.alone / two.alone,
        "peaks": {str(count): reading.peak for count, reading in peaks.items()},
        "growth": two.peak / peaks[pages // 100].peak,
    }


def tell(found: dict[str, Any]) -> Iterator[str]:
    """The lines of the report."""
    pages = found["pages"]
    yield f"{pages:,} pages, {found['packed_bytes'] / 1e6:,.0f} MB packed; {CORES} cores"
    for name in ("one", "two"):
        read = found[name]
        yield (
            f"{name} worker{'s' if name == 'two' else ' '}: {pages / read['alone']:6.1f} pages/s "
            f"(of {read['seconds']:.0f} s waited {read['waited']:.0f} s for a core), "
            f"{1000 * read['processor_seconds'] / pages:.2f} ms of a processor each, "
            f"{read['rows']:,} articles in parts of {read['part_bytes'] / 1e6:.1f} MB"
        )
    met = {True: "met", False: "not met"}
    yield f"two workers to one: {found['scaling']:.2f} (at least {SCALING}: {met[found['scaling'] >= SCALING]})"
    peaks = ", ".join(f"{peak / 1e6:,.0f} MB of {int(count):,} pages" for count, peak in found["peaks"].items())
    yield f"largest process: {peaks}; {found['growth']:.2f} times (at most {GROWTH}: {met[found['growth'] <= GROWTH]})"


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=PAGES)
    for line in tell(measure(parser.parse_args(argv).pages)):
        print(line)  # noqa: T201


if __name__ == "__main__":
    main()
