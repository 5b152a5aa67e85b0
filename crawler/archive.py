"""The archive: every response kept once, in WARC files that any web-archive tool reads."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.items import Page

MAX_SIZE = 1_000_000_000
"""Bytes: a file that a further record would make longer is left, and the day goes on in another."""

# A gzip header (RFC 1952) with one extra field, `pk`: where in its file the record begins. It tells a beginning from
# bytes of a page that only look like one, so the last record of a file is found from the file's end.
_HEADER = struct.Struct("<3sB6xH2sHQ")
_MAGIC = b"\x1f\x8b\x08"
_KEPT = 4
"""Flags of a record: an extra field."""
_ERASED = 4 | 16
"""Of one that was erased, or is being: a comment too."""


class ArchiveError(Exception):
    """A record that cannot be read back. The message names the file, the offset and what was seen there."""


class Archive:
    """A folder of WARC files: one for each UTC day, and another each time it comes to MAX_SIZE.

    A file is written by one process at a time. A second process takes the next file of the day instead of waiting,
    because a crawl lasts for hours; who comes later goes on in the first file that is free and not full.
    """

    def __init__(self, folder: Path, cover: Callable[[Page], Page] | None = None) -> None:
        """`cover` gives the page without what is not to be kept of it; what it takes away never comes to the disk."""
        self.folder = folder
        self._cover = cover
        self._file: BinaryIO | None = None
        self._day = ""

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, page: Page) -> Page:
        """The page with `archive_file` and `archive_offset`; its record is on the disk when this returns."""
        page = self._cover(page) if self._cover else page
        day, member = f"{_now():%Y%m%d}", _compress(_page_record(page))
        if self._file is not None and (day != self._day or not _has_room(self._file, member)):
            self.close()
        if self._file is None:
            self._file, self._day = _open_file(self.folder, day, member), day
        try:
            offset = _append(self._file, member)
        except OSError:
            with contextlib.suppress(OSError):
                self.close()  # so that the next record does not follow half of this one
            raise
        return replace(page, archive_file=Path(self._file.name).name, archive_offset=offset)

    def close(self) -> None:
        """Close the file; the next write opens one again."""
        stream, self._file = self._file, None
        if stream is not None:
            stream.close()


def read_page_body(folder: Path, file: str, offset: int) -> bytes:
    """Body of the page whose record begins at the offset of the file, as it was given to `Archive.write`.

    Raises ArchiveError where the file is missing, cut off, or has no whole record at that place.
    """
    path = folder / file
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            # Its digests are not checked: gzip's own checksum says already whether it is whole.
            record = next(iter(ArchiveIterator(stream)), None)
            if record is None or record.rec_type not in ("response", "resource"):
                raise ArchiveError(f"{path}: no page begins at byte {offset}")
            body = record.content_stream().read()
            headers = record.http_headers if record.rec_type == "response" else record.rec_headers
            length = int(headers.get_header("content-length", "-1"))
    except (OSError, EOFError, ValueError, ArchiveLoadFailed, AttributeError) as error:
        # AttributeError: warcio's answer to headers that are cut off
        raise ArchiveError(f"{path}: nothing to read at byte {offset}: {error}") from error
    if len(body) != length:
        raise ArchiveError(f"{path}: the record at byte {offset} is cut off: {len(body)} of {length} bytes")
    return body


def read_records(folder: Path) -> Iterator[tuple[str, int, Page]]:
    """File, offset and page of every record of every file, the erased left out, whether or not it is still referred to.

    Also those that are half erased are left out. Of a page there is its address, body and type; what else was known of
    it is not in the archive. Raises ArchiveError.
    """
    for path in sorted(folder.glob("*.warc.gz")):
        try:
            with path.open("rb") as stream:
                size, begin = stream.seek(0, os.SEEK_END), 0
                for half, behind in [*_half_erased(stream), (size, size)]:
                    stream.seek(begin)
                    yield from ((path.name, offset, page) for offset, page in _read_on(stream, half))
                    begin = behind
        except (OSError, EOFError, ValueError, ArchiveLoadFailed, AttributeError) as error:
            raise ArchiveError(f"{path}: it cannot be read through: {error}") from error


def _read_on(stream: BinaryIO, end: int) -> Iterator[tuple[int, Page]]:
    """Offset and page of every record from here to `end`."""
    if stream.tell() == end:
        return
    records = ArchiveIterator(stream)
    for record in records:
        page = _bare_page(record) if record.rec_type in ("response", "resource") else None
        # Only now: to tell where a record begins the iterator reads on to its end.
        offset = records.get_record_offset()
        if page is not None:
            yield offset, page
        if offset + records.get_record_length() >= end:
            return


def erase_record(folder: Path, file: str, offset: int) -> None:
    """Put a record that says nothing in place of one, as long as it, so that all others stay where they are.

    Erasing what is erased changes nothing. A kill or a power cut in the middle leaves a record that is passed over, and
    is mended by erasing again. Raises ArchiveError where no record of ours begins there.
    """
    path = folder / file
    try:
        with path.open("r+b") as stream:
            stream.seek(offset)
            length = _length_at(stream)
            if not length and _is_at(stream, offset, _ERASED):
                length = _next_beginning(stream, offset) - offset
            if not length:
                raise ArchiveError(f"{path}: no whole record begins at byte {offset}")
            # Said before it is done, so that whoever finds half of it knows what it is.
            for piece in (_header(offset, _ERASED), _header(offset, _ERASED) + _erased(length - _HEADER.size)):
                stream.seek(offset)
                stream.write(piece)
                stream.flush()
                os.fsync(stream.fileno())
    except OSError as error:
        raise ArchiveError(f"{path}: nothing to erase at byte {offset}: {error}") from error


def is_erased(head: bytes, offset: int) -> bool:
    """Whether a record of ours that was erased, or half erased, begins with these bytes at this place of its file."""
    return head.startswith(_header(offset, _ERASED))


def _open_file(folder: Path, day: str, member: bytes) -> BinaryIO:
    """The day's first file that is free and has room, ready for the next record."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    while True:
        path = folder / f"pantau-{day}-{number:05d}.warc.gz"
        stream = path.open("a+b")
        if not _is_taken(stream) and _repair(stream) and _has_room(stream, member):
            break
        stream.close()
        number += 1
    if stream.tell() == 0:
        _append(stream, _compress(_file_record(path.name)))
        _sync_names(folder)
    return stream


