"""What is remembered of a source, as the rules of crawler/watch/health.py ask for it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from statistics import median
from zoneinfo import ZoneInfo

from crawler.items import PageDay, Poll, Said, SourceRecord, WayCount
from crawler.source import Expectations
from crawler.watch.problems import Failure, Trouble, explain_problem

JAKARTA = ZoneInfo("Asia/Jakarta")
MOST_OF_A_DAY = timedelta(hours=20)
"""Between two runs on two days, less what a run takes."""
FEWEST_PAGES = 5
Count = Callable[[PageDay], int]


class History:
    """A record as the rules ask for it; what several of them need is worked out once."""

    def __init__(self, record: SourceRecord, now: datetime) -> None:
        self.record = record
        self.now = now
        self.today = day_of(now)
        self.expect = Expectations.model_validate(dict(record.expect))
        self.polls = record.polls

    def without(self, runs: Collection[int]) -> History:
        kept = tuple(poll for poll in self.polls if poll.run not in runs)
        return History(replace(self.record, polls=kept), self.now)

    @cached_property
    def failures(self) -> list[Failure | None]:
        """For each poll, why its lists could not be read; None where one of them could."""
        return [self._failure(number) for number in range(len(self.polls))]

    @cached_property
    def failed(self) -> int:
        """How many of the last polls failed, one after the other."""
        read = [number for number, failure in enumerate(self.failures) if failure is None]
        return len(self.polls) - 1 - read[-1] if read else len(self.polls)

    @property
    def is_failing(self) -> bool:
        """Two failed polls at least, and most of a day since its lists were last read."""
        before = self.polls[: len(self.polls) - self.failed] or self.polls[:1]
        return self.failed >= 2 and self.polls[-1].at - before[-1].at >= MOST_OF_A_DAY

    @cached_property
    def asked_days(self) -> list[date]:
        """Days on which a list of all that it writes was read."""
        days = {day_of(poll.at) for poll in self.polls if any(is_read(way) and not searches(way) for way in poll.ways)}
        return sorted(days)

    @cached_property
    def new_by_day(self) -> dict[date, int]:
        """Addresses that such lists brought, of days with any."""
        ways = {way.way for poll in self.polls for way in poll.ways if not searches(way)}
        counts = {day.day: sum(number for way, number in day.found.items() if way in ways) for day in self.record.days}
        return {day: count for day, count in counts.items() if count}

    @cached_property
    def fed_days(self) -> list[date]:
        return [day for day in self.asked_days if day in self.new_by_day]

    def newest_days(self, whole: Count, least: int) -> list[PageDay]:
        """The newest days that together have enough pages; all of the last 28 where there are fewer."""
        days: list[PageDay] = []
        for day in reversed(self.record.days):
            if sum(map(whole, days)) >= least or self.today - day.day > timedelta(days=28):
                break
            if whole(day):
                days.insert(0, day)
        return days

    def days_below(self, part: Count, whole: Count, floor: float, least: int) -> list[PageDay]:
        """The newest days from the first on which too small a part of the pages was good; empty when all is well.

        One bad day is forgiven: without the worst one, the rest must be too small a part as well.
        """
        days = [day for day in self.record.days if whole(day) and self.today - day.day <= timedelta(days=28)]
        while len(days) > 2 and sum(map(whole, days[1:])) >= least:
            days.pop(0)
        is_well_again = whole(days[-1]) >= least and part(days[-1]) >= floor * whole(days[-1]) if days else True
        if len(days) < 2 or sum(map(whole, days)) < least or is_well_again:
            return []
        worst = max(days, key=lambda day: whole(day) - part(day))
        rest = [day for day in days if day is not worst]
        if sum(map(part, rest)) >= floor * sum(map(whole, rest)):
            return []
        first = next(number for number, day in enumerate(days) if part(day) < floor * whole(day))
        return days[first:]

    def _failure(self, number: int) -> Failure | None:
        failures = []
        for way in self.polls[number].ways:
            if way.is_audit:
                continue
            failure = self.hollow(number, way) if is_read(way) else way_failure(self.polls[number], way)
            if failure is None:
                return None
            failures.append(failure)
        # What a site says of us tells more than where it says nothing.
        order: tuple[Trouble, ...] = ("blocked", "unreachable", "changed", "not-asked")
        return min(failures, key=lambda failure: order.index(failure.verdict), default=None)

    def hollow(self, number: int, way: WayCount) -> Failure | None:
        """What is wrong with a list of a poll that can be opened and holds nothing, or far less than it did."""
        links = _links(self.polls[number], way)
        if links is None:
            return None
        before = [_links(poll, other) for poll in self.polls[:number] for other in poll.ways if is_same(other, way)]
        earlier = [count for count in before if count is not None]
        usual = round(median(earlier)) if len(earlier) >= FEWEST_PAGES else 0
        if searches(way):
            # Nothing where there never was nothing, before it began.
            while earlier and earlier[-1] == 0:
                earlier.pop()
            is_hollow = links == 0 and usual > 0 and min(earlier) > 0
        else:
            # Sitemaps are split by month, and a new month begins with nothing.
            is_thin = usual >= 10 and links < usual / 5 and way.way in ("feed", "listing")
            is_hollow = links < self.expect.listed or is_thin
        if not is_hollow:
            return None
        usually = Said(f"; biasanya {usual}", f"; usually {usual}") if usual else Said("", "")
        said = Said(f"hanya {links} tautan berita di dalamnya", f"only {links} links to articles in it")
        if not links:
            said = Said("tidak ada tautan berita di dalamnya", "no link to an article in it")
        return Failure("changed", Said(said.id + usually.id, said.en + usually.en), "thin" if links else "empty")


def day_of(instant: datetime) -> date:
    """The day of Jakarta in which an instant lies.

    >>> day_of(datetime.fromisoformat("2026-11-02T22:00:00+00:00")).isoformat()
    '2026-11-03'
    """
    return instant.astimezone(JAKARTA).date()


def searches(way: WayCount) -> bool:
    """True when the site itself looks for the keywords, so that what it lists says nothing of how much it writes."""
    return way.way == "wordpress" or "{keyword}" in way.url or "{slug}" in way.url


def overlap_of(poll: Poll) -> float | None:
    """Share of the links of a run's lists that were known before; None where no list can tell.

    Only a list of one page can miss something: a search is asked for the programme alone, and one that is paged is
    read until nothing in it is new.
    """
    searched = {way.way for way in poll.ways if searches(way)}
    pages: dict[str, set[str]] = {}
    for answer in poll.answers:
        pages.setdefault(answer.way, set()).add(answer.url)
    lists = [
        answer
        for answer in poll.answers
        if answer.way in ("feed", "listing") and answer.way not in searched and len(pages[answer.way]) == 1
    ]
    links = sum(answer.links for answer in lists)
    return sum(answer.known for answer in lists) / links if links >= FEWEST_PAGES else None


def is_read(way: WayCount) -> bool:
    """Its lists could be read; one that was cut off was read as far as it came."""
    return way.is_answered or way.found > 0


def is_same(way: WayCount, other: WayCount) -> bool:
    return (way.way, way.url) == (other.way, other.url)


def is_without_answer(poll: Poll) -> bool:
    """Not even a refusal came: no name, no connection, nothing in time."""
    if any(is_read(way) for way in poll.ways) or any(answer.status is not None for answer in poll.answers):
        return False
    problems = [way.problem for way in poll.ways]
    return all(
        problem and "HTTP" not in problem and explain_problem(None, problem).verdict == "unreachable"
        for problem in problems
    )


def way_failure(poll: Poll, way: WayCount) -> Failure:
    answers = [
        answer
        for answer in poll.answers
        if answer.way == way.way and (answer.problem or answer.status is None or answer.status >= 400)
    ]
    problem = way.problem or next((answer.problem for answer in answers if answer.problem), None)
    statuses = [answer.status for answer in answers if answer.status is not None]
    return explain_problem(statuses[0] if statuses else None, problem)


def _links(poll: Poll, way: WayCount) -> int | None:
    """Links of the fullest list of a way; None where it was not read, or answered that nothing changed."""
    answers = [answer for answer in poll.answers if answer.way == way.way]
    if not is_read(way) or (answers and all(answer.status == 304 for answer in answers)):
        return None
    is_alone = sum(other.way == way.way for other in poll.ways) == 1
    return max(answer.links for answer in answers) if answers and is_alone else way.found
