-- In which months the news of a province could be read at all, in the time of Jakarta: without an article, a month in which
-- its sources answered is quiet, one in which they did not is unknown.
with asked as (
    select
        substr(datetime(ended_at, '+7 hours'), 1, 7) as month,
        source,
        max(is_answered) as is_read
    from way_counts
    group by 1, 2
),
about as (
    select source, province_code
    from public.source_provinces
    union
    select source, substr(regency_code, 1, 2)
    from public.source_regencies
),
national as (
    select month, sum(is_read) as read_sources
    from asked
    where source not in (select source from about)
    group by month
),
months as (
    select distinct month
    from asked
)
select
    months.month,
    provinces.code as province_code,
    count(asked.source) as sources,
    coalesce(sum(is_read), 0) as read_sources,
    coalesce(national.read_sources, 0) as national_read_sources
from months
cross join public.provinces as provinces
left join national on national.month = months.month
left join about on about.province_code = provinces.code
left join asked on asked.source = about.source and asked.month = months.month
group by months.month, provinces.code
order by 1, 2
