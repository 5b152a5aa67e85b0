select id, kind, reason, substr(asked_at, 1, 10) as asked_date, articles
from removals
order by id
