"""Which regencies were reported further up than ever before."""

from __future__ import annotations

import json
from collections.abc import Iterable

from publish.dates_id import date_in_words
from publish.letters.articles import DAY
from publish.letters.parts import Asked
from publish.letters.proofs import read_proof_urls
from publish.letters.rows import NO_STEPS, Row, read_rows


def find_movements(events: Iterable[Row], asked: Asked) -> list[Row]:
    """Regencies that an article of the days, reporting it as its own news, puts further than any earlier article.

    From "bimtek" without its number to a numbered one is no movement: it may be the same one.
    """
    reached: dict[str, Row] = {}
    for event in sorted(events, key=lambda event: (event["position"], event["id"])):
        if event["is_main"] and event["regency_code"] and event["stage_code"] not in NO_STEPS:
            reached[event["regency_code"]] = event
    before = _read_stages_before(reached, asked)
    moved = {code: event for code, event in reached.items() if _is_further(event, before.get(code))}
    proofs = _read_proofs({code: old for code, old in before.items() if code in moved}, asked)
    movements = []
    for code, event in moved.items():
        old = before.get(code)
        told = _tell_before(old, proofs[old["id"]] if old else None, asked)
        movements.append(event | told | {"region_url": f"{asked.site}/daerah/{code}"})
    return sorted(movements, key=lambda m: (m["province_name"] or "", m["region"]))


def _is_further(event: Row, old: Row | None) -> bool:
    if old is None:
        return True
    is_numbered = bool(event["stage_code"].startswith(f"{old['stage_code']}-"))
    return event["position"] > old["position"] and not is_numbered


def _tell_before(old: Row | None, proof_url: str | None, asked: Asked) -> Row:
    if old is None:
        return {"before": asked.say("before_none"), "before_when": None, "before_url": None}
    return {
        "before": asked.say("before", stage=old[f"name_{asked.lang}"]),
        "before_when": date_in_words(old["start_date"], old["end_date"], asked.lang),
        "before_url": proof_url,
    }


def _read_stages_before(reached: dict[str, Row], asked: Asked) -> dict[str, Row]:
    """The furthest stage of each regency in all articles before the days.

    What was only announced does not count, nor does an article without a date.
    """
    first = {code: min(asked.parts[n].first for n in event["parts"]).isoformat() for code, event in reached.items()}
    rows = read_rows(
        asked.db,
        f"""
        select events.id, events.regency_code, events.start_date, events.end_date, stages.code as stage_code,
            stages.position, stages.name_id, stages.name_en, regency.value as first_day
        from json_each(:first_days) as regency
        join events on events.regency_code = regency.key and events.status = 'held'
        join stages on stages.code = events.stage_code
        where exists (select 1 {REPORTS_BEFORE.format(first_day="regency.value")})
        order by stages.position, events.start_date, events.id
        """,
        offset=asked.days["offset"],
        first_days=json.dumps(first),
    )
    return {row["regency_code"]: row for row in rows if row["stage_code"] not in NO_STEPS}


REPORTS_BEFORE = f"""
from stage_reports
join articles on articles.id = stage_reports.article_id
where stage_reports.event_id = events.id and stage_reports.status = 'held' and articles.is_relevant = 1
    and {DAY} < {{first_day}}
"""


def _read_proofs(before: dict[str, Row], asked: Asked) -> dict[str, str]:
    """The sentence that proves each former stage most surely, by the id of its event."""
    best = f"""
        select json_array(stage_reports.article_id, stage_reports.evidence_number)
        {REPORTS_BEFORE.format(first_day="wanted.value")}
        order by stage_reports.confidence desc, stage_reports.article_id, stage_reports.number
        limit 1
    """
    rows = read_rows(
        asked.db,
        f"""
        select events.id, ({best}) as proof
        from json_each(:first_days) as wanted
        join events on events.id = wanted.key
        """,
        offset=asked.days["offset"],
        first_days=json.dumps({row["id"]: row["first_day"] for row in before.values()}),
    )
    proofs = {row["id"]: tuple(json.loads(row["proof"])) for row in rows}
    urls = read_proof_urls(asked, proofs.values())
    return {id: urls[proof] for id, proof in proofs.items()}
