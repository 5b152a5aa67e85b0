"""What people decide about facts: kept for ever, applied to the rows, and applied anew when an article is read again.

The rows of an article are what the model says, changed by the last decision on each fact that is not undone. What the
model says is kept beside them, so that a decision can be undone. A decision is reset only where both its sentence and
the model's reading changed; where nothing is left that it is about, it is an orphan, and both are told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from sqlite_utils import Database

from db.connect import transaction
from db.reviewing.anchors import anchor, around, find_again, find_edited
from db.reviewing.corrected_dates import apply_date
from db.reviewing.corrected_rows import TABLES, Rows, correct_rows
from db.reviewing.decisions import (
    Decision,
    digest,
    last_of_each,
    read_decisions,
    write_outcomes,
)
from db.reviewing.facts import (
    KINDS,
    Content,
    Fact,
    Row,
    check_said,
    differences,
    fact_id,
    identity,
    read_facts,
)
from db.rows import first, insert, now
from db.store import set_article_fate

LONGEST_REASON = 2000
"""Characters."""


class CorrectionError(ValueError):
    """A decision that cannot be taken. The message says why, and what to do instead.

    `problem` names the reason for whoever says it in other words, with the `values` that these words tell.
    """

    def __init__(self, message: str, problem: str = "other", **values: Any) -> None:
        super().__init__(message)
        self.problem = problem
        self.values = values


# Taking decisions


def decide(
    db: Database,
    article: str,
    fact: str,
    decision: Literal["accept", "correct", "reject"],
    by: str,
    reason: str,
    changes: Mapping[str, Any] | None = None,
) -> int:
    """Accept, correct or reject a fact of an article's rows, by its id; the number of the correction.

    `fact` is what `fact_id` gives, or `article` or `date` for what the whole article is. A decision on a fact that was
    corrected before stands in place of the former one until it is undone. Raises CorrectionError where there is no such
    fact, FactError where it cannot say what is wanted.
    """
    with transaction(db):
        held = _read_article(db, article)
        if fact in ("article", "date"):
            row = _whole_row(db, held, fact, decision, changes)
        else:
            row = _fact_row(db, held, fact, decision, changes)
        return _save(db, held, row, decision, by, reason)


def add(db: Database, article: str, kind: str, values: Mapping[str, Any], sentence: str, by: str, reason: str) -> int:
    """Add a fact that the model missed, with the sentence that proves it; the number of the correction.

    Raises CorrectionError where the article does not say the sentence or has the fact already, FactError where the
    values are no such fact.
    """
    with transaction(db):
        held = _read_article(db, article)
        if kind not in KINDS:
            raise CorrectionError(f"only {', '.join(KINDS)} can be added, not {kind!r}")
        span = find_again(sentence, "", "", held["text"])
        if span is None:
            raise CorrectionError(f"{article}: the article does not say {sentence!r}; copy the sentence from its text")
        told = held["text"][slice(*span)]
        said = check_said(db, kind, None, values, told)
        for present in read_facts(db, article):
            if present.kind == kind and identity(kind, present.said) == identity(kind, said):
                raise CorrectionError(f"{article}: that {kind} is there already: {present.id}")
        before, after = around(held["text"], *span)
        row = {
            "kind": kind,
            "fact": fact_id(article, kind, said),
            "original": None,
            "corrected": said,
            "sentence": told,
            "before": before,
            "after": after,
            "start": span[0],
            "end": span[1],
            "words": said.get("text"),
            "is_former": 0,
            "confidence": None,
        }
        return _save(db, held, row, "add", by, reason)


def keep(db: Database, stale: Row, by: str, reason: str) -> int:
    """Accept a stale fact: it stands again, proved by the former version of its page; the number of the correction."""
    with transaction(db):
        held = _read_article(db, stale["article_id"])
        said = json.loads(stale["value"])
        row = {name: stale[name] for name in ("kind", "sentence", "before", "after", "start", "end", "words")}
        row |= {"fact": stale["fact"], "original": said, "corrected": None, "is_former": 1}
        row |= {"confidence": stale["confidence"], "page_digest": stale["page_digest"], "model": stale["model"]}
        return _save(db, held, row, "accept", by, reason)


def renew(db: Database, correction: int, by: str, reason: str) -> int:
    """Take a decision anew that was reset: it holds for what the article says now; the number of the new one."""
    with transaction(db):
        old = first(db, "select * from corrections where id = ?", correction)
        if old is None or old["undone_at"] or old["state"] != "reset":
            raise CorrectionError(f"correction {correction} is not reset; `pantau review show {correction}`", "gone")
        held = _read_article(db, old["article_id"])
        row = {name: old[name] for name in ("kind", "fact", "sentence", "before", "after", "start", "end", "words")}
        row |= {"is_former": old["is_former"], "confidence": old["confidence"]}
        row |= {name: json.loads(old[name]) if old[name] else None for name in ("original", "corrected")}
        if old["present"] and old["kind"] in KINDS:
            row |= _present_place(held["text"], old)
            wanted = {**(row["original"] or {}), **(row["corrected"] or {})}
            row["original"] = json.loads(old["present"])
            if old["decision"] != "reject":
                row["corrected"] = differences(row["original"], wanted)
        decision: Decision = old["decision"]
        if decision in ("accept", "add") and old["present"]:
            decision = "correct"
        return _save(db, held, row, decision, by, reason)


def undo(db: Database, correction: int, by: str) -> None:
    """Take a decision back: what stood before it stands again. Raises CorrectionError for one that is undone."""
    with transaction(db):
        row = first(db, "select article_id, kind, undone_at, undone_by from corrections where id = ?", correction)
        if row is None:
            raise CorrectionError(f"no correction {correction}; `pantau review list` and `status` name them")
        if row["undone_at"]:
            raise CorrectionError(
                f"correction {correction} was undone by {row['undone_by']} on {row['undone_at'][:10]}",
                "undone",
                by=row["undone_by"],
                at=row["undone_at"],
            )
        db.execute(
            "update corrections set undone_at = :at, undone_by = :by where id = :id",
            {"at": now(), "by": by, "id": correction},
        )
        _apply(db, row["article_id"], row["kind"])


def _read_article(db: Database, article: str) -> Row:
    held = first(
        db,
        """
        select articles.id, text, title, digest, published_at, published_by, date_reason, sources.timezone,
            extractions.model, is_relevant, relevance, extractions.correction_id, date_correction_id
        from articles
        join sources on sources.name = source
        left join extractions on article_id = articles.id
        where articles.id = ?
        """,
        article,
    )
    if held is None:
        raise CorrectionError(
            f"no article {article!r}; `pantau review list` names those to look at", "gone", article=article
        )
    if held["model"] is None:
        raise CorrectionError(f"{article}: waits to be read; say `pantau extract` first", "unread")
    return held


def _fact_row(db: Database, held: Row, fact: str, decision: Decision, changes: Mapping[str, Any] | None) -> Row:
    present = next((one for one in read_facts(db, held["id"]) if one.id == fact), None)
    if present is None:
        raise refusal_of(db, held["id"], fact)
    row = _place_row(present)
    if present.correction_id is not None:
        before = first(db, "select * from corrections where id = ?", present.correction_id)
        assert before is not None
        if decision == "accept":
            raise _decided_already(fact, before)
        # One chain of decisions, all about what the model said.
        row["fact"] = before["fact"]
        if before["original"]:
            row["original"] = json.loads(before["original"])
            names = ("sentence", "before", "after", "start", "end", "words", "is_former", "confidence", "page_digest")
            row |= {name: before[name] for name in names}
    if decision == "correct":
        if not changes:
            raise CorrectionError("nothing to correct: --set field=value says what", "nothing")
        said = check_said(db, present.kind, present.said, changes, held["text"])
        row["corrected"] = differences(row["original"], said)
        _refuse_twins(db, held["id"], present, said)
    return row


def _refuse_twins(db: Database, article: str, changed: Fact, said: Content) -> None:
    for other in read_facts(db, article):
        if (
            other.kind == changed.kind
            and other.id != changed.id
            and identity(other.kind, other.said) == identity(other.kind, said)
        ):
            raise CorrectionError(
                f"{article}: that {other.kind} is there already: {other.id}; reject one of them", "twin", other=other.id
            )


def _place_row(fact: Fact) -> Row:
    return {
        "kind": fact.kind,
        "fact": fact.id,
        "original": fact.said,
        "corrected": None,
        "sentence": fact.sentence,
        "before": fact.before,
        "after": fact.after,
        "start": fact.start,
        "end": fact.end,
        "words": fact.words,
        "is_former": int(fact.is_former),
        "confidence": fact.confidence,
    }


def _whole_row(db: Database, held: Row, kind: str, decision: Decision, changes: Mapping[str, Any] | None) -> Row:
    """A decision on the article's relevance or its date."""
    if kind == "article":
        raw = _uncorrected(db, held["id"])
        told = raw["extractions"][0]["is_relevant"] if raw else held["is_relevant"]
        original: Content = {"is_relevant": None if told is None else bool(told)}
        if decision == "reject":
            changes = {"is_relevant": False}
    else:
        kept = first(db, "select published_at from uncorrected_dates where article_id = ?", held["id"])
        original = {"published_at": (kept or held)["published_at"]}
        if decision == "reject":
            changes = {"published_at": None}
    corrected: Content | None = None
    if decision == "correct" and not changes:
        raise CorrectionError(f"nothing to correct: --set {next(iter(original))}=… says what", "nothing")
    if kind == "date" and decision == "reject":
        corrected = {"published_at": None}
    elif changes:
        corrected = check_said(db, kind, None, changes, held["text"])
    elif kind == "article" and original["is_relevant"] is None:
        raise CorrectionError(
            "whether it is on the programme is not sure: correct it with --set is_relevant=ya or tidak"
        )
    return {
        "kind": kind,
        "fact": f"{held['id']}-{kind}",
        "original": original,
        "corrected": corrected,
        "sentence": None,
        "before": None,
        "after": None,
        "start": None,
        "end": None,
        "words": None,
        "is_former": 0,
        "confidence": held["relevance"] if kind == "article" else None,
    }


