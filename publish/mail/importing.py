"""Readers from a table: a CSV file in which every line is checked before anything is written down."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Literal, cast
from urllib.parse import parse_qsl

from sqlite_utils import Database

from db.connect import transaction
from db.mailing.subscribers import (
    MOST_SUBSCRIPTIONS,
    Cadence,
    Choice,
    Lang,
    SubscriberError,
    Zone,
    ask,
    find_subscriber,
    is_refused,
    read_requests,
    read_subscriptions,
)
from publish.dates_id import Language
from publish.mail.addresses import clean_name, parse_address
from publish.mail.choices import parse_choice
from publish.mail.refusals import RefusalError, say

COLUMNS = ("email", "name", "lang", "zone", "cadence", "kind", "value", "parameters")
"""All but the first may be left out, or be empty on a line."""
WORDS: Mapping[str, Mapping[str, str]] = {
    "lang": {"id": "id", "en": "en"},
    "zone": {"wib": "WIB", "wita": "WITA", "wit": "WIT"},
    "cadence": {"weekly": "weekly", "daily": "daily", "mingguan": "weekly", "harian": "daily"},
}
"""What may stand in a column, in lower case, and what it means."""
BATCH = 200
"""Readers written down in one transaction: whoever unsubscribes meanwhile waits for no more."""

Outcome = Literal["added", "extended", "same", "refused"]


@dataclass(slots=True)
class Row:
    """A reader of a table, from all the lines of her address."""

    line: int
    """The first of them; the header is line 1."""
    email: str
    name: str | None = None
    lang: Lang | None = None
    """None where no line says it."""
    zone: Zone | None = None
    choices: dict[tuple[str, str, str], tuple[Choice, Cadence]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that cannot be taken."""

    line: int
    error: RefusalError

    def say(self, lang: Language) -> str:
        """One line."""
        return say("import.line", lang, line=self.line, reason=self.error.say(lang))


class TableError(ValueError):
    """A table with lines that cannot be taken, in their order; as text in English, a line each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(problem.say("en") for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a reader of a table."""

    line: int
    email: str
    outcome: Outcome
    """`added`: she is new; `extended`: she gets more than before; `same`: she had all of it, or was asked for it;
    `refused`: nothing was done, for `reason`."""
    reason: str | None = None


