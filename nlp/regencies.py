"""Kabupaten and kota in an article: every mention with its Kemendagri code, and which of them the article is about."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, replace

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans

from nlp.extraction import Regency
from nlp.gazetteer import KIND_RANK, PROVINCES_NAMED_AS_KOTA, NameKind, PlaceName, names, places, provinces
from nlp.tokens import text_of
from nlp.words import any_of


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A kabupaten or kota named in the text."""

    start: int
    end: int
    code: str
    kind: NameKind
    confidence: float
    is_office: bool
    """Named through its government: "Bupati X", "Pemkot X", "Diskominfo X"."""
    is_aside: bool
    """Only the place where something is: a dateline, "di X", the city of a hotel."""


_KABUPATEN = re.compile(
    r"(?:kabupaten|kab\.?|pemkab|pemerintah kab(?:upaten|\.)|bupati|wabup|sekdakab|setdakab|regency)\s+$", re.IGNORECASE
)
_KOTA = re.compile(
    r"(?:(?<!ibu )(?<!ibu)kota(?: administrasi)?|pemkot|pemko|pemerintah kota|wali ?kota|wawali|wawalkot|walkot|wako|"
    r"wawako|sekdako|sekko|sekot|setdako)\s+$",
    re.IGNORECASE,
)
_AGENCY = re.compile(rf"(?<!\w){any_of('office_of_a_regency')}\s+$", re.IGNORECASE)
# A name inside the name of something else names that thing.
_NOT_BEFORE = re.compile(rf"(?<!\w){any_of('named_after_a_place')}(?:\s+\d+)?\s+$", re.IGNORECASE)
_NOT_AFTER = re.compile(r"\s*(?:Pos|Post|Ekspres|Express|News|TV|FM|Tribun|Today|Update|Raya|United|FC)\b")
_DATELINE = re.compile(r"^[^\n]{0,60}?\s*[-–—]\s")
_HOSTS = re.compile(rf"\s+{any_of('hosts')}\b", re.IGNORECASE)
_VISIT = re.compile(rf"\b{any_of('study_visit')}\b", re.IGNORECASE)
_IN_HOTEL = re.compile(r"(?:hotel|convention|resort|ballroom|auditorium|bsd)[^\n.,;]{0,40}$", re.IGNORECASE)


@Language.factory("regency_matcher")
def create_regency_matcher(nlp: Language, name: str) -> RegencyMatcher:
    """Put every gazetteer name that stands in the text into `doc.spans["places"]`, longest match first."""
    return RegencyMatcher(nlp)


class RegencyMatcher:
    """Labels: REGENCY for a name of the gazetteer, PROVINCE for a province; disambiguation comes later."""

    def __init__(self, nlp: Language) -> None:
        self.matcher = PhraseMatcher(nlp.vocab, attr="ORTH")
        self.matcher.add("REGENCY", [nlp.make_doc(name) for name in names()])
        both = [word for name in provinces() for word in (name, name.upper())]
        self.matcher.add("PROVINCE", [nlp.make_doc(name) for name in dict.fromkeys(both)])

    def __call__(self, doc: Doc) -> Doc:
        spans = self.matcher(doc, as_spans=True)
        # One stretch may be both (Gorontalo): the regency stays, its context decides below.
        spans.sort(key=lambda span: span.label_ == "PROVINCE")
        doc.spans["places"] = filter_spans(spans)
        doc.set_ents(doc.spans["places"], default="unmodified")
        return doc


