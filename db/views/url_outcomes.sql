-- The days are those of Jakarta; the last of them is the one in which an address was found last.
with last as (
    select date(max(found_at), '+7 hours') as day
    from public.urls
),
periods as (
    select 'all' as period, null as since_at, '' as since
    union all
    select period, since_at, since_at
    from (
        select '30' as period, strftime('%Y-%m-%dT%H:%M:%S+00:00', day, '-29 days', '-7 hours') as since_at
        from last
        union all
        select '7', strftime('%Y-%m-%dT%H:%M:%S+00:00', day, '-6 days', '-7 hours')
        from last
    )
)
select period, source, outcome, reason, count(*) as urls, since_at
from periods
join public.urls on found_at >= since
group by period, source, outcome, reason
order by source, period, outcome, reason
