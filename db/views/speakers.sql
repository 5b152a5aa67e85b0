-- Who was quoted, as what: quotations of which the speaker is sure, with the office in which the same article names them.
with spoken as (
    select
        quotes.article_id,
        quotes.number,
        quotes.evidence_number,
        quotes.speaker_name,
        articles.published_date,
        (
            select min(officials.number)
            from public.officials as officials
            where officials.article_id = quotes.article_id and officials.name = quotes.speaker_name
        ) as official_number
    from public.quotes as quotes
    join public.articles as articles on articles.id = quotes.article_id
    where quotes.speaker_name is not null
        and quotes.confidence >= 0.5
        and articles.is_relevant = 1
),
told as (
    select spoken.*, position, acting, organization, regency_code
    from spoken
    left join public.officials as officials
        on officials.article_id = spoken.article_id and officials.number = official_number
),
counted as (
    select
        speaker_name,
        position,
        acting,
        organization,
        regency_code,
        count(*) as quotes,
        count(distinct article_id) as articles,
        min(published_date) as first_date,
        max(published_date) as last_date,
        -- The latest: a date sorts before the id behind it.
        max(coalesce(published_date, '0000-00-00') || article_id || printf('%06d', evidence_number)) as latest
    from told
    group by speaker_name, position, acting, organization, regency_code
)
select
    speaker_name,
    row_number() over (
        partition by speaker_name
        order by quotes desc, position, acting, organization, regency_code
    ) as number,
    position,
    acting,
    case
        when position is null then 'tidak disebut'
        when position like '%DPRD%' or position like 'anggota dewan%' then 'DPRD'
        when position like '%asesor%' or position like '%evaluator%' or position like '%tenaga ahli%'
            or position like '%tim ahli%' or position like '%pendamping%' or position like '%pembimbing%'
            or position like '%narasumber%'
            then 'pendamping dan penilai'
        when position like '%gubernur%' then 'pemerintah provinsi'
        when position like '%presiden%' or position like '%menteri%' or position like '%dirjen%'
            or position like 'direktur jenderal%' or position like 'direktur layanan%' or position like 'deputi%'
            or organization like 'kementerian%'
            then 'pemerintah pusat'
        when position like '%rektor%' or position like '%dosen%' or position like '%akademisi%'
            or position like '%guru besar%'
            then 'perguruan tinggi'
        when position like 'staf ahli%' or position like 'asisten%' then 'asisten dan staf ahli'
        when position like 'wakil bupati%' or position like 'wakil wali%' then 'wakil kepala daerah'
        when position like 'bupati%' or position like 'wali kota%' or position like 'walikota%' then 'kepala daerah'
        when position like '%sekretaris daerah%' or position like 'sekda%' then 'sekretaris daerah'
        when position like 'kepala dinas%' or position like 'kepala dis%' or position like 'kadis%'
            or position like 'kepala badan%' or position like 'kepala bap%' or position like 'inspektur%'
            then 'kepala perangkat daerah'
        when position like 'sekretaris%' or position like 'kepala bidang%' or position like 'kabid%'
            or position like 'kepala bagian%' or position like 'kabag%' or position like 'kepala seksi%'
            or position like 'kepala sub%' or position like 'camat%' or position like 'lurah%'
            then 'pejabat perangkat daerah'
        else 'lainnya'
    end as office,
    organization,
    regency_code,
    quotes,
    articles,
    first_date,
    last_date,
    substr(latest, 11, length(latest) - 16) as evidence_article_id,
    cast(substr(latest, -6) as integer) as evidence_number
from counted
order by speaker_name, number
