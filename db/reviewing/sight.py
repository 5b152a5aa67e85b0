"""All that helps a person to decide about an item of the queue, or about a fact: as rows, for whoever shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from db.reviewing.corrections import read_history, refusal_of, standing_correction
from db.reviewing.facts import Content, Fact, Row, content, fact_id, read_facts
from db.reviewing.hints import read_hints
from db.reviewing.queue import Item, find_item, is_waiting
from db.rows import first

AROUND = 260
"""Characters shown before and after a sentence."""
FACT = "FACT"
"""The label of the words that name the fact itself, beside the labels of mentions."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an article's text with the mentions in it."""

    text: str
    marks: Sequence[Row]
    """label, value, confidence, and the offsets within the text: offset_start, offset_end."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence with its neighbours."""

    before: Piece | None
    sentence: Piece
    after: Piece | None
    is_former: bool
    is_of_date: bool
    """Whether it only says the date."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is to be decided about, and what helps."""

    id: str
    """Of the item or the fact."""
    item: Item | None
    """None for a fact that does not wait."""
    kind: str
    """Of the item; of a fact that does not wait the kind of fact."""
    fact_kind: str | None
    fact_id: str | None
    """The fact that a decision is about, where it stands in the rows; `article` or `date` for what an article is."""
    said: Content
    """What it says now."""
    article: Row | None
    passages: Sequence[Passage]
    reports: Sequence[Row]
    """What articles say of the events that an item is about."""
    hints: Sequence[Row]
    history: Sequence[Row]
    articles: Sequence[Row]
    """The first articles of a new outlet."""
    seen: int | None
    """The number of the correction that holds now; a decision names it, so that none is taken unseen."""
    is_waiting: bool
    confidence: float | None


def look(db: Database, what: str, published: Item | None = None) -> Sight:
    """All that helps to decide about an item of the queue or any fact, by its id.

    `published` is the item where only the published queue has it. Raises CorrectionError where there is nothing of that
    id any more; where somebody decided about it, that error says who.
    """
    item = find_item(db, what) or published
    article = item.article_id if item else what.partition("-")[0]
    facts = read_facts(db, article) if article else []
    held = _read_article(db, article)
    named = _named_fact(what, item, article)
    fact = next((one for one in facts if one.id == named), None)
    if item is None and fact is None and (held is None or named not in ("article", "date")):
        raise refusal_of(db, article or "", named or what)
    return Sight(
        what,
        item,
        item.kind if item else fact.kind if fact else str(named),
        _fact_kind(item, fact, named),
        named if fact or named in ("article", "date") else None,
        fact.said if fact else item.said if item else _said_of_article(held, named),
        held,
        _passages(db, held, fact, item),
        [report for event in events_of(item) for report in read_reports(db, event)],
        read_hints(db, article, named) if article and named else [],
        [row for row in read_history(db, article or "") if row["fact"] in (what, f"{article}-{named}", named)],
        _first_articles(db, item.key or "") if item and item.kind == "source" else [],
        standing_correction(db, article, named) if article and named else None,
        item is not None and is_waiting(db, item),
        fact.confidence if fact else item.confidence if item else None,
    )


def _named_fact(what: str, item: Item | None, article: str | None) -> str | None:
    if item and item.kind == "hint":
        return str(item.said["fact"])
    rest = what.partition("-")[2]
    if rest in ("article", "date") and what.startswith(f"{article}-"):
        return rest
    return None if item and item.fact_kind is None else what


def _fact_kind(item: Item | None, fact: Fact | None, named: str | None) -> str | None:
    if fact:
        return fact.kind
    if named in ("article", "date"):
        return named
    return item.fact_kind if item else None


def _said_of_article(held: Row | None, named: str | None) -> Content:
    assert held is not None
    if named == "date":
        return {"published_at": held["published_at"]}
    return {"is_relevant": None if held["is_relevant"] is None else bool(held["is_relevant"])}


def _read_article(db: Database, article: str | None) -> Row | None:
    return first(
        db,
        """
        select articles.id, title, url, lead, text, published_at, published_by, date_reason,
            substr(published_at, 1, 10) as day, sources.name as source, outlet_name, is_relevant, relevance
        from articles
        join sources on sources.name = source
        left join extractions on article_id = articles.id
        where articles.id = ?
        """,
        article,
    )


def events_of(item: Item | None) -> list[str]:
    """The ids of the events that contradict each other, or themselves, each once."""
    if item is None or item.kind not in ("conflict", "order"):
        return []
    others = [told[2] for told in item.said if told[2]] if item.kind == "conflict" else []
    return list(dict.fromkeys([*(item.key or "").split("-"), *others]))


