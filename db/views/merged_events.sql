-- A report that says only the month or year of a step means the one day of that month or year on which the same regency
-- took the same step, where the reports tell exactly one; the vaguer event becomes the exact one.
with told as (
    select distinct event_mentions.event_id, regency_code, stage_code, start_date, end_date
    from event_mentions
    join extractions on extractions.article_id = event_mentions.article_id
    join public.articles as published on published.id = event_mentions.article_id
    where extractions.is_relevant = 1
        and event_mentions.confidence >= 0.5
        and regency_code is not null
        and start_date is not null
)
select vague.event_id as id, min(exact.event_id) as event_id
from told as vague
join told as exact
    on exact.regency_code = vague.regency_code
    and exact.stage_code = vague.stage_code
    and length(exact.start_date) = 10
    and substr(exact.start_date, 1, length(vague.start_date)) = vague.start_date
where length(vague.start_date) < 10
    and vague.start_date = coalesce(vague.end_date, vague.start_date)
group by vague.event_id
having count(distinct exact.event_id) = 1
order by id
