-- fatal: the date of an event is no day, month or year, or has no reason for missing
with dates as (
    select article_id, number, start_date as date from event_mentions
    union all
    select article_id, number, end_date from event_mentions
)
select article_id, number, date, 'no such date' as wrong
from dates
where date is not null
    -- A month or a year stands for its first day. Counting days makes 2 March of 30 February, and null of 2023-13.
    and (
        length(date) not in (4, 7, 10)
        or date(substr(date || '-01-01', 1, 10), '+0 days') is not substr(date || '-01-01', 1, 10)
    )
union all
select article_id, number, null, 'no date and no reason'
from event_mentions
where start_date is null and date_reason is null