def read_table(public_db: Database, content: bytes) -> list[Row]:
    """The readers of a CSV file in UTF-8, in the order of their first lines; cells are parted by commas, semicolons or
    tabs, as the header is.

    Several lines of one address are several choices of one reader; a line without a kind asks for everything.
    Parameters are written as in an address: kode=62.02&hari=2026-11-20. Raises TableError with every line that cannot
    be taken.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError([Problem(content.count(b"\n", 0, error.start) + 1, RefusalError("import.utf8"))]) from error
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    problems: list[Problem] = []
    readers: dict[str, Row] = {}
    choices: dict[tuple[str, ...], Choice | RefusalError] = {}
    columns: list[str] = []
    line = 1
    while True:
        try:
            cells = next(lines, None)
        except csv.Error as error:
            problems.append(Problem(line, RefusalError("import.csv", reason=str(error))))
            break
        if cells is None and columns:
            break
        try:
            if cells is None or not columns:
                columns = _read_header(cells or [])
            elif any(cell.strip() for cell in cells):
                _read_line(public_db, line, columns, cells, readers, choices)
        except RefusalError as error:
            problems.append(Problem(line, error))
            if not columns:
                break
        line = lines.line_num + 1
    if problems:
        raise TableError(problems)
    return list(readers.values())


def import_each(db: Database, readers: Iterable[Row], now: datetime, *, is_confirmed: bool) -> Iterator[Imported]:
    """Write the readers of a table down, and say of each what became of it.

    Where consent exists already (`is_confirmed`) their letters begin; all others are asked by a letter first. Whoever
    has it all, or was asked for it, is left as she is, so the same table again changes nothing. Who left, complained or
    cannot be reached is refused. A run that is killed has written the first of them down; the next one does the rest.
    """
    left = iter(readers)
    while batch := list(islice(left, BATCH)):
        with transaction(db):
            done = [_import(db, reader, now, is_confirmed) for reader in batch]
        yield from done


def _import(db: Database, reader: Row, now: datetime, is_confirmed: bool) -> Imported:
    known = find_subscriber(db, reader.email)
    if reason := is_refused(db, reader.email):
        return Imported(reader.line, reader.email, "refused", reason)
    had: set[tuple[str, ...]] = set()
    if known:
        had = {_key(Choice(s.kind, s.value, s.parameters), s.cadence) for s in read_subscriptions(db, known.id)}
        had |= {_key(choice, cadence) for request in read_requests(db, known.id) for choice, cadence in request.choices}
    wanted = [one for one in reader.choices.values() if _key(*one) not in had]
    if known and not wanted and (known.state == "active" or not is_confirmed):
        return Imported(reader.line, reader.email, "same")
    try:
        with _undone_where_refused(db):
            ask(
                db,
                reader.email,
                wanted or list(reader.choices.values()),
                name=reader.name,
                lang=reader.lang or "id",
                zone=reader.zone or "WIB",
                origin="import",
                now=now,
                is_confirmed=is_confirmed,
            )
    except SubscriberError as error:
        return Imported(reader.line, reader.email, "refused", str(error))
    return Imported(reader.line, reader.email, "extended" if known else "added")


@contextmanager
def _undone_where_refused(db: Database) -> Iterator[None]:
    db.execute("savepoint reader")
    try:
        yield
    except SubscriberError:
        db.execute("rollback to reader")
        raise
    finally:
        db.execute("release reader")


# Lines


def _read_header(cells: Sequence[str]) -> list[str]:
    columns = [cell.strip().lower() for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    unknown = [column for column in columns if column not in COLUMNS or columns.count(column) > 1]
    if unknown or "email" not in columns:
        raise RefusalError("import.header", columns=", ".join(COLUMNS), unknown=", ".join(unknown) or "–")
    return columns


def _read_line(
    public_db: Database,
    line: int,
    columns: Sequence[str],
    cells: Sequence[str],
    readers: dict[str, Row],
    choices: dict[tuple[str, ...], Choice | RefusalError],
) -> None:
    """Add what a line says to the readers; raises RefusalError, and then adds nothing."""
    if any(cell.strip() for cell in cells[len(columns) :]):
        raise RefusalError("import.cells", count=len(columns))
    told = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
    email = parse_address(told["email"])
    meant = {column: _word(column, told.get(column, "")) for column in WORDS}
    asked = (told.get("kind") or "all", told.get("value", ""), told.get("parameters", ""))
    if asked[0] == "all" and asked[1]:
        raise RefusalError("import.kind", written=asked[1])
    if asked not in choices:
        choices[asked] = _choice(public_db, *asked)
    choice = choices[asked]
    if isinstance(choice, RefusalError):
        raise choice
    reader = readers.get(email.lower(), Row(line, email))
    name = clean_name(told.get("name")) or reader.name
    for column, before, now in (
        ("name", reader.name, name), ("lang", reader.lang, meant["lang"]), ("zone", reader.zone, meant["zone"]),
    ):  # fmt: skip
        if before and now and before != now:
            raise RefusalError("import.otherwise", column=column, now=now, before=before, line=reader.line)
    cadence = cast(Cadence, meant["cadence"] or "weekly")
    same = reader.choices.get(_same(choice))
    if same and same[1] != cadence:
        raise RefusalError("import.cadence")
    if len(reader.choices) == MOST_SUBSCRIPTIONS and not same:
        raise RefusalError("import.many", most=MOST_SUBSCRIPTIONS)
    reader.choices[_same(choice)] = (choice, cadence)
    reader.name = name
    reader.lang = cast(Lang | None, meant["lang"] or reader.lang)
    reader.zone = cast(Zone | None, meant["zone"] or reader.zone)
    readers[email.lower()] = reader


def _word(column: str, written: str) -> str | None:
    if not written:
        return None
    if meant := WORDS[column].get(written.lower()):
        return meant
    raise RefusalError("import.word", column=column, written=written, words=", ".join(WORDS[column]))


def _choice(public_db: Database, kind: str, value: str, parameters: str) -> Choice | RefusalError:
    try:
        told = dict(parse_qsl(parameters, keep_blank_values=True, strict_parsing=True)) if parameters else {}
    except ValueError:
        return RefusalError("import.parameters", written=parameters)
    try:
        return parse_choice(public_db, kind, value, told)
    except RefusalError as error:
        return error


def _same(choice: Choice) -> tuple[str, str, str]:
    return choice.kind, choice.value, repr(sorted(choice.parameters.items()))


def _key(choice: Choice, cadence: Cadence) -> tuple[str, str, str, str]:
    return *_same(choice), cadence
