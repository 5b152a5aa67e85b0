-- The last year of each source, week by week in the time of Jakarta: how often we asked, how often it answered, what came.
with days as (
    select
        *,
        date(ended_at, '+7 hours', 'weekday 0', '-6 days') as monday,
        julianday(ended_at) > julianday(max(ended_at) over (partition by source)) - 364 as is_late
    from way_counts
),
visits as (
    select
        source,
        monday,
        run_id,
        max(is_answered) as is_answered,
        sum(new) as new,
        sum(kept) as kept,
        sum(requests) as requests
    from days
    where is_late
    group by source, monday, run_id
)
select
    source,
    monday,
    count(*) as runs,
    sum(is_answered) as answered_runs,
    sum(new) as new,
    sum(kept) as kept,
    sum(requests) as requests
from visits
group by source, monday
order by source, monday
