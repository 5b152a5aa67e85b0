"""Words and sentences: what ends a sentence decides which words are shown as proof."""

from __future__ import annotations

import pytest

from nlp.pipeline import build_pipeline
from nlp.tokens import end_of, plain_text, sentence_spans, starts_of


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(build_pipeline()(text))]


@pytest.mark.parametrize(
    "sentence",
    [
        "Bimtek dibuka oleh Plt. Kepala Dinas Kominfo Darmo Wilis.",
        "Rombongan Kab. Tabanan hadir di Kec. Kediri.",
        "Rapat dipimpin H. Basri Lamadi di Jl. Merdeka No. 7.",
        "Hadir Ir. Hj. Ratna Dewi dan Drs. Kasman.",
        "Asesor Prof. Dr. Ir. Wulan Tantri memberi catatan.",
        "Evaluasi dihadiri Marsel Tumbel, S.Kom., M.Si., dan Yani Rondo, S.H., M.H., di aula.",
        "Sambutan dibacakan H.A.S. Karim Patta di pendopo.",
        "Nilai indeks naik menjadi 3.31 dari skala 4.",
        "Acara dimulai pukul 09.30 WITA di ruang rapat.",
        "Naskah diunduh dari https://diskominfo.example/berkas.html tanpa biaya.",
    ],
)
def test_points_of_abbreviations_degrees_and_numbers_end_no_sentence(sentence: str) -> None:
    assert sentences(sentence) == [sentence]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bimtek selesai. Tim pulang.", ["Bimtek selesai.", "Tim pulang."]),
        ("Siapkah kita? Tentu siap!", ["Siapkah kita?", "Tentu siap!"]),
        ("“Kami siap.” Rapat lalu ditutup.", ["“Kami siap.”", "Rapat lalu ditutup."]),
        ("Hadir Gatot Purba, M.Si. Ia berharap banyak.", ["Hadir Gatot Purba, M.Si.", "Ia berharap banyak."]),
        ("Kegiatan digelar (3/11/2023). Peserta puas.", ["Kegiatan digelar (3/11/2023).", "Peserta puas."]),
        ("Bimtek usai tahun 2022. Evaluasi menyusul.", ["Bimtek usai tahun 2022.", "Evaluasi menyusul."]),
        ("Paparan wali kota\n\nTanya jawab", ["Paparan wali kota", "Tanya jawab"]),
        ("Bimtek masuk Tahap II. Peserta menyusun Buku 2.", ["Bimtek masuk Tahap II.", "Peserta menyusun Buku 2."]),
    ],
)  # fmt: skip
def test_sentences_end_at_final_stops_and_line_breaks(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Plt. Kadis  Kominfo Darmo, S.Kom. hadir.\n\n Ia pulang… ",
        "kata “Budi” — 12/6 & 100% 🙂🇮🇩 selesai",
        "\n\n  spasi dulu, lalu kata",
        "a",
    ],
)
def test_no_character_is_lost_in_words(text: str) -> None:
    assert build_pipeline()(text).text == text


def test_tabs_and_the_like_are_blanks_and_keep_their_places() -> None:
    text = "Plt. Kadis\tKominfo\u00a0Darmo\r\nhadir\u202f\ud83d."
    assert build_pipeline()(text).text == "Plt. Kadis Kominfo Darmo \nhadir \ufffd."


@pytest.mark.parametrize("text", ["", " ", "\n\n\t\u00a0"])
def test_a_text_without_words_has_no_sentences(text: str) -> None:
    assert sentences(text) == []


@pytest.mark.parametrize(
    "word", ["S.Hut.", "M.Si", "Plt.", "A.Md.Kom", "M.Tr.IP", "Jum’at", "kota-kota", "3.31", "09.30"]
)
def test_degrees_abbreviations_and_numbers_are_one_word(word: str) -> None:
    assert word in [token.text for token in build_pipeline()(f"Tertulis {word} di sana")]


def test_no_character_of_a_text_is_left_out_and_every_word_is_where_it_stands() -> None:
    text = " Bupati  hadir,\n\nkata surel humas@palu.example dan Kadiskominfo.\tnilai 3,31 \nAmin"
    doc = build_pipeline().make_doc(text)
    assert "".join(token.text_with_ws for token in doc) == plain_text(text)
    assert starts_of(doc) == [token.idx for token in doc]
    assert [end_of(doc, i) for i in range(len(doc))] == [token.idx + len(token) for token in doc]
