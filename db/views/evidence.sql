select article_id, number, start, "end", evidence.text, anchor, is_former
from evidence
join public.articles as published on published.id = article_id
order by article_id, number
