-- One event per step of a regency, told by all reports that resolving found to be of it (db/resolving/events.py). What is
-- said of it is what its best report says; only a venue or mode that report lacks is taken from the next best.
select
    events.id,
    events.stage_code,
    events.regency_code,
    regencies.name as regency_name,
    provinces.name as province_name,
    events.start_date,
    events.end_date,
    case length(events.start_date) when 10 then 'day' when 7 then 'month' when 4 then 'year' end as date_precision,
    coalesce(events.date_reason, best.date_reason) as date_reason,
    events.edition,
    edition_by,
    case
        when events.edition is not null then null
        when events.start_date is null then 'tanggalnya tidak diketahui, dan tahun programnya tidak disebut'
        when events.stage_code = 'seleksi'
            then 'seleksi berlangsung pada tahun program atau setahun sebelumnya, dan tahun programnya tidak disebut'
        else 'berlangsung lebih dari satu tahun, dan tahun programnya tidak disebut'
    end as edition_reason,
    events.venue,
    events.mode,
    events.status,
    articles,
    outlets,
    (
        select count(distinct coalesce(story_id, kept.article_id))
        from event_reports as kept
        left join public.story_articles as copy on copy.article_id = kept.article_id
        where kept.event_id = events.id
    ) as stories,
    first_published_date,
    last_published_date,
    first_report_article_id,
    (
        select count(distinct field)
        from public.event_conflicts as conflict
        where conflict.event_id = events.id
    ) as conflicts,
    (
        select count(*)
        from public.event_people as person
        where person.event_id = events.id
    ) as participants,
    events.confidence,
    proof.text as evidence,
    events.article_id as evidence_article_id,
    best.evidence_number
from events
join event_mentions as best on best.article_id = events.article_id and best.number = events.number
join public.evidence as proof on proof.article_id = best.article_id and proof.number = best.evidence_number
left join regencies on regencies.code = events.regency_code
left join provinces on provinces.code = province_code
order by events.id
