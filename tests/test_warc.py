"""Every record of a web archive is read once, by whichever slice it begins in, and what is damaged ends nothing."""

from __future__ import annotations

import gzip
import io
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from webarchive import archive_of, record

from crawler.archive import Archive, erase_record
from crawler.items import Page, Unread
from crawler.warc import MOST_BYTES, plan_slices, read_records, read_slice

Found = list[tuple[int, Page | Unread]]


def read_all(data: bytes, name: str, size: int = 1 << 40) -> Found:
    stream = io.BytesIO(data)
    found: Found = []
    for start in range(0, len(data), size):
        found += read_records(stream, name, start, min(start + size, len(data)))
    return found


def told(found: Found) -> list[str]:
    return [one.url.rpartition("/")[2] if isinstance(one, Page) else one.fate for _, one in found]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
@pytest.mark.parametrize("size", [1, 7, 100, 1000, 65_536, 1 << 30])
def test_slices_of_any_size_hold_every_record_once(name: str, size: int) -> None:
    chance = random.Random(5)
    bodies = [chance.randbytes(chance.randrange(1, 900)) + b"\x1f\x8b\x08\0\nWARC/1.0\nbukan" for _ in range(40)]
    data = archive_of([record(number, body) for number, body in enumerate(bodies)], name)
    pages = [one for _, one in read_all(data, name, size)]
    assert [page.body for page in pages if isinstance(page, Page)] == bodies
    archive = ArchiveIterator(io.BytesIO(data))
    offsets = []
    for one in archive:
        one.content_stream().read()
        offsets.append(archive.get_record_offset())
    assert [offset for offset, _ in read_all(data, name, size)] == offsets


def test_a_page_says_where_it_lies_and_when_it_was_fetched() -> None:
    [(offset, page)] = read_all(archive_of([record(1)], "CC-NEWS-1.warc.gz"), "s3://news/2024/CC-NEWS-1.warc.gz")
    assert page == Page(
        "https://kabar.example/1", "ingest", datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC), 200,
        b"<html><body><p>Bupati Ende membuka bimtek 1.</p></body></html>", {"content-type": "text/html"}, {},
        "CC-NEWS-1.warc.gz", offset,
    )  # fmt: skip


