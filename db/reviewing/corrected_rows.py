"""The rows of an article with the decisions of people applied to them: a pure function of both and of the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from db.reviewing.anchors import Span, anchor, find_again, find_edited, find_words
from db.reviewing.decisions import BOTH_CHANGED, Correction, Outcome, digest
from db.reviewing.facts import KINDS, Row, columns, content, identity, kin
from db.rows import event_id

Rows = dict[str, list[Row]]
"""Rows of an article by table, without its id."""

TABLES = ("evidence", "mentions", *(kind.table for kind in KINDS.values()), "article_pillars")

OFF_TOPIC = "beritanya di luar topik / its article is off topic"
NOT_TOLD = "kalimatnya tidak ada lagi / its sentence is gone"


def correct_rows(raw: Rows, text: str, corrections: Sequence[Correction]) -> tuple[Rows, dict[int, Outcome]]:
    """The rows of an article with decisions applied to them, and what became of each; at most one decision a fact.

    A pure function: the same rows and decisions give the same, whatever was applied before.
    """
    rows = _Rows(raw, text)
    outcomes: dict[int, Outcome] = {}
    for one in corrections:
        if one.kind == "article":
            outcomes[one.id] = rows.judge(one)
    for one in corrections:
        if one.kind != "article":
            outcomes[one.id] = rows.apply(one) if rows.is_on_topic else Outcome("orphan", OFF_TOPIC)
    return rows.finished(), outcomes


class _Rows:
    """The rows of an article while decisions are applied to them; what proves a row stands in it, not by number."""

    def __init__(self, raw: Rows, text: str) -> None:
        self._text = text
        self._rows = {table: [dict(row) for row in rows] for table, rows in raw.items()}
        self._proofs = {row["number"]: _Proof.of(row) for row in raw["evidence"]}
        self._extraction = self._rows["extractions"][0]
        for table in TABLES[1:]:
            for row in self._rows[table]:
                row["evidence_number"] = self._proofs.get(row["evidence_number"])

    @property
    def is_on_topic(self) -> bool:
        return self._extraction["is_relevant"] != 0

    def judge(self, one: Correction) -> Outcome:
        """Apply a decision on whether the article is on the programme."""
        assert one.original is not None
        raw = self._extraction["is_relevant"]
        told, wanted = (None if raw is None else bool(raw)), one.said["is_relevant"]
        if digest(self._text) != one.text_digest and told not in (one.original["is_relevant"], wanted):
            return Outcome("reset", BOTH_CHANGED, {"is_relevant": told})
        self._extraction |= {"is_relevant": None if wanted is None else int(wanted), "correction_id": one.id}
        return Outcome("applied")

    def apply(self, one: Correction) -> Outcome:
        """Apply a decision on a fact."""
        span = None
        if one.sentence and not one.is_former:
            span = find_again(one.sentence, one.before, one.after, self._text)
        stands = span is not None or (one.sentence is None and digest(self._text) == one.text_digest)
        same = self._facts(one.kind, lambda row: content(one.kind, row) in (one.original, one.said))
        if one.decision == "reject":
            return self._reject(one, span, stands, same)
        if not (stands or same or one.is_former):
            return self._lost(one)
        targets = same or self._targets(one, span)
        row = dict(targets[0]) if targets else self._new_row(one, span)
        words = self._words(one, row)
        if words is None:
            return self._lost(one)
        self._put(one, row | words, targets)
        return Outcome("applied")

    def finished(self) -> Rows:
        """The rows, their sentences numbered in the order of the text, those of former versions last."""
        used = {
            row["evidence_number"]
            for table in TABLES[1:]
            for row in self._rows[table]
            if row["evidence_number"] is not None
        }
        proofs = sorted({*self._proofs.values(), *used}, key=lambda proof: (proof.is_former, proof.start, proof.end))
        numbers = {proof: number for number, proof in enumerate(proofs, start=1)}
        for table in TABLES[1:]:
            for row in self._rows[table]:
                row["evidence_number"] = numbers.get(row["evidence_number"])
        self._rows["evidence"] = [proof.row(number) for proof, number in numbers.items()]
        return self._rows

    def _facts(self, kind: str, is_meant: Any) -> list[Row]:
        return [row for row in self._rows[KINDS[kind].table] if row["correction_id"] is None and is_meant(row)]

    def _words(self, one: Correction, row: Row) -> Row | None:
        """What a row says, its words as the present text has them; None where that does not say those of a figure."""
        said = columns(one.said)
        proof = row["evidence_number"]
        if one.kind not in ("quote", "figure") or proof is None or proof.is_former:
            return said
        # A quotation may go on beyond the sentence in which it begins.
        near = self._text[proof.start : proof.end + len(said["text"])]
        words = find_words(said["text"], near)
        if words is None:
            return None
        said |= {"text": near[slice(*words)], "start": proof.start + words[0], "end": proof.start + words[1]}
        if said.get("about") and said["about"] not in self._text:
            about = find_words(said["about"], self._text)
            said["about"] = self._text[slice(*about)] if about else None
        return said

    def _reject(self, one: Correction, span: Span | None, stands: bool, same: list[Row]) -> Outcome:
        assert one.original is not None
        wrong = identity(one.kind, one.original)
        if span and not same:
            same = [row for row in self._in(one.kind, span) if identity(one.kind, content(one.kind, row)) == wrong]
        if not same and not stands:
            return self._lost(one)
        self._remove(one.kind, same)
        return Outcome("applied")

    def _put(self, one: Correction, row: Row, targets: list[Row]) -> None:
        """Put a decided row in the place of what the model says."""
        row |= {"confidence": 1.0, "correction_id": one.id}
        if one.kind == "event":
            row["event_id"] = event_id(row["regency_code"], row["stage_code"], row["start_date"])
        self._remove(one.kind, targets)
        table = self._rows[KINDS[one.kind].table]
        if one.kind == "regency":
            # One row a regency: the decision gives way to no reading, and to no earlier decision.
            table[:] = [other for other in table if other["regency_code"] != row["regency_code"]]
        table.append(row)

    def _targets(self, one: Correction, span: Span | None) -> list[Row]:
        """The model's present reading that a decision takes the place of, where it is not what was decided about."""
        meant = _kin(one)
        near = self._in(one.kind, span) if span else self._facts(one.kind, lambda row: True)
        alike = [row for row in near if kin(one.kind, content(one.kind, row)) in meant]
        if alike or span is None or one.kind == "regency" or one.decision == "add":
            return alike[:1]
        if one.words and one.kind != "event":
            at = find_words(one.words, self._text[slice(*span)])
            near = [row for row in near if at and row["start"] < span[0] + at[1] and span[0] + at[0] < row["end"]]
        return near if len(near) == 1 else []

    def _in(self, kind: str, span: Span) -> list[Row]:
        """The facts of a kind that are proved by what stands in a span."""
        return self._facts(kind, lambda row: row["evidence_number"] and row["evidence_number"].touches(span))

    def _new_row(self, one: Correction, span: Span | None) -> Row:
        proof = self._proof(one, span)
        if one.kind == "regency" or proof is None:
            return {"evidence_number": proof}
        at = proof.text.find(one.words) if one.words and one.kind != "event" else -1
        start, end = (
            (proof.start + at, proof.start + at + len(one.words or "")) if at >= 0 else (proof.start, proof.end)
        )
        numbers = [other["number"] for other in self._rows[KINDS[one.kind].table]]
        return {"number": max(numbers, default=0) + 1, "start": start, "end": end, "evidence_number": proof}

    def _proof(self, one: Correction, span: Span | None) -> _Proof | None:
        """The sentence that proves a decided fact: the model's own where it has it."""
        if span is not None:
            held = [proof for proof in self._proofs.values() if proof.touches(span)]
            return held[0] if held else _Proof(*span, self._text[slice(*span)], is_former=False)
        if one.sentence is None or one.start is None or one.end is None:
            return None
        return _Proof(one.start, one.end, one.sentence, is_former=True)

    def _remove(self, kind: str, rows: list[Row]) -> None:
        table = self._rows[KINDS[kind].table]
        table[:] = [row for row in table if not any(row is gone for gone in rows)]

    def _lost(self, one: Correction) -> Outcome:
        """The sentence of a decision is gone, and so is what the model read in it."""
        meant = _kin(one)
        edited = find_edited(one.sentence, self._text) if one.sentence else None
        near = self._in(one.kind, edited) if edited else []
        near = near or self._facts(one.kind, lambda row: kin(one.kind, content(one.kind, row)) in meant)
        if not near:
            return Outcome("orphan", NOT_TOLD)
        best = next((row for row in near if kin(one.kind, content(one.kind, row)) in meant), near[0])
        return Outcome("reset", BOTH_CHANGED, content(one.kind, best))


def _kin(one: Correction) -> set[tuple[Any, ...]]:
    return {kin(one.kind, said) for said in (one.original, one.said) if said}


@dataclass(frozen=True, slots=True)
class _Proof:
    """A sentence that proves something."""

    start: int
    end: int
    text: str
    is_former: bool

    @classmethod
    def of(cls, row: Row) -> _Proof:
        return cls(row["start"], row["end"], row["text"], bool(row["is_former"]))

    def touches(self, span: Span) -> bool:
        return not self.is_former and self.start < span[1] and span[0] < self.end

    def row(self, number: int) -> Row:
        place = {"number": number, "start": self.start, "end": self.end, "text": self.text}
        return place | {"anchor": anchor(self.text), "is_former": int(self.is_former)}
