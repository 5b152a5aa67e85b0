-- fatal: a report belongs to an event of another regency or stage; one that does not say which bimtek may be of any
select article_id, number, event_id, stage_reports.stage_code, events.stage_code as stage_of_event,
    stage_reports.regency_code, events.regency_code as regency_of_event
from stage_reports
join events on events.id = event_id
where stage_reports.regency_code is not events.regency_code
    or (
        stage_reports.stage_code <> events.stage_code
        and events.stage_code not glob stage_reports.stage_code || '-[0-9]'
    )
