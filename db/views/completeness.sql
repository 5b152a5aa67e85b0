select
    week, weeks, sources, held_by_both, held_by_first, held_by_second, held, estimate, low, high, unsaid_id, unsaid_en, gaps
from completeness
order by week, weeks
