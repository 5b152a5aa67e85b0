"""Corrections as files that teach: regression cases for `pantau evaluate`, passages for the classifiers."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from db.reviewing.decisions import digest
from db.reviewing.facts import Row

CASES, PASSAGES = "cases.jsonl", "passages.jsonl"


def export_corrections(db: Database, folder: Path) -> dict[str, int]:
    """Write `cases.jsonl` and `passages.jsonl` into a folder; how many of each, and how many are left out.

    Both are written whole or not at all, in the order of the decisions; the same decisions give the same files. They
    hold other people's articles, so they are not for publishing.

    A case is a decision that holds and the text that it was taken on: `id` of the correction, `url`, `title`, `text`,
    `published` (ISO 8601 with its offset, or null), `kind` (article, date, regency, event, official, quote, figure),
    `decision` (accept, correct, reject, add), `original` (what the model said, null where it missed the fact),
    `corrected` (the fields that were changed, all of an added fact, null where it was accepted or rejected),
    `sentence` (the evidence, null for a whole article), `decided_by`, `decided_at` (UTC), `reason`. A decision whose
    text is not kept any more is left out.

    A passage is an article whose relevance or step somebody decided about: `text` (headline, an empty line, lead),
    `relevant`, `stage` (of the step that it reports, null where that is not known), as in
    `nlp/assets/passages/relevance.jsonl`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # One moment for both files, while other commands write.
    with db.atomic():
        held = list(_read_decisions(db))
        cases = [case for row in held if (case := _case(db, row))]
        passages = list(_passages(db))
    _write(folder / CASES, cases)
    _write(folder / PASSAGES, passages)
    return {"cases": len(cases), "passages": len(passages), "left out": len(held) - len(cases)}


def _read_decisions(db: Database) -> Iterator[Row]:
    """The decisions that hold: the last of each fact, not undone, not reset."""
    return db.query(
        """
        select corrections.id, article_id, kind, decision, original, corrected, sentence, text_digest, page_digest,
            is_former, decided_by, decided_at, reason, url, title, text, articles.published_at,
            iif(raw.article_id is null, articles.published_at, raw.published_at) as read_published_at
        from corrections
        join articles on articles.id = article_id
        left join uncorrected_dates as raw using (article_id)
        where undone_at is null and state in ('applied', 'orphan')
        order by corrections.id
        """
    )


def _case(db: Database, row: Row) -> Row | None:
    text = _text_then(db, row)
    if text is None:
        return None
    return {
        "id": row["id"],
        "url": row["url"],
        "title": row["title"],
        "text": text,
        # A corrected date is what the article is to be read with, but for the decision about that date.
        "published": row["read_published_at"] if row["kind"] == "date" else row["published_at"],
        "kind": row["kind"],
        "decision": row["decision"],
        "original": _said(row["original"]),
        "corrected": _said(row["corrected"]),
        "sentence": row["sentence"],
        "decided_by": row["decided_by"],
        "decided_at": row["decided_at"],
        "reason": row["reason"],
    }


def _said(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _text_then(db: Database, row: Row) -> str | None:
    """The text that a decision was taken on; of a kept fact the former version that tells it."""
    versions = db.execute(
        "select digest, text from article_versions where article_id = ?", [row["article_id"]]
    ).fetchall()
    if row["is_former"]:
        return next((str(text) for page, text in versions if page == row["page_digest"]), None)
    texts = [row["text"], *(text for _, text in versions)]
    return next((str(text) for text in texts if digest(text) == row["text_digest"]), None)


def _passages(db: Database) -> Iterator[Row]:
    rows = db.query(
        """
        select coalesce(title || char(10, 10), '') || lead as text, is_relevant as relevant,
            (
                select stage_code
                from event_mentions
                where event_mentions.article_id = articles.id and is_main = 1 and confidence >= 0.5
                order by number
                limit 1
            ) as stage
        from articles
        join extractions on extractions.article_id = articles.id
        where is_relevant is not null
            and exists (
                select 1
                from corrections
                where corrections.article_id = articles.id
                    and kind in ('article', 'event')
                    and undone_at is null
                    and state = 'applied'
            )
        order by articles.id
        """
    )
    for row in rows:
        is_relevant = bool(row["relevant"])
        yield row | {"relevant": is_relevant, "stage": row["stage"] if is_relevant else None}


def _write(path: Path, rows: Iterable[Row]) -> None:
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with new.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
