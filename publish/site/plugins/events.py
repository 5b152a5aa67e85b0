"""/peristiwa: the steps that news tells, to choose from and what is still to come; and each of them, with what every
article says of it side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from datasette import Request, Response, hookimpl

from publish.site.dates import day_in_jakarta
from publish.site.events import (
    EVENT_CARDS,
    FILTERS,
    REPORT_DATE_EVIDENCE,
    UPDATED_AT,
    FilterError,
    event_address,
    filter_condition,
    filter_parameters,
    read_filter,
)
from publish.site.facts import name_facts
from publish.site.page import KEY, Row, fetch_row, fetch_rows, language_of, not_found, render
from publish.site.paging import Paging, read_paging

PAGE_SIZE = 30
AGENDA_SIZE = 100
UNSURE = "belum-pasti"
UNSURE_FIELDS = ("provinsi", "daerah", "tahapan", "edisi", "tahun")
"""Reports that are no event yet have no other state, and contradict nothing yet."""

PROVINCES = "select code, name from provinces order by name"

STAGES = "select code, name_id, name_en from stages order by position"

EDITIONS = "select distinct edition from events where edition is not null order by edition desc"

YEARS = "select (select min(start_date) from events) as first, (select max(start_date) from events) as last"

NAMED = """
select code, name, province_name from regencies where name = :name collate nocase
union
select regencies.code, regencies.name, regencies.province_name
from regency_aliases
join regencies on regencies.code = regency_aliases.regency_code
where regency_aliases.alias = :name collate nocase
order by 2
limit 20
"""

REGENCY = "select code, name, province_code, province_name from regencies where code = :code"

RELEASE = "select id, hash, made_at from release"

# The index events_listed answers both without the table.
COUNT = "select count(*) as total from events where {condition}"

LISTED = (
    EVENT_CARDS
    + """
where events.id in (
    select id from events where {condition} order by start_date desc, id limit :size offset :offset
)
order by events.start_date desc, events.id
"""
)

# To come when the data was published: that day itself is still to come, and so is the rest of its month and year.
TO_COME = """
events.status = 'announced'
and coalesce(events.end_date, events.start_date)
    >= substr(:day, 1, length(coalesce(events.end_date, events.start_date)))
"""

PASSED = """
events.status = 'announced'
and coalesce(events.end_date, events.start_date)
    < substr(:day, 1, length(coalesce(events.end_date, events.start_date)))
"""

AGENDA = EVENT_CARDS + f"where {TO_COME} and {{condition}} order by events.start_date, events.id limit {AGENDA_SIZE}"

# Reports that are no event yet; the fields have the names of those of events, so that the filter fits. SQLite takes
# event_id for something that few rows share, and would read all of these from the table.
UNSURE_REPORTS = "stage_reports as events indexed by stage_reports_unsure_listed where event_id is null"

UNSURE_COUNT = f"select count(*) as total from {UNSURE_REPORTS} and {{condition}}"

UNSURE_LISTED = f"""
select
    stage_reports.article_id, stage_reports.stage_code,
    stages.name_id as stage_name_id, stages.name_en as stage_name_en,
    stage_reports.regency_code, regencies.name as regency_name, stage_reports.start_date, stage_reports.end_date,
    stage_reports.date_reason, stage_reports.status, stage_reports.confidence, stage_reports.evidence_number,
    stage_reports.evidence, {REPORT_DATE_EVIDENCE},
    articles.outlet_name, articles.published_date, articles.is_relevant
from (
    select article_id, number
    from {UNSURE_REPORTS} and {{condition}}
    order by start_date desc, article_id, number
    limit :size offset :offset
) as listed
join stage_reports on stage_reports.article_id = listed.article_id and stage_reports.number = listed.number
join stages on stages.code = stage_reports.stage_code
join articles on articles.id = stage_reports.article_id
left join regencies on regencies.code = stage_reports.regency_code
order by stage_reports.start_date desc, stage_reports.article_id, stage_reports.number
"""

EVENT = EVENT_CARDS + "where events.id = :id"

MERGED = "select event_id from merged_events where id = :id"

REPORTS = f"""
select
    stage_reports.article_id, stage_reports.stage_code, stage_reports.regency_code,
    stage_reports.start_date, stage_reports.end_date, stage_reports.date_reason,
    stage_reports.edition, stage_reports.venue, stage_reports.mode, stage_reports.is_main, stage_reports.status,
    stage_reports.joined_by, stage_reports.confidence, stage_reports.evidence_number, stage_reports.evidence,
    {REPORT_DATE_EVIDENCE},
    articles.title, articles.outlet_name, articles.source, articles.url, articles.published_date,
    articles.date_reason as published_reason, story_articles.role