LARGE = b"<html>" + b"<p>Rapat kerja di Ende.</p>" * (50 * 1024 * 1024 // 27)


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
@pytest.mark.parametrize(
    ("bad", "fates"),
    [
        (lambda name: archive_of([record(9, length=60)], name), {"unreadable"}),
        (lambda name: archive_of([record(9, length=900)], name), {"unreadable"}),
        (lambda name: archive_of([record(9, length=1 << 40)], name), {"unreadable"}),
        (lambda name: archive_of([record(9).replace(b"Content-Length: ", b"Content-Length: -")], name), {"unreadable"}),
        (lambda name: archive_of([record(9)], name)[:-40], {"unreadable"}),
        (lambda name: b"Ini bukan rekaman, ini catatan.\n\n", {"unreadable"}),
        (lambda name: archive_of([record(9, LARGE)], name), {"too-big"}),
        (lambda name: archive_of([record(9, kind="request"), record(9, kind="metadata")], name), {"no-page"}),
        (lambda name: archive_of([record(9).replace(b"2024-05", b"kemarin")], name), {"unreadable"}),
        (lambda name: archive_of([record(9).replace(b"200 OK", b"404 NO")], name), {"no-page"}),
        (lambda name: b"\r\n\r\n\0\0\0", set()),
    ],
    ids="short long far-too-long negative truncated junk 50MB no-page dateless gone padding".split(),
)
def test_what_is_bad_has_a_fate_and_the_records_around_it_are_read(name: str, bad, fates: set[str]) -> None:
    around = [record(number) for number in range(4)]
    data = archive_of(around[:2], name) + bad(name) + archive_of(around[2:], name)
    for size in (1 << 40, 300):
        if size == 300 and len(data) > 1_000_000:
            continue
        found = told(read_all(data, name, size))
        assert [one for one in found if one.isdigit()] == ["0", "1", "2", "3"]
        assert {one for one in found if not one.isdigit()} == fates


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_a_file_that_breaks_off_gives_all_that_is_whole(name: str) -> None:
    data = archive_of([record(number) for number in range(5)], name)
    assert told(read_all(data[:-60], name)) == ["0", "1", "2", "3", "unreadable"]


def test_a_file_packed_as_a_whole_is_told_to_be_packed_by_records() -> None:
    many = b"".join(record(number, b"x" * 900) for number in range(MOST_BYTES // 1000 + 200))
    for packed in (gzip.compress(record(1) + record(2), 1), gzip.compress(many, 1)):
        [(_, one)] = read_all(packed, "a.warc.gz")
        assert isinstance(one, Unread)
        assert (one.fate, "pack each record by itself" in str(one.reason)) == ("unreadable", True)


def test_our_own_archive_is_read_and_what_was_erased_has_that_fate(tmp_path: Path) -> None:
    told_at = datetime(2024, 5, 6, tzinfo=UTC)
    kinds = {
        "https://kabar.example/1": "text/html",
        "file:ende.txt#1": "text/plain",
        "file:a.jsonl#2": "application/json",
    }
    pages = [Page(url, "ingest", told_at, 200, b"Bupati Ende.", {"content-type": kind}) for url, kind in kinds.items()]
    with Archive(tmp_path) as archive:
        kept = [archive.write(page) for page in [*pages, *pages]]
    file = str(kept[0].archive_file)
    for page in kept[:2]:
        erase_record(tmp_path, file, page.archive_offset or 0)
    # A kill leaves the mark of an erased record before the rest of what it was.
    half = kept[3].archive_offset or 0
    data = bytearray((tmp_path / file).read_bytes())
    data[half + 3] |= 16
    found = read_all(bytes(data), file)
    assert Counter(told(found)) == Counter(["no-page", "ende.txt#1" and "erased", "erased", "erased"]) + Counter(
        one.url.rpartition("/")[2] for one in (kept[2], kept[4], kept[5])
    )
    assert [one for _, one in found if isinstance(one, Page)] == [kept[2], kept[4], kept[5]]


def test_slices_are_cut_by_bytes_and_named_after_file_and_place(tmp_path: Path) -> None:
    for name in ("b.warc.gz", "a.warc.gz", "a.txt"):
        (tmp_path / name).write_bytes(archive_of([record(number) for number in range(9)], name))
    slices = plan_slices([f"{tmp_path}/*.warc.gz", str(tmp_path / "a.warc.gz")], size=1000)
    assert [Path(one.file).name for one in slices] == sorted(Path(one.file).name for one in slices)
    assert len({one.id for one in slices}) == len(slices) > 4
    assert [one.start for one in slices if one.file.endswith("a.warc.gz")][:2] == [0, 1000]
    read = [one for part in slices for one in read_slice(part, part.start)]
    assert Counter(told(read)) == Counter(str(number) for number in range(9) for _ in range(2))
    with pytest.raises(FileNotFoundError, match="tidak-ada"):
        plan_slices([f"{tmp_path}/tidak-ada-*.warc"])


def test_a_file_that_was_written_to_has_slices_of_another_state(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(record(1))
    [before] = plan_slices([str(path)])
    path.write_bytes(record(1) + record(2))
    [after] = plan_slices([str(path)])
    assert (before.id, before.state != after.state) == (after.id, True)


def test_an_archive_at_an_address_is_read_like_a_file() -> None:
    import fsspec

    data = archive_of([record(number) for number in range(9)], "a.warc.gz")
    fsspec.filesystem("memory").pipe("/berita/a.warc.gz", data)
    slices = plan_slices(["memory://berita/*.warc.gz"], size=1000)
    assert {one.file for one in slices} == {"memory:///berita/a.warc.gz"}
    read = [one for part in slices for one in read_slice(part, part.start)]
    assert told(read) == [str(number) for number in range(9)]
