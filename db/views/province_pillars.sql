-- Of articles on the programme that have a regency of the province as their subject.
select
    province_code,
    pillar,
    count(distinct article_pillars.article_id) as articles,
    count(distinct regency_code) as regencies
from public.article_pillars as article_pillars
join public.articles as articles on articles.id = article_pillars.article_id
join public.article_regencies as subjects on subjects.article_id = article_pillars.article_id
join public.regencies as regencies on regencies.code = regency_code
where role = 'subject'
    and subjects.confidence >= 0.5
    and is_relevant = 1
group by 1, 2
order by 1, 2
