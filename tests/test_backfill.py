"""An archive is read anew by many processes as by one, whatever is wrong with its pages and whoever is killed."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from webarchive import archive_of, record

from crawler.items import Article, Page, RecordFate, Slice, Unread
from crawler.warc import plan_slices, read_slice
from nlp import slices as slices_module
from nlp.backfill import Done, backfill, connect, is_finished, save_slice, sum_up
from nlp.backfill import read_slice as read_whole
from nlp.parts import Read, read_parts
from nlp.pipeline import extract, model_version
from nlp.slices import Lost, Reading, end_helper, read_rows
from pantau import main
from pantau.backfilling import build_reading, holds_keyword, parse_page
from pantau.house import ROOT, House

PLACES = ["Kabupaten Ende", "Kabupaten Sikka", "Kota Palu", "Kabupaten Kolaka", "Kota Dumai", "Kabupaten Paser"]
HOUSE = House(Path("data"), ROOT / "crawler" / "sources", Path("outbox"))


def news(number: int, topic: str = "smart city") -> bytes:
    place = PLACES[number % len(PLACES)]
    told = "".join(
        f"<p>Pemerintah {place} mengikuti bimtek tahap {stage} {topic} pada {number % 27 + 1} Juni 2023, kata Kepala "
        f"Dinas Kominfo {place}, Rahmat Hidayat, di hadapan para camat dan kepala dinas.</p>"
        for stage in ("I", "II", "III")
    )
    title = f"{place} Ikuti Bimtek {topic.title()} ke-{number}"
    body = f"<h1>{title}</h1><article>{told}</article>"
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>".encode()


def news_archive(folder: Path, pages: int) -> list[Slice]:
    """Two files, one of them packed, in slices of some pages; every fourth page is of an outlet of ours."""
    for file, name in enumerate(("a.warc.gz", "b.warc")):
        numbers = range(file * pages // 2, (file + 1) * pages // 2)
        pieces = [
            record(number, news(number, "panen padi" if number % 5 == 0 else "smart city"), host=host)
            for number in numbers
            for host in ["news.detik.com" if number % 4 == 0 else "kabar.example"]
        ]
        (folder / name).write_bytes(archive_of([*pieces[:-3], b"bukan rekaman\n", *pieces[-3:], pieces[-1]], name))
    return plan_slices([f"{folder}/*.warc", f"{folder}/*.gz"], size=3_000)


def read_plainly(slices: list[Slice], reading: Reading) -> list[Read]:
    """The same in one process and one page after the other."""
    rows = []
    for slice in slices:
        seen = set()
        for _, page in read_slice(slice, slice.start):
            parsed = reading.parse(page) if isinstance(page, Page) else page
            if isinstance(parsed, Unread) or (page.url, page.body) in seen:
                continue
            seen.add((page.url, page.body))
            article, parser = parsed
            rows.append(Read(slices_module._keep(page, article.source), parser, article, extract(article)))
    return rows


def parts_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def reading() -> Reading:
    return build_reading(HOUSE)


@pytest.fixture
def one_by_one() -> Iterator[None]:
    yield
    end_helper()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, reading: Reading) -> tuple[list[Slice], Path]:
    """An archive, and the parts that a single process made of it."""
    archive, folder = tmp_path_factory.mktemp("archive"), tmp_path_factory.mktemp("alone")
    slices = news_archive(archive, 96)
    for slice in slices:
        save_slice(folder, slice, reading, read_whole(pickle.dumps(reading), slice))
    sum_up(folder, slices, reading, {})
    end_helper()
    return slices, folder


def test_a_single_process_reads_what_the_plain_corridor_reads(
    alone: tuple[list[Slice], Path], reading: Reading
) -> None:
    slices, folder = alone
    rows = [row for row in read_parts(folder) if row.page.archive_file == "a.warc.gz"]
    plain = read_plainly([slice for slice in slices if slice.file.endswith("a.warc.gz")], reading)
    assert rows == plain
    assert any(row.extraction.events for row in plain)
    assert Counter(row.page.source for row in plain).keys() == {"detik", "ingest"}


def test_a_killed_worker_changes_nothing(alone: tuple[list[Slice], Path], reading: Reading, tmp_path: Path) -> None:
    slices, folder = alone
    assert len(slices) > 8
    with connect(None, workers=2) as client:
        read = backfill(client, slices, reading, tmp_path)
        done = [next(read)]
        victim = min(client.run(os.getpid).values())
        os.kill(victim, signal.SIGKILL)
        done += read
        assert victim not in client.run(os.getpid).values()
    assert sorted(slice.id for slice, _ in done) == sorted(slice.id for slice in slices)
    assert {problem for _, problem in done} == {None}
    whole = sum_up(tmp_path, slices, reading, {})
    assert list(read_parts(tmp_path)) == list(read_parts(folder))
    assert parts_of(tmp_path) == parts_of(folder)
    assert {fate: number for fate, number in whole["fates"].items() if number} == {
        "kept": 81, "duplicate": 1, "off-topic": 16, "unreadable": 2,
    }  # fmt: skip


KILLED = """
import pickle, sys
from pathlib import Path
from nlp.backfill import backfill, connect
if __name__ == "__main__":
    slices, reading = pickle.loads(Path(sys.argv[1]).read_bytes())
    with connect(None, workers=1) as client:
        for done in backfill(client, slices, reading, Path(sys.argv[2])):
            pass
