"""What was measured, what it is held against, and the file and the table in which it stands."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent
RESULTS = FOLDER / "results.json"
PARTS = ("parse", "annotate", "crawl", "together", "start", "memory", "growth", "site", "archive")
"""In the order in which they run and are told; each is a module of parts/."""
LIBRARIES = ("datasette", "lxml", "scrapy", "spacy", "trafilatura")
RIVALS = ("news-please", "newspaper4k", "torch", "transformers")


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of ours and one of what a user would take instead, in the same unit and of the same run."""

    what: str
    unit: str
    ours: float
    rival: str | None = None
    theirs: float | None = None
    at_most: float | None = None
    """The bar of the ratio where there is a rival, else of our figure."""
    at_least: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Our figure divided by theirs.

        >>> Measure("parse", "ms a page", 30.0, "trafilatura", 40.0, at_most=1).ratio
        0.75
        """
        return None if self.theirs is None else self.ours / self.theirs

    @property
    def is_met(self) -> bool | None:
        """Whether the bar is met; None where there is none.

        >>> Measure("start", "s", 1.3, at_most=1.0).is_met
        False
        """
        if self.at_most is None and self.at_least is None:
            return None
        told = self.ours if self.ratio is None else self.ratio
        return (self.at_most is None or told <= self.at_most) and (self.at_least is None or told >= self.at_least)


def save_part(name: str, measures: Sequence[Measure], seconds: float, load: float, path: Path = RESULTS) -> None:
    """Put one part into the file, in place of what it measured before; the other parts stay as they are.

    `seconds` are how long it took, `load` how many processes wanted a core in the minute before it.
    """
    parts = read_parts(path)
    parts[name] = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds),
        "load_before": round(load, 2),
        **describe_machine(),
        "measures": [asdict(one) | {"ratio": one.ratio, "is_met": one.is_met} for one in measures],
    }
    path.write_text(json.dumps(parts, indent=1, ensure_ascii=False, default=float) + "\n", encoding="utf-8")


def read_parts(path: Path = RESULTS) -> dict[str, Any]:
    """All parts that were measured, by name, in the order of PARTS."""
    parts = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {name: parts[name] for name in PARTS if name in parts}


def describe_machine() -> dict[str, Any]:
    """What figures depend on: cores, Python, our commit, the libraries on both sides."""
    return {
        "commit": read_commit(),
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in LIBRARIES} | read_locked(RIVALS),
    }


def read_commit() -> str:
    """Our commit, with "-dirty" where anything but the results differs from it; "" outside of a repository."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()

    differs = git("diff", "--name-only", "HEAD", "--", ".", ":!benchmarks/results.json", ":!benchmarks/README.md")
    return git("rev-parse", "--short", "HEAD") + ("-dirty" if differs else "")


def read_locked(names: Iterable[str], lock: Path = FOLDER / "rivals.lock") -> dict[str, str]:
    """Versions of the rivals, as they are locked."""
    locked = dict(re.findall(r"^([\w.-]+)==([\w.+-]+)", lock.read_text(encoding="utf-8"), re.MULTILINE))
    return {name: locked[name] for name in names}


def table(parts: Mapping[str, Any]) -> Iterator[str]:
    """Lines of a Markdown table of all parts, in their order.

    A bar is one of the ratio where there is a rival, else of our figure.
    """
    yield "| what | unit | ours | theirs | ratio | bar | met |"
    yield "|---|---|---:|---:|---:|---:|---|"
    for name, part in parts.items():
        for one in part["measures"]:
            theirs = f"{_figure(one['theirs'])} ({one['rival']})" if one["rival"] else ""
            ratio = "" if one["ratio"] is None else f"{one['ratio']:.3f}"
            met = {True: "yes", False: "**no**", None: ""}[one["is_met"]]
            note = f"; {one['note']}" if one["note"] else ""
            yield (
                f"| {name}: {one['what']}{note} | {one['unit']} | {_figure(one['ours'])} | {theirs} | {ratio}"
                f" | {_bar(one)} | {met} |"
            )


def runs(parts: Mapping[str, Any]) -> Iterator[str]:
    """A line a part: when it was measured, of which commit, on how many cores, and how long it took."""
    for name, part in parts.items():
        at = part["measured_at"][:16].replace("T", " ")
        yield (
            f"- {name}: {at} UTC, commit {part['commit']}, {part['cores']} cores"
            f" (load before {part['load_before']}), Python {part['python']}, {part['seconds']} s"
        )


def _bar(one: Mapping[str, Any]) -> str:
    bars = [f"≤ {one['at_most']:g}"] if one["at_most"] is not None else []
    return ", ".join([*bars, f"≥ {one['at_least']:g}"] if one["at_least"] is not None else bars)


def _figure(value: float) -> str:
    """Three digits that count.

    >>> [_figure(value) for value in (0.01234, 3.456, 12345.6)]
    ['0.0123', '3.46', '12,346']
    """
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
