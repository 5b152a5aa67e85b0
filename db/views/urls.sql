-- Each address with the end of its way: its fate, and of what was kept how far it came.
with told as (
    select
        urls.*,
        articles.id as article_id,
        extractions.article_id is not null as is_read,
        is_relevant,
        iif(fate_reason like 'http%: %', substr(fate_reason, instr(fate_reason, ': ') + 2), fate_reason) as said
    from urls
    left join pages on pages.url = urls.url
    left join articles on articles.page_id = pages.id
    left join extractions on extractions.article_id = articles.id
)
select
    url,
    source,
    found_by,
    found_at,
    fate,
    fate_reason,
    fate_at,
    case
        when fate is null then 'pending'
        when fate = 'off-topic' and said like 'no keyword in its title%' then 'title'
        when fate <> 'kept' then fate
        when article_id is null then 'unparsed'
        when not is_read then 'unread'
        when is_relevant is null then 'not-sure'
        when is_relevant = 0 then 'off-topic'
        when exists (
            select 1
            from event_reports
            where event_reports.article_id = told.article_id and event_id is not null
        ) then 'event'
        else 'without-event'
    end as outcome,
    -- As in fates.sql: without addresses, days and headlines, so that it can be counted.
    case
        when said is null or fate in ('too-old', 'kept') or said like 'no keyword in its title%' then '-'
        when said like 'relevansi %' then 'relevansi'
        when said like 'redirects to another site%' then 'redirects to another site'
        when said like 'redirects to the home page%' then 'redirects to the home page'
        when said like 'redirects to %' then 'redirects'
        when fate = 'duplicate' then 'copy'
        else trim(substr(said, 1, min(instr(said || ':', ':'), instr(said || '(', '('), 80) - 1))
    end as reason
from told
order by url
