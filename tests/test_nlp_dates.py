"""Calendar expressions: a wrong date is worse for a reader than none."""

from __future__ import annotations

from datetime import date

import pytest

from nlp.dates import find_dates

PUBLISHED = date(2023, 11, 6)


def values(text: str, published: date | None = None) -> list[str]:
    return [span.value for span in find_dates(text, published)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bimtek digelar 8 November 2023 di aula.", "2023-11-08"),
        ("Bimtek digelar Rabu, 8 November 2023.", "2023-11-08"),
        ("Bimtek digelar pada tanggal 8 Nopember 2023.", "2023-11-08"),
        ("Bimtek digelar tgl. 8 Nov 2023.", "2023-11-08"),
        ("Bimtek digelar Rabu (8/11/2023).", "2023-11-08"),
        ("Bimtek digelar Rabu (08/11/23).", "2023-11-08"),
        ("Bimtek digelar Rabu (8-11-2023).", "2023-11-08"),
        ("Bimtek digelar Jum'at (3/11/2023).", "2023-11-03"),
        ("Bimtek digelar Jum’at, 3 November 2023.", "2023-11-03"),
        ("Bimtek digelar Ahad (5/11/2023).", "2023-11-05"),
        ("Bimtek digelar Rabu (8 November 2023).", "2023-11-08"),
        ("Bimtek digelar 2023-11-08.", "2023-11-08"),
        ("SABTU (4/11/2023), BIMTEK DIGELAR.", "2023-11-04"),
        ("Bimtek digelar Rabu, 8\u00a0November\u00a02023.", "2023-11-08"),
    ],
)
def test_a_day_is_read_in_every_shape_newspapers_print(text: str, expected: str) -> None:
    assert expected in values(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bimtek berlangsung 12-14 Juni 2023.", "2023-06-12/2023-06-14"),
        ("Bimtek berlangsung 12 – 14 Juni 2023.", "2023-06-12/2023-06-14"),
        ("Bimtek berlangsung 3 sampai 4 Juli 2023.", "2023-07-03/2023-07-04"),
        ("Bimtek berlangsung 3 s/d 4 Juli 2023.", "2023-07-03/2023-07-04"),
        ("Bimtek berlangsung tanggal 18 dan 19 Juli 2023.", "2023-07-18/2023-07-19"),
        ("Bimtek berlangsung Senin hingga Selasa (6-7/9/2021).", "2021-09-06/2021-09-07"),
        ("Bimtek berlangsung Senin-Selasa, 6-7 September 2021.", "2021-09-06/2021-09-07"),
        ("Bimtek berlangsung 30 September s.d 1 Oktober 2019.", "2019-09-30/2019-10-01"),
        ("Bimtek berlangsung 31 Juli 2023 hingga 1 Agustus 2023.", "2023-07-31/2023-08-01"),
        ("Bimtek berlangsung 30 Desember 2023 sampai dengan 2 Januari 2024.", "2023-12-30/2024-01-02"),
        ("Bimtek berlangsung (30/9/2019-1/10/2019).", "2019-09-30/2019-10-01"),
        ("Bimtek berlangsung Senin (03/07/2023) hingga Selasa (04/07/2023).", "2023-07-03/2023-07-04"),
        ("Bimtek berlangsung Senin (3/7/2023) sampai Selasa (4/7/2023).", "2023-07-03/2023-07-04"),
        ("Bimtek berlangsung 17, 18 dan 19 Juli 2018.", "2018-07-17/2018-07-19"),
        ("Pendampingan berjalan Juni hingga Agustus 2022.", "2022-06/2022-08"),
        ("Rencana induk berlaku 2022-2027.", "2022/2027"),
        ("Penghargaan diterima tahun 2020 dan 2021.", "2020/2021"),
    ],
)
def test_a_range_keeps_its_first_and_its_last_day(text: str, expected: str) -> None:
    assert values(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Evaluasi dimulai November 2023.", "2023-11"),
        ("Evaluasi dimulai bulan November tahun 2023.", "2023-11"),
        ("Kota itu terpilih pada tahun 2021.", "2021"),
        ("Kota itu terpilih sejak 2021.", "2021"),
    ],
)
def test_a_month_or_a_year_stays_as_coarse_as_it_was_said(text: str, expected: str) -> None:
    assert values(text) == [expected]


@pytest.mark.parametrize(
    ("text", "published", "expected"),
    [
        ("Bimtek digelar Senin (6/11).", date(2023, 11, 6), "2023-11-06"),
        ("Bimtek digelar 30 Oktober lalu.", date(2023, 11, 6), "2023-10-30"),
        ("Bimtek digelar Kamis (28/12).", date(2024, 1, 2), "2023-12-28"),
        ("Bimtek lanjutan dijadwalkan Desember mendatang.", date(2023, 11, 6), "2023-12"),
        ("Asesmen berjalan bulan Maret lalu.", date(2023, 11, 6), "2023-03"),
        ("Asesmen berjalan Desember lalu.", date(2023, 2, 6), "2022-12"),
        ("Kota itu terpilih tahun lalu.", date(2023, 11, 6), "2022"),
        ("Batas unggah berkas 3 Januari.", date(2023, 12, 28), "2024-01-03"),
        ("Bimtek akan digelar 10 Februari mendatang.", date(2023, 11, 28), "2024-02-10"),
        ("Evaluasi digelar tahun ini.", date(2023, 11, 6), "2023"),
        ("Anggaran disiapkan tahun depan.", date(2023, 11, 6), "2024"),
    ],
)
def test_a_missing_year_comes_from_the_day_of_publication(text: str, published: date, expected: str) -> None:
    assert values(text, published) == [expected]


