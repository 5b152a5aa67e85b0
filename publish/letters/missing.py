"""What a letter may have missed: pages, sources and reports that were not read or not understood."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from itertools import groupby

from publish.dates_id import date_in_words
from publish.letters.addresses import article_url, evidence_url, table_url
from publish.letters.articles import DAY
from publish.letters.cleaning import shorten
from publish.letters.events import when
from publish.letters.parts import Asked, belongs_to
from publish.letters.rows import Row, read_rows

TALKATIVE = timedelta(weeks=12)
"""Who told of the programme so lately is missed when nothing comes."""


def read_unsure_reports(asked: Asked) -> list[Row]:
    """What articles of the days say of steps that make no event: not sure, or with neither a region nor a date."""
    rows = read_rows(
        asked.db,
        f"""
        select stage_reports.stage_code, stages.name_id, stages.name_en, regencies.name as regency_name,
            stage_reports.start_date, stage_reports.end_date, stage_reports.status, stage_reports.article_id,
            evidence.anchor, articles.url, coalesce(articles.outlet_name, articles.source) as outlet_name,
            {DAY} as day, {asked.columns("where_report")}
        from articles
        join stage_reports on stage_reports.article_id = articles.id
        join evidence
            on evidence.article_id = stage_reports.article_id and evidence.number = stage_reports.evidence_number
        join stages on stages.code = stage_reports.stage_code
        left join regencies on regencies.code = stage_reports.regency_code
        where articles.published_date between date(:first, '-1 day') and date(:last, '+1 day')
            and {DAY} between :first and :last
            and articles.is_relevant = 1 and +stage_reports.event_id is null -- few articles, many such reports
            and {asked.any_of("where_report")}
        order by articles.published_date desc, stage_reports.article_id, stage_reports.number
        """,
        **asked.days,
        **asked.parameters,
    )
    return [
        row
        | {
            "stage": row[f"name_{asked.lang}"],
            "region": row["regency_name"] or asked.say("no_region"),
            "when": when(row, asked),
            "outlet_name": shorten(row["outlet_name"], 60),
            "evidence_url": evidence_url(asked.site, row["article_id"], row["anchor"]),
            "article_url": article_url(row, "article_id", asked.site),
        }
        for row in rows
        if any(_is_in(row["day"], asked, number) for number in belongs_to(row))
    ]


def _is_in(day: str, asked: Asked, number: int) -> bool:
    part = asked.parts[number]
    return part.first.isoformat() <= day <= part.last.isoformat()


NEAR, AROUND, WRITING, NATION = 1, 2, 3, 4
"""How a source is about what the reader chose: it covers just that, covers a province of it, wrote of it lately
(TALKATIVE), or covers the whole country."""

NEAREST = """
select source_regencies.source as name, 1 as reach
from source_regencies
where source_regencies.regency_code in (select value from json_each(:regencies))
union all
select source_provinces.source, 2
from source_provinces
where source_provinces.province_code in (select value from json_each(:provinces))
union all
select source_subjects.source, 3
from source_subjects
where source_subjects.regency_code in (select value from json_each(:regencies))
    and source_subjects.last_published_date >= :since
union all
select sources.name, 4
from sources
where :is_all
    or not exists (select 1 from source_provinces where source_provinces.source = sources.name)
    and not exists (select 1 from source_regencies where source_regencies.source = sources.name)
