from __future__ import annotations

import random
from datetime import date

import pytest

from crawler.items import Counts
from crawler.watch.completeness import combine, count_routes, estimate, estimate_sources, estimate_spans


@pytest.mark.parametrize(
    ("both", "only_first", "only_second", "rounded", "low", "high"),
    [
        (40, 8, 5, 54, 53, 58),
        (20, 0, 0, 20, 20, 21),
        (30, 30, 0, 60, 60, 65),
        (7, 20, 15, 80, 54, 183),
        (400, 60, 40, 506, 501, 512),
    ],
)
def test_chapman_with_its_exact_interval(
    both: int, only_first: int, only_second: int, rounded: int, low: int, high: int
) -> None:
    found = estimate(both, only_first, only_second)
    assert found.estimate is not None
    assert (round(found.estimate), found.low, found.high) == (rounded, low, high)
    assert None not in (found.share_low, found.share, found.share_high)
    assert (found.share_low or 0) <= (found.share or 0) <= (found.share_high or 0) <= 1


@pytest.mark.parametrize(
    ("both", "only_first", "only_second", "says"),
    [
        (0, 0, 0, "tidak ada berita"),
        (0, 12, 0, "hanya satu jalan"),
        (0, 0, 12, "hanya satu jalan"),
        (6, 3, 3, "baru 6 berita"),
        (0, 9, 9, "baru 0 berita"),
    ],
)
def test_what_cannot_be_said_is_not_said_and_the_reason_is(
    both: int, only_first: int, only_second: int, says: str
) -> None:
    found = estimate(both, only_first, only_second)
    assert (found.estimate, found.low, found.high, found.share) == (None, None, None, None)
    assert found.held == both + only_first + only_second
    assert says in (found.reason_id or "")
    assert found.reason_en


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        estimate(8, -1, 3)


@pytest.mark.parametrize(
    ("whole", "first", "second"),
    [(20, 0.8, 0.6), (40, 0.9, 0.5), (60, 0.9, 0.9), (100, 0.97, 0.8), (100, 0.6, 0.5), (300, 0.5, 0.3)],
)
def test_the_interval_covers_the_truth_and_the_estimate_is_not_biased(whole: int, first: float, second: float) -> None:
    """A thousand weeks in which each of two independent ways lists an article with a chance of its own."""
    chance = random.Random(f"{whole} {first} {second}")
    errors, covered, said = 0.0, 0, 0
    for _ in range(1000):
        draws = [(chance.random() < first, chance.random() < second) for _ in range(whole)]
        found = estimate(draws.count((True, True)), draws.count((True, False)), draws.count((False, True)))
        if found.estimate is None or found.low is None or found.high is None:
            continue
        said += 1
        errors += found.estimate - whole
        covered += found.low <= whole <= found.high
    assert said > 900
    assert covered / said >= 0.945, "an exact interval covers at least 95 %, but for the chance of this test"
    assert abs(errors / said) < 0.02 * whole


def test_ways_that_see_the_same_make_it_too_optimistic() -> None:
    """What the docstring warns of: half of the stories are on the front page, which both ways list."""
    chance = random.Random(1)
    draws = []
    for number in range(400):
        is_on_front = number % 2 == 0
        draws.append((is_on_front or chance.random() < 0.3, is_on_front or chance.random() < 0.3))
    found = estimate(draws.count((True, True)), draws.count((True, False)), draws.count((False, True)))
    assert found.estimate is not None
    assert found.held < found.estimate < 0.95 * 400


def test_one_way_stands_against_all_others() -> None:
    routes = {"feed", "wordpress", "sitemap"}
    ways = [{"feed"}, {"feed", "sitemap"}, {"feed", "wordpress"}, {"sitemap"}, {"wordpress", "sitemap"}, {"wordpress"}]
    assert count_routes(ways, routes) == Counts(both=2, only_first=1, only_second=3)
    assert count_routes([set(), {"feed"}], {"feed", "listing"}) == Counts(0, 0, 1)
    assert count_routes([{"feed"}], {"feed"}) is None
    assert count_routes([], routes) == Counts()


