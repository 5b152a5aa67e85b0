"""What a run met at each source, and the alarms that were found in it, from the run that raised one to its end."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlite_utils import Database

from crawler.items import Alarm, AlarmLevel, Fate, Met, Reading, Said, SourceRun, WeekSeen
from db.connect import transaction
from db.health import read_polls

REMEMBERED = timedelta(days=35)
"""How far back visits are looked at for what is usual."""
WEEK = timedelta(days=7)
MOST_URLS = 3
LEVELS: tuple[AlarmLevel, ...] = ("broken", "look", "note")
"""The worst first."""

# A run that was cut off told nothing: what it met is told by the next one of its kind.
BEGAN = """
select min(began.started_at)
from runs
join runs as began on began.command = runs.command and began.id <= runs.id
where runs.id = :run
and not exists (
    select 1 from runs as ended
    where ended.command = runs.command and ended.ended_at is not null and ended.id >= began.id and ended.id < runs.id
)
"""

# `pantau run` reads pages while it crawls: what is left for its own word is no lot by itself.
READING_BEGAN = """
select min(began.started_at)
from runs
join runs as crawled on crawled.id = runs.id - 1 and crawled.command = 'crawl'
join runs as began on began.command = 'crawl' and began.id <= crawled.id
where runs.id = :run and runs.command = 'parse'
and not exists (
    select 1 from runs as ended
    where ended.command in ('crawl', 'parse') and ended.ended_at is not null
    and ended.id >= began.id and ended.id < crawled.id
)
"""

LOST = """
select source, fate, coalesce(fate_reason, '') as reason, url
from urls
where fate_at >= :since and fate in ('robots', 'blocked', 'gone', 'error', 'not-article')
order by source, fate, reason, found_at, url
"""

KEPT = "select source, count(*) from pages where checked_at >= :since and source <> 'ingest' group by source"

EDITED = """
select pages.source, url
from page_versions
join pages on pages.id = page_id
where pages.fetched_at >= :since and page_versions.fetched_at = (
    select max(other.fetched_at) from page_versions as other where other.page_id = pages.id
)
order by pages.source, url
"""

GONE = "select source, url from pages where gone_at >= :since order by source, url"

SAME_ETAG = """
select source, url
from (
    select
        source, url, visited_at, digest,
        lag(digest) over visited as digest_before,
        coalesce(etag, last_modified) as mark,
        lag(coalesce(etag, last_modified)) over visited as mark_before
    from visits
    where status = 200 and digest is not null
    window visited as (partition by url order by visited_at)
)
where visited_at >= :since and digest <> digest_before and mark = mark_before
group by url
order by source, url
"""

# An old date that a list or the address tells as well is none that was misread: somebody asked for what is old.
READ = """
select
    pages.source,
    pages.url,
    held_error is not null as is_held,
    coalesce(articles.digest, pages.digest) = pages.digest as is_same_page,
    parses.article_id is not null and held_error is null as is_read,
    articles.page_id = pages.id as is_own,
    published_at is null as is_undated,
    julianday(published_at) > julianday(first_fetched_at) + 1 as is_future,
    julianday(published_at) < julianday(first_fetched_at) - 30 and published_by not in ('api', 'url') as is_old,
    instr(text, char(65533)) > 0 as is_garbled,
    is_complete = 0 as is_incomplete,
    articles.page_id = pages.id and count(articles.text) over (partition by pages.source, articles.text) > 1 as is_same
from parses
join pages on pages.id = parses.page_id
left join articles on articles.id = parses.article_id
where parses.parsed_at >= :since and pages.source <> 'ingest'
order by pages.source, pages.url
"""

# New pages of a week, of sources whose lists were read on most of its days.
WEEKS = """
select polled.source, (
    select count(*) from pages where pages.source = polled.source and first_fetched_at >= :week
) as number
from (
    select source, min(ended_at) as first
    from way_counts
    where is_answered = 1
    group by source
    having max(ended_at) >= :since and first <= :week
) as polled
where (
    select count(distinct date(ended_at, '+7 hours')) from way_counts
    where way_counts.source = polled.source and is_answered = 1 and ended_at >= :week
) >= 5
"""

PLACED = """
select
    articles.source,
    sum(exists (select 1 from article_regencies where article_regencies.article_id = articles.id)) as placed,
    count(*) as articles
from articles
join pages on pages.id = page_id
join extractions on extractions.article_id = articles.id
where is_relevant = 1 and first_fetched_at >= :month
group by articles.source
having max(extracted_at) >= :since
"""


# Weeks of seven days back from now, the newest first, of sources that were asked on five days of them.
ASKED = """
select
    source,
    cast((julianday(:now) - julianday(ended_at)) / 7 as integer) as week,
    count(distinct date(ended_at, '+7 hours')) as days,
    julianday(:now) - 7 * (cast((julianday(:now) - julianday(ended_at)) / 7 as integer) + 1)
        < (select min(julianday(ended_at)) from way_counts as first where first.source = way_counts.source) as is_first
