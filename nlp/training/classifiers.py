"""Fit the two scikit-learn classifiers on our passages: relevance, and the coarse stage that a text resembles.

`python -m nlp.training.classifiers [PASSAGES...]` writes `nlp/model/classifiers.joblib` and prints how each fares on
passages that it was not fitted on (five folds). PASSAGES are further files in the form of
`assets/passages/relevance.jsonl`, such as exported corrections, read where they lie. What is shipped is fitted on our
passages alone; a model that is fitted on more knows words of other people's articles and stays where it was made.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import joblib
import numpy as np
import sklearn
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, f1_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import FeatureUnion, make_pipeline

from nlp.extraction import Stage
from nlp.relevance import CLASSIFIERS, coarse_stage
from nlp.training.passages import FILES, FOLDER, read_marks, read_passages

Example = tuple[str, bool, str | None]
"""Text, whether it is about the programme, and the stage it reports."""


class PlainPassage(BaseModel):
    """One passage without marks, as written in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(min_length=1)
    """Headline, an empty line, the lead."""
    relevant: bool
    stage: Stage | None
    """What it reports; None where it is not relevant, or where that is not known."""


_FOLDS = StratifiedKFold(5, shuffle=True, random_state=0)


def load_examples(more: Sequence[Path] = ()) -> list[Example]:
    """All passages of ours: those with marks, their marks taken out, and those written for relevance alone; then more.

    A text that stands in more than one place counts as it was said last. Raises ValueError that names file and line
    where a line is no passage.
    """
    examples = _our_examples()
    if more:
        last = {example[0]: example for example in [*examples, *(one for path in more for one in read_plain(path))]}
        examples = list(last.values())
    return examples


def read_plain(path: Path) -> Iterator[Example]:
    """The passages of a file without marks, in order. Raises ValueError that names file and line."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            passage = PlainPassage.model_validate_json(line)
        except ValidationError as error:
            problem = error.errors()[0]
            raise ValueError(f"{path.name}:{number}: {problem['loc']}: {problem['msg']}") from error
        yield passage.text, passage.relevant, passage.stage


def _our_examples() -> list[Example]:
    plain = list(read_plain(FOLDER / "relevance.jsonl"))
    marked = [passage for name in FILES for passage in read_passages(FOLDER / f"{name}.jsonl")]
    return plain + [(read_marks(passage.text)[0], passage.relevant, passage.stage) for passage in marked]


def fingerprint(examples: list[Example]) -> str:
    """12 hex digits of a hash over the examples, kept beside what was fitted on them."""
    return hashlib.sha256(json.dumps(examples, ensure_ascii=False).encode()).hexdigest()[:12]


def build_features() -> FeatureUnion:
    """TF-IDF of words and word pairs and of groups of three to five letters."""
    letters = {"analyzer": "char_wb", "ngram_range": (3, 5), "min_df": 4}
    return FeatureUnion(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, dtype=np.float32)),
            ("letters", TfidfVectorizer(**letters, sublinear_tf=True, dtype=np.float32)),
        ]
    )


def build_classifier() -> CalibratedClassifierCV:
    """Logistic regression whose probabilities are calibrated over five folds."""
    learner = LogisticRegression(C=10.0, class_weight="balanced", max_iter=2000)
    return CalibratedClassifierCV(learner, cv=_FOLDS, ensemble=False)


def reliability(promised: np.ndarray, is_right: np.ndarray) -> list[list[float]]:
    """Of the passages in each tenth of probability: how many, what was promised on average, and what share came true.

    >>> reliability(np.array([0.62, 0.68, 0.95]), np.array([True, False, True]))
    [[2, 0.65, 0.5], [1, 0.95, 1.0]]
    """
    tenths = np.minimum((promised * 10).astype(int), 9)
    return [
        [int(inside.sum()), round(float(promised[inside].mean()), 3), round(float(is_right[inside].mean()), 3)]
        for inside in (tenths == tenth for tenth in range(10))
        if inside.any()
    ]


def main(more: Sequence[Path]) -> int:
    """Fit, measure and save both."""
    examples = load_examples(more)
    texts = [text for text, _, _ in examples]
    relevant = np.array([is_relevant for _, is_relevant, _ in examples])
    staged = [(text, coarse_stage(stage)) for text, _, stage in examples if stage]
    stage_texts, stages = [text for text, _ in staged], np.array([stage for _, stage in staged])
    learnt = cross_val_predict(
        make_pipeline(build_features(), build_classifier()), texts, relevant, cv=_FOLDS, method="predict_proba"
    )[:, 1]
    model = make_pipeline(build_features(), build_classifier())
    shares = cross_val_predict(model, stage_texts, stages, cv=_FOLDS, method="predict_proba")
    is_right = np.unique(stages)[shares.argmax(axis=1)] == stages
    card = {
        "fitted": f"{datetime.now(UTC):%Y-%m-%d}",
        "scikit-learn": sklearn.__version__,
        "passages": fingerprint(examples),
        "relevance": {
            "passages": len(texts),
            "f1": round(float(f1_score(relevant, learnt >= 0.5)), 3),
            "brier": round(float(brier_score_loss(relevant, learnt)), 3),
            "reliability": reliability(learnt, relevant),
        },
        "stage": {
            "passages": len(stages),
            "right": round(float(is_right.mean()), 3),
            "reliability": reliability(shares.max(axis=1), is_right),
        },
    }
    sys.stdout.write(json.dumps(card, indent=1) + "\n")
    CLASSIFIERS.parent.mkdir(exist_ok=True)
    CLASSIFIERS.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    features = build_features().fit(texts)
    fitted = {
        "features": features,
        "relevance": build_classifier().fit(features.transform(texts), relevant),
        "stage": build_classifier().fit(features.transform(stage_texts), stages),
    }
    joblib.dump(fitted, CLASSIFIERS, compress=("xz", 6))
    return 0


if __name__ == "__main__":
    sys.exit(main([Path(name) for name in sys.argv[1:]]))
