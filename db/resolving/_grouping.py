"""Which reports tell of one event: pure functions, the same whatever the order of the reports.

Each tier hangs on those above it and none of those below, so that no vague report chains two events together, and a
new report touches only what lies near it in time:

1. reports of exact days, which make events where their days overlap;
2. reports of a month, then those of a longer stretch, which join the one event within it;
3. reports without a date, which join the one event near their publication or of their edition.

Where several fit that are told on other days, but can be only one (the same numbered step of an edition), a vague
report joins the one that most outlets tell: it contradicts neither.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from db.extractions import event_id
from db.resolving._reports import GENERAL, LONGEST, Kind, Report, days_of, distinct_id, long_end
from db.resolving._spans import Days, count_days, overlap, shift

JoinedBy = Literal["day", "month", "year", "stage", "published", "edition", "key"]
"""Why a report is of its event: its days; the one event within its month or a longer stretch; the one numbered step on
the days for which it tells the stage without a number; the one event near its publication; the one event of its
edition; or that nothing but its own regency, stage and date tells it apart (`key`)."""

ONCE = frozenset({"seleksi", "mou", "bimtek-1", "bimtek-2", "bimtek-3", "bimtek-4", "evaluasi-1", "evaluasi-2"})
"""Steps that a regency takes once in an edition: on two days they are one step told in two ways."""

MONTH = 31
BEFORE_PUBLICATION = 10
"""Days after an event within which an article that reports it as its own news, without a date, is published."""

AFTER_PUBLICATION = 45
"""Days before an event within which an article that announces it, without a date, is published."""

EXACT = ("day", "stage")
"""Of the reports of an event of exact days those that tell its days."""

Calendar = Mapping[str, Sequence[tuple[str, str, int]]]
"""Of each stage the national activities of the programme: first day, last day, year of the programme."""


class Votes(NamedTuple):
    """How an event of exact days is told by the reports of its days alone, without those that joined it."""

    is_held: int
    outlets: int
    reports: int


@dataclass(slots=True)
class Group:
    """The reports of one event, and what makes it this event and no other."""

    id: str
    series: str
    kind: Kind
    stage_code: str
    first_day: str | None
    """The days of the reports that make it, not of those that joined."""
    last_day: str | None
    year: int | None
    """Year of the programme that those reports say, or the calendar, or else their date."""
    year_by: Literal["said", "calendar", "date"] | None
    members: list[tuple[Report, JoinedBy]] = field(default_factory=list, kw_only=True)
    is_new: bool = field(default=True, kw_only=True)
    """False for one that was there before and is only joined."""
    told: Votes | None = field(default=None, kw_only=True)
    """Of one that was there before: how it is told."""

    @property
    def days(self) -> Days:
        """First and last day of an event that has a date."""
        assert self.first_day
        assert self.last_day
        return self.first_day, self.last_day

    @property
    def votes(self) -> Votes:
        """How it is told."""
        if self.told:
            return self.told
        exact = [report for report, joined_by in self.members if joined_by in EXACT]
        is_held = any(report.status == "held" for report in exact)
        return Votes(int(is_held), len({report.source for report in exact}), len(exact))


def group_reports(reports: Iterable[Report], calendar: Calendar) -> list[Group]:
    """The events that reports tell of, in the order of their ids."""
    reports = list(reports)
    groups = group_dated(reports, [], calendar)
    return sorted([*groups, *group_undated(reports, groups)], key=lambda group: group.id)


def group_dated(reports: Iterable[Report], standing: Iterable[Group], calendar: Calendar) -> list[Group]:
    """The events of dated reports, and those of `standing`, which may be joined; undated reports are passed over.

    `reports` hold all that make an event, or none of them: reports of exact days all that they overlap, directly or
    through others, and reports of a month all of that month. `standing` holds the events of other reports.
    """
    groups: list[Group] = []
    by_series = defaultdict(lambda: defaultdict(list))  # type: ignore[var-annotated]
    for report in reports:
        by_series[report.series][report.kind].append(report)
    standing_by_series = defaultdict(list)
    for group in standing:
        standing_by_series[group.series].append(group)
    for series, kinds in by_series.items():
        there = standing_by_series.pop(series, [])
        days = [group for group in there if group.kind == "day"] + _groupdays_of(kinds["day"], calendar)
        windows = _group_windows(kinds["window"], days, [group for group in there if group.kind == "window"], calendar)
        alone = [*_group_units(kinds["period"], calendar), *_group_units(kinds["national"], calendar)]
        groups += [*days, *windows, *alone]
    for left in standing_by_series.values():
        groups += left
    return groups


def group_undated(reports: Iterable[Report], dated: Iterable[Group]) -> list[Group]:
    """The events of the undated among the reports that join none of `dated`; the others are put into those."""
    by_series = defaultdict(list)
    for group in dated:
        by_series[group.series].append(group)
    left = []
    for report in sorted(report for report in reports if report.kind == "undated"):
        near = by_series[report.series]
        if published := _only(near, lambda group: _is_near(report, group)):  # noqa: B023
            published.members.append((report, "published"))
        elif of_edition := _only(near, lambda group: _is_of_edition(report, group)):  # noqa: B023
            of_edition.members.append((report, "edition"))
        else:
            left.append(report)
    return _group_apart(left)


def rank(report: Report, votes: Mapping[tuple[str, str | None, str | None], int], stage: str) -> tuple[object, ...]:
    """Where a report stands among those of its event, the best first.

    That a step was held is better than that it is announced, which proves nothing of it, nor its day. Then the more
    exact date; then the date that more outlets tell.
    """
    exact = 10 if report.kind in ("day", "national") else min(len(report.start_date or ""), 7)
    return (
        report.status != "held",
        -exact,
        report.stage_code != stage,
        -votes[date_told(report)],
        not report.is_main,
        -report.confidence,
        report.published_date is None,
        report.published_date or "",
        report.article_id,
        report.number,
    )


def rank_reports(reports: Iterable[Report], stage: str) -> list[Report]:
    """The reports of an event of this stage, the best first."""
    reports = list(reports)
    outlets = {(date_told(report), report.source) for report in reports}
    votes = Counter(told for told, _ in outlets)
    return sorted(reports, key=lambda report: rank(report, votes, stage))


def date_told(report: Report) -> tuple[str, str | None, str | None]:
    """What outlets agree or differ on: the date, and whether the step was held on it or is announced for it."""
    return report.status, report.start_date, report.end_date or report.start_date


def _groupdays_of(reports: list[Report], calendar: Calendar) -> list[Group]:
    """Reports of exact days: one event for each stretch of days that overlap, of each stage."""
    by_stage = defaultdict(list)
    for report in reports:
        by_stage[report.stage_code].append(report)
    general = [report for stage in GENERAL for report in by_stage.pop(stage, [])]
    groups = [group for stage in by_stage.values() for group in _group_stretches(stage, calendar)]
    numbered, left = list(groups), []
    for report in general:
        group = _only(numbered, lambda group: overlap(days_of(report), group.days) and _may_be_of(report, group))  # noqa: B023
        if group:
            group.members.append((report, "stage"))
        else:
            left.append(report)
    return [*groups, *_group_stretches(left, calendar)]


def _group_stretches(reports: list[Report], calendar: Calendar) -> list[Group]:
    groups = []
    for stretch in _find_stretches(reports):
        if count_days(min(r.first_day for r in stretch), max(r.last_day for r in stretch)) <= LONGEST:  # type: ignore[type-var]
            units = [stretch]
        else:
            # One after the other they are too long for one event: then only those that begin together are one.
            by_first = defaultdict(list)
            for report in stretch:
                by_first[report.first_day].append(report)
            units = list(by_first.values())
        for unit in units:
            groups += _found(unit, calendar)
    return groups


def _find_stretches(reports: list[Report]) -> list[list[Report]]:
    """Reports whose days overlap, directly or through others."""
    stretches: list[list[Report]] = []
    last = ""
    for report in sorted(reports, key=lambda report: (*days_of(report), report)):
        if stretches and days_of(report)[0] <= last:
            stretches[-1].append(report)
        else:
            stretches.append([report])
            last = ""
        last = max(last, days_of(report)[1])
    return stretches


def _group_windows(reports: list[Report], days: list[Group], standing: list[Group], calendar: Calendar) -> list[Group]:
    """Reports of a month or longer: those that join no event are events themselves."""
    narrow = [report for report in reports if count_days(*days_of(report)) <= MONTH]
    left = [report for report in narrow if not _join_day(report, days, "month")]
    months = [group for group in standing if count_days(*group.days) <= MONTH] + _group_units(left, calendar)
    left = []
    for report in reports:
        if count_days(*days_of(report)) > MONTH and not _join_day(report, days, "year"):
            is_near_a_day = any(_holds(report, group) for group in days)
            month = None if is_near_a_day else _only(months, lambda group: _holds(report, group))  # noqa: B023
            if month:
                month.members.append((report, "year"))
            else:
                left.append(report)
    others = [group for group in standing if count_days(*group.days) > MONTH]
    return [*months, *others, *_group_units(left, calendar)]


def _join_day(report: Report, days: list[Group], joined_by: JoinedBy) -> bool:
    group = _only(days, lambda group: _holds(report, group))
    if group:
        group.members.append((report, joined_by))
    return group is not None


def _holds(report: Report, group: Group) -> bool:
    """Whether an event falls into the month or longer stretch that a report tells.

    A year is too long to take its "bimtek" for the only numbered one that is known of.
    """
    is_stage = report.stage_code == group.stage_code or (
        report.stage_code in GENERAL and count_days(*days_of(report)) <= MONTH
    )
    return is_stage and overlap(days_of(report), group.days) and _may_be_of(report, group)


def _is_near(report: Report, group: Group) -> bool:
    """Whether an undated report was published just after the event, or announces it shortly before."""
    if group.kind != "day" or report.published_date is None or not _may_be_of(report, group):
        return False
    if report.stage_code != group.stage_code and report.stage_code not in GENERAL:
        return False
    first, last = group.days
    if report.status == "announced":
        return report.published_date <= first <= shift(report.published_date, AFTER_PUBLICATION)
    return (
        bool(report.is_main)
        and first <= report.published_date
        and shift(report.published_date, -BEFORE_PUBLICATION) <= last
    )


def _is_of_edition(report: Report, group: Group) -> bool:
    return (
        report.edition is not None
        and group.kind in ("day", "window")
        and (group.stage_code, group.year) == (report.stage_code, report.edition)
    )


def _may_be_of(report: Report, group: Group) -> bool:
    """Whether nothing said of the edition speaks against it."""
    return report.edition is None or group.year_by != "said" or report.edition == group.year


def _group_units(reports: Iterable[Report], calendar: Calendar) -> list[Group]:
    """One event for each stage and date as it is told."""
    units = defaultdict(list)
    for report in reports:
        end = None if report.kind == "national" else report.end_date
        units[report.stage_code, report.start_date, end].append(report)
    return [group for unit in units.values() for group in _found(unit, calendar)]


def _group_apart(reports: Iterable[Report]) -> list[Group]:
    """One event for each regency, stage and edition of what has no date."""
    units = defaultdict(list)
    for report in reports:
        units[report.regency_code, report.stage_code, report.edition].append(report)
    groups = []
    for (regency, stage, edition), unit in units.items():
        id = distinct_id(regency, stage, None, None, "undated", edition)
        year_by: Literal["said"] | None = None if edition is None else "said"
        groups.append(
            Group(
                id, unit[0].series, "undated", stage, None, None, edition, year_by, members=[(r, "key") for r in unit]
            )
        )
    return groups


def _found(unit: list[Report], calendar: Calendar) -> list[Group]:
    """The event of reports that belong together; one for each edition where they say different ones."""
    groups = []
    for reports, edition in _split_by_edition(unit):
        first, last = min(days_of(r)[0] for r in reports), max(days_of(r)[1] for r in reports)
        stage, kind = reports[0].stage_code, reports[0].kind
        best = rank_reports(reports, stage)[0]
        id = event_id(best.regency_code, stage, best.start_date, *long_end(best.start_date, best.end_date, kind))
        year, year_by = _find_year(stage, first, last, edition, calendar)
        by: JoinedBy = "day" if kind in ("day", "national") else "key"
        groups.append(
            Group(id, best.series, kind, stage, first, last, year, year_by, members=[(r, by) for r in reports])
        )
    ids = Counter(group.id for group in groups)
    for group in groups:
        if ids[group.id] > 1:
            best = rank_reports((report for report, _ in group.members), group.stage_code)[0]
            group.id = distinct_id(
                best.regency_code, best.stage_code, best.start_date, best.end_date, group.kind, group.year
            )
    return groups


def _split_by_edition(reports: list[Report]) -> list[tuple[list[Report], int | None]]:
    """Reports by the edition that they say; those that say none go with the most."""
    by_edition = defaultdict(list)
    for report in reports:
        by_edition[report.edition].append(report)
    silent = by_edition.pop(None, [])
    if not by_edition:
        return [(silent, None)]
    held_in = int(min(days_of(report)[0] for report in reports)[:4])
    most = min(by_edition, key=lambda edition: (-len(by_edition[edition]), edition != held_in, edition or 0))
    by_edition[most] += silent
    return sorted(((unit, edition) for edition, unit in by_edition.items()), key=lambda pair: pair[1] or 0)


def _find_year(
    stage: str, first: str, last: str, said: int | None, calendar: Calendar
) -> tuple[int | None, Literal["said", "calendar", "date"] | None]:
    if said is not None:
        return said, "said"
    if stage == "seleksi":
        # Regions are selected in the year of their edition or in the year before.
        return None, None
    years = {year for start, end, year in calendar.get(stage, ()) if start <= first and last <= end}
    if len(years) == 1:
        return years.pop(), "calendar"
    if first[:4] == last[:4]:
        return int(first[:4]), "date"
    return None, None


def _only(groups: Iterable[Group], fits: Callable[[Group], bool]) -> Group | None:
    """The group that fits, where exactly one does, or the one told best of those that can be only one."""
    found = [group for group in groups if fits(group)]
    if len(found) < 2:
        return found[0] if found else None
    steps = {(group.kind, group.stage_code, group.year) for group in found}
    (kind, stage, year), *others = steps
    if others or kind != "day" or stage not in ONCE or year is None:
        return None
    return min(found, key=_rank_rival)


def _rank_rival(group: Group) -> tuple[int, int, int, str | None, str]:
    """What was held before what is announced; then what more outlets tell, more reports; then the earlier."""
    is_held, outlets, reports = group.votes
    return -is_held, -outlets, -reports, group.first_day, group.id
