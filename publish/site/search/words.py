"""What a reader looks for: regencies, provinces, stages and years are understood, the rest is taken as written.

The words lie in the full-text index search_fts of public.db (db/search_fts.sql). Its rows are numbered from the newest,
so FTS5, which gives rows by their number, gives the newest first and stops at the limit. Datasette's own page of a
full-text search takes seconds for a common word of 100,000 articles: it counts all that match and sorts them, and a
query that ranks them by bm25 visits every row of every word. Here nothing is counted or ranked beyond FOUND rows, and
what is in a headline comes before what is not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path
from typing import Any, Literal, Protocol

import yaml
from markupsafe import Markup, escape

from publish.dates_id import Language
from publish.site.strings import translate

Row = dict[str, Any]

Meaning = Literal["place", "stage", "year", "word", "phrase"]
Kind = Literal["event", "article", "person", "regency", "outlet"]
KINDS: Mapping[str, Kind] = {
    "peristiwa": "event", "artikel": "article", "pejabat": "person", "daerah": "regency", "media": "outlet",
}  # fmt: skip
"""What may be looked for, by its name in addresses."""

LONGEST_QUERY = 200
MOST_WORDS = 12
LONGEST_NAME = 5
"""Words of the longest name that is looked up."""
PREFIX_LENGTH = 3
"""Letters from which a word is taken as a beginning; what begins with fewer is most of the index, read for seconds."""
FOUND = 1000
"""Results that are looked at."""

FILTERS: Mapping[str, tuple[str, str]] = {
    "provinsi": ("p", r"\d\d"),
    "tahap": ("s", r"[a-z]+(?:-[a-z0-9]+)?"),
    "tahun": ("y", r"\d{4}|tanpa"),
    "status": ("h", "berlangsung|diumumkan"),
    "media": ("o", r"\w{1,60}"),
}
"""Parameters that narrow a search: the letter of their keys in search.keys, and how a value is written."""
VALUES = {"berlangsung": "held", "diumumkan": "announced", "tanpa": "0"}
"""Keys of values that are called otherwise in addresses."""

WORDS = yaml.safe_load(Path(__file__).with_name("words.yml").read_text(encoding="utf-8"))
NUMBERS = {word: number for number, words in WORDS["numbers"].items() for word in words}
STAGES = {words: code for code, several in WORDS["stages"].items() for words in several}
PROVINCES = {words: code for code, several in WORDS["provinces"].items() for words in several}
NUMBERED = {"bimtek": 4, "evaluasi": 2}
"""Stages that have numbers, and how many."""

PLACES = """
select phrases.value as phrase, code, name, short_name
from json_each(:phrases) as phrases
join regencies on name = phrases.value collate nocase
union
select phrases.value, code, name, short_name
from json_each(:phrases) as phrases
join regency_aliases on alias = phrases.value collate nocase
join regencies on code = regency_code
union
select phrases.value, code, name, short_name
from json_each(:phrases) as phrases
join regencies on code = replace(phrases.value, ' ', '.')
order by 1, 2
"""

LABELS = """
select 'p' || code as key, name as id, name as en
from provinces
union all
select 's' || code, name_id, name_en
from stages
union all
select 'o' || name, outlet_name, outlet_name
from sources
where name = :source
"""


class Arguments(Protocol):
    """The parameters of an address, such as Request.args; the first of a name counts."""

    def get(self, name: str, /) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or words that mean one thing."""

    words: tuple[str, ...]
    """As written, lower case."""
    meaning: Meaning
    keys: tuple[str, ...] = ()
    """Which of search.keys mean the same, without their letter m: regencies only mentioned."""
    names: tuple[str, ...] = ()
    """What it names: names of places, codes of stages, a year."""
    written: tuple[str, ...] = ()
    """Other ways in which texts write it, to be marked."""


