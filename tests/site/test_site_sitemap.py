"""robots.txt and the sitemap: what search engines are let in to, and all of it."""

from __future__ import annotations

import re
from urllib.robotparser import RobotFileParser

import pytest
from sitepages import Get, Rows

SITE = "http://localhost"


def locations(get: Get, path: str) -> list[str]:
    answer = get(path)
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"
    return [address.removeprefix(SITE) for address in re.findall("<loc>(.*?)</loc>", answer.text)]


@pytest.fixture(scope="module")
def pages(get: Get) -> list[str]:
    return [page for part in locations(get, "/sitemap.xml") for page in locations(get, part)]


def test_the_sitemap_names_every_regency_event_article_person_and_outlet(pages: list[str], rows: Rows) -> None:
    kinds = {"daerah": "code from regencies", "peristiwa": "id from events", "artikel": "id from articles",
             "pejabat": "id from people", "media": "name from sources"}  # fmt: skip
    for kind, what in kinds.items():
        expected = [f"/{kind}/{row[0]}" for row in rows(f"select {what}")]
        assert expected
        assert set(expected) <= set(pages)
    assert len(pages) == len(set(pages))
    assert {"/", "/langganan", "/surat/2024-W47"} <= set(pages)


def test_the_days_of_change_are_those_of_the_data(get: Get, rows: Rows) -> None:
    days = dict(
        re.findall(r"<loc>.*?/peristiwa/(\w+)</loc><lastmod>([\d-]+)</lastmod>", get("/sitemap/peristiwa-1.xml").text)
    )
    assert days == {row[0]: row[1] for row in rows("select event_id, substr(known_from, 1, 10) from event_versions")}


@pytest.mark.parametrize("path", ["/sitemap/daerah-2.xml", "/sitemap/artikel-99999.xml", "/sitemap/apa-1.xml"])
def test_a_part_that_is_not_there_is_not_found(get: Get, path: str) -> None:
    assert get(path).status_code == 404


def test_robots_are_let_in_to_the_pages_and_kept_out_of_searches_and_sql(get: Get, pages: list[str]) -> None:
    robots = RobotFileParser()
    robots.parse(get("/robots.txt").text.splitlines())
    assert robots.site_maps() == [f"{SITE}/sitemap.xml"]
    for path in [*pages, "/peristiwa.atom", "/daerah/19.03.ics", "/daerah/19.03?lang=en"]:
        # The standard library reads rules in their order, and ours open with what is let in.
        assert robots.can_fetch("*", SITE + path), path


@pytest.mark.parametrize(
    "path",
    ["/cari?q=bimtek", "/public?sql=select+1", "/public/events?_facet=stage_code", "/tinjauan", "/salah?apa=1",
     "/peristiwa?tahapan=mou", "/-/login"],
)  # fmt: skip
def test_robots_are_kept_out_of(get: Get, path: str) -> None:
    """The longest rule holds, as RFC 9309 says."""
    rules = re.findall(r"^(Allow|Disallow): (\S+)$", get("/robots.txt").text, re.MULTILINE)
    holding = [(len(rule), kind) for kind, rule in rules if path.startswith(rule)]
    assert max(holding)[1] == "Disallow"


def test_every_page_that_the_sitemap_names_is_there(get: Get, pages: list[str]) -> None:
    # Of the 514 regencies those of a province, of which some are told of and some not.
    asked = [page for page in pages if not page.startswith("/daerah/") or page.startswith("/daerah/62.")]
    assert [page for page in asked if get(page).status_code != 200] == []