def test_a_missing_year_comes_from_the_other_dates_where_the_publication_is_unknown() -> None:
    text = "Evaluasi digelar Jumat (3/11). Tahap I berlangsung 12 Juni 2023."
    assert values(text) == ["2023-11-03", "2023-06-12"]


def test_a_day_whose_year_nobody_says_stays_open() -> None:
    (span,) = find_dates("Evaluasi digelar Jumat (3/11) di aula.")
    assert (span.start_date, span.end_date, span.value) == (None, None, "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Evaluasi digelar Rabu (7/12/2023).", "2023-12-07"),  # was a Thursday
        ("Evaluasi digelar Senin (07/09/2021).", "2021-09-07"),  # was a Tuesday
        ("Evaluasi digelar Selasa, 5 Juni 2023.", "2023-06-05"),  # was a Monday
    ],
)
def test_the_printed_date_wins_over_a_wrong_weekday(text: str, expected: str) -> None:
    assert values(text, date(2023, 12, 8)) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Perpres Nomor 95 Tahun 2018 menjadi dasar.",
        "Berdasarkan Peraturan Bupati No. 12 Tahun 2020, dewan dibentuk.",
        "Sesuai surat Nomor: B-123/DJAI/AI.01.02/05/2023 rapat dimulai.",
        "UU No 23 Tahun 2014 mengatur kewenangan daerah.",
        "Sesuai Perpres 95/2018 dan UU 23/2014, rapat digelar.",
        "Perda Nomor 5 tahun 2021 dan Perbup Nomor 7 tahun 2022 terbit.",
        "© 2023 Warta Selatan",
        "Copyright 2023 Warta Selatan",
    ],
)
def test_numbers_of_rules_letters_and_copyright_lines_are_no_dates(text: str) -> None:
    assert values(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Indonesia merdeka 17 Agustus 1945.",
        "Indonesia merdeka Jumat, 17 Agustus '45.",
        "Indonesia merdeka 17 Agustus tahun 1945.",
        "Indonesia merdeka pada bulan Agustus 1945.",
        "Indonesia merdeka (17/8/1945).",
        "Kabupaten ini berdiri 29 November 1493.",
        "Ia lahir di Tabanan, 5 Mei 1975.",
        "Pemberontakan itu pecah 30 Mei hingga 2 Juni 1875.",
        "Kongres digelar 12-14 Juni 1955.",
    ],
)
def test_days_of_history_are_not_moved_into_the_year_of_publication(text: str) -> None:
    assert values(text, date(2024, 8, 20)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Halaman 1/2",
        "Nilai indeksnya 3.31 dari 4.",
        "Acara dimulai pukul 09.30 WIB.",
        "Sebanyak 2019 peserta hadir.",
        "Jaringan 4/5 G terpasang.",
        "Hubungi 0812-3456-7890.",
        "Anggaran Rp 1.500.000 dipakai.",
        "Rapat berikutnya Senin.",
        "Besok peserta menyusun peta jalan.",
        "Smart City Award 2018 diserahkan.",
        "Skor 12-14 dari 20.",
        "Ia mau maret-maret saja.",
        "Jumlah pesertanya 20-30 orang.",
        "Nilainya antara 2.75 - 3.65.",
        "Bimtek digelar 45/13/2023.",
    ],
)
def test_numbers_that_are_no_dates_are_left_alone(text: str) -> None:
    assert values(text) == []


@pytest.mark.parametrize(
    "text",
    ["Evaluasi digelar kemarin.", "Evaluasi digelar baru-baru ini.", "Evaluasi digelar beberapa waktu lalu.", ""],
)
def test_vague_words_give_no_date_even_when_the_publication_is_known(text: str) -> None:
    assert values(text, PUBLISHED) == []


def test_every_date_is_pointed_to_where_it_stands() -> None:
    text = "Dibuka Senin (12/6/2023), ditutup 14 Juni 2023, hasil keluar Juli 2023."
    assert [text[span.start : span.end] for span in find_dates(text)] == [
        "Senin (12/6/2023)",
        "14 Juni 2023",
        "Juli 2023",
    ]


def test_brackets_around_a_date_stay_balanced() -> None:
    text = "Evaluasi (digelar 3 November 2023) selesai."
    (span,) = find_dates(text)
    assert text[span.start : span.end] == "3 November 2023"
