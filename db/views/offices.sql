select
    office_id as id,
    min(position) as name,
    min(organization) as agency_name,
    min(iif(is_regional, place, null)) as regency_code,
    min(is_single) as is_single
from namings
where office_id is not null
group by office_id
order by office_id
