"""The queue of what a person should look at, and what is done with its items."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlite_utils import Database

from db.connect import transaction
from db.reviewing import corrections
from db.reviewing.corrections import CorrectionError
from db.reviewing.facts import Content, Row, content, fact_id, read_facts
from db.reviewing.hints import drop_hints
from db.rows import first, insert, now

KINDS = (
    "reset", "conflict", "order", "hint", "stale", "event", "subject", "article", "date", "regency", "official",
    "quote", "figure", "orphan", "source",
)  # fmt: skip

PLAIN = ("conflict", "order", "source")
"""Kinds that are about no one fact: somebody looks, and decides about the facts behind them."""

PERSONS = ("office", "person")
"""Kinds that only the published queue has: of two persons it is said whether they are one."""

Deed = Literal["accept", "correct", "reject", "skip"]


@dataclass(frozen=True, slots=True)
class Item:
    """Something to look at."""

    id: str
    """The same as long as what it is about is the same."""
    kind: str
    fact_kind: str | None
    """What kind of fact it is about; None where it is about something else than one."""
    article_id: str | None
    key: str | None
    """Of what is no fact: the source's name, or the ids of its events."""
    number: int
    """Of its row, correction or event report."""
    regency_code: str | None
    what: str
    reason_id: str
    reason_en: str
    priority: int
    """1 is what is wrong for readers now."""
    confidence: float | None
    said: Content
    sentence: str | None
    """None where no one sentence proves it."""

    @property
    def about(self) -> str:
        """A hash of what it says: a decision holds until that changes."""
        return about(self.said)


def prepare_queue(db: Database) -> None:
    """Make the view `review_queue` for this connection, and the functions that the published views of it need."""
    here = Path(__file__).parent
    views_folder = here.parent / "views"
    # What will be published of contradictions and of orders, before it is.
    views = {
        "told_events": "select id, stage_code, regency_code, start_date, end_date, edition, status from events",
        "conflicts_now": (views_folder / "event_conflicts.sql").read_text(encoding="utf-8"),
        "order_flags_now": (views_folder / "order_flags.sql")
        .read_text(encoding="utf-8")
        .replace("public.events", "told_events")
        .replace("public.", ""),
        "review_queue": (here / "queue.sql").read_text(encoding="utf-8"),
    }
    for name, sql in views.items():
        db.execute(f"create temp view if not exists {name} as {sql}")
    for function in (review_item, about_said, initials):
        db.register_function(function, deterministic=True, replace=True)


def review_item(kind: str, fact_kind: str | None, article: str | None, number: int, key: str | None, said: str) -> str:
    """The id of an item of the queue, by its row."""
    if kind in ("reset", "orphan"):
        return f"{article}-k{number}"
    if kind in ("article", "date"):
        return f"{article}-{kind}"
    if fact_kind is None or article is None:
        return f"{kind}-{key}"
    return fact_id(article, fact_kind, _content(fact_kind, said))


def about_said(kind: str, fact_kind: str | None, said: str) -> str:
    """The hash of what an item says, by its row."""
    return about(_said(kind, fact_kind, said))


def about(said: Content) -> str:
    """The hash of what an item says, 12 hex digits."""
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:12]


def initials(name: str) -> str:
    """The first letters of a name: who reviews is told apart in public, and not named.

    >>> initials("Rahmi Sari"), initials("diskominfo@paser")
    ('R.S.', 'D.')
    """
    return "".join(f"{part[0].upper()}." for part in name.split())


def _said(kind: str, fact_kind: str | None, said: str) -> Content:
    told: Content = json.loads(said)
    return _content(fact_kind, said) if fact_kind and kind != "reset" else told


def _content(kind: str, said: str) -> Content:
    told = json.loads(said)
    # A stale fact is kept as its content, a row of the queue as its columns.
    return told if isinstance(told.get("degrees"), list) else content(kind, told)


def review_items(db: Database, kind: str | None = None, regency: str | None = None) -> Iterator[Item]:
    """What is to be looked at and nobody has dealt with, what is wrong for readers first.

    `regency` is a code: items of its facts, and of articles that name it. Ordered by priority, then the least sure.
    """
    prepare_queue(db)
    marked = {
        (row["item"], row["about"]) for row in db.query("select item, about from review_marks where undone_at is null")
    }
    rows = db.query(
        """
        select *
        from review_queue
        where (:kind is null or kind = :kind)
            and (
                :regency is null
                or regency_code = :regency
                or article_id in (select article_id from article_regencies where regency_code = :regency)
            )
        order by priority, confidence nulls first, article_id, number
        """,
        {"kind": kind, "regency": regency},
    )
    for row in rows:
        item = _build_item(db, row)
        if (item.id, item.about) not in marked:
            yield item


def find_item(db: Database, item: str) -> Item | None:
    """The item of the queue with an id, decided already or not."""
    prepare_queue(db)
    start, _, rest = item.partition("-")
    # Constants leave the parts of the queue out that go over all events.
    is_keyed = start in (*PLAIN, "hint")
    condition = "kind = :start and key = :rest" if is_keyed else f"kind not in {PLAIN} and article_id = :start"
    for row in db.query(f"select * from review_queue where {condition}", {"start": start, "rest": rest}):
        found = _build_item(db, row)
        if found.id == item:
            return found
    return None


