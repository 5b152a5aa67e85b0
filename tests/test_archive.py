from __future__ import annotations

import gzip
import hashlib
import os
import random
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import fastwarc
import pytest
from fastwarc.warc import WarcRecordType
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.archive import Archive, ArchiveError, erase_record, read_page_body, read_records
from crawler.items import PAGE_BREAK, Page

RECORDS = WarcRecordType.response | WarcRecordType.resource


def build_page(number: int, body: bytes | None = None) -> Page:
    return Page(
        url=f"https://serumpun.example/2023/06/{number:02d}/bimtek-kabupaten-cerdas/",
        source="serumpun",
        fetched_at=datetime(2023, 6, number, 3, 20, tzinfo=UTC),
        status=200,
        body=body if body is not None else f"<p>Bimtek tahap {number} – Toboali</p>".encode() * 200,
        headers={"content-type": "text/html; charset=utf-8", "etag": '"1a"'},
    )


def content(folder: Path) -> dict[str, list[str]]:
    """URLs of the pages of each file, read from end to end, each record whole."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.iterdir()):
        gzip.decompress(path.read_bytes())
        with path.open("rb") as stream:
            records = fastwarc.ArchiveIterator(stream, record_types=RECORDS, verify_digests=True)
            found[path.name] = [record.headers["WARC-Target-URI"] for record in records]
    return found


def test_a_page_is_read_back_byte_for_byte(tmp_path: Path) -> None:
    bodies = [b"", b"\r\n\r\n\x00\xff", "Wali Kota “Palu”".encode("windows-1252"), b"<p>x</p>" * 50_000]
    with Archive(tmp_path) as archive:
        pages = [archive.write(build_page(number + 1, body)) for number, body in enumerate(bodies)]
    assert [read_page_body(tmp_path, p.archive_file, p.archive_offset) for p in pages] == bodies


def test_a_record_is_on_the_disk_while_the_archive_is_open(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        page = archive.write(build_page(1))
        assert read_page_body(tmp_path, page.archive_file or "", page.archive_offset or 0) == page.body


def test_an_archive_that_wrote_nothing_leaves_no_file(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive"):
        pass
    assert not (tmp_path / "archive").exists()


def test_all_runs_of_a_day_write_one_file_and_the_next_day_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive(tmp_path) as open_over_midnight:
        for day in (5, 5, 6):
            monkeypatch.setattr("crawler.archive._now", lambda day=day: datetime(2023, 6, day, 23, 59, 59, tzinfo=UTC))
            open_over_midnight.write(build_page(day))
    with Archive(tmp_path) as archive:
        archive.write(build_page(7))
    assert content(tmp_path) == {
        "pantau-20230605-00000.warc.gz": [build_page(5).url, build_page(5).url],
        "pantau-20230606-00000.warc.gz": [build_page(6).url, build_page(7).url],
    }


def test_a_file_that_is_full_is_left_for_another_of_the_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.archive.MAX_SIZE", 10_000)
    noise = [hashlib.shake_128(bytes([number])).digest(size) for number, size in enumerate([4000, 4000, 4000, 20_000])]
    pages = []
    for body in noise:
        with Archive(tmp_path) as archive:
            pages += [archive.write(build_page(1, body)), archive.write(build_page(2, b"<p>pendek</p>"))]
    sizes = [path.stat().st_size for path in sorted(tmp_path.iterdir())]
    assert len(sizes) == 3
    assert all(size <= 10_000 for size in sizes[:2])
    assert [read_page_body(tmp_path, p.archive_file or "", p.archive_offset or 0) for p in pages] == [
        p.body for p in pages
    ]


def test_two_at_once_write_two_files(tmp_path: Path) -> None:
    """A crawl and an ingest; whoever comes when they are done goes on in the first file."""
    with Archive(tmp_path) as crawling, Archive(tmp_path) as ingesting:
        names = {archive.write(build_page(n)).archive_file for n in range(1, 9) for archive in (crawling, ingesting)}
    with Archive(tmp_path) as later:
        assert later.write(build_page(9)).archive_file == min(name for name in names if name)
    assert sorted(map(len, content(tmp_path).values())) == [8, 9]


WRITER = """
import os, resource, signal, sys
from pathlib import Path
from test_archive import build_page
from crawler.archive import Archive

