"""What a message says that came back: an address is dead, a mailbox full, a letter unwanted, or nothing of that."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.parser import HeaderParser
from email.utils import getaddresses, parsedate_to_datetime
from itertools import islice
from typing import Literal

from flufl.bounce import all_failures

from publish.mail.handover import GONE

Kind = Literal["dead", "temporary", "policy", "complaint", "delayed", "reply", "other"]

LONGEST_READ = 2**18
"""Bytes of a message that are looked at; the report stands before the letter that it returns."""
LONGEST_FIELD = 5000
"""Characters of a field, or of a server's words, that are looked at."""
LONGEST_TOLD = 300
MOST_BLOCKS = 100


@dataclass(frozen=True, slots=True)
class Returned:
    """A message that came to the address for bounces."""

    kind: Kind
    """`dead`: there is no such mailbox; `temporary`: it could not take the letter; `policy`: the server does not want
    our letters, whoever reads them; `complaint`: the reader called it unwanted. The others change nothing: `delayed` is
    still tried, a `reply` is written by a person or for one, `other` is nothing that we know."""
    code: str | None = None
    """The enhanced status code (RFC 3463), such as 5.1.1."""
    told: str | None = None
    """What the server said, on one line."""
    recipients: tuple[str, ...] = ()
    """Who could not be reached, as the report names her, in lower case; several names of one address."""
    message_id: str | None = None
    """That of the report."""
    came_at: datetime | None = None
    """When our server took it, or else when it was written; None where it does not say."""


def read_returned(raw: bytes) -> Returned:
    """What the message says: by its report (RFC 3464, 5965, 6533), or where it has none by what servers write instead.

    Who may say that is not asked here: anybody can write such a message. Raises ValueError for what is no message; the
    library may raise anything for one that is broken.
    """
    message = email.message_from_bytes(raw[:LONGEST_READ])
    if not message.keys():
        raise ValueError("no headers, so no message")
    parts = list(_own_parts(message))
    types = {part.get_content_type(): part for part in reversed(parts)}
    found = None
    if report := types.get("message/feedback-report"):
        found = _read_feedback(report)
    elif report := types.get("message/delivery-status") or types.get("message/global-delivery-status"):
        found = _read_delivery_status(report)
    elif message.get_content_type() == "multipart/report":
        found = Returned("reply")  # that it was read, or deleted unread (RFC 8098)
    return _dated(message, found or _read_words(message, parts))


def judge(code: str | None, told: str) -> Kind:
    """Whose fault it is that a letter could not be delivered, from an enhanced status code and the server's words.

    What is not sure is `temporary`, which does not end a subscription at once.

    >>> judge("5.1.1", ""), judge("5.2.2", "mailbox full"), judge("5.7.1", "User unknown"), judge(None, "No such user")
    ('dead', 'temporary', 'policy', 'dead')
    """
    if code and OURS.fullmatch(code):
        return "policy"
    if code and (GONE.fullmatch(code) or code == NO_ROUTE):
        return "dead"
    if code and not UNSAID.fullmatch(code):
        return "temporary"
    if OUR_FAULT.search(told):
        return "policy"
    return "dead" if NO_MAILBOX.search(told) else "temporary"


# Meanings: RFC 3463 and the registry "SMTP Enhanced Status Codes". .1.7 and .1.8 are of the sender's address, .2.3 and
# .3.4 of our size, .5 of protocol, .6 of content, .7 of trust.
OURS = re.compile(r"[45]\.(?:1\.[78]|2\.3|3\.4|5\.[1-9]\d*|6\.\d+|7\.\d+)")
NO_ROUTE = "5.4.4"
"""Of whoever tried for days; of the server that we hand letters to it may be its own fault."""
UNSAID = re.compile(r"5\.(?:[0-5]\.0|4\.1)")
"""Codes that say nothing, and 5.4.1, by which Exchange Online says that it does not know a mailbox."""
OUR_FAULT = re.compile(
    r"\bsender\b|spam|blocked|block ?list|blacklist|reputation|polic(?:y|ies)|dmarc|\bspf\b|dkim|relay", re.IGNORECASE
)
NO_MAILBOX = re.compile(
    r"""
    user\ unknown | unknown\ (?:user|recipient|mailbox|address|local)
    | no\ such\ (?:user|mailbox|recipient|address|person) | (?:no|invalid)\ (?:recipient|mailbox)\b
    | (?:user|mailbox|account|recipient|address)\b.{0,80}?(?:not|n.t)\b.{0,12}?(?:exist|found)
    | mailbox\ unavailable | recipient\ address\ rejected:\ access\ denied | unrouteable\ address
    | (?:user|account|mailbox)\b.{0,40}?\b(?:disabled|deactivated|inactive|closed|suspended)
    | (?:host|domain)\b.{0,60}?\bnot\ found
    """,
    re.IGNORECASE | re.VERBOSE,
)
ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")


# Reports


