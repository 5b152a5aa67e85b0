"""Names of Indonesian officials, compared: the ways in which newspapers spell one and the same name."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from rapidfuzz.distance import OSA

Likeness = Literal["spelling", "slip"]
"""How two names are one: spelt differently by known habits, or one word a slip of the pen apart."""

_SHORTEST_SLIP = 5
"""Letters of the shortest word that may hold a slip: Budi and Rudi are two names."""
_LETTERS_A_SLIP = 9
"""From as many letters on a word may hold two slips."""
_HONORIFICS = frozenset("h hj hi haji hajjah hajah drs dra ir dr prof kh tgk ny tn bapak ibu pak bu".split())
_MUHAMMAD = re.compile(r"m|mh?d|m[uo]e?(?:c|k|kh|ch)?h?(?:am+[ae][dt]|d)?h?")
_GENDERS = {"i": "i", "ni": "ni"}
"""What Balinese names open with, of a man and of a woman."""
_SHORTENED = {
    "abd": "abdul", "ag": "agung", "gd": "gede", "gst": "gusti", "kt": "ketut", "md": "made", "nym": "nyoman",
    "pt": "putu", "sitti": "siti", "sti": "siti", "wy": "wayan", "wyn": "wayan",
    "aa": "anak agung", "ib": "ida bagus", "ign": "i gusti ngurah", "igb": "i gusti bagus", "igk": "i gusti ketut",
    "fx": "fransiskus xaverius",
}  # fmt: skip
_SOUNDS = (
    # Spelling before 1972. A j beside tj, dj or oe is of that time too, and is a y today.
    (re.compile(r"^(?=.*(?:tj|dj|oe))(?:.*)$"), lambda m: re.sub(r"(?<![dt])j", "y", m[0])),
    (re.compile("oe"), "u"),
    (re.compile("dj"), "j"),
    (re.compile("tj"), "c"),
    (re.compile("sj|sy|sh|ts"), "s"),
    # Achmad, Akhmad, Ahmad; but Chairul, Khairul.
    (re.compile(r"(?<=[aiueo])[kc]h(?=[^aiueo]|$)"), ""),
    (re.compile("[kc]h"), "k"),
    (re.compile("ck|q"), "k"),
    (re.compile("x"), "ks"),
    (re.compile(r"(?<=.)h"), ""),
    (re.compile("[fv]"), "p"),
    (re.compile("z"), "s"),
    (re.compile("y"), "i"),
    (re.compile(r"(.)\1+"), r"\1"),
)


@lru_cache(maxsize=2**16)
def fold_name(name: str) -> str:
    """A name for comparison: lower case without accents, points, apostrophes, honorifics before and degrees after.

    >>> fold_name("H. Ma’ruf  Al-Amin, S.E."), fold_name("HJ. SITI ROCHMAH"), fold_name("H. Ali")
    ('maruf al amin', 'siti rochmah', 'ali')
    """
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(letter)
    )
    words = re.findall(r"[^\W\d_]+", re.sub(r"['’‘`´ʼ]", "", plain.partition(",")[0]))
    while len(words) > 1 and words[0] in _HONORIFICS and any(len(word) > 2 for word in words[1:]):
        words = words[1:]
    return " ".join(words)


@lru_cache(maxsize=2**16)
def sound(word: str) -> str:
    """What a folded word sounds like, so that spellings of one name are the same.

    >>> [sound(word) for word in ("ramadhansyah", "ramadansya", "soekarno", "sukarno", "tjahjo", "cahyo")]
    ['ramadansa', 'ramadansa', 'sukarno', 'sukarno', 'caio', 'caio']
    >>> sound("moch"), sound("muhammad"), sound("achmad"), sound("akhmad")
    ('m', 'm', 'amad', 'amad')
    """
    if _MUHAMMAD.fullmatch(word):
        return "m"
    for pattern, replacement in _SOUNDS:
        word = pattern.sub(replacement, word)
    return word


@lru_cache(maxsize=2**16)
def sounds(name: str) -> tuple[str, ...]:
    """The words of a folded name as they sound, what opens Balinese names and shortened words written out."""
    return tuple(sound(word) for short in name.split() for word in _SHORTENED.get(short, short).split())


def words_of(name: str) -> int:
    """How many words of a folded name say who is meant: neither an initial, nor Muhammad, nor I and Ni."""
    return sum(len(word) > 2 for word in _core(sounds(name)))


def keys(name: str, is_whole: bool = False) -> frozenset[str]:
    """Sounds by which a folded name is looked up: names that are alike, or one of which is short, share one.

    With `is_whole` only names that sound the same do.
    """
    core = _core(sounds(name))
    return frozenset([_whole(core), *(word for word in core if len(word) > 2 and not is_whole)])


def likeness(one: str, other: str) -> Likeness | None:
    """How two folded names of as many words are one; None where they are two.

    >>> likeness("moh ramadhansyah", "muhammad ramadansyah"), likeness("budi santoso", "budi santosa")
    ('spelling', 'slip')
    >>> likeness("i made sudarma", "ni made sudarma"), likeness("andi harun", "andi haris")
    (None, None)
    """
    a, b = sounds(one), sounds(other)
    if _gender(a) and _gender(b) and _gender(a) != _gender(b):
        return None
    a, b = _core(a), _core(b)
    if _whole(a) == _whole(b):
        return "spelling"
    if len(a) != len(b):
        return None
    unlike = [(x, y) for x, y in zip(a, b, strict=True) if x != y and not _is_initial_of(x, y)]
    if not any(x == y and len(x) > 2 for x, y in zip(a, b, strict=True)) or len(unlike) > 1:
        return None
    if not unlike:
        return "spelling"
    return "slip" if _is_slip(*unlike[0]) else None


def is_short_for(short: str, name: str) -> bool:
    """Whether a folded name is the beginning of a longer one, which is how newspapers shorten names.

    >>> is_short_for("marwan", "marwan tanjung"), is_short_for("yusuf", "muhammad yusuf aziz")
    (True, True)
    >>> is_short_for("alex noerdin", "dodi reza alex noerdin"), is_short_for("gafur", "abdul gafur masud")
    (False, False)
    """
    a, b = sounds(short), sounds(name)
    if _gender(a) and _gender(b) and _gender(a) != _gender(b):
        return False
    a, b = _core(a), _core(b)
    return len(a) < len(b) and b[: len(a)] == a and any(len(word) > 2 for word in a)


def _gender(words: tuple[str, ...]) -> str | None:
    return _GENDERS.get(words[0]) if len(words) > 1 else None


def _core(words: tuple[str, ...]) -> tuple[str, ...]:
    """Without what opens many names and is often left out: I, Ni, Muhammad."""
    while len(words) > 1 and words[0] in ("i", "ni", "m"):
        words = words[1:]
    return words


def _whole(words: tuple[str, ...]) -> str:
    """The sound of the whole name, however it is parted: Nur Hayati, Nurhayati."""
    return sound("".join(words)) if len(words) > 1 else words[0]


def _is_initial_of(one: str, other: str) -> bool:
    return min(len(one), len(other)) == 1 and one[0] == other[0]


def _is_slip(one: str, other: str) -> bool:
    # Jusuf is Yusuf.
    same_start = one[0] == other[0] or {one[0], other[0]} == {"j", "i"}
    shorter = min(len(one), len(other))
    slips = 2 if shorter >= _LETTERS_A_SLIP else 1
    return same_start and shorter >= _SHORTEST_SLIP and OSA.distance(one, other, score_cutoff=slips) <= slips
