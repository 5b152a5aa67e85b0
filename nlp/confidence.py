"""Confidence that means something: what the readers weigh by hand becomes a probability, as often right as it says.

Each kind of finding has a curve (Platt's: a logistic of the log odds of the weight), fitted on annotated articles that
were new to the rules when they were read, by `python -m nlp.training.confidence`, and kept in `model/confidence.json`.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypedDict

from spacy.tokens import Doc

from nlp.extraction import Extraction, Label, Official
from nlp.people.names import fold_name

Curve = Literal["relevance", "regency", "official", "date", "event", "pillar", "quote"]

CURVES = Path(__file__).parent / "model" / "confidence.json"

_CURVE_OF_LABEL: dict[Label, Curve] = {
    "REGENCY": "regency", "OFFICIAL": "official", "DATE": "date", "STAGE": "event", "PILLAR": "pillar",
}  # fmt: skip


class Fitted(TypedDict):
    """A curve: p = 1 / (1 + exp(-(slope * log(weight / (1 - weight)) + shift)))."""

    slope: float
    shift: float
    least: float
    """The least weight it was fitted on; below it a doubt stays a doubt, and the probability is at most the weight."""
    findings: int
    """How many it was fitted on."""


@lru_cache
def load_curves() -> dict[Curve, Fitted]:
    """The fitted curves."""
    curves: dict[Curve, Fitted] = json.loads(CURVES.read_text(encoding="utf-8"))["curves"]
    return curves


def log_odds(weight: float) -> float:
    """Log odds of a weight between 0 and 1, kept away from both ends.

    >>> log_odds(0.5), round(log_odds(1.0), 1)
    (0.0, 4.6)
    """
    inside = min(max(weight, 0.01), 0.99)
    return math.log(inside / (1 - inside))


def probability(curve: Curve, weight: float) -> float:
    """The probability that a finding of this weight is right, 0..1, with three decimals."""
    fitted = load_curves()[curve]
    chance = 1 / (1 + math.exp(-(fitted["slope"] * log_odds(weight) + fitted["shift"])))
    return round(min(chance, weight) if weight < fitted["least"] else chance, 3)


def weigh_by_entities(doc: Doc, officials: tuple[Official, ...]) -> tuple[Official, ...]:
    """The officials with the weight of their names as the trained reader of names sees them.

    Where both readers see the same name it is nearly always one; where the trained one sees none, mostly none.
    """
    people = frozenset(fold_name(entity.text) for entity in doc.spans["entities"] if entity.label_ == "PER")
    return tuple(
        replace(official, confidence=_agreed(official.confidence, official.name, people)) for official in officials
    )


def _agreed(weight: float, name: str, people: frozenset[str]) -> float:
    return round(0.5 + weight / 2 if fold_name(name) in people else weight / 2, 3)


def calibrate(extraction: Extraction) -> Extraction:
    """The same findings with probabilities in place of weights; what is relevant stays as it was decided."""
    return replace(
        extraction,
        relevance=probability("relevance", extraction.relevance),
        mentions=tuple(
            replace(mention, confidence=probability(_CURVE_OF_LABEL[mention.label], mention.confidence))
            for mention in extraction.mentions
        ),
        regencies=tuple(replace(r, confidence=probability("regency", r.confidence)) for r in extraction.regencies),
        officials=tuple(replace(o, confidence=probability("official", o.confidence)) for o in extraction.officials),
        events=tuple(replace(e, confidence=probability("event", e.confidence)) for e in extraction.events),
        quotes=tuple(replace(q, confidence=probability("quote", q.confidence)) for q in extraction.quotes),
    )
