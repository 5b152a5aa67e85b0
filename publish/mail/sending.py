"""Handing over the letters that are due, each once, whatever happens in between."""

from __future__ import annotations

import fcntl
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from sqlite_utils import Database

from db.mailing.ledger import (
    Delivery,
    KeptLetter,
    due_deliveries,
    mark_deferred,
    mark_due,
    mark_failed,
    mark_handing,
    mark_sent,
    read_letter,
)
from db.mailing.subscribers import leave, read_subscriber
from publish.mail.handover import GONE, Answer, BrokenError, Handover, Parcel, ServerError
from publish.mail.message import MessageError, build_message, sign_message
from publish.mail.outbox import Outbox
from publish.mail.settings import MailSettings
from publish.mail.smtp import SmtpServer
from publish.mail.tokens import urls_of
from publish.mail.verp import bounce_address

log = logging.getLogger(__name__)

FIRST_WAIT = timedelta(minutes=15)
LONGEST_WAIT = timedelta(days=1)
GIVEN_UP_AFTER = timedelta(days=5)
"""Since a letter was due: RFC 5321, 4.5.4.1 asks for four to five days."""
FEWEST_ATTEMPTS = 3
MOST_REPEATS = 4
"""A letter at whose end the server falls silent again and again is not sent to its reader for ever."""
MOST_BROKEN = 2
"""Letters in a row at which the connection breaks before the run ends."""
MOST_DOUBTED = 5
"""Letters in a row that are refused for good, before it is the server that must be wrong."""
REFUSED_IN_A_ROW = 3
"""Letters refused for good, not for the address, after which an address is dead."""
NOT_THE_ADDRESS = frozenset({552, 554, 555})
"""Codes at the recipient that say something else: its box is full, some policy, an option (RFC 5321, 4.2.3)."""
LETTERS_HELD = 8
"""Different letters in memory at a time."""

Fate = Literal["sent", "later", "dead", "refused"]


@dataclass(slots=True)
class Report:
    """What a run did."""

    sent: int = 0
    repeated: int = 0
    """Of those sent, how many a run before may have sent already: it was killed, or the server fell silent."""
    deferred: int = 0
    """To be tried again later, for the server said so."""
    failed: int = 0
    """Refused for good, or tried long enough."""
    unknown: int = 0
    """Given to the server, which did not say whether it has them: handed over again by the next run."""
    dropped: int = 0
    """Their readers left while their letter was on its way."""
    dead: int = 0
    """Addresses that get no more letters."""
    problem: str | None = None
    """Why it ended before all letters were handed over, in one line."""
    is_busy: bool = False
    """Another run is under way, so this one did nothing."""
    is_stopped: bool = False
    """It was asked to stop (SIGTERM, SIGINT)."""

    @property
    def exit_status(self) -> int:
        """1 where somebody should look."""
        return 1 if self.problem else 0


@dataclass(slots=True)
class _Run:
    """What the steps of a run share."""

    db: Database
    settings: MailSettings
    site_url: str
    handover: Handover
    letter: Callable[[int], KeptLetter | None]
    instant: Callable[[], datetime]
    report: Report = field(default_factory=Report)
    doubted: list[tuple[Delivery, Answer, Fate]] = field(default_factory=list)
    """Refused since a letter was taken last. They are believed when one is taken, or at the end of the run."""
    broken: int = 0
    """Letters in a row at which the connection broke, and how it broke last."""
    how_broken: str | None = None


def send_due(
    db: Database,
    settings: MailSettings,
    now: datetime,
    *,
    site_url: str,
    outbox: Path,
    lock: Path,
    wait: Callable[[float], object] = time.sleep,
    elapsed: Callable[[], float] = time.monotonic,
) -> Report:
    """Hand over every letter that is due at `now`, to the server of `settings` or else to the outbox.

    One run at a time: a second one says so and does nothing. Asked to stop (SIGTERM, SIGINT), it finishes the letter
    under way. Killed at any point, the next run goes on; the one letter that was at its last dot is handed over again
    with the same Message-ID, for nobody can tell whether the server has it.
    """
    begun = elapsed()
    with _hold(lock) as is_ours, _stop_asked() as is_asked:
        if not is_ours:
            return Report(is_busy=True)
        letter = lru_cache(LETTERS_HELD)(lambda letter_id: read_letter(db, letter_id))
        handover: Handover = SmtpServer(settings) if settings.host else Outbox(outbox)
        run = _Run(db, settings, site_url, handover, letter, lambda: now + timedelta(seconds=elapsed() - begun))
        pause = _pace(settings.letters_per_minute, wait, elapsed, is_asked) if settings.host else lambda: None
        _hand_over_all(run, due_deliveries(db, now), pause, is_asked)
        return run.report


