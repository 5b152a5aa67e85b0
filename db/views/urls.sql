select url, source, found_by, found_at, fate, fate_reason, fate_at
from urls
order by url