def test_a_handful_from_each_of_many_sources_is_not_taken_for_all() -> None:
    """Two stories of each source: whoever picks the better way of each by its stories sees nothing missing."""
    chance = random.Random(5)
    routes, listed, whole = {}, [], 600
    for number in range(whole):
        source, ways = f"media_{number // 2}", set()
        ways |= {"wordpress"} if chance.random() < 0.8 else set()
        ways |= {"feed"} if chance.random() < 0.6 else set()
        routes[source] = {"wordpress", "feed"}
        listed += [(source, date(2026, 11, 18), ways)] if ways else []
    found = estimate_spans(listed, routes, date(2026, 11, 22))[-3].found
    assert (found.low or 0) <= whole <= (found.high or 0)
    assert found.held < 0.95 * whole


def test_sources_too_small_alone_say_something_together() -> None:
    small = [Counts(3, 1, 0), Counts(2, 0, 1), Counts(4, 1, 1)]
    assert all(estimate(one.both, one.only_first, one.only_second).estimate is None for one in small)
    together = combine(small)
    assert (together.held, together.low) == (13, 13)
    assert together.estimate == pytest.approx(11 * 12 / 10 - 1 + 1.0, abs=1)
    assert combine([]).reason_en


def test_weeks_are_told_alone_and_together() -> None:
    monday, before = date(2026, 11, 16), date(2026, 11, 15)
    listed = [
        *[("kabar_paser", monday, {"wordpress", "feed"})] * 9,
        *[("kabar_paser", monday, {"wordpress"})] * 3,
        *[("warta_selatan", before, {"listing", "sitemap"})] * 5,
        *[("warta_selatan", before, {"sitemap"})] * 2,
        ("satu_jalan", monday, {"feed"}),
        ("lama", date(2025, 1, 1), {"feed", "sitemap"}),
    ]
    routes = {
        "kabar_paser": {"wordpress", "feed"}, "warta_selatan": {"listing", "sitemap"}, "satu_jalan": {"feed"},
        "lama": {"feed", "sitemap"},
    }  # fmt: skip
    spans = {(span.week, span.weeks): span for span in estimate_spans(listed, routes, date(2026, 11, 22))}
    assert len(spans) == 14
    this = spans["2026-W47", 1]
    assert (this.sources, this.counts, this.found.held, this.found.low) == (1, Counts(9, 3, 0), 12, 12)
    last = spans["2026-W46", 1]
    assert (last.found.held, last.found.estimate) == (7, None)
    assert last.found.reason_id == "baru 5 berita tercantum di dua jalan; perlu paling sedikit 7"
    month = spans["2026-W47", 4]
    assert (month.sources, month.counts, month.found.held) == (2, Counts(14, 5, 0), 19)
    assert spans["2026-W47", 12].counts == month.counts


def test_a_source_is_told_over_twelve_weeks_or_why_not() -> None:
    day = date(2026, 10, 1)
    listed = [
        *[("kabar_paser", day, {"wordpress", "feed"})] * 9,
        *[("satu_jalan", day, {"feed"})] * 4,
        ("lama", date(2025, 1, 1), {"feed", "sitemap"}),
        ("tanpa_jalan", day, frozenset[str]()),
    ]
    routes = {"kabar_paser": {"wordpress", "feed"}, "satu_jalan": {"feed"}, "lama": {"feed", "sitemap"}}
    found = estimate_sources(listed, routes, date(2026, 11, 22))
    assert found.keys() == {"kabar_paser", "satu_jalan", "tanpa_jalan"}
    assert (found["kabar_paser"].held, found["kabar_paser"].high) == (9, 10)
    assert found["satu_jalan"].held == 4
    assert "hanya satu jalan" in (found["satu_jalan"].reason_id or "")
