"""Local files to Pages, as if they had been fetched: saved pages, texts, web archives, JSON Lines."""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import quote

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from crawler.article.json_text import parse_json
from crawler.items import Page
from crawler.source import Source

# No outlet, so no home and no ways of finding pages: what a source file must say does not apply.
LOCAL_SOURCE = Source.model_construct(
    name="ingest", outlet="Berkas lokal", home="", kind="file", family="generic", timezone="Asia/Jakarta", ways=(),
    knowledge="seen",
)  # fmt: skip
"""The source of every ingested page: no selectors, times without a zone are WIB."""

TYPES = {".txt": "text/plain", ".html": "text/html", ".htm": "text/html"}
MOST_BYTES = 10 * 1024 * 1024
"""Of a page, or a line of JSON Lines, as it reads when it is unpacked; the crawl takes no longer ones either."""
LONGEST_HEADER = 64 * 1024
"""Bytes of a line of headers of a web archive."""
SUFFIXES = ".txt, .html, .htm (also .gz), .warc, .warc.gz, .jsonl (also .gz)"


def read_pages(path: Path, on_error: Callable[[str], None]) -> Iterator[Page]:
    """Pages of a file, or of all files in a folder and below it, by name.

    A saved page's URL is `file:` with its name and a hash of its content, so that the same file ingested from elsewhere
    is the same page; a record has its own. `fetched_at` is now, or the date of the web archive's record. What
    cannot be read is told to `on_error`, one message for each file or line, and the others go on.
    """
    if not path.exists():
        on_error(f"{path}: no such file or folder")
    elif path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
        if not files:
            on_error(f"{path}: an empty folder")
        for file in files:
            yield from _read_file(file, on_error)
    else:
        yield from _read_file(path, on_error)


def _read_file(path: Path, on_error: Callable[[str], None]) -> Iterator[Page]:
    name = re.sub(r"\.gz$", "", path.name, flags=re.IGNORECASE).encode("utf-8", "replace").decode()
    suffix = Path(name).suffix.casefold()
    if suffix == ".warc":
        yield from _read_warc(path, on_error)
        return
    if suffix != ".jsonl" and suffix not in TYPES:
        on_error(f"{path}: not read: {suffix or 'no suffix'}; what is: {SUFFIXES}")
        return
    try:
        with _opened(path) as stream:
            if suffix == ".jsonl":
                yield from _read_lines(path, stream, on_error)
                return
            body = stream.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        on_error(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}")
        return
    if not body.strip():
        on_error(f"{path}: an empty file")
    elif len(body) > MOST_BYTES:
        on_error(f"{path}: more than {MOST_BYTES:,} bytes, no page has so many (MOST_BYTES in crawler/ingest.py)")
    elif _is_binary(body):
        on_error(f"{path}: binary, no {TYPES[suffix]}")
    else:
        yield Page(_file_url(name, body), "ingest", datetime.now(UTC), 200, body, {"content-type": TYPES[suffix]})


def _opened(path: Path) -> BinaryIO:
    """A file as it reads, unpacked as far as it is read: what is packed can be a thousand times as long."""
    return cast(BinaryIO, gzip.open(path)) if path.name.casefold().endswith(".gz") else path.open("rb")


def _file_url(name: str, body: bytes) -> str:
    return f"file:{quote(name)}#{hashlib.sha256(body).hexdigest()[:12]}"


def _is_binary(body: bytes) -> bool:
    # UTF-16 has zero bytes and says so in its first two.
    return b"\x00" in body[:4096] and not body.startswith((b"\xff\xfe", b"\xfe\xff"))


