select articles.id as article_id, articles.text
from articles
join public.articles as published on published.id = articles.id
order by articles.id
