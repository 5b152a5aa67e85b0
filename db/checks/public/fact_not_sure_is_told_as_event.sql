-- fatal: what is not sure, or stands in an article that is not, is told as an event
select article_id, stage_reports.number, event_id, stage_reports.confidence, is_relevant
from stage_reports
join articles on articles.id = article_id
where event_id is not null and (stage_reports.confidence < 0.5 or is_relevant is not 1)
