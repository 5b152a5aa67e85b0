"""What readers see when something cannot be shown: the right status, their language, a way on, and nothing of ours."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import quote

import pytest
from datasette import Request
from datasette.app import Datasette
from lxml.html import document_fromstring
from sitepages import Get, change, in_english, words

from publish.serve import SITE
from publish.site.plugins.errors import explain, show_error

FOREVER = "with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n"
LARGE = ", ".join(["c0 (x) as (select 1)", *(f"c{n} (x) as (select 1 from c{n - 1}, c{n - 1})" for n in range(1, 21))])
INSIDE = ("Traceback", "/site-packages/", "publish/site", "sqlite3.", 'File "')


@pytest.mark.parametrize(
    ("path", "status", "indonesian", "english"),
    [
        ("/tidak-ada", 404, "Halaman tidak ada", "No such page"),
        ("/public/tidak_ada", 404, "Tidak ada tabel atau kueri", "no table or query of this name"),
        ("/public/events/tidak-ada", 404, "Baris ini tidak ada", "This row is not in the present release"),
        ("/public/events?_size=abc", 400, "tidak dimengerti", "not understood"),
        ("/public/events?_size=999999999", 400, "tidak dimengerti", "not understood"),
        ("/public/events?_sort=tidak_ada", 400, "tidak dimengerti", "not understood"),
        ("/public/events?_facet=tidak_ada", 400, "no such column: tidak_ada", "no such column: tidak_ada"),
        ("/public/events?tidak_ada=3", 400, "no such column: tidak_ada", "no such column: tidak_ada"),
        ("/public/events?start_date__tidak=3", 400, "tidak dimengerti", "not understood"),
        ("/public/events?_where=x(", 400, "tidak dimengerti", "not understood"),
        ("/public?sql=select+nonsense", 400, "tidak dapat dijalankan", "cannot be run"),
        ("/public?sql=delete+from+events", 400, "Statement must be a SELECT", "Statement must be a SELECT"),
        (f"/public?sql={quote(FOREVER)}", 400, "lebih dari satu detik", "more than a second"),
        (f"/public?sql={quote(f'with {LARGE} select x from c20')}", 400, "memerlukan memori", "needs more memory"),
    ],
)
def test_an_error_is_told_in_both_languages(get: Get, path: str, status: int, indonesian: str, english: str) -> None:
    for address, says, language in ((path, indonesian, "id"), (in_english(path), english, "en")):
        response = get(address)
        assert response.status_code == status
        assert says in words(response)
        assert f'<html lang="{language}"' in response.text
        assert 'href="/tahapan' in response.text, "in our frame, with a way on"
        assert not any(inside in response.text for inside in INSIDE)


@pytest.mark.parametrize("sql", ["select nonsense", "delete from events", FOREVER])
def test_the_query_stays_in_the_box(get: Get, sql: str) -> None:
    page = document_fromstring(get(f"/public?sql={quote(sql)}").text)
    assert page.get_element_by_id("sql-editor").text.strip() == sql


@pytest.mark.parametrize("path", ["/tidak-ada.json", "/public/events.json?_sort=tidak_ada", "/public/tidak_ada.json"])
def test_programs_are_told_in_json(get: Get, path: str) -> None:
    response = get(path)
    assert response.headers["content-type"].startswith("application/json")
    assert response.json()["ok"] is False
    assert response.json()["status"] == response.status_code >= 400


def test_other_formats_get_one_line(get: Get) -> None:
    response = get("/tidak-ada.csv")
    assert (response.status_code, response.text) == (404, "404 Not found\n")


def test_a_page_that_is_not_there_is_not_kept(get: Get) -> None:
    assert get("/tidak-ada").headers["cache-control"] == "no-store"


def test_data_that_is_older_than_the_pages_is_a_503_that_says_so(public: Path, tmp_path: Path) -> None:
    get = change(public, tmp_path, "drop table search", "drop table search_fts")
    response = get("/cari?q=kota")
    assert response.status_code == 503
    assert response.headers["retry-after"]
    assert "lebih lama daripada halaman ini" in words(response)
    assert not any(inside in response.text for inside in (*INSIDE, "no such table"))


def test_our_own_mistake_is_a_500_without_its_reason(public: Path) -> None:
    site = Datasette(immutables=[str(public)], config_dir=SITE)
    status, what, said = explain(RuntimeError("secret of /srv/pantau"), is_stock=False, is_asked=True)
    assert (status, said) == (500, None)

    async def ask() -> tuple[int, str]:
        await site.invoke_startup()
        answer = await show_error(site, Request.fake("/cari?q=kota&lang=en"), status, what, said)
        return answer.status, answer.body

    assert asyncio.run(ask())[0] == 500
    assert "Something went wrong on our side" in asyncio.run(ask())[1]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
def test_only_reading_is_served(public: Path, method: str) -> None:
    site = Datasette(immutables=[str(public)], config_dir=SITE)

    async def ask() -> tuple[int, str, str]:
        await site.invoke_startup()
        answer = await site.client.request(method, "http://localhost/public/events")
        return answer.status_code, answer.headers.get("allow", ""), answer.text

    status, allowed, text = asyncio.run(ask())
    assert (status, allowed) == (405, "GET, HEAD, OPTIONS")
    assert "hanya dibaca" in text