from stage_reports
join articles on articles.id = stage_reports.article_id
left join story_articles on story_articles.article_id = stage_reports.article_id
where stage_reports.event_id = :id and articles.is_relevant = 1
order by articles.published_date nulls last, articles.id, stage_reports.number
limit 200
"""

CONFLICTS = """
select
    event_conflicts.field, event_conflicts.value, event_conflicts.with_event_id, event_conflicts.articles,
    event_conflicts.outlets, event_conflicts.is_best, event_conflicts.article_id, event_conflicts.evidence_number,
    evidence.text as evidence, articles.outlet_name, articles.published_date
from event_conflicts
join evidence
    on evidence.article_id = event_conflicts.article_id and evidence.number = event_conflicts.evidence_number
join articles on articles.id = event_conflicts.article_id
where event_conflicts.event_id = :id
order by event_conflicts.number
limit 100
"""

PEOPLE = """
select
    event_people.name, event_people.position, event_people.acting, event_people.organization, event_people.articles,
    event_people.is_quoted, event_people.article_id, event_people.evidence_number,
    iif(
        exists (select 1 from office_terms where office_terms.person_id = event_people.person_id),
        event_people.person_id, null
    ) as person_id
from event_people
where event_id = :id
order by number
limit 60
"""

ORDER_FLAGS = """
select
    order_flags.kind, order_flags.reason_id, order_flags.reason_en, order_flags.earlier_event_id,
    order_flags.earlier_date, stages.name_id as earlier_name_id, stages.name_en as earlier_name_en
from order_flags
join stages on stages.code = order_flags.earlier_stage_code
where order_flags.later_event_id = :id
order by order_flags.rule
"""

# The same stage of the same regency under another date: perhaps another edition, perhaps a contradiction. The reader
# sees both; what is surely a contradiction stands among those.
OTHERS = (
    EVENT_CARDS
    + """
where events.regency_code = (select regency_code from events where id = :id)
and events.stage_code = (select stage_code from events where id = :id)
and events.id <> :id
and not exists (
    select 1 from event_conflicts where event_conflicts.event_id = :id and event_conflicts.with_event_id = events.id
)
order by events.start_date nulls last
limit 20
"""
)

# By the distance between their middles; this near the equator a degree of longitude is as long as one of latitude.
NEIGHBOURS = """
with near as (
    select regencies.code, regencies.name
    from regencies
    join regencies as here on here.code = :code and here.code <> regencies.code
    order by
        (regencies.latitude - here.latitude) * (regencies.latitude - here.latitude)
        + (regencies.longitude - here.longitude) * (regencies.longitude - here.longitude)
    limit 6
)
select
    near.code, near.name, regency_ladder.state, regency_ladder.event_id, regency_ladder.last_date,
    events.start_date, events.end_date, events.status, events.date_reason
from near
left join regency_ladder on regency_ladder.regency_code = near.code and regency_ladder.stage_code = :stage
left join events on events.id = regency_ladder.event_id
"""

# What we said of the event, under this address and under those that lead here now.
VERSIONS = """
select
    event_versions.event_id, event_versions.number, event_versions.stage_code, event_versions.regency_code,
    event_versions.edition, event_versions.start_date, event_versions.end_date, event_versions.status,
    event_versions.venue, event_versions.mode, event_versions.known_from, event_versions.known_to,
    stages.name_id as stage_name_id, stages.name_en as stage_name_en, regencies.name as regency_name
from event_versions
join stages on stages.code = event_versions.stage_code
left join regencies on regencies.code = event_versions.regency_code
where event_versions.event_id in (
    select :id union all select merged_events.id from merged_events where merged_events.event_id = :id
)
order by event_versions.known_from, event_versions.event_id, event_versions.number
limit 60
"""

# What is told now of the step of which the event is gone.
INSTEAD = (
    EVENT_CARDS
    + """
