"""/langganan: what is to be followed is found by name, and the addresses given are those that answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml.html import document_fromstring
from sitepages import Get, Rows, change, prose


def addresses(get: Get, path: str) -> dict[str, str]:
    """The addresses that the page gives: those in its fields, and that of the button for calendars."""
    page = document_fromstring(get(path).text)
    fields = {field.get("id"): field.get("value") for field in page.xpath("//input[@readonly]")}
    [webcal] = page.xpath('//a[starts-with(@href, "webcal:")]/@href')
    return {"ics": fields["alamat-ics"], "atom": fields["alamat-atom"], "webcal": webcal}


@pytest.mark.parametrize(
    ("query", "path", "name"),
    [
        ("", "/peristiwa", "Semua daerah"),
        ("?daerah=%00", "/peristiwa", "Semua daerah"),
        ("?daerah=19.03", "/daerah/19.03", "Kabupaten Bangka Selatan"),
        ("?daerah=bangka+selatan", "/daerah/19.03", "Kabupaten Bangka Selatan"),
        ("?daerah=Kotim", "/daerah/62.02", "Kabupaten Kotawaringin Timur"),
        ("?provinsi=64", "/provinsi/64", "Provinsi Kalimantan Timur"),
        ("?tahapan=evaluasi-2", "/tahapan/evaluasi-2", "Evaluasi tahap II"),
        ("?q=bimtek", "/cari", "Pencarian “bimtek”"),
        ("?q=bimtek&provinsi=64&tahun=2021", "/cari", "Pencarian “bimtek”, Kalimantan Timur, 2021"),
    ],
)
def test_what_is_chosen_has_a_feed_and_a_calendar_that_answer(get: Get, query: str, path: str, name: str) -> None:
    assert f"Ikuti: {name}" in prose(get(f"/langganan{query}"))
    given = addresses(get, f"/langganan{query}")
    for ending in ("ics", "atom"):
        assert given[ending].startswith(f"http://localhost{path}.{ending}")
        assert get(given[ending].removeprefix("http://localhost")).status_code == 200
    assert given["webcal"] == given["ics"].replace("http:", "webcal:")


def test_a_person_can_be_followed(get: Get, rows: Rows) -> None:
    person = rows("select person_id from event_people where person_id is not null")[0][0]
    assert addresses(get, f"/langganan?pejabat={person}")["atom"] == f"http://localhost/pejabat/{person}.atom"


def test_the_addresses_are_of_the_reader_s_language(get: Get) -> None:
    given = addresses(get, "/langganan?daerah=19.03&lang=en")
    assert given["ics"] == "http://localhost/daerah/19.03.ics?lang=en"
    assert "Took place" in get("/daerah/19.03.ics?lang=en").text


def test_the_page_shows_what_is_newest_in_the_feed(get: Get) -> None:
    assert "Evaluasi tahap II Kabupaten Bangka Selatan, 3 November 2023" in prose(get("/langganan?daerah=19.03"))
    assert "Belum ada peristiwa yang terbaca dari berita" in prose(get("/langganan?daerah=11.01"))


def test_of_several_regencies_of_a_name_the_reader_chooses(get: Get) -> None:
    answer = get("/langganan?daerah=solok")
    assert answer.status_code == 200
    offered = re.findall(r'href="/langganan\?daerah=([\d.]+)#ikuti"', answer.text)
    assert len(offered) > 1
    assert "webcal:" not in answer.text
    for code in offered:
        assert addresses(get, f"/langganan?daerah={code}")["ics"].endswith(f"/daerah/{code}.ics")


@pytest.mark.parametrize("query", ["daerah=Atlantis", "daerah=99.99", "provinsi=00", "tahapan=tidak-ada", "pejabat=x",
                                   "daerah=x%00", "daerah=%25", "daerah=" + "a" * 10_000, "tahun=dua",
                                   "provinsi=%27--", "pejabat=" + "9" * 10_000])  # fmt: skip
@pytest.mark.parametrize("language", ["", "&lang=en"])
def test_what_is_not_there_is_said_and_everything_offered(get: Get, query: str, language: str) -> None:
    answer = get(f"/langganan?{query}{language}")
    assert answer.status_code == 404
    assert ("There is nothing to follow" if language else "Tidak ada yang dapat diikuti") in prose(answer)
    assert len(answer.text) < 40_000
    assert addresses(get, f"/langganan?{query}{language}")["atom"].startswith("http://localhost/peristiwa.atom")


def test_a_hostile_name_is_text(get: Get) -> None:
    answer = get('/langganan?daerah="><script>alert(1)</script>')
    assert "<script>alert" not in answer.text
    assert "<script>alert(1)</script>" in prose(answer)


@pytest.mark.parametrize(
    ("contact", "told"),
    [("warta@kota.example", 'href="mailto:warta@kota.example"'), ("https://kota.example/warta", 'href="https://kota.example/warta"'),
     ("javascript:alert(1)", "javascript:alert(1)."), (None, "belum mencantumkan alamatnya")],
)  # fmt: skip
def test_the_letter_is_asked_for_where_the_site_says(
    get: Get, monkeypatch: pytest.MonkeyPatch, contact: str | None, told: str
) -> None:
    monkeypatch.delenv("PANTAU_CONTACT", raising=False)
    if contact:
        monkeypatch.setenv("PANTAU_CONTACT", contact)
    page = get("/langganan").text
    assert told in page
    assert 'href="javascript:' not in page
    assert 'href="/surat/2024-W47"' in page


def test_without_a_letter_the_page_says_so(public: Path, tmp_path: Path) -> None:
    assert "Belum ada surat yang terbit." in prose(change(public, tmp_path, "delete from digests")("/langganan"))
