select
    figures.article_id,
    figures.number,
    kind,
    value,
    unit,
    bound,
    about,
    figures.text,
    confidence,
    evidence_number,
    proof.text as evidence,
    correction_id
from figures
join public.evidence as proof on proof.article_id = figures.article_id and proof.number = evidence_number
order by figures.article_id, figures.number
