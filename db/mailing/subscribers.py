"""Who gets letters, and what of: asked for, confirmed, changed, left.

What a stranger can do by the form is to have a letter sent that asks its reader whether she wants this, three times a
day. Nothing that is asked so changes anything before she confirms, and every answer is the same whether the address is
known or not.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlite_utils import Database

from db.connect import transaction
from db.mailing.connect import read_secret
from db.rows import first, utc

Kind = Literal["all", "regency", "province", "stage", "official", "outlet", "search", "query", "sql"]
Cadence = Literal["weekly", "daily"]
Zone = Literal["WIB", "WITA", "WIT"]
Lang = Literal["id", "en"]
State = Literal["pending", "active", "left", "dead"]
Origin = Literal["form", "operator", "import"]
Reason = Literal["left", "complaint", "dead"]

MOST_SUBSCRIPTIONS = 50
MOST_CONFIRMATIONS = 3
"""Letters asking one address for confirmation within 24 hours."""
LONGEST_VALUE = 4000
"""Characters of a choice's value; a query's SQL is the longest."""
UNCONFIRMED_KEPT = timedelta(days=30)
DEAD_KEPT = timedelta(days=90)
BLOCK = 500


class SubscriberError(ValueError):
    """What was asked cannot be done.

    `key` is one of `not-an-address`, `no-choice`, `no-such-choice`, `too-long`, `too-many`, `too-often`, `refused` and
    `unknown`; `values` are what a page puts into its words for that.
    """

    def __init__(self, key: str, says: str, **values: object) -> None:
        super().__init__(says)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader wants to be told of."""

    kind: Kind
    value: str = ""
    """A code, an id, a name, a search, the name of a query or SQL; empty for `all`."""
    parameters: dict[str, str] = field(default_factory=dict)
    """Of a query."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who asked for letters."""

    id: int
    email: str
    """Empty for one who left."""
    name: str | None
    lang: Lang
    zone: Zone
    state: State
    state_reason: str | None
    origin: Origin
    created_at: str
    confirmed_at: str | None
    confirmations: int
    """How often this address was asked to confirm; the number of the last request."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A choice of a reader, and how far she was told of it."""

    id: int
    subscriber_id: int
    kind: Kind
    value: str
    parameters: dict[str, str]
    cadence: Cadence
    created_at: str
    asked_at: str | None
    """When a query was asked for its letter last; None before the first one."""
    told_until: str | None
    """The last day that a letter told, in the reader's zone."""
    known_until: str | None
    """What was published until this instant is what her letters were made from."""
    problem: str | None
    """Why the last letter could not tell of it, in the words of that letter."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for by the form, and waits until its reader confirms."""

    number: int
    choices: tuple[tuple[Choice, Cadence], ...]
    asked_at: str


SUBSCRIBER = """
    id, coalesce(email, '') as email, name, lang, zone, state, state_reason, origin, created_at, confirmed_at,
    confirmations
"""
SUBSCRIPTION = """
    id, subscriber_id, kind, value, parameters, cadence, created_at, asked_at, told_until, known_until, problem
"""


def ask(
    db: Database,
    email: str,
    choices: Sequence[tuple[Choice, Cadence]],
    *,
    name: str | None = None,
    lang: Lang = "id",
    zone: Zone = "WIB",
    origin: Origin,
    now: datetime,
    is_confirmed: bool = False,
) -> Subscriber:
    """Ask for letters to an address; they come after `confirm`, or at once where consent exists (`is_confirmed`).

    A new address is pending, with these subscriptions. For one that gets letters already, what is asked waits, and its
    name, language and zone stay as they are. Each call that is not confirmed is a request of its own number
    (`Subscriber.confirmations`), for which one letter asks. Raises SubscriberError; `refused`, where the reader left,
    complained or cannot be reached, only for what is not asked by the form: there she says herself that she wants it.
    """
    email = unicodedata.normalize("NFC", email.strip())
    _check_address(email)
    _check_choices(choices)
    with transaction(db):
        if is_confirmed or origin != "form":
            _refuse_refused(db, email)
        if not is_confirmed:
            _refuse_too_often(db, email, now)
        found = find_subscriber(db, email) or _add(db, email, name, lang, zone, origin, now)
        if found.state == "pending":
            _change(db, found.id, lang, zone, name or found.name)
        number = _add_request(db, found, choices, now)
        asked = confirm(db, found.id, now, number) if is_confirmed else read_subscriber(db, found.id)
    assert asked is not None
    return asked


