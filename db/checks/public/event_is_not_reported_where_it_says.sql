-- fatal: the article that is shown as the proof of an event does not report it
select id, stage_code, regency_code, evidence_article_id, evidence_number
from events
where not exists (
    select 1
    from stage_reports
    where event_id = events.id
        and stage_reports.article_id = evidence_article_id
        and stage_reports.evidence_number = events.evidence_number
)
