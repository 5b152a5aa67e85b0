"""The facts that people can decide about: where they are kept, what they say, and what they may say."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from sqlite_utils import Database

from db.reviewing.anchors import around
from db.rows import first
from nlp.extraction import Acting, Bound, FigureKind, Mode, Stage, Status

Content = dict[str, Any]
"""What a fact says, by field, as JSON would have it; neither where it stands nor how sure it is."""
Row = dict[str, Any]


class FactError(ValueError):
    """What somebody wants a fact to say cannot be said: the message names the field, what was seen, what is allowed.

    `problem`, `field` and `seen` tell the same to whoever says it in other words; `among` are the codes that it may be.
    """

    def __init__(
        self, message: str, problem: str = "value", field: str = "", seen: object = None, among: Sequence[str] = ()
    ) -> None:
        super().__init__(message)
        self.problem = problem
        self.field = field
        self.seen = seen
        self.among = among


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fact and its table."""

    table: str
    fields: tuple[str, ...]
    identity: tuple[str, ...]
    """The fields that tell one fact of an article from another."""
    kin: tuple[str, ...]
    """The fields in which a fact and what became of it in an edited text agree."""


KINDS: Mapping[str, Kind] = {
    "event": Kind(
        "event_mentions",
        ("stage_code", "regency_code", "start_date", "end_date", "date_reason", "edition", "venue", "mode", "is_main",
         "status"),
        ("stage_code", "regency_code", "start_date"),
        ("stage_code", "regency_code"),
    ),
    "official": Kind(
        "officials",
        ("name", "prefix", "degrees", "position", "acting", "organization", "regency_code", "represents", "is_quoted"),
        ("name",),
        ("name",),
    ),
    "quote": Kind("quotes", ("speaker_name", "text"), ("text",), ("text",)),
    "figure": Kind(
        "figures", ("kind", "value", "unit", "bound", "about", "text"), ("text", "value", "unit"), ("kind", "unit")
    ),
    "regency": Kind("article_regencies", ("regency_code", "role"), ("regency_code",), ("regency_code",)),
}  # fmt: skip
"""Kinds of facts that are rows; what an article is about and when it was published are `article` and `date`."""

TRUTHS = frozenset(("is_main", "is_quoted"))

CHOICES: Mapping[str, tuple[str, ...]] = {
    "stage_code": get_args(Stage),
    "mode": get_args(Mode),
    "status": get_args(Status),
    "acting": get_args(Acting),
    "kind": get_args(FigureKind),
    "bound": get_args(Bound),
    "role": ("subject", "mention"),
}
"""What fields may say that have a closed list, in its order."""


def content(kind: str, row: Row) -> Content:
    """What a row says."""
    said = {field: row[field] for field in KINDS[kind].fields}
    for field in TRUTHS & said.keys():
        said[field] = bool(said[field])
    if "degrees" in said:
        said["degrees"] = json.loads(said["degrees"])
    return said


def columns(said: Content) -> Row:
    """A content as the columns of its row."""
    row = {field: int(value) if field in TRUTHS else value for field, value in said.items()}
    if "degrees" in row:
        row["degrees"] = json.dumps(row["degrees"], ensure_ascii=False)
    return row


def identity(kind: str, said: Content) -> tuple[Any, ...]:
    """What tells a fact from others of its article."""
    return tuple(said[field] for field in KINDS[kind].identity)


def kin(kind: str, said: Content) -> tuple[Any, ...]:
    """What a fact shares with that which became of it."""
    return tuple(said[field] for field in KINDS[kind].kin)


def fact_id(article: str, kind: str, said: Content) -> str:
    """A stable name of a fact: the article's id and 8 hex digits of what it says."""
    told = json.dumps([kind, said], ensure_ascii=False, sort_keys=True)
    return f"{article}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of an article as it stands in the rows, with the sentence that proves it."""

    article_id: str
    kind: str
    said: Content
    sentence: str | None
    before: str
    after: str
    start: int | None
    """Of the sentence, in the text that says it."""
    end: int | None
    words: str | None
    """The words within the sentence that name it."""
    is_former: bool
    """Whether only a former version of the page says it."""
    confidence: float
    correction_id: int | None
    model: str

    @property
    def id(self) -> str:
        return fact_id(self.article_id, self.kind, self.said)


def read_facts(db: Database, article: str) -> list[Fact]:
    """The facts of an article's rows, by kind and in the order of the text."""
    held = first(
        db,
        "select text, model from articles join extractions on article_id = id where id = ?",
        article,
    )
    if held is None:
        return []
    sentences = {
        row["number"]: row
        for row in db.query(
            'select number, start, "end", text, is_former from evidence where article_id = ?', [article]
        )
    }
    return [
        _build_fact(article, kind, row, sentences.get(row["evidence_number"]), held)
        for kind, spec in KINDS.items()
        for row in db.query(f"select * from {spec.table} where article_id = ? order by 1, 2", [article])
    ]


