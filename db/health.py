"""What is remembered of the sources, for those who judge them, and what they say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from crawler.items import Completeness, Health, ListAnswer, PageDay, Poll, SourceRecord, Span, WayCount
from db.connect import transaction

REMEMBERED = timedelta(days=150)
"""How far back a record goes: five months, to see a slow decline."""

# Not by the index of sources and fates: half of all rows are wanted, and to look each up takes three times as long.
FOUND = """
select source, date(found_at, '+7 hours') as day, found_by, count(*) as number
from urls not indexed
where found_at >= :since
group by source, day, found_by
"""

# Only what was asked for: an address that is too old, or off topic by its headline, says nothing of a page.
FATES = """
select urls.source, date(coalesce(first_fetched_at, fate_at), '+7 hours') as day, fate, count(*) as number
from urls not indexed
left join pages on pages.url = urls.url
where coalesce(first_fetched_at, fate_at) >= :since
and fate is not null
and (pages.id is not null or fate in ('blocked', 'gone', 'error', 'robots', 'not-article', 'duplicate'))
group by urls.source, day, fate
"""

ARTICLES = """
select
    articles.source,
    date(first_fetched_at, '+7 hours') as day,
    count(*) as articles,
    count(published_at) as dated,
    coalesce(sum(julianday(published_at) > julianday(first_fetched_at) + 1), 0) as future,
    coalesce(sum(julianday(published_at) < julianday(first_fetched_at) - 30), 0) as old,
    sum(authors <> '[]') as signed
