"""From what readers chose to the letters that are due to them."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import MutableMapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from cachetools import LRUCache
from sqlite_utils import Database

from db.connect import open_read_only, transaction
from db.mailing.ledger import (
    CONFIRMATION,
    add_delivery,
    find_letter,
    forget_letters,
    read_delivery,
    save_letter,
)
from db.mailing.subscribers import (
    Cadence,
    Choice,
    Subscriber,
    Subscription,
    forget_unconfirmed,
    list_subscribers,
    read_requests,
    read_subscriber,
    read_subscriptions,
)
from db.rows import first, utc
from publish.digest import build_letter
from publish.letters.confirmation import build_confirmation
from publish.letters.issues import Issue, Told, due_issue, local_day
from publish.letters.letter import Letter
from publish.letters.parts import Part
from publish.letters.scopes import NO_EVENTS, Scope, find_scope
from publish.letters.tables import Table, ask_table, fit_tables, tell_gone
from publish.letters.wording import say
from publish.mail.choices import choice_name
from publish.mail.tokens import message_id_for
from publish.release import read_release

REMEMBERED = 2000
"""Selections without a letter of which a run remembers that, so that it is tried once."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Source:
    """What letters are made from: one release, read from the file that was there at the beginning."""

    public: Database
    release: str
    known_until: str
    """All that was known until this instant is in it."""
    site_url: str
    letterless: MutableMapping[tuple[str, str], Literal["empty", "failed"]]
    """Issues and selections of which there is no letter: nothing is new, or it could not be built."""
    scopes: MutableMapping[tuple[str, str], Scope | None]
    """Those looked up before."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a table choice gave for one letter."""

    subscription: Subscription
    table: Table
    hashes: Sequence[bytes] = ()

    @property
    def is_news(self) -> bool:
        """Whether a letter is sent for it alone: a problem that lasts is told once, and in each weekly letter."""
        if self.table.problem:
            return self.table.problem != self.subscription.problem
        return self.table.is_first or self.table.new > 0


def compose_due(mail_db: Database, public: Path, site_url: str, now: datetime) -> Counter[str]:
    """Make the letters that are due at `now`, and let them be due to their readers; how many of what.

    Counted are `confirmations`, `letters` (each for all readers of one selection), `deliveries`, `empty` (readers of
    daily letters for whom a release had nothing new; the next letter tells these days, too), `failed` (readers whose
    letter could not be built, which is logged) and `forgotten` (addresses never confirmed). Each reader's letter is
    one transaction, so that a killed run is gone on with by the next. Raises FileNotFoundError without `public`,
    LookupError where it is no release.
    """
    counts: Counter[str] = Counter(forgotten=forget_unconfirmed(mail_db, now))
    forget_letters(mail_db, now)
    with closing(open_read_only(public)) as db:
        source = _read_source(db, site_url)
        counts["confirmations"] = _compose_confirmations(mail_db, db, source.site_url, now)
        for subscriber in list_subscribers(mail_db, "active"):
            counts.update(_compose(mail_db, subscriber, source, now))
    return counts


def compose_confirmation(
    mail_db: Database, subscriber: Subscriber, site_url: str, now: datetime, public: Database | None = None
) -> int:
    """Let a letter be due for each request that she was not asked to confirm yet; how many.

    It says what was asked for, by name where `public` is given. compose_due does this for all who asked, so whoever
    takes a request need not.
    """
    composed = 0
    for request in read_requests(mail_db, subscriber.id):
        issue = f"{CONFIRMATION}{request.number}"
        if read_delivery(mail_db, subscriber.id, issue):
            continue
        choices = [_say_choice(public, choice, cadence, subscriber) for choice, cadence in request.choices]
        letter = build_confirmation(choices, subscriber.lang, site_url)
        with transaction(mail_db):
            letter_id = _save(mail_db, issue, _json([subscriber.id, request.number]), letter, now)
            composed += _deliver(mail_db, subscriber, issue, letter_id, site_url, now)
    return composed


def _compose_confirmations(mail_db: Database, public: Database, site_url: str, now: datetime) -> int:
    waiting = mail_db.execute(
        """
        select distinct subscriber_id
        from requests
        where not exists (
            select 1 from deliveries
            where deliveries.subscriber_id = requests.subscriber_id
                and deliveries.issue = :confirmation || requests.number
        )
        order by subscriber_id
        """,
        {"confirmation": CONFIRMATION},
    ).fetchall()
    readers = [subscriber for (number,) in waiting if (subscriber := read_subscriber(mail_db, number))]
    return sum(compose_confirmation(mail_db, reader, site_url, now, public) for reader in readers)


