-- fatal: a step of a ladder is proved by an event of another regency or stage, or by one that was not held or announced so
select regency_ladder.regency_code, regency_ladder.stage_code, state, event_id, events.regency_code as regency_of_event,
    events.stage_code as stage_of_event, status
from regency_ladder
left join events on events.id = event_id
where state <> 'unreported'
    and (
        events.regency_code is not regency_ladder.regency_code
        or events.stage_code is not regency_ladder.stage_code
        or events.status is not state
    )
