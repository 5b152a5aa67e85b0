-- Who prints whose texts: copies of stories that another source had first.
select
    articles.source,
    stories.first_source,
    sum(role = 'copy') as copies,
    sum(role = 'edited') as edited_copies
from public.story_articles as parts
join public.stories as stories on stories.id = story_id
join public.articles as articles on articles.id = article_id
where role <> 'first'
    and articles.source <> stories.first_source
group by articles.source, stories.first_source
order by 1, 2
