"""The ladder of a regency as its page draws it: phases, in each the editions of the programme, in each the steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from publish.site.page import Row
from publish.site.phases import PHASE_OF_STAGE, PHASES

FOLDED = 2
"""Editions of a phase that stand open; older ones are folded."""


def build_ladder(rungs: Sequence[Row], gaps: Sequence[Row], others: Sequence[Row], unsure: Sequence[Row]) -> list[Row]:
    """The phases in the order in which regencies walk them, and what is no step of the path where there is any.

    Each has its `phase`, its `number` (0 off the path), its `state` (held, announced, unreported, unsure or none), its
    `editions` with the newest first, its `gaps` that no edition has, and the reports that are `unsure`. An edition has
    its `edition` (None where it is not known), its `state`, whether it `is_disputed` (reports of its steps differ), its
    `steps` with their `others`, and its `gaps`.
    """
    phases = [_build_phase(phase, stages, rungs, gaps, others, unsure) for phase, stages in PHASES.items()]
    extra = _build_phase("lainnya", ("lainnya",), rungs, gaps, others, unsure)
    return phases if extra["state"] == "none" else [*phases, extra]


def find_furthest(rungs: Iterable[Row]) -> Row | None:
    """The step that is furthest on the path among those surely held, the latest of its phase; None where none is."""
    return max(filter(_is_step, rungs), key=lambda rung: (_phase(rung), rung["start_date"] or ""), default=None)


def find_latest(rungs: Iterable[Row]) -> Row | None:
    """The step surely held on the latest day; None where none has a day."""
    dated = [rung for rung in rungs if _is_step(rung) and rung["start_date"]]
    return max(dated, key=lambda rung: (rung["end_date"] or rung["start_date"], _phase(rung)), default=None)


def find_coming(rungs: Iterable[Row]) -> list[Row]:
    """What is announced and its day not past when we looked last, the earliest first and what has no day last."""
    coming = [rung for rung in rungs if rung["state"] == "announced" and not rung["is_past"]]
    return sorted(coming, key=lambda rung: rung["start_date"] or "9999")


def _build_phase(
    phase: str,
    stages: Sequence[str],
    rungs: Sequence[Row],
    gaps: Sequence[Row],
    others: Sequence[Row],
    unsure: Sequence[Row],
) -> Row:
    own = [rung for rung in rungs if rung["stage_code"] in stages]
    editions = [_build_edition(edition, steps, others) for edition, steps in _by_edition(own)]
    missing = [gap for gap in gaps if gap["stage_code"] in stages]
    doubtful = [report for report in unsure if report["stage_code"] in stages]
    states = {edition["state"] for edition in editions} | {"unreported" for _ in missing} | {"unsure" for _ in doubtful}
    return {
        "phase": phase,
        "number": PHASE_OF_STAGE.get(stages[0], 0),
        "state": next((state for state in ("held", "announced", "unreported", "unsure") if state in states), "none"),
        "editions": editions,
        "gaps": _by_later(missing),
        "unsure": doubtful,
    }


def _by_edition(rungs: Sequence[Row]) -> list[tuple[int | None, list[Row]]]:
    """The steps of each edition, the newest first; what is of no known edition comes last."""
    ordered = sorted(rungs, key=lambda rung: -(rung["edition"] or 0))
    return [(edition, list(steps)) for edition, steps in groupby(ordered, key=lambda rung: rung["edition"])]


def _build_edition(edition: int | None, rungs: Sequence[Row], others: Sequence[Row]) -> Row:
    steps = [
        {
            **rung,
            "others": [
                other for other in others if (other["stage_code"], other["edition"]) == (rung["stage_code"], edition)
            ],
        }
        for rung in rungs
        if rung["state"] != "unreported"
    ]
    states = {step["state"] for step in steps}
    return {
        "edition": edition,
        "by": sorted({step["edition_by"] for step in steps if step["edition_by"]}),
        "state": next((state for state in ("held", "announced") if state in states), "unreported"),
        "is_disputed": any(step["conflicts"] for step in steps),
        # Of an edition that is not known the day is told instead.
        "date": max((step["start_date"] for step in steps if step["start_date"]), default=None),
        "steps": steps,
        "gaps": _by_later([rung for rung in rungs if rung["state"] == "unreported"]),
    }


def _by_later(gaps: Sequence[Row]) -> list[list[Row]]:
    """The gaps that one later event shows, together."""
    ordered = sorted(gaps, key=lambda gap: str(gap["later_event_id"]))
    return [list(shown) for _, shown in groupby(ordered, key=lambda gap: gap["later_event_id"])]


def _is_step(rung: Row) -> bool:
    return bool(rung["state"] == "held" and rung["stage_code"] in PHASE_OF_STAGE)


def _phase(rung: Row) -> int:
    return PHASE_OF_STAGE[rung["stage_code"]]
