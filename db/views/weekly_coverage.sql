-- Of articles on the programme that have a date, and of the events held that they report, for each week with such an
-- article. A week begins on Monday.
with dated as (
    select id, source, date(published_date, 'weekday 0', '-6 days') as monday
    from public.articles
    where is_relevant = 1
        and published_date is not null
)
select
    monday,
    count(distinct dated.id) as articles,
    count(distinct dated.source) as outlets,
    count(distinct events.id) as events,
    count(distinct events.regency_code) as regencies
from dated
left join public.stage_reports as reported on reported.article_id = dated.id
left join public.events as events on events.id = reported.event_id and events.status = 'held'
group by monday
order by monday
