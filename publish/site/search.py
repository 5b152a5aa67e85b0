"""What search words mean: names of regencies and stages are understood, the rest is looked for as written."""

from __future__ import annotations

import re
from collections.abc import Mapping


def words_of(query: str) -> list[str]:
    """The words of a query, lower case, at most twelve.

    >>> words_of('Bimtek "KOTIM"; drop table --')
    ['bimtek', 'kotim', 'drop', 'table']
    """
    return re.findall(r"[^\W_]+", query.lower())[:12]


def phrases_of(words: list[str], longest: int = 4) -> list[str]:
    """Every run of up to `longest` neighbouring words, longest first: what may be a name.

    >>> phrases_of(["bimtek", "kotim"])
    ['bimtek kotim', 'bimtek', 'kotim']
    """
    return [
        " ".join(words[start : start + size])
        for size in range(min(longest, len(words)), 0, -1)
        for start in range(len(words) - size + 1)
    ]


def match_expression(words: list[str], names: Mapping[str, set[str]]) -> str:
    """An FTS5 expression for all the words, each as a beginning; a phrase that names regencies matches their names too.

    Words are quoted, so nothing in them is an FTS5 operator.

    >>> match_expression(["bimtek", "kotim"], {"kotim": {"Kotawaringin Timur"}})
    '("bimtek"*) AND ("kotim"* OR "Kotawaringin Timur")'
    """
    parts, position = [], 0
    while position < len(words):
        phrase = next((p for p in phrases_of(words[position:]) if p in names and _starts(words[position:], p)), None)
        taken = len(phrase.split()) if phrase else 1
        written = '"' + " ".join(words[position : position + taken]) + '"*'
        others = sorted('"' + name.replace('"', "") + '"' for name in names.get(phrase or "", ()))
        parts.append("(" + " OR ".join([written, *others]) + ")")
        position += taken
    return " AND ".join(parts)


def _starts(words: list[str], phrase: str) -> bool:
    return words[: len(phrase.split())] == phrase.split()


def like(text: str) -> str:
    """A LIKE pattern (escape character `!`) for texts that contain the text.

    >>> like("50%")
    '%50!%%'
    """
    return "%" + re.sub(r"([!%_])", r"!\1", text) + "%"
