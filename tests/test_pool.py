from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler import pool as pool_module
from crawler.archive import Archive, ArchiveError
from crawler.ingest import LOCAL_SOURCE
from crawler.items import Article, Page, ParseError
from crawler.parse import parse_article
from crawler.pool import Found, ParsePool

SOURCES = {"ingest": LOCAL_SOURCE}
PLACES = ["Toboali", "Koba", "Muntok", "Sungailiat", "Manggar", "Tanjungpandan", "Belinyu", "Mentok", "Jebus", "Payung"]


def build_page(number: int, sentences: int = 20) -> Page:
    told = "".join(
        f"<p>Pada hari ke-{day} bimtek kota cerdas di {PLACES[number % 10]}, Wali Kota membuka sesi {number}.</p>"
        for day in range(sentences)
    )
    body = f"<html><head><title>Bimtek {number} di {PLACES[number % 10]}</title></head><body><article>{told}</article>"
    url = f"https://serumpun.example/2023/06/{number}/bimtek/"
    return Page(url, "ingest", datetime(2023, 6, 5, tzinfo=UTC), 200, body.encode(), {"content-type": "text/html"})


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path) as archive:
        yield archive


def reasons(found: list[tuple[Page, Found]]) -> dict[str, str]:
    return {page.url: str(one) for page, one in found if not isinstance(one, Article)}


def test_every_page_comes_back_once_as_this_process_would_read_it(archive: Archive) -> None:
    pages = [archive.write(build_page(number)) for number in range(60)]
    with ParsePool(archive.folder, SOURCES, workers=2) as pool:
        found = {page.url: one for page, one in pool.read(iter(pages))}
    assert found == {page.url: parse_article(page, LOCAL_SOURCE) for page in pages}


def test_pages_are_taken_no_faster_than_they_are_read(archive: Archive) -> None:
    kept = archive.write(build_page(1))
    taken = 0

    def pages() -> Iterator[Page]:
        nonlocal taken
        for number in range(100):
            taken += 1
            yield replace(kept, url=f"{kept.url}{number}")

    with ParsePool(archive.folder, SOURCES, workers=2) as pool:
        read = pool.read(pages())
        for back in range(1, 101):
            next(read)
            assert taken - back <= 2 * 4 + 2 + 100 * (taken == 100)


def test_a_bad_page_or_a_missing_file_does_not_stop_the_others(archive: Archive) -> None:
    good, stub = archive.write(build_page(1)), archive.write(build_page(2, sentences=1))
    lost = replace(good, url="https://serumpun.example/hilang/", archive_file="pantau-20200101-00000.warc.gz")
    bare = replace(good, url="file:kosong.txt", archive_file=None, archive_offset=None)
    foreign = replace(good, url="https://lain.example/1", source="tidak_ada")
    with ParsePool(archive.folder, SOURCES, workers=2) as pool:
        found = list(pool.read([stub, lost, bare, foreign, good]))
    kinds = {page.url: type(one) for page, one in found}
    assert kinds == {
        good.url: Article,
        stub.url: ParseError,
        lost.url: ArchiveError,
        bare.url: ParseError,
        foreign.url: ParseError,
    }
    assert "KeyError: 'tidak_ada' (pool.py:" in reasons(found)[foreign.url]


def test_a_page_that_takes_too_long_is_not_understood(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "SECONDS", 1)
    pages = [archive.write(build_page(number, 30_000 if number == 2 else 5)) for number in range(6)]
    with ParsePool(archive.folder, SOURCES, workers=1) as pool:
        found = list(pool.read(pages))
    assert reasons(found) == {pages[2].url: f"{pages[2].url}: not read within 1 seconds (crawler/pool.py)"}
    assert len(found) == 6


def test_a_page_that_swells_is_not_understood(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "MEMORY", 220 * 1024**2)
    pages = [archive.write(build_page(number, 400_000 if number == 2 else 5)) for number in range(6)]
    with ParsePool(archive.folder, SOURCES, workers=1) as pool:
        found = list(pool.read(pages))
    [(url, reason)] = reasons(found).items()
    assert (url, "MemoryError" in reason or "ended twice" in reason) == (pages[2].url, True), reason
    assert len(found) == 6


