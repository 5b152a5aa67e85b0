"""The lists of Indonesian words in `assets/words.yml`."""

from __future__ import annotations

from functools import lru_cache

import yaml

from nlp.gazetteer import ASSETS


@lru_cache
def _lists() -> dict[str, list[str]]:
    lists: dict[str, list[str]] = yaml.safe_load((ASSETS / "words.yml").read_text(encoding="utf-8"))
    return lists


def any_of(name: str) -> str:
    """A list as alternatives of a regular expression, in a group that captures nothing; the longest come first.

    >>> any_of("hybrid").startswith("(?:")
    True
    """
    return "(?:" + "|".join(sorted(_lists()[name], key=len, reverse=True)) + ")"


def word_set(name: str) -> frozenset[str]:
    """A list as a set of words in lower case."""
    return frozenset(_lists()[name])
