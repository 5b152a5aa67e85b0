select
    article_id,
    row_number() over (partition by article_id order by replaced_at, former.digest) as number,
    former.title,
    former.published_at,
    replaced_at,
    former.digest as archive_digest
from article_versions as former
join public.articles as present on present.id = article_id
order by article_id, number
