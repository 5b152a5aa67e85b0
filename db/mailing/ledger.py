"""Which letter goes to whom, and what became of it: every step a transaction of its own, so that a kill loses none.

due → handing (the message is at its last dot) → sent | deferred (4xx, tried again at `next_at`) | failed (5xx);
dropped where its reader left in between. What is `handing` when a run begins was left so by a killed one: the server
has it or has it not, so it is handed over again with the same Message-ID.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlite_utils import Database

from db.connect import transaction
from db.mailing.subscribers import Lang
from db.rows import first, utc

DeliveryState = Literal["due", "handing", "sent", "deferred", "failed", "dropped"]

CONFIRMATION = "konfirmasi-"
"""What the issue of a letter begins with that asks its reader to confirm."""
LETTERS_KEPT = timedelta(days=90)
"""How long a letter's web copy is there."""
BLOCK = 200


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """A letter as it was composed, the same for all readers of one selection."""

    id: int
    issue: str
    lang: Lang
    subject: str
    html: str
    text: str
    calendar: bytes | None
    images: Mapping[str, bytes]
    """PNG by the name that the HTML calls them by."""
    composed_at: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One letter to one reader."""

    subscriber_id: int
    issue: str
    letter_id: int
    message_id: str
    """With its angle brackets; the same for every attempt."""
    state: DeliveryState
    attempts: int
    repeats: int
    """How often it was handed over although a killed run may have done so."""
    next_at: str | None
    due_at: str
    state_at: str
    code: int | None
    answer: str | None


DELIVERY = """
    subscriber_id, issue, letter_id, message_id, deliveries.state, attempts, repeats, next_at, due_at,
    deliveries.state_at, code, answer
"""
# Whoever is asked to confirm gets that letter whatever her state is; all others are for those who did.
IS_WANTED = """
    exists (
        select 1 from subscribers
        where subscribers.id = deliveries.subscriber_id and subscribers.state <> 'left'
            and (subscribers.state = 'active' or deliveries.issue glob 'konfirmasi-*')
    )
