"""Direct quotations and who spoke them."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import lru_cache

import yaml
from spacy.tokens import Doc

from nlp.extraction import Quote
from nlp.gazetteer import ASSETS
from nlp.people.namings import Naming
from nlp.people.officials import Person
from nlp.tokens import begin_between, end_of, text_of
from nlp.words import any_of, lowered

_SAID, _SAYS = any_of("speech"), any_of("says")
_QUOTED = re.compile(
    r"[“”\"„](?P<said>[^“”\"„\n]{4,})(?:[“”\"]|(?=\n)|$)"
    r"|(?:''|«)(?P<double>[^\n]{8,}?)(?:''|»)"
    # single marks only around a whole speech: an apostrophe is part of "Jum'at"
    r"|(?:^|(?<=\n))['‘](?P<single>[^'‘’\n]{20,})['’]",
)
_VERB_AFTER = re.compile(rf"[\s,.]*(?:{_SAID}|{_SAYS}|{any_of('speech_after_a_quote')})(?P<nya>nya)?\b", re.IGNORECASE)
_VERB_BEFORE = re.compile(rf"(?:{_SAID}(?:nya)?|{_SAYS})[^.!?\n“”\"]{{0,80}}[,:]?\s*$", re.IGNORECASE)
# "Didampingi Ratna, ia mengaku …": the pronoun is somebody else.
_NO_PRONOUN = r"(?!\b(?:ia|dia|beliau|mereka)\b)"
_SAYS_AFTER = re.compile(rf"(?:{_NO_PRONOUN}[^.!?\n“”\"]){{0,60}}?(?:,\s*|\s+)(?:{_NO_PRONOUN}\w+\s+){{0,2}}{_SAYS}\b")
# This, _STOOD_FOR and _NOUN are for text in lower case: every naming of a person asks for them.
_SAID_BEFORE = re.compile(rf"(?<!\w){_SAID}\s+(?:[\w.]+\s+){{0,4}}$")
_BESIDE = re.compile(
    r"\b(?:bersama|oleh|kepada|dari|dengan|mewakili|mendampingi|didampingi|antara|hadir|dihadiri|milik)\b",
    re.IGNORECASE,
)
_ACTS = re.compile(
    rf"(?:{_NO_PRONOUN}[^.\n]){{0,80}}?\b(?:(?!menurut)(?:me|ber)\w{{4,}}|(?:tak|tidak) (?:ingin|mau)|ingin)"
)
# "Narasumber dari kementerian, yakni Arya.": the sentence ends with whom it brings in.
_BROUGHT_IN = re.compile(
    r"\b(?:yakni|yaitu|ialah|justru|satunya|(?:di(?:buka|pimpin|sampaikan|paparkan|ketuai|bawakan))(?: oleh)?),?"
    r"\s+(?:[^.,\n]{0,60}\s)?,?\s?$"
)
# "Gatot, mewakili Bupati, mengungkapkan": the Bupati says nothing.
_STOOD_FOR = re.compile(rf"\b(?:{any_of('stands_for')}|seizin)\s+(?:[\w.]+\s+){{0,3}}$")


# "Rosmiati, yang hadir bersama Sekda X, menyebut": who comes with somebody does not speak.
_WITH_HIM = re.compile(
    r"[^.!?\n“”\"]{0,40},?\s+(?:yang\s[^.,!?\n]{0,30})?(?:bersama|didampingi|mendampingi|ditemani|mewakili)\s[^.!?\n“”\"]{0,160}"
)
# "Ada pesan bupati": a noun, nobody speaks.
_NOUN = re.compile(r"\b(?:ada|sebuah|atas|sesuai|berisi|titip|dengan)\s+\w+\s+$")


_POINT_OF_DEGREE = re.compile(r"\.(?=,|\s+[a-z])")
_ENDS_SENTENCE = re.compile(r"(?:, [A-Z][\w.]+)*(?:\.\s*(?:\n|$|[A-Z“\"])|\s*(?:\n|$))")
_NEAR = 1000
"""Characters around a quotation in which its verb and its speaker are looked for; sentences are shorter."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """A place in the text where somebody who could speak is named, by name or by office alone."""

    start: int
    end: int
    name: str
    says: bool
    """Whether a verb of saying goes with it: "kata Gatot", "Gatot juga mengatakan"."""
    takes_the_word: bool
    """Whether it is the subject of its sentence or of a verb of saying."""


def find_speakers(doc: Doc, people: list[Person], namings: list[Naming]) -> list[Speaker]:
    """Every naming of a person, and every bare office that only one person in the article holds, in order."""
    named = [(start, end, person.name) for person in people for start, end in person.spans]
    bare = [(naming, _office_of(naming)) for naming in namings if naming.person is None and naming.position]
    holders = {office: _only_holder(people, *office) for _, office in bare}
    for naming, office in bare:
        if holder := holders[office]:
            named.append((doc[naming.start].idx, end_of(doc, naming.office_end - 1), holder.name))
    named.sort(key=lambda item: item[0])
    return _who_says(text_of(doc), [_speaker(text_of(doc), *item) for item in named])


def find_quotes(doc: Doc, speakers: list[Speaker]) -> tuple[Quote, ...]:
    """Direct quotations in order, each with its speaker where one can be told.

    A quotation has four words or more and is followed or preceded by a verb of saying, or stands as a paragraph of its
    own; titles and names in quotation marks are none. A mark that is never closed ends with its paragraph.
    """
    text, quotes = text_of(doc), []
    turns = [speaker for speaker in speakers if speaker.takes_the_word]
    last = None
    for match in _QUOTED.finditer(text):
        said = match["said"] or match["single"] or match["double"]
        body = said.strip()
        if not _is_speech(text, match, body):
            continue
        inside = None
        if text[match.end() - 1] not in "“”\"'’»":  # "“Kami senang, pungkas Endang.": the mark is not closed
            inside = next((s.name for s in begin_between(speakers, match.start(), match.end()) if s.says), None)
        speaker = (
            inside or _speaker_beside(text, match, speakers, turns) or _who_has_the_word(match, speakers, turns, last)
        )
        start = match.start(match.lastgroup or 0) + len(said) - len(said.lstrip())
        quote = Quote(speaker, body, start, start + len(body), 0.85 if speaker else 0.4)
        quotes.append(quote)
        last = quote if speaker else last
    return tuple(quotes)


def indirect_speakers(speakers: list[Speaker]) -> frozenset[str]:
    """Names of those who are quoted without quotation marks: "Gatot mengatakan", "kata Gatot"."""
    return frozenset(speaker.name for speaker in speakers if speaker.says)


def _is_speech(text: str, match: re.Match[str], body: str) -> bool:
    paragraph = text.rfind("\n", 0, match.start()) + 1
    before = text[max(paragraph, match.start() - _NEAR) : match.start()]
    words = len(body.split())
    if (
        words > 1
        and (body[-1] in ",!?" or text[match.end() : match.end() + 1] == ",")
        and _VERB_AFTER.match(text, match.end())
    ):
        return True
    if words > 3 and (_VERB_AFTER.match(text, match.end()) or _VERB_BEFORE.search(before)):
        return True
    opens = before.strip() == "" or before.rstrip()[-1] in ".:,!?"
    # A mark that is never closed, or closed without a point where the paragraph ends: "Lewat itu saya lapor".
    is_cut = text[match.end() - 1] not in '“”"' or (
        text[match.end() : match.end() + 1] in ("", "\n") and before.rstrip()[-1:] in (".", "!", "?")
    )
    return words >= 5 and opens and (body[-1] in ",.!?" or is_cut)


def _speaker_beside(text: str, match: re.Match[str], speakers: list[Speaker], turns: list[Speaker]) -> str | None:
    """The speaker named after the quotation, else before it in the paragraph."""
    paragraph, end = text.rfind("\n", 0, match.start()) + 1, text.find("\n", match.end())
    after = text[match.end() : min(end if end >= 0 else len(text), match.end() + _NEAR)]
    # "… ," ujar Wabup Syahbudin: the verb, then within a few words the name. A new quotation mark ends the search.
    if verb := _VERB_AFTER.match(after):
        for speaker in begin_between(speakers, match.end(), match.end() + _reach(after)):
            if not _STOOD_FOR.search(lowered(text[match.end() : speaker.start])):
                if verb["nya"] and speaker.start - match.end() > verb.end() + 25:
                    break
                return speaker.name
    before = begin_between(turns, paragraph, match.start()) or begin_between(speakers, paragraph, match.start())
    saying = [speaker for speaker in before if speaker.says]
    return (saying or before)[-1].name if before else None


def _reach(after: str) -> int:
    """How far after a quotation its speaker may stand: to the end of the sentence or the next quotation mark."""
    stop = re.search(r"[“”\"]|[.!?]\s+(?=[A-Z“\"])", re.sub(r"\b([A-Z]|Plt|Pj|Ir|Hj|Dr|Drs|H)\.\s", r"\1  ", after[3:]))
    return 3 + stop.start() if stop else len(after)


def _who_has_the_word(
    match: re.Match[str], speakers: list[Speaker], turns: list[Speaker], last: Quote | None
) -> str | None:
    """Who has the word where a quotation begins: whoever last spoke, or opened a sentence; else who was named last."""
    turn = _last_before(turns, match.start())
    if turn and (last is None or turn.end > last.end):
        return turn.name
    if last:
        return last.speaker
    named = _last_before(speakers, match.start())
    return named.name if named else None


def _last_before(speakers: list[Speaker], offset: int) -> Speaker | None:
    at = bisect_left(speakers, offset, key=lambda speaker: speaker.start)
    return speakers[at - 1] if at else None


def _speaker(text: str, start: int, end: int, name: str) -> Speaker:
    """The naming at start:end with what its sentence tells of it."""
    before, after = text[max(0, start - 60) : start], text[end : end + 100]
    small = lowered(before)
    if _NOUN.search(small):
        return Speaker(start, end, name, False, False)
    if _POINT_OF_DEGREE.match(after):
        after = after[1:]
    says = not _STOOD_FOR.search(small) and bool(_SAYS_AFTER.match(after) or _SAID_BEFORE.search(small[-45:]))
    takes_the_word = (
        says
        or bool(_BROUGHT_IN.search(before) and _ENDS_SENTENCE.match(after))
        or (_is_subject(text, start) and bool(_ACTS.match(after)))
    )
    return Speaker(start, end, name, says, takes_the_word)


def _is_subject(text: str, start: int) -> bool:
    """Whether a name opens its sentence: an office in front is part of the subject, who comes with somebody is not."""
    window = max(0, start - 111)
    sentence = max(text.rfind("\n", window, start), text.rfind(". ", window, start)) + 1
    return start - sentence < 110 and not _BESIDE.search(text[sentence:start])


def _who_says(text: str, speakers: list[Speaker]) -> list[Speaker]:
    """The same with the verb given to who opens the sentence: "Rosmiati, yang hadir bersama Sekda X, menyebut"."""
    result = list(speakers)
    for k, other in enumerate(speakers):
        if not other.says or _SAID_BEFORE.search(lowered(text[max(0, other.start - 45) : other.start])):
            continue
        for j in range(max(0, k - 16), k):
            one = speakers[j]
            if one.name != other.name and _WITH_HIM.fullmatch(text, one.end, other.start):
                result[k] = replace(other, says=False, takes_the_word=False)
                result[j] = replace(one, says=True, takes_the_word=True)
                break
    return result


def _only_holder(people: list[Person], category: str, office: str) -> Person | None:
    """The person who holds an office, or None where nobody does or several do."""
    holders = [person for person in people if any(_holds(naming, category, office) for naming in person.namings)]
    return holders[0] if len(holders) == 1 else None


def _holds(naming: Naming, category: str, office: str) -> bool:
    if naming.category != category or not naming.position:
        return False
    # "Direktur Jenderal", later in the text, is the one whose field was told before.
    is_shortened = category in ("agency", "central", "expert") and naming.position.lower().startswith(office)
    return is_shortened or _office_of(naming) == (category, office)


def _office_of(naming: Naming) -> tuple[str, str]:
    """Category and position in lower case, written out."""
    position = (naming.position or "").lower()
    return naming.category, _long_forms().get(position, position)


@lru_cache
def _long_forms() -> dict[str, str]:
    forms: dict[str, list[str]] = yaml.safe_load((ASSETS / "short_positions.yml").read_text(encoding="utf-8"))
    return {short: position for position, shorts in forms.items() for short in shorts}
