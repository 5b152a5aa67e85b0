"""Stages of the programme: which step of its path a sentence speaks of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypedDict, cast

import yaml

from nlp.extraction import Stage
from nlp.gazetteer import ASSETS
from nlp.patterns import words_of_any
from nlp.words import any_of, lowered


class _Wordings(TypedDict):
    any: re.Pattern[str]
    """All of `reports`: most sentences report nothing, and one search tells it."""
    reports: list[tuple[re.Pattern[str], float]]
    any_name: re.Pattern[str]
    """All of `names`."""
    names: list[re.Pattern[str]]
    """Those of `reports` that prove enough to be shown as the name of the stage."""


@dataclass(frozen=True, slots=True)
class StageMention:
    """Words that name a stage."""

    start: int
    end: int
    stage: Stage


_NUMBERS = {
    "i": 1, "1": 1, "satu": 1, "pertama": 1, "kesatu": 1, "perdana": 1, "ii": 2, "2": 2, "dua": 2, "kedua": 2,
    "iii": 3, "3": 3, "tiga": 3, "ketiga": 3, "iv": 4, "4": 4, "empat": 4, "keempat": 4, "terakhir": 4, "akhir": 4,
    "pamungkas": 4, "final": 4, "awal": 1,
}  # fmt: skip
_NUMBER = f"(?P<n>{any_of('numbers')})"
# "tahap awalnya digelar", but not "tahap awal Agustus"
_FIRST = r"awal(?=nya\b|\s+(?:bimtek|bimbingan|evaluasi|di\w{3,}|sudah|telah|berlangsung)\b)"
_NUMBERED = re.compile(
    rf"\b{any_of('steps')}\s*(?:yang\s+)?(?:ke[- ]?\s?)?[\"“(]?(?P<n>{any_of('numbers')}|{_FIRST})(?:nya)?\b",
)
# "Bimtek II", "evaluasi ke dua", "bimtek kedua" without the word tahap.
_NUMBERED_BARE = re.compile(
    r"\b(?:bimtek|bimbingan teknis(?:\s*\(bimtek\))?|evaluasi|penilaian)\s+"
    rf"(?:(?:smart city|masterplan|kota cerdas)\s+)?(?:ke[- ]?\s?)?{_NUMBER}(?:(?<!perdana)nya)?\b",
)
# The cohort is counted in "tahap" too: "Gerakan Menuju 100 Smart City tahap kedua".
_COHORT = re.compile(
    r"(?:gerakan menuju|100 smart ?city|gelombang|kota cerdas nasional)(?:(?!bimtek|bimbingan|evaluasi)[^.,]){0,40}$",
)

# "bimtek III dan IV", "tahap I, II, dan III", "bimtek I hingga IV"
_LISTED_ON = re.compile(
    r"\s*(?:(?P<to>-|–|s\.?/?d\.?|sampai(?:\s+dengan)?|hingga)|,\s*dan|,|dan|serta|&|/)\s*"
    rf"(?:{any_of('steps')}\s+)?(?:ke[- ]?)?{_NUMBER}\b(?!\s*(?:[-–/.]\s*\d|sampai|hingga|{any_of('months')}))",
)
# "… dan yang keempat selesai 18 November", "ketiga 10-11 September": the step is named before.
_NUMBERED_LATER = re.compile(
    rf"(?:\b(?:yang|dan|sedangkan|sementara|lalu|serta|adapun|kemudian)|,)\s+(?:yang\s+)?(?!\d){_NUMBER}\s*,?\s+"
    rf"(?=\d|{any_of('months')}|{any_of('tells_of_a_step')}\b)",
)
_TOLD_OF_STEP = re.compile(
    rf"(?:,\s{any_of('asides')}\b[^,.;:]{{0,50}})?\s*,?\s*(?:ini|itu|tersebut|yang)?\s*"
    rf"(?:\d|\(|{any_of('months')}|{any_of('tells_of_a_step')}\b)",
)
LADDERS = {
    "bimtek": re.compile(r"bimtek|bimbingan teknis"),
    "evaluasi": re.compile(r"evaluasi|penilaian|dinilai"),
}
"""Steps that are counted, and the words that name them, in lower case as are all the patterns above."""
TOPS = {"bimtek": 4, "evaluasi": 2}

_BY_THE_MINISTRY = re.compile(r"\b(?:asesor|evaluator|tim penilai|zoom|oleh kementerian)\b", re.IGNORECASE)


@lru_cache
def _wordings() -> dict[str, _Wordings]:
    raw = yaml.safe_load((ASSETS / "stages.yml").read_text(encoding="utf-8"))
    wordings: dict[str, _Wordings] = {}
    for stage, words in raw.items():
        names = [pattern for pattern, weight in words["reports"] if weight >= 1.8]
        wordings[stage] = {
            "any": words_of_any(pattern for pattern, _ in words["reports"]),
            "reports": [(re.compile(pattern), weight) for pattern, weight in words["reports"]],
            "any_name": words_of_any(names),
            "names": [re.compile(pattern) for pattern in names],
        }
    return wordings


@lru_cache
def _any_report() -> re.Pattern[str]:
    """All `reports` of all stages: most sentences report none, and one search tells it."""
    return words_of_any(pattern.pattern for words in _wordings().values() for pattern, _ in words["reports"])


@lru_cache(maxsize=1024)  # the ranking of the stages and the search for their proof ask for the same sentences
def score_stages(sentence: str) -> Mapping[str, float]:
    """How strongly a sentence reports each coarse stage; stages of which it says nothing are left out."""
    lower = lowered(sentence)
    if not _any_report().search(lower):
        return {}
    scores: dict[str, float] = defaultdict(float)
    for stage, words in _wordings().items():
        if words["any"].search(lower):
            scores[stage] = sum(weight for pattern, weight in words["reports"] if pattern.search(lower))
    if scores["bimtek"]:
        # A bimtek is on the master plan and its teachers are assessors' colleagues: those words prove nothing then.
        scores["masterplan"] *= 0.3
        scores["evaluasi"] *= 0.5
    if scores["evaluasi-internal"] >= 2.5 and not _BY_THE_MINISTRY.search(sentence):
        # "rapat koordinasi evaluasi": the evaluation is what the meeting prepares.
        scores["evaluasi-internal"] += 0.6 * scores["evaluasi"]
        scores["evaluasi"] *= 0.4
    return {stage: score for stage, score in scores.items() if score > 0}


def find_stages(text: str) -> list[StageMention]:
    """Words that name bimtek, evaluation, MoU and the other stages, in order, without overlaps."""
    found: list[StageMention] = []
    lower = lowered(text)
    for stage, words in _wordings().items():
        if not words["any_name"].search(lower):
            continue
        for pattern in words["names"]:
            found += [
                StageMention(m.start(), m.end(), number_stage(stage, text, m.start(), m.end()))
                for m in pattern.finditer(lower)
            ]
    kept: list[StageMention] = []
    for mention in sorted(found, key=lambda m: (m.start, -m.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def number_stage(coarse: str, text: str, start: int, end: int) -> Stage:
    """The stage with its number, where the words around start:end say one: bimtek II, evaluasi tahap kedua.

    >>> number_stage("bimtek", "Bimtek tahap ke III smart city", 0, 6)
    'bimtek-3'
    """
    if coarse not in ("bimtek", "evaluasi"):
        return cast(Stage, coarse)
    text = lowered(text)
    top = 4 if coarse == "bimtek" else 2
    around = _sentence_around(text, start, end)
    candidates = []
    for pattern in (_NUMBERED, _NUMBERED_BARE):
        for match in pattern.finditer(text, around[0], around[1]):
            number = _NUMBERS[match["n"]]
            if number <= top and not _COHORT.search(text[max(0, match.start() - 60) : match.start()]):
                distance = max(0, match.start() - end, start - match.end())
                candidates.append((distance + (20 if match.end() <= start else 0), number))
    if candidates and min(candidates)[0] <= 110:
        return cast(Stage, f"{coarse}-{min(candidates)[1]}")
    return cast(Stage, coarse)


def ladder_numbers(sentence: str, ladder: str | None = None) -> list[tuple[str, int, int, int]]:
    """Ladder, start, end and number of every "tahap II", "bimtek ketiga", "yang keempat" in a sentence, in order.

    Lists and ranges are told one by one: "bimtek III dan IV", "tahap I hingga III". The count of cohorts is none. Each
    number counts on the ladder named last before it, else on the first after it, else on `ladder`.

    >>> [(coarse, n) for coarse, _, _, n in ladder_numbers("Bimtek tahap I dan II digelar, evaluasi tahap I menyusul")]
    [('bimtek', 1), ('bimtek', 2), ('evaluasi', 1)]
    """
    sentence = lowered(sentence)
    named = sorted((m.start(), coarse) for coarse, pattern in LADDERS.items() for m in pattern.finditer(sentence))
    if not named and ladder is None:
        return []
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for pattern in (_NUMBERED_BARE, _NUMBERED, _NUMBERED_LATER):
        for match in pattern.finditer(sentence):
            if _COHORT.search(sentence[max(0, match.start() - 60) : match.start()]):
                continue
            if not named and pattern is not _NUMBERED_LATER and not _TOLD_OF_STEP.match(sentence, match.end()):
                continue
            if pattern is _NUMBERED_LATER and (match.start() < named[0][0] if named else match.start() > 0):
                continue
            for start, end, number in _listed(sentence, match):
                found.setdefault((start, number), (match.start() if start == match.start("n") else start, end))
    steps: list[tuple[str, int, int, int]] = []
    for (at, number), (start, end) in sorted(found.items()):
        before = [(place, coarse) for place, coarse in named if place <= at]
        place, coarse = before[-1] if before else named[0] if named else (start, str(ladder))
        if number <= TOPS[coarse]:
            last = steps[-1][2] if steps else 0
            near = last <= place < start <= place + 60 and "," not in sentence[place:start]
            steps.append((coarse, place if near else start, end, number))
    return steps


def _script(number: str) -> str:
    return "digits" if number.isdigit() else "roman" if set(number) <= set("iv") else "words"


def _listed(sentence: str, match: re.Match[str]) -> list[tuple[int, int, int]]:
    """Start, end and number of a numbered step and of those listed after it."""
    found = [(match.start("n"), match.end(), _NUMBERS[match["n"]])]
    while more := _LISTED_ON.match(sentence, found[-1][1]):
        number = _NUMBERS[more["n"]]
        if _script(more["n"]) != _script(match["n"]):
            break
        if more["to"]:
            found += [(more.start("n"), more.end("n"), between) for between in range(found[-1][2] + 1, number)]
        found.append((more.start("n"), more.end("n"), number))
    return found


def _sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """A window around the words that does not leave their sentence, nor them by more than 250 characters."""
    first, last = max(0, start - 250), min(len(text), end + 250)
    left = max(text.rfind("\n", first, start), text.rfind(". ", first, start), first - 1) + 1
    stops = [i for i in (text.find("\n", end, last), text.find(". ", end, last)) if i >= 0]
    return left, min(stops, default=last)
