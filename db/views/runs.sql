select id, command, started_at, ended_at, counts
from runs
order by id
