"""Scores on gold against the floors below which they may not sink: `python -m nlp.floors NAME < scores.json`.

`metrics.json` keeps, for each gold file, the F1 of every task as last measured and its floor. Floors only rise:
`--raise` writes the present scores and lifts each floor to just below them, and never lowers one.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

METRICS = Path(__file__).parent / "metrics.json"
MARGIN = 0.02
"""How far below a score its floor is set: room for a change that helps one task and costs another a hair."""

Scores = dict[str, dict[str, float]]


def sunk(scores: Scores, floors: dict[str, float]) -> list[str]:
    """One line for each task whose F1 is below its floor or that was not scored, in the order of the floors.

    >>> sunk({"date": {"f1": 0.91}}, {"date": 0.95, "event": 0.5})
    ['date: F1 0.910 is below its floor 0.950', 'event: not scored']
    """
    lines = []
    for task, floor in floors.items():
        if task not in scores:
            lines.append(f"{task}: not scored")
        elif scores[task]["f1"] < floor:
            lines.append(f"{task}: F1 {scores[task]['f1']:.3f} is below its floor {floor:.3f}")
    return lines


def raised(scores: Scores, floors: dict[str, float]) -> dict[str, float]:
    """The floors lifted to just below the scores; none is lowered.

    >>> raised({"date": {"f1": 1.0}, "event": {"f1": 0.4}}, {"event": 0.5})
    {'date': 0.98, 'event': 0.5}
    """
    return {task: max(floors.get(task, 0.0), round(row["f1"] - MARGIN, 3)) for task, row in scores.items()}


def score_table() -> str:
    """The scores of `metrics.json` as a Markdown table: one row a task, one column a gold file, F1 and its floor."""
    metrics: dict[str, Any] = json.loads(METRICS.read_text(encoding="utf-8"))
    tasks = dict.fromkeys(task for kept in metrics.values() for task in kept["f1"])
    rows = [f"| task | {' | '.join(metrics)} |", f"|---|{'---|' * len(metrics)}"]
    for task in tasks:
        cells = [f"{kept['f1'][task]:.3f} (floor {kept['floors'][task]:.2f})" for kept in metrics.values()]
        rows.append(f"| {task} | {' | '.join(cells)} |")
    return "\n".join(rows)


def main(arguments: list[str]) -> int:
    """Exit status 1 where a floor is broken; 2 where the call is wrong."""
    lifting = "--raise" in arguments
    names = [argument for argument in arguments if argument != "--raise"]
    if len(names) != 1:
        sys.stderr.write("usage: python -m nlp.floors NAME [--raise] < scores.json\n")
        return 2
    metrics: dict[str, Any] = json.loads(METRICS.read_text(encoding="utf-8")) if METRICS.exists() else {}
    kept = metrics.setdefault(names[0], {"floors": {}, "f1": {}})
    scores: Scores = json.load(sys.stdin)
    broken = sunk(scores, kept["floors"])
    for line in broken:
        sys.stderr.write(f"{names[0]}: {line} (nlp/metrics.json)\n")
    if lifting and not broken:
        kept["floors"] = raised(scores, kept["floors"])
        kept["f1"] = {task: row["f1"] for task, row in scores.items()}
        METRICS.write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{names[0]}: {len(kept['floors'])} floors, {len(broken)} broken\n")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
