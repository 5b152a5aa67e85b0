"""The query for events as cards show them, shared by the pages; each page adds its own `where` and `order by`.

The date often stands in another sentence than the step: `date_evidence_number` is the sentence that says the date.
`is_main` is 0 where articles only look back on the event. An event whose `status` is announced took place in no article
yet, whatever its date.
"""

from __future__ import annotations

from typing import Any

from datasette import Request

EVENT_CARDS = """
select
    events.id, events.stage_code, stages.name_id as stage_name_id, stages.name_en as stage_name_en,
    events.regency_code, events.regency_name, events.province_name,
    events.start_date, events.end_date, events.edition, events.edition_by, events.venue, events.mode, events.status,
    events.articles, events.outlets, events.stories, events.conflicts,
    events.first_published_date, events.last_published_date, events.confidence,
    events.edition, events.edition_by, events.edition_reason,
    events.date_reason, events.evidence, events.evidence_article_id, events.evidence_number,
    (
        select coalesce(
            max(iif(mentions.evidence_number = events.evidence_number, mentions.evidence_number, null)),
            min(mentions.evidence_number)
        )
        from mentions
        where mentions.article_id = events.evidence_article_id and mentions.label = 'DATE'
        and mentions.value in (events.start_date, events.start_date || '/' || events.end_date)
    ) as date_evidence_number,
    exists (
        select 1 from stage_reports where stage_reports.event_id = events.id and stage_reports.is_main
    ) as is_main
from events
join stages on stages.code = events.stage_code
"""

REPORT_DATE_EVIDENCE = """
    (
        select coalesce(
            max(iif(mentions.evidence_number = stage_reports.evidence_number, mentions.evidence_number, null)),
            min(mentions.evidence_number)
        )
        from mentions
        where mentions.article_id = stage_reports.article_id and mentions.label = 'DATE'
        and mentions.value in (stage_reports.start_date, stage_reports.start_date || '/' || stage_reports.end_date)
    ) as date_evidence_number
"""
"""The column of a query on stage_reports: the sentence that says the report's date, its own where it does."""

UPDATED_AT = "select max(ended_at) as updated_at from runs"


def event_address(datasette: Any, request: Request, event_id: str) -> str:
    """The whole address of an event's page, as a citation gives it."""
    address: str = datasette.absolute_url(request, datasette.urls.path(f"/peristiwa/{event_id}"))
    return address
