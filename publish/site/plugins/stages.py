"""/tahapan: regencies by stages, and how well each could be known; /tahapan/<stage>: who took it, and who did not."""

from __future__ import annotations

from typing import Any

from datasette import Request, Response, hookimpl

from publish.dates_id import Language
from publish.site.events import REPORT_DATE_EVIDENCE
from publish.site.feeds.answers import whole_address
from publish.site.feeds.csv_text import csv_text
from publish.site.map import INDONESIA, ISLANDS, JAVA, draw, part
from publish.site.page import KEY, Row, fetch_row, fetch_rows, language_of, not_found, page_number, render
from publish.site.phases import PHASES
from publish.site.silence import WATCHED, by_province, count_watched, fetch_months, fetch_watched
from publish.site.stage_table import ORDERS, choose_regencies, fetch_steps
from publish.site.strings import translate

REGENCIES_A_PAGE = 40
STEPS_A_PAGE = 40
WITHOUT_EDITION = "tanpa"
"""What stands in the address for steps whose year of the programme is not known."""

YEARS = """
select distinct edition as year
from ladder_editions
where edition is not null
order by edition desc
"""

COHORTS = """
select distinct cohort_year as year
from regencies
where cohort_year is not null
order by cohort_year
"""

COLUMNS = (
    "regency_code", "regency_name", "province_code", "province_name", "cohort_year", "watched_by", "stage_code",
    "stage_name", "state", "edition", "edition_by", "start_date", "end_date", "date_precision", "date_reason", "events",
    "articles", "confidence", "event_id", "event_url", "later_event_id", "evidence", "evidence_article_id",
    "evidence_number", "evidence_url",
)  # fmt: skip

STAGE = "select code, position, name_id, name_en, description_id, description_en from stages where code = :code"

EDITIONS = """
select edition, sum(state = 'held') as held, sum(state = 'announced') as announced
from ladder_editions
where stage_code = :code and state in ('held', 'announced')
group by edition
order by edition is null, edition desc
"""

# The sentence that says the date is often not the one that names the step.
TAKEN = f"""
with chosen as (
    select *
    from ladder_editions indexed by ladder_editions_stage
    where stage_code = :code and edition is :edition and state in ('held', 'announced')
    order by state = 'held' desc, last_date desc, regency_code
    limit :size offset :start
)
select
    ladder.regency_code, regencies.name as regency_name, regencies.province_name, ladder.state as status,
    ladder.is_past, ladder.events, ladder.articles, ladder.conflicts, ladder.event_id, ladder.confidence,
    ladder.edition_by, latest.start_date, latest.end_date, latest.date_reason, latest.outlets,
    stage_reports.evidence, stage_reports.article_id, stage_reports.evidence_number,
    {REPORT_DATE_EVIDENCE.strip()}
from chosen as ladder
join regencies on regencies.code = ladder.regency_code
join events as latest on latest.id = ladder.event_id
join stage_reports
    on stage_reports.article_id = ladder.evidence_article_id
    and stage_reports.evidence_number = ladder.evidence_number
    and stage_reports.event_id = ladder.event_id
group by ladder.regency_code
order by ladder.state = 'held' desc, ladder.last_date desc, ladder.regency_code
"""

_NOT_TAKEN = """
select
    regencies.code, regencies.name, regencies.short_name, province_name, cohort_year, watched_by, ladder.state,
    ladder.event_id, ladder.later_event_id, ladder.edition
from regencies
join regency_coverage on regency_coverage.regency_code = regencies.code
left join {ladder} as ladder on ladder.regency_code = regencies.code and ladder.stage_code = :code {in_edition}
where coalesce(ladder.state, '') <> 'held'
order by regencies.short_name, regencies.code
"""

NOT_TAKEN = _NOT_TAKEN.format(ladder="regency_ladder", in_edition="")
NOT_TAKEN_IN = _NOT_TAKEN.format(ladder="ladder_editions", in_edition="and ladder.edition is :edition")


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [
        (r"^/tahapan$", matrix),
        (r"^/tahapan\.(?P<format>csv|json)$", table),
        (rf"^/tahapan/(?P<code>{KEY})$", stage),
    ]


