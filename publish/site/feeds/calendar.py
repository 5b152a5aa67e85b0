"""An iCalendar (RFC 5545) of events: whole days, only where the day is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from icalendar import Calendar, Event

from publish.site.feeds.atom import GONE, Frame, account, changes, headline, plain, withdrawal
from publish.site.strings import translate
from publish.theirs import is_web

if TYPE_CHECKING:
    from publish.site.page import Row

STATUS = {"held": "CONFIRMED", "announced": "TENTATIVE", "withdrawn": "CANCELLED", "replaced": "CANCELLED"}
REFRESH = timedelta(hours=12)


def calendar_text(frame: Frame, events: Sequence[Row]) -> bytes:
    """The calendar; equal for an equal release and address. Events without a day are left out."""
    calendar = _begin(frame)
    calendar.add("url", frame.page_address)
    calendar.add("source", frame.own_address, parameters={"VALUE": "URI"})
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    return _write(calendar, frame, events)


def attached_text(frame: Frame, events: Sequence[Row]) -> bytes:
    """The same events to take into a calendar of one's own: nothing in it asks a calendar program to come back."""
    return _write(_begin(frame), frame, events)


def _begin(frame: Frame) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", f"-//Pantau Kota Cerdas//{frame.language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _line(frame.title))
    calendar.add("name", _line(frame.title))
    calendar.add("x-wr-caldesc", translate("feed.calendar_note", frame.language))
    return calendar


def _write(calendar: Calendar, frame: Frame, events: Sequence[Row]) -> bytes:
    for event in events:
        days = days_of(event)
        if days:
            calendar.add_component(_build_event(event, days, frame))
    text: bytes = calendar.to_ical()
    return text


def days_of(event: Row) -> tuple[date, date] | None:
    """The first and the last day of an event; None where one of them is only known to the month, or cannot be.

    >>> days_of({"start_date": "2023-06-12", "end_date": "2023-06-14"})
    (datetime.date(2023, 6, 12), datetime.date(2023, 6, 14))
    >>> days_of({"start_date": "2023-06", "end_date": None})
    >>> days_of({"start_date": "2023-06-12", "end_date": "2023-07"})
    """
    start, end = event["start_date"], event["end_date"] or event["start_date"]
    if not start or len(start) != 10 or len(end) != 10 or end < start:
        return None
    return date.fromisoformat(start), date.fromisoformat(end)


def _build_event(event: Row, days: tuple[date, date], frame: Frame) -> Event:
    built = Event()
    built.add("uid", f"{event['id']}@pantau-kota-cerdas")
    built.add("dtstamp", frame.release.made_at)
    built.add("created", datetime.fromisoformat(event["published_at"]))
    built.add("last-modified", datetime.fromisoformat(event["updated_at"]))
    built.add("sequence", event["version"] - (event["status"] not in GONE))
    built.add("dtstart", days[0])
    # The end of whole days is the day after.
    built.add("dtend", days[1] + timedelta(days=1))
    built.add("status", STATUS[event["status"]])
    built.add("transp", "TRANSPARENT")
    built.add("summary", _line(headline(event, frame.language)))
    built.add("description", _description(event, frame))
    built.add("categories", [_line(event[f"stage_name_{frame.language}"])])
    if where := ", ".join(filter(None, [event["venue"], event["regency_name"]])):
        built.add("location", _line(where))
    built.add("url", frame.address(f"/peristiwa/{event.get('merged_id') or event['id']}"))
    return built


def _description(event: Row, frame: Frame) -> str:
    if event["status"] in GONE:
        return _line(withdrawal(event, frame.language))
    said = [account(event, frame.language), *changes(event, frame.language)]
    said.append(f"{event['outlet_name']}: {event['evidence']}")
    said += [event["url"]] if is_web(event["url"]) else []
    said.append(f"{translate('feed.to_event', frame.language)}: {frame.address('/peristiwa/' + event['id'])}")
    return "\n\n".join(_line(part) for part in said)


def _line(text: str) -> str:
    """The text on one line, without characters that steer what shows it."""
    return plain(text)
