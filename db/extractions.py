"""What was read out of articles, put into rows, and which articles are still to be read."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from crawler.items import Article, article_id
from db.connect import transaction
from db.reviewing.anchors import anchor
from db.reviewing.corrections import apply_corrections
from db.reviewing.stale import compare_facts, note_former_facts
from db.rows import event_id, now
from db.store import set_article_fates
from nlp.extraction import Extraction, Mention


def pending_articles(db: Database, model: str) -> Iterator[tuple[str, Article]]:
    """Id and article of all that the present model has not read, in the order of their ids.

    Some hundreds are held at a time, so there may be millions; those that came are found while they are gone through.
    """
    last = ""
    while rows := _read_pending(db, model, last):
        for row in rows:
            last = row.pop("id")
            yield last, _build_article(row)


def pending_among(db: Database, model: str, articles: Iterable[str]) -> list[Article]:
    """Those of the articles with these ids that the present model has not read, in the order of their ids."""
    rows = db.query(
        f"""
        select {_ARTICLE} from articles {_PENDING} and id in (select value from json_each(:articles)) order by id
        """,
        {"model": model, "articles": json.dumps(list(articles))},
    )
    return [_build_article(row) for row in rows]


def count_pending_articles(db: Database, model: str) -> int:
    """How many articles `pending_articles` would give now."""
    (count,) = db.execute(f"select count(*) from articles {_PENDING}", {"model": model}).fetchone()
    return int(count)


def save_extraction(db: Database, extraction: Extraction, article: Article) -> None:
    """Put what was read out of an article in place of what was there: see `save_extractions`."""
    save_extractions(db, [(extraction, article)])


def save_extractions(db: Database, read: Sequence[tuple[Extraction, Article]]) -> None:
    """Put what was read out of articles, each once, in place of what was there, with the sentences that prove it.

    All of them in one transaction, or none. The address of an article that is not relevant becomes `off-topic`. Raises
    ValueError where an extraction is not of its article, or where something lies in none of its sentences, LookupError
    for an article that is not kept.
    """
    rows: dict[str, list[tuple[object, ...]]] = {table: [] for table in COLUMNS}
    for extraction, article in read:
        _add_rows(rows, extraction, article)
    articles = {extraction.article_id: article for extraction, article in read}
    with transaction(db):
        _refuse_unkept(db, articles)
        note_former_facts(db, articles)
        _delete_former(db, articles)
        for table, added in rows.items():
            db.conn.executemany(_INSERTS[table], added)
        compare_facts(db, articles)
        apply_corrections(db, articles)
        set_article_fates(db, articles)


class _Evidence:
    """The sentences of an article that prove something, numbered from 1 in the order of the text."""

    def __init__(self, extraction: Extraction, article: Article) -> None:
        self._article = article
        self._sentences = extraction.sentences
        self._ends = [end for _, end in extraction.sentences]
        self._starts = [start for start, _ in extraction.sentences]
        kinds = (extraction.mentions, extraction.officials, extraction.events, extraction.quotes, extraction.figures)
        held: set[int] = set()
        for kind in kinds:
            for found in kind:
                held.update(self._touched(found.start, found.end))
        self._numbers = {place: number for number, place in enumerate(sorted(held), start=1)}

    def _touched(self, start: int, end: int) -> range:
        """Places of the sentences that a stretch lies in."""
        touched = range(bisect_right(self._ends, start), bisect_left(self._starts, end))
        if not touched:
            where, text = self._article.canonical_url, self._article.text[start:end]
            raise ValueError(f"{where}: no sentence holds {text!r} at {start}-{end}")
        return touched

    def number(self, start: int) -> int:
        """Number of the sentence in which a stretch begins."""
        return self._numbers[bisect_right(self._ends, start)]

    def rows(self) -> Iterator[tuple[int, int, int, str, str]]:
        for place, number in self._numbers.items():
            start, end = self._sentences[place]
            text = self._article.text[start:end]
            yield number, start, end, text, anchor(text)


COLUMNS = {
    "extractions": ("model", "relevance", "is_relevant", "extracted_at"),
    "evidence": ("number", "start", "end", "text", "anchor"),
    "mentions": ("number", "label", "start", "end", "text", "value", "confidence", "evidence_number"),
    "article_regencies": ("regency_code", "role", "confidence", "evidence_number"),
    "officials": (
        "number", "name", "prefix", "degrees", "position", "acting", "organization", "regency_code", "represents",
        "is_quoted", "start", "end", "confidence", "evidence_number",
    ),
    "event_mentions": (
        "number", "event_id", "stage_code", "regency_code", "start_date", "end_date", "edition", "date_reason",
        "venue", "mode", "is_main", "status", "start", "end", "confidence", "evidence_number",
    ),
    "quotes": ("number", "speaker_name", "text", "start", "end", "confidence", "evidence_number"),
    "figures": (
        "number", "kind", "value", "unit", "bound", "about", "text", "start", "end", "confidence", "evidence_number",
    ),
    "article_pillars": ("pillar", "evidence_number"),
}  # fmt: skip
"""What an extraction fills, parents before children; `article_id` comes before the columns of each."""


_encode = json.JSONEncoder(ensure_ascii=False).encode


def _build_insert(table: str) -> str:
    # By hand: sqlite-utils asks for the schema at every call, and fills 500 articles a second.
    names = ", ".join(f'"{column}"' for column in ("article_id", *COLUMNS[table]))
    return f"insert into {table} ({names}) values (?{', ?' * len(COLUMNS[table])})"


_INSERTS = {table: _build_insert(table) for table in COLUMNS}


def _add_rows(rows: Mapping[str, list[tuple[object, ...]]], extraction: Extraction, article: Article) -> None:
    """Add the rows of one article to those of every table, in the order of COLUMNS."""
    one = extraction.article_id
    if one != article_id(article.canonical_url):
        raise ValueError(f"{article.canonical_url}: the extraction is of another article, {one}")
    evidence = _Evidence(extraction, article)
    found = extraction
    rows["extractions"].append((one, found.model, found.relevance, found.is_relevant, now()))
    rows["evidence"].extend((one, *row) for row in evidence.rows())
    rows["mentions"].extend(
        (one, number, of.label, of.start, of.end, of.text, of.value, of.confidence, evidence.number(of.start))
        for number, of in enumerate(found.mentions, start=1)
    )
    named = _best_naming(found)
    rows["article_regencies"].extend(
        (one, of.code, of.role, of.confidence, _number_of(named.get(("REGENCY", of.code)), evidence))
        for of in found.regencies
    )
    rows["officials"].extend(
        (
            one, number, of.name, of.prefix, _encode(of.degrees), of.position, of.acting,
            of.organization, of.regency, of.represents, of.is_quoted, of.start, of.end, of.confidence,
            evidence.number(of.start),
        )
        for number, of in enumerate(found.officials, start=1)
    )  # fmt: skip
    rows["event_mentions"].extend(
        (
            one, number, event_id(of.regency, of.stage, of.start_date), of.stage, of.regency, of.start_date,
            of.end_date, of.edition, of.date_reason, of.venue, of.mode, of.is_main, of.status, of.start, of.end,
            of.confidence, evidence.number(of.start),
        )
        for number, of in enumerate(found.events, start=1)
    )  # fmt: skip
    rows["quotes"].extend(
        (one, number, of.speaker, of.text, of.start, of.end, of.confidence, evidence.number(of.start))
        for number, of in enumerate(found.quotes, start=1)
    )
    rows["figures"].extend(
        (
            one, number, of.kind, of.value, of.unit, of.bound, of.about, of.text, of.start, of.end, of.confidence,
            evidence.number(of.start),
        )
        for number, of in enumerate(found.figures, start=1)
    )  # fmt: skip
    rows["article_pillars"].extend(
        (one, pillar, _number_of(named.get(("PILLAR", pillar)), evidence)) for pillar in dict.fromkeys(found.pillars)
    )


def _best_naming(extraction: Extraction) -> dict[tuple[str, str], Mention]:
    """The surest mention of each regency and pillar, the first of those as sure."""
    best: dict[tuple[str, str], Mention] = {}
    for mention in extraction.mentions:
        key = (mention.label, mention.value)
        if key not in best or mention.confidence > best[key].confidence:
            best[key] = mention
    return best


def _number_of(mention: Mention | None, evidence: _Evidence) -> int | None:
    return None if mention is None else evidence.number(mention.start)


def _refuse_unkept(db: Database, articles: Mapping[str, Article]) -> None:
    unkept = db.execute(
        "select value from json_each(?) where value not in (select id from articles)", [json.dumps(list(articles))]
    ).fetchone()
    if unkept:
        raise LookupError(
            f"{articles[unkept[0]].canonical_url}: no such article; save_article comes before save_extraction"
        )


def _delete_former(db: Database, articles: Iterable[str]) -> None:
    """Delete what was read out of these articles before."""
    former = db.execute(
        "select article_id from json_each(?) join extractions on article_id = value", [json.dumps(list(articles))]
    ).fetchall()
    db.conn.executemany("delete from extractions where article_id = ?", former)


_PENDING = """
    left join extractions on extractions.article_id = articles.id
    where (extractions.model is null or extractions.model <> :model)
"""


_ARTICLE = "url, canonical_url, source, title, authors, published_at, published_by, date_reason, text, is_complete"


def _read_pending(db: Database, model: str, after: str) -> list[dict[str, Any]]:
    rows = db.query(
        f"""
        select id, {_ARTICLE}
        from articles {_PENDING} and id > :after
        order by id
        limit 500
        """,
        {"model": model, "after": after},
    )
    return list(rows)


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