where events.stage_code = :stage and events.regency_code is :regency
order by events.start_date nulls last
limit 20
"""
)

CONFLICT_FIELDS = ("date", "start_date", "end_date", "status", "edition", "venue", "mode")

TOLD_FIELDS = ("start_date", "end_date", "status", "edition", "venue", "mode", "stage_code", "regency_code")


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/peristiwa$", events), (rf"^/peristiwa/(?P<id>{KEY})$", event)]


async def events(datasette: Any, request: Request) -> Response:
    named = await _find_named(datasette, (request.args.get("daerah") or "").strip())
    if len(named) == 1:
        return Response.redirect(_address_with(datasette, request, daerah=named[0]["code"]))
    is_unsure = request.args.get("keadaan") == UNSURE
    context = await _form(datasette, request) | {"named": named, "is_unsure": is_unsure}
    try:
        asked = read_filter(request, UNSURE_FIELDS if is_unsure else FILTERS)
        context |= await _look_up(datasette, asked, context)
    except FilterError as error:
        return await render(datasette, request, "events.html", status=400, problem=error.name, **context)
    condition, values = filter_condition(asked), {**filter_parameters(asked), "day": context["day"]}
    list_them = _agenda if context["is_agenda"] else _unsure if is_unsure else _listed
    listed = await list_them(datasette, request, condition, values)
    status = listed["paging"].status if "paging" in listed else 200
    return await render(datasette, request, "events.html", status=status, **context, **listed)


async def _listed(datasette: Any, request: Request, condition: str, values: Row) -> Row:
    to_come = await _count(datasette, COUNT, f"{TO_COME} and {condition}", values)
    paging = read_paging(request, PAGE_SIZE, await _count(datasette, COUNT, condition, values))
    rows = await _page(datasette, LISTED, condition, values, paging)
    return {"months": _by_month(rows), "paging": paging, "to_come": to_come}


async def _unsure(datasette: Any, request: Request, condition: str, values: Row) -> Row:
    paging = read_paging(request, PAGE_SIZE, await _count(datasette, UNSURE_COUNT, condition, values))
    rows = await _page(datasette, UNSURE_LISTED, condition, values, paging)
    return {"months": _by_month(rows), "paging": paging}


async def _agenda(datasette: Any, request: Request, condition: str, values: Row) -> Row:
    total = await _count(datasette, COUNT, f"{TO_COME} and {condition}", values)
    passed = await _count(datasette, COUNT, f"{PASSED} and {condition}", values)
    rows = await fetch_rows(datasette, AGENDA.format(condition=condition), values)
    return {"months": _by_month(rows), "to_come": total, "passed": passed, "agenda_size": AGENDA_SIZE}


async def _count(datasette: Any, sql: str, condition: str, values: Row) -> int:
    row = await fetch_row(datasette, sql.format(condition=condition), values)
    return row["total"] if row else 0


async def _page(datasette: Any, sql: str, condition: str, values: Row, paging: Paging) -> list[Row]:
    window = {"size": paging.size, "offset": paging.offset}
    return await fetch_rows(datasette, sql.format(condition=condition), values | window) if paging.is_there else []


async def _form(datasette: Any, request: Request) -> Row:
    """What the form offers and how it is filled."""
    release = await fetch_row(datasette, RELEASE)
    years = await fetch_row(datasette, YEARS)
    first, last = (years["first"], years["last"]) if years and years["first"] else (None, "")
    return {
        "provinces": await fetch_rows(datasette, PROVINCES),
        "stages": await fetch_rows(datasette, STAGES),
        "editions": [row["edition"] for row in await fetch_rows(datasette, EDITIONS)],
        "years": range(int(last[:4]), int(first[:4]) - 1, -1) if first else [],
        "filled": {name: (request.args.get(name) or "").strip()[:100] for name in FILTERS},
        "is_agenda": request.args.get("tampil") == "agenda",
        "day": day_in_jakarta(release["made_at"]) if release else "9999-12-31",
    }


async def _look_up(datasette: Any, asked: Mapping[str, str], context: Row) -> Row:
    """The names of what is asked for. Raises FilterError for a code that there is not."""
    for name, known in (("provinsi", context["provinces"]), ("tahapan", context["stages"])):
        if name in asked and asked[name] not in {row["code"] for row in known}:
            raise FilterError(name)
    regency = await fetch_row(datasette, REGENCY, {"code": asked["daerah"]}) if "daerah" in asked else None
    if "daerah" in asked and regency is None:
        raise FilterError("daerah")
    return {"regency": regency}


async def _find_named(datasette: Any, written: str) -> list[Row]:
    """The regencies that have a name, where no code is written."""
    is_name = any(character.isalpha() for character in written)
    return await fetch_rows(datasette, NAMED, {"name": written[:100]}) if is_name else []


def _address_with(datasette: Any, request: Request, **changed: str) -> str:
    kept = {name: request.args[name] for name in request.args if name != "halaman"}
    return f"{datasette.urls.path('/peristiwa')}?{urlencode(kept | changed)}"


def _by_month(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    """Rows in their order by month or, where only that is known, year; those without a date under an empty text."""
    return [(month, list(told)) for month, told in groupby(rows, key=lambda row: (row["start_date"] or "")[:7])]


async def event(datasette: Any, request: Request) -> Response:
    key = {"id": request.url_vars["id"]}
    row = await fetch_row(datasette, EVENT, key)
    merged = None if row else await fetch_row(datasette, MERGED, key)
    if merged:
        # An address in an old letter: the event has since become known to the day.
        return Response.redirect(_event_link(datasette, request, merged["event_id"]))
    versions = await fetch_rows(datasette, VERSIONS, key)
    release = await fetch_row(datasette, RELEASE)
    if row is None:
        return await _gone(datasette, request, versions, release)
    reports = name_facts("event", await fetch_rows(datasette, REPORTS, key))
    updated = await fetch_row(datasette, UPDATED_AT)
    conflicts = await fetch_rows(datasette, CONFLICTS, key)
    best = (row["evidence_article_id"], row["evidence_number"])
    return await render(
        datasette,
        request,
        "event.html",
        event=row,
        reports=reports,
        best=next((told for told in reports if (told["article_id"], told["evidence_number"]) == best), None),
        conflicts=_by_field(conflicts, row, reports),
        differing={conflict["field"] for conflict in conflicts},
        people=await fetch_rows(datasette, PEOPLE, key),
        flags=await fetch_rows(datasette, ORDER_FLAGS, key),
        others=await fetch_rows(datasette, OTHERS, key),
        neighbours=await fetch_rows(datasette, NEIGHBOURS, {"code": row["regency_code"], "stage": row["stage_code"]}),
        history=_history(versions),
        address=event_address(datasette, request, row["id"]),
        updated_at=updated and updated["updated_at"],
        release=release,
    )


async def _gone(datasette: Any, request: Request, versions: list[Row], release: Row | None) -> Response:
    """What became of an event that was told once, or that there never was one."""
    if not versions:
        return await not_found(datasette, request, "missing.event")
    last = versions[-1]
    instead = await fetch_rows(datasette, INSTEAD, {"stage": last["stage_code"], "regency": last["regency_code"]})
    return await render(
        datasette,
        request,
        "event_gone.html",
        status=410,
        event=last,
        history=_history(versions),
        instead=instead,
        release=release,
    )


def _event_link(datasette: Any, request: Request, event_id: str) -> str:
    english = "?lang=en" if language_of(request) == "en" else ""
    address: str = datasette.urls.path(f"/peristiwa/{event_id}") + english
    return address


def _by_field(conflicts: list[Row], event: Row, reports: list[Row]) -> list[tuple[str, list[Row]]]:
    """What is told differently, by field, in the order in which the page tells them; what is used says `why`."""
    reasoned = [
        one | {"why": _why_used(one, conflicts, event, reports) if one["is_best"] else None} for one in conflicts
    ]
    reasoned.sort(key=lambda one: CONFLICT_FIELDS.index(one["field"]))
    return [(field, list(told)) for field, told in groupby(reasoned, key=lambda one: one["field"])]


def _why_used(used: Row, conflicts: list[Row], event: Row, reports: list[Row]) -> str:
    """Why this value is used, as db/resolving tells events.

    That a step was held outranks that it is announced. Of days those are used that more outlets tell, first and last
    day together; of editions the one that more outlets say. A venue or a mode is that of the report whose days are
    used, or of the next that has one.
    """
    field = used["field"]
    if field == "status":
        return "held"
    if field in ("venue", "mode"):
        return "report"
    if field == "edition":
        others = [one["outlets"] for one in conflicts if one["field"] == field and not one["is_best"]]
        return "more" if used["outlets"] > max(others, default=0) else "edition"
    told = {(_days(report), report["source"]) for report in reports if report["status"] == event["status"]}
    votes = Counter(days for days, _ in told if len(days[0]) == 10)
    own = votes.pop(_days(event), 0)
    most = max(votes.values(), default=0)
    return "days" if own > most else "tie" if own == most else "clearest"


def _days(row: Row) -> tuple[str, str]:
    start = row["start_date"] or ""
    return start, row["end_date"] or start


def _history(versions: list[Row]) -> list[Row]:
    """What we said, oldest first, each with the fields in which it differs from what we said before, as `changed`."""
    history: list[Row] = []
    for version in versions:
        before = history[-1] if history else None
        changed = [field for field in TOLD_FIELDS if before and before[field] != version[field]]
        history.append(version | {"changed": changed, "before": before})
    return history
