select person_id, officials.name, count(distinct officials.article_id) as articles
from official_namings
join namings on namings.id = naming_id
join officials on officials.article_id = official_namings.article_id and officials.number = official_namings.number
group by person_id, officials.name
order by person_id, officials.name
