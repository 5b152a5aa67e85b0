select regency_code, year, status, group_name, note, source_url
from cohorts
order by year, regency_code