def _hand_over_all(
    run: _Run, deliveries: Iterator[Delivery], pause: Callable[[], None], is_asked: Callable[[], bool]
) -> None:
    try:
        with closing(run.handover):
            for delivery in deliveries:
                pause()
                if is_asked():
                    run.report.is_stopped = True
                    break
                _deliver(run, delivery)
    except ServerError as error:
        run.report.problem = str(error)
        for delivery, answer, _ in run.doubted:
            _defer(run, delivery, answer)
    else:
        _believe(run)
        # No letter was taken since.
        run.report.problem = run.how_broken


def _deliver(run: _Run, delivery: Delivery) -> None:
    """Hand over one letter and keep what became of it; raises ServerError when none can be handed over now."""
    key = (delivery.subscriber_id, delivery.issue)
    try:
        parcel = _pack(run, delivery)
    except MessageError as error:
        run.report.failed += mark_failed(run.db, *key, run.instant(), answer=str(error))
        _tell("letter failed", delivery, error=type(error).__name__)
        return
    is_repeat = False

    def before_end() -> None:
        nonlocal is_repeat
        was_handing = mark_handing(run.db, *key, run.instant())
        if was_handing is None:
            raise _NotWantedError
        is_repeat = was_handing

    try:
        answer = run.handover.hand_over(parcel, before_end)
    except _NotWantedError:
        run.report.dropped += 1
    except BrokenError as error:
        _keep_broken(run, delivery, error)
    except ServerError:
        # The server said that it did not take this one either; of one that a run before handed over nobody knows.
        if delivery.state != "handing":
            mark_due(run.db, *key, run.instant())
        raise
    else:
        run.broken, run.how_broken = 0, None
        _keep_answer(run, delivery, answer, is_repeat=is_repeat)


class _NotWantedError(Exception):
    """Its reader left while the letter was on its way."""


def _pack(run: _Run, delivery: Delivery) -> Parcel:
    """The signed message and its envelope; raises MessageError where there can be none."""
    subscriber, letter = read_subscriber(run.db, delivery.subscriber_id), run.letter(delivery.letter_id)
    if subscriber is None or letter is None:
        raise MessageError("its letter is not kept any more")
    if delivery.repeats >= MOST_REPEATS:
        raise MessageError(f"handed over {MOST_REPEATS + 1} times, and never was it said whether it was taken")
    settings = run.settings
    urls = urls_of(
        run.db, run.site_url, delivery.subscriber_id, delivery.issue, datetime.fromisoformat(delivery.due_at)
    )
    sender = settings.sender.address
    if settings.bounce_address:
        sender = bounce_address(run.db, settings.bounce_address, delivery.subscriber_id, delivery.issue)
    message = sign_message(build_message(letter, delivery, subscriber, settings, urls), settings)
    return Parcel(delivery.issue, delivery.message_id, sender, subscriber.email, message)


def judge(answer: Answer) -> Fate:
    """What an answer means: sent, to be tried later, an address that is none, or this letter refused.

    >>> judge(Answer("recipient", 550, "5.1.1 no such mailbox")), judge(Answer("end", 554, "5.7.1 looks like spam"))
    ('dead', 'refused')
    """
    if answer.code is None or answer.code // 100 == 2:
        return "sent"
    if answer.code // 100 == 4:
        return "later"
    if _is_gone(answer):
        return "dead"
    is_plain = answer.enhanced is None or answer.enhanced == "5.1.0"
    return "dead" if answer.step == "recipient" and is_plain and answer.code not in NOT_THE_ADDRESS else "refused"


def _is_gone(answer: Answer) -> bool:
    return bool(answer.enhanced and GONE.fullmatch(answer.enhanced))


def _tell(event: str, delivery: Delivery, **fields: Any) -> None:
    """What became of a letter. Of its reader the number alone; what the server said may hold the address."""
    log.info(event, extra={"subscriber": delivery.subscriber_id, "issue": delivery.issue, **fields})


