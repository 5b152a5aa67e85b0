"""Whether an article is about a local government's Smart City programme, and which stage it most resembles.

Two scikit-learn classifiers (TF-IDF of words and of letter groups, logistic regression), fitted when first asked, in
well under a second, from the passages in `assets/passages/relevance.jsonl`, which are ours. Fitting here keeps code,
data and model one thing: the hash of this room's files is the version of the model.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline

from nlp.gazetteer import ASSETS
from nlp.words import any_of

# Without one of these words an article is not about the programme, whatever else it resembles.
KEYWORDS = re.compile(
    r"(?:smart\s?-?(?:city|cities|regency|kabupaten)|kota (?:yang )?(?:cerdas|pintar)|kabupaten cerdas)"
    r"(?!\s+(?:FM|TV|Cup|Mall|Residence|Tower|Hotel)\b)",
    re.IGNORECASE,
)
_NEAR_MISS = re.compile(rf"\b{any_of('near_miss')}\b", re.IGNORECASE)
_PROGRAMME = re.compile(any_of("programme"), re.IGNORECASE)
_LOCAL_GOVERNMENT = re.compile(rf"\b{any_of('local_government')}\b", re.IGNORECASE)


def _coarse(stage: str) -> str:
    return re.sub(r"-\d$", "", stage)


def _classifier() -> Pipeline:
    features = FeatureUnion(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=1)),
            ("letters", TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2)),
        ]
    )
    return make_pipeline(features, LogisticRegression(C=10.0, class_weight="balanced", max_iter=2000))


@lru_cache
def _passages() -> tuple[dict[str, str | bool | None], ...]:
    lines = (ASSETS / "passages" / "relevance.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines if line.strip())


@lru_cache
def relevance_model() -> Pipeline:
    """Classifier of title and lead into relevant (True) and not."""
    passages = _passages()
    return _classifier().fit([p["text"] for p in passages], [bool(p["relevant"]) for p in passages])


@lru_cache
def stage_model() -> Pipeline:
    """Classifier of title and lead into the coarse stages."""
    passages = [p for p in _passages() if p["stage"]]
    return _classifier().fit([p["text"] for p in passages], [_coarse(str(p["stage"])) for p in passages])


def score_relevance(title: str, text: str) -> float:
    """How surely the article is about a regency's smart-city programme, 0..1.

    Keywords in headline and lead and the programme's own words decide together with the classifier; an article without
    any keyword is not.
    """
    head = f"{title}\n\n{_lead(text)}"
    hits = len(KEYWORDS.findall(f"{title}\n{text}"))
    if not hits:
        return 0.02
    learnt = float(relevance_model().predict_proba([head])[0][1])
    in_head = len(KEYWORDS.findall(head))
    words = len({match.lower() for match in _PROGRAMME.findall(f"{title}\n{text}")})
    # Weights set by hand on our own sample articles; the classifier alone is fooled by near misses (Desa Cerdas, IKN).
    score = 0.5 * learnt + 0.2 * min(in_head, 2) / 2 + 0.05 * min(hits, 4) / 4 + 0.25 * min(words, 5) / 5
    other = len(_NEAR_MISS.findall(f"{title}\n{text}"))
    if other >= 2 and other >= hits:
        score -= 0.2
    if not words and not _LOCAL_GOVERNMENT.search(f"{title}\n{text}"):
        # Pupils, vendors and universities have smart cities too.
        score -= 0.2
    return round(max(score, 0.02), 3)


def score_stage_texts(title: str, text: str) -> dict[str, float]:
    """Probability of each coarse stage by title and lead; sums to 1."""
    model = stage_model()
    return dict(zip(model.classes_, model.predict_proba([f"{title}\n\n{_lead(text)}"])[0].tolist(), strict=True))


def _lead(text: str) -> str:
    """The first 600 characters, to the end of their last word."""
    return text if len(text) <= 600 else text[: text.rfind(" ", 0, 600)]
