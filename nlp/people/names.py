"""The grammar of Indonesian officials' names: honorifics and degrees before, the name, degrees after."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from spacy.tokens import Doc

from nlp.gazetteer import ASSETS
from nlp.tokens import end_of, text_of, words_of
from nlp.words import word_set


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name as it stands in the text, taken apart."""

    start: int
    """First token, honorific included."""
    end: int
    """Token after the last, degrees included."""
    name: str
    prefix: str | None
    degrees: tuple[str, ...]
    words: int
    """Number of words of the bare name."""


_NO_NAME = word_set("not_a_name")
_INITIALS = word_set("initials")
INITIALS_AFTER = word_set("initials_after")
# "Mendampinginya Siti Rahmawati": a sentence opens with a verb.
_VERB_FIRST = re.compile(r"(?:Me|Di|Ber|Ter)\w{3,}|\w{4,}nya")
_POINTS = re.compile(r"[\s.,]")
_SHAPE_OF_DEGREE = re.compile(r"(?:[SM]|A\.?Md|Ph|Sp|Dipl|[BM]A?)\.(?:[A-Z][A-Za-z]*\.?)+")
_OPENS_DEGREE = re.compile(r"(?:[SMA]|Ph)\.?")
_SPLIT_DEGREE = re.compile(r"(?:[SMA]|Ph)\.?\w+")
_LONGEST_DEGREE = 40
"""Characters; degrees run together (SE.M.Si.Ak.CA) are taken apart at every point, which a longer word is not worth."""
_STACKED = re.compile(r"((?:[A-Z][a-z]*\.){2,})\s")
_STACKED_PART = re.compile(r"[A-Z][a-z]*\.")
_NAME_WORD = re.compile(r"[^\W\d_]+(?:[-'’`.][^\W\d_]+)*\.?")
_OF_THEM = re.compile(r"\w{4,}nya")
_BUTON = frozenset(["La", "Wa", "Ode"])
"""What follows is a name even where it is a word of every day: "La Rabu"."""
_INSIDE = frozenset("bin binti van de da dos al el von der ter ten br boru bru".split())
_ADDRESS = frozenset(
    "bapak ibu pak bu buk bpk bpk. sdr sdr. saudara saudari ny ny. nyonya tn tn. nn nn. mbah mbok om mama koh teh buya"
    " cik mas mbak bang ning cak kang bung".split()
)
_HONORIFICS = _ADDRESS | frozenset("haji hajjah hj hi".split())
_RANK_WORDS = frozenset(
    "pol inf arm kav czi tni mar arh chk cba cpl cpm cku caj ckm cke cpn laut marinir purn eng ing techn phil".split()
)


@lru_cache(maxsize=2**12)
def fold_name(name: str) -> str:
    """A name for comparison: lower case, letters and single spaces only."""
    return " ".join(re.findall(r"[^\W\d_]+", name.lower()))


def same_person(one: str, other: str) -> bool:
    """Whether two names in one article are one person: the same, a part of the other, or a slip of the pen.

    >>> same_person("Ramadhansyah", "Ramadansyah"), same_person("Erfan Salim", "Erfan"), same_person("Siti", "Susi")
    (True, True, False)
    """
    a, b = fold_name(one).split(), fold_name(other).split()
    if not a or not b:
        return False
    short, long = sorted((a, b), key=len)
    if len(short) < len(long):
        is_part = all(any(alike(word, w) for w in long) for word in short) and max(map(len, short)) > 2
        # Not by initials alone: "Muhibbuddin" is not "M. Nasir".
        return is_part and any(alike(word, w) for word in short for w in long if len(word) > 1 and len(w) > 1)
    return all(map(alike, a, b)) and SequenceMatcher(None, " ".join(a), " ".join(b)).ratio() >= 0.87


def first_letter(word: str) -> str:
    """The letter that words which are alike begin with: a slip seldom changes it, save for the old Jusuf, Yusuf."""
    return "y" if word[0] == "j" else word[0]


def alike(one: str, other: str) -> bool:
    """Whether two words of names are one, a slip of the pen apart; both in lower case."""
    if one == other:
        return True
    if min(len(one), len(other)) == 1:
        return one[0] == other[0]
    if first_letter(one) != first_letter(other):
        return False
    # Words of too different a length, or with too many letters that the other has not, cannot reach the ratio; most
    # pairs end here, and cheaply.
    enough = 0.85 * (len(one) + len(other))
    if len(one) <= 4 or 2 * min(len(one), len(other)) < enough:
        return False
    if 2 * (len(one) - len(set(one).difference(other))) < enough:
        return False
    return SequenceMatcher(None, one, other).ratio() >= 0.85


@lru_cache
def _prefixes() -> frozenset[str]:
    with (ASSETS / "degrees.csv").open(encoding="utf-8") as file:
        rows = [
            row for row in csv.DictReader(file) if row["position"] == "before" and row["kind"] != "noble_or_name_part"
        ]
    forms = {_bare(form) for row in rows for form in [row["form"], *row["forms"].split("; ")]}
    # Forms of address that are names too; they stay part of the name.
    return frozenset(
        forms - {"abi", "abu", "buya", "mas", "cak", "gus", "ning", "kang", "bang", "bung", "mbak", "p", "rd"}
    )


