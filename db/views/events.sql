-- One event per regency, stage and date, told by relevant articles. Reports that are not sure, and those that have
-- neither a regency nor a date to tell one event from another, stay reports. What is said of the event is what its
-- best report says; only a venue or mode that report lacks is taken from the next best. A report of the month joins the
-- event of the day (merged_events), and the exact date is the better one. That it was announced proves nothing of an
-- event that was held, nor its day: a report that it was held is better than any announcement.
with reports as (
    select
        event_mentions.*,
        coalesce(merged.event_id, event_mentions.event_id) as joined_id,
        published_date,
        source,
        proof.text as evidence,
        row_number() over best as rank,
        first_value(venue) over (
            partition by coalesce(merged.event_id, event_mentions.event_id)
            order by venue is null, event_mentions.status = 'announced', length(start_date) desc, is_main desc,
                event_mentions.confidence desc, published_date is null, published_date, event_mentions.article_id,
                event_mentions.number
        ) as any_venue,
        first_value(mode) over (
            partition by coalesce(merged.event_id, event_mentions.event_id)
            order by mode is null, event_mentions.status = 'announced', length(start_date) desc, is_main desc,
                event_mentions.confidence desc, published_date is null, published_date, event_mentions.article_id,
                event_mentions.number
        ) as any_mode
    from event_mentions
    join public.articles as published on published.id = event_mentions.article_id
    join public.evidence as proof on proof.article_id = event_mentions.article_id and proof.number = evidence_number
    left join public.merged_events as merged on merged.id = event_mentions.event_id
    where is_relevant = 1
        and event_mentions.confidence >= 0.5
        and (regency_code is not null or start_date is not null)
    window best as (
        partition by coalesce(merged.event_id, event_mentions.event_id)
        order by event_mentions.status = 'announced', length(start_date) desc, is_main desc,
            event_mentions.confidence desc, published_date is null, published_date, event_mentions.article_id,
            event_mentions.number
    )
),
counted as (
    select
        joined_id,
        count(distinct article_id) as articles,
        count(distinct source) as outlets,
        min(published_date) as first_published_date,
        max(published_date) as last_published_date
    from reports
    group by joined_id
)
select
    reports.joined_id as id,
    stage_code,
    regency_code,
    regencies.name as regency_name,
    provinces.name as province_name,
    start_date,
    end_date,
    case length(start_date) when 10 then 'day' when 7 then 'month' when 4 then 'year' end as date_precision,
    date_reason,
    any_venue as venue,
    any_mode as mode,
    status,
    articles,
    outlets,
    first_published_date,
    last_published_date,
    confidence,
    evidence,
    article_id as evidence_article_id,
    evidence_number
from reports
join counted on counted.joined_id = reports.joined_id
left join regencies on regencies.code = regency_code
left join provinces on provinces.code = province_code
where rank = 1
order by id
