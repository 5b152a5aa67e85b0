"""Taking in what comes back to the address for bounces: dead addresses and whoever complains get no more letters.

Anybody can write to that address, so a report counts only if it proves that it has seen one of our letters: by the
return path (VERP), by the letter's Message-ID, or by the signed addresses of its reader's pages. All three are keyed.
"""

from __future__ import annotations

import hashlib
import json
import mailbox
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Literal

from sqlite_utils import Database

from db.connect import transaction
from db.mailing.subscribers import Subscriber, leave, read_subscriber
from db.rows import first, utc
from publish.mail.returned import LONGEST_READ, Returned, read_returned
from publish.mail.tokens import read_token
from publish.mail.verp import read_bounce_address

Outcome = Literal[
    "dead", "temporary", "policy", "complaint", "delayed", "reply", "other", "foreign", "repeated", "unreadable"
]

FAILURES_IN_A_ROW = 3
FAILING_FOR = timedelta(days=14)
"""How many letters, and over what time, could not be delivered when an address is given up."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one message."""

    where: str
    """The file that it stood in, or `-`."""
    outcome: Outcome
    """As Returned.kind says, and `dead` also for an address given up after several; `foreign`: nothing proves that it
    is of a letter of ours; `repeated`: it was taken before; `unreadable`: no message, or a broken one."""
    subscriber_id: int | None = None
    told: str | None = None


def take_bounces(db: Database, sources: Iterable[Path | bytes], now: datetime) -> Counter[str]:
    """How many messages there were of each outcome; see `take_each`."""
    return Counter(taken.outcome for taken in take_each(db, sources, now))


def take_each(db: Database, sources: Iterable[Path | bytes], now: datetime) -> Iterator[Taken]:
    """Take in messages, each in a transaction of its own, and say of each what became of it.

    A source is a message, a file with one or with several (mbox), a folder of *.eml, or a Maildir. A message that was
    taken before changes nothing. Of a Maildir the messages are moved to cur/ with the flag P ("passed") and not read
    again; other files stay as they are; nothing is deleted. Raises FileNotFoundError for a source that is not there.
    """
    for source in sources:
        for where, raw, done in _messages(source):
            taken = _take(db, where, raw, now)
            done()
            yield taken


def _take(db: Database, where: str, raw: bytes, now: datetime) -> Taken:
    try:
        returned = read_returned(raw)
    except Exception as error:  # whatever a stranger's broken message makes the libraries raise
        return Taken(where, "unreadable", told=f"{type(error).__name__}: {error}"[:200])
    if returned.kind in ("delayed", "reply", "other"):
        return Taken(where, returned.kind, told=returned.told)
    subscriber_id, issue = find_letter_returned(db, raw) or (None, None)
    with transaction(db):
        subscriber = read_subscriber(db, subscriber_id) if subscriber_id else None
        if subscriber is None:
            return Taken(where, "foreign", told=returned.told)
        returned = _of_reader(returned, subscriber)
        came_at = min(returned.came_at or now, now)
        if not _keep(db, subscriber.id, issue, returned, came_at, raw):
            return Taken(where, "repeated", subscriber.id, returned.told)
        outcome = _draw_conclusions(db, subscriber.id, returned, came_at, now)
    return Taken(where, outcome, subscriber.id, returned.told)


# Whose it is


def find_letter_returned(db: Database, raw: bytes) -> tuple[int, str | None] | None:
    """The reader and, where it can be told, the issue of a letter that a message proves to have seen."""
    text = "\n".join(_texts(raw))
    for address in _first_of(VERP, text):
        if found := read_bounce_address(db, f"x{address}x"):
            return found
    row = first(
        db,
        """
        select subscriber_id, issue
        from deliveries
        where message_id in (select value from json_each(?))
        order by state_at desc
        limit 1
        """,
        json.dumps(_first_of(MESSAGE_ID, text)),
    )
    if row:
        return row["subscriber_id"], row["issue"]
    for page in _first_of(PAGE, text):
        for purpose in ("unsubscribe", "preferences"):
            if signed := read_token(db, purpose, page.rpartition("/")[2]):
                return signed[0], None
    return None


VERP = re.compile(r"\+\d{1,18}(?:\.[a-z0-9-]{1,40})?\.[a-z2-7]{12}@", re.IGNORECASE)
MESSAGE_ID = re.compile(r"<[\w-]{1,40}\.\d{1,18}\.[a-z2-7]{20}@[\w.-]{1,255}>")
PAGE = re.compile(r"/langganan/(?:berhenti|atur)/[\w.-]{20,200}")
MOST_MARKS = 100


def _first_of(pattern: re.Pattern[str], text: str) -> list[str]:
    """What is found, each once; no more than MOST_MARKS, for ours stand near the beginning."""
    return list(islice(dict.fromkeys(found[0] for found in pattern.finditer(text)), MOST_MARKS))


def _texts(raw: bytes) -> Iterator[str]:
    """The message as it is written, and once more with lines joined that quoted-printable parts."""
    yield raw.decode("latin-1")
    yield re.sub(rb"=\r?\n", b"", raw).replace(b"=3D", b"=").decode("latin-1")


# What follows


