"""Decisions of people about facts, as they are kept: what was decided, and what has become of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from db.reviewing.facts import Content

Decision = Literal["accept", "correct", "reject", "add"]
State = Literal["applied", "superseded", "reset", "orphan"]

BOTH_CHANGED = "kalimat dan bacaan mesin berubah / its sentence and the model's reading changed"


@dataclass(frozen=True, slots=True)
class Correction:
    """A decision as it was taken; of `original` and `corrected` see `decide`."""

    id: int
    article_id: str
    kind: str
    fact: str
    decision: Decision
    original: Content | None
    corrected: Content | None
    sentence: str | None
    before: str
    after: str
    start: int | None
    end: int | None
    words: str | None
    text_digest: str
    page_digest: str | None
    is_former: bool
    state: State

    @property
    def said(self) -> Content:
        """What the fact says after the decision; of a rejected one what it said."""
        return {**(self.original or {}), **(self.corrected or {})}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a decision in the present text."""

    state: State
    reason: str | None = None
    present: Content | None = None
    """What the model says now instead, where the decision was reset."""


def read_decisions(db: Database, article: str, is_date: bool) -> list[Correction]:
    """The decisions on an article that are not undone, in the order in which they were taken."""
    rows = db.query(
        """
        select id, article_id, kind, fact, decision, original, corrected, sentence, before, after, start, "end", words,
            text_digest, page_digest, is_former, state
        from corrections
        where article_id = :article and undone_at is null and (kind = 'date') = :is_date
        order by id
        """,
        {"article": article, "is_date": is_date},
    )
    return [
        Correction(
            **row
            | {name: json.loads(row[name]) if row[name] else None for name in ("original", "corrected")}
            | {"is_former": bool(row["is_former"]), "before": row["before"] or "", "after": row["after"] or ""}
        )
        for row in rows
    ]


def last_of_each(corrections: Sequence[Correction]) -> tuple[list[Correction], dict[int, Outcome]]:
    """The decision on each fact that holds, and what became of those before it."""
    last = {one.fact: one for one in corrections}
    former = {one.id: Outcome("superseded") for one in corrections if last[one.fact] is not one}
    return sorted(last.values(), key=lambda one: one.id), former


def write_outcomes(db: Database, corrections: Sequence[Correction], outcomes: Mapping[int, Outcome]) -> None:
    """Keep what became of decisions, where that is new."""
    for one in corrections:
        outcome = outcomes[one.id]
        present = None if outcome.present is None else json.dumps(outcome.present, ensure_ascii=False)
        db.execute(
            """
            update corrections set state = :state, state_reason = :reason, present = :present
            where id = :id and (state <> :state or state_reason is not :reason or present is not :present)
            """,
            {"id": one.id, "state": outcome.state, "reason": outcome.reason, "present": present},
        )


def digest(text: str) -> str:
    """SHA-256 of a text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
