from __future__ import annotations

import pytest

from nlp.numbers import find_numbers, read_number, read_ordinal


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("191", 191),
        ("1.250", 1250),
        ("1.250.000.000", 1_250_000_000),
        ("1.250.000,50", 1_250_000.5),
        ("1,250,000,000", 1_250_000_000),
        ("3,12", 3.12),
        ("3.12", 3.12),
        ("nol", 0),
        ("sembilan", 9),
        ("sepuluh", 10),
        ("sebelas", 11),
        ("sembilan belas", 19),
        ("dua puluh", 20),
        ("duapuluh lima", 25),
        ("seratus", 100),
        ("seratus empat puluh satu", 141),
        ("dua ratus empat puluh satu", 241),
        ("seribu", 1000),
        ("seribu dua ratus", 1200),
        ("dua belas ribu lima ratus", 12_500),
        ("tiga ratus ribu", 300_000),
        ("sejuta", 1_000_000),
        ("dua juta seratus ribu tiga", 2_100_003),
        ("lima ratus miliar", 500_000_000_000),
        ("dua milyar", 2_000_000_000),
        ("satu triliun dua ratus miliar", 1_200_000_000_000),
        ("satu setengah miliar", 1_500_000_000),
        ("setengah juta", 500_000),
        ("tiga koma tiga satu", 3.31),
        ("dua koma lima miliar", 2_500_000_000),
    ],
)
def test_a_number_is_worth_what_it_says(text: str, value: float) -> None:
    assert read_number(text) == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["satu dua", "tiga puluh belas", "puluh", "dua ribu ribu", "satu lima puluh", "koma satu"]
)
def test_words_that_make_no_number_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no Indonesian number"):
        read_number(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("pertama", 1), ("kedua", 2), ("kesepuluh", 10), ("ke-4", 4), ("ke 22", 22), ("IV", 4), ("7", 7)],
)
def test_an_ordinal_is_worth_its_place(text: str, value: float) -> None:
    assert read_ordinal(text) == value


@pytest.mark.parametrize(
    ("text", "value", "bound"),
    [
        ("Ada 50-an daerah", 50, "about"),
        ("Ada 50an daerah", 50, "about"),
        ("Ada lima puluhan daerah", 50, "about"),
        ("Ada sekitar 30 desa", 30, "about"),
        ("lebih dari 100 daerah", 100, "over"),
        ("ada 100 lebih daerah", 100, "over"),
        ("hampir dua ratus daerah", 200, "under"),
        ("sedikitnya 86 orang", 86, "least"),
        ("tidak kurang dari 86 orang", 86, "least"),
        ("paling banyak 12 orang", 12, "most"),
        ("tidak lebih dari 12 orang", 12, "most"),
        ("10-15 persen", 10, "least"),
        ("sepuluh hingga lima belas persen", 10, "least"),
        ("50 (lima puluh) daerah", 50, None),
        ("lima puluh (50) daerah", 50, None),
        ("1,2 juta jiwa", 1_200_000, None),
        ("Rp500.000,- saja", 500_000, None),
        ("Rp. 2,5 M saja", 2_500_000_000, None),
        ("Rp1,2 T saja", 1_200_000_000_000, None),
        ("Rp 300 jt saja", 300_000_000, None),
    ],
)
def test_a_number_stands_in_a_text_with_how_exact_it_is(text: str, value: float, bound: str | None) -> None:
    assert [(number.value, number.bound) for number in find_numbers(text)] == [(value, bound)]


@pytest.mark.parametrize(
    "text",
    ["3/11/2023", "B-12/DJAI", "09:30", "skor 2-1", "sinyal 5G", "0812-3456-7890", "satuan kerja", "tiga-tiganya",
     "ke-4", "192.168.0.1", "satu-satunya", "9" * 400],
)  # fmt: skip
def test_parts_of_other_things_are_no_numbers(text: str) -> None:
    assert list(find_numbers(text)) == []
