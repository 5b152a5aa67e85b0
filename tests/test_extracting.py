"""`pantau extract`: one article at which the reader fails is told and stays pending, and all others are read."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from build import PARSER, SOURCES, build_article, build_page
from click.testing import CliRunner, Result

import nlp.pipeline
import nlp.pool
import pantau.extracting
from db.connect import open_db, open_read_only
from db.extractions import COLUMNS
from db.reference import load_reference
from db.store import save_article, save_page, save_sources
from pantau import main
from pantau.house import House

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


def kill_readers() -> None:
    for child in multiprocessing.active_children():
        assert child.pid
        os.kill(child.pid, signal.SIGKILL)
        child.join()


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


def read_rows(data: Path) -> list[tuple[Any, ...]]:
    with closing(open_read_only(data / "pantau.db")) as db:
        columns = {
            table: ", ".join(f'"{name}"' for name in COLUMNS[table] if name != "extracted_at") for table in COLUMNS
        }
        return [
            (table, *row)
            for table, names in columns.items()
            for row in db.execute(f"select article_id, {names} from {table} order by 1, 2, 3")
        ]


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


def test_many_articles_are_read_in_several_processes(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pantau.extracting, "MANY", 2)
    monkeypatch.setattr(nlp.pool, "BATCH", 2)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    assert extract(data).stdout.startswith("7 articles read, 7 on the programme")
    parallel = read_rows(data)
    monkeypatch.undo()
    with closing(open_db(data / "pantau.db")) as db:
        db.execute("delete from extractions")
        db.conn.commit()
    assert extract(data).stdout.startswith("7 articles read, 7 on the programme")
    assert read_rows(data) == parallel


def test_articles_are_read_ahead_and_none_that_changed_meanwhile(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pantau.extracting, "MANY", 2)
    ahead: Counter[str] = Counter()
    with closing(open_db(data / "pantau.db")) as db:
        ids = [one for (one,) in db.execute("select id from articles order by id")]
        with pantau.extracting.reading_ahead(db, ahead) as read:
            read(ids[:1])
            assert multiprocessing.active_children() == []
            read(ids[1:5])
            db.execute("update articles set title = 'Bimtek Smart City, diperbarui' where id = ?", [ids[2]])
            db.conn.commit()
        assert [one for (one,) in db.execute("select article_id from extractions order by 1")] == ids[:2] + ids[3:5]
    assert ahead == {"articles": 4, "relevant": 4, "events": 4, "not sure": 0}
    house = House(data, data / "sources", data / "outbox")
    assert pantau.extracting.extract_articles(house, ahead).startswith("7 articles read, 7 on the programme")
    assert len(read_urls(data)) == 7


def test_what_a_killed_process_had_is_left_for_later(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pantau.extracting, "MANY", 2)
    ahead: Counter[str] = Counter()
    with closing(open_db(data / "pantau.db")) as db:
        ids = [one for (one,) in db.execute("select id from articles")]
        with pantau.extracting.reading_ahead(db, ahead) as read:
            read(ids)
            kill_readers()
    assert (ahead.total(), read_urls(data)) == (0, [])
    assert extract(data).stdout.startswith("7 articles read")


def test_a_process_that_is_killed_once_it_has_answered_is_asked_no_more(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers: list[nlp.pool.Reader] = []

    class Kept(nlp.pool.Reader):
        def __init__(self) -> None:
            super().__init__()
            readers.append(self)

    monkeypatch.setattr(pantau.extracting, "MANY", 2)
    monkeypatch.setattr(nlp.pool, "BATCH", 2)
    monkeypatch.setattr(nlp.pool, "Reader", Kept)
    ahead: Counter[str] = Counter()
    with closing(open_db(data / "pantau.db")) as db:
        ids = [one for (one,) in db.execute("select id from articles")]
        with pantau.extracting.reading_ahead(db, ahead) as read:
            read(ids)
            deadline = time.monotonic() + 120
            while not readers[0].has_answered() and time.monotonic() < deadline:
                time.sleep(0.05)
            kill_readers()
            read([])
    assert (ahead["articles"], len(readers)) == (2, 1)
    assert extract(data).stdout.startswith("5 articles read")


def test_a_process_that_is_killed_loses_no_article_of_many() -> None:
    told: list[str] = []
    articles = [
        build_article(f"https://warta.example/{number}", "warta", f"{TOLD} {number}", "Bimtek Smart City", FETCHED)
        for number in range(2 * nlp.pool.BATCH + 5)
    ]
    articles[7] = replace(articles[7], text="a" * 1_000_001)
    found = nlp.pool.extract_in_parallel(articles, lambda article, error: told.append(f"{article.url} {error}"), 2)
    first = next(found)
    kill_readers()
    assert [article for _, article in [first, *found]] == articles[:7] + articles[8:]
    assert len(told) == 1
    assert told[0].startswith("https://warta.example/7 ValueError: [E088]")
    assert multiprocessing.active_children() == []
