"""Calendar expressions of Indonesian news, as written and as ISO dates.

Found are days, ranges, months, quarters, years and "tahun ini/lalu/depan". Not found, on purpose: bare weekdays and
"besok" (`relative_days.py` reads those), years of regulations ("Nomor 23 Tahun 2014"), copyright lines, a bare year
that ends a name ("Awarding 2018"). Which shapes there are is read here, which year a date without one is of in
`years.py`, the words are in `assets/calendar.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import pairwise

from nlp.calendar.calendar_words import (
    AND,
    ANY_MONTH,
    MONTH,
    PARTS,
    UNTIL,
    WEEKDAY,
    list_of,
    month_number,
    number_of,
    weekday_number,
    word_set,
)
from nlp.calendar.years import DateSpan, Part, Written, heads_a_line, resolve
from nlp.words import lowered

_H = r"[^\S\n]*"  # a date does not go on in the next line
_D = r"(?:0?[1-9]|[12]\d|3[01])(?!\d)(?:(?:st|nd|rd|th)\b)?"
_M = r"(?:0?[1-9]|1[0-2])(?!\d)"
_Y = r"(?:(?:1\d|20)\d\d)(?!\d)"
_TO = rf"(?:{_H}(?:{UNTIL}){_H})"
_BOTH = rf"(?:{_H},?{_H}(?:{AND}){_H})"
_DAY_OF_WEEK = rf"(?:hari{_H})?\b{WEEKDAY}\b(?:{_H}{PARTS})?"
_TAIL_YEAR = (
    rf"(?:(?:{_H},?{_H}|[-/.]|\s+(?:tahun|thn\.?|th\.?)\s+)(?P<y>{_Y})"
    r"|\s+(?:['’‘`]|(?=\d\d\)))(?P<yy>1[5-9]|[23]\d)(?!\d))"
)
_NOT_IN_NUMBER = r"(?<!\d)(?<!\d[.,:/])(?<!\b[A-Za-z])"

_OF_WEEK_OR_NONE = rf"(?:{_DAY_OF_WEEK}{_H},?{_H})?"
_DAYS = rf"(?P<days>{_D}(?:(?:{_H},{_H}|{_BOTH}|{_TO}){_OF_WEEK_OR_NONE}{_D}){{0,6}})"
_DAYS_OR_SLASH = rf"(?P<days>{_D}(?:{_H}/{_H}{_D}|(?:(?:{_H},{_H}|{_BOTH}|{_TO}){_OF_WEEK_OR_NONE}{_D}){{0,6}}))"
# The look-ahead passes over all that is no digit at once. Patterns without IGNORECASE are for text in lower case.
_DAYS_IN_WORDS = re.compile(
    rf"(?=\d){_NOT_IN_NUMBER}{_DAYS_OR_SLASH}(?:{_H}|{_H}[-/.]{_H}|\s+(?:of|bulan)\s+)(?P<m>{ANY_MONTH}){_TAIL_YEAR}?",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(rf"(?<![\w-])(?P<m>{ANY_MONTH})[^\S\n]+{_DAYS}(?:{_H},{_H}|[^\S\n]+)(?P<y>{_Y})(?![\w/-])")
_NUMERIC = re.compile(
    rf"(?=\d)(?<![\w/.,-])(?:(?P<d1>{_D})/(?P<m1>{_M})(?:/(?P<y1>{_Y}|\d\d))?{_TO}(?P<d2>{_D})/(?P<m2>{_M})(?:/(?P<y2>{_Y}|\d\d(?!\d)))?"
    rf"|{_DAYS}(?P<sep>{_H}//?{_H}|[.-])(?P<m>{_M})(?:(?:(?P=sep)|{_H}[/-]{_H})['’‘]?(?P<y>{_Y}|\d\d(?!\d)))?"
    r")(?![\w/]|[.,-]\d)",
    re.IGNORECASE,
)
_ISO = re.compile(r"(?=\d)(?<![\w/-])((?:19|20)\d\d)([-/])(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?![\d/-])")
_ROMAN_MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_ROMAN = re.compile(
    rf"(?=\d)(?<![\w/.,-])(?P<d>{_D}){_H}(?P<sep>[/-]){_H}"
    rf"(?P<m>{'|'.join(sorted(_ROMAN_MONTHS, key=len, reverse=True))}){_H}(?P=sep){_H}(?P<y>{_Y})(?![\w/-])"
)
_LEAD = re.compile(
    rf"(?P<week>(?<!\w){_DAY_OF_WEEK}(?:{_H}(?:kemarin|lalu|ini))?(?:(?:{_TO}|{_BOTH}){_DAY_OF_WEEK})?{_H}[,./:]?{_H})?"
    rf"(?P<open>\({_H})?(?P<week2>(?<!\w){_DAY_OF_WEEK}{_H}[,/]?{_H})?(?P<on>\b(?:per)?tanggal\s+|\btgl\.?\s*)?$",
    re.IGNORECASE,
)
_CLOSE = re.compile(rf"{_H}(?:,?{_H}(?:{PARTS}|{_DAY_OF_WEEK}){_H})?\)|{_H}\({_H}{_DAY_OF_WEEK}{_H}\)", re.IGNORECASE)
_WHICH = "|".join(f"(?P<{name}>{list_of(name)})" for name in ("last", "next", "this", "same"))
_RELATION = re.compile(rf"(?:\s+(?P<year>(?:pada\s+)?tahun))?\s+(?:{_WHICH})(?!\w)", re.IGNORECASE)

_MONTH_OF_YEAR = re.compile(
    rf"(?<![\w/])(?:(?P<part>{list_of('part_of_period')})[^\S\n]+)?(?P<bulan>bulan[^\S\n]+)?"
    rf"(?P<m>{MONTH})(?:{_TAIL_YEAR}(?![-–/.]?\d))?(?!\w)",
)
_QUARTER = re.compile(
    rf"(?<!\w)(?P<what>{list_of('months_of')})[^\S\n]*(?:ke-?\s?)?"
    rf"(?P<n>{list_of('order')})\b"
    rf"(?:\s*[,/-]?\s*(?:tahun\s+|t\.?a\.?\s+)?(?P<y>{_Y})|\s+tahun\s+(?:{_WHICH})(?!\w))",
)
_YEAR_WORD = (
    r"(?:tahun(?:[^\S\n]+(?:anggaran|ajaran|pelajaran|fiskal))?(?:[^\S\n]*\(t\.?a\.?\))?|thn\.?|th\.?|t\.?a\.?)"
)
_YEARS = re.compile(
    rf"(?<![\w/.-])(?:(?:{_YEAR_WORD}|periode|edisi)\s+)?(?P<a>(?:19|20)\d\d)\s*(?:[-–—/]|{UNTIL}|{_TO})\s*(?:tahun\s+)?"
    r"(?P<b>(?:19|20)\d\d|\d\d)(?![\w/]|[.,-]\d)",
    re.IGNORECASE,
)
_YEAR_LIST = re.compile(
    rf"(?<!\w)(?:{_YEAR_WORD}|{list_of('opens_year')})\s+(?P<a>{_Y})(?:\s*,\s*{_Y}){{0,9}}\s*,?\s*(?:{AND})\s+(?:tahun\s+|pada\s+)?"
    rf"(?P<b>{_Y})(?![\w/]|[.,-]\d)",
)
_ONE_YEAR = re.compile(
    rf"(?<!\w)(?:(?:{list_of('part_of_period')})[^\S\n]+)?(?:(?P<word>{_YEAR_WORD})[^\S\n]*(?P<y>{_Y})"
    rf"|(?P<cue>{list_of('opens_year')})[^\S\n]+(?P<cued>{_Y}))(?:\s+(?:lalu|silam|mendatang|nanti|ini)\b)?"
    r"(?![\w/]|[.,-]\d|-?an\b|\s+nomor\b|\s*h(?:ijri\w*|\.)?(?!\w))",
)
_BARE_YEAR = re.compile(r"(?<=[a-z] )(?P<y>20[0-4]\d)(?![\w/:%-]|[.,]\d)")
_LOWER_BEFORE = re.compile(rf"(?<![\w'’-])(?!{_YEAR_WORD}\s)[a-z]{{2,}}[^\S\n]$")
_RELATIVE_YEAR = re.compile(
    rf"(?<![\w-])(?:(?:{list_of('part_of_period')})[^\S\n]+)?(?:tahun[^\S\n]+(?P<id>ini|lalu|silam|kemarin|depan|sebelumnya|mendatang)"
    r"|(?P<en>this|last|next)[^\S\n]+year)(?!\w)",
)
_RELATIVE_MONTH = re.compile(
    rf"(?<![\w-])(?:(?:{list_of('part_of_period')})[^\S\n]+)?(?:tanggal[^\S\n]+(?P<d>{_D})[^\S\n]+)?bulan[^\S\n]+"
    r"(?P<id>ini|lalu|kemarin|depan|mendatang)(?!\w)",
)
_RELATIONS = {
    "ini": "this", "this": "this", "depan": "next", "mendatang": "next", "next": "next", "sebelumnya": "before",
}  # fmt: skip

# "3,0 tahun ini" counts no years: what stands behind a comma is a decimal.
_COUNTED = re.compile(rf"(?<!\w)(?<!\d[.,])(?<!tahap )(?:{list_of('counts')})[^\S\n]*$", re.IGNORECASE)
_COUNTED_BEFORE = re.compile(rf"(?<!\w)(?:{list_of('counted_before')})\.?[^\S\n]+$", re.IGNORECASE)
_UNITS = re.compile(rf"[^\S\n]+(?:{list_of('units')})\b", re.IGNORECASE)
_GOES_ON = re.compile(rf"[^\S\n]+(?:(?:{list_of('goes_on')})\b|[A-Z])|[^\S\n]*(?:[^\w\s]|\n|$)")
_RULE = re.compile(
    rf"\b(?:nomor|nomer|no)\b\.?\s*:?\s*[\w./-]*\d[\w./-]*(?:(?:\s+dan\s+|\s*/\s*)[\w./-]*\d[\w./-]*)?\s*$"
    rf"|\b(?:{list_of('rules')})\s+(?:(?:ri|republik indonesia)\s+)?[\w./-]*\d[\w./-]*\s*$",
    re.IGNORECASE,
)
_NUMBER_BEFORE = re.compile(rf"(?<!\w)(?:{list_of('numbers_before')})\s*:?[^\S\n]*\(?$", re.IGNORECASE)
_COPYRIGHT = re.compile(r"(?:©|copyright|hak cipta|\(c\))[^\n]{0,20}$", re.IGNORECASE)
_NAMED_AFTER = re.compile(rf"(?<!\w)(?:{list_of('named_after_a_day')})[^\S\n]+$", re.IGNORECASE)
_NAMED_AFTER_DAY = re.compile(rf"(?<!\w)(?:{list_of('named_after_a_day')})[^\S\n]+\d\d?[^\S\n]*$", re.IGNORECASE)
_EVERY = re.compile(rf"(?<!\w)(?:{list_of('every')})[^\S\n]+(?:tanggal[^\S\n]+|pada[^\S\n]+)?$", re.IGNORECASE)
_NUMBER_WORD = re.compile(rf"(?<!\w)(?:{list_of('number_words')})[^\S\n]+$", re.IGNORECASE)
_PERSON_BEFORE = re.compile(rf"(?<!\w)(?:{list_of('person_before')})[^\S\n]+$", re.IGNORECASE)
_PERSON_AFTER = re.compile(rf"[^\S\n]+(?:{list_of('person_after')})\b")
_CUE_BEFORE = re.compile(rf"(?<!\w)(?:{list_of('opens_month')})[^\S\n]+$", re.IGNORECASE)
_CAPITALISED = re.compile(r"[^\S\n]+[A-Z][a-z]")
_AFTER_CAPITALISED = re.compile(r"(?:[A-Z][a-z'’]+|[A-Z]{2,}|[A-Z]\.)[^\S\n]+$")
_STEP_NUMBER = re.compile(r"\b[IV]{1,3}[^\S\n]+$")
_UNTIL_BETWEEN = re.compile(rf"{_H}(?:{UNTIL}){_H}", re.IGNORECASE)
_AND_BETWEEN = re.compile(rf"{_BOTH}", re.IGNORECASE)
_LOOK_BACK = 70  # characters that a lead or a rule's number may take


def find_dates(text: str, published: date | None = None) -> list[DateSpan]:
    """Every calendar expression of the text, in order, without overlaps.

    A missing year comes from the dates beside it, from `published`, else from the years that the text names, the
    weekday deciding between them. Where weekday and date differ, the printed date wins and the span says so.

    >>> [d.value for d in find_dates("Evaluasi digelar Jum’at (3/11/2023), Tahap I pada 12-14 Juni 2023.")]
    ['2023-11-03', '2023-06-12/2023-06-14']
    >>> [d.value for d in find_dates("Sabtu (13/9) di Ambon", date(2025, 9, 15))]
    ['2025-09-13']
    >>> find_dates("Perpres Nomor 95 Tahun 2018, Halaman 1/2, hadir 2019 orang")
    []
    """
    return resolve(text, _scan(text), published)


def _scan(text: str) -> list[Written]:
    """The expressions as they are written, in order; the more telling shape wins where two overlap."""
    readers: tuple[Callable[[str], Iterator[Written]], ...] = (
        _read_days_in_words, _read_numeric, _read_iso, _read_roman, _read_quarters, _read_months, _read_years,
        _read_relative,
    )  # fmt: skip
    found: list[Written] = []
    taken = bytearray(len(text))
    for read in readers:
        for written in read(text):
            if not any(taken[written.start : written.end]):
                taken[written.start : written.end] = b"1" * (written.end - written.start)
                found.append(written)
    joined = _join(text, sorted(found, key=lambda written: written.start))
    return [written for written in joined if not written.needs_company]


# --- days


def _read_days_in_words(text: str) -> Iterator[Written]:
    for pattern, written in ((_MONTH_FIRST, lowered(text)), (_DAYS_IN_WORDS, text)):
        for match in pattern.finditer(written):
            group = match.groupdict()
            year = _full_year(group["y"] or group.get("yy"))
            if (year is None or year < 1990) and _NAMED_AFTER.search(text, _back(match.start()), match.start()):
                continue
            if year is None and re.match(r"\s*['’‘`]?\d\d(?!\d)|\s*,?\s*(?:tahun\s+)?\d{4}", text[match.end() :][:12]):
                continue
            yield from _days_of(text, match, month_number(group["m"]), year)


def _read_numeric(text: str) -> Iterator[Written]:
    for match in _NUMERIC.finditer(text):
        group = match.groupdict()
        if _NUMBER_BEFORE.search(text, _back(match.start()), match.start()):
            continue
        lead = _lead(text, match.start())
        is_told = bool(lead and (lead["week"] or lead["week2"] or lead["on"]))
        in_brackets = bool(lead and lead["open"]) and bool(_CLOSE.match(text, match.end()))
        year = group["y"] or group["y2"]
        if _NUMBER_WORD.search(text[_back(match.start()) : match.start()].rstrip("(")) or not _is_likely(
            match[0], year, is_told, in_brackets
        ):
            continue
        if group["d1"]:
            last = (_full_year(year), int(group["m2"]), _number(group["d2"]))
            first = (_full_year(group["y1"] or year), int(group["m1"]), _number(group["d1"]))
            yield from _dressed(text, match.start(), match.end(), first, last)
        else:
            yield from _days_of(text, match, int(group["m"]), _full_year(year))


def _is_likely(written: str, year: str | None, is_told: bool, in_brackets: bool) -> bool:
    """Whether a number is a day: "1/2" alone is a fraction or a page, "3.5" a number, "11/11/24" a day."""
    if not year:
        return (is_told or in_brackets) if "/" in written else (is_told and in_brackets)
    return len(year) == 4 or is_told or in_brackets or (written.count("/") == 2 and 14 < int(year) < 40)


def _read_iso(text: str) -> Iterator[Written]:
    for match in _ISO.finditer(text):
        day = (int(match[1]), int(match[3]), int(match[4]))
        yield from _dressed(text, match.start(), match.end(), day, day)


def _read_roman(text: str) -> Iterator[Written]:
    for match in _ROMAN.finditer(text):
        if not _NUMBER_BEFORE.search(text, _back(match.start()), match.start()):
            day = (int(match["y"]), _ROMAN_MONTHS.index(match["m"]) + 1, _number(match["d"]))
            yield from _dressed(text, match.start(), match.end(), day, day)


def _days_of(text: str, match: re.Match[str], month: int, year: int | None) -> Iterator[Written]:
    """The days of one month: a range, or each of a list whose days do not follow upon one another.

    Where the first number is none of the list ("tahap 4, 2 Juli"), the last is the day.
    """
    numbers = [(int(m[1]), m.start(), m.end()) for m in re.finditer(r"(?<!\w)(\d\d?)(?!\d)", match["days"])]
    days = [number for number, _, _ in numbers]
    offset = match.start("days")
    follow = all(b == a + 1 for a, b in pairwise(days))
    is_range = len(days) == 2 and days[0] < days[1] and not re.search(rf",|{_BOTH}", match["days"], re.IGNORECASE)
    if len(days) == 2 and re.fullmatch(r"\d+\s*,\s*\d+", match["days"]):
        follow = False
        numbers = numbers[1:]
    elif any(b <= a for a, b in pairwise(days)):
        numbers = numbers[-1:]
    if len(numbers) == 1 or follow or is_range or len(set(days)) == 1:
        start = match.start() if len(numbers) == len(days) else offset + numbers[0][1]
        yield from _dressed(text, start, match.end(), (year, month, numbers[0][0]), (year, month, numbers[-1][0]))
        return
    for number, start, end in numbers[:-1]:
        yield Written(offset + start, offset + end, (year, month, number), (year, month, number))
    day = (year, month, numbers[-1][0])
    yield from _dressed(text, offset + numbers[-1][1], match.end(), day, day)


def _dressed(text: str, start: int, end: int, first: Part, last: Part) -> Iterator[Written]:
    """A day with the weekday, brackets and "lalu" around it; nothing where it is no day of the calendar."""
    if not (_is_day(first) and _is_day(last)) or _COPYRIGHT.search(text, _back(start), start):
        return
    lead = _lead(text, start)
    if first[0] is None and _EVERY.search(text, _back(start), lead.start() if lead else start):
        return
    inside = [weekday_number(m[0]) for m in re.finditer(WEEKDAY, text[start:end], re.IGNORECASE)]
    weekdays = [weekday_number(m[0]) for m in re.finditer(WEEKDAY, lead[0], re.IGNORECASE)] if lead else []
    opened = bool(lead and lead["open"])
    close = _CLOSE.match(text, end)
    if lead and lead[0]:
        # An opening bracket that closes later holds more than the date.
        start = lead.start() if close or not opened else lead.end("open")
    is_closed = bool(close and (opened or "(" in close[0]))
    if close and is_closed:
        weekdays += [weekday_number(m[0]) for m in re.finditer(WEEKDAY, close[0], re.IGNORECASE)]
        end = close.end()
    relation, after = _relation(text, end)
    if first[0] is None and not is_closed:
        end = after
    is_news = is_closed or (bool(weekdays or inside) and first[0] is not None)
    yield Written(start, end, first, last, (*weekdays, *inside), relation, is_news)


def _lead(text: str, start: int) -> re.Match[str] | None:
    """What stands before a day and belongs to it: "Selasa malam (", "pada hari Rabu, tanggal "."""
    lead = _LEAD.search(text, _back(start), start)
    if lead and lead["week"] and lead["week"].startswith("minggu") and not lead["open"]:
        # Written small, "minggu" is a week.
        return _LEAD.search(text, lead.end("week"), start)
    return lead


# --- months and quarters


def _read_months(text: str) -> Iterator[Written]:
    for match in _MONTH_OF_YEAR.finditer(lowered(text)):
        year, month = _full_year(match["y"] or match["yy"]), month_number(match["m"])
        if _NAMED_AFTER_DAY.search(text, _back(match.start()), match.start()):
            continue
        if year:
            if not _COPYRIGHT.search(text, _back(match.start()), match.start()):
                yield Written(match.start(), match.end(), (year, month, None), (year, month, None))
            continue
        relation, end = _relation(text, match.end())
        fits = _stands_alone(text, match, bool(relation))
        if fits is not None:
            part = (None, month, None)
            yield Written(match.start(), end if fits else match.end(), part, part, (), relation, False, not fits)


def _stands_alone(text: str, match: re.Match[str], is_related: bool) -> bool | None:
    """Whether a month without a year is one: False where only a month beside it can tell, None where it is a name.

    "akhir Agustus", "bulan Juli" and "Juni lalu" are; "Mei" within a sentence is where no name stands beside it.
    """
    name, word = text[match.start("m") : match.end("m")], match["m"].rstrip(".")
    at, back = match.start(), _back(match.start())
    if word not in _MONTHS_ALONE or _NO_MONTH_BEFORE.match(text, match.end()) or _EVERY.search(text, back, at):
        return None
    if re.match(rf"-{word}", text[match.end() :][:12], re.IGNORECASE) or text[back:at].lower().endswith(f"{word}-"):
        return None
    if _NUMBER_WORD.search(text, back, at) or re.search(r"\d[^\S\n]*$", text[back:at]):
        return None
    if match["bulan"] or is_related:
        return True
    is_cued = bool(match["part"] or _CUE_BEFORE.search(text, back, at))
    if name[0].islower():
        return True if is_cued or word not in _MONTHS_AND_NAMES else None
    if _CAPITALISED.match(text, match.end()) and not _DAY_AHEAD.match(text, match.end()):
        return None
    if is_cued:
        return True
    if name.isupper() or word in _names_of_people(text) or _PERSON_BEFORE.search(text, back, at):
        return False
    if _AFTER_CAPITALISED.search(text, back, at) and not _STEP_NUMBER.search(text, back, at):
        return word not in _MONTHS_AND_NAMES
    if heads_a_line(text, at, match.end()):
        return True
    is_person = _PERSON_AFTER.match(text, match.end()) or _opens_sentence(text, at)
    return not (word in _MONTHS_AND_NAMES and is_person)


_MONTHS_ALONE = word_set("months_alone")
_MONTHS_AND_NAMES = word_set("months_and_names")
_DAY_AHEAD = re.compile(rf"[^\S\n]+(?:{WEEKDAY}|Kabupaten|Kota|Pemkab|Pemkot|Pemerintah|Diskominfo)\b", re.IGNORECASE)
_NO_MONTH_BEFORE = re.compile(rf"-(?!{MONTH})\w|\w|\s+['’‘`]?\d|\s*,\s*\d{{4}}|\s+tahun\s+\d", re.IGNORECASE)
_CUES_OF_MONTH = re.compile(
    rf"(?:{list_of('opens_month')}|{list_of('part_of_period')}|bulan|{WEEKDAY})\b", re.IGNORECASE
)
_NAME_OF_MONTH = rf"(?:{list_of('months_and_names')})"
_PERSON = re.compile(
    rf"\b(?i:({_NAME_OF_MONTH}))[^\S\n]+[A-Z][a-z]+|(?<![.!?\n] )(?<!\n)\b[A-Z][a-z]+[^\S\n]+(?i:({_NAME_OF_MONTH}))\b"
)


@lru_cache(maxsize=1)  # each month without a year asks for them; most texts have none
def _names_of_people(text: str) -> frozenset[str]:
    """Months that the text writes as part of a name: "April Yanti"; "Juli" alone is she, too."""
    found = set()
    for match in _PERSON.finditer(text):
        name = match[1] or match[2]
        other = match[0].replace(name, "", 1).strip()
        if (
            not name[0].isupper()
            or _CUES_OF_MONTH.match(other)
            or (match[2] and _opens_sentence(text, match.start()))
            or re.fullmatch(MONTH, other, re.IGNORECASE)
        ):
            continue
        found.add(name.lower())
    return frozenset(found)


def _opens_sentence(text: str, at: int) -> bool:
    before = text[max(0, at - 4) : at]
    return not before.strip() or bool(re.search(r"(?:[.!?:\n][\"”“'’]?[^\S\n]*|[“\"])$", before))


def _read_quarters(text: str) -> Iterator[Written]:
    for match in _QUARTER.finditer(lowered(text)):
        length, number = number_of("months_of", match["what"]), number_of("order", match["n"])
        if length * number > 12:
            continue
        year = int(match["y"]) if match["y"] else None
        relation = "" if year else f"{_relation_of(match)}_year"
        first, last = (year, length * (number - 1) + 1, None), (year, length * number, None)
        yield Written(match.start(), match.end(), first, last, (), relation)


# --- years


def _read_years(text: str) -> Iterator[Written]:
    for match in _YEARS.finditer(text):
        first, last = match["a"], match["b"] if len(match["b"]) == 4 else match["a"][:2] + match["b"]
        if first < last and not _is_number(text, match):
            yield _year(match, first, last)
    for match in _YEAR_LIST.finditer(lowered(text)):
        if match["a"] < match["b"] and not _is_number(text, match):
            yield _year(match, match["a"], match["b"])
    for match in _ONE_YEAR.finditer(lowered(text)):
        if _is_number(text, match):
            continue
        year = match["y"] or match["cued"]
        if match["word"] or 1900 <= int(year) < 2050:
            yield _year(match, year, year)
    for match in _BARE_YEAR.finditer(text):
        before = _back(match.start())
        if (
            _GOES_ON.match(text, match.end())
            and not _COUNTED_BEFORE.search(text, before, match.start())
            and not _is_number(text, match)
            and _LOWER_BEFORE.search(text, before, match.start())
        ):
            yield _year(match, match["y"], match["y"])


def _year(match: re.Match[str], first: str, last: str) -> Written:
    return Written(match.start(), match.end(), (int(first), None, None), (int(last), None, None))


def _read_relative(text: str) -> Iterator[Written]:
    for match in _RELATIVE_YEAR.finditer(lowered(text)):
        if not _COUNTED.search(text, _back(match.start()), match.start()):
            which = _RELATIONS.get(match["id"] or match["en"], "last")
            yield Written(match.start(), match.end(), (None,) * 3, (None,) * 3, (), f"{which}_year")
    for match in _RELATIVE_MONTH.finditer(lowered(text)):
        if not _COUNTED.search(text, _back(match.start()), match.start()):
            day = _number(match["d"]) if match["d"] else None
            which = _RELATIONS.get(match["id"], "last")
            yield Written(match.start(), match.end(), (None, None, day), (None, None, day), (), f"{which}_month")


def _is_number(text: str, match: re.Match[str]) -> bool:
    """Whether a year counts things, belongs to a law or letter or stands in a copyright line.

    >>> text = "Peraturan Bupati Nomor 12 Tahun 2020"
    >>> _is_number(text, re.search("Tahun 2020", text))
    True
    """
    back = _back(match.start())
    is_of_rule = re.match(r"t|\d", match[0], re.IGNORECASE) and _RULE.search(text, back, match.start())
    if is_of_rule or _COPYRIGHT.search(text, back, match.start()):
        return True
    return not re.match(r"t[ah.]", match[0], re.IGNORECASE) and bool(_UNITS.match(text, match.end()))


# --- what stands beside one another


def _join(text: str, written: list[Written]) -> list[Written]:
    """Two expressions with "hingga" between them are one range; so are days or months in a row joined by "dan"."""
    joined: list[Written] = []
    for one in written:
        if joined and (both := _range_of(text, joined[-1], one)):
            joined[-1] = both
            continue
        if joined and joined[-1].needs_company and _AND_BETWEEN.fullmatch(text, joined[-1].end, one.start):
            # "Mei dan Agustus 2022": what stands beside a month is one.
            joined[-1] = replace(joined[-1], needs_company=one.first[1] is None or one.needs_company)
        joined.append(one)
    return joined


def _range_of(text: str, one: Written, two: Written) -> Written | None:
    months = one.first[2] is None and two.first[2] is None
    if one.first[1] is None or two.first[1] is None or (one.first[2] is None) != (two.first[2] is None):
        return None
    if two.first != two.last or two.start - one.end > 30:
        return None
    is_until = bool(_UNTIL_BETWEEN.fullmatch(text, one.end, two.start))
    is_list = bool(_AND_BETWEEN.fullmatch(text, one.end, two.start) or (months and text[one.end : two.start] == ", "))
    if not is_list and (not is_until or one.first != one.last):
        return None
    if is_list and not _in_a_row(*_share_year(one.last, two.first)):
        return None
    first, last = _share_year(one.first, two.first)
    wraps = first[0] is None and first[1:] > last[1:]
    if first[0] is not None and not _before(first, last):
        return None
    if wraps and months and not is_until:
        return None
    relation = two.relation or one.relation
    is_alone = one.needs_company and two.needs_company and not months
    return Written(
        one.start, two.end, first, last, (*one.weekdays, *two.weekdays), relation, one.is_news or two.is_news, is_alone
    )


def _share_year(one: Part, two: Part) -> tuple[Part, Part]:
    """Both with a year where one has it: "30 Desember hingga 2 Januari 2024" begins the year before."""
    later = _order(one) > _order(two)
    if one[0] is None and two[0] is not None:
        return (two[0] - later, *one[1:]), two
    if two[0] is None and one[0] is not None:
        return one, (one[0] + later, *two[1:])
    return one, two


def _order(part: Part) -> tuple[int, int]:
    return part[1] or 0, part[2] or 0


def _before(one: Part, two: Part) -> bool:
    return (one[0] or 0, *_order(one)) < (two[0] or 0, *_order(two))


def _in_a_row(one: Part, two: Part) -> bool:
    if one[2] is None or two[2] is None:
        return ((two[1] or 0) - (one[1] or 0)) % 12 == 1
    a, b = (date(part[0] or 2001, part[1] or 1, min(part[2] or 1, 28 if part[1] == 2 else 31)) for part in (one, two))
    return 0 < (b - a).days <= 1 or (a.month == 12 and a.day == 31 and b.month == 1 and b.day == 1)


# --- pieces


def _relation(text: str, end: int) -> tuple[str, int]:
    """What stands after a date, and its end: "lalu" is last, "mendatang" next, "tahun itu" same_year."""
    match = _RELATION.match(text, end)
    if not match or (match["same"] and not match["year"]):
        return "", end
    return f"{_relation_of(match)}{'_year' if match['year'] else ''}", match.end()


def _relation_of(match: re.Match[str]) -> str:
    return next(name for name in ("last", "next", "this", "same") if match[name])


def _is_day(part: Part) -> bool:
    try:
        date(part[0] or 2000, part[1] or 1, part[2] or 1)
    except ValueError:
        return False
    return True


def _number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def _full_year(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) if len(text) == 4 else 2000 + int(text)


def _back(start: int) -> int:
    return max(0, start - _LOOK_BACK)
