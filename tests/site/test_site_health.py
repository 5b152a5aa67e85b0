from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from lxml.html import document_fromstring
from sitepages import Get, Rows, change, in_english, prose


def steps(get: Get, path: str = "/kesehatan") -> dict[str, int]:
    """How many come to each step, by what it is called."""
    page = document_fromstring(get(path).text)
    return {
        step.cssselect(".come span")[0].text_content(): int(step.cssselect(".come b")[0].text_content())
        for step in page.cssselect(".way > li")
    }


def losses(get: Get) -> dict[str, Any]:
    page = document_fromstring(get("/kesehatan").text)
    return {link.text_content().split(" ", 1)[1]: link for link in page.cssselect(".lost a")}


def ages(get: Get) -> dict[str, str]:
    page = document_fromstring(get("/kesehatan").text)
    return {
        age.cssselect("dt")[0].text_content(): " ".join(age.cssselect("dd")[0].text_content().split())
        for age in page.cssselect(".ages div")
    }


def test_the_way_is_that_of_its_own_page(get: Get) -> None:
    corong = document_fromstring(get("/kesehatan/corong").text).cssselect(".come b")
    assert list(steps(get).values()) == [int(number.text_content()) for number in corong]


def test_each_loss_leads_to_its_rows(get: Get) -> None:
    """What Datasette counts under a link is what the page says."""
    assert len(losses(get)) > 5
    for name, link in losses(get).items():
        said = int(link.cssselect("b")[0].text_content())
        path, _, query = link.get("href").partition("?")
        counted = get(f"{path}.json?{query}&_shape=objects").json()["filtered_table_rows_count"]
        assert counted == said, name


def test_who_is_not_read_now_is_told_with_the_reason_and_since_when(get: Get) -> None:
    page = document_fromstring(get("/kesehatan").text)
    told = [" ".join(row.text_content().split()) for row in page.cssselect(".broken tbody tr")]
    assert [row.split(" ")[0] for row in told] == ["Lensa", "Suara"]
    assert (
        "tidak diizinkan19 Nov 2024Daftar beritanya tidak dapat kami buka: menolak permintaan kami (HTTP 403)"
        in told[1]
    )
    assert "3 dari 5 sumber sekarang terbaca." in prose(get("/kesehatan"))


def test_the_bar_holds_every_source_once(get: Get) -> None:
    page = document_fromstring(get("/kesehatan").text)
    shares = [float(part.get("width")) for part in page.cssselect(".bar-of rect")]
    assert sum(shares) == pytest.approx(100, abs=0.1)
    said = [" ".join(state.text_content().split()) for state in page.cssselect(".states li")]
    assert said == ["terbaca 1", "terbaca, sepi 2", "berubah 1", "tidak diizinkan 1"]
    assert all(link.get("href").startswith("/media?keadaan=") for link in page.cssselect(".states a"))


def test_quiet_broken_blocked_and_never_asked_are_never_one(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        "update sources set verdict = 'not-asked' where name = 'warta_selatan'",
        "update sources set verdict = null where name = 'kabar_lumbung'",
        "update sources set verdict = 'unreachable' where name = 'portal_paser'",
    )
    page = document_fromstring(get("/kesehatan").text)
    said = {" ".join(state.text_content().split()) for state in page.cssselect(".states li")}
    assert said == {"berubah 1", "tidak diizinkan 1", "tidak terhubung 1", "tidak dikunjungi 1", "belum dinilai 1"}
    assert "0 dari 5 sumber sekarang terbaca." in prose(get("/kesehatan"))


def test_the_age_of_the_data_is_told_by_the_clocks_of_jakarta(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        "update runs set ended_at = '2024-11-24T18:30:00+00:00' where command = 'crawl'",
        "update release set made_at = '2024-11-24T19:05:00+00:00'",
    )
    told = ages(get)
    assert told["Berita terbaru tentang program"] == "20 November 2024"
    assert told["Terakhir mengunjungi media"] == "25 November 2024, 01.30 WIB"
    assert told["Rilis yang Anda lihat"].startswith("25 November 2024, 02.05 WIB")
    assert told["Terakhir membaca isi berita"] == "belum pernah"
    assert told["Surat terakhir"] == "pekan yang dimulai 18 November 2024"


def test_a_visit_that_was_cut_off_is_said_so(public: Path, tmp_path: Path, get: Get) -> None:
    cut_off = change(
        public,
        tmp_path,
        "insert into runs values (9999, 'crawl', '2024-11-25T01:00:00+00:00', null, null)",
    )
    assert "terputus sebelum selesai; mulainya 25 November 2024, 08.00 WIB." in prose(cut_off("/kesehatan"))
    assert "terputus" not in prose(get("/kesehatan"))


