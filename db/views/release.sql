select substr(hash, 1, 12) as id, hash, made_at, week, articles, events, models, parsers, resolver, schema
from releases
where is_present = 1
