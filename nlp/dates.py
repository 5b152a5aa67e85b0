"""Calendar expressions of Indonesian news, as written and as ISO dates.

Found are days, ranges, months, years and "tahun ini/lalu/depan". Not found, on purpose: bare weekdays and "besok",
years of regulations ("Nomor 23 Tahun 2014"), copyright lines, a bare year that ends a name ("Awarding 2018").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {
    "januari": 1, "jan": 1, "februari": 2, "pebruari": 2, "feb": 2, "maret": 3, "mar": 3, "april": 4, "apr": 4,
    "mei": 5, "juni": 6, "jun": 6, "juli": 7, "jul": 7, "agustus": 8, "agt": 8, "agu": 8, "ags": 8, "agust": 8,
    "september": 9, "sept": 9, "sep": 9, "oktober": 10, "okt": 10, "november": 11, "nopember": 11, "nov": 11,
    "nop": 11, "desember": 12, "des": 12,
}  # fmt: skip
WEEKDAYS = {"senin": 0, "selasa": 1, "rabu": 2, "kamis": 3, "jumat": 4, "sabtu": 5, "minggu": 6, "ahad": 6}


@dataclass(frozen=True, slots=True)
class _Said:
    """What a text tells of the years of its dates."""

    published: date | None
    years: Counter[int]
    """How often each year is named."""
    spoken_from: int | None
    """The year in which the text speaks; None where nothing tells it."""


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A calendar expression in a text."""

    start: int
    end: int
    start_date: str | None
    """ISO day, month or year; None where the year is said nowhere."""
    end_date: str | None

    @property
    def is_day(self) -> bool:
        return self.start_date is not None and len(self.start_date) == 10

    @property
    def value(self) -> str:
        """ISO date, or interval `2023-06-12/2023-06-14`; empty when unresolved."""
        if self.start_date is None:
            return ""
        return self.start_date if self.start_date == self.end_date else f"{self.start_date}/{self.end_date}"


_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")(?![a-z])\.?"
_WEEKDAY = r"(?:senin|selasa|rabu|kamis|jum['’`‘]?at|sabtu|minggu|ahad)"
_YEAR = r"(?:19[89]\d|20[0-4]\d)"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_TO = r"(?:\s*(?:-|–|—|s\.?\s?/?\s?d\.?|sampai(?:\s+dengan)?|hingga|dan|&|ke)\s*)"
_UNTIL = r"(?:\s*(?:-|–|—|s\.?\s?/?\s?d\.?|sampai(?:\s+dengan)?|hingga)\s*)"
_LEAD = rf"(?:(?:hari\s+)?{_WEEKDAY}(?:{_TO}{_WEEKDAY})?\s*,?\s*)?(?:\(\s*)?(?:(?:hari\s+)?{_WEEKDAY}\s*,\s*)?"
_TANGGAL = r"(?:(?:per)?tanggal\s+|tgl\.?\s*)?"
_TAIL = r"(?:\s*\))?"
# A year that is no year of the programme (1945, 1493, '45) must not be taken for a missing one.
_OTHER_YEAR = r"\s*,?\s*(?:tahun\s+)?(?:\d\d\d\d|['’‘`]\d\d)(?!\d)"
_MONTH_YEAR = rf"(?P<{{m}}>{_MONTH})(?:\s*,?\s*(?:tahun\s+)?(?P<{{y}}>{_YEAR}))?(?!{_OTHER_YEAR})"


def _month_year(suffix: str) -> str:
    return _MONTH_YEAR.format(m=f"m{suffix}", y=f"y{suffix}")


