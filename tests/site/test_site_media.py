from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml.html import document_fromstring
from sitepages import Get, Rows, change, in_english, open_site, prose

from publish.site.source_charts import weekly_chart


def listed(response: Any) -> list[str]:
    """The names of the list, in its order."""
    return [link.text_content() for link in document_fromstring(response.text).cssselect("table.outlets tbody th a")]


def test_the_list_says_who_is_not_read_why_and_since_when(get: Get) -> None:
    page = document_fromstring(get("/media").text)
    how = {
        row.cssselect("th a")[0].text_content(): " ".join(row.cssselect(".how")[0].text_content().split())
        for row in page.cssselect("table.outlets tbody tr")
    }
    assert how["Suara Mentaya"] == (
        "tidak diizinkansejak 19 Nov 2024. Daftar beritanya tidak dapat kami buka: menolak permintaan kami (HTTP 403)."
    )
    assert how["Lensa Teluk"].startswith("berubahsejak 19 Nov 2024. ")
    assert how["Kabar Lumbung"] == "terbaca"
    assert how["Warta Selatan"] == "terbaca, sepi", "quiet is not broken"
    assert "3 dari 5 sumber yang dikunjungi terakhir kali terbaca, 23 November 2024." in prose(get("/media"))
    assert "2 perlu dilihat, dengan alasannya" in prose(get("/media"))


@pytest.mark.parametrize(
    ("order", "first", "header"),
    [
        ("", "Lensa Teluk", "Berita"),
        ("nama", "Kabar Lumbung", "Nama"),
        ("keadaan", "Suara Mentaya", "Keadaan"),
        ("daerah", "Lensa Teluk", "Daerah"),
        ("dulu", "Warta Selatan", "Lebih dulu"),
        ("salin", "Suara Mentaya", "Menyalin"),
        ("disalin", "Kabar Lumbung", "Disalin"),
        ("terakhir", "Warta Selatan", "Berita terakhir"),
    ],
)
def test_the_list_is_sorted_by_a_chosen_column(
    public: Path, tmp_path: Path, order: str, first: str, header: str
) -> None:
    get = change(
        public,
        tmp_path,
        "insert into source_copies values ('suara_mentaya', 'kabar_lumbung', 2, 0)",
    )
    page = get(f"/media?urut={order}")
    assert listed(page)[0] == first
    (sorted_header,) = document_fromstring(page.text).cssselect("th[aria-sort]")
    assert sorted_header.text_content() == header


def test_the_list_says_how_many_regencies_who_is_first_and_who_copies(public: Path, tmp_path: Path) -> None:
    get = change(public, tmp_path, "insert into source_copies values ('lensa_teluk', 'kabar_lumbung', 1, 1)")
    (row,) = [
        row
        for row in document_fromstring(get("/media").text).cssselect("table.outlets tbody tr")
        if "Lensa" in row.text_content()
    ]
    told = {cell.get("data-label"): " ".join(cell.text_content().split()) for cell in row.cssselect("td[data-label]")}
    assert told["Berita"] == "3"
    assert told["Daerah"] == "3 <1 %"
    assert told["Lebih dulu"] == "0 dari 1 0 %"
    assert told["Menyalin"] == "2 66 %"


def test_a_long_list_comes_in_pages(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        "insert into sources (name, outlet_name, kind, articles) with recursive n(i) as (select 100 union all "
        "select i + 1 from n where i < 219) select 'contoh_' || i, 'Contoh ' || i, 'media', 0 from n",
        "insert into source_reporting select name, 0, 0, 0, 0, 0, 0, 0, 0, null, 0 from sources "
        "where name like 'contoh_%'",
    )
    first, second, last = (get(f"/media?urut=nama&halaman={page}") for page in (1, 2, 99999))
    assert "125 sumber. Halaman 1 dari 3." in prose(first)
    assert len(listed(first)) == len(listed(second)) == 50
    assert not set(listed(first)) & set(listed(second))
    assert len(listed(last)) == 25
    assert listed(get("/media?q=contoh+150")) == ["Contoh 150"]
    assert "belum dinilai 120" in prose(get("/media"))


@pytest.mark.parametrize(
    "query", ["keadaan=rusak", "provinsi=99", "jenis=x", "urut=drop%20table", "keadaan=" + "a" * 10_000]
)
def test_a_choice_that_there_is_not_is_said_so(get: Get, query: str) -> None:
    response = get(f"/media?{query}")
    assert response.status_code == 400
    assert f"Pilihan ini tidak kami kenal: {query.split('=')[0]}" in prose(response)
    assert get(in_english(f"/media?{query}")).status_code == 400


