"""What is drawn of sources: how all are doing in one bar, and how one did week by week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from publish.site.page import Row

VERDICTS = ("ok", "quiet", "new", "changed", "blocked", "unreachable", "not-asked", "none")
"""In the order of the bar: those that are read, then those that are not; `none` was not judged yet."""
WIDTH, HEIGHT = 12, 60
"""Of a week's column, and of the highest one, in units of the drawing."""
WEEKS = 26


def bar(states: Mapping[str, int]) -> list[Row]:
    """The parts of a bar, each with its verdict, its number of sources, where it begins and how long it is, in percent.

    >>> bar({"blocked": 1, "ok": 3})[1]
    {'verdict': 'blocked', 'sources': 1, 'start': 75.0, 'share': 25.0}
    """
    whole, begun, parts = sum(states.values()) or 1, 0, []
    for verdict in VERDICTS:
        if sources := states.get(verdict, 0):
            start, share = round(100 * begun / whole, 2), round(100 * sources / whole, 2)
            parts.append({"verdict": verdict, "sources": sources, "start": start, "share": share})
            begun += sources
    return parts


def weekly_chart(weeks: Sequence[Row], low: int | None, high: int | None) -> Row | None:
    """The last half year of a source as columns: new links, and how many of the visits were answered.

    A week without a visit has a gap. `low` and `high` are the usual number of new links in a week, drawn as a band.
    None where there was no visit.
    """
    if not weeks:
        return None
    told = {week["monday"]: week for week in weeks}
    last = date.fromisoformat(weeks[-1]["monday"])
    mondays = [(last - timedelta(weeks=back)).isoformat() for back in reversed(range(WEEKS))]
    most = max([week["new"] for week in weeks] + [high or 0, 1])
    return {
        "size": (len(mondays) * WIDTH, HEIGHT),
        # What comes before the first visit is no silence of the source.
        "columns": [
            _column(place, monday, told.get(monday), most)
            for place, monday in enumerate(mondays)
            if monday >= weeks[0]["monday"]
        ],
        "band": None if low is None or high is None else _band(low, high, most),
        "weeks": [told[monday] for monday in reversed(mondays) if monday in told],
        "first": mondays[0],
        "last": mondays[-1],
        "most": most,
    }


def _column(place: int, monday: str, week: Row | None, most: int) -> Row:
    if week is None:
        return {"x": place * WIDTH, "monday": monday, "state": "unvisited", "y": HEIGHT, "height": 0}
    height = round(week["new"] / most * HEIGHT, 1)
    answered = "all" if week["answered_runs"] == week["runs"] else "some" if week["answered_runs"] else "no"
    return {**week, "x": place * WIDTH, "state": answered, "y": round(HEIGHT - height, 1), "height": height}


def _band(low: int, high: int, most: int) -> Row:
    top = round(HEIGHT - high / most * HEIGHT, 1)
    return {"y": top, "height": max(1.0, round((high - low) / most * HEIGHT, 1))}
