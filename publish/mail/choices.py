"""What a reader follows: from what was written to a Choice, and from a Choice to what it is called."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette.utils import escape_fts
from rapidfuzz import fuzz, process
from sqlite_utils import Database

from db.connect import limit_memory
from db.mailing.subscribers import LONGEST_VALUE, Choice, Kind
from publish.dates_id import Language
from publish.letters.cleaning import clean
from publish.letters.scopes import find_scope
from publish.mail.refusals import RefusalError, say
from publish.site.catalogue import grouped_queries
from publish.site.search.words import FILTERS, PROVINCES, pieces_of, understand

KINDS: Mapping[Kind, str] = {
    "all": "semua",
    "regency": "daerah",
    "province": "provinsi",
    "stage": "tahapan",
    "official": "pejabat",
    "outlet": "media",
    "search": "cari",
    "query": "kueri",
    "sql": "sql",
}
"""The kinds of choices, and their Indonesian words, which are taken as well."""
LONGEST_WRITTEN = LONGEST_VALUE - 500
"""Characters of all that is written of one choice; what is kept has names of parameters and marks of JSON beside."""
ALIKE = 75
"""Likeness in per cent from which a name may have been meant."""
MOST_CANDIDATES = 6

# Every way to write what may be followed: its value, what it is called, how it may be written.
SPELLINGS: Mapping[str, str] = {
    "regency": """
        select code as value, name, code as spelling from regencies
        union
        select code, name, name from regencies
        union
        select regencies.code, regencies.name, alias
        from regency_aliases
        join regencies on regencies.code = regency_code
    """,
    "province": """
        select code as value, name, code as spelling from provinces
        union
        select code, name, name from provinces
    """,
    "stage": """
        select code as value, name_id as name, code as spelling from stages
        union
        select code, name_id, name_id from stages
        union
        select code, name_id, name_en from stages
    """,
    "official": """
        with spelled as (
            select id as person_id, id as spelling from people
            union
            select id, name from people
            union
            select person_id, id from merged_people
            union
            select person_id, name from person_names
        )
        select people.id as value, people.name || coalesce(', ' || regencies.name, '') as name, spelling
        from spelled
        join people on people.id = person_id
        left join regencies on regencies.code = people.regency_code
    """,
    "outlet": """
        select name as value, outlet_name as name, name as spelling from sources
        union
        select name, outlet_name, outlet_name from sources
        union
        select name, outlet_name, rtrim(substr(home_url, instr(home_url, '//') + 2), '/') from sources
        where home_url is not null
    """,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may have been meant."""

    value: str
    name: str


class ChoiceError(RefusalError):
    """What was written cannot be followed; the candidates are what may have been meant, the likeliest first."""

    def __init__(self, key: str, candidates: Sequence[Candidate] = (), **values: object) -> None:
        meant = ", ".join(f"{found.name} ({found.value})" for found in candidates)
        super().__init__(key, candidates=meant, **values)
        self.candidates = tuple(candidates)

    def say(self, lang: Language) -> str:
        """One sentence, and a question where something else may have been meant."""
        is_asked = self.candidates and self.key != "choice.ambiguous"
        near = " " + say("choice.near", lang, **self.values) if is_asked else ""
        return super().say(lang) + near


def parse_choice(public_db: Database, kind: str, text: str, parameters: Mapping[str, str] | None = None) -> Choice:
    """What was meant by a kind and a text, as it is kept.

    A regency, province or stage is written by its code or one of its names, an official by id or a name that one person
    has, an outlet by its source's name, its own or its site's; each of them by the address of its page as well. A
    search is its page's address, what stands behind the `?` of it, or its words; a query its name, its title or its
    page's address; SQL stands as it is. Parameters are for the last two; of a query those not given are empty, of SQL
    each has to be given. Queries and SQL are prepared, not run. Raises ChoiceError.
    """
    # Half a character (of a command line in another encoding) can be neither kept nor looked up.
    text, said = text.encode(errors="replace").decode(), kind.strip().lower()
    code = next((code for code, word in KINDS.items() if said in (code, word)), None)
    if code is None:
        raise ChoiceError("choice.kind", written=kind, kinds=", ".join(KINDS))
    given = {name: value for name, value in (parameters or {}).items() if value != ""}
    if len(text) + sum(len(name) + len(value) for name, value in given.items()) > LONGEST_WRITTEN:
        raise ChoiceError("choice.long", most=LONGEST_WRITTEN)
    if code == "sql":
        return _parse_sql(public_db, text.strip().rstrip("; \t\n"), given)
    if code == "query":
        return _parse_query(public_db, text.strip(), given)
    if given:
        raise ChoiceError("choice.parameters")
    written = " ".join(text.split())
    if code == "all":
        return Choice("all", "", {})
    if not written:
        raise ChoiceError("choice.empty")
    if code != "search":
        # The address of its page on the site.
        written = re.sub(r"^.*/(?:daerah|provinsi|tahapan|pejabat|media)/([^/?#]+).*$", r"\1", written)
    return Choice(code, PARSERS[code](public_db, written), {})


