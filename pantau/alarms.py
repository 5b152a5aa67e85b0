"""Telling what a run found wrong with the sources, as soon as it knows."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pantau.house import complain

if TYPE_CHECKING:
    from crawler.items import Alarm
    from db.alarms import Changes, Raised
    from db.connect import Database

log = logging.getLogger(__name__)


def tell_alarms(db: Database, run: int) -> Changes:
    """Find what a run met that is wrong, keep it, and say on stderr what is new of it and what is over.

    A line for each alarm that someone should look at; notes are counted in one line. What was told before and goes on
    is told again only where it is worse: `pantau sources check` shows it.
    """
    from crawler.watch.alarms import find_alarms, is_holiday, is_our_outage, looked_at
    from db.alarms import read_open_alarms, read_source_runs, save_alarms

    now = datetime.now(UTC)
    runs = read_source_runs(db, run, now)
    if is_our_outage(runs):
        complain("ALARM: hardly any source gave an answer, so it is our own connection; nothing is said of theirs")
    if is_holiday(runs):
        log.info("most sources missed their floor of articles a week, as in holidays; none is named for it")
    changes = save_alarms(db, run, find_alarms(runs, now), {one.source: looked_at(one) for one in runs}, now)
    for alarm in changes.raised:
        told = {"source": alarm.source, "kind": alarm.kind, "level_of_alarm": alarm.level, "urls": alarm.urls}
        log.info("alarm raised", extra=told)
    for over in changes.ended:
        since = over.raised_at.isoformat(timespec="seconds")
        log.info("alarm over", extra={"source": over.alarm.source, "kind": over.alarm.kind, "since": since})
    for line in alarm_lines(changes, read_open_alarms(db)):
        complain(line)
    return changes


@contextmanager
def telling_alarms(db: Database, run: int) -> Iterator[None]:
    """Tell the alarms of a run when the block is over; what was cut off is told by the next run."""
    yield
    tell_alarms(db, run)


def alarm_lines(changes: Changes, held: list[Raised]) -> list[str]:
    """What is said of alarms at the end of a run."""
    lines = [alarm_line(alarm) for alarm in changes.raised if alarm.level != "note"]
    lines += [
        f"OVER {over.alarm.source} {over.alarm.kind}: since {over.raised_at.isoformat(timespec='seconds')}"
        for over in changes.ended
        if over.alarm.level != "note"
    ]
    counts = Counter("note" if one.alarm.level == "note" else "to look at" for one in held)
    # A note by itself is worth nobody's mail.
    if lines:
        of_sources = len({one.alarm.source for one in held if one.alarm.level != "note"})
        lines.append(
            f"alarms: {counts['to look at']} open at {of_sources} sources, {counts['note']} notes; "
            "`pantau sources check` shows them"
        )
    return lines


def alarm_line(alarm: Alarm) -> str:
    """What is said of one alarm; its addresses are as strangers wrote them."""
    return " ".join((f"ALARM {alarm.source} {alarm.kind}: {alarm.said.en}", *alarm.urls))
