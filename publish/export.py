"""Tables of public.db, and answers of its queries, as files that say what is in them (a Frictionless data package)."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, TextIO, get_args

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from datasette.utils import escape_fts
from sqlite_utils import Database

from db.connect import open_read_only
from publish.disk import leftover_name, remove_leftovers, told_when_full
from publish.release import LICENCE, TITLE, Release, read_release
from publish.theirs import cell

Format = Literal["csv", "jsonl", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
Type = Literal["string", "integer", "number", "boolean"]
"""As Frictionless calls them."""

BLOCK = 20_000
"""Rows that are in memory at a time; a row group of Parquet."""
COLUMNS = Path(__file__).parent.parent / "db" / "columns.yml"
QUERIES = Path(__file__).parent / "site" / "queries.yml"
ARROW: Mapping[Type, pa.DataType] = {
    "string": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(),
}  # fmt: skip
SQLITE: Mapping[str, Type] = {"TEXT": "string", "INTEGER": "integer", "REAL": "number"}
FORMULAS = (
    "A text that a spreadsheet would run (=, +, -, @, a tab or a line end at the start of the cell; =, +, -, @ after a "
    "semicolon or a line end in it) has an apostrophe before that, which is not part of the data. JSON Lines and "
    "Parquet have the data without it."
)
MEDIA_TYPES: Mapping[Format, str] = {
    "csv": "text/csv", "jsonl": "application/jsonl", "parquet": "application/vnd.apache.parquet",
}  # fmt: skip
Value = str | int | float | bool | None
Row = Sequence[Value]


class ExportError(Exception):
    """What was asked for is not there, or not all that it takes was said. The message says what there is."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of what is exported."""

    name: str
    type: Type
    description: str | None
    """Indonesian / English; None in the answer of a query."""
    is_mixed: bool = False
    """Whether some values are of another type and are to be made of this one."""


@dataclass(frozen=True, slots=True)
class Part:
    """A table, or the answer of a query, that becomes one file."""

    name: str
    description: str
    columns: tuple[Column, ...]
    sql: str
    parameters: dict[str, str]
    more: Mapping[str, Any]
    """What Frictionless is told beside the columns: primaryKey and foreignKeys, or query and parameters."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be exported: a query, or tables, all where none is named."""

    tables: Sequence[str] = ()
    query: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Of the query; one that is not given is empty, as on the site."""


def export_files(public: Path, asked: Asked, form: Format, folder: Path) -> dict[Path, int]:
    """Write what is asked for as files into a folder, one for each table or query; the number of rows of each.

    Beside them lies `datapackage.json` (Frictionless), which says what the columns are and of which release they are.
    Former files are replaced when all new ones are complete. Raises ExportError where there is no such table, query or
    parameter, DiskFullError where there is no room, FileNotFoundError without `public`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    package = folder / "datapackage.json"
    with _opened(public) as db, told_when_full(package, "pantau export"):
        parts = build_parts(db, asked)
        paths = [folder / f"{part.name}.{form}" for part in parts]
        for path in [*paths, package]:
            remove_leftovers(folder, path.name)
        try:
            counts = {
                path: _write_file(_rows(db, part), part.columns, form, leftover_name(path))
                for path, part in zip(paths, parts, strict=True)
            }
            described = [_resource(path, part, form) for path, part in zip(paths, parts, strict=True)]
            leftover_name(package).write_text(_package_text(read_release(db), described, package), encoding="utf-8")
            for path in [*paths, package]:
                leftover_name(path).replace(path)
        finally:
            for path in [*paths, package]:
                leftover_name(path).unlink(missing_ok=True)
    return counts


def export_folder(public: Path, form: Format) -> Path:
    """The folder for exports of the present release in one form, beside a public database."""
    with _opened(public) as db:
        return public.parent / "exports" / read_release(db).id / form


def print_rows(public: Path, asked: Asked, form: Format, stream: TextIO) -> int:
    """Write one table, or the answer of one query, as CSV or JSON Lines to a stream; the number of rows.

    Raises ExportError where that is not one, and as export_files() does.
    """
    with _opened(public) as db:
        parts = build_parts(db, asked)
        if len(parts) != 1 or form == "parquet":
            raise ExportError("only one table or query, as csv or jsonl, can be printed; others need a folder (--to)")
        return TEXT_WRITERS[form](_rows(db, parts[0]), parts[0].columns, stream)


