-- Reasons name addresses, days and headlines; what they have in common is what can be counted.
with told as (
    select
        source,
        coalesce(fate, 'pending') as fate,
        coalesce(fate_at, found_at) as at,
        iif(fate_reason like 'http%: %', substr(fate_reason, instr(fate_reason, ': ') + 2), fate_reason) as reason
    from urls
)
select
    source,
    fate,
    case
        when reason is null or fate = 'too-old' then '-'
        when reason like 'relevansi %' then 'relevansi'
        when reason like 'redirects to another site%' then 'redirects to another site'
        when reason like 'redirects to the home page%' then 'redirects to the home page'
        when reason like 'redirects to %' then 'redirects'
        when fate = 'duplicate' then 'copy'
        else trim(substr(reason, 1, min(instr(reason || ':', ':'), instr(reason || '(', '('), 80) - 1))
    end as reason,
    count(*) as urls,
    max(at) as last_at
from told
group by 1, 2, 3
order by 1, 2, 3
