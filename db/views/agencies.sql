select name, abbreviation, family_name, government_level, variants, note
from agencies
order by name
