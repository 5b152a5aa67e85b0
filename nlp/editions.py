"""Editions: which year's programme a step belongs to, as its text says, apart from the day on which it was held.

The evaluation of 2024 may be held in April 2025, and regions are chosen in the year before theirs. The rule: a year is
an edition where it closes a noun phrase that names the step or the programme,

- a step: "evaluasi tahap II smart city tahun 2024", "Bimtek IV Penyusunan Masterplan 2022", "Smart City Award 2025";
- the programme beside the step: "menutup pendampingan Gerakan Menuju Kota Cerdas (Smart City) 2023 lewat bimtek IV".

The words before it may be "tahun", "tahun anggaran", "edisi", "angkatan", "periode", "untuk tahun" or nothing. A year
that tells when ("pada tahun 2024", "sejak 2017", "digelar 2023", "Juni 2024"), one of a range, one in a list of years
and that of something else (a rule, a budget, a plan, an election) is none. A phrase has one owner, the first step that
it names: in "penghargaan atas evaluasi 2024" the year is the evaluation's, for "atas" begins another phrase. Where a
region is told by the year in which it came in ("peserta angkatan 2021"), that is the edition of its selection, MoU,
bimtek and master plan, never of what comes in later years. Only years in digits from 2017 on, when the programme
began, and none further than a year from the day on which the step was held or told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from nlp.extraction import Span, Stage
from nlp.gazetteer import ASSETS, names
from nlp.patterns import by_letter
from nlp.stages import LADDERS, ladder_numbers
from nlp.words import any_of, lowered

FIRST_YEAR = 2017
"""Of the Gerakan Menuju 100 Smart City."""
_OF_COHORTS = frozenset({"seleksi", "mou", "bimtek", "masterplan"})
"""Steps that a region takes in the year of its cohort."""
_OWNERS: dict[str, frozenset[str | None]] = {
    "penghargaan": frozenset({"penghargaan", "lainnya"}),  # they are given at the forum of the year
    "seleksi": frozenset(
        {"seleksi", None}
    ),  # "asesmen 2022 untuk Smart City 2023": neither phrase goes before the other
}
"""Whose phrases are a stage's own, where not only those that name it."""
_YEAR = re.compile(r"(?<![\w./–—(-])20[1-3]\d(?!\w|[./–—-]\d|\s+(?:orang|jiwa)\b)")
_LINK = r"\s*(?:[-–—/,&]|hingga|sampai(?: dengan)?|s\.?/?d\.?|ke|dan|serta)\s*(?:dan\s+)?(?:tahun\s+)?"
_RANGE_BEFORE = re.compile(rf"20\d\d{_LINK}$")
_RANGE_BEHIND = re.compile(rf"{_LINK}20\d\d")
_MONTH = re.compile(
    rf"(?:\b(?:{any_of('months')}|jan|feb|peb|mar|apr|jun|jul|agt|agu|ags|sept?|okt|nov|nop|des)\.?|\d[/.-])\s*\(?$"
)
_AGO = re.compile(r"\s+(?:yang\s+)?(?:lalu|silam|lampau|sebelumnya|kemarin)\b")
_RUNG_BEHIND = re.compile(rf"[\s,()]*{any_of('steps')}\s+(?:ke[- ]?)?{any_of('numbers')}\b")
_CLASS = re.compile(r"\b(?:angkatan|batch|gelombang)\b")
_WORD = re.compile(r"[^\W_][\w'’./-]*|[^\w\s]")
_SHORTENED = re.compile(r"(?:kab|kec|prov|kep|adm|t\.a|dr|ir|drs|\w)\.")
_VERB = re.compile(r"(?:me(?:m|n|ng|ny|l|r|w|y)|di|ber|ter)\w{4,}|\w{3,}kan")
_LONGEST = 160
"""Characters of a noun phrase."""
_NEAR = 60
"""So many characters before a phrase tell whether it is told of a cohort, or as earlier than what is reported."""


