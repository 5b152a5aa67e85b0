-- How far a regency has come: the state of each stage over all editions (ladder_editions), proved by its latest event.
-- A stage that is held in any edition is held; one held nowhere is announced where it is announced anywhere. It is
-- unreported where a later step is reported as held that is not taken without it, in whatever edition.
with known as (
    select
        *,
        sum(events) over step as all_events,
        min(first_date) over step as start_date,
        max(last_date) over step as end_date,
        sum(conflicts) over step as all_conflicts,
        row_number() over (
            partition by regency_code, stage_code
            order by last_date is null, last_date desc, edition desc, number
        ) as rank
    from (
        select *, max(state = 'held') over (partition by regency_code, stage_code) as is_held
        from public.ladder_editions
        where state <> 'unreported'
    )
    where (state = 'held') = is_held
    window step as (partition by regency_code, stage_code)
),
reports as (
    select events.regency_code, events.stage_code, events.status, count(distinct article_id) as articles
    from public.stage_reports as reported
    join public.events on events.id = event_id
    where reported.status = events.status
        and events.regency_code is not null
    group by events.regency_code, events.stage_code, events.status
),
gaps as (
    select
        later.regency_code,
        needed.earlier_code as stage_code,
        later.event_id as later_event_id,
        row_number() over (
            partition by later.regency_code, needed.earlier_code
            order by position desc, later.event_id
        ) as rank
    from known as later
    join public.stage_order as needed on needed.later_code = later.stage_code
    join public.stages on stages.code = later.stage_code
    where later.rank = 1
        and later.state = 'held'
        and is_needed
        and not exists (
            select 1
            from public.ladder_editions as told
            where told.regency_code = later.regency_code
                and told.stage_code = needed.earlier_code
                and told.state <> 'unreported'
        )
)
select
    known.regency_code,
    known.stage_code,
    state,
    edition,
    edition_by,
    is_past,
    all_events as events,
    start_date as first_date,
    end_date as last_date,
    date_precision,
    coalesce(reports.articles, 0) as articles,
    all_conflicts as conflicts,
    event_id,
    null as later_event_id,
    confidence,
    evidence,
    evidence_article_id,
    evidence_number
from known
left join reports
    on reports.regency_code = known.regency_code
    and reports.stage_code = known.stage_code
    and reports.status = known.state
where rank = 1
union all
select
    regency_code, stage_code, 'unreported', null, null, null, 0, null, null, null, 0, 0, null, later_event_id, null, null,
    null, null
from gaps
where rank = 1
order by 1, 2