@dataclass(frozen=True, slots=True)
class Search:
    """What a reader asked for."""

    query: str
    """As written, at most LONGEST_QUERY characters."""
    terms: tuple[Term, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    """Those that are known: parameter to value."""
    unknown: tuple[str, ...] = ()
    """Parameters whose value is not known; they narrow nothing."""
    kind: Kind | None = None
    is_newest: bool = False
    is_cut: bool = False
    """Whether words were left out because there are too many."""
    labels: Mapping[str, Row] = field(default_factory=dict)
    """Names of provinces (p19), stages (sbimtek-1) and the asked source (o…) in both languages."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked."""
        return not self.terms and not self.filters


Question = tuple[str, Mapping[str, object]]
"""A query on public.db and its parameters."""


def questions(arguments: Arguments) -> tuple[Question, Question]:
    """What public.db has to be asked for `build_search`: the labels of what may be chosen, and the places named."""
    pieces = _asked_pieces(arguments)[:MOST_WORDS]
    words = ["" if piece.is_quoted else piece.words[0] for piece in pieces]
    return (
        (LABELS, {"source": arguments.get("media") or ""}),
        (PLACES, {"phrases": json.dumps(phrases_of(words))}),
    )


def build_search(arguments: Arguments, labelled: Sequence[Row], named: Sequence[Row]) -> Search:
    """What the parameters of an address ask for; the rows are the answers to `questions`."""
    query = _asked_query(arguments)
    pieces = _asked_pieces(arguments)
    asked = {name: arguments.get(name) or "" for name in FILTERS}
    labels = {row["key"]: row for row in labelled}
    provinces = PROVINCES | {row["id"].lower(): key[1:] for key, row in labels.items() if key[0] == "p"}
    places: dict[str, list[Row]] = {}
    for row in named:
        places.setdefault(row["phrase"], []).append(row)
    known = {name: value for name, value in asked.items() if value and _is_known(name, value, labels)}
    asked_kind = arguments.get("jenis") or ""
    unknown = [name for name, value in asked.items() if value and name not in known]
    if asked_kind and asked_kind not in KINDS:
        unknown.append("jenis")
    return Search(
        query=query[:LONGEST_QUERY],
        terms=understand(pieces[:MOST_WORDS], places, provinces),
        filters=known,
        unknown=tuple(unknown),
        kind=KINDS.get(asked_kind),
        is_newest=arguments.get("urut") == "terbaru",
        is_cut=len(query) > LONGEST_QUERY or len(pieces) > MOST_WORDS,
        labels=labels,
    )


def _asked_query(arguments: Arguments) -> str:
    return (arguments.get("q") or "").replace("\0", " ").strip()


def _asked_pieces(arguments: Arguments) -> list[Piece]:
    return pieces_of(_asked_query(arguments)[:LONGEST_QUERY])


def search_name(search: Search, language: Language) -> str:
    """What is looked for, in a few words: the words as written, and what narrows them."""
    keys = {"provinsi": "p", "tahap": "s", "media": "o"}
    labels = {name: search.labels.get(f"{keys.get(name, '')}{value}") for name, value in search.filters.items()}
    chosen = [label[language] if label else search.filters[name] for name, label in labels.items()]
    return translate("feed.search", language, what=", ".join([f"“{search.query}”"] * bool(search.query) + chosen))


def _is_known(name: str, value: str, labels: Mapping[str, Row]) -> bool:
    letter, pattern = FILTERS[name]
    if not re.fullmatch(pattern, value, re.ASCII):
        return False
    return letter not in "pso" or f"{letter}{value}" in labels


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of a query, or the words between quotation marks."""

    words: tuple[str, ...]
    """Lower case."""
    is_quoted: bool = False


def pieces_of(query: str) -> list[Piece]:
    """The words of a query; words between quotation marks stay together.

    >>> [(piece.words, piece.is_quoted) for piece in pieces_of('Bimtek "KOTA Cerdas"; drop-table --')]
    [(('bimtek',), False), (('kota', 'cerdas'), True), (('drop',), False), (('table',), False)]
    """
    pieces: list[Piece] = []
    for quoted, free in re.findall(r'"([^"]*)"|([^"]+)', query.lower().translate(QUOTES)):
        words = tuple(re.findall(r"[^\W_]+", quoted or free))
        pieces += [Piece(words, is_quoted=True)] if quoted and words else [Piece((word,)) for word in words]
    return pieces


QUOTES = str.maketrans("“”„«»", '"""""')


def understand(
    pieces: Sequence[Piece], places: Mapping[str, Sequence[Row]], provinces: Mapping[str, str]
) -> tuple[Term, ...]:
    """What the pieces mean; of names that begin alike the longest is meant.

    `places` and `provinces` are what phrases name: rows with code, name and short_name, and codes.
    """
    terms: list[Term] = []
    while pieces:
        if pieces[0].is_quoted:
            terms.append(Term(pieces[0].words, "phrase"))
            pieces = pieces[1:]
            continue
        words = [piece.words[0] for piece in takewhile(lambda piece: not piece.is_quoted, pieces)]
        terms.append(_named(words, places, provinces) or Term((words[0],), "word"))
        pieces = pieces[len(terms[-1].words) :]
    return tuple(terms)


def phrases_of(words: Sequence[str]) -> list[str]:
    """Every run of neighbouring words that may be a name, with kabupaten in full and without it.

    >>> phrases_of(["kab", "solok"])
    ['kabupaten solok', 'solok', 'kabupaten', 'solok']
    """
    phrases = []
    for size in range(min(LONGEST_NAME, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            run = words[start : start + size]
            phrases += [_full(run), *([" ".join(run[1:])] if run[0] in OF_KIND and size > 1 else [])]
    return phrases


OF_KIND = {"kabupaten": "kabupaten", "kab": "kabupaten", "kota": "kota", "provinsi": "", "prov": ""}
"""Words before a name, and the kind of regency that they say."""


def _full(words: Sequence[str]) -> str:
    return " ".join("kabupaten" if word == "kab" else word for word in words)


def _named(words: Sequence[str], places: Mapping[str, Sequence[Row]], provinces: Mapping[str, str]) -> Term | None:
    """What the words begin with: a place, a stage, a year; nothing where the first is only a word."""
    stage = _stage(words)
    for size in range(min(LONGEST_NAME, len(words)), 0, -1):
        place = None if stage and len(stage.words) >= size else _place(tuple(words[:size]), places, provinces)
        if place:
            return place
    if stage:
        return stage
    if re.fullmatch(r"(?:19|20)\d\d", words[0], re.ASCII):
        return Term((words[0],), "year", (f"y{words[0]}", f"e{words[0]}"), (words[0],))
    return None


def _place(words: tuple[str, ...], places: Mapping[str, Sequence[Row]], provinces: Mapping[str, str]) -> Term | None:
    first, *rest = words
    found: Sequence[Row] = places.get(_full(words), [])
    if not found and rest and first in OF_KIND:
        found = [row for row in places.get(" ".join(rest), []) if row["name"].lower().startswith(OF_KIND[first])]
    bare = " ".join(rest) if rest and first in ("provinsi", "prov") else " ".join(words)
    province = provinces.get(bare)
    if first in ("provinsi", "prov"):
        found = []
    if not found and not province:
        return None
    keys = [f"r{row['code'].replace('.', '')}" for row in found] + ([f"p{province}"] if province else [])
    names = [row["name"] for row in found] + ([f"p{province}"] if province else [])
    return Term(words, "place", tuple(keys), tuple(names), tuple(sorted({row["short_name"].lower() for row in found})))


def _stage(words: Sequence[str]) -> Term | None:
    """The stage that the words begin with.

    >>> _stage(["evaluasi", "tahap", "ii", "tabanan"]).keys, _stage(["bimtek", "2024"]).keys[:2]
    (('sevaluasi2',), ('sbimtek', 'sbimtek1'))
    """
    for size in (2, 1):
        code = STAGES.get(" ".join(words[:size]))
        if code and len(words) >= size:
            after = size + (words[size : size + 1] != [] and words[size] in WORDS["between"])
            number = NUMBERS.get(words[after], 0) if after < len(words) else 0
            if 0 < number <= NUMBERED.get(code, 0):
                return _stage_term(words[: after + 1], [f"{code}-{number}"])
            return _stage_term(words[:size], [code, *(f"{code}-{n + 1}" for n in range(NUMBERED.get(code, 0)))])
    return None


def _stage_term(words: Sequence[str], codes: Sequence[str]) -> Term:
    said = WORDS["stages"][codes[0].partition("-")[0] if codes[0] not in WORDS["stages"] else codes[0]]
    return Term(tuple(words), "stage", tuple(f"s{code.replace('-', '')}" for code in codes), tuple(codes), tuple(said))


def expression(search: Search, kind: Kind, is_strict: bool = False, is_loose: bool = False) -> str:
    """The FTS5 expression for what of a kind is found.

    Strictly: what is a place's, a stage's or a year's own, and has the other words in its name or headline. Loosely:
    words are taken as beginnings. Words are quoted, so nothing in them is an operator.
    """
    terms = search.terms
    if kind == "regency" and any(term.meaning == "place" for term in terms):
        # Who is named is shown, whatever else is asked of it.
        terms = tuple(term for term in terms if term.meaning == "place")
    parts = [f'keys : "k{kind}"']
    parts += [f'keys : "{_key(name, value)}"' for name, value in search.filters.items()]
    parts += [_part(term, kind, is_strict, is_loose) for term in terms]
    return " AND ".join(parts)


def _key(name: str, value: str) -> str:
    return FILTERS[name][0] + re.sub(r"[\W_]", "", VALUES.get(value, value))


def _part(term: Term, kind: Kind, is_strict: bool, is_loose: bool) -> str:
    if term.keys and (is_strict or (kind == "event" and term.meaning == "stage")):
        return f"keys : ({_either(term.keys)})"
    text = f'"{" ".join(term.words)}"'
    if term.meaning == "word":
        # FTS5 reads all beginnings to the end before the first row; words one by one it reads only as far as asked.
        is_beginning = is_loose and len(term.words[0]) >= PREFIX_LENGTH and not term.words[0].isdigit()
        text = f"{text}*" if is_beginning else f'({text} OR "{term.words[0]}nya")'
    if not term.keys:
        return f"{{{'title' if is_strict else 'title text'}}} : {text}"
    mentioned = [f"m{key[1:]}" for key in term.keys if key[0] == "r"]
    return f"(keys : ({_either([*term.keys, *mentioned])}) OR {{title text}} : {text})"


def _either(keys: Sequence[str]) -> str:
    return " OR ".join(f'"{key}"' for key in keys)


def without(search: Search, words: Collection[tuple[str, ...]] = (), filters: Collection[str] = ()) -> Search:
    """The same search without some terms, known by their words, or without some filters."""
    return replace(
        search,
        terms=tuple(term for term in search.terms if term.words not in words),
        filters={name: value for name, value in search.filters.items() if name not in filters},
    )


def words_to_mark(search: Search) -> re.Pattern[str] | None:
    """Where a text says what was looked for, or may say it in another way; None where no words were.

    >>> words_to_mark(Search("", (Term(("kota",), "word"),))).sub("*", "Kota kotak Perkotaan")
    '* *k Perkotaan'
    """
    said = [words for term in search.terms for words in (" ".join(term.words), *term.written)]
    if not said:
        return None
    longest_first = sorted({r"[\W_]+".join(map(re.escape, words.split())) for words in said}, key=len, reverse=True)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(longest_first)})", re.IGNORECASE)


def marked(text: str | None, pattern: re.Pattern[str] | None) -> Markup:
    """A text as a page shows it, with what was looked for marked."""
    if not text or pattern is None:
        return escape(text or "")
    pieces, at = [], 0
    for found in pattern.finditer(text):
        pieces += [escape(text[at : found.start()]), Markup('<mark class="match">{}</mark>').format(found[0])]
        at = found.end()
    return Markup("").join([*pieces, escape(text[at:])])


def like(text: str) -> str:
    """A LIKE pattern (escape character `!`) for texts that contain the text.

    >>> like("50%")
    '%50!%%'
    """
    return "%" + re.sub(r"([!%_])", r"!\1", text) + "%"
