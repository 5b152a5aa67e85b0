"""Regular expressions of many alternatives, arranged so that `re` passes over most of a text at once.

`re` tries one alternative after the other at each place. Those that open with the same letter stand behind it here, so
that at most places one look at a letter ends it. What matches, and which alternative does, stays the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_QUANTIFIERS = ("?", "*", "+", "{")


def words_of_any(patterns: Iterable[str]) -> re.Pattern[str]:
    r"""One pattern for several, each of which opens with `\b`; the first one wins where two match at a place.

    >>> words_of_any([r"\bnota (?:kesepahaman|kesepakatan)\b", r"\bmou\b"]).pattern
    '\\b(?:nota (?:kesepahaman|kesepakatan)\\b|mou\\b)'
    """
    alternatives = [alternative for pattern in patterns for alternative in _split(pattern)]
    if wrong := [one for one in alternatives if not one.startswith(r"\b")]:
        raise ValueError(f"does not open with \\b: {wrong[0]}")
    return re.compile(rf"\b(?:{by_letter(one[2:] for one in alternatives)})")


def by_letter(alternatives: Iterable[str]) -> str:
    """The alternatives, which capture nothing, as one: those with the same first letters behind these.

    >>> by_letter(["dewan", "dua|tiga", "(?:dinas|tim)nya"])
    'd(?:ewan|ua|inasnya)|ti(?:ga|mnya)'
    """
    leads = [lead for pattern in alternatives for one in _split(pattern) for lead in _leads(one)]
    return "|".join(_grouped(leads))


def _grouped(leads: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Alternatives for what opens with a letter, and with none, in an order in which the same one wins."""
    behind: dict[str, list[str]] = {}
    for letter, rest in leads:
        # Between letters order does not matter; what opens with none, or is one in another case, keeps its place.
        if not letter or letter.swapcase() in behind:
            yield from _written(behind)
            behind = {}
        if letter:
            behind.setdefault(letter, []).append(rest)
        else:
            yield rest
    yield from _written(behind)


def _written(behind: dict[str, list[str]]) -> Iterator[str]:
    for letter, rests in behind.items():
        if len(rests) == 1:
            yield letter + rests[0]
        else:
            inner = list(_grouped(map(_lead, rests)))
            yield letter + (inner[0] if len(inner) == 1 else f"(?:{'|'.join(inner)})")


def _lead(pattern: str) -> tuple[str, str]:
    """The letter with which an alternative opens and what follows; no letter where another thing opens it."""
    is_letter = pattern[:1].isalnum() and not pattern[1:2].startswith(_QUANTIFIERS)
    return (pattern[0], pattern[1:]) if is_letter else ("", pattern)


def _leads(pattern: str) -> Iterator[tuple[str, str]]:
    """The same of each alternative of a group that opens it, "(?:dinas|tim)nya"."""
    end = _end_of_group(pattern) if pattern.startswith("(?:") else 0
    if not end or pattern[end : end + 1].startswith(_QUANTIFIERS):
        yield _lead(pattern)
    else:
        for inner in _split(pattern[3 : end - 1]):
            yield from _leads(inner + pattern[end:])


def _split(pattern: str) -> list[str]:
    """The alternatives of a pattern, outside of groups."""
    cuts = [i for i, depth in _depths(pattern) if depth == 0 and pattern[i] == "|"]
    return [
        pattern[start:end] for start, end in zip([0, *(cut + 1 for cut in cuts)], [*cuts, len(pattern)], strict=True)
    ]


def _end_of_group(pattern: str) -> int:
    """Where the group ends that opens a pattern."""
    return next(i + 1 for i, depth in _depths(pattern) if depth == 0 and pattern[i] == ")")


def _depths(pattern: str) -> Iterator[tuple[int, int]]:
    """Every character outside of escapes and classes, with the number of groups that are open behind it."""
    depth = 0
    for match in re.finditer(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", pattern, re.DOTALL):
        if len(match[0]) == 1:
            depth += (match[0] == "(") - (match[0] == ")")
            yield match.start(), depth