from articles
join pages on pages.id = page_id
where first_fetched_at >= :since
group by articles.source, day
"""

LAST_TOLD = """
select articles.source, max(substr(published_at, 1, 10)) as day
from articles
join pages on pages.id = page_id
join extractions on article_id = articles.id
where is_relevant = 1 and julianday(published_at) <= julianday(first_fetched_at) + 1
group by articles.source
"""

# A copy under another address, and an address that leads to the article, were listed by the same right.
LISTED = """
with addresses as (
    select parses.article_id, pages.url
    from parses
    join pages on pages.id = parses.page_id
    where parses.article_id is not null
    union
    select parses.article_id, urls.url
    from urls
    join pages on pages.url = replace(replace(fate_reason, 'redirects to ', ''), 'same as ', '')
    join parses on parses.page_id = pages.id
    where fate = 'duplicate' and parses.article_id is not null
)
select source, substr(published_at, 1, 10) as day, json_group_array(distinct way) as ways
from articles
join extractions on extractions.article_id = articles.id
join addresses on addresses.article_id = articles.id
left join url_ways on url_ways.url = addresses.url
where is_relevant = 1 and published_at >= :since
group by articles.id
order by articles.id
"""


def read_source_records(db: Database, now: datetime) -> list[SourceRecord]:
    """What is remembered of every source that is crawled, by name: the last 150 days."""
    since: dict[str, Any] = {"since": (now - REMEMBERED).astimezone(UTC).isoformat()}
    polls, days = read_polls(db, since), _read_days(db, since)
    told = {row["source"]: date.fromisoformat(row["day"]) for row in db.query(LAST_TOLD)}
    return [
        SourceRecord(
            name=row["name"],
            home=row["home_url"] or "",
            expect=json.loads(row["expect"] or "{}"),
            polls=tuple(polls.get(row["name"], ())),
            days=tuple(days.get(row["name"], ())),
            last_told=told.get(row["name"]),
        )
        for row in db.query("select name, home_url, expect from sources where kind <> 'file' order by name")
    ]


def read_listed(db: Database, since: date) -> list[tuple[str, date, frozenset[str]]]:
    """Source, day of publication and ways of every article on the programme that was published since a day."""
    return [
        (row["source"], date.fromisoformat(row["day"]), frozenset(way for way in json.loads(row["ways"]) if way))
        for row in db.query(LISTED, {"since": since.isoformat()})
    ]


def read_routes(db: Database, since: date) -> dict[str, set[str]]:
    """The ways of each source that were asked since a day and listed something."""
    routes: dict[str, set[str]] = {}
    sql = "select distinct source, way from way_counts where found > 0 and ended_at >= ?"
    for source, way in db.execute(sql, [since.isoformat()]):
        routes.setdefault(source, set()).add(way)
    return routes


def save_health(db: Database, healths: Iterable[Health], complete: Mapping[str, Completeness], now: datetime) -> None:
    """Put what is said of the sources, and how complete each is, in place of what was said before."""
    with transaction(db):
        db.execute("delete from source_health")
        db.table("source_health").insert_all(
            _health_row(health) | _completeness_columns(complete.get(health.source)) | {"checked_at": _utc(now)}
            for health in healths
        )


def save_completeness(db: Database, spans: Iterable[Span], gaps: Mapping[str, int], now: datetime) -> None:
    """Put what is said of these weeks in place of what was said of them; what was said of others stays.

    `gaps` are the sources that may have missed something, by week.
    """
    with transaction(db):
        db.table("completeness").insert_all(
            (
                _span_row(span)
                | _completeness_columns(span.found)
                | {"gaps": gaps.get(span.week, 0), "checked_at": _utc(now)}
                for span in spans
            ),
            pk=("week", "weeks"),
            replace=True,
        )


def read_polls(db: Database, since: dict[str, Any]) -> dict[str, list[Poll]]:
    polls: dict[str, list[Poll]] = {}
    begins: dict[tuple[str, int], datetime] = {}
    for row in db.query(
        """
        select way_counts.*, started_at
        from way_counts join runs on runs.id = run_id
        where way_counts.ended_at >= :since
        order by source, run_id, number
        """,
        since,
    ):
        run, begin = row.pop("run_id"), datetime.fromisoformat(row.pop("started_at"))
        flags = {name: bool(row[name]) for name in ("is_answered", "is_audit")}
        row |= {"ended_at": datetime.fromisoformat(row["ended_at"]), "notes": tuple(json.loads(row["notes"]))}
        way = WayCount(**row | flags)
        told = polls.setdefault(way.source, [])
        if told and told[-1].run == run:
            told[-1] = replace(told[-1], at=max(told[-1].at, way.ended_at), ways=(*told[-1].ways, way))
        else:
            told.append(Poll(run, way.ended_at, (way,)))
            begins[way.source, run] = begin
    for source, answers in _read_answers(db, since).items():
        polls[source] = [
            replace(
                poll,
                answers=tuple(answer for at, answer in answers if begins[source, poll.run] <= at <= poll.at),
            )
            for poll in polls.get(source, ())
        ]
    return polls


def _read_answers(db: Database, since: dict[str, Any]) -> dict[str, list[tuple[datetime, ListAnswer]]]:
    answers: dict[str, list[tuple[datetime, ListAnswer]]] = {}
    for row in db.query(
        """
        select source, visited_at, way, url, status, links, known, newest_at, problem, strangers, invalid
        from visits
        where visited_at >= :since
        order by source, visited_at
        """,
        since,
    ):
        at, newest = datetime.fromisoformat(row.pop("visited_at")), row.pop("newest_at")
        row["newest"] = datetime.fromisoformat(newest) if newest else None
        answers.setdefault(row.pop("source"), []).append((at, ListAnswer(**row)))
    return answers


def _read_days(db: Database, since: dict[str, Any]) -> dict[str, list[PageDay]]:
    days: dict[tuple[str, date], dict[str, Any]] = {}

    def day_of(row: Mapping[str, Any]) -> dict[str, Any]:
        return days.setdefault((row["source"], date.fromisoformat(row["day"])), {"found": {}, "fates": {}})

    for row in db.query(FOUND, since):
        day_of(row)["found"][row["found_by"]] = row["number"]
    for row in db.query(FATES, since):
        day_of(row)["fates"][row["fate"]] = row["number"]
    for row in db.query(ARTICLES, since):
        day_of(row).update({name: row[name] for name in ("articles", "dated", "future", "old", "signed")})
    by_source: dict[str, list[PageDay]] = {}
    for (source, day), told in sorted(days.items()):
        by_source.setdefault(source, []).append(PageDay(day=day, **told))
    return by_source


def _health_row(health: Health) -> dict[str, Any]:
    usual = health.volume.usual if health.volume else None
    return {
        "source": health.source,
        "verdict": health.verdict,
        "is_to_look_at": health.is_to_look_at,
        "reason_id": health.reason.id,
        "reason_en": health.reason.en,
        "since_date": health.since and health.since.isoformat(),
        "notes_id": " ".join(note.id for note in health.notes) or None,
        "notes_en": " ".join(note.en for note in health.notes) or None,
        "polled_at": health.polled_at and health.polled_at.isoformat(),
        "answered_at": health.answered_at and health.answered_at.isoformat(),
        "new_week": health.volume and health.volume.new,
        "usual_low": usual and usual[0],
        "usual_high": usual and usual[1],
        "overlap": health.overlap,
        "read_share": health.read_share,
        "dated_share": health.dated_share,
    }


def _span_row(span: Span) -> dict[str, Any]:
    return {
        "week": span.week,
        "weeks": span.weeks,
        "sources": span.sources,
        "held_by_both": span.counts.both,
        "held_by_first": span.counts.only_first,
        "held_by_second": span.counts.only_second,
    }


def _completeness_columns(found: Completeness | None) -> dict[str, Any]:
    return {
        "held": found and found.held,
        "estimate": found and found.estimate,
        "low": found and found.low,
        "high": found and found.high,
        "unsaid_id": found and found.reason_id,
        "unsaid_en": found and found.reason_en,
    }


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()
