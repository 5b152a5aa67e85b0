"""Kabupaten and kota in an article: every mention with its Kemendagri code, and which of them the article is about."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache

from spacy.language import Language
from spacy.tokens import Doc

from nlp.extraction import Regency
from nlp.gazetteer import (
    KIND_RANK,
    PROVINCES_NAMED_AS_KOTA,
    SHORTENED,
    NameKind,
    PlaceName,
    letters,
    names,
    places,
    provinces,
)
from nlp.tokens import span_at, text_of
from nlp.words import any_of, lowered


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
    is_compared: bool = False
    """Held up against the one that the article is about: "di atas Kota Ambon", "meniru Pemkot Semarang"."""


_BRACKET = r"(?:\s*\([^()\n]{2,20}\))?\s+$"  # "Pemerintah Kota (Pemkot) Madiun"
# These three are for text in lower case.
_KABUPATEN = re.compile(rf"(?<!\w){any_of('offices_of_a_kabupaten')}{_BRACKET}")
_KOTA = re.compile(rf"(?<!\w)(?<!ibu ){any_of('offices_of_a_kota')}{_BRACKET}")
_BOTH = re.compile(
    rf"(?<!\w)(?:{any_of('offices_of_a_kabupaten')}\s*(?:/|,|&|-|dan|serta|maupun|atau)\s*{any_of('offices_of_a_kota')}|"
    rf"{any_of('offices_of_a_kota')}\s*(?:/|,|&|-|dan|serta|maupun|atau)\s*{any_of('offices_of_a_kabupaten')})\s+$"
)
_AGENCY = re.compile(rf"(?<!\w){any_of('office_of_a_regency')}{_BRACKET}", re.IGNORECASE)
# A name inside the name of something else names that thing.
_NOT_BEFORE = re.compile(
    rf"(?<![\w-]){any_of('named_after_a_place')}(?:\s+(?:ke-?)?(?:\d[\d/]*|[IVX]+))?(?:\s+|\s*[/–-]\s*)$", re.IGNORECASE
)
_KOTA_OF_A_TOWN = re.compile(rf"(?<!\w){any_of('kota_of_a_town')}(?:\s+kota)?\s+$", re.IGNORECASE)
_NOT_AFTER = re.compile(rf"{any_of('not_after_a_place')}(?!\w)")
_PART_OF_IT = re.compile(rf"\s+{any_of('parts_of_a_place')}\b")
_HELD_AT = re.compile(rf"{any_of('held_at')}\s+(?:di\s+)?(?:\w+\s+)?$", re.IGNORECASE)
_DATELINE = re.compile(
    r"[\s\W]{0,3}(?:(?:[A-Z0-9][\w.’']*(?:-\w+)*|\([^()\n]{1,30}\))(?:\s*[,.;:/|]\s*|\s+)){0,7}"
    r"(?:[A-Z0-9][\w.’']*(?:-\w+)*|\([^()\n]{1,30}\))\s*[,.]?\s*(?:[-–—_~•]+|\|+|>+)"
)
_BEFORE_DATELINE = re.compile(
    r"(?:[^\w\n]{0,4}|[A-Z][\w .]{2,24}/\s?|\w+\.(?:id|com|co|net|go)[\w.]*\s?[,|/–-]*\s?)"
    r"(?:kota|kabupaten|kab\.?)?\s?",
    re.IGNORECASE,
)
_DATELINE_ALONE = re.compile(r"[\s\W]{0,3}[A-Z][\w.’' -]{2,25}, ?[A-Z][\w.’' -]{1,25}\n")
_HOSTS = re.compile(rf"\s+{any_of('hosts')}\b", re.IGNORECASE)
_VISIT = re.compile(rf"\b{any_of('study_visit')}\b", re.IGNORECASE)
_IN_HOTEL = re.compile(r"(?:hotel|convention|resort|ballroom|auditorium|bsd)[^\n.,;]{0,40}$", re.IGNORECASE)
_AT_A_VENUE = re.compile(r"(?:hotel|convention|resort|ballroom|auditorium)[^\n.;]{0,40}$", re.IGNORECASE)
_WHERE = re.compile(r"(?<!\w)(?:di|ke|dari|asal|se-?)\s*$", re.IGNORECASE)
_OF_A_PLACE = re.compile(rf"(?<!\w){any_of('before_a_place')}\s*$", re.IGNORECASE)
_GOES_ON = re.compile(rf"\s(?!{any_of('after_a_place')})[A-Z][a-z]")
_ACTS = re.compile(rf"\s{any_of('acts_of_a_region')}\b", re.IGNORECASE)
_OWNER = rf"(?:milik\s+)?(?:(?:{any_of('offices_of_a_kabupaten')}|{any_of('offices_of_a_kota')})\s+)?"
_COMPARED = re.compile(rf"(?<!\w){any_of('compared_with')}\s+(?:dengan\s+)?{_OWNER}$", re.IGNORECASE)
_IS_AN_EXAMPLE = re.compile(rf"\s+{any_of('is_an_example')}\b", re.IGNORECASE)
_GOES_ON_LISTING = re.compile(rf"\s*(?:,|dan|serta|maupun|atau|, dan|, serta|&)\s+{_OWNER}", re.IGNORECASE)
_POLICE = re.compile(r"\b(?:ka)?polres(?:ta|tabes)?(?: metro)?\s+$", re.IGNORECASE)
_AFTER_KIND = re.compile(r"(?:(?:kabupaten|kab\.?|kota)\s+)?", re.IGNORECASE)
_JOINS = re.compile(r"\s*(?:,|;|/|&|\bdan\b|\bserta\b|\bdengan\b|\bmaupun\b|, dan\b|, serta\b)\s*")
_TITLED = re.compile(rf"(?<![\w-]){any_of('before_a_person')}\s+$")
_SPEAKS_BEFORE = re.compile(rf"(?<!\w){any_of('speech')}(?:nya)?\s+$", re.IGNORECASE)
_SPEAKS_AFTER = re.compile(rf"\s+(?:juga |pun |turut |kembali )?{any_of('says')}\b")
_PIECES = re.compile(
    r"[a-z]++(?![^\W_])|"  # most words
    r"(?:Kabupaten|Kab|Pemkab|Pemkot|Pemko|Bupati|Wabup|Walikota|Kota|Diskominfo|Kominfo|DPRD|Sekda)(?=[A-Z][a-z])|"
    r"[^\W\d_]+?(?:(?<=[a-z])(?=[A-Z]{3}))|[^\W_]+"
)
_GAP = re.compile(r"[^\S\n]{0,3}|[^\S\n]?-[^\S\n]?|['’`]")
_GAP_OF_SHORTENED = re.compile(r"\.?[^\S\n]{0,3}")  # "Kep. Sula", "P. Siantar"


@dataclass(frozen=True, slots=True)
class _Name:
    """A stretch of text that may name a place; no entries where it is a province."""

    start: int
    end: int
    entries: tuple[PlaceName, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A name that is not inside the name of something else, with what stands around it."""

    start: int
    end: int
    entries: tuple[PlaceName, ...]
    context: str
    """Which government the words before it speak of: kabupaten, kota, both, agency, or none ("")."""
    is_dateline: bool
    is_venue: bool


