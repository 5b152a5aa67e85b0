with published as (
    select source, count(*) as articles, max(published_date) as last_published_date
    from public.articles
    group by source
),
-- Articles on the programme of the last 28 days, and new pages of the last seven, before the newest run.
newest as (
    select coalesce(max(julianday(started_at)), 0) as at from runs
),
placed as (
    select
        articles.source,
        avg(exists (select 1 from article_regencies where article_regencies.article_id = articles.id)) as share,
        count(*) as articles
    from articles
    join pages on pages.id = page_id
    join extractions on extractions.article_id = articles.id
    where is_relevant = 1 and julianday(first_fetched_at) >= (select at from newest) - 28
    group by articles.source
),
weeks as (
    select source, count(*) as pages
    from pages
    where julianday(first_fetched_at) >= (select at from newest) - 7
    group by source
)
select
    name,
    sources.outlet_name,
    home_url,
    kind,
    network,
    family,
    knowledge,
    delay,
    budget,
    coalesce(published.articles, 0) as articles,
    last_published_date,
    verdict,
    is_to_look_at,
    reason_id,
    reason_en,
    since_date,
    notes_id,
    notes_en,
    polled_at as visited_at,
    answered_at as read_at,
    new_week,
    usual_low,
    usual_high,
    overlap,
    read_share,
    dated_share,
    case when placed.articles >= 5 then share end as placed_share,
    case when polled_at is not null then coalesce(weeks.pages, 0) end as week_pages,
    json_extract(expect, '$.weekly') as floor_week,
    json_extract(expect, '$.read') as floor_read,
    json_extract(expect, '$.dated') as floor_dated,
    json_extract(expect, '$.placed') as floor_placed,
    held,
    estimate,
    low,
    high,
    unsaid_id,
    unsaid_en
from sources
left join source_health on source_health.source = name
left join published on published.source = name
left join placed on placed.source = name
left join weeks on weeks.source = name
order by name
