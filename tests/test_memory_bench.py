"""What is measured when storing and resolving are; how fast they are stands in no test."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.memory_articles import OUTLETS, build_articles
from benchmarks.memory_bench import measure
from db.connect import open_read_only
from nlp.extraction import Extraction


@pytest.fixture(scope="module")
def told() -> list[tuple[Extraction, str]]:
    return [(extraction, article.text) for extraction, article in build_articles(2000)]


def test_all_that_is_found_stands_in_the_text(told: list[tuple[Extraction, str]]) -> None:
    for extraction, text in told:
        for found in (*extraction.mentions, *extraction.quotes, *extraction.figures):
            assert text[found.start : found.end] == found.text
        for found in (*extraction.officials, *extraction.events):
            assert any(start <= found.start and found.end <= end for start, end in extraction.sentences)


def test_an_article_says_as_much_as_those_of_the_sample_web(told: list[tuple[Extraction, str]]) -> None:
    kinds = ("mentions", "officials", "events", "quotes", "figures", "regencies")
    rows = Counter({kind: sum(len(getattr(extraction, kind)) for extraction, _ in told) for kind in kinds})
    means = {kind: count / len(told) for kind, count in rows.items()}
    assert means == pytest.approx(
        {"mentions": 20, "officials": 3.4, "events": 2, "quotes": 2.5, "figures": 1.1, "regencies": 2.4}, rel=0.25
    )
    assert 2000 < sum(len(text) for _, text in told) / len(told) < 3000


def test_articles_come_in_order_from_many_outlets_and_some_again() -> None:
    articles = list(build_articles(4000))
    dates = [article.published_at for _, article in articles if article.published_at]
    assert sum(one > other for one, other in pairwise(dates)) < 50, "only those read anew"
    assert {article.source for _, article in articles} == set(OUTLETS)
    ids = [extraction.article_id for extraction, _ in articles]
    assert 0 < len(ids) - len(set(ids)) < 40
    assert all(len(set(ids[at : at + 400])) == 400 for at in range(0, len(ids) - 400, 100))


def test_the_same_number_gives_the_same_articles() -> None:
    assert list(build_articles(50)) == list(build_articles(50))


def test_the_report_is_of_all_that_was_stored_resolved_baked_and_asked(tmp_path: Path) -> None:
    report = measure(400, tmp_path)
    lines = "\n".join(report.lines())
    for word in ("storing", "resolving", "memory", "baking", "query tahapan_daerah"):
        assert re.search(word, lines), word
    db = open_read_only(tmp_path / "public.db")
    assert db.execute("select count(*) > 350 from articles").fetchone() == (1,)
    assert db.execute("select count(*) > 50 from events").fetchone() == (1,)
    db.close()
