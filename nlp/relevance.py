"""Whether an article is about a local government's Smart City programme, and which stage it most resembles.

Two scikit-learn classifiers (TF-IDF of words and of letter groups, calibrated logistic regression), fitted on our own
passages by `python -m nlp.training.classifiers`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import joblib

from nlp.words import any_of, lowered

CLASSIFIERS = Path(__file__).parent / "model" / "classifiers.joblib"

# Without one of these words an article is not about the programme, whatever else it resembles. These patterns are
# written small, for text in lower case.
KEYWORDS = re.compile(
    r"(?:smart\s?-?(?:city|cities|regency|kabupaten)|kota (?:yang )?(?:cerdas|pintar)|kabupaten cerdas)"
    r"(?!\s+(?:fm|tv|cup|mall|residence|tower|hotel)\b)"
)
_NEAR_MISS = re.compile(rf"\b{any_of('near_miss')}\b")
_PROGRAMME = re.compile(any_of("programme"))
_LOCAL_GOVERNMENT = re.compile(rf"\b{any_of('local_government')}\b")


def coarse_stage(stage: str) -> str:
    """The stage without its number.

    >>> coarse_stage("bimtek-3")
    'bimtek'
    """
    return re.sub(r"-\d$", "", stage)


@dataclass(frozen=True, slots=True)
class Resemblance:
    """What the classifiers make of headline and lead of an article."""

    relevance: float
    """Probability that it is about the programme."""
    stages: dict[str, float]
    """Probability of each coarse stage; they sum to 1."""


def load_card() -> dict[str, Any]:
    """How the classifiers fared on passages that they were not fitted on, and when and on what they were fitted."""
    card: dict[str, Any] = json.loads(CLASSIFIERS.with_suffix(".json").read_text(encoding="utf-8"))
    return card


@lru_cache
def load_classifiers() -> dict[str, Any]:
    """The fitted `features` and the classifiers on them: `relevance` (True, False) and `stage` (coarse stages)."""
    loaded: dict[str, Any] = joblib.load(CLASSIFIERS)
    return loaded


def classify(articles: Sequence[tuple[str, str]]) -> list[Resemblance]:
    """What each title and text resembles, in their order; many at once cost little more than one."""
    if not articles:
        return []
    fitted = load_classifiers()
    features = fitted["features"].transform([_head(title, text) for title, text in articles])
    relevance = fitted["relevance"].predict_proba(features)[:, 1].tolist()
    stages = fitted["stage"].predict_proba(features).tolist()
    names = fitted["stage"].classes_.tolist()
    return [
        Resemblance(relevant, dict(zip(names, row, strict=True)))
        for relevant, row in zip(relevance, stages, strict=True)
    ]


def score_relevance(title: str, text: str, resemblance: Resemblance) -> float:
    """How surely the article is about a regency's smart-city programme, 0..1.

    Keywords in headline and lead and the programme's own words decide together with the classifier; an article without
    any keyword is not.
    """
    whole = lowered(f"{title}\n{text}")
    hits = len(KEYWORDS.findall(whole))
    if not hits:
        return 0.02
    in_head = len(KEYWORDS.findall(lowered(_head(title, text))))
    words = len(set(_PROGRAMME.findall(whole)))
    # Weights set by hand on our own sample articles; the classifier alone is fooled by near misses (Desa Cerdas, IKN).
    score = 0.5 * resemblance.relevance + 0.2 * min(in_head, 2) / 2 + 0.05 * min(hits, 4) / 4 + 0.25 * min(words, 5) / 5
    other = len(_NEAR_MISS.findall(whole))
    if other >= 2 and other >= hits:
        score -= 0.2
    if not _LOCAL_GOVERNMENT.search(whole):
        # Pupils, vendors and universities have smart cities too.
        score *= 0.6
    return round(max(score, 0.02), 3)


def _head(title: str, text: str) -> str:
    return f"{title}\n\n{_lead(text)}"


def _lead(text: str) -> str:
    """The first 600 characters, to the end of their last word."""
    return text if len(text) <= 600 else text[: text.rfind(" ", 0, 600)]