def published_tables(db: Database) -> list[str]:
    """The tables of a public database, in the order of db/public.sql."""
    described = _read(COLUMNS)
    return [name for name in db.table_names() if name in described]


def build_parts(db: Database, asked: Asked) -> list[Part]:
    """The files that are asked for; all tables where none is named."""
    if asked.query is not None:
        return [_build_query(db, asked.query, asked.parameters)]
    there = published_tables(db)
    for table in asked.tables:
        if table not in there:
            raise ExportError(f"no such table: {table}. There are {', '.join(there)}")
    return [_build_table(db, table) for table in asked.tables or there]


def _build_table(db: Database, table: str) -> Part:
    described = _read(COLUMNS)[table]
    columns = db.table(table).columns
    keys = [column.name for column in sorted(columns, key=lambda column: column.is_pk) if column.is_pk]
    names = ", ".join(f'"{column.name}"' for column in columns)
    return Part(
        name=table,
        description=described["description"],
        columns=tuple(
            Column(column.name, _type(column.name, SQLITE[column.type]), described["columns"][column.name])
            for column in columns
        ),
        sql=f"select {names} from {table} order by {', '.join(keys)}",
        parameters={},
        more={"primaryKey": keys, "foreignKeys": _foreign_keys(db, table)},
    )


def _foreign_keys(db: Database, table: str) -> list[dict[str, Any]]:
    pairs = db.execute('select id, "table", "from", "to" from pragma_foreign_key_list(?) order by id, seq', [table])
    keys: dict[int, dict[str, Any]] = {}
    for number, other, own, theirs in pairs:
        key = keys.setdefault(number, {"fields": [], "reference": {"resource": other, "fields": []}})
        key["fields"].append(own)
        key["reference"]["fields"].append(theirs)
    return list(keys.values())


def _build_query(db: Database, name: str, given: Mapping[str, str]) -> Part:
    queries = _read(QUERIES)["queries"]
    if name not in queries:
        raise ExportError(f"no such query: {name}. There are {', '.join(queries)}")
    query = queries[name]
    parameters = dict.fromkeys(query.get("params", {}), "")
    if unknown := sorted(set(given) - set(parameters)):
        raise ExportError(f"{name} has no parameter {unknown[0]}. It has {', '.join(parameters) or 'none'}")
    parameters |= given
    return Part(
        name=name,
        description=f"{query['title']}. {query['description']}",
        columns=_answered_columns(db, query["sql"], parameters),
        sql=query["sql"],
        parameters=parameters,
        more={"query": query["sql"], "parameters": parameters},
    )


def _answered_columns(db: Database, sql: str, parameters: dict[str, str]) -> tuple[Column, ...]:
    # SQLite knows no types of answers, only of values; a column may hold several.
    names = [column[0] for column in db.execute(f"select * from ({sql}) limit 0", parameters).description]
    typeofs = ", ".join(f"""group_concat(distinct typeof("{name}"))""" for name in names)
    seen = db.execute(f"select {typeofs} from ({sql})", parameters).fetchone()
    columns = []
    for name, told in zip(names, seen, strict=True):
        kinds = set((told or "").split(",")) - {"null"}
        columns.append(Column(name, _type(name, _widest(kinds)), None, is_mixed=len(kinds) > 1))
    return tuple(columns)


def _widest(kinds: Set[str]) -> Type:
    """The type that holds all values of these types of SQLite.

    >>> _widest({"integer"}), _widest({"integer", "real"}), _widest({"integer", "text"}), _widest(set())
    ('integer', 'number', 'string', 'string')
    """
    if kinds == {"integer"}:
        return "integer"
    return "number" if kinds and kinds <= {"integer", "real"} else "string"


def _type(name: str, stored: Type) -> Type:
    return "boolean" if name.startswith("is_") and stored == "integer" else stored


def _rows(db: Database, part: Part) -> Iterator[list[Row]]:
    """The rows in blocks, every value of its column's type."""
    cursor = db.execute(part.sql, part.parameters)
    change: dict[int, Callable[[Any], Value]] = {
        place: TO_TYPE[column.type]
        for place, column in enumerate(part.columns)
        if column.is_mixed or column.type == "boolean"
    }
    while block := cursor.fetchmany(BLOCK):
        yield [_changed(row, change) for row in block] if change else block


def _changed(row: Row, change: Mapping[int, Callable[[Any], Value]]) -> Row:
    values = list(row)
    for place, to_type in change.items():
        if values[place] is not None:
            values[place] = to_type(values[place])
    return values


