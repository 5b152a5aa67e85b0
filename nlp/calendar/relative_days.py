"""Days told from the day of publication: "kemarin", "Selasa pekan lalu", "pekan depan", "Jumat".

They are no calendar expressions, so `find_dates` leaves them; an event without a date may take its day from here, with
less confidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from nlp.calendar.calendar_words import AND, PARTS, UNTIL, WEEKDAY, list_of, number_of, weekday_number
from nlp.calendar.years import DateSpan

_NOW = list_of("days_from_now").replace(" ", r"\s+")
_WHICH = f"(?:(?P<last>{list_of('last')})|(?P<next>{list_of('next')})|(?P<this>{list_of('this')}))"
# With a capital within a sentence, "Minggu" is the Sunday; else it is a week.
_WEEK = r"(?-i:[Pp]ekan|minggu|(?<![\w,] )Minggu)"
_RELATIVE = re.compile(
    rf"(?<![\w/-])(?:"
    rf"{_WEEK}\s+(?P<week>lalu|kemarin|ini|depan|mendatang)"
    rf"|(?P<weekday>{WEEKDAY})(?!\w)(?:\s*(?:{UNTIL}|{AND})\s*(?P<to>{WEEKDAY}))?(?:\s+{PARTS})?"
    rf"(?:\s+(?P<ofweek>pekan|minggu))?(?:\s+{_WHICH})?"
    rf"|(?P<count>{list_of('small_numbers')})(?:(?<=sehari)|\s+hari)\s+(?:yang\s+)?(?P<ago>lalu|silam)"
    rf"|(?P<word>{_NOW})"
    r")(?!\w)",
    re.IGNORECASE,
)
_EVERY = re.compile(rf"(?<!\w)(?:{list_of('every')}|{list_of('no_day_after')})\s+(?:hari\s+)?$", re.IGNORECASE)
_COUNT = re.compile(rf"(?<!\w)(?:{list_of('counts')})\s+$", re.IGNORECASE)
_AHEAD = re.compile(rf"(?<!\w)(?:{list_of('ahead')})(?!\w)[^.\n]*$", re.IGNORECASE)


def find_relative_days(text: str, published: date | None, dates: Sequence[DateSpan] = ()) -> list[DateSpan]:
    """Days and weeks that the text tells from the day of publication, in order; none where that is unknown.

    What overlaps one of `dates`, or is its echo ("Senin (30/10) kemarin"), is left out. A week is Monday to Sunday.

    >>> [d.value for d in find_relative_days("Digelar Selasa pekan lalu, hasilnya keluar besok.", date(2023, 11, 8))]
    ['2023-10-31', '2023-11-09']
    """
    if published is None:
        return []
    return [span for span in _read(text, published) if not any(_touches(text, span, day) for day in dates)]


def _touches(text: str, span: DateSpan, day: DateSpan) -> bool:
    """Whether the two overlap or only blanks and commas part them."""
    first, last = (span, day) if span.start < day.start else (day, span)
    return first.end > last.start or not text[first.end : last.start].strip(" ,()")


def _read(text: str, published: date) -> Iterator[DateSpan]:
    for match in _RELATIVE.finditer(text):
        before = text[max(0, match.start() - 100) : match.start()]
        if _EVERY.search(before) or _COUNT.search(before):
            continue
        if match["word"]:
            day = published + timedelta(days=number_of("days_from_now", match["word"]))
            yield _span(match, day, day, 0.6)
        elif match["count"]:
            number = number_of("small_numbers", match["count"])
            day = published - timedelta(days=number)
            yield _span(match, day, day, 0.6)
        elif match["week"]:
            monday = _monday(published, match["week"].lower())
            yield _span(match, monday, monday + timedelta(days=6), 0.6)
        elif match["weekday"][0].isupper():
            day, confidence = _day_of_week(match, published, bool(_AHEAD.search(before)))
            last = day + timedelta(days=(weekday_number(match["to"]) - day.weekday()) % 7) if match["to"] else day
            yield _span(match, day, last, confidence)


def _day_of_week(match: re.Match[str], published: date, is_ahead: bool) -> tuple[date, float]:
    """The day that a weekday means: in the week that is said, else the last one, today among them, else the next."""
    number = weekday_number(match["weekday"])
    if match["ofweek"]:
        which = "lalu" if match["last"] else "depan" if match["next"] else "ini"
        return _monday(published, which) + timedelta(days=number), 0.7
    back = (published.weekday() - number) % 7
    if match["last"]:
        return published - timedelta(days=back or 7), 0.7
    if match["next"] or (is_ahead and not match["this"]):
        return published + timedelta(days=(7 - back) % 7 or 7), 0.6 if match["next"] else 0.5
    return published - timedelta(days=back), 0.6


def _monday(published: date, which: str) -> date:
    weeks = {"lalu": -1, "kemarin": -1, "depan": 1, "mendatang": 1}.get(which, 0)
    return published - timedelta(days=published.weekday()) + timedelta(weeks=weeks)


def _span(match: re.Match[str], first: date, last: date, confidence: float) -> DateSpan:
    return DateSpan(match.start(), match.end(), first.isoformat(), last.isoformat(), confidence, "published")