def is_waiting(db: Database, item: Item) -> bool:
    """Whether nobody has dealt with an item as it is now."""
    looked = first(
        db,
        "select id from review_marks where item = ? and about = ? and undone_at is null",
        item.id,
        item.about,
    )
    return looked is None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item of the queue in few words, to be counted and chosen from."""

    id: str
    kind: str
    priority: int
    article_id: str | None
    regency_code: str | None
    stage_code: str | None


def read_waiting(db: Database) -> list[Waiting]:
    """All that nobody has dealt with, in the order of `review_items`; some 20,000 a second, as no sentence is read."""
    prepare_queue(db)
    marked = {
        (row["item"], row["about"]) for row in db.query("select item, about from review_marks where undone_at is null")
    }
    rows = list(
        db.query(
            """
            select kind, key, fact_kind, article_id, number, regency_code, priority, said
            from review_queue
            order by priority, confidence nulls first, article_id, number
            """
        )
    )
    keyed = json.dumps([row["key"].partition("-")[0] for row in rows if row["kind"] in ("conflict", "order")])
    stages = dict(
        db.execute("select id, stage_code from events where id in (select value from json_each(?))", [keyed]).fetchall()
    )
    waiting = []
    for row in rows:
        item = review_item(row["kind"], row["fact_kind"], row["article_id"], row["number"], row["key"], row["said"])
        if marked and (item, about_said(row["kind"], row["fact_kind"], row["said"])) in marked:
            continue
        stage = stages.get((row["key"] or "").partition("-")[0]) or _stage(row["kind"], row["said"])
        waiting.append(Waiting(item, row["kind"], row["priority"], row["article_id"], row["regency_code"], stage))
    return waiting


def _stage(kind: str, said: str) -> str | None:
    if '"stage_code"' not in said:
        return None
    told = json.loads(said)
    if kind == "hint":
        told = told["said"]
    elif kind in ("reset", "orphan"):
        told = {**(told["original"] or {}), **(told["corrected"] or {})}
    stage: str | None = told.get("stage_code")
    return stage


def _build_item(db: Database, row: Row) -> Item:
    names = (
        "kind",
        "key",
        "fact_kind",
        "article_id",
        "number",
        "regency_code",
        "what",
        "reason_id",
        "reason_en",
        "priority",
    )
    proof = None
    if row["evidence_number"] is not None:
        proof = first(
            db,
            "select text from evidence where article_id = ? and number = ?",
            row["article_id"],
            row["evidence_number"],
        )
    elif row["kind"] in ("reset", "orphan"):
        proof = first(db, "select sentence as text from corrections where id = ?", row["number"])
    return Item(
        review_item(row["kind"], row["fact_kind"], row["article_id"], row["number"], row["key"], row["said"]),
        **{name: row[name] for name in names},
        confidence=row["confidence"],
        said=_said(row["kind"], row["fact_kind"], row["said"]),
        sentence=row["what"] if row["kind"] == "stale" else proof["text"] if proof else None,
    )


@dataclass(frozen=True, slots=True)
class Done:
    """What was done with an item."""

    kind: Literal["correction", "mark", "person"]
    """Where it is kept: `corrections`, `review_marks` or `person_decisions`."""
    number: int
    line: str


def settle(db: Database, item: str, deed: Deed, by: str, reason: str, changes: Mapping[str, str] | None = None) -> str:
    """Do with an item of the queue, or with any fact by its id, what a person decided; what was done, in one line.

    Of a fact: accept says it is right, correct what it says instead (`changes`), reject that it is not so. Of a stale
    fact: accept keeps it, reject lets it go. Of a correction that was reset or lost its fact: accept holds on to it,
    reject takes it back. Of what is no fact (a contradiction, a new outlet): accept says that somebody looked. Of a
    reader's hint: the same as of the fact that it is about; what readers said of a fact is deleted with any decision
    on it. skip leaves everything as it is. What was dealt with comes back only where it says something else. Raises
    CorrectionError and FactError as `corrections.decide` does.
    """
    return settle_item(db, item, deed, by, reason, changes).line


def settle_item(
    db: Database,
    item: str,
    deed: Deed,
    by: str,
    reason: str,
    changes: Mapping[str, str] | None = None,
    found: Item | None = None,
) -> Done:
    """As `settle`. `found` is the item where only the published queue has it."""
    with transaction(db):
        found = find_item(db, item) or found
        if deed == "skip" or (found and deed == "accept" and found.kind in (*PLAIN, *PERSONS, "orphan")):
            return _mark(db, item, found, deed, by, reason)
        if found and found.kind in PLAIN:
            raise CorrectionError(f"{item} is no fact: accept or skip it, and decide about the facts that `show` lists")
        if found and found.kind in ("reset", "orphan"):
            return _settle_correction(db, found, deed, by, reason)
        article, _, fact = item.partition("-")
        if article in PERSONS:
            raise CorrectionError(f"{item}: say `pantau review same` or `different` with the ids of the two")
        if found and found.kind == "stale":
            return _settle_stale(db, found, deed, by, reason)
        if found and found.kind == "hint":
            return _settle_hint(db, found, deed, by, reason, changes)
        return _decide(db, article, fact if fact in ("article", "date") else item, deed, by, reason, changes)


def _decide(
    db: Database,
    article: str,
    fact: str,
    deed: Literal["accept", "correct", "reject"],
    by: str,
    reason: str,
    changes: Mapping[str, str] | None,
) -> Done:
    number = corrections.decide(db, article, fact, deed, by, reason, changes)
    drop_hints(db, article, fact)
    return Done("correction", number, f"correction {number}: {deed} {_item_of(article, fact)}")


def _item_of(article: str, fact: str) -> str:
    return f"{article}-{fact}" if fact in ("article", "date") else fact


def _settle_hint(
    db: Database,
    item: Item,
    deed: Literal["accept", "correct", "reject"],
    by: str,
    reason: str,
    changes: Mapping[str, str] | None,
) -> Done:
    article, fact = item.article_id or "", item.said["fact"]
    is_fact = any(one.id == fact and one.correction_id is None for one in read_facts(db, article))
    if deed == "accept" and not is_fact:
        done = _mark(db, item.id, item, deed, by, reason)
        drop_hints(db, article, fact)
        return done
    return _decide(db, article, fact, deed, by, reason, changes)


def _settle_correction(db: Database, item: Item, deed: Deed, by: str, reason: str) -> Done:
    if deed == "accept":
        number = corrections.renew(db, item.number, by, reason)
        return Done("correction", number, f"correction {number}: holds on to correction {item.number}")
    if deed == "reject":
        corrections.undo(db, item.number, by)
        return Done("correction", item.number, f"correction {item.number}: undone")
    raise CorrectionError(
        f"{item.id}: accept holds on to the correction, reject takes it back; correct the fact that stands there now, "
        f"`pantau review show {item.article_id}` lists it"
    )


def _settle_stale(db: Database, item: Item, deed: Deed, by: str, reason: str) -> Done:
    if deed == "correct":
        raise CorrectionError(f"{item.id} is stale: accept keeps it, reject lets it go; once kept it can be corrected")
    if deed == "reject":
        return _mark(db, item.id, item, deed, by, reason)
    stale = first(db, "select * from stale_facts where article_id = ? and fact = ?", item.article_id, item.id)
    assert stale is not None
    number = corrections.keep(db, stale, by, reason)
    return Done("correction", number, f"correction {number}: keeps {item.id}")


def _mark(db: Database, item: str, found: Item | None, deed: Deed, by: str, reason: str) -> Done:
    if found is None:
        raise CorrectionError(f"{item} is not in the queue; `pantau review list` prints what is", "gone")
    corrections.check_reason(reason)
    old = first(
        db,
        """
        select id, decision, decided_by, decided_at
        from review_marks
        where item = ? and about = ? and undone_at is null
        """,
        item,
        found.about,
    )
    if old:
        raise CorrectionError(
            f"{item}: looked at already by {old['decided_by']} on {old['decided_at'][:10]}", "decided", **old
        )
    row = {"item": item, "about": found.about, "kind": found.kind, "decision": deed}
    insert(db, "review_marks", row | {"decided_by": by.strip(), "decided_at": now(), "reason": reason.strip()})
    return Done("mark", int(db.execute("select last_insert_rowid()").fetchone()[0]), f"{item}: {deed}")


def undo(db: Database, what: str, by: str) -> str:
    """Take back a correction by its number, or that somebody dealt with an item; what was done, in one line."""
    if what.isdigit():
        corrections.undo(db, int(what), by)
        return f"correction {what}: undone"
    with transaction(db):
        undone = db.execute(
            "update review_marks set undone_at = :at, undone_by = :by where item = :item and undone_at is null",
            {"at": now(), "by": by, "item": what},
        ).rowcount
    if not undone:
        raise CorrectionError(f"{what}: no correction's number, and no item that was skipped or accepted", "undone")
    return f"{what}: in the queue again"


def count_review(db: Database) -> dict[str, int]:
    """How many items of each kind wait, then how many corrections there are in each state, and marks."""
    waiting = Counter(item.kind for item in review_items(db))
    held = Counter(
        dict(
            db.execute(
                "select iif(undone_at is null, state, 'undone'), count(*) from corrections group by 1"
            ).fetchall()
        )
    )
    counts = {kind: waiting[kind] for kind in KINDS}
    counts |= {f"corrections {state}": held[state] for state in ("applied", "superseded", "reset", "orphan", "undone")}
    (looked,) = db.execute("select count(*) from review_marks where undone_at is null").fetchone()
    (dropped,) = db.execute("select coalesce(sum(facts), 0) from dropped_facts").fetchone()
    return counts | {"looked at": looked, "facts dropped by a new model": dropped}
