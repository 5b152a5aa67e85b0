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
    count(published.id) as articles,
    max(published_date) as last_published_date,
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
left join public.articles as published on published.source = name
group by name
order by name
