"""What others are told of a page: description, card, address in both languages, and data of schema.org."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path
from typing import Any

import pytest
from lxml.html import HtmlElement, document_fromstring
from sitepages import Get, change

from publish.serve import SITE

EVENT = "7baadd278f4d"
PAGES = [
    "/", "/daerah", "/daerah/19.03", f"/peristiwa/{EVENT}", "/artikel/0feb59497aa9", "/media", "/media/warta_selatan",
    "/tahapan", "/pejabat", "/surat", "/tentang", "/peneliti", "/langganan", "/cari?q=bimtek",
]  # fmt: skip


def head(get: Get, path: str) -> HtmlElement:
    answer = get(path)
    assert answer.status_code == 200, path
    return document_fromstring(answer.text).head


def said(page: HtmlElement, name: str) -> str:
    """What the one meta element of a name says."""
    [content] = page.xpath(f'meta[@name="{name}" or @property="{name}"]/@content')
    return str(content)


def things(get: Get, path: str) -> list[dict[str, Any]]:
    """The data of schema.org in a page, read as a browser does."""
    return [json.loads(text) for text in head(get, path).xpath('script[@type="application/ld+json"]/text()')]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_tells_its_card_and_its_address_in_both_languages(get: Get, path: str, language: str) -> None:
    joint = "&" if "?" in path else "?"
    english = f"http://localhost{path}{joint}lang=en"
    own = english if language == "en" else f"http://localhost{path}"
    page = head(get, own.removeprefix("http://localhost"))
    assert page.xpath('link[@rel="canonical"]/@href') == [own]
    languages = page.xpath('link[@rel="alternate"][@hreflang]')
    told = {link.get("hreflang"): link.get("href") for link in languages}
    assert told == {"id": f"http://localhost{path}", "en": english, "x-default": f"http://localhost{path}"}
    assert said(page, "og:url") == own
    assert said(page, "og:locale") == {"id": "id_ID", "en": "en_GB"}[language]
    assert 40 <= len(said(page, "description")) <= 200
    assert said(page, "og:description") == said(page, "description")
    assert said(page, "og:title")
    picture = get(said(page, "og:image").removeprefix("http://localhost"))
    assert picture.headers["content-type"] == "image/png"


def test_the_picture_of_a_card_is_as_large_as_it_is_said_to_be(get: Get) -> None:
    picture = (SITE / "static" / "card.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    page = head(get, "/")
    assert (str(width), str(height)) == (said(page, "og:image:width"), said(page, "og:image:height"))
    assert len(picture) < 60_000


@pytest.mark.parametrize("query", ["halaman=1", "urut=nama", "utm_source=x", "lang=id", "lang=id&x=%00"])
def test_parameters_that_only_arrange_a_page_make_no_other_page(get: Get, query: str) -> None:
    assert head(get, f"/media?{query}").xpath('link[@rel="canonical"]/@href') == ["http://localhost/media"]


@pytest.mark.parametrize(
    "path", ["/daerah/99.99", "/peristiwa/x", "/nichts", "/peristiwa?tahun=x", "/langganan?daerah=x"]
)
def test_a_page_that_is_not_there_is_not_to_be_kept(get: Get, path: str) -> None:
    page = document_fromstring(get(path).text).head
    assert said(page, "robots") == "noindex"
    assert page.xpath('link[@rel="canonical" or @rel="alternate"]') == []


def test_results_of_a_search_are_to_be_shared_but_not_kept(get: Get) -> None:
    page = head(get, "/cari?q=bimtek")
    assert said(page, "robots") == "noindex"
    assert "bimtek" in said(page, "og:title")


@pytest.mark.parametrize(
    ("path", "feed"),
    [
        ("/", "/peristiwa"),
        ("/daerah/19.03", "/daerah/19.03"),
        ("/tahapan/mou", "/tahapan/mou"),
        ("/cari?q=evaluasi", "/cari"),
    ],
)
def test_a_page_names_its_feed_and_its_calendar(get: Get, path: str, feed: str) -> None:
    page = head(get, path)
    query = path.partition("?")[2]
    for kind, ending in {"application/atom+xml": "atom", "text/calendar": "ics"}.items():
        [address] = page.xpath(f'link[@rel="alternate"][@type="{kind}"]/@href')
        address = address.removeprefix("http://localhost")
        assert address == f"{feed}.{ending}" + (f"?{query}" if query else "")
        assert get(address).status_code == 200


@pytest.mark.parametrize("path", ["/daerah/19.03", f"/peristiwa/{EVENT}", "/artikel/0feb59497aa9", "/media"])
def test_a_page_names_its_data(get: Get, path: str) -> None:
    [address] = head(get, path).xpath('link[@rel="alternate"][@type="application/json"]/@href')
    assert get(address.removeprefix("http://localhost")).json()["page"] == f"http://localhost{path}"


def test_an_event_is_told_with_its_date_its_place_and_its_articles(get: Get) -> None:
    [event] = things(get, f"/peristiwa/{EVENT}")
    assert event["@type"] == "Event"
    assert event["name"] == "Evaluasi tahap II: Kabupaten Bangka Selatan"
    assert (event["startDate"], event["endDate"]) == ("2023-11-03", "2023-11-03")
    assert event["eventAttendanceMode"] == "https://schema.org/OnlineEventAttendanceMode"
    assert event["location"]["address"]["addressLocality"] == "Kabupaten Bangka Selatan"
    assert "organizer" not in event
    assert {article["publisher"]["name"] for article in event["subjectOf"]} == {"Warta Selatan", "Lensa Teluk"}
    assert all(article["url"].startswith("https://") for article in event["subjectOf"])


@pytest.mark.parametrize(("start", "told"), [("'2023-11'", "2023-11"), ("'2023'", "2023"), ("null", None)])
def test_a_date_is_told_only_as_precisely_as_it_is_known(
    public: Path, tmp_path: Path, start: str, told: str | None
) -> None:
    get = change(public, tmp_path, f"update events set start_date = {start}, end_date = null where id = '{EVENT}'")
    [event] = things(get, f"/peristiwa/{EVENT}")
    assert event.get("startDate") == told
    assert "endDate" not in event


def test_an_article_is_its_outlets_and_ours_only_the_page_about_it(get: Get) -> None:
    [page] = things(get, "/artikel/0feb59497aa9")
    assert page["@type"] == "WebPage"
    assert page["publisher"]["name"] == "Pantau Kota Cerdas"
    told = page["mainEntity"]
    assert told["@type"] == "NewsArticle"
    assert told["publisher"]["name"] == "Warta Selatan"
    assert told["url"] == page["isBasedOn"] == "https://wartaselatan.example/2023/11/04/basel-ikuti-evaluasi-tahap-ii"


def test_the_data_is_told_with_its_release_its_licence_and_its_files(get: Get) -> None:
    [told] = [thing for thing in things(get, "/peneliti") if thing["@type"] == "Dataset"]
    release = get("/peristiwa.json").json()["release"]
    assert told["version"] == release["id"]
    assert told["identifier"] == f"sha256:{release['hash']}"
    assert "bebas dipakai" in told["license"]["name"]
    for file in told["distribution"]:
        answer = get(file["contentUrl"].removeprefix("http://localhost"))
        assert answer.status_code == 200
        if file["encodingFormat"] == "application/vnd.sqlite3":
            assert answer.content.startswith(b"SQLite format 3")
        else:
            assert answer.headers["content-type"].startswith(file["encodingFormat"])


def test_a_regency_is_told_with_where_it_lies(get: Get) -> None:
    [page] = things(get, "/daerah/19.03?lang=en")
    assert page["about"]["identifier"] == "19.03"
    assert page["about"]["geo"]["latitude"] == pytest.approx(-2.778607)
    assert page["inLanguage"] == "en"


def test_a_hostile_headline_ends_no_script_and_no_attribute(public: Path, tmp_path: Path) -> None:
    hostile = """</script><script>alert(1)</script> "><img src=x onerror=alert(1)> <!-- ]]>"""
    get = change(
        public,
        tmp_path,
        f"""update articles set title = '{hostile}', url = 'javascript:alert(1)', lead = '{hostile}'""",
        f"""update events set evidence = '{hostile}', venue = '{hostile}'""",
    )
    for path in [f"/peristiwa/{EVENT}", "/artikel/0feb59497aa9", "/"]:
        answer = get(path)
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        assert "javascript:" not in "".join(re.findall(r'(?:href|src|content)="([^"]*)"', answer.text))
        assert things(get, path)
    assert things(get, "/artikel/0feb59497aa9")[0]["mainEntity"]["headline"] == hostile
    assert "url" not in things(get, "/artikel/0feb59497aa9")[0]["mainEntity"]
