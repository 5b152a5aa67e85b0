"""JSON and CSV: what the database says, of which release, and never more than a page."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sitepages import Get, Rows, change

from publish.release import LICENCE
from publish.serve import SITE
from publish.site.feeds.documents import COLLECTIONS, DOCUMENTS, MOST

KINDS = {
    "regency": ("/daerah", "select code from regencies where code in ('19.03', '51.02', '62.02', '11.01')"),
    "province": ("/provinsi", "select code from provinces"),
    "stage": ("/tahapan", "select code from stages"),
    "event": ("/peristiwa", "select id from events"),
    "article": ("/artikel", "select id from articles"),
    "person": ("/pejabat", "select id from people"),
    "source": ("/media", "select name from sources"),
}
LISTS = {
    "regencies": "/daerah",
    "provinces": "/provinsi",
    "events": "/peristiwa",
    "people": "/pejabat",
    "sources": "/media",
}
MANY_EVENTS = """
insert into events
with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 450)
select
    printf('%012d', n), stage_code, regency_code, regency_name, province_name, start_date, end_date, date_precision,
    date_reason, edition, edition_by, edition_reason, venue, mode, status, articles, outlets, stories,
    first_published_date, last_published_date, first_report_article_id, conflicts, participants, confidence, evidence,
    evidence_article_id, evidence_number
