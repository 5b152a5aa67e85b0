-- Without an event id: not sure, not surely relevant, or with neither a regency nor a day to tell it from others.
select
    event_mentions.article_id,
    event_mentions.number,
    kept.event_id,
    joined_by,
    event_mentions.stage_code,
    event_mentions.regency_code,
    event_mentions.start_date,
    event_mentions.end_date,
    event_mentions.date_reason,
    event_mentions.edition,
    event_mentions.venue,
    event_mentions.mode,
    event_mentions.is_main,
    event_mentions.status,
    event_mentions.confidence,
    event_mentions.evidence_number,
    proof.text as evidence,
    event_mentions.correction_id
from event_mentions
join public.articles as published on published.id = event_mentions.article_id
join public.evidence as proof
    on proof.article_id = event_mentions.article_id and proof.number = event_mentions.evidence_number
left join event_reports as kept
    on kept.article_id = event_mentions.article_id and kept.number = event_mentions.number
order by event_mentions.article_id, event_mentions.number
