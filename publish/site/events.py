"""The query for events as cards show them, shared by the pages; each page adds its own `where` and `order by`."""

from __future__ import annotations

EVENT_CARDS = """
select
    events.id, events.stage_code, stages.name_id as stage_name_id, stages.name_en as stage_name_en,
    events.regency_code, events.regency_name, events.province_name,
    events.start_date, events.end_date, events.venue, events.mode, events.articles, events.outlets,
    events.first_published_date, events.last_published_date, events.confidence,
    events.date_reason, events.evidence, events.evidence_article_id, events.evidence_number
from events
join stages on stages.code = events.stage_code
"""
