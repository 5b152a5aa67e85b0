-- Runs of sightings of one holder, by the day of publication (db/terms.py). Who stands in for a while (Plh., Pjs.) does not end the
-- term of whom he stands in for, so they are told apart by lane. Of an office that many hold each has his own lane.
with sightings as (
    select
        officials.office_id,
        officials.person_id,
        standing,
        published_date as seen_date,
        officials.article_id,
        evidence_number,
        source,
        iif(standing in ('Plh.', 'Pjs.'), standing, 'seat') || iif(is_single, '', officials.person_id) as lane
    from public.officials as officials
    join public.offices as offices on offices.id = officials.office_id
    join public.articles as published on published.id = officials.article_id
    where standing not in ('mantan', 'calon', 'terpilih')
),
told as (
    select office_id, lane, tell_terms(person_id, standing, seen_date, article_id, evidence_number, source) as told
    from sightings
    group by office_id, lane
),
terms as (
    select
        office_id,
        lane,
        term.value ->> 0 as person_id,
        term.value ->> 1 as status,
        term.value ->> 2 as run,
        term.value ->> 3 as part,
        term.value ->> 4 as first_seen_date,
        term.value ->> 5 as last_seen_date,
        term.value ->> 6 as articles,
        term.value ->> 7 as outlets,
        term.value ->> 8 as first_article_id,
        term.value ->> 9 as first_evidence_number,
        term.value ->> 10 as last_article_id,
        term.value ->> 11 as last_evidence_number
    from told
    join json_each(told.told) as term
)
select
    office_id,
    person_id,
    status,
    row_number() over (partition by office_id, person_id, status order by terms.first_seen_date, run, part) as number,
    offices.name as office_name,
    agency_name,
    offices.regency_code,
    is_single,
    people.name as person_name,
    terms.first_seen_date,
    terms.last_seen_date,
    iif(run = 0, null, lead(run) over (partition by office_id, lane order by run, part) is null) as is_latest,
    terms.articles,
    terms.outlets,
    first_article_id,
    first_evidence_number,
    last_article_id,
    last_evidence_number
from terms
join public.offices as offices on offices.id = office_id
join public.people as people on people.id = person_id
order by office_id, person_id, status, number
