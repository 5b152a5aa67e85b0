"""docs/reliability.md: what the benches tried and what came of it. Each bench writes its own part, nobody else does.

A bench calls `publish_part` when it is done. Nothing is written unless PANTAU_RELIABILITY names the folder (`make
reliability` sets it to docs): a test run on the side leaves the figures alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

Name = Literal["faults", "kills", "conditions", "inputs", "canary"]
TITLES: Mapping[Name, str] = {
    "faults": "Faults of the web",
    "kills": "Kills",
    "conditions": "The machine fails",
    "inputs": "Hostile input",
    "canary": "Markup of others",
}
HEAD = """# Reliability

Written by the benches themselves (`make reliability`). What each bench does is said in its own file. The parts were not
all measured on the same day: each says when, and how.
"""


@dataclass(frozen=True)
class Part:
    """What one bench found."""

    command: str
    """What was run, from the top of the project."""
    headline: dict[str, str]
    """What is counted, and the count, in the order in which it is told."""
    columns: list[str]
    rows: list[list[str]]
    note: str = ""
    """What a reader must know to read the table, in one paragraph."""
    measured_on: str = ""


def publish_part(name: Name, part: Part) -> None:
    """Put a part into docs/reliability.json, and write docs/reliability.md anew; nothing unless PANTAU_RELIABILITY."""
    folder = os.environ.get("PANTAU_RELIABILITY")
    if not folder:
        return
    figures = Path(folder) / "reliability.json"
    parts = json.loads(figures.read_text(encoding="utf-8")) if figures.exists() else {}
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    parts[name] = asdict(part) | {"measured_on": day}
    figures.write_text(json.dumps(parts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    text = render({title: Part(**parts[title]) for title in TITLES if title in parts})
    figures.with_suffix(".md").write_text(text, encoding="utf-8")


def render(parts: Mapping[Name, Part]) -> str:
    """The whole document: one table of all headlines, then a section for each part.

    >>> text = render({"kills": Part("make x", {"kills": "200"}, ["word", "kills"], [["crawl", "60"]])})
    >>> print(text[text.index("| word") :], end="")
    | word | kills |
    |---|---|
    | crawl | 60 |
    """
    summary = [[TITLES[name], what, count] for name, part in parts.items() for what, count in part.headline.items()]
    sections = [HEAD, _table(["bench", "what", "count"], summary)]
    for name, part in parts.items():
        sections += [f"## {TITLES[name]}", f"`{part.command}`, {part.measured_on}."]
        sections += [part.note] if part.note else []
        sections += [_table(part.columns, part.rows)]
    return "\n\n".join(section.strip() for section in sections) + "\n"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(map(_cell, line)) + " |" for line in [columns, *rows]]
    return "\n".join([lines[0], "|" + "---|" * len(columns), *lines[1:]])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