from way_counts
where is_answered = 1 and ended_at >= :since
group by source, week
"""

SEEN = """
select
    pages.source,
    cast((julianday(:now) - julianday(first_fetched_at)) / 7 as integer) as week,
    count(*) as pages,
    sum(parses.article_id is not null and held_error is null) as read,
    count(parses.page_id) as judged,
    count(published_at) as dated,
    coalesce(sum(is_relevant = 1), 0) as told,
    coalesce(sum(is_relevant = 1 and exists (
        select 1 from article_regencies where article_regencies.article_id = articles.id
    )), 0) as placed
from pages
left join parses on parses.page_id = pages.id
left join articles on articles.id = parses.article_id
left join extractions on extractions.article_id = articles.id
where first_fetched_at >= :since
group by pages.source, week
"""
MOST_WEEKS = 12


class Raised(NamedTuple):
    """An alarm as it is kept."""

    alarm: Alarm
    raised_at: datetime
    """UTC."""
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What a run changed in the alarms that are open."""

    raised: tuple[Alarm, ...]
    """New, or worse than before."""
    ended: tuple[Raised, ...]
    """Gone, or only a note now; each as it was."""


def read_source_runs(db: Database, run: int, now: datetime) -> list[SourceRun]:
    """What a run met at each source that it asked, or of which it read or looked at something; by name.

    What runs of the same command met that were cut off since the last one that came to its end counts to it.
    """
    (began,) = db.execute(BEGAN, {"run": run}).fetchone()
    since = {"since": began, "week": _utc(now - WEEK), "month": _utc(now - 4 * WEEK)}
    polls = read_polls(db, {"since": _utc(now - REMEMBERED)})
    (crawled,) = db.execute(READING_BEGAN, {"run": run}).fetchone()
    reading = _read_reading(db, since | {"since": min(began, crawled or began)})
    lost, kept = _read_lost(db, since), dict(db.execute(KEPT, since).fetchall())
    edited, gone, same = (_meet(db.query(sql, since)) for sql in (EDITED, GONE, SAME_ETAG))
    weeks = dict(db.execute(WEEKS, since).fetchall())
    placed = {row["source"]: (row["placed"], row["articles"]) for row in db.query(PLACED, since)}
    runs = [
        SourceRun(
            source=row["name"],
            expect=json.loads(row["expect"] or "{}"),
            polls=tuple(polls.get(row["name"], ())),
            is_asked=_is_of_run(db, polls.get(row["name"], ()), began),
            lost=lost.get(row["name"], {}),
            kept=kept.get(row["name"], 0),
            edited=edited.get(row["name"], Met()),
            gone=gone.get(row["name"], Met()),
            same_etag=same.get(row["name"], Met()),
            reading=reading.get(row["name"]),
            week=weeks.get(row["name"]),
            placed=placed.get(row["name"]),
        )
        for row in db.query("select name, expect from sources where kind <> 'file' order by name")
    ]
    return [one for one in runs if one.is_asked or one.lost or one.kept or one.gone.number or one.reading or one.placed]


def save_alarms(
    db: Database, run: int, alarms: Iterable[Alarm], looked_at: Mapping[str, Collection[str]], now: datetime
) -> Changes:
    """Keep what a run found wrong, and end what it did not find any more.

    `looked_at` has, for each source, the kinds of which this run can say that they are over. An alarm that was open
    already goes on, with its newest sentence and numbers. Where a note gets worse, or something worse is only a note
    now, the one ends and the other begins.
    """
    raised, ended, found = [], [], set()
    ends, begins = {"ended_run_id": run, "ended_at": _utc(now)}, {"run_id": run, "raised_at": _utc(now)}
    with transaction(db):
        held = {(row["source"], row["kind"]): row for row in db.query("select * from alarms where ended_at is null")}
        for alarm in alarms:
            key = (alarm.source, alarm.kind)
            found.add(key)
            before, row = held.get(key), _alarm_row(alarm) | {"last_run_id": run}
            if before is not None and (before["level"] == "note") == (alarm.level == "note"):
                db.table("alarms").update(before["id"], row)
            else:
                if before is not None:
                    db.table("alarms").update(before["id"], ends)
                db.table("alarms").insert(row | begins)
            if before is None or LEVELS.index(alarm.level) < LEVELS.index(before["level"]):
                raised.append(alarm)
            elif before["level"] != "note" and alarm.level == "note":
                ended.append(_read_alarm(before | ends))
        for (source, kind), row in held.items():
            if (source, kind) not in found and kind in looked_at.get(source, ()):
                db.table("alarms").update(row["id"], ends)
                ended.append(_read_alarm(row | ends))
    return Changes(tuple(raised), tuple(ended))


