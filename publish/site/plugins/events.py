"""/peristiwa/<id>: one step of one regency, and what every article says of it, side by side."""

from __future__ import annotations

from typing import Any

from datasette import Request, Response, hookimpl

from publish.site.events import EVENT_CARDS, REPORT_DATE_EVIDENCE, UPDATED_AT, event_address
from publish.site.page import KEY, fetch_row, fetch_rows, not_found, render

EVENT = EVENT_CARDS + "where events.id = :id"

MERGED = "select event_id from merged_events where id = :id"

REPORTS = f"""
select
    stage_reports.article_id, stage_reports.start_date, stage_reports.end_date, stage_reports.date_reason,
    stage_reports.edition, stage_reports.venue, stage_reports.mode, stage_reports.is_main, stage_reports.status,
    stage_reports.confidence, stage_reports.evidence_number, stage_reports.evidence, {REPORT_DATE_EVIDENCE},
    articles.title, articles.outlet_name, articles.url, articles.published_date, story_articles.role
from stage_reports
join articles on articles.id = stage_reports.article_id
left join story_articles on story_articles.article_id = stage_reports.article_id
where stage_reports.event_id = :id and articles.is_relevant = 1
order by articles.published_date nulls last, articles.id, stage_reports.number
"""

CONFLICTS = """
select
    event_conflicts.field, event_conflicts.value, event_conflicts.with_event_id, event_conflicts.articles,
    event_conflicts.outlets, event_conflicts.is_best, event_conflicts.article_id, event_conflicts.evidence_number,
    evidence.text as evidence
from event_conflicts
join evidence
    on evidence.article_id = event_conflicts.article_id and evidence.number = event_conflicts.evidence_number
where event_conflicts.event_id = :id
order by event_conflicts.number
"""

PEOPLE = """
select name, position, acting, organization, articles, is_quoted, article_id, evidence_number
from event_people
where event_id = :id
order by number
"""

# The same stage of the same regency under another date: perhaps another edition, perhaps a contradiction. The reader
# sees both; what is surely a contradiction stands among those.
OTHERS = (
    EVENT_CARDS
    + """
where events.regency_code = (select regency_code from events where id = :id)
and events.stage_code = (select stage_code from events where id = :id)
and events.id <> :id
and not exists (
    select 1 from event_conflicts where event_conflicts.event_id = :id and event_conflicts.with_event_id = events.id
)
order by events.start_date nulls last
"""
)


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(rf"^/peristiwa/(?P<id>{KEY})$", event)]


async def event(datasette: Any, request: Request) -> Response:
    key = {"id": request.url_vars["id"]}
    row = await fetch_row(datasette, EVENT, key)
    merged = None if row else await fetch_row(datasette, MERGED, key)
    if merged:
        # An address in an old letter: the event has since become known to the day.
        return Response.redirect(datasette.urls.path(f"/peristiwa/{merged['event_id']}"))
    if row is None:
        return await not_found(datasette, request, "missing.event")
    reports = await fetch_rows(datasette, REPORTS, key)
    updated = await fetch_row(datasette, UPDATED_AT)
    conflicts = await fetch_rows(datasette, CONFLICTS, key)
    return await render(
        datasette,
        request,
        "event.html",
        event=row,
        reports=reports,
        conflicts=conflicts,
        differing={conflict["field"] for conflict in conflicts},
        people=await fetch_rows(datasette, PEOPLE, key),
        others=await fetch_rows(datasette, OTHERS, key),
        address=event_address(datasette, request, row["id"]),
        updated_at=updated and updated["updated_at"],
    )
