with published as (
    select source, count(*) as articles, max(published_date) as last_published_date
    from public.articles
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
    held,
    estimate,
    low,
    high,
    unsaid_id,
    unsaid_en
from sources
left join source_health on source_health.source = name
left join published on published.source = name
order by name
