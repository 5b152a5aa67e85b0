"""Dates as readers read them: `8 November 2023`, `Juni 2023`, `2022`; the ISO form stays in <time datetime>."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from markupsafe import Markup

from publish.dates_id import MONTHS, Language

JAKARTA = ZoneInfo("Asia/Jakarta")
ZONES = {timedelta(hours=7): "WIB", timedelta(hours=8): "WITA", timedelta(hours=9): "WIT"}


def date_text(iso: str, language: Language = "id", short: bool = False) -> str:
    """A day, month or year as precise as it is given; `short` cuts the month to three letters.

    >>> date_text("2023-11-08"), date_text("2023-06", "en"), date_text("2022"), date_text("2023-08-17", short=True)
    ('8 November 2023', 'June 2023', '2022', '17 Agu 2023')
    """
    year, *rest = iso.split("-")
    if not rest:
        return year
    month = MONTHS[language][int(rest[0]) - 1]
    return " ".join([*(str(int(day)) for day in rest[1:]), month[:3] if short else month, year])


@lru_cache(20_000)
def date_html(start: str, end: str | None = None, language: Language = "id", short: bool = False) -> Markup:
    """A date or a range, each end a <time> element; what both ends share is said once.

    >>> date_html("2023-11-08", "2023-11-09").striptags(), date_html("2023-10-30", "2023-11-02").striptags()
    ('8–9 November 2023', '30 Oktober – 2 November 2023')
    >>> date_html("2023-06")
    Markup('<time datetime="2023-06">Juni 2023</time>')
    """
    last = date_text(end or start, language, short)
    if not end or end == start:
        return _time(start, last)
    first, joint = date_text(start, language, short), " – "
    if len(start) == len(end) == 10 and start[:7] == end[:7]:
        first, joint = first.split(" ")[0], "–"
    elif start[:4] == end[:4] and len(start) > 4:
        first = first.removesuffix(f" {start[:4]}")
    return _time(start, first) + joint + _time(end, last)


def instant_html(iso: str, language: Language = "id") -> Markup:
    """An instant in the zone it was printed with, zone named; one in UTC, as our own are, by the clocks of Jakarta.

    >>> instant_html("2023-11-08T14:05:00+08:00").striptags(), instant_html("2023-11-08T18:05:00+00:00").striptags()
    ('8 November 2023, 14.05 WITA', '9 November 2023, 01.05 WIB')
    >>> instant_html("2023-11-08T14:05:00.123456+08:00").unescape().split(">")[0]
    '<time datetime="2023-11-08T14:05:00+08:00"'
    """
    instant = datetime.fromisoformat(iso)
    iso = instant.isoformat(timespec="seconds")  # HTML knows no microseconds
    if instant.utcoffset() == timedelta(0):
        instant = instant.astimezone(JAKARTA)
    offset = instant.utcoffset()
    zone = "" if offset is None else ZONES.get(offset, iso[-6:])
    return _time(iso, f"{date_text(instant.date().isoformat(), language)}, {instant:%H.%M} {zone}".strip())


def day_in_jakarta(instant: str) -> str:
    """The day of an instant by the clocks of Jakarta.

    >>> day_in_jakarta("2024-11-24T18:30:00+00:00")
    '2024-11-25'
    """
    return datetime.fromisoformat(instant).astimezone(JAKARTA).date().isoformat()


def in_jakarta(instant: str) -> str:
    """The same instant, ISO 8601 by the clocks of Jakarta.

    >>> in_jakarta("2024-11-24T18:30:00+00:00")
    '2024-11-25T01:30:00+07:00'
    """
    return datetime.fromisoformat(instant).astimezone(JAKARTA).isoformat()


def week_of(day: str) -> tuple[str, str]:
    """Monday and Sunday of the week in which the day lies.

    >>> week_of("2023-11-22")
    ('2023-11-20', '2023-11-26')
    """
    monday = date.fromisoformat(day) - timedelta(days=date.fromisoformat(day).weekday())
    return monday.isoformat(), (monday + timedelta(days=6)).isoformat()


def _time(iso: str, text: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(iso, text)
