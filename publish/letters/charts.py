"""Pictures of a letter: what its numbers look like beside those of other weeks and other regencies."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, and all that it shows in words."""

    name: str
    """By which the letter shows it: cid:NAME."""
    title: str
    caption: str
    """What it comes to, in one sentence."""
    alt: str
    """The numbers."""
    height: int
    """In the letter, where it is 536 px wide."""
    png: bytes
