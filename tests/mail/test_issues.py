"""Which letter is due, and which days it tells."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from publish.letters.issues import Cadence, Issue, Told, due_issue, last_day_over
from publish.letters.parts import ZONES


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str, zone: str = "WIB") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONES[zone])


def told(issue: Issue | None) -> str | None:
    """`2026-W47: 1 16–22, 2 22–22`"""
    if issue is None:
        return None
    return f"{issue.key}: " + ", ".join(
        f"{key} {first:%m-%d}–{last:%m-%d}" for key, (first, last) in issue.days.items()
    )


LONG_AGO = day("2026-01-01")


@pytest.mark.parametrize(
    ("now", "zone", "key"),
    [
        ("2026-11-23T05:59", "WIB", "2026-W46"),
        ("2026-11-23T06:00", "WIB", "2026-W47"),
        ("2026-11-23T05:59", "WIT", "2026-W46"),
        ("2026-11-23T06:00", "WIT", "2026-W47"),
        ("2026-11-29T23:59", "WITA", "2026-W47"),
        ("2026-12-28T06:00", "WIB", "2026-W52"),
        ("2027-01-04T05:59", "WIB", "2026-W52"),
        ("2027-01-04T06:00", "WIB", "2026-W53"),
        ("2027-01-11T06:00", "WIB", "2027-W01"),
    ],
)
def test_a_week_is_told_from_monday_at_six_of_its_readers_zone(now: str, zone: str, key: str) -> None:
    issue = due_issue(at(now, zone), zone, {1: Told("weekly", LONG_AGO)})  # type: ignore[arg-type]
    assert issue
    assert issue.key == key
    first, last = issue.days[1]
    assert (first.isoweekday(), last - first) == (1, timedelta(days=6))


def test_the_same_instant_is_another_hour_in_each_zone() -> None:
    instant = datetime.fromisoformat("2026-11-22T21:30:00+00:00")
    assert [last_day_over(instant, zone) for zone in ("WIB", "WITA", "WIT")] == [
        day("2026-11-21"),
        day("2026-11-21"),
        day("2026-11-22"),
    ]
    with pytest.raises(ValueError, match="without an offset"):
        last_day_over(datetime(2026, 11, 22, 6), "WIB")  # noqa: DTZ001


@pytest.mark.parametrize(
    ("now", "choices", "due"),
    [
        # She joined on Wednesday 18 November.
        ("2026-11-18T12:00", {1: Told("weekly", day("2026-11-18"))}, None),
        ("2026-11-22T12:00", {1: Told("weekly", day("2026-11-18"))}, None),
        ("2026-11-23T06:00", {1: Told("weekly", day("2026-11-18"))}, "2026-W47: 1 11-16–11-22"),
        ("2026-11-18T12:00", {1: Told("daily", day("2026-11-18"))}, None),
        ("2026-11-19T06:00", {1: Told("daily", day("2026-11-18"))}, "2026-11-18: 1 11-18–11-18"),
        # What was told is not told again, however often we look.
        ("2026-11-23T06:00", {1: Told("weekly", LONG_AGO, day("2026-11-22"))}, None),
        ("2026-11-29T23:00", {1: Told("weekly", LONG_AGO, day("2026-11-22"))}, None),
        ("2026-11-24T06:00", {1: Told("daily", LONG_AGO, day("2026-11-23"))}, None),
        # Late: on Thursday the week of Monday; after three weeks the newest alone; days up to seven.
        ("2026-11-26T09:00", {1: Told("weekly", LONG_AGO, day("2026-11-15"))}, "2026-W47: 1 11-16–11-22"),
        ("2026-12-07T06:00", {1: Told("weekly", LONG_AGO, day("2026-11-15"))}, "2026-W49: 1 11-30–12-06"),
        ("2026-11-26T06:00", {1: Told("daily", LONG_AGO, day("2026-11-22"))}, "2026-11-25: 1 11-23–11-25"),
        ("2026-11-26T06:00", {1: Told("daily", LONG_AGO, day("2026-11-01"))}, "2026-11-25: 1 11-19–11-25"),
        # On Monday both are one letter; on Tuesday only what is daily.
        (
            "2026-11-23T06:00",
            {1: Told("weekly", LONG_AGO, day("2026-11-15")), 2: Told("daily", LONG_AGO, day("2026-11-21"))},
            "2026-W47: 1 11-16–11-22, 2 11-22–11-22",
        ),
        (
            "2026-11-24T06:00",
            {1: Told("weekly", LONG_AGO, day("2026-11-22")), 2: Told("daily", LONG_AGO, day("2026-11-22"))},
            "2026-11-23: 2 11-23–11-23",
        ),
        # A week that is late takes along the days since.
        (
            "2026-11-26T06:00",
            {1: Told("weekly", LONG_AGO, day("2026-11-15")), 2: Told("daily", LONG_AGO, day("2026-11-22"))},
            "2026-W47: 1 11-16–11-22, 2 11-23–11-25",
        ),
        # From daily to weekly in the midst of a week.
        ("2026-11-26T06:00", {1: Told("weekly", LONG_AGO, day("2026-11-24"))}, None),
        ("2026-11-30T06:00", {1: Told("weekly", LONG_AGO, day("2026-11-24"))}, "2026-W48: 1 11-25–11-29"),
        ("2026-11-23T06:00", {}, None),
        # A clock that was a day ahead, and one that was a year.
        ("2026-11-23T06:00", {1: Told("weekly", LONG_AGO, day("2026-11-23"))}, None),
        ("2026-11-23T05:00", {1: Told("daily", LONG_AGO, day("2026-11-23"))}, None),
        ("2026-11-23T06:00", {1: Told("weekly", LONG_AGO, day("2027-11-21"))}, "2026-W47: 1 11-16–11-22"),
        ("2026-11-25T06:00", {1: Told("daily", LONG_AGO, day("2027-11-21"))}, "2026-11-24: 1 11-18–11-24"),
    ],
)
def test_a_letter_tells_the_days_that_no_other_told(now: str, choices: dict[int, Told], due: str | None) -> None:
    assert told(due_issue(at(now), "WIB", choices)) == due


@pytest.mark.parametrize("start", range(7))
def test_whoever_changes_her_mind_every_day_is_told_each_day_once(start: int) -> None:
    cadences: list[Cadence] = ["daily", "weekly", "weekly", "daily", "daily", "weekly", "daily", "daily", "weekly"]
    joined = day("2026-11-01")
    until: date | None = None
    days: list[date] = []
    keys: list[str] = []
    for number in range(60):
        cadence = cadences[(number + start) % len(cadences)]
        now = at("2026-11-02T06:00") + timedelta(days=number)
        issue = due_issue(now, "WIB", {1: Told(cadence, joined, until)})
        if issue:
            first, until = issue.days[1]
            days += [first + timedelta(days=n) for n in range((until - first).days + 1)]
            keys.append(issue.key)
    assert len(keys) == len(set(keys)) > 8
    assert days == sorted(set(days))
    assert days[-1] - days[0] == timedelta(days=len(days) - 1)