@Language.factory("regency_matcher")
def create_regency_matcher(nlp: Language, name: str) -> RegencyMatcher:
    """Put every gazetteer name that stands in the text into `doc.ents` and `doc.user_data`, longest match first."""
    return RegencyMatcher()


class RegencyMatcher:
    """Labels: REGENCY for a name of the gazetteer, PROVINCE for a province; disambiguation comes later."""

    def __call__(self, doc: Doc) -> Doc:
        found = _find_names(text_of(doc))
        doc.user_data["place_names"] = [
            item for name in found if name.entries and (item := _look_around(text_of(doc), name))
        ]
        spans = [span_at(doc, n.start, n.end, "REGENCY" if n.entries else "PROVINCE") for n in found]
        doc.set_ents([span for span in spans if span is not None], default="unmodified")
        return doc


@lru_cache
def _known() -> tuple[frozenset[str], frozenset[str]]:
    """Names of provinces, and all beginnings of all names, by their letters."""
    of_provinces = frozenset(letters(name) for name in provinces())
    beginnings = {name[:end] for name in {*names(), *of_provinces} for end in range(1, len(name) + 1)}
    return of_provinces, frozenset(beginnings)


def _find_names(text: str) -> list[_Name]:
    """The longest names of places that stand in the text, whatever they mean there."""
    of_provinces, beginnings = _known()
    pieces = [(match.start(), match.end(), letters(match[0])) for match in _PIECES.finditer(text)]
    found: list[_Name] = []
    i = 0
    while i < len(pieces):
        start, _, name = pieces[i]
        k, longest = i, None
        while name in beginnings:
            end = pieces[k][1]
            entries = names().get(name, ())
            if entries or name in of_provinces:
                written = tuple(e for entry in entries if (e := _as_written(text, start, end, entry)))
                if written or (name in of_provinces and text[start].isupper()):
                    longest = (_Name(start, end, written), k)
            k += 1
            if k == len(pieces):
                break
            is_shortened = text[pieces[k - 1][0] : end].lower() in SHORTENED
            if not (_GAP_OF_SHORTENED if is_shortened else _GAP).fullmatch(text, end, pieces[k][0]):
                break
            name += pieces[k][2]
        if longest:
            found.append(longest[0])
            i = longest[1]
        i += 1
    return found


