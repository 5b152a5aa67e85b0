"""Floors of a source, learnt from what it brought: proposed to a person, who writes them into its file.

The rule of OpenSanctions (zavod, docs/metadata.md): a lower bound at about four fifths of what is seen, and never moved
when the output collapsed. A week counts where the source was asked on most of its days and did not bring far less than
is usual; the least of such weeks is what is seen. What brings little varies by chance, and its floors are lower for it:
a floor that is missed by chance teaches people to look away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor, sqrt
from statistics import median
from typing import Any, NamedTuple

from crawler.items import WeekSeen
from crawler.source import Expectations

FEWEST_WEEKS = 4
PART = 0.8
STEP = 0.05
FEWEST_PAGES = 20
"""Of all good weeks together, for a share to say something."""


class NotLearntError(Exception):
    """Nothing can be proposed. The message says why."""


class Floor(NamedTuple):
    """What is proposed."""

    value: int | float
    why: str
    """What was seen, with its numbers."""


def learn_floors(weeks: Sequence[WeekSeen | None], expect: Mapping[str, Any]) -> dict[str, Floor]:
    """Floors that should be set, by their name in `expect`; what is there already and holds is left alone.

    `weeks` go back from now, None for one that says nothing. Raises NotLearntError with fewer than four good weeks, and
    when the newest two brought far less than is usual.

    >>> learn_floors([WeekSeen(pages, pages, pages, pages) for pages in (50, 61, 55, 70)], {})
    {'weekly': Floor(value=40, why='the least of 4 weeks brought 50 pages')}
    """
    told = [week for week in weeks if week is not None]
    if len(told) < FEWEST_WEEKS:
        raise NotLearntError(f"only {len(told)} weeks can tell, it takes {FEWEST_WEEKS}")
    usual = median(week.pages for week in told)
    # Half of what is usual, and less than chance brings about (three times the deviation of Poisson's law).
    few = min(usual / 2, usual - 3 * sqrt(usual))
    good = [week for week in told if week.pages >= few]
    if all(week not in good for week in told[:2]):
        raise NotLearntError(f"its last weeks brought {told[0].pages} and {told[1].pages} pages, usual are {usual:g}")
    if len(good) < FEWEST_WEEKS:
        raise NotLearntError(f"only {len(good)} good weeks, it takes {FEWEST_WEEKS}")
    present = Expectations.model_validate(dict(expect))
    found: dict[str, Floor] = {}
    fewest = min(week.pages for week in good)
    least = floor(PART * fewest)
    if least and (present.weekly is None or least > present.weekly):
        found["weekly"] = Floor(least, f"the least of {len(good)} weeks brought {fewest} pages")
    for name, part, whole in (("read", "read", "judged"), ("dated", "dated", "read"), ("placed", "placed", "told")):
        counts = [(getattr(week, part), getattr(week, whole)) for week in good]
        share = _learn_share(counts)
        now = getattr(present, name)
        if share is not None and (now is None or share.value > now or _was_never_reached(counts, now)):
            found[name] = share
    return found


def _learn_share(counts: Sequence[tuple[int, int]]) -> Floor | None:
    """The floor of a share; `counts` are, for each week, how many of how many."""
    part, every = (sum(numbers) for numbers in zip(*counts, strict=True))
    if every < FEWEST_PAGES:
        return None
    seen, of_a_month = part / every, 4 * every / len(counts)
    least = min(PART * seen, seen - 2 * sqrt(seen * (1 - seen) / of_a_month))
    share = round(floor(round(least / STEP, 6)) * STEP, 2)
    return Floor(share, f"{part} of {every} in {len(counts)} weeks") if share > 0 else None


def _was_never_reached(counts: Sequence[tuple[int, int]], now: float) -> bool:
    """True for a floor that says nothing but what is known; one that was reached once may be missed for a reason."""
    return not any(every and part >= now * every for part, every in counts)