def confirm(db: Database, subscriber_id: int, now: datetime, number: int | None = None) -> Subscriber | None:
    """Begin with what was asked for: all of it, or what one request says; the reader, who gets letters from now on.

    None for one who left or was never there. A second time it changes nothing. A refusal of the address ends. Raises
    SubscriberError `too-many` where she has other choices already and these would be more than may be; they stay.
    """
    with transaction(db):
        subscriber = read_subscriber(db, subscriber_id)
        if subscriber is None or subscriber.state == "left":
            return None
        requests = [r for r in read_requests(db, subscriber_id) if number is None or r.number == number]
        if not requests:
            return subscriber
        if subscriber.confirmed_at is None:
            db.execute("delete from subscriptions where subscriber_id = ?", [subscriber_id])
        for request in requests:
            _add_subscriptions(db, subscriber_id, request.choices, now)
            db.execute(
                "delete from requests where subscriber_id = ? and number = ?",
                [subscriber_id, request.number],
            )
        _refuse_too_many(db, subscriber_id)
        if subscriber.state != "active":
            _set_state(db, subscriber_id, "active", None, now)
        db.execute(
            "update subscribers set confirmed_at = coalesce(confirmed_at, ?) where id = ?", [utc(now), subscriber_id]
        )
        db.execute("delete from refusals where email_hash = ?", [_hash(db, subscriber.email)])
        return read_subscriber(db, subscriber_id)


def leave(db: Database, subscriber_id: int, now: datetime, reason: Reason = "left") -> None:
    """Send nothing more: who `left` or made a `complaint` is forgotten, but for a hash by which an import is refused.

    Address, name, choices and what servers answered are erased; the deliveries stay, to be counted. Of a `dead` address
    the operator needs to know whose it is and what she chose, so it is kept, for `forget_unconfirmed` to erase. Whoever
    left before stays as she is.
    """
    with transaction(db):
        subscriber = read_subscriber(db, subscriber_id)
        if subscriber is None or subscriber.state == "left":
            return
        # Erasing one that is pending says nothing of whether its reader would want letters.
        if subscriber.state != "pending" or reason != "left":
            _refuse_from_now(db, subscriber.email, reason, now)
        if reason == "dead":
            _set_state(db, subscriber_id, "dead", reason, now)
            _drop_open(db, subscriber_id, now)
        else:
            _erase(db, subscriber_id, reason, now)


def change(
    db: Database,
    subscriber_id: int,
    *,
    lang: Lang | None = None,
    zone: Zone | None = None,
    name: str | None = None,
    now: datetime,
) -> Subscriber:
    """Change what is given; an empty name takes it away. Raises SubscriberError `unknown` for one who left."""
    with transaction(db):
        subscriber = _read_present(db, subscriber_id)
        wanted = subscriber.name if name is None else name
        _change(db, subscriber_id, lang or subscriber.lang, zone or subscriber.zone, wanted)
        return _read_present(db, subscriber_id)


def set_subscriptions(
    db: Database, subscriber_id: int, choices: Sequence[tuple[Choice, Cadence]], now: datetime
) -> list[Subscription]:
    """Make these her choices; of those that she had before it is still known what she was told.

    Raises SubscriberError; `no-choice` for none, as that is leaving.
    """
    _check_choices(choices)
    with transaction(db):
        _read_present(db, subscriber_id)
        wanted = {(choice.kind, choice.value, _json(choice.parameters)) for choice, _ in choices}
        for had in read_subscriptions(db, subscriber_id):
            if (had.kind, had.value, _json(had.parameters)) not in wanted:
                db.execute("delete from subscriptions where id = ?", [had.id])
        _add_subscriptions(db, subscriber_id, choices, now)
        return read_subscriptions(db, subscriber_id)


def forget_unconfirmed(db: Database, now: datetime) -> int:
    """Erase whoever did not confirm within 30 days, other requests as old, and addresses dead for 90; how many readers.

    An address that never confirmed is deleted without a trace: nobody said that it is hers.
    """
    day = utc(now - UNCONFIRMED_KEPT)
    with transaction(db):
        db.execute("delete from requests where asked_at < ?", [day])
        forgotten: int = db.execute(
            """
            delete from subscribers
            where confirmed_at is null and state in ('pending', 'dead') and state_at < :day
                and not exists (select 1 from requests where subscriber_id = subscribers.id)
            """,
            {"day": day},
        ).rowcount
        dead = db.execute(
            "select id from subscribers where state = 'dead' and state_at < ?", [utc(now - DEAD_KEPT)]
        ).fetchall()
        for (subscriber_id,) in dead:
            _erase(db, subscriber_id, "dead", now)
    return forgotten + len(dead)


# Reading


def find_subscriber(db: Database, email: str) -> Subscriber | None:
    """Who has this address, in whatever case it is written."""
    address = unicodedata.normalize("NFC", email.strip())
    row = first(db, f"select {SUBSCRIBER} from subscribers where email = ?", address)
    return Subscriber(**row) if row else None


