"""The archive: every response kept once, in WARC files that any web-archive tool reads."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.items import Page


class ArchiveError(Exception):
    """A record that cannot be read back. The message names the file, the offset and what was seen there."""


class Archive:
    """A folder of WARC files. Each run writes one of its own, so half a record of a killed run harms no other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file: BinaryIO | None = None

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, page: Page) -> Page:
        """The page with `archive_file` and `archive_offset`; its record is on the disk when this returns."""
        if self._file is None:
            self._file = _open_new_file(self.folder)
        offset = self._file.tell()
        # What came over HTTP is a response with its headers; an ingested file is a resource, which has none.
        is_http = page.url.startswith(("http:", "https:"))
        writer = WARCWriter(self._file, gzip=True)
        writer.write_record(
            writer.create_warc_record(
                page.url,
                "response" if is_http else "resource",
                payload=BytesIO(page.body),
                length=len(page.body),
                warc_content_type="" if is_http else page.headers.get("content-type", "application/octet-stream"),
                http_headers=_http_headers(page) if is_http else None,
                warc_headers_dict={"WARC-Date": _warc_date(page.fetched_at)},
            )
        )
        _flush(self._file)
        return replace(page, archive_file=Path(self._file.name).name, archive_offset=offset)

    def close(self) -> None:
        """Close this run's file; the next write opens another."""
        if self._file is not None:
            self._file.close()
            self._file = None


def read_page_body(folder: Path, file: str, offset: int) -> bytes:
    """Body of the page whose record begins at the offset of the file, as it was given to `Archive.write`.

    Raises ArchiveError where the file is missing, cut off, or has no whole record at that place.
    """
    path = folder / file
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            record = next(iter(ArchiveIterator(stream, check_digests="raise")), None)
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


def _open_new_file(folder: Path) -> BinaryIO:
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"pantau-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}"
    number = 0
    while True:
        try:
            stream = (folder / f"{stem}{f'-{number}' if number else ''}.warc.gz").open("xb")
            break
        except FileExistsError:  # two archives of one process within a second
            number += 1
    writer = WARCWriter(stream, gzip=True)
    writer.write_record(
        writer.create_warcinfo_record(Path(stream.name).name, {"software": "pantau-kota-cerdas", "format": "WARC/1.0"})
    )
    _flush(stream)
    return stream


def _flush(stream: BinaryIO) -> None:
    stream.flush()
    os.fsync(stream.fileno())


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
