"""Measure all parts or some, print a table of what is measured and keep it: `python -m benchmarks [PART]...`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from pathlib import Path

from benchmarks.compare import RIVALS_PYTHON
from benchmarks.measures import PARTS, RESULTS, read_parts, save_part, table


def main() -> None:
    """Measure, keep, print."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("parts", metavar="PART", nargs="*", help=f"{', '.join(PARTS)}; all where none is named")
    parser.add_argument("--small", action="store_true", help="few pages, to see that it runs; worth nothing as figures")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where it is kept (benchmarks/results.json)")
    wanted = parser.parse_args()
    if unknown := set(wanted.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if not RIVALS_PYTHON.exists():
        say("newspaper4k, news-please and BERT-base are left out: `make benchmarks/.venv/ready` installs them")
    chosen = wanted.parts or PARTS
    for name in chosen:
        measure_part(name, wanted.small, wanted.results)
    print("\n".join(table({name: read_parts(wanted.results)[name] for name in chosen})))  # noqa: T201


def measure_part(name: str, is_small: bool, path: Path) -> None:
    """Measure a part and put it into the file."""
    say(f"{name} …")
    load, begun = os.getloadavg()[0], time.monotonic()
    measures = []
    for one in importlib.import_module(f"benchmarks.parts.{name}").measure(is_small):
        say(f"  {one.what}: {one.ours:.4g} {one.unit}" + (f", {one.rival} {one.theirs:.4g}" if one.rival else ""))
        measures.append(one)
    seconds = time.monotonic() - begun
    save_part(name, measures, seconds, load, path)
    say(f"  {seconds:.0f} s")


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
