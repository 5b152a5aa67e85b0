-- Officials whom articles name that report the event as their own news, of its regency or of no regency (ministries,
-- provinces, experts). One who is not known as a person goes by the name. The name and office are of the surest naming.
with named as (
    select
        event_id,
        coalesce(person_id, 'nama ' || officials.name) as who,
        person_id,
        officials.article_id,
        officials.number,
        is_quoted,
        -- What is best comes first: with a position, then sure, then the longest name.
        (officials.position is null)
            || printf('%.12f%05d', 1 - officials.confidence, 99999 - length(officials.name))
            || officials.article_id
            || printf('%05d', officials.number) as rank
    from event_reports as told
    cross join officials on officials.article_id = told.article_id
    left join official_namings
        on official_namings.article_id = officials.article_id and official_namings.number = officials.number
    left join namings on namings.id = naming_id
    where is_main = 1
        and event_id is not null
        and officials.confidence >= 0.5
        and (officials.regency_code is null or told.regency_code is null or officials.regency_code = told.regency_code)
),
counted as (
    select
        event_id,
        who,
        person_id,
        count(distinct article_id) as articles,
        sum(is_quoted) > 0 as is_quoted,
        -- Of the naming that ranks first, as SQLite says for min().
        article_id,
        number,
        min(rank)
    from named
    group by event_id, who
)
select
    event_id,
    row_number() over (
        partition by event_id
        order by counted.articles desc, counted.is_quoted desc, name, who
    ) as number,
    person_id,
    name,
    position,
    acting,
    organization,
    counted.articles,
    counted.is_quoted,
    counted.article_id,
    evidence_number
from counted
cross join officials on officials.article_id = counted.article_id and officials.number = counted.number
order by 1, 2
