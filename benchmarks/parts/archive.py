"""Archives of others read anew: `pantau backfill` with two worker processes beside one, and its memory."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import backfill_bench
from benchmarks.measures import Measure


def measure(is_small: bool = False) -> Iterator[Measure]:
    """Pages a second with two workers and with one, and the largest process beside that of a hundredth of the pages."""
    found = backfill_bench.measure(200) if is_small else backfill_bench.measure()
    pages, few = found["pages"], found["pages"] // 100
    one, two = (found[name] for name in ("one", "two"))
    what = f"{pages:,} pages, {found['packed_bytes'] / 1e6:,.0f} MB packed"
    waited = " and ".join(f"{100 * read['waited'] / read['seconds']:.0f}" for read in (two, one))
    yield Measure(
        what, "pages a second", pages / two["alone"], "one worker", pages / one["alone"],
        at_least=backfill_bench.SCALING,
        note=f"{two['rows']:,} articles kept; without the {waited} % of the time in which other work had the cores",
    )  # fmt: skip
    ours, theirs = (1000 * read["processor_seconds"] / pages for read in (two, one))
    yield Measure(what, "CPU ms a page", ours, "one worker", theirs)
    peaks = {int(count): peak / 1e6 for count, peak in found["peaks"].items()}
    yield Measure(
        f"{what}, largest process", "MB", peaks[pages], f"{few:,} pages", peaks[few], at_most=backfill_bench.GROWTH
    )
    yield Measure("web archive, packed", "kB a page", found["packed_bytes"] / 1e3 / pages)
    if two["rows"]:
        yield Measure("parts", "kB an article", two["part_bytes"] / 1e3 / two["rows"])
