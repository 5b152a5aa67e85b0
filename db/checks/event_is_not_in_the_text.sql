-- fatal: the place of an event is empty or beyond the text
select event_mentions.article_id, number, start, "end", stage_code
from event_mentions
join articles on articles.id = article_id
where (start < 0 or start >= "end" or "end" > length(articles.text))
    and not exists (
        select 1
        from evidence as proof
        where proof.article_id = event_mentions.article_id
            and proof.number = evidence_number
            and proof.is_former = 1
    )
