"""Parts of a backfill: what was read out of the pages of an archive, as Parquet files that other programs read too.

A row is one page: where it lies, the article in it, and what is told there. Columns are nested as our types are, so
`select page.url, unnest(extraction.events) from 'parts/*.parquet'` is a query. Instants are ISO 8601 with their
offset, as in our other tables.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from crawler.items import Article
from nlp.extraction import Extraction

BLOCK = 500
"""Rows that are in memory at a time; a row group of the file."""


@dataclass(frozen=True, slots=True)
class KeptPage:
    """What is known of a page without its body."""

    url: str
    source: str
    """Name of its source, or `ingest` where its outlet is none of ours."""
    fetched_at: datetime
    """UTC."""
    status: int
    digest: str
    """SHA-256 of the body, in hex."""
    archive_file: str
    """Name of the WARC file."""
    archive_offset: int
    """Where its record begins there, in bytes."""
    headers: dict[str, str] = field(default_factory=dict)
    """As those of a Page."""
    hints: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """A page that was read."""

    page: KeptPage
    parser: str
    """Version of the parser that found the article."""
    article: Article
    extraction: Extraction


class PartError(ValueError):
    """A file that is no part of a backfill, not a whole one, or of another version of this program."""


def _as_it_is(value: Any) -> Any:
    return value


class _Column(NamedTuple):
    """How values of a type lie in a file."""

    type: pa.DataType
    encode: Callable[[Any], Any] = _as_it_is
    decode: Callable[[Any], Any] = _as_it_is
    is_nullable: bool = False


def write_part(path: Path, rows: Iterable[Read]) -> int:
    """Write rows as one file, in their order; how many there were.

    Equal rows give equal bytes. The file is there once it is whole, and on the disk; until then it lies beside it as
    `.NAME.….new`, which a kill leaves behind. Raises ValueError for an instant without an offset.
    """
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}.new")
    try:
        with unfinished.open("xb") as stream:
            count = _write_rows(stream, iter(rows))
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()
    return count


def read_parts(path: Path) -> Iterator[Read]:
    """Every row of a file, or of the `*.parquet` files of a folder in the order of their names; BLOCK are held at once.

    Raises PartError, for a file that breaks off or is damaged when the rows before that have come, FileNotFoundError
    where there is no file.
    """
    for part in part_files(path):
        yield from _read_rows(part)


def part_files(path: Path) -> list[Path]:
    """The file itself, or the parts in a folder in the order of their names. Raises FileNotFoundError for none."""
    parts = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not parts:
        raise FileNotFoundError(f"{path}: no *.parquet files in this folder")
    return parts


def _write_rows(stream: Any, rows: Iterator[Read]) -> int:
    count = 0
    with pq.ParquetWriter(stream, SCHEMA, compression="zstd", write_page_checksum=True) as writer:
        while block := [_ROW.encode(row) for row in islice(rows, BLOCK)]:
            writer.write_batch(pa.RecordBatch.from_pylist(block, schema=SCHEMA), row_group_size=BLOCK)
            count += len(block)
    return count


def _read_rows(path: Path) -> Iterator[Read]:
    with path.open("rb") as stream:
        try:
            file = pq.ParquetFile(stream, page_checksum_verification=True)
            if not file.schema_arrow.equals(SCHEMA):
                raise PartError(f"{path}: its columns are not those of a part; was it written by another version?")
            for batch in file.iter_batches(BLOCK, use_threads=False):
                yield from map(_ROW.decode, batch.to_pylist())
        except (pa.ArrowException, OSError) as error:
            raise PartError(f"{path}: no part of a backfill, or not a whole one: {error}") from error


def _column(hint: Any) -> _Column:
    """How values of a type lie in a file. Raises TypeError for a type that nobody has thought of."""
    origin, arguments = get_origin(hint), get_args(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return _struct(hint)
    if origin in (Union, UnionType):
        [kind] = [one for one in arguments if one is not NoneType]
        return _optional(_column(kind))
    if origin is tuple and arguments[1:] == (Ellipsis,):
        return _list(_column(arguments[0]))
    if hint == tuple[int, int]:
        return _Column(
            _SPAN, lambda span: {"start": span[0], "end": span[1]}, lambda span: (span["start"], span["end"])
        )
    if hint == dict[str, str]:
        # In the order of its keys, so that equal ones give equal bytes.
        return _Column(pa.map_(pa.string(), pa.string()), lambda held: sorted(held.items()), dict)
    if hint is datetime:
        return _Column(pa.string(), _print_instant, datetime.fromisoformat)
    if origin is Literal:
        return _Column(pa.string())
    if hint in _PLAIN:
        return _Column(_PLAIN[hint])
    raise TypeError(f"nlp/parts.py does not know how to keep {hint}")


_PLAIN = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
_SPAN = pa.struct([pa.field("start", pa.int64(), nullable=False), pa.field("end", pa.int64(), nullable=False)])


def _struct(kind: type[Any]) -> _Column:
    hints = get_type_hints(kind)
    columns = {one.name: _column(hints[one.name]) for one in fields(kind)}

    def encode(value: Any) -> dict[str, Any]:
        return {name: column.encode(getattr(value, name)) for name, column in columns.items()}

    def decode(row: dict[str, Any]) -> Any:
        return kind(**{name: column.decode(row[name]) for name, column in columns.items()})

    parts = [pa.field(name, column.type, nullable=column.is_nullable) for name, column in columns.items()]
    return _Column(pa.struct(parts), encode, decode)


def _list(one: _Column) -> _Column:
    kind = pa.list_(pa.field("element", one.type, nullable=False))
    return _Column(kind, lambda values: list(map(one.encode, values)), lambda values: tuple(map(one.decode, values)))


def _optional(one: _Column) -> _Column:
    def encode(value: Any) -> Any:
        return None if value is None else one.encode(value)

    def decode(value: Any) -> Any:
        return None if value is None else one.decode(value)

    return _Column(one.type, encode, decode, is_nullable=True)


def _print_instant(instant: datetime) -> str:
    if instant.utcoffset() is None:
        raise ValueError(f"an instant without an offset: {instant.isoformat()}")
    return instant.isoformat()


_ROW = _struct(Read)
SCHEMA = pa.schema(_ROW.type.fields)
"""The columns of a part; derived from our types, so a part of other types has another schema."""