def _is_taken(stream: BinaryIO) -> bool:
    """True where another process is writing; else others are kept out until the stream is closed, even by SIGKILL."""
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _has_room(stream: BinaryIO, member: bytes) -> bool:
    size = stream.tell()
    return size == 0 or size + _HEADER.size + len(member) <= MAX_SIZE


def _compress(record: bytes) -> bytes:
    """A gzip member without its header, which says where it will begin."""
    # warcio's own level, 9, takes four times as long and saves a twentieth.
    deflate = zlib.compressobj(level=4, wbits=-zlib.MAX_WBITS)
    end = struct.pack("<II", zlib.crc32(record), len(record) & 0xFFFFFFFF)
    return deflate.compress(record) + deflate.flush() + end


def _append(stream: BinaryIO, member: bytes) -> int:
    """Where the record was put. It is on the disk."""
    offset = stream.tell()
    stream.write(_header(offset) + member)
    stream.flush()
    os.fsync(stream.fileno())
    return offset


def _header(offset: int, flags: int = _KEPT) -> bytes:
    return _HEADER.pack(_MAGIC, flags, 12, b"pk", 8, offset)


def _is_at(stream: BinaryIO, offset: int, flags: int) -> bool:
    stream.seek(offset)
    return stream.read(_HEADER.size) == _header(offset, flags)


def _beginnings(data: bytes, start: int) -> list[int]:
    """Where records begin in a part of a file that stands there at `start`."""
    found = (start + match.start() for match in re.finditer(re.escape(_MAGIC), data))
    return [offset for offset in found if data.startswith((_header(offset), _header(offset, _ERASED)), offset - start)]


def _next_beginning(stream: BinaryIO, offset: int) -> int:
    """Where the record behind that at `offset` begins, or the file ends."""
    return next(_all_beginnings(stream, offset + _HEADER.size), stream.seek(0, os.SEEK_END))


def _all_beginnings(stream: BinaryIO, start: int = 0) -> Iterator[int]:
    size, step = stream.seek(0, os.SEEK_END), 1024 * 1024
    for here in range(start, size, step):
        stream.seek(here)
        yield from _beginnings(stream.read(step + _HEADER.size - 1), here)