def refusal_of(db: Database, article: str, fact: str) -> CorrectionError:
    """Why there is no such fact (any more): who decided about it, or that there is none."""
    row = first(
        db,
        """
        select id, decision, decided_by, decided_at
        from corrections
        where article_id = ? and fact = ? and undone_at is null
        order by id desc
        """,
        article,
        fact,
    )
    if row:
        return _decided_already(fact, row)
    return CorrectionError(
        f"{article}: no such fact: {fact}; `pantau review show {article}` lists its facts", "gone", article=article
    )


def _decided_already(fact: str, correction: Row) -> CorrectionError:
    return CorrectionError(
        f"{fact}: decided already: {correction['decision']} by {correction['decided_by']} on "
        f"{correction['decided_at'][:10]} (correction {correction['id']}); `pantau review undo {correction['id']}` "
        f"takes it back",
        "decided",
        **{name: correction[name] for name in ("id", "decision", "decided_by", "decided_at")},
    )


def refuse_if_decided(db: Database, article: str, fact: str, seen: int | None) -> None:
    """Raise CorrectionError where somebody decided about a fact since whoever decides now has seen it.

    `seen` is the number of the correction that held then, None where there was none. Part of a transaction.
    """
    standing = standing_correction(db, article, fact)
    if standing is None or standing == seen:
        return
    row = first(db, "select id, decision, decided_by, decided_at from corrections where id = ?", standing)
    assert row is not None
    raise _decided_already(fact, row)