async def matrix(datasette: Any, request: Request) -> Response:
    options = await _options(datasette)
    chosen, unknown = _choice(request, options)
    regencies = [] if unknown else await choose_regencies(datasette, **chosen)
    pages = max(1, -(-len(regencies) // REGENCIES_A_PAGE))
    page = min(page_number(request), pages)
    shown = regencies[(page - 1) * REGENCIES_A_PAGE : page * REGENCIES_A_PAGE]
    stages = await fetch_rows(datasette, "select code, name_id, name_en from stages order by position")
    watched = await fetch_watched(datasette)
    dots = [_dot(regency, language_of(request)) for regency in watched]
    return await render(
        datasette,
        request,
        "stages.html",
        status=400 if unknown else 200,
        unknown=unknown,
        chosen=chosen,
        query=_query(chosen),
        regencies=shown,
        found=len(regencies),
        first=(page - 1) * REGENCIES_A_PAGE + 1,
        page=page,
        pages=pages,
        cells=_cells(await fetch_steps(datasette, shown, chosen["year"])),
        phase_stages=_by_phase(stages),
        watched=watched,
        watched_by={row["code"]: row["watched_by"] for row in watched},
        watched_here=[row for row in watched if row["province_code"] == chosen["province"]],
        watched_counts=count_watched(watched),
        watched_provinces=by_province(watched),
        watched_kinds=WATCHED,
        map=draw(INDONESIA, dots),
        java=draw(JAVA, dots),
        islands=[(name, part(INDONESIA, frame)) for name, frame in ISLANDS.items()],
        months=await fetch_months(datasette, chosen["province"], chosen["year"]),
        **options,
    )


async def table(datasette: Any, request: Request) -> Response:
    """The whole table of a choice, a row for each step: what the page shows, with ids and evidence."""
    chosen, unknown = _choice(request, await _options(datasette))
    as_csv = request.url_vars["format"] == "csv"
    if unknown:
        value = (request.args.get(unknown[0]) or "")[:100]
        said = {"error": translate("data.unknown", language_of(request), name=unknown[0], value=value)}
        return Response.text(said["error"], status=400) if as_csv else Response.json(said, status=400)
    rows = await _long_rows(datasette, request, chosen)
    headers = {"cache-control": f"max-age={datasette.setting('default_cache_ttl')}"}
    if as_csv:
        headers["content-disposition"] = 'attachment; filename="tahapan.csv"'
        return Response(csv_text(COLUMNS, rows), headers=headers, content_type="text/csv; charset=utf-8")
    release = await fetch_row(datasette, "select id, hash, made_at from release")
    return Response.json(
        {"release": release, "chosen": _query(chosen), "count": len(rows), "rows": rows}, headers=headers
    )


async def stage(datasette: Any, request: Request) -> Response:
    code = request.url_vars["code"]
    found = await fetch_row(datasette, STAGE, {"code": code})
    if found is None:
        return await not_found(datasette, request, "missing.stage")
    editions = await fetch_rows(datasette, EDITIONS, {"code": code})
    names = [_edition_name(row["edition"]) for row in editions]
    asked = request.args.get("edisi") or ""
    is_unknown = asked not in ("", *names)
    edition = asked or (names[0] if names else "")
    chosen = next((row for name, row in zip(names, editions, strict=True) if name == edition), None)
    pages = max(1, -(-(chosen["held"] + chosen["announced"]) // STEPS_A_PAGE)) if chosen else 1
    page = min(page_number(request), pages)
    taken = await fetch_rows(
        datasette,
        TAKEN,
        {
            "code": code,
            "edition": chosen and chosen["edition"],
            "size": STEPS_A_PAGE,
            "start": (page - 1) * STEPS_A_PAGE,
        },
    ) if chosen else []  # fmt: skip
    never_taken = await fetch_rows(datasette, NOT_TAKEN, {"code": code})
    by_edition = bool(asked and chosen)
    not_taken = (
        await fetch_rows(datasette, NOT_TAKEN_IN, {"code": code, "edition": chosen and chosen["edition"]})
        if by_edition
        else never_taken
    )
    regencies = await _count_regencies(datasette)
    return await render(
        datasette,
        request,
        "stage.html",
        status=400 if is_unknown else 200,
        is_unknown=is_unknown,
        stage=found,
        stages=await fetch_rows(datasette, "select code, name_id, name_en from stages order by position"),
        editions=[{**row, "name": name} for name, row in zip(names, editions, strict=True)],
        edition=edition,
        chosen=chosen,
        without_edition=WITHOUT_EDITION,
        taken=taken,
        page=page,
        pages=pages,
        ever=regencies - len(never_taken),
        never_taken=_not_taken(never_taken),
        not_taken=_not_taken(not_taken),
        by_edition=by_edition,
        regencies=regencies,
    )


async def _options(datasette: Any) -> Row:
    """What can be chosen: provinces, years of the programme, years of joining."""
    return {
        "provinces": await fetch_rows(datasette, "select code, name from provinces order by name"),
        "years": [str(row["year"]) for row in await fetch_rows(datasette, YEARS)],
        "cohorts": [str(row["year"]) for row in await fetch_rows(datasette, COHORTS)],
    }


def _choice(request: Request, options: Row) -> tuple[Row, list[str]]:
    """What was chosen, and the names in the address whose values there are not."""
    allowed = {
        "provinsi": {row["code"] for row in options["provinces"]},
        "angkatan": set(options["cohorts"]),
        "tahun": set(options["years"]),
        "urut": set(ORDERS),
        "semua": {"1"},
    }
    asked = {name: request.args.get(name) or "" for name in allowed}
    unknown = [name for name, value in asked.items() if value and value not in allowed[name]]
    known = {name: "" if name in unknown else value for name, value in asked.items()}
    chosen = {
        "province": known["provinsi"],
        "cohort": known["angkatan"],
        "year": known["tahun"],
        "order": known["urut"] or ORDERS[0],
        "everyone": known["semua"] == "1",
    }
    return chosen, unknown


def _query(chosen: Row) -> Row:
    """The choice as it stands in an address."""
    return {
        "provinsi": chosen["province"],
        "angkatan": chosen["cohort"],
        "tahun": chosen["year"],
        "urut": chosen["order"] if chosen["order"] != ORDERS[0] else "",
        "semua": "1" if chosen["everyone"] else "",
    }


def _cells(steps: list[Row]) -> dict[tuple[str, str], list[Row]]:
    """The steps of each regency and stage."""
    cells: dict[tuple[str, str], list[Row]] = {}
    for step in steps:
        cells.setdefault((step["regency_code"], step["stage_code"]), []).append({**step, "status": step["state"]})
    return cells


async def _long_rows(datasette: Any, request: Request, chosen: Row) -> list[Row]:
    regencies = await choose_regencies(datasette, **chosen)
    watched = {row["code"]: row["watched_by"] for row in await fetch_watched(datasette)}
    names = {row["code"]: row["name_id"] for row in await fetch_rows(datasette, "select code, name_id from stages")}
    steps: dict[str, list[Row]] = {}
    for step in await fetch_steps(datasette, regencies, chosen["year"], proved=True):
        steps.setdefault(step["regency_code"], []).append(step)
    site = whole_address(datasette, request, "/")
    nothing: Row = dict.fromkeys(COLUMNS)
    return [
        {
            **nothing,
            **{name: value for name, value in step.items() if name in nothing},
            "regency_code": regency["code"],
            "regency_name": regency["name"],
            "province_code": regency["province_code"],
            "province_name": regency["province_name"],
            "cohort_year": regency["cohort_year"],
            "watched_by": watched[regency["code"]],
            "stage_name": names.get(step.get("stage_code")),
            **_addresses(site, step),
        }
        for regency in regencies
        for step in steps.get(regency["code"], [{"state": "nothing"}])
    ]


def _addresses(site: str, step: Row) -> Row:
    """Where the event and its proof stand on the site."""
    event, article = step.get("event_id"), step.get("evidence_article_id")
    return {
        "event_url": event and f"{site}peristiwa/{event}",
        "evidence_url": article and f"{site}artikel/{article}#bukti-{step['evidence_number']}",
    }


def _not_taken(regencies: list[Row]) -> Row:
    """Those that did not take a step, by what is known: announced, a gap, or nothing; of these by who is watched."""
    silent = [row for row in regencies if row["state"] is None]
    return {
        "announced": [row for row in regencies if row["state"] == "announced"],
        "unreported": [row for row in regencies if row["state"] == "unreported"],
        "members": [row for row in silent if row["cohort_year"]],
        "others": [row for row in silent if not row["cohort_year"]],
    }


def _edition_name(edition: int | None) -> str:
    return WITHOUT_EDITION if edition is None else str(edition)


async def _count_regencies(datasette: Any) -> int:
    counted = await fetch_row(datasette, "select count(*) as n from regencies")
    return counted["n"] if counted else 0


def _dot(regency: Row, language: Language) -> Row:
    kind = regency["watched_by"]
    return {**regency, "class": f"w-{kind}", "title": f"{regency['name']}: {translate(f'watched.{kind}', language)}"}


def _by_phase(stages: list[Row]) -> list[tuple[str, list[Row]]]:
    """The columns: the stages of each phase together, what is no step of the path last."""
    columns = {**PHASES, "lainnya": ("lainnya",)}
    return [(phase, [stage for stage in stages if stage["code"] in codes]) for phase, codes in columns.items()]
