"""Calendar expressions: a wrong date is worse for a reader than none."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from nlp.calendar.dates import find_dates

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
        ("Indeksnya naik menjadi 3,0 tahun ini.", date(2023, 11, 6), "2023"),
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
    ("text", "expected"),
    [
        ("Indonesia merdeka 17 Agustus 1945.", ["1945-08-17"]),
        ("Indonesia merdeka Jumat, 17 Agustus '45.", []),
        ("Indonesia merdeka 17 Agustus tahun 1945.", ["1945-08-17"]),
        ("Indonesia merdeka pada bulan Agustus 1945.", ["1945-08"]),
        ("Indonesia merdeka (17/8/1945).", ["1945-08-17"]),
        ("Kabupaten ini berdiri 29 November 1493.", ["1493-11-29"]),
        ("Kabupaten ini berdiri pada tahun 1959.", ["1959"]),
        ("Ia lahir di Tabanan, 5 Mei 1975.", ["1975-05-05"]),
        ("Pemberontakan itu pecah 30 Mei hingga 2 Juni 1875.", ["1875-05-30/1875-06-02"]),
        ("Kongres digelar 12-14 Juni 1955.", ["1955-06-12/1955-06-14"]),
        ("Universitas 17 Agustus 1945 mendampingi.", []),
    ],
)
def test_days_of_history_keep_their_own_year(text: str, expected: list[str]) -> None:
    assert values(text, date(2024, 8, 20)) == expected


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Digelar Kamis, 12 Juni lalu.", "2023-06-12"),
        ("Digelar 12 s/d 14 Juni.", "2023-06-12/2023-06-14"),
        ("Digelar pada 3 dan 4 Juli.", "2023-07-03/2023-07-04"),
        ("Mulai medio Maret 2022 tim bekerja.", "2022-03"),
        ("Selesai awal Agustus.", "2023-08"),
        ("Selesai pertengahan Agustus 2022.", "2022-08"),
        ("Selesai pada akhir Agustus.", "2023-08"),
        ("Pada 2018 kota itu terpilih, dan pada Maret tahun itu bimtek dimulai.", "2018 2018-03"),
        ("Diraih tahun lalu.", "2022"),
        ("Bulan depan dimulai.", "2023-12"),
        ("Dimulai bulan lalu.", "2023-10"),
        ("Realisasi semester I 2023 naik.", "2023-01/2023-06"),
        ("Realisasi semester II tahun 2022 naik.", "2022-07/2022-12"),
        ("Laporan triwulan III 2022 masuk.", "2022-07/2022-09"),
        ("Laporan triwulan keempat tahun ini masuk.", "2023-10/2023-12"),
        ("Pada kuartal I-2024 tim dibentuk.", "2024-01/2024-03"),
        ("Dana tahun anggaran 2024 disiapkan.", "2024"),
        ("Dana TA 2022 dipakai.", "2022"),
        ("Dana T.A. 2022 dipakai.", "2022"),
        ("Dana Tahun Anggaran (TA) 2024 disiapkan.", "2024"),
        ("Rencana 2018-2023 disusun.", "2018/2023"),
        ("RPJMD 2025–2029 disusun.", "2025/2029"),
        ("Rencana induk tahun 2018 s/d 2023.", "2018/2023"),
        ("Rencana induk tahun 2018 sampai dengan tahun 2023.", "2018/2023"),
        ("Rencana 2018 hingga 2023.", "2018/2023"),
        ("Tahun ajaran 2021/2022 dimulai.", "2021/2022"),
        ("Held on November 3, 2023 in Toboali.", "2023-11-03"),
        ("Held on 3 November 2023 in Toboali.", "2023-11-03"),
        ("Held on 3rd of November 2023.", "2023-11-03"),
        ("Held on June 12-14, 2023.", "2023-06-12/2023-06-14"),
        ("Held on Friday, August 5, 2022.", "2022-08-05"),
        ("Held in August 2022.", "2022-08"),
        ("Chosen since 2021.", "2021"),
        ("Will be held next year.", "2024"),
        ("Held on 12 May 2022.", "2022-05-12"),
        ("Digelar 20 Nopember 2023.", "2023-11-20"),
        ("Digelar 28 Pebruari 2023.", "2023-02-28"),
        ("Digelar 5 Djuli 2023.", "2023-07-05"),
        ("Digelar 12-14Juni 2023.", "2023-06-12/2023-06-14"),
        ("Digelar 12Juni2023.", "2023-06-12"),
        ("Digelar 3 /11 /2023.", "2023-11-03"),
        ("Digelar 3/ 11/2023.", "2023-11-03"),
        ("Digelar 3 / 11 / 2023.", "2023-11-03"),
        ("Digelar Jum’at (3/11).", "2023-11-03"),
        ("Digelar Jum'at, (3/11).", "2023-11-03"),
        ("Digelar Juma't (3/11).", "2023-11-03"),
        ("Digelar Jum`at (3/11).", "2023-11-03"),
        ("Digelar Jum at (3/11).", "2023-11-03"),
        ("Digelar Sabtu,(12/8).", "2023-08-12"),
        ("Digelar Sabtu ,(12/8).", "2023-08-12"),
        ("Digelar Sabtu(12/8).", "2023-08-12"),
        ("Digelar Sabtu ( 12/8 ).", "2023-08-12"),
        ("Surat tertanggal 12/XI/2023 diterima.", "2023-11-12"),
        ("Digelar 3.11.2023 di aula.", "2023-11-03"),
        ("Digelar 03.11.2023.", "2023-11-03"),
        ("Digelar 2023-11-03.", "2023-11-03"),
        ("Diperbarui 2023-11-03T09:00:00.", "2023-11-03"),
        ("Diperbarui 2023/11/03 09.00.", "2023-11-03"),
        ("Dimulai pukul 09.00 WIB, Selasa 3/10.", "2023-10-03"),
        ("Selasa (3/10) pukul 09.00 WIB.", "2023-10-03"),
        ("Pukul 09.00-12.00 WIB, Selasa (3/10/2023).", "2023-10-03"),
        ("Diperbarui: 12/06/2023 09:31 WIB", "2023-06-12"),
        ("Jumat, 03 Nov 2023 10:15 WIB", "2023-11-03"),
        ("Jum'at, 03/11/2023 - 10:15", "2023-11-03"),
        ("Senin 12/06/23 20:11", "2023-06-12"),
        ("TOBOALI, 3/11/2023 - Pemkab", "2023-11-03"),
        ("Toboali (3/11) - Pemkab", "2023-11-03"),
        ("Toboali, 3 November 2023 – Pemkab", "2023-11-03"),
        ("(Foto: Diskominfo, 3/11/2023)", "2023-11-03"),
        ("Digelar 11/11/22 di Langgur.", "2022-11-11"),
        ("Digelar 12 Nov '22.", "2022-11-12"),
        ("Digelar 12-Jun-2023.", "2023-06-12"),
        ("Digelar 12-06-2023.", "2023-06-12"),
        ("Digelar 12 Agt 2023.", "2023-08-12"),
        ("Digelar 12 Sept. 2023.", "2023-09-12"),
        ("Digelar tanggal 12 Oktober tahun 2022.", "2022-10-12"),
        ("Digelar 12 bulan Oktober 2022.", "2022-10-12"),
        ("Digelar Selasa malam (31/10/2023).", "2023-10-31"),
        ("Digelar Selasa (31/10) malam.", "2023-10-31"),
        ("Digelar Selasa (31/10 malam).", "2023-10-31"),
        ("Digelar Senin (30/10) kemarin.", "2023-10-30"),
        ("Digelar Senin kemarin (30/10).", "2023-10-30"),
        ("Digelar Senin lalu, 30 Oktober.", "2023-10-30"),
        ("Digelar hari ini, Senin (6/11).", "2023-11-06"),
        ("Digelar pada hari Senin tanggal 30 Oktober 2023.", "2023-10-30"),
        ("Digelar hari Senin, tgl 30 Oktober 2023.", "2023-10-30"),
        ("Digelar (Senin, 30/10).", "2023-10-30"),
        ("Digelar (Senin, 30 Oktober 2023).", "2023-10-30"),
        ("Digelar (30/10, Senin).", "2023-10-30"),
        ("Digelar 30/10/2023 (Senin).", "2023-10-30"),
        ("Digelar tanggal 30/10 di aula.", "2023-10-30"),
        ("Digelar Senin 30/10 di aula.", "2023-10-30"),
        ("Digelar Senin, 30/10/23, di aula.", "2023-10-30"),
        ("Digelar Senin (30-10-2023).", "2023-10-30"),
        ("Digelar Senin (30.10.2023).", "2023-10-30"),
        ("Digelar Senin (30-10).", "2023-10-30"),
        ("Digelar 6 s.d. 7 November 2023.", "2023-11-06/2023-11-07"),
        ("Digelar 6 s.d 7 November 2023.", "2023-11-06/2023-11-07"),
        ("Digelar 6 sd 7 November 2023.", "2023-11-06/2023-11-07"),
        ("Digelar 6 s / d 7 November 2023.", "2023-11-06/2023-11-07"),
        ("Digelar 6 — 7 November 2023.", "2023-11-06/2023-11-07"),
        ("Digelar 6 & 7 November 2023.", "2023-11-06/2023-11-07"),
        ("Digelar 6/7 November 2023.", "2023-11-06/2023-11-07"),
        ("Digelar 6, 7, dan 8 November 2023.", "2023-11-06/2023-11-08"),
        ("Digelar 6, 7, 8 November 2023.", "2023-11-06/2023-11-08"),
        ("Digelar 6 November - 8 November 2023.", "2023-11-06/2023-11-08"),
        ("Digelar 30 Oktober-2 November 2023.", "2023-10-30/2023-11-02"),
        ("Digelar dari 30 Oktober hingga 2 November.", "2023-10-30/2023-11-02"),
        ("Digelar Senin, 30 Oktober sampai Kamis, 2 November 2023.", "2023-10-30/2023-11-02"),
        ("Digelar Senin (30/10) hingga Kamis (2/11).", "2023-10-30/2023-11-02"),
        ("Digelar Senin dan Selasa (30-31/10).", "2023-10-30/2023-10-31"),
        ("Digelar Senin-Selasa (30-31/10/2023).", "2023-10-30/2023-10-31"),
        ("Digelar Senin s/d Rabu (30/10-1/11).", "2023-10-30/2023-11-01"),
        ("Digelar Senin-Rabu (30/10-1/11/2023).", "2023-10-30/2023-11-01"),
        ("Digelar Senin 12 dan Selasa 13 Juni 2023.", "2023-06-12/2023-06-13"),
        ("Digelar 31 Juli dan 1 Agustus 2023.", "2023-07-31/2023-08-01"),
        ("Digelar 12 dan 13/6/2023.", "2023-06-12/2023-06-13"),
        ("Digelar Senin (12/6) dan Selasa (13/6).", "2023-06-12/2023-06-13"),
        ("Digelar 12 Juni dan 15 Agustus 2022.", "2022-06-12 2022-08-15"),
        ("Digelar 5 dan 19 Juni 2023.", "2023-06-05 2023-06-19"),
        ("Digelar 4, 11, dan 18 Juni 2023.", "2023-06-04 2023-06-11 2023-06-18"),
        ("Digelar 28 Desember 2022 s/d 3 Januari 2023.", "2022-12-28/2023-01-03"),
        ("Digelar 28 Desember - 3 Januari 2023.", "2022-12-28/2023-01-03"),
        ("Berjalan Juni 2022 hingga Maret 2023.", "2022-06/2023-03"),
        ("Berjalan Juni-Agustus 2022.", "2022-06/2022-08"),
        ("Berjalan Juni sampai Agustus.", "2023-06/2023-08"),
        ("Berjalan antara Mei hingga Juli 2023.", "2023-05/2023-07"),
        ("Berjalan Juni dan Juli 2023.", "2023-06/2023-07"),
        ("Berjalan November 2022-Februari 2023.", "2022-11/2023-02"),
        ("Berjalan Mei dan Agustus 2022.", "2022-05 2022-08"),
        ("Dimulai November '22.", "2022-11"),
        ("Dimulai November/2022.", "2022-11"),
        ("Dimulai bulan November, 2022.", "2022-11"),
        ("Dimulai Agustus tahun lalu.", "2022-08"),
        ("Dimulai pada 18 Desember tahun lalu.", "2022-12-18"),
        ("Dimulai Maret tahun depan.", "2024-03"),
        ("Dimulai 10 Februari tahun ini.", "2023-02-10"),
        ("Selesai akhir tahun.", ""),
        ("Selesai akhir tahun ini.", "2023"),
        ("Selesai awal tahun depan.", "2024"),
        ("Selesai pada akhir 2022.", "2022"),
        ("Selesai pertengahan tahun 2022.", "2022"),
        ("Selesai penghujung 2022.", "2022"),
        ("Sepanjang 2022 tim bekerja.", "2022"),
        ("Hingga 2024 akan berjalan.", "2024"),
        ("Sejak Februari tim bekerja.", "2023-02"),
        ("Dilaporkan per Oktober 2023.", "2023-10"),
        ("Nota diteken Maret 2021, masterplan diserahkan 12 Desember tahun yang sama.", "2021-03 2021-12-12"),
        (
            "Terpilih Maret 2019, bimtek I diadakan 2-3 Juli 2019, disusul tahap II awal Agustus.",
            "2019-03 2019-07-02/2019-07-03 2019-08",
        ),
        (
            "Bimtek I digelar 5 Juli, bimtek II 6 Agustus, dan bimtek III 10-11 September 2018.",
            "2018-07-05 2018-08-06 2018-09-10/2018-09-11",
        ),
        ("Kota yang terpilih pada Maret 2019 itu digelar evaluasinya pada 3 November.", "2019-03 2023-11-03"),
        ("Terpilih pada Maret 2021 dan akan dievaluasi 12 Desember.", "2021-03 2023-12-12"),
        ("Bimtek akan digelar 15 Januari.", "2024-01-15"),
        ("Nota telah diteken 15 Desember.", "2022-12-15"),
        ("Targetnya Januari perbup terbit.", "2024-01"),
        ("Perbup telah terbit Desember.", "2022-12"),
        ("Diraih pada 2019 dan 2021.", "2019/2021"),
        ("Diraih tahun 2019, 2020, dan 2021.", "2019/2021"),
        ("Ditargetkan jalan 2024.", "2024"),
        ("Untuk anggaran 2024 sudah disepakati.", "2024"),
        ("Hasil evaluasi 2022 menjadi pijakan.", "2022"),
        ("Tahun 2022 lalu kota itu terpilih.", "2022"),
        ("Dimulai tahun '22.", ""),
        ("Masa bakti 2019-2024 Budi.", "2019/2024"),
        ("minggu ketiga November 2023", "2023-11"),
        ("pekan pertama bulan Desember", "2023-12"),
        ("tanggal 15 bulan depan", "2023-12-15"),
        ("Digelar pada\u00a03\u00a0November\u00a02023.", "2023-11-03"),
        ("Dibuka pada 3 Nopember'23.", ""),
    ],
)
def test_each_wording_is_read_as_a_reader_of_6_november_2023_would(text: str, expected: str) -> None:
    assert " ".join(values(text, PUBLISHED)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Halaman 1/2",
        "Nilainya 1/2 dari total.",
        "Layanan 24/7 tersedia.",
        "Layanan siaga 24/7/365 tersedia.",
        "Nomor 12 Tahun 2019 berlaku.",
        "Perbup Nomor 12 dan 13 Tahun 2019 berlaku.",
        "UU 23/2014 mengatur.",
        "UU Nomor 23/2014 mengatur.",
        "Perpres 95 Tahun 2018 berlaku.",
        "PP No.18 Tahun 2020 berlaku.",
        "Permendagri 59 Tahun 2021 berlaku.",
        "Undang-Undang Nomor 23 Tahun 2014 berlaku.",
        "Peraturan Presiden Republik Indonesia Nomor 95 Tahun 2018 berlaku.",
        "Lembaran Daerah Tahun 2022 Nomor 5 terbit.",
        "Peraturan Wali Kota Semarang Nomor 26A Tahun 2019 terbit.",
        "Harganya Rp 3.11 juta.",
        "Terletak di km 12/13 jalan nasional.",
        "Nilai 3.31 dari 4.",
        "Skor 2.75 - 3.65.",
        "Telepon 0812-3456-2023.",
        "NIP 19751211 200312 1 004",
        "NIP. 19780512.200604.1.012",
        "Surat Nomor 12/11/2023 terbit.",
        "Surat Nomor 005/12/XI/2023 terbit.",
        "Surat B-123/DJAI/AI.01.02/05/2023 terbit.",
        "Nomor: 800/123/2023",
        "RT 03/05 RW 02.",
        "Versi 2.10.2023 dirilis.",
        "Pukul 09.30 WIB hingga 12.00 WIB.",
        "Dihadiri 2019 orang.",
        "Sebanyak 2023 peserta hadir.",
        "Ada 2020 titik.",
        "Jaringan 4/5 G.",
        "Smart City Award 2018 diserahkan.",
        "Evaluasi Smart City 2023 digelar.",
        "Penghargaan IGA 2022 diterima.",
        "Gerakan Menuju 100 Smart City.",
        "Institut Teknologi Sepuluh Nopember mendampingi.",
        "Universitas Sebelas Maret mendampingi.",
        "Stadion 17 Mei penuh.",
        "Jalan 10 November macet.",
        "Jl. 17 Agustus Nomor 5.",
        "Kata Juli, tim siap.",
        '"Siap," ujar April.',
        "April Yanti hadir. April mengatakan siap.",
        "Kepala Dinas Juni Hartono hadir.",
        "Bu Mei hadir.",
        "Mei Lestari memaparkan.",
        "Agustina Bulan hadir.",
        "Bulan madu masterplan.",
        "Rapat Senin depan.",
        "Besok peserta menyusun.",
        "Kemarin tim bekerja.",
        "Pekan depan tim bekerja.",
        "Dua tahun lalu terpilih.",
        "Beberapa bulan lalu terpilih.",
        "Dalam 5 tahun dan 10 tahun mendatang.",
        "Tahun-tahun sebelumnya.",
        "Setiap tahun.",
        "Tiga tahun ini naik.",
        "Era 2000-an.",
        "COVID-19 2-3 kali.",
        "Pasal 12 ayat (1/2).",
        "Rasio 1:2.",
        "Satu dari dua (1/2) warga.",
        "(Bagian 1/2)",
        "Bagian (1/2)",
        "Indeks 2.75-3.65 pada skala 4.",
        "Kapasitas 10/100/1000 Mbps.",
        "Dimensi 12-14 cm.",
        "Usia 20-30 tahun.",
        "Sekitar 2.000 orang hadir.",
        "Rp2.023.000.000 dipakai.",
        "Rp 2023 juta dipakai.",
        "www.toboali.go.id/2023/11/03/berita",
        "Seri A/12/11.",
        "ISO 9001:2015 dan ISO 27001:2013.",
        "SDGs 2030.",
        "Copyright 2019-2023 Warta.",
        "Ia mar-mar saja, des des.",
    ],
)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert values(text, PUBLISHED) == []


@pytest.mark.parametrize(
    ("published", "text", "expected"),
    [
        (
            date(2019, 7, 5),
            "Pemkab meneken nota pada Rabu (3/7) lalu, menyusul asesmen yang berlangsung sejak November 2018.",
            "2019-07-03 2018-11",
        ),
        (date(2022, 1, 4), "Penyerahan plakat berlangsung Rabu (29/12) di Tangerang.", "2021-12-29"),
        (date(2022, 1, 4), "Sebelumnya, 14 Desember, tim menyerahkan Buku 3.", "2021-12-14"),
        (date(2021, 12, 28), "Perwali ditargetkan terbit Februari.", "2022-02"),
        (date(2021, 12, 28), "Perwali diundangkan Februari lalu.", "2021-02"),
        (date(2021, 12, 28), "Bimtek berikutnya 11 Januari 2022.", "2022-01-11"),
        (date(2023, 6, 10), "Bimtek tahap II dan III masing-masing digelar Juli dan Agustus.", "2023-07/2023-08"),
        (
            date(2023, 6, 10),
            "Bimtek tahap II akan digelar 18 Juli, tahap III 22 Agustus, dan tahap IV 19 September mendatang.",
            "2023-07-18 2023-08-22 2023-09-19",
        ),
        (
            date(2024, 3, 1),
            "Pada 2022 tahapannya dimulai dengan MoU 21 April, bimtek I 14 Juni, hingga bimtek IV 11-12 Oktober 2022.",
            "2022 2022-04-21 2022-06-14 2022-10-11/2022-10-12",
        ),
        (
            date(2024, 3, 1),
            "Kendari dievaluasi 12 Juni 2023 dan 1 November, lalu menerima penghargaan 14 Desember.",
            "2023-06-12 2023-11-01 2023-12-14",
        ),
        (
            date(2023, 11, 8),
            "Selasa (7/11/2023), tim dinilai. Tahap I digelar 12-14 Juni.",
            "2023-11-07 2023-06-12/2023-06-14",
        ),
        (
            None,
            "Senin (6/11/2023), tim dinilai. Tahap I digelar 12-14 Juni lalu, hasilnya diumumkan Desember.",
            "2023-11-06 2023-06-12/2023-06-14 2023-12",
        ),
        (None, "BATU – Evaluasi tahun 2024 digelar Rabu (30/10).", "2024 2024-10-30"),
        (None, "Rapat digelar Kamis (12/9). Menurut rencana, bimtek tahun 2019 digelar di Depok.", "2019-09-12 2019"),
        (
            date(2022, 5, 20),
            "Bimtek I dijadwalkan 14-15 Juni, II 26-27 Juli, III 23-24 Agustus, dan IV 11-12 Oktober 2022.",
            "2022-06-14/2022-06-15 2022-07-26/2022-07-27 2022-08-23/2022-08-24 2022-10-11/2022-10-12",
        ),
        (
            date(2019, 10, 30),
            "Penandatanganan komitmen dilakukan usai bimtek IV, Selasa-Rabu (29-30 Oktober 2019).",
            "2019-10-29/2019-10-30",
        ),
        (
            date(2024, 11, 1),
            "Tahun 2024 ini, evaluasi tahap I telah dilaksanakan 24 - 27 Juni 2024 di Denpasar.",
            "2024 2024-06-24/2024-06-27",
        ),
        (
            date(2024, 11, 1),
            "Digelar 28 Oktober s.d. 15 November 2024, giliran kita Kamis, 31 Oktober 2024 pukul 13.00 - 14.00 WITA.",
            "2024-10-28/2024-11-15 2024-10-31",
        ),
        (date(2021, 6, 17), "(16/06) Pemkab melaksanakan bimtek.", "2021-06-16"),
        (date(2021, 6, 17), "PALU - Rabu, (16/06/2021), Pemkab melaksanakan bimtek di hari ke 2.", "2021-06-16"),
        (date(2021, 6, 17), "Kegiatan berlangsung 2 (dua) hari, tanggal 16 dan 17 Juni 2021.", "2021-06-16/2021-06-17"),
        (
            date(2021, 6, 17),
            "Kegiatan ini berlangsung selama 2 hari yakni hari ini dan besok, 16-17 Juni.",
            "2021-06-16/2021-06-17",
        ),
        (date(2021, 6, 17), "Perbup Nomor 45 Tahun 2020 tanggal 30 Desember 2020.", "2020-12-30"),
        (date(2021, 6, 17), "Peraturan Bupati Nomor 45 Tahun 2020 dan Keputusan Bupati Nomor 188/2021.", ""),
        (
            date(2021, 6, 17),
            "Surat Dirjen Aptika Nomor B-377/DJAI/AI.01.05/04/2021 tanggal 12 April 2021 tiba.",
            "2021-04-12",
        ),
        (date(2021, 6, 17), "Kawasan prioritas 2020-2024 ada sepuluh.", "2020/2024"),
        (date(2021, 6, 17), "Visi 2016-2021, misi, dan RPJMD Tahun 2016-2021.", "2016/2021 2016/2021"),
        (date(2021, 6, 17), "Kota itu meraih WTP 2017-2020 berturut-turut.", "2017/2020"),
        (date(2021, 6, 17), "Penduduk 2020 tercatat 300.000 jiwa.", ""),
        (date(2021, 6, 17), "dengan jumlah penduduk 2020 sebesar 300.000 jiwa", "2020"),
        (date(2021, 6, 17), "Januari-Mei 2021 tercatat 300 aduan; Mei saja 90.", "2021-01/2021-05 2021-05"),
        (date(2021, 6, 17), "Pendaftaran dibuka 1 sampai 30 Juni.", "2021-06-01/2021-06-30"),
        (date(2021, 6, 17), "Paling lambat 30 Juni nanti berkas masuk.", "2021-06-30"),
        (date(2021, 6, 17), "Akhir tahun 2021 nanti Buku 3 rampung.", "2021"),
        (date(2021, 6, 17), "Akhir bulan ini Buku 1 rampung.", "2021-06"),
        (date(2021, 6, 17), "Pada pertengahan bulan Juli 2021 mendatang.", "2021-07"),
        (date(2021, 6, 17), "Kominfo RI, Rabu (16/6-2021).", "2021-06-16"),
        (date(2021, 6, 17), "Rabu (16 /06/ 2021) pagi.", "2021-06-16"),
        (date(2021, 6, 17), "Rabu 16 Juni 2021, pukul 09.00 Wita s/d selesai.", "2021-06-16"),
        (date(2021, 6, 17), "Hari/Tanggal : Rabu / 16 Juni 2021", "2021-06-16"),
        (date(2021, 6, 17), "Rabu (16 Juni).", "2021-06-16"),
        (date(2021, 6, 17), "Rabu (16 Juni 21).", "2021-06-16"),
        (date(2021, 6, 17), "Rabu, 16 Juni. Ia datang.", "2021-06-16"),
        (date(2021, 6, 17), "16.06.21 | Admin", ""),
        (date(2021, 6, 17), "Posted by admin on Jun 16, 2021", "2021-06-16"),
        (date(2021, 6, 17), "June 16, 2021", "2021-06-16"),
        (date(2021, 6, 17), "16 June 2021 09:12 WIB", "2021-06-16"),
        (date(2021, 6, 17), "Rab, 16 Jun 2021", "2021-06-16"),
        (date(2021, 6, 17), "16 Juni 2021 – 12:30", "2021-06-16"),
        (date(2021, 6, 17), "Wed, 16 Jun 2021", "2021-06-16"),
        (date(2021, 6, 17), "2021-06-16 12:30:11", "2021-06-16"),
        (date(2021, 6, 17), "20210616", ""),
        (date(2021, 6, 17), "Foto 3/4 badan, 2/3 lebar.", ""),
        (date(2021, 6, 17), "Puncak HUT ke-75, 1 Juli, dimeriahkan.", "2021-07-01"),
        (date(2021, 6, 17), "Ketiga kabupaten masuk 2017, tujuh lainnya 2018.", "2017 2018"),
        (
            date(2021, 6, 17),
            "MoU diteken Mei 2019; masterplan rampung November, disahkan Januari 2020.",
            "2019-05 2019-11 2020-01",
        ),
        (date(2021, 6, 17), "Pada 2019 bimtek digelar Juli, Agustus, dan September.", "2019 2019-07/2019-09"),
        (
            date(2021, 6, 17),
            "Tahun 2019 daerah ini terpilih pada April, lalu bimtek digelar Juli hingga Oktober tahun itu.",
            "2019 2019-04 2019-07/2019-10",
        ),
        (
            date(2025, 8, 28),
            "Piala ini buah evaluasi tahun 2024. Waktu itu tahap I digelar 24-27 Juni di Denpasar.",
            "2024 2024-06-24/2024-06-27",
        ),
        (
            date(2023, 12, 15),
            "Pada 2022 nilainya turun, sedangkan penghargaan tahun ini diserahkan 14 Desember.",
            "2022 2023 2023-12-14",
        ),
        (date(2023, 12, 15), "Tahun 2021 kota itu terpilih dan 20 Januari mendatang dievaluasi.", "2021 2024-01-20"),
    ],
)
def test_a_year_left_away_is_that_of_the_words_and_dates_beside(
    published: date | None, text: str, expected: str
) -> None:
    assert " ".join(values(text, published)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DENPASAR, 14 September 2023 | Wali Kota membuka bimtek.", "2023-09-14"),
        ("Jumat, 15 September 2023 | 10:21 WIB", "2023-09-15"),
        ("15/09/2023 10.21", "2023-09-15"),
        ("Sep 15, 2023", "2023-09-15"),
        ("15 September 2023 10:21", "2023-09-15"),
        ("Published On: September 15th, 2023", "2023-09-15"),
        ("Oleh Admin - 15 Sep 2023", "2023-09-15"),
        ("Posted on 15/09/2023 by admin", "2023-09-15"),
        (
            "Digelar hari Kamis-Jumat tanggal 14 s.d. 15 September 2023 pukul 08.00 s.d. selesai.",
            "2023-09-14/2023-09-15",
        ),
        ("Digelar selama dua hari, Kamis dan Jumat, 14-15 September 2023.", "2023-09-14/2023-09-15"),
        ("Digelar selama dua hari, Kamis (14/9) dan Jumat (15/9).", "2023-09-14/2023-09-15"),
        ("Digelar mulai Kamis (14/9) s/d Jumat (15/9).", "2023-09-14/2023-09-15"),
        ("Digelar Kamis-Jumat (14/9-15/9).", "2023-09-14/2023-09-15"),
        ("Digelar Kamis sd Jumat, 14 sd 15 September.", "2023-09-14/2023-09-15"),
        ("Digelar tgl 14-15 Sept.", "2023-09-14/2023-09-15"),
        ("Digelar 14 - 15 Sep 2023", "2023-09-14/2023-09-15"),
        ("Dilaksanakan selama 3 hari yaitu tanggal 12, 13 dan 14 September 2023", "2023-09-12/2023-09-14"),
        ("Dilaksanakan tanggal 12,13,14 September 2023", "2023-09-12/2023-09-14"),
        ("Digelar Kamis (14/09/2023) siang.", "2023-09-14"),
        ("Digelar Kamis siang, 14 September 2023.", "2023-09-14"),
        ("Digelar Kamis, (14 September 2023).", "2023-09-14"),
        ("Digelar kamis 14/9/2023.", "2023-09-14"),
        ("Digelar KAMIS, 14 SEPTEMBER 2023.", "2023-09-14"),
        ("Digelar Kamis/14 September 2023.", "2023-09-14"),
        ("Digelar Kamis. 14 September 2023.", "2023-09-14"),
        ("Digelar Kamis:14 September 2023.", "2023-09-14"),
        ("Digelar pada Kamis tgl.14 September 2023.", "2023-09-14"),
        ("Digelar (14/9) di aula.", "2023-09-14"),
        ("Digelar Kamis {14/9/2023}.", "2023-09-14"),
        ("Digelar Kamis [14/9/2023].", "2023-09-14"),
        ("Digelar Kamis(14/09)", "2023-09-14"),
        ("Digelar Kamis (14/9/2023 ) pagi", "2023-09-14"),
        ("Digelar Kamis (14/9/ 2023).", "2023-09-14"),
        ("Digelar Kamis (14 /9).", "2023-09-14"),
        ("Digelar Kamis (14/ 9/ 2023).", "2023-09-14"),
        ("Digelar Kamis (14//9/2023).", "2023-09-14"),
        ("Digelar Kamis (14/09-2023).", "2023-09-14"),
        ("Digelar Kamis (14\\9\\2023).", ""),
        ("Digelar Kamis (14,9,2023).", ""),
        ("Digelar Kamis (14/9/'23).", "2023-09-14"),
        ("Digelar Kamis14 September 2023.", "2023-09-14"),
        ("Digelar 14September 2023.", "2023-09-14"),
        ("Digelar 14 September2023.", "2023-09-14"),
        ("Digelar 14  September   2023.", "2023-09-14"),
        ("Digelar 14 Septmber 2023.", "2023-09-14"),
        ("Digelar 14 september tahun 2023", "2023-09-14"),
        ("Digelar ke-14 September 2023", "2023-09-14"),
        ("Digelar Kamis tanggal 14 bulan September tahun 2023", "2023-09-14"),
        ("Nota diteken 21 April tahun 2022 lalu", "2022-04-21"),
        ("Nota diteken 21 April 2022 lalu", "2022-04-21"),
        ("Nota diteken 21 April yang lalu", "2023-04-21"),
        ("Nota diteken 21 April silam", "2023-04-21"),
        ("Nota akan diteken 21 April yang akan datang", "2024-04-21"),
        ("Nota diteken pada bulan April yang lalu", "2023-04"),
        ("Nota diteken bulan April tahun lalu", "2022-04"),
        ("Nota diteken pada April 2022 silam", "2022-04"),
        ("sejak Januari hingga Agustus 2023 ada 40 aduan", "2023-01/2023-08"),
        ("Januari–Agustus 2023", "2023-01/2023-08"),
        ("Januari s.d. Agustus 2023", "2023-01/2023-08"),
        ("bulan Januari sampai bulan Agustus 2023", "2023-01/2023-08"),
        ("bulan Oktober-November", "2023-10/2023-11"),
        ("antara Oktober dan November", "2023-10/2023-11"),
        ("Oktober, November, dan Desember 2023", "2023-10/2023-12"),
        ("Dana dicairkan triwulan IV.", ""),
        ("Dana dicairkan triwulan IV/2023.", "2023-10/2023-12"),
        ("Pada semester pertama 2023", "2023-01/2023-06"),
        ("Pada semester kedua tahun lalu", "2022-07/2022-12"),
        ("Pada TW III TA 2023", "2023-07/2023-09"),
        ("Masa jabatan 2021-2026", "2021/2026"),
        ("Periode 2021/2026", "2021/2026"),
        ("Masterplan Smart City 2023-2032", "2023/2032"),
        ("Tahun 2023-2032", "2023/2032"),
        ("Tahun 2023 - Tahun 2032", "2023/2032"),
        ("tahun 2017, 2018, 2019, dan 2021", "2017/2021"),
        ("dari tahun 2019 hingga sekarang", "2019"),
        ("sejak tahun 2019", "2019"),
        ("pada akhir tahun 2022", "2022"),
        ("di tahun 2022", "2022"),
        ("di th 2022", "2022"),
        ("di tahun2022", "2022"),
        ("tahun ke-2", ""),
        ("Tahun Baru Islam, tahun 1445 H", ""),
        ("Idulfitri tahun 1444 Hijriah", ""),
        ("Digelar Senin (4/7/22).", "2022-07-04"),
        ("Digelar Sabtu (4/7/12).", "2012-07-04"),
        ("digelar minggu (10/9).", "2023-09-10"),
        ("Tahun Anggaran 2023/2024", "2023/2024"),
        ("APBD TA 2023", "2023"),
        ("APBD 2023", "2023"),
        ("naik dari 2021 ke 2022", "2021 2022"),
        ("dari 2,81 pada 2021 menjadi 3,2 pada 2022", "2021 2022"),
        ("nilai 2021 sebesar 3,1", "2021"),
        ("sepanjang tahun ini", "2023"),
        ("Tahun 2023 ini", "2023"),
        ("pertengahan tahun depan", "2024"),
        ("bulan ini juga", "2023-09"),
        ("awal bulan depan", "2023-10"),
        ("tiga bulan lalu", ""),
        ("25 tahun lalu", ""),
        ("setahun lalu", ""),
        ("lima tahun ke depan", ""),
        ("setiap tanggal 17", ""),
        ("Setiap 17 Agustus warga berkumpul.", ""),
        ("Pengumuman biasanya Desember.", ""),
        ("Acara dihadiri Bupati April Siregar.", ""),
        ("Bupati Agustus Hulu hadir.", ""),
        ("Moderator Desember Waruwu hadir.", ""),
        ("Nilai (3/4) dari pagu.", ""),
        ("Hasil imbang 2-2, Minggu.", ""),
        ("dua minggu 3/4 waktu habis", ""),
        ("Kode 12.09.2023.001", ""),
        ("IP 10.10.20.23", ""),
        ("SE Menkominfo Nomor 5 Tahun 2021", ""),
        ("Instruksi Presiden Nomor 3 Tahun 2003", ""),
        ("Permenkominfo No 4 Th 2016", ""),
        ("Keputusan Bupati Nomor: 188.45/123/2023", ""),
        ("Keputusan Bupati Nomor 188.45/123 Tahun 2023 tanggal 14 Maret 2023", "2023-03-14"),
        ("Perda 5/2021 tentang RPJMD", ""),
        ("Surat B-12/DJAI/AI.01.02/03/2023 tertanggal 20 Maret 2023", "2023-03-20"),
        ("Surat Nomor 005/1234 tanggal 12 September 2023", "2023-09-12"),
        ("Smart City Nation Award (2022)", ""),
        ("Indonesia Emas 2045", ""),
        ("menuju Indonesia Emas 2045", ""),
        ("Pemilu 2024 segera tiba", ""),
        ("PON XX 2021 Papua", ""),
        ("HUT ke-78 RI", ""),
        ("pukul 2023 WIB", ""),
        ("total 2021 titik", ""),
        ("Rp 2.023", ""),
        ("telepon 2023-456", ""),
        ("Jl. 17 Agustus 1945 No. 3", ""),
        ("di Lapangan 11 Maret", ""),
        ("Gedung 2019", ""),
    ],
)
def test_each_wording_is_read_as_a_reader_of_15_september_2023_would(text: str, expected: str) -> None:
    assert " ".join(values(text, date(2023, 9, 15))) == expected


@pytest.mark.parametrize(
    ("text", "differs"),
    [
        ("Rabu (7/12/2023)", True),
        ("Kamis (7/12/2023)", False),
        ("Senin (07/09/2021)", True),
        ("Kamis (12/01/22)", True),
        ("Senin-Selasa (14-15/6/2021)", False),
        ("Senin-Rabu (14-15/6/2021)", True),
        ("Selasa (14-15/6/2021)", False),
        ("Kamis (14-15/6/2021)", True),
        ("Jum’at, 3 November 2023", False),
        ("Sabtu, 3 November 2023", True),
        ("Senin (12/6/2023) dan Selasa (13/6/2023)", False),
        ("Senin (12/6/2023) hingga Kamis (14/6/2023)", True),
        ("30/10/2023 (Senin)", False),
        ("30/10/2023 (Rabu)", True),
        ("3 November 2023", False),
    ],
)
def test_a_weekday_that_is_not_that_of_the_date_is_flagged(text: str, differs: bool) -> None:
    (span,) = find_dates(f"Evaluasi digelar {text}.")
    assert span.weekday_differs is differs
    assert (span.confidence < 0.9) is differs


@pytest.mark.parametrize(
    ("text", "published", "year_from"),
    [
        ("Digelar 3 November 2023.", PUBLISHED, "printed"),
        ("Digelar Jumat (3/11).", PUBLISHED, "published"),
        ("Digelar tahun lalu.", PUBLISHED, "published"),
        ("Digelar Jumat (3/11). Tahap I digelar Juni 2023.", None, "text"),
        ("Nota diteken 5 Juli, bimtek digelar 6 Agustus 2018.", PUBLISHED, "beside"),
        ("Digelar Jumat (3/11).", None, None),
    ],
)
def test_a_date_says_what_told_its_year(text: str, published: date | None, year_from: str | None) -> None:
    assert find_dates(text, published)[0].year_from == year_from


def test_the_less_is_printed_the_less_sure_a_date_is() -> None:
    texts = ["3 November 2023", "Jumat (3/11)", "10 Februari", "Rabu (3/11)"]
    sure = [find_dates(f"Digelar {text}.", PUBLISHED)[0].confidence for text in texts]
    assert sure == sorted(sure, reverse=True)
    assert sure[1] > 0.9
    assert sure[-1] < 0.5


@pytest.mark.parametrize(
    "text",
    [
        "1 2 3/4 5-6 " * 1000,
        "Mei Juni Juli dan Agustus " * 500,
        "Senin (12/6) dan 12 Juni 2023 hingga 14 Juni, tahun lalu. " * 300,
        "Maret tahun itu, " * 700,
        " " * 20000,
        "(" * 20000,
        "12, " * 5000,
        "\u200b\u202e٣/١١/٢٠٢٣ ۱۲ Juni",
    ],
)
def test_a_text_of_noise_is_read_to_its_end(text: str) -> None:
    spans = find_dates(text, PUBLISHED)
    assert all(a.end <= b.start for a, b in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Juni. Bimtek tahap I digelar.\n\nJanuari. Ende mulai.", ["2024-06", "2024-01"]),
        ("Agustus: bimtek III", ["2024-08"]),
        ("April. Ia menunggu.", ["2024-04"]),
        ("April datang bersama Mei, keduanya pegawai.", []),
    ],
)
def test_a_month_that_heads_a_line_is_of_the_year_looked_back_on(text: str, expected: list[str]) -> None:
    assert values(text, date(2024, 12, 31)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bimtek pertama sudah jalan 20-21 Juli.", ["2023-07-20/2023-07-21"]),
        ("Program itu mulai jalan 3 Juli.", ["2023-07-03"]),
        ("Kantornya di Jalan 17 Agustus Ende.", []),
        ("Rumahnya di jalan 28 Oktober.", []),
        ("Pada evaluasi 2022 nilainya 2,97.", ["2022"]),
        ("Saat bimtek 2022 kami belum siap.", ["2022"]),
        ("Hadir 2019 orang.", []),
    ],
)
def test_going_on_is_no_street_and_a_year_stands_before_its_sentence(text: str, expected: list[str]) -> None:
    assert values(text, PUBLISHED) == expected
