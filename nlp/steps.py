"""Steps told in passing, read clause by clause: which step, whether it was taken or announced, and its own date."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import TypedDict, cast

import yaml

from nlp.calendar.dates import DateSpan
from nlp.extraction import Span, Stage, Status
from nlp.gazetteer import ASSETS
from nlp.patterns import words_of_any
from nlp.stages import LADDERS, ladder_numbers
from nlp.words import any_of, lowered


@dataclass(frozen=True, slots=True)
class Step:
    """A step that a sentence tells."""

    coarse: str
    stage: Stage
    start: int
    """The words that name it."""
    end: int
    clause: Span
    """What the sentence says of this step and of no other."""
    status: Status
    date: DateSpan | None
    proof: str
    """What proves it: "told" the words alone, "named" a word of the past beside them, "dated" only its date."""


@dataclass(frozen=True, slots=True)
class _Anchor:
    """Words that name a step, as offsets in the sentence."""

    start: int
    end: int
    coarse: str
    stage: Stage
    proof: str
    """What must stand beside them: "told" nothing, "named" a word of the past or a date, "dated" a date."""


class _Wordings(TypedDict):
    any: re.Pattern[str] | None
    """Told, named or dated: most sentences tell no step, and one search shows it."""
    told: re.Pattern[str] | None
    named: re.Pattern[str] | None
    dated: re.Pattern[str] | None
    other: re.Pattern[str] | None


def _words(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b{any_of(name)}\b")


_COMMA = re.compile(r"[,;:](?=[\s”\"])|\s[–—-]\s|[.!?…][”\"]?\s")
_BREAK = re.compile(rf"(?<=\s){any_of('breaks')}\b")
_WEAK_BREAK = re.compile(rf"(?<=\s){any_of('weak_breaks')}\b")
_DENIED, _SUPPOSED, _WISHED = _words("denied"), _words("supposed"), _words("wished")
_DOUBTED, _COMING, _HAPPENED = _words("doubted"), _words("coming"), _words("happened")
_ADVERBIAL = re.compile(
    rf"[\s,;:.–—-]*(?:(?:{any_of('breaks')}|dan)\s+)?(?:{any_of('at_last')}|{any_of('adverbials')}|{any_of('goes_on_with_it')}|{any_of('tells_of_a_step')})\b"
)
_ASIDE = re.compile(rf"[,–—]\s(?:{any_of('asides')}|yang)\b[^,.;:–—\"”]{{0,60}}[,–—](?=\s)")
_REASON = re.compile(rf"\s{any_of('reasons')}\b[^,.;:\"”]{{0,60}},(?=\s{any_of('at_last')}\b)")
# "empat kali bimtek", "bimtek yang digelar empat kali"
_COUNT = r"(?P<n>dua|tiga|empat|[234])"
_COUNTED = {
    "bimtek": re.compile(
        rf"\b{_COUNT}\s+(?:(?:kali|tahap(?:an)?|rangkaian|sesi|seri|putaran)\s+)?(?:bimtek|bimbingan teknis)\b"
        rf"|\b(?:bimtek|bimbingan teknis)\b[^.,;:]{{0,30}}\b{_COUNT.replace('<n>', '<m>')}"
        r"\s+(?:kali|tahap(?:an)?|sesi|putaran)\b"
    ),
    "evaluasi": re.compile(
        r"\b(?P<n>dua|2)\s+(?:kali\s+|tahap(?:an)?\s+)?evaluasi\b"
        r"|\bevaluasi\b[^.,;:]{0,30}\b(?P<m>dua|2)\s+(?:kali|tahap)\b"
    ),
}
_COUNTS = {"dua": 2, "2": 2, "tiga": 3, "3": 3, "empat": 4, "4": 4}
_OPENS, _CLOSES = _words("opens"), _words("closes")
_ECHO = re.compile(r"[^,;:.]{0,40}")
_AT_LAST = _words("at_last")
_NOTHING = re.compile(r"[\s,;:/&-]*(?:(?:dan|serta|maupun|juga|bimtek|tahap|ke)\b[\s,;:/&-]*)*")
_ONE_BEFORE = re.compile(r"\b(?:bimtek|bimbingan teknis|tahap) sebelumnya\b")
_SAYS = re.compile(rf"\b{any_of('says')}\b")
_LONGEST = 3000
"""Characters of a sentence that are read: what goes on beyond is a list or a text without stops."""
_BESIDE = 60
"""So many characters after a step tell what it is of, where no comma or conjunction comes between."""


def find_steps(
    text: str, sentence: Span, dates: Sequence[DateSpan], ladder: str | None, main: Stage, now: date | None
) -> Iterator[Step]:
    """Steps that a sentence tells as taken, or announces with a date, in order; offsets are those of the text.

    `dates` are those that begin in the sentence. `ladder` is what a bare "tahap" counts here, bimtek or evaluasi;
    `main` the stage of the article, before which "bimtek sebelumnya" lies.
    Denied, supposed and wished steps, and plans without a date, are no steps.
    """
    words = lowered(text[sentence[0] : min(sentence[1], sentence[0] + _LONGEST)])
    anchors = _anchors(words, ladder, main)
    if anchors and (supposed := _SUPPOSED.search(words)):
        anchors = [a for a in anchors if a.end <= supposed.start() and _HAPPENED.search(words, 0, supposed.start())]
    if not anchors:
        return
    offset = sentence[0]
    told = [span for span in dates if span.start_date and not is_span_of_years(span)]
    solid = [(span.start - offset, span.end - offset) for span in dates]
    groups = list(_groups(words, anchors))
    bounds = [0, *_bounds(words, groups, solid), len(words)]
    pieces = _pieces(words, bounds, solid, anchors)
    for i, group in enumerate(groups):
        clause = (bounds[i], bounds[i + 1])
        reach = _reach(words, group, clause, pieces, [span.start - offset for span in told])
        own = [span for span in told if reach[0] <= span.start - offset < reach[1]]
        for n, anchor in enumerate(group):
            span = own[n] if len(group) > 1 and len(own) == len(group) else _nearest(own, anchor.end + offset)
            at = bisect_right(pieces, anchor.start) - 1
            piece = (pieces[at], next((place for place in pieces[at + 1 :] if place >= anchor.end), clause[1]))
            if status := _status(words, anchor, piece, reach, span, now):
                yield Step(
                    anchor.coarse, anchor.stage, anchor.start + offset, anchor.end + offset,
                    (clause[0] + offset, clause[1] + offset), status, span, anchor.proof,
                )  # fmt: skip


def is_span_of_years(span: DateSpan) -> bool:
    """Whether an expression names several whole years: the years of many, not of one step."""
    return len(str(span.start_date)) == 4 and span.start_date != span.end_date


@lru_cache
def _wordings() -> dict[str, _Wordings]:
    raw = yaml.safe_load((ASSETS / "stages.yml").read_text(encoding="utf-8"))

    def joined(patterns: list[str]) -> re.Pattern[str] | None:
        return words_of_any(patterns) if patterns else None

    return {
        stage: {
            "any": joined(words["told"] + words["named"] + words["dated"]),
            "told": joined(words["told"]),
            "named": joined(words["named"]),
            "dated": joined(words["dated"]),
            "other": joined(words["not"]),
        }
        for stage, words in raw.items()
    }


@lru_cache
def _any_wording() -> re.Pattern[str]:
    """All wordings of all steps: most sentences tell none, and one search shows it."""
    return words_of_any(wording["any"].pattern for wording in _wordings().values() if wording["any"])


def _anchors(words: str, ladder: str | None, main: Stage) -> list[_Anchor]:
    """What names a step, in order, without overlaps; of two words for one step the stronger."""
    found = [
        _Anchor(start, end, coarse, cast(Stage, f"{coarse}-{number}"), "named")
        for coarse, start, end, number in ladder_numbers(words, ladder)
        if not _is_of_another(words, coarse, start, end)
    ]
    if main in ("bimtek-2", "bimtek-3", "bimtek-4") and (match := _ONE_BEFORE.search(words)):
        before = cast(Stage, f"bimtek-{int(main[-1]) - 1}")
        found.append(_Anchor(match.start(), match.end(), "bimtek", before, "told"))
    for coarse, wording in _wordings().items() if _any_wording().search(words) else ():
        if wording["any"] is None or not wording["any"].search(words):
            continue
        for proof in ("told", "named", "dated"):
            pattern = wording[proof]
            if pattern is None:
                continue
            for match in pattern.finditer(words):
                if not _is_of_another(words, coarse, match.start(), match.end()):
                    found.append(_Anchor(match.start(), match.end(), coarse, cast(Stage, coarse), proof))
    if counted := list(_first_and_last(words)):
        found = [a for a in found if a.stage != counted[0].coarse or a.start > counted[-1].end] + counted
    order = {"told": 0, "named": 1, "dated": 2}
    kept: list[_Anchor] = []
    for anchor in sorted(found, key=lambda a: (a.stage == a.coarse, order[a.proof], a.start)):
        if not any(anchor.start < other.end and other.start < anchor.end for other in kept):
            kept.append(anchor)
    return list(_without_echoes(words, sorted(kept, key=lambda a: a.start)))


def _without_echoes(words: str, anchors: list[_Anchor]) -> Iterator[_Anchor]:
    """Words for the same step at once after others are of the same: "lolos asesmen", "terpilih menjadi peserta"."""
    last: _Anchor | None = None
    for anchor in anchors:
        is_near = last and last.stage == anchor.stage and _ECHO.fullmatch(words, last.end, anchor.start)
        if not (is_near and anchor.proof == "dated"):
            yield anchor
            last = anchor


def _first_and_last(words: str) -> Iterator[_Anchor]:
    """The first and the last of several steps: "empat kali bimtek, dimulai 11 Juli dan ditutup 24 Oktober"."""
    for coarse, pattern in _COUNTED.items():
        counted = pattern.search(words)
        first = counted and _OPENS.search(words, counted.end())
        last = first and _CLOSES.search(words, first.end())
        if counted and first and last and not _is_of_another(words, coarse, *counted.span()):
            yield _Anchor(*first.span(), coarse, cast(Stage, f"{coarse}-1"), "dated")
            number = _COUNTS[counted["n"] or counted["m"]]
            yield _Anchor(*last.span(), coarse, cast(Stage, f"{coarse}-{number}"), "dated")


def _is_of_another(words: str, coarse: str, start: int, end: int) -> bool:
    """Whether the words around a step say that it is one of something else: "evaluasi implementasi SPBE"."""
    other = _wordings()[coarse]["other"]
    if other is None:
        return False
    last = end + _BESIDE
    stops = [match.start() for pattern in (_COMMA, _BREAK) if (match := pattern.search(words, end, last))]
    return bool(other.search(words, max(0, start - 25), min([*stops, last])))


def _groups(words: str, anchors: list[_Anchor]) -> Iterator[list[_Anchor]]:
    """Steps told together: "bimtek III dan IV digabung"."""
    group: list[_Anchor] = []
    for anchor in anchors:
        joined = group and group[-1].coarse == anchor.coarse and anchor.coarse in LADDERS
        if group and not (joined and _NOTHING.fullmatch(words, group[-1].end, anchor.start)):
            yield group
            group = []
        group.append(anchor)
    if group:
        yield group


def _bounds(words: str, groups: list[list[_Anchor]], solid: list[Span]) -> Iterator[int]:
    """Where the clause of one step ends and that of the next begins."""
    for one, two in pairwise(groups):
        start, end = one[-1].end, two[0].start
        for pattern in (_BREAK, _COMMA, _WEAK_BREAK):
            places = [m.start() for m in pattern.finditer(words, start, end) if not _inside(m.start(), solid)]
            if places:
                yield places[-1]
                break
        else:
            yield end


def _pieces(words: str, bounds: list[int], solid: list[Span], anchors: list[_Anchor]) -> list[int]:
    """Where the pieces of a sentence begin: at commas, at conjunctions and between two steps; dates stay whole.

    "Bimtek I, kata Kadis, sudah digelar" is one piece, and so is a delay with its reason and what came of it.
    """
    whole = [
        (match.start() - 1, match.end())
        for pattern in (_ASIDE, _REASON)
        for match in pattern.finditer(words)
        if not any(match.start() <= anchor.start < match.end() for anchor in anchors)
    ]
    places = set(bounds[:-1])
    for pattern in (_COMMA, _BREAK):
        places.update(m.start() for m in pattern.finditer(words) if not _inside(m.start(), [*solid, *whole]))
    return sorted(places)


def _inside(place: int, spans: list[Span]) -> bool:
    return any(start < place < end for start, end in spans)


def _reach(words: str, group: list[_Anchor], clause: Span, pieces: list[int], dates: list[int]) -> Span:
    """The piece that names the steps, and those beside it in the clause that tell only when, where or how."""
    first = bisect_right(pieces, group[0].start) - 1
    after = bisect_left(pieces, group[-1].end)

    def adverbial(i: int) -> bool:
        end = pieces[i + 1] if i + 1 < len(pieces) else len(words)
        piece = words[pieces[i] : end]
        opened = any(pieces[i] <= at < end and not re.search(r"\w", words[pieces[i] : at]) for at in dates)
        return opened or bool(_ADVERBIAL.match(piece)) or not re.search(r"\w{3}", piece)

    while first > 0 and pieces[first] > clause[0] and adverbial(first - 1):
        first -= 1
    while after < len(pieces) and pieces[after] < clause[1] and adverbial(after):
        after += 1
    # "Kamis (19/7), Kepala Diskominfo menuturkan bahwa": the day on which it is said, not that of the step.
    said = [match.end() for match in _SAYS.finditer(words, pieces[first], group[0].start)]
    start = said[-1] if said else pieces[first]
    return start, min(pieces[after], clause[1]) if after < len(pieces) else clause[1]


def _nearest(own: list[DateSpan], at: int) -> DateSpan | None:
    """The most exact of the dates, then the one after the words, then the nearest."""
    return min(own, key=lambda d: (-len(str(d.start_date)), d.start < at, abs(d.start - at)), default=None)


def _status(
    words: str, anchor: _Anchor, piece: Span, reach: Span, span: DateSpan | None, now: date | None
) -> Status | None:
    """Whether the step was taken or is announced; None where it is denied, wished for, or planned without a date."""
    if _DENIED.search(words, *piece) and not _AT_LAST.search(words, anchor.end, reach[1]):
        return None
    if _DOUBTED.search(words, *piece):
        return None
    if _WISHED.search(words, piece[0], anchor.start):
        return None
    if _COMING.search(words, *piece) or _lies_ahead(span, now):
        return "announced" if span else None
    if span or anchor.proof == "told" or (anchor.proof == "named" and _HAPPENED.search(words, *reach)):
        return "held"
    return None


def _lies_ahead(span: DateSpan | None, now: date | None) -> bool:
    return bool(span and now and str(span.start_date) > now.isoformat()[: len(str(span.start_date))])
