-- fatal: a fact shows another sentence than the one it points to
with shown as (
    select 'events' as told_in, id as fact, evidence_article_id as article_id, evidence_number, evidence from events
    union all
    select 'regency_ladder', regency_code || ' ' || stage_code, evidence_article_id, evidence_number, evidence
    from regency_ladder
    where event_id is not null
    union all
    select 'stage_reports', article_id || ' ' || number, article_id, evidence_number, evidence from stage_reports
    union all
    select 'officials', article_id || ' ' || number, article_id, evidence_number, evidence from officials
    union all
    select 'figures', article_id || ' ' || number, article_id, evidence_number, evidence from figures
)
select told_in, fact, shown.article_id, evidence_number, shown.evidence, proof.text as seen
from shown
left join evidence as proof on proof.article_id = shown.article_id and proof.number = evidence_number
where proof.text is not shown.evidence
