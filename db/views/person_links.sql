-- Why namings are one person. Without a person: two namings that the evidence links, but that stay two, because they
-- could also be of others, or because somebody decided so.
select
    naming_a,
    naming_b,
    iif(one.person_id = other.person_id, one.person_id, null) as person_id,
    one.name as name_a,
    one.office_id as office_a_id,
    other.name as name_b,
    other.office_id as office_b_id,
    'decided-' || decision as evidence,
    one.first_article_id as article_a_id,
    other.first_article_id as article_b_id
from person_decisions
join namings as one on one.id = naming_a
join namings as other on other.id = naming_b
where undone_at is null
union all
select
    naming_a,
    naming_b,
    iif(one.person_id = other.person_id, one.person_id, null),
    one.name,
    one.office_id,
    other.name,
    other.office_id,
    evidence,
    article_a,
    article_b
from person_links
join namings as one on one.id = naming_a
join namings as other on other.id = naming_b
where not exists (
    select 1
    from person_decisions as decided
    where decided.naming_a = person_links.naming_a
        and decided.naming_b = person_links.naming_b
        and undone_at is null
)
order by naming_a, naming_b
