-- Every id that one report of an event would give it leads to that event: to the one with most such reports, where
-- reports of the same regency, stage and date tell of several. The id of an event that no report tells any more, because
-- its page was edited or somebody corrected it, leads to the same numbered step of the edition, where there is one.
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
),
leading as (
    select id, event_id
    from ranked
    where rank = 1
        and id not in (select id from events)
)
select id, event_id
from leading
union all
select former.event_id, min(events.id)
from event_versions as former
join events
    on events.series = former.regency_code || ' ' || rtrim(former.stage_code, '-1234567890')
    and events.stage_code = former.stage_code
    and events.edition = former.edition
where former.known_to is not null
    and former.stage_code in (
        'seleksi', 'mou', 'bimtek-1', 'bimtek-2', 'bimtek-3', 'bimtek-4', 'evaluasi-1', 'evaluasi-2'
    )
    and former.event_id not in (select id from events)
    and former.event_id not in (select id from leading)
group by former.event_id
having count(distinct events.id) = 1
order by 1
