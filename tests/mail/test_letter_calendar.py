"""The calendar that a letter carries."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import icalendar
import pytest
from build import build_example_db
from sqlite_utils import Database

from db.connect import open_read_only
from publish.letters.calendar import build_calendar

SITE = "https://pantau.contoh.id"


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    public = build_example_db(tmp_path_factory.mktemp("kalender"))[1]
    with closing(sqlite3.connect(public)) as writing, writing:
        writing.execute("update events set status = 'announced' where start_date >= '2024'")
    with closing(open_read_only(public)) as db:
        yield db


def ids(db: Database, where: str) -> list[str]:
    return [row["id"] for row in db.query(f"select id from events where {where}")]


def test_it_has_the_days_to_come_as_tentative_by_the_names_of_the_site(db: Database) -> None:
    announced = ids(db, "status = 'announced' and length(start_date) = 10")
    text = build_calendar(db, announced, "id", SITE)
    assert text is not None
    calendar = icalendar.Calendar.from_ical(text)
    told = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
    assert announced
    assert told.keys() == {f"{id}@pantau-kota-cerdas" for id in announced}
    assert {event["status"] for event in told.values()} == {"TENTATIVE"}
    for id in announced:
        (start,) = (row["start_date"] for row in db.query("select start_date from events where id = ?", [id]))
        assert told[f"{id}@pantau-kota-cerdas"]["dtstart"].dt == date.fromisoformat(start)
        assert told[f"{id}@pantau-kota-cerdas"]["url"] == f"{SITE}/peristiwa/{id}"
    assert calendar["method"] == "PUBLISH"
    # Nobody is asked to come back to it.
    assert not {"source", "refresh-interval", "url"} & {name.lower() for name in calendar}
    assert max(len(line) for line in text.splitlines()) <= 75
    assert text == build_calendar(db, reversed(announced), "id", SITE)


def test_in_english_it_leads_to_english_pages(db: Database) -> None:
    text = build_calendar(db, ids(db, "status = 'announced' and length(start_date) = 10"), "en", SITE)
    assert text is not None
    assert all(
        str(event["url"]).endswith("?lang=en") and str(event["summary"]).startswith("Planned: ")
        for event in icalendar.Calendar.from_ical(text).walk("VEVENT")
    )


@pytest.mark.parametrize("where", ["false", "start_date is null or length(start_date) < 10"])
def test_without_a_known_day_there_is_none(db: Database, where: str) -> None:
    assert build_calendar(db, ids(db, where), "id", SITE) is None


def test_it_is_made_without_datasette() -> None:
    code = "import publish.letters.calendar, sys; assert 'datasette' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
