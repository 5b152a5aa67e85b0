"""How far regencies have come by the news: the rows of every table that sets regencies side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from publish.site.page import Row
from publish.site.phases import PHASE_PARAMETERS, PHASES

# The furthest and the latest of a regency's steps: what decides stands before the rest, and the longest text is taken
# apart again. An id of an event has 12 digits.
STANDINGS = """
with chosen as ({chosen}),
phases as materialized (
    select key as stage_code, value as phase
    from json_each(:phase_of_stage)
),
steps as (
    select
        regency_code,
        sum(events) as events,
        max(phase || printf(' %-10s ', coalesce(last_date, '')) || event_id || stage_code) as furthest,
        max(iif(phase is null, null, printf('%-10s ', last_date) || event_id || stage_code)) as latest
    from regency_ladder
    left join phases using (stage_code)
    where state = 'held' and regency_code in (select code from chosen)
    group by regency_code
)
select
    regencies.code, regencies.name, regencies.kind, regencies.province_code, regencies.province_name,
    regencies.cohort_year, regencies.longitude, regencies.latitude, chosen.place, chosen.is_cohort,
    coalesce(steps.events, 0) as events,
    cast(substr(furthest, 1, 1) as integer) as phase,
    substr(furthest, 14, 12) as furthest_event_id,
    far.name_id as furthest_name_id, far.name_en as furthest_name_en,
    nullif(rtrim(substr(latest, 1, 10)), '') as last_date,
    substr(latest, 12, 12) as last_event_id,
    late.name_id as last_name_id, late.name_en as last_name_en,
    coverage.articles, coverage.outlets, coverage.last_published_date, coverage.sources, coverage.unread_sources
from chosen
join regencies on regencies.code = chosen.code
join regency_coverage as coverage on coverage.regency_code = regencies.code
left join steps on steps.regency_code = regencies.code
left join stages as far on far.code = substr(furthest, 26)
left join stages as late on late.code = substr(latest, 24)
"""

ALL = "select code, null as place, 0 as is_cohort from regencies"

# The nearest by the distance between their middles: this near the equator a degree of longitude is as long as one of
# latitude. `place` is 0 for the regency itself, then 1 to 8.
BESIDE = """
    select
        others.code,
        case when nearest.place < 9 then nearest.place end as place,
        others.cohort_year is not null and others.cohort_year = here.cohort_year as is_cohort
    from regencies as here
    join regencies as others
    join (
        select
            far.code,
            row_number() over (
                order by
                    (far.latitude - near.latitude) * (far.latitude - near.latitude)
                    + (far.longitude - near.longitude) * (far.longitude - near.longitude)
            ) - 1 as place
        from regencies as far
        join regencies as near on near.code = :code
    ) as nearest on nearest.code = others.code
    where here.code = :code and (nearest.place < 9 or others.cohort_year = here.cohort_year)
"""

STANDINGS_OF_ALL = STANDINGS.format(chosen=ALL) + "order by regencies.code"
"""All 514, by code."""

STANDINGS_OF_PROVINCE = (
    STANDINGS.format(chosen=ALL + " where province_code = :province")
    + "order by phase desc nulls last, last_date desc nulls last, regencies.code"
)
"""Those of a province, the furthest first."""

STANDINGS_BESIDE = STANDINGS.format(chosen=BESIDE) + "order by place nulls last, regencies.code"
"""The regency itself (`place` 0), its eight nearest (1 to 8) and those of its cohort (`is_cohort`)."""

STANDING_PARAMETERS = PHASE_PARAMETERS

NONE, SILENT = "tanpa", "belum"
"""States beside the phases: no step found; in the programme and no event found."""

STATES = (SILENT, *PHASES, NONE)

SORTS = {
    "nama": lambda row: row["name"].split(" ", 1)[1],
    "tahap": lambda row: -(row["phase"] or 0),
    "langkah": lambda row: _newest_first(row["last_date"]),
    "peristiwa": lambda row: -row["events"],
    "berita": lambda row: -row["articles"],
}
"""How rows may be sorted, each by what; where rows are the same, by code."""


def in_state(row: Row, state: str) -> bool:
    """Whether the regency's furthest step is of that phase, or it is in one of the two states beside the phases.

    >>> in_state({"phase": 2}, "mou"), in_state({"phase": None}, "tanpa")
    (True, True)
    """
    if state == SILENT:
        return bool(row["cohort_year"] and not row["events"])
    return bool(row["phase"] is None if state == NONE else row["phase"] == list(PHASES).index(state) + 1)


def compare(standings: Sequence[Row], code: str) -> Mapping[str, int] | None:
    """How many of the others of its cohort the regency is ahead of, level with and behind, by the furthest phase.

    None where it is in no cohort, or alone in it.
    """
    here = next(row for row in standings if row["code"] == code)
    others = [row["phase"] or 0 for row in standings if row["is_cohort"] and row["code"] != code]
    if not others:
        return None
    phase = here["phase"] or 0
    return {
        "others": len(others),
        "ahead": sum(other < phase for other in others),
        "level": others.count(phase),
        "behind": sum(other > phase for other in others),
        "silent": others.count(0),
    }


def _newest_first(iso: str | None) -> list[int]:
    """A key that sorts dates from the newest to the oldest, and what has none last."""
    return [-int(part) for part in iso.split("-")] if iso else [0]
