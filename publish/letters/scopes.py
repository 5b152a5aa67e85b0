"""What a reader can choose to be written about, as conditions on the tables of public.db."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, urlencode

from sqlite_utils import Database

from publish.dates_id import Language
from publish.letters.rows import Row, read_rows
from publish.site.search.words import FOUND, Arguments, Search, build_search, expression, questions, search_name
from publish.site.strings import translate

Kind = Literal["all", "regency", "province", "stage", "official", "outlet", "search", "none"]

Sources = Literal["all", "places", "one"]


@dataclass(frozen=True, slots=True)
class Scope:
    """A choice of events, with the articles, reports, regencies and sources that belong to it.

    Every condition is SQL on the table that its comment names, with `parameters`.
    """

    kind: Kind
    value: str
    """The key that leads to it now: that of a person who became part of another is the other's."""
    name: Mapping[Language, str]
    """What is followed, such as "Kabupaten Paser"."""
    path: str
    """The page of the site that shows it, such as /daerah/64.01."""
    where: str = "true"
    """On events."""
    parameters: Mapping[str, object] = field(default_factory=dict)
    where_version: str = "true"
    """On event_versions."""
    where_article: str = "true"
    """On articles."""
    where_report: str = "true"
    """On stage_reports, also those that are no event."""
    where_regency: str = "false"
    """On regencies: those of whose silence it tells."""
    sources: Sources = "all"
    """From which sources its news could come: from all, from those of `regencies`, `provinces` or the whole country, or
    from the one that it is about."""
    regencies: tuple[str, ...] = ()
    """Codes of the regencies that it is about."""
    provinces: tuple[str, ...] = ()
    """Codes of the provinces that these lie in."""


NO_EVENTS = Scope(
    "none",
    "",
    {"id": "", "en": ""},
    "",
    "false",
    where_version="false",
    where_article="false",
    where_report="false",
)
"""Of a letter that tells only of the answers of queries."""


def find_scope(db: Database, kind: str, value: str = "") -> Scope | None:
    """The scope of a choice, or None where there is no such thing; `db` is public.db.

    `value` is the code of a regency, province or stage, the id of a person, the name of a source, or the query string
    of /cari; of `all` it is empty. Other kinds have no scope.
    """
    find = FINDERS.get(kind)
    return find(db, value) if find else None


def renamed(condition: str, number: int) -> str:
    """A condition with parameters of its own, so that several fit into one query.

    >>> renamed("events.regency_code = :code", 3)
    'events.regency_code = :s3_code'
    """
    return re.sub(r":(\w+)", rf":s{number}_\1", condition)


def renamed_parameters(scope: Scope, number: int) -> Row:
    """The parameters of a scope under the names that `renamed` gives them."""
    return {f"s{number}_{name}": value for name, value in scope.parameters.items()}


def _first(db: Database, sql: str, key: str) -> Row | None:
    return next(iter(read_rows(db, sql, key=key)), None)


def _all(db: Database, value: str) -> Scope | None:
    if value:
        return None
    name: dict[Language, str] = {language: translate("feed.all", language) for language in ("id", "en")}
    return Scope("all", "", name, "/peristiwa", where_regency="true")


SUBJECT = """
exists (
    select 1
    from article_regencies
    where article_regencies.article_id = articles.id and article_regencies.role = 'subject'
        and article_regencies.confidence >= 0.5 and article_regencies.regency_code {regencies}
)
"""


def _regency(db: Database, value: str) -> Scope | None:
    row = _first(db, "select code, name, province_code from regencies where code = :key", value)
    if row is None:
        return None
    return Scope(
        "regency",
        row["code"],
        {"id": row["name"], "en": row["name"]},
        f"/daerah/{row['code']}",
        "events.regency_code = :code",
        {"code": row["code"], "province": row["province_code"]},
        where_version="event_versions.regency_code = :code",
        where_article=SUBJECT.format(regencies="= :code"),
        where_report="stage_reports.regency_code = :code",
        where_regency="regencies.province_code = :province",
        sources="places",
        regencies=(row["code"],),
        provinces=(row["province_code"],),
    )


CODES = "select code from regencies where province_code = ? order by code"


def _province(db: Database, value: str) -> Scope | None:
    row = _first(db, "select code, name from provinces where code = :key", value)
    if row is None:
        return None
    regencies = "in (select code from regencies where province_code = :province)"
    return Scope(
        "province",
        row["code"],
        {"id": f"Provinsi {row['name']}", "en": f"Provinsi {row['name']}"},
        f"/provinsi/{row['code']}",
        f"events.regency_code {regencies}",
        {"province": row["code"]},
        where_version=f"event_versions.regency_code {regencies}",
        where_article=SUBJECT.format(regencies=regencies),
        where_report=f"stage_reports.regency_code {regencies}",
        where_regency="regencies.province_code = :province",
        sources="places",
        regencies=tuple(code for (code,) in db.execute(CODES, [row["code"]])),
        provinces=(row["code"],),
    )


