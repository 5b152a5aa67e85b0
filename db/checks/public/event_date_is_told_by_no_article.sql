-- fatal: an event has a date that none of its articles tells
select id, stage_code, regency_code, start_date
from events
where start_date is not null
    and not exists (select 1 from stage_reports where event_id = events.id and stage_reports.start_date = events.start_date)
