-- Officials whom articles name that report the event as their own news, of its regency or of no regency (ministries,
-- provinces, experts). One who is not known as a person goes by the name. The name and office are of the surest naming.
with named as (
    select distinct
        told.event_id,
        coalesce(person_id, 'nama ' || officials.name) as who,
        person_id,
        name,
        position,
        acting,
        organization,
        is_quoted,
        officials.article_id,
        officials.number,
        evidence_number,
        officials.confidence
    from event_reports as told
    join officials on officials.article_id = told.article_id
    left join official_people
        on official_people.article_id = officials.article_id and official_people.number = officials.number
    where is_main = 1
        and event_id is not null
        and officials.confidence >= 0.5
        and (officials.regency_code is null or told.regency_code is null or officials.regency_code = told.regency_code)
),
counted as (
    select event_id, who, count(distinct article_id) as articles, max(is_quoted) as is_quoted
    from named
    group by event_id, who
),
ranked as (
    select
        *,
        row_number() over (
            partition by event_id, who
            order by position is null, confidence desc, length(name) desc, article_id, number
        ) as rank
    from named
)
select
    ranked.event_id,
    row_number() over (
        partition by ranked.event_id
        order by counted.articles desc, counted.is_quoted desc, name, ranked.who
    ) as number,
    person_id,
    name,
    position,
    acting,
    organization,
    counted.articles,
    counted.is_quoted,
    article_id,
    evidence_number
from ranked
join counted on counted.event_id = ranked.event_id and counted.who = ranked.who
where rank = 1
order by 1, 2
