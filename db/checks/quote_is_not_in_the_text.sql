-- fatal: a quotation does not stand word for word where it is said to be
select quotes.article_id, number, start, quotes.text, substr(articles.text, start + 1, "end" - start) as seen
from quotes
join articles on articles.id = article_id
where (instr(substr(articles.text, start + 1, "end" - start), quotes.text) = 0)
    and not exists (
        select 1
        from evidence as proof
        where proof.article_id = quotes.article_id
            and proof.number = evidence_number
            and proof.is_former = 1
    )
