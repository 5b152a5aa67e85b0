-- fatal: an event ends before it starts
select article_id, number, stage_code, start_date, end_date
from event_mentions
where substr(end_date, 1, length(start_date)) < substr(start_date, 1, length(end_date))
