"""What people decided about facts, held against what is read today: regression cases.

A case is a line of the file that corrections are exported to: the article, and one decision on one fact of it. The
present reading agrees with a fact that was accepted, corrected or added where it says the same, and with one that was
rejected where it says no such thing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from crawler.items import Article
from nlp.extraction import Extraction
from nlp.measure.evaluate import WIB

Decision = Literal["accept", "correct", "reject", "add"]
Content = dict[str, Any]
"""What a fact says, by field, in the names of the database's columns."""

IDENTITY: dict[str, tuple[str, ...]] = {
    "article": ("is_relevant",),
    "regency": ("regency_code",),
    "event": ("stage_code", "regency_code", "start_date"),
    "official": ("name",),
    "quote": ("text",),
    "figure": ("text", "value", "unit"),
}
"""What tells a fact from others of its kind; the kinds that the reader answers for. The date of publication is the
parser's, so it is none."""
_WORDING = frozenset({"date_reason"})
"""Fields whose words are no claim about the article."""


class CaseError(Exception):
    """A file of cases that cannot be used. The message names the file, the line and what was seen."""


class Case(BaseModel):
    """A decision of a person, and the article that it is about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: int
    """Of the correction."""
    url: str
    title: str | None
    text: str
    published: datetime | None
    """A day is its midnight in WIB."""
    kind: Literal["article", "date", "regency", "event", "official", "quote", "figure"]
    decision: Decision
    original: Content | None
    """What the model said; None where the fact was added."""
    corrected: Content | None
    """The fields that the person changed; all of them where the fact was added."""
    sentence: str | None
    decided_by: str
    decided_at: str
    reason: str

    @model_validator(mode="after")
    def _says_what_was_decided(self) -> Case:
        if (self.original is None) != (self.decision == "add"):
            raise ValueError("an added fact has no original, any other has one")
        if (self.corrected is None) != (self.decision in ("accept", "reject")):
            raise ValueError("a corrected or added fact says what it is now, any other does not")
        if self.kind in IDENTITY and (missing := set(IDENTITY[self.kind]) - self.said.keys()):
            raise ValueError(f"{self.kind}: {', '.join(sorted(missing))} is not said")
        return self

    @property
    def said(self) -> Content:
        """What the fact says by the decision; of a rejected one what it said."""
        return {**(self.original or {}), **(self.corrected or {})}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A case held against the present reading."""

    case: Case
    agrees: bool
    found: Content | None
    """The present fact nearest to what was decided about; None where there is none."""


def is_cases(path: Path) -> bool:
    """Whether a file holds cases and not annotated articles: by its name, else by its first line."""
    if path.stem == "cases":
        return True
    try:
        with path.open(encoding="utf-8-sig") as file:
            first = json.loads(next((line for line in file if line.strip()), "null"))
    except (OSError, ValueError):
        return False
    return isinstance(first, dict) and "decision" in first