def standing_correction(db: Database, article: str, fact: str) -> int | None:
    """The number of the correction that holds for a fact of the rows, for `article` or for `date`; None without one."""
    if fact in ("article", "date"):
        held = first(
            db,
            """
            select extractions.correction_id as article, date_correction_id as date
            from articles
            join extractions on article_id = articles.id
            where articles.id = ?
            """,
            article,
        )
        return held[fact] if held else None
    return next((one.correction_id for one in read_facts(db, article) if one.id == fact), None)


def _save(db: Database, held: Row, row: Row, decision: Decision, by: str, reason: str) -> int:
    if not by.strip() or not reason.strip():
        raise CorrectionError("a decision says who took it and why", "no-reason")
    check_reason(reason)
    if decision == "reject" and row["corrected"]:
        decision = "correct"  # to reject an article or a date is to say what it is instead
    elif decision == "correct" and not row["corrected"]:
        decision, row = "accept", row | {"corrected": None}
    said = {
        name: None if row[name] is None else json.dumps(row[name], ensure_ascii=False)
        for name in ("original", "corrected")
    }
    kept = {
        "article_id": held["id"],
        **row,
        **said,
        "decision": decision,
        "sentence_digest": anchor(row["sentence"]) if row["sentence"] else None,
        "text_digest": digest(held["text"]),
        "page_digest": row.get("page_digest") or held["digest"],
        "model": row.get("model") or held["model"],
        "decided_by": by.strip(),
        "decided_at": now(),
        "reason": reason.strip(),
        "state": "applied",
    }
    insert(db, "corrections", kept)
    number = int(db.execute("select last_insert_rowid()").fetchone()[0])
    _apply(db, held["id"], row["kind"])
    return number


