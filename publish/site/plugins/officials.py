"""/pejabat: who was seen in which office; and each of them, with what they said and where they were."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from datasette import Request, Response, hookimpl

from publish.site.events import EVENT_CARDS
from publish.site.facts import name_facts
from publish.site.page import KEY, Row, fetch_row, fetch_rows, language_of, not_found, render
from publish.site.paging import Paging, read_paging
from publish.site.search.asking import read_search
from publish.site.search.words import expression

PAGE_SIZE = 30
QUOTES_SHOWN = 30
EVENTS_SHOWN = 30

# By the name in the address: what it must look like, and the key of the index of the search.
FILTERS: Mapping[str, tuple[str, str]] = {
    "provinsi": (r"\d\d", "p"),
    "daerah": (r"\d\d\.\d\d", "r"),
    "masa": (r"kini|dulu", "j"),
    "pelaksana": (r"1", "jpelaksana"),
}

PROVINCES = "select code, name from provinces order by name"

REGENCY = "select code, name from regencies where code = :code"

# The index holds persons in the order in which they were seen last.
COUNT = "select count(*) as total from search_fts where search_fts match :expression"

LISTED = """
select people.id, people.name, people.articles, people.outlets, people.spellings, people.last_seen_date
from (
    select search_fts.rowid as number
    from search_fts
    where search_fts match :expression
    order by search_fts.rowid
    limit :size offset :offset
) as found
join search on search.number = found.number
join people on people.id = search.id
order by found.number
"""

TERM_COLUMNS = """
    office_terms.office_id, office_terms.person_id, office_terms.status, office_terms.office_name,
    office_terms.agency_name, office_terms.regency_code, regencies.name as regency_name, office_terms.first_seen_date,
    office_terms.last_seen_date, office_terms.is_latest, office_terms.articles, office_terms.outlets,
    office_terms.first_article_id, office_terms.first_evidence_number, office_terms.last_article_id,
    office_terms.last_evidence_number
"""

# The last seen first; of those on one day, what nobody else was seen in since.
TERMS_OF = f"""
select {TERM_COLUMNS}
from office_terms
left join regencies on regencies.code = office_terms.regency_code
where office_terms.person_id in (select value from json_each(:people))
order by office_terms.last_seen_date desc nulls last, office_terms.is_latest desc, office_terms.office_id
"""

NAMES_OF = """
select person_id, name, articles
from person_names
where person_id in (select value from json_each(:people))
order by articles desc, name
"""

CONFLICTS_OF = """
select
    office_conflicts.person_a_id, office_conflicts.person_b_id, office_conflicts.office_id,
    office_conflicts.office_name, office_conflicts.agency_name, office_conflicts.regency_code,
    regencies.name as regency_name,
    office_conflicts.person_a_name, office_conflicts.status_a, office_conflicts.seen_a_date,
    office_conflicts.article_a_id, office_conflicts.evidence_a_number,
    office_conflicts.person_b_name, office_conflicts.status_b, office_conflicts.seen_b_date,
    office_conflicts.article_b_id, office_conflicts.evidence_b_number
from office_conflicts
left join regencies on regencies.code = office_conflicts.regency_code
where office_conflicts.person_a_id in (select value from json_each(:people))
union
select
    office_conflicts.person_a_id, office_conflicts.person_b_id, office_conflicts.office_id,
    office_conflicts.office_name, office_conflicts.agency_name, office_conflicts.regency_code, regencies.name,
    office_conflicts.person_a_name, office_conflicts.status_a, office_conflicts.seen_a_date,
    office_conflicts.article_a_id, office_conflicts.evidence_a_number,
    office_conflicts.person_b_name, office_conflicts.status_b, office_conflicts.seen_b_date,
    office_conflicts.article_b_id, office_conflicts.evidence_b_number
from office_conflicts
left join regencies on regencies.code = office_conflicts.regency_code
where office_conflicts.person_b_id in (select value from json_each(:people))
order by 12 desc
limit 100
"""

PERSON = """
select
    people.id, people.name, people.regency_code, people.articles, people.outlets,
    people.first_seen_date, people.last_seen_date
