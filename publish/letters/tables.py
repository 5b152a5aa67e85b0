"""What a saved query answers that its reader was not told yet: its new rows."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import quote, urlencode, urlsplit

from datasette.utils import escape_fts
from sqlite_utils import Database

from db.mailing.subscribers import Choice
from db.rows import first
from publish.dates_id import Language
from publish.letters.addresses import evidence_url
from publish.letters.cleaning import clean, shorten
from publish.letters.wording import say
from publish.mail.choices import choice_name
from publish.site.catalogue import grouped_queries
from publish.site.confining import LIMITS, Confined
from publish.theirs import is_web

SECONDS = 2.0
"""How long a query may take."""
MOST_ROWS = 10_000
"""Rows of an answer that are looked at."""
SHOWN_ROWS = 50
FIRST_ROWS = 3
"""Rows that show, the first time, what will come."""
LONGEST_CELL = 160
"""Characters."""
LONGEST_SQL = 200
LONGEST_KEPT = 1000
"""Characters of a value of a row that is kept to be shown."""

ROOM = 30_000
"""Bytes of HTML, about, for all rows of a letter's tables."""
LONGEST_URL = 2000
"""Characters; what is longer is cut by some programs, so it leads to the page for queries instead."""
SHORT_URL = 200
CELL_BYTES = 90
"""Of HTML around a cell's text and address."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as it is shown."""

    text: str
    url: str | None = None
    """What proves it, or the page of what it names."""


@dataclass(frozen=True, slots=True)
class Table:
    """A query's answer as a letter tells it."""

    title: str
    description: str
    columns: tuple[str, ...]
    """Of what is shown; what only leads somewhere is the address of a cell."""
    rows: tuple[tuple[Cell, ...], ...]
    """The first SHOWN_ROWS of the new ones, in the order of the answer; the first time FIRST_ROWS of all."""
    new: int
    """How many are new."""
    total: int
    """How many there are; MOST_ROWS when `is_cut`."""
    is_first: bool
    """Whether its reader is told of it for the first time: what is there now is not new, what comes will be."""
    url: str | None
    """The whole answer on the site."""
    problem: str | None = None
    """Why there is no answer, in a sentence; no row is told or forgotten then."""
    is_cut: bool = False
    """Whether there are more than MOST_ROWS, of which we looked only at the first."""


@dataclass(frozen=True, slots=True)
class Question:
    """A query that can be asked."""

    description: str
    sql: str
    parameters: Mapping[str, str]
    url: str


@dataclass(frozen=True, slots=True)
class Blob:
    """A value that is no text, by its bytes."""

    length: int


class QueryError(Exception):
    """A query that was not answered. The message is a sentence for its reader."""


def ask_table(
    public: Database,
    kind: Literal["query", "sql"],
    value: str,
    parameters: Mapping[str, str],
    seen: Collection[bytes] | None,
    *,
    site_url: str,
    lang: Language = "id",
    seconds: float = SECONDS,
) -> tuple[Table, list[bytes]]:
    """The answer of a saved query (`value` is its name) or of SQL, and the hashes of rows that are not in `seen`.

    None as `seen` says that it was never asked: then nothing is new. A query that fails, takes longer than `seconds` or
    is no reading is told as a problem, with no hashes. It reads `public` alone and can change nothing.
    """
    site_url = site_url.rstrip("/")
    title = clean(choice_name(public, Choice(kind, value, dict(parameters)), lang))
    try:
        question = _find_question(kind, value, parameters, title, site_url, lang)
    except QueryError as problem:
        return _unanswered(title, "", None, str(problem)), []
    try:
        with _reading_only(public, seconds, lang) as confined:
            columns, rows, is_cut, hashes, total = confined.run(
                lambda connection: _ask(connection, question, seen or (), seconds), seconds
            )
    except QueryError as problem:
        return _unanswered(title, question.description, question.url, str(problem)), []
    is_first = seen is None
    shown, cells = _show(public, columns, rows[:FIRST_ROWS] if is_first else rows, site_url, lang)
    table = Table(
        title=title,
        description=question.description,
        columns=shown,
        rows=cells,
        new=0 if is_first else len(hashes),
        total=total,
        is_first=is_first,
        url=question.url,
        is_cut=is_cut,
    )
    return table, hashes


def tell_gone(title: str, lang: Language) -> Table:
    """A choice that is not in our data any more, told so."""
    return _unanswered(title, "", None, say("composing.gone", lang))


