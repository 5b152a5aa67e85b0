-- Steps reported as held in an order that cannot be, or that is unusual (stage_order). Only where the last day that the
-- later step may mean is before the first day that any report of the earlier one may mean. What is only announced does
-- not count; where an edition is not known, only the rules for ever do, and they say nothing that a rule for the edition
-- says.
with steps as (
    select
        id,
        regency_code,
        stage_code,
        edition,
        start_date,
        start_date || substr('-01-01', length(start_date) - 3) as first_day,
        coalesce(end_date, start_date) || substr('-12-31', length(coalesce(end_date, start_date)) - 3) as last_day
    from public.events
    where regency_code is not null
        and start_date is not null
        and status = 'held'
),
firsts as materialized (
    select 'edition' as scope, regency_code, stage_code, edition, min(first_day || ' ' || id) as first
    from steps
    where edition is not null
    group by regency_code, stage_code, edition
    union all
    select 'ever', regency_code, stage_code, null, min(first_day || ' ' || id)
    from steps
    group by regency_code, stage_code
),
flags as (
    select
        later.regency_code,
        later.edition,
        rule,
        kind,
        earlier_code as earlier_stage_code,
        earlier.id as earlier_event_id,
        earlier.start_date as earlier_date,
        later_code as later_stage_code,
        later.id as later_event_id,
        later.start_date as later_date,
        reason_id,
        reason_en,
        row_number() over (partition by later.id, earlier_code order by rules.scope, rule) as rank
    from steps as later
    join public.stage_order as rules on later_code = later.stage_code
    join firsts
        on firsts.regency_code = later.regency_code
        and firsts.stage_code = earlier_code
        and firsts.scope = rules.scope
        and (rules.scope = 'ever' or firsts.edition = later.edition)
    join public.events as earlier on earlier.id = substr(first, 12)
    where kind is not null
        and later.last_day < substr(first, 1, 10)
)
select
    regency_code, edition, rule, kind, earlier_stage_code, earlier_event_id, earlier_date, later_stage_code,
    later_event_id, later_date, reason_id, reason_en
from flags
where rank = 1
order by later_event_id, rule, earlier_stage_code
