select
    mentions.article_id,
    mentions.number,
    label,
    mentions.text,
    value,
    mentions.confidence,
    evidence_number,
    mentions.start - proof.start as offset_start,
    mentions."end" - proof.start as offset_end
from mentions
join public.evidence as proof on proof.article_id = mentions.article_id and proof.number = evidence_number
order by mentions.article_id, mentions.number
