-- Who reports first and who copies. An event that nobody else reports is no race, nor is a text that nobody copied.
with dated as (
    select source, count(*) as articles, count(published_date) as dated
    from public.articles
    where is_relevant = 1
    group by source
),
told as (
    select
        source,
        count(distinct event_id) as events,
        count(distinct iif(outlets > 1, event_id, null)) as shared_events,
        count(distinct iif(outlets > 1 and first_report_article_id = article_id, event_id, null)) as first_reports
    from public.stage_reports as reports
    join public.events as events on events.id = event_id
    join public.articles as articles on articles.id = article_id
    group by source
),
copied as (
    select
        source,
        sum(role = 'first' and stories.articles > 1) as originals,
        sum(role = 'copy') as copies,
        sum(role = 'edited') as edited_copies,
        avg(verbatim_share) as verbatim_share
    from public.story_articles as parts
    join public.stories as stories on stories.id = story_id
    join public.articles as articles on articles.id = article_id
    group by source
),
covered as (
    select source, count(distinct regency_code) as regencies
    from public.article_regencies as subjects
    join public.articles as articles on articles.id = article_id
    where role = 'subject'
        and subjects.confidence >= 0.5
        and is_relevant = 1
    group by source
)
select
    name as source,
    coalesce(dated.articles, 0) as articles,
    coalesce(dated, 0) as dated,
    coalesce(events, 0) as events,
    coalesce(shared_events, 0) as shared_events,
    coalesce(first_reports, 0) as first_reports,
    coalesce(originals, 0) as originals,
    coalesce(copies, 0) as copies,
    coalesce(edited_copies, 0) as edited_copies,
    verbatim_share,
    coalesce(regencies, 0) as regencies
from sources
left join dated on dated.source = name
left join told on told.source = name
left join copied on copied.source = name
left join covered on covered.source = name
order by name
