"""What a letter can follow, as addresses and forms of the site say it, with the name that readers know it by."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from sqlite_utils import Database

from db.mailing.subscribers import MOST_SUBSCRIPTIONS, Choice, Subscription
from publish.dates_id import Language
from publish.letters.scopes import find_scope
from publish.mail.choices import KINDS, Candidate, ChoiceError, choice_name, parse_choice
from publish.serving.release import as_research

T = TypeVar("T")
NAMED = {word: kind for kind, word in KINDS.items()}
"""The kinds of choices, by the parameter of an address that names one; it may be there several times."""
VALUES = "nilai"
"""The parameter that holds the values for a query's own parameters, as a query string."""
MOST = MOST_SUBSCRIPTIONS
MOST_MISREAD = 3
"""After as many the rest is not looked at: what may have been meant is sought among all names."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice that can be followed."""

    choice: Choice
    name: Mapping[Language, str]
    page: str
    """Where the site shows it: a path, with its query; empty where it is not there any more."""

    @property
    def told(self) -> str:
        """The choice as a form sends it back."""
        return json.dumps([self.choice.kind, self.choice.value, self.choice.parameters], ensure_ascii=False)

    @property
    def place(self) -> str | None:
        """The code of the regency or province, of a choice of one."""
        return self.choice.value if self.choice.kind in ("regency", "province") else None


@dataclass(frozen=True, slots=True)
class Misread:
    """What was written and is not one thing to follow."""

    parameter: str
    """As in an address, such as `daerah`."""
    written: str
    error: ChoiceError
    candidates: tuple[Candidate, ...]


@dataclass(slots=True)
class Reading:
    """What the words of an address or a form came to."""

    chosen: list[Chosen] = field(default_factory=list)
    """Each once, in their order."""
    misread: list[Misread] = field(default_factory=list)

    def add(self, found: Chosen) -> None:
        """Take one more, once."""
        if found.choice not in [one.choice for one in self.chosen]:
            self.chosen.append(found)


async def read_choices(datasette: Any, written: Sequence[tuple[str, str]]) -> Reading:
    """What pairs of a parameter and a value ask for, MOST + 1 at most; other parameters are passed over."""
    values = dict(parse_qsl(next((value for name, value in written if name == VALUES), ""), keep_blank_values=True))
    asked = [(name, value.replace("\0", " ").strip()) for name, value in written if name in NAMED]
    reading = Reading()
    for name, value in [pair for pair in asked if pair[1]][: MOST + 1]:
        kind = NAMED[name]
        try:
            reading.add(await _find(datasette, kind, value, values if kind in ("query", "sql") else None))
        except ChoiceError as error:
            reading.misread.append(Misread(name, value[:200], error, error.candidates))
            if len(reading.misread) == MOST_MISREAD:
                break
    return reading


async def read_told(datasette: Any, told: Sequence[str]) -> tuple[list[Chosen], bool]:
    """The choices that a form sent back, and whether each is one; MOST + 1 at most."""
    found, gone = [], 0
    for one in told[: MOST + 1]:
        chosen = await _read_told(datasette, one)
        if chosen:
            found.append(chosen)
        elif (gone := gone + 1) == MOST_MISREAD:
            break
    return found, gone == 0


async def _read_told(datasette: Any, told: str) -> Chosen | None:
    try:
        kind, value, parameters = json.loads(told)
        texts = [kind, value, *parameters, *parameters.values()]
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    if not all(isinstance(text, str) and "\0" not in text for text in texts) or kind not in KINDS:
        return None
    try:
        return await _find(datasette, kind, value, parameters)
    except ChoiceError:
        return None


async def _find(datasette: Any, kind: str, value: str, parameters: Mapping[str, str] | None) -> Chosen:
    """What a kind and a value choose. Raises ChoiceError."""

    def find(db: Database) -> Chosen:
        return _named(db, parse_choice(db, kind, value, parameters))

    if kind != "sql":
        return await ask_public(datasette, find)
    # Only to prepare what a reader wrote may take SQLite long.
    try:
        with as_research():
            return await ask_public(datasette, find)
    except (sqlite3.Error, MemoryError) as error:
        raise ChoiceError("choice.sql", reason=str(error) or "out of memory") from error


async def name_choices(datasette: Any, choices: Sequence[Choice | Subscription]) -> list[Chosen]:
    """What choices that were kept are called, in their order."""
    wanted = [Choice(one.kind, one.value, one.parameters) for one in choices]
    return await ask_public(datasette, lambda db: [_named(db, choice) for choice in wanted])


def _named(db: Database, choice: Choice) -> Chosen:
    name: dict[Language, str] = {language: choice_name(db, choice, language) for language in ("id", "en")}
    return Chosen(choice, name, _page(db, choice))


def _page(db: Database, choice: Choice) -> str:
    if choice.kind == "sql":
        return f"/public?{urlencode({'sql': choice.value, **choice.parameters})}"
    if choice.kind == "query":
        return f"/public/{choice.value}" + (f"?{urlencode(choice.parameters)}" if choice.parameters else "")
    scope = find_scope(db, choice.kind, choice.value)
    return scope.path if scope else ""


async def ask_public(datasette: Any, work: Callable[[Database], T]) -> T:
    """What `work` answers of public.db, on one of Datasette's threads and connections."""

    def ask(connection: sqlite3.Connection) -> T:
        return work(Database(connection))

    answer: T = await datasette.get_database().execute_fn(ask)
    return answer
