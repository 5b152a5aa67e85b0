"""The query for events as cards show them, shared by the pages; each page adds its own `where` and `order by`."""

from __future__ import annotations

EVENT_CARDS = """
select
    events.id, events.stage_code, stages.name_id as stage_name_id, stages.name_en as stage_name_en,
    events.regency_code, events.regency_name, events.province_name,
    events.start_date, events.end_date, events.venue, events.mode, events.articles, events.outlets,
    events.first_published_date, events.last_published_date, events.confidence,
    events.evidence, events.evidence_article_id,
    (
        select min(stage_reports.evidence_number)
        from stage_reports
        where stage_reports.event_id = events.id
        and stage_reports.article_id = events.evidence_article_id
        and stage_reports.evidence = events.evidence
    ) as evidence_number,
    (
        select stage_reports.date_reason
        from stage_reports
        where stage_reports.event_id = events.id and stage_reports.article_id = events.evidence_article_id
        and stage_reports.start_date is null
    ) as date_reason
from events
join stages on stages.code = events.stage_code
"""
