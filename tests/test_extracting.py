"""`pantau extract`: one article at which the reader fails is told and stays pending, and all others are read."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from build import PARSER, SOURCES, build_article, build_page
from click.testing import CliRunner, Result

import nlp.pipeline
from db.connect import open_db, open_read_only
from db.reference import load_reference
from db.store import save_article, save_page, save_sources
from pantau import main

FETCHED = datetime(2023, 6, 14, 3, tzinfo=UTC)
TOLD = "Pemkab Sigi mengikuti bimbingan teknis tahap II penyusunan masterplan smart city, Selasa (13/6/2023)."
LONG = f"{TOLD} Kegiatan itu diikuti seluruh perangkat daerah dan perwakilan kecamatan selama dua hari."
FAILS_AT = "https://warta.example/4"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Seven articles that nobody has read; the fifth is the longest."""
    with closing(open_db(tmp_path / "pantau.db")) as db:
        load_reference(db)
        save_sources(db, SOURCES)
        for number in range(7):
            url = f"https://warta.example/{number}"
            page = save_page(db, build_page(url, SOURCES[0].name, FETCHED))
            text = LONG if url == FAILS_AT else f"{TOLD[:-1]} ke-{number}."
            save_article(db, page, build_article(url, SOURCES[0].name, text, "Bimtek Smart City", FETCHED), PARSER)
    return tmp_path


def too_long_for_spacy(patch: pytest.MonkeyPatch) -> None:
    """Of many articles at once all fail by one."""
    patch.setattr(nlp.pipeline.build_pipeline(), "max_length", len(TOLD) + 10)


def fault_of_ours(patch: pytest.MonkeyPatch) -> None:
    read = nlp.pipeline.find_dates

    def find_dates(text: str, *more: Any) -> Any:
        if text == LONG:
            raise ZeroDivisionError("hari\nke-0")
        return read(text, *more)

    patch.setattr(nlp.pipeline, "find_dates", find_dates)


def extract(data: Path) -> Result:
    return CliRunner().invoke(main, ["--data", str(data), "extract"])


def read_urls(data: Path) -> list[str]:
    with closing(open_read_only(data / "pantau.db")) as db:
        return [url for (url,) in db.execute("select url from extractions join articles on id = article_id order by 1")]


@pytest.mark.parametrize(
    ("fail", "error"), [(too_long_for_spacy, "ValueError: [E088]"), (fault_of_ours, r"ZeroDivisionError: hari\nke-0")]
)
def test_an_article_at_which_the_reader_fails_is_told_and_tried_again(
    data: Path, monkeypatch: pytest.MonkeyPatch, fail: Callable[[pytest.MonkeyPatch], None], error: str
) -> None:
    with monkeypatch.context() as patch:
        fail(patch)
        for done in (extract(data), extract(data)):
            assert (done.exit_code, "1 not read" in done.stdout) == (0, True), done.output
            (line,) = done.stderr.splitlines()
            assert line.startswith(f"{FAILS_AT}: a fault of ours, to be read again: {error}")
        assert read_urls(data) == [f"https://warta.example/{number}" for number in range(7) if number != 4]
        with closing(open_read_only(data / "pantau.db")) as db:
            (counts,) = db.execute("select counts from runs order by id limit 1").fetchone()
        assert (json.loads(counts)["articles"], json.loads(counts)["not read"]) == (6, 1)
    assert extract(data).stdout.startswith("1 articles read")
    assert FAILS_AT in read_urls(data)
