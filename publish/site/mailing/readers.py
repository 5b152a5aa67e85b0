"""One reader's rows of mail.db, as her own pages show them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from db.mailing.ledger import CONFIRMATION, KeptLetter, read_delivery, read_letter
from db.mailing.subscribers import (
    Request,
    Subscriber,
    Subscription,
    confirm,
    leave,
    read_requests,
    read_subscriber,
    read_subscriptions,
)
from db.rows import first
from publish.letters.letter import READER_NAME, Letter, personalize
from publish.mail.addresses import clean_name
from publish.mail.tokens import read_token, sign, urls_of


@dataclass(frozen=True, slots=True)
class Asked:
    """Who holds a token of confirmation, and the request that it is for."""

    why: Literal["open", "done", "expired", "left", "foreign"]
    reader: Subscriber | None = None
    request: Request | None = None
    manage: str | None = None
    """The token of the page on which she changes what she follows, once she confirmed."""


@dataclass(frozen=True, slots=True)
class LastLetter:
    """The letter that a reader got last, or is about to get."""

    subject: str
    state: str
    at: str
    token: str | None
    """That of its copy; None where what it said was forgotten."""


@dataclass(frozen=True, slots=True)
class Own:
    """All that a reader's own page shows."""

    reader: Subscriber
    subscriptions: tuple[Subscription, ...]
    last: LastLetter | None
    stop: str
    """The token of the page on which she stops the letters."""


def read_asked(db: Database, token: str, now: datetime) -> Asked:
    """What a token of confirmation is good for."""
    match read_token(db, "confirm", token):
        case [int(subscriber_id), int(number), int(until)]:
            reader = read_subscriber(db, subscriber_id)
        case _:
            return Asked("foreign")
    if reader is None:
        return Asked("expired")
    if reader.state == "left":
        return Asked("left")
    if now.timestamp() > until:
        return Asked("expired", reader)
    request = next((one for one in read_requests(db, reader.id) if one.number == number), None)
    manage = sign(db, "preferences", reader.id) if reader.confirmed_at else None
    return Asked("open" if request else "done" if manage else "expired", reader, request, manage)


def confirm_asked(db: Database, token: str, now: datetime) -> Asked:
    """Begin with what the token is for; once more changes nothing. Raises SubscriberError `too-many`."""
    asked = read_asked(db, token, now)
    if asked.reader is None or asked.request is None:
        return asked
    confirm(db, asked.reader.id, now, asked.request.number)
    return replace(asked, reader=read_subscriber(db, asked.reader.id), manage=sign(db, "preferences", asked.reader.id))


LAST = f"""
select letters.subject, deliveries.state, deliveries.state_at, deliveries.issue, letters.html is not null as is_kept
from deliveries
join letters on letters.id = deliveries.letter_id
where deliveries.subscriber_id = ? and deliveries.issue not glob '{CONFIRMATION}*' and deliveries.state <> 'dropped'
order by deliveries.due_at desc, deliveries.issue desc
limit 1
"""


def read_own(db: Database, token: str) -> Own | Literal["left", "foreign"]:
    """What the page of a token shows, or why there is none."""
    match read_token(db, "preferences", token):
        case [int(subscriber_id)]:
            reader = read_subscriber(db, subscriber_id)
        case _:
            return "foreign"
    if reader is None or reader.state == "left":
        return "left"
    row = first(db, LAST, reader.id)
    last = None
    if row:
        copy = sign(db, "copy", reader.id, row["issue"]) if row["is_kept"] else None
        last = LastLetter(row["subject"], row["state"], row["state_at"], copy)
    return Own(reader, tuple(read_subscriptions(db, reader.id)), last, sign(db, "unsubscribe", reader.id))


@dataclass(frozen=True, slots=True)
class Leaving:
    """Whose token to stop the letters it is."""

    reader: Subscriber | None
    """None where her rows are gone."""
    manage: str | None
    """The token of the page on which she may change what she follows instead."""


def read_leaving(db: Database, token: str) -> Leaving | None:
    """Who is asked whether the letters shall stop; None for a token that is not ours."""
    match read_token(db, "unsubscribe", token):
        case [int(subscriber_id)]:
            reader = read_subscriber(db, subscriber_id)
            is_there = reader is not None and reader.state != "left"
            return Leaving(reader, sign(db, "preferences", subscriber_id) if is_there else None)
    return None


def stop(db: Database, token: str, now: datetime) -> bool:
    """Let the reader of a token leave, once or again; False for a token that is not ours."""
    leaving = read_leaving(db, token)
    if leaving and leaving.reader:
        leave(db, leaving.reader.id, now)
    return leaving is not None


def read_copy(db: Database, token: str, site_url: str, now: datetime) -> tuple[KeptLetter, str] | None:
    """A reader's letter, and its HTML with everything that is hers alone; None where it is not there any more."""
    match read_token(db, "copy", token):
        case [int(subscriber_id), str(issue)]:
            reader, delivery = read_subscriber(db, subscriber_id), read_delivery(db, subscriber_id, issue)
        case _:
            return None
    if reader is None or reader.state == "left" or delivery is None:
        return None
    letter = read_letter(db, delivery.letter_id)
    if letter is None:
        return None
    marks = {**urls_of(db, site_url, reader.id, issue, now), READER_NAME: clean_name(reader.name) or ""}
    html, _ = personalize(Letter(letter.lang, letter.subject, letter.html, letter.text), marks)
    return letter, html
