-- Who decided is told by initials: enough to tell reviewers apart, and no list of who works where.
select
    corrections.id,
    article_id,
    corrections.kind,
    decision,
    original,
    corrected,
    sentence as evidence,
    is_former,
    corrections.model,
    confidence,
    initials(decided_by) as decided_by,
    decided_at,
    reason,
    state,
    state_reason,
    undone_at
from corrections
join public.articles as published on published.id = article_id
order by corrections.id
