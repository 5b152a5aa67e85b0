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

# Of those of which nothing else is told.
UNSURE_REGENCIES = """
select value as regency_code
from json_each(:codes)
where exists (
    select 1
    from stage_reports indexed by stage_reports_unsure
    where regency_code = value and event_id is null
        and (:year = '' or edition = cast(:year as integer) or (edition is null and substr(start_date, 1, 4) = :year))
)
"""

_STEP = """
    ladder.regency_code, ladder.stage_code, ladder.state, ladder.is_past, ladder.edition, ladder.edition_by,
    ladder.events, ladder.articles, ladder.conflicts, ladder.event_id, ladder.later_event_id, ladder.confidence,
    latest.start_date, latest.end_date, latest.date_precision, latest.date_reason, latest.outlets,
    ladder.evidence_article_id, ladder.evidence_number
"""

_STEPS = """
select {columns}
from json_each(:codes) as chosen
cross join regency_ladder as ladder on ladder.regency_code = chosen.value
left join events as latest on latest.id = ladder.event_id
order by ladder.regency_code, ladder.stage_code
"""

# What spans years, or was told without the year of the programme, belongs to no edition; it stands in its own year.
_STEPS_OF_YEAR = """
select {columns}
from json_each(:codes) as chosen
cross join ladder_editions as ladder
    on ladder.regency_code = chosen.value and ladder.edition = cast(:year as integer)
left join events as latest on latest.id = ladder.event_id
union all
select {columns}
from json_each(:codes) as chosen
cross join (
    select
        id, regency_code, stage_code, status as state, null as is_past, edition, edition_by, 1 as events, articles,
        conflicts, id as event_id, null as later_event_id, confidence, start_date, end_date, date_precision,
        date_reason, outlets, evidence, evidence_article_id, evidence_number
    from events
    where edition is null
) as ladder on ladder.regency_code = chosen.value
join events as latest on latest.id = ladder.id
where substr(latest.start_date, 1, 4) = :year
order by 1, 2, 13
"""

# A report that is not sure makes no event; it is shown where nothing else is told.
_UNSURE = """
select
    told.regency_code, told.stage_code, 'unsure' as state, null as is_past, edition, null as edition_by, 0 as events,
    1 as articles, 0 as conflicts, null as event_id, null as later_event_id, max(confidence) as confidence, start_date,
    end_date, case length(start_date) when 10 then 'day' when 7 then 'month' when 4 then 'year' end as date_precision,
    date_reason, 1 as outlets, article_id as evidence_article_id, evidence_number, evidence
from json_each(:codes) as chosen
cross join stages
cross join stage_reports as told indexed by stage_reports_unsure
    on told.regency_code = chosen.value and told.stage_code = stages.code and told.event_id is null
where not exists (
        select 1
        from {ladder} as sure
        where sure.regency_code = chosen.value and sure.stage_code = stages.code and sure.state <> 'unreported'
            and (:year = '' or sure.edition = cast(:year as integer))
    )
    and (:year = '' or edition = cast(:year as integer) or (edition is null and substr(start_date, 1, 4) = :year))
group by told.regency_code, told.stage_code
"""

STEPS = _STEPS.format(columns=_STEP)
STEPS_OF_YEAR = _STEPS_OF_YEAR.format(columns=_STEP)
PROVED_STEPS = _STEPS.format(columns=f"{_STEP}, ladder.evidence")
PROVED_STEPS_OF_YEAR = _STEPS_OF_YEAR.format(columns=f"{_STEP}, ladder.evidence")
UNSURE_STEPS = _UNSURE.format(ladder="regency_ladder")
UNSURE_STEPS_OF_YEAR = _UNSURE.format(ladder="ladder_editions")


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
    untold = json.dumps([regency["code"] for regency in regencies if regency["code"] not in reached])
    unsure = {
        row["regency_code"] for row in await fetch_rows(datasette, UNSURE_REGENCIES, {"codes": untold, "year": year})
    }
    told = [
        {**regency, **_summary(reached.get(regency["code"]))}
        for regency in regencies
        if everyone or regency["code"] in reached or regency["code"] in unsure
    ]
    return _ordered(told, order)


async def fetch_steps(datasette: Any, regencies: list[Row], year: str = "", proved: bool = False) -> list[Row]:
    """The steps of the regencies: of all editions together the latest, or those of one year; what is not sure last.

    With `proved` each brings its proving sentence.
    """
    parameters = {"codes": json.dumps([regency["code"] for regency in regencies]), "year": year}
    if year:
        sure, unsure = PROVED_STEPS_OF_YEAR if proved else STEPS_OF_YEAR, UNSURE_STEPS_OF_YEAR
    else:
        sure, unsure = PROVED_STEPS if proved else STEPS, UNSURE_STEPS
    return [*await fetch_rows(datasette, sure, parameters), *await fetch_rows(datasette, unsure, parameters)]


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