def _as_written(text: str, start: int, end: int, entry: PlaceName) -> PlaceName | None:
    """The entry, if a name may be written so: with capitals, or in small letters after the word for its office."""
    written = text[start:end]
    if entry.kind == "abbreviation" and entry.name.isupper():
        if len(entry.name) > 3 and written.istitle():
            return replace(entry, stands="office")
        return entry if written == entry.name else None
    if all(word[0].isupper() or word[0].isdigit() for word in re.findall(r"[^\W_]+", written) if word != "dan"):
        return entry
    before = text[max(0, start - 20) : start]
    small = lowered(before)
    is_named = written.startswith("kab") or (_KABUPATEN.search(small) and places()[entry.code].kind == "kabupaten")
    if is_named or (_KOTA.search(small) and not before.endswith("kota ")) or _is_half_small(written, entry):
        return entry if entry.kind in ("official", "short", "abbreviation") else None
    return None


def _is_half_small(written: str, entry: PlaceName) -> bool:
    """A slip in a name of several words: "Bolaang mongondow Utara", "Pulang pisau"; "Batu bara" is coal."""
    words = re.findall(r"[^\W_]+", written)
    return len(words) > 1 and words[0][0].isupper() and entry.stands == "alone" and entry.kind in ("official", "short")


def find_regencies(doc: Doc, names_of_people: tuple[tuple[int, int], ...] = ()) -> list[PlaceMention]:
    """Mentions of kabupaten and kota, in order; `names_of_people` are stretches in which no place is meant.

    A bare name shared by a kabupaten and a kota is what the article calls it elsewhere, else the kabupaten.
    """
    text = text_of(doc)
    is_person = bytearray(len(text))
    for a, b in names_of_people:
        is_person[a:b] = b"1" * (b - a)
    parts_of_people = {word for a, b in names_of_people for word in text[a:b].split()}
    found: list[_Found] = [item for item in doc.user_data["place_names"] if not all(is_person[item.start : item.end])]
    story = _Story(text, found, parts_of_people)
    mentions = [mention for item in found for mention in story.resolve(item)]
    return _mark_compared(text, mentions)


def stand_in_names(doc: Doc, names_of_people: tuple[tuple[int, int], ...]) -> bool:
    """Whether the words of a place stand in the name of somebody, so that `find_regencies` must know the names."""
    text, places_named = text_of(doc), doc.user_data["place_names"]
    parts_of_people = {word for a, b in names_of_people for word in text[a:b].split()}
    return any(
        text[item.start : item.end] in parts_of_people
        or any(a < item.end and item.start < b for a, b in names_of_people)
        for item in places_named
    )


def _mark_compared(text: str, mentions: list[PlaceMention]) -> list[PlaceMention]:
    """The mentions, those marked that the words around them compare with another; a list is compared as a whole."""
    marked: list[PlaceMention] = []
    for mention in mentions:
        before = _line_before(text, mention.start, 60)
        is_compared = bool(_COMPARED.search(before) or _IS_AN_EXAMPLE.match(text, mention.end))
        if marked and marked[-1].is_compared and _GOES_ON_LISTING.fullmatch(text, marked[-1].end, mention.start):
            is_compared = True
        marked.append(replace(mention, is_compared=is_compared) if is_compared else mention)
    return marked