@dataclass(frozen=True, slots=True)
class Edition:
    """A year of the programme, with the phrase that says it."""

    year: int
    start: int
    """The phrase."""
    end: int
    owner: str | None
    """The coarse stage that the phrase names first; None where it names the programme alone."""
    numbers: frozenset[int]
    """Which of a counted step, "tahap II"; empty where it is not said."""
    is_cohort: bool
    is_earlier: bool


def find_editions(text: str) -> list[Edition]:
    """The editions that a headline or a sentence says, in order; offsets are those of the text.

    >>> [(e.year, e.owner) for e in find_editions("Evaluasi Smart City 2024 digelar 24 April 2025")]
    [(2024, 'evaluasi')]
    """
    if "20" not in text:
        return []
    words = lowered(text)
    return [edition for year in _YEAR.finditer(words) if (edition := _edition(words, year))]


def read_edition(words: str, stage: Stage) -> int | None:
    """The edition of a step that a headline or a sentence says; None where it says none, or more than one."""
    return _chosen(find_editions(words), stage)


def main_edition(title: str, lead: Iterable[str], rest: Iterable[str], stage: Stage, held: str | None) -> int | None:
    """The edition of what an article reports, by its headline, then by the sentences of its lead in the order given.

    A year that says it of the step itself goes before one that says it of the programme. `held` is the ISO day, month
    or year of the step, or of the article; years far from it are those of another round. The sentences of the rest tell
    of other rounds too, so there only the year of `held` counts.
    """
    found = [find_editions(title), *map(_not_earlier, lead)]
    for is_own in (True, False):
        for editions in found:
            own = [edition for edition in editions if _is_own(edition, stage) == is_own]
            if (year := _chosen(own, stage)) and is_near(year, held):
                return year
    told = [edition for words in rest for edition in _not_earlier(words) if held and held.startswith(str(edition.year))]
    return _chosen(told, stage)


def step_edition(text: str, clause: Span, step: Span, stage: Stage, held: str | None) -> int | None:
    """The edition of a step told in passing, said in its own clause; of several the one nearest to its words."""
    editions = [e for e in find_editions(text[slice(*clause)]) if _says(e, stage) and is_near(e.year, held)]

    def distance(edition: Edition) -> tuple[bool, int]:
        start, end = edition.start + clause[0], edition.end + clause[0]
        return not _is_own(edition, stage), max(0, start - step[1], step[0] - end)

    return min(editions, key=distance).year if editions else None


def is_near(year: int, held: str | None) -> bool:
    """Whether an edition may have taken place then: a year before or after, or on a day that nobody knows."""
    return held is None or abs(year - int(held[:4])) <= 1


def _not_earlier(words: str) -> list[Edition]:
    return [edition for edition in find_editions(words) if not edition.is_earlier]


def _chosen(editions: Iterable[Edition], stage: Stage) -> int | None:
    """The one year that editions say of a stage, of its own phrases where there are such."""
    fitting = [edition for edition in editions if _says(edition, stage)]
    years = {edition.year for edition in fitting if _is_own(edition, stage)} or {edition.year for edition in fitting}
    return years.pop() if len(years) == 1 else None


def _is_own(edition: Edition, stage: Stage) -> bool:
    coarse = stage.partition("-")[0]
    return edition.owner in _OWNERS.get(coarse, frozenset({coarse}))


def _says(edition: Edition, stage: Stage) -> bool:
    """Whether an edition is that of a stage: by its own phrase, or by one of the programme beside it."""
    coarse, _, number = stage.partition("-")
    if _is_own(edition, stage):
        return not (number.isdigit() and edition.numbers) or int(number) in edition.numbers
    if edition.owner == "masterplan":
        # "pendampingan penyusunan masterplan smart city 2019" is what the programme does in that year.
        return coarse in _OF_COHORTS
    return edition.owner is None and (coarse in _OF_COHORTS or not edition.is_cohort)


