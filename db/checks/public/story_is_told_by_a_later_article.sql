-- fatal: a story is counted wrongly, or an article of it came out a day or more before the one that is called the first
with counted as (
    select story_id, count(*) as articles, count(distinct source) as outlets, min(published_date) as first_date
    from story_articles
    join articles on articles.id = article_id
    group by story_id
)
select stories.id, first_article_id, first.published_date, first_date, stories.articles, counted.articles as articles_seen,
    stories.outlets, counted.outlets as outlets_seen
from stories
left join counted on story_id = stories.id
left join articles as first on first.id = first_article_id
where counted.articles is not stories.articles
    or counted.outlets is not stories.outlets
    or stories.first_article_id is not stories.id
    or first_date < first.published_date
