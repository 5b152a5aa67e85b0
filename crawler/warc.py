"""Web archives of any size, in slices: each is read by itself, so that many processes can share one file.

A record belongs to the slice in which it begins. In a packed file each record is a gzip member of its own, as the WARC
standard wants it. What cannot be read is told with its fate, and reading goes on at the next record.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import PurePosixPath
from typing import BinaryIO, NamedTuple

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from crawler.archive import is_erased
from crawler.items import Page, Slice, Unread

MOST_BYTES = 10 * 1024 * 1024
"""Of a page as it reads when it is unpacked; the crawl takes no longer ones either."""
LONGEST_HEADER = 64 * 1024
"""Bytes of the headers of a record, or of those of its answer."""
SLICE_BYTES = 32 * 1024 * 1024
"""Of a slice. The same on every machine, so that the slices, and what comes of them, are the same too."""
TYPES = ("text/plain", "application/json")
"""Beside HTML, of files that were ingested: resources in our own archive."""

_LONGEST = MOST_BYTES + 2 * LONGEST_HEADER
_CHUNK = 16 * 1024
_STEP = 1024 * 1024
_GZIP = b"\x1f\x8b\x08"
_PACKED = re.compile(re.escape(_GZIP))
_WARC = b"WARC/1."
_FIRST_LINE = re.compile(rb"WARC/1\.\d\r?\n(?=[A-Za-z-]{1,40}:)")
_LENGTH = re.compile(rb"^Content-Length:[ \t]*(\d{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(rb"^WARC-Target-URI:[ \t]*<?([!-~]{1,2000}?)>?[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


class _Block(NamedTuple):
    """The bytes of a record, and where it ends; None where that is not known and the next one is to be looked for."""

    data: bytes
    end: int | None
    problem: Unread | None = None


def plan_slices(patterns: Sequence[str], size: int = SLICE_BYTES) -> list[Slice]:
    """The slices of all files that match one of the patterns (paths or fsspec URLs), in the order of their names.

    Raises FileNotFoundError for a pattern that no file matches, ImportError for an address whose library is missing.
    """
    from fsspec.core import url_to_fs

    slices: dict[str, Slice] = {}
    for pattern in patterns:
        system, path = url_to_fs(pattern)
        is_local = "file" in (system.protocol if isinstance(system.protocol, tuple) else (system.protocol,))
        names = sorted(name for name in system.glob(path) if system.isfile(name))
        if not names:
            raise FileNotFoundError(f"{pattern}: no such file")
        for name in names:
            file, known = name if is_local else system.unstrip_protocol(name), system.info(name)
            # Other file systems tell in their own words when a file was written to.
            state = str(known.get("mtime")) if is_local else str(system.ukey(name))
            for one in _cut(str(file), int(known["size"]), state, size):
                slices[one.id] = one
    return list(slices.values())


def _cut(file: str, length: int, state: str, size: int) -> Iterator[Slice]:
    stem = re.sub(r"[^\w.-]", "_", PurePosixPath(file).name.removesuffix(".gz").removesuffix(".warc"))[-80:]
    name = f"{stem}-{hashlib.sha256(file.encode()).hexdigest()[:8]}"
    told = hashlib.sha256(f"{length} {state}".encode()).hexdigest()[:12]
    for start in range(0, length, size):
        yield Slice(file, start, min(start + size, length), f"{name}-{start:013d}", told)


def read_slice(slice: Slice, begin: int) -> Iterator[tuple[int, Page | Unread]]:
    """Offset and page of every record of a slice, or why there is none, in order; from `begin` on, where one begins.

    The pages' source is `ingest`. Raises OSError where the file cannot be read.
    """
    from fsspec.core import open as open_file

    with open_file(slice.file, "rb") as stream:
        yield from read_records(stream, slice.file, begin, slice.end)


def read_records(stream: BinaryIO, file: str, start: int, end: int) -> Iterator[tuple[int, Page | Unread]]:
    """The same of the records that begin from `start` to before `end`; not more than one page is in memory.

    What is no record is told by the slice of the record before it: only from there it is known that one should begin.
    """
    is_packed = file.casefold().endswith(".gz")
    name = PurePosixPath(file).name
    here = 0 if start == 0 else _next_beginning(stream, start, end, is_packed)
    while here is not None and (here := _behind_padding(stream, here)) is not None:
        if here >= end:
            if not _begins(stream, here, is_packed):
                yield here, _no_record(_peek(stream, here))
            return
        block = (_read_member if is_packed else _read_plain)(stream, here)
        if block.problem:
            yield here, block.problem
        elif block.data:
            yield here, _read_record(block.data, name, here)
        here = block.end if block.end is not None else _next_beginning(stream, here + 1, end, is_packed)


def _behind_padding(stream: BinaryIO, offset: int) -> int | None:
    """Where something stands, behind empty lines and zeros; None at the end of the file."""
    while piece := _peek(stream, offset):
        rest = piece.lstrip(b"\r\n\0")
        offset += len(piece) - len(rest)
        if rest:
            return offset
    return None


def _peek(stream: BinaryIO, offset: int, size: int = 64) -> bytes:
    stream.seek(offset)
    return stream.read(size)


# Packed files: a member is a record.


def _read_member(stream: BinaryIO, offset: int) -> _Block:
    head = _peek(stream, offset)
    if is_erased(head, offset):
        return _Block(b"", _end_of_member(stream, offset), Unread("erased"))
    if not head.startswith(_GZIP):
        return _Block(b"", None, _no_record(head))
    stream.seek(offset)
    try:
        data, length = _inflate(stream, _LONGEST)
    except zlib.error as error:
        return _Block(b"", None, Unread("unreadable", f"damaged: {error}"))
    if data and not data.startswith(_WARC):
        return _Block(b"", offset + length if length else None, _no_record(data))
    if length is not None:
        return _Block(data, offset + length, _wrong_length(data))
    if len(data) < _LONGEST:
        return _Block(b"", None, Unread("unreadable", "cut off", _address(data)))
    block, told = _split(data)
    is_page = told is None or block + told > len(data)
    return _Block(b"", None, _too_big(data) if is_page else _wrong_length(data))


def _inflate(stream: BinaryIO, most: int) -> tuple[bytes, int | None]:
    """What the gzip member at which the stream stands unpacks to, at most so many bytes, and the length of the member;
    None where it was not read to its end. Raises zlib.error."""
    inflate, pieces, room, taken = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS), [], most, 0
    while room > 0 and (chunk := stream.read(_CHUNK)):
        taken += len(chunk)
        while True:
            pieces.append(inflate.decompress(chunk, room))
            room -= len(pieces[-1])
            chunk = inflate.unconsumed_tail
            if inflate.eof:
                return b"".join(pieces), taken - len(inflate.unused_data)
            if not chunk or room <= 0:
                break
    return b"".join(pieces), None


def _end_of_member(stream: BinaryIO, offset: int) -> int | None:
    stream.seek(offset)
    try:
        length = _inflate(stream, _LONGEST)[1]
    except zlib.error:  # half erased
        return None
    return None if length is None else offset + length


def _wrong_length(data: bytes) -> Unread | None:
    """What is wrong with the Content-Length of a whole record."""
    if not data:
        return None
    block, length = _split(data)
    if length is None:
        return Unread("unreadable", "no Content-Length", _address(data))
    if block + length > len(data):
        return Unread("unreadable", f"Content-Length {length:,}, {len(data) - block:,} bytes", _address(data))
    if data[block + length :].strip(b"\r\n"):
        why = f"Content-Length {length:,}, and more in the same gzip member: pack each record by itself"
        return Unread("unreadable", why, _address(data))
    return None


# Plain files.


def _read_plain(stream: BinaryIO, offset: int) -> _Block:
    head = _peek(stream, offset, LONGEST_HEADER)
    if not _FIRST_LINE.match(head):
        return _Block(b"", None, _no_record(head))
    block, length = _split(head)
    if length is None:
        return _Block(b"", None, Unread("unreadable", "headers without an end or a Content-Length", _address(head)))
    stream.seek(offset + block + length - 1)
    last, behind = stream.read(1), stream.read(16)
    if not last:
        return _Block(b"", None, Unread("unreadable", "cut off", _address(head)))
    if behind.strip(b"\r\n\0") and not re.match(rb"\r?\n\r?\n", behind):
        return _Block(
            b"", None, Unread("unreadable", f"Content-Length {length:,}: no record ends there", _address(head))
        )
    if length > _LONGEST:
        return _Block(b"", offset + block + length, _too_big(head))
    stream.seek(offset)
    return _Block(stream.read(block + length), offset + block + length)


# Both.


def _next_beginning(stream: BinaryIO, start: int, end: int, is_packed: bool) -> int | None:
    """Where the first record begins from `start` to before `end`."""
    # Windows overlap, so that none hides what shows that a record begins there.
    for here in range(start, end, _STEP):
        window = _peek(stream, here, _STEP + 64)
        for found in (_PACKED if is_packed else _FIRST_LINE).finditer(window):
            offset = here + found.start()
            if offset < end and _begins(stream, offset, is_packed):
                return offset
    return None


def _begins(stream: BinaryIO, offset: int, is_packed: bool) -> bool:
    """Whether a record begins there: pages hold bytes that look like the beginning of one."""
    if not is_packed:
        head = _peek(stream, offset, LONGEST_HEADER)
        return bool(_FIRST_LINE.match(head)) and _split(head)[1] is not None
    if is_erased(_peek(stream, offset), offset):
        return True
    stream.seek(offset)
    try:
        data, length = _inflate(stream, len(_WARC))
    except zlib.error:
        return False
    return data == _WARC or (length is not None and not data)


def _split(data: bytes) -> tuple[int, int | None]:
    """Where the content of a record begins, and its Content-Length; None where the headers do not tell it."""
    end = re.search(rb"\r?\n\r?\n", data[:LONGEST_HEADER])
    told = _LENGTH.search(data, 0, end.start() + 1) if end else None
    return (end.end(), int(told[1])) if end and told else (0, None)


def _address(data: bytes) -> str | None:
    found = _ADDRESS.search(data, 0, LONGEST_HEADER)
    return found[1].decode("ascii") if found else None


def _no_record(data: bytes) -> Unread:
    return Unread("unreadable", f"no record of a web archive: {data[:24]!r}")


def _too_big(data: bytes) -> Unread:
    return Unread("too-big", f"more than {MOST_BYTES:,} bytes, no page has so many (crawler/warc.py)", _address(data))


def _read_record(data: bytes, name: str, offset: int) -> Page | Unread:
    """The page of a record. Its source is `ingest`, whatever its host."""
    try:
        record = next(iter(ArchiveIterator(BytesIO(data))))
        return _read_page(record, name, offset)
    except (ValueError, OverflowError, OSError, EOFError, ArchiveLoadFailed, AttributeError, zlib.error) as error:
        # AttributeError: warcio's answer to headers that are cut off
        return Unread("unreadable", str(error) or type(error).__name__, _address(data))


def _read_page(record: ArcWarcRecord, name: str, offset: int) -> Page | Unread:
    """Raises ValueError for a record without what a page has, OverflowError for a year 0."""
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    is_answer = record.rec_type == "response" and record.http_headers is not None
    if not is_answer and record.rec_type != "resource":
        return Unread("no-page", None, url or None)
    kind = (record.http_headers if is_answer else record.rec_headers).get_header("content-type") or ""
    if is_answer and record.http_headers.get_statuscode() != "200":
        return Unread("no-page", None, url or None)
    # Servers spell the type of their pages in many ways, we do not.
    if "html" not in kind.casefold() and (is_answer or kind not in TYPES):
        return Unread("no-page", None, url or None)
    if not url.isprintable() or not url:
        raise ValueError(f"no WARC-Target-URI, seen {url[:40]!a}")
    fetched_at = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date") or "").astimezone(UTC)
    stream, pieces, room = record.content_stream(), [], MOST_BYTES + 1
    while room > 0 and (piece := stream.read(room)):
        pieces.append(piece)
        room -= len(piece)
    if room <= 0:
        return _too_big(b"WARC-Target-URI: " + url.encode("ascii", "replace"))
    headers = {"content-type": kind}
    return Page(url, "ingest", fetched_at, 200, b"".join(pieces), headers, {}, name, offset)
