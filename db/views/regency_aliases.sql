select distinct regency_code, alias
from regency_aliases
order by regency_code, alias
