-- The speaker is named as an official of the article.
select
    quotes.article_id,
    quotes.number,
    speaker_name,
    (
        select min(person_id)
        from public.officials as speaker
        where speaker.article_id = quotes.article_id and speaker.name = speaker_name
        having count(distinct person_id) = 1
    ) as person_id,
    quotes.text,
    confidence,
    evidence_number,
    proof.text as evidence,
    correction_id
from quotes
join public.evidence as proof on proof.article_id = quotes.article_id and proof.number = evidence_number
order by quotes.article_id, quotes.number
