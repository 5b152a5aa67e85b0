-- fatal: an event says another number of articles or outlets than there are reports of it, or other first and last days
with counted as (
    select
        event_id,
        count(distinct article_id) as articles,
        count(distinct source) as outlets,
        min(published_date) as first_published_date,
        max(published_date) as last_published_date
    from stage_reports
    join articles on articles.id = article_id
    where event_id is not null
    group by event_id
)
select
    id,
    events.articles,
    counted.articles as articles_seen,
    events.outlets,
    counted.outlets as outlets_seen,
    events.first_published_date,
    counted.first_published_date as first_seen,
    events.last_published_date,
    counted.last_published_date as last_seen
from events
left join counted on event_id = id
where counted.articles is not events.articles
    or counted.outlets is not events.outlets
    or counted.first_published_date is not events.first_published_date
    or counted.last_published_date is not events.last_published_date
