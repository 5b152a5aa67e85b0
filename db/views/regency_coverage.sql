-- What is known of the news on each regency, and who would have told it: silence is standstill only where somebody is read.
with told as (
    select
        regency_code,
        count(*) as articles,
        count(distinct source) as outlets,
        count(*) - count(published_date) as undated,
        min(published_date) as first_published_date,
        max(published_date) as last_published_date,
        -- The latest: a date sorts before the id behind it.
        substr(max(coalesce(published_date, '0000-00-00') || articles.id), 11) as last_article_id
    from public.article_regencies as subjects
    join public.articles as articles on articles.id = article_id
    where role = 'subject'
        and subjects.confidence >= 0.5
        and is_relevant = 1
    group by regency_code
),
watched as (
    select regencies.code as regency_code, source, 0 as is_own
    from public.regencies as regencies
    join public.source_provinces as provinces on provinces.province_code = regencies.province_code
    where not exists (
        select 1
        from public.source_regencies as own
        where own.source = provinces.source and own.regency_code = regencies.code
    )
    union all
    select regency_code, source, 1
    from public.source_regencies
),
watching as (
    select
        regency_code,
        count(*) as sources,
        sum(coalesce(verdict in ('blocked', 'unreachable', 'changed'), 0)) as unread_sources,
        sum(is_own) as own_sources,
        -- One that was never visited, or not for days, is not read either.
        sum(is_own and coalesce(verdict in ('ok', 'quiet', 'new'), 0)) as own_read_sources,
        sum(not is_own and coalesce(verdict in ('ok', 'quiet', 'new'), 0)) as province_read_sources
    from watched
    join public.sources as sources on sources.name = source
    group by regency_code
),
national as (
    select count(*) as read_sources
    from public.sources as sources
    where kind <> 'file'
        and verdict in ('ok', 'quiet', 'new')
        and not exists (select 1 from public.source_provinces where source = name)
        and not exists (select 1 from public.source_regencies where source = name)
)
select
    code as regency_code,
    coalesce(articles, 0) as articles,
    coalesce(outlets, 0) as outlets,
    coalesce(undated, 0) as undated,
    first_published_date,
    last_published_date,
    last_article_id,
    coalesce(sources, 0) as sources,
    coalesce(unread_sources, 0) as unread_sources,
    coalesce(own_sources, 0) as own_sources,
    coalesce(own_read_sources, 0) as own_read_sources,
    coalesce(province_read_sources, 0) as province_read_sources,
    case
        when own_read_sources > 0 then 'own'
        when province_read_sources > 0 then 'province'
        when watching.sources > 0 then 'unread'
        when national.read_sources > 0 then 'nation'
        else 'none'
    end as watched_by
from public.regencies as regencies
cross join national
left join told on told.regency_code = code
left join watching on watching.regency_code = code
order by code
