"""Facts of an edited article that its text does not tell any more: kept with the version that told them, for review."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from sqlite_utils import Database

from db.reviewing.anchors import find_again
from db.reviewing.facts import KINDS, Row, content, fact_id, identity, read_facts
from db.rows import now


def note_former_facts(db: Database, articles: Iterable[str], is_edited: bool = False) -> None:
    """Note what was read out of articles before that is replaced; what people decided about is kept in another way.

    `is_edited` where their pages were edited, rather than read anew. Part of a transaction.
    """
    held = db.execute(
        """
        select articles.id, digest
        from json_each(?) as chosen
        join articles on articles.id = chosen.value
        join extractions on article_id = articles.id
        """,
        [json.dumps(list(articles))],
    ).fetchall()
    for article, digest in held:
        facts = [fact for fact in read_facts(db, article) if fact.correction_id is None]
        db.conn.executemany(
            """
            insert or replace into former_facts
            values (:article_id, :number, :kind, :value, :sentence, :before, :after, :start, :end, :words, :page_digest,
                :is_edited, :model, :confidence)
            """,
            [
                {
                    "article_id": article,
                    "number": number,
                    "kind": fact.kind,
                    "value": json.dumps(fact.said, ensure_ascii=False),
                    "sentence": fact.sentence,
                    "before": fact.before,
                    "after": fact.after,
                    "start": fact.start,
                    "end": fact.end,
                    "words": fact.words,
                    "page_digest": digest,
                    "is_edited": is_edited,
                    "model": fact.model,
                    "confidence": fact.confidence,
                }
                for number, fact in enumerate(facts, start=1)
            ],
        )


def compare_facts(db: Database, articles: Iterable[str]) -> None:
    """Compare what was just read out of articles with what was noted before. Part of a transaction, before corrections.

    A former fact that the model finds again is the same fact, wherever it stands now. One whose sentence stands, or
    that only another parser left out, the model does not see any more: that is counted (`dropped_facts`). One whose
    sentence went with an edit of the page is stale, until its sentence or the fact itself is there again.
    """
    chosen = {"articles": json.dumps(list(articles))}
    former = list(
        db.query(
            """
            select former_facts.*
            from json_each(:articles) as chosen
            join former_facts on article_id = chosen.value
            order by article_id, number
            """,
            chosen,
        )
    )
    stale = list(
        db.query(
            """
            select stale_facts.*
            from json_each(:articles) as chosen
            join stale_facts on article_id = chosen.value
            """,
            chosen,
        )
    )
    if not former and not stale:
        return
    present = {article: _Present(db, article) for article in {row["article_id"] for row in [*former, *stale]}}
    for row in stale:
        if present[row["article_id"]].tells(row):
            db.execute("delete from stale_facts where article_id = ? and fact = ?", [row["article_id"], row["fact"]])
    dropped: Counter[tuple[str, str]] = Counter()
    for article, rows in groupby(former, key=lambda row: str(row["article_id"])):
        _compare(db, present[article], list(rows), dropped)
    db.conn.executemany(
        """
        insert into dropped_facts (model, kind, facts) values (?, ?, ?)
        on conflict (model, kind) do update set facts = facts + excluded.facts
        """,
        [(model, kind, count) for (model, kind), count in dropped.items()],
    )
    db.execute("delete from former_facts where article_id in (select value from json_each(:articles))", chosen)


class _Present:
    """What an article says now."""

    def __init__(self, db: Database, article: str) -> None:
        self.article = article
        self.text, self.model = db.execute(
            "select text, model from articles join extractions on article_id = id where id = ?", [article]
        ).fetchone()
        self.facts = {
            (kind, identity(kind, content(kind, row)))
            for kind, spec in KINDS.items()
            for row in db.query(f"select * from {spec.table} where article_id = ?", [article])
        }

    def has(self, row: Row) -> bool:
        """Whether the fact was found again."""
        return (row["kind"], identity(row["kind"], json.loads(row["value"]))) in self.facts

    def tells(self, row: Row) -> bool:
        """Whether the fact was found again, or its sentence stands."""
        return self.has(row) or (
            row["sentence"] is not None
            and find_again(row["sentence"], row["before"], row["after"], self.text) is not None
        )


def _compare(db: Database, present: _Present, rows: Sequence[Row], dropped: Counter[tuple[str, str]]) -> None:
    for row in rows:
        if present.has(row):
            continue
        # A fact without a sentence hangs on the whole article, and nothing tells why it went.
        if not row["is_edited"] or row["sentence"] is None or present.tells(row):
            dropped[present.model, row["kind"]] += 1
        else:
            _save_stale(db, row)


def _save_stale(db: Database, row: dict[str, Any]) -> None:
    names = ("article_id", "kind", "value", "sentence", "before", "after", "start", "end", "words", "page_digest")
    stale = {name: row[name] for name in (*names, "model", "confidence")}
    stale |= {"fact": fact_id(row["article_id"], row["kind"], json.loads(row["value"])), "stale_at": now()}
    db.execute(
        """
        insert or replace into stale_facts
        values (:article_id, :fact, :kind, :value, :sentence, :before, :after, :start, :end, :words, :page_digest,
            :model, :confidence, :stale_at)
        """,
        stale,
    )
