"""Which year a date without one is of: from the words around it, the dates beside it, the day of publication.

Indonesian news leaves the year away where it is the current one, prints it once for a row of dates ("5 Juli, 6 Agustus
dan 10 September 2018") and goes on in the year it has named ("Maret 2019 ..., disusul tahap II awal Agustus").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile
from typing import Literal

from nlp.calendar.calendar_words import list_of

Part = tuple[int | None, int | None, int | None]
"""Year, month and day, as far as they are said."""
YearFrom = Literal["printed", "beside", "text", "published"]


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A calendar expression in a text."""

    start: int
    end: int
    start_date: str | None
    """ISO day, month or year; None where the year is said nowhere."""
    end_date: str | None
    confidence: float = 0.97
    year_from: YearFrom | None = "printed"
    """What tells the year: the expression itself, a date beside it, other dates of the text, the day of publication."""
    weekday_differs: bool = False
    """Whether the printed weekday is another than that of the printed date."""

    @property
    def is_day(self) -> bool:
        return self.start_date is not None and len(self.start_date) == 10

    @property
    def value(self) -> str:
        """ISO date, or interval `2023-06-12/2023-06-14`; empty when unresolved."""
        if self.start_date is None:
            return ""
        return self.start_date if self.start_date == self.end_date else f"{self.start_date}/{self.end_date}"


@dataclass(frozen=True, slots=True)
class Written:
    """A calendar expression as it is written, before its year is known."""

    start: int
    end: int
    first: Part
    last: Part
    weekdays: tuple[int, ...] = ()
    relation: str = ""
    """last, next, this; last_year, next_year, this_year, same_year, before_year; last_month, next_month, this_month."""
    is_news: bool = False
    """Whether it is written as the day of the news is: in brackets or after a weekday."""
    needs_company: bool = False
    """Whether it is a date only if joined to another: a month that may be a name."""


@dataclass(frozen=True, slots=True)
class _Anchor:
    """When the text speaks, as far as is known."""

    day: date | None
    year: int | None
    source: YearFrom


_LIKELY = range(2010, 2050)
_OF_NEWS = range(1990, 2100)
_NEAR = 45
"""Days before the anchor within which a date without a year is of the news, whatever stands beside it."""
_NEWS_AHEAD = 120
"""Days that a date in brackets, with its weekday, may lie ahead."""
_FAR = 60
"""Days from the anchor beyond which a weekday decides on the year; near ones with a wrong weekday are slips."""
_AHEAD = re.compile(rf"(?<!\w)(?:{list_of('ahead')})(?!\w)", re.IGNORECASE)
_BEHIND = re.compile(rf"(?<!\w)(?:{list_of('behind')})(?!\w)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?][\"”'’)]*\s+(?=[A-Z\"“(])|\n")
_BACK_IN_TIME = re.compile(rf"(?<!\w)(?:{list_of('back_in_time')})(?!\w)", re.IGNORECASE)
_SAME_TIME = re.compile(rf"[\"“”]?(?:{list_of('same_time')})\b", re.IGNORECASE)
_HEADING_ENDS = re.compile(r"[.:](?=\s)")
_ANY_YEAR = re.compile(r"(?<![\d.,/])(?:19[89]\d|20[0-4]\d)(?![\d.,/]\d|\d)")


def resolve(text: str, written: Sequence[Written], published: date | None) -> list[DateSpan]:
    """The expressions of a text as ISO dates, in their order."""
    anchor = _anchor(text, written, published)
    done: list[DateSpan] = []
    for i in range(len(written)):
        done.append(_resolve(text, written, i, done, anchor))
    # A day without a year is a finding though nobody says which; "tahun ini" in a text of no known time is none.
    return [span for span, one in zip(done, written, strict=True) if span.start_date or one.last[1]]


