"""The dates to come of a letter, to be taken into the reader's own calendar (iCalendar, RFC 5545)."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlite_utils import Database

from publish.dates_id import Language
from publish.letters.wording import say
from publish.release import read_release
from publish.site.feeds.atom import Frame
from publish.site.feeds.calendar import attached_text, days_of
from publish.site.feeds.event_sql import EVENTS


def build_calendar(db: Database, event_ids: Iterable[str], lang: Language, site_url: str) -> bytes | None:
    """Those of the events whose day is known, by day; None where there is none.

    An event has the id, the version and the words that it has in the calendars of the site, so that a program which
    knows it from there does not show it twice. What is only announced is tentative. Raises LookupError where `db` is
    no release.
    """
    site = site_url.rstrip("/")
    kept = "?lang=en" if lang == "en" else ""

    def address(path: str) -> str:
        before, mark, fragment = path.partition("#")
        return f"{site}{before}{kept}{mark}{fragment}"

    frame = Frame(
        title=say("title", lang),
        own_address=site,
        page_address=address("/peristiwa"),
        language=lang,
        release=read_release(db),
        address=address,
    )
    chosen = "select value as id from json_each(:ids)"
    rows = db.query(EVENTS.format(chosen=chosen), {"ids": json.dumps(sorted(event_ids))})
    events = sorted((row for row in rows if days_of(row)), key=lambda row: (row["start_date"], row["id"]))
    return attached_text(frame, events) if events else None
