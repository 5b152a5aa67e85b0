"""Where a letter comes back to: an address for each reader, by which a bounce says itself whose it is (VERP)."""

from __future__ import annotations

import hmac
import re

from sqlite_utils import Database

from publish.mail.addresses import LONGEST_LOCAL
from publish.mail.tokens import keyed_part

KEY_LENGTH = 12
"""Characters of the signature, five bits each."""


def bounce_address(db: Database, mailbox: str, subscriber_id: int, issue: str) -> str:
    """The return path of one reader's letter, in a mailbox that takes what follows a plus: bounce+7.2026-w47.KEY@host.

    The issue is left out where the part before the @ would be too long with it. Lower case, for a server on the way may
    change the case. Raises ValueError where the mailbox leaves no room.
    """
    local, _, domain = mailbox.rpartition("@")
    for told in (f"{subscriber_id}.{issue.lower()}", str(subscriber_id)):
        whole = f"{local}+{told}.{_key(db, told)}"
        if len(whole) <= LONGEST_LOCAL:
            return f"{whole}@{domain}"
    raise ValueError(f"{mailbox}: too long to add a reader's number to it")


def read_bounce_address(db: Database, address: str) -> tuple[int, str | None] | None:
    """Whose letter of which issue came back to this address; None for an address that we did not make.

    The mailbox is not looked at: it may have been another when the letter was sent.
    """
    written = re.fullmatch(r"[^@]*\+(?P<told>(?P<id>\d{1,18})(?:\.(?P<issue>[a-z0-9-]{1,40}))?)\.(?P<key>[a-z2-7]+)@.*",
                           address.strip().strip("<>").lower(), re.ASCII)  # fmt: skip
    if not written or not hmac.compare_digest(written["key"], _key(db, written["told"])):
        return None
    issue = written["issue"]
    return int(written["id"]), issue and re.sub(r"-w(?=\d\d$)", "-W", issue)


def _key(db: Database, told: str) -> str:
    return keyed_part(db, "bounces", told, KEY_LENGTH)
