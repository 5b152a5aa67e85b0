"""Days, and the stretch of days that a date may mean. Days are ISO text, which sorts as time does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

Days = tuple[str, str]
"""First and last day."""


@lru_cache(maxsize=65536)
def find_days(start_date: str | None, end_date: str | None) -> Days | None:
    """The days that a date may mean; None where there is no date, or none of the calendar's.

    An end before its start counts as none.

    >>> find_days("2023-11-07", "2023-11-08")
    ('2023-11-07', '2023-11-08')
    >>> find_days("2023-06", "2023-06")
    ('2023-06-01', '2023-06-30')
    >>> find_days("2022", None)
    ('2022-01-01', '2022-12-31')
    >>> find_days("2023-02-30", None) is None
    True
    """
    if start_date is None:
        return None
    try:
        first, last = _first_day(start_date), _last_day(end_date or start_date)
        if last < first:
            last = _last_day(start_date)
    except ValueError:
        return None
    return first, last


@lru_cache(maxsize=65536)
def shift(day: str, days: int) -> str:
    """The day so many days later.

    >>> shift("2024-03-01", -1)
    '2024-02-29'
    """
    return (date.fromisoformat(day) + timedelta(days)).isoformat()


@lru_cache(maxsize=65536)
def count_days(first: str, last: str) -> int:
    """How many days there are, both counted.

    >>> count_days("2023-11-07", "2023-11-08")
    2
    """
    return (date.fromisoformat(last) - date.fromisoformat(first)).days + 1


def overlap(one: Days, other: Days) -> bool:
    """Whether two stretches of days share a day."""
    return one[0] <= other[1] and other[0] <= one[1]


def join_overlapping(stretches: Iterable[Days]) -> list[Days]:
    """The days that stretches cover, as stretches that share no day, in their order.

    >>> join_overlapping([("2023-11-08", "2023-11-08"), ("2023-11-07", "2023-11-08"), ("2023-12-01", "2023-12-02")])
    [('2023-11-07', '2023-11-08'), ('2023-12-01', '2023-12-02')]
    """
    joined: list[Days] = []
    for first, last in sorted(stretches):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def _first_day(told: str) -> str:
    return date.fromisoformat(f"{told}-01-01"[:10]).isoformat()


def _last_day(told: str) -> str:
    if len(told) == 10:
        return date.fromisoformat(told).isoformat()
    first = date.fromisoformat(f"{told}-01-01"[:10])
    years, months = (1, 0) if len(told) == 4 else divmod(first.month, 12)
    after = first.replace(year=first.year + years, month=months + 1 if len(told) == 7 else 1)
    return (after - timedelta(1)).isoformat()
