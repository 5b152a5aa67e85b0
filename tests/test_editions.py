"""Editions: which year's programme a headline or a sentence says beside a step."""

from __future__ import annotations

from datetime import datetime

import pytest
from build import build_article

from nlp.editions import find_editions, main_edition, read_edition, step_edition
from nlp.extraction import Event, Stage
from nlp.pipeline import extract

KNOWN: list[tuple[str, Stage, int | None]] = [
    ("Evaluasi Tahap II Smart City Tahun 2024 digelar Kamis, 24 April 2025.", "evaluasi-2", 2024),
    ("Pemkab Paser mengikuti evaluasi implementasi smart city 2023 secara daring.", "evaluasi", 2023),
    ("Bimtek Tahap I Penyusunan Masterplan Smart City Tahun 2022 dibuka Wakil Bupati.", "bimtek-1", 2022),
    ("Evaluasi Smart City tahun 2023 tahap II dimulai hari ini.", "evaluasi-2", 2023),
    ("Evaluasi 2024 tahap I smart city rampung.", "evaluasi-1", 2024),
    ("Ende Ikuti Evaluasi Kota Cerdas 2024", "evaluasi", 2024),
    ("Ende Raih Smart City Award 2025", "penghargaan", 2025),
    ("Bupati Ende menerima penghargaan Gerakan Menuju Smart City 2022 di Jakarta.", "penghargaan", 2022),
    ("Ende memboyong dua plakat dari malam Penganugerahan Smart City 2025.", "penghargaan", 2025),
    ("Awarding Gerakan Menuju Kota Cerdas (Smart City) Tahun 2023 berlangsung di Tangerang.", "penghargaan", 2023),
    ("Asesmen calon peserta Gerakan Menuju Smart City 2023 diikuti Pemkab Agam, Rabu (9/11/2022).", "seleksi", 2023),
    ("Seleksi Gerakan Menuju 100 Smart City tahun 2019 diikuti 107 kabupaten/kota.", "seleksi", 2019),
    ("Rapat persiapan evaluasi smart city tahun 2024 dipimpin Sekda Ende.", "evaluasi-internal", 2024),
    ("Penilaian kota cerdas tahun anggaran 2023 dilakukan asesor.", "evaluasi", 2023),
    ("Bimtek smart city edisi 2024 diikuti sepuluh daerah.", "bimtek", 2024),
    ("Bimbingan teknis smart city Kabupaten Bengkalis TA 2019 ditutup.", "bimtek", 2019),
    ("Evaluasi Smart City Kabupaten Berau Tahun 2024 berlangsung lancar.", "evaluasi", 2024),
    ("Evaluasi smart city Kota Bima dan Kabupaten Dompu tahun 2023 digelar bergantian.", "evaluasi", 2023),
    ("Masterplan Smart City Kabupaten Nabire tahun 2023 diserahkan kepada bupati.", "masterplan", 2023),
    ("Bimtek penyusunan masterplan dan quick win smart city 2022 dimulai.", "bimtek", 2022),
    ("Penandatanganan nota kesepakatan Gerakan Menuju Smart City tahun 2023 dilakukan virtual.", "mou", 2023),
    ("Evaluasi tahap II (dua) kota cerdas (smart city) 2024 diikuti 241 daerah.", "evaluasi-2", 2024),
    ("EVALUASI SMART CITY TAHAP I TAHUN 2024, KADISKOMINFO: KAMI SIAP", "evaluasi-1", 2024),
    ("“Evaluasi smart city 2024 kami ikuti penuh,” kata Sekda.", "evaluasi", 2024),
    ("Wakil Bupati menghadiri Forum Smart City Nasional 2023 di Tangerang.", "lainnya", 2023),
    ("Penghargaan diserahkan pada Forum Smart City Nasional 2023.", "penghargaan", 2023),
    ("Evaluasi SmartCity 2023 menghadirkan dua asesor.", "evaluasi", 2023),
    ("Pemkab Ende terpilih mengikuti Gerakan Menuju Kota Cerdas (Smart City) 2023.", "seleksi", 2023),
    ("Program Smart City 2023 di Ende memasuki bimtek tahap III.", "bimtek-3", 2023),
    ("Ende dinyatakan lolos Gerakan Menuju 100 Smart City tahun 2019.", "seleksi", 2019),
    ("Angkatan 2022 memulai bimtek pertamanya di Hotel Santika.", "bimtek-1", 2022),
    ("Sebagai peserta program smart city tahun 2022, Ende menandatangani nota kesepahaman.", "mou", 2022),
    (
        "Asesor menilai hasil implementasi program Kota Cerdas (Smart City) Tahun 2023 di 191 daerah.",
        "evaluasi-2",
        2023,
    ),
    ("Penghargaan diterima terkait pelaksanaan Kota Cerdas atau Smart City tahun 2022.", "penghargaan", 2022),
    ("Ende lolos asesmen Gerakan Menuju Kota Cerdas untuk tahun 2023.", "seleksi", 2023),
    ("Diskominfo menyosialisasikan program Smart City tahun anggaran 2023.", "implementasi", 2023),
    ("Smart City Award 2025 diberikan atas evaluasi 2024.", "penghargaan", 2025),
    ("Smart City Award 2025 diberikan atas evaluasi 2024.", "evaluasi", 2024),
    ("Seleksi Smart City 2023 usai, kini evaluasi tahap II tahun 2022 yang ditunggu.", "evaluasi-2", 2022),
    ("Evaluasi tahap I tahun 2023 dan evaluasi tahap II tahun 2024 sama ketatnya.", "evaluasi-2", 2024),
    ("Ende, peserta Gerakan Menuju Smart City 2021, menjalani evaluasi tahap II.", "evaluasi-2", None),
    ("Daerah angkatan 2022 dievaluasi untuk pertama kali.", "evaluasi", None),
    ("Ende terpilih dalam Gerakan Menuju 100 Smart City 2018 dan kini menerima penghargaan.", "penghargaan", None),
    ("Evaluasi digelar pada 12 Juni 2024.", "evaluasi", None),
    ("Bimtek smart city berlangsung Juni 2022 di Kupang.", "bimtek", None),
    ("Ende mengikuti evaluasi smart city pada tahun 2023.", "evaluasi", None),
    ("Ende terpilih tahun 2022 bersama 49 daerah.", "seleksi", None),
    ("Sejak 2017 gerakan menuju kota cerdas didampingi kementerian.", "seleksi", None),
    ("Evaluasi smart city digelar tahun 2024 oleh kementerian.", "evaluasi", None),
    ("Pada 2018 Ende mengikuti seleksi smart city.", "seleksi", None),
    ("Evaluasi tahap II, Rabu (8/11/2023), berlangsung daring.", "evaluasi-2", None),
    ("Ende mengikuti evaluasi (2023) dan bimtek (2018).", "evaluasi", None),
    ("Hingga 2022 sudah 191 daerah didampingi.", "evaluasi", None),
    ("Bimtek smart city dijadwalkan untuk tahun 2025.", "bimtek", None),
    ("Evaluasi smart city akhir 2024 dijalani dengan baik.", "evaluasi", None),
    ("Senin, 10 Juni 2024, evaluasi tahap I smart city dibuka.", "evaluasi-1", None),
    ("Masterplan Smart City 2021-2030 disahkan.", "masterplan", None),
    ("Peraturan Bupati Nomor 41 Tahun 2023 tentang Masterplan Smart City diteken.", "masterplan", None),
    ("Evaluasi smart city mengacu pada RPJMD 2025.", "evaluasi", None),
    ("Anggaran evaluasi smart city dari APBD 2024 disetujui.", "evaluasi", None),
    ("Evaluasi SPBE 2023 disusul evaluasi smart city.", "evaluasi", None),
    ("Menjelang Pilkada 2024, evaluasi smart city tetap berjalan.", "evaluasi", None),
    ("Forum Smart City masa bakti 2025-2030 dikukuhkan.", "implementasi", None),
    ("Evaluasi smart city untuk 241 daerah yang didampingi 2017 hingga 2023 dimulai.", "evaluasi", None),
    ("Kabupaten ini berdiri tahun 2003 dan mengikuti evaluasi smart city.", "evaluasi", None),
    ("Evaluasi smart city tahun ini diikuti Ende.", "evaluasi", None),
    ("Evaluasi smart city tahun 2022 dan 2023 diikuti Ende.", "evaluasi", None),
    ("Kota Kediri 2022 dan evaluasi smart city.", "evaluasi", None),
    ("Evaluasi smart city 2045 orang hadir.", "evaluasi", None),
    ("Bimtek desa wisata 2023 dan evaluasi smart city.", "evaluasi", None),
    ("Bimtek smart city 2022 membuahkan masterplan.", "masterplan", None),
    ("Evaluasi tahap I tahun 2023 sudah dilewati.", "evaluasi-2", None),
    ("Hasil evaluasi 2024 menjadi dasar penghargaan.", "penghargaan", None),
]
"""Sentences by which the rule was made."""

