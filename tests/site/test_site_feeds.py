"""Atom feeds: valid, stable, and honest about what is announced, corrected and withdrawn."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import feedparser
import pytest
from lxml import html
from sitepages import Get, Rows, change, open_site

ATOM = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SCOPES = {
    "/peristiwa": "true",
    "/daerah/19.03": "regency_code = '19.03'",
    "/provinsi/64": "regency_code like '64.%'",
    "/tahapan/evaluasi-2": "stage_code = 'evaluasi-2'",
}
EVENT = "7baadd278f4d"
"""Evaluation stage II of Kabupaten Bangka Selatan, 3 November 2023."""
LATER = "2026-11-30T20:00:00+00:00"
"""Already the 1st of December in Jakarta."""


def entries(get: Get, path: str) -> dict[str, feedparser.FeedParserDict]:
    """The entries of a feed by the id of their event."""
    read = feedparser.parse(get(path).content)
    assert read.bozo == 0, read.get("bozo_exception")
    return {entry.id.rpartition("/")[2]: entry for entry in read.entries}


def content(entry: feedparser.FeedParserDict) -> str:
    text: str = entry.content[0].value
    return text


@pytest.fixture(scope="module")
def person(rows: Rows) -> str:
    code: str = rows("select person_id from event_people where person_id is not null order by 1")[0][0]
    return code


@pytest.mark.parametrize("path", SCOPES)
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_feed_keeps_the_rules_of_atom(get: Get, path: str, language: str) -> None:
    asked = f"{path}.atom" + ("?lang=en" if language == "en" else "")
    answer = get(asked)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    feed = ElementTree.fromstring(answer.content)
    assert feed.get(XML_LANG) == language
    assert feed.find(f"{ATOM}author/{ATOM}name").text == "Pantau Kota Cerdas"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == f"http://localhost{asked}"
    assert links["alternate"].startswith("http://localhost/")
    assert get(links["alternate"].removeprefix("http://localhost")).status_code == 200
    told = feed.findall(f"{ATOM}entry")
    for element in [feed, *told]:
        assert element.find(f"{ATOM}title").text
        assert element.find(f"{ATOM}id").text.startswith("tag:pantau-kota-cerdas,2024:")
    ids = [entry.find(f"{ATOM}id").text for entry in told]
    assert len(ids) == len(set(ids)) > 0
    updated = [entry.find(f"{ATOM}updated").text for entry in told]
    assert updated == sorted(updated, reverse=True)
    assert feed.find(f"{ATOM}updated").text == updated[0]


@pytest.mark.parametrize(("path", "where"), SCOPES.items())
def test_a_feed_tells_the_events_of_its_scope_that_are_news(get: Get, rows: Rows, path: str, where: str) -> None:
    news = "id in (select event_id from stage_reports where is_main)"
    expected = {row["id"]: row for row in rows(f"select id, evidence from events where {where} and {news}")}
    told = entries(get, f"{path}.atom")
    assert told.keys() == expected.keys()
    for event_id, entry in told.items():
        assert entry.link == f"http://localhost/peristiwa/{event_id}"
        assert expected[event_id]["evidence"] in html.fromstring(content(entry)).text_content()


@pytest.mark.parametrize(
    ("query", "where", "name"),
    [
        (
            "provinsi=64&tahun=2023",
            "regency_code like '64.%' and start_date like '2023%'",
            "Provinsi Kalimantan Timur, tahun 2023",
        ),
        (
            "tahapan=evaluasi-2&daerah=51.02",
            "stage_code = 'evaluasi-2' and regency_code = '51.02'",
            "Kabupaten Tabanan, Evaluasi tahap II",
        ),
        (
            "keadaan=berlangsung&edisi=2023",
            "status = 'held' and edition = 2023",
            "tahun program 2023, sudah berlangsung",
        ),
    ],
)
def test_the_feed_of_a_list_tells_what_the_list_shows(get: Get, rows: Rows, query: str, where: str, name: str) -> None:
    news = "id in (select event_id from stage_reports where is_main)"
    expected = {row["id"] for row in rows(f"select id from events where {where} and {news}")}
    assert expected
    assert entries(get, f"/peristiwa.atom?{query}").keys() == expected
    feed = feedparser.parse(get(f"/peristiwa.atom?{query}").content).feed
    assert feed.title == f"Pantau Kota Cerdas: {name}"
    assert get(f"/peristiwa.ics?{query}").status_code == 200


@pytest.mark.parametrize(
    "query", ["tahun=dua", "provinsi=00", "daerah=99.99", "tahapan=tidak-ada", "beda=%00", "edisi=" + "2" * 9999]
)
def test_a_list_that_cannot_be_is_no_feed(get: Get, query: str) -> None:
    assert get(f"/peristiwa.atom?{query}").status_code == 404


def test_the_feed_of_a_person_tells_her_events(get: Get, rows: Rows, person: str) -> None:
    of_person = {row[0] for row in rows("select event_id from event_people where person_id = ?", person)}
    told = entries(get, f"/pejabat/{person}.atom")
    assert told.keys() <= of_person
    assert told


@pytest.mark.parametrize(
    "query", ["q=evaluasi", "q=bimtek+paser", "tahap=evaluasi-2", "q=evaluasi&provinsi=64&tahun=2023"]
)
def test_the_feed_of_a_search_tells_the_news_that_the_search_finds(get: Get, rows: Rows, query: str) -> None:
    page = get(f"/cari?{query}&jenis=peristiwa").text
    found = set(re.findall(r'href="/peristiwa/([0-9a-f]{12})"', page))
    news = {row[0] for row in rows("select event_id from stage_reports where is_main")}
    told = entries(get, f"/cari.atom?{query}")
    assert told
    assert told.keys() == found & news
    feed = ElementTree.fromstring(get(f"/cari.atom?{query}").content)
    assert {link.get("href") for link in feed.findall(f"{ATOM}link")} == {
        f"http://localhost/cari.atom?{query}",
        f"http://localhost/cari?{query}",
    }


@pytest.mark.parametrize("query", ["", "?q=", "?tahun=dua", "?q=%00", "?tahap=tidak-ada&q=bimtek"])
def test_a_search_for_nothing_is_no_feed(get: Get, query: str) -> None:
    assert get(f"/cari.atom{query}").status_code == 404


@pytest.mark.parametrize("query", ["%22+OR+NEAR(*", "a" * 10_000, "%27%3B--", "AND+OR+NOT", "%F0%9F%98%80"])
def test_odd_searches_give_a_feed_that_is_one(get: Get, query: str) -> None:
    assert get(f"/cari.atom?q=bimtek+{query}").status_code == 200
    assert entries(get, f"/cari.atom?q=bimtek+{query}").keys() <= entries(get, "/cari.atom?q=bimtek").keys()


def test_an_entry_says_the_sentence_and_leads_to_the_proof_and_the_article(get: Get, rows: Rows) -> None:
    proof = rows(
        """
        select events.evidence, evidence.anchor, articles.id, articles.url
        from events
        join evidence on article_id = evidence_article_id and number = evidence_number
        join articles on articles.id = evidence_article_id
        where events.id = ?
        """,
        EVENT,
    )[0]
    entry = entries(get, "/daerah/19.03.atom?lang=en")[EVENT]
    assert entry.title == "Evaluation stage II: Kabupaten Bangka Selatan, 3 November 2023"
    assert proof["evidence"] in content(entry)
    assert f'href="{proof["url"]}"' in content(entry)
    assert f"http://localhost/artikel/{proof['id']}?lang=en#k-{proof['anchor']}" in content(entry)
    assert entry.link == f"http://localhost/peristiwa/{EVENT}?lang=en"


@pytest.mark.parametrize("path", SCOPES)
def test_the_same_release_gives_the_same_bytes(get: Get, public: Path, path: str) -> None:
    assert get(f"{path}.atom").content == open_site(public)(f"{path}.atom").content


def test_addresses_are_those_of_the_site_as_it_was_set_up(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANTAU_SITE", "https://pantau.example/")
    feed = get("/daerah/19.03.atom?lang=en").text
    assert 'href="https://pantau.example/daerah/19.03.atom?lang=en"' in feed
    assert "localhost" not in feed
    assert "localhost" not in get("/daerah/19.03.ics").text
    assert "localhost" not in get("/sitemap.xml").text
    assert get("/daerah/19.03.json").json()["page"] == "https://pantau.example/daerah/19.03"


def test_what_is_announced_is_told_as_announced(public: Path, tmp_path: Path) -> None:
    get = change(public, tmp_path, f"update events set status = 'announced' where id = '{EVENT}'")
    entry = entries(get, "/daerah/19.03.atom")[EVENT]
    assert entry.title == "Rencana: Evaluasi tahap II: Kabupaten Bangka Selatan, 3 November 2023"
    assert "Belum ada berita bahwa ini sudah berlangsung" in content(entry)
    assert "Sudah berlangsung" not in content(entry)


def test_a_corrected_event_says_what_was_said_before(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        f"update event_versions set known_to = '{LATER}', start_date = '2023-11-05', end_date = '2023-11-05' "
        f"where event_id = '{EVENT}'",
        f"""
        insert into event_versions
        select id, 2, stage_code, regency_code, edition, start_date, end_date, status, venue, mode, '{LATER}', null
        from events where id = '{EVENT}'
        """,
    )
    entry = entries(get, "/daerah/19.03.atom")[EVENT]
    assert "Semula tanggal: 5 November 2023" in content(entry)
    assert "Semula tempat" not in content(entry)
    assert entry.updated == LATER
    assert entry.published < entry.updated


def withdrawn(public: Path, folder: Path, known_to: str, *more: str) -> Get:
    return change(
        public,
        folder,
        f"update event_versions set known_to = '{known_to}' where event_id = '{EVENT}'",
        f"delete from events where id = '{EVENT}'",
        *more,
    )


def test_a_withdrawn_event_is_told_under_its_own_id(get: Get, public: Path, tmp_path: Path) -> None:
    before = entries(get, "/peristiwa.atom")[EVENT]
    after = entries(withdrawn(public, tmp_path, LATER), "/peristiwa.atom")[EVENT]
    assert after.id == before.id
    assert after.title == "Ditarik: Evaluasi tahap II: Kabupaten Bangka Selatan, 3 November 2023"
    assert "Sejak 1 Desember 2026 kami tidak lagi menyatakan peristiwa ini" in content(after)
    assert after.updated == LATER > before.updated


def test_an_event_that_became_part_of_another_leads_to_that_one(public: Path, tmp_path: Path) -> None:
    merged = f"insert into merged_events values ('{EVENT}', '5af83e9271e1')"
    entry = entries(withdrawn(public, tmp_path, LATER, merged), "/daerah/19.03.atom")[EVENT]
    assert entry.title == "Diganti: Evaluasi tahap II: Kabupaten Bangka Selatan, 3 November 2023"
    assert "peristiwa ini kami catat sebagai: Evaluasi tahap I: Kabupaten Bangka Selatan, 12–14 Juni 2023." in content(
        entry
    )
    assert entry.link == "http://localhost/peristiwa/5af83e9271e1"


def test_a_withdrawal_is_told_for_thirty_days(public: Path, tmp_path: Path) -> None:
    long_ago = withdrawn(public, tmp_path, "2024-01-01T00:00:00+00:00")
    assert EVENT not in entries(long_ago, "/peristiwa.atom")


def test_a_hostile_headline_is_text_and_a_hostile_address_no_link(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        """
        update articles set url = 'javascript:alert(1)',
        title = '<script>alert(1)</script> ]]> &amp; ' || char(8) || char(0) || char(65535) || '</entry>'
        """,
        "update events set evidence = '<img src=x onerror=alert(1)>' || char(11), venue = '<b>' || char(27)",
    )
    for entry in entries(get, "/peristiwa.atom").values():
        # What feedparser hands on is made harmless by it; what we wrote is in the source.
        assert "javascript:" not in entry.link
    text = "".join(ElementTree.fromstring(get("/peristiwa.atom").content).itertext())
    assert 'href="javascript:' not in text
    assert "<script>" not in text
    assert "<img" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


@pytest.mark.parametrize("path", ["/daerah/99.99", "/provinsi/00", "/tahapan/tidak-ada", "/pejabat/x", "/daerah/%00",
                                  "/daerah/" + "9" * 10_000, "/tahapan/'--"])  # fmt: skip
@pytest.mark.parametrize("ending", ["atom", "ics"])
def test_what_cannot_be_followed_is_a_page_that_says_so(get: Get, path: str, ending: str) -> None:
    answer = get(f"{path}.{ending}")
    assert answer.status_code == 404
    assert "Tidak ada yang dapat diikuti dengan alamat ini" in answer.text