# Each alternative is a shape that Indonesian newspapers print; the longest that fits at a place wins by its order.
_WORDS = re.compile(
    rf"(?<![\w/]){_LEAD}{_TANGGAL}"
    rf"(?:"
    # 31 Juli 2023 hingga Selasa 1 Agustus 2023 · 30 September s.d 1 Oktober 2019
    rf"(?P<d1>{_DAY})\s+{_month_year('1')}{_TO}(?:(?:hari\s+)?{_WEEKDAY}\s*,?\s*)?\(?{_TANGGAL}(?P<d2>{_DAY})\s+{_month_year('2')}"
    # 12-14 Juni 2023 · 18, 19 dan 20 Juli 2018
    rf"|(?P<d3>{_DAY})(?:\s*,\s*{_DAY}){{0,6}}{_TO}(?:{_WEEKDAY}\s*,?\s*)?(?P<d4>{_DAY})\s+{_month_year('3')}"
    # 8 November 2023
    rf"|(?P<d5>{_DAY})\s+{_month_year('5')}"
    rf"){_TAIL}",
    re.IGNORECASE,
)
# "30 Mei hingga 2 Juni 1975": the first day is of that year too.
_TO_OTHER_YEAR = re.compile(rf"{_TO}{_DAY}\s+{_MONTH}{_OTHER_YEAR}", re.IGNORECASE)
_NUMERIC = re.compile(
    rf"(?<![\w/.,-])(?P<lead>{_LEAD}){_TANGGAL}"
    rf"(?:"
    rf"(?P<a1>{_DAY})/(?P<b1>0?[1-9]|1[0-2])(?:/(?P<c1>{_YEAR}|\d\d))?\)?{_UNTIL}(?:{_WEEKDAY}\s*,?\s*)?\(?(?P<a2>{_DAY})/(?P<b2>0?[1-9]|1[0-2])(?:/(?P<c2>{_YEAR}|\d\d))?"
    rf"|(?P<a3>{_DAY}){_TO}(?P<a4>{_DAY})(?P<s4>//?|[.-])(?P<b4>0?[1-9]|1[0-2])(?:(?:(?P=s4)|/)(?P<c4>{_YEAR}|\d\d))?"
    rf"|(?P<a5>{_DAY})(?P<s5>\s?[/.-]\s?)(?P<b5>0?[1-9]|1[0-2])(?:(?P=s5)(?P<c5>{_YEAR}|\d\d))?"
    rf")(?![\w/]|[.,-]\d)(?P<tail>{_TAIL})",
    re.IGNORECASE,
)
_ISO = re.compile(r"(?<![\w/-])(20[0-4]\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?![\w-])")
_MONTH_ONLY = re.compile(
    rf"(?<![\w/])(?:bulan\s+)?(?P<m1>{_MONTH})(?:(?:\s*(?:-|–|hingga|sampai|dan)\s*)(?P<m2>{_MONTH}))?"
    rf"\s*,?\s*(?:tahun\s+)?(?P<y>{_YEAR})(?!\s*[-–/.]?\d)",
    re.IGNORECASE,
)
_BARE_MONTH = re.compile(
    rf"(?<![\w/])(?:(?:pada\s+)?bulan\s+(?P<m>{_MONTH})(?!{_OTHER_YEAR})(?:\s+(?P<rel>ini|lalu|depan|mendatang))?"
    rf"|pada\s+(?P<m4>{_MONTH})(?=\s*[.,;)]|$)"
    rf"|(?P<m2>{_MONTH})\s+(?P<rel2>ini|lalu|silam|depan|mendatang|nanti)"
    rf"|bulan\s+(?P<rel3>ini|lalu|depan))(?!\w)",
    re.IGNORECASE,
)
_YEARS = re.compile(
    rf"(?<![\w/.-])(?:(?:tahun|tahun\s+anggaran|T\.?A\.?|periode|edisi)\s+)?(?P<a>{_YEAR})\s*(?:-|–|—|/|s\.?\s?/?\s?d\.?|sampai(?:\s+dengan)?|hingga)\s*(?:tahun\s+)?(?P<b>{_YEAR}|\d\d)(?![\w/]|[.,-]\d)",
    re.IGNORECASE,
)
_YEAR_LIST = re.compile(
    rf"(?<!\w)tahun\s+(?P<a>{_YEAR})(?:\s*,\s*{_YEAR}){{0,9}}\s*,?\s*(?:dan|&)\s+(?:tahun\s+)?(?P<b>{_YEAR})(?![\w/]|[.,-]\d)",
    re.IGNORECASE,
)
_ONE_YEAR = re.compile(
    rf"(?<!\w)(?P<word>tahun(?:\s+(?:anggaran|ajaran))?|T\.?A\.?|pada|di|sejak|hingga|sampai|untuk|dari|mulai|target|medio|"
    rf"awal|pertengahan|akhir|dalam|selama|periode|memasuki|menjelang)\s+(?P<y>{_YEAR})(?:\s+(?:lalu|silam|mendatang|nanti|ini))?"
    rf"(?![\w/]|[.,-]\d)",
    re.IGNORECASE,
)
_RELATIVE_YEAR = re.compile(r"(?<!\w)tahun\s+(?P<rel>ini|lalu|kemarin|depan|sebelumnya|mendatang)(?!\w)", re.IGNORECASE)
_COUNTS = frozenset(
    "beberapa satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas tiap setiap".split()
) | {str(number) for number in range(1, 100)}
_REGULATION = re.compile(r"\b(?:nomor|nomer|no)\b\.?\s*:?\s*[\w./-]*\d[\w./-]*(?:\s+\w+)?\s*$", re.IGNORECASE)
_COPYRIGHT = re.compile(r"(?:©|copyright|hak cipta|\(c\))[^\n]{0,20}$", re.IGNORECASE)
_ANY_YEAR = re.compile(rf"(?<![\d.,]){_YEAR}(?![\d.,/]\d|\d)")


