-- fatal: an event is of a stage that is not in db/reference/stages.csv
select article_id, number, stage_code
from event_mentions
where stage_code not in (select code from stages)
