-- Two who are told to hold one single office at a time: on one day, or one between two sightings of the other that are
-- at most 31 days apart. A Plh. or Pjs. beside the holder is no contradiction, nor is one who came after the other.
with sightings as (
    select
        officials.office_id,
        officials.person_id,
        standing as status,
        published_date as seen_date,
        officials.article_id,
        evidence_number,
        iif(standing in ('Plh.', 'Pjs.'), standing, 'seat') as lane
    from public.officials as officials
    join public.offices as offices on offices.id = officials.office_id and is_single
    join public.articles as published on published.id = officials.article_id
    where standing not in ('mantan', 'calon', 'terpilih') and published_date is not null
),
in_turn as (
    select
        *,
        lag(seen_date) over (
            partition by office_id, lane, person_id
            order by seen_date, article_id, evidence_number
        ) as own_date,
        lag(person_id) over in_order as other_id,
        lag(status) over in_order as other_status,
        lag(seen_date) over in_order as other_date,
        lag(article_id) over in_order as other_article_id,
        lag(evidence_number) over in_order as other_evidence_number
    from sightings
    window in_order as (partition by office_id, lane order by seen_date, person_id, article_id, evidence_number)
),
told as (
    select *
    from in_turn
    where person_id <> other_id
        and (seen_date = other_date or (own_date <= other_date and julianday(seen_date) - julianday(own_date) <= 31))
),
sided as (
    select
        office_id,
        iif(person_id < other_id, person_id, other_id) as person_a_id,
        iif(person_id < other_id, status, other_status) as status_a,
        iif(person_id < other_id, seen_date, other_date) as seen_a_date,
        iif(person_id < other_id, article_id, other_article_id) as article_a_id,
        iif(person_id < other_id, evidence_number, other_evidence_number) as evidence_a_number,
        iif(person_id < other_id, other_id, person_id) as person_b_id,
        iif(person_id < other_id, other_status, status) as status_b,
        iif(person_id < other_id, other_date, seen_date) as seen_b_date,
        iif(person_id < other_id, other_article_id, article_id) as article_b_id,
        iif(person_id < other_id, other_evidence_number, evidence_number) as evidence_b_number,
        other_date as from_date,
        seen_date as to_date
    from told
),
ranked as (
    select
        *,
        min(from_date) over pair as first_seen_date,
        max(to_date) over pair as last_seen_date,
        row_number() over (
            partition by office_id, person_a_id, person_b_id
            order by to_date desc, from_date desc, article_a_id, evidence_a_number, article_b_id, evidence_b_number
        ) as rank
    from sided
    window pair as (partition by office_id, person_a_id, person_b_id)
)
select
    office_id,
    person_a_id,
    person_b_id,
    offices.name as office_name,
    agency_name,
    offices.regency_code,
    one.name as person_a_name,
    status_a,
    seen_a_date,
    article_a_id,
    evidence_a_number,
    other.name as person_b_name,
    status_b,
    seen_b_date,
    article_b_id,
    evidence_b_number,
    ranked.first_seen_date,
    ranked.last_seen_date
from ranked
join public.offices as offices on offices.id = office_id
join public.people as one on one.id = person_a_id
join public.people as other on other.id = person_b_id
where rank = 1
order by office_id, person_a_id, person_b_id