UNSEEN: list[tuple[str, Stage, int | None]] = [
    ("Kominfo Lamongan Matangkan Data Jelang Evaluasi Tahap II Smart City Tahun 2024", "evaluasi-internal", 2024),
    ("Penilaian akhir kota cerdas edisi 2023 baru rampung Februari 2024, kata Kadis Kominfo Sragen.", "evaluasi", 2023),
    ("Pemkot Palu dijadwalkan dievaluasi pada Oktober 2024.", "evaluasi", None),
    (
        "Tim asesor mengevaluasi pelaksanaan smart city Ngawi tahun 2023 lewat Zoom, Senin (4/3/2024).",
        "evaluasi",
        2023,
    ),
    ("Bupati Wajo menyerahkan bukti dukung evaluasi smart city TA 2024 ke Komdigi.", "evaluasi", 2024),
    ("Peserta angkatan 2023 mulai menjalani bimtek tahap pertama di Hotel Claro.", "bimtek-1", 2023),
    (
        "Sebagai peserta angkatan 2021, Kabupaten Samosir kembali dinilai asesor pada evaluasi tahap II.",
        "evaluasi-2",
        None,
    ),
    ("Kota Metro Masuk 50 Besar Gerakan Menuju Smart City Tahun 2022", "seleksi", 2022),
    ("Kabupaten Sikka terpilih pada tahun 2023 bersama 49 daerah lain.", "seleksi", None),
    (
        "Wali Kota Sorong menandatangani nota kesepahaman Smart City 2023 dengan Ditjen Aptika, Selasa (28/2/2023).",
        "mou",
        2023,
    ),
    ("Bimtek tahap IV digelar 12-13 Oktober 2022 di Aula Bappeda.", "bimtek-4", None),
    (
        "Bimbingan Teknis (Bimtek) III Penyusunan Masterplan Kota Cerdas Sumba Barat Daya Tahun 2023 dibuka.",
        "bimtek-3",
        2023,
    ),
    ("Peraturan Bupati Nomor 17 Tahun 2022 menjadi dasar pelaksanaan smart city di Alor.", "implementasi", None),
    ("Masterplan Smart City Kota Tegal 2024-2033 resmi diserahkan kepada wali kota.", "masterplan", None),
    ("Kabupaten Bone Terima Penghargaan Smart City 2023 dari Kominfo", "penghargaan", 2023),
    (
        "Kendal meraih penghargaan Smart Economy pada ajang Smart City Award 2025 atas hasil evaluasi 2024.",
        "penghargaan",
        2025,
    ),
    ("Smart City Award 2025 diberikan atas hasil evaluasi implementasi tahun 2024.", "evaluasi", 2024),
    ("Pemkab Tuban membahas anggaran smart city 2025 bersama Komisi I DPRD.", "implementasi", None),
    ("“Evaluasi tahun 2023 kemarin nilai kita 2,98,” ujar Kabid Aptika.", "evaluasi", 2023),
    ("Dibanding 2022, nilai evaluasi smart city Kota Batu naik tipis.", "evaluasi", None),
    ("Rakor Persiapan Penilaian Smart City Tahun Anggaran 2024 dipimpin Asisten II.", "evaluasi-internal", 2024),
    ("Evaluasi Smart City 2022 Tahap I diikuti 141 kabupaten/kota.", "evaluasi-1", 2022),
    ("Pada tahun 2024 tahap kedua evaluasi dilakukan secara daring.", "evaluasi-2", None),
    ("Bupati berharap RPJMD 2025-2029 memuat hasil evaluasi smart city.", "evaluasi", None),
    ("Sejak 2017 Kementerian Kominfo mendampingi 241 daerah, dan kini evaluasi tahap II digelar.", "evaluasi-2", None),
    ("Diskominfo Belu sosialisasikan program Smart City Tahun 2023 kepada para camat.", "implementasi", 2023),
    ("Hadiri Forum Smart City Nasional 2025, Bupati Toraja Utara Belajar dari Yogyakarta", "lainnya", 2025),
    (
        "Assessment Gerakan Menuju Kota Cerdas (Smart City) Tahun 2024 diikuti Flores Timur, Kamis (23/11/2023).",
        "seleksi",
        2024,
    ),
    ("Kota Pariaman masuk gelombang kedua tahun 2018 dan tahun ini menjalani penilaian.", "evaluasi", None),
    ("Evaluasi implementasi smart city periode 2023 dilakukan Maret 2024.", "evaluasi", 2023),
    ("Penandatanganan MoU Gerakan Menuju 100 Smart City tahap II tahun 2018 berlangsung di Makassar.", "mou", 2018),
    ("Pilkada 2024 membuat jadwal evaluasi smart city bergeser.", "evaluasi", None),
    ("Indeks SPBE 2023 Kabupaten Bima ikut dibahas dalam evaluasi smart city.", "evaluasi", None),
    ("Evaluasi smart city tahun 2022 dan 2023 sama-sama menempatkan Kota Kupang di papan tengah.", "evaluasi", None),
    ("EVALUASI TAHAP II KOTA CERDAS (SMART CITY) TAHUN 2024 DIGELAR VIRTUAL", "evaluasi-2", 2024),
    (
        "Kementerian Kominfo menutup rangkaian pendampingan Smart City 2022 lewat bimtek keempat di Ambon.",
        "bimtek-4",
        2022,
    ),
    ("Evaluasi tahap I yang berlangsung Juni 2024 mencatat nilai 2,7.", "evaluasi-1", None),
    (
        "Solok mengikuti wawancara seleksi calon peserta Smart City untuk tahun 2022, Selasa (16/11/2021).",
        "seleksi",
        2022,
    ),
    ("Tim Pelaksana Smart City Kabupaten Malaka 2023-2028 dikukuhkan Bupati.", "implementasi", None),
    ("Kabupaten Sigi ikuti Evaluasi Implementasi Smart City (Tahun 2024) Tahap II secara daring.", "evaluasi-2", 2024),
]
"""Written before the rule was run on any sentence; all forty were read right the first time."""

