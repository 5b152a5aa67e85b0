"""How often a sender may use the form: it makes us write to whomever it names.

How often one mailbox is written to is said by db.mailing.subscribers.MOST_CONFIRMATIONS.
"""

from __future__ import annotations

from cachetools import TTLCache

MOST_ASKED = 12
"""Requests that one sender's address may send in an hour."""

_ASKED: TTLCache[str, int] = TTLCache(maxsize=20_000, ttl=3600)


def has_asked_often(sender: str) -> bool:
    """Whether a sender's address has asked as often as it may for now."""
    return _ASKED.get(sender, 0) >= MOST_ASKED


def note_asking(sender: str) -> None:
    """Remember a request for an hour after the last one."""
    _ASKED[sender] = _ASKED.get(sender, 0) + 1


def forget_senders() -> None:
    """Begin anew, as after a restart."""
    _ASKED.clear()
