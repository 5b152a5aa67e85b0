"""What was read out of articles, put into rows, and which articles are still to be read."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from crawler.items import Article, article_id
from db.connect import transaction
from db.rows import first, now
from db.store import set_article_fate
from nlp.extraction import Extraction, Span


def pending_articles(db: Database, model: str) -> list[tuple[str, Article]]:
    """Id and article of all that the present model has not read, in the order of their ids."""
    rows = db.query(
        """
        select id, url, canonical_url, source, title, authors, published_at, published_by, date_reason, text,
               is_complete
        from articles
        left join extractions on extractions.article_id = articles.id
        where extractions.model is null or extractions.model <> :model
        order by id
        """,
        {"model": model},
    )
    return [(row.pop("id"), _build_article(row)) for row in rows]


def save_extraction(db: Database, extraction: Extraction, article: Article) -> None:
    """Put what was read out of an article in place of what was there, with the sentences that prove it.

    The address of an article that is not relevant becomes `off-topic`. Raises ValueError where the extraction is not
    of this article, or where something lies in none of its sentences.
    """
    if extraction.article_id != article_id(article.canonical_url):
        raise ValueError(f"{article.canonical_url}: the extraction is of another article, {extraction.article_id}")
    evidence = _Evidence(extraction, article)
    with transaction(db):
        if not first(db, "select id from articles where id = ?", extraction.article_id):
            raise LookupError(f"{article.canonical_url}: no such article; save_article comes before save_extraction")
        db.execute("delete from extractions where article_id = ?", [extraction.article_id])
        for table, rows in _extraction_rows(extraction, evidence).items():
            db.table(table).insert_all({"article_id": extraction.article_id} | row for row in rows)
        set_article_fate(db, extraction.article_id)


def event_id(regency: str | None, stage: str, start_date: str | None) -> str:
    """First 12 hex digits of the SHA-256 of what an event is, so that it is the same after every rebuild.

    >>> event_id("19.03", "evaluasi-2", "2023-11-03")
    '7baadd278f4d'
    >>> event_id(None, "penghargaan", None) == event_id(None, "penghargaan", "2023")
    False
    """
    name = "|".join(part or "-" for part in (regency, stage, start_date))
    return hashlib.sha256(name.encode()).hexdigest()[:12]


class _Evidence:
    """The sentences of an article that prove something, numbered from 1 in the order of the text."""

    def __init__(self, extraction: Extraction, article: Article) -> None:
        self._sentences = extraction.sentences
        self._text = article.text
        self._where = article.canonical_url
        spans = [
            (found.start, found.end)
            for kind in (
                extraction.mentions,
                extraction.officials,
                extraction.events,
                extraction.quotes,
                extraction.figures,
            )
            for found in kind
        ]
        held = sorted({sentence for span in spans for sentence in self._touched(span)})
        self._numbers = {sentence: number for number, sentence in enumerate(held, start=1)}

    def _touched(self, span: Span) -> list[Span]:
        start, end = span
        touched = [sentence for sentence in self._sentences if sentence[0] < end and start < sentence[1]]
        if not touched:
            raise ValueError(f"{self._where}: no sentence holds {self._text[start:end]!r} at {start}-{end}")
        return touched

    def number(self, start: int, end: int) -> int:
        """Number of the sentence in which a span begins."""
        return self._numbers[self._touched((start, end))[0]]

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"number": number, "start": start, "end": end, "text": self._text[start:end]}
            for (start, end), number in self._numbers.items()
        ]


def _extraction_rows(extraction: Extraction, evidence: _Evidence) -> dict[str, list[dict[str, Any]]]:
    """Rows of every table that an extraction fills, parents before children."""
    return {
        "extractions": [
            {
                "model": extraction.model,
                "relevance": extraction.relevance,
                "is_relevant": extraction.is_relevant,
                "extracted_at": now(),
            }
        ],
        "evidence": evidence.rows(),
        "mentions": [
            {
                "number": number,
                "label": mention.label,
                "start": mention.start,
                "end": mention.end,
                "text": mention.text,
                "value": mention.value,
                "confidence": mention.confidence,
                "evidence_number": evidence.number(mention.start, mention.end),
            }
            for number, mention in enumerate(extraction.mentions, start=1)
        ],
        "article_regencies": [
            {"regency_code": regency.code, "role": regency.role, "confidence": regency.confidence}
            for regency in extraction.regencies
        ],
        "officials": [
            {
                "number": number,
                "name": official.name,
                "prefix": official.prefix,
                "degrees": json.dumps(official.degrees, ensure_ascii=False),
                "position": official.position,
                "acting": official.acting,
                "organization": official.organization,
                "regency_code": official.regency,
                "represents": official.represents,
                "is_quoted": official.is_quoted,
                "start": official.start,
                "end": official.end,
                "confidence": official.confidence,
                "evidence_number": evidence.number(official.start, official.end),
            }
            for number, official in enumerate(extraction.officials, start=1)
        ],
        "event_mentions": [
            {
                "number": number,
                "event_id": event_id(event.regency, event.stage, event.start_date),
                "stage_code": event.stage,
                "regency_code": event.regency,
                "start_date": event.start_date,
                "end_date": event.end_date,
                "edition": event.edition,
                "date_reason": event.date_reason,
                "venue": event.venue,
                "mode": event.mode,
                "is_main": event.is_main,
                "status": event.status,
                "start": event.start,
                "end": event.end,
                "confidence": event.confidence,
                "evidence_number": evidence.number(event.start, event.end),
            }
            for number, event in enumerate(extraction.events, start=1)
        ],
        "quotes": [
            {
                "number": number,
                "speaker_name": quote.speaker,
                "text": quote.text,
                "start": quote.start,
                "end": quote.end,
                "confidence": quote.confidence,
                "evidence_number": evidence.number(quote.start, quote.end),
            }
            for number, quote in enumerate(extraction.quotes, start=1)
        ],
        "figures": [
            {
                "number": number,
                "kind": figure.kind,
                "value": figure.value,
                "unit": figure.unit,
                "bound": figure.bound,
                "about": figure.about,
                "text": figure.text,
                "start": figure.start,
                "end": figure.end,
                "confidence": figure.confidence,
                "evidence_number": evidence.number(figure.start, figure.end),
            }
            for number, figure in enumerate(extraction.figures, start=1)
        ],
        "article_pillars": [{"pillar": pillar} for pillar in dict.fromkeys(extraction.pillars)],
    }


def _build_article(row: dict[str, Any]) -> Article:
    published_at = row["published_at"]
    return Article(
        **row
        | {
            "authors": tuple(json.loads(row["authors"])),
            "published_at": datetime.fromisoformat(published_at) if published_at else None,
            "is_complete": bool(row["is_complete"]),
        }
    )
