-- fatal: the text of a mention is not where it is said to be
select mentions.article_id, number, start, mentions.text, substr(articles.text, start + 1, "end" - start) as seen
from mentions
join articles on articles.id = article_id
where mentions.text <> substr(articles.text, start + 1, "end" - start)