@lru_cache
def _degrees() -> frozenset[str]:
    with (ASSETS / "degrees.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["position"] == "after"]
    return frozenset(_bare(form) for row in rows for form in [row["form"], *row["forms"].split("; ")])


def _bare(form: str) -> str:
    return _POINTS.sub("", form).lower()


@lru_cache(maxsize=2**14)  # the same words are asked about again and again
def is_degree(word: str) -> bool:
    """Whether a word written after a name is a degree: in our list, or of the shape of one (S.Xyz, M.Xyz)."""
    if len(word) > _LONGEST_DEGREE:
        return False
    if _bare(word) in _degrees() and word[0].isupper():
        return not (word.istitle() and is_known_name(word))
    if _SHAPE_OF_DEGREE.fullmatch(word):
        return True
    # several run together: ST.MT, SE.M.Si, Ak.CA
    cuts = [k for k, letter in enumerate(word[:-1]) if letter == "." and k > 1]
    return any(_bare(word[:k]) in _degrees() and is_degree(word[k + 1 :]) for k in cuts) and word[0].isupper()


@lru_cache(maxsize=2**14)
def is_prefix(word: str) -> bool:
    """Whether a word is an honorific, rank or degree written before names: H., Dr., AKBP, Ir.H."""
    if _bare(word) in _prefixes() and (word[0].isupper() or word.lower().rstrip(".") in ("dr", "drg", "drh", "apt")):
        return True
    parts = [part for part in word.split(".") if part]
    return len(parts) > 1 and all(_bare(part) in _prefixes() for part in parts)


def read_name(doc: Doc, i: int) -> PersonName | None:
    """The name that begins at token `i`, honorifics before and degrees after included; None when there is none.

    Particles of names (I Gusti, La Ode, Andi) belong to the name; H., Hj., Ir. and ranks do not.
    """
    words = words_of(doc)
    start, n = i, len(words)
    prefix: list[str] = []
    while i < n and (
        is_prefix(words[i])
        or words[i].lower() in _HONORIFICS
        or (prefix and words[i].lower().rstrip(".") in _RANK_WORDS)
    ):
        after = _after_corps(doc, i + 1)
        if not _followed_by_name(doc, after):
            break
        if words[i].lower() not in _ADDRESS:
            prefix.append(words[i])
        i = after
    first = i
    while i < n and _is_name_word(doc, i, first):
        i += 1
    # A name does not end with a lower-case particle.
    while i > first and not words[i - 1][0].isupper():
        i -= 1
    if (
        i == first
        or i - first > 7
        or not any(len(words[k].rstrip(".")) > 2 or (i - first) > 1 for k in range(first, i))
    ):
        return None
    name = text_of(doc)[doc[first].idx : end_of(doc, i - 1)]
    before, name = _split_stacked(name)
    prefix += before
    count = i - first
    degrees, i = _read_degrees(doc, i)
    return PersonName(start, i, " ".join(name.split()), " ".join(prefix) or None, tuple(degrees), count)


def _after_corps(doc: Doc, i: int) -> int:
    """Past the corps in brackets behind a rank: "Letkol Laut (P) Yovan"."""
    is_corps = i + 2 < len(doc) and doc[i].text == "(" and doc[i + 2].text == ")" and len(doc[i + 1].text) <= 4
    return i + 3 if is_corps and doc[i - 1].lower_ in _RANK_WORDS else i


def _split_stacked(name: str) -> tuple[list[str], str]:
    """Honorifics that are glued to the first initial, and the name without them.

    >>> _split_stacked("H.A.S. Baharuddin"), _split_stacked("Prof.Dr.H.M. Yunus Fikri")
    ((['H.'], 'A.S. Baharuddin'), (['Prof.', 'Dr.', 'H.'], 'M. Yunus Fikri'))
    """
    stacked = _STACKED.match(name)
    before: list[str] = []
    while stacked and (part := _STACKED_PART.match(name)) and _bare(part[0]) in _prefixes():
        before.append(part[0])
        name = name[part.end() :]
    return before, name.strip()


def _followed_by_name(doc: Doc, i: int) -> bool:
    words = words_of(doc)
    return i < len(words) and (words[i][0].isupper() or is_prefix(words[i])) and not doc[i].is_sent_start


def _is_name_word(doc: Doc, i: int, first: int) -> bool:
    """Whether token `i` belongs to the name that begins at token `first`."""
    words = words_of(doc)
    word = words[i]
    if i == first and "." in word and is_degree(word) and not _is_initials_inside(doc, i):
        return False
    # After two words of the name it is a degree: "Agustinus Ngau S.T. Kabid …".
    if i > first and (doc[i].is_sent_start or (is_degree(word) and (i - first > 1 or not _is_initials_inside(doc, i)))):
        return is_initial(word) and not doc[i].is_sent_start
    if i > first and (_opens_split_degree(doc, i) or _is_new_title(word)):
        return False
    if i == first and _OF_THEM.fullmatch(word) and not is_known_name(word):
        return False
    if word.lower() in _INSIDE and i > first:
        return i + 1 < len(words) and words[i + 1][0].isupper()
    if not word[0].isupper() or not _NAME_WORD.fullmatch(word):
        return False
    if (
        (word.lower() in _NO_NAME and not (i > first and words[i - 1] in _BUTON))
        or (i == first and word.lower() in _ADDRESS)
        or (doc[i].is_sent_start and _VERB_FIRST.fullmatch(word))
    ):
        return False
    if i == first and _opens_with_initials(doc, i):
        return True
    if word.isupper() and len(word.replace(".", "")) > 1 and "." not in word:
        # Capitals are a name only among their kind and with a vowel ("AGUS SALIM"); DKISP and ATD are none.
        if i > first and word.lower() in INITIALS_AFTER:
            return i + 1 >= len(words) or not words[i + 1][0].isupper() or bool(doc[i + 1].is_sent_start)
        among_their_kind = i == first or words[first].isupper()
        is_verb = i - first > 1 and re.fullmatch(r"(?:ME|BER|DI|TER)[A-Z]{4,}", word)
        return (
            among_their_kind
            and not is_verb
            and len(word) > 2
            and bool(re.search(r"[AEIOU]", word))
            and not re.search(r"[^AEIOU]{4}", word)
        )
    return True


def _is_new_title(word: str) -> bool:
    """Whether a word opens another name; a Haji within a name does not: "Ruslan Hi. Doa"."""
    is_haji = word.lower().rstrip(".") in ("h", "hj", "hi", "haji")
    return len(word) > 2 and is_prefix(word) and not is_haji and not is_known_name(word)


def _opens_split_degree(doc: Doc, i: int) -> bool:
    """Whether token `i` is the S of "S. Kom" or "S.kom"."""
    return _split_degree(doc, i) is not None


def _split_degree(doc: Doc, i: int) -> tuple[str, int] | None:
    """The degree that is written in pieces from token `i` on, and the token after it."""
    words = words_of(doc)
    if not _OPENS_DEGREE.fullmatch(words[i]):
        return None
    for end in range(i + 2, min(i + 4, len(words)) + 1):
        joined = "".join(words[i:end])
        if _SPLIT_DEGREE.fullmatch(joined) and _bare(joined) in _degrees():
            return joined, end
    return None


def _is_initials_inside(doc: Doc, i: int) -> bool:
    """Initials that look like a degree but stand before more of the name: "Saut M.T. Manullang"."""
    word = doc[i].text
    if is_initial(word):
        return True
    following = doc[i + 1].text if i + 1 < len(doc) else ""
    return bool(re.fullmatch(r"(?:[A-Z]\.){2,}", word)) and following.istitle() and not is_degree(following)


def _opens_with_initials(doc: Doc, i: int) -> bool:
    """Whether token `i` is a pair of initials with more of the name behind it: "FX Bimo", "AA Gede"."""
    words = words_of(doc)
    is_followed = is_initials(words[i]) and i + 1 < len(words) and words[i + 1][0].isupper()
    return is_followed and not doc[i + 1].is_sent_start


def is_initials(word: str) -> bool:
    """Whether two capitals are known to open names, and so are no agency: FX, HM, AA."""
    return word.isupper() and word.lower() in _INITIALS


def is_initial(word: str) -> bool:
    """Whether a word is one capital, with its point or without."""
    return len(word) <= 2 and bool(re.fullmatch(r"[A-Z]\.?", word))


def is_known_name(word: str) -> bool:
    """Whether a word is a common part of Indonesian names (`assets/name_words.txt`)."""
    return word.lower().rstrip(".") in _name_words()


@lru_cache
def _name_words() -> frozenset[str]:
    lines = (ASSETS / "name_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _read_degrees(doc: Doc, i: int) -> tuple[list[str], int]:
    """Degrees from token `i` on, with or without commas, "S. Kom" with a space too; and where they end."""
    words = words_of(doc)
    degrees: list[str] = []
    while i < len(words):
        is_joint = words[i] == "," or (words[i] == "." and degrees and not doc[i].whitespace_)
        k = i + 1 if is_joint else i
        if k + 1 < len(words) and k > i and words[k] in (".", ","):  # "S.STP,.M.Si"
            k += 1
        if k >= len(words) or doc[k].is_sent_start:
            break
        if pieces := _split_degree(doc, k):
            degrees.append(pieces[0])
            i = pieces[1]
        elif is_degree(words[k]) or (degrees and is_prefix(words[k])) or _is_unknown_degree(doc, i, k):
            degrees.append(words[k])
            i = k + 1
        else:
            break
    return degrees, i


def _is_unknown_degree(doc: Doc, i: int, k: int) -> bool:
    """Two to four capitals straight after a name, with a known degree behind them: "Retno Wijayanti ATD MM"."""
    if k != i or not re.fullmatch(r"[A-Z]{2,4}", doc[k].text) or k + 1 >= len(doc):
        return False
    following = doc[k + 2].text if doc[k + 1].text == "," and k + 2 < len(doc) else doc[k + 1].text
    return is_degree(following)
