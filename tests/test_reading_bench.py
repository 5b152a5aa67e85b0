"""What is measured when the reader's speed is: articles of one length, and every part of the reading."""

from __future__ import annotations

from pathlib import Path

from benchmarks.reading_bench import WORDS, load_articles, measure_parts
from nlp import pipeline

HELD_OUT = Path(__file__).parent / "gold" / "heldout.jsonl"


def test_every_article_that_is_measured_has_300_words() -> None:
    assert {len(article.text.split()) for article in load_articles([HELD_OUT])} == {WORDS}


def test_the_parts_are_those_of_the_pipeline_and_it_is_left_as_it_was() -> None:
    before = dict(vars(pipeline))
    spent = measure_parts(list(load_articles([HELD_OUT]))[:2])
    assert vars(pipeline) == before
    assert {"tokens", "the rest", "find_events", "find_dates", *pipeline.build_pipeline().pipe_names} <= set(spent)
    assert min(spent.values()) >= 0
