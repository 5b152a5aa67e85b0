select
    name,
    sources.outlet_name,
    home_url,
    kind,
    network,
    count(published.id) as articles,
    max(published_date) as last_published_date
from sources
left join public.articles as published on published.source = name
group by name
order by name
