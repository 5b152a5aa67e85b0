"""Texts of others as a letter may carry them."""

from __future__ import annotations


def shorten(text: str | None, longest: int) -> str:
    """Cut at a word, with an ellipsis that shows it.

    >>> shorten("Bimtek tahap II digelar di Sleman", 20)
    'Bimtek tahap II …'
    """
    if not text or len(text) <= longest:
        return text or ""
    return text[: longest - 1].rsplit(" ", 1)[0] + " …"
