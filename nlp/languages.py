"""Whether a text is Indonesian: news in Malay and English speaks of smart cities too, and its offices are not ours."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

import yaml

from nlp.gazetteer import ASSETS

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_FEWEST = 3
"""Fewer words of another language tell nothing: a headline or a caption is taken for Indonesian."""


def is_indonesian(text: str) -> bool:
    """Whether a text is Indonesian rather than English or Malay, by its small and frequent words.

    The words of the other language have to outnumber ours two to one: articles quote, and some pages have a summary in
    English. Javanese and Sundanese count as Indonesian, their bupati are ours; so does what is in no language.

    >>> is_indonesian("Bupati berharap program ini bisa diteruskan."), is_indonesian("The mayor of the city said that.")
    (True, False)
    """
    counts = _count(text)
    ours = counts["indonesian"]
    is_english = counts["english"] >= max(_FEWEST, 2 * (ours + counts["both"] + counts["malay"]))
    return not is_english and counts["malay"] < max(_FEWEST, 2 * ours)


def is_surely_indonesian(text: str) -> bool:
    """The same of a text that may be in any language of the world: some of its small words have to be ours.

    >>> is_surely_indonesian("El alcalde inaugura la smart city."), is_surely_indonesian("Kota ini dan itu di sana.")
    (False, True)
    """
    counts = _count(text)
    return counts["indonesian"] + counts["both"] >= _FEWEST and is_indonesian(text)


def _count(text: str) -> Counter[str]:
    languages = _languages()
    return Counter(languages[word] for word in _WORD.findall(text.lower()) if word in languages)


@lru_cache
def _languages() -> dict[str, str]:
    """The language that each listed word tells."""
    lists: dict[str, list[str]] = yaml.safe_load((ASSETS / "languages.yml").read_text(encoding="utf-8"))
    return {word: language for language, words in lists.items() for word in words}