def fit_tables(tables: Sequence[Table]) -> list[Table]:
    """The tables with as many rows of each as there is room for in one letter; how many are new is told anyway.

    Where there are so many that not even all descriptions and addresses fit, the long ones are left out.
    """
    if sum(map(_head_bytes, tables)) > ROOM:
        tables = [replace(table, description="", url=_short_url(table.url)) for table in tables]
    for most in (SHOWN_ROWS, 20, 10, 5, 3, 2, 1):
        cut = [replace(table, rows=table.rows[:most]) for table in tables]
        if sum(_cell_bytes(cell) for table in cut for row in table.rows for cell in row) <= ROOM:
            return cut
    return [replace(table, rows=()) for table in tables]


def _head_bytes(table: Table) -> int:
    # The address stands twice in it: for the whole answer, and for the rows that are not shown.
    return len((table.title + table.description + (table.problem or "")).encode()) + 2 * len(table.url or "")


def _cell_bytes(cell: Cell) -> int:
    return len(cell.text.encode()) + len(cell.url or "") + CELL_BYTES


def _short_url(url: str | None) -> str | None:
    """The page for queries, where there is no room for one that is a query as a whole."""
    return url.partition("?")[0] if url and len(url) > SHORT_URL else url


def row_hash(row: Sequence[Any]) -> bytes:
    """16 bytes by which a row is known again, its values with their types.

    >>> row_hash((1, None)) == row_hash((1, None)), row_hash((1,)) == row_hash(("1",))
    (True, False)
    """
    digest = hashlib.blake2b(digest_size=16)
    for value in row:
        digest.update(f"{value!r}\n".encode("utf-8", "surrogatepass"))
    return digest.digest()


def _unanswered(title: str, description: str, url: str | None, problem: str) -> Table:
    return Table(title, description, (), (), 0, 0, False, url, problem)


def _find_question(
    kind: Literal["query", "sql"], value: str, parameters: Mapping[str, str], title: str, site: str, lang: Language
) -> Question:
    if kind == "sql":
        url = f"{site}/public?{_encoded({'sql': value, **parameters})}"
        url = url if len(url) <= LONGEST_URL else f"{site}/public"
        sql = " ".join(re.sub(r"^\s*--[^\n]*", "", value).split())
        return Question("" if title.endswith(sql) else shorten(sql, LONGEST_SQL), value, parameters, url)
    query = next((group[value] for group in grouped_queries().values() if value in group), None)
    if query is None:
        raise QueryError(say("tables.gone_query", lang, name=shorten(value, 80)))
    given = {name: parameters.get(name, "") for name in query.get("params", {})}
    return Question(
        description=_in_language(query["description"], lang),
        sql=query["sql"],
        parameters=given,
        url=f"{site}/public/{value}" + (f"?{_encoded(given)}" if any(given.values()) else ""),
    )


def _in_language(text: str, lang: Language) -> str:
    """One side of `Indonesian / English`.

    >>> _in_language("Tahapan satu daerah / The steps of one regency", "en")
    'The steps of one regency'
    """
    indonesian, _, english = text.partition(" / ")
    return english if lang == "en" and english else indonesian


def _encoded(values: Mapping[str, str]) -> str:
    return urlencode(values, quote_via=quote)


# Asking


def _ask(
    connection: sqlite3.Connection, question: Question, seen: Collection[bytes], seconds: float
) -> tuple[list[str], list[Sequence[Any]], bool, list[bytes], int]:
    """The columns, the first new rows, whether there are too many, the new hashes and the number of rows."""
    until = time.monotonic() + seconds
    # A parameter that is not given is empty, as on the site.
    cursor = connection.execute(question.sql, defaultdict(str, question.parameters))
    if cursor.description is None:
        raise sqlite3.DatabaseError("not authorized")
    new: dict[bytes, None] = {}
    rows: list[Sequence[Any]] = []
    total, is_cut = 0, False
    for row in cursor:
        if total == MOST_ROWS:
            is_cut = True
            break
        # A huge row takes few instructions of SQLite, which looks at the clock by them, and long to be told apart.
        if time.monotonic() > until:
            raise sqlite3.OperationalError("interrupted")
        total += 1
        digest = row_hash(row)
        if digest in seen or digest in new:
            continue
        new[digest] = None
        if len(rows) < SHOWN_ROWS:
            rows.append([_light(value) for value in row])
    cursor.close()
    return [column[0] for column in cursor.description], rows, is_cut, list(new), total


