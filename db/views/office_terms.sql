-- Runs of sightings of one holder, by the day of publication. Who stands in for a while (Plh., Pjs.) does not end the
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
lanes as (
    select
        office_id,
        lane,
        min(person_id) <> max(person_id) or min(standing) <> max(standing) as is_mixed,
        max(seen_date) is not null as is_dated
    from sightings
    group by office_id, lane
),
-- On the day of a handover the former holder comes first.
begun as (
    select sightings.*, min(seen_date) over (partition by office_id, lane, person_id) as began
    from sightings
    cross join lanes using (office_id, lane)
    where is_mixed
),
turned as (
    select
        *,
        person_id is not lag(person_id) over in_order as is_turn
    from begun
    where seen_date is not null
    window in_order as (
        partition by office_id, lane
        order by seen_date, began, person_id, article_id, evidence_number
    )
),
runs as (
    select
        *,
        sum(is_turn) over (
            partition by office_id, lane
            order by seen_date, began, person_id, article_id, evidence_number
            rows unbounded preceding
        ) as run
    from turned
),
-- Between two articles that say Plt. one that leaves it out means the same.
marked as (
    select
        *,
        min(iif(standing = 'definitif', null, standing)) over whole_run as first_mark,
        max(iif(standing = 'definitif', null, standing)) over whole_run as last_mark,
        min(iif(standing = 'definitif', null, seen_date)) over whole_run as marked_from,
        max(iif(standing = 'definitif', null, seen_date)) over whole_run as marked_to
    from runs
    window whole_run as (partition by office_id, lane, run)
),
judged as (
    select
        *,
        iif(first_mark = last_mark and seen_date between marked_from and marked_to, first_mark, standing) as status
    from marked
),
changed as (
    select
        *,
        status is not lag(status) over (
            partition by office_id, lane, run
            order by seen_date, status = 'definitif', status, article_id, evidence_number
        ) as is_change
    from judged
),
parts as (
    select
        *,
        sum(is_change) over (
            partition by office_id, lane, run
            order by seen_date, status = 'definitif', status, article_id, evidence_number
            rows unbounded preceding
        ) as part
    from changed
),
-- Sightings without a date are a term only of whom no dated article names in the office.
undated as (
    select office_id, person_id, standing as status, seen_date, article_id, evidence_number, source, lane
    from begun
    where began is null
),
-- Most lanes show one person in one way only.
spans as (
    select
        office_id, person_id, standing as status, seen_date, article_id, evidence_number, source, lane,
        is_dated as run, 0 as part
    from sightings
    cross join lanes using (office_id, lane)
    where not is_mixed and (seen_date is not null or not is_dated)
    union all
    select office_id, person_id, status, seen_date, article_id, evidence_number, source, lane, run, part
    from parts
    union all
    select office_id, person_id, status, seen_date, article_id, evidence_number, source, lane, 0, 0
    from undated
),
terms as (
    select
        office_id,
        person_id,
        status,
        lane,
        min(seen_date) as first_seen_date,
        max(seen_date) as last_seen_date,
        count(distinct article_id) as articles,
        count(distinct source) as outlets,
        -- Day (10 letters, blank where there is none), article (12) and sentence in one, so that they stay together.
        min(coalesce(seen_date, '          ') || article_id || evidence_number) as first_proof,
        max(coalesce(seen_date, '          ') || article_id || evidence_number) as last_proof,
        run,
        part
    from spans
    group by office_id, lane, run, part, person_id, status
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
    substr(first_proof, 11, 12) as first_article_id,
    cast(substr(first_proof, 23) as integer) as first_evidence_number,
    substr(last_proof, 11, 12) as last_article_id,
    cast(substr(last_proof, 23) as integer) as last_evidence_number
from terms
join public.offices as offices on offices.id = office_id
join public.people as people on people.id = person_id
order by office_id, person_id, status, number