def test_what_waits_for_a_person_is_counted_by_kind_and_leads_to_it(get: Get, rows: Rows) -> None:
    page = document_fromstring(get("/kesehatan").text)
    said = {
        re.search(r"kind=(\w+)", link.get("href"))[1]: int(link.cssselect("b")[0].text_content())  # type: ignore[index]
        for link in page.cssselect(".waits a")
    }
    assert said == {row["kind"]: row["n"] for row in rows("select kind, count(*) as n from review group by kind")}
    assert f"{sum(said.values())} hal menunggu" in prose(get("/kesehatan"))


def test_an_empty_database_says_why_there_is_nothing(public: Path, tmp_path: Path) -> None:
    tables = ("fates", "url_outcomes", "sources", "runs", "review", "review_kinds", "digests", "articles", "release")
    get = change(public, tmp_path, *(f"delete from {table}" for table in tables))
    page = prose(get("/kesehatan"))
    for said in (
        "Belum ada sumber yang dipantau.",
        "Belum ada alamat yang ditemukan.",
        "Tidak ada yang menunggu: semua temuan cukup pasti atau sudah diperiksa.",
    ):
        assert said in page
    assert set(ages(get).values()) == {"belum pernah"}


def test_sources_that_nobody_judged_are_not_called_read(public: Path, tmp_path: Path) -> None:
    get = change(public, tmp_path, "update sources set verdict = null, is_to_look_at = null")
    page = prose(get("/kesehatan"))
    assert "Belum satu pun dari 5 sumber dinilai" in page
    assert "Belum dapat dikatakan: belum ada sumber yang dinilai." in page
    assert "terbaca seperti biasa" not in page


ALARM = "insert into alarms values (null, '{}', '{}', '{}', '{}', 'Not read.', '[]', 1, '{}', {})"
NEWEST = "update runs set started_at = '2024-11-23T00:00:00+00:00'"


def test_alarms_are_shown_with_since_when_and_those_that_are_over_apart(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        NEWEST,
        ALARM.format(
            "warta_selatan", "list-wall", "broken", "Daftarnya tidak terbaca.", "2024-11-20T01:00:00+00:00", "null"
        ),
        ALARM.format(
            "lensa_teluk", "undated", "look", "<b>Dua</b> tanpa tanggal.", "2024-11-21T01:00:00+00:00", "null"
        ),
        ALARM.format("lensa_teluk", "edited", "note", "Satu berubah.", "2024-11-21T01:00:00+00:00", "null"),
        ALARM.format(
            "kabar_lumbung",
            "page-down",
            "look",
            "Dua gagal.",
            "2024-11-01T01:00:00+00:00",
            "'2024-11-02T01:00:00+00:00'",
        ),
        ALARM.format(
            "kabar_lumbung", "page-slow", "look", "Lama.", "2024-10-01T01:00:00+00:00", "'2024-10-02T01:00:00+00:00'"
        ),
    )
    page = document_fromstring(get("/kesehatan").text)
    lines = [" ".join(line.text_content().split()) for line in page.cssselect(".alarms li")]
    assert lines == [
        "Warta Selatan tidak terbaca Daftarnya tidak terbaca. sejak 20 November 2024, 08.00 WIB",
        "Lensa Teluk perlu dilihat <b>Dua</b> tanpa tanggal. sejak 21 November 2024, 08.00 WIB",
        "Kabar Lumbung sudah terbaca lagi Dua gagal. "
        "sejak 1 November 2024, 08.00 WIB, selesai 2 November 2024, 08.00 WIB",
    ]
    assert "1 catatan kecil di 1 sumber" in prose(get("/kesehatan"))
    kinds = {
        (one.cssselect("dt")[0].text_content(), int(one.cssselect("dd")[0].text_content()))
        for one in page.cssselect(".quiet-kinds div")
    }
    # Warta Selatan was quiet: a wall before its list comes before that.
    assert {
        ("sumber terbaca, tetapi tidak ada kabar baru", 1),
        ("sumber menolak kami", 2),
        ("sumber tidak dapat kami baca", 1),
    } <= kinds
    own = document_fromstring(get("/media/lensa_teluk").text)
    assert len(own.cssselect(".alarms li")) == 1
    assert get(in_english("/kesehatan")).text.count("Not read.") == 3


def test_without_alarms_the_page_says_so(get: Get) -> None:
    assert "Tidak ada: kunjungan terakhir ke setiap sumber terbaca." in prose(get("/kesehatan"))


def test_what_is_expected_of_a_source_stands_beside_what_is_seen(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        "update sources set floor_week = 12, week_pages = 7, floor_placed = 0.6, placed_share = 0.4 "
        "where name = 'lensa_teluk'",
    )
    table = document_fromstring(get("/media/lensa_teluk").text).cssselect("table.expect")[0]
    told = [
        " ".join(" ".join(cell.text_content().split()) for cell in row.cssselect("th, td"))
        for row in table.cssselect("tbody tr")
    ]
    assert "Halaman berita baru, 7 hari ≥ 12 7 kurang" in told
    assert "Berita tentang program yang menyebut daerah ≥ 60 % 40 % kurang" in told
