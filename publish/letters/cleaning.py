"""Texts of others as a letter may carry them."""

from __future__ import annotations

from publish.theirs import STEERING

LONGEST_WORD = 50
"""Characters of a word; no Indonesian word is as long, and a longer one would push a narrow screen wide."""


def clean(text: str) -> str:
    """A text on one line, without characters that steer what shows it.

    >>> clean(" Bimtek\\r\\nBcc: \\u202eoreo\\x00 ")
    'Bimtek Bcc: oreo'
    """
    return " ".join(STEERING.sub("", text).split())


def shorten(text: str | None, longest: int) -> str:
    """Cut at a word, with an ellipsis that shows it; a word of more than LONGEST_WORD characters is cut, too.

    >>> shorten("Bimtek tahap II digelar di Sleman", 20)
    'Bimtek tahap II …'
    >>> len(shorten("a" * 10_000, 140))
    50
    """
    words = " ".join(
        word if len(word) <= LONGEST_WORD else word[: LONGEST_WORD - 1] + "…" for word in clean(text or "").split()
    )
    if len(words) <= longest:
        return words
    return words[: longest - 1].rsplit(" ", 1)[0] + " …"
