-- Everything that is "not sure". `number` is the row's number in its own table; 0 where the article itself is meant.
select 'article' as kind, id as article_id, 0 as number, coalesce(title, url) as what,
    'belum pasti tentang program kota cerdas' as reason, relevance as confidence
from public.articles
where is_relevant is null
union all
select 'date', id, 0, coalesce(title, url), date_reason, null
from public.articles
where published_at is null
union all
select 'regency', article_id, row_number() over (partition by article_id order by regency_code), regency_name,
    iif(role = 'subject', 'daerah pokok berita belum pasti', 'penyebutan daerah belum pasti'), confidence
from public.article_regencies
where confidence < 0.5
union all
select 'mention', article_id, number, text, 'penyebutan belum pasti: ' || value, confidence
from public.mentions
where confidence < 0.5
union all
select 'official', article_id, number, name, 'pejabat belum pasti', confidence
from public.officials
where confidence < 0.5
union all
select 'event', article_id, number, stages.name_id, 'tahap belum pasti', confidence
from public.stage_reports
join public.stages on stages.code = stage_code
where confidence < 0.5
union all
select 'subject', article_id, number, stages.name_id, 'tidak diketahui daerahnya', confidence
from public.stage_reports
join public.stages on stages.code = stage_code
where confidence >= 0.5 and is_main and regency_code is null
union all
select 'quote', article_id, number, text, iif(speaker_name is null, 'pembicara tidak diketahui', 'kutipan belum pasti'),
    confidence
from public.quotes
where confidence < 0.5
union all
select 'figure', article_id, number, text, 'angka belum pasti', confidence
from public.figures
where confidence < 0.5
union all
select 'order', later.evidence_article_id,
    row_number() over (
        partition by later.evidence_article_id
        order by later_event_id, order_flags.rule, earlier_stage_code
    ),
    later.regency_name || ': ' || later_stages.name_id || ' ' || later_date || ', '
        || earlier_stages.name_id || ' ' || earlier_date,
    iif(order_flags.kind = 'impossible', 'urutan mustahil: ', 'urutan tidak lazim: ') || reason_id,
    null
from public.order_flags
join public.events as later on later.id = later_event_id
join public.stages as later_stages on later_stages.code = later_stage_code
join public.stages as earlier_stages on earlier_stages.code = earlier_stage_code
order by kind, article_id, number
