"""What a reviewer may do with an item, doing it, and where to go on: on the private database, by db.reviewing alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from db.connect import Database, transaction
from db.resolving.people import decide_people
from db.reviewing.corrections import CorrectionError, refuse_if_decided
from db.reviewing.history import last_decision, read_decision, read_unpublished
from db.reviewing.queue import PERSONS, Done, Item, Waiting, settle_item
from db.reviewing.sight import Sight, look
from publish.site.page import Row
from publish.site.reviewing.fields import Field, fields_of, read_changes
from publish.site.reviewing.queue import (
    Filter,
    choose,
    count_kinds,
    decision_on,
    is_open,
    neighbours,
    persons_of,
    read_queue,
)

Press = Literal["accept", "correct", "reject", "skip", "same", "different"]
"""What a reviewer may press."""

KEYS: Mapping[str, str] = {
    "accept": "a",
    "correct": "k",
    "reject": "t",
    "skip": "l",
    "same": "s",
    "different": "b",
    "undo": "u",
    "next": "n",
    "previous": "p",
    "reason": "r",
    "help": "?",
}
"""The key of each: the first letter of its Indonesian word where that is free."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the desk shows."""

    sight: Sight | None
    """None where nothing waits, or what was asked for is not there (`problem`)."""
    problem: CorrectionError | None
    presses: Sequence[Press]
    fields: Sequence[Field]
    waiting: int
    """Items that wait within the filter."""
    place: int | None
    """Of the item among them, from 1; None for a fact that does not wait."""
    previous: str | None
    next: str | None
    counts: Sequence[tuple[str, int]]
    """How many of each kind wait within the rest of the filter."""
    done: Row | None
    """The decision that was taken just now."""
    last: Row | None
    """What this reviewer decided last, to be taken back with a key."""
    unpublished: Sequence[Row]


def open_desk(
    db: Database,
    path: Path,
    by: str,
    published: Sequence[Waiting],
    wanted: Filter,
    what: str | None,
    found: Item | None,
    done: str | None,
) -> Desk:
    """The desk with an item or a fact on it; without `what` the first that waits.

    `published` is what only the published queue has, `found` the item of it that is asked for.
    """
    chosen = choose(db, queue := read_queue(db, path, published), wanted)
    sight, problem = None, None
    if what is not None:
        try:
            sight = look(db, what, found)
        except CorrectionError as error:
            problem = error
    previous, after, place = neighbours(chosen, what or "")
    return Desk(
        sight,
        problem,
        presses_of(sight) if sight else (),
        _fields_of(db, sight) if sight else (),
        len(chosen),
        place,
        previous,
        after,
        count_kinds(db, queue, wanted),
        read_decision(db, done) if done else None,
        last_decision(db, by),
        read_unpublished(db),
    )


def _fields_of(db: Database, sight: Sight) -> Sequence[Field]:
    is_correctable = sight.fact_kind and "correct" in presses_of(sight)
    return fields_of(sight.fact_kind, sight.said, _names(db)) if sight.fact_kind and is_correctable else ()


def first_waiting(
    db: Database, path: Path, published: Sequence[Waiting], wanted: Filter, after: Sequence[str] = ()
) -> str | None:
    """The item that is to be looked at first within a filter, or None where none waits.

    `after` are the items that come first where they still wait: those behind one that was just decided.
    """
    waiting = [one.id for one in choose(db, read_queue(db, path, published), wanted)]
    still = set(waiting)
    candidates = [*(item for item in after if item in still), *waiting]
    return next((item for item in candidates if is_open(db, item, published)), None)


def presses_of(sight: Sight) -> tuple[Press, ...]:
    """What may be done with an item or a fact, in the order of the buttons."""
    skip: tuple[Press, ...] = ("skip",) if sight.is_waiting else ()
    if sight.kind == "office":
        return ("same", "different", "accept", *skip)
    if sight.kind == "person":
        return ("same", "different", *skip)
    if sight.kind in ("conflict", "order", "source"):
        return ("accept", *skip)
    if sight.kind in ("stale", "reset", "orphan"):
        return ("accept", "reject", *skip)
    if sight.fact_id is None:  # a hint whose fact is gone
        return ("accept", *skip)
    if sight.fact_kind == "article":
        return ("accept", "reject", *skip)
    if sight.fact_kind == "date":
        has_date = bool(sight.article and sight.article["published_at"])
        return ("accept", "correct", *(("reject",) if has_date else ()), *skip)
    return (
        ("correct", "reject", *skip)
        if sight.seen and sight.kind != "hint"
        else (
            "accept",
            "correct",
            "reject",
            *skip,
        )
    )


def decide(
    db: Database, what: str, found: Item | None, press: Press, by: str, reason: str, form: Mapping[str, str]
) -> Done:
    """Do what a reviewer pressed, unless somebody decided since the page was shown (`form["dilihat"]`).

    Raises CorrectionError and FactError as `settle_item` does.
    """
    with transaction(db):
        if press == "same" or press == "different":
            return _decide_persons(db, what, press, by, reason)
        sight = look(db, what, found)
        if press not in presses_of(sight) and not sight.seen:
            raise CorrectionError(f"{what}: {press} says nothing here", "other")
        seen = form.get("dilihat", "")
        if sight.article and sight.fact_id:
            refuse_if_decided(db, sight.article["id"], sight.fact_id, int(seen) if seen.isdecimal() else None)
        if sight.fact_kind == "article" and press == "accept":
            return settle_item(db, what, "correct", by, reason, {"is_relevant": "ya"})
        changes = (
            read_changes(sight.fact_kind, sight.said, form, _names(db))
            if press == "correct" and sight.fact_kind
            else None
        )
        if press == "correct" and not changes:
            raise CorrectionError("nothing is changed", "nothing")
        return settle_item(db, what, press, by, reason, changes, found)


def _names(db: Database) -> dict[str, str]:
    return dict(db.execute("select code, name from regencies").fetchall())


def _decide_persons(db: Database, what: str, press: Literal["same", "different"], by: str, reason: str) -> Done:
    pair = persons_of(what)
    if pair is None or what.partition("-")[0] not in PERSONS:
        raise CorrectionError(f"{what} is about no two persons", "other")
    if old := decision_on(db, pair):
        raise CorrectionError(f"{what}: decided already", "decided", **old)
    try:
        number = decide_people(db, *pair, press, by, reason)
    except LookupError as error:
        raise CorrectionError(str(error), "gone") from error
    return Done("person", number, f"person-{number}")


def ref_of(done: Done) -> str:
    """The name of a decision as the history has it."""
    return {"correction": "k", "mark": "c", "person": "p"}[done.kind] + str(done.number)


def still_unpublished(refs: Sequence[Row], known: Mapping[int, Any]) -> set[str]:
    """Those decisions that readers do not see yet; `known` is undone_at of the published corrections by number."""
    return {
        row["ref"]
        for row in refs
        if not (row["ref"].startswith("k") and known.get(int(row["ref"][1:]), -1) == row["undone_at"])
    }
