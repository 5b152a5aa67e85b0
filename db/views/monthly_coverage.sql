-- Of articles on the programme that have a date and a regency as their subject. An article on regencies of two provinces
-- counts in both.
select
    substr(published_date, 1, 7) as month,
    province_code,
    count(distinct articles.id) as articles,
    count(distinct source) as outlets,
    count(distinct regency_code) as regencies
from public.article_regencies as subjects
join public.articles as articles on articles.id = article_id
join public.regencies as regencies on regencies.code = regency_code
where role = 'subject'
    and subjects.confidence >= 0.5
    and is_relevant = 1
    and published_date is not null
group by 1, 2
order by 1, 2
