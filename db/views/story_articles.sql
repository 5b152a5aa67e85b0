-- Every published article is in one story, alone where nobody copied it.
select
    story_articles.article_id,
    story_id,
    role,
    verbatim_share,
    similarity,
    added_sentences,
    dropped_sentences
from story_articles
join public.articles as published on published.id = story_articles.article_id
order by story_articles.article_id