@pytest.mark.parametrize("words", ["%25", "__", "%00", "'%22", "a" * 10_000, "tidak ada"])
def test_a_name_that_nobody_has_is_said_so(get: Get, words: str) -> None:
    response = get(f"/media?q={words}")
    assert response.status_code == 200
    if words == "%00":
        assert len(listed(response)) == 5, "nothing was asked for"
    else:
        assert "Tidak ada sumber untuk pilihan ini." in prose(response)


def test_what_cannot_be_said_of_completeness_is_said_with_its_reason(get: Get) -> None:
    assert "belum dapat dikatakan: hanya satu jalan yang mencantumkannya, jadi tidak ada pembanding." in prose(
        get("/media")
    )


@pytest.mark.parametrize(
    ("weeks", "says"),
    [
        (1, "Kami memperkirakan memegang 91 % (84–96 %) berita tentang program ini dari pekan 18–24 November 2024."),
        (4, "memegang 91 % (84–96 %) berita tentang program ini dari 4 pekan terakhir, sampai 24 November 2024."),
    ],
)
def test_completeness_stands_in_plain_words_with_its_interval(
    public: Path, tmp_path: Path, weeks: int, says: str
) -> None:
    held = "held = 91, estimate = 99.2, low = 94, high = 108, unsaid_id = null, unsaid_en = null, gaps = 2"
    where = f"week = '2024-W47' and weeks = {weeks}"
    get = change(public, tmp_path, f"update completeness set sources = 23, {held} where {where}")
    page = prose(get("/media"))
    assert says in page
    assert "Dihitung dari 91 berita pada 23 sumber" in page
    assert "cenderung terlalu baik" in page
    assert "Pada 2 sumber, hampir semua isi daftarnya baru bagi kami" in page
    assert "91% (84–96%)" in prose(get("/media?lang=en"))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("keadaan=blocked", {"Suara Mentaya"}),
        ("keadaan=lihat", {"Suara Mentaya", "Lensa Teluk"}),
        ("provinsi=64", {"Warta Selatan", "Portal Pemkab Paser"}),
        ("provinsi=64&keadaan=blocked", set()),
    ],
)
def test_sources_are_chosen_by_how_they_are_and_where(get: Get, query: str, names: set[str]) -> None:
    rows = document_fromstring(get(f"/media?{query}").text).cssselect("tbody th a")
    assert {row.text_content() for row in rows} == names


def test_every_source_has_a_page(get: Get, rows: Rows) -> None:
    for row in rows("select name, outlet_name from sources where kind <> 'file'"):
        page = get(f"/media/{row['name']}")
        assert page.status_code == 200
        assert row["outlet_name"] in prose(page)
    missing = get("/media/tidak_ada")
    assert missing.status_code == 404
    assert "Tidak ada sumber dengan nama ini" in prose(missing)


def test_the_page_of_a_source_shows_its_ways_its_fates_and_how_we_visit(get: Get) -> None:
    page = prose(get("/media/suara_mentaya"))
    assert "feed/feed/23 Nov 2024tidak terbaca" in page
    assert "https://suaramentaya.example/feed/: HTTP 403" in page
    assert "sitemap pemeriksaan/sitemap.xml" in page
    assert "1 sudah tidak ada" in page
    assert "Jeda antara dua permintaan3 detik" in page
    assert "Paling banyak sehari2.000 permintaan" in page
    assert "Terakhir terbaca18 November 2024" in page