def _resolve(text: str, written: Sequence[Written], i: int, done: list[DateSpan], anchor: _Anchor) -> DateSpan:
    one = written[i]
    if one.last[0] is not None:
        return _span(one, one.last[0], "printed", 0.97 if one.last[1] else 0.93)
    if one.relation.endswith("_month"):
        return _month_from_now(one, anchor)
    if one.relation.endswith("_year"):
        year, source = _related_year(text, one, done, anchor)
        return _span(one, year, source, 0.9 if source == "published" else 0.8)
    nearest = _nearest(text, one, anchor)
    beside = _year_beside(text, written, i, done, anchor)
    if beside is not None and beside != nearest and not _belongs_to_news(text, one, nearest, beside, anchor):
        return _span(one, beside, "beside", 0.75)
    if beside is not None and beside == nearest:
        return _span(one, nearest, "beside", 0.95)
    return _span(one, nearest, anchor.source, _confidence(one, nearest, anchor))


def _confidence(one: Written, year: int | None, anchor: _Anchor) -> float:
    if anchor.day is None or year is None:
        return 0.75
    away = abs((_as_day(one.last, year) - anchor.day).days)
    sure = 0.97 if away <= 31 else 0.93 if away <= 120 or one.relation else 0.8
    return sure if anchor.source == "published" else sure - 0.05


def _span(one: Written, year: int | None, source: YearFrom, confidence: float) -> DateSpan:
    """The span with its last year known; the first is of the year before where the range passes New Year."""
    if year is None:
        return DateSpan(one.start, one.end, None, None, 0.3, None)
    first_year = one.first[0]
    if first_year is None:
        wraps = (one.first[1] or 0, one.first[2] or 0) > (one.last[1] or 0, one.last[2] or 0)
        first_year = year - wraps
    first, last = _iso(first_year, one.first), _iso(year, one.last)
    if first is None or last is None:
        return DateSpan(one.start, one.end, None, None, 0.3, None)
    differs = _weekday_differs(one, first, last)
    if differs:
        confidence = min(confidence, 0.7 if source == "printed" else 0.45)
    return DateSpan(one.start, one.end, first, last, round(confidence, 2), source, differs)


def _iso(year: int, part: Part) -> str | None:
    if part[1] is None:
        return str(year)
    if part[2] is None:
        return f"{year}-{part[1]:02}"
    try:
        return date(year, part[1], part[2]).isoformat()
    except ValueError:
        return None


def _weekday_differs(one: Written, first: str, last: str) -> bool:
    if not one.weekdays or len(first) != 10:
        return False
    found = {date.fromisoformat(first).weekday(), date.fromisoformat(last).weekday()}
    if len(one.weekdays) == 1:
        return one.weekdays[0] not in found
    return {one.weekdays[0], one.weekdays[-1]} != found


# --- when the text speaks


def _anchor(text: str, written: Sequence[Written], published: date | None) -> _Anchor:
    """The day of publication, where it can be one; else a day or year of the text, one written as news first."""
    if published and published.year in _OF_NEWS:
        return _Anchor(published, published.year, "published")
    days = [one for one in written if one.last[2] is not None]
    printed = [one for one in days if one.last[0] in _LIKELY]
    for one in printed:
        if one.is_news:
            return _at(one, one.last[0])
    years = Counter(int(match[0]) for match in _ANY_YEAR.finditer(text))
    for one in days:
        if one.is_news and one.last[0] is None and not one.relation.endswith("_year"):
            year = _fitting_year(one, years)
            return _at(one, year) if year else _Anchor(None, None, "text")
    past = [one for one in printed if _direction(text, one) <= 0] or printed
    if past:
        latest = max(past, key=lambda one: _as_day(one.last, one.last[0] or 0))
        return _at(latest, latest.last[0])
    named = Counter(one.last[0] for one in written if one.last[0] in _LIKELY)
    year = max(named or years, key=lambda y: ((named or years)[y], y or 0), default=None)
    return _Anchor(None, year, "text")


def _at(one: Written, year: int | None) -> _Anchor:
    return _Anchor(_as_day(one.last, year or 0), year, "text")