HARDER: list[tuple[str, Stage, int | None]] = [
    ("Hasil evaluasi Smart City Tahun 2023, Kota Bitung raih predikat baik.", "evaluasi", 2023),
    (
        "Pemko Tebing Tinggi Paparkan Capaian Kota Cerdas di Hadapan Asesor Evaluasi Tahap Kedua TA. 2024",
        "evaluasi-2",
        2024,
    ),
    ("Tahun 2024 ini merupakan evaluasi smart city ketiga bagi Kabupaten Siak.", "evaluasi", None),
    ("Evaluasi smart city di tahun 2023 menempatkan Kupang di urutan 12.", "evaluasi", None),
    ("Kominfo RI Gelar Evaluasi Gerakan Menuju Smart City Nasional Tahun 2022 Secara Virtual", "evaluasi", 2022),
    ("Evaluasi Implementasi Rencana Induk Smart City Tahun 2023 Tahap 1 dipusatkan di Surabaya.", "evaluasi-1", 2023),
    ("Kegiatan evaluasi masterplan smart city 2023 itu diikuti seluruh OPD.", "evaluasi", 2023),
    ("Bupati Menerima Penghargaan Smart City Kategori Smart Living Tahun 2023", "penghargaan", 2023),
    ("Kota Sawahlunto dapat penghargaan sebagai peserta terbaik Gerakan Menuju Smart City 2019.", "penghargaan", None),
    ("Anugerah Kota Cerdas 2023: Bontang Terbaik Smart Environment", "penghargaan", 2023),
    ("Bimtek II Gerakan Menuju Kota Cerdas 2021 Kawasan Danau Toba dimulai Senin (6/9/2021).", "bimtek-2", 2021),
    ("Pj Bupati teken MoU Smart City, Lebong siap jalankan program tahun 2022.", "mou", None),
    (
        "Nota Kesepakatan Pelaksanaan Program Smart City Tahun 2024 diteken di Command Center, Selasa (5/3).",
        "mou",
        2024,
    ),
    ("Kemkominfo umumkan 50 kabupaten/kota peserta Gerakan Menuju Smart City 2023.", "seleksi", 2023),
    ("Asesmen tahun 2022 meloloskan 50 daerah untuk Smart City 2023.", "seleksi", None),
    ("Rencana pelaksanaan evaluasi smart city tahun 2025 masih menunggu juknis Komdigi.", "evaluasi", 2025),
    ("Penyusunan Masterplan Smart City Tahun Anggaran 2021 memasuki tahap akhir.", "masterplan", 2021),
    ("Laporan akhir penyusunan rencana induk kota cerdas Kabupaten Ngada 2021 diterima bupati.", "masterplan", 2021),
    ("Masterplan Smart City (2022-2031) akan jadi acuan.", "masterplan", None),
    ("Perwal Smart City Nomor 12/2023 menguatkan dewan.", "implementasi", None),
    ("Tim asesor menanyakan capaian 2023 dan rencana 2024 saat evaluasi smart city.", "evaluasi", None),
    ("Dalam evaluasi itu Wali Kota memaparkan program prioritas tahun 2024.", "evaluasi", None),
    ("Evaluasi kinerja pelaksanaan kota cerdas tahun 2023 dilakukan secara mandiri.", "evaluasi-internal", 2023),
    ("Rakor Smart City 2024, Sekda: Lengkapi Eviden!", "evaluasi-internal", 2024),
    ("Jelang Penilaian Smart City 2023, Diskominfo Morowali Kumpulkan Admin OPD", "evaluasi-internal", 2023),
    ("Sejak evaluasi tahun 2021, Ternate tidak pernah absen.", "evaluasi", 2021),
    ("Daerah yang terpilih tahun 2018 menjalani evaluasi tahap I, Selasa (18/6/2019).", "evaluasi-1", None),
    ("Gerakan Menuju 100 Smart City (2017-2019) berakhir dengan evaluasi.", "evaluasi", None),
    ("Nilai indeks smart city 2022 Kota Jambi 3,2, naik dari evaluasi sebelumnya.", "evaluasi", 2022),
    ("KEMENKOMINFO GELAR BIMTEK SMART CITY 2018 TAHAP KETIGA DI TABANAN", "bimtek-3", 2018),
    ("Selamat! Kabupaten Demak Lolos 25 Besar Smart City 2019", "seleksi", 2019),
    ("Kota Magelang siap hadapi evaluasi smart city th 2023", "evaluasi-internal", 2023),
    ("Kota Banjar ikut pendampingan smart city 2024 tahap bimtek pertama.", "bimtek-1", 2024),
    ("Bupati hadir di Smart City Summit 2024 Jakarta.", "lainnya", 2024),
    ("Evaluasi smart city tahun ke-2 pelaksanaan, yakni 2023, dimulai.", "evaluasi", None),
]
"""Written next, to be harder: 33 of 35 were read right the first time."""


