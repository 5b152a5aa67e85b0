select article_id, pillar, evidence_number
from article_pillars
join public.articles as published on published.id = article_id
order by article_id, pillar
