-- warning: an article is dated more than a day after it was fetched; its date is not published
select articles.id, articles.url, published_at, published_by, fetched_at
from articles
join pages on pages.id = page_id
where julianday(published_at) > julianday(fetched_at) + 1