@pytest.mark.parametrize(("sentence", "stage", "edition"), KNOWN + UNSEEN + HARDER)
def test_an_edition_closes_the_phrase_of_a_step_or_of_the_programme(
    sentence: str, stage: Stage, edition: int | None
) -> None:
    assert read_edition(sentence, stage) == edition


def test_an_edition_says_where_its_phrase_lies_and_whose_it_is() -> None:
    text = "Plakat Smart City Award 2025 diberikan atas evaluasi tahap II tahun 2024."
    found = [(text[e.start : e.end], e.year, e.owner, e.numbers) for e in find_editions(text)]
    assert found == [
        ("Plakat Smart City Award 2025", 2025, "penghargaan", frozenset()),
        ("evaluasi tahap II tahun 2024", 2024, "evaluasi", frozenset({2})),
    ]


@pytest.mark.parametrize(
    ("title", "lead", "rest", "held", "edition"),
    [
        ("Ende Ikuti Evaluasi Smart City 2024", "Evaluasi smart city 2023 diikuti.", "", "2025-04-24", 2024),
        ("Ende Dievaluasi", "Evaluasi tahap II smart city tahun 2024 digelar.", "", "2025-04-24", 2024),
        ("Ende Dievaluasi", "Setelah evaluasi tahun 2023, Ende dinilai lagi.", "", "2024-06-10", None),
        ("Ende Dievaluasi", "Nilainya naik dibanding evaluasi tahun 2023.", "", "2024-06-10", None),
        ("Ende Dievaluasi", "Pada evaluasi tahun 2023 lalu nilainya 2,7.", "", "2024-06-10", None),
        ("Ende Dievaluasi", "Program Smart City 2023 ditutup dengan evaluasi tahun 2024.", "", "2024-06-10", 2024),
        ("Nilai Evaluasi Smart City 2021 Dibuka Lagi", "", "", "2024-06-10", None),
        ("Nilai Evaluasi Smart City 2021 Dibuka Lagi", "", "", None, 2021),
        ("Ende Dievaluasi", "Evaluasi dimulai.", "Asesor menilai program Kota Cerdas tahun 2024.", "2024-06", 2024),
        ("Ende Dievaluasi", "Evaluasi dimulai.", "Pada evaluasi tahun 2023 nilainya 2,7.", "2024-06-10", None),
        ("Ende Dievaluasi", "Evaluasi dimulai.", "Evaluasi tahun 2024 selesai.", None, None),
    ],
)
def test_the_edition_of_the_main_event_stands_in_headline_or_lead(
    title: str, lead: str, rest: str, held: str | None, edition: int | None
) -> None:
    assert main_edition(title, [lead], [rest], "evaluasi", held) == edition


