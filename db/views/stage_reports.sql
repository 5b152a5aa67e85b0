-- Without an event id: not sure, not surely relevant, or without both regency and date.
select
    event_mentions.article_id,
    event_mentions.number,
    iif(is_relevant = 1 and event_mentions.confidence >= 0.5, told.id, null) as event_id,
    event_mentions.stage_code,
    event_mentions.regency_code,
    event_mentions.start_date,
    event_mentions.end_date,
    event_mentions.date_reason,
    event_mentions.venue,
    event_mentions.mode,
    is_main,
    event_mentions.status,
    event_mentions.confidence,
    event_mentions.evidence_number,
    proof.text as evidence
from event_mentions
join public.articles as published on published.id = event_mentions.article_id
join public.evidence as proof
    on proof.article_id = event_mentions.article_id and proof.number = event_mentions.evidence_number
left join public.merged_events as merged on merged.id = event_mentions.event_id
left join public.events as told on told.id = coalesce(merged.event_id, event_mentions.event_id)
order by event_mentions.article_id, event_mentions.number