"""


# Letters


def save_letter(
    db: Database,
    *,
    issue: str,
    selection: str,
    lang: Lang,
    subject: str,
    html: str,
    text: str,
    calendar: bytes | None = None,
    images: Mapping[str, bytes] | None = None,
    release: str | None = None,
    known_until: str | None = None,
    now: datetime,
) -> int:
    """Keep a letter; its id. One of the same issue and selection that is there already is kept as it is."""
    row = {
        "issue": issue,
        "selection": selection,
        "lang": lang,
        "subject": subject,
        "html": zlib.compress(html.encode()),
        "text": zlib.compress(text.encode()),
        "calendar": zlib.compress(calendar) if calendar is not None else None,
        "images": _pack(images) if images else None,
        "release": release,
        "known_until": known_until,
        "composed_at": utc(now),
    }
    with transaction(db):
        db.execute(
            """
            insert into letters (
                issue, selection, lang, subject, html, text, calendar, images, release, known_until, composed_at
            )
            values (
                :issue, :selection, :lang, :subject, :html, :text, :calendar, :images, :release, :known_until,
                :composed_at
            )
            on conflict (issue, selection) do nothing
            """,
            row,
        )
        letter_id = find_letter(db, issue, selection)
    assert letter_id is not None
    return letter_id


def find_letter(db: Database, issue: str, selection: str) -> int | None:
    """The id of the letter of an issue and a selection."""
    row = first(db, "select id from letters where issue = ? and selection = ?", issue, selection)
    return row["id"] if row else None


def read_letter(db: Database, letter_id: int) -> KeptLetter | None:
    """A letter as it was composed; None when there is none, or it was forgotten after 90 days."""
    row = first(
        db,
        """
        select id, issue, lang, subject, html, text, calendar, images, composed_at
        from letters
        where id = ? and html is not null
        """,
        letter_id,
    )
    if row is None:
        return None
    return KeptLetter(
        id=row["id"],
        issue=row["issue"],
        lang=row["lang"],
        subject=row["subject"],
        html=zlib.decompress(row["html"]).decode(),
        text=zlib.decompress(row["text"]).decode(),
        calendar=zlib.decompress(row["calendar"]) if row["calendar"] is not None else None,
        images=_unpack(row["images"]) if row["images"] is not None else {},
        composed_at=row["composed_at"],
    )


def forget_letters(db: Database, now: datetime) -> int:
    """Erase what letters said that were composed over 90 days ago and went to all their readers; how many.

    What was sent to whom, and when, stays.
    """
    with transaction(db):
        forgotten: int = db.execute(
            """
            update letters
            set html = null, text = null, calendar = null, images = null, selection = 'forgotten ' || id
            where html is not null and composed_at < ?
                and not exists (
                    select 1 from deliveries
                    where letter_id = letters.id and deliveries.state in ('due', 'handing', 'deferred')
                )
            """,
            [utc(now - LETTERS_KEPT)],
        ).rowcount
        return forgotten


def _pack(images: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    # PNG is compressed already. ZipInfo's day is 1 January 1980, so the same pictures give the same bytes.
    with zipfile.ZipFile(packed, "w") as archive:
        for name, png in images.items():
            archive.writestr(zipfile.ZipInfo(name), png)
    return packed.getvalue()


def _unpack(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# Deliveries


def add_delivery(db: Database, subscriber_id: int, issue: str, letter_id: int, message_id: str, now: datetime) -> bool:
    """Let a letter be due to a reader; False where she has one of this issue, or does not want letters any more."""
    with transaction(db):
        added = db.execute(
            """
            insert or ignore into deliveries (subscriber_id, issue, letter_id, message_id, state, due_at, state_at)
            select :subscriber_id, :issue, :letter_id, :message_id, 'due', :now, :now
            from subscribers
            where id = :subscriber_id and state <> 'left'
                and (state = 'active' or :issue glob 'konfirmasi-*')
            """,
            {
                "subscriber_id": subscriber_id,
                "issue": issue,
                "letter_id": letter_id,
                "message_id": message_id,
                "now": utc(now),
            },
        ).rowcount
    return added == 1


def read_delivery(db: Database, subscriber_id: int, issue: str) -> Delivery | None:
    """What became of one letter to one reader."""
    row = first(db, f"select {DELIVERY} from deliveries where subscriber_id = ? and issue = ?", subscriber_id, issue)
    return Delivery(**row) if row else None


def read_last_delivery(db: Database, subscriber_id: int) -> Delivery | None:
    """The letter to a reader that became due last."""
    row = first(
        db,
        f"select {DELIVERY} from deliveries where subscriber_id = ? order by due_at desc, issue limit 1",
        subscriber_id,
    )
    return Delivery(**row) if row else None


def due_deliveries(db: Database, now: datetime) -> Iterator[Delivery]:
    """What is to be handed over at `now`: letters that ask for confirmation first, then by reader and issue.

    A block is in memory at a time, and no statement is open in between, so each may be marked as it comes. One that is
    marked meanwhile does not come again. Whoever left or is dead in between gets none: what was open is dropped then.
    """
    yield from _due(db, now, is_confirmation=True)
    yield from _due(db, now, is_confirmation=False)


def _due(db: Database, now: datetime, *, is_confirmation: bool) -> Iterator[Delivery]:
    after, issue = 0, ""
    while True:
        rows = list(
            db.query(
                f"""
                select {DELIVERY}
                from deliveries
                where deliveries.state in ('due', 'handing', 'deferred')
                    and (next_at is null or next_at <= :now)
                    and (subscriber_id, issue) > (:after, :issue)
                    and (issue glob 'konfirmasi-*') = :is_confirmation
                    and {IS_WANTED}
                order by subscriber_id, issue
                limit :block
                """,
                {
                    "now": utc(now),
                    "after": after,
                    "issue": issue,
                    "is_confirmation": is_confirmation,
                    "block": BLOCK,
                },
            )
        )
        if not rows:
            return
        yield from (Delivery(**row) for row in rows)
        after, issue = rows[-1]["subscriber_id"], rows[-1]["issue"]


def mark_handing(db: Database, subscriber_id: int, issue: str, now: datetime) -> bool | None:
    """Say that the message is about to be the server's; whether a killed run said so before.

    None when it is not to be handed over: it was sent or dropped meanwhile.
    """
    with transaction(db):
        before = read_delivery(db, subscriber_id, issue)
        marked = db.execute(
            f"""
            update deliveries
            set attempts = attempts + 1, repeats = repeats + (state = 'handing'), state = 'handing', next_at = null,
                state_at = :now
            where subscriber_id = :subscriber_id and issue = :issue and state in ('due', 'handing', 'deferred')
                and {IS_WANTED}
            """,
            {"subscriber_id": subscriber_id, "issue": issue, "now": utc(now)},
        ).rowcount
        if not marked or before is None:
            return None
        return before.state == "handing"


def mark_sent(
    db: Database, subscriber_id: int, issue: str, now: datetime, code: int | None = None, answer: str | None = None
) -> bool:
    """Say that the server has taken it, also where its reader left at that moment; whether it was being handed over."""
    return _mark(db, subscriber_id, issue, now, "sent", ("handing", "dropped"), code=code, answer=answer)


def mark_deferred(
    db: Database,
    subscriber_id: int,
    issue: str,
    now: datetime,
    next_at: datetime,
    code: int | None = None,
    answer: str | None = None,
) -> bool:
    """Say that the server asked to come again (4xx), before or at the last dot; whether it is still to be sent."""
    return _mark(
        db, subscriber_id, issue, now, "deferred", ("due", "handing", "deferred"), next_at, code=code, answer=answer
    )


def mark_failed(
    db: Database, subscriber_id: int, issue: str, now: datetime, code: int | None = None, answer: str | None = None
) -> bool:
    """Say that the server will never take it (5xx), or that it was tried long enough; whether it was still open."""
    return _mark(db, subscriber_id, issue, now, "failed", ("due", "handing", "deferred"), code=code, answer=answer)


def mark_due(db: Database, subscriber_id: int, issue: str, now: datetime) -> bool:
    """Take back `mark_handing` where the server certainly did not get the last dot; whether it was being handed."""
    return _mark(db, subscriber_id, issue, now, "due", ("handing",))


def drop(db: Database, subscriber_id: int, issue: str, now: datetime) -> bool:
    """Do not send it any more; whether it was still open."""
    return _mark(db, subscriber_id, issue, now, "dropped", ("due", "handing", "deferred"))


def _mark(
    db: Database,
    subscriber_id: int,
    issue: str,
    now: datetime,
    state: DeliveryState,
    before: tuple[DeliveryState, ...],
    next_at: datetime | None = None,
    code: int | None = None,
    answer: str | None = None,
) -> bool:
    with transaction(db):
        marked = db.execute(
            f"""
            update deliveries
            set attempts = attempts + (state in ('due', 'deferred') and :state in ('deferred', 'failed')),
                state = :state, next_at = :next_at, state_at = :now, code = coalesce(:code, code),
                -- A server's answer names the address, which is erased for one who left.
                answer = case
                    when exists (select 1 from subscribers where id = subscriber_id and state = 'left') then null
                    else coalesce(:answer, answer)
                end
            where subscriber_id = :subscriber_id and issue = :issue
                and state in ({", ".join(f"'{name}'" for name in before)})
            """,
            {
                "subscriber_id": subscriber_id,
                "issue": issue,
                "state": state,
                "next_at": utc(next_at) if next_at else None,
                "now": utc(now),
                "code": code,
                "answer": answer,
            },
        ).rowcount
    return marked == 1
