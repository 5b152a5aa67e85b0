-- fatal: an official has no name
select article_id, number, position, evidence
from officials
where trim(name) = ''
