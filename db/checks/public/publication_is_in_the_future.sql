-- fatal: an article is told to have come out more than a day after it was fetched
select id, url, published_at, fetched_at
from articles
where julianday(published_at) > julianday(fetched_at) + 1
