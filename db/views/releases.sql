-- Of each week the newest is kept as a file; the present one is the newest of its week.
select
    substr(hash, 1, 12) as id,
    hash,
    made_at,
    week,
    articles,
    events,
    models,
    parsers,
    resolver,
    schema,
    row_number() over (partition by week order by is_present desc, made_at desc, hash) = 1 as is_kept
from releases
order by made_at, hash
