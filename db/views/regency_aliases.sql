select regency_code, alias, kind, ambiguous_with, note, source
from regency_aliases
order by regency_code, alias, kind
