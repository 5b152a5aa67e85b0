"""How well articles are read: scores against gold with their intervals, and whether a confidence means what it says.

The gold is JSON Lines in the form of `tests/gold/README.md`. What is found is put into the same form (`annotate`) and
compared by `scoring`; the floors are kept by `floors`.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import ValidationError

from crawler.items import Article
from nlp.annotate import annotation
from nlp.extraction import Extraction
from nlp.measure.scoring import (
    TASKS,
    Annotation,
    Outcome,
    Score,
    Task,
    compare,
    intervals,
    pair_officials,
    pair_speakers,
    same_position,
    scores,
    spans,
)

Kind = Literal[
    "relevance", "regency", "official", "position", "date", "event", "event_date", "pillar", "quote_speaker"
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)

KIND_OF_TASK: dict[Task, Kind] = {
    "relevant": "relevance", "regency_subject": "regency", "regency_all": "regency", "official_name": "official",
    "official_position": "position", "official_acting": "official", "official_regency": "official", "date": "date",
    "date_year": "date", "stage_main": "event", "event": "event", "event_date": "event_date", "pillar": "pillar",
    "quote_speaker": "quote_speaker",
}  # fmt: skip
"""Whose confidence a finding of a task has."""

SURE = 0.9
"""Findings above it are meant to be right 95 times in 100."""
BINS = 10

WIB = timezone(timedelta(hours=7))


class GoldError(Exception):
    """A gold file that cannot be used. The message names the file, the line, the field and what was seen."""


@dataclass(frozen=True, slots=True)
class Graded:
    """A finding held against the gold."""

    kind: Kind
    what: str
    """The finding in words."""
    confidence: float
    is_right: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """The findings of a kind whose confidence lies between two tenths."""

    number: int
    confidence: float
    """Their mean."""
    right: float
    """The share of them that is right."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """How often the findings of a kind are right, and how well their confidence tells it."""

    number: int
    right: float | None
    """The share that is right; None where there is no finding."""
    number_sure: int
    """How many have a confidence above 0.9."""
    right_sure: float | None
    calibration_error: float | None
    """The expected one: how far share right and mean confidence of a tenth are apart, by the findings in it."""
    bins: tuple[Bin, ...]
    """The tenths of confidence that hold findings, from low to high."""


@dataclass(frozen=True, slots=True)
class Error:
    """Something of the gold that was not found, or a finding that is not in the gold."""

    article: str
    task: Task
    fate: Literal["missing", "spurious"]
    what: str
    confidence: float | None
    """Of the finding; None for what is missing."""


@dataclass(frozen=True, slots=True)
class Report:
    """One gold file, scored."""

    name: str
    """The file's name without the ending: the name of its floors."""
    articles: int
    scores: dict[Task, Score]
    intervals: dict[Task, tuple[float, float]]
    """Of the F1, 95 %."""
    graded: tuple[Graded, ...]
    errors: tuple[Error, ...]