from numbers, events where id = '7baadd278f4d'
"""


def read(get: Get, path: str) -> Any:
    answer = get(path)
    assert answer.status_code == 200, path
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    return json.loads(answer.text)


def same(told: dict[str, Any], row: sqlite3.Row) -> bool:
    """Whether what is told of a thing is what its row says, in the columns that both have."""
    both = told.keys() & set(row.keys())
    assert len(both) > 1
    said = {name: row[name] for name in both}
    for name in both:
        if name.startswith("is_") and said[name] is not None:
            said[name] = bool(said[name])
        if name == "authors":
            said[name] = json.loads(said[name])
    return said == {name: told[name] for name in both}


@pytest.mark.parametrize("kind", KINDS)
def test_each_thing_is_told_as_the_database_has_it(get: Get, rows: Rows, kind: str) -> None:
    path, keys = KINDS[kind]
    table = {
        "regency": "regencies",
        "province": "provinces",
        "stage": "stages",
        "event": "events",
        "article": "articles",
        "person": "people",
        "source": "sources",
    }
    column = {"regency": "code", "province": "code", "stage": "code", "source": "name"}.get(kind, "id")
    found = [row[0] for row in rows(keys)]
    assert found
    for key in found:
        told = read(get, f"{path}/{key}.json")
        assert told["page"] == f"http://localhost{path}/{key}"
        assert told["cut"] == []
        assert same(told[kind], rows(f"select * from {table[kind]} where {column} = ?", key)[0])


@pytest.mark.parametrize("path", ["/daerah/19.03.json", "/peristiwa.json", "/media.json", "/artikel/0feb59497aa9.json"])
def test_every_answer_names_its_release_and_what_may_be_done_with_it(get: Get, rows: Rows, path: str) -> None:
    told = read(get, path)
    release = rows("select id, hash, made_at, week from release")[0]
    assert told["release"] == dict(release)
    assert told["licence"] == LICENCE
    assert told["documentation"].startswith("http://localhost/")


def test_an_event_brings_its_reports_people_and_versions(get: Get, rows: Rows) -> None:
    told = read(get, "/peristiwa/7baadd278f4d.json")
    reports = rows("select article_id from stage_reports where event_id = '7baadd278f4d' order by article_id")
    assert sorted(report["article_id"] for report in told["reports"]) == [row[0] for row in reports]
    assert all(report["evidence"] and report["url"] for report in told["reports"])
    assert told["versions"][0]["known_to"] is None
    assert [one["name"] for one in told["people"]]


def test_an_article_brings_every_sentence_and_every_mention_in_it(get: Get) -> None:
    told = read(get, "/artikel/0feb59497aa9.json")
    sentences = {sentence["number"]: sentence["text"] for sentence in told["evidence"]}
    assert told["mentions"]
    for mention in told["mentions"]:
        text = sentences[mention["evidence_number"]]
        assert text[mention["offset_start"] : mention["offset_end"]] == mention["text"]


def test_a_regency_brings_its_ladder_and_what_follows_it(get: Get) -> None:
    told = read(get, "/daerah/19.03.json")
    assert {step["stage_code"] for step in told["ladder"]} >= {"evaluasi-1", "evaluasi-2"}
    assert told["atom"] == "http://localhost/daerah/19.03.atom"
    assert get(told["ics"].removeprefix("http://localhost")).status_code == 200


def test_a_former_id_leads_to_the_event_that_it_is_part_of(public: Path, tmp_path: Path) -> None:
    get = change(public, tmp_path, "insert into merged_events values ('000000000000', '7baadd278f4d')")
    answer = get("/peristiwa/000000000000.json")
    assert answer.status_code == 302
    assert answer.headers["location"] == "/peristiwa/7baadd278f4d.json"


@pytest.mark.parametrize(("name", "path"), LISTS.items())
def test_a_list_is_all_of_its_table_each_with_its_page(get: Get, rows: Rows, name: str, path: str) -> None:
    told = read(get, f"{path}.json")
    key = {"regencies": "code", "provinces": "code", "sources": "name"}.get(name, "id")
    assert sorted(one[key] for one in told[name]) == sorted(row[0] for row in rows(f"select {key} from {name}"))
    assert told["next"] is None
    assert told[name][0]["page"] == f"http://localhost{path}/{told[name][0][key]}"


@pytest.mark.parametrize(
    ("choice", "where"),
    [
        ("daerah=64.01", "regency_code = '64.01'"),
        ("provinsi=64", "regency_code like '64.%'"),
        ("tahapan=evaluasi-2", "stage_code = 'evaluasi-2'"),
        ("tahun=2023", "start_date like '2023%'"),
        ("keadaan=berlangsung", "status = 'held'"),
        ("keadaan=diumumkan", "status = 'announced'"),
        ("edisi=2023", "edition = 2023"),
        ("beda=1", "conflicts > 0"),
        ("provinsi=19&tahun=2023&tahapan=evaluasi-1", "id = '5af83e9271e1'"),
    ],
)
def test_the_events_may_be_chosen(get: Get, rows: Rows, choice: str, where: str) -> None:
    expected = {row[0] for row in rows(f"select id from events where {where}")}
    assert {event["id"] for event in read(get, f"/peristiwa.json?{choice}")["events"]} == expected
    table = csv.DictReader(io.StringIO(get(f"/peristiwa.csv?{choice}").text.removeprefix("\ufeff")))
    assert {row["id"] for row in table} == expected
    assert "evidence" in (table.fieldnames or ())


def test_a_long_list_is_told_a_page_at_a_time(public: Path, tmp_path: Path) -> None:
    get = change(public, tmp_path, MANY_EVENTS)
    seen: list[str] = []
    address: str | None = "/peristiwa.json?tahapan=evaluasi-2"
    while address:
        told = read(get, address.removeprefix("http://localhost"))
        assert len(told["events"]) <= 200
        seen += [event["id"] for event in told["events"]]
        address = told["next"]
    assert len(seen) == len(set(seen)) == 450 + 3


def test_a_list_within_a_document_that_is_too_long_is_cut_and_named(public: Path, tmp_path: Path) -> None:
    aliases = """
    insert into regency_aliases
    with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 700)
    select '19.03', 'nama ' || n, 'short', null, null, 'uji' from numbers
    """
    told = read(change(public, tmp_path, aliases), "/daerah/19.03.json")
    assert told["cut"] == ["aliases"]
    assert len(told["aliases"]) == MOST


@pytest.mark.parametrize("path", LISTS.values())
def test_csv_says_what_json_says(get: Get, path: str) -> None:
    answer = get(f"{path}.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    name = next(name for name, address in LISTS.items() if address == path)
    told = read(get, f"{path}.json")[name]
    table = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(table) == len(told)
    for row, one in zip(table, told, strict=True):
        numbers = {True: "1", False: "0", None: ""}
        assert row == {key: numbers.get(one[key], str(one[key])) if isinstance(one[key], bool | None) else str(one[key])
                       for key in row}  # fmt: skip


def test_the_events_of_a_regency_are_a_table_too(get: Get, rows: Rows) -> None:
    table = csv.DictReader(io.StringIO(get("/daerah/64.01.csv").text.removeprefix("\ufeff")))
    assert {row["id"] for row in table} == {
        row[0] for row in rows("select id from events where regency_code = '64.01'")
    }
    assert get("/daerah/11.01.csv").text.startswith("\ufeffid,stage_code,")
    assert get("/daerah/99.99.csv").status_code == 404


def test_csv_runs_no_formula(public: Path, tmp_path: Path) -> None:
    get = change(
        public, tmp_path, """update events set evidence = '=HYPERLINK("http://jahat.example")', venue = '@SUM(1)'"""
    )
    table = list(csv.DictReader(io.StringIO(get("/peristiwa.csv").text.removeprefix("\ufeff"))))
    assert {row["evidence"] for row in table} == {"""'=HYPERLINK("http://jahat.example")"""}
    assert {row["venue"] for row in table} == {"'@SUM(1)"}


