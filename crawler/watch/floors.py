"""Floors of a source, learnt from what it brought: proposed to a person, who writes them into its file.

The rule of OpenSanctions (zavod, docs/metadata.md): a lower bound at about four fifths of what is seen, and never moved
when the output collapsed. A week counts where the source was asked on most of its days and brought half of what is
usual at least; the least of such weeks is what is seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor
from statistics import median
from typing import Any

from crawler.items import WeekSeen
from crawler.source import Expectations

FEWEST_WEEKS = 4
PART = 0.8
STEP = 0.05
FEWEST_PAGES = 20
"""Of all good weeks together, for a share to say something."""


class NotLearntError(Exception):
    """Nothing can be proposed. The message says why."""


def learn_floors(weeks: Sequence[WeekSeen | None], expect: Mapping[str, Any]) -> dict[str, int | float]:
    """Floors that should be set, by their name in `expect`; what is there already and holds is left alone.

    `weeks` go back from now, None for one that says nothing. Raises NotLearntError with fewer than four good weeks, and
    when the newest two brought less than half of what is usual.

    >>> learn_floors([WeekSeen(pages, pages, pages, pages) for pages in (50, 61, 55, 70)], {})
    {'weekly': 40}
    """
    told = [week for week in weeks if week is not None]
    if len(told) < FEWEST_WEEKS:
        raise NotLearntError(f"only {len(told)} weeks can tell, it takes {FEWEST_WEEKS}")
    usual = median(week.pages for week in told)
    good = [week for week in told if 2 * week.pages >= usual and week.pages]
    if all(week not in good for week in told[:2]):
        raise NotLearntError(f"its last weeks brought {told[0].pages} and {told[1].pages} pages, usual are {usual:g}")
    if len(good) < FEWEST_WEEKS:
        raise NotLearntError(f"only {len(good)} good weeks, it takes {FEWEST_WEEKS}")
    present = Expectations.model_validate(dict(expect))
    found: dict[str, int | float] = {}
    least = floor(PART * min(week.pages for week in good))
    if least and (present.weekly is None or least > present.weekly):
        found["weekly"] = least
    for name, part, whole in (("read", "read", "judged"), ("dated", "dated", "read"), ("placed", "placed", "told")):
        share = _least_share(good, part, whole)
        now = getattr(present, name)
        # A floor that no good week reached tells nothing but what is known; else it is only ever raised.
        if share is not None and (now is None or share > now or now > share / PART + STEP):
            found[name] = share
    return found


def _least_share(weeks: Sequence[WeekSeen], part: str, whole: str) -> float | None:
    every = sum(getattr(week, whole) for week in weeks)
    if every < FEWEST_PAGES:
        return None
    seen = sum(getattr(week, part) for week in weeks) / every
    share = round(floor(round(PART * seen / STEP, 6)) * STEP, 2)
    return share or None
