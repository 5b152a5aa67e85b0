select code, position, name_id, name_en, description_id, description_en
from stages
order by position
