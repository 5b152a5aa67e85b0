"""Calendars: every day as the database has it, and none that is not known."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import icalendar
import pytest
from sitepages import Get, Rows, change, open_site

SCOPES = {
    "/peristiwa": "true",
    "/daerah/19.03": "regency_code = '19.03'",
    "/provinsi/64": "regency_code like '64.%'",
    "/tahapan/evaluasi-2": "stage_code = 'evaluasi-2'",
}
EVENT = "5af83e9271e1"
"""Evaluation stage I of Kabupaten Bangka Selatan, 12 to 14 June 2023."""


def events(get: Get, path: str) -> dict[str, icalendar.Event]:
    """The events of a calendar by their id, read as a calendar program reads them."""
    calendar = icalendar.Calendar.from_ical(get(path).content)
    return {str(event["uid"]).partition("@")[0]: event for event in calendar.walk("VEVENT")}


@pytest.mark.parametrize(("path", "where"), SCOPES.items())
@pytest.mark.parametrize("language", ["", "?lang=en"])
def test_a_calendar_has_the_days_of_the_database(get: Get, rows: Rows, path: str, where: str, language: str) -> None:
    sql = f"select id, start_date, end_date, status from events where {where} and length(start_date) = 10"
    expected = {row["id"]: row for row in rows(sql)}
    told = events(get, f"{path}.ics{language}")
    assert told.keys() == expected.keys()
    assert told
    for event_id, event in told.items():
        row = expected[event_id]
        assert event["dtstart"].params["VALUE"] == event["dtend"].params["VALUE"] == "DATE"
        assert event["dtstart"].dt == date.fromisoformat(row["start_date"])
        assert event["dtend"].dt - timedelta(days=1) == date.fromisoformat(row["end_date"] or row["start_date"])
        assert event["status"] == {"held": "CONFIRMED", "announced": "TENTATIVE"}[row["status"]]


def test_an_entry_says_what_where_and_by_whom(get: Get, rows: Rows) -> None:
    evidence = rows("select evidence from events where id = ?", EVENT)[0][0]
    event = events(get, "/daerah/19.03.ics")[EVENT]
    assert event["summary"] == "Evaluasi tahap I: Kabupaten Bangka Selatan"
    assert evidence in event["description"]
    assert f"http://localhost/peristiwa/{EVENT}" in event["description"]
    assert event["url"] == f"http://localhost/peristiwa/{EVENT}"
    assert event["location"] == "Surabaya, Kabupaten Bangka Selatan"
    made_at = rows("select made_at from release")[0][0]
    # A calendar tells seconds.
    assert event["dtstamp"].dt == datetime.fromisoformat(made_at).replace(microsecond=0)
    assert {"last-modified", "created", "uid"} <= {name.lower() for name in event}


def test_one_event_is_a_calendar_of_its_own_also_under_a_former_id(public: Path, tmp_path: Path) -> None:
    get = change(public, tmp_path, f"insert into merged_events values ('000000000000', '{EVENT}')")
    for address in (EVENT, "000000000000"):
        told = events(get, f"/peristiwa/{address}.ics")
        assert told.keys() == {EVENT}
        assert told[EVENT]["dtstart"].dt == date(2023, 6, 12)


@pytest.mark.parametrize("path", SCOPES)
def test_a_calendar_keeps_the_rules_of_icalendar(get: Get, public: Path, path: str) -> None:
    answer = get(f"{path}.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.content == open_site(public)(f"{path}.ics").content
    lines = answer.content.split(b"\r\n")
    assert lines[-1] == b""
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in b"".join(lines)
    calendar = icalendar.Calendar.from_ical(answer.content)
    assert calendar.errors == []
    assert calendar["x-wr-calname"].startswith("Pantau Kota Cerdas: ")
    assert calendar["refresh-interval"].params["VALUE"] == "DURATION"
    for component in calendar.walk():
        assert component.errors == []


@pytest.mark.parametrize(
    ("start", "end"),
    [("2023-06", "2023-06"), ("2023", None), (None, None), ("2023-06-12", "2023-07"), ("2023-06-12", "2023-06-11")],
)
def test_a_day_that_is_not_known_stands_in_no_calendar(
    public: Path, tmp_path: Path, start: str | None, end: str | None
) -> None:
    days = ", ".join(
        f"{name} = {repr(day) if day else 'null'}" for name, day in {"start_date": start, "end_date": end}.items()
    )
    told = events(change(public, tmp_path, f"update events set {days} where id = '{EVENT}'"), "/daerah/19.03.ics")
    assert EVENT not in told
    assert told


def test_what_is_announced_is_tentative_and_called_a_plan(public: Path, tmp_path: Path) -> None:
    event = events(change(public, tmp_path, "update events set status = 'announced'"), "/daerah/19.03.ics")[EVENT]
    assert event["status"] == "TENTATIVE"
    assert event["summary"] == "Rencana: Evaluasi tahap I: Kabupaten Bangka Selatan"


def test_a_withdrawn_event_is_cancelled_under_its_own_id(get: Get, public: Path, tmp_path: Path) -> None:
    before = events(get, "/daerah/19.03.ics")[EVENT]
    changed = change(
        public,
        tmp_path,
        f"update event_versions set known_to = '2026-12-01T00:00:00+00:00' where event_id = '{EVENT}'",
        f"delete from events where id = '{EVENT}'",
    )
    after = events(changed, "/daerah/19.03.ics")[EVENT]
    assert after["status"] == "CANCELLED"
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after["dtstart"].dt == before["dtstart"].dt


def test_a_hostile_sentence_stays_within_its_line(public: Path, tmp_path: Path) -> None:
    sentence = "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:palsu; , \\ " + "ä😀" * 60
    statement = (
        f"update events set evidence = '{sentence}' || char(0) || char(27), venue = '{sentence}' where id = '{EVENT}'"
    )
    get = change(public, tmp_path, statement)
    told = events(get, "/daerah/19.03.ics")
    assert len(told) == 2
    assert "palsu" not in told[EVENT]["summary"]
    assert "SUMMARY:palsu; , \\ ä😀ä😀" in told[EVENT]["description"]
    assert max(len(line) for line in get("/daerah/19.03.ics").content.split(b"\r\n")) <= 75
