"""When a page says it was published: machine-readable stamps and the date lines that Indonesian sites print."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

ZONES = {"WIB": ZoneInfo("Asia/Jakarta"), "WITA": ZoneInfo("Asia/Makassar"), "WIT": ZoneInfo("Asia/Jayapura")}
INDONESIAN_OFFSETS = (timedelta(hours=7), timedelta(hours=8), timedelta(hours=9))

# By their first letters, because themes cut them: Sept, Agust, Agt. English ones are printed by untranslated themes.
MONTHS = {
    "jan": 1, "feb": 2, "peb": 2, "mar": 3, "apr": 4, "mei": 5, "may": 5, "jun": 6, "jul": 7, "agu": 8, "agt": 8,
    "ags": 8, "aug": 8, "sep": 9, "okt": 10, "oct": 10, "nov": 11, "nop": 11, "des": 12, "dec": 12,
}  # fmt: skip
MONTH = (
    r"(?P<month>jan(?:uari|uary)?|[fp]eb(?:ruari|ruary)?|mar(?:et|ch)?|apr(?:il)?|mei|may|june?|juni|july?|juli"
    r"|agu(?:s|st|stus)?|agt|ags|aug(?:ust)?|sept?(?:ember)?|o[kc]t(?:ober)?|no[vp](?:ember)?|de[sc](?:ember)?)\.?"
)
# By their first three letters, Monday is 0.
WEEKDAYS = {
    "sen": 0, "sel": 1, "rab": 2, "kam": 3, "jum": 4, "sab": 5, "min": 6, "aha": 6,
    "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6,
}  # fmt: skip
_WEEKDAY = (
    r"(?:senin|selasa|rabu|kamis|jum['’‘`´]?at|sabtu|minggu|ahad|sen|sel|rab|kam|jum|sab|min"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)\b"
)
WEEKDAY = rf"(?:(?:hari\s+)?(?P<weekday>{_WEEKDAY})\.?\s*[,/|]?\s*)"
YEAR = r"(?P<year>(?:19|20)\d\d)"
TIME = (
    r"(?:[\s,|•·–—@-]*(?:(?:pukul|jam|at)\b\s*:?\s*)?"
    r"\b(?P<hour>[01]?\d|2[0-3])\s?[:.]\s?(?P<minute>[0-5]\d)(?:[:.](?P<second>[0-5]\d))?(?!\d)"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?)?)?(?:\s*\(?(?P<zone>wita|wib|wit)\b\)?)?"
)
# What may stand before the date in a date line: a label, an author or section set off by a mark, a town and a comma.
BEFORE = (
    r"(?:(?P<label>(?:di|ter)?(?:posting|publikasikan|terbit(?:kan)?|tulis|unggah|buat|rilis|tayang(?:kan)?)(?:\s+oleh"
    r"\s+[^|•·–—:]{2,40}?)?|tayang|rilis|posted|published|publish|tanggal(?:\s+(?:terbit|posting|publikasi|berita))?"
    r"|tgl\.?|terakhir\s+\w+|diperbarui|diperbaharui|diubah|updated?|modified|last\s+\w+"
    r"|submitted\s+by\s+[^|•·–—:]{2,40}?|dikirim\s+oleh\s+[^|•·–—:]{2,40}?)"
    r"(?:\s+(?:pada|on|tanggal|hari))?[\s:,-]*|pada\s+|(?:by|oleh|penulis)\b[^|,.!?]{2,40}(?:,\s*|\s(?:pada|on)\s+)"
    r"|[^|•·–—!?]{2,50}[|•·–—]\s*|[^|•·–—!?]{2,40}\s[-/]\s"
    rf"|(?P<town>(?!{_WEEKDAY})(?-i:[A-Z]\w+(?: [A-Z]\w+)?)),\s*)?"
)
AFTER = (
    # A town and a date open a report, too ("Palu, 12 September 2023 - Pemerintah …"): then nothing may follow.
    r"(?(town)|(?:\s*[|•·–—,/-].{0,60}|\s+(?:oleh|by|dibaca|dilihat|views?|in)\b.{0,60}"
    r"|\s+hari\s+ini|\s*\d+\s+(?:kali|views?|hits?)\b.{0,30})?)"
)
DAYS = (
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]{{1,3}}{MONTH}[\s,-]{{1,3}}{YEAR}",
    rf"{MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*,\s*{YEAR}",
    rf"(?P<day>\d{{1,2}})\s?(?P<mark>[/.-])\s?(?P<month>\d{{1,2}})\s?(?P=mark)\s?{YEAR}",
    rf"{YEAR}(?P<mark>[/-])(?P<month>\d{{2}})(?P=mark)(?P<day>\d{{2}})",
)
DATE_LINES = [
    re.compile(rf"[\s(\[|•·–—-]*{BEFORE}{WEEKDAY}?\(?{day}\)?{TIME}{AFTER}[\s)\].|]*", re.IGNORECASE) for day in DAYS
]
CHANGED = re.compile(r"diper|diubah|updated?|modif|terakhir|last", re.IGNORECASE)
PUBLISHED = re.compile(
    r"(?:di|ter)?(?:posting|publikasi|terbit|unggah|tayang|rilis)|posted|publish|submitted", re.IGNORECASE
)


def parse_dateline(text: str, zone: tzinfo = ZONES["WIB"]) -> datetime:
    """Read the date line of an article, the short line near its title that says when it was published.

    A line without a clock time is taken as midnight, one without WIB, WITA or WIT in `zone`. Days come before months.
    A sentence that holds a date is no date line, nor is one that says when the page was changed: ValueError.

    >>> parse_dateline("Rabu, 20 November 2024 | 14:05 WITA").isoformat()
    '2024-11-20T14:05:00+08:00'
    >>> parse_dateline("kemarin")
    Traceback (most recent call last):
        ...
    ValueError: no Indonesian date line in 'kemarin'
    """
    line = " ".join(text.split())
    for pattern in DATE_LINES:
        # A date line is short; the patterns are not meant for paragraphs.
        match = pattern.fullmatch(line) if len(line) <= 160 else None
        if match is None:
            continue
        found = match.groupdict()
        if CHANGED.match(found["label"] or ""):
            break
        hour = int(found["hour"] or 0)
        if found["half"]:
            hour = hour % 12 + (12 if found["half"].casefold() == "p" else 0)
        clock = time(hour, int(found["minute"] or 0), int(found["second"] or 0))
        return datetime.combine(_read_day(found), clock, ZONES[found["zone"].upper()] if found["zone"] else zone)
    raise ValueError(f"no Indonesian date line in {text[:80]!r}")


def _read_day(found: dict[str, str | None]) -> date:
    """The day of a match of DAYS, the day before the month unless only the other order agrees with the weekday."""
    year, day, month = int(found["year"] or 0), int(found["day"] or 0), (found["month"] or "").casefold()
    if not month.isdigit():
        return date(year, MONTHS[month[:3]], day)
    weekday = WEEKDAYS.get((found["weekday"] or "").casefold()[:3])
    if weekday is not None and day <= 12:
        # Untranslated Drupal prints "Wed, 10/18/2023" and "Tue, 09/12/2023" for days of October and September.
        swapped = date(year, day, int(month))
        if swapped.weekday() == weekday and (int(month) > 12 or date(year, int(month), day).weekday() != weekday):
            return swapped
    return date(year, int(month), day)


def says_published(line: str) -> bool:
    """Whether a date line labels itself as the day of publication.

    >>> says_published("Diposting pada 12 September 2023"), says_published("Selasa, 12 September 2023")
    (True, False)
    """
    return PUBLISHED.search(line) is not None


def parse_stamp(text: str, zone: tzinfo) -> datetime:
    """Read a machine-readable date, ISO 8601 and its kin or an e-mail date, into the zone it was meant in.

    WIB, WITA and WIT offsets are kept, UTC is converted to `zone`, a stamp without an offset is of `zone`. Any other
    offset is a server that was never set to Indonesia: it prints the right clock with the wrong zone, so the clock is
    kept and the zone is `zone`. A day alone is its midnight. ValueError when it is no date.

    >>> parse_stamp("2021-06-17T11:38:29-07:00", ZONES["WIB"]).isoformat()
    '2021-06-17T11:38:29+07:00'
    >>> parse_stamp("2023-11-02T18:34:19Z", ZONES["WIB"]).isoformat()
    '2023-11-03T01:34:19+07:00'
    """
    found = _parse_iso_or_mail(text)
    offset = found.utcoffset()
    if offset == timedelta(0):
        try:
            return found.astimezone(zone)
        except OverflowError:
            raise ValueError(f"no date in {text[:80]!r}") from None
    return found if offset in INDONESIAN_OFFSETS else found.replace(tzinfo=zone)


def parse_clock(text: str) -> datetime:
    """The day and clock that a stamp prints, without its zone. ValueError when it is no date."""
    return _parse_iso_or_mail(text).replace(tzinfo=None)


def is_foreign(text: str) -> bool:
    """Whether a stamp names a zone, and none of Indonesia's. ValueError when it is no date.

    >>> is_foreign("2021-06-17T11:38:29Z"), is_foreign("2021-06-17T11:38:29+08:00"), is_foreign("2021-06-17")
    (True, False, False)
    """
    return _parse_iso_or_mail(text).utcoffset() not in (None, *INDONESIAN_OFFSETS)


def _parse_iso_or_mail(text: str) -> datetime:
    stamp = text.strip()
    if re.fullmatch(r"1\d{9}(?:\d{3})?", stamp):
        return datetime.fromtimestamp(int(stamp[:10]), UTC)
    try:
        iso = re.sub(r"\s+(?=[+-]\d\d:?\d\d$|Z$)", "", stamp.replace("/", "-"))
        return datetime.fromisoformat(iso).replace(microsecond=0)
    except ValueError:
        try:
            return parsedate_to_datetime(stamp)
        except (ValueError, OverflowError):
            raise ValueError(f"no date in {text[:80]!r}") from None


def parse_path(path: str, zone: tzinfo) -> datetime:
    """Read the day in an address, midnight in `zone`; a path with only a year and a month has no day: ValueError.

    >>> parse_path("/read/2023/09/12/213419026/bimtek-smart-city", ZONES["WIB"]).isoformat()
    '2023-09-12T00:00:00+07:00'
    """
    match = re.search(r"/((?:19|20)\d\d)([/-])(\d{1,2})\2(\d{1,2})(?=[/_-]|$)", path)
    if match is None:
        raise ValueError(f"no day in {path[:80]!r}")
    return datetime(int(match[1]), int(match[3]), int(match[4]), tzinfo=zone)


def is_plausible(found: datetime, fetched_at: datetime) -> bool:
    """Whether an article fetched then can have been published so: on the web's watch, and not in the future.

    A day of grace, because a printed day has no zone.
    """
    return datetime(1995, 1, 1, tzinfo=UTC) <= found <= fetched_at + timedelta(days=1)
