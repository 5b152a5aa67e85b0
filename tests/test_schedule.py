from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.items import ListAnswer, Poll, SourceRecord, WayCount
from crawler.watch.schedule import interval, is_due

NOON = datetime(2024, 6, 7, 12, tzinfo=UTC)
COUNT = WayCount("kabar_paser", 0, "feed", "/feed", 10, 1, 1, 0, 3, True, False, None, NOON)


def poll(known: int | None, links: int = 10) -> Poll:
    """A visit of a feed of which some was known; None for one that could not be read."""
    if known is None:
        return Poll(1, NOON, (COUNT,))
    answer = ListAnswer("feed", "https://kabarpaser.example/feed", 200, links, known, None, None)
    return Poll(1, NOON, (COUNT,), (answer,))


@pytest.mark.parametrize(
    ("known", "hours"),
    [
        ([], 24),
        ([0], 24),  # the first visit knows nothing yet
        ([0, 5], 24),
        ([0, 2], 12),
        ([0, 2, 2, 2], 3),
        ([0, *[1] * 20], 1),
        ([0, 2, 9], 18),
        ([0, 2, 9, 9, 9], 24),
        ([0, None, 2], 12),
    ],
)
def test_a_list_that_runs_on_is_asked_for_sooner(known: list[int | None], hours: int) -> None:
    assert interval(SourceRecord("kabar_paser", polls=tuple(map(poll, known)))) == timedelta(hours=hours)


def test_a_short_list_tells_nothing_of_what_fell_off_its_end() -> None:
    record = SourceRecord("kabar_paser", polls=(poll(0), poll(0, links=4)))
    assert interval(record) == timedelta(days=1)


def test_a_source_is_due_when_it_was_never_asked_or_its_time_has_come() -> None:
    record = SourceRecord("kabar_paser", polls=(poll(0), poll(2)))
    assert is_due(replace(record, polls=()), NOON)
    assert not is_due(record, NOON + timedelta(hours=11))
    assert is_due(record, NOON + timedelta(hours=12))


def test_what_waits_is_fetched_at_once_unless_its_source_refused_or_had_no_budget_left() -> None:
    record = SourceRecord("kabar_paser", polls=(poll(5),))
    assert not is_due(record, NOON + timedelta(hours=1))
    assert is_due(record, NOON + timedelta(hours=1), is_waiting=True)
    refused = SourceRecord("kabar_paser", polls=(replace(poll(5), ways=(replace(COUNT, problem="HTTP 403"),)),))
    assert not is_due(refused, NOON + timedelta(hours=1), is_waiting=True)
    assert is_due(refused, NOON + timedelta(hours=24), is_waiting=True)
