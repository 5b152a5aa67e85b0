-- How each source was asked lately, what its robots.txt said, and where that is not obeyed. Days are those of UTC, as
-- the budget's. Of several hosts that of most requests speaks.
with newest as (
    select max(day) as day from requests
),
asked as (
    select
        source,
        max(requests.day) as day,
        max(last_at) as asked_at,
        sum(iif(requests.day = newest.day, number, 0)) as requests_day,
        sum(iif(julianday(requests.day) > julianday(newest.day) - 7, number, 0)) as requests_7,
        sum(iif(julianday(requests.day) > julianday(newest.day) - 28, excepted, 0)) as excepted_28
    from requests
    join newest
    group by source
),
by_host as (
    select source, host, row_number() over (partition by source order by sum(number) desc, host) as place
    from requests
    where host in (select host from hosts where robots is not null)
    group by source, host
)
select
    sources.name as source,
    newest.day as day,
    coalesce(requests_day, 0) as requests_day,
    coalesce(requests_7, 0) as requests_7,
    coalesce(excepted_28, 0) as excepted_28,
    asked.asked_at as asked_at,
    robots,
    robots_at,
    crawl_delay,
    max(sources.delay, coalesce(crawl_delay, 0)) as pace,
    robots_exceptions.paths as exception_paths,
    robots_exceptions.reason as exception_reason,
    robots_exceptions.agreed_with as exception_agreed_with,
    robots_exceptions.since as exception_since
from sources
join newest
left join asked on asked.source = sources.name
left join by_host on by_host.source = sources.name and place = 1
left join hosts on hosts.host = by_host.host
left join robots_exceptions on robots_exceptions.source = sources.name
where asked.source is not null or robots_exceptions.source is not null
order by sources.name