def _light(value: Any) -> Any:
    """What is shown of a value, without its whole length in memory."""
    match value:
        case str():
            return value[:LONGEST_KEPT]
        case bytes():
            return Blob(len(value))
    return value


@contextmanager
def _reading_only(public: Database, seconds: float, lang: Language) -> Iterator[Confined]:
    """The connection as one of a stranger, as the site has it: it only reads, and nothing on it takes long."""
    connection: sqlite3.Connection = public.conn
    former = {limit: connection.getlimit(limit) for limit in LIMITS}
    row_factory = connection.row_factory
    connection.create_function("escape_fts", 1, escape_fts)  # Datasette gives it to queries on the site
    confined = Confined(connection)
    connection.row_factory = None  # rows are looked at one by one, so an answer may have many
    try:
        yield confined
    except sqlite3.OperationalError as error:
        if "interrupted" in str(error):
            raise QueryError(say("tables.slow", lang, seconds=f"{seconds:g}")) from error
        raise _failed(error, lang) from error
    except MemoryError as error:
        raise QueryError(say("tables.large", lang)) from error
    except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError) as error:
        raise _failed(error, lang) from error
    finally:
        connection.set_authorizer(None)
        connection.row_factory = row_factory
        for limit, most in former.items():
            connection.setlimit(limit, most)


def _failed(error: Exception, lang: Language) -> QueryError:
    said = clean(str(error))
    if said == "not authorized" or "prohibited" in said or "one statement" in said:
        return QueryError(say("tables.refused", lang))
    return QueryError(say("tables.failed", lang, error=shorten(said, 200)))


# Showing


def _show(
    public: Database, columns: Sequence[str], rows: Sequence[Sequence[Any]], site: str, lang: Language
) -> tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]:
    """The columns and cells to show; those that only say where something stands are the links of others."""
    article = next((name for name in ("evidence_article_id", "article_id") if name in columns), None)
    is_proved = "evidence" in columns and article is not None and "evidence_number" in columns
    headline = next((name for name in ("title", "outlet_name") if name in columns), None) if "url" in columns else None
    hidden = {"event_id"}
    if is_proved and article:
        hidden |= {article, "evidence_number"}
    if headline:
        hidden.add("url")
    shown = [place for place, name in enumerate(columns) if name not in hidden] or list(range(len(columns)))
    told = []
    for row in rows:
        values = dict(zip(columns, row, strict=True))
        cells = {place: Cell(_text(row[place], lang)) for place in shown}
        if is_proved and article:
            _link(cells, columns, "evidence", _proof_url(public, values[article], values["evidence_number"], site))
        address = _outside_url(values.get("url"))
        if headline:
            _link(cells, columns, headline, address)
        elif address:
            place = columns.index("url")
            cells[place] = Cell(urlsplit(address).netloc, address)
        if values.get("event_id"):
            free = next((place for place in shown if cells[place].text and not cells[place].url), None)
            if free is not None:
                cells[free] = replace(cells[free], url=f"{site}/peristiwa/{quote(str(values['event_id']))}")
        told.append(tuple(cells[place] for place in shown))
    return tuple(shorten(columns[place].replace("_", " "), 60) for place in shown), tuple(told)


def _link(cells: dict[int, Cell], columns: Sequence[str], name: str, url: str | None) -> None:
    place = columns.index(name) if name in columns else None
    if url and place in cells and cells[place].text:
        cells[place] = replace(cells[place], url=url)


def _proof_url(public: Database, article_id: Any, number: Any, site: str) -> str | None:
    row = first(public, "select anchor from evidence where article_id = ? and number = ?", article_id, number)
    return evidence_url(site, str(article_id), row["anchor"]) if row else None


def _outside_url(value: Any) -> str | None:
    return value if isinstance(value, str) and is_web(value) else None


def _text(value: Any, lang: Language) -> str:
    """A value as text on one line.

    >>> [_text(value, "en") for value in (None, 0.123456, 12, Blob(3), " a\\n b ")]
    ['', '0.1235', '12', '(3 bytes)', 'a b']
    """
    match value:
        case None:
            return ""
        case Blob(length):
            return say("tables.bytes", lang, n=length)
        case float():
            return str(round(value, 4))
    return shorten(str(value), LONGEST_CELL)
