"""Annotated articles compared: what was found right, what is missing, what is spurious, and the scores of it.

An article is compared with its gold task by task. What counts as the same (names, offices) and which articles a task
looks at is the convention of the project's gold annotation; the form of a line is in `tests/gold/README.md`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Annotated, Literal, get_args

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from nlp.extraction import Pillar, Stage

Task = Literal[
    "relevant", "regency_subject", "regency_all", "official_name", "official_position", "official_acting",
    "official_regency", "date", "date_year", "stage_main", "event", "event_date", "pillar", "quote_speaker",
]  # fmt: skip
TASKS: tuple[Task, ...] = get_args(Task)

Fate = Literal["right", "spurious", "missing"]
FATES: tuple[Fate, ...] = get_args(Fate)

Code = Annotated[str, Field(pattern=r"^\d\d\.\d\d$")]
Day = Annotated[str, Field(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")]
"""ISO day, month or year."""


class Part(BaseModel):
    """A part of an annotation. What we do not score (venue, degrees, …) is not looked at."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class Place(Part):
    """A regency of the article."""

    code: Code
    role: Literal["subject", "mention"]


class Officer(Part):
    """An official as annotated."""

    name: str
    position: str | None = None
    acting: str | None = None
    organization: str | None = None
    regency: Code | None = None


class Step(Part):
    """An event as annotated."""

    stage: Stage
    start: Day | None = None
    regency: Code | None = None
    main: bool = False


class Calendar(Part):
    """A date as annotated; `start` is None where nobody can tell the year."""

    start: Day | None
    end: Day | None = None


class Saying(Part):
    """A direct quotation as annotated."""

    speaker: str | None


class Annotation(Part):
    """What an annotator, or our own reader, says of one article."""

    id: Annotated[str, Field(min_length=1)]
    published: str | None = None
    title: str | None = None
    text: str
    relevant: bool
    regencies: list[Place]
    officials: list[Officer]
    events: list[Step]
    dates: list[Calendar]
    pillars: list[Pillar]
    quotes: list[Saying]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one thing that is in the gold, or was found, or both."""

    task: Task
    fate: Fate
    key: Hashable
    """What it is: True, a code, a person's name, (start, end), a stage, (stage, regency), (stage, start), a pillar."""
    what: str
    """The same in words, for a list of errors."""


@dataclass(frozen=True, slots=True)
class Score:
    """How many things of a task were right, spurious and missing, over some articles."""

    right: int = 0
    spurious: int = 0
    missing: int = 0

    @property
    def support(self) -> int:
        """How many there are in the gold."""
        return self.right + self.missing

    @property
    def precision(self) -> float:
        """0..1; 1 where nothing was found, since nothing found is wrong."""
        found = self.right + self.spurious
        return self.right / found if found else 1.0

    @property
    def recall(self) -> float:
        """0..1; 1 where there is nothing to find."""
        return self.right / self.support if self.support else 1.0

    @property
    def f1(self) -> float:
        """0..1; 1 where there is nothing to find and nothing was found."""
        everything = 2 * self.right + self.spurious + self.missing
        return 2 * self.right / everything if everything else 1.0


def compare(gold: Annotation, found: Annotation) -> list[Outcome]:
    """The outcomes of one article, task by task; those of a task that does not apply to it are left out.

    Subjects, events and pillars are asked only of articles on the programme: on the others relevance takes the blame.
    """
    return [
        *_sets("relevant", {True} & {gold.relevant}, {True} & {found.relevant}),
        *_compare_regencies(gold, found),
        *_compare_officials(gold, found),
        *_sets("date", spans(gold.dates), spans(found.dates)),
        *_sets("date_year", spans(gold.dates, years=True), spans(found.dates, years=True)),
        *(_compare_events(gold, found) if gold.relevant else ()),
        *_compare_speakers(gold, found),
    ]


def scores(outcomes: Iterable[Outcome]) -> dict[Task, Score]:
    """The score of every task, micro-averaged: a thing counts the same in whichever article it is."""
    counts = Counter((outcome.task, outcome.fate) for outcome in outcomes)
    return {task: Score(**{fate: counts[task, fate] for fate in FATES}) for task in TASKS}


