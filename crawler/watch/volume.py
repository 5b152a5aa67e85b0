"""How much a source writes in a week, beside its own past."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log, log1p
from statistics import median

from crawler.items import Volume

FEWEST_WEEKS = 4
MOST_WEEKS = 8
FEWEST = 5
"""Of a source that brings fewer in a week, a week with nothing says nothing."""


def judge_volume(weeks: Sequence[int | None]) -> Volume | None:
    """What the newest week says; `weeks` go back from it, None for one that says nothing (few visits, a holiday).

    The band lies around the median of log(1 + n) of up to eight earlier weeks, three scaled MADs to each side and never
    narrower than a factor of three. A slow decline moves that band along with it, so four weeks are also laid beside
    the best four of the last five months. None where the newest week itself says nothing.

    >>> judge_volume([4, 61, 70, 58, 66])
    Volume(new=4, usual=(20, 192), is_low=True, is_high=False, is_sinking=False)
    """
    if not weeks or weeks[0] is None:
        return None
    new, is_sinking = weeks[0], _is_sinking(weeks)
    earlier = [week for week in weeks[1 : MOST_WEEKS + 1] if week is not None]
    if len(earlier) < FEWEST_WEEKS:
        return Volume(new, is_sinking=is_sinking)
    logs = [log1p(week) for week in earlier]
    middle = median(logs)
    width = max(3 * 1.4826 * median(abs(one - middle) for one in logs), log(3))
    return Volume(
        new,
        usual=(max(0, round(exp(middle - width) - 1)), round(exp(middle + width) - 1)),
        is_low=log1p(new) < middle - width and median(earlier) >= FEWEST,
        is_high=log1p(new) > middle + width and new >= 2 * FEWEST,
        is_sinking=is_sinking,
    )


def _is_sinking(weeks: Sequence[int | None]) -> bool:
    sums = [_sum(weeks[start : start + 4]) for start in range(len(weeks) - 3)]
    best = max((one for one in sums[4:] if one is not None), default=0)
    return bool(sums) and sums[0] is not None and best >= 4 * FEWEST and sums[0] < best / 3


def _sum(weeks: Sequence[int | None]) -> int | None:
    told = [week for week in weeks if week is not None]
    return sum(told) if len(told) == len(weeks) else None
