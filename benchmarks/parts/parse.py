"""Pages to articles: our parser beside bare trafilatura, newspaper4k and news-please, on the same pages."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.compare import RIVALS_PYTHON, Side, compare, rivals
from benchmarks.crawl_bench import build_articles, build_page
from benchmarks.measures import ROOT, Measure
from crawler.source import FAMILIES

PAGES = ROOT / "tests" / "pages"
OURS = Side("ours", "parse_ours.py")
OTHERS = (
    Side("trafilatura", "parse_trafilatura.py"),
    Side("newspaper4k", "parse_newspaper.py", RIVALS_PYTHON),
    Side("news-please", "parse_newsplease.py", RIVALS_PYTHON),
)
ROUNDS = 9
"""More than elsewhere: a round takes a second, and the bar is close."""
NO_SLOWER = 1.0
"""Times bare trafilatura with its metadata."""
Given = list[tuple[str, str, bytes]]
"""Pages: family of their site, address, body."""


def measure(is_small: bool = False) -> Iterator[Measure]:
    """Processor milliseconds a page, of pages as large as those of portals and of those of the tests."""
    for kind, pages in (("pages as portals send them", portal_pages()), ("pages of the tests", test_pages())):
        given = pages[:4] if is_small else pages
        found = compare([OURS, *rivals(OTHERS)], given, ROUNDS)
        size = sum(len(body) for _, _, body in given) / len(given) / 1000
        for name, theirs in found.items():
            if name == OURS.name:
                continue
            yield Measure(
                f"{len(given)} {kind}, {size:.0f} kB each", "CPU ms a page",
                1000 * found[OURS.name].seconds / len(given), name, 1000 * theirs.seconds / len(given),
                at_most=NO_SLOWER if name == "trafilatura" else None,
                note=f"text found in {found[OURS.name].count} by us, in {theirs.count} by them",
            )  # fmt: skip


def portal_pages() -> Given:
    """One page of each article of the sample web within the furniture of a portal."""
    return [
        ("generic", f"https://bangku.example/berita/{number}/kabar", build_page(number))
        for number in range(len(build_articles()))
    ]


def test_pages() -> Given:
    """Pages that the tests read, with the family that their folder names."""
    return [
        (
            folder if (FAMILIES / f"{folder}.yml").exists() else "generic",
            f"https://{folder.replace('_', '-')}.example/{path.stem}",
            body,
        )
        for path in sorted(PAGES.rglob("*.html"))
        for folder, body in [(path.parent.name, path.read_bytes())]
    ]
