"""The list of officials, and the page of one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from build import fill_example_db
from lxml.html import document_fromstring
from sitepages import Get, Rows, change, open_site, prose, words, write

from db.connect import open_db
from db.reviewing.facts import read_facts
from publish.site.plugins.officials import PAGE_SIZE


def shown(page: str) -> list[str]:
    return [
        link.removeprefix("/pejabat/").partition("?")[0]
        for link in document_fromstring(page).xpath("//*[@class='who']/a/@href")
    ]


def person_of(rows: Rows, name: str) -> str:
    ((person,),) = [tuple(row) for row in rows("select id from people where name = ?", name)]
    assert isinstance(person, str)
    return person


def test_officials_are_shown_in_the_office_in_which_they_were_seen(get: Get) -> None:
    page = prose(get("/pejabat?q=marwan"))
    assert "Marwan Tanjung 1 artikel, 1 media" in page
    assert "Plt. Kepala Dinas Komunikasi dan Informatika, Kabupaten Bangka Selatan" in page
    assert "Terlihat dalam berita 4 November 2023" in page
    assert "Syamsul Rahmadani" not in page


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("", "true"),
        ("q=sekretaris+daerah", "office_name like 'Sekretaris Daerah%'"),
        ("q=Kotim", "regency_code = '62.02'"),
        ("provinsi=64", "regency_code like '64.%'"),
        ("daerah=19.71", "regency_code = '19.71'"),
        ("masa=kini", "is_latest = 1"),
        ("pelaksana=1", "status <> 'definitif'"),
        ("masa=kini&pelaksana=1&provinsi=62", "status <> 'definitif' and regency_code like '62.%'"),
    ],
)
def test_the_list_holds_who_was_asked_for_the_last_seen_first(get: Get, rows: Rows, query: str, where: str) -> None:
    page = get(f"/pejabat?{query}")
    wanted = rows(f"select distinct person_id from office_terms where {where}")
    assert wanted
    assert set(shown(page.text)) == {row["person_id"] for row in wanted}
    assert f"{len(wanted)} pejabat" in prose(page)
    dates = [rows("select last_seen_date from people where id = ?", one)[0][0] for one in shown(page.text)]
    assert dates == sorted(dates, reverse=True)


@pytest.fixture(scope="module")
def crowd(public: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Get, Rows]]:
    """The example data with enough persons to turn pages, one of whom had a successor."""
    copy = tmp_path_factory.mktemp("crowd") / "public.db"
    copy.write_bytes(public.read_bytes())
    with write(copy) as db:
        office, article, number = db.execute(
            "select office_id, last_article_id, last_evidence_number from office_terms limit 1"
        ).fetchone()
        (last,) = db.execute("select max(number) from search").fetchone()
        for n in range(1, 41):
            person, key = f"{n:012d}", "jdulu" if n == 7 else "jkini"
            db.execute(
                "insert into people values (?, ?, null, 1, 1, 1, '2020-01-01', '2020-01-01')", [person, f"Warga {n}"]
            )
            db.execute(
                "insert into office_terms values (?, ?, 'definitif', 1, 'Camat', null, null, 0, ?, '2020-01-01', "
                "'2020-01-01', ?, 1, 1, ?, ?, ?, ?)",
                [office, person, f"Warga {n}", int(n != 7), article, number, article, number],
            )
            db.execute("insert into search values (?, 'person', ?, '')", [last + n, person])
            db.execute(
                "insert into search_fts (rowid, title, text, keys) values (?, ?, 'Camat', ?)",
                [last + n, f"Warga {n}", f"kperson {key}"],
            )
    with closing(sqlite3.connect(copy)) as db:
        db.row_factory = sqlite3.Row
        yield open_site(copy), lambda sql, *values: db.execute(sql, values).fetchall()


def test_turning_the_pages_shows_everybody_once(crowd: tuple[Get, Rows]) -> None:
    get, rows = crowd
    seen, path = [], "/pejabat"
    while path:
        page = get(path).text
        seen += shown(page)
        path = next(iter(document_fromstring(page).xpath("//a[@rel='next']/@href")), "")
    assert len(seen) > PAGE_SIZE
    assert sorted(seen) == sorted(row["person_id"] for row in rows("select distinct person_id from office_terms"))


def test_who_had_a_successor_is_told_so_and_can_be_asked_for(crowd: tuple[Get, Rows]) -> None:
    get, _ = crowd
    page = get("/pejabat?masa=dulu")
    assert shown(page.text) == ["000000000007"]
    assert "sesudahnya orang lain" in prose(page)
    told = "Terakhir terlihat dalam berita sebagai Camat, 1 Januari 2020."
    succeeded = "Sesudah itu orang lain yang terlihat dalam jabatan ini."
    assert f"{told} {succeeded}" in prose(get("/pejabat/000000000007"))
    assert told in prose(get("/pejabat/000000000008"))
    assert succeeded not in prose(get("/pejabat/000000000008"))


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("provinsi=99", 400, "Tidak ada provinsi dengan kode “99”"),
        ("provinsi=jawa", 400, "Tidak ada provinsi dengan kode “jawa”"),
        ("daerah=99.99", 400, "Tidak ada kabupaten atau kota dengan kode “99.99”"),
        ("masa=besok", 400, "Masa itu kini atau dulu, bukan “besok”"),
        ("pelaksana=ya", 400, "pelaksana hanya dapat diisi 1"),
        ("halaman=nol", 400, "Bukan nomor halaman: “nol”"),
        ("halaman=77", 404, "yang terakhir halaman 1"),
        ("halaman=" + "9" * 5000, 404, "yang terakhir halaman 1"),
        ("q=zzzxy", 200, "Tidak ada pejabat yang cocok"),
        ("q=" + "z" * 10_000, 200, "Tidak ada pejabat yang cocok"),
        ("q=%00", 200, "pejabat"),
        ("q=" + quote('" OR NEAR(*'), 200, "pejabat"),
        ("masa=" + quote("<script>alert(1)</script>"), 400, "<script>alert(1)</script>"),
    ],
)
def test_what_cannot_be_asked_for_is_answered_with_a_way_on(get: Get, query: str, status: int, says: str) -> None:
    page = get(f"/pejabat?{query}")
    assert page.status_code == status
    assert says in prose(page)
    assert "<script>alert" not in page.text


def test_two_holders_of_one_office_are_flagged_with_both_proofs(public: Path, tmp_path: Path, rows: Rows) -> None:
    other = person_of(rows, "Ruslan Hadiwijaya")
    get = change(
        public,
        tmp_path,
        f"""
        insert into office_conflicts
        select
            office_id, person_id, '{other}', office_name, null, null, person_name, 'Plt.', '2023-11-04',
            last_article_id, last_evidence_number, 'Ruslan Hadiwijaya', 'Pj.', '2023-11-04', last_article_id,
            last_evidence_number, '2023-11-04', '2023-11-04'
        from office_terms
        where person_name = 'Marwan Tanjung'
        """,
    )
    assert "pada waktu yang sama disebut juga Ruslan Hadiwijaya" in words(get("/pejabat?q=marwan"))
    for name, rival in (("Marwan Tanjung", "Ruslan Hadiwijaya"), ("Ruslan Hadiwijaya", "Marwan Tanjung")):
        page = document_fromstring(get(f"/pejabat/{person_of(rows, name)}").text)
        (conflict,) = page.cssselect(".conflict")
        assert conflict.xpath(f".//li[1][contains(., '{name}')]//a[contains(@href, '/artikel/')]")
        assert conflict.xpath(f".//li[2]//a[@href='/pejabat/{person_of(rows, rival)}']")


def test_a_person_is_shown_with_offices_words_and_events(get: Get, rows: Rows) -> None:
    person = person_of(rows, "Ruslan Hadiwijaya")
    page = get(f"/pejabat/{person}")
    text = prose(page)
    assert "Terakhir terlihat dalam berita sebagai Pj. Sekretaris Daerah, Kabupaten Kotawaringin Timur" in text
    said = rows("select text, article_id, evidence_number from quotes where person_id = ?", person)
    assert said
    assert all(row["text"] in text for row in said)
    assert f"/artikel/{said[0]['article_id']}#bukti-{said[0]['evidence_number']}" in page.text
    events = rows("select event_id from event_people where person_id = ?", person)
    assert events
    assert all(f'href="/peristiwa/{row["event_id"]}"' in page.text for row in events)


def test_every_name_under_which_a_person_is_written_is_told(public: Path, tmp_path: Path, rows: Rows) -> None:
    person = person_of(rows, "Ruslan Hadiwijaya")
    get = change(public, tmp_path, f"insert into person_names values ('{person}', 'Ruslan Hadiwidjaja', 2)")
    assert "Juga ditulisRuslan Hadiwidjaja (2 artikel)" in prose(get(f"/pejabat/{person}")).replace(
        "ditulis R", "ditulisR"
    )
    assert "juga ditulis Ruslan Hadiwidjaja" in prose(get("/pejabat?q=ruslan"))


def test_who_may_be_the_same_person_is_told_as_not_sure(public: Path, tmp_path: Path, rows: Rows) -> None:
    one, other, third = (person_of(rows, name) for name in ("Ruslan Hadiwijaya", "Marwan Tanjung", "Mariana Oktavia"))
    link = """
        insert into person_links
        select '{}', '{}', null, 'a', null, 'b', null, '{}', min(id), max(id) from articles
    """
    get = change(
        public,
        tmp_path,
        f"insert into merged_people values ('ffffffffffff', '{other}')",
        link.format(one, "ffffffffffff", "short-name"),
        link.format(one, third, "decided-different"),
    )
    for person, others in ((one, [other]), (other, [one]), (third, [])):
        page = document_fromstring(get(f"/pejabat/{person}").text)
        assert page.xpath("//*[@id='mungkin']//a[starts-with(@href, '/pejabat/')]/@href") == [
            f"/pejabat/{id}" for id in others
        ]
    assert "belum pasti: Marwan Tanjung" in words(get(f"/pejabat/{one}"))
    assert "nama dipendekkan, jabatan sama" in prose(get(f"/pejabat/{one}"))


def test_a_former_id_of_a_person_leads_to_who_it_is_now(public: Path, tmp_path: Path, rows: Rows) -> None:
    person = person_of(rows, "Ruslan Hadiwijaya")
    get = change(public, tmp_path, f"insert into merged_people values ('ffffffffffff', '{person}')")
    for query in ("", "?lang=en"):
        answer = get(f"/pejabat/ffffffffffff{query}")
        assert (answer.status_code, answer.headers["location"]) == (302, f"/pejabat/{person}{query}")


def test_who_holds_no_office_in_the_news_has_no_page(public: Path, tmp_path: Path, rows: Rows) -> None:
    person = person_of(rows, "Marwan Tanjung")
    former = f"update officials set standing = 'mantan' where person_id = '{person}'"
    get = change(public, tmp_path, f"delete from office_terms where person_id = '{person}'", former)
    page = get(f"/pejabat/{person}")
    assert page.status_code == 404
    assert "Hanya orang yang disebut berita dalam jabatannya yang punya halaman" in prose(page)
    (article,) = rows("select article_id from officials where name = 'Marwan Tanjung'")
    for path in (f"/artikel/{article['article_id']}", "/daerah/19.03"):
        assert "Marwan Tanjung" in get(path).text
        assert f"/pejabat/{person}" not in get(path).text
    assert get("/pejabat/000000000000").status_code == 404


def test_an_office_and_a_quotation_can_be_called_wrong_by_the_names_that_the_review_knows(
    get: Get, rows: Rows, tmp_path: Path
) -> None:
    person = person_of(rows, "Ruslan Hadiwijaya")
    fill_example_db(tmp_path / "pantau.db")
    db = open_db(tmp_path / "pantau.db")
    articles = [
        row["article_id"] for row in rows("select distinct article_id from officials where person_id = ?", person)
    ]
    known = {fact.id: fact.kind for article in articles for fact in read_facts(db, article)}
    db.close()
    links = document_fromstring(get(f"/pejabat/{person}").text).xpath("//a[@class='wrong']/@href")
    assert {known[link.partition("fakta=")[2]] for link in links} == {"official", "quote"}
