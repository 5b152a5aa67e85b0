"""What the whole country over ten years would cost, reckoned from what was measured (docs/scale.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.measures import read_parts

REGENCIES = 514
OUTLETS = 20
"""Of each regency."""
YEARS = 10
PAGES = 20
"""New articles of an outlet in a day."""
TOLD = 1_000
"""Articles on the programme in a day, of all outlets."""
CORE_HOUR = 0.05
"""Dollars."""
GIGABYTE_MONTH = 0.023
"""Dollars."""
CORES = 100
"""Of the cluster."""
BUDGET = 2_000
"""Requests to an outlet in a day, as a source file has it where it says nothing else."""
DAYS = YEARS * 365.25
ALL_PAGES = REGENCIES * OUTLETS * PAGES * DAYS

Row = tuple[str, str, str]
"""What, its figure, and how that was reckoned."""

ASSUMED = (
    ("outlets of a regency", f"{OUTLETS}", "the question; fewer than 400 are read today"),
    ("articles of an outlet in a day", f"{PAGES}", "ours: national ones print hundreds, most local ones fewer"),
    ("articles on the programme in a day", f"{TOLD:,}", "ours, and rather too many"),
    ("a core-hour", f"${CORE_HOUR}", "ours: machines of 72 virtual cores were rented at $3.06 an hour in 2018"),
    ("a gigabyte of object storage in a month", f"${GIGABYTE_MONTH}", "ours: what large clouds ask"),
)
"""What nobody measured, and whose word it is."""


def assumptions() -> Iterator[str]:
    """Lines of a Markdown table of what is assumed."""
    yield "| assumed | figure | whose |"
    yield "|---|---:|---|"
    yield from (f"| {what} | {figure} | {whose} |" for what, figure, whose in ASSUMED)


def costs(parts: Mapping[str, Any] | None = None) -> Iterator[str]:
    """Lines of a Markdown table: what it comes to, and how; of what was not measured it is said that it was not."""
    parts = read_parts() if parts is None else parts
    yield "| what | figure | reckoned |"
    yield "|---|---:|---|"
    for rows in (_archive, _reading, _crawl, _database):
        try:
            yield from (f"| {what} | {figure} | {how} |" for what, figure, how in rows(parts))
        except LookupError as error:
            yield f"| | not measured yet | {error} |"


def _archive(parts: Mapping[str, Any]) -> Iterator[Row]:
    """All pages, and what they take."""
    yield "pages", f"{ALL_PAGES / 1e6:,.0f} million", f"{REGENCIES} × {OUTLETS} outlets × {PAGES} a day × {YEARS} years"
    packed = find(parts, "archive", "kB a page")
    kept = ALL_PAGES * packed / 1e6
    yield "their archive", f"{kept / 1e3:,.1f} TB, ${kept * GIGABYTE_MONTH:,.0f} a month", f"× {packed:.1f} kB"


def _reading(parts: Mapping[str, Any]) -> Iterator[Row]:
    """What it takes to read them anew."""
    picked = find(parts, "archive", "CPU ms a page")
    yield "picked and read anew, as the archive of others", core_hours(ALL_PAGES * picked), f"× {picked:.1f} ms"
    read = find(parts, "parse", "CPU ms a page", "portals") + find(parts, "annotate", "CPU ms an article")
    yield "every page read anew", core_hours(ALL_PAGES * read), f"× {read:.1f} ms"


def _crawl(parts: Mapping[str, Any]) -> Iterator[Row]:
    """What it takes to fetch them."""
    past = PAGES * DAYS / BUDGET
    yield "crawling what was before", f"{past:,.0f} days on any machines", f"{BUDGET:,} requests to an outlet a day"
    crawled = find(parts, "crawl", "CPU ms a page")
    hours = REGENCIES * OUTLETS * PAGES * crawled / 3.6e6
    yield "crawling what is new", f"{hours:,.1f} hours of one core a day", f"× {crawled:.1f} ms"


def _database(parts: Mapping[str, Any]) -> Iterator[Row]:
    """What the articles on the programme cost to hold and to publish."""
    articles = TOLD * DAYS
    yield "articles on the programme", f"{articles / 1e6:,.1f} million", f"{TOLD:,} a day"
    for name in ("pantau.db", "public.db"):
        size = find(parts, "growth", "kB an article", name)
        yield name, f"{articles * size / 1e6:,.0f} GB", f"× {size:.1f} kB"
    for what, words in (("storing", "storing them"), ("resolving", "resolving them"), ("baking", "each publish")):
        each = find(parts, "growth", "ms an article", what)
        yield words, f"{articles * each / 3.6e6:,.1f} hours of one core", f"× {each:.2f} ms"


def core_hours(milliseconds: float) -> str:
    """Time of processors, what it costs, and how long a cluster takes.

    >>> core_hours(3.6e9)
    '1,000 core-hours, $50; 10.0 hours on 100 cores'
    """
    hours = milliseconds / 3.6e6
    return f"{hours:,.0f} core-hours, ${hours * CORE_HOUR:,.0f}; {hours / CORES:,.1f} hours on {CORES} cores"


def find(parts: Mapping[str, Any], part: str, unit: str, words: str = "") -> float:
    """Our figure of the last measure of a part in a unit that holds these words, which is that of the most articles.

    Raises LookupError where nothing of that kind was measured.
    """
    found = [
        one["ours"]
        for one in parts.get(part, {"measures": []})["measures"]
        if one["unit"] == unit and words in one["what"]
    ]
    if not found:
        raise LookupError(
            f"{part} has no figure in {' '.join(filter(None, (unit, words)))}: `make bench PART={part}` measures it"
        )
    return float(found[-1])
