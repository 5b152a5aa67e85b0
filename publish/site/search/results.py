"""What a search finds of each kind, and how a page shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from publish.site.events import EVENT_CARDS
from publish.site.page import Row, fetch_rows
from publish.site.phases import PHASE_PARAMETERS
from publish.site.search.words import FOUND, KINDS, Kind, Search, expression, marked, words_to_mark

SHOWN: Mapping[Kind, int] = {"event": 5, "article": 5, "person": 4, "regency": 6, "outlet": 4}
"""Results of a kind where all kinds are shown."""

# One row for each, however much is found: a thousand rows cost more to hand over than to find. FTS5 gives them in the
# order of their number, and group_concat keeps it. Ids and keys hold no space.
FOUND_OF_KIND = """
select '{kind}' as kind, '{how}' as how, group_concat(id, ' ') as ids, group_concat(keys, char(10)) as keys
from (
    select search.id, search.keys
    from search_fts
    join search on search.number = search_fts.rowid
    where search_fts match :{kind}_{how}
    limit :{kind}_{how}_most
)
"""

EVENTS = (
    EVENT_CARDS
    + """
join json_each(:ids) as wanted on wanted.value = events.id
order by wanted.key
"""
)

ARTICLES = """
select
    articles.id, articles.title, articles.lead, articles.outlet_name, articles.source, articles.published_date,
    articles.date_reason, articles.is_relevant
from json_each(:ids) as wanted
join articles on articles.id = wanted.value
order by wanted.key
"""

PEOPLE = """
select
    people.id, people.name, people.articles, people.regency_code, regencies.name as regency_name, people.last_seen_date,
    office_terms.office_name, office_terms.agency_name, office_terms.status,
    office_terms.last_article_id as article_id, office_terms.last_evidence_number as evidence_number
from json_each(:ids) as wanted
join people on people.id = wanted.value
left join regencies on regencies.code = people.regency_code
left join office_terms on office_terms.person_id = people.id and (
    office_terms.office_id, office_terms.status, office_terms.number
) = (
    select office_id, status, number
    from office_terms as latest
    where latest.person_id = people.id
    order by last_seen_date desc nulls last, office_id, status, number
    limit 1
)
order by wanted.key
"""

REGENCIES = """
select
    regencies.code, regencies.name, regencies.province_name, regency_coverage.articles,
    (
        select max(phase.value)
        from regency_ladder
        join json_each(:phase_of_stage) as phase on phase.key = regency_ladder.stage_code
        where regency_ladder.regency_code = regencies.code and regency_ladder.state = 'held'
    ) as phase,
    (
        select group_concat(alias, ', ')
        from regency_aliases
        where regency_code = regencies.code and kind in ('abbreviation', 'nickname', 'capital')
    ) as aliases
from json_each(:ids) as wanted
join regencies on regencies.code = wanted.value
join regency_coverage on regency_coverage.regency_code = regencies.code
order by wanted.key
"""

OUTLETS = """
select name, outlet_name, home_url, articles, last_published_date
from json_each(:ids) as wanted
join sources on sources.name = wanted.value
order by wanted.key
"""

SHOWN_BY: Mapping[Kind, str] = {
    "event": EVENTS, "article": ARTICLES, "person": PEOPLE, "regency": REGENCIES, "outlet": OUTLETS,
}  # fmt: skip

PEOPLE_OF_EVENTS = """
select event_id as id, name || coalesce(', ' || organization, '') as said
from event_people
where event_id in (select value from json_each(:ids))
order by event_id, number
"""

OFFICES_OF_PEOPLE = """
select person_id as id, name as said
from person_names
where person_id in (select value from json_each(:ids))
union all
select person_id, iif(status = 'definitif', '', status || ' ') || office_name || coalesce(', ' || agency_name, '')
from office_terms
where person_id in (select value from json_each(:ids))
"""

SAID_ELSEWHERE: Mapping[str, str] = {"event": PEOPLE_OF_EVENTS, "person": OFFICES_OF_PEOPLE}
"""What else was read of results in which nothing that is shown holds the words."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a kind."""

    ids: tuple[str, ...] = ()
    """In the order of the page, at most FOUND."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Of each, those of search.keys, parted by spaces."""
    is_more: bool = False
    """Whether there is more than was looked at."""


