select name, rank, government_level, kind, variants, note
from positions
order by name
