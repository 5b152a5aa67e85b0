"""Dates as our readers read them: in Indonesian, and in English where a letter is.

A date is said as precisely as it was stored (day, month or year) and never more precisely.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

Language = Literal["id", "en"]

MONTHS: dict[Language, tuple[str, ...]] = {
    "id": (
        "Januari", "Februari", "Maret", "April", "Mei", "Juni",
        "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
WEEKDAYS: dict[Language, tuple[str, ...]] = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
NO_DATE: dict[Language, str] = {"id": "tanggal tidak disebut", "en": "date not stated"}
YEAR: dict[Language, str] = {"id": "tahun", "en": "year"}


def day_in_words(day: date, lang: Language = "id") -> str:
    """Say a day without its weekday.

    >>> day_in_words(date(2023, 8, 7))
    '7 Agustus 2023'
    """
    return f"{day.day} {MONTHS[lang][day.month - 1]} {day.year}"


def date_in_words(start: str | None, end: str | None = None, lang: Language = "id") -> str:
    """Say an event's date as precisely as it is known: `2023-11-14`, `2023-11` or `2023`, alone or with its end.

    Raises ValueError when a date is not ISO 8601.

    >>> date_in_words("2023-11-14", "2023-11-15")
    '14–15 November 2023'
    >>> date_in_words("2023-10-31", "2023-11-02")
    '31 Oktober – 2 November 2023'
    >>> date_in_words("2023-11"), date_in_words("2023"), date_in_words(None)
    ('November 2023', 'tahun 2023', 'tanggal tidak disebut')
    """
    if start is None:
        return NO_DATE[lang]
    if end is None or end == start:
        return _point_in_words(start, lang)
    if len(start) == len(end) == 10 and start[:7] == end[:7]:
        return f"{date.fromisoformat(start).day}–{_point_in_words(end, lang)}"
    if len(start) == len(end) > 4 and start[:4] == end[:4]:
        return f"{_point_in_words(start, lang).removesuffix(' ' + start[:4])} – {_point_in_words(end, lang)}"
    return f"{_point_in_words(start, lang)} – {_point_in_words(end, lang)}"


def week_in_words(monday: date, lang: Language = "id") -> str:
    """Say the week from Monday to Sunday; the month and the year once where both days share them.

    >>> week_in_words(date(2023, 11, 13))
    'Senin 13 – Minggu 19 November 2023'
    >>> week_in_words(date(2024, 12, 30))
    'Senin 30 Desember 2024 – Minggu 5 Januari 2025'
    """
    return days_in_words(monday, monday + timedelta(days=6), lang)


def days_in_words(first: date, last: date, lang: Language = "id") -> str:
    """Say days with their weekdays; the month and the year once where both share them.

    >>> days_in_words(date(2026, 11, 21), date(2026, 11, 21))
    'Sabtu 21 November 2026'
    >>> days_in_words(date(2026, 11, 28), date(2026, 12, 1), "en")
    'Saturday 28 November – Tuesday 1 December 2026'
    """
    said = f"{WEEKDAYS[lang][last.weekday()]} {day_in_words(last, lang)}"
    if first == last:
        return said
    begin = [WEEKDAYS[lang][first.weekday()], str(first.day)]
    if (first.month, first.year) != (last.month, last.year):
        begin.append(MONTHS[lang][first.month - 1])
    if first.year != last.year:
        begin.append(str(first.year))
    return f"{' '.join(begin)} – {said}"


def _point_in_words(value: str, lang: Language) -> str:
    try:
        match len(value):
            case 4:
                return f"{YEAR[lang]} {date.fromisoformat(f'{value}-01-01').year}"
            case 7:
                month = date.fromisoformat(f"{value}-01")
                return f"{MONTHS[lang][month.month - 1]} {month.year}"
            case 10:
                return day_in_words(date.fromisoformat(value), lang)
    except ValueError as error:
        raise ValueError(f"no such day, month or year: {value!r}") from error
    raise ValueError(f"not a day, month or year of ISO 8601: {value!r}")
