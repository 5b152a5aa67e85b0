"""Reports of one step that many articles tell, made into one event.

A change of an article changes only the events near it in time, of the same regency and family of stages: those are read
back, grouped anew and told anew. What is near follows from the tiers of `_grouping`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlite_utils import Database

from db.resolving._grouping import (
    AFTER_PUBLICATION,
    BEFORE_PUBLICATION,
    EXACT,
    MONTH,
    Calendar,
    Group,
    Votes,
    group_dated,
    group_undated,
)
from db.resolving._reports import LONGEST, LONGEST_WINDOW, Report, build_report, days_of
from db.resolving._spans import Days, count_days, find_days, join_overlapping, shift
from db.resolving._telling import Row, tell_conflicts, tell_event

Key = tuple[str, int]
"""Article and number of a report."""

Stretches = dict[str, list[Days]]
"""Days by series."""


class Kept(NamedTuple):
    """A report, and the event that it was of when it was last resolved."""

    report: Report
    event_id: str | None
    joined_by: str | None


REPORT_COLUMNS = ", ".join(f"event_reports.{name}" for name in (*Report._fields, "event_id", "joined_by"))
GROUP_COLUMNS = ", ".join(
    f"events.{name}" for name in ("id", "series", "kind", "stage_code", "first_day", "last_day", "year", "year_by")
)

VOTES = f"""
(
    select json_array(max(status = 'held'), count(distinct source), count(*))
    from event_reports as exact
    where exact.event_id = events.id and joined_by in {EXACT}
)
"""


def resolve_events(db: Database, articles: Sequence[str]) -> None:
    """Bring `event_reports`, `events` and `event_conflicts` up to date with what these articles say now."""
    before, told = _read_kept(db, articles), _read_told(db, articles)
    changed = {key for key in before.keys() | told.keys() if key not in before or before[key].report != told.get(key)}
    if not changed:
        return
    old = [before[key] for key in changed if key in before]
    new = [told[key] for key in changed if key in told]
    _replace_reports(db, [kept.report for kept in old], new)

    reports = [*(kept.report for kept in old), *new]
    days, near = _read_days(db, reports)
    near |= _read_windows(db, reports, days) | _read_alike(db, reports)
    broken = {kept.event_id for kept in (*old, *near.values()) if kept.event_id and kept.joined_by in ("day", "key")}
    dated = [kept.report for kept in near.values()]
    standing = _read_groups_near(db, [report for report in dated if report.kind == "window"], broken)
    groups = {group.id: group for group in group_dated(dated, standing, read_calendar(db))}

    years = _read_years(db, broken) | {(group.series, group.year) for group in groups.values() if group.is_new}
    undated = _read_undated(db, days, years) | {_key(r): Kept(r, None, None) for r in new if r.kind == "undated"}
    vague = [kept.report for kept in undated.values()]
    groups = {group.id: group for group in _read_groups_of(db, vague, broken)} | groups
    groups |= {group.id: group for group in group_undated(vague, groups.values())}

    touched = _assign(db, groups.values(), near | undated) | {kept.event_id for kept in old if kept.event_id}
    _tell(db, touched, groups)


def _read_kept(db: Database, articles: Sequence[str]) -> dict[Key, Kept]:
    """What these articles said when they were resolved last."""
    sql = f"""
        select {REPORT_COLUMNS}
        from json_each(:articles) as wanted
        cross join event_reports on article_id = wanted.value
    """
    return _kept(db.execute(sql, {"articles": json.dumps(articles)}))


def _read_told(db: Database, articles: Sequence[str]) -> dict[Key, Report]:
    """What these articles say now of steps, as far as it is sure.

    An article dated more than a day after its page was fetched counts as not dated.
    """
    sql = """
        select
            event_mentions.article_id, number, event_mentions.event_id as key, stage_code, regency_code, start_date,
            end_date, edition, venue, mode, is_main, event_mentions.status, event_mentions.confidence, articles.source,
            iif(
                julianday(published_at) > julianday(fetched_at) + 1, null, substr(published_at, 1, 10)
            ) as published_date
        from json_each(:articles) as wanted
        cross join extractions on extractions.article_id = wanted.value
        cross join event_mentions on event_mentions.article_id = wanted.value
        cross join articles on articles.id = wanted.value
        cross join pages on pages.id = page_id
        where extractions.is_relevant = 1
            and event_mentions.confidence >= 0.5
    """
    rows = db.execute(sql, {"articles": json.dumps(articles)})
    names = [column for column, *_ in rows.description]
    reports = (build_report(dict(zip(names, row, strict=True))) for row in rows)
    return {_key(report): report for report in reports if report}


def _replace_reports(db: Database, old: Sequence[Report], new: Sequence[Report]) -> None:
    db.conn.executemany(
        "delete from event_reports where article_id = ? and number = ?", [_key(report) for report in old]
    )
    places = ", ".join("?" * len(Report._fields))
    db.conn.executemany(f"insert into event_reports ({', '.join(Report._fields)}) values ({places})", new)


def _read_days(db: Database, changed: Iterable[Report]) -> tuple[Stretches, dict[Key, Kept]]:
    """The days on which events may have changed, and the reports of exact days that overlap, directly or not."""
    days = _stretch(report for report in changed if report.kind == "day")
    kept: dict[Key, Kept] = {}
    frontier = days
    while any(frontier.values()):
        kept |= _read_overlapping(db, "day", frontier, LONGEST)
        grown = _stretch((one.report for one in kept.values()), days)
        frontier = {series: [day for day in grown[series] if day not in days.get(series, ())] for series in grown}
        days = grown
    return days, kept


def _read_windows(db: Database, changed: Iterable[Report], days: Stretches) -> dict[Key, Kept]:
    """Reports of months and longer that may join another event than before: first those by the days, then by months."""
    near = _stretch((report for report in changed if report.kind == "window"), days)
    kept = _read_overlapping(db, "window", near, LONGEST_WINDOW)
    months = _stretch((one.report for one in kept.values() if count_days(*days_of(one.report)) <= MONTH), near)
    further = {series: [day for day in months[series] if day not in near.get(series, ())] for series in months}
    return kept | _read_overlapping(db, "window", further, LONGEST_WINDOW)


def _read_alike(db: Database, changed: Iterable[Report]) -> dict[Key, Kept]:
    """Reports of the same lasting period, or of the same day of no one regency."""
    alike = {(r.series, r.kind, r.first_day) for r in changed if r.kind in ("period", "national")}
    sql = f"""
        select {REPORT_COLUMNS}
        from json_each(:alike) as alike
        cross join event_reports
            on series = alike.value ->> 0 and kind = alike.value ->> 1 and first_day = alike.value ->> 2
    """
    return _kept(db.execute(sql, {"alike": json.dumps(list(alike))}))


def _read_undated(db: Database, days: Stretches, years: set[tuple[str, int | None]]) -> dict[Key, Kept]:
    """Undated reports that may join another event than before, because of its days or of its edition."""
    published = {
        series: [(shift(first, -AFTER_PUBLICATION), shift(last, BEFORE_PUBLICATION)) for first, last in stretches]
        for series, stretches in days.items()
    }
    sql = f"""
        select {REPORT_COLUMNS}
        from json_each(:years) as years
        cross join event_reports
            on series = years.value ->> 0 and edition = years.value ->> 1 and kind = 'undated'
    """
    editions = [(series, year) for series, year in years if year is not None]
    return _read_overlapping(db, "undated", published, 0) | _kept(db.execute(sql, {"years": json.dumps(editions)}))


def _read_overlapping(db: Database, kind: str, stretches: Stretches, longest: int) -> dict[Key, Kept]:
    sql = f"""
        with wanted as materialized (
            select value ->> 0 as series, value ->> 1 as first, value ->> 2 as last, value ->> 3 as earliest
            from json_each(:stretches)
        )
        select {REPORT_COLUMNS}
        from wanted
        cross join event_reports
            on event_reports.series = wanted.series
            and kind = :kind
            and first_day between earliest and last
            and last_day >= first
    """
    return _kept(db.execute(sql, {"stretches": _stretches_json(stretches, longest), "kind": kind}))


def _read_groups_near(db: Database, reports: Iterable[Report], broken: set[str]) -> list[Group]:
    """The events of days and months on the days that reports may mean, but for those that are to be made anew."""
    sql = f"""
        with wanted as materialized (
            select value ->> 0 as series, value ->> 1 as first, value ->> 2 as last, value ->> 3 as earliest
            from json_each(:stretches)
        )
        select {GROUP_COLUMNS}, {VOTES}
        from wanted
        join json_each('["day", "window"]') as kinds
        cross join events
            on events.series = wanted.series
            and kind = kinds.value
            and first_day between earliest and last
            and last_day >= first
    """
    return _groups(db.execute(sql, {"stretches": _stretches_json(_stretch(reports), MONTH)}), broken)


def _read_groups_of(db: Database, undated: Sequence[Report], broken: set[str]) -> list[Group]:
    """The events that undated reports may join, but for those that are to be made anew."""
    near: Stretches = defaultdict(list)
    for report in undated:
        if report.published_date:
            day = report.published_date
            near[report.series].append((shift(day, -BEFORE_PUBLICATION), shift(day, AFTER_PUBLICATION)))
    sql = f"""
        with wanted as materialized (
            select value ->> 0 as series, value ->> 1 as first, value ->> 2 as last, value ->> 3 as earliest
            from json_each(:stretches)
        )
        select {GROUP_COLUMNS}, {VOTES}
        from wanted
        cross join events
            on events.series = wanted.series
            and kind = 'day'
            and first_day between earliest and last
            and last_day >= first
        union
        select {GROUP_COLUMNS}, {VOTES}
        from json_each(:years) as years
        cross join events on events.series = years.value ->> 0 and year = years.value ->> 1
        where kind in ('day', 'window')
    """
    stretches = {series: join_overlapping(days) for series, days in near.items()}
    years = {(report.series, report.edition) for report in undated if report.edition is not None}
    rows = db.execute(sql, {"stretches": _stretches_json(stretches, LONGEST), "years": json.dumps(list(years))})
    return _groups(rows, broken)


def _read_years(db: Database, events: Iterable[str]) -> set[tuple[str, int | None]]:
    sql = "select series, year from json_each(:events) as wanted cross join events on events.id = wanted.value"
    return set(db.execute(sql, {"events": json.dumps(list(events))}))


def read_calendar(db: Database) -> Calendar:
    """The activities to which every regency of a cohort was called."""
    calendar = defaultdict(list)
    rows = db.execute("select stage_code, start_date, end_date, year from programme_calendar where scope = 'national'")
    for stage, start, end, year in rows:
        if days := find_days(start, end):
            calendar[stage].append((*days, year))
    return calendar


def _assign(db: Database, groups: Iterable[Group], kept: dict[Key, Kept]) -> set[str]:
    """Write to which event reports belong; the events that won or lost one."""
    moved = []
    touched = set()
    for group in groups:
        for report, joined_by in group.members:
            was = kept[_key(report)]
            if (was.event_id, was.joined_by) != (group.id, joined_by):
                moved.append((group.id, joined_by, *_key(report)))
                touched |= {group.id} | ({was.event_id} if was.event_id else set())
    db.conn.executemany(
        "update event_reports set event_id = ?, joined_by = ? where article_id = ? and number = ?", moved
    )
    return touched


def _tell(db: Database, touched: Iterable[str], groups: dict[str, Group]) -> None:
    """Write anew what is said of the events that won or lost a report; those that have none are gone."""
    ids = {"ids": json.dumps(list(touched))}
    there = f"select {GROUP_COLUMNS}, null from json_each(:ids) as wanted cross join events on events.id = wanted.value"
    groups = {group.id: group for group in _groups(db.execute(there, ids), set())} | groups
    members = f"""
        select {REPORT_COLUMNS} from json_each(:ids) as wanted cross join event_reports on event_id = wanted.value
    """
    reports = defaultdict(list)
    for kept in _kept(db.execute(members, ids)).values():
        reports[str(kept.event_id)].append(kept.report)
    events: list[Row] = []
    conflicts: list[Row] = []
    for id, members_of in reports.items():
        event = tell_event(groups[id], members_of)
        events.append(event)
        conflicts += tell_conflicts(groups[id], event, members_of)
    for table, column in (("events", "id"), ("event_conflicts", "event_id")):
        db.execute(f"delete from {table} where {column} in (select value from json_each(:ids))", ids)
    _insert(db, "events", events)
    _insert(db, "event_conflicts", conflicts)


def _insert(db: Database, table: str, rows: list[Row]) -> None:
    if rows:
        columns = rows[0].keys()
        places = ", ".join(f":{column}" for column in columns)
        db.conn.executemany(f"insert into {table} ({', '.join(columns)}) values ({places})", rows)


def _kept(rows: Iterable[tuple[Any, ...]]) -> dict[Key, Kept]:
    # A report lies near several stretches at times.
    return {row[:2]: Kept(Report._make(row[:-2]), row[-2], row[-1]) for row in rows}


def _groups(rows: Iterable[tuple[Any, ...]], without: set[str]) -> list[Group]:
    return [
        Group(*row, is_new=False, told=Votes(*json.loads(votes)) if votes else None)
        for *row, votes in dict.fromkeys(rows)
        if row[0] not in without
    ]


def _stretch(reports: Iterable[Report], others: Stretches | None = None) -> Stretches:
    """The days of reports and those others, by series."""
    days = defaultdict(list, {series: list(stretches) for series, stretches in (others or {}).items()})
    for report in reports:
        days[report.series].append(days_of(report))
    return {series: join_overlapping(stretches) for series, stretches in days.items()}


def _stretches_json(stretches: Stretches, longest: int) -> str:
    """Series, first and last day, and the first day that anything of at most `longest` days may have to reach them."""
    return json.dumps(
        [(series, first, last, shift(first, -longest)) for series, days in stretches.items() for first, last in days]
    )


def _key(report: Report) -> Key:
    return report.article_id, report.number