def _look_around(text: str, name: _Name) -> _Found | None:
    """The name with what stands around it; None where it is part of the name of something else."""
    start, end = name.start, name.end
    before, after = _line_before(text, start, 70), text[end : end + 25]
    if before[-4:].lower() == "ibu " and text[start : start + 4].lower() == "kota":
        return None
    context = _context(before, name)
    entries = name.entries
    if context == "both":  # "Kabupaten dan Kota Magelang": the name of both stands behind the second word
        start = _AFTER_KIND.match(text, start).end()  # type: ignore[union-attr]  # it matches the empty string too
        entries = names().get(letters(text[start:end]), entries)
    if context == "agency" and after.startswith(" Kota") and _POLICE.search(before):
        context = "kota"  # "Polres Bima Kota" is that of the Kota Bima
    is_governed = context in ("kabupaten", "kota", "both")
    inside = (_KOTA_OF_A_TOWN if is_governed else _NOT_BEFORE).search(before)
    is_venue = bool(inside and _HELD_AT.search(before[: inside.start()]))
    if (inside and not is_venue) or _NOT_AFTER.match(after) or _is_glued(text, start, end):
        return None
    if not is_governed and _PART_OF_IT.match(after):
        return None
    if not context and _TITLED.search(before):
        return None
    if text[start:end].isupper() and before.endswith("(") and after.startswith(")") and _is_word(name):
        return None  # an acronym after what it stands for: "(SIAK)"
    is_venue = is_venue or bool(_AT_A_VENUE.search(before))
    return _Found(start, end, entries, context, _is_dateline(text, start, end), is_venue)


def _line_before(text: str, start: int, length: int) -> str:
    """What stands before an offset on its line, at most so many characters."""
    floor = max(0, start - length)
    return text[max(floor, text.rfind("\n", floor, start) + 1) : start]


@lru_cache
def _provinces_of_places() -> frozenset[str]:
    return frozenset(place.province for place in places().values())


