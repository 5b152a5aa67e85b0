"""/kesehatan/corong: every address is counted once on its way to an event, and every number opens its rows."""

from __future__ import annotations

import csv
import io
import random
import sqlite3
from collections import Counter
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pytest
from build import build_example_db
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring
from sitepages import Get, Rows, change, open_site, prose

from crawler.items import Fate
from db.connect import open_db
from publish.bake import bake
from publish.site.funnel import END, STEPS, build_steps, flat_rows

OUTCOMES = [*(outcome for losses in STEPS.values() for outcome in losses), END]


@given(st.lists(st.tuples(st.sampled_from(OUTCOMES), st.sampled_from(["-", "HTTP 404", "x"]), st.integers(1, 10**9))))
def test_what_comes_to_a_step_is_what_came_before_without_its_losses(rows: list[tuple[str, str, int]]) -> None:
    steps = build_steps([dict(zip(("outcome", "reason", "urls"), row, strict=True)) for row in rows])
    assert steps[0]["urls"] == sum(urls for *_, urls in rows)
    for step, after in pairwise(steps):
        assert after["urls"] == step["urls"] - sum(loss["urls"] for loss in step["losses"])
    assert steps[-1]["urls"] == sum(urls for outcome, _, urls in rows if outcome == END)
    counted = Counter({loss["outcome"]: loss["urls"] for step in steps for loss in step["losses"]})
    expected: Counter[str] = Counter()
    for outcome, _, urls in rows:
        expected[outcome] += urls
    del expected[END]
    assert counted == expected
    for step in steps:
        sizes = [loss["urls"] for loss in step["losses"]]
        assert sizes == sorted(sizes, reverse=True)
        for loss in step["losses"]:
            assert sum(reason["urls"] for reason in loss["reasons"]) <= loss["urls"]
    assert sum(row["urls"] for row in flat_rows(steps) if row["outcome"] and not row["reason"]) == expected.total()


def test_every_fate_has_its_place_on_the_way() -> None:
    assert set(get_args(Fate)) - {"kept"} <= set(OUTCOMES)
    assert len(OUTCOMES) == len(set(OUTCOMES))
    with pytest.raises(ValueError, match="'lost'"):
        build_steps([{"outcome": "lost", "reason": "-", "urls": 1}])


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example data with 3,000 more addresses of every fate, found over three months."""
    pantau, public = build_example_db(tmp_path_factory.mktemp("banyak"))
    lot = random.Random(7)
    fates = [None, *(fate for fate in get_args(Fate) if fate != "kept")]
    reasons = [
        None,
        "HTTP 404",
        "https://a.example/x: nothing at 'h1'",
        "relevansi 0.12",
        "no keyword in its title (x)",
    ]
    with closing(open_db(pantau)) as db:
        names = [name for (name,) in db.execute("select name from sources")]
        for number in range(3000):
            fate = lot.choice(fates)
            day, hour = lot.randrange(1, 29), lot.randrange(24)
            at = f"2024-{lot.choice((9, 10, 11)):02}-{day:02}T{hour:02}:00:00+00:00"
            db.execute(
                "insert into urls (url, source, found_by, found_at, fate, fate_reason, fate_at)"
                " values (?, ?, 'feed', ?, ?, ?, ?)",
                [f"https://a.example/{number}", lot.choice(names), at, fate, lot.choice(reasons) if fate else None,
                 at if fate else None],
            )  # fmt: skip
        db.commit()
    bake(pantau, public)
    return public


@pytest.fixture(scope="module")
def way(many: Path) -> Get:
    return open_site(many)


def ask(path: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql, values).fetchall()


def test_every_address_is_counted_once_in_each_period_and_source(many: Path) -> None:
    (last,) = ask(many, "select date(max(found_at), '+7 hours') from urls")[0]
    for period, days in (("all", 10_000), ("30", 29), ("7", 6)):
        there = "select source, count(*) from urls where date(found_at, '+7 hours') >= date(?, ?) group by 1 order by 1"
        counted = "select source, sum(urls) from url_outcomes where period = ? group by 1 order by 1"
        assert ask(many, counted, period) == ask(many, there, last, f"-{days} days")
    assert ask(many, "select count(*) from urls where outcome is null or reason = ''") == [(0,)]
    assert len(ask(many, "select distinct outcome from urls")) >= 13


@pytest.mark.parametrize("query", ["", "?hari=7", "?hari=30&sumber=lensa_teluk", "?sumber=lensa_teluk"])
def test_every_number_opens_as_many_rows_as_it_says(many: Path, way: Get, query: str) -> None:
    answer = way(f"/kesehatan/corong{query}")
    assert answer.status_code == 200
    links = document_fromstring(answer.text).cssselect(".way a")
    assert len(links) > 8
    for link in links:
        number = int(
            link.cssselect("b")[0].text.replace(".", "") if link.cssselect("b") else link.text.replace(".", "")
        )
        rows = way(link.get("href").replace("/public/urls?", "/public/urls.json?") + "&_size=0&_extra=count").json()
        assert rows["filtered_table_rows_count"] == number, link.get("href")


def test_the_page_the_json_and_the_csv_say_the_same(way: Get) -> None:
    told = way("/kesehatan/corong.json?hari=30").json()
    assert [step["step"] for step in told["steps"]] == list(STEPS)
    assert told["chosen"] == {"hari": "30"}
    assert told["since_at"].endswith("T17:00:00+00:00")
    rows = list(csv.DictReader(io.StringIO(way("/kesehatan/corong.csv?hari=30").text.removeprefix("\ufeff"))))
    assert [int(row["urls"]) for row in rows if not row["outcome"]] == [step["urls"] for step in told["steps"]]
    page = document_fromstring(way("/kesehatan/corong?hari=30").text)
    shown = [int(b.text_content().replace(".", "")) for b in page.cssselect(".come b")]
    assert shown == [step["urls"] for step in told["steps"]]


def test_what_there_is_not_is_refused_and_said(way: Get) -> None:
    assert way("/kesehatan/corong?sumber=tidak_ada").status_code == 400
    assert way("/kesehatan/corong?hari=9").status_code == 400
    assert way("/kesehatan/corong.csv?hari=9").status_code == 400
    assert way("/kesehatan/corong.json?sumber=%3Cscript%3E").status_code == 400


def test_an_empty_way_says_why(public: Path, tmp_path: Path) -> None:
    get = change(public, tmp_path, "delete from url_outcomes")
    assert "belum ada media yang dikunjungi" in prose(get("/kesehatan/corong"))
    assert get("/kesehatan/corong.json").json()["steps"][0]["urls"] == 0


def test_the_health_of_the_data_leads_there(get: Get, rows: Rows) -> None:
    assert 'href="/kesehatan/corong"' in get("/kesehatan").text
    assert rows("select count(*) as n from urls")[0]["n"] == get("/kesehatan/corong.json").json()["steps"][0]["urls"]
