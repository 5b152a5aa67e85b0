select
    told.story_id as id,
    told.story_id as first_article_id,
    earliest.source as first_source,
    earliest.published_at as first_published_at,
    count(*) as articles,
    count(distinct member.source) as outlets,
    max(is_release) as is_release
from public.story_articles as told
join public.articles as member on member.id = told.article_id
join public.articles as earliest on earliest.id = told.story_id
join story_bodies on story_bodies.article_id = told.article_id
group by told.story_id
order by id
