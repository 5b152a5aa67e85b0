"""/peneliti and Datasette's pages of tables, rows and queries, as a researcher reads them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from lxml.html import document_fromstring
from sitepages import Get, Rows, change, in_english, open_site, prose, words

from publish.serve import SITE
from publish.site.catalogue import GROUPS, grouped_queries, read_tables
from publish.site.notebooks import FOLDER, read_titles, render_notebook, write_notebooks

QUERIES = yaml.safe_load((SITE / "queries.yml").read_text("utf-8"))["queries"]


def test_every_table_stands_on_the_front_page_with_its_rows(get: Get, rows: Rows) -> None:
    page = prose(get("/peneliti"))
    for name in set(read_tables()) - {"texts"}:
        (count,) = rows(f"select count(*) from {name}")[0]
        assert re.search(rf"\b{count:,}".replace(",", ".") + rf"\s*{name}\b", page), name
    assert {name for names in GROUPS.values() for name in names} <= set(read_tables())


def test_the_dictionary_has_a_place_for_every_table_and_column(get: Get) -> None:
    for path, half in (("/peneliti/kamus", 0), (in_english("/peneliti/kamus"), 1)):
        page = document_fromstring(get(path).text)
        for table in read_tables().values():
            for column in table.columns:
                row = page.get_element_by_id(f"{table.name}.{column.name}")
                assert column.description.split(" / ")[half] in row.text_content()
                if column.leads_to:
                    page.get_element_by_id(column.leads_to)


def test_every_query_is_there_as_a_form_that_answers(get: Get) -> None:
    page = document_fromstring(get("/peneliti/kueri").text)
    assert {name for queries in grouped_queries().values() for name in queries} == set(QUERIES)
    for name, query in QUERIES.items():
        place = page.get_element_by_id(name)
        fields = [field.name for field in place.xpath(".//input[@type='text']")]
        assert fields == list(query.get("params", {}))
        answer = get(f"/public/{name}?" + "&".join(f"{field}=" for field in fields))
        assert answer.status_code == 200, name
        assert query["title"].split(" / ")[0] in words(answer)


def test_the_release_is_cited_in_every_style(get: Get, rows: Rows) -> None:
    release = rows("select id, hash from release")[0]
    page = document_fromstring(get("/peneliti").text)
    text = page.text_content()
    assert release["hash"] in text
    assert f"@misc{{pantau-kota-cerdas-{release['id']}" in text
    item = next(block for block in page.xpath("//pre") if block.text.startswith("[\n"))
    told = json.loads(item.text)[0]
    assert (told["type"], told["version"]) == ("dataset", release["id"])
    assert "yang Anda baca" in text


def test_data_that_is_no_release_says_so(public: Path, tmp_path: Path) -> None:
    assert "bukan rilis" in words(change(public, tmp_path, "delete from release")("/peneliti"))


def test_every_notebook_is_there_as_it_is_written(get: Get) -> None:
    assert write_notebooks(check=True) == [], "run: python -m publish.site.notebooks"
    assert list(read_titles()) == [path.stem for path in sorted(FOLDER.glob("*.ipynb"))]
    for name, heading in read_titles().items():
        page = get(f"/peneliti/catatan/{name}")
        assert page.status_code == 200
        assert page.headers["cache-control"] == "no-store", "it may be run yet"
        assert document_fromstring(f"<p>{heading}</p>").text_content() in words(page)
        assert "belum dijalankan pada rilis" in words(page)
    assert get("/peneliti/catatan/..%2f..%2fpyproject").status_code == 404


def test_a_notebook_that_was_run_on_the_release_shows_what_came_out(
    public: Path, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = tmp_path / "notebooks" / rows("select id from release")[0]["id"] / "02-the-ladder.html"
    ran.parent.mkdir(parents=True)
    cells = [
        {"cell_type": "markdown", "source": ["# Which <script>steps</script>?"]},
        {
            "cell_type": "code",
            "source": ["1 < 2"],
            "outputs": [
                {"data": {"text/html": ["<script>alert(1)</script>"], "text/plain": ["a < b"]}},
                {"data": {"image/png": "iVBORw0K\nGgo="}},
            ],
        },
    ]
    ran.write_text(render_notebook({"cells": cells}), "utf-8")
    monkeypatch.setenv("PANTAU_DATA", str(tmp_path))
    page = open_site(public)("/peneliti/catatan/02-the-ladder")
    assert "Dijalankan pada rilis" in words(page)
    assert "a &lt; b" in page.text
    assert 'src="data:image/png;base64,iVBORw0KGgo="' in page.text
    assert "<script>alert" not in page.text
    assert "<script>steps" not in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/public", "/public/events?status=held&_facet=stage_code&_sort_desc=start_date",
        "/public/articles?_search=kota", "/public/tahapan_daerah?kode=51.02", "/public?sql=select+1",
        "/public/events.copyable", "/public/regencies?_size=5",
    ],
)  # fmt: skip
def test_datasettes_pages_speak_the_readers_language(get: Get, path: str) -> None:
    theirs = re.compile(
        r"\b(rows? where|This data as|Advanced export|Next page|Apply|Suggested facets|View and edit)\b"
    )
    indonesian, english = get(path), get(in_english(path))
    assert (indonesian.status_code, english.status_code) == (200, 200)
    assert not theirs.search(prose(indonesian))
    assert '<html lang="en"' in english.text
    assert prose(english) != prose(indonesian)
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=", indonesian.text), "nothing that a strict CSP refuses"


def test_filters_order_and_language_of_a_table_stay_when_it_is_turned(get: Get, rows: Rows) -> None:
    page = get("/public/regencies?province_code=62&_sort_desc=code&_size=5&lang=en")
    codes = re.findall(r'href="/public/regencies/([\w~.]+)"', page.text)
    wanted = [
        row["code"].replace(".", "~2E")
        for row in rows("select code from regencies where province_code = '62' order by code desc limit 5")
    ]
    assert list(dict.fromkeys(codes)) == wanted
    (following,) = document_fromstring(page.text).xpath('//a[@rel="next"]/@href')
    second = get(following.removeprefix("http://localhost"))
    assert '<html lang="en"' in second.text
    assert wanted[0] not in second.text


def test_a_row_stands_with_its_columns_and_what_they_mean(get: Get, rows: Rows) -> None:
    event = rows("select id, evidence from events order by id limit 1")[0]
    page = get(f"/public/events/{event['id']}")
    assert event["evidence"] in words(page)
    assert read_tables()["events"].columns[0].description.split(" / ")[0] in words(page)
    assert f'href="/peristiwa/{event["id"]}"' in page.text


def test_data_leaves_as_text_and_as_a_notebook(get: Get, rows: Rows) -> None:
    copied = document_fromstring(get("/public/provinces.copyable").text).get_element_by_id("salin").text
    assert copied.strip().splitlines()[0].split("\t") == ["code", "name"]
    assert len(copied.strip().splitlines()) == 39
    assert "pandas.read_json" in words(get("/public/provinces.Notebook"))