class _Story:
    """What the places that an article names for sure tell about its other names."""

    def __init__(self, text: str, found: list[_Found], parts_of_people: set[str]) -> None:
        self.text = text
        self.people = parts_of_people
        self.said = _kinds_said(found)
        sure = [entry for item in found for entry in item.entries if self._is_sure(item, entry)]
        self.sure = {entry.code for entry in sure}
        self.provinces = {places()[code].province for code in self.sure}
        self.provinces |= {province for province in _provinces_of_places() if province in text}
        # Where a sure name stands: names in a list beside it are places too.
        self.starts = {item.start for item in found if any(self._is_sure(item, entry) for entry in item.entries)}
        self.ends = {item.end for item in found if item.start in self.starts}

    def _is_sure(self, item: _Found, entry: PlaceName) -> bool:
        """Whether the name means some place of this name whatever the rest of the article says."""
        if entry.kind == "capital":
            return False
        if letters(entry.name) in PROVINCES_NAMED_AS_KOTA and entry.kind != "official":
            return item.context in ("kabupaten", "kota", "both")
        of_its_kind = item.context in ("both", places()[entry.code].kind)
        return (entry.stands == "alone" and not item.context) or of_its_kind or item.context == "agency"

    def resolve(self, item: _Found) -> list[PlaceMention]:
        """The one place that a name means here (two for "Kabupaten dan Kota Bima"); none where it cannot be told."""
        entries = [entry for entry in item.entries if self._stands(item, entry)]
        if item.context == "both":
            both = [entry for entry in entries if KIND_RANK[entry.kind] < 3]
            if {places()[entry.code].kind for entry in both} == {"kabupaten", "kota"}:
                return [PlaceMention(item.start, item.end, e.code, e.kind, 0.95, True, False) for e in both]
        entry = self._choose(item, entries)
        if entry is None:
            return []
        confidence = 0.95 if item.context in ("kabupaten", "kota") else 0.9 if item.context else 0.8
        if entry.kind == "capital":
            confidence = 0.85 if entry.code in self.sure else 0.6
        elif not item.context and len({other.code for other in entries}) > 1:
            confidence = 0.6
        before = _line_before(self.text, item.start, 50)
        is_aside = item.is_dateline or item.is_venue
        is_aside = is_aside or (not item.context and (_is_where(before) or _is_host(self.text, item.end)))
        is_office = bool(item.context)
        return [PlaceMention(item.start, item.end, entry.code, entry.kind, confidence, is_office, is_aside)]

    def _stands(self, item: _Found, entry: PlaceName) -> bool:
        """Whether enough stands beside the name for it to mean this place."""
        if item.context in ("kabupaten", "kota", "both"):
            return True
        if entry.kind == "old_name" and entry.stands == "office":
            return False
        is_sure = entry.code in self.sure
        if letters(entry.name) in PROVINCES_NAMED_AS_KOTA:
            is_kota = places()[entry.code].kind == "kota"
            return item.context == "agency" or (is_kota and (item.is_dateline or item.is_venue)) or False
        if entry.stands == "office":
            return (item.context == "agency" and entry.kind != "capital") or (is_sure and self._is_used_as_place(item))
        if item.context == "agency":
            return True
        if entry.kind == "abbreviation" and entry.stands == "context":
            return is_sure
        if item.is_dateline:
            return True
        if self._is_persons(item):
            return False
        if entry.kind == "capital":
            if entry.stands == "context":
                return is_sure and self._is_used_as_place(item)
            return is_sure or self._is_used_as_place(item)
        if entry.stands == "alone" or is_sure:
            return True
        if _ACTS.match(self.text, item.end):
            return True
        return self._is_used_as_place(item) or self._is_listed(item) or self._stands_out(item)

    def _is_persons(self, item: _Found) -> bool:
        """Whether somebody of this name speaks or is named in full elsewhere."""
        written = self.text[item.start : item.end]
        if written in self.people and not _WHERE.search(_line_before(self.text, item.start, 10)):
            return True
        if all(entry.stands == "alone" for entry in item.entries) or self._is_used_as_place(item):
            return False
        before = _line_before(self.text, item.start, 20)
        return bool(_SPEAKS_BEFORE.search(before) or _SPEAKS_AFTER.match(self.text, item.end))

    def _is_used_as_place(self, item: _Found) -> bool:
        """Whether it stands where only a place does; "di Batu Hijau" names another one."""
        if _GOES_ON.match(self.text, item.end) and any(entry.stands != "alone" for entry in item.entries):
            return item.is_dateline
        before = _line_before(self.text, item.start, 40)
        return item.is_dateline or item.is_venue or bool(_OF_A_PLACE.search(before))

    def _is_listed(self, item: _Found) -> bool:
        """Whether a sure name stands beside it in a list."""
        joined = _JOINS.match(self.text, item.end)
        if joined and joined.end() in self.starts:
            return True
        before = _line_before(self.text, item.start, 10)
        return any(
            _JOINS.fullmatch(before[-length:]) and item.start - length in self.ends
            for length in range(1, len(before) + 1)
        )

    def _stands_out(self, item: _Found) -> bool:
        """Whether it is one capitalised word in a sentence of small ones."""
        before = _line_before(self.text, item.start, 30)
        after = self.text[item.end : item.end + 12]
        is_alone = bool(re.search(r"[a-z][,]? [(“\"]?$", before)) and bool(re.match(r"[,.;:)”\"?!]|\s[a-z(]|$", after))
        words = re.findall(r"[^\W\d_]+", before)[-2:]
        return is_alone and bool(words) and not any(word[0].isupper() for word in words[-1:])

    def _choose(self, item: _Found, entries: list[PlaceName]) -> PlaceName | None:
        """One of the entries: of the kind that the office says, else of what is said elsewhere, else the kabupaten."""
        wanted = item.context
        if not wanted or wanted in ("agency", "both"):
            counts = self.said.get(_bare(self.text[item.start : item.end]), Counter())
            wanted = counts.most_common(1)[0][0] if counts else "kabupaten"
        ranked = [entry for entry in entries if entry.kind != "old_name" or item.context != "agency"]
        by_kind = [entry for entry in ranked if places()[entry.code].kind == wanted and KIND_RANK[entry.kind] < 4]
        best = min((KIND_RANK[entry.kind] for entry in by_kind or entries), default=0)
        chosen = [entry for entry in by_kind or entries if KIND_RANK[entry.kind] == best]
        others = [entry for entry in entries if KIND_RANK[entry.kind] < 4 and entry not in chosen]
        if not item.context and by_kind and others and not self._fits(chosen) and self._fits(others):
            chosen = others  # the namesake of another province
        if len({entry.code for entry in chosen}) > 1:
            chosen = [e for e in chosen if e.code in self.sure] or self._fits(chosen)
        return chosen[0] if len({entry.code for entry in chosen}) == 1 else None

    def _fits(self, entries: list[PlaceName]) -> list[PlaceName]:
        """Those in a province that the article speaks of."""
        return [entry for entry in entries if places()[entry.code].province in self.provinces]


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
        is_far = mention.is_aside or mention.is_compared
        early[mention.code] += 4.0 if mention.is_office and not is_far else 1.0 if is_far else 3.0
    scores: dict[str, float] = defaultdict(float)
    for mention, weight, _ in weights:
        scores[mention.code] += weight
        early[mention.code] += weight if mention.start < lead_end else 0.0
    first = next((m for m, _, is_listed in weights if not (m.is_aside or m.is_compared or is_listed)), None)
    if first and not title_mentions:
        early[first.code] += 2.0  # who is named before all others
    # Weights set by hand on our own sample articles.
    total = {code: min(scores[code], 8.0) + early[code] for code in scores.keys() | early.keys()}
    core = {mention.code for mention in title_mentions if not mention.is_aside and not mention.is_compared}
    core |= {m.code for m, _, is_listed in weights if m.is_office and not is_listed and not m.is_compared}
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
        weight *= 0.2 if mention.is_compared else 0.3 if mention.is_aside else 1.0
        weights.append((mention, weight * (0.1 if is_listed else 1.0), is_listed))
    return weights