def _fitting_year(one: Written, years: Counter[int]) -> int | None:
    """The year that the text names most, of those in which the weekday is right; the one after may be meant, too."""
    candidates = {year for named in years for year in (named, named + 1)}
    fits = [year for year in candidates if one.weekdays and not _span(one, year, "text", 0.5).weekday_differs]
    return max(fits or years, key=lambda year: (years[year], year), default=None)


def _as_day(part: Part, year: int) -> date:
    month = part[1] or 7
    day = part[2] or (15 if part[1] else 1)
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, 28)


# --- which year


def _related_year(text: str, one: Written, done: list[DateSpan], anchor: _Anchor) -> tuple[int | None, YearFrom]:
    """The year of "tahun lalu", "tahun depan", "tahun itu"."""
    if one.relation in ("same_year", "before_year"):
        since = one.start - 500 if one.relation == "same_year" else _sentence_start(text, one.start)
        near = takewhile(lambda span: span.start >= since, reversed(done))
        if named := next((span for span in near if span.year_from == "printed"), None):
            return int(str(named.end_date)[:4]) - (one.relation == "before_year"), "beside"
    shift = {"last": -1, "before": -1, "next": 1}.get(one.relation.removesuffix("_year"), 0)
    return (anchor.year + shift if anchor.year else None), anchor.source


def _month_from_now(one: Written, anchor: _Anchor) -> DateSpan:
    """The month of "bulan ini", "bulan lalu", "bulan depan", or a day in it."""
    if anchor.day is None:
        return DateSpan(one.start, one.end, None, None, 0.3, None)
    # From the middle of a month 30 days lead into the one before and the one after.
    shift = {"this_month": 0, "last_month": -30, "next_month": 30}[one.relation]
    month = anchor.day.replace(day=15) + timedelta(days=shift)
    part = (month.year, month.month, one.last[2])
    moved = Written(one.start, one.end, part, part)
    return _span(moved, month.year, anchor.source, 0.9 if anchor.source == "published" else 0.75)


def _year_beside(text: str, written: Sequence[Written], i: int, done: list[DateSpan], anchor: _Anchor) -> int | None:
    """The year of a date in the same sentence that this one goes with; None where none does.

    One after it that is later in the calendar lends its year ("5 Juli dan 6 Agustus 2018"), and so does one before it
    that is earlier ("2-3 Juli 2019, disusul tahap II awal Agustus"). A year that opens the sentence holds for all of it
    ("Pada 2019 bimtek digelar Juli"), and "waktu itu" goes on in the year of the sentence before.
    """
    one = written[i]
    if one.relation in ("last", "next", "this") or (one.is_news and anchor.day):
        return None
    start = _sentence_start(text, one.start)
    for later in written[i + 1 : i + 7]:
        between = text[one.end : later.start]
        if len(between) > 160 or _SENTENCE_END.search(between) or _BACK_IN_TIME.search(between):
            break
        if later.last[0] is not None and later.last[1] is not None:
            if _order(one.first) <= _order(later.first) and not later.is_news:
                return later.last[0]
            break
    if _SAME_TIME.match(text, start):
        return next((int(str(span.end_date)[:4]) for span in reversed(done) if _is_told(span, start - 300)), None)
    for span, earlier in zip(reversed(done), reversed(written[:i]), strict=True):
        if span.start < start or one.start - span.end > 250:
            break
        if span.end_date and len(span.end_date) >= 7 and span.year_from in ("printed", "beside"):
            return int(span.end_date[:4]) if _order(earlier.last) <= _order(one.first) else None
        if span.start - start <= 2 and _is_told(span, start) and span.start_date == span.end_date:
            return int(str(span.end_date))
    return None


def _is_told(span: DateSpan, since: int) -> bool:
    """Whether a span stands behind an offset and prints its year."""
    return span.start >= since and span.year_from == "printed"


def _order(part: Part) -> tuple[int, int]:
    return part[1] or 0, part[2] or 31