def test_a_page_is_given_up_when_its_process_was_killed_twice(archive: Archive) -> None:
    """And those that the process had been handed besides are read by another."""
    long = archive.write(build_page(0, sentences=30_000))
    short = [archive.write(build_page(number)) for number in range(1, 8)]
    killed: list[int] = []
    found: list[tuple[Page, Found]] = []
    with ParsePool(archive.folder, SOURCES, workers=1) as pool:
        pool.submit(long)
        while len(killed) < 2:
            for process in multiprocessing.active_children():
                if process.pid and process.pid not in killed and is_busy(process.pid):
                    os.kill(process.pid, signal.SIGKILL)
                    killed.append(process.pid)
                    process.join()
            found += pool.finished()
        assert all(pool.submit(page) for page in short)
        found += pool.drain()
    assert reasons(found) == {
        long.url: f"{long.url}: the process that read it ended twice, the last time with SIGKILL (crawler/pool.py)"
    }
    assert {page.url for page, _ in found} == {page.url for page in [long, *short]}


def is_busy(process: int) -> bool:
    """Whether it has worked for a twentieth of a second; it does not while it waits for its first page."""
    user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return int(user) + int(system) >= os.sysconf("SC_CLK_TCK") / 20


def test_a_process_killed_once_costs_no_page(archive: Archive) -> None:
    pages = [archive.write(build_page(number)) for number in range(40)]
    with ParsePool(archive.folder, SOURCES, workers=2) as pool:
        read = pool.read(iter(pages))
        found = [next(read)]
        os.kill(multiprocessing.active_children()[0].pid or 0, signal.SIGKILL)
        found += read
    assert {page.url: type(one) for page, one in found} == dict.fromkeys((page.url for page in pages), Article)


def test_what_is_too_much_is_not_taken_and_nobody_waits(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "MOST_WAITING", 10)
    kept = archive.write(build_page(1, sentences=3000))
    with ParsePool(archive.folder, SOURCES, workers=1) as pool:
        taken = [pool.submit(replace(kept, url=f"{kept.url}{number}")) for number in range(30)]
        assert False in taken
        assert len(list(pool.drain())) == sum(taken)


ORPHANS = """
import os, signal, sys
from pathlib import Path
import multiprocessing
from crawler.archive import Archive
from crawler.pool import ParsePool
from test_pool import SOURCES, build_page

if __name__ == "__main__":
    with Archive(Path(sys.argv[1])) as archive, ParsePool(archive.folder, SOURCES, workers=2) as pool:
        next(pool.read(archive.write(build_page(number)) for number in range(9)))
        print(*(process.pid for process in multiprocessing.active_children()), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_it_leaves_no_process_behind(tmp_path: Path) -> None:
    here = Path(__file__).parent
    path = {"PYTHONPATH": f"{here.parent}:{here}"}
    script = tmp_path / "orphans.py"
    script.write_text(ORPHANS, encoding="utf-8")
    # Its processes hold its standard output, so that ends only when they have.
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "archive")], capture_output=True, env=os.environ | path, timeout=60
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert len(done.stdout.split()) == 2


BROKEN = """
import pickle, sys
from pathlib import Path
from crawler.ingest import LOCAL_SOURCE
from crawler.pool import ParsePool

if __name__ == "__main__":
    page = pickle.loads(Path(sys.argv[1]).read_bytes())
    with ParsePool(Path(sys.argv[2]), {"ingest": LOCAL_SOURCE}) as pool:
        print(list(pool.read([page])))
"""


def test_no_page_is_judged_by_processes_that_cannot_load_the_parser(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "page").write_bytes(pickle.dumps(archive.write(build_page(1))))
    (tmp_path / "trafilatura.py").write_text("raise ImportError('cut off while it was installed')")
    done = subprocess.run(
        [sys.executable, "broken.py", "page", archive.folder],
        capture_output=True, text=True, cwd=tmp_path, timeout=60,
        env=os.environ | {"PYTHONPATH": f"{tmp_path}:{Path(__file__).parent.parent}"},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert "cut off while it was installed" in done.stderr
    assert "a process to read pages in ended as it began, with exit code 1" in done.stderr