def load_gold(path: Path) -> list[Annotation]:
    """The annotated articles of a file, in its order. GoldError at the first line that is malformed."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise GoldError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise GoldError(f"{path}: no UTF-8: {error}") from error
    golds: dict[str, Annotation] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            gold = _parse_line(line)
        except ValueError as error:
            raise GoldError(f"{path}, line {number}: {error} (the form: tests/gold/README.md)") from error
        if gold.id in golds:
            raise GoldError(f"{path}, line {number}: a second article with the id {gold.id!r}")
        golds[gold.id] = gold
    if not golds:
        raise GoldError(f"{path}: no annotated article in it")
    return list(golds.values())


def _parse_line(line: str) -> Annotation:
    """The annotated article of a line. ValueError says what is wrong with it, its first fault alone."""
    try:
        record = json.loads(line)
    except ValueError as error:
        raise ValueError(f"no JSON: {error}") from error
    if not isinstance(record, dict):
        raise ValueError(f"a {type(record).__name__}, not an object")
    try:
        gold = Annotation.model_validate(record)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(map(str, fault["loc"]))
        seen = "" if fault["type"] == "missing" else f", seen: {str(fault['input'])[:60]!r}"
        raise ValueError(f"{where}: {fault['msg']}{seen}") from error
    if gold.published:
        try:
            datetime.fromisoformat(gold.published)
        except ValueError as error:
            raise ValueError(f"published: {error}; write 2023-11-08 or null") from error
    return gold


def gold_article(gold: Annotation) -> Article:
    """The article as the annotator had it; a day of publication is its midnight in WIB."""
    url = f"gold:{gold.id}"
    published = datetime.fromisoformat(gold.published) if gold.published else None
    if published and not published.tzinfo:
        published = published.replace(tzinfo=WIB)
    reason = None if published else "Berkas tidak menyebut tanggal terbit."
    return Article(url, url, "gold", gold.title, (), published, "api" if published else None, reason, gold.text)


def read_annotation(gold: Annotation, extraction: Extraction) -> Annotation:
    """What was found in an annotated article, in the form of the gold."""
    return Annotation.model_validate(annotation(gold.id, gold_article(gold), extraction))


def graded(gold: Annotation, extraction: Extraction) -> list[Graded]:
    """Each finding of an article that claims something, right or wrong by the scorer's rules, with its confidence.

    Claims are: that the article is relevant or is not; a regency in its role; a person; a person's office; a date; an
    event; the day of a main event; a pillar; whose a quotation is. A date found twice is one finding, with the
    higher confidence; so are events of one stage and regency. Unlike the scorer, events and pillars of an article that
    is not on the programme are graded too: they are wrong.
    """
    sure = confidences(extraction)
    return [
        Graded(kind, in_words(what), sure[kind, key], is_right)
        for kind, key, what, is_right in _claims(gold, read_annotation(gold, extraction))
        if kind != "relevance" or extraction.is_relevant is not None
    ]


def _claims(gold: Annotation, found: Annotation) -> Iterator[tuple[Kind, Hashable, Hashable, bool]]:
    """Kind, key of the confidence, what is claimed, whether it is right."""
    yield "relevance", True, ("relevant" if found.relevant else "not relevant"), found.relevant == gold.relevant
    for place in sorted({(place.code, place.role) for place in found.regencies}):
        yield "regency", place[0], place, place in {(other.code, other.role) for other in gold.regencies}
    for officer, hit in pair_officials(gold.officials, found.officials):
        if hit:
            yield "official", hit.name, hit.name, officer is not None
        if hit and hit.position:
            is_right = officer is not None and same_position(officer, hit)
            yield "position", hit.name, (hit.name, hit.position), is_right
    sets: tuple[tuple[Kind, Set[Hashable], Set[Hashable]], ...] = (
        ("date", _dates(gold), _dates(found)),
        ("event", _steps(gold), _steps(found)),
        ("event_date", _main_days(gold), _main_days(found)),
        ("pillar", set(gold.pillars), set(found.pillars)),
    )
    for kind, wanted, seen in sets:
        for key in sorted(seen, key=str):
            yield kind, key, key, key in wanted
    for saying, uttered in pair_speakers(gold.quotes, found.quotes):
        if uttered and uttered.speaker:
            yield "quote_speaker", uttered.speaker, uttered.speaker, saying is not None


def _dates(side: Annotation) -> Set[Hashable]:
    return spans(side.dates) | spans(side.dates, years=True)


def _steps(side: Annotation) -> Set[Hashable]:
    return {(step.stage, step.regency) for step in side.events}


def _main_days(side: Annotation) -> Set[Hashable]:
    return {(step.stage, step.start) for step in side.events if step.main and step.start}


def confidences(extraction: Extraction) -> dict[tuple[Kind, Hashable], float]:
    """The confidence of each finding, by what it is (see `Outcome.key`); the highest where it was found twice.

    An office has the confidence of its holder, the day of a main event that of the event. The stage of a main event
    stands under its name alone, relevance under True, with the probability of the side that was taken.
    """
    relevance = extraction.relevance if extraction.is_relevant else 1 - extraction.relevance
    sure: dict[tuple[Kind, Hashable], float] = {}
    for kind, key, confidence in [("relevance", True, relevance), *_sure_findings(extraction)]:
        sure[kind, key] = max(confidence, sure.get((kind, key), 0.0))
    return sure


def _sure_findings(extraction: Extraction) -> Iterator[tuple[Kind, Hashable, float]]:
    for regency in extraction.regencies:
        yield "regency", regency.code, regency.confidence
    for official in extraction.officials:
        yield "official", official.name, official.confidence
        yield "position", official.name, official.confidence
    for event in extraction.events:
        yield "event", (event.stage, event.regency), event.confidence
        if event.is_main:
            yield "event", event.stage, event.confidence
            yield "event_date", (event.stage, event.start_date), event.confidence
    for mention in extraction.mentions:
        if mention.label == "DATE" and mention.value:
            start, _, end = mention.value.partition("/")
            yield "date", (start, end or start), mention.confidence
        elif mention.label == "PILLAR":
            yield "pillar", mention.value, mention.confidence
    for quote in extraction.quotes:
        yield "quote_speaker", quote.speaker, quote.confidence


def reliability(findings: Iterable[Graded]) -> dict[Kind, Reliability]:
    """How far the confidence of each kind can be trusted; a kind without findings is there with none."""
    by_kind: dict[Kind, list[Graded]] = {kind: [] for kind in KINDS}
    for finding in findings:
        by_kind[finding.kind].append(finding)
    return {kind: _reliability(found) for kind, found in by_kind.items()}


def _reliability(findings: Sequence[Graded]) -> Reliability:
    tenths: list[list[Graded]] = [[] for _ in range(BINS)]
    for finding in findings:
        tenths[min(int(finding.confidence * BINS), BINS - 1)].append(finding)
    bins = tuple(
        Bin(len(tenth), sum(f.confidence for f in tenth) / len(tenth), _share_right(tenth) or 0.0)
        for tenth in tenths
        if tenth
    )
    apart = sum(tenth.number * abs(tenth.right - tenth.confidence) for tenth in bins)
    sure = [finding for finding in findings if finding.confidence > SURE]
    return Reliability(
        number=len(findings),
        right=_share_right(findings),
        number_sure=len(sure),
        right_sure=_share_right(sure),
        calibration_error=apart / len(findings) if findings else None,
        bins=bins,
    )


def _share_right(findings: Sequence[Graded]) -> float | None:
    return sum(finding.is_right for finding in findings) / len(findings) if findings else None


def evaluate(name: str, golds: Sequence[Annotation], extractions: Iterable[Extraction]) -> Report:
    """The report on a gold file, from what was found in each of its articles, in their order."""
    outcomes: list[list[Outcome]] = []
    findings: list[Graded] = []
    errors: list[Error] = []
    for gold, extraction in zip(golds, extractions, strict=True):
        outcomes.append(compare(gold, read_annotation(gold, extraction)))
        findings += graded(gold, extraction)
        errors += _errors(gold, outcomes[-1], confidences(extraction))
    return Report(
        name=name,
        articles=len(golds),
        scores=scores(outcome for article in outcomes for outcome in article),
        intervals=intervals(outcomes),
        graded=tuple(findings),
        errors=tuple(errors),
    )


def _errors(
    gold: Annotation, outcomes: Iterable[Outcome], sure: Mapping[tuple[Kind, Hashable], float]
) -> Iterator[Error]:
    for outcome in outcomes:
        if outcome.fate == "spurious":
            confidence = sure[KIND_OF_TASK[outcome.task], outcome.key]
            yield Error(gold.id, outcome.task, outcome.fate, outcome.what, confidence)
        elif outcome.fate == "missing":
            yield Error(gold.id, outcome.task, outcome.fate, outcome.what, None)


# What is printed.


def in_words(what: Hashable) -> str:
    """A finding for a list: its parts with a space between, an en dash where nothing is said."""
    parts = what if isinstance(what, tuple) else (what,)
    return " ".join("–" if part is None else str(part) for part in parts)


def report_lines(report: Report, floors: Mapping[str, float]) -> Iterator[str]:
    """The scores of a file as a table for a terminal: one line a task."""
    yield f"{report.name}: {report.articles} articles"
    yield f"{'task':18}     P     R    F1   95 % of F1    gold  floor"
    for task in TASKS:
        score, (low, high) = report.scores[task], report.intervals[task]
        yield (
            f"{task:18} {score.precision:5.3f} {score.recall:5.3f} {score.f1:5.3f}  {low:.3f}–{high:.3f}"
            f"  {score.support:5}  {_held(score, floors.get(task))}"
        )


def _held(score: Score, floor: float | None) -> str:
    return "none" if floor is None else f"{floor:.3f} {'BROKEN' if score.f1 < floor else 'held'}"


def reliability_lines(findings: Iterable[Graded]) -> Iterator[str]:
    """How far confidence can be trusted as a table for a terminal: one line a kind of finding."""
    yield f"{'confidence':18} findings  right  above {SURE}  right  calibration error"
    for kind, row in reliability(findings).items():
        yield (
            f"{kind:18} {row.number:8}  {_share(row.right)}  {row.number_sure:9}  {_share(row.right_sure)}"
            f"  {_share(row.calibration_error)}"
        )


def _share(share: float | None) -> str:
    return "    –" if share is None else f"{share:5.3f}"


def error_lines(errors: Iterable[Error]) -> Iterator[str]:
    """What was missed and what was made up, one tab-separated line each, with the confidence of the finding."""
    for error in errors:
        confidence = "" if error.confidence is None else f" ({error.confidence:.2f})"
        yield f"{error.article}\t{error.task}\t{error.fate}\t{error.what}{confidence}"


def report_object(report: Report, floors: Mapping[str, float]) -> dict[str, Any]:
    """The same as an object for JSON: `tasks`, `confidence`; without the errors."""
    return {
        "name": report.name,
        "articles": report.articles,
        "tasks": {task: _task_object(report, task, floors.get(task)) for task in TASKS},
        "confidence": reliability_object(report.graded),
    }


def _task_object(report: Report, task: Task, floor: float | None) -> dict[str, Any]:
    score = report.scores[task]
    return {
        **{name: round(getattr(score, name), 4) for name in ("precision", "recall", "f1")},
        "gold": score.support,
        "interval": [round(end, 4) for end in report.intervals[task]],
        "floor": floor,
        "is_held": floor is None or score.f1 >= floor,
    }


def reliability_object(findings: Iterable[Graded]) -> dict[Kind, dict[str, Any]]:
    """How far confidence can be trusted, as an object for JSON: the fields of `Reliability` by kind."""
    return {kind: asdict(row) for kind, row in reliability(findings).items()}
