"""The generated archive of the bench is what it says it is."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks import backfill_bench
from benchmarks.backfill_bench import OUTLET, build_news, write_archive
from crawler.ingest import LOCAL_SOURCE
from crawler.items import Page
from crawler.parse import parse_article
from crawler.source import has_keyword
from crawler.warc import plan_slices, read_slice
from nlp.languages import is_indonesian


def kind_of(page: Page) -> str:
    if page.url.startswith(OUTLET):
        return "known"
    if has_keyword(page.body.decode()):
        return "programme"
    return "indonesian" if is_indonesian(parse_article(page, LOCAL_SOURCE).text) else "english"


def test_the_archive_holds_what_it_is_said_to_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfill_bench, "PER_FILE", 60)
    packed = write_archive(tmp_path, 100)
    files = sorted(tmp_path.iterdir())
    assert (len(files), sum(file.stat().st_size for file in files)) == (2, packed)
    records = [record for one in plan_slices([f"{tmp_path}/*"]) for _, record in read_slice(one, one.start)]
    pages = [record for record in records if isinstance(record, Page)]
    assert Counter(map(kind_of, pages)) == {"programme": 4, "known": 4, "indonesian": 46, "english": 46}
    assert [(page.url, page.body) for page in pages] == [build_news(number) for number in range(100)]
    assert len({page.body for page in pages}) == 100
