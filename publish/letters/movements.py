"""Which regencies were reported further up than ever before."""

from __future__ import annotations

import json
from collections.abc import Iterable

from publish.dates_id import date_in_words
from publish.letters.addresses import evidence_url
from publish.letters.articles import DAY
from publish.letters.parts import Asked
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
    movements = []
    for code, event in reached.items():
        old = before.get(code)
        if old and (event["position"] <= old["position"] or event["stage_code"].startswith(f"{old['stage_code']}-")):
            continue
        movements.append(event | _tell_before(old, asked) | {"region_url": f"{asked.site}/daerah/{code}"})
    return sorted(movements, key=lambda m: (m["province_name"] or "", m["region"]))


def _tell_before(old: Row | None, asked: Asked) -> Row:
    if old is None:
        return {"before": asked.say("before_none"), "before_when": None, "before_url": None}
    return {
        "before": asked.say("before", stage=old[f"name_{asked.lang}"]),
        "before_when": date_in_words(old["start_date"], old["end_date"], asked.lang),
        "before_url": evidence_url(asked.site, old["article_id"], old["anchor"]),
    }


def _read_stages_before(reached: dict[str, Row], asked: Asked) -> dict[str, Row]:
    """The furthest stage of each regency in all articles before the days, with the sentence that proves it.

    What was only announced does not count, nor does an article without a date.
    """
    first = {code: min(asked.parts[n].first for n in event["parts"]).isoformat() for code, event in reached.items()}
    rows = read_rows(
        asked.db,
        f"""
        select events.regency_code, events.start_date, events.end_date, stages.code as stage_code, stages.position,
            stages.name_id, stages.name_en, stage_reports.article_id, evidence.anchor,
            max(stage_reports.confidence) -- SQLite takes the article and the anchor from the row that holds it
        from json_each(:first_days) as regency
        join events on events.regency_code = regency.key
        join stages on stages.code = events.stage_code
        join stage_reports on stage_reports.event_id = events.id
        join evidence
            on evidence.article_id = stage_reports.article_id and evidence.number = stage_reports.evidence_number
        join articles on articles.id = stage_reports.article_id
        where stage_reports.status = 'held' and articles.is_relevant = 1 and {DAY} < regency.value
        group by events.id
        order by stages.position, events.start_date, events.id
        """,
        offset=asked.days["offset"],
        first_days=json.dumps(first),
    )
    return {row["regency_code"]: row for row in rows if row["stage_code"] not in NO_STEPS}