def _build_fact(article: str, kind: str, row: Row, sentence: Row | None, held: Row) -> Fact:
    is_former = bool(sentence and sentence["is_former"])
    words = None
    if sentence and not is_former and kind in ("official", "quote", "figure"):
        words = held["text"][row["start"] : row["end"]]
    before, after = around(held["text"], sentence["start"], sentence["end"]) if sentence and not is_former else ("", "")
    return Fact(
        article,
        kind,
        content(kind, row),
        sentence["text"] if sentence else None,
        before,
        after,
        sentence["start"] if sentence else None,
        sentence["end"] if sentence else None,
        words,
        is_former,
        row["confidence"],
        row["correction_id"],
        held["model"],
    )


# What people may write


def _nothing(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _truth(value: object) -> object:
    return {"ya": True, "tidak": False}.get(value.strip().casefold(), value) if isinstance(value, str) else value


def _iso_date(value: object) -> object:
    if value is None:
        return None
    text = str(value)
    try:
        if len(text) in (4, 7, 10):
            date.fromisoformat(text + "0000-01-01"[len(text) :])
            return text
    except ValueError:
        pass
    raise PydanticCustomError("date", f"no day, month or year: {text!r}; one reads 2023-11-03, 2023-11 or 2023")


def _degrees(value: object) -> object:
    if value is None:
        return []
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Text = Annotated[str, Field(min_length=1)]
Optional = Annotated[str | None, BeforeValidator(_nothing)]
Truth = Annotated[bool, BeforeValidator(_truth)]
IsoDate = Annotated[str | None, BeforeValidator(_iso_date), BeforeValidator(_nothing)]


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class EventSaid(_Said):
    """A step of a regency; dates are days, months or years."""

    stage_code: Stage
    regency_code: Optional = None
    start_date: IsoDate = None
    end_date: IsoDate = None
    date_reason: Optional = None
    edition: Annotated[Annotated[int, Field(ge=2017, le=2100)] | None, BeforeValidator(_nothing)] = None
    venue: Optional = None
    mode: Annotated[Mode | None, BeforeValidator(_nothing)] = None
    is_main: Truth = True
    status: Status = "held"

    @model_validator(mode="after")
    def _dates_fit(self) -> EventSaid:
        if self.start_date is None and (self.end_date is not None or self.date_reason is None):
            raise PydanticCustomError("undated", "without start_date there is no end_date, and date_reason says why")
        if self.start_date and self.end_date and self.end_date < self.start_date[: len(self.end_date)]:
            raise PydanticCustomError(
                "end_before_start", f"end_date {self.end_date} is before start_date {self.start_date}"
            )
        return self


class OfficialSaid(_Said):
    """A person; `degrees` are written with commas between them."""

    name: Text
    prefix: Optional = None
    degrees: Annotated[list[str], BeforeValidator(_degrees)] = []
    position: Optional = None
    acting: Annotated[Acting | None, BeforeValidator(_nothing)] = None
    organization: Optional = None
    regency_code: Optional = None
    represents: Optional = None
    is_quoted: Truth = False


class QuoteSaid(_Said):
    """A direct quotation, word for word."""

    speaker_name: Optional = None
    text: Text


class FigureSaid(_Said):
    """A number that matters, with its words."""

    kind: FigureKind
    value: Annotated[float, Field(allow_inf_nan=False)]
    unit: Text
    bound: Annotated[Bound | None, BeforeValidator(_nothing)] = None
    about: Optional = None
    text: Text


class RegencySaid(_Said):
    """What a regency is to the article."""

    regency_code: Text
    role: Literal["subject", "mention"]


class ArticleSaid(_Said):
    """Whether the article is on the programme."""

    is_relevant: Truth


class DateSaid(_Said):
    """When the article was published: a day, or an instant with its offset."""

    published_at: Text


MODELS: Mapping[str, type[_Said]] = {
    "event": EventSaid,
    "official": OfficialSaid,
    "quote": QuoteSaid,
    "figure": FigureSaid,
    "regency": RegencySaid,
    "article": ArticleSaid,
    "date": DateSaid,
}


def check_said(db: Database, kind: str, original: Content | None, changes: Mapping[str, Any], text: str) -> Content:
    """What a fact says once changed; `changes` may be texts as people type them, an empty one meaning nothing.

    An end that was the same day as the start moves with it; a date that is given needs no reason for its absence.
    Raises FactError for a field, a value or a code that there is not, and for words that the text does not say.
    """
    said = dict(original or {}) | dict(changes)
    if kind == "event" and "start_date" in changes:
        if "end_date" not in changes and said.get("end_date") == (original or {}).get("start_date"):
            said["end_date"] = changes["start_date"]
        if str(changes["start_date"] or "").strip() and "date_reason" not in changes:
            said["date_reason"] = None
    try:
        checked = MODELS[kind].model_validate(said).model_dump()
    except ValidationError as error:
        raise _problem(kind, error) from error
    checked |= _find_code(db, checked)
    words = [checked[field] for field in ("text", "about") if kind in ("quote", "figure") and checked.get(field)]
    if missing := [one for one in words if one not in text]:
        raise FactError(
            f"{kind}: the text does not say {missing[0]!r}; copy the words as they stand in it",
            "words",
            next(field for field in ("text", "about") if checked.get(field) == missing[0]),
            missing[0],
        )
    if kind == "date":
        checked["published_at"] = _instant(checked["published_at"])
    return checked


def _find_code(db: Database, said: Content) -> Content:
    """The regency of a content by its code, where people may have typed a name of it."""
    typed = said.get("regency_code")
    if typed is None:
        return {}
    codes = find_regencies(db, typed)
    if len(codes) == 1:
        return {"regency_code": codes[0]}
    if codes:
        may_be = f"regency_code: {typed!r} may be {', '.join(codes)}; say the code"
        raise FactError(may_be, "regencies", "regency_code", typed, codes)
    raise FactError(
        f"regency_code: no such kabupaten or kota: {typed!r}; codes are in db/reference/regencies.csv",
        "regency",
        "regency_code",
        typed,
    )


def find_regencies(db: Database, typed: str) -> list[str]:
    """Codes of the kabupaten and kota that a code, a name or another name may mean, in the order of their codes.

    A name without "Kabupaten" or "Kota" may mean both; case does not matter.
    """
    wanted = " ".join(typed.split()).casefold()
    wanted = re.sub(r"^kab(?:\.|upaten)?\s+", "kabupaten ", wanted)
    rows = db.query(
        """
        select code
        from regencies
        where code = :wanted
            or lower(name) in (:wanted, 'kabupaten ' || :wanted, 'kota ' || :wanted)
        union
        select regency_code
        from regency_aliases
        where lower(alias) = :wanted
        order by 1
        """,
        {"wanted": wanted},
    )
    return [row["code"] for row in rows]


PROBLEMS = {
    "date": "date",
    "undated": "undated",
    "end_before_start": "end_before_start",
    "string_too_short": "missing",
    "string_type": "missing",
}


def _problem(kind: str, error: ValidationError) -> FactError:
    problem = error.errors()[0]
    field = ".".join(str(part) for part in problem["loc"]) or kind
    if problem["type"] == "extra_forbidden":
        return FactError(
            f"{kind} has no field {field!r}; it has {', '.join(MODELS[kind].model_fields)}", "field", field
        )
    if problem["type"] == "missing":
        return FactError(f"{kind}: {field} is not said; --set {field}=…", "missing", field)
    seen = f", seen: {problem['input']!r}" if problem["loc"] else ""
    return FactError(
        f"{field}: {problem['msg']}{seen}",
        PROBLEMS.get(problem["type"], "value"),
        str(problem["loc"][0]) if problem["loc"] else "",
        problem["input"] if problem["loc"] else None,
    )


def _instant(text: str) -> str:
    """An instant with its offset; a day alone is taken as midnight WIB, as the parser takes a date line."""
    try:
        told = datetime.fromisoformat(text if len(text) > 10 else f"{text}T00:00:00+07:00")
    except ValueError:
        raise FactError(
            f"published_at: no day nor instant: {text!r}; one reads 2023-11-03 or 2023-11-03T08:00+07:00",
            "instant",
            "published_at",
            text,
        ) from None
    if told.utcoffset() is None:
        raise FactError(
            f"published_at: {text!r} has no offset; one reads 2023-11-03T08:00+07:00", "offset", "published_at", text
        )
    return told.isoformat()


def differences(original: Content | None, said: Content) -> Content:
    """The fields in which a content differs from the original; all where there is none."""
    return {field: value for field, value in said.items() if original is None or original.get(field) != value}


def described(kind: str, said: Content) -> str:
    """A content in one line.

    >>> described("regency", {"regency_code": "19.03", "role": "subject"})
    'regency_code=19.03 role=subject'
    """
    shown: Sequence[tuple[str, Any]] = [(field, value) for field, value in said.items() if value not in (None, [], "")]
    return " ".join(f"{field}={', '.join(value) if isinstance(value, list) else value}" for field, value in shown)
