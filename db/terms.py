"""Who held an office from when to when, out of the sightings of its holders one after the other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from sqlite_utils import Database

REGULAR = "definitif"


class Sighting(NamedTuple):
    """An article that names somebody in an office."""

    person: str
    status: str
    """`definitif`, or what stands before the office: Plt., Pj. …"""
    date: str | None
    article: str
    sentence: int
    source: str


class _Terms:
    """Aggregate of SQLite: the terms of all sightings of a lane, as JSON."""

    def __init__(self) -> None:
        self.sightings: list[Sighting] = []

    def step(self, *values: str) -> None:
        self.sightings.append(Sighting(*values))  # type: ignore[arg-type]

    def finalize(self) -> str:
        return json.dumps(list(tell_terms(self.sightings)))


def prepare_terms(db: Database) -> None:
    """Make the aggregate `tell_terms` for this connection, which the view of the terms needs."""
    db.conn.create_aggregate("tell_terms", len(Sighting._fields), _Terms)  # type: ignore[arg-type]


def tell_terms(sightings: Iterable[Sighting]) -> Iterator[tuple[object, ...]]:
    """The terms of one lane of an office, of holders who follow each other: by run, part, person and status.

    Of each its person, status, run, part, first and last day, number of articles and of outlets, article and sentence
    of the first and of the last. A run is one holder until another is seen; of a run each change of status begins a
    part. Run 0 is of those whom no dated article names.
    """
    held = list(sightings)
    began: dict[str, str] = {}
    for one in held:
        if one.date is not None and one.date < began.get(one.person, "9999"):
            began[one.person] = one.date
    placed = [(0, 0, one) for one in held if one.person not in began]
    dated = [one for one in held if one.date is not None]
    # On the day of a handover the former holder comes first.
    dated.sort(key=lambda one: (one.date, began[one.person], one.person, one.article, one.sentence))
    for run, (_, of_one) in enumerate(groupby(dated, itemgetter(0)), start=1):
        placed += [(run, part, one) for part, one in _in_parts(list(of_one))]
    placed.sort(key=lambda place: (place[0], place[1], place[2].person, place[2].status))
    for (run, part, person, status), of_term in groupby(
        placed, lambda place: (place[0], place[1], place[2].person, place[2].status)
    ):
        told = [one for _, _, one in of_term]
        first, last = min(told, key=_place), max(told, key=_place)
        yield (
            person, status, run, part, first.date, last.date, len({one.article for one in told}),
            len({one.source for one in told}), first.article, first.sentence, last.article, last.sentence,
        )  # fmt: skip


def _in_parts(run: list[Sighting]) -> Iterator[tuple[int, Sighting]]:
    """The sightings of a run with the number of their part, and the status that they mean."""
    marks = [one for one in run if one.status != REGULAR]
    if len({one.status for one in marks}) == 1:
        # Between two articles that say Plt. one that leaves it out means the same.
        first, last = str(marks[0].date), str(marks[-1].date)
        run = [one._replace(status=marks[0].status) if first <= str(one.date) <= last else one for one in run]
    run.sort(key=lambda one: (one.date, one.status == REGULAR, one.status, one.article, one.sentence))
    for part, (_, of_status) in enumerate(groupby(run, itemgetter(1)), start=1):
        for one in of_status:
            yield part, one


def _place(one: Sighting) -> tuple[str, str, str]:
    return one.date or "", one.article, str(one.sentence)
