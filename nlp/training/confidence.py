"""Fit the curves of `nlp.confidence` on annotated articles: `python -m nlp.training.confidence GOLD…`.

Give it articles that were new to the rules when they are read, else the curves promise too much. Writes
`nlp/model/confidence.json` with the names of the files and the share of findings that were right.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from nlp.confidence import CURVES, Curve, Fitted, log_odds
from nlp.measure.evaluate import Kind, gold_article, graded, load_gold
from nlp.pipeline import read_articles

CURVE_OF_KIND: dict[Kind, Curve] = {
    "regency": "regency", "official": "official", "position": "official", "date": "date",
    "event": "event", "event_date": "event", "pillar": "pillar", "quote_speaker": "quote",
}  # fmt: skip
"""An official has one confidence for name and office, a main event one for stage and day: both must be right."""


def fit(findings: list[tuple[float, bool]]) -> Fitted:
    """The curve through weights and whether each finding was right.

    As Platt did, right and wrong count as nearly 1 and nearly 0, the less nearly the fewer there are of them. A curve
    never falls: where more weight is not surer, it is the share of all.

    >>> curve = fit([(0.9, True)] * 50 + [(0.5, True), (0.5, False)] * 20)
    >>> curve["slope"] > 0
    True
    """
    odds = np.array([[log_odds(weight)] for weight, _ in findings])
    right = np.array([is_right for _, is_right in findings])
    counts = right.sum(), len(right) - right.sum()
    target = np.where(right, (counts[0] + 1) / (counts[0] + 2), 1 / (counts[1] + 2))
    twice = np.vstack([odds, odds])
    labels = np.repeat([True, False], len(right))
    model = LogisticRegression(C=10.0).fit(twice, labels, sample_weight=np.concatenate([target, 1 - target]))
    slope, shift = float(model.coef_[0][0]), float(model.intercept_[0])
    if slope <= 0 or len(set(odds.ravel().tolist())) == 1:
        slope, shift = 0.0, log_odds(float(target.mean()))
    least = min(weight for weight, _ in findings)
    return {"slope": round(slope, 4), "shift": round(shift, 4), "least": least, "findings": len(findings)}


def weighed_findings(paths: list[Path]) -> dict[Curve, list[tuple[float, bool]]]:
    """Every finding in the gold files with its weight, right or wrong; for relevance, relevant or not."""
    golds = [gold for path in paths for gold in load_gold(path)]
    findings: dict[Curve, list[tuple[float, bool]]] = defaultdict(list)
    for gold, extraction in zip(golds, read_articles([gold_article(gold) for gold in golds]), strict=True):
        findings["relevance"].append((extraction.relevance, gold.relevant))
        for found in graded(gold, extraction):
            if found.kind in CURVE_OF_KIND:
                findings[CURVE_OF_KIND[found.kind]].append((found.confidence, found.is_right))
    return findings


def main(arguments: list[str]) -> int:
    """Fit, write and print the curves."""
    paths = [Path(argument) for argument in arguments]
    findings = weighed_findings(paths)
    curves = {curve: fit(seen) for curve, seen in sorted(findings.items())}
    fitted = {
        "fitted": f"{datetime.now(UTC):%Y-%m-%d}",
        "on": sorted(path.stem for path in paths),
        "curves": curves,
    }
    CURVES.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    for curve, seen in sorted(findings.items()):
        share = sum(is_right for _, is_right in seen) / len(seen)
        sys.stdout.write(f"{curve}: {len(seen)} findings, {share:.3f} right, {curves[curve]}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
