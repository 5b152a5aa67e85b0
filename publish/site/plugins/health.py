"""/kesehatan: how old the data is, what is lost on the way to an event, who is not read, what waits for people."""

from __future__ import annotations

from typing import Any

from datasette import Request, Response, hookimpl

from publish.site.dates import in_jakarta
from publish.site.funnel import OUTCOMES, build_steps, rows_behind
from publish.site.page import Row, fetch_row, fetch_rows, render
from publish.site.source_charts import bar

BROKEN_SHOWN = 30

STATES = """
select coalesce(verdict, 'none') as verdict, count(*) as sources
from sources
where kind <> 'file'
group by 1
"""

# Someone should look at it, or it cannot be read.
BROKEN = """
select
    name, outlet_name, kind, verdict, reason_id, reason_en, since_date, read_at,
    (select count(*) from source_regencies where source = name) as regencies,
    (
        select group_concat(provinces.name, ', ')
        from source_provinces
        join provinces on provinces.code = province_code
        where source = sources.name
    ) as provinces
from sources
where kind <> 'file' and (is_to_look_at or verdict in ('changed', 'blocked', 'unreachable', 'not-asked'))
order by since_date nulls last, outlet_name
"""

# Open ones first, the worst first; then those that were over in the last 30 days.
ALARMS = """
select
    alarms.source, outlet_name, level, said_id, said_en, raised_at, ended_at
from alarms
join sources on sources.name = alarms.source
where level <> 'note'
and (ended_at is null or julianday(ended_at) >= (select max(julianday(started_at)) - 30 from runs))
order by ended_at is not null, level, case when ended_at is null then raised_at end, ended_at desc, outlet_name
"""

NOTES = "select count(*) as n, count(distinct source) as sources from alarms where level = 'note' and ended_at is null"

# Why nothing is new of a source, four answers that are never merged, and regencies that nobody watches.
KINDS = """
select
    coalesce(sum(case stopped
        when 0 then verdict in ('changed', 'unreachable', 'not-asked') else not is_refused
    end), 0) as broken,
    coalesce(sum(is_refused or stopped = 0 and verdict = 'blocked'), 0) as blocked,
    coalesce(sum(stopped = 0 and verdict = 'quiet'), 0) as quiet,
    (select count(*) from regency_coverage where watched_by in ('none', 'nation')) as uncovered
from (
    select
        verdict,
        count(alarms.id) as stopped,
        coalesce(max(substr(alarms.kind, 6) in ('refused', 'wall', 'robots', 'login', 'provider', 'asked-less')), 0)
            as is_refused
    from sources
    left join alarms on alarms.source = sources.name and alarms.level = 'broken' and alarms.ended_at is null
    where sources.kind <> 'file' and verdict is not null
    group by sources.name
)
"""

# The run of `publish` that makes this file has not ended while it does; the release says when it was.
AGES = """
select
    (select max(published_date) from articles where is_relevant = 1) as article_date,
    (select max(ended_at) from runs where command = 'crawl') as crawl_at,
    (select max(ended_at) from runs where command = 'parse') as parse_at,
    (select max(ended_at) from runs where command = 'extract') as extract_at,
    (select made_at from release) as release_at,
    (select id from release) as release_id,
    (select monday from digests order by week desc limit 1) as letter_monday,
    (select week from digests order by week desc limit 1) as letter_week
"""

# A crawl that began after the last one that ended and did not end itself.
CUT_OFF = """
select max(started_at) as started_at
from runs
where command = 'crawl' and ended_at is null
    and id > coalesce((select max(id) from runs where command = 'crawl' and ended_at is not null), 0)
"""

REVIEW = """
select kind, priority, waiting
from review_kinds
order by priority, waiting desc
"""

SILENCE = """
select count(*) as unread
from regency_coverage
where watched_by in ('unread', 'none')
"""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/kesehatan$", health)]


async def health(datasette: Any, request: Request) -> Response:
    states = {row["verdict"]: row["sources"] for row in await fetch_rows(datasette, STATES)}
    broken = await fetch_rows(datasette, BROKEN)
    silence = await fetch_row(datasette, SILENCE)
    cut_off = await fetch_row(datasette, CUT_OFF)
    alarms = await fetch_rows(datasette, ALARMS)
    is_open = [alarm for alarm in alarms if alarm["ended_at"] is None]
    return await render(
        datasette,
        request,
        "health.html",
        ages=_ages(await fetch_row(datasette, AGES) or {}),
        cut_off=in_jakarta(cut_off["started_at"]) if cut_off and cut_off["started_at"] else None,
        steps=build_steps(await fetch_rows(datasette, OUTCOMES, {"period": "all", "source": ""})),
        address=rows_behind,
        states=bar(states),
        sources=sum(states.values()),
        is_judged=any(verdict != "none" for verdict in states),
        readable=sum(states.get(verdict, 0) for verdict in ("ok", "quiet", "new")),
        broken=broken[:BROKEN_SHOWN],
        broken_more=len(broken) - BROKEN_SHOWN,
        alarms=is_open[:BROKEN_SHOWN],
        alarms_more=len(is_open) - BROKEN_SHOWN,
        over=[alarm for alarm in alarms if alarm["ended_at"] is not None][:BROKEN_SHOWN],
        notes=await fetch_row(datasette, NOTES),
        kinds=await fetch_row(datasette, KINDS),
        unread_regencies=silence["unread"] if silence else 0,
        review=await fetch_rows(datasette, REVIEW),
    )


def _ages(ages: Row) -> Row:
    return {name: in_jakarta(value) if name.endswith("_at") and value else value for name, value in ages.items()}
