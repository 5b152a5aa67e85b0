"""/daerah: all kabupaten and kota, and a page for each."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable
from itertools import groupby
from typing import Any
from urllib.parse import quote, unquote, urlencode

from datasette import Request, Response, hookimpl

from publish.site.map import around, draw
from publish.site.page import KEY, Row, fetch_row, fetch_rows, page_number, render
from publish.site.regency.ladder import FOLDED, build_ladder, find_coming, find_furthest, find_latest
from publish.site.regency.names import LONGEST, alike, bare_name, read_code, read_name
from publish.site.regency.queries import NAMED_SHOWN, OTHERS_SHOWN, QUERIES, REGENCY, STORIES_A_PAGE, STORY_COUNTS
from publish.site.regency.standings import SORTS, STANDING_PARAMETERS, STANDINGS_OF_ALL, STATES, compare, in_state

OTHER_NAMES = """
select regency_code, lower(group_concat(distinct alias)) as aliases
from regency_aliases
join regencies on regencies.code = regency_code
where regency_aliases.kind in ('abbreviation', 'capital', 'old_name') and instr(name, alias) = 0
group by regency_code
"""

PROVINCES = "select code, name from provinces order by name"

NAMED = """
select code, name, province_name, name = :name collate nocase as is_whole
from regencies
where name = :name collate nocase or code in (
    select regency_code from regency_aliases where alias collate nocase in (:name, :bare)
)
order by code
"""

NAMES = """
select lower(alias) as name, regency_code as code from regency_aliases
union
select lower(short_name), code from regencies
"""

PLACES = """
select code, name, province_name
from regencies
where code in (select value from json_each(:codes)) or province_code = :province
order by code
"""


MAP_DEGREES = 8


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/daerah$", regencies), (rf"^/daerah/(?P<code>{KEY})$", regency)]


async def regencies(datasette: Any, request: Request) -> Response:
    chosen = {
        "q": (request.args.get("q") or "").strip()[:200],
        "province": request.args.get("provinsi") or "",
        "cohort": request.args.get("angkatan") or "",
        "state": _one_of(STATES, request.args.get("tampil")),
        "sort": _one_of(SORTS, request.args.get("urut")),
    }
    rows = await fetch_rows(datasette, STANDINGS_OF_ALL, STANDING_PARAMETERS)
    aliases = {row["regency_code"]: row["aliases"] for row in await fetch_rows(datasette, OTHER_NAMES)}
    rows = [row | {"aliases": aliases.get(row["code"], "").replace(",", " ")} for row in rows]
    shown = [row for row in rows if _is_chosen(row, chosen)]
    if chosen["sort"]:
        groups = [("", sorted(shown, key=SORTS[chosen["sort"]]))] if shown else []
    else:
        groups = [(name, list(members)) for name, members in groupby(shown, key=lambda row: row["province_name"])]
    return await render(
        datasette,
        request,
        "regencies.html",
        groups=groups,
        total=len(shown),
        chosen=chosen,
        is_narrowed=len(shown) < len(rows),
        states=STATES,
        provinces=await fetch_rows(datasette, PROVINCES),
        cohorts=sorted({row["cohort_year"] for row in rows if row["cohort_year"]}),
    )


async def regency(datasette: Any, request: Request) -> Response:
    asked = unquote(request.url_vars["code"])
    row = await fetch_row(datasette, REGENCY, {"code": asked})
    if row is None:
        return await _find_meant(datasette, request, asked)
    (story_counts,) = await fetch_rows(datasette, STORY_COUNTS, {"code": asked})
    is_only_named = story_counts["mention"] and not story_counts["subject"]
    role = "mention" if is_only_named or request.args.get("artikel") == "sebut" else "subject"
    page, last_page = page_number(request), max(1, -(-story_counts[role] // STORIES_A_PAGE))
    if page > last_page:
        number = last_page if last_page > 1 else None
        return _go(datasette, request, f"/daerah/{asked}", artikel=request.args.get("artikel"), halaman=number)
    offset = (page - 1) * STORIES_A_PAGE
    parameters = {"code": asked, "role": role, "offset": offset, **STANDING_PARAMETERS}
    found = {name: await fetch_rows(datasette, sql, parameters) for name, sql in QUERIES.items()}
    return await render(
        datasette,
        request,
        "regency.html",
        regency=row,
        role=role,
        page=page,
        last_page=last_page,
        offset=offset,
        story_counts=story_counts,
        **_tell(found, row),
    )


def _tell(found: dict[str, list[Row]], row: Row) -> Row:
    """What the template says of what was found."""
    ladder = build_ladder(found["rungs"], found["gaps"], found["others"][:OTHERS_SHOWN], found["unsure"])
    terms, standings = found["terms"], found["standings"]
    flags = [list(raised) for _, raised in groupby(found["flags"], lambda one: (one["later_event_id"], one["rule"]))]
    near = [standing for standing in standings if standing["place"] is not None]
    now = [term for term in terms if term["is_latest"] != 0]
    (elsewhere,) = found["elsewhere"]
    return {
        **found,
        "ladder": ladder,
        "folded": FOLDED,
        "named_shown": NAMED_SHOWN,
        "events": [rung for rung in found["rungs"] if rung["id"]],
        "has_more_events": len(found["others"]) > OTHERS_SHOWN,
        "furthest": find_furthest(found["rungs"]),
        "latest": find_latest(found["rungs"]),
        "coming": find_coming(found["rungs"]),
        "missing": _missing(found, flags),
        "flags": flags,
        "now": now,
        "before": [term for term in terms if term["is_latest"] == 0],
        "speakers": _speakers(now),
        "copies": {
            story: list(copies) for story, copies in groupby(found["copies"], key=lambda copy: copy["story_id"])
        },
        "elsewhere": elsewhere,
        "near": near,
        "around": draw(around(row["longitude"], row["latitude"], MAP_DEGREES), near[::-1]),
        "cohort": _furthest_first(standing for standing in standings if standing["is_cohort"]),
        "comparison": compare(standings, row["code"]),
    }


def _speakers(now: list[Row]) -> list[Row]:
    """Who speaks for the regency: its two leaders, and whoever leads the agency in charge of the programme."""
    seen = [term for term in now if term["is_single"] and term["last_seen_date"]]
    return seen[:2] + [term for term in seen[2:] if "Komunikasi" in (term["agency_name"] or "")][:1]


def _missing(found: dict[str, list[Row]], flags: list[list[Row]]) -> list[tuple[str, int, str]]:
    """What is missing or doubtful here: its key in strings/, how many, and the place on the page that tells."""
    told = [rung for rung in found["rungs"] if rung["id"]]
    counts = (
        ("unreported", sum(rung["state"] == "unreported" for rung in [*found["rungs"], *found["gaps"]]), "tahapan"),
        ("disputed", sum(bool(rung["conflicts"]) for rung in told), "tahapan"),
        ("undated", sum(rung["start_date"] is None for rung in told), "tahapan"),
        ("past", sum(bool(rung["is_past"]) for rung in told), "tahapan"),
        ("unsure", found["unsure"][0]["total"] if found["unsure"] else 0, "tahapan"),
        ("order", len(flags), "urutan"),
        ("office", len(found["conflicts"]), "jabatan-ganda"),
        ("source", sum(not source["is_read"] for source in found["sources"]), "sumber" if told else "sepi"),
    )
    return [one for one in counts if one[1]]


def _furthest_first(standings: Iterable[Row]) -> list[Row]:
    return sorted(standings, key=lambda row: (-(row["phase"] or 0), SORTS["langkah"](row), row["code"]))


def _is_chosen(row: Row, chosen: dict[str, str]) -> bool:
    names = f"{row['name']} {row['aliases']} {row['province_name']}".lower()
    return (
        all(word in names for word in chosen["q"].lower().split())
        and chosen["province"] in ("", row["province_code"])
        and chosen["cohort"] in ("", str(row["cohort_year"] or "tanpa"))
        and (not chosen["state"] or in_state(row, chosen["state"]))
    )


def _one_of(known: Container[str], asked: str | None) -> str:
    """What is asked for where it is known, else nothing."""
    return asked if asked and asked in known else ""


async def _find_meant(datasette: Any, request: Request, asked: str) -> Response:
    """The regency that a code written otherwise or a name means; where none or several are, a page that offers some."""
    code = read_code(asked)
    members = await _fetch_places(datasette, province=code[:2]) if code else []
    if members and len(code or "") == 2:
        return _go(datasette, request, f"/provinsi/{code}")
    if code in {row["code"] for row in members}:
        return _go(datasette, request, f"/daerah/{code}")
    name = read_name(asked)
    named = await fetch_rows(datasette, NAMED, {"name": name, "bare": bare_name(name)})
    meant = [row for row in named if row["is_whole"]] or named
    if len(meant) == 1:
        return _go(datasette, request, f"/daerah/{meant[0]['code']}")
    names = {} if meant or code else {row["name"]: row["code"] for row in await fetch_rows(datasette, NAMES)}
    near = {names[likely] for likely in alike(bare_name(name), list(names))}
    return await render(
        datasette,
        request,
        "regency_missing.html",
        # Several are meant: none of them is what was asked for, and each may be.
        status=300 if meant else 404,
        query="" if code else asked[:LONGEST],
        candidates=meant,
        alike=await _fetch_places(datasette, near) if near else [],
        members=members,
    )


async def _fetch_places(datasette: Any, codes: Iterable[str] = (), province: str = "") -> list[Row]:
    return await fetch_rows(datasette, PLACES, {"codes": json.dumps(list(codes)), "province": province})


def _go(datasette: Any, request: Request, path: str, **parameters: object) -> Response:
    """A redirect that keeps the language."""
    if request.args.get("lang") == "en":
        parameters["lang"] = "en"
    query = urlencode({name: value for name, value in parameters.items() if value})
    return Response.redirect(datasette.urls.path(quote(path)) + (f"?{query}" if query else ""))