def find_regencies(doc: Doc, names_of_people: tuple[tuple[int, int], ...] = ()) -> list[PlaceMention]:
    """Mentions of kabupaten and kota, in order; `names_of_people` are stretches in which no place is meant.

    A bare name shared by a kabupaten and a kota is what the article calls it elsewhere, else the kabupaten.
    """
    is_person = bytearray(len(text_of(doc)))
    for a, b in names_of_people:
        is_person[a:b] = b"1" * (b - a)
    found: list[tuple[int, int, tuple[PlaceName, ...], str]] = []
    for span in doc.spans["places"]:
        start, end = span.start_char, span.end_char
        if span.label_ == "PROVINCE" or all(is_person[start:end]):
            continue
        before, after = text_of(doc)[max(0, start - 60) : start], text_of(doc)[end : end + 20]
        if _NOT_BEFORE.search(before) or _NOT_AFTER.match(after) or _glued(text_of(doc), start, end):
            continue
        found.append((start, end, names()[span.text], _context(before, span.text)))
    said = _kinds_said(found)
    mentions = [mention for item in found if (mention := _resolve(text_of(doc), *item, said))]
    return _drop_lone_capitals(mentions)


def weigh_regencies(
    doc: Doc, title: str, mentions: list[PlaceMention], title_mentions: list[PlaceMention]
) -> tuple[Regency, ...]:
    """What each kabupaten and kota is to the article, subjects first, by a score over all its mentions.

    A subject is what title and lead name through its government; places in long lists and hotels weigh little. More
    than one is a subject only where the title or the lead joins them. Nobody is a subject of a mere list.
    """
    weights = _weights(doc, mentions)
    lead_end = _lead_end(text_of(doc))
    early: dict[str, float] = defaultdict(float)
    for mention in title_mentions:
        early[mention.code] += 4.0 if mention.is_office else 1.0 if mention.is_aside else 3.0
    scores: dict[str, float] = defaultdict(float)
    for mention, weight, _ in weights:
        scores[mention.code] += weight
        early[mention.code] += weight if mention.start < lead_end else 0.0
    # Weights set by hand on our own sample articles.
    total = {code: min(scores[code], 8.0) + early[code] for code in scores.keys() | early.keys()}
    core = {mention.code for mention in title_mentions if not mention.is_aside}
    core |= {mention.code for mention, _, is_listed in weights if mention.is_office and not is_listed}
    # A study visit has a host and a guest, and the guest is named less.
    is_visit = bool(_VISIT.search(f"{title}\n{text_of(doc)[:lead_end]}"))
    best = max(total.values(), default=0.0)
    titled = {mention.code for mention in title_mentions}
    subjects = set()
    for code in core:
        share = 0.25 if is_visit else 0.6 if code in titled else 0.7
        if total[code] >= max(1.5, share * best) and early[code] > 0.4:
            subjects.add(code)
    if len(total) > 5 and not title_mentions and best < 0.4 * sum(total.values()):
        subjects = set()
    return tuple(
        Regency(code, "subject" if code in subjects else "mention", round(min(1.0, score / 6), 2))
        for code, score in sorted(total.items(), key=lambda item: (-item[1], item[0]))
    )


def _weights(doc: Doc, mentions: list[PlaceMention]) -> list[tuple[PlaceMention, float, bool]]:
    """Each mention with its weight, and whether it stands in a sentence that lists more than three places."""
    ends = [sent.end_char for sent in doc.sents]
    codes: dict[int, set[str]] = defaultdict(set)
    for mention in mentions:
        codes[bisect_right(ends, mention.start)].add(mention.code)
    weights = []
    for mention in mentions:
        is_listed = len(codes[bisect_right(ends, mention.start)]) > 3
        weight = (1.0 + mention.is_office) * (0.5 if mention.kind == "capital" else 1.0)
        weights.append((mention, weight * (0.1 if is_listed else 1.0) * (0.3 if mention.is_aside else 1.0), is_listed))
    return weights


def _context(before: str, name: str) -> str:
    """Which government the words before a name speak of: kabupaten, kota, agency, or none ("")."""
    if name.startswith(("Kab", "KAB")) or _KABUPATEN.search(before):
        return "kabupaten"
    if name.startswith(("Kota ", "KOTA ")) or _KOTA.search(before):
        return "kota"
    return "agency" if _AGENCY.search(before) else ""


