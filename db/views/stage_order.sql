select rule, earlier_code, later_code, scope, kind, is_needed, reason_id, reason_en, source_url
from stage_order
order by rule, earlier_code, later_code
