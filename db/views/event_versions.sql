select
    event_id, number, stage_code, regency_code, edition, start_date, end_date, status, venue, mode, known_from, known_to
from event_versions
order by event_id, number
