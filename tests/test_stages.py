"""Stages: which step a sentence names, and with which number."""

from __future__ import annotations

from itertools import pairwise

import pytest

from nlp.stages import find_stages, ladder_numbers, number_stage, score_stages


def best(sentence: str) -> str:
    scores = score_stages(sentence)
    return max(scores, key=lambda stage: scores[stage])


@pytest.mark.parametrize(
    ("sentence", "stage"),
    [
        ("Pemkab Sumedang menandatangani nota kesepahaman dengan Ditjen Aptika.", "mou"),
        ("Pemkab Sumedang meneken MoU gerakan menuju smart city.", "mou"),
        ("Pemkab Sumedang mengikuti bimtek penyusunan masterplan smart city.", "bimtek"),
        ("Pemkab Sumedang mengikuti bimbingan teknis kota cerdas.", "bimtek"),
        ("Kabupaten Sumedang lolos seleksi Gerakan Menuju Kota Cerdas.", "seleksi"),
        ("Kabupaten Sumedang menjalani asesmen kesiapan smart city.", "seleksi"),
        ("Masterplan smart city Sumedang disahkan lewat peraturan bupati.", "masterplan"),
        ("Bupati mengukuhkan Dewan Smart City Sumedang.", "implementasi"),
        ("Pemkab Sumedang meluncurkan aplikasi layanan warga di command center.", "implementasi"),
        ("Tim asesor menggelar evaluasi implementasi smart city Sumedang.", "evaluasi"),
        ("Pemkab Sumedang menggelar rapat persiapan evaluasi smart city.", "evaluasi-internal"),
        ("Kabupaten Sumedang meraih penghargaan smart city.", "penghargaan"),
        ("Rombongan DPRD melakukan studi banding smart city ke Sumedang.", "lainnya"),
    ],
)
def test_a_sentence_reports_the_step_that_it_speaks_of(sentence: str, stage: str) -> None:
    assert best(sentence) == stage


def test_a_sentence_about_nothing_of_the_programme_scores_no_stage() -> None:
    assert score_stages("Hujan turun sejak pagi.") == {}


@pytest.mark.parametrize(
    ("sentence", "stage"),
    [
        ("Bimtek tahap I smart city", "bimtek-1"),
        ("Bimtek Tahap II smart city", "bimtek-2"),
        ("Bimtek tahap ke-3 smart city", "bimtek-3"),
        ("Bimtek smart city tahap ke III", "bimtek-3"),
        ("Bimtek tahap keempat smart city", "bimtek-4"),
        ("Bimtek smart city Tahap 4", "bimtek-4"),
        ("Bimbingan teknis tahap pertama", "bimtek-1"),
        ("Bimtek kedua smart city", "bimtek-2"),
        ("Bimtek II Smart City", "bimtek-2"),
        ("Bimtek IV Smart City", "bimtek-4"),
        ("Bimtek sesi tiga smart city", "bimtek-3"),
        ("BIMTEK TAHAP II SMART CITY", "bimtek-2"),
        ("Evaluasi tahap I smart city", "evaluasi-1"),
        ("Evaluasi smart city Tahap II", "evaluasi-2"),
        ("Evaluasi tahap kedua smart city", "evaluasi-2"),
        ("Evaluasi kedua smart city", "evaluasi-2"),
        ("Tahap kedua evaluasi smart city", "evaluasi-2"),
        ("Bimtek smart city di aula", "bimtek"),
        ("Evaluasi smart city di aula", "evaluasi"),
    ],
)
def test_numbers_of_steps_are_read_in_roman_digits_and_words(sentence: str, stage: str) -> None:
    coarse, word = ("evaluasi", "evaluasi") if "evaluasi" in sentence.lower() else ("bimtek", "bim")
    start = sentence.lower().index(word)
    assert number_stage(coarse, sentence, start, start + len(word)) == stage


@pytest.mark.parametrize(
    "sentence",
    [
        "Bimtek bagi peserta Gerakan Menuju 100 Smart City tahap kedua digelar.",
        "Bimtek diikuti 12 perangkat daerah.",
        "Bimtek berlangsung 2 hari.",
        "Bimtek bagi daerah gelombang kedua.",
    ],
)
def test_cohorts_and_other_counts_are_no_number_of_a_bimtek(sentence: str) -> None:
    assert number_stage("bimtek", sentence, 0, 6) == "bimtek"


def test_an_evaluation_has_no_third_stage() -> None:
    assert number_stage("evaluasi", "Evaluasi tahap III smart city", 0, 8) == "evaluasi"


def test_the_number_of_the_next_sentence_is_not_borrowed() -> None:
    assert number_stage("bimtek", "Bimtek digelar di aula. Tahap II menyusul.", 0, 6) == "bimtek"


def test_three_steps_in_one_sentence_are_three() -> None:
    text = "Bimtek tahap I digelar, lalu nota kesepahaman diteken dan evaluasi tahap II smart city menyusul."
    assert [mention.stage for mention in find_stages(text)] == ["bimtek-1", "mou", "evaluasi-2"]


def test_two_steps_in_one_sentence_keep_their_own_numbers() -> None:
    text = "Usai bimtek tahap I, daerah ini mengikuti bimtek tahap II."
    assert [mention.stage for mention in find_stages(text)] == ["bimtek-1", "bimtek-2"]


def test_namings_of_steps_stand_in_order_and_apart() -> None:
    text = "Bimtek tahap I digelar. Nota kesepahaman diteken. Evaluasi smart city tahap II menyusul."
    found = find_stages(text)
    assert [mention.stage for mention in found] == ["bimtek-1", "mou", "evaluasi-2"]
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("Bimtek tahap I, II, dan III sudah digelar.", [1, 2, 3]),
        ("Bimtek I hingga IV tuntas.", [1, 2, 3, 4]),
        ("Bimtek pertama digelar 5 Juli, kedua pada 6 Agustus, dan ketiga 10-11 September.", [1, 2, 3]),
        ("Bimtek tahap I tanggal 2 dan 3 Juli.", [1]),
        ("Bimtek tahap 1 dan 2 Juli rapat.", [1]),
        ("Bimtek I diikuti bulan Juli dan yang keempat selesai 18 November.", [1, 4]),
        ("Evaluasi tahap III tidak ada.", []),
        ("Gerakan Menuju 100 Smart City tahap kedua diikuti, lalu bimtek tahap I.", [1]),
        ("Bimtek diikuti kedua pihak.", []),
    ],
)
def test_lists_ranges_and_later_namings_of_steps_are_counted(sentence: str, numbers: list[int]) -> None:
    assert [number for *_, number in ladder_numbers(sentence)] == numbers


def test_a_bare_tahap_counts_on_the_ladder_of_the_text() -> None:
    sentence = "Tahap pertama sudah dilewati pada Juni lalu."
    assert ladder_numbers(sentence) == []
    assert [(coarse, number) for coarse, _, _, number in ladder_numbers(sentence, "evaluasi")] == [("evaluasi", 1)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Diskominfo mengumpulkan admin 32 perangkat daerah untuk memeriksa bukti dukung evaluasi smart city tahap II.",
        "Pemkab Ende melengkapi data dukung penilaian smart city.",
        "Tim pelaksana mengebut eviden evaluasi smart city dalam rapat maraton.",
    ],
)
def test_gathering_the_evidence_is_the_own_preparation(sentence: str) -> None:
    scores = score_stages(sentence)
    assert max(scores, key=lambda stage: scores[stage]) == "evaluasi-internal"
