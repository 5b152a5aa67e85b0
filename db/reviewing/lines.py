"""What `pantau review` prints of items, facts and corrections: sober lines."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlite_utils import Database

from db.reviewing.corrections import CorrectionError, read_history
from db.reviewing.facts import Content, Fact, Row, content, described, fact_id, read_facts
from db.reviewing.queue import Item, find_item
from db.reviewing.sight import events_of
from db.rows import first

AROUND = 160


def item_line(item: Item) -> str:
    """An item in one line: id, kind, regency, what, reason in both languages, confidence; parted by tabs."""
    sure = "" if item.confidence is None else f"{item.confidence:.2f}"
    what = " ".join(item.what.split())
    return "\t".join((item.id, item.kind, item.regency_code or "", what, f"{item.reason_id} / {item.reason_en}", sure))


def show_lines(db: Database, what: str) -> Iterator[str]:
    """All that helps to decide about an item, a fact, an article or a correction, by its id.

    Raises CorrectionError where there is nothing of that id.
    """
    if what.isdigit() and (row := first(db, "select * from corrections where id = ?", int(what))):
        yield from _correction_lines(row)
        return
    item = find_item(db, what)
    article = item.article_id if item else what.partition("-")[0]
    if item:
        yield from _item_lines(item)
    if item and item.kind == "source":
        yield from _source_lines(db, item.key or "")
        return
    facts = read_facts(db, article) if article else []
    held = first(
        db,
        """
        select title, url, substr(published_at, 1, 10) as day, outlet_name
        from articles
        join sources on name = source
        where id = ?
        """,
        article,
    )
    if not item and not any(one.id == what for one in facts) and (held is None or what != article):
        raise CorrectionError(f"nothing in review is {what!r}; `pantau review list` prints the items")
    if held:
        told = (held["title"] or "", held["outlet_name"], held["day"] or "", held["url"])
        yield "\t".join(("article", str(article), *told))
    chosen = next((one for one in facts if one.id == what), None)
    if chosen:
        yield from _fact_lines(db, chosen)
    if item:
        for event in events_of(item):
            yield from _report_lines(db, event)
    for one in facts:
        yield _fact_line(one)
    for row in read_history(db, article or ""):
        yield _history_line(row)


def _item_lines(item: Item) -> Iterator[str]:
    yield f"item\t{item.id}\t{item.kind}\t{item.reason_id} / {item.reason_en}"
    if item.kind in ("reset", "orphan"):
        for version in ("original", "corrected", "present"):
            if item.said.get(version):
                yield f"{version}\t{_told(item.said[version])}"
    if item.kind == "hint":
        for name in ("fact", "wrong", "instead", "source_url"):
            if item.said.get(name):
                yield f"{name}\t{_flat(item.said[name])}"
    if item.sentence and item.kind in ("reset", "orphan", "stale"):
        yield f"former sentence\t{' '.join(item.sentence.split())}"
    if item.kind == "stale" and item.fact_kind:
        yield f"said\t{described(item.fact_kind, item.said)}"


def _source_lines(db: Database, source: str) -> Iterator[str]:
    rows = db.query(
        """
        select id, title, substr(published_at, 1, 10) as day
        from articles
        join extractions on article_id = id and is_relevant = 1
        where source = ?
        order by articles.rowid
        limit 5
        """,
        [source],
    )
    for row in rows:
        yield f"article\t{row['id']}\t{row['day'] or ''}\t{row['title']}"


def _fact_lines(db: Database, fact: Fact) -> Iterator[str]:
    text = first(db, "select text from articles where id = ?", fact.article_id)
    if fact.sentence and text and fact.start is not None and fact.end is not None and not fact.is_former:
        before = text["text"][max(0, fact.start - AROUND) : fact.start]
        after = text["text"][fact.end : fact.end + AROUND]
        yield f"sentence\t{_flat(before)} {_marked(fact)} {_flat(after)}"
    elif fact.sentence:
        yield f"sentence\t{_marked(fact)}"
    if fact.kind == "event":
        number = first(
            db,
            """
            select event_reports.event_id
            from event_mentions
            join event_reports
                on event_reports.article_id = event_mentions.article_id and event_reports.number = event_mentions.number
            where event_mentions.article_id = ?
                and event_mentions.stage_code = ?
                and event_mentions.start_date is ?
            """,
            fact.article_id,
            fact.said["stage_code"],
            fact.said["start_date"],
        )
        if number and number["event_id"]:
            yield from _report_lines(db, number["event_id"])


def _report_lines(db: Database, event: str) -> Iterator[str]:
    """What every article says of an event, so that contradictions can be weighed."""
    rows = db.query(
        """
        select reports.published_date, reports.source, proof.text, event_mentions.*
        from event_reports as reports
        join event_mentions on event_mentions.article_id = reports.article_id and event_mentions.number = reports.number
        join evidence as proof
            on proof.article_id = event_mentions.article_id and proof.number = event_mentions.evidence_number
        where reports.event_id = ?
        order by reports.published_date is null, reports.published_date, reports.article_id
        """,
        [event],
    )
    for row in rows:
        said = content("event", row)
        yield "\t".join(
            (
                "report",
                fact_id(row["article_id"], "event", said),
                row["source"],
                row["published_date"] or "",
                described("event", said),
                _flat(row["text"]),
            )
        )


def _fact_line(fact: Fact) -> str:
    mark = f"correction {fact.correction_id}" if fact.correction_id else f"{fact.confidence:.2f}"
    return f"fact\t{fact.id}\t{fact.kind}\t{mark}\t{described(fact.kind, fact.said)}"


def _history_line(row: Row) -> str:
    state = f"undone by {row['undone_by']}" if row["undone_at"] else row["state"]
    change = _told(json.loads(row["corrected"])) if row["corrected"] else ""
    return (
        f"correction\t{row['id']}\t{row['kind']}\t{row['decision']}\t{state}\t{row['decided_by']}\t"
        f"{row['decided_at'][:10]}\t{row['reason']}\t{change}"
    )


def _correction_lines(row: Row) -> Iterator[str]:
    yield _history_line(row)
    for version in ("original", "corrected", "present"):
        if row[version]:
            yield f"{version}\t{_told(json.loads(row[version]))}"
    if row["sentence"]:
        yield f"sentence\t{_flat(row['sentence'])}"
    if row["state_reason"]:
        yield f"state\t{row['state']}\t{row['state_reason']}"


def _told(said: Content) -> str:
    return described("", said)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _marked(fact: Fact) -> str:
    """The sentence with the words that name the fact, or else the whole of it, in [[ ]]."""
    sentence = _flat(fact.sentence or "")
    words = _flat(fact.words or "")
    return sentence.replace(words, f"[[{words}]]", 1) if words and words in sentence else f"[[{sentence}]]"
