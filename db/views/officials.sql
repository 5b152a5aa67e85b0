select
    officials.article_id,
    officials.number,
    name,
    prefix,
    degrees,
    position,
    acting,
    organization,
    regency_code,
    represents,
    is_quoted,
    confidence,
    evidence_number,
    proof.text as evidence,
    correction_id
from officials
join public.evidence as proof on proof.article_id = officials.article_id and proof.number = evidence_number
order by officials.article_id, officials.number