def read_subscriber(db: Database, subscriber_id: int) -> Subscriber | None:
    """One by the number."""
    row = first(db, f"select {SUBSCRIBER} from subscribers where id = ?", subscriber_id)
    return Subscriber(**row) if row else None


def list_subscribers(db: Database, state: State | None = None, after: int = 0) -> Iterator[Subscriber]:
    """All, or those in one state, in the order of their ids, those after `after`; a block in memory at a time."""
    while True:
        rows = list(
            db.query(
                f"""
                select {SUBSCRIBER}
                from subscribers
                where id > :after and (:state is null or state = :state)
                order by id
                limit :block
                """,
                {"after": after, "state": state, "block": BLOCK},
            )
        )
        if not rows:
            return
        for row in rows:
            yield Subscriber(**row)
        after = rows[-1]["id"]


def read_subscriptions(db: Database, subscriber_id: int) -> list[Subscription]:
    """Her choices, in the order in which they came; of one who is pending, those that she is to confirm."""
    rows = db.query(
        f"select {SUBSCRIPTION} from subscriptions where subscriber_id = ? order by id",
        [subscriber_id],
    )
    return [Subscription(**row | {"parameters": json.loads(row["parameters"])}) for row in rows]


def read_requests(db: Database, subscriber_id: int) -> list[Request]:
    """What was asked for and waits for her to confirm, the earliest first."""
    rows = db.query(
        "select number, choices, asked_at from requests where subscriber_id = ? order by number", [subscriber_id]
    )
    return [
        Request(
            number=row["number"],
            choices=tuple(
                (Choice(kind, value, parameters), cadence)
                for kind, value, parameters, cadence in json.loads(row["choices"])
            ),
            asked_at=row["asked_at"],
        )
        for row in rows
    ]


def is_refused(db: Database, email: str) -> Reason | None:
    """Why nothing is sent to an address, or None."""
    row = first(db, "select reason from refusals where email_hash = ?", _hash(db, email))
    return row["reason"] if row else None


# Checks


def _check_address(email: str) -> None:
    # Whether it is one is said by publish/mail/addresses.py; here only what could do harm in a header or a file.
    if email.count("@") < 1 or any(character.isspace() or not character.isprintable() for character in email):
        raise SubscriberError("not-an-address", f"not an address: {email!r}", email=email)


def _check_choices(choices: Sequence[tuple[Choice, Cadence]]) -> None:
    if not choices:
        raise SubscriberError("no-choice", "nothing is chosen")
    if len(choices) > MOST_SUBSCRIPTIONS:
        raise _too_many()
    for choice, cadence in choices:
        if choice.kind not in get_args(Kind) or cadence not in get_args(Cadence):
            raise SubscriberError(
                "no-such-choice", f"no such choice: {choice.kind!r}, {cadence!r}", kind=choice.kind, value=choice.value
            )
        if (choice.kind == "all") != (not choice.value.strip()):
            raise SubscriberError(
                "no-such-choice", f"{choice.kind}: {choice.value!r}", kind=choice.kind, value=choice.value
            )
        if len(choice.value) + len(_json(choice.parameters)) > LONGEST_VALUE:
            raise SubscriberError("too-long", f"longer than {LONGEST_VALUE} characters", most=LONGEST_VALUE)


def _too_many() -> SubscriberError:
    return SubscriberError("too-many", f"more than {MOST_SUBSCRIPTIONS} subscriptions", most=MOST_SUBSCRIPTIONS)


def _refuse_too_many(db: Database, subscriber_id: int) -> None:
    counted = db.execute("select count(*) from subscriptions where subscriber_id = ?", [subscriber_id]).fetchone()[0]
    if counted > MOST_SUBSCRIPTIONS:
        raise _too_many()


def _refuse_too_often(db: Database, email: str, now: datetime) -> None:
    address = _hash(db, email)
    db.execute("delete from asks where asked_at <= ?", [utc(now - timedelta(days=1))])
    asked = db.execute("select count(*) from asks where email_hash = ?", [address]).fetchone()[0]
    if asked >= MOST_CONFIRMATIONS:
        raise SubscriberError(
            "too-often", f"asked {asked} times within a day; the letters that ask are there", most=MOST_CONFIRMATIONS
        )
    db.execute("insert into asks (email_hash, asked_at) values (?, ?)", [address, utc(now)])


def _refuse_refused(db: Database, email: str) -> None:
    reason = is_refused(db, email)
    if reason:
        raise SubscriberError(
            "refused", f"{email}: no letters since ({reason}); its reader can ask by the form", reason=reason
        )