def find_dates(text: str, published: date | None = None) -> list[DateSpan]:
    """Every calendar expression of the text, in order, without overlaps.

    A missing year comes from `published`, else from the years that the text names, the weekday deciding between them.
    Where weekday and date differ, the printed date wins.

    >>> [d.value for d in find_dates("Evaluasi digelar Jum’at (3/11/2023), Tahap I pada 12-14 Juni 2023.")]
    ['2023-11-03', '2023-06-12/2023-06-14']
    >>> [d.value for d in find_dates("Sabtu (13/9) di Ambon", date(2025, 9, 15))]
    ['2025-09-13']
    >>> find_dates("Perpres Nomor 95 Tahun 2018, Halaman 1/2, hadir 2019 orang")
    []
    """
    years = _years_of(text)
    said = _Said(published, Counter(years), published.year if published else _year_spoken_from(text, years))
    found: list[DateSpan] = []
    taken = bytearray(len(text))
    for span in _candidates(text, said):
        if not any(taken[span.start : span.end]):
            taken[span.start : span.end] = b"1" * (span.end - span.start)
            found.append(span)
    return sorted(found, key=lambda span: span.start)


def _candidates(text: str, said: _Said) -> Iterator[DateSpan]:
    for match in _WORDS.finditer(text):
        if span := _read_words(match, said):
            yield span
    for match in _NUMERIC.finditer(text):
        if span := _read_numeric(match, said):
            yield span
    for match in _ISO.finditer(text):
        if day := _day(int(match[1]), int(match[2]), int(match[3])):
            yield DateSpan(match.start(), match.end(), day, day)
    for match in _MONTH_ONLY.finditer(text):
        first, last = _month(match["m1"]), _month(match["m2"] or match["m1"])
        yield DateSpan(match.start(), match.end(), f"{match['y']}-{first:02}", f"{match['y']}-{last:02}")
    for match in _BARE_MONTH.finditer(text):
        if span := _read_bare_month(match, said):
            yield span
    yield from _read_years(text, said)


def _read_years(text: str, said: _Said) -> Iterator[DateSpan]:
    for match in _YEARS.finditer(text):
        first, last = match["a"], match["b"] if len(match["b"]) == 4 else match["a"][:2] + match["b"]
        if first < last and not _is_number_of_rule(text, match.start()):
            yield DateSpan(match.start(), match.end(), first, last)
    for match in _YEAR_LIST.finditer(text):
        if match["a"] < match["b"] and not _is_number_of_rule(text, match.start()):
            yield DateSpan(match.start(), match.end(), match["a"], match["b"])
    for match in _ONE_YEAR.finditer(text):
        if not _is_number_of_rule(text, match.start()):
            yield DateSpan(match.start(), match.end(), match["y"], match["y"])
    if said.spoken_from:
        for match in _RELATIVE_YEAR.finditer(text):
            year = str(said.spoken_from + {"ini": 0, "depan": 1, "mendatang": 1}.get(match["rel"].lower(), -1))
            yield DateSpan(match.start(), match.end(), year, year)