def read_reports(db: Database, event: str) -> list[Row]:
    """What each article says of an event, the earliest first: the fact's id, what it says, its sentence."""
    rows = db.query(
        """
        select reports.published_date, sources.outlet_name, proof.text as sentence, articles.title, event_mentions.*
        from event_reports as reports
        join event_mentions on event_mentions.article_id = reports.article_id and event_mentions.number = reports.number
        join articles on articles.id = reports.article_id
        join sources on sources.name = articles.source
        join evidence as proof
            on proof.article_id = event_mentions.article_id and proof.number = event_mentions.evidence_number
        where reports.event_id = ?
        order by reports.published_date is null, reports.published_date, reports.article_id
        limit 12
        """,
        [event],
    )
    return [_report(event, row) for row in rows]


def _report(event: str, row: Row) -> Row:
    said = content("event", row)
    kept = {name: row[name] for name in ("article_id", "published_date", "outlet_name", "title", "sentence")}
    return kept | {"event_id": event, "said": said, "fact": fact_id(row["article_id"], "event", said)}


def _first_articles(db: Database, source: str) -> list[Row]:
    return list(
        db.query(
            """
            select articles.id, title, url, substr(published_at, 1, 10) as day, outlet_name
            from articles
            join sources on sources.name = source
            join extractions on article_id = articles.id and is_relevant = 1
            where source = ?
            order by articles.rowid
            limit 5
            """,
            [source],
        )
    )


# Sentences


def _passages(db: Database, held: Row | None, fact: Fact | None, item: Item | None) -> list[Passage]:
    if fact is None or held is None:
        sentence = item.sentence if item else None
        return (
            [Passage(None, Piece(sentence, []), None, item is not None and item.kind == "stale", False)]
            if sentence
            else []
        )
    if fact.sentence is None:
        return []
    if fact.is_former or fact.start is None or fact.end is None:
        return [Passage(None, Piece(fact.sentence, []), None, True, False)]
    marks = [*_read_marks(db, held["id"], fact.start - AROUND, fact.end + AROUND), *_own_words(held["text"], fact)]
    passages = [_passage(held["text"], fact.start, fact.end, marks)]
    if fact.kind == "event" and (span := _date_sentence(db, fact)):
        marks = _read_marks(db, held["id"], span[0] - AROUND, span[1] + AROUND)
        passages.append(_passage(held["text"], *span, marks, is_of_date=True))
    return passages


def _passage(text: str, start: int, end: int, marks: Sequence[Row], is_of_date: bool = False) -> Passage:
    first_shown, last_shown = _word_start(text, start - AROUND), _word_end(text, end + AROUND)
    before = _piece(text, first_shown, start, marks, "… " if first_shown else "") if first_shown < start else None
    after = _piece(text, end, last_shown, marks) if last_shown > end else None
    return Passage(before, _piece(text, start, end, marks), after, False, is_of_date)


def _word_start(text: str, offset: int) -> int:
    return 0 if offset <= 0 else text.find(" ", offset) + 1


def _word_end(text: str, offset: int) -> int:
    return len(text) if offset >= len(text) else text.rfind(" ", 0, offset)


def _piece(text: str, start: int, end: int, marks: Sequence[Row], cut: str = "") -> Piece:
    """A stretch of a text; `cut` stands before it where the text begins earlier."""
    shift = len(cut) - start
    inside = [
        mark | {"offset_start": max(mark["start"], start) + shift, "offset_end": min(mark["end"], end) + shift}
        for mark in marks
        if mark["start"] < end and mark["end"] > start
    ]
    return Piece(cut + text[start:end], inside)


def _read_marks(db: Database, article: str, start: int, end: int) -> list[Row]:
    return list(
        db.query(
            """
            select label, start, "end", value, confidence
            from mentions
            where article_id = :article and start < :end and "end" > :start
            order by start
            """,
            {"article": article, "start": start, "end": end},
        )
    )


def _own_words(text: str, fact: Fact) -> list[Row]:
    """The words of a quotation or a figure, which no mention marks; a quotation goes on behind its sentence."""
    if fact.kind not in ("quote", "figure") or not fact.words or fact.start is None:
        return []
    start = text.find(fact.words, fact.start)
    if start < 0:
        return []
    told: dict[str, Any] = {"label": FACT, "value": fact.kind, "confidence": fact.confidence}
    return [told | {"start": start, "end": start + len(fact.words)}]


def _date_sentence(db: Database, fact: Fact) -> tuple[int, int] | None:
    """Where the sentence stands that says the date of a step, if that is another one."""
    start, end = fact.said["start_date"], fact.said["end_date"]
    row = first(
        db,
        """
        select evidence.start, evidence."end"
        from mentions
        join evidence on evidence.article_id = mentions.article_id and evidence.number = evidence_number
        where mentions.article_id = ? and label = 'DATE' and value in (?, ?)
        order by evidence.start <> ?, evidence.start
        """,
        fact.article_id,
        start,
        f"{start}/{end}",
        fact.start,
    )
    return (row["start"], row["end"]) if row and row["start"] != fact.start else None
