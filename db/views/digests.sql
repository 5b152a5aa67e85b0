select week, monday, html, text, made_at
from digests
order by week
