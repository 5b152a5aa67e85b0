"""Pages in, articles out: whole articles against golden files, and one page for each trap."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crawler import parser_version
from crawler.article import boilerplate, dates
from crawler.article.encoding import decode
from crawler.ingest import LOCAL_SOURCE
from crawler.items import PAGE_BREAK, Page, ParseError
from crawler.parse import parse_article
from crawler.parser_version import parser_versions
from crawler.source import Source

PAGES = Path(__file__).parent / "pages"
FETCHED_AT = datetime(2025, 11, 20, 3, 0, tzinfo=UTC)
BODY = (
    "<p>Pemerintah Kabupaten Sikka menggelar bimbingan teknis tahap I penyusunan masterplan Kota Cerdas di Maumere.</p>"
    "<p>Kegiatan itu diikuti seluruh perangkat daerah dan perwakilan dua puluh satu kecamatan selama dua hari.</p>"
)
TITLE = "Sikka Mulai Susun Masterplan Kota Cerdas"


def build_source(family: str = "generic", timezone: str = "Asia/Jakarta", **more: Any) -> Source:
    written = {
        "name": "warta_muara", "outlet": "Warta Muara", "home": "https://wartamuara.example", "kind": "media",
        "family": family, "timezone": timezone, "ways": [{"way": "feed", "url": "/feed"}], "knowledge": "seen",
    }  # fmt: skip
    return Source.model_validate(written | more)


def build_page(body: bytes | str, url: str = "https://wartamuara.example/berita/1", **more: Any) -> Page:
    body = body.encode() if isinstance(body, str) else body
    return Page(url, "warta_muara", FETCHED_AT, 200, body, **({"headers": {"content-type": "text/html"}} | more))


def build_html(
    head: str = "", above: str = "", below: str = "", title: str = "Sikka Mulai Susun Masterplan Kota Cerdas"
) -> str:
    return (
        f"<html><head><title>{title}</title>{head}</head><body><div class='detail'><div class='kepala'>{above}"
        f"<h1>{title}</h1>{below}</div><div class='isi'>{BODY}</div></div></body></html>"
    )


def read(name: str) -> bytes:
    return (PAGES / name).read_bytes()


# Whole pages.

WHOLE = {
    "warta_muara/bimtek-tahap-ii": (
        ["warta_muara/bimtek-tahap-ii.html"],
        "https://wartamuara.example/2023/09/12/pemkab-barito-timur-rampungkan-bimtek-tahap-ii/?utm_source=feed",
        build_source("wordpress"),
    ),
    "kabar_teluk/nota-kesepahaman": (
        ["kabar_teluk/nota-kesepahaman-1.html", "kabar_teluk/nota-kesepahaman-2.html"],
        "https://m.kabarteluk.example/sulteng/4711/wali-kota-palu-teken-nota-kesepahaman-kota-cerdas",
        build_source(timezone="Asia/Makassar"),
    ),
    "pemkab_lembah/evaluasi-tahap-i": (
        ["pemkab_lembah/evaluasi-tahap-i.html"],
        "https://ende.example/berita/detail/kabupaten-ende-ikuti-evaluasi-tahap-i-kota-cerdas",
        build_source(timezone="Asia/Makassar"),
    ),
}


# One page for each CMS that we meet, with what its themes print around and between the paragraphs: its address, family
# and zone. Outlets, people and sentences are invented.
CMS = {
    "newkarma/bimtek-tahap-ii": (
        "https://wartadayak.example/pemkab-kapuas-tuntaskan-bimtek-kota-cerdas-tahap-ii/", "wordpress", "Asia/Jakarta"),
    "jnews/nota-kesepahaman": (
        "https://lensalamaholot.example/bupati-flores-timur-teken-nota-kesepahaman-kota-cerdas/", "wordpress",
        "Asia/Makassar"),
    "tagdiv/evaluasi-tahap-i": (
        "https://kawanuapost.example/kota/tim-penilai-evaluasi-kota-cerdas-tahap-i-di-tomohon/", "wordpress",
        "Asia/Makassar"),
    "elementor/penghargaan": (
        "https://diskominfo.maros.example/raih-penghargaan-kabupaten-maros-masuk-sepuluh-besar/", "wordpress",
        "Asia/Makassar"),
    "wpberita/advertorial": (
        "https://porosmahakam.example/kubar/kutai-barat-libatkan-kampus-susun-rencana-induk/", "wordpress",
        "Asia/Makassar"),
    "tribun/halaman-satu": (
        "https://berau.tribunlama.example/2023/06/13/sekda-berau-buka-bimtek-kota-cerdas-minta-opd-serius", "tribun",
        "Asia/Makassar"),
    "kompas/daerah-kepulauan": (
        "https://regional.sorotmedia.example/read/2023/11/03/054219178/kota-cerdas-di-daerah-kepulauan?page=all",
        "kompas", "Asia/Jakarta"),
    "detik/dua-halaman": (
        "https://www.detak.example/jateng/berita/d-6819/wali-kota-tegal-kota-cerdas-jangan-cuma-aplikasi", "detik",
        "Asia/Jakarta"),
    "antara/penghargaan": (
        "https://bali.antra.example/berita/334511/gianyar-raih-penghargaan-kota-cerdas-bidang-pariwisata", "antara",
        "Asia/Jakarta"),
    "rri/evaluasi": (
        "https://rri.example/daerah/324511/kotim-siap-hadapi-evaluasi-kota-cerdas", "rri", "Asia/Jakarta"),
    "promedia/bimtek-tahap-i": (
        "https://radartampomas.example/daerah/pr-9217/bimtek-kota-cerdas-di-sumedang-libatkan-kepala-desa", "promedia",
        "Asia/Jakarta"),
    "disway/rencana-induk": (
        "https://radarpesisir.disweb.example/read/660211/dprd-brebes-dukung-rencana-induk-kota-cerdas", "disway",
        "Asia/Jakarta"),
    "inews/nota-kesepahaman": (
        "https://papua.okeberita.example/berita/bupati-mimika-teken-kesepakatan-kota-cerdas", "inews",
        "Asia/Jayapura"),
    "jpnn/target-layanan": (
        "https://www.jarnews.example/news/palangka-raya-kejar-target-layanan-kota-cerdas", "jpnn", "Asia/Jakarta"),
    "drupal/sosialisasi": (
        "https://lingga.pemkab.example/berita/lingga-sosialisasikan-rencana-induk-kota-cerdas", "drupal",
        "Asia/Jakarta"),
    "joomla/monitoring": (
        "https://ngada.pemkab.example/index.php/berita/212-monitoring-kota-cerdas-di-kabupaten-ngada", "joomla",
        "Asia/Makassar"),
    "swarakalibata/peluncuran": (
        "https://sukamara.pemkab.example/berita/detail/bupati-sukamara-luncurkan-aduan-warga-berbasis-pesan",
        "codeigniter", "Asia/Jakarta"),
    "opensid/musyawarah-desa": (
        "https://batulicin.desa.example/artikel/2023/7/5/musyawarah-desa-bahas-layanan-digital", "opensid",
        "Asia/Jakarta"),
    "blogger/kampung-cerdas": (
        "https://suarabonerate.example/2023/11/kampung-cerdas.html", "blogger", "Asia/Makassar"),
}  # fmt: skip


@pytest.mark.parametrize("name", CMS)
def test_a_page_of_each_cms_reads_as_its_golden_article(name: str, golden: Callable[[Any, str], None]) -> None:
    url, family, timezone = CMS[name]
    article = parse_article(build_page(read(f"{name}.html"), url), build_source(family, timezone))
    golden(asdict(article) | {"text": article.text.split("\n\n")}, f"articles/{name}.json")


@pytest.mark.parametrize("name", CMS)
def test_the_family_is_not_needed_to_read_the_text(name: str) -> None:
    url, family, timezone = CMS[name]
    page = build_page(read(f"{name}.html"), url)
    known, unknown = (parse_article(page, build_source(each, timezone)) for each in (family, "generic"))
    assert (unknown.title, unknown.text, unknown.published_at) == (known.title, known.text, known.published_at)


@pytest.mark.parametrize("name", WHOLE)
def test_a_page_reads_as_its_golden_article(name: str, golden: Callable[[Any, str], None]) -> None:
    parts, url, source = WHOLE[name]
    article = parse_article(build_page(PAGE_BREAK.join(map(read, parts)), url), source)
    golden(asdict(article) | {"text": article.text.split("\n\n")}, f"articles/{name}.json")


def test_the_first_of_two_pages_alone_is_not_complete() -> None:
    page = build_page(read("kabar_teluk/nota-kesepahaman-1.html"), WHOLE["kabar_teluk/nota-kesepahaman"][1])
    assert not parse_article(page, build_source()).is_complete


def test_a_windows_1252_page_reads_the_same_whatever_it_declares() -> None:
    _, url, source = WHOLE["pemkab_lembah/evaluasi-tahap-i"]
    utf8 = read("pemkab_lembah/evaluasi-tahap-i.html")
    expected = parse_article(build_page(utf8, url), source).text
    assert "“Ende Lapor”" in expected
    old = utf8.decode().encode("cp1252")
    for declared in ("text/html", "text/html; charset=utf-8", "text/html; charset=iso-8859-1"):
        assert parse_article(build_page(old, url, headers={"content-type": declared}), source).text == expected
        assert parse_article(build_page(utf8, url, headers={"content-type": declared}), source).text == expected


@pytest.mark.parametrize(
    ("body", "content_type", "says"),
    [
        (b"", "text/html", "empty"),
        (b"%PDF-1.7 \x00\x01", "text/html", "no text"),
        (b"%PDF-1.7 \x00\x01", "application/pdf", "application/pdf is not read"),
        (bytes(range(256)) * 40, "text/html", "unreadable"),
        (b"<html><body><p>Video.</p></body></html>", "text/html", "no article"),
        (b"\xef\xbb\xbf", "text/html", "no HTML"),
        (b"<!-- iklan -->", "text/html", "no HTML"),
        (b"Bupati membuka rapat smart city. " * 6_100, "text/plain", "201,299 characters"),
        (read("warta_muara/tag-smart-city.html"), "text/html", "a list of"),
    ],
)
def test_what_is_no_article_is_refused_in_words(body: bytes, content_type: str, says: str) -> None:
    with pytest.raises(ParseError, match=says) as refused:
        parse_article(build_page(body, headers={"content-type": content_type}), build_source())
    assert str(refused.value).startswith("https://wartamuara.example/berita/1: ")


@pytest.mark.parametrize(
    ("url", "body_class"),
    [
        ("https://wartamuara.example/", ""),
        ("https://wartamuara.example/tag/smart-city/", ""),
        ("https://wartamuara.example/?s=smart+city", ""),
        ("https://wartamuara.example/pemerintahan/", "archive category category-pemerintahan"),
    ],
)
def test_a_listing_is_refused_by_its_address_or_its_body_class(url: str, body_class: str) -> None:
    html = build_html("<link href='/wp-content/style.css'>").replace("<body>", f"<body class='{body_class}'>")
    with pytest.raises(ParseError, match="not an article"):
        parse_article(build_page(html, url), build_source())


def test_a_body_class_is_believed_on_wordpress_alone() -> None:
    html = build_html().replace("<body>", "<body class='blog category'>")
    assert parse_article(build_page(html), build_source()).title == TITLE


def test_a_selector_that_finds_nothing_names_the_file_to_open() -> None:
    source = build_source(selectors={"body": ".isi-artikel"})
    with pytest.raises(ParseError, match=r"nothing at '\.isi-artikel' \(crawler/sources/warta_muara\.yml\)"):
        parse_article(build_page(build_html()), source)


def test_broken_links_and_control_characters_do_no_harm() -> None:
    html = build_html("<link rel='canonical' href='http://[rusak'>", below="<a href='http://[rusak'>x</a><!-- y -->")
    html = html.replace("Maumere.", "<!-- y -->\x03Maumere&#1;\x02.")
    article = parse_article(build_page(html), build_source())
    assert article.canonical_url == "https://wartamuara.example/berita/1"
    assert article.text.replace("\n", "").isprintable()


def test_a_long_line_without_spaces_is_read_at_once() -> None:
    # A pattern with two ways to read the same letters once needed a minute for this.
    assert boilerplate.clean_lines(["Om51bGx9LCJ0ZndfdHdlZXRf" * 40], None)


# Dates.

META = "<meta property='article:published_time' content='{}'>"
JSONLD = '<script type=\'application/ld+json\'>{{"@type": "NewsArticle", "datePublished": "{}"}}</script>'


@pytest.mark.parametrize(
    ("head", "above", "below", "expected", "by"),
    [
        (JSONLD.format("2023-09-12T01:00:00Z") + META.format("2023-09-10"), "", "",
         "2023-09-12T08:00:00+07:00", "jsonld"),
        (META.format("2023-09-12T17:30:00+00:00"), "", "", "2023-09-13T00:30:00+07:00", "meta"),
        (META.format("2023-09-12T20:30:00-07:00"), "", "", "2023-09-12T20:30:00+07:00", "meta"),
        (META.format("2023-09-12T20:30:00+08:00"), "", "", "2023-09-12T20:30:00+08:00", "meta"),
        # The local clock called UTC: readers see the same clock and its zone beside it.
        (META.format("2023-09-12T20:30:00Z"), "", "<p>12/09/2023, 20.30 WITA</p>", "2023-09-12T20:30:00+08:00", "meta"),
        ("", "", "<time class='entry-date published' datetime='2023-09-12T15:20:00+07:00'>kemarin</time>",
         "2023-09-12T15:20:00+07:00", "time"),
        ("", "<span>Kamis, 20 November 2025</span>", "<p>Selasa, 12 September 2023 | 10:15 WITA</p>",
         "2023-09-12T10:15:00+08:00", "text"),
        ("", "<span>Jumat, 8 November 2024 14:05 WIB</span>", "", "2024-11-08T14:05:00+07:00", "text"),
        # A date in the future of its fetch is no date; the next way is asked.
        (META.format("2031-01-01T00:00:00Z"), "", "<p>12/09/2023, 10.15</p>", "2023-09-12T10:15:00+07:00", "text"),
    ],
)  # fmt: skip
def test_the_date_comes_from_the_most_trusted_place(head: str, above: str, below: str, expected: str, by: str) -> None:
    article = parse_article(build_page(build_html(head, above, below)), build_source())
    assert (article.published_at and article.published_at.isoformat(), article.published_by) == (expected, by)
    assert article.date_reason is None


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("2023-09-12T17:30:00Z", "2023-09-13T01:30:00+08:00"),
        ("2023-09-12T20:30:00+07:00", "2023-09-12T20:30:00+07:00"),
        ("2023-09-12T20:30:00-07:00", "2023-09-12T20:30:00+08:00"),
        ("2023-09-12 20:30:00 +0800", "2023-09-12T20:30:00+08:00"),
        ("2023/09/12 20:30:00", "2023-09-12T20:30:00+08:00"),
        ("2023-09-12", "2023-09-12T00:00:00+08:00"),
        ("Tue, 12 Sep 2023 12:30:00 GMT", "2023-09-12T20:30:00+08:00"),
        ("1694521800", "2023-09-12T20:30:00+08:00"),
        ("Selasa, 12 September 2023 | 20:30 WITA", "2023-09-12T20:30:00+08:00"),
    ],
)
def test_a_stamp_is_told_in_the_zone_of_its_source(stamp: str, expected: str) -> None:
    page = build_page(build_html(META.format(stamp)))
    article = parse_article(page, build_source(timezone="Asia/Makassar"))
    assert article.published_at is not None
    assert article.published_at.isoformat() == expected


@pytest.mark.parametrize(
    ("below", "url", "expected"),
    [
        # The clock that readers see, called UTC.
        ("<p>Selasa, 12 September 2023 | 20:30 WITA</p>", "/berita/1", "2023-09-12T20:30:00+08:00"),
        ("<p>Selasa, 12 September 2023 | 20:30</p>", "/berita/1", "2023-09-12T20:30:00+08:00"),
        # Only the day is printed, or in the address: the clock's day, not the day after.
        ("<p>Selasa, 12 September 2023</p>", "/berita/1", "2023-09-12T20:30:00+08:00"),
        ("", "/2023/09/12/sikka", "2023-09-12T20:30:00+08:00"),
        # True UTC: the day after is printed.
        ("<p>Rabu, 13 September 2023 | 04:30 WITA</p>", "/berita/1", "2023-09-13T04:30:00+08:00"),
        ("", "/2023/09/13/sikka", "2023-09-13T04:30:00+08:00"),
        ("", "/berita/1", "2023-09-13T04:30:00+08:00"),
    ],
)
def test_a_local_clock_called_utc_is_seen_through(below: str, url: str, expected: str) -> None:
    html = build_html(META.format("2023-09-12T20:30:00Z"), below=below)
    page = build_page(html, f"https://wartamuara.example{url}")
    article = parse_article(page, build_source(timezone="Asia/Makassar"))
    assert article.published_at is not None
    assert article.published_at.isoformat() == expected


def test_a_stamp_after_the_fetch_is_the_local_clock() -> None:
    html = build_html(META.format("2025-11-20T09:30:00Z"))
    article = parse_article(build_page(html), build_source())
    assert str(article.published_at) == "2025-11-20 09:30:00+07:00"


def test_a_hint_of_the_api_goes_before_the_page() -> None:
    page = build_page(build_html(META.format("2023-09-10")), hints={"date": "2023-09-12T15:20:00+07:00"})
    article = parse_article(page, build_source())
    assert (str(article.published_at), article.published_by) == ("2023-09-12 15:20:00+07:00", "api")


def test_the_selector_of_a_source_goes_before_what_machines_say() -> None:
    html = build_html(META.format("2023-09-12T10:15:00+07:00"), below="<b class='tgl'>12/09/2023 10.15 WITA</b>")
    article = parse_article(build_page(html), build_source(selectors={"date": ".tgl"}))
    assert (str(article.published_at), article.published_by) == ("2023-09-12 10:15:00+08:00", "text")


def test_the_address_is_the_last_place_for_a_date() -> None:
    article = parse_article(build_page(build_html(), "https://wartamuara.example/2023/09/12/sikka"), build_source())
    assert (str(article.published_at), article.published_by) == ("2023-09-12 00:00:00+07:00", "url")


@pytest.mark.parametrize(
    "html",
    [
        build_html(),
        # A "today" bar, another article's time, the day of a change, a date in a sentence.
        build_html(above="<div class='top-date'>Kamis, 20 November 2025</div>"),
        build_html(above="<span>Kamis, 20 November 2025</span>"),
        build_html(below="<aside><time datetime='2024-01-02'>2 Januari 2024</time></aside>"),
        build_html(below="<p>Diperbarui: 12 September 2023</p>"),
        build_html(below="<p>Rapat digelar Selasa, 12 September 2023</p>"),
    ],
)
def test_a_page_without_a_date_gets_none_and_a_reason(html: str) -> None:
    article = parse_article(build_page(html), build_source())
    assert (article.published_at, article.published_by) == (None, None)
    assert article.date_reason == "Halaman tidak menyebut tanggal terbit."


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Selasa, 12 September 2023 | 10:15 WITA", "2023-09-12T10:15:00+08:00"),
        ("Jumat 8 November 2024 14:05 WIB", "2024-11-08T14:05:00+07:00"),
        ("12/09/2023, 10.15", "2023-09-12T10:15:00+07:00"),
        ("Jum'at, 3 November 2023", "2023-11-03T00:00:00+07:00"),
        ("12 Sept. 2023 pukul 10.15 WIT", "2023-09-12T10:15:00+09:00"),
        ("Diposting oleh admin pada 12 September 2023", "2023-09-12T00:00:00+07:00"),
        ("Lestari Wijayakusuma - 12 Agu 2023 08:05", "2023-08-12T08:05:00+07:00"),
        ("12 September 2023 Dibaca 120 kali", "2023-09-12T00:00:00+07:00"),
        ("September 12, 2023 1:05 pm", "2023-09-12T13:05:00+07:00"),
        ("Sungailiat, 12 September 2023", "2023-09-12T00:00:00+07:00"),
        ("2023-09-12 10:15", "2023-09-12T10:15:00+07:00"),
        # Forms that the libraries read as nothing or as another day.
        ("Jum’at (3/11/2023)", "2023-11-03T00:00:00+07:00"),
        ("Jum´at, 3 November 2023", "2023-11-03T00:00:00+07:00"),
        ("3 Nop 2023 | 14:05 WITA", "2023-11-03T14:05:00+08:00"),
        ("Rabu (8/11/2023) hari ini", "2023-11-08T00:00:00+07:00"),
        ("Hari Rabu, 8 November 2023", "2023-11-08T00:00:00+07:00"),
        # Untranslated Drupal prints the month first; the weekday tells.
        ("Submitted by admin_kominfo on Tue, 09/12/2023 - 10:15", "2023-09-12T10:15:00+07:00"),
        ("Wed, 10/18/2023 - 11:26", "2023-10-18T11:26:00+07:00"),
        ("Selasa, 12/09/2023", "2023-09-12T00:00:00+07:00"),
        ("By Administrator, Rabu, 22 November 2023, Dibaca : 318 Kali", "2023-11-22T00:00:00+07:00"),
        ("Oleh MC KAB PASER, Selasa, 4 Juli 2023 | 09:00 WIB - Redaktur: Rina - 318", "2023-07-04T09:00:00+07:00"),
        ("wartapaser.example - 03/11/2023, 05:42 WIB", "2023-11-03T05:42:00+07:00"),
        ("Oleh Lestari Wijaya pada 16 Agu 2022, 09:20 WIB", "2022-08-16T09:20:00+07:00"),
        ("Selasa 26-09-2023,14:20 WIB", "2023-09-26T14:20:00+07:00"),
    ],
)
def test_a_date_line_is_read(line: str, expected: str) -> None:
    assert dates.parse_dateline(line).isoformat() == expected


@pytest.mark.parametrize(
    "line",
    [
        "kemarin",
        "31 Februari 2023",
        "09/13/2023",
        "September 2023",
        "Terakhir diubah: 12 September 2023",
        "Update: 12 September 2023",
        "Kegiatan berlangsung 12 September 2023 di Palu",
        "PALU, 12 September 2023 - Pemerintah Kota Palu hadir",
        "Bimtek digelar pada 12 September 2023.",
        "Senin, 3 sampai 4 Juli 2023",
        "Smart City Award 2023",
    ],
)
def test_what_is_no_date_line_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        dates.parse_dateline(line)


# Pages of an article.

PAGER = "<div class='{}'>Halaman: <b>1</b> <a href='{}'>{}</a></div>"


@pytest.mark.parametrize(
    ("below", "is_complete"),
    [
        ("", True),
        (PAGER.format("paging", "/berita/1?page=2", "2"), False),
        (PAGER.format("paging", "/berita/1?page=all", "Tampilkan Semua"), False),
        (PAGER.format("page-links", "/berita/1/2/", "2"), False),
        (PAGER.format("pagination", "/berita/1/15", "Selanjutnya"), False),
        (PAGER.format("x", "/berita/1/all", "Semua"), False),
        ("<p>Halaman 1 dari 3</p>", False),
        ("<p>Selengkapnya di halaman selanjutnya.</p>", False),
        ("<a href='/berita/1?page=2'>Lanjutkan membaca</a>", False),
        # Other lists have pagers, too.
        (PAGER.format("comments", "/berita/1?page=2", "2"), True),
        (PAGER.format("paging", "/berita/2?page=2", "2"), True),
        (PAGER.format("paging", "/indeks?page=2", "Selanjutnya"), True),
        ("<a href='/berita/1?page=2'>Jalan Lingkar Dibuka</a>", True),
        ("<p>Halaman kantor bupati dipadati warga pada hari kedua.</p>", True),
    ],
)
def test_an_article_that_goes_on_elsewhere_is_not_complete(below: str, is_complete: bool) -> None:
    html = build_html().replace("</body>", f"{below}</body>")
    assert parse_article(build_page(html), build_source()).is_complete is is_complete


def test_a_source_whose_articles_are_whole_on_one_page_has_no_incomplete_ones() -> None:
    page = build_page(build_html(below=PAGER.format("paging", "/berita/1?page=2", "2")))
    assert not parse_article(page, build_source()).is_complete
    assert parse_article(page, build_source(multi_page="whole")).is_complete


def test_all_pages_in_one_or_a_page_that_is_known_to_be_missing() -> None:
    html = build_html(below=PAGER.format("paging", "/berita/1?page=2", "2"))
    whole = build_page(html, "https://wartamuara.example/berita/1?page=all")
    assert parse_article(whole, build_source()).is_complete
    cut = build_page(build_html(), hints={"incomplete": "page 2: HTTP 500"})
    assert not parse_article(cut, build_source()).is_complete


# Bodies under odd names.

LEAD = (
    "Pemerintah Kabupaten Luwu Timur memulai penyusunan rencana induk Kota Cerdas dengan rapat di aula Malili, Senin."
)
NEXT = "Bimtek tahap pertama dijadwalkan bulan depan dengan pendamping dari perguruan tinggi di Makassar dan Palopo."
ODD = f"<html><head><title>{TITLE}</title></head><body>{{}}<h1>{TITLE}</h1>{{}}</body></html>"


@pytest.mark.parametrize(
    ("before", "below"),
    [
        ("", f"<div class='comment-body isi'><p>{LEAD}</p><p>{NEXT}</p></div>"),
        ("", f"<div class='share-this social'><p>{LEAD}</p><p>{NEXT}</p></div>"),
        ("", f"<div class='paywall'><p>{LEAD}</p></div><div class='paywall'><p>{NEXT}</p></div>"),
        ("", f"<table><tr><td><font>{LEAD}<br><br>{NEXT}</font></td><td><a href='/2'>Pasar</a></td></tr></table>"),
        ("", f"<div class='x'><div>{LEAD}</div><div>&nbsp;</div><div>{NEXT}</div></div>"),
        # The first <article> of the page is another's.
        ("<article><h3><a href='/2'>Gempa di Poso tidak merusak rumah</a></h3><p>Warga keluar rumah.</p></article>",
         f"<div class='konten'><p>{LEAD}</p><p>{NEXT}</p></div>"),
        # Boxes of other articles below, each with an excerpt.
        ("", f"<div class='utama'><p>{LEAD}</p><p>{NEXT}</p></div><div class='bawah'>" + "".join(
            f"<div class='kotak'><h5><a href='/{n}'>Jalan desa nomor {n} selesai diperbaiki warga</a></h5><p>Warga dan "
            "pemerintah desa memperbaiki jalan itu selama dua pekan tanpa menunggu anggaran kabupaten turun.</p></div>"
            for n in range(2)) + "</div>"),
        # Boxes that ask for something.
        ("", f"<div class='isi'><p>{LEAD}</p><div class='gtw'><p>Banyak warga hebat di sekitar kita, ceritakan "
         f"kisahnya agar jadi inspirasi.</p><a class='b' href='/kirim'>Daftarkan</a></div><p>{NEXT}</p></div>"),
        ("", f"<article><p>{LEAD}</p><p>{NEXT} (Baca juga: <a href='/3'>Panen lada di Towuti</a>)</p></article>"),
        ("", f"<article><p><img src='a'></p><p>Rapat di Malili (Foto: Humas)</p><p>{LEAD}</p><p>{NEXT}</p></article>"),
    ],
)  # fmt: skip
def test_the_body_is_where_the_paragraphs_are_whatever_it_is_called(before: str, below: str) -> None:
    article = parse_article(build_page(ODD.format(before, below)), build_source())
    assert article.text == f"{LEAD}\n\n{NEXT}"


def test_a_lead_in_a_box_of_its_own_is_read() -> None:
    rest = f"<p>{NEXT}</p>" * 6
    html = ODD.format("", f"<div class='x'><div class='y'><p>{LEAD}</p></div><div class='z'>{rest}</div></div>")
    assert parse_article(build_page(html), build_source()).text.startswith(LEAD)


def test_a_subhead_survives_in_a_box_that_no_library_knows() -> None:
    html = ODD.format("", f"<div class='read__inner'><p>{LEAD}</p><h2>Anggaran terbatas</h2><p>{NEXT}</p></div>")
    article = parse_article(build_page(html), build_source())
    assert article.text == f"{LEAD}\n\nAnggaran terbatas\n\n{NEXT}"


def test_a_list_at_the_end_of_an_article_stays_with_its_links() -> None:
    items = "".join(f"<li>{name}</li>" for name in ("Kota Palopo", "<a href='/tag/luwu'>Kabupaten Luwu</a>", "Masamba"))
    html = ODD.format("", f"<article><p>{LEAD}</p><p>{NEXT}</p><p>Daerah yang ikut:</p><ol>{items}</ol></article>")
    assert parse_article(build_page(html), build_source()).text.endswith("Kota Palopo\n\nKabupaten Luwu\n\nMasamba")


# Titles, authors, addresses.


@pytest.mark.parametrize(
    ("head", "heading"),
    [
        ("<meta property='og:title' content='Sikka Mulai Susun Masterplan - Hot Kabar Teluk.com'>", ""),
        ("<meta property='og:title' content='Sikka Mulai Susun Masterplan | Warta Muara'>"
         "<meta property='og:site_name' content='Warta Muara'>", ""),
        ("<title>Sikka Mulai Susun Masterplan – wartamuara.example</title>", ""),
        ("<title>Portal Kabupaten</title>", "<h1>Portal Kabupaten</h1><h2>Sikka Mulai Susun Masterplan</h2>"),
    ],
)  # fmt: skip
def test_a_title_is_without_the_name_of_its_site(head: str, heading: str) -> None:
    html = f"<html><head>{head}</head><body>{heading}{BODY}</body></html>"
    page = build_page(html, "https://wartamuara.example/berita/sikka-mulai-susun-masterplan")
    assert parse_article(page, build_source()).title == "Sikka Mulai Susun Masterplan"


def test_a_hyphen_of_the_title_itself_stays() -> None:
    html = build_html(title="Bimtek Kota Cerdas - Hari Kedua di Maumere")
    assert parse_article(build_page(html), build_source()).title == "Bimtek Kota Cerdas - Hari Kedua di Maumere"


@pytest.mark.parametrize(
    ("head", "below", "expected"),
    [
        ("<meta name='author' content='Warta Cyber Media'>", "<p>Penulis: Lestari Wijaya | Editor: Damar</p>",
         ("Lestari Wijaya",)),
        ("<meta name='author' content='Lestari Wijaya'>", "", ("Lestari Wijaya",)),
        ("<meta name='author' content='admin'>", "", ()),
        ("<meta name='author' content='Wartamuara Com Developer'>", "<p>Editor: Damar</p>", ()),
        ("<meta name='author' content='Redaksi'>", "<p>Oleh: Lestari Wijaya dan Damar Prakoso</p>",
         ("Lestari Wijaya", "Damar Prakoso")),
        ("<meta name='author' content='Warta Muara'><meta property='og:site_name' content='Warta Muara'>", "", ()),
        ("<meta name='author' content='rina_paser01'>", "<p>Diposting oleh Diskominfo Sikka</p>", ()),
        ("", "<p>Pewarta: Lestari WijayaEditor: Damar Copyright © 2026</p>", ("Lestari Wijaya",)),
        ("", "<p>Rep: Lestari Wijaya/ Red: Damar</p>", ("Lestari Wijaya",)),
        ("", "<p>Laporan Wartawan Warta Muara, Lestari Wijaya</p>", ("Lestari Wijaya",)),
        ("", "<p class='reporter'>Lestari Wijaya</p>", ("Lestari Wijaya",)),
        ("", "<span>oleh <a href='/author/lestari/'>Lestari Wijaya</a></span>", ("Lestari Wijaya",)),
        ("", "<div class='author'>Lestari Wijaya - <b>Warta Muara</b></div>", ("Lestari Wijaya",)),
        ("", "<p>Editor: <a href='/author/9'>Damar Prakoso</a></p>", ()),
    ],
)  # fmt: skip
def test_authors_are_persons_and_the_byline_goes_first(head: str, below: str, expected: tuple[str, ...]) -> None:
    assert parse_article(build_page(build_html(head, below=below)), build_source()).authors == expected


@pytest.mark.parametrize(
    ("said", "fetched", "expected"),
    [
        ("https://www.wartamuara.example/berita/1", "https://m.wartamuara.example/berita/1", "https://www.wartamuara.example/berita/1"),
        ("https://wartamuara.example/berita/1", "https://wartamuara.example/berita/1/amp", "https://wartamuara.example/berita/1"),
        # A theme that gives every page the home's address would make one article of all.
        ("https://wartamuara.example/", "https://wartamuara.example/berita/1", "https://wartamuara.example/berita/1"),
        ("https://iklan.example/promo", "https://wartamuara.example/berita/1", "https://wartamuara.example/berita/1"),
        ("https://induk.example/x/sikka-bimtek", "https://wartamuara.example/y/sikka-bimtek", "https://induk.example/x/sikka-bimtek"),
        ("", "https://wartamuara.example/b?id=3&utm_source=x&fbclid=y#atas", "https://wartamuara.example/b?id=3"),
    ],
)  # fmt: skip
def test_the_canonical_address_is_believed_where_it_can_be(said: str, fetched: str, expected: str) -> None:
    html = build_html(f"<link rel='canonical' href='{said}'>" if said else "")
    assert parse_article(build_page(html, fetched), build_source()).canonical_url == expected


# Lines.

RULES = boilerplate.load_rules().lines


@pytest.mark.parametrize("line", [line for rule in RULES for line in rule.drops])
def test_a_furniture_line_is_dropped(line: str) -> None:
    assert boilerplate.is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        *(line for rule in RULES for line in rule.keeps),
        "Terkait hal itu, Sekda meminta semua perangkat daerah menyiapkan data.",
        "Selanjutnya, Asisten Administrasi Umum membacakan sambutan bupati.",
        "Komentar Netizen",
        "Sumber daya manusia menjadi perhatian tim penilai.",
        "Foto bersama menutup kegiatan bimtek hari pertama.",
        "Kegiatan Bimtek",
    ],
)
def test_a_line_rule_does_not_bite_a_report(line: str) -> None:
    assert not boilerplate.is_furniture(line)


def test_a_sentence_broken_by_a_line_is_joined_again() -> None:
    assert boilerplate.clean_lines(["Wali Kota Palu hadir di", "ruang rapat Bantaya."], None) == [
        "Wali Kota Palu hadir di ruang rapat Bantaya."
    ]


def test_utf8_that_was_stored_twice_is_repaired() -> None:
    assert decode("“Kota Cerdas” — Palu".encode().decode("latin-1").encode()) == "“Kota Cerdas” — Palu"


# Texts and records.

TEXT = """Pemkab Sikka Siap Dinilai

