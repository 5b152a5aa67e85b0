"""Regencies by stages, as /tahapan shows and gives them away: which regencies, in which order, with which steps."""

from __future__ import annotations

import json
from typing import Any

from publish.site.page import Row, fetch_rows
from publish.site.phases import PHASE_OF_STAGE

STATES = ("held", "announced", "unreported", "unsure")
ORDERS = ("provinsi", "nama", "jauh", "terbaru")

REGENCIES = """
select code, name, short_name, province_code, province_name, cohort_year
from regencies
where (:province = '' or province_code = :province)
    and (:cohort = '' or cohort_year = cast(:cohort as integer))
order by code
"""

# How far each has come: only what was held is a step taken.
REACHED = """
select
    regency_code,
    group_concat(iif(state = 'held', stage_code, null), ' ') as held,
    max(iif(state = 'held', last_date, null)) as last_date
from regency_ladder
where regency_code > :first and regency_code < :last
group by regency_code
"""

REACHED_IN_YEAR = """
select
    regency_code,
    group_concat(iif(state = 'held', stage_code, null), ' ') as held,
    max(iif(state = 'held', last_date, null)) as last_date
from (
    select regency_code, stage_code, state, last_date
    from ladder_editions
    where edition = cast(:year as integer) and regency_code > :first and regency_code < :last
    union all
    select regency_code, stage_code, status, start_date
    from events
    where edition is null and regency_code > :first and regency_code < :last and substr(start_date, 1, 4) = :year
)
group by regency_code
"""

UNSURE_REGENCIES = """
select distinct regency_code
from stage_reports
where event_id is null and regency_code > :first and regency_code < :last
    and (:year = '' or edition = cast(:year as integer) or (edition is null and substr(start_date, 1, 4) = :year))
"""

_STEP = """
    ladder.regency_code, ladder.stage_code, ladder.state, ladder.is_past, ladder.edition, ladder.edition_by,
    ladder.events, ladder.articles, ladder.conflicts, ladder.event_id, ladder.later_event_id, ladder.confidence,
    latest.start_date, latest.end_date, latest.date_precision, latest.date_reason, latest.outlets,
    ladder.evidence, ladder.evidence_article_id, ladder.evidence_number
"""

STEPS = f"""
select {_STEP}
from json_each(:codes) as chosen
join regency_ladder as ladder on ladder.regency_code = chosen.value
left join events as latest on latest.id = ladder.event_id
order by ladder.regency_code, ladder.stage_code
"""

# What spans years, or was told without the year of the programme, belongs to no edition; it stands in its own year.
STEPS_OF_YEAR = f"""
select {_STEP}
from json_each(:codes) as chosen
join ladder_editions as ladder on ladder.regency_code = chosen.value and ladder.edition = cast(:year as integer)
left join events as latest on latest.id = ladder.event_id
union all
select
    told.regency_code, told.stage_code, told.status, null, null, null, 1, told.articles, told.conflicts, told.id, null,
    told.confidence, told.start_date, told.end_date, told.date_precision, told.date_reason, told.outlets, told.evidence,
    told.evidence_article_id, told.evidence_number
from json_each(:codes) as chosen
join events as told on told.regency_code = chosen.value and told.edition is null
where substr(told.start_date, 1, 4) = :year
order by 1, 2, 13
"""

# A report that is not sure makes no event.
UNSURE_STEPS = """
select
    regency_code, stage_code, 'unsure' as state, null as is_past, edition, null as edition_by, 0 as events,
    1 as articles, 0 as conflicts, null as event_id, null as later_event_id, confidence, start_date, end_date,
    case length(start_date) when 10 then 'day' when 7 then 'month' when 4 then 'year' end as date_precision,
    date_reason, 1 as outlets, evidence, article_id as evidence_article_id, evidence_number
from json_each(:codes) as chosen
join stage_reports on regency_code = chosen.value and event_id is null
where :year = '' or edition = cast(:year as integer) or (edition is null and substr(start_date, 1, 4) = :year)
order by regency_code, stage_code, confidence desc
"""


async def choose_regencies(
    datasette: Any,
    province: str = "",
    cohort: str = "",
    year: str = "",
    order: str = "provinsi",
    everyone: bool = False,
) -> list[Row]:
    """The regencies of a choice, each with its furthest `phase` (0 for none) and the `last_date` of a step it took.

    Those of which nothing is told are there only for `everyone`. The `order` is one of ORDERS; by how far, the one that
    took more steps stands before.
    """
    bounds = {"first": f"{province}.", "last": f"{province}/"} if province else {"first": "", "last": ":"}
    parameters = {"province": province, "cohort": cohort, "year": year, **bounds}
    regencies = await fetch_rows(datasette, REGENCIES, parameters)
    reached = {
        row["regency_code"]: row
        for row in await fetch_rows(datasette, REACHED_IN_YEAR if year else REACHED, parameters)
    }
    unsure = {row["regency_code"] for row in await fetch_rows(datasette, UNSURE_REGENCIES, parameters)}
    told = [
        {**regency, **_summary(reached.get(regency["code"]))}
        for regency in regencies
        if everyone or regency["code"] in reached or regency["code"] in unsure
    ]
    return _ordered(told, order)


async def fetch_steps(datasette: Any, regencies: list[Row], year: str = "") -> list[Row]:
    """The steps of the regencies: of all editions together the latest, or those of one year; what is not sure last."""
    parameters = {"codes": json.dumps([regency["code"] for regency in regencies]), "year": year}
    return [
        *await fetch_rows(datasette, STEPS_OF_YEAR if year else STEPS, parameters),
        *await fetch_rows(datasette, UNSURE_STEPS, parameters),
    ]


def _summary(reached: Row | None) -> Row:
    held = (reached["held"] or "").split() if reached else []
    return {
        "phase": max((PHASE_OF_STAGE.get(stage, 0) for stage in held), default=0),
        "steps": len(set(held)),
        "last_date": reached and reached["last_date"],
    }


def _ordered(regencies: list[Row], order: str) -> list[Row]:
    if order == "nama":
        return sorted(regencies, key=lambda row: (row["short_name"], row["code"]))
    if order == "jauh":
        return sorted(regencies, key=lambda row: (-row["phase"], -row["steps"], row["short_name"]))
    if order == "terbaru":
        return sorted(regencies, key=lambda row: row["last_date"] or "", reverse=True)
    return regencies
