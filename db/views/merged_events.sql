-- Every id that one report of an event would give it leads to that event: to the one with most such reports, where
-- reports of the same regency, stage and date tell of several.
with told as (
    select key as id, event_id from event_reports where event_id is not null
    union all
    select other_key, event_id from event_reports where event_id is not null and other_key is not null
),
ranked as (
    select
        told.id,
        event_id,
        row_number() over (partition by told.id order by count(*) desc, start_date is null, start_date, event_id) as rank
    from told
    join events on events.id = event_id
    group by told.id, event_id
)
select id, event_id
from ranked
where rank = 1
    and id not in (select id from events)
order by id
