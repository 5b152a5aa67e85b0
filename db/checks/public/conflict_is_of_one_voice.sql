-- fatal: a contradiction has only one side, or is not counted where the event is told
select event_id, field, count(*) as sides, count(distinct value) as contents
from event_conflicts
where with_event_id is null
group by event_id, field
having contents < 2
union all
select id, 'conflicts', events.conflicts, count(distinct field)
from events
left join event_conflicts on event_id = id
group by id
having events.conflicts <> count(distinct field)