from people
where people.id = :id and exists (select 1 from office_terms where office_terms.person_id = people.id)
"""

MERGED = "select person_id from merged_people where id = :id"

# How the article in which somebody was last seen in an office names them: the fact that a reader may call wrong.
NAMINGS = """
select
    article_id, name, prefix, degrees, position, acting, organization, regency_code, represents, is_quoted,
    evidence_number
from officials
where person_id = :id and article_id in (select value from json_each(:articles))
"""

QUOTES = """
select
    quotes.article_id, quotes.speaker_name, quotes.text, quotes.confidence, quotes.evidence_number,
    articles.outlet_name, articles.title, articles.published_date, articles.date_reason
from quotes
join articles on articles.id = quotes.article_id
where quotes.person_id = :id
order by articles.published_date desc nulls last, quotes.article_id, quotes.number
limit :limit
"""

COUNTS = """
select
    (select count(*) from quotes where person_id = :id) as quotes,
    (select count(distinct event_id) from event_people where person_id = :id) as events
"""

EVENTS = (
    EVENT_CARDS
    + """
where events.id in (select event_id from event_people where person_id = :id)
order by events.start_date desc nulls last, events.id
limit :limit
"""
)

# Evidence links their namings, and others could be meant as well, so they stay two.
MAYBE = """
with own as (
    select :id as naming
    union all
    select id from merged_people where person_id = :id
),
linked as (
    select naming_b as naming, evidence, article_a_id as own_article_id, article_b_id as other_article_id
    from person_links
    where person_id is null and evidence not like 'decided-%' and naming_a in (select naming from own)
    union
    select naming_a, evidence, article_b_id, article_a_id
    from person_links
    where person_id is null and evidence not like 'decided-%' and naming_b in (select naming from own)
)
select
    people.id, people.name, linked.evidence, linked.own_article_id, linked.other_article_id,
    (
        select office_name || coalesce(', ' || agency_name, '')
        from office_terms
        where office_terms.person_id = people.id
        order by last_seen_date desc
        limit 1
    ) as office
