from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.archive import Archive, ArchiveError, read_page_body
from crawler.items import Page


def build_page(number: int, body: bytes | None = None) -> Page:
    return Page(
        url=f"https://serumpun.example/2023/06/{number:02d}/bimtek-kabupaten-cerdas/",
        source="serumpun",
        fetched_at=datetime(2023, 6, number, 3, 20, tzinfo=UTC),
        status=200,
        body=body if body is not None else f"<p>Bimtek tahap {number} – Toboali</p>".encode() * 200,
        headers={"content-type": "text/html; charset=utf-8", "etag": '"1a"'},
    )


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


def test_each_run_writes_a_file_of_its_own(tmp_path: Path) -> None:
    names = set()
    for _ in range(3):
        with Archive(tmp_path) as archive:
            names.add(archive.write(build_page(1)).archive_file)
    assert names == {path.name for path in tmp_path.iterdir()}
    assert len(names) == 3


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
    for size in range(last.archive_offset or 0, len(whole) - 8, 7):
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
