"""Dates of articles that people corrected: kept through every parse of the page, with what the parser reads beside."""

from __future__ import annotations

from sqlite_utils import Database

from db.reviewing.decisions import BOTH_CHANGED, Outcome, digest, last_of_each, read_decisions, write_outcomes
from db.reviewing.facts import Row
from db.rows import first, insert


def corrected_date(db: Database, article: Row) -> Row:
    """What of an article's row a decision on its date changes; empty where nobody decided about it.

    `article` is the row as the parser reads it: id, text, published_at, published_by, date_reason.
    """
    corrections = read_decisions(db, article["id"], is_date=True)
    if not corrections:
        return {}
    last, outcomes = last_of_each(corrections)
    (one,) = last
    assert one.original is not None
    told, wanted = article["published_at"], one.said["published_at"]
    is_reset = digest(article["text"]) != one.text_digest and told not in (one.original["published_at"], wanted)
    outcomes[one.id] = Outcome("reset", BOTH_CHANGED, {"published_at": told}) if is_reset else Outcome("applied")
    write_outcomes(db, corrections, outcomes)
    if is_reset:
        return {"date_correction_id": None}
    if wanted == told:
        return {"date_correction_id": one.id}
    return {
        "published_at": wanted,
        "published_by": None if wanted is None else article["published_by"] or "text",
        "date_reason": "tanggal di halaman keliru menurut peninjau" if wanted is None else None,
        "date_correction_id": one.id,
    }


def keep_uncorrected_date(db: Database, article: Row) -> None:
    """Keep beside an article the date that the parser reads, which a decision changed."""
    row = {"article_id": article["id"]}
    row |= {name: article[name] for name in ("published_at", "published_by", "date_reason")}
    insert(db, "uncorrected_dates", row, "insert or replace")


def apply_date(db: Database, article: str) -> None:
    """Bring an article's date to what the parser reads, changed by the decisions on it. Part of a transaction."""
    held = first(db, "select id, text, published_at, published_by, date_reason from articles where id = ?", article)
    if held is None:
        return
    raw = first(
        db, "select published_at, published_by, date_reason from uncorrected_dates where article_id = ?", article
    )
    told = held | (raw or {})
    changed = corrected_date(db, told)
    if changed:
        keep_uncorrected_date(db, told)
    else:
        db.execute("delete from uncorrected_dates where article_id = ?", [article])
    row = {"date_correction_id": None} | told | changed
    db.execute(
        """
        update articles
        set published_at = :published_at, published_by = :published_by, date_reason = :date_reason,
            date_correction_id = :date_correction_id
        where id = :id
        """,
        row,
    )
    if row["published_at"] != held["published_at"]:
        # "Rabu (5/11)" is another day now: the article is to be read anew, and what was read stays until then.
        db.execute("update extractions set model = '' where article_id = ?", [article])
    db.execute("insert or ignore into unresolved values (?)", [article])