def intervals(articles: Sequence[Sequence[Outcome]], resamples: int = 1000) -> dict[Task, tuple[float, float]]:
    """Where the F1 of each task lies in 95 of 100 collections of articles drawn from these (percentile bootstrap).

    Whole articles are drawn, with replacement, since findings of one article go wrong together. The draws are always
    the same. Fewer than some twenty articles give intervals that are too narrow.
    """
    counted = [Counter((outcome.task, outcome.fate) for outcome in outcomes) for outcomes in articles]
    # (articles, tasks, fates), and how often each resample holds each article: (resamples, articles).
    counts = np.array([[[count[task, fate] for fate in FATES] for task in TASKS] for count in counted])
    drawn = np.random.default_rng(17).multinomial(len(articles), [1 / len(articles)] * len(articles), resamples)
    right, spurious, missing = np.moveaxis(np.tensordot(drawn, counts, axes=1), -1, 0)
    everything = 2 * right + spurious + missing
    f1 = np.where(everything, 2 * right / np.maximum(everything, 1), 1.0)
    lows, highs = np.percentile(f1, [2.5, 97.5], axis=0)
    return {task: (float(low), float(high)) for task, low, high in zip(TASKS, lows, highs, strict=True)}


def pair_officials(
    gold: Sequence[Officer], found: Sequence[Officer]
) -> Iterator[tuple[Officer | None, Officer | None]]:
    """Each official of the gold with the first one found of that name, or None; then those found that are left over."""
    left = list(found)
    for officer in gold:
        hit = next((other for other in left if same_name(officer.name, other.name)), None)
        if hit:
            left.remove(hit)
        yield officer, hit
    for extra in left:
        yield None, extra


def pair_speakers(gold: Sequence[Saying], found: Sequence[Saying]) -> Iterator[tuple[Saying | None, Saying | None]]:
    """Each quotation of the gold with the first one found of that speaker, or None; then those that are left over."""
    left = list(found)
    for saying in gold:
        hit = next((other for other in left if same_name(saying.speaker, other.speaker)), None)
        if hit:
            left.remove(hit)
        yield saying, hit
    for extra in left:
        yield None, extra


def spans(dates: Iterable[Calendar], years: bool = False) -> set[tuple[str, str]]:
    """Start and end of the dates known to the month or day, or of those known to the year alone."""
    return {(date.start, date.end or date.start) for date in dates if date.start and (len(date.start) == 4) == years}


# What counts as the same.

SHORT_FORMS = {
    short: full.split()
    for full, shorts in {
        "dinas komunikasi dan informatika": "diskominfo dinkominfo",
        "direktorat jenderal": "ditjen",
        "direktur jenderal": "dirjen",
        "kabupaten": "kab",
        "kementerian komunikasi dan digital": "kemkomdigi kemenkomdigi",
        "kementerian komunikasi dan informatika": "kemkominfo kemenkominfo",
        "kepala badan": "kaban",
        "kepala bagian": "kabag",
        "kepala bidang": "kabid",
        "kepala dinas": "kadis",
        "kepala dinas komunikasi dan informatika": "kadiskominfo",
        "kepala seksi": "kasi",
        "komunikasi dan digital": "komdigi",
        "komunikasi dan informatika": "kominfo",
        "aplikasi informatika": "aptika",
        "pemerintah kabupaten": "pemkab",
        "pemerintah kota": "pemkot",
        "sekretariat daerah": "setda",
        "sekretaris daerah": "sekda",
        "sekretaris dinas": "sekdis",
        "sekretaris dprd": "sekwan",
        "wakil bupati": "wabup",
        "wakil wali kota": "wawali",
        "wali kota": "walikota",
    }.items()
    for short in shorts.split()
}
NOT_TELLING = frozenset("bidang daerah dan di indonesia kabupaten kota pemerintah republik ri selaku".split())
"""Words that do not make an office another one."""
ACTING = {"pelaksana tugas": "plt", "pelaksana harian": "plh", "penjabat": "pj", "penjabat sementara": "pjs"}


def same_name(one: str | None, other: str | None) -> bool:
    """Whether two names are spelt the same, or nearly (nine letters in ten); no name is the same as none.

    >>> same_name("Marjuki Saleh", "MARZUKI SALEH"), same_name("Marjuki", "Marjuki Saleh"), same_name(None, None)
    (True, False, False)
    """
    one, other = fold(one), fold(other)
    if not one or not other:
        return False
    return one == other or SequenceMatcher(None, one, other).ratio() >= 0.9


def same_position(one: Officer, other: Officer) -> bool:
    """Whether two offices share six words in ten, either alone or with the organisation's words.

    >>> gold = Officer(name="Rusdi", position="Kepala Dinas", organization="Dinas Kominfo")
    >>> same_position(gold, Officer(name="Rusdi", position="Kadis Kominfo"))
    True
    >>> same_position(gold, Officer(name="Rusdi", position="Sekretaris Dinas", organization="Bappeda"))
    False
    """
    alone = _overlap(_words(one.position), _words(other.position))
    whole = _overlap(*(_words(f"{o.position or ''} {o.organization or ''}") for o in (one, other)))
    return max(alone, whole) >= 0.6


