"""Days told from the day of publication, here Wednesday 8 November 2023."""

from __future__ import annotations

from datetime import date

import pytest

from nlp.calendar.dates import find_dates
from nlp.calendar.relative_days import find_relative_days

PUBLISHED = date(2023, 11, 8)


def values(text: str) -> list[str]:
    return [span.value for span in find_relative_days(text, PUBLISHED, find_dates(text, PUBLISHED))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bimtek digelar kemarin.", ["2023-11-07"]),
        ("Bimtek digelar hari ini.", ["2023-11-08"]),
        ("Bimtek digelar tadi malam.", ["2023-11-07"]),
        ("Bimtek digelar besok dan lusa.", ["2023-11-09", "2023-11-10"]),
        ("Bimtek digelar dua hari lalu.", ["2023-11-06"]),
        ("Bimtek digelar sehari lalu.", ["2023-11-07"]),
        ("Bimtek digelar Selasa.", ["2023-11-07"]),
        ("Bimtek digelar Rabu malam.", ["2023-11-08"]),
        ("Bimtek digelar Rabu ini.", ["2023-11-08"]),
        ("Bimtek digelar pada Selasa kemarin.", ["2023-11-07"]),
        ("Bimtek akan digelar Jumat.", ["2023-11-10"]),
        ("Bimtek digelar Kamis mendatang.", ["2023-11-09"]),
        ("Bimtek digelar Rabu mendatang.", ["2023-11-15"]),
        ("Bimtek digelar Selasa pekan lalu.", ["2023-10-31"]),
        ("Bimtek digelar Jum’at minggu ini.", ["2023-11-10"]),
        ("Bimtek digelar Senin-Selasa pekan depan.", ["2023-11-13/2023-11-14"]),
        ("Bimtek digelar pekan depan.", ["2023-11-13/2023-11-19"]),
        ("Bimtek digelar minggu lalu.", ["2023-10-30/2023-11-05"]),
        ("Bimtek digelar Minggu lalu.", ["2023-11-05"]),
    ],
)
def test_days_are_counted_from_the_day_of_publication(text: str, expected: list[str]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Bimtek digelar Senin (6/11) kemarin.",
        "Bimtek digelar Senin, 6 November 2023.",
        "Bimtek digelar Selasa dan Rabu (7-8/11).",
        "Layanan buka setiap Sabtu.",
        "Layanan belum jalan sampai hari ini.",
        "Kabar itu datang dua pekan lalu.",
        "Kabar itu datang beberapa hari lalu.",
        "Waktunya tiga minggu ini habis.",
    ],
)
def test_what_is_dated_repeated_or_vague_gives_no_day(text: str) -> None:
    assert values(text) == []


def test_without_a_day_of_publication_nothing_is_counted() -> None:
    assert find_relative_days("Bimtek digelar kemarin.", None) == []
