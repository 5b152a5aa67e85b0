"""Extractions in the form of the gold annotation, so that one scorer serves both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crawler.items import Article
from nlp.extraction import Extraction


def annotation(key: str, article: Article, extraction: Extraction) -> dict[str, Any]:
    """One article as a JSON object: what an annotator would have written, and the edition of each event, which the gold
    does not hold; "not sure" is written as not relevant."""
    return {
        "id": key,
        "source": {"url": article.url, "outlet": article.source},
        "published": article.published_at.date().isoformat() if article.published_at else None,
        "title": article.title,
        "text": article.text,
        "relevant": bool(extraction.is_relevant),
        "regencies": [{"code": regency.code, "role": regency.role} for regency in extraction.regencies],
        "officials": [
            {
                "name": o.name, "prefix": o.prefix, "degrees": list(o.degrees), "position": o.position,
                "acting": o.acting, "organization": o.organization, "regency": o.regency,
                "represents": o.represents, "quoted": o.is_quoted,
            }
            for o in extraction.officials
        ],
        "events": [
            {
                "stage": e.stage, "edition": e.edition, "start": e.start_date, "end": e.end_date,
                "regency": e.regency, "venue": e.venue, "mode": e.mode, "main": e.is_main,
            }
            for e in extraction.events
        ],
        "dates": list(_dates(extraction)),
        "pillars": list(extraction.pillars),
        "quotes": [{"speaker": q.speaker, "starts": " ".join(q.text.split()[:5])} for q in extraction.quotes],
    }  # fmt: skip


def _dates(extraction: Extraction) -> Iterator[dict[str, str]]:
    for mention in extraction.mentions:
        if mention.label == "DATE" and mention.value:
            start, _, end = mention.value.partition("/")
            yield {"text": mention.text, "start": start, "end": end or start}