"""


def test_a_run_that_was_killed_goes_on_with_what_is_missing(
    alone: tuple[list[Slice], Path], reading: Reading, tmp_path: Path
) -> None:
    slices, folder = alone
    (tmp_path / "run.py").write_text(KILLED)
    (tmp_path / "asked").write_bytes(pickle.dumps((slices, reading)))
    parts = tmp_path / "parts"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(tmp_path / "run.py"), str(tmp_path / "asked"), str(parts)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    while len(list(parts.glob("*.json"))) < 3:
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    left = [slice for slice in slices if not is_finished(parts, slice, reading)]
    assert 0 < len(left) <= len(slices) - 3
    before = parts_of(parts)
    for slice in left:
        save_slice(parts, slice, reading, read_whole(pickle.dumps(reading), slice))
    sum_up(parts, slices, reading, {})
    after = {name: content for name, content in parts_of(parts).items() if not name.startswith(".")}
    assert after == parts_of(folder)
    assert before.items() <= {**before, **after}.items()


def test_other_versions_or_another_state_of_the_file_are_read_again(
    alone: tuple[list[Slice], Path], reading: Reading
) -> None:
    slices, folder = alone
    assert all(is_finished(folder, slice, reading) for slice in slices)
    assert not is_finished(folder, slices[0], replace(reading, parser="x"))
    assert not is_finished(folder, slices[0], replace(reading, model="x"))
    assert not is_finished(folder, replace(slices[0], state="x"), reading)
    assert not is_finished(folder.parent, slices[0], reading)


def test_a_slice_in_which_nothing_is_left_loses_its_part(tmp_path: Path, reading: Reading) -> None:
    slice = Slice("a.warc", 0, 10, "a-0", "x")
    save_slice(tmp_path, slice, reading, Done(b"PAR1", 1, {"kept": 1}, ()))
    assert is_finished(tmp_path, slice, reading)
    save_slice(tmp_path, slice, reading, Done(b"", 0, {"off-topic": 1}, (Lost(0, "off-topic", "rusak", None),)))
    assert [path.name for path in tmp_path.iterdir()] == ["part-a-0.json"]
    assert is_finished(tmp_path, slice, reading)
    assert sum_up(tmp_path, [slice], reading, {})["parts"] == []


# What is bad. The pages below misbehave in the process that reads them.


def misbehave(parse: Any, page: Page) -> tuple[Article, str] | Unread:
    """Loop, end the process, or have the reading of the article loop, as the title of the page wants it."""
    if b"macet-terbaca" in page.body:
        while True:
            pass
    if b"mati" in page.body:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"salah" in page.body:
        raise ZeroDivisionError("salah kami")
    if b"macet-nama" in page.body:
        from nlp import pipeline

        plain = pipeline.extract_each

        def loop(articles: Any, on_error: Any) -> Any:
            for article in articles:
                while "macet-nama" in (article.title or "").lower():
                    pass
                yield from plain([article], on_error)

        pipeline.extract_each = loop
    found: tuple[Article, str] | Unread = parse(page)
    return found


def tell(path: Path, reading: Reading) -> tuple[list[str], dict[RecordFate, int], dict[str, Lost]]:
    """The numbers of the pages that were kept, the fates, and what was lost by the number of its page."""
    [slice] = plan_slices([str(path)], size=1 << 40)
    fates: Counter[RecordFate] = Counter()
    lost: list[Lost] = []
    rows = list(read_rows(pickle.dumps(reading), slice, fates, lost))
    return (
        [row.page.url.rpartition("/")[2] for row in rows],
        fates,
        {str(one.url).rpartition("/")[2]: one for one in lost},
    )


def test_a_page_that_loops_or_ends_its_process_costs_no_other(
    tmp_path: Path, reading: Reading, monkeypatch: pytest.MonkeyPatch, one_by_one: None
) -> None:
    monkeypatch.setattr(slices_module, "SECONDS", 2)
    pieces = [record(number, news(number)) for number in range(12)]
    for number, word in ((2, "macet-terbaca"), (4, "mati"), (6, "salah"), (8, "macet-nama")):
        pieces[number] = record(
            number, news(number, f"smart city {word}").replace(b"<title>", f"<title>{word} ".encode())
        )
    (tmp_path / "a.warc.gz").write_bytes(archive_of(pieces, "a.warc.gz"))
    kept, fates, lost = tell(tmp_path / "a.warc.gz", replace(reading, parse=partial(misbehave, reading.parse)))
    assert kept == ["0", "1", "3", "5", "7", "9", "10", "11"]
    assert fates == {"kept": 8, "too-slow": 2, "failed": 2}
    assert {number: (one.fate, one.reason) for number, one in lost.items()} == {
        "2": ("too-slow", "not read within 2 seconds (nlp/slices.py)"),
        "4": ("failed", "the process that read it ended twice, the last time with SIGKILL"),
        "6": ("failed", "ZeroDivisionError: salah kami"),
        "8": ("too-slow", "not read within 2 seconds (nlp/slices.py)"),
    }


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_damaged_records_and_pages_of_any_size_have_their_fate(tmp_path: Path, reading: Reading, name: str) -> None:
    large = b"<p>Bupati Ende membuka bimtek smart city.</p>" * (50 * 1024 * 1024 // 45)
    english = b"<html><body>" + b"<p>The mayor said that the smart city is for all of the people in it.</p>" * 9
    data = (
        archive_of([record(1, news(1))], name)
        + b"catatan di antara rekaman\n"
        + archive_of([record(2, large), record(3, news(3), length=70)], name)
        + archive_of(
            [record(4, news(4), length=90_000), record(5, news(5)), record(6, english), record(7, news(7))], name
        )
        + archive_of(
            [
                record(8, b"<p>Bimtek smart city pemkab oleh bupati dan dinas.</p>"),
                record(9, news(9)),
                record(9, news(9)),
            ],
            name,
        )
        + archive_of([record(10, b"", "request"), record(11, news(11))], name)
    )
    (tmp_path / name).write_bytes(data[:-90])
    kept, fates, lost = tell(tmp_path / name, reading)
    assert kept == ["1", "5", "7", "9"]
    assert fates == {
        "kept": 4, "too-big": 1, "unreadable": 4, "foreign": 1, "not-article": 1, "duplicate": 1, "no-page": 1,
    }  # fmt: skip
    assert {number for number, one in lost.items() if one.fate == "unreadable"} == {"3", "4", "None", "11"}


def test_an_archive_out_of_reach_is_told_and_read_the_next_time(tmp_path: Path, reading: Reading) -> None:
    slice = Slice(str(tmp_path / "hilang.warc"), 0, 10, "hilang-0", "x")
    with pytest.raises(RuntimeError, match="FileNotFoundError"):
        read_whole(pickle.dumps(reading), slice)
    with pytest.raises(RuntimeError, match="another version of this program"):
        read_whole(pickle.dumps(replace(reading, model="x")), slice)


# Which pages are read.


def page(body: bytes, url: str = "https://kabar.example/1") -> Page:
    from datetime import UTC, datetime

    return Page(url, "ingest", datetime(2024, 5, 6, tzinfo=UTC), 200, body, {"content-type": "text/html"})


@pytest.mark.parametrize(
    ("body", "url", "fate"),
    [
        (news(1), "https://kabar.example/1", None),
        (news(1, "panen"), "https://kabar.example/1", "off-topic"),
        (news(1, "panen"), "https://news.detik.com/1", None),
        (news(1, "panen"), "file:ende.html#1", None),
        (
            news(1, "panen").replace(b"</body>", b"<aside>Smart City</aside></body>"),
            "https://kabar.example/1",
            "off-topic",
        ),
        (b"<p>The mayor said that this is the smart city of the future.</p>" * 9, "https://kabar.example/1", "foreign"),
        (b"<p>El alcalde inaugura hoy la smart city con los vecinos.</p>" * 9, "https://kabar.example/1", "foreign"),
        (b"<p>Pemerintah kota dan bupati: Smart City.</p>", "https://kabar.example/1", "not-article"),
        (b"", "https://www.detik.com/1", "not-article"),
    ],
)
def test_which_pages_of_an_archive_are_read(reading: Reading, body: bytes, url: str, fate: str | None) -> None:
    found = reading.parse(page(body, url))
    assert (found.fate if isinstance(found, Unread) else None) == fate


def test_a_word_of_the_programme_is_seen_in_the_source_of_a_page() -> None:
    seen = [b"SMART  CITY", b"smart-city", b"Kota&nbsp;Cerdas", b"smart\nvillage", b"kabupaten\xc2\xa0cerdas"]
    assert all(map(holds_keyword, seen))
    assert not any(map(holds_keyword, [b"smartphone city", b"kota besar", b"cerdas kota", b"smart</b><b>phone"]))


def test_how_pages_are_read_pickles_and_has_a_version(reading: Reading) -> None:
    assert pickle.loads(pickle.dumps(reading)).parse.func is parse_page
    assert (reading.parser, reading.model) == (build_reading(HOUSE).parser, model_version())


# The word.


def test_the_word_reads_an_archive_once(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(archive_of([record(number, news(number)) for number in range(3)], "a.warc.gz"))
    words = ["--data", str(tmp_path / "data"), "backfill", f"{tmp_path}/*.warc.gz"]
    first = CliRunner().invoke(main, [*words, "--workers", "1"])
    assert first.exit_code == 0, first.output
    assert "1 slices to read; dashboard: http://127.0.0.1:" in first.stderr
    again = CliRunner().invoke(main, words)
    told = f"1 slices, 3 records: 3 kept; 3 articles in {tmp_path}/data/backfill\n"
    assert (first.stdout, again.stdout, again.stderr, again.exit_code) == (told, told, "", 0)


def end_worker(page: Page) -> Unread:
    """End the worker whose process reads the page, where the page wants it."""
    if b"racun" in page.body:
        os.kill(os.getppid(), signal.SIGKILL)
    return Unread("off-topic")


def test_a_slice_that_ends_its_workers_is_given_up_and_the_others_are_read(tmp_path: Path, reading: Reading) -> None:
    import dask
    import distributed  # noqa: F401  (brings the settings with it)

    pieces = [record(1, news(1)), record(2, news(2, "racun")), record(3, news(3))]
    paths = [tmp_path / f"{number}.warc" for number in range(3)]
    for path, piece in zip(paths, pieces, strict=True):
        path.write_bytes(piece)
    slices, parts = plan_slices([f"{tmp_path}/*.warc"]), tmp_path / "parts"
    reading = replace(reading, parse=end_worker)
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}), connect(None, workers=1) as client:
        problems = {slice.id: problem for slice, problem in backfill(client, slices, reading, parts) if problem}
    assert slices[1].id in problems
    left = [slice for slice in slices if not is_finished(parts, slice, reading)]
    assert {slice.id for slice in left} == set(problems)  # with it those that waited at the worker that it ended
    whole = sum_up(parts, slices, reading, problems)
    assert {one["id"]: one["problem"] for one in whole["unfinished"]} == problems
    assert whole["fates"]["off-topic"] == len(slices) - len(problems)


def test_the_word_reads_on_a_cluster_that_is_there(tmp_path: Path) -> None:
    from distributed import LocalCluster

    (tmp_path / "a.warc").write_bytes(record(1, news(1, "panen")))
    words = ["--data", str(tmp_path), "backfill", f"{tmp_path}/a.warc", "--to", f"{tmp_path}/parts", "--scheduler"]
    with LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as cluster:
        told = CliRunner().invoke(main, [*words, cluster.scheduler_address])
    assert (told.exit_code, told.stdout) == (0, f"1 slices, 1 records: 1 off-topic; 0 articles in {tmp_path}/parts\n")


def test_a_cluster_that_does_not_answer_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from nlp import backfill as backfill_module

    monkeypatch.setattr(backfill_module, "CONNECTING", 0.2)
    (tmp_path / "a.warc").write_bytes(record(1))
    words = ["--data", str(tmp_path), "backfill", f"{tmp_path}/a.warc", "--scheduler", "tcp://127.0.0.1:1"]
    told = CliRunner().invoke(main, words)
    assert (told.exit_code, "tcp://127.0.0.1:1: no scheduler of Dask answers" in told.stderr) == (1, True)


def test_an_archive_that_is_not_there_is_told(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["--data", str(tmp_path), "backfill", f"{tmp_path}/*.warc.gz"])
    assert (told.exit_code, told.stderr) == (1, f"Error: {tmp_path}/*.warc.gz: no such file\n")


@pytest.mark.parametrize("library", ["fsspec", "distributed"])
def test_without_its_libraries_the_word_says_what_to_install(tmp_path: Path, library: str) -> None:
    (tmp_path / "a.warc").write_bytes(record(1, news(1)))
    asked = f"import sys; sys.modules['{library}'] = None; import pantau; pantau.main()"
    words = ["--data", str(tmp_path), "backfill", str(tmp_path / "a.warc")]
    done = subprocess.run([sys.executable, "-c", asked, *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "`pantau backfill` needs pip install '.[backfill]'" in done.stderr
    assert "Traceback" not in done.stderr