"""


def find_sources(asked: Asked) -> dict[str, int]:
    """The sources from which news of the choices could come, each with how near it is to them: NEAR, AROUND, …"""
    scopes = [part.scope for part in asked.parts]
    found = {scope.value: NEAR for scope in scopes if scope.sources == "one"}
    if all(scope.sources == "one" for scope in scopes):
        return found
    rows = read_rows(
        asked.db,
        NEAREST,
        regencies=json.dumps(sorted({code for scope in scopes for code in scope.regencies})),
        provinces=json.dumps(sorted({code for scope in scopes for code in scope.provinces})),
        since=(asked.span.first - TALKATIVE).isoformat(),
        is_all=any(scope.sources == "all" for scope in scopes),
    )
    for row in rows:
        found[row["name"]] = min(row["reach"], found.get(row["name"], NATION))
    return found


def read_unread_pages(asked: Asked, near: Mapping[str, int]) -> list[Row]:
    """Sources with pages that gave no article in the days, and why; and all that is still to be fetched.

    Those nearest to what the reader chose first.
    """
    rows = read_rows(
        asked.db,
        """
        with near as materialized (
            select sources.name, sources.outlet_name, wanted.value as reach
            from json_each(:near) as wanted
            join sources on sources.name = wanted.key
        )
        select near.name as source, near.outlet_name, near.reach, 'pending' as fate, count(*) as pages
        from near
        join urls on urls.source = near.name and urls.fate is null
        group by near.name
        union all
        select near.name, near.outlet_name, near.reach, urls.fate, count(*)
        from near
        join urls on urls.source = near.name and urls.fate in ('not-understood', 'error', 'blocked', 'robots')
        where urls.fate_at >= :begins and urls.fate_at < :ends
        group by near.name, urls.fate
        order by reach, outlet_name, source, fate
        """,
        **asked.days,
        near=json.dumps(near),
    )
    return [
        {
            "outlet_name": shorten(outlet_name, 60),
            "url": table_url(asked.site, "urls", source=source, _facet="fate"),
            "fates": ", ".join(asked.say(f"fates.{fate['fate']}", n=fate["pages"]) for fate in fates),
        }
        for (source, outlet_name), fates in groupby(rows, key=lambda row: (row["source"], row["outlet_name"]))
    ]


def read_unread_sources(asked: Asked, near: Mapping[str, int]) -> list[Row]:
    """Outlets and portals that cannot be read, or of which a part was lost in the days; why, and since when.

    Who was read again by now is told with the day of that; nothing is told of those never read before. First those
    that broke in the days, then those nearest to what the reader chose, then by name.
    """
    rows = read_rows(
        asked.db,
        f"""
        with troubles as (
            select source, said_{asked.lang} as reason, date(raised_at, '+7 hours') as since_date,
                date(ended_at, '+7 hours') as read_date,
                row_number() over (
                    partition by source order by ended_at is not null, level = 'look', raised_at, kind
                ) as place
            from alarms
            where level <> 'note' and raised_at < :ends and coalesce(ended_at, :ends) >= :begins
        ),
        unread as (
            select name, reason_{asked.lang} as reason, since_date, null as read_date
            from sources
            where verdict in ('changed', 'blocked', 'unreachable', 'not-asked')
            union all
            select source, troubles.reason, troubles.since_date, read_date
            from troubles
            join sources on sources.name = troubles.source
            where place = 1 and coalesce(verdict, '') not in ('changed', 'blocked', 'unreachable', 'not-asked')
        )
        select unread.name, outlet_name, reason, unread.since_date, read_date,
            coalesce(unread.since_date between :first and :last, 0) as is_new, wanted.value as reach
        from json_each(:near) as wanted
        join unread on unread.name = wanted.key
        join sources on sources.name = unread.name
        order by is_new desc, reach, outlet_name, unread.name
        """,
        **asked.days,
        near=json.dumps(near),
    )
    return [
        {
            "outlet_name": shorten(row["outlet_name"], 60),
            "url": f"{asked.site}/media/{row['name']}",
            "reason": shorten(row["reason"], 200) or asked.say("no_reason"),
            "since": _since(row, asked),
            "is_new": bool(row["is_new"]),
            "is_national": row["reach"] == NATION,
        }
        for row in rows
    ]


def _since(row: Row, asked: Asked) -> str:
    if not row["since_date"]:
        return ""
    since = asked.say("since", day=date_in_words(row["since_date"], lang=asked.lang))
    if not row["read_date"]:
        return since
    return f"{since}, {asked.say('read_again', day=date_in_words(row['read_date'], lang=asked.lang))}"


def read_silent_sources(asked: Asked, near: Mapping[str, int]) -> list[Row]:
    """Outlets and portals that told of the programme in the weeks before (TALKATIVE) and not in the days.

    Silence is one of seven days at least. Those that told most first; for places only those that cover them or wrote of
    them.
    """
    silent_from = min(asked.span.first, asked.span.last - timedelta(days=6))
    rows = read_rows(
        asked.db,
        f"""
        select sources.name, sources.outlet_name, told.articles, told.last_date, wanted.value as reach
        from (
            select articles.source, count(*) as articles, max({DAY}) as last_date
            from articles
            where articles.published_date between :since and date(:last, '+1 day') and {DAY} <= :last
                and articles.is_relevant = 1
            group by articles.source
        ) as told
        join sources on sources.name = told.source
        join json_each(:near) as wanted on wanted.key = told.source
        where told.last_date < :silent_from and sources.kind <> 'file'
        order by told.articles desc, told.last_date, sources.outlet_name, sources.name
        """,
        **asked.days,
        silent_from=silent_from.isoformat(),
        since=(silent_from - TALKATIVE).isoformat(),
        near=json.dumps(near),
    )
    is_about_places = all(part.scope.sources != "all" for part in asked.parts)
    return [
        {
            "outlet_name": shorten(row["outlet_name"], 60),
            "url": f"{asked.site}/media/{row['name']}",
            "seen": asked.say("last_seen", day=date_in_words(row["last_date"], lang=asked.lang)),
            "articles": row["articles"],
        }
        for row in rows
        if not (is_about_places and row["reach"] == NATION)
    ]
