"""Beranda and the frame of every page, asked in process."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml.html import HtmlElement, document_fromstring
from sitepages import Get, Rows, change, in_english, prose

from publish.serve import SITE
from publish.site.map import INDONESIA, OUTLINE_SCALE, place
from publish.site.outline import outline_svg
from publish.site.phases import HIGHEST_PHASE, PHASE_OF_STAGE, PHASES
from publish.site.plugins.home import EARLIER_WEEKS, MAP_DOTS, MISSING, NEWEST_EVENTS, USUAL_WEEKS, WEEK_NUMBERS

HALF_MADE = "update articles set published_date = '2024-11-20' where published_date is not null"


def test_the_numbers_of_the_week_stand_beside_the_two_middle_values_of_twelve_weeks(
    public: Path, tmp_path: Path
) -> None:
    weeks = [(f"2024-{month:02}-01", articles) for month, articles in enumerate([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 1)]
    earlier = [("2023-12-04", 99), *weeks]
    get = change(
        public,
        tmp_path,
        HALF_MADE,
        "delete from weekly_coverage",
        *(f"insert into weekly_coverage values ('{day}', {n}, 4, {n}, 4)" for day, n in earlier),
    )
    page = get("/")
    numbers = {row.findtext("dt"): [cell.text for cell in row.findall("dd")] for row in _rows(page, "//dl/div")}
    assert numbers["artikel"][1] == "biasanya 6–7", "the middle two of 1 … 11 and 99"
    assert numbers["media"][1] == "biasanya 4", "where the middle two are the same, it is said once"
    assert "nilai tengah 12 pekan terakhir yang ada beritanya, sejak 4 Desember 2023" in prose(page)
    assert "bukan semua yang terjadi" in prose(page)


def test_too_few_weeks_are_not_compared(public: Path, tmp_path: Path) -> None:
    few = [f"insert into weekly_coverage values ('2024-{month:02}-01', 1, 1, 1, 1)" for month in range(1, USUAL_WEEKS)]
    get = change(public, tmp_path, HALF_MADE, "delete from weekly_coverage", *few)
    assert "Belum cukup pekan untuk dibandingkan: baru 11 pekan" in prose(get("/"))
    assert "biasanya" not in prose(get("/"))


@pytest.mark.parametrize(
    ("read_at", "says"),
    [
        ("2024-11-21T16:59:00+00:00", "Pekan ini belum genap: kami membacanya sampai 21 November 2024."),
        ("2024-11-21T17:01:00+00:00", "Pekan ini belum genap: kami membacanya sampai 22 November 2024."),
        ("2025-03-01T01:00:00+00:00", "Sesudahnya tidak ada berita baru yang kami temukan, sampai 1 Maret 2025."),
    ],
)
def test_how_far_the_data_was_read_is_told_by_the_clocks_of_jakarta(
    public: Path, tmp_path: Path, read_at: str, says: str
) -> None:
    get = change(
        public,
        tmp_path,
        HALF_MADE,
        "delete from runs",
        f"insert into runs values (1, 'crawl', '{read_at}', '{read_at}', null)",
    )
    page = get("/")
    assert "Pekan 18–24 November 2024" in prose(page)
    assert says in prose(page)
    assert f'data-read-at="{read_at}"' in page.text, "the reader's browser knows how old that is"


def test_an_event_in_one_line_says_what_where_when_by_how_many_and_the_proof(get: Get, rows: Rows) -> None:
    (card, *_) = _rows(get("/"), "//li[contains(@class, 'line')]")
    (event, *_) = rows(
        "select * from events where exists (select 1 from stage_reports where event_id = events.id and is_main) "
        "order by first_published_date desc, start_date desc, id desc"
    )
    told = card.text_content()
    assert event["evidence"] in told
    assert event["regency_name"] in told
    assert f"{event['outlets']} media" in told
    assert f"/peristiwa/{event['id']}" in {link.get("href") for link in card.iter("a")}
    assert any(link.get("href", "").startswith(f"/artikel/{event['evidence_article_id']}#") for link in card.iter("a"))


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("status = 'announced'", "baru diumumkan"),
        ("confidence = 0.4", "belum pasti"),
        ("start_date = null", "tidak disebut"),
    ],
)
def test_an_event_that_is_only_announced_or_not_sure_is_marked_so(
    public: Path, tmp_path: Path, what: str, says: str
) -> None:
    get = change(public, tmp_path, f"update events set {what}")
    cards = _rows(get("/"), "//li[contains(@class, 'line')]")
    assert len(cards) > 3
    assert all(says in card.text_content() for card in cards)


def test_events_of_the_week_stand_apart_from_older_ones(public: Path, tmp_path: Path) -> None:
    newest = "(select id from events order by first_published_date desc limit 1)"
    get = change(
        public, tmp_path, "update events set first_published_date = '2020-01-06'",
        "update stage_reports set is_main = 1",
        f"update events set first_published_date = '2024-11-20' where id in {newest}", HALF_MADE,
    )  # fmt: skip
    page = document_fromstring(get("/").text)
    this_week, before = page.xpath("//section[@aria-labelledby='terbaru']/ul")
    assert len(this_week) == 1
    assert len(before) > 3
    assert before.getprevious().text == "Sebelum pekan ini"
    older = change(
        public, _made(tmp_path / "older"), "update events set first_published_date = '2020-01-06'", HALF_MADE
    )
    assert "Pekan ini tidak ada peristiwa yang baru diberitakan" in prose(older("/"))


def test_what_is_missing_is_counted_and_leads_to_its_list(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        "update sources set verdict = 'ok'",
        "update sources set verdict = 'blocked' where name = 'suara_mentaya'",
        "update sources set verdict = 'quiet' where name in ('kabar_lumbung', 'lensa_teluk')",
        "update articles set published_date = null where id in (select id from articles limit 3)",
    )
    rows = _rows(get("/"), "//ul[@class='figures']/li/a")
    told = {row.get("href"): (row.findtext("b"), row.findtext("span")) for row in rows}
    assert told["/media?keadaan=lihat"][0] == "1"
    assert told["/media?keadaan=quiet"][0] == "2"
    assert int(told["/public/articles?published_date__isnull=1"][0]) >= 3
    assert {get(path).status_code for path in told} == {200}
    unjudged = change(public, _made(tmp_path / "unjudged"), "update sources set verdict = null")
    assert "sumber belum kami nilai keadaannya" in prose(unjudged("/"))
    assert "sedang tidak dapat kami baca" not in prose(unjudged("/"))


def test_the_table_says_what_the_map_shows(get: Get) -> None:
    page = document_fromstring(get("/").text)
    shown = [str(mark.get("class")).split()[-1] for mark in page.xpath("//*[@data-map]//a/*[1]")]
    assert len(shown) == 514
    table = page.xpath("//table[@class='provinces']/tbody/tr")
    assert len(table) == 38
    sums = [sum(int(row[column].text.replace("–", "0")) for row in table) for column in range(2, 10)]
    assert sums == [shown.count(f"p{phase}") for phase in (*range(1, 8), 0)]
    legend = [int(number.text) for number in page.xpath("//ul[@class='legend']/li/b")]
    assert legend == sums


def test_the_furthest_phase_is_the_highest_of_those_held(public: Path, tmp_path: Path) -> None:
    change(
        public, tmp_path,
        "update events set confidence = 0.4 where id in (select id from events order by id limit 3)",
        "update events set status = 'announced' where id in (select id from events order by id desc limit 3)",
        "update events set regency_code = '11.05', stage_code = 'penghargaan', status = 'held', confidence = 0.9 "
        "where id = (select id from events order by id limit 1 offset 4)",
    )  # fmt: skip
    with closing(sqlite3.connect(tmp_path / "public.db")) as db:
        told = {code: phase for code, phase in db.execute(HIGHEST_PHASE) if phase}
        wanted: dict[str, int] = {}
        for code, stage, status, confidence in db.execute(
            "select regency_code, stage_code, status, confidence from events"
        ):
            if code and status == "held" and confidence >= 0.5 and stage in PHASE_OF_STAGE:
                wanted[code] = max(wanted.get(code, 0), PHASE_OF_STAGE[stage])
    assert told == wanted
    assert told["11.05"] == len(PHASES)


@pytest.mark.parametrize("sql", [NEWEST_EVENTS, MAP_DOTS, EARLIER_WEEKS, WEEK_NUMBERS, MISSING])
def test_no_question_of_the_page_reads_all_articles_or_events(public: Path, sql: str) -> None:
    values = {"monday": "2024-11-18", "sunday": "2024-11-24", "weeks": USUAL_WEEKS}
    with closing(sqlite3.connect(public)) as db:
        plan = [row[3] for row in db.execute(f"explain query plan {sql}", values)]
    # An index in the order asked for, left after a few rows, is no such reading.
    assert [
        step
        for step in plan
        if re.match(r"SCAN (events|articles|stage_reports|mentions|evidence|urls)\b(?! USING)", step)
    ] == []


def test_the_page_and_all_it_loads_are_light(get: Get) -> None:
    page = get("/")
    addresses = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', page.text))
    assert {address.split("?")[0].rsplit("/", 1)[1] for address in addresses} >= {
        "pantau.css",
        "map.js",
        "indonesia.svg",
    }
    sizes = {address: len(gzip.compress(get(address).content)) for address in addresses}
    assert sum(sizes.values()) + len(gzip.compress(page.content)) < 60_000, sizes


def test_suggestions_know_the_names_people_use(get: Get, rows: Rows) -> None:
    answer = get("/nama-daerah.json")
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    names = {code: (name, province, aliases) for code, name, province, aliases in json.loads(answer.text)}
    assert len(names) == 514
    assert names["62.02"][:2] == ("Kabupaten Kotawaringin Timur", "Kalimantan Tengah")
    assert {"Kotim", "Sampit"} <= set(names["62.02"][2])


@pytest.mark.parametrize("query", ["lang=xx", "lang=", "lang=en&lang=id", "%00=%00", "x=" + "a" * 10_000, "lang=%00"])
def test_whatever_is_asked_of_it_it_opens(get: Get, query: str) -> None:
    assert get(f"/?{query}").status_code == 200


@pytest.mark.parametrize("path", ["/", "/daerah", "/cari", "/tentang", "/public/events"])
def test_every_page_has_the_menu_the_release_and_a_search_box(get: Get, rows: Rows, path: str) -> None:
    page = document_fromstring(get(path).text)
    assert [link.text for link in page.xpath("//nav[@class='menu']/a")] == [
        "Daerah", "Tahapan", "Peristiwa", "Pejabat", "Media", "Surat", "Peneliti", "Cari",
    ]  # fmt: skip
    assert len(page.xpath("//form[contains(@action, '/cari')]")) == 1
    (release,) = rows("select id, made_at from release")
    footer = " ".join(page.xpath("//footer")[0].text_content().split())
    assert f"Rilis {release['id']}, terbit" in footer
    assert "Masuk" not in footer, "only where one can sign in"
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_a_page_that_does_not_exist_has_one_search_box_too(get: Get) -> None:
    assert len(document_fromstring(get("/tidak-ada").text).xpath("//form[contains(@action, '/cari')]")) == 1


def test_no_page_of_ours_carries_script_or_style_in_its_markup(get: Get) -> None:
    for path in ("/", in_english("/"), "/tidak-ada"):
        page = document_fromstring(get(path).text)
        script = "//script[not(@src or @type='application/ld+json')]"
        assert page.xpath(f"{script} | //style | //@style | //@*[starts-with(name(), 'on')]") == []


def test_the_outline_lies_where_the_regencies_are(rows: Rows) -> None:
    rings = list(_rings((SITE / "static" / "indonesia.svg").read_text("utf-8")))
    places = [place(INDONESIA, dict(row)) for row in rows("select longitude, latitude from regencies")]
    scale = OUTLINE_SCALE / INDONESIA.scale
    on_land = [any(_is_in(ring, x * scale, y * scale) for ring in rings) for x, y in places]
    assert sum(on_land) / len(on_land) > 0.93, "the others lie on small islands, or in the sea between theirs"


def test_an_outline_keeps_the_home_and_the_neighbours_apart_and_drops_what_is_tiny() -> None:
    square = [[0, 0], [100, 0], [0, 100], [-100, 0], [0, -100]]
    speck = [[500, 500], [1, 0], [0, 1], [-1, 0], [0, -1]]
    topology = {
        "transform": {"scale": [0.01, 0.01], "translate": [110, -3]},
        "arcs": [square, [[1000, 0], *square[1:]], speck],
        "objects": {
            "countries": {
                "geometries": [
                    {"type": "MultiPolygon", "arcs": [[[0]], [[2]]], "id": "360"},
                    {"type": "Polygon", "arcs": [[1]], "id": "458"},
                    {"type": None},
                ]
            }
        },
    }
    svg = outline_svg(topology)
    far, land = re.findall(r' d="([^"]*)"', svg)
    assert land == "M3080 1880l200 0 0-200-200 0z"
    assert far == "M5080 1880l200 0 0-200-200 0z"


def _rows(page: Any, path: str) -> list[HtmlElement]:
    found = document_fromstring(page.text).xpath(path)
    assert found
    return list(found)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _rings(svg: str) -> Iterator[list[tuple[int, int]]]:
    """The rings of Indonesia's outline, in its own units."""
    (drawn,) = re.findall(r'id="land"[^>]* d="([^"]*)"', svg)
    for ring in drawn.split("z")[:-1]:
        x, y, *steps = (int(number) for number in re.findall(r"-?\d+", ring))
        points = [(x, y)]
        for at in range(0, len(steps), 2):
            x, y = x + steps[at], y + steps[at + 1]
            points.append((x, y))
        yield points


def _is_in(ring: list[tuple[int, int]], x: float, y: float) -> bool:
    crossed = [
        (x2 - x1) * (y - y1) / (y2 - y1) + x1 > x
        for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]])
        if (y1 > y) != (y2 > y)
    ]
    return sum(crossed) % 2 == 1
