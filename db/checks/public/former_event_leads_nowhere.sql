-- fatal: a former id of an event leads to no event, or is an event of its own
select merged_events.id, event_id
from merged_events
where event_id not in (select id from events) or merged_events.id in (select id from events)
