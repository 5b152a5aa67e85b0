-- warning: the event that an article reports belongs to no regency, and the article has no subject either
select event_mentions.article_id, number, stage_code, articles.title
from event_mentions
join articles on articles.id = event_mentions.article_id
where is_main and event_mentions.regency_code is null
    and not exists (
        select 1
        from article_regencies
        where article_regencies.article_id = event_mentions.article_id and role = 'subject'
    )
