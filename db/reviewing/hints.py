"""What readers say is wrong: private, shown to reviewers alone, and deleted as soon as one of them has decided."""

from __future__ import annotations

import json

from sqlite_utils import Database

from db.connect import transaction
from db.reviewing.corrections import CorrectionError
from db.reviewing.facts import Content, Row
from db.rows import first, insert, now

MOST = 500
"""Hints that may wait: whoever sends more of them than people can read sends them in vain."""
MOST_OF_A_FACT = 5


def save_hint(
    db: Database,
    article: str,
    fact: str,
    kind: str,
    said: Content,
    sentence: str | None,
    wrong: str,
    instead: str | None = None,
    source_url: str | None = None,
    email: str | None = None,
) -> int:
    """Keep a reader's hint with the fact as the reader saw it; its number.

    `fact` is a fact's id, or `article` or `date` for what the whole article is. Raises CorrectionError where no such
    article is kept, and where as many wait as may.
    """
    with transaction(db):
        if first(db, "select id from articles where id = ?", article) is None:
            raise CorrectionError(f"no article {article!r}", "gone", article=article)
        if db.execute("select count(*) from reader_hints").fetchone()[0] >= MOST:
            raise CorrectionError(f"{MOST} hints wait already", "full")
        if len(read_hints(db, article, fact)) >= MOST_OF_A_FACT:
            raise CorrectionError(f"{MOST_OF_A_FACT} hints on {fact} wait already", "full")
        insert(
            db,
            "reader_hints",
            {
                "article_id": article,
                "fact": fact,
                "kind": kind,
                "said": json.dumps(said, ensure_ascii=False),
                "sentence": sentence,
                "wrong": wrong,
                "instead": instead,
                "source_url": source_url,
                "email": email,
                "sent_at": now(),
            },
        )
        return int(db.execute("select last_insert_rowid()").fetchone()[0])


def read_hints(db: Database, article: str, fact: str) -> list[Row]:
    """The hints on a fact, the first one first."""
    return list(
        db.query(
            """
            select id, wrong, instead, source_url, email, sent_at
            from reader_hints
            where article_id = :article and fact = :fact
            order by id
            """,
            {"article": article, "fact": fact},
        )
    )


def drop_hints(db: Database, article: str, fact: str) -> None:
    """Forget what readers said of a fact, their addresses too. Part of a transaction."""
    db.execute("delete from reader_hints where article_id = ? and fact = ?", [article, fact])