def check_reason(reason: str) -> None:
    """Raise CorrectionError for a reason that nobody could read."""
    if len(reason) > LONGEST_REASON:
        raise CorrectionError(
            f"the reason has {len(reason)} characters; at most {LONGEST_REASON}",
            "long",
            n=len(reason),
            most=LONGEST_REASON,
        )
    if "\0" in reason:
        raise CorrectionError("the reason has a character that cannot be kept (NUL)", "nul")


def _present_place(text: str, old: Row) -> Row:
    """Where the sentence stands into which a page's edit turned that of a decision."""
    span = find_edited(old["sentence"], text) if old["sentence"] else None
    if span is None:
        return {}
    before, after = around(text, *span)
    told = {"sentence": text[slice(*span)], "start": span[0], "end": span[1], "before": before, "after": after}
    return told | {"words": None}


# Applying them


def apply_corrections(db: Database, articles: Iterable[str]) -> None:
    """Bring the rows of articles to what the model says, changed by the decisions on them. Part of a transaction.

    For an article that nobody decided about nothing is done, and of one that waits to be read nothing is said.
    """
    decided = db.execute(
        "select distinct article_id from corrections where article_id in (select value from json_each(?))",
        [json.dumps(list(articles))],
    ).fetchall()
    for (article,) in decided:
        _apply_to(db, article)


def _apply_to(db: Database, article: str) -> None:
    corrections = read_decisions(db, article, is_date=False)
    raw = _uncorrected(db, article)
    if not corrections and raw is None:
        return
    held = first(db, "select text from articles join extractions on article_id = id where id = ?", article)
    if held is None:
        return
    if raw is None:
        raw = _snapshot(db, article)
        insert(db, "uncorrected", {"article_id": article, "rows": json.dumps(raw, ensure_ascii=False)})
    last, outcomes = last_of_each(corrections)
    rows, applied = correct_rows(raw, held["text"], last)
    outcomes |= applied
    _write_rows(db, article, rows)
    write_outcomes(db, corrections, outcomes)
    if not corrections:
        db.execute("delete from uncorrected where article_id = ?", [article])
    db.execute("insert or ignore into unresolved values (?)", [article])


def _apply(db: Database, article: str, kind: str) -> None:
    if kind == "date":
        apply_date(db, article)
        return
    _apply_to(db, article)
    if kind == "article" and first(db, "select id from articles where id = ?", article):
        set_article_fate(db, article)


def _uncorrected(db: Database, article: str) -> Rows | None:
    row = first(db, "select rows from uncorrected where article_id = ?", article)
    return json.loads(row["rows"]) if row else None


def _snapshot(db: Database, article: str) -> Rows:
    """All rows of an article that nobody has decided about."""
    return {
        table: [
            {name: value for name, value in row.items() if name != "article_id"}
            for row in db.query(f"select * from {table} where article_id = ? order by 1, 2", [article])
        ]
        for table in ("extractions", *TABLES)
    }


def _write_rows(db: Database, article: str, rows: Rows) -> None:
    for table in reversed(TABLES):
        db.execute(f"delete from {table} where article_id = ?", [article])
    for table in TABLES:
        for row in rows[table]:
            insert(db, table, {"article_id": article} | row)
    extraction = rows["extractions"][0] | {"article_id": article}
    db.execute(
        """
        update extractions set is_relevant = :is_relevant, correction_id = :correction_id
        where article_id = :article_id
        """,
        extraction,
    )


def read_history(db: Database, article: str) -> Iterator[Row]:
    """All decisions on an article, undone ones too, in their order."""
    yield from db.query("select * from corrections where article_id = ? order by id", [article])