with Archive(Path(sys.argv[1])) as archive:
    for number in range(1, 5):
        print(archive.write(build_page(number)).archive_offset, flush=True)
    size = next(Path(sys.argv[1]).iterdir()).stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + int(sys.argv[2]), resource.RLIM_INFINITY))
    try:
        archive.write(build_page(5))
    except OSError:  # the disk is full in the middle of the record
        if sys.argv[3] == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    archive.write(build_page(6))
"""


@pytest.mark.parametrize(("room", "end"), [(5, "kill"), (150, "kill"), (300, "kill"), (5, "go on"), (300, "go on")])
def test_killed_within_a_record_the_next_run_goes_on_in_the_same_file(tmp_path: Path, room: int, end: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WRITER, str(tmp_path), str(room), end], capture_output=True, text=True,
        cwd=Path(__file__).parent, env=os.environ | {"PYTHONPATH": f"{Path(__file__).parent.parent}"},
    )  # fmt: skip
    assert done.returncode == (-signal.SIGKILL if end == "kill" else 0), done.stderr
    with Archive(tmp_path) as archive:
        archive.write(build_page(7))
    [urls] = content(tmp_path).values()
    wanted = [1, 2, 3, 4, 7] if end == "kill" else [1, 2, 3, 4, 6, 7]
    assert urls == [build_page(number).url for number in wanted]


def test_wherever_the_last_record_was_cut_off_the_file_goes_on_whole(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        archive.write(build_page(1))
        last = archive.write(build_page(2))
    path = tmp_path / (last.archive_file or "")
    whole = path.read_bytes()
    for size in range(0, len(whole), 3):
        path.write_bytes(whole[:size])
        with Archive(tmp_path) as archive:
            archive.write(build_page(3))
        held = [build_page(1).url] if size >= (last.archive_offset or 0) else []
        assert content(tmp_path)[path.name][: len(held)] == held
        assert content(tmp_path)[path.name][-1] == build_page(3).url


@pytest.mark.parametrize("left", [b"\x00" * 5000, b"\x1f\x8b\x08\x04" * 40])
def test_what_a_power_cut_leaves_at_the_end_is_cut_off(tmp_path: Path, left: bytes) -> None:
    with Archive(tmp_path) as archive:
        name = archive.write(build_page(1)).archive_file or ""
    with (tmp_path / name).open("ab") as stream:
        stream.write(left)
    with Archive(tmp_path) as archive:
        archive.write(build_page(2))
    assert content(tmp_path) == {name: [build_page(1).url, build_page(2).url]}


def test_a_file_is_mended_from_its_end(tmp_path: Path) -> None:
    """A gigabyte is not read again: here nothing is left of its beginning."""
    body = hashlib.shake_128(b"foto").digest(300_000)
    with Archive(tmp_path) as archive:
        pages = [archive.write(build_page(number, body)) for number in (1, 2)]
    path = tmp_path / (pages[0].archive_file or "")
    with path.open("r+b") as stream:
        stream.write(b"\x00" * (pages[1].archive_offset or 0))
        stream.truncate(path.stat().st_size - 9)
    with Archive(tmp_path) as archive:
        page = archive.write(build_page(3))
    assert (page.archive_file, page.archive_offset) == (path.name, pages[1].archive_offset)
    assert read_page_body(tmp_path, path.name, page.archive_offset or 0) == page.body


def test_a_page_that_holds_a_record_is_not_taken_for_one(tmp_path: Path) -> None:
    noise = hashlib.shake_128(b"foto").digest(50_000)  # gzip leaves it as it is, and what stands within it
    with Archive(tmp_path / "elsewhere") as archive:
        name = archive.write(build_page(1, noise)).archive_file or ""
    record = (tmp_path / "elsewhere" / name).read_bytes()
    with Archive(tmp_path / "archive") as archive:
        first = archive.write(build_page(2, noise + record + noise))
    with Archive(tmp_path / "archive") as archive:
        archive.write(build_page(3))
    assert record[:300] in (tmp_path / "archive" / name).read_bytes()[300:]
    assert content(tmp_path / "archive") == {name: [build_page(2).url, build_page(3).url]}
    assert read_page_body(tmp_path / "archive", name, first.archive_offset or 0) == first.body


def test_a_file_of_another_writer_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.archive._now", lambda: datetime(2023, 6, 5, tzinfo=UTC))
    foreign = tmp_path / "pantau-20230605-00000.warc.gz"
    foreign.write_bytes(gzip.compress(b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n"))
    before = foreign.read_bytes()
    with Archive(tmp_path) as archive:
        assert archive.write(build_page(1)).archive_file == "pantau-20230605-00001.warc.gz"
    assert foreign.read_bytes() == before


def test_files_of_earlier_versions_are_read(tmp_path: Path) -> None:
    path = tmp_path / "pantau-20230605T031500Z-4711.warc.gz"
    page = build_page(5)
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        headers = StatusAndHeaders(
            "200 OK", [*page.headers.items(), ("content-length", str(len(page.body)))], protocol="HTTP/1.1"
        )
        writer.write_record(
            writer.create_warc_record(page.url, "response", payload=BytesIO(page.body), length=len(page.body),
                                      http_headers=headers)
        )  # fmt: skip
    assert read_page_body(tmp_path, path.name, 0) == page.body


def test_fastwarc_and_warcio_read_the_same(tmp_path: Path) -> None:
    """Readers with nothing in common, of files with a response, an ingested file and a page of many parts."""
    pages = [
        build_page(1),
        build_page(2, b""),
        build_page(3, PAGE_BREAK.join([b"<p>Halaman</p>" * 3000] * 3)),
        replace(
            build_page(4, "Bimtek tahap IV".encode("utf-16")), url="file:a.txt", headers={"content-type": "text/plain"}
        ),
    ]
    with Archive(tmp_path) as archive:
        kept = [archive.write(page) for page in pages]
    path = tmp_path / (kept[0].archive_file or "")
    with path.open("rb") as stream:
        seen = [
            (record.headers["WARC-Target-URI"], record.headers["WARC-Payload-Digest"], record.reader.read())
            for record in fastwarc.ArchiveIterator(stream, record_types=RECORDS, verify_digests=True)
        ]
    with path.open("rb") as stream:
        told = [
            (record.rec_headers["WARC-Target-URI"], record.rec_headers["WARC-Payload-Digest"], record.raw_stream.read())
            for record in ArchiveIterator(stream, check_digests="raise")
            if record.rec_type != "warcinfo"
        ]
    assert [(url, body) for url, _, body in seen] == [(page.url, page.body) for page in pages]
    assert told == seen
    for page in kept:
        with path.open("rb") as stream:
            stream.seek(page.archive_offset or 0)
            assert next(iter(fastwarc.ArchiveIterator(stream))).headers["WARC-Target-URI"] == page.url


def test_any_warc_reader_sees_the_response(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        page = archive.write(build_page(12))
    with (tmp_path / (page.archive_file or "")).open("rb") as stream:
        kinds = []
        for record in ArchiveIterator(stream, check_digests="raise"):
            kinds.append(record.rec_type)
            if record.rec_type == "response":
                assert record.rec_headers.get_header("WARC-Target-URI") == page.url
                assert record.rec_headers.get_header("WARC-Date") == "2023-06-12T03:20:00Z"
                assert record.http_headers.get_statuscode() == "200"
                assert record.http_headers.get_header("content-type") == "text/html; charset=utf-8"
    assert kinds == ["warcinfo", "response"]


def test_a_file_cut_off_in_its_last_record_still_gives_the_others(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        first, last = archive.write(build_page(1)), archive.write(build_page(2))
    path = tmp_path / (first.archive_file or "")
    whole = path.read_bytes()
    # Behind the body stand only four bytes of line ends and what gzip ends with.
    for size in range(last.archive_offset or 0, len(whole) - 24, 7):
        path.write_bytes(whole[:size])
        assert read_page_body(tmp_path, path.name, first.archive_offset or 0) == first.body
        with pytest.raises(ArchiveError, match=path.name):
            read_page_body(tmp_path, path.name, last.archive_offset or 0)


@pytest.mark.parametrize(("file", "offset"), [("nope.warc.gz", 0), (None, 0), (None, 5), (None, 10_000)])
def test_a_wrong_place_is_an_error_that_names_it(tmp_path: Path, file: str | None, offset: int) -> None:
    with Archive(tmp_path) as archive:
        page = archive.write(build_page(1))
    with pytest.raises(ArchiveError, match=f"byte {offset}"):
        read_page_body(tmp_path, file or page.archive_file or "", offset)


# Erasing.


@pytest.fixture
def three(tmp_path: Path) -> tuple[Path, list[Page]]:
    """A file of three pages that hardly pack, and these."""
    with Archive(tmp_path) as archive:
        pages = [archive.write(build_page(number, random.Random(number).randbytes(9000))) for number in (1, 2, 3)]
    return tmp_path / str(pages[0].archive_file), pages


def held(folder: Path) -> list[int]:
    """Numbers of the pages that can be read."""
    return [int(page.url.split("/")[5]) for _, _, page in read_records(folder)]


def test_an_erased_record_leaves_the_others_where_they_are(three: tuple[Path, list[Page]]) -> None:
    path, (first, second, third) = three
    size = path.stat().st_size
    for _ in range(2):
        erase_record(path.parent, path.name, second.archive_offset or 0)
        assert (held(path.parent), path.stat().st_size) == ([1, 3], size)
        assert list(content(path.parent).values()) == [[first.url, third.url]]
    assert read_page_body(path.parent, path.name, third.archive_offset or 0) == third.body
    with pytest.raises(ArchiveError, match="no whole record begins at byte 7"):
        erase_record(path.parent, path.name, 7)


@pytest.mark.parametrize("written", [*range(3, 30, 3), 1000, 5000, 9000])
@pytest.mark.parametrize("is_from_the_front", [True, False])
def test_a_record_that_was_half_erased_is_passed_over_and_can_be_erased_again(
    three: tuple[Path, list[Page]], written: int, is_from_the_front: bool
) -> None:
    path, (_, second, third) = three
    start, end = second.archive_offset or 0, third.archive_offset or 0
    whole = path.read_bytes()
    erase_record(path.parent, path.name, start)
    new = path.read_bytes()
    # Of what the disk was given some came to it: its first bytes, or, behind the header, its last ones.
    header, cut = start + 24, start + written
    torn = (
        new[:cut] + whole[cut:]
        if is_from_the_front
        else new[:header] + whole[header : end - written] + new[end - written :]
    )
    path.write_bytes(torn)
    is_begun = written > 3 or not is_from_the_front  # the fourth byte says that it is being erased
    assert held(path.parent) == ([1, 3] if is_begun else [1, 2, 3])
    erase_record(path.parent, path.name, start)
    assert (held(path.parent), path.stat().st_size) == ([1, 3], len(whole))
    assert read_page_body(path.parent, path.name, end) == third.body


@pytest.mark.parametrize("is_half", [False, True])
def test_nothing_is_written_where_the_last_record_was_erased(three: tuple[Path, list[Page]], is_half: bool) -> None:
    """Whoever was killed after it was erased erases it again, and would erase what came into its place."""
    path, (_, _, third) = three
    start, whole = third.archive_offset or 0, path.read_bytes()
    erase_record(path.parent, path.name, start)
    if is_half:
        path.write_bytes(path.read_bytes()[: start + 500] + whole[start + 500 :])
    with Archive(path.parent) as archive:
        new = archive.write(build_page(4))
    erase_record(path.parent, path.name, start)
    assert held(path.parent) == [1, 2, 4]
    assert read_page_body(path.parent, str(new.archive_file), new.archive_offset or 0) == new.body