def _stage(db: Database, value: str) -> Scope | None:
    row = _first(db, "select code, name_id, name_en from stages where code = :key", value)
    if row is None:
        return None
    return Scope(
        "stage",
        row["code"],
        {"id": row["name_id"], "en": row["name_en"]},
        f"/tahapan/{row['code']}",
        "events.stage_code = :code",
        {"code": row["code"]},
        where_version="event_versions.stage_code = :code",
        # An article that tells no stage is not of this one.
        where_article="false",
        where_report="stage_reports.stage_code = :code",
    )


PERSON = """
select people.id, people.name, people.regency_code, regencies.province_code
from people
left join regencies on regencies.code = people.regency_code
where people.id = coalesce((select person_id from merged_people where merged_people.id = :key), :key)
"""


def _official(db: Database, value: str) -> Scope | None:
    row = _first(db, PERSON, value)
    if row is None:
        return None
    events = "in (select event_id from event_people where person_id = :code)"
    named = "select 1 from officials where officials.article_id = {article} and officials.person_id = :code"
    return Scope(
        "official",
        row["id"],
        {"id": row["name"], "en": row["name"]},
        f"/pejabat/{row['id']}",
        f"events.id {events}",
        {"code": row["id"]},
        where_version=f"event_versions.event_id {events}",
        where_article=f"exists ({named.format(article='articles.id')})",
        where_report=f"exists ({named.format(article='stage_reports.article_id')})",
        sources="places" if row["regency_code"] else "all",
        regencies=tuple(code for code in (row["regency_code"],) if code),
        provinces=tuple(code for code in (row["province_code"],) if code),
    )


OUTLET_EVENTS = """
exists (
    select 1
    from stage_reports as told
    join articles as telling on telling.id = told.article_id
    where told.event_id = {event} and telling.source = :code
)
"""


def _outlet(db: Database, value: str) -> Scope | None:
    row = _first(db, "select name, outlet_name from sources where name = :key", value)
    if row is None:
        return None
    source = "(select source from articles as telling where telling.id = stage_reports.article_id)"
    return Scope(
        "outlet",
        row["name"],
        {"id": row["outlet_name"], "en": row["outlet_name"]},
        f"/media/{row['name']}",
        OUTLET_EVENTS.format(event="events.id"),
        {"code": row["name"]},
        where_version=OUTLET_EVENTS.format(event="event_versions.event_id"),
        where_article="articles.source = :code",
        where_report=f"{source} = :code",
        sources="one",
    )


# The index knows what is told now: what was withdrawn is not found.
FOUND_IDS = """
(
    select search.id
    from search_fts
    join search on search.number = search_fts.rowid
    where search_fts match :{expression}
    limit :most
)
"""


def _search(db: Database, value: str) -> Scope | None:
    arguments = _first_of_each(value)
    search = _read_search(db, arguments)
    if search.is_empty or search.unknown:
        return None
    asked = {name: text for name, text in {"q": search.query, **search.filters}.items() if text}
    names: dict[Language, str] = {language: search_name(search, language) for language in ("id", "en")}
    events, articles = (FOUND_IDS.format(expression=name) for name in ("event", "article"))
    return Scope(
        "search",
        urlencode(asked),
        names,
        f"/cari?{urlencode(asked)}",
        f"events.id in {events}",
        {"event": expression(search, "event"), "article": expression(search, "article"), "most": FOUND},
        where_version=f"event_versions.event_id in {events}",
        where_article=f"articles.id in {articles}",
        where_report=f"stage_reports.article_id in {articles}",
    )


def _first_of_each(query: str) -> dict[str, str]:
    pairs = parse_qsl(query.removeprefix("?"), max_num_fields=50) if query.count("&") < 50 else []
    return dict(reversed(pairs))


def _read_search(db: Database, arguments: Arguments) -> Search:
    labels, places = (list(db.query(sql, dict(values))) for sql, values in questions(arguments))
    return build_search(arguments, labels, places)


FINDERS: Mapping[str, Callable[[Database, str], Scope | None]] = {
    "all": _all,
    "regency": _regency,
    "province": _province,
    "stage": _stage,
    "official": _official,
    "outlet": _outlet,
    "search": _search,
}
