-- Copies count among the pages and not among the articles.
with extracted as (
    select source, sum(is_relevant is 1) as on_programme, sum(is_relevant is null) as not_sure
    from extractions
    join articles on articles.id = article_id
    group by source
)
select
    name as source,
    (select count(*) from urls where source = name) as found,
    (select count(*) from pages where source = name) as kept,
    (select count(*) from articles where source = name) as read,
    coalesce(on_programme, 0) as on_programme,
    coalesce(not_sure, 0) as not_sure
from sources
left join extracted on extracted.source = name
order by name
