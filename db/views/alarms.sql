-- What is wrong with sources now, and what was over in the 35 days before the newest run.
select
    id,
    source,
    kind,
    level,
    said_id,
    said_en,
    urls,
    number,
    raised_at,
    ended_at
from alarms
where ended_at is null
or julianday(ended_at) >= (select max(julianday(started_at)) - 35 from runs)
order by id
