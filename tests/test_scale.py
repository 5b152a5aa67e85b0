"""What the whole country would cost is reckoned from what was measured, and from nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.scale import ASSUMED, assumptions, costs

MEASURED = {
    "parse": [("24 pages as portals send them, 100 kB each", "CPU ms a page", 12.0), ("tests", "CPU ms a page", 3.0)],
    "annotate": [("101 articles of the gold", "CPU ms an article", 24.0)],
    "crawl": [("400 pages", "CPU ms a page", 7.0)],
    "archive": [("100,000 pages", "CPU ms a page", 3.6), ("web archive, packed", "kB a page", 10.0)],
    "growth": [
        ("storing 1,000 articles", "ms an article", 9.0),
        ("storing 100,000 articles", "ms an article", 1.0),
        ("resolving 100,000 articles", "ms an article", 2.0),
        ("baking 100,000 articles", "ms an article", 3.0),
        ("pantau.db of 100,000 articles", "kB an article", 20.0),
        ("public.db of 100,000 articles", "kB an article", 10.0),
    ],
}


def build_parts(left_out: str = "") -> dict[str, Any]:
    return {
        part: {"measures": [{"what": what, "unit": unit, "ours": ours} for what, unit, ours in measures]}
        for part, measures in MEASURED.items()
        if part != left_out
    }


def test_costs_are_products_of_what_was_measured_and_what_is_assumed() -> None:
    figures = {line.split(" | ")[0].lstrip("| "): line.split(" | ")[1] for line in list(costs(build_parts()))[2:]}
    assert figures["pages"] == "751 million"
    assert figures["their archive"] == "7.5 TB, $173 a month"
    # 751 million × 36 ms
    assert figures["every page read anew"] == "7,510 core-hours, $375; 75.1 hours on 100 cores"
    assert figures["picked and read anew, as the archive of others"].startswith("751 core-hours, $38; 7.5 hours")
    assert figures["crawling what is new"] == "0.4 hours of one core a day"
    assert figures["crawling what was before"] == "37 days on any machines"
    assert figures["pantau.db"] == "73 GB"
    assert figures["storing them"] == "1.0 hours of one core"
    assert figures["each publish"] == "3.0 hours of one core"


@pytest.mark.parametrize("part", MEASURED)
def test_what_was_not_measured_is_not_reckoned(part: str) -> None:
    told = list(costs(build_parts(left_out=part)))
    assert any("not measured yet" in line and f"make bench PART={part}" in line for line in told)
    assert set(costs(build_parts())) - set(told)


def test_every_assumption_says_whose_it_is() -> None:
    assert len(list(assumptions())) == 2 + len(ASSUMED)
    assert all(all(row) for row in ASSUMED)