def _half_erased(stream: BinaryIO) -> list[tuple[int, int]]:
    """Where records begin and end that a kill left half erased."""
    erased = [offset for offset in _all_beginnings(stream) if _is_at(stream, offset, _ERASED)]
    found = []
    for offset in erased:
        stream.seek(offset)
        if not _length_at(stream):
            found.append((offset, _next_beginning(stream, offset)))
    return found


def _repair(stream: BinaryIO) -> bool:
    """Cut off what a killed process left of its last record, and stand at the end.

    False for a file that was not written here, or ends with a record that is half erased: it is left as it is. Reads
    from the end back to where the last record begins, however long the file is.
    """
    size = stream.seek(0, os.SEEK_END)
    reach = 64 * 1024
    while size >= _HEADER.size:
        start = stream.seek(max(0, size - reach))
        tail = stream.read()
        if found := _beginnings(tail, start):
            end = found[-1] + _member_length(tail[found[-1] - start :])
            if end == found[-1] and _is_at(stream, end, _ERASED):
                return False  # half erased: what referred to it would refer to what is written in its place
            if end < size:
                stream.truncate(end)
            stream.seek(0, os.SEEK_END)
            return True
        if start == 0:
            return False
        reach *= 2
    stream.truncate(0)  # killed within the header of its first record
    return True


def _member_length(tail: bytes) -> int:
    """Bytes of the gzip member that begins here; 0 where it is not whole."""
    inflate = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        inflate.decompress(tail)
    except zlib.error:
        return 0
    return len(tail) - len(inflate.unused_data) if inflate.eof else 0


def _length_at(stream: BinaryIO) -> int:
    """Bytes of the gzip member at which the stream stands; 0 where it is not whole."""
    inflate, length = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS), 0
    try:
        while chunk := stream.read(64 * 1024):
            inflate.decompress(chunk)
            length += len(chunk)
            if inflate.eof:
                return length - len(inflate.unused_data)
    except zlib.error:
        pass
    return 0


def _erased(length: int) -> bytes:
    """What stands behind the header of an erased record, in so many bytes: a comment that takes the room, and an empty
    record (RFC 1952)."""
    stub = _record_bytes(lambda writer: writer.create_warc_record(None, "metadata", payload=BytesIO(b""), length=0))
    members = (_compress(stub), _compress(b""))
    member = next(member for member in members if len(member) < length)
    return b" " * (length - 1 - len(member)) + b"\x00" + member


def _bare_page(record: ArcWarcRecord) -> Page:
    headers = record.http_headers or record.rec_headers
    return Page(
        url=record.rec_headers.get_header("WARC-Target-URI") or "",
        source="",
        fetched_at=datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")),
        status=int(record.http_headers.get_statuscode()) if record.http_headers else 200,
        body=record.content_stream().read(),
        headers={"content-type": headers.get_header("content-type") or ""},
    )


def _sync_names(folder: Path) -> None:
    """The name of a new file must outlive a power cut as its records do."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _page_record(page: Page) -> bytes:
    # What came over HTTP is a response with its headers; an ingested file is a resource, which has none.
    is_http = page.url.startswith(("http:", "https:"))
    return _record_bytes(
        lambda writer: writer.create_warc_record(
            page.url,
            "response" if is_http else "resource",
            payload=BytesIO(page.body),
            length=len(page.body),
            warc_content_type="" if is_http else page.headers.get("content-type", "application/octet-stream"),
            http_headers=_http_headers(page) if is_http else None,
            warc_headers_dict={"WARC-Date": _warc_date(page.fetched_at)},
        )
    )


def _file_record(name: str) -> bytes:
    about = {"software": "pantau-kota-cerdas", "format": "WARC/1.0"}
    return _record_bytes(lambda writer: writer.create_warcinfo_record(name, about))


def _record_bytes(create: Callable[[WARCWriter], ArcWarcRecord]) -> bytes:
    stream = BytesIO()
    writer = WARCWriter(stream, gzip=False)
    writer.write_record(create(writer))
    return stream.getvalue()


def _http_headers(page: Page) -> StatusAndHeaders:
    """Status line and headers. The body is kept as decoded, so its length and encoding are told anew."""
    kept = [(name, value) for name, value in page.headers.items() if name != "content-length"]
    try:
        phrase = HTTPStatus(page.status).phrase
    except ValueError:
        phrase = ""
    return StatusAndHeaders(
        f"{page.status} {phrase}".strip(), [*kept, ("content-length", str(len(page.body)))], protocol="HTTP/1.1"
    )


def _warc_date(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _now() -> datetime:
    return datetime.now(UTC)
