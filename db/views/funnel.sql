-- Copies count among the pages and not among the articles.
with extracted as (
    select source, sum(is_relevant is 1) as on_programme, sum(is_relevant is null) as not_sure
    from extractions
    join articles on articles.id = article_id
    group by source
),
told as (
    select articles.source, count(distinct article_id) as with_event
    from event_reports
    join articles on articles.id = article_id
    group by articles.source
)
select
    name as source,
    (select count(*) from urls where source = name) as found,
    (select count(*) from pages where source = name) as kept,
    (select count(*) from articles where source = name) as read,
    coalesce(on_programme, 0) as on_programme,
    coalesce(not_sure, 0) as not_sure,
    coalesce(with_event, 0) as with_event
from sources
left join extracted on extracted.source = name
left join told on told.source = name
order by name
