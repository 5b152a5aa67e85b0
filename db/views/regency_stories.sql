-- What is told of each regency, one row for a text however many outlets carry it. A text is about a regency where one of its
-- articles is; it is as old as the first of its articles that names the regency.
select
    regency_code,
    story_id,
    iif(max(named.role = 'subject'), 'subject', 'mention') as role,
    max(named.confidence) as confidence,
    count(*) as articles,
    count(distinct source) as outlets,
    min(published_date) as first_published_date,
    max(published_date) as last_published_date
from public.article_regencies as named
join public.articles as articles on articles.id = named.article_id
join public.story_articles as told on told.article_id = named.article_id
group by regency_code, story_id
order by regency_code, story_id
