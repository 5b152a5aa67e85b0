-- fatal: the place of an official is empty or beyond the text
select officials.article_id, number, start, "end", name
from officials
join articles on articles.id = article_id
where start < 0 or start >= "end" or "end" > length(articles.text)