def test_a_contact_is_named_where_there_is_one(public: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANTAU_CONTACT", "redaksi@pantau.example")
    for path in ("/media", "/media/kabar_lumbung"):
        assert "dapat menghubungi redaksi@pantau.example" in prose(open_site(public)(path))


def test_the_page_of_a_source_shows_how_it_did_week_by_week(get: Get, rows: Rows) -> None:
    page = document_fromstring(get("/media/suara_mentaya").text)
    told = [
        [cell.text_content() for cell in row.cssselect("th, td")] for row in page.cssselect("#riwayat ~ details tr")
    ]
    assert told[1] == ["18 Nov 2024", "1 dari 6", "4", "4", "54"]
    assert told[2] == ["11 Nov 2024", "7 dari 7", "28", "28", "72"]
    columns = [title.text_content() for title in page.cssselect(".weeks title")]
    assert columns[-1] == "Pekan yang dimulai 18 Nov 2024: 4 tautan baru, 1 dari 6 kunjungan terjawab"
    assert len(columns) == len(rows("select monday from source_weeks where source = 'suara_mentaya'"))


def test_a_week_without_a_visit_is_no_silence_of_the_source() -> None:
    weeks = [
        {"monday": "2024-10-07", "runs": 7, "answered_runs": 7, "new": 10, "kept": 1, "requests": 9},
        {"monday": "2024-10-28", "runs": 7, "answered_runs": 0, "new": 0, "kept": 0, "requests": 9},
    ]
    chart = weekly_chart(weeks, 5, 20)
    assert chart is not None
    assert [column["state"] for column in chart["columns"]] == ["all", "unvisited", "unvisited", "no"]
    assert [column["height"] for column in chart["columns"]] == [30, 0, 0, 0]
    assert chart["band"] == {"y": 0.0, "height": 45.0}
    assert weekly_chart([], None, None) is None


def test_a_source_that_was_never_visited_is_told_so(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        *(f"delete from {table} where source = 'suara_mentaya'" for table in ("source_weeks", "source_ways")),
        "update sources set verdict = null, visited_at = null, read_at = null where name = 'suara_mentaya'",
    )
    page = prose(get("/media/suara_mentaya"))
    assert "belum dinilai" in page
    assert "Belum pernah dikunjungi, jadi keadaannya belum diketahui." in page
    assert "belum diketahui: belum dikunjungi" in page


def test_the_page_of_a_source_says_whom_it_copies_and_who_copies_it(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        "insert into source_copies values ('lensa_teluk', 'warta_selatan', 3, 1)",
        "update source_reporting set verbatim_share = 0.925 where source = 'lensa_teluk'",
    )
    copier, copied = (get(f"/media/{name}") for name in ("lensa_teluk", "warta_selatan"))
    assert "Menyalin dariWarta Selatan 3 salinan, 1 salinan disunting" in prose(copier)
    assert "Rata-rata 92 % kata salinannya sama persis" in prose(copier)
    assert "Disalin olehLensa Teluk 3 salinan, 1 salinan disunting" in prose(copied)
    assert "Belum ada naskah sumber lain yang dimuatnya." in prose(copied)
    assert document_fromstring(copied.text).cssselect(".partners a")[0].get("href") == "/media/lensa_teluk"
    numbers = [number.text_content() for number in document_fromstring(copier.text).cssselect(".numbers dd")]
    assert numbers == ["0", "4", "0"]
    numbers = [number.text_content() for number in document_fromstring(copied.text).cssselect(".numbers dd")]
    assert numbers == ["1", "0", "4"]


def test_the_page_of_a_source_says_which_regencies_it_writes_about(get: Get) -> None:
    page = document_fromstring(get("/media/lensa_teluk").text)
    assert "3 dari 514 kabupaten dan kota" in prose(get("/media/lensa_teluk"))
    assert [link.get("href") for link in page.cssselect(".subjects a")] == [
        "/daerah/72.71",
        "/daerah/19.03",
        "/daerah/19.71",
    ]


def test_the_address_of_a_feed_is_a_link(get: Get) -> None:
    page = document_fromstring(get("/media/suara_mentaya").text)
    links = {link.text_content(): link.get("href") for link in page.cssselect(".ways a")}
    assert links["/feed/"] == "https://suaramentaya.example/feed/"


@pytest.mark.parametrize("name", ["tidak_ada", "%00", "a" * 10_000, "suara_mentaya%27--"])
def test_a_source_that_there_is_not_is_a_404_with_a_way_on(get: Get, name: str) -> None:
    response = get(f"/media/{name}")
    assert response.status_code == 404
    assert "Tidak ada sumber dengan nama ini" in prose(response)


def test_who_prints_a_text_of_its_own_twice_copies_nobody(public: Path, tmp_path: Path) -> None:
    get = change(public, tmp_path, "update source_reporting set copies = 1, originals = 1 where source = 'lensa_teluk'")
    numbers = document_fromstring(get("/media/lensa_teluk").text).cssselect(".numbers dd")
    assert [number.text_content() for number in numbers] == ["0", "0", "0"]
