"""Steps told in passing: what a clause says was taken or is announced, and on which date."""

from __future__ import annotations

from datetime import date

import pytest

from nlp.calendar.dates import find_dates
from nlp.steps import Step, find_steps

NOW = date(2024, 8, 15)


def steps(sentence: str, main: str = "evaluasi-2", ladder: str | None = "evaluasi") -> list[Step]:
    dates = find_dates(sentence, NOW)
    return list(find_steps(sentence, (0, len(sentence)), dates, ladder, main, NOW))  # type: ignore[arg-type]


def told(sentence: str, main: str = "evaluasi-2") -> list[tuple[str, str | None]]:
    return [(step.stage, step.date.start_date if step.date else None) for step in steps(sentence, main)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Sejak terpilih tahun 2019, Ende terus berbenah.", [("seleksi", "2019")]),
        ("Ende dinyatakan lolos asesmen kementerian pada Maret 2022.", [("seleksi", "2022-03")]),
        ("Pada 2018 Ende mengikuti seleksi, tetapi terlempar.", [("seleksi", "2018")]),
        ("Ende ditetapkan sebagai peserta gerakan ini pada 16 Januari 2023.", [("seleksi", "2023-01-16")]),
        ("Bulan Februari 2023, bupati meneken nota kesepakatan dengan Ditjen Aptika.", [("mou", "2023-02")]),
        ("MoU dengan kementerian sudah diteken 21 April 2022.", [("mou", "2022-04-21")]),
        ("Masterplan kami disahkan lewat Peraturan Bupati pada 4 Maret 2019.", [("masterplan", "2019-03-04")]),
        ("Rencana induknya rampung Desember 2021.", [("masterplan", "2021-12")]),
        ("Perbup masterplannya baru terbit 9 Juli 2020.", [("masterplan", "2020-07-09")]),
        ("Dewan Smart City dikukuhkan 15 Maret 2024.", [("implementasi", "2024-03-15")]),
        ("Pusat kendali dibuka di kantor dinas pada 12 Oktober 2021.", [("implementasi", "2021-10-12")]),
        ("Desember 2023, kota ini membawa pulang penghargaan kategori smart living.", [("penghargaan", "2023-12")]),
        ("Tahun lalu Ende dievaluasi kementerian dan memperoleh indeks 2,87.", [("evaluasi", "2023")]),
        ("Tahap pertama sudah dilewati Ende pada Juni lalu di Surabaya.", [("evaluasi-1", "2024-06")]),
        (
            "Evaluasi tahap I diikuti di Denpasar, 24 s/d 27 Juni 2024, dan evaluasi tahap II pada 5 Agustus 2024.",
            [("evaluasi-1", "2024-06-24"), ("evaluasi-2", "2024-08-05")],
        ),
        (
            "Ende lolos asesmen pada 4 Maret 2019, menandatangani MoU pada 15 Mei 2019, lalu mengikuti bimtek tahap I "
            "tanggal 2 dan 3 Juli 2019.",
            [("seleksi", "2019-03-04"), ("mou", "2019-05-15"), ("bimtek-1", "2019-07-02")],
        ),
        (
            "Bimtek I dan II digelar masing-masing pada 5 Juni 2023 dan 11 Juli 2023.",
            [("bimtek-1", "2023-06-05"), ("bimtek-2", "2023-07-11")],
        ),
        (
            "Bimtek III dan IV digabung pada 30 Oktober 2023.",
            [("bimtek-3", "2023-10-30"), ("bimtek-4", "2023-10-30")],
        ),
        (
            "Setelah terpilih pada 2018 dan menuntaskan bimtek keempat, Ende menerima plakat masterplan Desember 2018.",
            [("seleksi", "2018"), ("bimtek-4", None), ("penghargaan", "2018-12")],
        ),
        (
            "Bimtek terakhirnya, yakni yang keempat, berlangsung 6-7 November 2023 di Ende.",
            [("bimtek-4", "2023-11-06")],
        ),
    ],
)  # fmt: skip
def test_each_clause_tells_its_step_with_its_own_date(sentence: str, expected: list[tuple[str, str | None]]) -> None:
    assert told(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Masterplan belum ada, bimbingan teknis pun belum sekali juga diikuti.",
        "Tahun 2021 Ende tidak lolos seleksi smart city.",
        "Ende urung mengikuti asesmen pada November 2023.",
        "Penandatanganan MoU dengan kementerian batal digelar 3 Mei 2024.",
        "Apabila lolos, pemkab akan meneken nota kesepakatan lalu mengikuti bimtek pada 2025.",
        "Seandainya anggaran disetujui, bimtek pertama digelar Mei 2024.",
        "Bupati berharap masterplan disahkan tahun ini.",
        "Masterplan ditargetkan rampung 20 Desember 2024.",
        "Buku masterplan diserahkan paling lambat 30 November 2024.",
        "Tim akan mengikuti evaluasi tahap II.",
        "Sesudah ini masih menanti evaluasi tahap II.",
        "Dewan Smart City belum dibentuk sampai Maret 2024.",
    ],
)
def test_denied_supposed_wished_and_undated_steps_are_none(sentence: str) -> None:
    assert told(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Bupati terpilih hadir pada 5 Juni 2024.",
        "Ia terpilih sebagai ketua forum pada 2022.",
        "MoU dengan Universitas Flores diteken 5 Juni 2024.",
        "Penandatanganan komitmen bersama berlangsung 5 Juni 2024.",
        "Evaluasi SPBE berlangsung pada 5 Juni 2024.",
        "Ende menerima penghargaan Adipura pada 2022.",
        "Bimtek SPBE digelar 5 Juni 2024.",
    ],
)
def test_steps_of_other_programmes_and_people_are_none(sentence: str) -> None:
    assert told(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "stage", "day"),
    [
        ("Bimtek ketiga dijadwalkan 12 September mendatang.", "bimtek-3", "2024-09-12"),
        ("Penandatanganan MoU direncanakan 28 Februari 2025.", "mou", "2025-02-28"),
        ("Ende akan dievaluasi kementerian pada Oktober 2024.", "evaluasi", "2024-10"),
        ("Sosialisasi kepada camat dijadwalkan tanggal 5 Desember 2024.", "implementasi", "2024-12-05"),
        ("Bimtek tahap IV digelar 3 Oktober 2024.", "bimtek-4", "2024-10-03"),
    ],
)
def test_a_step_to_come_is_announced_with_its_date(sentence: str, stage: str, day: str) -> None:
    (step,) = steps(sentence)
    assert (step.stage, step.status, step.date and step.date.start_date) == (stage, "announced", day)


