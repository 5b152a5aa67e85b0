-- fatal: a sentence shown as evidence does not stand in its article
select evidence.article_id, number, start, evidence.text, substr(articles.text, start + 1, "end" - start) as seen
from evidence
join articles on articles.id = article_id
where evidence.text <> substr(articles.text, start + 1, "end" - start) or evidence.text = ''