def _of_reader(returned: Returned, subscriber: Subscriber) -> Returned:
    """What a report says of this reader.

    That another address is dead, to which hers leads, does not end her subscription at once: hers may lead to more. Of
    one who left, the server's words are not kept, for they name the address.
    """
    if subscriber.state == "left":
        return replace(returned, told=None)
    is_other = returned.recipients and subscriber.email.lower() not in returned.recipients
    return replace(returned, kind="temporary") if returned.kind == "dead" and is_other else returned


def _keep(
    db: Database, subscriber_id: int, issue: str | None, returned: Returned, came_at: datetime, raw: bytes
) -> bool:
    """Write down what came back; whether it is new."""
    # A message that went through several hands comes in several forms, but with one Message-ID.
    report = returned.message_id or hashlib.sha256(b" ".join(raw.split())).hexdigest()
    told = json.dumps([subscriber_id, issue, returned.kind, returned.code, report])
    kept = db.execute(
        """
        insert or ignore into bounces (subscriber_id, issue, kind, code, told, told_hash, came_at)
        values (:subscriber_id, :issue, :kind, :code, :told, :told_hash, :came_at)
        """,
        {
            "subscriber_id": subscriber_id,
            "issue": issue,
            "kind": returned.kind,
            "code": returned.code,
            "told": returned.told,
            "told_hash": hashlib.sha256(told.encode()).digest(),
            "came_at": utc(came_at),
        },
    )
    return bool(kept.rowcount == 1)


def _draw_conclusions(
    db: Database, subscriber_id: int, returned: Returned, came_at: datetime, now: datetime
) -> Outcome:
    if returned.kind == "complaint":
        leave(db, subscriber_id, now, "complaint")
        return "complaint"
    # Of letters before she asked anew it says nothing about the address that she has now.
    is_present = first(
        db,
        "select 1 as found from subscribers where id = ? and state in ('active', 'pending') and state_at <= ?",
        subscriber_id,
        utc(came_at),
    )
    is_dead = returned.kind == "dead" or (returned.kind == "temporary" and _fails_for_long(db, subscriber_id))
    if is_present and is_dead:
        leave(db, subscriber_id, now, "dead")
        return "dead"
    return "temporary" if returned.kind == "dead" else returned.kind


def _fails_for_long(db: Database, subscriber_id: int) -> bool:
    """Whether the last letters, as many and as long as an address is given up for, all came back."""
    rows = db.query(
        """
        with returned as (
            select issue, kind, came_at
            from bounces
            where subscriber_id = :id and came_at >= (select state_at from subscribers where id = :id)
        ),
        -- A letter after the last that came back may yet come back; one between two that did was delivered.
        delivered as (
            select max(state_at) as at
            from deliveries
            where subscriber_id = :id and state = 'sent' and issue not in (select issue from returned where issue <> '')
                and state_at < (
                    select max(sent.state_at)
                    from deliveries as sent
                    where sent.subscriber_id = :id and sent.issue in (select issue from returned)
                )
        )
        select
            count(distinct coalesce(issue, came_at)) as letters, min(came_at) as since, max(came_at) as until
        from returned
        where kind = 'temporary' and came_at > coalesce((select at from delivered), '')
        """,
        {"id": subscriber_id},
    )
    row = next(rows, None)
    if row is None or row["letters"] < FAILURES_IN_A_ROW:
        return False
    return datetime.fromisoformat(row["until"]) - datetime.fromisoformat(row["since"]) >= FAILING_FOR


# Where they lie


def _messages(source: Path | bytes) -> Iterator[tuple[str, bytes, Callable[[], None]]]:
    """Every message of a source: where it stood, its beginning, and what is to be done when it was taken."""
    if isinstance(source, bytes):
        with tempfile.NamedTemporaryFile() as file:
            file.write(source)
            file.flush()
            for _, raw, done in _messages(Path(file.name)):
                yield "-", raw, done
    elif (source / "new").is_dir() and (source / "cur").is_dir():
        yield from _maildir(source)
    elif source.is_dir():
        for path in sorted(source.rglob("*.eml")):
            yield from _messages(path)
    elif _begin(source).startswith(b"From "):
        box = mailbox.mbox(source, create=False)
        try:
            for number, key in enumerate(box.iterkeys(), 1):
                yield f"{source}:{number}", box.get_file(key).read(LONGEST_READ), _nothing
        finally:
            box.close()
    else:
        yield str(source), _begin(source), _nothing


def _maildir(folder: Path) -> Iterator[tuple[str, bytes, Callable[[], None]]]:
    """Messages not passed on yet; names of files as at cr.yp.to/proto/maildir.html."""
    for path in sorted([*(folder / "new").iterdir(), *(folder / "cur").iterdir()]):
        name, _, flags = path.name.partition(":2,")
        if path.name.startswith(".") or "P" in flags:
            continue
        try:
            raw = _begin(path)
        except FileNotFoundError:  # whoever reads mail there has moved it meanwhile; it is read the next time
            continue
        passed = folder / "cur" / f"{name}:2,{''.join(sorted({*flags, 'P', 'S'}))}"
        yield str(path), raw, partial(_move, path, passed)


def _move(path: Path, to: Path) -> None:
    with suppress(FileNotFoundError):
        path.rename(to)


def _begin(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LONGEST_READ)


def _nothing() -> None:
    """Files of others stay as they are."""
