select
    quotes.article_id,
    quotes.number,
    speaker_name,
    quotes.text,
    confidence,
    evidence_number,
    proof.text as evidence,
    correction_id
from quotes
join public.evidence as proof on proof.article_id = quotes.article_id and proof.number = evidence_number
order by quotes.article_id, quotes.number
