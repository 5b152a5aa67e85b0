"""What is said of an event as a whole: what its best report says; what others say otherwise is kept beside it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from db.resolving._grouping import Group, rank_reports
from db.resolving._reports import Report

Row = dict[str, Any]


def tell_event(group: Group, reports: Sequence[Report]) -> Row:
    """The row of an event whose reports are these.

    That it was announced proves no day of an event that was held: where those that say it was held name no date, there
    is none, and the reason says for which day it was announced.
    """
    ranked = rank_reports(reports, group.stage_code)
    best = ranked[0]
    edition, edition_by = _find_edition(group, best, ranked)
    published = sorted(report.published_date for report in reports if report.published_date)
    told = (best.status, group.stage_code, best.start_date)
    sure = [report for report in reports if (report.status, report.stage_code, report.start_date) == told] or [best]
    return {
        "id": group.id,
        "series": group.series,
        "kind": group.kind,
        "first_day": group.first_day,
        "last_day": group.last_day,
        "year": group.year,
        "year_by": group.year_by,
        "stage_code": group.stage_code,
        "regency_code": best.regency_code,
        "start_date": best.start_date,
        "end_date": best.end_date,
        "date_reason": _why_undated(best, ranked),
        "venue": next((report.venue for report in ranked if report.venue), None),
        "mode": next((report.mode for report in ranked if report.mode), None),
        "status": best.status,
        "edition": edition,
        "edition_by": edition_by,
        "confidence": max(report.confidence for report in sure),
        "articles": len({report.article_id for report in reports}),
        "outlets": len({report.source for report in reports}),
        "first_published_date": published[0] if published else None,
        "last_published_date": published[-1] if published else None,
        "first_report_article_id": min(
            reports, key=lambda r: (r.published_date is None, r.published_date or "", r.article_id)
        ).article_id,
        "article_id": best.article_id,
        "number": best.number,
    }


def tell_conflicts(group: Group, event: Row, reports: Sequence[Report]) -> list[Row]:
    """What the reports of an event say differently, a row for each value of each field; the event's own is best.

    A vaguer date contradicts no exact one, and a plan contradicts nothing that was held, except where an article says
    that it is still to come after it was held.
    """
    ranked = rank_reports(reports, group.stage_code)
    told = [report for report in ranked if report.status == event["status"]]
    exact = [report for report in told if report.kind in ("day", "national")]
    late = [r for r in ranked if r.status == "held" or (r.published_date or "") > (group.last_day or "9")]
    fields: list[tuple[str, Iterable[Report], Callable[[Report], Any]]] = [
        ("start_date", exact, lambda report: report.start_date),
        ("end_date", exact, lambda report: report.end_date or report.start_date),
        ("edition", ranked, lambda report: report.edition),
        ("venue", told, lambda report: report.venue),
        ("mode", told, lambda report: report.mode),
        ("status", late, lambda report: report.status),
    ]
    conflicts = []
    for name, among, value_of in fields:
        values: dict[Any, list[Report]] = defaultdict(list)
        for report in among:
            value = value_of(report)
            if name == "venue" and value:
                value = next((known for known in values if is_same_venue(known, value)), value)
            if value is not None:
                values[value].append(report)
        if len(values) > 1:
            own = (event["end_date"] or event["start_date"]) if name == "end_date" else event[name]
            conflicts += [_tell_value(group.id, name, value, own, saying) for value, saying in values.items()]
    return conflicts


def is_same_venue(one: str, other: str) -> bool:
    """Whether two venues may be one: the words of one are all among those of the other.

    >>> is_same_venue("Aula Bappeda", "aula Bappeda, Kabupaten Paser")
    True
    >>> is_same_venue("Aula Bappeda", "Aula Diskominfo")
    False
    """
    words, others = _venue_words(one), _venue_words(other)
    return words <= others or others <= words


def _venue_words(venue: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", venue.casefold())) - {"di", "kabupaten", "kab", "kota", "gedung"}


def _tell_value(event_id: str, field: str, value: object, own: object, saying: Sequence[Report]) -> Row:
    return {
        "event_id": event_id,
        "field": field,
        "value": str(value),
        "articles": len({report.article_id for report in saying}),
        "outlets": len({report.source for report in saying}),
        "article_id": saying[0].article_id,
        "number": saying[0].number,
        "is_best": int(value == own),
    }


def _find_edition(group: Group, best: Report, ranked: Sequence[Report]) -> tuple[int | None, str | None]:
    """Year of the programme, and how it is known; what more outlets say comes first."""
    outlets = defaultdict(set)
    for report in ranked:
        if report.edition is not None:
            outlets[report.edition].add(report.source)
    if outlets:
        return min(outlets, key=lambda edition: (-len(outlets[edition]), edition != group.year, edition)), "said"
    return (group.year, group.year_by) if best.start_date else (None, None)


def _why_undated(best: Report, ranked: Sequence[Report]) -> str | None:
    """Why an event that was held has no date though it was announced for one; None where its report says why."""
    announced = next((report.start_date for report in ranked if report.start_date), None)
    if best.start_date or announced is None:
        return None
    return f"diumumkan untuk {announced}, tetapi berita bahwa sudah berlangsung tidak menyebut tanggalnya"
