-- warning: a correction is told of a fact that is not there any more; it is kept, and waits for review
select id, kind, article_id, decided_by, decided_at, state_reason
from corrections
where state = 'orphan' and undone_at is null
