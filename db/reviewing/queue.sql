-- What a person should look at: what is not sure, contradicts itself, went stale or was reset. What is wrong for readers
-- comes first (`priority` 1). `said` is what it says now, so that a decision holds until that changes; of facts it is
-- the fact. Each part is found by an index on what is not sure.
select
    'reset' as kind,
    null as key,
    case kind when 'article' then null when 'date' then null else kind end as fact_kind,
    corrections.article_id,
    corrections.id as number,
    null as evidence_number,
    json_extract(original, '$.regency_code') as regency_code,
    kind || ', ' || substr(decided_at, 1, 10) as what,
    'koreksi tidak berlaku lagi: kalimat dan bacaan mesin berubah' as reason_id,
    'a correction no longer holds: its sentence and the model''s reading changed' as reason_en,
    1 as priority,
    null as confidence,
    json_object('original', json(original), 'corrected', json(corrected), 'present', json(present)) as said
from corrections
where state = 'reset'
    and undone_at is null
union all
select
    'conflict',
    events.id,
    null,
    events.article_id,
    events.number,
    event_mentions.evidence_number,
    events.regency_code,
    coalesce(regencies.name || ': ', '') || stages.name_id || coalesce(' ' || events.start_date, ''),
    'laporan bertentangan: ' || group_concat(field || ' ' || value, '; '),
    'reports contradict each other: ' || group_concat(field || ' ' || value, '; '),
    2,
    null,
    json_group_array(json_array(field, value, with_event_id))
from (
    select *
    from conflicts_now
    -- What two events contradict each other in is one thing to look at.
    where with_event_id is null or event_id < with_event_id
    order by event_id, number
) as conflicts
join events on events.id = conflicts.event_id
join event_mentions on event_mentions.article_id = events.article_id and event_mentions.number = events.number
join stages on stages.code = events.stage_code
left join regencies on regencies.code = events.regency_code
group by events.id
union all
select
    'order',
    later_event_id || '-' || earlier_event_id,
    null,
    events.article_id,
    events.number,
    event_mentions.evidence_number,
    events.regency_code,
    regencies.name || ': ' || stages.name_id || ' ' || later_date || ', ' || earlier_stages.name_id || ' ' || earlier_date,
    iif(flags.kind = 'impossible', 'urutan mustahil: ', 'urutan tidak lazim: ') || reason_id,
    iif(flags.kind = 'impossible', 'an impossible order: ', 'an unusual order: ') || reason_en,
    iif(flags.kind = 'impossible', 2, 4),
    null,
    json_array(rule, later_date, earlier_date)
from order_flags_now as flags
join events on events.id = later_event_id
join event_mentions on event_mentions.article_id = events.article_id and event_mentions.number = events.number
join stages on stages.code = later_stage_code
join stages as earlier_stages on earlier_stages.code = earlier_stage_code
join regencies on regencies.code = events.regency_code
union all
-- What a reader says is wrong; never published.
select
    'hint',
    cast(id as text),
    null,
    article_id,
    id,
    null,
    json_extract(said, '$.regency_code'),
    wrong,
    'petunjuk pembaca: ada yang salah',
    'a reader''s hint: something is wrong',
    2,
    null,
    json_object(
        'fact', fact, 'kind', kind, 'said', json(said), 'sentence', sentence, 'wrong', wrong, 'instead', instead,
        'source_url', source_url
    )
from reader_hints
union all
select
    'stale',
    null,
    kind,
    article_id,
    0,
    null,
    json_extract(value, '$.regency_code'),
    sentence,
    'halaman disunting dan kalimatnya hilang',
    'its page was edited and its sentence is gone',
    3,
    confidence,
    value
from stale_facts
where not exists (
    select 1
    from corrections
    where corrections.article_id = stale_facts.article_id
        and corrections.fact = stale_facts.fact
        and undone_at is null
)
union all
select
    iif(confidence < 0.5, 'event', 'subject'),
    null,
    'event',
    event_mentions.article_id,
    number,
    evidence_number,
    regency_code,
    stages.name_id || coalesce(', ' || start_date, ''),
    iif(confidence < 0.5, 'tahap belum pasti', 'tidak diketahui daerahnya'),
    iif(confidence < 0.5, 'the step is not sure', 'its regency is not known'),
    iif(is_main, 4, 6),
    confidence,
    json_object(
        'stage_code', stage_code, 'regency_code', regency_code, 'start_date', start_date, 'end_date', end_date,
        'date_reason', date_reason, 'edition', edition, 'venue', venue, 'mode', mode, 'is_main', is_main,
        'status', status
    )
