"""The fields of a fact as a form: what can be chosen, what is written there now, and what a reviewer changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from db.reviewing.facts import CHOICES, KINDS, Content, FactError
from publish.dates_id import MONTHS

FieldForm = Literal["text", "lines", "select", "regency", "date", "number"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form."""

    name: str
    form: FieldForm
    value: str
    """As it is written in the form."""
    options: tuple[str, ...] = ()
    """Of a select; the empty one means that nothing is said."""
    words: str = ""
    """What the key of an option's words begins with."""
    is_needed: bool = False

    @property
    def label(self) -> str:
        """The key of its label."""
        return f"field.{self.name}"


FORMS: Mapping[str, FieldForm] = {
    "regency_code": "regency",
    "start_date": "date",
    "end_date": "date",
    "published_at": "date",
    "edition": "number",
    "value": "number",
    "text": "lines",
}

OPTIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "stage_code": ("", CHOICES["stage_code"]),
    "mode": ("mode.", ("", *CHOICES["mode"])),
    "status": ("status.", CHOICES["status"]),
    "is_main": ("field.is_main.", ("ya", "tidak")),
    "is_quoted": ("field.yes.", ("ya", "tidak")),
    "is_relevant": ("field.is_relevant.", ("ya", "tidak")),
    "acting": ("acting.", ("", *CHOICES["acting"])),
    "kind": ("field.kind.", CHOICES["kind"]),
    "bound": ("field.bound.", ("", *CHOICES["bound"])),
    "role": ("role.", CHOICES["role"]),
}

NEEDED = frozenset(("stage_code", "name", "text", "value", "unit", "regency_code of regency"))

ORDER: Mapping[str, tuple[str, ...]] = {
    "event": ("stage_code", "regency_code", "start_date", "end_date", "date_reason", "status", "mode", "venue",
              "edition", "is_main"),
    "article": ("is_relevant",),
    "date": ("published_at",),
}  # fmt: skip
"""Fields in the order of the form, where that is not the order in which they are kept."""


def fields_of(kind: str, said: Content, names: Mapping[str, str]) -> list[Field]:
    """The fields of a kind of fact, filled with what it says; regencies by their names, `names` by code."""
    told = said | {"regency_code": names.get(said.get("regency_code") or "", said.get("regency_code"))}
    return [_field(kind, name, told.get(name)) for name in ORDER.get(kind) or KINDS[kind].fields]


def _field(kind: str, name: str, value: object) -> Field:
    words, options = OPTIONS.get(name, ("", ()))
    form = "select" if options else FORMS.get(name, "text")
    if name == "is_relevant" and value is None:
        options = ("", *options)
    return Field(name, form, shown(value), options, words, name in NEEDED or f"{name} of {kind}" in NEEDED)


def shown(value: object) -> str:
    """A value as a form has it.

    >>> shown(True), shown(None), shown(["S.Kom.", "M.M."]), shown(100.0), shown(3.25)
    ('ya', '', 'S.Kom., M.M.', '100', '3.25')
    """
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def read_changes(kind: str, said: Content, form: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """What a form says otherwise than the fact, by field; a field that the form lacks is as it was.

    A decimal comma is a point, as people here write it.
    """
    changes = {}
    for field in fields_of(kind, said, names):
        typed = form.get(f"f-{field.name}")
        if typed is not None and typed != field.value:
            changes[field.name] = re.sub(r"^(-?\d+),(\d+)$", r"\1.\2", typed) if field.form == "number" else typed
    return changes


def date_problem(typed: str) -> tuple[str, dict[str, Any]]:
    """What is wrong with a date that somebody typed: the key of the words, and their values.

    >>> date_problem("2023-02-30")
    ('desk.date.no_day', {'day': '30', 'month': '02', 'year': '2023', 'last': '28'})
    >>> date_problem("3/11/2023"), date_problem("3 November 2023")
    (('desk.date.turned', {'iso': '2023-11-03'}), ('desk.date.turned', {'iso': '2023-11-03'}))
    >>> date_problem("2023-13-01"), date_problem("kemarin")
    (('desk.date.no_month', {'month': '13'}), ('desk.date.unreadable', {'typed': 'kemarin'}))
    """
    typed = typed.strip()
    if iso := _turned(typed):
        return "desk.date.turned", {"iso": iso}
    told = re.fullmatch(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?", typed)
    if told is None:
        return "desk.date.unreadable", {"typed": typed[:40]}
    year, month, day = told.groups()
    if not 1 <= int(month) <= 12:
        return "desk.date.no_month", {"month": month}
    if day and _as_date(int(year), int(month), int(day)) is None:
        last = max(n for n in range(28, 32) if _as_date(int(year), int(month), n)) if int(year) else 31
        return "desk.date.no_day", {"day": day, "month": month, "year": year, "last": str(last)}
    return "desk.date.digits", {"iso": "-".join(part.zfill(2) for part in (year, month, day) if part)}


def _turned(typed: str) -> str | None:
    """The ISO form of a date that is written as people write it."""
    told = re.fullmatch(r"(\d{1,2})[/.\- ]+(\d{1,2}|[A-Za-z]+)[/.\- ]+(\d{4})", typed)
    if told is None:
        return None
    day, month, year = told.groups()
    number = int(month) if month.isdigit() else _month(month)
    found = _as_date(int(year), number, int(day)) if number else None
    return found.isoformat() if found else None


def _month(name: str) -> int | None:
    names = [(n, one) for language in MONTHS.values() for n, one in enumerate(language, 1)]
    found = {n for n, one in names if len(name) >= 3 and one.casefold().startswith(name.casefold())}
    return found.pop() if len(found) == 1 else None


def _as_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def fact_problem(error: FactError) -> tuple[str, dict[str, Any]]:
    """The words for what a fact cannot say: their key, and their values."""
    if error.problem in ("date", "instant"):
        return date_problem(str(error.seen))
    seen = str(error.seen)[:80] if error.seen is not None else ""
    return f"desk.wrong.{error.problem}", {"field": error.field, "seen": seen}
