"""Local files to Pages, as if they had been fetched: saved pages, texts, web archives, JSON Lines."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import quote

from crawler.article.json_text import parse_json
from crawler.items import Page
from crawler.source import Source
from crawler.warc import MOST_BYTES, read_records

# No outlet, so no home and no ways of finding pages: what a source file must say does not apply.
LOCAL_SOURCE = Source.model_construct(
    name="ingest", outlet="Berkas lokal", home="", kind="file", family="generic", timezone="Asia/Jakarta", ways=(),
    knowledge="seen",
)  # fmt: skip
"""The source of every ingested page: no selectors, times without a zone are WIB."""

TYPES = {".txt": "text/plain", ".html": "text/html", ".htm": "text/html"}
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
        on_error(f"{path}: more than {MOST_BYTES:,} bytes, no page has so many (MOST_BYTES in crawler/warc.py)")
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
            on_error(f"{path}, line {number}: more than {MOST_BYTES:,} bytes (MOST_BYTES in crawler/warc.py)")
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
    """Every page of a web archive, in its order."""
    try:
        with path.open("rb") as stream:
            size, is_silent = stream.seek(0, os.SEEK_END), True
            for offset, found in read_records(stream, path.name, 0, size):
                if isinstance(found, Page):
                    yield replace(found, archive_file=None, archive_offset=None)
                elif found.reason:
                    on_error(f"{path}, byte {offset}: {found.reason}")
                is_silent = is_silent and not isinstance(found, Page) and not found.reason
            if is_silent:
                on_error(f"{path}: no page in this web archive")
    except OSError as error:
        on_error(f"{path}: cannot be read: {error.strerror}")