from linked
left join merged_people on merged_people.id = linked.naming
join people on people.id = coalesce(merged_people.person_id, linked.naming)
order by people.name, people.id
limit 30
"""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/pejabat$", officials), (rf"^/pejabat/(?P<id>{KEY})$", person)]


async def officials(datasette: Any, request: Request) -> Response:
    filled = {name: (request.args.get(name) or "").strip()[:100] for name in ("q", *FILTERS)}
    provinces = await fetch_rows(datasette, PROVINCES)
    regency = await fetch_row(datasette, REGENCY, {"code": filled["daerah"]}) if filled["daerah"] else None
    context = {"provinces": provinces, "filled": filled, "regency": regency}
    problem = _problem(filled, provinces, regency)
    if problem:
        return await render(datasette, request, "officials.html", status=400, problem=problem, **context)
    wanted, total = await _find(datasette, request, filled)
    paging = read_paging(request, PAGE_SIZE, total)
    people = await _listed(datasette, wanted, paging) if paging.is_there else []
    return await render(
        datasette, request, "officials.html", status=paging.status, people=people, paging=paging, **context
    )


def _problem(filled: Mapping[str, str], provinces: list[Row], regency: Row | None) -> str | None:
    """The field that asks for what there is not."""
    for name, (pattern, _) in FILTERS.items():
        if filled[name] and not re.fullmatch(pattern, filled[name], re.ASCII):
            return name
    if filled["provinsi"] and filled["provinsi"] not in {row["code"] for row in provinces}:
        return "provinsi"
    return "daerah" if filled["daerah"] and regency is None else None


async def _find(datasette: Any, request: Request, filled: Mapping[str, str]) -> tuple[str, int]:
    """The full-text expression for the persons asked for, and how many; words are taken as beginnings where need be."""
    search = await read_search(datasette, request.args)
    keys = [f'keys : "{_key(name, filled[name])}"' for name in FILTERS if filled[name]]
    for is_loose in (False, True):
        wanted = " AND ".join([expression(search, "person", is_loose=is_loose), *keys])
        row = await fetch_row(datasette, COUNT, {"expression": wanted})
        if row and row["total"]:
            return wanted, row["total"]
    return wanted, 0


def _key(name: str, value: str) -> str:
    key = FILTERS[name][1]
    return key if name == "pelaksana" else key + value.replace(".", "")


async def _listed(datasette: Any, wanted: str, paging: Paging) -> list[Row]:
    window = {"size": paging.size, "offset": paging.offset}
    people = await fetch_rows(datasette, LISTED, {"expression": wanted, **window})
    ids = {"people": json.dumps([row["id"] for row in people])}
    terms, names, rivals = defaultdict(list), defaultdict(list), defaultdict(list)
    for term in await fetch_rows(datasette, TERMS_OF, ids):
        terms[term["person_id"]].append(term)
    for row in await fetch_rows(datasette, NAMES_OF, ids):
        names[row["person_id"]].append(row["name"])
    for row in await fetch_rows(datasette, CONFLICTS_OF, ids):
        rivals[row["person_a_id"]].append(row["person_b_name"])
        rivals[row["person_b_id"]].append(row["person_a_name"])
    return [
        row
        | {
            "terms": terms[row["id"]],
            "spellings": [name for name in names[row["id"]] if name != row["name"]][:5],
            "rivals": list(dict.fromkeys(rivals[row["id"]])),
        }
        for row in people
    ]


async def person(datasette: Any, request: Request) -> Response:
    key = {"id": request.url_vars["id"]}
    row = await fetch_row(datasette, PERSON, key)
    merged = None if row else await fetch_row(datasette, MERGED, key)
    if merged:
        english = "?lang=en" if language_of(request) == "en" else ""
        return Response.redirect(datasette.urls.path(f"/pejabat/{merged['person_id']}") + english)
    if row is None:
        return await not_found(datasette, request, "missing.person")
    people = {"people": json.dumps([row["id"]])}
    return await render(
        datasette,
        request,
        "person.html",
        person=row,
        names=[one for one in await fetch_rows(datasette, NAMES_OF, people) if one["name"] != row["name"]],
        terms=await _terms(datasette, row["id"], people),
        conflicts=[_seen_by(row["id"], one) for one in await fetch_rows(datasette, CONFLICTS_OF, people)],
        maybe=await fetch_rows(datasette, MAYBE, key),
        counts=await fetch_row(datasette, COUNTS, key),
        quotes=name_facts("quote", await fetch_rows(datasette, QUOTES, {**key, "limit": QUOTES_SHOWN})),
        events=await fetch_rows(datasette, EVENTS, {**key, "limit": EVENTS_SHOWN}),
    )


async def _terms(datasette: Any, person_id: str, people: Row) -> list[Row]:
    """The offices of a person, each with the naming that proves it last."""
    terms = await fetch_rows(datasette, TERMS_OF, people)
    articles = json.dumps([term["last_article_id"] for term in terms])
    namings = name_facts("official", await fetch_rows(datasette, NAMINGS, {"id": person_id, "articles": articles}))
    facts = {(naming["article_id"], naming["evidence_number"]): naming["fact"] for naming in namings}
    return [term | {"fact": facts.get((term["last_article_id"], term["last_evidence_number"]))} for term in terms]


def _seen_by(person_id: str, conflict: Row) -> Row:
    """A contradiction as the page of one of the two tells it: `own` and `other`."""
    sides = ("a", "b") if conflict["person_a_id"] == person_id else ("b", "a")
    own, other = ({
        "id": conflict[f"person_{side}_id"], "name": conflict[f"person_{side}_name"],
        "status": conflict[f"status_{side}"], "date": conflict[f"seen_{side}_date"],
        "article_id": conflict[f"article_{side}_id"], "evidence_number": conflict[f"evidence_{side}_number"],
    } for side in sides)  # fmt: skip
    return conflict | {"own": own, "other": other}
