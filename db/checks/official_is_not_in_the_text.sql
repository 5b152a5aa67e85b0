-- fatal: the place of an official is empty or beyond the text
select officials.article_id, number, start, "end", name
from officials
join articles on articles.id = article_id
where (start < 0 or start >= "end" or "end" > length(articles.text))
    and not exists (
        select 1
        from evidence as proof
        where proof.article_id = officials.article_id
            and proof.number = evidence_number
            and proof.is_former = 1
    )