Teks foto: Suasana rapat persiapan. (Foto: Diskominfo)
Editor: damar
Warta Muara/Lestari Wijaya
RAPAT PERSIAPAN - Sekretaris Daerah Sikka memimpin rapat persiapan di Maumere, Kamis (21/4/2022).

MAUMERE, WARTA MUARA - Pemerintah Kabupaten Sikka menyiapkan diri menghadapi evaluasi tahap I pelaksanaan Kota Cerdas.

Baca juga: Jalan Lingkar Maumere Dibuka
Terkait hal itu, Sekda meminta semua perangkat daerah menyiapkan bukti pendukung.
Sumber: Diskominfo Sikka
Halaman 1/2
Rekomendasi untuk Anda
Sepuluh Pantai di Flores yang Wajib Dikunjungi
© 2026 Warta Muara Network
"""


def build_text(text: str) -> Page:
    return build_page(text, "file:a.txt#0", headers={"content-type": "text/plain"})


def test_a_text_copied_from_a_page_loses_its_furniture_and_keeps_its_caption() -> None:
    article = parse_article(build_text(TEXT), LOCAL_SOURCE)
    assert article.title == "Pemkab Sikka Siap Dinilai"
    assert [line[:24] for line in article.text.split("\n\n")] == [
        "RAPAT PERSIAPAN - Sekret",
        "MAUMERE, WARTA MUARA - P",
        "Terkait hal itu, Sekda m",
    ]
    assert (article.published_at, article.is_complete) == (None, False)
    assert article.date_reason == "Halaman tidak menyebut tanggal terbit."


def test_a_text_that_opens_with_its_dateline_has_no_title() -> None:
    text = "Maumere - Pemerintah Kabupaten Sikka menggelar rapat\nKegiatan itu dihadiri semua camat di Sikka."
    assert parse_article(build_text(text), LOCAL_SOURCE).title is None


def test_a_date_line_of_a_text_dates_it() -> None:
    text = "Pemkab Sikka Siap Dinilai\nSelasa, 12 September 2023 10.15 WITA\nPemerintah Kabupaten Sikka siap dinilai."
    article = parse_article(build_text(text), LOCAL_SOURCE)
    assert (str(article.published_at), article.published_by) == ("2023-09-12 10:15:00+08:00", "text")
    assert article.text == "Pemerintah Kabupaten Sikka siap dinilai."


def test_lines_broken_at_a_width_become_paragraphs_again() -> None:
    words = "Pemerintah Kabupaten Sikka menggelar rapat persiapan evaluasi Kota Cerdas di Maumere "
    paragraph = (words * 6).strip() + "."
    wrapped = textwrap.fill(paragraph, 70)
    article = parse_article(build_text(f"{wrapped}\n\nWakil {wrapped}"), LOCAL_SOURCE)
    assert len(article.text.split("\n\n")) == 2


def build_record(record: str) -> Page:
    return build_page(record, "file:a.jsonl#0", headers={"content-type": "application/json"})


def test_a_record_is_taken_as_given() -> None:
    record = (
        '{"url": "https://a.example/1", "published": "2023-11-08", "title": "Judul", "text": "Baca juga: A\\nIsi B"}'
    )
    article = parse_article(build_record(record), LOCAL_SOURCE)
    assert article.canonical_url == "https://a.example/1"
    assert article.text == "Baca juga: A\n\nIsi B"
    assert (article.published_at, article.published_by) == (
        datetime(2023, 11, 8, tzinfo=ZoneInfo("Asia/Jakarta")),
        "api",
    )


@pytest.mark.parametrize("record", ["[]", "{", '{"text": ""}', '{"text": "A", "published": "kapan-kapan"}'])
def test_a_record_that_cannot_be_read_is_refused(record: str) -> None:
    with pytest.raises(ParseError):
        parse_article(build_record(record), LOCAL_SOURCE)


# Versions.


def version_of(source: Source) -> str:
    return parser_versions([source])[source.name]


def test_the_version_changes_with_the_selectors_and_not_with_the_delay() -> None:
    version = version_of(build_source())
    assert len(version) == 12
    assert version_of(build_source(delay=9)) == version
    assert version_of(build_source(selectors={"body": ".isi"})) != version
    assert version_of(LOCAL_SOURCE) == version_of(LOCAL_SOURCE)


def test_the_version_changes_with_the_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "article").mkdir()
    for file in [*parser_version.ROOM.glob("*.*"), *parser_version.ROOM.glob("article/*.*")]:
        (tmp_path / file.relative_to(parser_version.ROOM)).write_bytes(file.read_bytes())
    before = version_of(build_source())
    monkeypatch.setattr(parser_version, "ROOM", tmp_path)
    assert version_of(build_source()) == before
    with (tmp_path / "article" / "boilerplate.yml").open("a") as rules:
        rules.write("# another rule\n")
    assert version_of(build_source()) != before
