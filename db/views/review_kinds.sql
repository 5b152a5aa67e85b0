-- How much waits of each kind, so that nobody has to count the queue.
select kind, min(priority) as priority, count(*) as waiting
from public.review
group by kind
order by kind