@pytest.mark.parametrize(
    "sentence",
    ["Evaluasi tahap I telah diikuti akhir Juni 2024.", "Bimtek tahap I sudah tuntas.", "MoU diteken 8 Mei 2018."],
)
def test_a_step_of_the_past_was_held(sentence: str) -> None:
    assert [step.status for step in steps(sentence)] == ["held"]


def test_the_step_before_is_counted_from_the_main_one() -> None:
    assert told("Buku 1 dihasilkan pada bimtek sebelumnya.", main="bimtek-2") == [("bimtek-1", None)]


def test_the_day_on_which_a_step_is_told_is_not_its_own() -> None:
    assert told("Kamis (1/8/2024), Kadis Kominfo menuturkan Ende terpilih dalam gerakan ini.") == [("seleksi", None)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Bimtek I, kata Kadis, sudah digelar 4 Juli lalu.", [("bimtek-1", "2024-07-04")]),
        ("Bimtek tahap II, menurut dia, baru berlangsung 12 Juni 2024.", [("bimtek-2", "2024-06-12")]),
        ("Bimtek III, misalnya, terpaksa dipindah ke Kupang pada 22-23 Mei 2024.", [("bimtek-3", "2024-05-22")]),
        ("Evaluasi tahap I, ujar Lalu Sukma, sudah dituntaskan 20 Juni lalu.", [("evaluasi-1", "2024-06-20")]),
        ("Bimtek perdana, yang diikuti 50 orang, digelar 4 Juni 2024.", [("bimtek-1", "2024-06-04")]),
        ("Sementara evaluasi tahap II, jelasnya, akan digelar 20 September 2024.", [("evaluasi-2", "2024-09-20")]),
        ("Tahap keduanya, kata dia, menyusul 5 September 2024.", [("evaluasi-2", "2024-09-05")]),
        ("Bimtek kedua menyusul sebulan kemudian, 9 dan 10 Juli.", [("bimtek-2", "2024-07-09")]),
        ("Dua pekan kemudian, 5 Juli 2024, bimtek III digelar di Maumere.", [("bimtek-3", "2024-07-05")]),
        ("Bimtek penutup, tahap IV, diisi paparan. Tanggalnya 15 Juli 2024.", [("bimtek-4", "2024-07-15")]),
    ],
)
def test_what_is_told_in_between_does_not_part_a_step_from_its_date(
    sentence: str, expected: list[tuple[str, str]]
) -> None:
    assert [step for step in told(sentence) if step[1]] == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Bimtek II mundur karena berbarengan pacuan kuda, jadinya baru 14-15 Mei.", [("bimtek-2", "2024-05-14")]),
        ("Bimtek I tertunda karena banjir, akhirnya dilaksanakan 3 Mei 2024.", [("bimtek-1", "2024-05-03")]),
        ("Bimtek II tertunda, dan baru bisa digelar 5 Juli 2024.", [("bimtek-2", "2024-07-05")]),
        ("Bimtek tahap III belum digelar, rencananya 5 September.", []),
        ("Bimtek IV batal digelar 3 Mei 2024.", []),
        ("Bimtek keempatnya, kalau tidak salah, November 2021.", [("bimtek-4", "2021-11")]),
        ("Kalau bimtek ketiga jadi digelar 5 September 2024, pesertanya ditambah.", []),
    ],
)  # fmt: skip
def test_a_step_that_was_late_was_taken_and_one_that_failed_was_not(
    sentence: str, expected: list[tuple[str, str]]
) -> None:
    assert told(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Masterplan disusun melalui empat tahap bimtek, diawali 17 Juni 2023 dan diakhiri pada 29-30 Oktober 2023.",
            [("bimtek-1", "2023-06-17"), ("bimtek-4", "2023-10-29")],
        ),
        (
            "Butuh lima bulan dalam empat kali bimtek, dimulai 11-12 Juli 2023 dan ditutup 24 Oktober 2023.",
            [("bimtek-1", "2023-07-11"), ("bimtek-4", "2023-10-24")],
        ),
        (
            "Bimtek yang dilakukan tiga kali itu dimulai 2 Juli 2019 dan berakhir 30 Oktober 2019.",
            [("bimtek-1", "2019-07-02"), ("bimtek-3", "2019-10-30")],
        ),
        ("Empat kali bimtek kami lalui sejak Mei sampai November 2023.", [("bimtek", "2023-05")]),
    ],
)
def test_the_first_and_the_last_of_several_steps_have_their_numbers(
    sentence: str, expected: list[tuple[str, str]]
) -> None:
    assert told(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Rangkaian bimtek yang tahap awalnya dihelat 26 Juni 2023.", [("bimtek-1", "2023-06-26")]),
        ("Bimtek tahap awal digelar 5 Mei 2024.", [("bimtek-1", "2024-05-05")]),
        ("Bimtek awal Agustus 2023 diikuti 40 orang.", [("bimtek", "2023-08")]),
        ("Tahap II ditempuh secara daring pada 7 November 2023.", [("evaluasi-2", "2023-11-07")]),
        ("Pada tahap I yang berlangsung di Bali 25 Juni lalu, kami ditanya.", [("evaluasi-1", "2024-06-25")]),
        ("Tahap pertama insya Allah 26 September, tempatnya menyusul.", [("evaluasi-1", "2024-09-26")]),
        ("Penilaian pertama Juni 2023, kedua Juli 2024.", [("evaluasi-1", "2023-06"), ("evaluasi-2", "2024-07")]),
        ("Dalam evaluasi 2023 nilainya 2,97.", [("evaluasi", "2023")]),
    ],
)  # fmt: skip
def test_a_number_is_read_before_whatever_tells_of_the_step(sentence: str, expected: list[tuple[str, str]]) -> None:
    assert told(sentence, main="evaluasi") == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Perjalanan itu berawal dari asesmen Senin 13 Februari 2023.", [("seleksi", "2023-02-13")]),
        ("Kementerian menetapkan Ende bersama 49 daerah sebagai peserta pada 2022.", [("seleksi", "2022")]),
        ("Surat penetapannya sudah terbit lebih dulu, 31 Mei 2023.", [("seleksi", "2023-05-31")]),
        ("Setelah melewati uji kesiapan di Jakarta pada 8 Maret 2022, Ende berbenah.", [("seleksi", "2022-03-08")]),
        ("Ende terpilih menjadi salah satu dari 50 daerah pada Maret 2022.", [("seleksi", "2022-03")]),
        ("Daerah itu diganjar piagam di Jakarta pada Desember 2022.", [("penghargaan", "2022-12")]),
        ("Malam penganugerahan, termasuk bagi Ende, berlangsung Jumat (14/6).", [("penghargaan", "2024-06-14")]),
        ("Ende pernah diganjar predikat kota cerdas terbaik pada 2019.", [("penghargaan", "2019")]),
        ("Dokumen rencana induk diserahterimakan 3 Desember 2023.", [("masterplan", "2023-12-03")]),
        ("Aplikasi Ende Siaga diperkenalkan ke publik 5 Mei 2023.", [("implementasi", "2023-05-05")]),
        ("Asesmen kompetensi pejabat digelar 3 Mei 2024.", []),
        ("Seleksi terbuka jabatan kepala dinas berlangsung 3 Mei 2024.", []),
        ("Piagam Adipura diterima bupati 5 Juni 2024.", []),
        ("Bupati terpilih dilantik 20 Februari 2025.", []),
        ("Ende berstatus peserta gerakan ini sejak 2018.", []),
        ("Kami tidak ikut seleksi 2022.", []),
    ],
)  # fmt: skip
def test_more_wordings_of_a_step_and_of_what_is_none(sentence: str, expected: list[tuple[str, str]]) -> None:
    assert [step for step in told(sentence) if step[1]] == expected
