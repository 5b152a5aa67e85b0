"""Where a sentence stands in a text that was edited since: the same words, not a sentence that tells another fact."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache

from rapidfuzz import fuzz

Span = tuple[int, int]
"""Start and end, as offsets in characters of the text; end is exclusive."""

LONGEST = 3000
"""Characters of a passage that is looked for by its likeness; of longer ones every character must agree."""
SURE = 85
"""Likeness in per cent from which on two passages may be one that was mended."""
ALIKE = 60
"""Likeness from which on a passage is what became of another, whatever it says now."""
WINDOWS = 3

# What a fact hangs on although it is not written in capitals or digits.
BINDING = frozenset(
    """
    satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas belas puluh seratus ratus seribu ribu juta
    miliar triliun setengah separuh
    pertama kedua ketiga keempat kelima keenam ketujuh kedelapan kesembilan kesepuluh terakhir
    senin selasa rabu kamis jumat sabtu minggu
    januari februari maret april mei juni juli agustus september oktober november desember
    kemarin besok lusa lalu depan mendatang
    tidak tak bukan belum tanpa batal gagal urung ditunda dibatalkan diundur
    akan bakal rencananya dijadwalkan direncanakan
    wakil mantan eks plt pj pjs plh pelaksana penjabat
    daring luring virtual hibrida hybrid online offline
    """.split()
)
# Words that may open a sentence in capitals and name nothing.
LIGHT = frozenset(
    """
    yang dan atau di ke dari pada dengan untuk dalam ini itu tersebut juga oleh adapun selain sementara saat ketika
    setelah sebelum kemudian lalu selanjutnya namun tetapi sebab karena agar sehingga menurut para ia dia mereka kami
    kita hal hari acara kegiatan sedangkan bahwa pun serta sebagai antara sejak hingga sampai
    """.split()
) - {"lalu"}

_WORD = re.compile(r"\w+")
_WORD_BEFORE = re.compile(r"(?:\b(?i:(?=p)(plt|pjs|pj|plh))\.|\b(\w+))\s+\Z")
_DATELINE = re.compile(r"[A-Z][A-Z .,()]{2,60}?\s*[-–—]+\s+")
_LIKE = str.maketrans({
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
})  # fmt: skip


def anchor(sentence: str) -> str:
    """A name for a sentence that outlasts its number: 8 hex digits, the same whatever its quotes, dashes and spaces.

    >>> anchor("“Layar ini milik warga,”  katanya.") == anchor('"Layar ini milik warga," katanya.')
    True
    >>> anchor("Bimtek digelar 3 Juli 2023.") == anchor("Bimtek digelar 4 Juli 2023.")
    False
    """
    plain = sentence if sentence.isascii() else unicodedata.normalize("NFKD", sentence.translate(_LIKE))
    if not plain.isascii():
        plain = "".join(one for one in plain if unicodedata.category(one) not in ("Cf", "Mn"))
    return hashlib.sha256(" ".join(plain.split()).encode()).hexdigest()[:8]


def find_again(sentence: str, before: str, after: str, text: str) -> Span | None:
    """Where a sentence stands in a text that may have been edited; None where the text does not say it any more.

    Looked for as it was written, then with other quotes, dashes, spaces and letter forms, then by likeness, where all
    numbers, dates, names, negations and offices must agree: a sentence that tells another day or person is not it.
    Where it stands more than once, `before` and `after`, what stood around it, tell which one is meant; the first
    where they do not. Takes time in proportion to the text.

    >>> find_again("Bimtek dibuka Bupati.", "", "", "PALU – Bimtek dibuka Bupati.")
    (7, 28)
    >>> find_again("Bimtek digelar Senin (3/7/2023).", "", "", "Bimtek digelar Senin (10/7/2023).") is None
    True
    """
    places = _places(sentence, text, before) or _folded_places(sentence, text, before)
    if not places:
        alike = _alike(sentence, text, SURE, before)
        places = [span for span in alike if _tell_the_same(sentence, text[slice(*span)])]
    return max(places, key=lambda span: (_agreement(span, before, after, text), -span[0]), default=None)


def find_edited(sentence: str, text: str) -> Span | None:
    """What a sentence has most likely become in an edited text, be it another day or person; None where it is gone."""
    return next(iter(_places(sentence, text)), None) or next(_alike(sentence, text, ALIKE), None)


def find_words(words: str, text: str) -> Span | None:
    """Where words first stand in a sentence, whole and as they are but for quotes, dashes and spaces; None where not.

    >>> find_words("8 OPD", "Hadir 18 OPD, di antaranya 8 OPD baru.")
    (27, 32)
    """
    return next((span for find in (_places, _folded_places) for span in find(words, text)), None)


def around(text: str, start: int, end: int, reach: int = 80) -> tuple[str, str]:
    """What stands before and after a span, as `find_again` wants it."""
    return text[max(0, start - reach) : start], text[end : end + reach]


class _Folded:
    """A text with its quotes, dashes, spaces and letter forms made alike, and where each character stood."""

    def __init__(self, text: str) -> None:
        folded: list[str] = []
        places: list[int] = []
        for place, character in enumerate(text):
            for one in _folded_character(character):
                if one == " " and (not folded or folded[-1] == " "):
                    continue
                folded.append(one)
                places.append(place)
        while folded and folded[-1] == " ":
            folded.pop()
            places.pop()
        self.text = "".join(folded)
        # Lower case by the letter, so that offsets stay.
        self.lower = "".join(one.lower() if len(one.lower()) == 1 else one for one in folded)
        self._places = places

    def span(self, start: int, end: int) -> Span:
        return self._places[start], self._places[end - 1] + 1


@cache
def _folded_character(character: str) -> str:
    if unicodedata.category(character) in ("Cf", "Mn"):  # soft hyphens, zero-width spaces, accents set apart
        return ""
    plain = unicodedata.normalize("NFKD", character.translate(_LIKE)).translate(_LIKE)
    return "".join(" " if one.isspace() else one for one in plain if unicodedata.category(one) != "Mn")


def _places(sentence: str, text: str, before: str | None = None) -> list[Span]:
    """Where a sentence stands word for word; with what stood before it, only where that does not make it another."""
    found: list[Span] = []
    at = text.find(sentence) if sentence else -1
    while at >= 0 and len(found) < 100:
        end = at + len(sentence)
        if _is_whole(text, at, end) and (before is None or _is_unbound(text, at, before)):
            found.append((at, end))
        at = text.find(sentence, end)
    return found


def _is_whole(text: str, start: int, end: int) -> bool:
    return not (
        (text[start : start + 1].isalnum() and text[max(0, start - 1) : start].isalnum())
        or (text[end - 1 : end].isalnum() and text[end : end + 1].isalnum())
    )


def _is_unbound(text: str, start: int, before: str) -> bool:
    """Whether no word before a place makes what stands there another fact: "Wakil | Bupati membuka bimtek"."""
    word = _word_before(text[max(0, start - 20) : start])
    return word not in BINDING or word == _word_before(before[-20:])


def _word_before(text: str) -> str | None:
    match = _WORD_BEFORE.search(text)
    return None if match is None else (match[1] or match[2]).lower()


def _folded_places(sentence: str, text: str, before: str | None = None) -> list[Span]:
    folded = _Folded(text)
    return [folded.span(*span) for span in _places(_Folded(sentence).text, folded.text, before)]


def _agreement(span: Span, before: str, after: str, text: str) -> float:
    """How much what stands around a span is like what is known to."""
    present = around(text, *span)
    return fuzz.ratio(before[-80:], present[0]) + fuzz.ratio(after[:80], present[1])


def _alike(sentence: str, text: str, cutoff: float, before: str | None = None) -> Iterator[Span]:
    """The places of a text that resemble a sentence, the most alike first."""
    if len(sentence) > LONGEST:
        return
    folded, wanted = _Folded(text), _Folded(sentence[_dateline_end(sentence) :])
    scored = []
    for start, end in _windows(wanted.lower, folded.lower):
        match = fuzz.partial_ratio_alignment(wanted.lower, folded.lower[start:end])
        if match is None or len(wanted.lower) > end - start:
            span = (start, end)
        else:
            span = _to_words(folded.lower, start + match.dest_start, start + match.dest_end)
        score = fuzz.ratio(wanted.lower, folded.lower[slice(*span)])
        if score >= cutoff and (before is None or _is_unbound(folded.text, span[0], before)):
            scored.append((score, folded.span(*span)))
    yield from (span for _, span in sorted(scored, key=lambda one: (-one[0], one[1])))


def _windows(wanted: str, text: str) -> list[Span]:
    """The stretches of a text that share the most words with a passage, a little longer than it."""
    needed = Counter(_WORD.findall(wanted))
    size = needed.total()
    words = [match.span() for match in _WORD.finditer(text)]
    if not size or not words:
        return []
    held: Counter[str] = Counter()
    shared = 0
    scores: list[tuple[int, int]] = []
    for at, (start, end) in enumerate(words):
        word = text[start:end]
        if word in needed:
            held[word] += 1
            shared += held[word] <= needed[word]
        if at >= size:
            gone = text[slice(*words[at - size])]
            if gone in needed:
                shared -= held[gone] <= needed[gone]
                held[gone] -= 1
        scores.append((shared, at))
    chosen: list[int] = []
    for shared, at in sorted(scores, key=lambda one: (-one[0], one[1])):
        if shared * 2 < size or len(chosen) == WINDOWS:
            break
        if all(abs(at - other) > size // 2 for other in chosen):
            chosen.append(at)
    margin = size // 4 + 2
    return [(words[max(0, at - size + 1 - margin)][0], words[min(len(words) - 1, at + margin)][1] + 1) for at in chosen]


def _to_words(text: str, start: int, end: int) -> Span:
    """A span made to begin and end where words do, with the point that closes it."""
    end = min(end, len(text))
    while start < end and not text[start].isalnum() and text[start] not in "\"'(":
        start += 1
    while start and text[start].isalnum() and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and end and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    while end < len(text) and text[end] in ".!?\"')":
        end += 1
    while end > start + 1 and text[end - 1].isspace():
        end -= 1
    return start, end


def _dateline_end(sentence: str) -> int:
    match = _DATELINE.match(sentence)
    return match.end() if match and match.end() < len(sentence) // 2 else 0


def _tell_the_same(one: str, other: str) -> bool:
    """Whether two passages agree in what facts hang on: numbers, dates, names, negations, offices."""
    first, second = _Folded(one[_dateline_end(one) :]).text, _Folded(other[_dateline_end(other) :]).text
    words, others = _WORD.findall(first), _WORD.findall(second)
    if _binding(words) != _binding(others):
        return False
    lower, others_lower = {word.lower() for word in words}, {word.lower() for word in others}
    return _names(words) <= others_lower and _names(others) <= lower


def _binding(words: list[str]) -> Counter[str]:
    return Counter(
        word.lower() for word in words if word.lower() in BINDING or any(letter.isdigit() for letter in word)
    )


def _names(words: list[str]) -> set[str]:
    return {word.lower() for word in words if word[0].isupper() and word.lower() not in LIGHT}
