select article_id, number, speaker_name, quotes.text, confidence, evidence_number
from quotes
join public.articles as published on published.id = article_id
order by article_id, number
