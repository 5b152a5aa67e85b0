"""The lists of Indonesian words in `assets/words.yml`."""

from __future__ import annotations

import re
from functools import lru_cache

import yaml

from nlp.gazetteer import ASSETS
from nlp.patterns import by_letter


@lru_cache
def _lists() -> dict[str, list[str]]:
    lists: dict[str, list[str]] = yaml.safe_load((ASSETS / "words.yml").read_text(encoding="utf-8"))
    return lists


def any_of(name: str) -> str:
    """A list as alternatives of a regular expression, in a group that captures nothing; the longest come first.

    >>> any_of("hybrid").startswith("(?:")
    True
    """
    return f"(?:{by_letter(sorted(_lists()[name], key=len, reverse=True))})"


def word_set(name: str) -> frozenset[str]:
    """A list as a set of words in lower case."""
    return frozenset(_lists()[name])


@lru_cache(maxsize=8)  # the readers of a text ask one after another
def lowered(text: str) -> str:
    """The text in lower case, every character at its place: for patterns written small, faster than IGNORECASE.

    >>> lowered("BUPATI İ")
    'bupati İ'
    """
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def in_furniture(text: str, offset: int) -> bool:
    """Whether an offset lies in a line that is no part of the story: other headlines, by-lines, credits.

    >>> in_furniture("Bupati hadir.\\nBaca juga: Bupati panen", 25), in_furniture("Bupati hadir.", 3)
    (True, False)
    """
    return bool(_furniture().match(text, text.rfind("\n", 0, offset) + 1))


@lru_cache
def _furniture() -> re.Pattern[str]:
    return re.compile(rf"\s*{any_of('furniture')}", re.IGNORECASE)
