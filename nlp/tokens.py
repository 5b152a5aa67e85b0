"""Words and sentences of Indonesian news: abbreviations, degrees and initials keep their points and end no sentence."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from nlp.words import word_set

# Their point belongs to the word; "Kab. | Tabanan hadir." would otherwise be two sentences.
ABBREVIATIONS = frozenset(
    "Kab Kec Kel Prov Kep Ds Ir Drs Dra Dr dr drg drh H Hj Hi Prof KH Tgk Ust Pdt Rm St Sdr Bpk Bp Jl Jln Gg No Nomor "
    "Tgl Hal Plt Plh Pj Pjs Plt Ka Ketum Jend Irjen Kol Letkol Rp dll dsb dkk dst a.n an u.p d.a tgl hlm Ns Apt apt "
    "Kgs Kms Nyi Msy Ny Tn Nn Moch Tb Rd Gt Dt Dg Kr Hb Bq Moh Muh Muhd Mohd Abd Abdul Th Yoh Fx Sri"
    " KRT KRMT KRHT KPH GKR BRM Sy"
    " Rr Rt Mhd Rts Rr TB Bd Capt Sr Mgr Pnt Ing Eng".split()
) - {"Nomor", "Abdul", "Sri", "an"}


class _Placed(Protocol):
    @property
    def start(self) -> int: ...


Placed = TypeVar("Placed", bound=_Placed)

_WORD = re.compile(
    # Small words and blanks are most of a text: no other form begins as they do.
    r"[a-z]+(?=[ ,\n])|[^\S\n]+"
    # The look-behind keeps a long run of points and hyphens from being tried anew at each of them.
    r"|https?://\S+|(?<![\w.+-])[\w.+-]++@[\w-]+\.[\w.]+"
    r"|(?<!\w)(?:Dr|Dipl)\.-?(?:[Ii]ng|Eng|techn|phil|rer\.\s?nat)\.?(?!\w)"
    # degrees and stacked initials: S.T., M.Tr.IP, A.Md.Kom, N.T, B.A
    r"|(?<!\w)(?:[A-Z][A-Za-z]{0,5}\.){2,}[A-Za-z]{0,6}(?!\w)"
    r"|(?<!\w)(?:[A-Z][a-z]{0,4}|dr)(?:\.[A-Z][A-Za-z]{0,6})+\.?(?!\w)"
    r"|(?<!\w)(?:" + "|".join(sorted(ABBREVIATIONS, key=len, reverse=True)).replace(".", r"\.") + r")\.(?!\w)"
    r"|(?<!\w)[A-Z]\.(?!\w)"
    r"|\d+(?:[.,:]\d+)*"
    r"|\w+(?:[-'’`]\w+)*"
    r"|\n\s*"
    r"|."
)
_END = re.compile(r"(?<![.!?…])[.!?…]++[\"”’')\]]*+(?=\s)|\n\s*")
_PLAIN = {"İ": "I", "ı": "i", "ſ": "s", "\N{KELVIN SIGN}": "K"}
_ODD = re.compile(rf"[{''.join(_PLAIN)}\t\r\v\f\u00a0\u2000-\u200a\u202f\u205f\u3000\ud800-\udfff]")
_LONGEST_GAP = 20
_FILLER = "\N{MODIFIER LETTER LOW MACRON}"
"""Of long gaps: a letter that no text has."""
_LONG_GAP = re.compile(rf"\s{{{_LONGEST_GAP + 1},}}")
_SPACES = re.compile(r"\s*")
_LAST_WORD = re.compile(r"[\w.]*$")
_FIRST_WORD = re.compile(r"\w*")
_STARTERS = word_set("opens_sentence")


class IndonesianTokenizer:
    """spaCy's tokenizer for this house: one regular expression, nothing lost, whitespace kept, sentences marked.

    A sentence starts after a final stop that belongs to no abbreviation, and at every line break. The starts are set
    here, all at once, because spaCy looks over the whole Doc each time a token's `is_sent_start` is set later.
    """

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        text = plain_text(text)
        words: list[str] = []
        spaces: list[bool] = []
        offsets: list[int] = []
        offset = 0
        for piece in _WORD.findall(text):  # which leaves no character out
            if piece == " " and words and not spaces[-1] and not words[-1].isspace():
                spaces[-1] = True
            else:
                words.append(piece)
                offsets.append(offset)
                spaces.append(False)
            offset += len(piece)
        starts = {0, *_sentence_starts(text)}
        doc = Doc(self.vocab, words=words, spaces=spaces, sent_starts=[offset in starts for offset in offsets])
        doc.user_data.update(text=text, words=words, starts=offsets)
        return doc

    # A saved pipeline asks its tokenizer for these; all of this one is code.
    def to_disk(self, path: Path, **kwargs: Any) -> None: ...
    def from_disk(self, path: Path, **kwargs: Any) -> IndonesianTokenizer:
        return self


def plain_text(text: str) -> str:
    """The text with blanks for tabs and the like, and our letters for those that look alike; all keep their places.

    Without regard to case, regular expressions take Turkish and old letters for ours, and then no list has the word.
    Halves of a character, which programs that cut a text leave behind, are no text. The middle of a long gap is one
    word of a letter that means nothing: from each blank of it patterns would try again.

    >>> plain_text("TAHAP\\u00a0İI, MEİ")
    'TAHAP II, MEI'
    """
    text = _ODD.sub(lambda match: _PLAIN.get(match[0], " " if match[0].isspace() else "\ufffd"), text)
    return _LONG_GAP.sub(lambda gap: gap[0][:_LONGEST_GAP].ljust(len(gap[0]) - 1, _FILLER) + gap[0][-1], text)


def sentence_spans(doc: Doc) -> tuple[tuple[int, int], ...]:
    """Start and end of every sentence in characters, without the white space around it, in order."""
    spans = []
    for sent in doc.sents:
        text = text_of(doc)[sent.start_char : sent.end_char].replace(_FILLER, " ")
        start = sent.start_char + len(text) - len(text.lstrip())
        end = sent.start_char + len(text.rstrip())
        if start < end:
            spans.append((start, end))
    return tuple(spans)


def text_of(doc: Doc) -> str:
    """The text of a Doc, kept by the tokenizer: spaCy joins it anew each time `doc.text` is asked."""
    text: str | None = doc.user_data.get("text")
    if text is None:
        text = doc.user_data["text"] = doc.text
    return text


def words_of(doc: Doc) -> list[str]:
    """The words of a Doc as written; asking a token for its text is dear where every word is looked at."""
    words: list[str] | None = doc.user_data.get("words")
    if words is None:
        words = doc.user_data["words"] = [token.text for token in doc]
    return words


def starts_of(doc: Doc) -> list[int]:
    """The offset of every word of a Doc."""
    starts: list[int] | None = doc.user_data.get("starts")
    if starts is None:
        starts = doc.user_data["starts"] = [token.idx for token in doc]
    return starts


def token_at(doc: Doc, offset: int) -> int:
    """Index of the first token that begins at an offset or after it; the length of the Doc where none does."""
    return bisect_left(starts_of(doc), offset)


def span_at(doc: Doc, start: int, end: int, label: str) -> Span | None:
    """The words from one offset to another; None where one of the two is within a word."""
    i, k = token_at(doc, start), token_at(doc, end)
    is_whole = i < k and starts_of(doc)[i] == start and end_of(doc, k - 1) == end
    return Span(doc, i, k, label) if is_whole else None


def sentence_at(doc: Doc, i: int) -> int:
    """Number of the sentence that token `i` stands in."""
    first: list[int] | None = doc.user_data.get("sentences")
    if first is None:
        first = doc.user_data["sentences"] = [sent.start for sent in doc.sents]
    return bisect_right(first, i)


def begin_between(items: Sequence[Placed], start: int, end: int) -> Sequence[Placed]:
    """Those of the items, which are in the order of their starts, that begin in start:end."""
    first = bisect_left(items, start, key=_start_of)
    return items[first : bisect_left(items, end, lo=first, key=_start_of)]


def _start_of(item: _Placed) -> int:
    return item.start


def end_of(doc: Doc, i: int) -> int:
    """Offset after token `i`."""
    return starts_of(doc)[i] + len(words_of(doc)[i])


def _sentence_starts(text: str) -> Iterator[int]:
    for match in _END.finditer(text):
        rest = _SPACES.match(text, match.end()).end()  # type: ignore[union-attr]  # matches everywhere
        if match[0][0] == "\n" or _ends_sentence(text, match.start(), rest):
            yield rest


def _ends_sentence(text: str, stop: int, following: int) -> bool:
    """Whether the stop at `stop` ends a sentence, given where the next word begins.

    >>> text = "Hadir Gatot, S.Hut., M.Si. Ia berharap."
    >>> _ends_sentence(text, text.index(". Ia"), text.index("Ia"))
    True
    """
    if following >= len(text) or not (text[following].isupper() or text[following] in "\"“‘('”0123456789"):
        return False
    if text[stop] != ".":
        return True
    before = text[max(0, stop - 12) : stop]
    word = _LAST_WORD.search(before)
    last = word[0] if word else ""
    if last in ABBREVIATIONS:
        return False
    if (len(last) == 1 and last.isupper()) or "." in last:
        next_word = _FIRST_WORD.match(text, following)
        return next_word is not None and next_word[0].lower() in _STARTERS
    return True
