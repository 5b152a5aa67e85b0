"""Texts of others as a letter may carry them."""

from __future__ import annotations

import re

LONGEST_WORD = 50
"""Characters of a word; no Indonesian word is as long, and a longer one would push a narrow screen wide."""

# Controls, bidi embeddings, overrides and isolates, private use (our own marks stand there), surrogates, tags, what is
# no character. Marks of direction and joiners stay: scripts need them.
STEERING = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u206f\ue000-\uf8ff\ud800-\udfff\ufdd0-\ufdef"
    "\ufeff\ufff9-\ufffc\ufffe\uffff\U000e0000-\U000e007f\U000f0000-\U0010ffff]"
)


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
