"""The pictures of a letter: what they show is in the database, and in words beside them."""

from __future__ import annotations

import re
import sqlite3
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from build import build_example_db
from sqlite_utils import Database

from db.connect import open_read_only
from publish.digest import build_digest
from publish.letters.charts import WEEKS, Week, chart_cohort, chart_weeks, draw_charts, read_weeks, usual_range
from publish.letters.parts import ZONES, Span
from publish.letters.scopes import Scope, find_scope

LAST = date(2026, 11, 16)


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_example_db(tmp_path_factory.mktemp("gambar"))[1]


@pytest.fixture
def db(public: Path) -> Iterator[Database]:
    with closing(open_read_only(public)) as db:
        yield db


def scope(db: Database, kind: str, value: str = "") -> Scope:
    found = find_scope(db, kind, value)
    assert found is not None
    return found


def week(monday: date) -> Span:
    return Span(monday, monday + timedelta(days=6), ZONES["WIB"])


def weeks(*counts: int, **states: str) -> list[Week]:
    """Weeks up to LAST; `w3="unread"` says so of the fourth."""
    first = LAST - timedelta(weeks=len(counts) - 1)
    return [
        Week(first + timedelta(weeks=place), count, states.get(f"w{place}", "read"))  # type: ignore[arg-type]
        for place, count in enumerate(counts)
    ]


def test_a_week_counts_what_its_articles_report_as_their_news(db: Database) -> None:
    (monday,) = db.execute("select max(monday) from weekly_coverage where events > 1").fetchone()
    told = read_weeks(db, [scope(db, "all")], week(date.fromisoformat(monday)))
    (expected,) = db.execute(
        """
        select count(distinct event_id)
        from stage_reports join articles on articles.id = article_id
        where is_relevant = 1 and is_main = 1 and event_id is not null
            and published_date between :monday and date(:monday, '+6 days')
            and event_id in (
                select event_id from stage_reports join articles on articles.id = article_id
                where status = 'held' and published_date <= date(:monday, '+6 days')
            )
        """,
        {"monday": monday},
    ).fetchone()
    assert told[-1].events == expected > 0
    assert [one.monday for one in told] == sorted(one.monday for one in told)
    assert len({one.monday.weekday() for one in told}) == 1


def test_only_the_choices_of_the_letter_count(db: Database) -> None:
    monday = week(date(2024, 11, 18))
    whole = read_weeks(db, [scope(db, "all")], monday)
    one = read_weeks(db, [scope(db, "stage", "evaluasi-1")], monday)
    both = read_weeks(db, [scope(db, "stage", "evaluasi-1"), scope(db, "all")], monday)
    assert both == whole
    assert all(part.events <= all_.events for part, all_ in zip(one, whole, strict=True))


def test_a_letter_counts_its_week_as_the_picture_does(db: Database, public: Path) -> None:
    letter = build_digest(public, date(2024, 11, 18), "https://pantau.contoh.id")
    last = read_weeks(db, [scope(db, "all")], week(date(2024, 11, 18)))[-1]
    assert last.events == letter.counts["main_events"] > 0


def test_other_days_than_a_week_have_no_picture(db: Database) -> None:
    assert draw_charts(db, [scope(db, "all")], Span(LAST, LAST, ZONES["WIT"]), "id") == ()


def test_a_week_in_which_no_source_answered_is_unread(public: Path, tmp_path: Path) -> None:
    copy = tmp_path / "public.db"
    copy.write_bytes(public.read_bytes())
    with closing(sqlite3.connect(copy)) as db, db:
        (source,) = db.execute("select name from sources limit 1").fetchone()
        db.execute("delete from source_weeks")
        for back, answered in ((3, 2), (2, 0), (0, 1)):
            monday = (LAST - timedelta(weeks=back)).isoformat()
            db.execute("insert into source_weeks values (?, ?, 2, ?, 0, 0, 2)", (source, monday, answered))
    with closing(open_read_only(copy)) as db:
        states = [told.state for told in read_weeks(db, [scope(db, "all")], week(LAST))]
    assert states[-5:] == ["archive", "read", "unread", "unread", "read"]
    assert set(states[:-4]) == {"archive"}


@pytest.mark.parametrize(
    ("counts", "states", "usual"),
    [
        ((0, 0, 0, 2, 2, 2, 2, 2, 2, 2, 2, 50), {}, (2, 2)),
        ((1, 9, 2, 8, 3, 7, 4, 6, 5, 0), {}, (3, 7)),
        ((1, 9, 2, 8, 3, 7, 4, 6, 5, 0), {"w1": "unread"}, (2, 7)),
        ((1, 1, 1, 1, 1, 1, 1, 5), {}, None),
        ((0,) * 53, {}, None),
    ],
)
def test_what_is_usual(counts: tuple[int, ...], states: dict[str, str], usual: tuple[int, int] | None) -> None:
    assert usual_range(weeks(*counts, **states)) == usual


def test_the_words_say_what_the_picture_shows() -> None:
    counts = (3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7)
    chart = chart_weeks(weeks(*counts, w5="unread"), "id")
    assert chart is not None
    assert chart.caption == (
        "Pekan ini 7 peristiwa. Biasanya 2–6 sepekan. Tidak ada sumber yang terbaca pada pekan yang mulai 21 Sep."
    )
    shown = [int(number) for number in re.findall(r": (\d+)", chart.alt)]
    assert shown == [*counts[2:5], *counts[6:]]
    assert len(shown) == WEEKS - 1
    assert "21 Sep" not in chart.alt


def test_without_an_event_there_is_no_picture(db: Database) -> None:
    assert chart_weeks(weeks(*[0] * 53), "id") is None
    assert draw_charts(db, [scope(db, "stage", "bimtek-1")], week(date(1999, 1, 4)), "id") == ()


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_regency_is_shown_among_its_cohort(db: Database, lang: str) -> None:
    code, name, year = db.execute(
        """
        select code, name, cohort_year from regencies
        where cohort_year is not null and code in (select regency_code from events where status = 'held')
        order by code
        """
    ).fetchone()
    (chart,) = draw_charts(db, [scope(db, "regency", code)], week(LAST), lang)  # type: ignore[arg-type]
    (members,) = db.execute("select count(*) from regencies where cohort_year = ?", [year]).fetchone()
    assert sum(int(number) for number in re.findall(r": (\d+)", chart.alt)) == members
    assert str(year) in chart.title
    assert name in chart.caption


def test_a_regency_whose_cohort_is_not_known_has_no_picture(db: Database) -> None:
    (code,) = db.execute("select code from regencies where cohort_year is null limit 1").fetchone()
    assert chart_cohort(db, code, "id") is None


def test_pictures_are_small_sharp_and_the_same_each_time(db: Database) -> None:
    told = weeks(*range(100, 153))
    (code,) = db.execute(
        "select code from regencies where cohort_year is not null order by length(name) desc"
    ).fetchone()
    with ThreadPoolExecutor(4) as pool:
        pictures = list(pool.map(lambda _: chart_weeks(told, "id"), range(8)))
    for chart in (pictures[0], chart_cohort(db, code, "id")):
        assert chart is not None
        assert struct.unpack(">II", chart.png[16:24]) == (2 * 536, 2 * chart.height)
        assert len(chart.png) < 25_000
        # No date, no name of a program.
        assert not re.search(rb"tEXt|tIME|iTXt|Software", chart.png)
    assert len({chart.png for chart in pictures if chart}) == 1
