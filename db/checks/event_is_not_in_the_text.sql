-- fatal: the place of an event is empty or beyond the text
select event_mentions.article_id, number, start, "end", stage_code
from event_mentions
join articles on articles.id = article_id
where start < 0 or start >= "end" or "end" > length(articles.text)
