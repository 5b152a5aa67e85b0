"""Articles to what is told in them: our whole reading beside spaCy with our names alone, and beside BERT-base."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.compare import RIVALS_PYTHON, Side, compare, rivals
from benchmarks.measures import ROOT, Measure

OURS = Side("ours", "annotate_ours.py")
NAMES = Side("spaCy with our names alone", "annotate_spacy.py")
OWN_NAMES = Side("our names alone", "annotate_spacy.py", arguments=("once",))
"""What we made faster in them is no gain beside these."""
GOLD = ROOT / "tests" / "gold"
LEARNT = tuple(str(GOLD / f"{name}.jsonl") for name in ("practice", "ukur"))
"""Of whose words BERT-base has its pieces; it reads the others."""
BERT = (
    Side("BERT-base, fp32", "annotate_bert.py", RIVALS_PYTHON, ("fp32", *LEARNT)),
    Side("BERT-base, int8", "annotate_bert.py", RIVALS_PYTHON, ("int8", *LEARNT)),
)
MOST_TIMES = 1.6
LEAST_TIMES = 20.0
"""As many words a CPU-second as BERT-base in fp32."""
FOR_BERT = 16
"""Articles: what it takes two minutes for."""


def measure(is_small: bool = False) -> Iterator[Measure]:
    """Processor milliseconds an article beside spaCy, words a CPU-second beside BERT-base."""
    rows, some = load_rows(GOLD.glob("*.jsonl")), load_rows(set(GOLD.glob("*.jsonl")) - set(map(Path, LEARNT)))
    some = some[:: len(some) // FOR_BERT][:FOR_BERT]
    if is_small:
        rows, some = rows[:4], some[:2]
    found = compare([OURS, NAMES, OWN_NAMES], rows)
    ours, *alone = (1000 * found[side.name].seconds / len(rows) for side in (OURS, NAMES, OWN_NAMES))
    what = f"{len(rows)} articles of the gold, {words(rows) / len(rows):.0f} words each"
    yield Measure(what, "CPU ms an article", ours, NAMES.name, alone[0], at_most=MOST_TIMES)
    yield Measure(what, "CPU ms an article", ours, OWN_NAMES.name, alone[1])
    found = compare([OURS, *rivals(BERT)], some)
    rates = {name: words(some) / one.seconds for name, one in found.items()}
    for side in rivals(BERT):
        yield Measure(
            f"{len(some)} of them", "words a CPU-second", rates[OURS.name], side.name, rates[side.name],
            at_least=LEAST_TIMES if "fp32" in side.arguments else None,
            note=f"{found[side.name].count / words(some):.2f} pieces a word",
        )  # fmt: skip


def load_rows(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Annotated articles, in the order of the names of their files."""
    rows = [json.loads(line) for path in sorted(paths) for line in path.read_text(encoding="utf-8").splitlines()]
    return [{name: row[name] for name in ("title", "text", "published")} for row in rows]


def words(rows: list[dict[str, Any]]) -> int:
    return sum(len(row["text"].split()) for row in rows)
