"""What waits for a reviewer: the private queue, and what only the published one has, filtered and counted."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from datasette import Request

from db.connect import Database
from db.reviewing.queue import KINDS, PERSONS, Item, Waiting, find_item, is_waiting, read_waiting
from db.rows import first
from publish.site.page import Row, fetch_rows

ALL_KINDS = (*KINDS[: KINDS.index("event")], "office", *KINDS[KINDS.index("event") :], "person")
"""Kinds of items, about in the order in which they are shown."""

QUICK_SECONDS = 0.3
REST = 100

# What only the bake finds out: which dates lie in the future, who holds an office beside whom, who may be one person.
PUBLISHED = """
select item, kind, priority, article_id, regency_code
from review
where kind in ('office', 'person')
union all
select item, kind, priority, article_id, regency_code
from review
join articles on articles.id = article_id
where kind = 'date' and published_date is null
order by priority, item
"""

PUBLISHED_ITEM = """
select item, kind, priority, article_id, regency_code, what, reason_id, reason_en, evidence
from review
where item = :item and kind in ('office', 'person', 'date')
"""

OFFICE = """
select person_a_id, status_a, person_b_id, status_b
from office_conflicts
where office_id = :office and person_a_id = :a and person_b_id = :b
"""

PERSON = "select evidence from person_links where naming_a = :a and naming_b = :b"


@dataclass(frozen=True, slots=True)
class Filter:
    """What a reviewer wants to see; None is everything."""

    kind: str | None = None
    province: str | None = None
    regency: str | None = None
    stage: str | None = None

    @property
    def parameters(self) -> dict[str, str | None]:
        """As they stand in an address."""
        return {"jenis": self.kind, "provinsi": self.province, "daerah": self.regency, "tahap": self.stage}

    @property
    def is_set(self) -> bool:
        return any(self.parameters.values())


@dataclass(frozen=True, slots=True)
class _Taken:
    waiting: list[Waiting]
    at: float
    seconds: float
    correction: int
    """The last one when it was taken, and the last mark."""
    mark: int


# By database: what waited when it was last asked.
_TAKEN: dict[Path, _Taken] = {}


def read_filter(request: Request) -> Filter:
    """The filter that an address says."""
    told = {name: (request.args.get(name) or "").strip()[:40] or None for name in Filter().parameters}
    return Filter(told["jenis"], told["provinsi"], told["daerah"], told["tahap"])


async def fetch_published(datasette: Any) -> list[Waiting]:
    """What waits in the published queue alone, and dates that may be there too."""
    rows = await fetch_rows(datasette, PUBLISHED)
    return [
        Waiting(row["item"], row["kind"], row["priority"], row["article_id"], row["regency_code"], None) for row in rows
    ]


async def fetch_published_item(datasette: Any, item: str) -> Item | None:
    """An item that only the published queue has."""
    rows = await fetch_rows(datasette, PUBLISHED_ITEM, {"item": item})
    if not rows:
        return None
    (row,) = rows
    said = await _said(datasette, row)
    return None if said is None else Item(
        row["item"], row["kind"], None, row["article_id"], item.partition("-")[2], 0, row["regency_code"], row["what"],
        row["reason_id"], row["reason_en"], row["priority"], None, said, row["evidence"],
    )  # fmt: skip


async def _said(datasette: Any, row: Row) -> Any:
    if row["kind"] == "date":
        return {"published_at": row["reason_id"]}
    parts = row["item"].split("-")[1:]
    if row["kind"] == "office":
        found = await fetch_rows(datasette, OFFICE, dict(zip(("office", "a", "b"), parts, strict=False)))
    else:
        found = await fetch_rows(datasette, PERSON, dict(zip(("a", "b"), parts, strict=False)))
    return list(found[0].values()) if found else None


def persons_of(item: str) -> tuple[str, str] | None:
    """The two persons or namings that an item asks about, or None where it is about something else."""
    kind, *parts = item.split("-")
    return (parts[-2], parts[-1]) if kind in PERSONS and len(parts) >= 2 else None


def read_queue(db: Database, path: Path, published: Sequence[Waiting]) -> list[Waiting]:
    """All that waits, what is wrong for readers first."""
    private = _read_private(db, path)
    known = {one.id for one in private}
    return sorted(
        [*private, *_still_open(db, [one for one in published if one.id not in known])], key=lambda one: one.priority
    )


def _still_open(db: Database, published: Sequence[Waiting]) -> list[Waiting]:
    """Those of the published queue about which nobody has decided since."""
    marked = {item for (item,) in db.execute("select item from review_marks where undone_at is null")}
    decided = set(db.execute("select naming_a, naming_b from person_decisions where undone_at is null").fetchall())
    dated = db.execute(
        """
        select id
        from articles
        where id in (select value from json_each(?)) and published_at is not null and date_correction_id is null
        """,
        [json.dumps([one.article_id for one in published if one.kind == "date"])],
    )
    future = {article for (article,) in dated}
    return [
        one
        for one in published
        if one.id not in marked
        and (one.article_id in future if one.kind == "date" else tuple(sorted(persons_of(one.id) or ())) not in decided)
    ]


def decision_on(db: Database, pair: tuple[str, str]) -> Row | None:
    """What somebody decided about two persons, and nobody has undone."""
    a, b = sorted(pair)
    return first(
        db,
        """
        select id, decision, decided_by, decided_at
        from person_decisions
        where naming_a = ? and naming_b = ? and undone_at is null
        """,
        a,
        b,
    )


def _read_private(db: Database, path: Path) -> list[Waiting]:
    """What waits in the private database: as it is now where that is quickly told, else as it was a while ago.

    To go over the queue of a hundred thousand articles takes seconds; then it is done again after a hundred times as
    long, and what anybody decides in between is left out.
    """
    taken, began = _TAKEN.get(path), time.monotonic()
    if taken is None or taken.seconds < QUICK_SECONDS or began - taken.at > REST * taken.seconds:
        (correction,) = db.execute("select coalesce(max(id), 0) from corrections").fetchone()
        (mark,) = db.execute("select coalesce(max(id), 0) from review_marks").fetchone()
        waiting = read_waiting(db)
        _TAKEN[path] = _Taken(waiting, began, time.monotonic() - began, correction, mark)
        return waiting
    decided = {fact for (fact,) in db.execute("select fact from corrections where id > ?", [taken.correction])}
    decided |= {item for (item,) in db.execute("select item from review_marks where id > ?", [taken.mark])}
    return [one for one in taken.waiting if one.id not in decided] if decided else taken.waiting


def is_open(db: Database, item: str, published: Sequence[Waiting]) -> bool:
    """Whether an item still waits, whatever the queue was when it was taken."""
    if item.startswith(("conflict-", "order-")):
        # To find one goes over all events, and no decision on an article takes it away before the next resolving.
        return True
    found = find_item(db, item)
    return is_waiting(db, found) if found else bool(_still_open(db, [one for one in published if one.id == item]))


def choose(db: Database, waiting: Sequence[Waiting], wanted: Filter) -> list[Waiting]:
    """Those that a filter lets through. A regency and a province have the items of every article that names them."""
    place = wanted.regency or (f"{wanted.province}." if wanted.province else "")
    articles = _articles_of(db, place) if place else set()
    return [
        one
        for one in waiting
        if (wanted.kind is None or one.kind == wanted.kind)
        and (wanted.stage is None or one.stage_code == wanted.stage)
        and (not place or (one.regency_code or "").startswith(place) or one.article_id in articles)
    ]


def _articles_of(db: Database, place: str) -> set[str | None]:
    """The articles that name a regency, or one whose code begins so."""
    found = db.execute(
        "select article_id from article_regencies where substr(regency_code, 1, length(:place)) = :place",
        {"place": place},
    )
    return {article for (article,) in found}


def count_kinds(db: Database, waiting: Sequence[Waiting], wanted: Filter) -> list[tuple[str, int]]:
    """How many of each kind wait within the rest of a filter, in the order of the kinds."""
    counts = Counter(one.kind for one in choose(db, waiting, replace(wanted, kind=None)))
    return [(kind, counts[kind]) for kind in ALL_KINDS if counts[kind] or kind == wanted.kind]


def neighbours(chosen: Sequence[Waiting], item: str) -> tuple[str | None, str | None, int | None]:
    """The item before, the item after, and the place of an item in the queue, from 1; without one the first is next."""
    at = next((n for n, one in enumerate(chosen) if one.id == item), None)
    if at is None:
        return None, chosen[0].id if chosen else None, None
    after = chosen[at + 1].id if at + 1 < len(chosen) else None
    return (chosen[at - 1].id if at else None), after, at + 1