def _read_delivery_status(report: Message) -> Returned | None:
    """A delivery status notification; None where it says nothing of any recipient."""
    of_recipients = [block for block in islice(_blocks(report), MOST_BLOCKS) if block.get("action")]
    actions = [_field(block, "action").lower() for block in of_recipients]
    for block, action in zip(of_recipients, actions, strict=True):
        if action.startswith(("fail", "error")):  # OpenSMTPD writes `error`
            return _read_failure(block)
    if not of_recipients:
        return None
    return Returned("delayed" if any(action.startswith("delay") for action in actions) else "other")


def _read_failure(block: Message) -> Returned:
    told = _field(block, "diagnostic-code").partition(";")[2].strip()
    said = ENHANCED.search(_field(block, "status"))
    code = said[1] if said else None
    detailed = ENHANCED.search(told)
    # Exim and old servers write 5.0.0 and let the other server's own words say it.
    if detailed and (code is None or code.endswith(".0.0")):
        code = detailed[1]
    named = [_field(block, name) for name in ("original-recipient", "final-recipient", "x-actual-recipient")]
    return Returned(judge(code, told), code, _shortened(told), _addresses(named))


def _read_feedback(report: Message) -> Returned:
    fields = next(_blocks(report), Message())
    kind = _field(fields, "feedback-type").lower()
    named = [_field(fields, "original-rcpt-to"), _field(fields, "removal-recipient")]
    return Returned("complaint" if kind in COMPLAINTS else "other", None, kind or None, _addresses(named))


COMPLAINTS = ("abuse", "fraud", "opt-out", "opt-out-list")
"""Feedback types (RFC 5965, 7.3) that mean: send me no more. Not `not-spam`, nor `auth-failure`, which is of DMARC."""


def _blocks(report: Message) -> Iterator[Message]:
    """The blocks of fields of a report; Python parts those of message/delivery-status, and of no other type."""
    payload = report.get_payload()
    for block in payload if isinstance(payload, list) else [payload]:
        text = block
        if isinstance(block, Message):
            yield block
            text = block.get_payload()
        if isinstance(text, str):
            yield from (HeaderParser().parsestr(fields.strip()) for fields in re.split(r"\r?\n\s*\n", text))


# Without a report


def _read_words(message: Message, parts: Sequence[Message]) -> Returned:
    """What a server wrote in its own words, as qmail and older servers do."""
    senders = [address.partition("@")[0].lower() for _, address in getaddresses([_field(message, "from")])]
    is_server = bool(SERVERS & set(senders)) or "x-failed-recipients" in message
    is_automatic = any(_field(message, name).lower() not in ("no", "") for name in AUTOMATIC)
    is_automatic |= _field(message, "precedence").lower() == "auto_reply"
    if not is_server and (is_automatic or _field(message, "return-path") != "<>"):
        return Returned("reply" if is_automatic or "in-reply-to" in message else "other")
    delayed, failed = all_failures(message)
    if not failed:
        return Returned("delayed" if delayed else "other")
    told = _one_line(_text_before_the_letter(parts)[:LONGEST_FIELD])
    found = ENHANCED.search(told)
    code = found[1] if found else None
    at = found.start() if found else 0
    return Returned(judge(code, told), code, _shortened(told[max(0, at - 100) :]), _addresses(
        [address.decode("ascii", "replace") for address in failed]
    ))  # fmt: skip


SERVERS = {"mailer-daemon", "mailerdaemon", "mail-daemon", "postmaster"}
AUTOMATIC = ("auto-submitted", "x-autoreply", "x-autorespond", "x-autoresponder")


def _text_before_the_letter(parts: Sequence[Message]) -> str:
    for part in parts:
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
            return LETTER_BEGINS.split(text, maxsplit=1)[0]
    return ""


LETTER_BEGINS = re.compile(
    r"^(?:-+\s*(?:below this line|this is a copy|original message|the header)|return-path:|received:)",
    re.IGNORECASE | re.MULTILINE,
)


# All messages


def _own_parts(message: Message) -> Iterator[Message]:
    """The parts of a message without those of the letter that it returns."""
    yield message
    if message.get_content_maintype() == "multipart" and isinstance(message.get_payload(), list):
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _own_parts(part)


def _dated(message: Message, found: Returned) -> Returned:
    own_id = _field(message, "message-id")[:200] or None
    came_at = _instant(_field(message, "received").rpartition(";")[2]) or _instant(_field(message, "date"))
    return Returned(found.kind, found.code, found.told, found.recipients, own_id, came_at)


def _field(message: Message, name: str) -> str:
    """A field on one line; empty where there is none."""
    return _one_line(str(message.get(name, ""))[:LONGEST_FIELD])


def _instant(text: str) -> datetime | None:
    try:
        instant = parsedate_to_datetime(text.strip()[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # -0000 is UTC of a server that does not tell its zone (RFC 5322, 3.3).
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant


def _addresses(fields: Sequence[str]) -> tuple[str, ...]:
    """Addresses of fields such as `rfc822; sari@tabanan.example`."""
    written = [field.rpartition(";")[2].strip().strip("<>").lower() for field in fields]
    return tuple(dict.fromkeys(address for address in written if "@" in address))


def _one_line(text: str) -> str:
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _shortened(text: str) -> str | None:
    return (text if len(text) <= LONGEST_TOLD else text[: LONGEST_TOLD - 1] + "…") or None
