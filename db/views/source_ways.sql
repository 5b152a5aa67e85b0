-- The last time that each way was asked, and what it brought in the four weeks before the source was last visited.
with told as (
    select
        *,
        row_number() over (partition by source, number order by run_id desc) as age,
        julianday(ended_at) > julianday(max(ended_at) over (partition by source)) - 28 as is_late
    from way_counts
)
select
    source,
    number + 1 as number,
    max(iif(age = 1, way, null)) as way,
    max(iif(age = 1, url, null)) as url,
    max(ended_at) as asked_at,
    sum(iif(age = 1, is_answered, 0)) as is_answered,
    sum(iif(age = 1, is_audit, 0)) as is_audit,
    max(iif(age = 1, problem, null)) as problem,
    sum(iif(age = 1, found, 0)) as found,
    sum(iif(age = 1, new, 0)) as new,
    sum(iif(age = 1, kept, 0)) as kept,
    count(*) as runs,
    sum(iif(is_late, new, 0)) as new_28,
    sum(iif(is_late, kept, 0)) as kept_28,
    sum(iif(is_late, requests, 0)) as requests_28
from told
group by source, number
order by source, number
