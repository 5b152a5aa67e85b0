-- The state of each stage of a regency in each edition of the programme: held where an event is reported as held, else
-- announced. Unreported is a gap in what we know: a step is reported as held that is not taken without this one in the
-- same edition, and no report tells of this one in that edition, nor in one that is not known. A numbered step is taken
-- once in an edition: reported as held on several days it is dated and proved by the event that most outlets tell.
with told as (
    select
        id, regency_code, stage_code, edition, status, start_date, coalesce(end_date, start_date) as final_date, articles,
        outlets, conflicts,
        status = 'held' and edition is not null and stage_code in (
            'seleksi', 'mou', 'bimtek-1', 'bimtek-2', 'bimtek-3', 'bimtek-4', 'evaluasi-1', 'evaluasi-2'
        ) as is_once,
        max(status = 'held') over (partition by regency_code, stage_code, edition) as is_held
    from public.events
    where regency_code is not null
),
ranked as (
    select
        *,
        count(*) over step as events,
        sum(conflicts) over step as all_conflicts,
        iif(is_once, start_date, min(start_date) over step) as first_date,
        iif(is_once, final_date, max(final_date) over step) as last_date,
        row_number() over (
            partition by regency_code, stage_code, edition
            order by
                start_date is null,
                iif(is_once, -length(start_date), 0),
                iif(is_once, -outlets, 0),
                iif(is_once, -articles, 0),
                iif(is_once, start_date, null),
                start_date desc,
                articles desc,
                id
        ) as rank
    from told
    where (status = 'held') = is_held
    window step as (partition by regency_code, stage_code, edition)
),
steps as materialized (
    select *
    from ranked
    where rank = 1
),
reports as (
    select events.regency_code, events.stage_code, events.edition, events.status, count(distinct article_id) as articles
    from public.stage_reports as reported
    join public.events on events.id = event_id
    where reported.status = events.status
        and events.regency_code is not null
    group by events.regency_code, events.stage_code, events.edition, events.status
),
looked as (
    select max(date(fetched_at, '+7 hours')) as looked_date
    from public.articles
),
gaps as (
    select
        later.regency_code,
        earlier_code as stage_code,
        later.edition,
        later.id as later_event_id,
        row_number() over (
            partition by later.regency_code, earlier_code, later.edition
            order by position desc, later.id
        ) as rank
    from steps as later
    join public.stage_order on later_code = later.stage_code
    join public.stages on stages.code = later.stage_code
    left join steps as same
        on same.regency_code = later.regency_code
        and same.stage_code = earlier_code
        and same.edition = later.edition
    left join steps as undecided
        on undecided.regency_code = later.regency_code
        and undecided.stage_code = earlier_code
        and undecided.edition is null
    where later.status = 'held'
        and later.edition is not null
        and is_needed
        and scope = 'edition'
        and same.id is null
        and undecided.id is null
),
rungs as (
    select
        steps.regency_code,
        steps.stage_code,
        steps.edition,
        edition_by,
        steps.status as state,
        -- The last day that the announcement may mean, against the last day on which we looked.
        iif(steps.status = 'announced', final_date || substr('-12-31', length(final_date) - 3) < looked_date, null)
            as is_past,
        events,
        first_date,
        last_date,
        date_precision,
        coalesce(reports.articles, 0) as articles,
        all_conflicts as conflicts,
        steps.id as event_id,
        null as later_event_id,
        confidence,
        evidence,
        evidence_article_id,
        evidence_number
    from steps
    cross join looked
    join public.events as latest on latest.id = steps.id
    left join reports
        on reports.regency_code = steps.regency_code
        and reports.stage_code = steps.stage_code
        and reports.edition is steps.edition
        and reports.status = steps.status
    union all
    select
        regency_code, stage_code, edition, null, 'unreported', null, 0, null, null, null, 0, 0, null, later_event_id, null,
        null, null, null
    from gaps
    where rank = 1
)
select
    *,
    row_number() over (partition by regency_code, stage_code order by edition is null, edition desc) as number
from rungs
order by regency_code, stage_code, number
