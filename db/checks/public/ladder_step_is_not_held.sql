-- fatal: a step of a ladder is proved by an event of another regency or stage, or is held where that is announced
select regency_ladder.regency_code, regency_ladder.stage_code, event_id, events.regency_code as regency_of_event,
    events.stage_code as stage_of_event, status
from regency_ladder
join events on events.id = event_id
where events.regency_code is not regency_ladder.regency_code
    or events.stage_code <> regency_ladder.stage_code
    or status <> state
