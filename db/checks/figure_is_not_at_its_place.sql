-- fatal: a figure, or what it is about, does not stand in its article
select figures.article_id, number, start, figures.text, about, substr(articles.text, start + 1, "end" - start) as seen
from figures
join articles on articles.id = article_id
where (figures.text <> substr(articles.text, start + 1, "end" - start) or instr(articles.text, about) = 0)
    and not exists (
        select 1
        from evidence as proof
        where proof.article_id = figures.article_id
            and proof.number = evidence_number
            and proof.is_former = 1
    )
