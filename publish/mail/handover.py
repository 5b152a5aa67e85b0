"""What handing a letter over means, wherever it goes: what is given, what is answered, what can go wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from publish.letters.cleaning import clean

LONGEST_ANSWER = 300
"""Characters of a server's answer that are kept."""
GONE = re.compile(r"5\.(?:1\.(?:[1236]|10)|2\.1)")
"""Enhanced codes that say of an address that it is none or is no more (RFC 3463; RFC 7505; RFC 7504)."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One reader's message and where it goes."""

    issue: str
    message_id: str
    sender: str
    """The envelope's sender (MAIL FROM), to which bounces come."""
    recipient: str
    message: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said, at which step: about the address, before the message, or after its last dot."""

    step: Literal["recipient", "data", "end"]
    code: int | None
    """SMTP's (RFC 5321, 4.2.3); None for the outbox."""
    text: str

    @property
    def enhanced(self) -> str | None:
        """The enhanced status code (RFC 3463) that the text begins with.

        >>> Answer("recipient", 550, "5.1.1 no such mailbox").enhanced
        '5.1.1'
        """
        found = re.match(r"[245]\.\d{1,3}\.\d{1,3}(?!\d)", self.text)
        return found[0] if found else None


def answer(step: Literal["recipient", "data", "end"], code: int, text: bytes) -> Answer:
    """An answer as smtplib gives it, on one line."""
    return Answer(step, code, clean(text.decode("utf-8", "replace"))[:LONGEST_ANSWER])


class ServerError(Exception):
    """The other side is away, does not let us in or does not let us send: no letter can be handed over now.

    The letter under way was certainly not taken.
    """


class BrokenError(Exception):
    """The connection broke, or the other side fell silent, at this letter."""

    def __init__(self, says: str, *, is_unknown: bool) -> None:
        super().__init__(says)
        self.is_unknown = is_unknown
        """The message was whole by then: the other side has taken it or not."""


class Handover(Protocol):
    """Where letters go."""

    def hand_over(self, parcel: Parcel, before_end: Callable[[], None]) -> Answer:
        """Give one message away; `before_end` is called just before the other side has it.

        Raises ServerError, BrokenError, and what `before_end` raises: the message was not given away then.
        """

    def close(self) -> None:
        """Take leave."""
