from __future__ import annotations

import time

import pytest
from build import build_article

from nlp.calendar.dates import find_dates
from nlp.extraction import Figure
from nlp.figures import find_figures
from nlp.pipeline import build_pipeline, extract
from nlp.regencies import find_regencies
from nlp.tokens import sentence_spans

Told = tuple[str, float, str, str, str | None]
"""Kind, value, unit, as written, what it is about."""


def figures_of(text: str) -> tuple[Figure, ...]:
    """As the pipeline finds them: dates and places are taken."""
    doc = build_pipeline()(text)
    taken = [(span.start, span.end) for span in find_dates(text)]
    taken += [(place.start, place.end) for place in find_regencies(doc)]
    return find_figures(text, sentence_spans(doc), taken)


CASES: list[tuple[str, list[Told]]] = [
    # --- regions
    ("Evaluasi diikuti 191 kabupaten/kota.",
     [("regencies", 191, "kabupaten/kota", "191 kabupaten/kota", "Evaluasi diikuti")]),
    ("Sebanyak 107 kota/kabupaten mengirim wakilnya.",
     [("regencies", 107, "kabupaten/kota", "107 kota/kabupaten", "mengirim wakilnya")]),
    ("Program ini diikuti dua ratus empat puluh satu daerah se-Indonesia.",
     [("regencies", 241, "daerah", "dua ratus empat puluh satu daerah", "Program ini diikuti")]),
    ("Tana Toraja adalah satu dari 50 daerah terpilih tahun ini.",
     [("regencies", 50, "daerah", "50 daerah", "terpilih tahun ini")]),
    ("Lebih dari 100 kabupaten dan kota mendaftar.",
     [("regencies", 100, "kabupaten/kota", "Lebih dari 100 kabupaten dan kota", "mendaftar")]),
    ("Nota itu diteken 49 kepala daerah lain.",
     [("regencies", 49, "kepala daerah", "49 kepala daerah", "Nota itu diteken")]),
    ("Tujuh kabupaten dan dua kota di Sultra sudah dinilai.",
     [("regencies", 7, "kabupaten", "Tujuh kabupaten", None),
      ("regencies", 2, "kota", "dua kota", "di Sultra sudah dinilai")]),
    ("Sebanyak 3 dari 5 kabupaten di Bali lolos.",
     [("regencies", 3, "kabupaten", "3 dari 5 kabupaten", "di Bali lolos")]),
    # --- money
    ("Anggaran kota cerdas sebesar Rp4,3 miliar bersumber dari APBD.",
     [("budget", 4.3e9, "rupiah", "Rp4,3 miliar", "Anggaran kota cerdas")]),
    ("Pemkab mengalokasikan Rp 1.250.000.000,- untuk pusat kendali.",
     [("budget", 1.25e9, "rupiah", "Rp 1.250.000.000,-", "untuk pusat kendali")]),
    ("Dana Rp. 2,5 M sudah disiapkan.", [("budget", 2.5e9, "rupiah", "Rp. 2,5 M", "Dana")]),
    ("Biaya Rp 750 juta lebih itu ditanggung daerah.", [("budget", 7.5e8, "rupiah", "Rp 750 juta lebih", "Biaya")]),
    ("Bangunan itu menghabiskan 4,2 miliar rupiah.",
     [("budget", 4.2e9, "rupiah", "4,2 miliar rupiah", "Bangunan itu menghabiskan")]),
    ("Investasinya menelan US$ 2 juta.", [("budget", 2e6, "dolar AS", "US$ 2 juta", "Investasinya menelan")]),
    ("Belanja jaringan mencapai 500 juta per tahun.", [("budget", 5e8, "rupiah", "500 juta", "Belanja jaringan")]),
    ("Total sekitar lima ratus miliar dalam pelaksanaan kota cerdas.",
     [("budget", 5e11, "rupiah", "sekitar lima ratus miliar", "dalam pelaksanaan kota cerdas")]),
    # --- indexes
    ("Indeks SPBE Kabupaten Lahat naik dari 1,87 menjadi 2,44 dengan predikat cukup.",
     [("index", 1.87, "indeks", "1,87", "Indeks SPBE Kabupaten Lahat"),
      ("index", 2.44, "indeks", "2,44 dengan predikat cukup", "Indeks SPBE Kabupaten Lahat")]),
    ("Kota Kediri meraih nilai 3,31 (skala 4).",
     [("index", 3.31, "nilai", "3,31 (skala 4)", "Kota Kediri meraih nilai")]),
    ("Nilai evaluasi tahun lalu 3.31 dari 4.", [("index", 3.31, "nilai", "3.31 dari 4", "Nilai evaluasi tahun lalu")]),
    ("Target indeks SPBE sebesar 3,2 pada 2025.", [("index", 3.2, "indeks", "3,2", "Target indeks SPBE")]),
    ("Indeks SPBE kita 3,12 (Baik). Tahun ini targetnya 3,50.",
     [("index", 3.12, "indeks", "3,12 (Baik)", "Indeks SPBE kita"),
      ("index", 3.5, "indeks", "3,50", "Tahun ini targetnya")]),
    ("Nilai akhir Pemkot Palu 85.", [("index", 85, "nilai", "85", "Nilai akhir Pemkot Palu")]),
    ("Skor kematangannya 3,45 poin.", [("index", 3.45, "nilai", "3,45 poin", "Skor kematangannya")]),
    ("Indeksnya 3,1, sedangkan nilai kepuasan warga 88,7.",
     [("index", 3.1, "indeks", "3,1", "Indeksnya"), ("index", 88.7, "nilai", "88,7", "nilai kepuasan warga")]),
    ("Nilai dimensi baseline tercatat 3,1 sementara impact 2,8.",
     [("index", 3.1, "nilai", "3,1", "Nilai dimensi baseline"), ("index", 2.8, "nilai", "2,8", "impact")]),
    ("Indeksnya 2,9, naik 0,3 dari tahun lalu.", [("index", 2.9, "indeks", "2,9", "Indeksnya")]),
    ("Indeks Tegal 3,22, naik dari 3,04.",
     [("index", 3.22, "indeks", "3,22", "Indeks Tegal"), ("index", 3.04, "indeks", "3,04", "Indeks Tegal")]),
    ("Indeks Kabupaten Bulungan naik menjadi 3,42, dengan predikat baik.",
     [("index", 3.42, "indeks", "3,42, dengan predikat baik", "Indeks Kabupaten Bulungan")]),
    # --- ranks
    ("Kota itu di peringkat ke-4 se-Jawa Timur dan peringkat 22 nasional.",
     [("rank", 4, "peringkat", "peringkat ke-4", "se-Jawa Timur"),
      ("rank", 22, "peringkat", "peringkat 22", "nasional")]),
    ("Kabupaten ini menempati urutan ketiga nasional.", [("rank", 3, "peringkat", "urutan ketiga", "nasional")]),
    ("Palopo meraih juara II kategori smart living.", [("rank", 2, "peringkat", "juara II", "kategori smart living")]),
    ("Pemkot masuk 10 besar kota cerdas.", [("rank", 10, "peringkat", "10 besar", "kota cerdas")]),
    # --- shares
    ("Warga yang puas mencapai 87,5 persen.", [("share", 87.5, "persen", "87,5 persen", "Warga yang puas")]),
    ("Sekitar 60% pelaku usaha sudah memakainya.",
     [("share", 60, "persen", "Sekitar 60%", "pelaku usaha sudah memakainya")]),
    ("Pendapatan parkir naik 11 per sen sepanjang tahun.",
     [("share", 11, "persen", "11 per sen", "Pendapatan parkir naik")]),
    (
        "Angka tengkes menurun dari 19 persen pada 2022.",
        [("share", 19, "persen", "19 persen", "Angka tengkes menurun")],
    ),
    # --- counts
    ("Enam aplikasi buatan dinas diperiksa.", [("count", 6, "aplikasi", "Enam aplikasi", "buatan dinas diperiksa")]),
    ("Jumlah peserta 86 orang.", [("count", 86, "orang", "86 orang", "Jumlah peserta")]),
    ("Kegiatan dihadiri 50 (lima puluh) orang peserta.",
     [("count", 50, "peserta", "50 (lima puluh) orang peserta", "Kegiatan dihadiri")]),
    ("Evaluasi melibatkan 48 asesor.", [("count", 48, "asesor", "48 asesor", "Evaluasi melibatkan")]),
    ("Dua asesor menyimak paparan.", [("count", 2, "asesor", "Dua asesor", "menyimak paparan")]),
    ("Pihaknya menambah 50 titik CCTV.", [("count", 50, "titik", "50 titik", "CCTV")]),
    ("Sebanyak 35 unit CCTV terpasang di alun-alun.",
     [("count", 35, "CCTV", "35 unit CCTV", "terpasang di alun-alun")]),
    ("Aplikasi kami ada 80 lebih.", [("count", 80, "aplikasi", "80 lebih", "Aplikasi kami")]),
    ("Aplikasi dipakai 11 dari 25 puskesmas.",
     [("count", 11, "puskesmas", "11 dari 25 puskesmas", "Aplikasi dipakai")]),
    ("Sebanyak 1,2 juta penduduk terlayani.", [("count", 1.2e6, "penduduk", "1,2 juta penduduk", "terlayani")]),
    ("Sebanyak 1,250 warga terdaftar.", [("count", 1250, "warga", "1,250 warga", "terdaftar")]),
    ("Sedikitnya seribu dua ratus laporan ditangani.",
     [("count", 1200, "laporan", "Sedikitnya seribu dua ratus laporan", "ditangani")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "figures"), CASES, ids=[text for text, _ in CASES])
def test_a_figure_has_its_value_unit_and_what_it_is_about(text: str, figures: list[Told]) -> None:
    assert [(f.kind, f.value, f.unit, f.text, f.about) for f in figures_of(text)] == figures


@pytest.mark.parametrize(
    "text",
    [
        # dates, times, years
        "Bimtek berlangsung 12-14 Juni 2023 pukul 09.00-16.00 WITA.",
        "Pada 2018 kabupaten itu terpilih, tahun 2023 daerah lain.",
        "Smart City 2023 Kabupaten Lahat dibuka.",
        "Selama dua hari, lima jam sehari, peserta menyusun peta jalan 1, 5 dan 10 tahun.",
        # numbers of rules, papers, telephones, pages, rooms
        "Perwali Nomor 12 Tahun 2020 Pasal 3 ayat 2, halaman 15.",
        "Narahubung 0812-3456-7890, layanan darurat 112.",
        "Ruang rapat di lantai 3 Gedung B, Jalan Merdeka 17.",
        "Surat B-41/DJAI/AI.01.02/01/2022 diterima.",
        # stages, groups, schools
        "Bimtek 3 Kabupaten Tegal dibuka, tahap 2 daerah lain menyusul.",
        "Pelajar SMA Negeri 1 Kota Bima datang.",
        "Sesi 2 aplikasi dibahas, Buku 1 program selesai.",
        # names
        "Gerakan Menuju 100 Smart City dan Gerakan Menuju 100 Kota Cerdas.",
        "Program Bandung 1000 Kampung diluncurkan.",
        "Bupati Lima Puluh Kota dan Pemkab 50 Kota hadir.",
        "Mereka menyongsong revolusi industri 4.0 dan society 5.0.",
        # scores of matches, what is only one, what is few, other lines of the page
        "Tim Kominfo menang dengan skor 2-1.",
        "Satu aplikasi milik seorang pegawai.",
        "Dua anggota dewan datang.",
        "Baca juga: Pemkab Siapkan Rp 10 M untuk 20 Desa",
        "Skor kesiapan kurang 0,4 poin.",
        # what is measured
        "Nilai plusnya, jarak ke kota 3,5 kilometer.",
        "Kota ini punya nilai sejarah dan 24 jam layanan.",
    ],
)
def test_other_numbers_are_no_figures(text: str) -> None:
    assert figures_of(text) == ()


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("Ada 50-an daerah yang mendaftar.", "about"),
        ("Ada lebih dari 50 daerah yang mendaftar.", "over"),
        ("Hampir 50 daerah mendaftar.", "under"),
        ("Sedikitnya 50 daerah mendaftar.", "least"),
        ("Tak kurang tujuh kabupaten meneken nota itu.", "least"),
        ("Tingkat hadirnya tak pernah di bawah 90 persen.", "least"),
        ("Pemkot masuk lima besar nasional.", "most"),
        ("Sebanyak 50 daerah mendaftar.", None),
    ],
)
def test_a_figure_keeps_how_exact_it_is(text: str, bound: str | None) -> None:
    assert [figure.bound for figure in figures_of(text)] == [bound]


