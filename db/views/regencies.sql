select
    regencies.code,
    regencies.name,
    -- A kabupaten goes by its bare name; a kota keeps the word, because many share the name of a kabupaten.
    case kind
        when 'kota' then replace(regencies.name, 'Kota Administrasi ', 'Kota ')
        else replace(replace(regencies.name, 'Kabupaten Administrasi ', ''), 'Kabupaten ', '')
    end as short_name,
    kind,
    province_code,
    provinces.name as province_name,
    capital_name,
    latitude,
    longitude,
    population,
    area_km2,
    (
        select min(year)
        from cohorts
        where regency_code = regencies.code and status <> 'selected, replaced'
    ) as cohort_year
from regencies
join provinces on provinces.code = province_code
order by regencies.code