def _read_words(match: re.Match[str], said: _Said) -> DateSpan | None:
    group = match.groupdict()
    weekday = _weekday(match[0])
    if group["d1"]:
        m1, m2 = _month(group["m1"]), _month(group["m2"])
        y2 = int(group["y2"]) if group["y2"] else int(group["y1"]) if group["y1"] else None
        y2 = y2 or _missing_year(m2, int(group["d2"]), None, said)
        y1 = int(group["y1"]) if group["y1"] else (y2 - 1 if y2 and m1 > m2 else y2)
        return _span(match, (y1, m1, int(group["d1"])), (y2, m2, int(group["d2"])))
    if group["d3"]:
        month, year = _month(group["m3"]), int(group["y3"]) if group["y3"] else None
        year = year or _missing_year(month, int(group["d3"]), weekday, said)
        return _span(match, (year, month, int(group["d3"])), (year, month, int(group["d4"])))
    month, year = _month(group["m5"]), int(group["y5"]) if group["y5"] else None
    if year is None and _TO_OTHER_YEAR.match(match.string, match.end()):
        return None
    year = year or _missing_year(month, int(group["d5"]), weekday, said)
    return _span(match, (year, month, int(group["d5"])), (year, month, int(group["d5"])))


def _read_numeric(match: re.Match[str], said: _Said) -> DateSpan | None:
    group = match.groupdict()
    weekday = _weekday(match[0])
    in_brackets = "(" in group["lead"] and ")" in group["tail"]
    if group["a1"]:
        first, last = (group["a1"], group["b1"], group["c1"] or group["c2"]), (group["a2"], group["b2"], group["c2"])
    elif group["a3"]:
        first, last = (group["a3"], group["b4"], group["c4"]), (group["a4"], group["b4"], group["c4"])
    else:
        first = last = (group["a5"], group["b5"], group["c5"])
    # "1/2" alone is a fraction or a page, and "3.5" a number: without a year a slash needs brackets or a weekday.
    if not last[2] and (not (in_brackets or weekday is not None) or "/" not in match[0]):
        return None
    if last[2] and len(last[2]) == 2 and not (in_brackets or weekday is not None):
        return None
    month, day = int(first[1]), int(first[0])
    year = _full_year(last[2]) or _missing_year(month, day, weekday, said)
    return _span(match, (_full_year(first[2]) or year, month, day), (year, int(last[1]), int(last[0])))


def _read_bare_month(match: re.Match[str], said: _Said) -> DateSpan | None:
    """A month without a year: "bulan November lalu", "Desember mendatang", "bulan depan"."""
    if match["rel3"]:
        return _read_month_from_now(match, said.published)
    name = match["m"] or match["m2"] or match["m4"]
    # "mar", "mei" and the like are words too; a month that opens no phrase with "bulan" is written in full.
    if not match["m"] and ((len(name) < 4 and name.lower() != "mei") or not name[0].isupper()):
        return None
    year, month = said.spoken_from, _month(name)
    if year is None:
        return DateSpan(match.start(), match.end(), None, None)
    relation, now = (match["rel"] or match["rel2"] or "").lower(), said.published.month if said.published else None
    if now and relation in ("lalu", "silam") and month > now:
        year -= 1
    elif now and relation in ("depan", "mendatang", "nanti") and month < now:
        year += 1
    value = f"{year}-{month:02}"
    return DateSpan(match.start(), match.end(), value, value)


def _read_month_from_now(match: re.Match[str], published: date | None) -> DateSpan | None:
    """The month of "bulan ini", "bulan lalu", "bulan depan"; "beberapa bulan lalu" counts months and names none."""
    before = match.string[max(0, match.start() - 12) : match.start()].split()
    if published is None or (before and before[-1].lower() in _COUNTS):
        return None
    # From the middle of a month 30 days lead into the one before and the one after.
    day = published.replace(day=15) + timedelta(days={"ini": 0, "lalu": -30, "depan": 30}[match["rel3"].lower()])
    return DateSpan(match.start(), match.end(), f"{day:%Y-%m}", f"{day:%Y-%m}")


