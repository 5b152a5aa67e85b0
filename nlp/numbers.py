"""Numbers as Indonesian newspapers write them, in digits and in words, with what they are worth.

A comma opens the decimals and a point groups thousands; a point before one, two or more than three digits is taken for
the decimal point that some writers use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import yaml

from nlp.extraction import Bound
from nlp.gazetteer import ASSETS
from nlp.patterns import by_letter

_DIGIT_WORDS = {
    "nol": 0, "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9,
}  # fmt: skip
# The largest first: the value of a number is what stands before its largest scale times it, plus what follows.
_SCALES = {
    "triliun": 10**12, "miliar": 10**9, "juta": 10**6, "ribu": 1000, "ratus": 100, "puluh": 10,
}  # fmt: skip
_SPELLINGS = {"trilyun": "triliun", "milyar": "miliar", "milliar": "miliar", "jt": "juta", "rb": "ribu", "m": "miliar",
              "t": "triliun"}  # fmt: skip
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10}

_SCALE = r"(?:ribu|rb|juta|jt|mill?iar|milyar|triliun|trilyun)"
DIGITS = r"(?:\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?(?!\d)|\d{1,3}(?:,\d{3}){2,}(?!\d)|\d+(?:[.,]\d+)?)"
_FIRST_WORD = f"(?:{by_letter([*_DIGIT_WORDS, 'se(?=belas|puluh|ratus|ribu|juta|mill?iar)', 'setengah'])})"
_NEXT_WORD = "(?:{})".format(
    by_letter([*_DIGIT_WORDS, "se(?=belas|puluh|ratus|ribu)", "belas", "puluh", "ratus", _SCALE, "koma", "setengah"])
)
WORDS = rf"(?:{_FIRST_WORD}(?:\s*{_NEXT_WORD})*)"
_WORD = re.compile(rf"{_FIRST_WORD}|{_NEXT_WORD}|\S+", re.IGNORECASE)
_TO = r"(?:\s*[-–]\s*|\s+(?:hingga|sampai(?:\s+dengan)?|s\.?/?d\.?)\s+)"


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text, with its currency and how exact it claims to be."""

    value: float
    """Of a range, the lower end."""
    start: int
    """Offset of the first character, "sekitar" and the currency included."""
    end: int
    digits: str
    """As written, without bound, currency and scale."""
    currency: str | None
    bound: Bound | None
    is_range: bool
    scale: str | None
    """The last scale word, "miliar"."""

    @property
    def is_decimal(self) -> bool:
        """Whether it was written with decimals, scale apart: "3,12", "4,3 miliar"."""
        return bool(re.fullmatch(r"\d+[.,]\d+", self.digits)) or "koma" in self.digits.lower()


def find_numbers(text: str) -> Iterator[Number]:
    """Every number of the text that stands by itself, in order, without overlaps.

    Parts of dates, times, codes and scores (3/11/2023, 09:30, B-12, 2-1, 5G) are none.

    >>> [(n.value, n.bound) for n in find_numbers("lebih dari 100 daerah, 50-an desa, Rp 1.250.000,- dan dua ratus")]
    [(100.0, 'over'), (50.0, 'about'), (1250000.0, None), (200.0, None)]
    """
    for match in _pattern().finditer(text):
        if len(match["number"]) > 60:  # no number that a text speaks of
            continue
        scale = match["scale"] or match["scale2"]
        try:
            value = read_number(match["number"]) * _size(scale)
            last = read_number(match["last"]) * _size(match["scale2"]) if match["last"] else None
        except ValueError:
            continue
        # "2-1" is the score of a match.
        if last is not None and last <= value:
            continue
        yield Number(
            value=round(value, 6),
            start=match.start(),
            end=match.end(),
            digits=match["number"],
            currency=match["currency"],
            bound=_bound(match),
            is_range=match["last"] is not None,
            scale=_spelt(scale) if scale else next((w for w in _SCALES if w in match["number"].lower()), None),
        )


def read_number(text: str) -> float:
    """The value of a number in digits or in words. Raises ValueError for words that make no number.

    >>> read_number("1.250.000,50"), read_number("3.31"), read_number("dua ratus empat puluh satu")
    (1250000.5, 3.31, 241.0)
    >>> read_number("satu dua")
    Traceback (most recent call last):
        ...
    ValueError: no Indonesian number: 'satu dua'
    """
    if not text[0].isdigit():
        return _read_words(text)
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", text):
        return float(text.replace(".", "").replace(",", "."))
    if re.fullmatch(r"\d{1,3}(?:,\d{3}){2,}", text):
        return float(text.replace(",", ""))
    return float(text.replace(",", "."))