def _context(before: str, name: _Name) -> str:
    """Which government the words before a name speak of: kabupaten, kota, both, agency, or none ("")."""
    kinds = [places()[entry.code].kind for entry in name.entries if entry.name.lower().startswith(_kind(entry))]
    own = kinds[0] if kinds else ""
    small = lowered(before)
    if _BOTH.search(f"{small}{own} " if own else small):
        return "both"
    if own:
        return own
    if _KABUPATEN.search(small):
        return "kabupaten"
    if _KOTA.search(small):
        return "kota"
    return "agency" if _AGENCY.search(before) else ""


def _kind(entry: PlaceName) -> str:
    return f"{places()[entry.code].kind} "


def _is_word(name: _Name) -> bool:
    return all(entry.kind == "short" for entry in name.entries) and name.end - name.start < 6


def _kinds_said(found: list[_Found]) -> dict[str, Counter[str]]:
    """How often each bare name is called a kabupaten or a kota in this article."""
    said: dict[str, Counter[str]] = defaultdict(Counter)
    for item in found:
        if item.context in ("kabupaten", "kota"):
            for entry in item.entries:
                said[_bare(entry.name)][item.context] += 1
    return said


def _bare(name: str) -> str:
    return letters(re.sub(r"^(?:kabupaten|kab\.?|kota)(?: administrasi)?\s+", "", name.lower()))


def _is_where(before: str) -> bool:
    return bool(_IN_HOTEL.search(before) or re.search(r"(?<!\w)(?:di|ke|dari)\s+$", before))


def _is_host(text: str, end: int) -> bool:
    """Whether the place that ends here lends the room for a meeting of many; the host of a visit is in the story."""
    return bool(_HOSTS.match(text, end)) and not _VISIT.search(text)


def _is_dateline(text: str, start: int, end: int) -> bool:
    """Whether the name opens a line that begins with the place of the report: "SAMPIT, Portal Warta –"."""
    line = text.rfind("\n", max(0, start - 30), start) + 1
    if start - line > 28 or not _BEFORE_DATELINE.fullmatch(text, line, start):
        return False
    if re.match(r"\s{0,2}[-–—_]\s?[A-Z]", text[end : end + 5]):
        return True
    dateline = _DATELINE.match(text, line, min(len(text), line + 90)) or (
        _DATELINE_ALONE.match(text, line) if line < 200 else None
    )
    return dateline is not None and dateline.end() > end


def _is_glued(text: str, start: int, end: int) -> bool:
    """Part of a web address, of a tag or of an address of mail."""
    before, after = text[max(0, start - 2) : start], text[end : end + 3]
    return bool(re.match(r"\.[a-z]{2}|[@_]\w", after) or re.search(r"[@_#]$|[a-z]\.$", before))


def _lead_end(text: str) -> int:
    """End of the first two paragraphs, or of the first 700 characters where they are longer."""
    ends = [match.start() for match in re.finditer(r"\n\s*", text)]
    return min(ends[1] if len(ends) > 1 else len(text), 700)