def _write_file(rows: Iterable[list[Row]], columns: Sequence[Column], form: Format, path: Path) -> int:
    if form == "parquet":
        return _write_parquet(rows, columns, path)
    with path.open("w", encoding="utf-8", newline="") as stream:
        return TEXT_WRITERS[form](rows, columns, stream)


def _write_csv(rows: Iterable[list[Row]], columns: Sequence[Column], stream: TextIO) -> int:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    truths = [place for place, column in enumerate(columns) if column.type == "boolean"]
    count = 0
    for block in rows:
        if truths:
            block = [_changed(row, dict.fromkeys(truths, lambda truth: "true" if truth else "false")) for row in block]
        writer.writerows(map(cell, row) for row in block)
        count += len(block)
    return count


def _write_jsonl(rows: Iterable[list[Row]], columns: Sequence[Column], stream: TextIO) -> int:
    names = [column.name for column in columns]
    count = 0
    for block in rows:
        stream.writelines(
            json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, allow_nan=False) + "\n" for row in block
        )
        count += len(block)
    return count


def _write_parquet(rows: Iterable[list[Row]], columns: Sequence[Column], path: Path) -> int:
    schema = pa.schema(
        [
            pa.field(column.name, ARROW[column.type], metadata={"description": column.description or ""})
            for column in columns
        ]
    )
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for block in rows:
            values = zip(*block, strict=True)
            arrays = [pa.array(column, field.type) for column, field in zip(values, schema, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            count += len(block)
    return count


TO_TYPE: Mapping[Type, Callable[[Any], Value]] = {"boolean": bool, "string": str, "number": float}
TEXT_WRITERS = {"csv": _write_csv, "jsonl": _write_jsonl}


def _resource(path: Path, part: Part, form: Format) -> dict[str, Any]:
    """What the data package says of a file that is still under the name it is written under."""
    written = leftover_name(path)
    with written.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    fields = [
        {
            "name": column.name,
            "type": column.type,
            **({"description": column.description} if column.description else {}),
        }
        for column in part.columns
    ]
    keys = {name: part.more[name] for name in ("primaryKey", "foreignKeys") if part.more.get(name)}
    asked = {name: part.more[name] for name in ("query", "parameters") if name in part.more}
    return {
        "name": part.name,
        "type": "table",
        "path": path.name,
        "description": part.description,
        "format": form,
        "mediatype": MEDIA_TYPES[form],
        **({"formulas": FORMULAS} if form == "csv" else {}),
        **({} if form == "parquet" else {"encoding": "utf-8"}),
        "bytes": written.stat().st_size,
        "hash": f"sha256:{digest}",
        **asked,
        "schema": {"fields": fields, **keys, "missingValues": [""]},
    }


def _package_text(release: Release, described: list[dict[str, Any]], former: Path) -> str:
    """The text of datapackage.json; other tables of the same release that were exported before stay in it."""
    resources = [*_former_resources(former, release), *described]
    resources = list({resource["name"]: resource for resource in resources}.values())
    # A key that leads to a table that is not in the package is no key of it.
    names = {resource["name"] for resource in resources}
    for resource in resources:
        keys = resource["schema"].get("foreignKeys", [])
        resource["schema"]["foreignKeys"] = [key for key in keys if key["reference"]["resource"] in names]
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "pantau-kota-cerdas",
        "title": "Pantau Kota Cerdas",
        "description": f"{TITLE} / Steps of Indonesia's smart-city movement as told by the news",
        "version": release.id,
        "created": release.made_at.isoformat(),
        "licenses": [{"name": "other-at", "title": LICENCE}],
        "release": {"hash": release.hash, "week": release.week, "file": release.file_name},
        "resources": resources,
    }
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"


def _former_resources(former: Path, release: Release) -> list[dict[str, Any]]:
    if not former.is_file():
        return []
    package = json.loads(former.read_text(encoding="utf-8"))
    if package.get("version") != release.id:
        return []
    return [resource for resource in package["resources"] if (former.parent / resource["path"]).is_file()]


@contextmanager
def _opened(public: Path) -> Iterator[Database]:
    db = open_read_only(public)
    db.register_function(escape_fts, name="escape_fts")  # Datasette gives it to queries on the site
    try:
        yield db
    finally:
        db.close()


@cache
def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content
