"""Which regencies were reported further up than ever before."""

from __future__ import annotations

from sqlite_utils import Database

from publish.dates_id import Language
from publish.letters.rows import NO_STEPS, Row, read_rows
from publish.letters.wording import say


def read_stages_before(db: Database, span: dict[str, str]) -> dict[str, Row]:
    """The furthest stage of each regency in all articles before the week; what was only announced does not count."""
    rows = read_rows(
        db,
        """
        select e.regency_code, s.code as stage_code, s.position, s.name_id, s.name_en
        from stage_reports r
        join evidence proof on proof.article_id = r.article_id and proof.number = r.evidence_number
        join articles a on a.id = r.article_id
        join events e on e.id = r.event_id
        join stages s on s.code = e.stage_code
        where a.is_relevant = 1 and a.published_date < :monday and e.regency_code is not null and r.status = 'held'
        order by s.position
        """,
        monday=span["monday"],
    )
    return {row["regency_code"]: row for row in rows if row["stage_code"] not in NO_STEPS}


def find_movements(events: list[Row], before: dict[str, Row], site: str, lang: Language) -> list[Row]:
    """Regencies that an article of the week, reporting it as its own news, puts further than any earlier article.

    From "bimtek" without its number to a numbered one is no movement: it may be the same one.
    """
    reached: dict[str, Row] = {}
    for event in sorted(events, key=lambda event: event["position"]):
        if event["is_main"] and event["regency_code"] and event["stage_code"] not in NO_STEPS:
            reached[event["regency_code"]] = event
    movements = []
    for event in reached.values():
        old = before.get(event["regency_code"])
        if old and (event["position"] <= old["position"] or event["stage_code"].startswith(f"{old['stage_code']}-")):
            continue
        words = say("before", lang, stage=old[f"name_{lang}"]) if old else say("before_none", lang)
        movements.append(event | {"before": words, "region_url": f"{site}/daerah/{event['regency_code']}"})
    return sorted(movements, key=lambda m: (m["province_name"] or "", m["region"]))
