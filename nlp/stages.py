"""Stages of the programme: which step of its path a sentence speaks of."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TypedDict, cast

import yaml

from nlp.extraction import Stage
from nlp.gazetteer import ASSETS
from nlp.words import any_of


class _Wordings(TypedDict):
    reports: list[tuple[re.Pattern[str], float]]
    background: list[re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class StageMention:
    """Words that name a stage."""

    start: int
    end: int
    stage: Stage


_NUMBERS = {
    "i": 1, "1": 1, "satu": 1, "pertama": 1, "kesatu": 1, "perdana": 1, "ii": 2, "2": 2, "dua": 2, "kedua": 2,
    "iii": 3, "3": 3, "tiga": 3, "ketiga": 3, "iv": 4, "4": 4, "empat": 4, "keempat": 4, "terakhir": 4, "akhir": 4,
    "pamungkas": 4, "final": 4,
}  # fmt: skip
_NUMBER = f"(?P<n>{any_of('numbers')})"
_NUMBERED = re.compile(
    rf"\b{any_of('steps')}\s*(?:yang\s+)?(?:ke[- ]?\s?)?[\"“(]?{_NUMBER}\b",
    re.IGNORECASE,
)
# "Bimtek II", "evaluasi ke dua", "bimtek kedua" without the word tahap.
_NUMBERED_BARE = re.compile(
    r"\b(?:bimtek|bimbingan teknis(?:\s*\(bimtek\))?|evaluasi)\s+(?:(?:smart city|masterplan|kota cerdas)\s+)?"
    rf"(?:ke[- ]?\s?)?{_NUMBER}\b",
    re.IGNORECASE,
)
# The cohort is counted in "tahap" too: "Gerakan Menuju 100 Smart City tahap kedua".
_COHORT = re.compile(
    r"(?:gerakan menuju|100 smart ?city|gelombang|kota cerdas nasional)(?:(?!bimtek|bimbingan|evaluasi)[^.,]){0,40}$",
    re.IGNORECASE,
)


_BY_THE_MINISTRY = re.compile(r"\b(?:asesor|evaluator|tim penilai|zoom|oleh kementerian)\b", re.IGNORECASE)


@lru_cache
def _wordings() -> dict[str, _Wordings]:
    raw = yaml.safe_load((ASSETS / "stages.yml").read_text(encoding="utf-8"))
    return {
        stage: {
            "reports": [(re.compile(pattern, re.IGNORECASE), weight) for pattern, weight in words["reports"]],
            "background": [re.compile(pattern, re.IGNORECASE) for pattern in words["background"]],
        }
        for stage, words in raw.items()
    }


def score_stages(sentence: str) -> dict[str, float]:
    """How strongly a sentence reports each coarse stage; stages of which it says nothing are left out."""
    scores: dict[str, float] = defaultdict(float)
    for stage, words in _wordings().items():
        scores[stage] = sum(weight for pattern, weight in words["reports"] if pattern.search(sentence))
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
    for stage, words in _wordings().items():
        for pattern, weight in words["reports"]:
            if weight >= 1.8:
                found += [
                    StageMention(m.start(), m.end(), number_stage(stage, text, m.start(), m.end()))
                    for m in pattern.finditer(text)
                ]
    kept: list[StageMention] = []
    for mention in sorted(found, key=lambda m: (m.start, -m.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def background_stages(sentence: str) -> list[tuple[str, int, int]]:
    """Coarse stages that a sentence tells in passing, with the place of the words."""
    return [
        (stage, match.start(), match.end())
        for stage, words in _wordings().items()
        for pattern in words["background"]
        for match in pattern.finditer(sentence)
    ]


def number_stage(coarse: str, text: str, start: int, end: int) -> Stage:
    """The stage with its number, where the words around start:end say one: bimtek II, evaluasi tahap kedua.

    >>> number_stage("bimtek", "Bimtek tahap ke III smart city", 0, 6)
    'bimtek-3'
    """
    if coarse not in ("bimtek", "evaluasi"):
        return cast(Stage, coarse)
    top = 4 if coarse == "bimtek" else 2
    around = _sentence_around(text, start, end)
    candidates = []
    for pattern in (_NUMBERED, _NUMBERED_BARE):
        for match in pattern.finditer(text, around[0], around[1]):
            number = _NUMBERS[match["n"].lower()]
            if number <= top and not _COHORT.search(text[max(0, match.start() - 60) : match.start()]):
                distance = max(0, match.start() - end, start - match.end())
                candidates.append((distance + (20 if match.end() <= start else 0), number))
    if candidates and min(candidates)[0] <= 110:
        return cast(Stage, f"{coarse}-{min(candidates)[1]}")
    return cast(Stage, coarse)


def numbers_of_steps(sentence: str) -> list[tuple[int, int]]:
    """Offset and number of every "tahap II", "bimtek ketiga" in a sentence; the count of cohorts is none.

    >>> numbers_of_steps("Bimtek tahap I digelar, sedangkan tahap ketiga menyusul")
    [(7, 1), (34, 3)]
    """
    found: dict[int, int] = {}
    for pattern in (_NUMBERED, _NUMBERED_BARE):
        for match in pattern.finditer(sentence):
            if not _COHORT.search(sentence[max(0, match.start() - 60) : match.start()]):
                found.setdefault(match.start("n"), _NUMBERS[match["n"].lower()])
    starts = {
        match.start("n"): match.start()
        for pattern in (_NUMBERED_BARE, _NUMBERED)
        for match in pattern.finditer(sentence)
    }
    return sorted((starts[at], number) for at, number in found.items())


def _sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """A window around the words that does not leave their sentence, nor them by more than 250 characters."""
    first, last = max(0, start - 250), min(len(text), end + 250)
    left = max(text.rfind("\n", first, start), text.rfind(". ", first, start), first - 1) + 1
    stops = [i for i in (text.find("\n", end, last), text.find(". ", end, last)) if i >= 0]
    return left, min(stops, default=last)