from (
    select * from event_mentions where confidence < 0.5
    union all
    select * from event_mentions where confidence >= 0.5 and is_main = 1 and regency_code is null
) as event_mentions
join extractions on extractions.article_id = event_mentions.article_id and is_relevant is not 0
join stages on stages.code = stage_code
where event_mentions.correction_id is null
union all
select
    'article',
    null,
    null,
    articles.id,
    0,
    null,
    null,
    coalesce(title, url),
    'belum pasti tentang program kota cerdas',
    'not sure whether it is on the programme',
    5,
    relevance,
    json_object('title', title, 'is_relevant', null)
from extractions
join articles on articles.id = extractions.article_id
where is_relevant is null
    and correction_id is null
union all
select
    'date',
    null,
    null,
    articles.id,
    0,
    null,
    null,
    coalesce(title, url),
    date_reason,
    'its date of publication was not found',
    5,
    null,
    json_object('title', title, 'published_at', null)
from articles
join extractions on extractions.article_id = articles.id and is_relevant is not 0
where published_at is null
    and date_correction_id is null
union all
select
    'regency',
    null,
    'regency',
    article_regencies.article_id,
    0,
    evidence_number,
    regency_code,
    regencies.name,
    iif(role = 'subject', 'daerah pokok berita belum pasti', 'penyebutan daerah belum pasti'),
    iif(role = 'subject', 'the regency that it is about is not sure', 'the regency that it names is not sure'),
    6,
    confidence,
    json_object('regency_code', regency_code, 'role', role)
from article_regencies
join extractions on extractions.article_id = article_regencies.article_id and is_relevant is not 0
join regencies on regencies.code = regency_code
where confidence < 0.5
    and article_regencies.correction_id is null
union all
select
    'official',
    null,
    'official',
    officials.article_id,
    number,
    evidence_number,
    regency_code,
    name,
    'pejabat belum pasti',
    'the official is not sure',
    6,
    confidence,
    json_object(
        'name', name, 'prefix', prefix, 'degrees', degrees, 'position', position, 'acting', acting,
        'organization', organization, 'regency_code', regency_code, 'represents', represents, 'is_quoted', is_quoted
    )
from officials
join extractions on extractions.article_id = officials.article_id and is_relevant is not 0
where confidence < 0.5
    and officials.correction_id is null
union all
select
    'quote',
    null,
    'quote',
    quotes.article_id,
    number,
    evidence_number,
    null,
    text,
    iif(speaker_name is null, 'pembicara tidak diketahui', 'kutipan belum pasti'),
    iif(speaker_name is null, 'who speaks is not known', 'the quotation is not sure'),
    6,
    confidence,
    json_object('speaker_name', speaker_name, 'text', text)
from quotes
join extractions on extractions.article_id = quotes.article_id and is_relevant is not 0
where confidence < 0.5
    and quotes.correction_id is null
union all
select
    'figure',
    null,
    'figure',
    figures.article_id,
    number,
    evidence_number,
    null,
    text,
    'angka belum pasti',
    'the figure is not sure',
    6,
    confidence,
    json_object('kind', kind, 'value', value, 'unit', unit, 'bound', bound, 'about', about, 'text', text)
from figures
join extractions on extractions.article_id = figures.article_id and is_relevant is not 0
where confidence < 0.5
    and figures.correction_id is null
union all
select
    'orphan',
    null,
    null,
    article_id,
    id,
    null,
    json_extract(original, '$.regency_code'),
    kind || ', ' || substr(decided_at, 1, 10),
    'koreksi tanpa fakta: ' || substr(state_reason, 1, instr(state_reason, ' / ') - 1),
    'a correction without its fact: ' || substr(state_reason, instr(state_reason, ' / ') + 3),
    7,
    null,
    json_object('original', json(original), 'corrected', json(corrected), 'reason', state_reason)
from corrections
where state = 'orphan'
    and undone_at is null
union all
-- A new outlet, until somebody has looked at one of its first articles or at the outlet.
select
    'source',
    name,
    null,
    null,
    0,
    null,
    null,
    name,
    'media baru: beritanya yang pertama belum diperiksa',
    'a new outlet: nobody has looked at its first articles',
    8,
    null,
    json_object('source', name)
from sources
where kind <> 'file'
    and exists (
        select 1
        from (select id from articles where source = sources.name order by rowid limit 500) as articles
        join extractions on article_id = articles.id and is_relevant = 1
    )
    and not exists (
        select 1
        from (
            select articles.id
            from (select id from articles where source = sources.name order by rowid limit 500) as articles
            join extractions on article_id = articles.id and is_relevant = 1
            limit 5
        ) as early
        join corrections on corrections.article_id = early.id and undone_at is null
    )
