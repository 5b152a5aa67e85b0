select number, year, stage_code, label, start_date, end_date, place, mode, scope, source_url, note
from programme_calendar
order by number