def _say_choice(public: Database | None, choice: Choice, cadence: Cadence, reader: Subscriber) -> str:
    name = choice_name(public, choice, reader.lang) if public else f"{choice.kind} {choice.value}".strip()
    return say(f"composing.{cadence}", reader.lang, choice=name)


def _read_source(public: Database, site_url: str) -> Source:
    release = read_release(public)
    versions = "select max(max(known_from), max(coalesce(known_to, ''))) from event_versions"
    known = public.execute(versions).fetchone()[0]
    # A content that comes back keeps the instant at which it was published first.
    known_until = max(utc(release.made_at), known or "")
    return Source(public, release.hash, known_until, site_url.rstrip("/"), LRUCache(REMEMBERED), LRUCache(REMEMBERED))


# One reader


def _compose(mail_db: Database, reader: Subscriber, source: Source, now: datetime) -> Counter[str]:
    subscriptions = read_subscriptions(mail_db, reader.id)
    issue = due_issue(now, reader.zone, {one.id: _told(one, reader) for one in subscriptions})
    if issue is None or read_delivery(mail_db, reader.id, issue.key):
        return Counter()
    due = sorted((one for one in subscriptions if one.id in issue.days), key=_order)
    selection = _selection(reader, due, issue)
    if _is_quiet(mail_db, reader, issue, source):
        return Counter()
    match source.letterless.get((issue.key, selection)):
        case "empty":
            return _stay_quiet(mail_db, reader, issue, source)
        case "failed":
            return Counter(failed=1)
    letter_id = find_letter(mail_db, issue.key, selection)
    if letter_id is not None:
        gone = _tell_gone(reader, due, source)
        return Counter(deliveries=_save_delivery(mail_db, reader, issue, due, letter_id, gone, source, now))
    try:
        letter, answers = _build(mail_db, reader, due, issue, source)
    except Exception:
        # One reader's letter must not stop the others'; she is due again at the next run.
        log.exception("the letter %s of subscriber %s could not be built", issue.key, reader.id)
        source.letterless[issue.key, selection] = "failed"
        return Counter(failed=1)
    is_weekly = any(one.cadence == "weekly" for one in due)
    if letter.is_empty and not is_weekly and not any(answer.is_news for answer in answers):
        if not _is_own(due):
            source.letterless[issue.key, selection] = "empty"
        return _stay_quiet(mail_db, reader, issue, source)
    with transaction(mail_db):
        # A letter of her own is kept only with what she was told by it.
        if not _is_still_due(mail_db, reader, issue):
            return Counter()
        letter_id = _save(mail_db, issue.key, selection, letter, now, source)
        added = _save_delivery(mail_db, reader, issue, due, letter_id, answers, source, now)
    log.info("letter composed", extra={"issue": issue.key, "subscriber": reader.id, "letter": letter_id})
    return Counter(letters=1, deliveries=added)


def _is_still_due(mail_db: Database, reader: Subscriber, issue: Issue) -> bool:
    present = read_subscriber(mail_db, reader.id)
    return present is not None and present.state == "active" and not read_delivery(mail_db, reader.id, issue.key)


def _is_quiet(mail_db: Database, reader: Subscriber, issue: Issue, source: Source) -> bool:
    """Whether this release had nothing to tell her of these days when we looked before."""
    row = first(mail_db, "select quiet from subscribers where id = ?", reader.id)
    return row is not None and row["quiet"] == _quiet(issue, source)


def _stay_quiet(mail_db: Database, reader: Subscriber, issue: Issue, source: Source) -> Counter[str]:
    with transaction(mail_db):
        mail_db.execute("update subscribers set quiet = ? where id = ?", [_quiet(issue, source), reader.id])
    return Counter(empty=1)


def _quiet(issue: Issue, source: Source) -> str:
    return f"{issue.key} {source.release}"


def _told(one: Subscription, reader: Subscriber) -> Told:
    since = local_day(datetime.fromisoformat(one.created_at), reader.zone)
    return Told(one.cadence, since, date.fromisoformat(one.told_until) if one.told_until else None)


def _order(one: Subscription) -> tuple[str, str, str]:
    return one.kind, one.value, _json(one.parameters)


def _is_own(due: Sequence[Subscription]) -> bool:
    """Whether the letter is this reader's alone, as only she was told what she was."""
    return any(one.kind in ("query", "sql") for one in due)


def _selection(reader: Subscriber, due: Sequence[Subscription], issue: Issue) -> str:
    """All that a letter depends on beside the release; readers of the same selection get the same letter."""
    choices = [
        [
            *(one.kind, one.value, one.parameters, one.known_until, one.problem),
            *(day.isoformat() for day in issue.days[one.id]),
        ]
        for one in due
    ]
    selection = {
        "choices": choices,
        "lang": reader.lang,
        "zone": reader.zone,
        "reader": reader.id if _is_own(due) else None,
    }
    return _json(selection)