def read_open_alarms(db: Database) -> list[Raised]:
    """The alarms that are not over, by source and kind."""
    return [_read_alarm(row) for row in db.query("select * from alarms where ended_at is null order by source, kind")]


def read_weeks(db: Database, now: datetime) -> dict[str, list[WeekSeen | None]]:
    """What the last twelve times seven days brought of each source, the newest first.

    None for those in which it was asked on fewer than five days, and for the first one, which brings its past.
    """
    since = {"now": _utc(now), "since": _utc(now - MOST_WEEKS * WEEK)}
    names = ("pages", "read", "judged", "dated", "told", "placed")
    seen = {
        (row["source"], row["week"]): WeekSeen(**{name: row[name] for name in names}) for row in db.query(SEEN, since)
    }
    weeks: defaultdict[str, list[WeekSeen | None]] = defaultdict(lambda: [None] * MOST_WEEKS)
    for row in db.query(ASKED, since):
        if 0 <= row["week"] < MOST_WEEKS and row["days"] >= 5 and not row["is_first"]:
            weeks[row["source"]][row["week"]] = seen.get((row["source"], row["week"]), WeekSeen(0))
    return dict(weeks)


def read_placed(db: Database, now: datetime) -> dict[str, tuple[int, int]]:
    """Of each source's articles on the programme of 28 days: how many have a regency, and how many there are."""
    since = {"month": _utc(now - 4 * WEEK), "since": ""}
    return {row["source"]: (row["placed"], row["articles"]) for row in db.query(PLACED, since)}


def count_pages(db: Database, now: datetime) -> dict[str, int]:
    """New pages of each source in the last seven days."""
    sql = "select source, count(*) from pages where first_fetched_at >= ? group by source"
    return dict(db.execute(sql, [_utc(now - WEEK)]).fetchall())


def count_uncovered(db: Database) -> tuple[int, int, int]:
    """Regencies that no source of their own covers; of these, those of whose province none does; and all."""
    return tuple(
        db.execute(
            """
            select
                coalesce(sum(is_own = 0), 0), coalesce(sum(is_own = 0 and is_province = 0), 0), count(*)
            from (
                select
                    exists (select 1 from source_regencies where regency_code = code) as is_own,
                    exists (
                        select 1 from source_provinces
                        where source_provinces.province_code = regencies.province_code
                    ) as is_province
                from regencies
            )
            """
        ).fetchone()
    )


def _is_of_run(db: Database, polls: Collection[Any], began: str) -> bool:
    return bool(polls) and list(polls)[-1].at >= datetime.fromisoformat(began)


def _read_lost(db: Database, since: dict[str, Any]) -> dict[str, dict[tuple[Fate, str], Met]]:
    lost: defaultdict[str, dict[tuple[Fate, str], Met]] = defaultdict(dict)
    for row in db.query(LOST, since):
        of_source, key = lost[row["source"]], (row["fate"], row["reason"])
        of_source[key] = _more(of_source.get(key, Met()), row["url"])
    return lost


def _read_reading(db: Database, since: dict[str, Any]) -> dict[str, Reading]:
    read: defaultdict[str, int] = defaultdict(int)
    met: defaultdict[str, dict[str, Met]] = defaultdict(dict)
    names = ("undated", "future", "old", "garbled", "incomplete", "same")
    for row in db.query(READ, since):
        source = row["source"]
        told = met[source]
        read[source] += row["is_read"]
        if not row["is_read"]:
            told["unread"] = _more(told.get("unread", Met()), row["url"])
            if row["is_held"] and row["is_same_page"]:
                told["held"] = _more(told.get("held", Met()), row["url"])
        elif row["is_own"]:
            for name in names:
                if row[f"is_{name}"]:
                    told[name] = _more(told.get(name, Met()), row["url"])
    return {source: Reading(read=read[source], **told) for source, told in met.items()}


def _meet(rows: Iterator[dict[str, Any]]) -> dict[str, Met]:
    met: dict[str, Met] = {}
    for row in rows:
        met[row["source"]] = _more(met.get(row["source"], Met()), row["url"])
    return met


def _more(met: Met, url: str) -> Met:
    return Met(met.number + 1, met.urls if len(met.urls) == MOST_URLS else (*met.urls, url))


def _alarm_row(alarm: Alarm) -> dict[str, Any]:
    return {
        "source": alarm.source,
        "kind": alarm.kind,
        "level": alarm.level,
        "said_id": alarm.said.id,
        "said_en": alarm.said.en,
        "urls": json.dumps(alarm.urls),
        "number": alarm.number,
    }


def _read_alarm(row: Mapping[str, Any]) -> Raised:
    level: AlarmLevel = row["level"]
    said, urls = Said(row["said_id"], row["said_en"]), tuple(json.loads(row["urls"]))
    alarm = Alarm(row["source"], row["kind"], level, said, urls, row["number"])
    ended = datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None
    return Raised(alarm, datetime.fromisoformat(row["raised_at"]), ended)


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()
