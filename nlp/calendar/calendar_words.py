"""The words of dates in `assets/calendar.yml`, as parts of regular expressions and as numbers."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import yaml

from nlp.gazetteer import ASSETS
from nlp.patterns import by_letter


@lru_cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load((ASSETS / "calendar.yml").read_text(encoding="utf-8"))
    return words


def list_of(name: str) -> str:
    """A list as alternatives of a regular expression, the longest first.

    >>> list_of("this")
    'ini'
    """
    return by_letter(sorted((str(word) for word in _words()[name]), key=len, reverse=True))


def word_set(name: str) -> frozenset[str]:
    """A list as a set of words."""
    return frozenset(map(str, _words()[name]))


def number_of(name: str, word: str) -> int:
    """The number that a word has in a list of numbered words.

    >>> number_of("days_from_now", "Hari  ini"), number_of("order", "III")
    (0, 3)
    """
    return int(_words()[name][re.sub(r"\s+", " ", word.lower())])


def _numbered(name: str, first: int) -> dict[str, int]:
    return {word: number for number, forms in enumerate(_words()[name], first) for word in forms}


def _months(name: str) -> str:
    """Months as alternatives, behind a look at the first letter."""
    forms = sorted(_numbered(name, 1), key=len, reverse=True)
    return f"(?=[{''.join(sorted({form[0] for form in forms}))}])(?:{by_letter(forms)})(?![a-z])"


_MONTHS = _numbered("months", 1) | _numbered("short_months", 1)
_WEEKDAYS = [(re.compile(form, re.IGNORECASE), number) for form, number in _numbered("weekdays", 0).items()]

UNTIL = list_of("until")
AND = list_of("and")
PARTS = f"(?:{list_of('parts_of_day')})"
WEEKDAY = f"(?:{by_letter(form for forms in _words()['weekdays'] for form in forms)})"
MONTH = _months("months")
ANY_MONTH = f"(?:{MONTH}|{_months('short_months')}\\.?)"


def month_number(word: str) -> int:
    """The month that a word means.

    >>> month_number("Nopember"), month_number("Agt.")
    (11, 8)
    """
    return _MONTHS[word.lower().rstrip(".")]


def weekday_number(word: str) -> int:
    """The weekday that a word means, Monday 0.

    >>> weekday_number("Jum’at"), weekday_number("AHAD")
    (4, 6)
    """
    return next(number for form, number in _WEEKDAYS if form.fullmatch(word))