def load_cases(path: Path) -> list[Case]:
    """The cases of a file, in its order; none where nobody decided anything. CaseError at the first malformed line."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise CaseError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CaseError(f"{path}: no UTF-8: {error}") from error
    cases = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            cases.append(Case.model_validate_json(line))
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            where = ".".join(map(str, fault["loc"])) or "the case"
            raise CaseError(f"{path}, line {number}: {where}: {fault['msg']} (see nlp/measure/cases.py)") from error
    return cases


def judge_cases(cases: Sequence[Case], read: Callable[[Iterable[Article]], Iterable[Extraction]]) -> list[Verdict]:
    """The verdict on each case that the reader answers for, in order; an article of many cases is read once."""
    asked = [case for case in cases if case.kind in IDENTITY]
    articles = {(case.url, case.text): case_article(case) for case in asked}
    extractions = dict(zip(articles, read(articles.values()), strict=True))
    return [_judge(case, extractions[case.url, case.text]) for case in asked]


def case_article(case: Case) -> Article:
    """The article of a case."""
    published = case.published
    if published and not published.tzinfo:
        published = published.replace(tzinfo=WIB)
    reason = None if published else "Kasus tidak menyebut tanggal terbit."
    return Article(
        case.url, case.url, "cases", case.title, (), published, "api" if published else None, reason, case.text
    )


def _judge(case: Case, extraction: Extraction) -> Verdict:
    facts = list(read_facts(case.kind, extraction))
    if case.decision == "reject":
        found = next((fact for fact in facts if _is_same(case, fact)), None)
        return Verdict(case, found is None, found)
    found = max(facts, key=lambda fact: _likeness(case, fact), default=None)
    agrees = found is not None and _is_same(case, found) and _says(case, found)
    return Verdict(case, agrees, found)


def _is_same(case: Case, fact: Content) -> bool:
    """Whether a fact is the one that was decided about."""
    return all(fact[field] == case.said[field] for field in IDENTITY[case.kind])


def _says(case: Case, fact: Content) -> bool:
    """Whether a fact says what was accepted: of a corrected one what was changed, of any other all of it."""
    fields = (case.corrected if case.decision == "correct" else case.said) or {}
    return all(fact.get(field) == value for field, value in fields.items() if field not in _WORDING)


def _likeness(case: Case, fact: Content) -> tuple[int, int]:
    """How many fields of a fact agree with what was decided, those that tell it from others first."""
    said = case.said
    agreeing = [field for field in said if fact.get(field) == said[field]]
    return sum(field in IDENTITY[case.kind] for field in agreeing), len(agreeing)


def read_facts(kind: str, extraction: Extraction) -> Iterator[Content]:
    """What an extraction says of a kind of fact, in the names of the database's columns."""
    if kind == "article":
        yield {"is_relevant": extraction.is_relevant}
    elif kind == "regency":
        yield from ({"regency_code": one.code, "role": one.role} for one in extraction.regencies)
    elif kind == "event":
        for event in extraction.events:
            yield {
                "stage_code": event.stage, "regency_code": event.regency, "start_date": event.start_date,
                "end_date": event.end_date, "date_reason": event.date_reason, "edition": event.edition,
                "venue": event.venue, "mode": event.mode, "is_main": event.is_main, "status": event.status,
            }  # fmt: skip
    elif kind == "official":
        for one in extraction.officials:
            yield {
                "name": one.name, "prefix": one.prefix, "degrees": list(one.degrees), "position": one.position,
                "acting": one.acting, "organization": one.organization, "regency_code": one.regency,
                "represents": one.represents, "is_quoted": one.is_quoted,
            }  # fmt: skip
    elif kind == "quote":
        yield from ({"speaker_name": quote.speaker, "text": quote.text} for quote in extraction.quotes)
    elif kind == "figure":
        for figure in extraction.figures:
            yield {
                "kind": figure.kind, "value": figure.value, "unit": figure.unit, "bound": figure.bound,
                "about": figure.about, "text": figure.text,
            }  # fmt: skip


def case_lines(name: str, verdicts: Sequence[Verdict]) -> Iterator[str]:
    """How many decisions the present reading agrees with, as a table for a terminal: one line a kind of fact."""
    yield f"{name}: {len(verdicts)} decisions of people on what was read"
    yield f"{'kind':10} decisions  agreed"
    for kind, total, agreed in agreement(verdicts):
        yield f"{kind:10} {total:9}  {agreed:6}"


def agreement(verdicts: Sequence[Verdict]) -> list[tuple[str, int, int]]:
    """Kind of fact, decisions, how many of them the present reading agrees with; only kinds with decisions."""
    rows = []
    for kind in IDENTITY:
        of_kind = [verdict.agrees for verdict in verdicts if verdict.case.kind == kind]
        if of_kind:
            rows.append((kind, len(of_kind), sum(of_kind)))
    return rows


def cases_object(name: str, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The same as an object for JSON."""
    rows = {kind: {"decisions": total, "agreed": agreed} for kind, total, agreed in agreement(verdicts)}
    return {"name": name, "decisions": len(verdicts), "kinds": rows}


def disagreement_lines(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """The decisions that the present reading contradicts, one tab-separated line each.

    Number of the correction, kind, decision, what the fact is by the decision, what is read.
    """
    for verdict in verdicts:
        if not verdict.agrees:
            case, found = verdict.case, verdict.found
            read = "–" if found is None else _in_words({field: found[field] for field in found if field in case.said})
            yield f"{case.id}\t{case.kind}\t{case.decision}\t{_in_words(case.said)}\t{read}"


def _in_words(said: Content) -> str:
    """A content on one line: what it says, by field."""
    told = (
        f"{field}={value}" for field, value in said.items() if value not in (None, [], "") or field == "is_relevant"
    )
    return " ".join(told).replace("\n", " ")
