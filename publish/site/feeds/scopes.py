"""What a reader can follow: everything, a regency, a province, a stage, a person, or a search."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from datasette import Request

from publish.dates_id import Language
from publish.site.events import STATES, FilterError, filter_condition, filter_parameters, read_filter
from publish.site.page import fetch_row, fetch_rows
from publish.site.search.asking import read_search
from publish.site.search.words import FOUND, Arguments, expression, search_name
from publish.site.strings import translate


@dataclass(frozen=True, slots=True)
class Scope:
    """A choice of events, and where they are shown."""

    name: Mapping[Language, str]
    """What is followed, such as "Kabupaten Paser"."""
    path: str
    """The address of its feed without the ending, such as /daerah/64.01."""
    page: str
    """The address of the page on which its events are shown."""
    where: str = "true"
    """The condition on events."""
    where_version: str = "true"
    """The condition on event_versions."""
    parameters: Mapping[str, object] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    """What stands behind the question mark of its feed."""


Find = Callable[[Any, Request], Awaitable[Scope | None]]

REGENCY = "select code, name from regencies where code = :key"
PROVINCE = "select code, name from provinces where code = :key"
STAGE = "select code, name_id, name_en from stages where code = :key"
PERSON = """
select people.id, people.name
from people
where people.id = coalesce((select person_id from merged_people where merged_people.id = :key), :key)
"""


def all_events() -> Scope:
    """Everything."""
    name: dict[Language, str] = {language: translate("feed.all", language) for language in ("id", "en")}
    return Scope(name, "/peristiwa", "/peristiwa")


async def find_regency(datasette: Any, key: str) -> Scope | None:
    """The regency of a code, or None."""
    row = await fetch_row(datasette, REGENCY, {"key": key})
    if row is None:
        return None
    return Scope(
        {"id": row["name"], "en": row["name"]},
        f"/daerah/{row['code']}",
        f"/daerah/{row['code']}",
        "events.regency_code = :code",
        "event_versions.regency_code = :code",
        {"code": row["code"]},
    )


async def find_province(datasette: Any, key: str) -> Scope | None:
    """The province of a code, or None."""
    row = await fetch_row(datasette, PROVINCE, {"key": key})
    if row is None:
        return None
    regencies = "(select code from regencies where province_code = :code)"
    return Scope(
        {"id": f"Provinsi {row['name']}", "en": f"Provinsi {row['name']}"},
        f"/provinsi/{row['code']}",
        f"/provinsi/{row['code']}",
        f"events.regency_code in {regencies}",
        f"event_versions.regency_code in {regencies}",
        {"code": row["code"]},
    )


async def find_stage(datasette: Any, key: str) -> Scope | None:
    """The stage of a code, or None."""
    row = await fetch_row(datasette, STAGE, {"key": key})
    if row is None:
        return None
    return Scope(
        {"id": row["name_id"], "en": row["name_en"]},
        f"/tahapan/{row['code']}",
        f"/tahapan/{row['code']}",
        "events.stage_code = :code",
        "event_versions.stage_code = :code",
        {"code": row["code"]},
    )


async def find_person(datasette: Any, key: str) -> Scope | None:
    """The person of an id, or None; a former id leads to the person it is part of."""
    row = await fetch_row(datasette, PERSON, {"key": key})
    if row is None:
        return None
    events = "(select event_id from event_people where person_id = :code)"
    return Scope(
        {"id": row["name"], "en": row["name"]},
        f"/pejabat/{row['id']}",
        f"/pejabat/{row['id']}",
        f"events.id in {events}",
        f"event_versions.event_id in {events}",
        {"code": row["id"]},
    )


EVENT = """
select events.id, events.regency_name, stages.name_id, stages.name_en
from events
join stages on stages.code = events.stage_code
where events.id = coalesce((select event_id from merged_events where merged_events.id = :key), :key)
"""


async def find_event(datasette: Any, key: str) -> Scope | None:
    """The event of an id, or None; a former id leads to the event that it is part of."""
    row = await fetch_row(datasette, EVENT, {"key": key})
    if row is None:
        return None
    place = f": {row['regency_name']}" if row["regency_name"] else ""
    return Scope(
        {"id": row["name_id"] + place, "en": row["name_en"] + place},
        f"/peristiwa/{row['id']}",
        f"/peristiwa/{row['id']}",
        "events.id = :code",
        "event_versions.event_id = :code",
        {"code": row["id"]},
    )


# The events that a search finds, without those that are there no more: the index knows what is told now.
FOUND_EVENTS = """
(
    select search.id
    from search_fts
    join search on search.number = search_fts.rowid
    where search_fts match :expression
    limit :most
)
"""


async def find_search(datasette: Any, arguments: Arguments) -> Scope | None:
    """The search of an address, as /cari understands it; None where nothing is asked, or by what is not known."""
    search = await read_search(datasette, arguments)
    if search.is_empty or search.unknown:
        return None
    query = {"q": search.query, **search.filters}
    return Scope(
        {language: search_name(search, language) for language in ("id", "en")},
        "/cari",
        "/cari",
        f"events.id in {FOUND_EVENTS}",
        f"event_versions.event_id in {FOUND_EVENTS}",
        {"expression": expression(search, "event"), "most": FOUND},
        {name: value for name, value in query.items() if value},
    )


def _by_key(find: Callable[[Any, str], Awaitable[Scope | None]]) -> Find:
    async def find_of(datasette: Any, request: Request) -> Scope | None:
        return await find(datasette, request.url_vars["key"])

    return find_of


CHOSEN = """
select name as id, name as en from regencies where code = :daerah
union all
select 'Provinsi ' || name, 'Provinsi ' || name from provinces where code = :provinsi
union all
select name_id, name_en from stages where code = :tahapan
"""


async def _listed(datasette: Any, request: Request) -> Scope | None:
    """What the list of events at an address shows; None where it shows nothing because a choice cannot be."""
    try:
        asked = read_filter(request)
    except FilterError:
        return None
    codes = {name: asked.get(name) for name in ("daerah", "provinsi", "tahapan")}
    named = await fetch_rows(datasette, CHOSEN, codes)
    if len(named) < sum(code is not None for code in codes.values()):
        return None
    condition = filter_condition(asked)
    # What reports differ on is told of what stands now only.
    where_version = "false" if "beda" in asked else condition.replace("events.", "event_versions.")
    everything = all_events()
    return replace(
        everything,
        name={language: _list_name(asked, [row[language] for row in named], language) for language in ("id", "en")},
        where=condition,
        where_version=where_version,
        parameters=filter_parameters(asked),
        query=asked,
    )


def _list_name(asked: Mapping[str, str], named: list[str], language: Language) -> str:
    words = [*named]
    words += [translate(f"feed.{name}", language, value=asked[name]) for name in ("edisi", "tahun") if name in asked]
    words += [translate(f"status.{STATES[asked['keadaan']]}", language)] if "keadaan" in asked else []
    words += [translate("feed.beda", language)] if "beda" in asked else []
    return ", ".join(words) or translate("feed.all", language)


async def _search(datasette: Any, request: Request) -> Scope | None:
    return await find_search(datasette, request.args)


FINDERS: Mapping[str, Find] = {
    r"/peristiwa": _listed,
    r"/peristiwa/(?P<key>[^/]+)": _by_key(find_event),
    r"/daerah/(?P<key>[^/]+)": _by_key(find_regency),
    r"/provinsi/(?P<key>[^/]+)": _by_key(find_province),
    r"/tahapan/(?P<key>[^/]+)": _by_key(find_stage),
    r"/pejabat/(?P<key>[^/]+)": _by_key(find_person),
    r"/cari": _search,
}
"""Who finds what is followed, by the address of its feed without the ending (a regular expression)."""