def test_figures_stand_at_their_place_in_one_sentence_each() -> None:
    text = (
        "Evaluasi diikuti 191 kabupaten/kota.\n\nAnggarannya Rp4,3 miliar. Sebanyak 48 asesor menilai, 60 persen dosen."
    )
    figures = figures_of(text)
    assert [figure.kind for figure in figures] == ["regencies", "budget", "count", "share"]
    assert all(text[figure.start : figure.end] == figure.text for figure in figures)
    assert all(figure.about in text for figure in figures if figure.about)
    sentences = sentence_spans(build_pipeline()(text))
    assert all(any(start <= f.start and f.end <= end for start, end in sentences) for f in figures)


def test_a_bare_amount_is_less_sure_than_one_with_its_currency() -> None:
    (bare,) = figures_of("Totalnya lima ratus miliar dalam tiga tahun.")
    (said,) = figures_of("Totalnya Rp500 miliar dalam tiga tahun.")
    assert bare.value == said.value
    assert bare.confidence < 0.9 < said.confidence


@pytest.mark.parametrize(
    "text", ["satu " * 40_000, "1.1" * 60_000, "9" * 200_000, "nilai 3,1 " * 10_000, "Rp " * 60_000, "(" * 200_000]
)
def test_long_nonsense_is_read_in_little_time(text: str) -> None:
    began = time.process_time()
    find_figures(text, ((0, len(text)),))
    assert time.process_time() - began < 5


def test_only_an_article_on_the_programme_has_figures() -> None:
    told = "Bupati Tabanan membuka bimtek tahap II masterplan smart city bersama Kementerian Kominfo, Rabu (5/7/2023)."
    figure = "Sebanyak 86 peserta hadir dan anggarannya Rp2 miliar."
    on_it = extract(build_article("https://warta.example/a", "warta", f"{told} {figure}", "Bimtek Smart City"))
    off_it = extract(
        build_article("https://warta.example/b", "warta", f"Harga cabai di pasar naik. {figure}", "Harga Cabai")
    )
    assert [found.value for found in on_it.figures] == [86, 2e9]
    assert (off_it.is_relevant, off_it.figures) == (False, ())
