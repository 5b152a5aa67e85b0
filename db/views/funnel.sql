-- Copies count among the pages and not among the articles.
select
    name as source,
    (select count(*) from urls where source = name) as found,
    (select count(*) from pages where source = name) as kept,
    (select count(*) from articles where source = name) as read,
    (
        select count(*)
        from articles join extractions on article_id = articles.id
        where source = name and is_relevant = 1
    ) as on_programme,
    (
        select count(*)
        from articles join extractions on article_id = articles.id
        where source = name and is_relevant is null
    ) as not_sure
from sources
order by name
