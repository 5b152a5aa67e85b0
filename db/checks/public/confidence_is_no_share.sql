-- fatal: a confidence is not between 0 and 1
select 'mentions' as told_in, article_id, number, confidence from mentions where confidence not between 0 and 1
union all
select 'officials', article_id, number, confidence from officials where confidence not between 0 and 1
union all
select 'stage_reports', article_id, number, confidence from stage_reports where confidence not between 0 and 1
union all
select 'quotes', article_id, number, confidence from quotes where confidence not between 0 and 1
union all
select 'figures', article_id, number, confidence from figures where confidence not between 0 and 1
