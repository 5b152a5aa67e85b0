"""Who decided what and when: of facts, of items that were looked at, and of persons, together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from db.connect import transaction
from db.resolving.people import undo_decision
from db.reviewing import corrections
from db.reviewing.corrections import CorrectionError
from db.reviewing.facts import Row
from db.rows import first, now

DECISIONS = """
select 'k' || id as ref, kind, decision, fact as item, article_id, original, corrected, sentence, decided_by,
    decided_at, reason, state, state_reason, undone_by, undone_at
from corrections
union all
select 'c' || id, kind, decision, item, null, null, null, null, decided_by, decided_at, reason, 'applied', null,
    undone_by, undone_at
from review_marks
union all
select 'p' || id, 'person', decision, 'person-' || naming_a || '-' || naming_b, null, null, null, null, decided_by,
    decided_at, reason, 'applied', null, undone_by, undone_at
from person_decisions
"""
"""`ref` names a decision wherever it is kept: k a correction, c that an item was looked at, p of two persons."""


def read_decisions(db: Database, by: str | None = None, limit: int = 50, offset: int = 0) -> list[Row]:
    """Decisions, the newest first; those that were undone too. `by` keeps those of one person."""
    rows = db.query(
        f"""
        select *
        from ({DECISIONS})
        where :by is null or decided_by = :by
        order by decided_at desc, ref desc
        limit :limit offset :offset
        """,
        {"by": by, "limit": limit, "offset": offset},
    )
    return [_told(row) for row in rows]


def read_decision(db: Database, ref: str) -> Row | None:
    """The decision of a ref, or None."""
    row = first(db, f"select * from ({DECISIONS}) where ref = ?", ref)
    return _told(row) if row else None


def last_decision(db: Database, by: str) -> Row | None:
    """What somebody decided last and nobody has undone."""
    row = first(
        db,
        f"""
        select *
        from ({DECISIONS})
        where decided_by = ? and undone_at is null
        order by decided_at desc, ref desc
        limit 1
        """,
        by,
    )
    return _told(row) if row else None


def read_unpublished(db: Database) -> list[Row]:
    """ref and undone_at of decisions, and takings back, that may be later than the last publication; at most 1000."""
    return list(
        db.query(
            f"""
            select ref, undone_at
            from ({DECISIONS})
            where max(decided_at, coalesce(undone_at, '')) >= ?
            limit 1000
            """,
            [published_at(db) or ""],
        )
    )


def published_at(db: Database) -> str | None:
    """When the last publication that came to its end began: what was decided later is not in it."""
    row = first(
        db,
        """
        select started_at
        from runs
        where command = 'publish' and ended_at is not null
        order by id desc
        limit 1
        """,
    )
    return row["started_at"] if row else None


def undo_ref(db: Database, ref: str, by: str) -> None:
    """Take back a decision of any kind by its ref.

    Raises CorrectionError where there is none, where it was undone, and where what it was about is gone.
    """
    with transaction(db):
        row = read_decision(db, ref)
        if row is None:
            raise CorrectionError(f"{ref}: no decision", "no-decision")
        if row["undone_at"]:
            raise CorrectionError(
                f"{ref}: undone by {row['undone_by']}", "undone", by=row["undone_by"], at=row["undone_at"]
            )
        number = int(ref[1:])
        if ref.startswith("k"):
            corrections.undo(db, number, by)
        elif ref.startswith("p"):
            undo_decision(db, number, by)
        elif row["kind"] == "hint" and row["decision"] != "skip":
            raise CorrectionError(f"{ref}: the hint was deleted when it was decided", "hint-gone")
        else:
            db.execute(
                "update review_marks set undone_at = :at, undone_by = :by where id = :id",
                {"at": now(), "by": by, "id": number},
            )


def _told(row: Mapping[str, Any]) -> Row:
    return {
        **row,
        **{name: json.loads(row[name]) if row[name] else None for name in ("original", "corrected")},
    }
