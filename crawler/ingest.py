"""Local files to Pages, as if they had been fetched: saved pages, texts, web archives, JSON Lines."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from crawler.items import Page
from crawler.source import Source

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
    name = re.sub(r"\.gz$", "", path.name, flags=re.IGNORECASE)
    suffix = Path(name).suffix.casefold()
    try:
        if suffix == ".warc":
            yield from _read_warc(path, on_error)
            return
        if suffix != ".jsonl" and suffix not in TYPES:
            on_error(f"{path}: not read: {suffix or 'no suffix'}; what is: {SUFFIXES}")
            return
        body = path.read_bytes()
        if path.name.casefold().endswith(".gz"):
            body = gzip.decompress(body)
    except (OSError, EOFError, zlib.error) as error:
        on_error(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}")
        return
    if not body.strip():
        on_error(f"{path}: an empty file")
    elif suffix == ".jsonl":
        yield from _read_lines(path, body, on_error)
    elif _is_binary(body):
        on_error(f"{path}: binary, no {TYPES[suffix]}")
    else:
        yield Page(_file_url(name, body), "ingest", datetime.now(UTC), 200, body, {"content-type": TYPES[suffix]})


def _file_url(name: str, body: bytes) -> str:
    return f"file:{quote(name)}#{hashlib.sha256(body).hexdigest()[:12]}"


def _is_binary(body: bytes) -> bool:
    # UTF-16 has zero bytes and says so in its first two.
    return b"\x00" in body[:4096] and not body.startswith((b"\xff\xfe", b"\xfe\xff"))


def _read_lines(path: Path, body: bytes, on_error: Callable[[str], None]) -> Iterator[Page]:
    for number, line in enumerate(body.splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line.decode("utf-8-sig"))
        except ValueError as error:
            on_error(f"{path}, line {number}: no JSON: {error}")
            continue
        if not isinstance(record, dict):
            on_error(f"{path}, line {number}: a {type(record).__name__}, not an object with a `text`")
            continue
        wrong = _what_is_wrong(record)
        if wrong:
            on_error(f"{path}, line {number}: {wrong}")
            continue
        name = str(record.get("id") or path.name.casefold().removesuffix(".gz"))
        hints = {"id": str(record["id"])} if record.get("id") is not None else {}
        url = record.get("url") or _file_url(name, line.strip())
        yield Page(url, "ingest", datetime.now(UTC), 200, line.strip(), {"content-type": "application/json"}, hints)


def _what_is_wrong(record: dict[str, object]) -> str | None:
    text = record.get("text")
    if not isinstance(text, str) or not text.strip():
        return f"`text` is {'missing' if text is None else 'empty' if text == '' else repr(text)[:40]}"
    for key in ("url", "published", "title"):
        if not isinstance(record.get(key), str | None):
            return f"`{key}` is {record[key]!r}, not a string"
    return None


def _read_warc(path: Path, on_error: Callable[[str], None]) -> Iterator[Page]:
    """Every successful HTML response, in the order of the archive."""
    try:
        with path.open("rb") as stream:
            found = 0
            for record in ArchiveIterator(stream):
                if record.rec_type != "response" or record.http_headers is None:
                    continue
                kind = record.http_headers.get_header("content-type") or ""
                if "html" not in kind.casefold() or record.http_headers.get_statuscode() != "200":
                    continue
                found += 1
                yield Page(
                    record.rec_headers.get_header("WARC-Target-URI").strip("<>"),
                    "ingest",
                    datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")).astimezone(UTC),
                    200,
                    record.content_stream().read(),
                    {"content-type": kind},
                )
            if not found:
                on_error(f"{path}: no HTML response in this archive")
    except (OSError, EOFError, ArchiveLoadFailed, ValueError, zlib.error) as error:
        on_error(f"{path}: no readable web archive: {error}")
