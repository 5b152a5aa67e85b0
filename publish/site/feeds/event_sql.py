"""What a feed or calendar tells of an event."""

from __future__ import annotations

# Chosen first and joined then, in this order: SQLite would rather begin with the versions or the stages.
EVENTS = """
with chosen as materialized ({chosen})
select
    events.id, events.stage_code, stages.name_id as stage_name_id, stages.name_en as stage_name_en,
    events.regency_code, events.regency_name, events.start_date, events.end_date, events.date_reason,
    events.edition, events.venue, events.mode, events.status, events.articles, events.outlets, events.conflicts,
    events.first_published_date, events.evidence, events.evidence_article_id, events.evidence_number,
    evidence.anchor, articles.title, articles.url, articles.outlet_name,
    version.number as version, version.known_from as updated_at,
    (
        select known_from from event_versions where event_id = events.id and number = 1
    ) as published_at,
    former.start_date as former_start_date, former.end_date as former_end_date, former.status as former_status,
    former.venue as former_venue, former.mode as former_mode, former.edition as former_edition
from chosen
cross join events on events.id = chosen.id
cross join stages on stages.code = events.stage_code
cross join articles on articles.id = events.evidence_article_id
cross join evidence on evidence.article_id = events.evidence_article_id and evidence.number = events.evidence_number
cross join event_versions as version on version.event_id = events.id and version.known_to is null
left join event_versions as former on former.event_id = events.id and former.number = version.number - 1
"""
