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
    select regencies.code as regency_code, source
    from public.regencies as regencies
    join public.source_provinces as provinces on provinces.province_code = regencies.province_code
    union
    select regency_code, source
    from public.source_regencies
),
watching as (
    select
        regency_code,
        count(*) as sources,
        sum(coalesce(verdict in ('blocked', 'unreachable', 'changed'), 0)) as unread_sources
    from watched
    join public.sources as sources on sources.name = source
    group by regency_code
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
    coalesce(unread_sources, 0) as unread_sources
from public.regencies as regencies
left join told on told.regency_code = code
left join watching on watching.regency_code = code
order by code
