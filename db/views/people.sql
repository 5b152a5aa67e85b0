-- A person goes by the fullest name that is not rare among his names: a tenth as often told as the most told.
with spelt as (
    select
        person_id,
        name,
        articles,
        length(name) - length(replace(name, ' ', '')) as blanks,
        max(articles) over (partition by person_id) as most_articles,
        count(*) over (partition by person_id) as spellings
    from public.person_names
),
ranked as (
    select
        person_id,
        name,
        spellings,
        row_number() over (
            partition by person_id
            order by 10 * articles < most_articles, blanks desc, articles desc, length(name) desc, name
        ) as rank
    from spelt
),
seen as (
    select
        person_id,
        min(iif(is_regional, place, null)) as first_regency,
        max(iif(is_regional, place, null)) as last_regency,
        count(distinct article_id) as articles,
        count(distinct source) as outlets,
        min(published_date) as first_seen_date,
        max(published_date) as last_seen_date
    from official_namings
    join namings on namings.id = naming_id
    join public.articles as published on published.id = article_id
    group by person_id
)
select
    seen.person_id as id,
    name,
    iif(first_regency = last_regency, first_regency, null) as regency_code,
    spellings,
    articles,
    outlets,
    first_seen_date,
    last_seen_date
from seen
join ranked on ranked.person_id = seen.person_id and rank = 1
order by seen.person_id
