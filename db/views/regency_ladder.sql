-- How far a regency has come: one row for every stage it is reported to have taken, proved by its latest event. What
-- is only announced is no step yet.
with steps as (
    select
        *,
        count(*) over step as events,
        min(start_date) over step as first_date,
        max(coalesce(end_date, start_date)) over step as last_date,
        row_number() over (
            partition by regency_code, stage_code
            order by start_date is null, start_date desc, articles desc, id
        ) as rank
    from public.events
    where regency_code is not null
        and status = 'held'
    window step as (partition by regency_code, stage_code)
),
told as (
    select regency_code, stage_code, count(distinct article_id) as articles
    from public.stage_reports
    where event_id is not null
        and status = 'held'
    group by regency_code, stage_code
)
select
    steps.regency_code,
    steps.stage_code,
    events,
    first_date,
    last_date,
    told.articles,
    id as event_id,
    confidence,
    evidence,
    evidence_article_id,
    evidence_number
from steps
join told on told.regency_code = steps.regency_code and told.stage_code = steps.stage_code
where rank = 1
order by steps.regency_code, steps.stage_code
