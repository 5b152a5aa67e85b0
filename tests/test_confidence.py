"""Confidence: weights of the readers become probabilities, on curves that never fall."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from test_pipeline import article

from nlp.confidence import Curve, calibrate, load_curves, probability, weigh_by_entities
from nlp.extraction import Extraction
from nlp.pipeline import build_pipeline, extract_articles, read_articles
from nlp.training.confidence import fit

TEXT = (
    "Pemkab Tabanan mengikuti evaluasi tahap II smart city, Senin (6/11/2023). Kepala Dinas Kominfo Tabanan, "
    'I Ketut Sudiarta, S.Kom., memimpin tim. "Kami siap," kata I Ketut Sudiarta.'
)


@pytest.mark.parametrize("curve", get_args(Curve))
def test_every_curve_is_there_and_never_falls(curve: Curve) -> None:
    sure = [probability(curve, step / 20) for step in range(21)]
    assert sure == sorted(sure)
    assert all(0 <= p < 1 for p in sure)


def test_a_curve_says_on_how_many_findings_it_rests() -> None:
    assert all(curve["findings"] >= 40 for curve in load_curves().values())


@pytest.mark.parametrize(
    ("findings", "weight", "low", "high"),
    [
        ([(0.9, True)] * 98 + [(0.9, False)] * 2 + [(0.3, True)] * 30 + [(0.3, False)] * 70, 0.9, 0.94, 0.99),
        ([(0.9, True)] * 98 + [(0.9, False)] * 2 + [(0.3, True)] * 30 + [(0.3, False)] * 70, 0.3, 0.25, 0.4),
        # Where all are right, still not quite sure; where weight misleads, the share of all.
        ([(0.8, True)] * 50, 0.8, 0.95, 0.99),
        ([(0.9, False)] * 20 + [(0.4, True)] * 20, 0.9, 0.45, 0.55),
    ],
)
def test_a_fitted_curve_gives_the_share_that_was_right(
    findings: list[tuple[float, bool]], weight: float, low: float, high: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nlp.confidence.load_curves", lambda: {"quote": fit(findings)})
    assert low < probability("quote", weight) < high


def test_what_a_reader_doubts_more_than_anything_the_curve_has_seen_stays_a_doubt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("nlp.confidence.load_curves", lambda: {"date": fit([(0.7, True)] * 40)})
    assert probability("date", 0.3) == 0.3


def test_only_confidences_are_changed() -> None:
    [weighed], [sure] = list(read_articles([article(TEXT)])), list(extract_articles([article(TEXT)]))
    assert sure == calibrate(weighed)
    assert without_confidence(sure) == without_confidence(weighed)


def without_confidence(found: Extraction) -> Extraction:
    def bare(findings: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(replace(finding, confidence=0.0) for finding in findings)  # type: ignore[type-var]

    kinds = ("mentions", "regencies", "officials", "events", "quotes")
    return replace(found, relevance=0.0, **{kind: bare(getattr(found, kind)) for kind in kinds})


def test_a_name_that_both_readers_see_weighs_more_than_one_that_only_one_sees() -> None:
    [found] = read_articles([article(TEXT)])
    [official] = found.officials
    doc = build_pipeline()(TEXT)
    seen = weigh_by_entities(doc, (replace(official, confidence=0.8),))[0].confidence
    unseen = weigh_by_entities(doc, (replace(official, name="Pasar Induk Roga", confidence=0.8),))[0].confidence
    assert seen > 0.8 > unseen
