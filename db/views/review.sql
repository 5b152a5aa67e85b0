-- What waits for a person (what readers wrote does not leave the private database), of articles that are published, and of outlets; `pantau review` decides about it. A date from
-- the future is found here, where it is known which dates are told; so is who holds an office beside whom.
with waiting as (
    select * from review_queue where kind <> 'hint'
    union all
    select
        'date', null, null, id, 0, null, null, coalesce(title, url), date_reason, 'its date lies in the future', 5, null,
        json_object('published_at', date_reason)
    from public.articles as undated
    where published_at is null
        and date_correction_id is null
        and exists (select 1 from articles where articles.id = undated.id and articles.published_at is not null)
    union all
    select
        'office',
        office_id || '-' || person_a_id || '-' || person_b_id,
        null,
        article_a_id,
        0,
        evidence_a_number,
        regency_code,
        office_name || coalesce(', ' || agency_name, '') || ': ' || person_a_name || ' (' || status_a || ', '
            || seen_a_date || '), ' || person_b_name || ' (' || status_b || ', ' || seen_b_date || ')',
        'dua orang disebut memegang satu jabatan pada waktu yang sama',
        'two people are told to hold one office at the same time',
        3,
        null,
        json_array(person_a_id, status_a, person_b_id, status_b)
    from public.office_conflicts
    union all
    -- There is evidence that they are one, and evidence that others could be meant.
    select
        'person',
        naming_a || '-' || naming_b,
        null,
        article_a_id,
        0,
        null,
        null,
        name_a || ' (' || naming_a || '), ' || name_b || ' (' || naming_b || ')',
        'mungkin satu orang, mungkin dua: ' || evidence,
        'maybe one person, maybe two: ' || evidence,
        6,
        null,
        json_array(evidence)
    from public.person_links
    where person_id is null and evidence not like 'decided-%'
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
