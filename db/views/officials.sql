-- Without a person: not sure, or in an article that is not surely relevant.
select
    officials.article_id,
    officials.number,
    officials.name,
    prefix,
    degrees,
    officials.position,
    acting,
    officials.organization,
    regency_code,
    represents,
    is_quoted,
    namings.person_id,
    namings.office_id,
    standing,
    confidence,
    evidence_number,
    proof.text as evidence,
    correction_id
from officials
join public.evidence as proof on proof.article_id = officials.article_id and proof.number = evidence_number
left join official_namings
    on official_namings.article_id = officials.article_id and official_namings.number = officials.number
left join namings on namings.id = naming_id
order by officials.article_id, officials.number
