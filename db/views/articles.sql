-- A date later than a day after the page was fetched is wrong on the page: it is not told, and the reason says it.
with dated as (
    select
        articles.*,
        fetched_at,
        gone_at,
        pages.digest as page_digest,
        coalesce(julianday(published_at) > julianday(fetched_at) + 1, 0) as is_future
    from articles
    join pages on pages.id = page_id
)
select
    id,
    url,
    source,
    outlet_name,
    title,
    authors,
    iif(is_future, null, published_at) as published_at,
    iif(is_future, null, substr(published_at, 1, 10)) as published_date,
    iif(is_future, null, published_by) as published_by,
    iif(
        is_future,
        'tanggal di halaman (' || substr(published_at, 1, 10) || ') lebih lambat daripada saat diambil',
        date_reason
    ) as date_reason,
    lead,
    relevance,
    is_relevant,
    is_complete,
    fetched_at,
    gone_at,
    page_digest as archive_digest,
    parser,
    model,
    extractions.correction_id,
    date_correction_id
from dated
join extractions on article_id = id
join sources on sources.name = source
where is_relevant is not 0
order by id
