"""What one article tells of a step, and where that stands in time."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from db.extractions import event_id
from db.resolving._spans import Days, count_days, find_days

Kind = Literal["day", "window", "period", "undated", "national"]
"""`day`: known to the day; `window`: some day in a month, year or long range; `period`: lasted months or years;
`undated`; `national`: known to the day, but of no one regency."""

LONGEST = 14
"""Days that one event may last. No step of the programme's calendar takes more than five; a longer range of days says
when something happened, not how long it took."""

LONGEST_WINDOW = 366
LASTING = frozenset({"masterplan", "implementasi", "lainnya"})
"""Stages that do take months: a range of months is theirs, and no vague word for one of its days."""

GENERAL = frozenset({"bimtek", "evaluasi"})
"""Stages without their number; each may be any of its numbered ones."""


class Report(NamedTuple):
    """A sure report of a step, as `event_reports` keeps it.

    A tuple, not a dataclass: a million are made from rows and compared with rows.
    """

    article_id: str
    number: int
    key: str
    """The id of the event that this report alone would be."""
    other_key: str | None
    """The same where the end or the edition is needed to tell it from others."""
    series: str
    """Regency and family of stages: only reports of one series may be of one event."""
    kind: Kind
    first_day: str | None
    """The days that its date may mean; of an undated report the day it was published."""
    last_day: str | None
    stage_code: str
    regency_code: str | None
    start_date: str | None
    end_date: str | None
    edition: int | None
    venue: str | None
    mode: str | None
    is_main: int
    status: str
    confidence: float
    source: str
    published_date: str | None


def build_report(told: dict[str, Any]) -> Report | None:
    """A report from the columns that an article fills; None where neither regency nor day tells it from others."""
    regency, stage, start, end = (told[name] for name in ("regency_code", "stage_code", "start_date", "end_date"))
    days = find_days(start, end)
    kind = _find_kind(regency, stage, start, end)
    if kind is None:
        return None
    first, last = days or (told["published_date"], told["published_date"])
    other_key = distinct_id(regency, stage, start, end, kind, told["edition"])
    return Report(
        **told,
        other_key=other_key if other_key != told["key"] else None,
        series=f"{regency or '-'} {find_family(stage)}" if kind != "national" else f"- {stage}",
        kind=kind,
        first_day=first,
        last_day=last,
    )


def days_of(report: Report) -> Days:
    """The days that the date of a report may mean."""
    assert report.first_day
    assert report.last_day
    return report.first_day, report.last_day


def find_family(stage: str) -> str:
    """The general stage that a stage may be told as; most are told as themselves.

    >>> find_family("bimtek-3"), find_family("evaluasi-internal")
    ('bimtek', 'evaluasi-internal')
    """
    general, _, number = stage.partition("-")
    return general if general in GENERAL and number.isdigit() else stage


def distinct_id(
    regency: str | None, stage: str, start: str | None, end: str | None, kind: Kind, edition: int | None
) -> str:
    """Id of an event that needs its edition, and where it is a long range its end, to be told from others."""
    apart = [] if edition is None else [str(edition)]
    return event_id(regency, stage, start, *long_end(start, end, kind), *apart)


def long_end(start: str | None, end: str | None, kind: Kind) -> tuple[str, ...]:
    """The end of a range that may begin on the day, month or year on which an event of its own takes place."""
    return (f"/{end}",) if kind in ("window", "period") and end and end != start else ()


def _find_kind(regency: str | None, stage: str, start: str | None, end: str | None) -> Kind | None:
    days = find_days(start, end)
    if regency is None:
        return "national" if days and start and len(start) == 10 else None
    if days is None or start is None:
        return "undated"
    end = end or start
    length = count_days(*days)
    if len(start) == len(end) == 10 and length <= LONGEST:
        return "day"
    if length > LONGEST_WINDOW or (stage in LASTING and start != end):
        return "period"
    return "window"
