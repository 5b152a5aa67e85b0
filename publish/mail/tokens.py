"""What a letter carries so that we know it again: signed addresses of pages, and the Message-ID."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime, timedelta
from typing import Any, Literal

from itsdangerous import BadData, URLSafeSerializer
from sqlite_utils import Database

from db.mailing.connect import read_secret
from db.mailing.ledger import CONFIRMATION
from publish.letters.letter import CONFIRM_URL, COPY_URL, PREFERENCES_URL, UNSUBSCRIBE_URL

Purpose = Literal["unsubscribe", "preferences", "copy", "confirm"]

CONFIRM_WITHIN = timedelta(days=7)
"""How long a request for letters may be confirmed."""
LONGEST_TOKEN = 500
"""Characters; ours have fewer than 120, and what is longer is not looked at."""


def sign(db: Database, purpose: Purpose, subscriber_id: int, *more: str | int) -> str:
    """A token for the address of a page: letters, digits, `-`, `_` and `.`, and the same whenever it is made."""
    serializer = _serializer(db, purpose)
    signed: list[Any] = [subscriber_id, *more]
    # Programs that make links of plain text take a hyphen at the end for punctuation.
    while not (token := str(serializer.dumps(signed)))[-1].isalnum():
        signed.append(None)
    return token


def read_token(db: Database, purpose: Purpose, token: str) -> list[Any] | None:
    """What was signed for this purpose, the subscriber's id first; None for anything that we did not make so."""
    if len(token) > LONGEST_TOKEN or not token.isascii():
        return None
    try:
        loaded: list[Any] = _serializer(db, purpose).loads(token)
    except BadData:
        return None
    signed = [value for value in loaded if value is not None]
    # Base64 has several spellings of the same bytes; ours is one.
    return signed if sign(db, purpose, *signed) == token else None


def sign_confirmation(db: Database, subscriber_id: int, number: int, now: datetime) -> str:
    """A token by which a reader confirms what she asked for in one request, within CONFIRM_WITHIN."""
    return sign(db, "confirm", subscriber_id, number, int((now + CONFIRM_WITHIN).timestamp()))


def read_confirmation(db: Database, token: str, now: datetime) -> tuple[int, int] | None:
    """Which subscriber confirms which request, as `confirm` takes them; None if it is not ours or has run out."""
    match read_token(db, "confirm", token):
        case [int(subscriber_id), int(number), int(until)] if now.timestamp() <= until:
            return subscriber_id, number
    return None


def urls_of(db: Database, site_url: str, subscriber_id: int, issue: str, now: datetime) -> dict[str, str]:
    """What the marks of a letter stand for in one reader's copy: the addresses of the pages that are hers alone.

    The letter that asks for confirmation has one more, good for CONFIRM_WITHIN from `now`.
    """
    site_url = site_url.rstrip("/")
    urls = {
        UNSUBSCRIBE_URL: f"{site_url}/langganan/berhenti/{sign(db, 'unsubscribe', subscriber_id)}",
        PREFERENCES_URL: f"{site_url}/langganan/atur/{sign(db, 'preferences', subscriber_id)}",
        COPY_URL: f"{site_url}/surat/saya/{sign(db, 'copy', subscriber_id, issue)}",
    }
    if issue.startswith(CONFIRMATION):
        number = int(issue.removeprefix(CONFIRMATION))
        urls[CONFIRM_URL] = f"{site_url}/langganan/konfirmasi/{sign_confirmation(db, subscriber_id, number, now)}"
    return urls


def message_id_for(db: Database, subscriber_id: int, issue: str, host: str) -> str:
    """The Message-ID of a reader's letter: always the same, so that a second copy is known as one.

    Nobody else can make it up (RFC 5322, 3.6.4 asks only that it is unique), so a message that returns it has seen the
    letter.
    """
    return f"<{issue}.{subscriber_id}.{keyed_part(db, 'message-ids', f'{subscriber_id}/{issue}', 20)}@{host}>"


def keyed_part(db: Database, secret: str, text: str, length: int) -> str:
    """Lower-case letters and digits, five bits each, that only a holder of the secret can make from the text."""
    digest = hmac.digest(read_secret(db, secret), text.encode(), "sha256")
    return base64.b32encode(digest).decode().lower()[:length]


def _serializer(db: Database, purpose: Purpose) -> URLSafeSerializer:
    return URLSafeSerializer(read_secret(db, "tokens"), salt=purpose)
