"""The floors below which scores on gold may not sink, and what was last measured.

`metrics.json` keeps, for each gold file by its name, the F1 of every task as last measured, its floor, its 95 %
interval, and how far the confidence of each kind of finding could be trusted. Floors only rise: `pantau
evaluate --raise` writes the present scores and lifts each floor to just below them, and never lowers one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

METRICS = Path(__file__).parent.parent / "metrics.json"
MARGIN = 0.02
"""How far below a score its floor is set: room for a change that helps one task and costs another a hair."""


def load_metrics() -> dict[str, Any]:
    """What `metrics.json` holds, by name of the gold file."""
    metrics: dict[str, Any] = json.loads(METRICS.read_text(encoding="utf-8")) if METRICS.exists() else {}
    return metrics


def load_floors(name: str) -> dict[str, float]:
    """The floors of a gold file by task; none where it was never measured."""
    floors: dict[str, float] = load_metrics().get(name, {}).get("floors", {})
    return floors


def sunk(f1: Mapping[str, float], floors: Mapping[str, float]) -> list[str]:
    """One line for each task whose F1 is below its floor or that was not scored, in the order of the floors.

    >>> sunk({"date": 0.91}, {"date": 0.95, "event": 0.5})
    ['date: F1 0.910 is below its floor 0.950', 'event: not scored']
    """
    return [
        f"{task}: F1 {f1[task]:.3f} is below its floor {floor:.3f}" if task in f1 else f"{task}: not scored"
        for task, floor in floors.items()
        if task not in f1 or f1[task] < floor
    ]


def raised(f1: Mapping[str, float], floors: Mapping[str, float]) -> dict[str, float]:
    """The floors lifted to just below the scores; none is lowered.

    >>> raised({"date": 1.0, "event": 0.4}, {"event": 0.5})
    {'date': 0.98, 'event': 0.5}
    """
    return {task: max(floors.get(task, 0.0), round(score - MARGIN, 3)) for task, score in f1.items()}


def save_measured(measured: Mapping[str, Any]) -> None:
    """Keep a report (`evaluate.report_object`) in `metrics.json` and lift the floors of its gold file."""
    metrics = load_metrics()
    tasks, name = measured["tasks"], measured["name"]
    f1 = {task: row["f1"] for task, row in tasks.items()}
    metrics[name] = {
        "floors": raised(f1, load_floors(name)),
        "f1": f1,
        "interval": {task: row["interval"] for task, row in tasks.items()},
        "confidence": {
            kind: {key: round(value, 4) if value is not None else None for key, value in row.items() if key != "bins"}
            for kind, row in measured["confidence"].items()
        },
    }
    METRICS.write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")


def score_table() -> str:
    """The scores of `metrics.json` as a Markdown table: one row a task, one column a gold file, F1 and its floor."""
    metrics = load_metrics()
    tasks = dict.fromkeys(task for kept in metrics.values() for task in kept["f1"])
    rows = [f"| task | {' | '.join(metrics)} |", f"|---|{'---|' * len(metrics)}"]
    for task in tasks:
        cells = [f"{kept['f1'][task]:.3f} (floor {kept['floors'][task]:.2f})" for kept in metrics.values()]
        rows.append(f"| {task} | {' | '.join(cells)} |")
    return "\n".join(rows)


def confidence_table() -> str:
    """What `metrics.json` says of confidence as a Markdown table: one row a kind, one column a gold file.

    A cell is the share right of the findings with a confidence above 0.9, and their number of all.
    """
    measured = {name: kept["confidence"] for name, kept in load_metrics().items() if "confidence" in kept}
    kinds = dict.fromkeys(kind for rows in measured.values() for kind in rows)
    lines = [f"| right above 0.9 | {' | '.join(measured)} |", f"|---|{'---|' * len(measured)}"]
    for kind in kinds:
        lines.append(f"| {kind} | {' | '.join(_sure_cell(rows[kind]) for rows in measured.values())} |")
    return "\n".join(lines)


def _sure_cell(row: Mapping[str, Any]) -> str:
    share = "–" if row["right_sure"] is None else f"{row['right_sure']:.3f}"
    return f"{share} ({row['number_sure']} of {row['number']})"
