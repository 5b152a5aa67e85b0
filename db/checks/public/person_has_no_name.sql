-- fatal: a person or an official has no name
select 'officials' as told_in, article_id || ' ' || number as who, position as known_by
from officials
where trim(name) = ''
union all
select 'people', id, regency_code
from people
where trim(name) = '' or not exists (select 1 from person_names where person_id = people.id)
