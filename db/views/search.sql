-- What the search of the site may find, the newest first: its number is its place, so that full-text search, which gives
-- rows by their number, gives the newest without sorting. Keys are words of their own by which results are chosen: k is
-- the kind, p the province, r the regency, m a regency only mentioned, s the stage, y the year (y0: no date), e the edition,
-- o the outlet, h how an event stands; of persons, who are here where they were seen in an office, jkini (nobody seen in
-- it since), jdulu (somebody was), jpelaksana (acting).
with outlets as (
    select event_id, group_concat(distinct 'o' || replace(source, '_', '')) as keys
    from public.stage_reports as reports
    join public.articles as told on told.id = reports.article_id
    where event_id is not null
    group by event_id
),
terms as (
    select
        person_id,
        iif(max(is_latest) = 1, ' jkini', '') || iif(min(is_latest) = 0, ' jdulu', '')
            || iif(max(status <> 'definitif'), ' jpelaksana', '')
            || coalesce(
                ' ' || replace(group_concat(
                    distinct 'r' || replace(regency_code, '.', '') || ' p' || substr(regency_code, 1, 2)
                ), ',', ' '), ''
            ) as keys
    from public.office_terms
    group by person_id
),
found as (
    select
        'article' as kind,
        articles.id,
        published_date as date,
        'y' || coalesce(substr(published_date, 1, 4), '0')
            || ' o' || replace(source, '_', '')
            || coalesce(' ' || (
                select group_concat(iif(role = 'subject', 'r', 'm') || replace(regency_code, '.', ''), ' ')
                from public.article_regencies as regencies
                where regencies.article_id = articles.id
            ), '')
            || coalesce(' ' || (
                select replace(group_concat(distinct 'p' || substr(regency_code, 1, 2)), ',', ' ')
                from public.article_regencies as regencies
                where regencies.article_id = articles.id and role = 'subject'
            ), '')
            || coalesce(' ' || (
                select replace(group_concat(distinct 's' || replace(stage_code, '-', '')), ',', ' ')
                from public.stage_reports as reports
                where reports.article_id = articles.id
            ), '') as keys
    from public.articles as articles
    union all
    select
        'event',
        events.id,
        coalesce(events.start_date, first_published_date),
        's' || replace(stage_code, '-', '')
            || ' h' || status
            || coalesce(' r' || replace(regency_code, '.', '') || ' p' || substr(regency_code, 1, 2), '')
            || ' y' || coalesce(substr(events.start_date, 1, 4), '0')
            || coalesce(' e' || edition, '')
            || coalesce(' ' || replace(outlets.keys, ',', ' '), '')
    from public.events as events
    left join outlets on outlets.event_id = events.id
    union all
    select
        'person',
        id,
        last_seen_date,
        coalesce('r' || replace(regency_code, '.', '') || ' p' || substr(regency_code, 1, 2), '')
            || terms.keys
    from public.people as people
    join terms on terms.person_id = people.id
    union all
    select 'outlet', name, last_published_date, 'o' || replace(name, '_', '')
    from public.sources as sources
    where kind <> 'file' or articles > 0
    union all
    select 'regency', code, null, 'r' || replace(code, '.', '') || ' p' || province_code
    from public.regencies as regencies
)
select
    row_number() over (order by date desc nulls last, kind, id) as number,
    kind,
    id,
    'k' || kind || ' ' || keys as keys
from found
order by number
