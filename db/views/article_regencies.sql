select article_id, regency_code, regencies.name as regency_name, role, confidence, evidence_number,
    article_regencies.correction_id
from article_regencies
join public.articles as published on published.id = article_id
join regencies on regencies.code = regency_code
order by article_id, regency_code
