-- Which regencies a source writes about, as subjects of its articles on the programme.
select
    source,
    regency_code,
    count(*) as articles,
    max(published_date) as last_published_date
from public.article_regencies as subjects
join public.articles as articles on articles.id = article_id
where role = 'subject'
    and subjects.confidence >= 0.5
    and is_relevant = 1
group by source, regency_code
order by source, regency_code