def read_ordinal(text: str) -> int:
    """The value of "pertama", "kedua", "ke-4", "IV" or a plain number. Raises ValueError for what is none.

    >>> [read_ordinal(text) for text in ("pertama", "kedua belas", "ke-4", "ke 22", "IV", "3")]
    [1, 12, 4, 22, 4, 3]
    """
    if text.upper() in _ROMAN:
        return _ROMAN[text.upper()]
    if text.lower() == "pertama":
        return 1
    return int(read_number(re.sub(r"^ke[\s-]*", "", text, flags=re.IGNORECASE)))


def _read_words(text: str) -> float:
    words = [_spelt(word) for word in _WORD.findall(text)]
    words = ["satu" if word == "se" else word for word in words]
    try:
        if "koma" in words:
            comma = words.index("koma")
            decimals = [_DIGIT_WORDS[word] for word in words[comma + 1 :] if word not in _SCALES]
            scales = [_SCALES[word] for word in words[comma + 1 :] if word in _SCALES]
            whole = _whole(words[:comma]) + float("0." + "".join(map(str, decimals)))
            return whole * (scales[0] if scales else 1)
        return _whole(words)
    except (KeyError, ValueError) as error:
        raise ValueError(f"no Indonesian number: {text!r}") from error


def _whole(words: list[str]) -> float:
    """The value of number words, "se" written as "satu"; "setengah" stands for a half before a scale."""
    for name, size in _SCALES.items():
        if name in words:
            at = words.index(name)
            many, rest = _whole(words[:at]), _whole(words[at + 1 :]) if words[at + 1 :] else 0
            if not 0 < many < (10 if size < 1000 else 1000) or rest >= size:
                raise ValueError
            return many * size + rest
    if words[-1:] == ["setengah"]:
        return 0.5 + (_whole(words[:-1]) if words[:-1] else 0)
    if words[1:] == ["belas"]:
        return 10.0 + _DIGIT_WORDS[words[0]]
    if len(words) != 1:
        raise ValueError
    return float(_DIGIT_WORDS[words[0]])


def _size(scale: str | None) -> int:
    return _SCALES[_spelt(scale)] if scale else 1


def _spelt(word: str) -> str:
    return _SPELLINGS.get(word.lower(), word.lower())


def _bound(match: re.Match[str]) -> Bound | None:
    if match["bound"]:
        return _bounds()[" ".join(match["bound"].lower().split())]
    if match["more"]:
        return "over"
    if match["an"]:
        return "about"
    return "least" if match["last"] else None


@lru_cache
def _bounds() -> dict[str, Bound]:
    """What each word before a number says of it."""
    lists = yaml.safe_load((ASSETS / "figures.yml").read_text(encoding="utf-8"))["bounds"]
    return {word: bound for bound, words in lists.items() for word in words}


@lru_cache
def _pattern() -> re.Pattern[str]:
    bounds = by_letter(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(_bounds(), key=len, reverse=True))
    # M for miliar and T for triliun stand only after a currency.
    scale = rf"(?:{_SCALE}|(?(currency)(?-i:[MT])|(?!)))(?!\w)"
    return re.compile(
        rf"(?<![\w/.,:\-–])(?:(?P<bound>{bounds})\s*)?"
        rf"(?:(?P<currency>Rp\.?|IDR|US\$|USD|\$)\s*)?"
        rf"(?P<number>{DIGITS}|{WORDS})"
        rf"(?P<an>(?<=\d)\s?-?an(?!\w)|(?<=puluh)an(?!\w)|(?<=ratus)an(?!\w))?"
        rf"(?:\s*(?P<scale>{scale}))?"
        rf"(?:{_TO}(?:Rp\.?\s*)?(?P<last>{DIGITS}|{WORDS})(?:\s*(?P<scale2>{scale}))?)?"
        rf"(?:\s*\((?:{WORDS}|{DIGITS})\))?(?:,-+)?(?P<more>\s+lebih(?!\s+(?:dari|baik|banyak)))?"
        rf"(?!\w|[/:]\d|[.,]\d|[-–]\w)",
        re.IGNORECASE,
    )
