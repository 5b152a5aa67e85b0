-- fatal: an event of a regency was held, and its ladder does not show the step
select distinct regency_code, stage_code
from events
where regency_code is not null
    and status = 'held'
    and not exists (
        select 1
        from regency_ladder
        where regency_ladder.regency_code = events.regency_code
            and regency_ladder.stage_code = events.stage_code
            and state = 'held'
    )
