-- fatal: a sentence shown as evidence does not stand in its article, nor in the version of which it is said to be
select
    evidence.article_id,
    number,
    start,
    evidence.text,
    iif(is_former, 'no former version', substr(articles.text, start + 1, "end" - start)) as seen
from evidence
join articles on articles.id = article_id
where evidence.text = ''
    or (not is_former and evidence.text <> substr(articles.text, start + 1, "end" - start))
    or (
        is_former
        and not exists (
            select 1
            from article_versions as version
            where version.article_id = evidence.article_id
                and substr(version.text, start + 1, "end" - start) = evidence.text
        )
    )
