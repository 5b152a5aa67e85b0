-- The words of what the table `search` lists, for the search of the site: names and headlines apart from the rest, and
-- the keys. Only the index is kept; the texts stand in their own tables.
create virtual table search_fts using fts5(title, text, keys, content = '', tokenize = 'unicode61 remove_diacritics 2');

insert into search_fts (rowid, title, text, keys)
select number, coalesce(title, ''), lead || ' ' || outlet_name, keys
from search
join articles on articles.id = search.id
where search.kind = 'article'
union all
select
    number,
    replace(stage_code, '-', ' ') || ' ' || name_id || ' ' || name_en || ' ' || coalesce(regency_name, ''),
    evidence || ' ' || coalesce(venue, '') || ' ' || coalesce(province_name, '') || coalesce(' ' || (
        select group_concat(name || ' ' || coalesce(organization, ''), ' ')
        from event_people
        where event_id = events.id
    ), ''),
    keys
from search
join events on events.id = search.id
join stages on stages.code = stage_code
where search.kind = 'event'
union all
select
    number,
    (select group_concat(name, ' ') from person_names where person_id = people.id),
    coalesce((
        select group_concat(status || ' ' || office_name || ' ' || coalesce(agency_name, ''), ' ')
        from office_terms
        where office_terms.person_id = people.id
    ), '') || ' ' || coalesce(regencies.name || ' ' || province_name, ''),
    keys
from search
join people on people.id = search.id
left join regencies on regencies.code = people.regency_code
where search.kind = 'person'
union all
select number, outlet_name || ' ' || name, coalesce(home_url, ''), keys
from search
join sources on sources.name = search.id
where search.kind = 'outlet'
union all
select
    number,
    name,
    province_name || ' ' || capital_name || coalesce(' ' || (
        select group_concat(alias, ' ')
        from regency_aliases
        where regency_code = code
    ), ''),
    keys
from search
join regencies on regencies.code = search.id
where search.kind = 'regency'
order by number;

insert into search_fts (search_fts) values ('optimize');
