"""Direct quotations and who spoke them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from spacy.tokens import Doc

from nlp.extraction import Quote
from nlp.namings import Naming
from nlp.officials import Person
from nlp.tokens import text_of
from nlp.words import any_of

SPEECH, SAYS = any_of("speech"), any_of("says")

_QUOTED = re.compile(
    r"[“”\"„](?P<said>[^“”\"„\n]{8,})(?:[“”\"]|(?=\n)|$)"
    r"|(?:''|«)(?P<double>[^\n]{8,}?)(?:''|»)"
    # single marks only around a whole speech: an apostrophe is part of "Jum'at"
    r"|(?:^|(?<=\n))['‘](?P<single>[^'‘’\n]{20,})['’]",
)
_VERB_AFTER = re.compile(rf"[\s,.]*(?:{SPEECH}|{SAYS})", re.IGNORECASE)
_VERB_BEFORE = re.compile(rf"(?:{SPEECH}(?:nya)?|{SAYS})[^.!?\n“”\"]{{0,80}}[,:]?\s*$", re.IGNORECASE)
_SPEAKS = re.compile(rf"(?<!\w)(?:{SAYS}|(?:{SPEECH})(?:nya)?)(?!\w)", re.IGNORECASE)


_BESIDE = re.compile(
    r"\b(?:bersama|oleh|kepada|dari|dengan|mewakili|mendampingi|didampingi|antara|hadir|dihadiri|milik)\b"
)


# "Gatot, mewakili Bupati, mengungkapkan": the Bupati says nothing.
_STOOD_FOR = re.compile(
    r"\b(?:mewakili|seizin|membacakan (?:sambutan|arahan|pidato|amanat)(?: tertulis)?|atas nama)\s+(?:[\w.]+\s+){0,3}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """A place in the text where somebody who could speak is named, by name or by office alone."""

    start: int
    end: int
    name: str


def find_speakers(doc: Doc, people: list[Person], namings: list[Naming]) -> list[Speaker]:
    """Every naming of a person, and every bare office that only one person in the article holds, in order."""
    speakers = [Speaker(start, end, person.name) for person in people for start, end in person.spans]
    for naming in namings:
        if naming.person is None and naming.position:
            holders = [person for person in people if any(_same_office(naming, other) for other in person.namings)]
            if len(holders) == 1:
                last = doc[naming.office_end - 1]
                speakers.append(Speaker(doc[naming.start].idx, last.idx + len(last.text), holders[0].name))
    return sorted(speakers, key=lambda speaker: speaker.start)


def find_quotes(doc: Doc, speakers: list[Speaker]) -> tuple[Quote, ...]:
    """Direct quotations in order, each with its speaker where one can be told.

    A quotation has four words or more and is followed or preceded by a verb of saying, or stands as a paragraph of its
    own; titles and names in quotation marks are none. A mark that is never closed ends with its paragraph.
    """
    quotes: list[Quote] = []
    for match in _QUOTED.finditer(text_of(doc)):
        said = match["said"] or match["single"] or match["double"]
        body = said.strip()
        if len(body.split()) < 4 or not _is_speech(text_of(doc), match, body):
            continue
        speaker = _speaker_of(text_of(doc), match, speakers, quotes)
        start = match.start(match.lastgroup or 0) + len(said) - len(said.lstrip())
        quotes.append(Quote(speaker, body, start, start + len(body), 0.85 if speaker else 0.4))
    return tuple(quotes)


def indirect_speakers(doc: Doc, speakers: list[Speaker]) -> frozenset[str]:
    """Names of those who are quoted without quotation marks: "Gatot mengatakan", "kata Gatot"."""
    return frozenset(speaker.name for speaker in speakers if _says(text_of(doc), speaker))


def _is_speech(text: str, match: re.Match[str], body: str) -> bool:
    paragraph = text.rfind("\n", 0, match.start()) + 1
    before, after = text[paragraph : match.start()], text[match.end() : match.end() + 60]
    if _VERB_AFTER.match(after) or _VERB_BEFORE.search(before):
        return True
    ends_like_speech = body[-1] in ",.!?"
    opens = before.strip() == "" or before.rstrip()[-1] in ".:,!?"
    return ends_like_speech and opens and len(body.split()) >= 5


def _speaker_of(text: str, match: re.Match[str], speakers: list[Speaker], quotes: list[Quote]) -> str | None:
    """The speaker named after the quotation, else before it in the paragraph, else the one who has the word."""
    paragraph = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    end = len(text) if end < 0 else end
    after = text[match.end() : end]
    # "… ," ujar Wabup Syahbudin: the verb, then within a few words the name. A new quotation mark ends the search.
    tail = re.match(rf"[\s,.]*(?:{SPEECH}|{SAYS})(?P<nya>nya)?", after, re.IGNORECASE)
    if tail:
        reach = match.end() + _reach(after)
        named = [
            s for s in speakers if match.end() <= s.start < reach and not _STOOD_FOR.search(text[match.end() : s.start])
        ]
        if named and not (tail["nya"] and named[0].start - match.end() > tail.end() + 25):
            return named[0].name
    before = [s for s in speakers if paragraph <= s.start < match.start()]
    if before:
        return next((s.name for s in reversed(before) if _takes_the_word(text, s)), before[-1].name)
    return _has_the_word(text, match.start(), speakers, quotes)


def _reach(after: str) -> int:
    """How far after a quotation its speaker may stand: to the end of the sentence or the next quotation mark."""
    stop = re.search(r"[“”\"]|[.!?]\s+(?=[A-Z“\"])", re.sub(r"\b([A-Z]|Plt|Pj|Ir|Hj|Dr|Drs|H)\.\s", r"\1  ", after[3:]))
    return 3 + (stop.start() if stop else len(after))


def _has_the_word(text: str, offset: int, speakers: list[Speaker], quotes: list[Quote]) -> str | None:
    """Who has the word at `offset`: whoever last spoke, or opened a sentence; else who was named last."""
    turns = [(quote.end, quote.speaker) for quote in quotes if quote.speaker and quote.end <= offset]
    turns += [(s.start, s.name) for s in speakers if s.end <= offset and _takes_the_word(text, s)]
    if turns:
        return max(turns)[1]
    named = [s.name for s in speakers if s.end <= offset]
    return named[-1] if named else None


def _takes_the_word(text: str, speaker: Speaker) -> bool:
    """Whether a naming is the subject of its sentence or of a verb of saying."""
    start = max(text.rfind("\n", 0, speaker.start), text.rfind(". ", 0, speaker.start)) + 1
    opening = text[start : speaker.start]
    # An office in front of the name is part of the subject; those who come with somebody are not.
    is_subject = len(opening) < 110 and not _BESIDE.search(opening)
    acts = re.match(r"[^.\n]{0,80}?\b(?:me|ber)\w{4,}", text[speaker.end : speaker.end + 100])
    return _says(text, speaker) or bool(is_subject and acts)


def _says(text: str, speaker: Speaker) -> bool:
    """Whether a verb of saying goes with a naming: "kata Gatot", "Gatot juga mengatakan"."""
    if _STOOD_FOR.search(text[max(0, speaker.start - 60) : speaker.start]):
        return False
    after, before = text[speaker.end : speaker.end + 100], text[max(0, speaker.start - 45) : speaker.start]
    says = re.match(rf"[^.!?\n“”\"]{{0,60}}?(?:,\s*|\s+)(?:\w+\s+){{0,2}}{SAYS}\b", after)
    said = re.search(rf"(?<!\w){SPEECH}\s+(?:[\w.]+\s+){{0,4}}$", before, re.IGNORECASE)
    return bool(says or said)


def _same_office(one: Naming, other: Naming) -> bool:
    if one.category != other.category or not one.position or not other.position:
        return False
    key = _office_key(one.position)
    # "Direktur Jenderal", later in the text, is the one whose field was told before.
    return key == _office_key(other.position) or (
        one.category in ("agency", "central", "expert") and other.position.lower().startswith(key)
    )


_SHORT = {
    "wabup": "wakil bupati", "wawali": "wakil wali kota", "wawako": "wakil wali kota", "walikota": "wali kota",
    "wako": "wali kota", "sekda": "sekretaris daerah", "sekdakab": "sekretaris daerah", "sekdako": "sekretaris daerah",
    "kadis": "kepala dinas", "kaban": "kepala badan", "kabid": "kepala bidang", "kabag": "kepala bagian",
    "sekwan": "sekretaris dprd", "wakil walikota": "wakil wali kota", "dirjen": "direktur jenderal",
    "kadiskominfo": "kepala dinas", "asda": "asisten",
}  # fmt: skip


def _office_key(position: str) -> str:
    key = position.lower()
    return _SHORT.get(key, key)