def choice_name(public_db: Database, choice: Choice, lang: Language) -> str:
    """What a choice is called in lists, on the preferences page and in a letter's foot; one line of visible text."""
    if choice.kind == "sql":
        return say("choice.is_sql", lang, sql=_sql_name(choice.value))
    if choice.kind == "query":
        query = _queries().get(choice.value)
        name = _title(query, lang) if query else say("choice.is_gone", lang, value=choice.value)
        told = ", ".join(f"{key}: {value}" for key, value in choice.parameters.items() if value)
        return clean(f"{name} ({told})" if told else name)
    scope = find_scope(public_db, choice.kind, choice.value)
    return clean(scope.name[lang] if scope else say("choice.is_gone", lang, value=choice.value))


# Places, stages, people and outlets


def _parse_regency(db: Database, written: str) -> str:
    full = re.sub(r"^kab(?:\.\s*|\s+)", "Kabupaten ", written, flags=re.IGNORECASE)
    full = re.sub(r"^(\d\d)(\d\d)$", r"\1.\2", full)
    found = _spelled(db, "regency", full)
    kind, _, bare = full.lower().partition(" ")
    if not found and kind in ("kabupaten", "kota"):
        found = [one for one in _spelled(db, "regency", bare) if one.name.lower().startswith(kind)]
    return _the_one(db, "regency", written, found)


def _parse_province(db: Database, written: str) -> str:
    bare = re.sub(r"^prov(?:insi|\.)?\s+", "", written, flags=re.IGNORECASE)
    return _the_one(db, "province", written, _spelled(db, "province", PROVINCES.get(bare.lower(), bare)))


def _parse_stage(db: Database, written: str) -> str:
    found = _spelled(db, "stage", written)
    terms = understand(pieces_of(written), {}, {})
    if not found and len(terms) == 1 and terms[0].meaning == "stage":
        found = [one for code in terms[0].names for one in _spelled(db, "stage", code)]
    return _the_one(db, "stage", written, found)


def _parse_official(db: Database, written: str) -> str:
    return _the_one(db, "official", written, _spelled(db, "official", written))


def _parse_outlet(db: Database, written: str) -> str:
    named = re.sub(r"^https?://", "", written).rstrip("/")
    return _the_one(db, "outlet", written, _spelled(db, "outlet", named))


def _spelled(db: Database, kind: str, spelling: str) -> list[Candidate]:
    sql = f"select distinct value, name from ({SPELLINGS[kind]}) where spelling = :spelling collate nocase order by 1"
    return [Candidate(row["value"], row["name"]) for row in db.query(sql, {"spelling": spelling})]


def _the_one(db: Database, kind: str, written: str, found: Sequence[Candidate]) -> str:
    if len(found) == 1:
        return found[0].value
    if found:
        raise ChoiceError("choice.ambiguous", found[:MOST_CANDIDATES], written=written)
    raise ChoiceError(f"choice.{kind}", _alike(db, kind, written), written=written)


def _alike(db: Database, kind: str, written: str) -> list[Candidate]:
    rows = [(str(row["spelling"]).lower(), Candidate(row["value"], row["name"])) for row in db.query(SPELLINGS[kind])]
    spelled = [spelling for spelling, _ in rows]
    near = process.extract(written.lower(), spelled, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=MOST_CANDIDATES)
    return list(dict.fromkeys(rows[at][1] for _, _, at in near))


# Searches


def _parse_search(db: Database, written: str) -> str:
    path, mark, asked = written.partition("#")[0].partition("?")
    if mark:
        is_search = path == "" or path.endswith("/cari")
    else:
        is_search = True
        asked = written if dict(parse_qsl(written)).keys() & {"q", *FILTERS} else urlencode({"q": written})
    scope = find_scope(db, "search", asked) if is_search else None
    if scope is None:
        raise ChoiceError("choice.search", written=written)
    return scope.value


