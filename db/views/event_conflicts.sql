-- What reports of one event say differently; and what is said of two events as it can be of only one: the same numbered
-- step of a regency and edition on other days, or of two editions on the same days. A plan may be moved to another day:
-- it contradicts what was held only where it is still told afterwards. A side has the voices that tell its days.
with numbered as (
    select
        *,
        coalesce(end_date, start_date) as until_date,
        (
            select count(distinct exact.article_id)
            from event_reports as exact
            where exact.event_id = events.id and exact.kind = 'day'
        ) as told_by,
        (
            select count(distinct exact.source)
            from event_reports as exact
            where exact.event_id = events.id and exact.kind = 'day'
        ) as told_in
    from events
    where kind = 'day'
        and length(start_date) = 10
        and stage_code in ('seleksi', 'mou', 'bimtek-1', 'bimtek-2', 'bimtek-3', 'bimtek-4', 'evaluasi-1', 'evaluasi-2')
),
told as (
    select event_id, field, value, articles, outlets, article_id, number, null as with_event_id, is_best
    from event_conflicts
    union all
    select one.id, 'date', other.start_date, other.told_by, other.told_in, other.article_id, other.number, other.id, 0
    from numbered as one
    join numbered as other
        on other.regency_code = one.regency_code
        and other.stage_code = one.stage_code
        and other.edition = one.edition
        and (other.start_date > one.until_date or other.until_date < one.start_date)
    where (one.status = 'held' and other.status = 'held')
        or (one.status = 'held' and other.status = 'announced' and other.last_published_date > one.until_date)
        or (one.status = 'announced' and other.status = 'held' and one.last_published_date > other.until_date)
    union all
    select one.id, 'edition', other.edition, other.told_by, other.told_in, other.article_id, other.number, other.id, 0
    from numbered as one
    join numbered as other
        on other.regency_code = one.regency_code
        and other.stage_code = one.stage_code
        and other.edition <> one.edition
        and other.start_date <= one.until_date
        and other.until_date >= one.start_date
)
select
    told.event_id,
    row_number() over (
        partition by told.event_id
        order by field, is_best desc, told.outlets desc, told.articles desc, value, with_event_id
    ) as number,
    field,
    value,
    with_event_id,
    told.articles,
    told.outlets,
    is_best,
    told.article_id,
    evidence_number
from told
join event_mentions as proof on proof.article_id = told.article_id and proof.number = told.number
order by told.event_id, 2
