"""How much of what there was we hold: capture–recapture between the ways of a source that listed the same articles.

Two ways that find articles without knowing of each other are two draws from the same unknown whole: the more of the
second draw the first already had, the less is missing. What both of them cannot see (a story that is in no feed, no
search and no sitemap) is not in the estimate, and ways of one site are never wholly independent: a feed and a REST
answer come from one database, and front-page stories stand in every list. Both make the estimate **too optimistic**:
the share held is to be read as "at most". A search by hand now and then is the check on it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, timedelta
from math import exp, lgamma

from crawler.items import Completeness, Counts, Span

FEWEST_IN_BOTH = 7
"""With fewer articles in both draws the Chapman estimator is biased low (Robson and Regier, 1964)."""
TAIL = 0.025
"""Each side of a 95 % interval."""
LAST_WEEKS = 12

FIRST_DRAW = ("wordpress", "sitemap", "listing", "feed")
"""Ways by how far back they see, the farthest first."""

Listed = tuple[str, date, Collection[str]]
"""An article on the programme: its source, the day on which it was published, the ways that listed it."""
Routes = Mapping[str, Collection[str]]
"""The ways of each source that were asked and answered."""


def estimate_spans(listed: Iterable[Listed], routes: Routes, today: date) -> list[Span]:
    """Each of the last twelve weeks, the present one included, then the last four and the last twelve together."""
    articles = list(listed)
    mondays = [today - timedelta(days=today.weekday(), weeks=back) for back in range(LAST_WEEKS)]
    spans = [(monday, 1) for monday in reversed(mondays)] + [(mondays[0], 4), (mondays[0], LAST_WEEKS)]
    return [_span(articles, routes, monday, weeks) for monday, weeks in spans]


def estimate_sources(listed: Iterable[Listed], routes: Routes, today: date) -> dict[str, Completeness]:
    """Each source with an article in the last twelve weeks."""
    first = today - timedelta(days=today.weekday(), weeks=LAST_WEEKS - 1)
    by_source = _by_source(listed, first, today)
    return {
        source: combine([count_routes(lists, routes.get(source, ())) or Counts(only_first=len(lists))])
        for source, lists in by_source.items()
    }


def week_of(day: date) -> str:
    """The ISO week of a day.

    >>> week_of(date(2026, 11, 22))
    '2026-W47'
    """
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def estimate(both: int, only_first: int, only_second: int) -> Completeness:
    """How many articles there were, when two draws held so many together and so many each alone.

    The estimate is Chapman's (1951), nearly unbiased where both draws together are at least as large as the whole. The
    interval is the exact one of the hypergeometric distribution, as R's FSA and fishmethods give it: every size of the
    whole under which an overlap as small, or as large, as the one seen has a chance above 2.5 %. It is chosen over the
    transformed logit of Sadinle (2009) because it stays narrow where one draw holds nearly all that the other does,
    which is what feeds and searches of one site do; in our simulations both cover the truth in at least 95 of 100.

    >>> found = estimate(40, 8, 5)
    >>> found.held, round(found.estimate or 0), found.low, found.high
    (53, 54, 53, 58)
    >>> estimate(3, 1, 0).estimate is None
    True
    """
    counts = Counts(both, only_first, only_second)
    if min(both, only_first, only_second) < 0:
        raise ValueError(f"counts of articles are not negative: {counts}")
    if counts.held == 0:
        return _unsaid(counts, "tidak ada berita yang tercantum di lebih dari satu jalan", "no article in two ways")
    if both + only_first == 0 or both + only_second == 0:
        return _unsaid(
            counts,
            "hanya satu jalan yang mencantumkannya, jadi tidak ada pembanding",
            "only one way listed them, so there is nothing to compare with",
        )
    if both < FEWEST_IN_BOTH:
        return _unsaid(
            counts,
            f"baru {both} berita tercantum di dua jalan; perlu paling sedikit {FEWEST_IN_BOTH}",
            f"only {both} articles stand in two ways; it takes at least {FEWEST_IN_BOTH}",
        )
    first, second = both + only_first, both + only_second
    chapman = (first + 1) * (second + 1) / (both + 1) - 1
    low, high = _interval(both, first, second)
    return Completeness(counts.held, max(chapman, counts.held), low, high, None, None)


def count_routes(listed: Iterable[Collection[str]], routes: Collection[str]) -> Counts | None:
    """Articles by draw, from the ways that listed each; None where the source has one way alone.

    `routes` are the ways of the source that were asked and answered, whether they listed any of these articles or not.
    The first draw is the first of them in the order of FIRST_DRAW, the second all the others together. The choice must
    not look at the articles: the way that happened to list the most would make every small source seem complete.

    >>> routes = {"wordpress", "feed", "sitemap"}
    >>> count_routes([{"wordpress"}, {"wordpress", "feed"}, {"sitemap"}, {"wordpress", "sitemap", "feed"}], routes)
    Counts(both=2, only_first=1, only_second=1)
    >>> count_routes([{"feed"}, {"feed"}], {"feed"}) is None
    True
    """
    if len(routes) < 2:
        return None
    first = min(routes, key=FIRST_DRAW.index)
    ways = [frozenset(names) & frozenset(routes) for names in listed]
    return Counts(
        both=sum(first in names and len(names) > 1 for names in ways),
        only_first=sum(names == {first} for names in ways),
        only_second=sum(bool(names) and first not in names for names in ways),
    )


def combine(counts: Iterable[Counts]) -> Completeness:
    """One estimate over several sources or weeks: their counts are added up before the estimate.

    A source has a handful of stories on the programme in a week, too few for an estimate of its own. Adding up takes
    the ways to be as good at every source; where the worse ones are worse in both draws, it is too optimistic again.
    """
    total = sum(counts, Counts())
    return estimate(total.both, total.only_first, total.only_second)


def _span(articles: Iterable[Listed], routes: Routes, monday: date, weeks: int) -> Span:
    by_source = _by_source(articles, monday - timedelta(weeks=weeks - 1), monday + timedelta(days=6))
    counts = [
        count
        for count in (count_routes(lists, routes.get(source, ())) for source, lists in by_source.items())
        if count is not None and count.held
    ]
    return Span(week_of(monday), weeks, len(counts), sum(counts, Counts()), combine(counts))


def _by_source(articles: Iterable[Listed], first: date, last: date) -> dict[str, list[Collection[str]]]:
    by_source: dict[str, list[Collection[str]]] = {}
    for source, day, ways in articles:
        if first <= day <= last:
            by_source.setdefault(source, []).append(ways)
    return by_source


def _unsaid(counts: Counts, reason_id: str, reason_en: str) -> Completeness:
    return Completeness(counts.held, None, None, None, reason_id, reason_en)


def _interval(both: int, first: int, second: int) -> tuple[int, int]:
    """Smallest and largest whole that the overlap does not speak against."""
    held = first + second - both
    rarer = range(both, min(first, second) + 1)
    high = _last(held, lambda whole: sum(_chance(k, whole, first, second) for k in rarer) > TAIL)

    def is_too_small(whole: int) -> bool:
        return sum(_chance(k, whole, first, second) for k in range(max(0, first + second - whole), both + 1)) <= TAIL

    low = _last(held, is_too_small) + 1 if is_too_small(held) else held
    return low, high


def _last(start: int, holds: Callable[[int], bool]) -> int:
    """The last whole number from `start` on for which it holds; it holds at `start`, and never again once it fails."""
    step = 1
    while holds(start + step):
        start, step = start + step, step * 2
    while step > 1:
        step //= 2
        if holds(start + step):
            start += step
    return start


def _chance(both: int, whole: int, first: int, second: int) -> float:
    """Chance that two draws of these sizes out of a whole share so many."""
    return exp(_choices(first, both) + _choices(whole - first, second - both) - _choices(whole, second))


def _choices(n: int, k: int) -> float:
    """Logarithm of the number of ways to choose k of n."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