async def find_results(datasette: Any, asked: Search, is_loose: bool = False) -> dict[Kind, Found]:
    """What is found of each kind; loosely where every word is taken as a beginning."""
    parts: list[str] = []
    parameters: dict[str, object] = {}
    for kind in KINDS.values():
        hows = {"wide": FOUND + 1, "strict": FOUND if asked.kind == kind else SHOWN[kind]}
        for how, most in hows.items():
            if how == "strict" and (asked.is_newest or not asked.terms or is_loose):
                continue
            parts.append(FOUND_OF_KIND.format(kind=kind, how=how))
            parameters[f"{kind}_{how}"] = expression(asked, kind, is_strict=how == "strict", is_loose=is_loose)
            parameters[f"{kind}_{how}_most"] = most
    rows = await fetch_rows(datasette, " union all ".join(parts), parameters)
    return {kind: _found([row for row in rows if row["kind"] == kind]) for kind in KINDS.values()}


def _found(rows: Sequence[Row]) -> Found:
    keys = {row["how"]: dict(zip(_split(row["ids"]), _split(row["keys"], "\n"), strict=True)) for row in rows}
    both = keys.get("strict", {}) | keys["wide"]
    return Found(tuple(both)[:FOUND], both, is_more=len(keys["wide"]) > FOUND)


def _split(told: str | None, separator: str = " ") -> list[str]:
    return told.split(separator) if told else []


async def read_results(
    datasette: Any, asked: Search, kind: Kind, ids: Sequence[str], keys: Mapping[str, str]
) -> list[Row]:
    """Results as the page shows them, each with its words marked and with why it is found where that is not seen."""
    if not ids:
        return []
    rows = await fetch_rows(datasette, SHOWN_BY[kind], {"ids": json.dumps(ids), **PHASE_PARAMETERS})
    pattern = words_to_mark(asked)
    for row in rows:
        # An address is no text.
        said = " ".join(str(row[column]) for column in row if row[column] and not column.endswith(("id", "url")))
        row["is_seen"] = pattern is None or bool(pattern.search(said))
        row["why"] = _why(asked, said, frozenset(keys[row.get("id") or row.get("code") or row["name"]].split()))
        for column in MARKED[kind]:
            row[column] = marked(row[column], pattern)
    unseen = [row for row in rows if not row["is_seen"] and not row["why"]]
    if pattern and unseen and kind in SAID_ELSEWHERE:
        said_of = await fetch_rows(datasette, SAID_ELSEWHERE[kind], {"ids": json.dumps([row["id"] for row in unseen])})
        for row in unseen:
            others = [other["said"] for other in said_of if other["id"] == row["id"]]
            row["elsewhere"] = marked(next(filter(pattern.search, others), None), pattern)
    return rows


MARKED: Mapping[Kind, tuple[str, ...]] = {
    "event": ("evidence", "venue"),
    "article": ("title", "lead"),
    "person": ("name",),
    "regency": ("name", "aliases"),
    "outlet": ("outlet_name",),
}
"""Columns in which words are marked."""


def _why(asked: Search, said: str, keys: frozenset[str]) -> list[str]:
    """What was understood and holds for a result, without being written in what is shown of it."""
    why = []
    for term in asked.terms:
        pattern = words_to_mark(Search("", (term,)))
        if term.meaning in ("place", "stage") and pattern and not pattern.search(said):
            mentioned = {key.replace("m", "r", 1) for key in keys if key[0] == "m"}
            why += [name for key, name in zip(term.keys, term.names, strict=True) if key in keys | mentioned]
    return why