# Writing


def _add(
    db: Database, email: str, name: str | None, lang: Lang, zone: Zone, origin: Origin, now: datetime
) -> Subscriber:
    row = {"email": email, "name": name, "lang": lang, "zone": zone, "origin": origin, "now": utc(now)}
    subscriber_id = db.execute(
        """
        insert into subscribers (email, name, lang, zone, state, state_at, origin, created_at)
        values (:email, nullif(:name, ''), :lang, :zone, 'pending', :now, :origin, :now)
        """,
        row,
    ).lastrowid
    assert subscriber_id is not None
    return _read_present(db, subscriber_id)


def _add_request(db: Database, subscriber: Subscriber, choices: Sequence[tuple[Choice, Cadence]], now: datetime) -> int:
    number = subscriber.confirmations + 1
    asked = [[choice.kind, choice.value, choice.parameters, cadence] for choice, cadence in choices]
    db.execute("update subscribers set confirmations = ? where id = ?", [number, subscriber.id])
    db.execute(
        "insert into requests (subscriber_id, number, choices, asked_at) values (?, ?, ?, ?)",
        [subscriber.id, number, json.dumps(asked, ensure_ascii=False), utc(now)],
    )
    if subscriber.state == "pending":
        _add_subscriptions(db, subscriber.id, choices, now)
    return number


def _add_subscriptions(
    db: Database, subscriber_id: int, choices: Sequence[tuple[Choice, Cadence]], now: datetime
) -> None:
    for choice, cadence in choices:
        db.execute(
            """
            insert into subscriptions (subscriber_id, kind, value, parameters, cadence, created_at)
            values (:subscriber_id, :kind, :value, :parameters, :cadence, :now)
            on conflict (subscriber_id, kind, value, parameters) do update set cadence = excluded.cadence
            """,
            {
                "subscriber_id": subscriber_id,
                "kind": choice.kind,
                "value": choice.value.strip(),
                "parameters": _json(choice.parameters),
                "cadence": cadence,
                "now": utc(now),
            },
        )


def _change(db: Database, subscriber_id: int, lang: Lang, zone: Zone, name: str | None) -> None:
    db.execute(
        "update subscribers set lang = :lang, zone = :zone, name = nullif(:name, '') where id = :id",
        {"id": subscriber_id, "lang": lang, "zone": zone, "name": name},
    )


def _set_state(db: Database, subscriber_id: int, state: State, reason: str | None, now: datetime) -> None:
    db.execute(
        "update subscribers set state = ?, state_reason = ?, state_at = ? where id = ?",
        [state, reason, utc(now), subscriber_id],
    )


def _erase(db: Database, subscriber_id: int, reason: Reason, now: datetime) -> None:
    db.execute(
        """
        update subscribers
        set email = null, name = null, state = 'left', state_reason = :reason, state_at = :now
        where id = :id
        """,
        {"id": subscriber_id, "reason": reason, "now": utc(now)},
    )
    db.execute("delete from subscriptions where subscriber_id = ?", [subscriber_id])
    db.execute("delete from requests where subscriber_id = ?", [subscriber_id])
    # A server answers with the address, a bounce brings it back.
    db.execute("update deliveries set answer = null where subscriber_id = ?", [subscriber_id])
    db.execute("update bounces set told = null where subscriber_id = ?", [subscriber_id])
    _drop_open(db, subscriber_id, now)


def _drop_open(db: Database, subscriber_id: int, now: datetime) -> None:
    db.execute(
        """
        update deliveries
        set state = 'dropped', next_at = null, state_at = ?
        where subscriber_id = ? and state in ('due', 'handing', 'deferred')
        """,
        [utc(now), subscriber_id],
    )


def _refuse_from_now(db: Database, email: str, reason: Reason, now: datetime) -> None:
    db.execute(
        "insert or replace into refusals (email_hash, reason, since) values (?, ?, ?)",
        [_hash(db, email), reason, utc(now)],
    )


def _read_present(db: Database, subscriber_id: int) -> Subscriber:
    subscriber = read_subscriber(db, subscriber_id)
    if subscriber is None or subscriber.state == "left":
        raise SubscriberError("unknown", f"no subscriber {subscriber_id}", id=subscriber_id)
    return subscriber


def _hash(db: Database, email: str) -> bytes:
    # Keyed: without the key a bare hash of an address is found by trying addresses.
    address = unicodedata.normalize("NFC", email.strip()).casefold()
    return hmac.digest(read_secret(db, "refusals"), address.encode(), hashlib.sha256)


def _json(parameters: dict[str, str] | Any) -> str:
    return json.dumps(parameters, ensure_ascii=False, sort_keys=True)
