"""The events of a feed or calendar, with what was said of them before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from publish.release import Release, build_release
from publish.site.feeds.event_sql import EVENTS
from publish.site.feeds.scopes import Scope
from publish.site.page import Row, fetch_row, fetch_rows

NEWEST = 50
"""Events in an Atom feed that the news told last; as many again whose account changed, or that were withdrawn."""
DATED = 250
"""Events in a calendar, those that are to come and the newest."""
RECENT = timedelta(days=30)
"""How long a change or a withdrawal is told, before the release."""

# What articles only look back on is no news.
IS_NEWS = "exists (select 1 from stage_reports where stage_reports.event_id = events.id and stage_reports.is_main)"

# What was known from the beginning did not change.
CHANGED = """
    select event_id as id
    from event_versions
    where known_from > :since and known_from > (select min(known_from) from event_versions) and known_to is null
    and {where_version}
    order by known_from desc, event_id
    limit :limit
"""

WITHDRAWN = """
select
    event_versions.event_id as id, event_versions.stage_code,
    stages.name_id as stage_name_id, stages.name_en as stage_name_en,
    event_versions.regency_code, regencies.name as regency_name, event_versions.start_date, event_versions.end_date,
    event_versions.status, event_versions.venue, event_versions.mode, event_versions.edition,
    event_versions.number as version, event_versions.known_to as updated_at,
    (
        select known_from from event_versions as first where first.event_id = event_versions.event_id and number = 1
    ) as published_at,
    merged_events.event_id as merged_id, now.status as now_status,
    now_stages.name_id as now_stage_name_id, now_stages.name_en as now_stage_name_en,
    now.regency_name as now_regency_name, now.start_date as now_start_date, now.end_date as now_end_date
from event_versions
join stages on stages.code = event_versions.stage_code
left join regencies on regencies.code = event_versions.regency_code
left join merged_events on merged_events.id = event_versions.event_id
left join events as now on now.id = merged_events.event_id
left join stages as now_stages on now_stages.code = now.stage_code
where event_versions.known_to > :since and {where_version}
and not exists (
    select 1 from event_versions as later
    where later.event_id = event_versions.event_id and later.number > event_versions.number
)
order by event_versions.known_to desc, event_versions.event_id
limit :limit
"""


async def read_release(datasette: Any) -> Release:
    """The release that is shown. Raises LookupError where the database is none."""
    told = await fetch_row(datasette, "select hash, made_at, week from release")
    if told is None:
        raise LookupError("public.db tells no release: run `pantau publish`")
    return build_release(told["hash"], told["made_at"], told["week"])


async def news_of(datasette: Any, scope: Scope, made_at: datetime) -> list[Row]:
    """What a feed tells, what changed last first: the newest events, and what changed or was withdrawn lately."""
    asked = {**scope.parameters, "since": _since(made_at), "limit": NEWEST}
    newest = f"""
        select events.id
        from events
        where {scope.where} and {IS_NEWS}
        order by events.first_published_date desc, events.id
        limit :limit
    """
    changed = CHANGED.format(where_version=scope.where_version)
    lately = EVENTS.format(chosen=changed) + f"where {IS_NEWS}"
    told = [
        *await fetch_rows(datasette, EVENTS.format(chosen=newest), asked),
        *await fetch_rows(datasette, lately, asked),
    ]
    told += await withdrawn_of(datasette, scope, made_at)
    return sorted({row["id"]: row for row in told}.values(), key=_newest_last, reverse=True)


async def withdrawn_of(datasette: Any, scope: Scope, made_at: datetime) -> list[Row]:
    """What was said until lately and is said no more (withdrawn), or as another event (replaced, by `merged_id`)."""
    sql = WITHDRAWN.format(where_version=scope.where_version)
    rows = await fetch_rows(datasette, sql, {**scope.parameters, "since": _since(made_at), "limit": NEWEST})
    return [{**row, "status": "replaced" if row["now_status"] else "withdrawn"} for row in rows]


async def dated_of(datasette: Any, scope: Scope) -> list[Row]:
    """The events of a calendar, latest first: those whose day is known, as many as a calendar holds."""
    latest = f"""
        select events.id
        from events
        where {scope.where} and length(events.start_date) = 10
        order by events.start_date desc, events.id
        limit :limit
    """
    rows = await fetch_rows(datasette, EVENTS.format(chosen=latest), {**scope.parameters, "limit": DATED})
    return sorted(rows, key=lambda row: (row["start_date"], row["id"]), reverse=True)


def _since(made_at: datetime) -> str:
    return (made_at - RECENT).isoformat()


def _newest_last(row: Row) -> tuple[str, str, str]:
    return row["updated_at"], row.get("first_published_date") or "", row["id"]