def same_acting(one: Officer, other: Officer) -> bool:
    """Whether both hold the office in the same way, however the marker is written.

    >>> same_acting(Officer(name="Rusdi", acting="Plt."), Officer(name="Rusdi", acting="Pelaksana Tugas"))
    True
    """
    one_marker, other_marker = (ACTING.get(marker, marker) for marker in (fold(one.acting), fold(other.acting)))
    return one_marker == other_marker


def fold(text: str | None) -> str:
    """A text without what does not tell: case, punctuation other than apostrophes, widths, doubled spaces.

    >>> fold("H. Ma’ruf  Syahrial, S.E.")
    "h ma'ruf syahrial s e"
    """
    plain = unicodedata.normalize("NFKC", text or "").casefold().replace("’", "'")
    return " ".join(re.findall(r"[\w']+", plain))


def _words(text: str | None) -> set[str]:
    return {part for word in fold(text).split() for part in SHORT_FORMS.get(word, [word])} - NOT_TELLING


def _overlap(some: set[str], others: set[str]) -> float:
    if some and others:
        return 2 * len(some & others) / (len(some) + len(others))
    return float(some == others)


# The tasks.


def _sets(task: Task, gold: Set[Hashable], found: Set[Hashable]) -> Iterator[Outcome]:
    for key in sorted(gold | found, key=str):
        fate: Fate = "missing" if key not in found else "spurious" if key not in gold else "right"
        parts = key if isinstance(key, tuple) else (key,)
        yield Outcome(task, fate, key, " ".join("–" if part is None else str(part) for part in parts))


def _compare_regencies(gold: Annotation, found: Annotation) -> Iterator[Outcome]:
    if gold.relevant:
        subjects = [{place.code for place in side.regencies if place.role == "subject"} for side in (gold, found)]
        yield from _sets("regency_subject", *subjects)
    yield from _sets("regency_all", *({place.code for place in side.regencies} for side in (gold, found)))


def _compare_officials(gold: Annotation, found: Annotation) -> Iterator[Outcome]:
    for officer, hit in pair_officials(gold.officials, found.officials):
        if officer and hit:
            yield Outcome("official_name", "right", hit.name, hit.name)
            yield from _verdict(
                "official_position", same_position(officer, hit), hit.name, officer.position, hit.position
            )
            yield from _verdict("official_acting", same_acting(officer, hit), hit.name, officer.acting, hit.acting)
            same = officer.regency == hit.regency
            yield from _verdict("official_regency", same, hit.name, officer.regency, hit.regency)
        elif officer:
            yield from _lost_official("missing", officer)
        elif hit:
            yield from _lost_official("spurious", hit)


def _verdict(task: Task, is_right: bool, name: str, wanted: str | None, seen: str | None) -> Iterator[Outcome]:
    if is_right:
        yield Outcome(task, "right", name, f"{name}: {seen}")
    else:
        yield Outcome(task, "missing", name, f"{name}: {wanted or '–'}")
        yield Outcome(task, "spurious", name, f"{name}: {seen or '–'}")


def _lost_official(fate: Fate, officer: Officer) -> Iterator[Outcome]:
    """What is said of a person cannot be right where the person is not."""
    yield Outcome("official_name", fate, officer.name, officer.name)
    yield Outcome("official_position", fate, officer.name, f"{officer.name}: {officer.position or '–'}")
    yield Outcome("official_acting", fate, officer.name, f"{officer.name}: {officer.acting or '–'}")
    yield Outcome("official_regency", fate, officer.name, f"{officer.name}: {officer.regency or '–'}")


def _compare_events(gold: Annotation, found: Annotation) -> Iterator[Outcome]:
    both = (gold, found)
    yield from _sets("stage_main", *({step.stage for step in side.events if step.main} for side in both))
    yield from _sets("event", *({(step.stage, step.regency) for step in side.events} for side in both))
    yield from _sets("event_date", *({(step.stage, step.start) for step in side.events if step.main} for side in both))
    yield from _sets("pillar", *(set(side.pillars) for side in both))


def _compare_speakers(gold: Annotation, found: Annotation) -> Iterator[Outcome]:
    for saying, hit in pair_speakers(gold.quotes, found.quotes):
        fate: Fate = "missing" if not hit else "spurious" if not saying else "right"
        speaker = (hit or saying or Saying(speaker=None)).speaker
        yield Outcome("quote_speaker", fate, speaker, speaker or "–")