def _known_since(due: Sequence[Subscription]) -> str | None:
    """Until when the former letters on these choices knew, the earliest; each part of the letter has its own."""
    return min((one.known_until for one in due if one.known_until), default=None)


def _build(
    mail_db: Database, reader: Subscriber, due: Sequence[Subscription], issue: Issue, source: Source
) -> tuple[Letter, list[Answer]]:
    parts: list[Part] = []
    answers = _tell_gone(reader, due, source)
    for one in due:
        if one.kind == "query" or one.kind == "sql":
            seen = _read_seen(mail_db, one)
            table, hashes = ask_table(
                source.public, one.kind, one.value, one.parameters, seen, site_url=source.site_url, lang=reader.lang
            )
            answers.append(Answer(one, table, hashes))
        elif scope := _find_scope(one, source):
            # Of what she was not told before, nothing is late and nothing was told otherwise.
            parts.append(Part(scope, *issue.days[one.id], known_since=one.known_until or source.known_until))
    days = issue.days.values()
    letter = build_letter(
        source.public,
        parts or [Part(NO_EVENTS, min(first for first, _ in days), max(last for _, last in days))],
        issue=issue.key,
        zone=reader.zone,
        lang=reader.lang,
        site_url=source.site_url,
        known_since=_known_since(due),
        tables=fit_tables([answer.table for answer in answers]),
    )
    return letter, answers


def _find_scope(one: Subscription, source: Source) -> Scope | None:
    key = one.kind, one.value
    if key not in source.scopes:
        source.scopes[key] = find_scope(source.public, one.kind, one.value)
    return source.scopes[key]


def _tell_gone(reader: Subscriber, due: Sequence[Subscription], source: Source) -> list[Answer]:
    """The choices that are in our data no more."""
    gone = [one for one in due if one.kind not in ("query", "sql") and _find_scope(one, source) is None]
    return [
        Answer(one, tell_gone(choice_name(source.public, Choice(one.kind, one.value), reader.lang), reader.lang))
        for one in gone
    ]


def _read_seen(mail_db: Database, one: Subscription) -> set[bytes] | None:
    if one.asked_at is None:
        return None
    rows = mail_db.execute("select row_hash from seen_rows where subscription_id = ?", [one.id])
    return {bytes(row_hash) for (row_hash,) in rows}


# Writing


def _save(
    mail_db: Database, issue: str, selection: str, letter: Letter, now: datetime, source: Source | None = None
) -> int:
    return save_letter(
        mail_db,
        issue=issue,
        selection=selection,
        lang=letter.lang,
        subject=letter.subject,
        html=letter.html,
        text=letter.text,
        calendar=letter.calendar,
        images={image.name: image.png for image in letter.images},
        release=source.release if source else None,
        known_until=source.known_until if source else None,
        now=now,
    )


def _deliver(mail_db: Database, reader: Subscriber, issue: str, letter_id: int, site_url: str, now: datetime) -> bool:
    host = urlsplit(site_url).hostname or "localhost"
    message_id = message_id_for(mail_db, reader.id, issue, host)
    return add_delivery(mail_db, reader.id, issue, letter_id, message_id, now)


def _save_delivery(
    mail_db: Database,
    reader: Subscriber,
    issue: Issue,
    due: Sequence[Subscription],
    letter_id: int,
    answers: Sequence[Answer],
    source: Source,
    now: datetime,
) -> bool:
    """The delivery, and with it what its reader was told then; False where she left in between."""
    with transaction(mail_db):
        if not _deliver(mail_db, reader, issue.key, letter_id, source.site_url, now):
            return False
        # What an older run composed knows what that run knew.
        kept = first(mail_db, "select known_until from letters where id = ?", letter_id)
        for one in due:
            told: dict[str, Any] = {"id": one.id, "last": issue.days[one.id][1].isoformat()}
            mail_db.execute(
                """
                update subscriptions
                set told_until = :last, known_until = :known_until, problem = null
                where id = :id
                """,
                {**told, "known_until": kept and kept["known_until"]},
            )
        for answer in answers:
            _save_answer(mail_db, answer, now)
    return True


def _save_answer(mail_db: Database, answer: Answer, now: datetime) -> None:
    one, problem = answer.subscription, answer.table.problem
    mail_db.execute(
        "update subscriptions set problem = :problem, asked_at = iif(:problem is null, :now, asked_at) where id = :id",
        {"id": one.id, "problem": problem, "now": utc(now)},
    )
    # She may have taken the choice away while its letter was built.
    mail_db.conn.executemany(
        "insert or ignore into seen_rows (subscription_id, row_hash) select id, ? from subscriptions where id = ?",
        [(row_hash, one.id) for row_hash in answer.hashes],
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