def _kinds_said(found: list[tuple[int, int, tuple[PlaceName, ...], str]]) -> dict[str, Counter[str]]:
    """How often each bare name is called a kabupaten or a kota in this article."""
    said: dict[str, Counter[str]] = defaultdict(Counter)
    for _, _, entries, context in found:
        if context in ("kabupaten", "kota"):
            for entry in entries:
                said[_bare(entry.name)][context] += 1
    return said


def _bare(name: str) -> str:
    return re.sub(r"^(?:kabupaten|kab\.?|kota)(?: administrasi)?\s+", "", name.lower())


def _resolve(
    text: str, start: int, end: int, entries: tuple[PlaceName, ...], context: str, said: dict[str, Counter[str]]
) -> PlaceMention | None:
    """The one place that a name means here, or None where it means none or cannot be told."""
    is_dateline = _is_dateline(text, start, end)
    if not context and not is_dateline:
        entries = tuple(entry for entry in entries if entry.stands_alone)
    if not entries:
        return None
    if context != "kota" and text[start:end].title() in PROVINCES_NAMED_AS_KOTA and not context:
        entries = tuple(entry for entry in entries if places()[entry.code].kind == "kota") or entries
    rank = min(KIND_RANK[entry.kind] for entry in entries)
    wanted = context
    if context in ("", "agency"):
        counts = said.get(_bare(text[start:end]), Counter())
        wanted = counts.most_common(1)[0][0] if counts else "kabupaten"
    by_kind = [entry for entry in entries if places()[entry.code].kind == wanted and KIND_RANK[entry.kind] < 4]
    chosen = by_kind or [entry for entry in entries if KIND_RANK[entry.kind] == rank]
    codes = {entry.code for entry in chosen}
    if len(codes) > 1:
        return None
    entry = chosen[0]
    confidence = 0.95 if context in ("kabupaten", "kota") else 0.9 if context else 0.8
    if entry.kind == "capital" or (not context and len({other.code for other in entries}) > 1):
        confidence = 0.6
    aside = is_dateline or (not context and (_is_where(text[max(0, start - 50) : start]) or _is_host(text, end)))
    return PlaceMention(start, end, entry.code, entry.kind, confidence, bool(context), aside)


def _is_where(before: str) -> bool:
    return bool(_IN_HOTEL.search(before) or re.search(r"(?<!\w)(?:di|ke|dari)\s+$", before))


def _is_host(text: str, end: int) -> bool:
    """Whether the place that ends here lends the room for a meeting of many; the host of a visit is in the story."""
    return bool(_HOSTS.match(text, end)) and not _VISIT.search(text)


def _drop_lone_capitals(mentions: list[PlaceMention]) -> list[PlaceMention]:
    """Capitals count for little alone: a town that also is a common place name needs its regency nearby."""
    named = {mention.code for mention in mentions if mention.kind != "capital"}
    return [replace(m, confidence=0.85) if m.kind == "capital" and m.code in named else m for m in mentions]


def _is_dateline(text: str, start: int, end: int) -> bool:
    line = text.rfind("\n", 0, start) + 1
    return (
        start - line < 40
        and bool(_DATELINE.match(text[line:]))
        and bool(re.match(r"[^\n]{0,40}?\s[-–—]\s|\s*[-–—]", text[end:]))
    )


def _glued(text: str, start: int, end: int) -> bool:
    """Part of a web address or of a longer hyphenated name."""
    return bool(re.match(r"\.[a-z]", text[end : end + 2]) or re.match(r"[a-z][@._-]", text[max(0, start - 2) : start]))


def _lead_end(text: str) -> int:
    """End of the first two paragraphs, or of the first 700 characters where they are longer."""
    ends = [match.start() for match in re.finditer(r"\n\s*", text)]
    return min(ends[1] if len(ends) > 1 else len(text), 700)