PARSERS: Mapping[str, Callable[[Database, str], str]] = {
    "regency": _parse_regency,
    "province": _parse_province,
    "stage": _parse_stage,
    "official": _parse_official,
    "outlet": _parse_outlet,
    "search": _parse_search,
}


# Queries


def _queries() -> dict[str, Mapping[str, Any]]:
    return {name: query for group in grouped_queries().values() for name, query in group.items()}


def _title(query: Mapping[str, Any], lang: Language) -> str:
    indonesian, _, english = str(query["title"]).partition(" / ")
    return english if lang == "en" and english else indonesian


def _parse_query(db: Database, written: str, parameters: Mapping[str, str]) -> Choice:
    name = written
    if "/public/" in written:
        path, _, asked = written.partition("#")[0].partition("?")
        name = re.sub(r"^.*/public/|\.\w+$", "", path)
        parameters = {key: value for key, value in parse_qsl(asked) if key[:1] != "_"} | dict(parameters)
    queries = _queries()
    titled = {_title(query, lang).lower(): name for name, query in queries.items() for lang in ("id", "en")}
    name = titled.get(" ".join(written.lower().split()), name)
    if name not in queries:
        near = process.extract(name, queries.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=MOST_CANDIDATES)
        candidates = [Candidate(key, _title(queries[key], "id")) for key, _, _ in near]
        raise ChoiceError("choice.query" if name else "choice.empty", candidates, written=written)
    known = queries[name].get("params", {})
    _check_names(parameters, known)
    whole = {key: parameters.get(key, "") for key in known}
    _prepare(db, queries[name]["sql"], whole)
    return Choice("query", name, whole)


def _check_names(given: Mapping[str, str], known: Sequence[str] | Mapping[str, Any]) -> None:
    if unknown := [name for name in given if name not in known]:
        raise ChoiceError("choice.unknown_parameter", parameter=unknown[0], parameters=", ".join(known) or "–")


# SQL


def _parse_sql(db: Database, sql: str, parameters: Mapping[str, str]) -> Choice:
    if not sql:
        raise ChoiceError("choice.empty")
    used = _prepare(db, sql, parameters)
    _check_names(parameters, used)
    if missing := [name for name in used if name not in parameters]:
        raise ChoiceError("choice.missing_parameter", parameter=missing[0])
    return Choice("sql", sql, {name: parameters[name] for name in used})


def _prepare(db: Database, sql: str, parameters: Mapping[str, str]) -> list[str]:
    """Have SQLite prepare a query without running it; the names of its parameters. Raises ChoiceError."""
    if not re.match(r"(?:--[^\n]*\n|/\*.*?\*/|\s)*(?:select|with)\b", sql, re.IGNORECASE | re.DOTALL):
        raise ChoiceError("choice.sql_kind")
    asked = _Asked(parameters)
    # The site has it too (datasette.sql_functions).
    db.conn.create_function("escape_fts", 1, escape_fts, deterministic=True)
    limit_memory(db.conn)
    try:
        steps = db.conn.execute(f"explain {sql}", asked).fetchall()
    except MemoryError as error:
        raise ChoiceError("choice.sql", reason="out of memory") from error
    except (sqlite3.Error, sqlite3.Warning, ValueError) as error:  # also a NUL, or half a character
        if "one statement" in str(error):
            raise ChoiceError("choice.sql_kind") from error
        raise ChoiceError("choice.sql", reason=str(error).rstrip(".")) from error
    # `with … delete`; the second operand of Transaction says that it writes (sqlite.org/opcode.html).
    if any(step[1] == "Transaction" and step[3] for step in steps):
        raise ChoiceError("choice.sql_kind")
    return list(asked.names)


class _Asked(dict[str, str]):
    """Values of parameters that remembers which SQLite asked for; those not given are empty."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self.names: dict[str, None] = {}

    def __getitem__(self, name: str) -> str:
        self.names[name] = None
        return self.get(name, "")


def _sql_name(sql: str) -> str:
    """The comment that SQL begins with, or else its own beginning.

    >>> _sql_name("-- Evaluasi di Kalimantan\\nselect * from events")
    'Evaluasi di Kalimantan'
    """
    comment = re.match(r"\s*--[ \t]*(\S[^\n]*)", sql)
    line = clean(comment[1] if comment else sql)
    return line if len(line) <= 80 else line[:79].rstrip() + "…"