@pytest.mark.parametrize(
    "path",
    [
        "/daerah/99.99",
        "/provinsi/99",
        "/tahapan/x",
        "/peristiwa/x",
        "/artikel/%00",
        "/pejabat/'--",
        "/media/" + "a" * 10_000,
    ],
)
def test_what_is_not_there_is_said_in_json(get: Get, path: str) -> None:
    answer = get(f"{path}.json")
    assert answer.status_code == 404
    assert answer.json() == {"error": "Tidak ada data dengan alamat ini.", "status": 404}
    assert get(f"{path}.json?lang=en").json()["error"] == "There is no data at this address."


@pytest.mark.parametrize(
    "query",
    [
        "tahun=dua", "tahun=2023'--", "tahapan=tidak-ada", "provinsi=%00", "daerah=" + "9" * 10_000, "keadaan=x",
        "beda=0", "edisi=1", "halaman=0", "halaman=-1", "halaman=1e9", "halaman=99999999999999999999", "halaman=x",
    ],
)  # fmt: skip
@pytest.mark.parametrize("ending", ["json", "csv"])
def test_a_choice_that_is_not_known_is_refused(get: Get, query: str, ending: str) -> None:
    answer = get(f"/peristiwa.{ending}?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.json()["error"]
    assert len(answer.text) < 400


def test_a_page_behind_the_last_is_empty(get: Get) -> None:
    told = read(get, "/peristiwa.json?halaman=999999")
    assert told["events"] == []
    assert told["next"] is None
    assert get("/peristiwa.csv?halaman=999999").text.startswith("\ufeffid,stage_code,")


def test_every_address_and_every_list_is_told_in_the_documentation() -> None:
    told = (SITE.parents[1] / "docs" / "addresses.md").read_text(encoding="utf-8")
    lines = told.splitlines()
    for name, one in DOCUMENTS.items():
        [line] = [line for line in lines if line.startswith(f"| `{one.path}/") and f"| `{name}` |" in line]
        assert re.findall(r"`(\w+)`", line.split("|")[3]) == list(one.lists)
    for name, many in COLLECTIONS.items():
        [line] = [line for line in lines if line.startswith(f"| `{many.path}.json` | `{name}` | {many.size:,} |")]
        assert all(f"`{choice}" in line for choice in many.choices)
    assert f"longer than {MOST} rows" in told
