-- What waits for a person, of articles that are published, and of outlets; `pantau review` decides about it. A date from
-- the future is found here, where it is known which dates are told.
with waiting as (
    select * from review_queue
    union all
    select
        'date', null, null, id, 0, null, null, coalesce(title, url), date_reason, 'its date lies in the future', 5, null,
        json_object('published_at', date_reason)
    from public.articles as undated
    where published_at is null
        and date_correction_id is null
        and exists (select 1 from articles where articles.id = undated.id and articles.published_at is not null)
)
select
    review_item(kind, fact_kind, waiting.article_id, waiting.number, key, said) as item,
    kind,
    priority,
    waiting.article_id,
    regency_code,
    what,
    reason_id,
    reason_en,
    confidence,
    proof.text as evidence
from waiting
left join public.evidence as proof
    on proof.article_id = waiting.article_id and proof.number = evidence_number
where (
        waiting.article_id is null
        or exists (select 1 from public.articles as published where published.id = waiting.article_id)
    )
    and not exists (
        select 1
        from review_marks
        where review_marks.item = review_item(
                kind, fact_kind, waiting.article_id, waiting.number, key, said
            )
            and review_marks.about = about_said(kind, fact_kind, said)
            and undone_at is null
    )
group by 1
order by priority, 1
