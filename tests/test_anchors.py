from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.reviewing.anchors import LONGEST, anchor, around, find_again, find_edited

SENTENCE = (
    "Evaluasi tahap II program kota cerdas di Kabupaten Paser berlangsung secara daring dari Ruang Rapat Sadurengas, "
    "Selasa (22/10/2024)."
)
OTHERS = (
    "Asisten Administrasi Umum Hamdani Arsyad membuka kegiatan.",
    "Dua asesor meminta bukti dukung untuk dimensi living.",
    "Hasilnya diumumkan pada akhir tahun oleh kementerian.",
)


def found(text: str, sentence: str = SENTENCE, before: str = "", after: str = "") -> str | None:
    span = find_again(sentence, before, after, text)
    return None if span is None else text[slice(*span)]


def around_it(sentence: str) -> str:
    return " ".join((OTHERS[0], sentence, *OTHERS[1:]))


def test_a_sentence_that_moved_is_found_where_it_stands_now() -> None:
    text = "\n\n".join((*OTHERS, SENTENCE))
    span = find_again(SENTENCE, "", OTHERS[0], text)
    assert span is not None
    assert span[0] > len(OTHERS[0])
    assert text[slice(*span)] == SENTENCE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("berlangsung", "berlangsong"),
        ("program kota cerdas", "program  kota\u00a0cerdas"),
        ("secara daring", "se\u00adcara daring"),
        ("dari Ruang", "di Ruang"),
        ("berlangsung secara", "berlangsung lancar secara"),
        ("(22/10/2024)", "(22/10/2024)".replace("(", "\uff08").replace(")", "\uff09")),
        ("Kabupaten Paser berlangsung", "Kabupaten Paser, berlangsung"),
    ],
)
def test_a_sentence_that_was_mended_is_found(old: str, new: str) -> None:
    mended = SENTENCE.replace(old, new)
    assert mended != SENTENCE
    assert found(around_it(mended)) == mended


def test_a_sentence_that_was_split_in_two_is_found_as_both() -> None:
    split = SENTENCE.replace("Kabupaten Paser berlangsung", "Kabupaten Paser. Ini berlangsung")
    assert found(around_it(split)) == split


def test_a_dateline_set_before_a_sentence_or_taken_away_changes_nothing() -> None:
    dated = "TANA PASER – " + SENTENCE
    assert found(around_it(dated)) == SENTENCE
    assert found(around_it(SENTENCE.replace(" dari ", " di ")), dated) == SENTENCE.replace(" dari ", " di ")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("22/10", "23/10"),
        ("2024", "2023"),
        ("Selasa", "Rabu"),
        ("(22/10/2024)", "pekan lalu"),
        ("tahap II", "tahap I"),
        ("tahap II", "tahap kedua"),
        ("Paser", "Kutai Barat"),
        ("Sadurengas", "Sadurengan"),
        ("daring", "luring"),
        ("berlangsung", "tidak berlangsung"),
        ("berlangsung", "akan berlangsung"),
        ("berlangsung", "batal berlangsung"),
    ],
)
def test_a_sentence_that_tells_another_fact_is_not_it_but_what_became_of_it(old: str, new: str) -> None:
    other = SENTENCE.replace(old, new)
    assert other != SENTENCE
    text = around_it(other)
    assert found(text) is None
    span = find_edited(SENTENCE, text)
    assert span is not None
    assert text[slice(*span)] == other


@pytest.mark.parametrize(
    ("sentence", "other"),
    [
        ("Bupati Wajo Patarai Tenriwali menerima plakat.", "Wakil Bupati Wajo Patarai Tenriwali menerima plakat."),
        ("Kadis Marwan Tanjung memimpin tim daerah.", "Kadis Marwan Tunjung memimpin tim daerah."),
        ("Sebanyak delapan perangkat daerah hadir di aula.", "Sebanyak sembilan perangkat daerah hadir di aula."),
        ("Plt. Sekda membuka acara di aula kantor bupati.", "Sekda membuka acara di aula kantor bupati."),
        ("Bimtek kedua digelar hari Senin di hotel.", "Bimtek ketiga digelar hari Senin di hotel."),
    ],
)
def test_who_how_many_and_in_which_office_are_told_apart(sentence: str, other: str) -> None:
    assert found(around_it(other), sentence) is None


def test_what_stands_around_a_sentence_tells_which_of_two_is_meant() -> None:
    quote = "“Kami siap,” katanya."
    text = f"Bupati datang. {quote} Lalu hujan turun. Sekda menyusul. {quote} Acara ditutup."
    second = text.rindex(quote)
    assert find_again(quote, "Sekda menyusul. ", " Acara ditutup.", text) == (second, second + len(quote))
    assert find_again(quote, "Bupati datang. ", " Lalu hujan turun.", text) == (15, 15 + len(quote))
    assert find_again(quote, "", "", text) == (15, 15 + len(quote)), "the first where nothing tells"


@pytest.mark.parametrize("sentence", ["", "   ", "\u200b"])
def test_nothing_is_found_of_nothing(sentence: str) -> None:
    assert find_again(sentence, "", "", "Bimtek dibuka.") is None
    assert find_again(SENTENCE, "", "", "") is None
    assert find_edited(SENTENCE, "") is None


@pytest.mark.parametrize(
    "text",
    [
        "a " * 200_000,
        "A" * 400_000,
        "\ufdfa" * 50_000,
        SENTENCE[:60] * 4000,
        "(((((" * 80_000,
        " ".join(SENTENCE.split() * 3000),
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_texts_are_read_in_bounded_time(text: str) -> None:
    assert find_again(SENTENCE.replace("Paser", "Berau"), "", "", text) is None


def test_a_passage_beyond_all_measure_is_found_only_as_it_is() -> None:
    long = SENTENCE * (LONGEST // len(SENTENCE) + 1)
    assert found(f"Awal. {long}", long) == long
    assert found(f"Awal. {long.replace('berlangsung', 'berlangsong')}", long) is None


words = st.sampled_from([*SENTENCE.split(), *" ".join(OTHERS).split(), "“Ya,”", "…", "\n\n"])


@given(st.lists(words, max_size=60), st.lists(words, min_size=1, max_size=12), st.lists(words, max_size=60))
def test_what_stands_in_a_text_is_found_in_it_letter_for_letter(
    before: list[str], sentence: list[str], after: list[str]
) -> None:
    told = " ".join(sentence).strip()
    text = " ".join([*before, *sentence, *after])
    if told:
        assert found(text, told, " ".join([*before, ""]), " ".join(["", *after])) == told


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_span_lies_in_its_text(sentence: str, text: str) -> None:
    for span in (find_again(sentence, "", "", text), find_edited(sentence, text) if sentence.strip() else None):
        assert span is None or 0 <= span[0] < span[1] <= len(text)


def test_an_anchor_outlasts_quotes_dashes_and_spaces_and_nothing_else() -> None:
    assert (
        anchor("“Kami  siap” – katanya.")
        == anchor('"Kami siap" - katanya.')
        == anchor("\u201cKami siap\u201d — katanya.")
    )
    assert anchor("Kami siap.") != anchor("Kami tidak siap.")
    assert len(anchor("Kami siap.")) == 8


def test_what_stands_around_is_cut_at_the_ends_of_the_text() -> None:
    assert around("Awal. Kami siap. Akhir.", 6, 16) == ("Awal. ", " Akhir.")
    assert around("x" * 300, 150, 160) == ("x" * 80, "x" * 80)
