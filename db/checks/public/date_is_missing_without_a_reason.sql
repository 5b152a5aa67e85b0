-- fatal: a date is missing and nothing says why
select 'articles' as told_in, id, url as what from articles where published_date is null and date_reason is null
union all
select 'events', id, evidence from events where start_date is null and date_reason is null