def _edition(words: str, year: re.Match[str]) -> Edition | None:
    """The edition that a year says, or None where it is the year of something else, or of a day."""
    start, end = year.span()
    around = max(0, start - _NEAR)
    if int(year[0]) < FIRST_YEAR or _MONTH.search(words, around, start):
        return None
    if _RANGE_BEFORE.search(words, around, start) or _RANGE_BEHIND.match(words, end):
        return None
    wordings = _wordings()
    marker = wordings["marker"].search(words, around, start)
    first = _phrase_start(words, marker.start() if marker else start)
    if first is None:
        return None
    phrase = words[first:start]
    heads = [(match.start(), stage) for stage, head in wordings["heads"] for match in head.finditer(phrase)]
    if not (heads or wordings["programme"].search(phrase) or _CLASS.search(phrase)):
        return None
    owner = min(heads)[1] if heads else None
    rung = _RUNG_BEHIND.match(words, end)
    numbers = ladder_numbers(words[first : rung.end() if rung else end]) if owner in LADDERS else []
    before = max(0, first - _NEAR)
    return Edition(
        year=int(year[0]),
        start=first,
        end=end,
        owner=owner,
        numbers=frozenset(number for coarse, _, _, number in numbers if coarse == owner),
        is_cohort=bool(wordings["cohort"].search(words, before, start)),
        is_earlier=bool(wordings["earlier"].search(words, before, first) or _AGO.match(words, end)),
    )


def _phrase_start(words: str, end: int) -> int | None:
    """Where the noun phrase before an offset begins; None where a year behind it tells when, or of something else."""
    wordings = _wordings()
    start = end
    for token in reversed(list(_WORD.finditer(words, max(0, end - _LONGEST), end))):
        word = token[0]
        if wordings["other"].fullmatch(word) or (start == end and wordings["when"].fullmatch(word)):
            return None
        if _ends(word) or (wordings["joins"].fullmatch(word) and not _goes_on(words, token.end(), end)):
            break
        start = token.start()
    return start


def _ends(word: str) -> bool:
    """Whether a noun phrase cannot go on over a word: a verb, a conjunction, a mark, another year."""
    if not word[0].isalnum():
        return word not in "()\"“”'’#&/"
    wordings = _wordings()
    if wordings["breaks"].fullmatch(word) or _YEAR.fullmatch(word):
        return True
    if word.endswith(".") and not _SHORTENED.fullmatch(word):
        return True
    return bool(_VERB.fullmatch(word)) and not wordings["nouns"].fullmatch(word) and word not in _place_words()


def _goes_on(words: str, start: int, end: int) -> bool:
    """Whether a phrase goes on behind "dan": with another step, the programme or a region."""
    nexts = _WORD.findall(words, start, end)[:3]
    return bool(_wordings()["goes_on"].search(" ".join(nexts))) or any(word in _place_words() for word in nexts[:1])


@lru_cache
def _wordings() -> dict[str, Any]:
    raw = yaml.safe_load((ASSETS / "editions.yml").read_text(encoding="utf-8"))

    def any_word(words: Iterable[str]) -> str:
        return rf"(?<!\w)(?:{by_letter(words)})(?!\w)"

    heads = {stage: any_word(words) for stage, words in raw["heads"].items()}
    programme = any_word(raw["programme"])
    return {
        "heads": [(stage, re.compile(pattern)) for stage, pattern in heads.items()],
        "programme": re.compile(programme),
        "goes_on": re.compile("|".join([*heads.values(), programme, any_word(raw["regions"])])),
        "marker": re.compile(rf"\(?{any_word(raw['markers'])}\s*$"),
        "earlier": re.compile(rf"{any_word(raw['earlier'])}\s+(?:\w+\s+){{0,2}}$"),
        **{name: re.compile(any_word(raw[name])) for name in ("cohort", "when", "breaks", "other", "nouns", "joins")},
    }


@lru_cache
def _place_words() -> frozenset[str]:
    """Words of names of places: "Berau" and "Merauke" are no verbs."""
    return frozenset(word for entries in names().values() for entry in entries for word in entry.name.lower().split())