Day = tuple[int | None, int, int]


def _span(match: re.Match[str], first: Day, last: Day) -> DateSpan | None:
    """The span of a match, trimmed to balanced brackets; None when it is no day of the calendar."""
    start, end = _trim(match)
    if first[0] is None or last[0] is None:
        valid = _day(2000, first[1], first[2]) and _day(2000, last[1], last[2])
        return DateSpan(start, end, None, None) if valid else None
    one, two = _day(first[0], first[1], first[2]), _day(last[0], last[1], last[2])
    if one is None or two is None or two < one:
        return None
    return DateSpan(start, end, one, two)


def _trim(match: re.Match[str]) -> tuple[int, int]:
    text, start, end = match[0], match.start(), match.end()
    if "(" in text and ")" not in text:
        start += text.index("(") + 1
    elif ")" in text and "(" not in text:
        end -= len(text) - text.rindex(")")
    while match.string[end - 1].isspace():
        end -= 1
    while match.string[start].isspace():
        start += 1
    return start, end


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _month(word: str) -> int:
    return MONTHS[word.lower().rstrip(".")]


def _full_year(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) if len(text) == 4 else 2000 + int(text)


def _weekday(text: str) -> int | None:
    found = re.search(_WEEKDAY, text, re.IGNORECASE)
    return WEEKDAYS[re.sub(r"['’`‘]", "", found[0].lower())] if found else None


def _years_of(text: str) -> list[int]:
    return [int(match[0]) for match in _ANY_YEAR.finditer(text) if not _is_number_of_rule(text, match.start())]


def _year_spoken_from(text: str, years: list[int]) -> int | None:
    """The year an undated text speaks from: that of the days it prints, else the one year it names most."""
    days = [int(match["y5"] or match["y3"] or match["y1"] or 0) for match in _WORDS.finditer(text)]
    days += [_full_year(match["c5"] or match["c4"] or match["c2"]) or 0 for match in _NUMERIC.finditer(text)]
    counted = Counter(year for year in days if year) or Counter(years)
    return max(counted, key=lambda year: (counted[year], year)) if counted else None


def _missing_year(month: int, day: int, weekday: int | None, said: _Said) -> int | None:
    """The year of a date printed without one; None when nothing tells it."""
    if said.published:
        return _nearest_year(month, day, weekday, said.published)
    candidates = sorted({*said.years, *(year + 1 for year in said.years)}, reverse=True)
    fits = [y for y in candidates if (d := _day(y, month, day)) and date.fromisoformat(d).weekday() == weekday]
    return max(fits or said.years, key=lambda year: (said.years[year], year), default=None)


def _nearest_year(month: int, day: int, weekday: int | None, published: date) -> int | None:
    """The year that brings a day nearest to the publication.

    News speaks of what was more than of what will be, so a day ahead counts as half as far again. A printed weekday
    decides only where the nearest day is more than two months away: near ones with a wrong weekday are slips.
    """
    days = [date.fromisoformat(d) for year in (-1, 0, 1) if (d := _day(published.year + year, month, day))]

    def distance(when: date) -> float:
        ahead = (when - published).days
        return 1.5 * ahead if ahead > 0 else -ahead

    if not days:
        return None
    nearest = min(days, key=distance)
    fitting = [when for when in days if when.weekday() == weekday]
    if distance(nearest) > 60 and fitting:
        nearest = min(fitting, key=distance)
    return nearest.year


def _is_number_of_rule(text: str, start: int) -> bool:
    """Whether what stands before is the number of a law or letter, or a copyright sign.

    >>> _is_number_of_rule("Peraturan Bupati Nomor 12 Tahun 2020", 26)
    True
    """
    before = text[max(0, start - 40) : start]
    before = re.sub(r"\b(?:tahun)\s*$", "", before, flags=re.IGNORECASE)
    return bool(_REGULATION.search(before) or _COPYRIGHT.search(before))
