"""What a query that a stranger wrote may do on a connection to public.db, and how much of the machine it may take.

SQLite looks at the clock only where a query jumps, so a time limit alone ends neither one long call nor many calls one
after the other; hence calls are short (the length of a value) and few (the functions that look through a value).
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from db.connect import MOST_MEMORY, limit_memory

T = TypeVar("T")
# sqlite-utils puts a savepoint around what it asks; on a file that cannot be written that changes nothing.
READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE, sqlite3.SQLITE_SAVEPOINT}
ABOUT_TABLES = {
    "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list",
    "database_list",
}  # fmt: skip
"""Pragmas that tell what the tables are, which Datasette asks too; others change things."""
PATH = ("pragma_database_list", "file")
"""The column that tells where on this machine the file lies: there it is null."""
ASKED_INSIDE = {
    ("schema_version", None), ("data_version", None), ("recursive_triggers", "on"),
    ("hard_heap_limit", str(MOST_MEMORY)),
}  # fmt: skip
"""What Datasette, the full-text index, sqlite-utils and limit_memory() say; it changes nothing."""
NO_FUNCTIONS = {"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "sqlite_log"}
"""Functions that reach beyond the database, or tell where in the memory things lie."""
NO_TABLES = {"dbstat", "sqlite_dbpage", "sqlite_stmt", "bytecode", "tables_used"}
"""What SQLite tells of itself."""
SCANNING = {"like", "glob", "instr", "replace", "trim", "ltrim", "rtrim"}
"""Functions that take as long as two values are long, one times the other."""
WIDEST = 1000
"""Characters that printf() and format() may fill a value up to: they take as long as the number that they are given."""
PLACE = re.compile(r"%%|%(?:[^%a-zA-Z]|l)*")
"""A place of a format where a value is put, without the letter that ends it."""
MOST_SCANS = 24
MOST_CALLS = 300
"""Places in a query that call a function."""
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 128 * 1024,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 20_000,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 25_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
}
TOO_BIG = "x" * (LIMITS[sqlite3.SQLITE_LIMIT_LENGTH] + 1)
"""What SQLite takes from no function: the query ends with its own error."""
MOST_CELLS = 200_000
MOST_BYTES = 16 * 1024 * 1024
"""Of all rows of an answer together: what is made of them stands in memory, and is written while others wait."""


def confine(connection: sqlite3.Connection, count: Callable[[str], bool] = lambda name: True) -> None:
    """Let a connection read what the tables say, and nothing else; `count` says whether one more function may be used.

    What is refused is a DatabaseError "not authorized".
    """
    connection.set_authorizer(None)
    limit_memory(connection)
    # What is no plain table declares itself when it is asked first, which one who only reads may not do.
    indexes = connection.execute("select name from sqlite_master where sql like 'create virtual table%'").fetchall()
    for name in [*(row[0] for row in indexes), "json_each", "json_tree", *(f"pragma_{one}" for one in ABOUT_TABLES)]:
        connection.execute(f'select 1 from "{name}" limit 0')

    def allow(action: int, first: str | None, second: str | None, schema: str | None, trigger: str | None) -> int:
        match action:
            case sqlite3.SQLITE_FUNCTION:
                is_allowed = second not in NO_FUNCTIONS and count(second or "")
            case sqlite3.SQLITE_READ if (first, second) == PATH:
                return sqlite3.SQLITE_IGNORE
            case sqlite3.SQLITE_READ:
                is_allowed = first not in NO_TABLES
            case sqlite3.SQLITE_PRAGMA:
                is_allowed = first in ABOUT_TABLES or (first, second) in ASKED_INSIDE
            case _:
                is_allowed = action in READING
        return sqlite3.SQLITE_OK if is_allowed else sqlite3.SQLITE_DENY

    connection.set_authorizer(allow)


class Confined:
    """A connection on which one stranger's query after the other runs, each with the same to spend.

    Its rows are sqlite3.Row; who takes them one by one may set another row factory, and then no answer is too large.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._calls = self._scans = self._cells = self._bytes = 0
        self._runs = threading.Lock()
        self._number = 0
        confine(connection, self._count_call)
        for category, most in LIMITS.items():
            connection.setlimit(category, most)
        # SQLite's own take as long as both values are long, one times the other.
        for name, at_start, at_end in (("trim", True, True), ("ltrim", True, False), ("rtrim", False, True)):
            connection.create_function(name, 2, _stripping(at_start, at_end), deterministic=True)
        for name in ("printf", "format"):
            connection.create_function(name, -1, _formatting(), deterministic=True)
        connection.row_factory = self._take_row

    def run(self, ask: Callable[[sqlite3.Connection], T], seconds: float) -> T:
        """What `ask` makes of the connection. After `seconds` its query is an OperationalError "interrupted".

        Raises MemoryError where the answer is too large.
        """
        self._calls = self._scans = self._cells = self._bytes = 0
        with self._stopped_after(seconds):
            return ask(self.connection)

    @contextmanager
    def _stopped_after(self, seconds: float) -> Iterator[None]:
        with self._runs:
            self._number += 1
            number = self._number
        # Datasette looks at the clock only after a thousand steps of a query, each of which may take long.
        timer = threading.Timer(seconds, self._interrupt, [number])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            with self._runs:
                self._number += 1

    def _interrupt(self, number: int) -> None:
        with self._runs:
            if number == self._number:
                self.connection.interrupt()

    def _count_call(self, name: str) -> bool:
        self._calls += 1
        self._scans += name.lower() in SCANNING
        return self._calls <= MOST_CALLS and self._scans <= MOST_SCANS

    def _take_row(self, cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> sqlite3.Row:
        self._cells += len(row)
        self._bytes += sum(len(value) for value in row if isinstance(value, str | bytes))
        if self._cells > MOST_CELLS or self._bytes > MOST_BYTES:
            raise MemoryError("the answer is too large")
        return sqlite3.Row(cursor, row)


def _stripping(at_start: bool, at_end: bool) -> Callable[[object, object], str | None]:
    def stripped(told: object, characters: object) -> str | None:
        if told is None or characters is None:
            return None
        text, unwanted = str(told), set(str(characters))
        start, end = 0, len(text)
        while at_start and start < end and text[start] in unwanted:
            start += 1
        while at_end and start < end and text[end - 1] in unwanted:
            end -= 1
        return text[start:end]

    return stripped


def _formatting() -> Callable[..., str | None]:
    """SQLite's printf(), for widths and precisions that stand in the format and are no more than WIDEST.

    What asks for more is too big.
    """
    own = sqlite3.connect(":memory:", check_same_thread=False)

    def formatted(*values: object) -> str | None:
        for place in PLACE.findall(str(values[0])) if values else ():
            if "*" in place or any(int(number[:9]) > WIDEST for number in re.findall(r"\d+", place)):
                return TOO_BIG
        marks = ",".join("?" * len(values))
        told: str | None = own.execute(f"select printf({marks})", values).fetchone()[0]
        return told

    return formatted