def test_a_step_told_in_passing_has_the_edition_of_its_own_clause() -> None:
    text = "Bimtek smart city 2022 diikuti penuh, lalu evaluasi tahap I tahun 2023 dijalani."
    comma = text.index(",")
    assert step_edition(text, (0, comma), (0, 6), "bimtek", None) == 2022
    assert step_edition(text, (comma, len(text)), (43, 59), "evaluasi-1", None) == 2023
    assert step_edition(text, (0, comma), (0, 6), "evaluasi-1", None) is None


def test_a_year_far_from_the_day_of_a_step_is_that_of_another_round() -> None:
    text = "Evaluasi smart city tahun 2021"
    assert step_edition(text, (0, len(text)), (0, 8), "evaluasi", "2022-03-01") == 2021
    assert step_edition(text, (0, len(text)), (0, 8), "evaluasi", "2024-03-01") is None


def read(title: str, text: str, published: str) -> list[tuple[str, str | None, int | None, bool]]:
    day = datetime.fromisoformat(f"{published}T09:00:00+07:00")
    events: tuple[Event, ...] = extract(build_article("https://warta.example/a", "warta", text, title, day)).events
    return [(event.stage, event.start_date, event.edition, event.is_main) for event in events]


@pytest.mark.parametrize(
    ("title", "text", "published", "expected"),
    [
        (
            "Pemkab Ende Jalani Evaluasi Tahap II Smart City Tahun 2024",
            "Pemkab Ende menjalani evaluasi tahap II smart city oleh asesor Kementerian Komdigi, Kamis (24/4/2025).",
            "2025-04-25",
            [("evaluasi-2", "2025-04-24", 2024, True)],
        ),
        (
            "Pemkab Ende Jalani Evaluasi Smart City",
            "Pemkab Ende menjalani evaluasi tahap I implementasi smart city, Senin (10/6/2024).\n\n"
            "Evaluasi tahap II tahun 2023 digelar 14 Maret 2024 secara daring.\n\n"
            "Baca juga: Evaluasi Smart City 2024 Dimulai",
            "2024-06-11",
            [("evaluasi-1", "2024-06-10", None, True), ("evaluasi-2", "2024-03-14", 2023, False)],
        ),
        (
            "Kabupaten Ende Lolos Seleksi Smart City",
            "Kabupaten Ende dinyatakan lolos asesmen Gerakan Menuju Kota Cerdas (Smart City) untuk tahun 2023 lewat "
            "surat Ditjen Aptika Kementerian Kominfo, Jumat (3/6/2022).",
            "2022-06-08",
            [("seleksi", "2022-06-03", 2023, True)],
        ),
    ],
)
def test_an_event_has_its_edition_apart_from_its_day(
    title: str, text: str, published: str, expected: list[tuple[str, str | None, int | None, bool]]
) -> None:
    assert read(title, text, published) == expected