def _belongs_to_news(text: str, one: Written, nearest: int | None, beside: int, anchor: _Anchor) -> bool:
    """Whether a date is rather near the day of the news than of the year that stands beside it."""
    if anchor.day is None or nearest is None:
        return False
    if one.weekdays and _span(one, beside, "text", 0.5).weekday_differs:
        return not _span(one, nearest, "text", 0.5).weekday_differs
    behind = (anchor.day - _as_day(one.last, beside)).days
    if behind > _NEAR and _direction(text, one) > 0:
        return True
    return -7 <= (anchor.day - _as_day(one.last, nearest)).days <= _NEAR


def _nearest(text: str, one: Written, anchor: _Anchor) -> int | None:
    """The year that brings a day or month nearest to when the text speaks, behind or ahead as the words say."""
    if anchor.day is None or anchor.year is None:
        return anchor.year
    direction = _direction(text, one)
    if one.last[2] is None:
        return _nearest_of_month(one, direction, anchor.day)
    years = [year for year in (anchor.year - 1, anchor.year, anchor.year + 1) if _iso(year, one.last)]
    if not years:
        return None
    nearest = min(years, key=lambda year: _distance(one, year, direction, anchor.day))  # type: ignore[arg-type]
    fitting = [year for year in years if one.weekdays and not _span(one, year, "text", 0.5).weekday_differs]
    if one.is_news:
        fitting = [year for year in fitting if (_as_day(one.last, year) - anchor.day).days <= _NEWS_AHEAD]
    if abs((_as_day(one.last, nearest) - anchor.day).days) > _FAR and fitting and nearest not in fitting:
        nearest = min(fitting, key=lambda year: _distance(one, year, direction, anchor.day))  # type: ignore[arg-type]
    return nearest


def _distance(one: Written, year: int, direction: int, anchor: date) -> float:
    """How far a day of a year is from the anchor, in days.

    News speaks of what was more than of what will be, and another year than the current is mostly printed.
    """
    ahead = (_as_day(one.last, year) - anchor).days
    if direction > 0:
        return float(ahead) if ahead >= 0 else 1.0 - ahead if ahead > -_NEAR else 1000.0 - ahead
    if direction < 0:
        return float(-ahead) if ahead <= 0 else 1.0 + ahead if ahead < 10 else 1000.0 + ahead
    away = 2.0 * ahead if ahead > 0 else float(-ahead)
    return away + 180.0 * (year != anchor.year)


def _nearest_of_month(one: Written, direction: int, anchor: date) -> int:
    ahead = (one.last[1] or 0) - anchor.month
    if direction > 0:
        return anchor.year + (ahead < -1)
    if direction < 0:
        return anchor.year - (ahead > 0)
    # Without a word the year is the current one, save over New Year: "Januari" in December is the next.
    return anchor.year + (ahead <= -10) - (ahead >= 10)


def _direction(text: str, one: Written) -> int:
    """1 where the words say that a date was to come, -1 where it was over, 0 where they say neither."""
    if one.relation in ("last", "next"):
        return 1 if one.relation == "next" else -1
    if one.last[2] is None and heads_a_line(text, one.start, one.end):
        return -1
    before = text[max(_sentence_start(text, one.start), one.start - 110) : one.start]
    ahead = max((match.end() for match in _AHEAD.finditer(before)), default=-1)
    behind = max((match.end() for match in _BEHIND.finditer(before)), default=-1)
    if ahead == behind:
        tail = text[one.end : one.end + 40].split(".")[0]
        return int(bool(_AHEAD.search(tail)))
    return 1 if ahead > behind else -1


def heads_a_line(text: str, start: int, end: int) -> bool:
    """Whether a month heads what it brought, as in a look back on a year: "Juni. Bimtek tahap I digelar."

    >>> heads_a_line("Juni. Bimtek digelar.", 0, 4), heads_a_line("Juni dan seterusnya.", 0, 4)
    (True, False)
    """
    return text[max(0, start - 1) : start] in ("", "\n") and bool(_HEADING_ENDS.match(text, end))


def _sentence_start(text: str, at: int) -> int:
    start = max(0, at - 400)
    return max((match.end() for match in _SENTENCE_END.finditer(text, start, at)), default=start)