def _read_lines(path: Path, stream: BinaryIO, on_error: Callable[[str], None]) -> Iterator[Page]:
    number = 0
    for number, line in enumerate(iter(lambda: stream.readline(MOST_BYTES + 1), b""), 1):
        if len(line) > MOST_BYTES:
            on_error(f"{path}, line {number}: more than {MOST_BYTES:,} bytes (MOST_BYTES in crawler/ingest.py)")
            while line and not line.endswith(b"\n"):
                line = stream.readline(MOST_BYTES)
        elif line.strip():
            page = _read_line(path, number, line.strip(), on_error)
            if page is not None:
                yield page
    if number == 0:
        on_error(f"{path}: an empty file")


def _read_line(path: Path, number: int, line: bytes, on_error: Callable[[str], None]) -> Page | None:
    try:
        record = parse_json(line.decode("utf-8-sig"))
    except ValueError as error:
        on_error(f"{path}, line {number}: no JSON: {error}")
        return None
    if not isinstance(record, dict):
        on_error(f"{path}, line {number}: a {type(record).__name__}, not an object with a `text`")
        return None
    wrong = _what_is_wrong(record)
    if wrong:
        on_error(f"{path}, line {number}: {wrong}")
        return None
    name = str(record.get("id") or path.name.casefold().removesuffix(".gz"))
    hints = {"id": str(record["id"])} if record.get("id") is not None else {}
    url = record.get("url") or _file_url(name, line)
    return Page(url, "ingest", datetime.now(UTC), 200, line, {"content-type": "application/json"}, hints)


def _what_is_wrong(record: dict[str, object]) -> str | None:
    text = record.get("text")
    if not isinstance(text, str) or not text.strip():
        return f"`text` is {'missing' if text is None else 'empty' if text == '' else repr(text)[:40]}"
    for key in ("url", "published", "title"):
        if not isinstance(record.get(key), str | None):
            return f"`{key}` is {record[key]!r}, not a string"
    for key in ("url", "id"):
        if not str(record.get(key)).isprintable():
            return f"`{key}` has characters that cannot be seen: {str(record[key])[:40]!a}"
    return None


def _read_warc(path: Path, on_error: Callable[[str], None]) -> Iterator[Page]:
    """Every successful HTML response, in the order of the archive."""
    try:
        with path.open("rb") as stream:
            found = 0
            archive = ArchiveIterator(stream)
            # A line of headers ends; without this one that unpacks to gigabytes would be read whole.
            archive.reader.readline = partial(_read_short_line, archive.reader.readline)
            for number, record in enumerate(archive, 1):
                if record.rec_type != "response" or record.http_headers is None:
                    continue
                kind = record.http_headers.get_header("content-type") or ""
                if "html" not in kind.casefold() or record.http_headers.get_statuscode() != "200":
                    continue
                found += 1
                try:
                    yield _read_response(record, kind)
                except (ValueError, OverflowError) as error:
                    on_error(f"{path}, record {number}: {error}")
            if not found:
                on_error(f"{path}: no HTML response in this archive")
    except (OSError, EOFError, ArchiveLoadFailed, ValueError, AttributeError, zlib.error) as error:
        # AttributeError: warcio's answer to headers that are cut off
        on_error(f"{path}: no readable web archive: {error}")


def _read_short_line(readline: Callable[[int], bytes], length: int | None = None) -> bytes:
    return readline(min(length or LONGEST_HEADER, LONGEST_HEADER))


def _read_response(record: ArcWarcRecord, kind: str) -> Page:
    """Raises ValueError for a record without what a page has, or longer than one; OverflowError for a year 0."""
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    if not url.isprintable() or not url:
        raise ValueError(f"no WARC-Target-URI, seen {url[:40]!a}")
    fetched_at = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date") or "").astimezone(UTC)
    stream, body = record.content_stream(), b""
    while len(body) <= MOST_BYTES and (piece := stream.read(MOST_BYTES + 1 - len(body))):
        body += piece
    if len(body) > MOST_BYTES:
        raise ValueError(f"more than {MOST_BYTES:,} bytes, no page has so many (MOST_BYTES in crawler/ingest.py)")
    return Page(url, "ingest", fetched_at, 200, body, {"content-type": kind})