def _keep_answer(run: _Run, delivery: Delivery, answer: Answer, *, is_repeat: bool) -> None:
    fate = judge(answer)
    if fate == "sent":
        mark_sent(run.db, delivery.subscriber_id, delivery.issue, run.instant(), answer.code, answer.text)
        run.report.sent += 1
        run.report.repeated += is_repeat
        _tell("letter handed over", delivery, code=answer.code, is_repeat=is_repeat)
        _believe(run)
    elif fate == "later":
        _defer(run, delivery, answer)
    elif _is_gone(answer):
        _fail(run, delivery, answer, fate)
    else:
        # "550 relay not permitted" and "550 quota exceeded" look like "550 no such user", and are said of everybody.
        run.doubted.append((delivery, answer, fate))
        if len(run.doubted) == MOST_DOUBTED:
            said = f"the last with {answer.code} {answer.text}"
            raise ServerError(f"{run.settings.host}: {MOST_DOUBTED} letters in a row are refused, {said}")


def _believe(run: _Run) -> None:
    for delivery, answer, fate in run.doubted:
        _fail(run, delivery, answer, fate)
    run.doubted.clear()


def _fail(run: _Run, delivery: Delivery, answer: Answer, fate: Fate) -> None:
    """Keep that a letter is refused for good, and stop writing to an address that is dead."""
    now = run.instant()
    run.report.failed += mark_failed(run.db, delivery.subscriber_id, delivery.issue, now, answer.code, answer.text)
    _tell("letter failed", delivery, code=answer.code)
    if fate == "dead" or _is_always_refused(run.db, delivery.subscriber_id):
        leave(run.db, delivery.subscriber_id, now, "dead")
        run.report.dead += 1


def _is_always_refused(db: Database, subscriber_id: int) -> bool:
    codes = db.execute(
        """
        select code
        from deliveries
        where subscriber_id = ? and state in ('sent', 'failed')
        order by state_at desc
        limit ?
        """,
        [subscriber_id, REFUSED_IN_A_ROW],
    ).fetchall()
    return len(codes) == REFUSED_IN_A_ROW and all(code is not None and code >= 500 for (code,) in codes)


def _defer(run: _Run, delivery: Delivery, answer: Answer) -> None:
    """Try again in 15 minutes, twice as long each time and at most a day, until it was tried for five days."""
    key, now = (delivery.subscriber_id, delivery.issue), run.instant()
    # A letter that lay while the server was away was not tried yet.
    if now - datetime.fromisoformat(delivery.due_at) >= GIVEN_UP_AFTER and delivery.attempts >= FEWEST_ATTEMPTS:
        run.report.failed += mark_failed(run.db, *key, now, answer.code, answer.text)
        _tell("letter failed", delivery, code=answer.code)
        return
    next_at = now + min(FIRST_WAIT * 2 ** min(delivery.attempts, 10), LONGEST_WAIT)
    run.report.deferred += mark_deferred(run.db, *key, now, next_at, answer.code, answer.text)
    _tell("letter deferred", delivery, code=answer.code, next_at=next_at.isoformat(timespec="seconds"))


def _keep_broken(run: _Run, delivery: Delivery, error: BrokenError) -> None:
    """Keep that the connection broke at a letter; raises ServerError when that happens again and again.

    Before its last dot the letter waits as if the server had said so: others are not to wait for ever behind one that
    the server cannot bear. After it, it stays `handing`, and the next run hands it over again.
    """
    if error.is_unknown:
        run.report.unknown += 1
    else:
        _defer(run, delivery, Answer("data", None, str(error)))
    run.broken, run.how_broken = run.broken + 1, str(error)
    if run.broken == MOST_BROKEN:
        raise ServerError(str(error))


@contextmanager
def _hold(lock: Path) -> Iterator[bool]:
    """Whether this process alone holds the lock; it ends with the process, however that ends."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def _stop_asked() -> Iterator[Callable[[], bool]]:
    """Whether SIGTERM or SIGINT came; a second one does what it does elsewhere."""
    asked: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return

    def take(number: int, _: object) -> None:
        asked.append(number)
        signal.signal(number, before[number])

    before: dict[int, Any] = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        signal.signal(number, take)
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _pace(
    per_minute: int, wait: Callable[[float], object], elapsed: Callable[[], float], is_asked: Callable[[], bool]
) -> Callable[[], None]:
    """A function that returns `per_minute` times a minute at most, at once when asked to stop."""
    next_at = elapsed()

    def pause() -> None:
        nonlocal next_at
        # In short parts, for a signal does not end a sleep.
        while (left := next_at - elapsed()) > 0 and not is_asked():
            wait(min(left, 1))
        next_at = max(next_at, elapsed()) + 60 / per_minute

    return pause
