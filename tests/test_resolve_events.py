from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from db.connect import open_db, open_read_only
from db.extractions import event_id
from db.reference import load_reference
from db.resolve import RESOLVERS, resolve
from db.resolving._grouping import ONCE, Group, group_reports
from db.resolving._reports import Report, build_report
from db.resolving._telling import is_same_venue
from db.resolving.events import read_calendar
from db.reviewing.anchors import anchor
from publish.bake import bake

PASER, BALIKPAPAN, KEDIRI, KOTA_KEDIRI = "64.01", "64.71", "35.06", "35.71"
TEXT = "Kota cerdas dievaluasi."
CALENDAR = {"evaluasi-2": [("2025-04-22", "2025-04-25", 2024)]}


@dataclass(frozen=True, slots=True)
class Told:
    """A step as an article tells it."""

    start: str | None = None
    end: str | None = None
    stage: str = "evaluasi-2"
    regency: str | None = PASER
    edition: int | None = None
    status: str = "held"
    main: bool = True
    venue: str | None = None
    mode: str | None = None
    confidence: float = 0.9
    published: str | None = None
    source: str = "warta"

    def row(self) -> dict[str, Any]:
        """The columns of event_mentions."""
        return {
            "key": event_id(self.regency, self.stage, self.start),
            "stage_code": self.stage,
            "regency_code": self.regency,
            "start_date": self.start,
            "end_date": self.end or self.start,
            "edition": self.edition,
            "venue": self.venue,
            "mode": self.mode,
            "is_main": int(self.main),
            "status": self.status,
            "confidence": self.confidence,
        }


def build(number: int, told: Told) -> Report:
    """The report of an article of its own; `number` tells articles apart."""
    place = {"article_id": f"{number:012}", "number": 1, "source": told.source, "published_date": told.published}
    report = build_report(told.row() | place)
    assert report
    return report


def group(*told: Told) -> list[Group]:
    return group_reports([build(number, one) for number, one in enumerate(told)], CALENDAR)


def joined(*told: Told) -> str:
    """The event of each report, as a letter, and why it is of it; events go by their first report."""
    found = {
        int(report.article_id): (place, why)
        for place, group_ in enumerate(group(*told))
        for report, why in group_.members
    }
    assert len(found) == len(told)
    letters: dict[int, str] = {}
    for number in range(len(told)):
        letters.setdefault(found[number][0], "ABCDEF"[len(letters)])
    return ", ".join(f"{letters[found[number][0]]} {found[number][1]}" for number in range(len(told)))


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param([Told("2023-11-07", "2023-11-08"), Told("2023-11-08")], "A day, A day", id="within a range"),
        pytest.param([Told("2023-11-07"), Told("2023-11-08")], "A day, B day", id="the day after"),
        pytest.param(
            [Told("2023-11-07"), Told("2023-11-08"), Told("2023-11-07", "2023-11-08")],
            "A day, A day, A day",
            id="each a day of the range",
        ),
        pytest.param(
            [Told("2023-12-31", "2024-01-02"), Told("2024-01-01")], "A day, A day", id="over the turn of the year"
        ),
        pytest.param([Told("2023-11-08"), Told("2023-11-18")], "A day, B day", id="a wrong day in print stays apart"),
        pytest.param(
            [Told("2023-11-08", regency=KEDIRI), Told("2023-11-08", regency=KOTA_KEDIRI)],
            "A day, B day",
            id="kabupaten and kota of one name",
        ),
        pytest.param(
            [Told("2023-11-08"), Told("2023-11-08", stage="evaluasi-internal")],
            "A day, B day",
            id="a meeting of its own is no evaluation",
        ),
        pytest.param([Told("2023-11-08"), Told("2023-11")], "A day, A month", id="the month of one event"),
        pytest.param(
            [
                Told("2023-11-08", "2023-11-09", stage="lainnya"),
                Told("2023-11-28", stage="lainnya"),
                Told("2023-11", stage="lainnya"),
            ],
            "A day, B day, C key",
            id="the month of two events",
        ),
        pytest.param(
            [Told("2023-11-06"), Told("2023-11-07"), Told("2023-11-06", source="kabar"), Told("2023-11")],
            "A day, B day, A day, A month",
            id="the month of one step told on two days: what most outlets tell",
        ),
        pytest.param(
            [
                Told("2023-11-06"),
                Told("2023-11-06"),
                Told("2023-11-07"),
                Told("2023-11-07", source="kabar"),
                Told("2023-11"),
            ],
            "A day, A day, B day, B day, B month",
            id="an outlet counts once",
        ),
        pytest.param(
            [
                Told("2023-11-06", status="announced"),
                Told("2023-11-06", status="announced", source="kabar"),
                Told("2023-11-07"),
                Told("2023-11"),
            ],
            "A day, A day, B day, B month",
            id="a plan for another day is not what was held",
        ),
        pytest.param(
            [Told("2023-11-08", edition=2022), Told("2023-11-28", edition=2023), Told("2023-11")],
            "A day, B day, C key",
            id="the month of one step of two editions",
        ),
        pytest.param(
            [Told("2023-10-31", "2023-11-01"), Told("2023-11")], "A day, A month", id="a month in which it ended"
        ),
        pytest.param([Told("2023-11-08"), Told("2023")], "A day, A year", id="the year of one event"),
        pytest.param(
            [Told("2023-06-12"), Told("2023-11-08"), Told("2023"), Told("2023")],
            "A day, B day, A year, A year",
            id="the year of one step told on two days",
        ),
        pytest.param([Told("2023-06"), Told("2023")], "A key, A year", id="the year of one month"),
        pytest.param([Told("2023-06"), Told("2023-07"), Told("2023")], "A key, B key, C key", id="the year of two"),
        pytest.param(
            [Told("2023-11-08"), Told("2023-10-12", "2023-11-14")], "A day, A year", id="a long range is vague"
        ),
        pytest.param(
            [
                Told("2023-11-02", stage="penghargaan"),
                Told("2023-11-08", stage="penghargaan"),
                Told("2023-10-12", "2023-11-14", stage="penghargaan"),
            ],
            "A day, B day, C key",
            id="a long range swallows nothing",
        ),
        pytest.param(
            [
                Told("2023-07-11", stage="masterplan"),
                Told("2023-06", "2023-10", stage="masterplan"),
                Told("2023-06", stage="masterplan"),
            ],
            "A day, B key, C key",
            id="the months of a master plan are no word for one of its days",
        ),
        pytest.param(
            [Told(f"2023-11-{day:02}", f"2023-11-{day + 3:02}", stage="implementasi") for day in (1, 4, 7, 10, 13)],
            "A day, B day, C day, D day, E day",
            id="what overlaps without end is no one event",
        ),
    ],
)
def test_reports_are_of_one_event_by_their_days(told: list[Told], expected: str) -> None:
    assert joined(*told) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param([Told("2023-11-08"), Told("2023-11-08", stage="evaluasi")], "A day, A stage", id="no number said"),
        pytest.param(
            [
                Told("2021-07-06", "2021-07-07", stage="bimtek-1"),
                Told("2021-07-07", stage="bimtek-2"),
                Told("2021-07-07", stage="bimtek"),
            ],
            "A day, B day, C day",
            id="either of two numbers",
        ),
        pytest.param(
            [Told("2023-11-08"), Told("2023-11-08", "2023-11-10", "evaluasi"), Told("2023-11-10", stage="evaluasi-1")],
            "A day, B day, C day",
            id="a general report chains no two steps together",
        ),
        pytest.param(
            [Told("2023-11-08"), Told("2023-11", stage="evaluasi")],
            "A day, A month",
            id="the only evaluation of the month",
        ),
        pytest.param(
            [Told("2023-11-08"), Told("2023", stage="evaluasi")],
            "A day, B key",
            id="a year holds more than is known of",
        ),
    ],
)
def test_the_stage_without_its_number_may_be_the_numbered_one(told: list[Told], expected: str) -> None:
    assert joined(*told) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(
            [Told("2025-04-24", edition=2024), Told("2025-04-24")], "A day, A day", id="held the year after its edition"
        ),
        pytest.param(
            [Told("2025-04-24", edition=2024), Told("2025-04-24", edition=2025), Told("2025-04-24")],
            "A day, B day, B day",
            id="two editions on one day; the year of the date takes who is silent",
        ),
        pytest.param(
            [
                Told("2025-04-24", edition=2024),
                Told("2025-04-24", edition=2024),
                Told("2025-04-24", edition=2025),
                Told("2025-04-24"),
            ],
            "A day, A day, B day, A day",
            id="the edition most said takes who is silent",
        ),
        pytest.param(
            [Told("2025-04-24", edition=2024), Told("2025-04", edition=2025)],
            "A day, B key",
            id="a month of another edition",
        ),
        pytest.param(
            [Told("2025-04-24", edition=2024), Told("2025-11-05"), Told(edition=2024), Told(edition=2025)],
            "A day, B day, A edition, B edition",
            id="undated of an edition",
        ),
        pytest.param([Told("2025-04-24"), Told(edition=2024)], "A day, A edition", id="the calendar knows the edition"),
        pytest.param(
            [Told("2023-06-12"), Told("2023-11-08"), Told(edition=2023)],
            "A day, B day, A edition",
            id="a step of the edition told on two days",
        ),
        pytest.param(
            [Told(edition=2023), Told(edition=2024), Told()], "A key, B key, C key", id="undated editions stay apart"
        ),
    ],
)
def test_editions_tell_events_apart_and_bring_reports_together(told: list[Told], expected: str) -> None:
    assert joined(*told) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(
            [Told("2023-11-07", "2023-11-08"), Told(published="2023-11-18")], "A day, A published", id="ten days after"
        ),
        pytest.param([Told("2023-11-08"), Told(published="2023-11-19")], "A day, B key", id="eleven days after"),
        pytest.param([Told("2023-11-08"), Told(published="2023-11-07")], "A day, B key", id="the day before"),
        pytest.param(
            [Told("2023-11-08"), Told(published="2023-11-09", main=False)], "A day, B key", id="only background"
        ),
        pytest.param(
            [
                Told("2023-11-02", stage="penghargaan"),
                Told("2023-11-08", stage="penghargaan"),
                Told(published="2023-11-09", stage="penghargaan"),
            ],
            "A day, B day, C key",
            id="two events before it",
        ),
        pytest.param(
            [Told("2023-11-07"), Told("2023-11-08"), Told("2023-11-08"), Told(published="2023-11-09")],
            "A day, B day, B day, B published",
            id="one step told on two days before it",
        ),
        pytest.param(
            [Told("2023-11-08"), Told(status="announced", published="2023-10-01")],
            "A day, A published",
            id="announced five weeks before",
        ),
        pytest.param(
            [Told("2023-11-08"), Told(status="announced", published="2023-09-01")],
            "A day, B key",
            id="announced long before",
        ),
        pytest.param(
            [Told("2023-11-08"), Told(published="2023-11-09", stage="evaluasi")],
            "A day, A published",
            id="undated, without its number",
        ),
        pytest.param([Told("2023-11-08"), Told()], "A day, B key", id="neither dated nor published"),
        pytest.param(
            [Told("2023-11"), Told(published="2023-11-20")], "A key, B key", id="a month is too vague to be near"
        ),
    ],
)
def test_an_undated_report_joins_the_one_event_near_its_publication(told: list[Told], expected: str) -> None:
    assert joined(*told) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(
            [
                Told("2019-06-18", "2019-06-20", "evaluasi-1", None),
                Told("2019-06-18", "2019-06-18", "evaluasi-1", None),
            ],
            "A day, A day",
            id="a national forum by its first day",
        ),
        pytest.param(
            [Told("2019-06-18", "2019-06-20", "evaluasi-1", None), Told("2019-06-20", None, "evaluasi-1", None)],
            "A day, B day",
            id="of no one regency, overlapping days may be of any two",
        ),
    ],
)
def test_reports_of_no_one_regency_are_of_one_event_by_their_first_day(told: list[Told], expected: str) -> None:
    assert joined(*told) == expected


@pytest.mark.parametrize("start", ["2023-11", "2023", None])
def test_a_report_of_no_regency_and_no_day_is_no_event(start: str | None) -> None:
    row = Told(start, regency=None).row() | {"article_id": "a", "number": 1, "source": "x", "published_date": None}
    assert build_report(row) is None


def test_the_id_is_of_regency_stage_and_the_day_that_most_outlets_tell() -> None:
    told = [Told("2023-11-07", "2023-11-08", confidence=0.99), Told("2023-11-08"), Told("2023-11-08", source="kabar")]
    assert [one.id for one in group(*told)] == [event_id(PASER, "evaluasi-2", "2023-11-08")]
    assert [one.id for one in group(*told[:2])] == [event_id(PASER, "evaluasi-2", "2023-11-07")]


def test_two_editions_on_one_day_have_two_ids() -> None:
    editions = group(Told("2025-04-24", edition=2024), Told("2025-04-24", edition=2025))
    assert {(one.id, one.year) for one in editions} == {
        (event_id(PASER, "evaluasi-2", "2025-04-24", str(year)), year) for year in (2024, 2025)
    }


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Aula Bappeda", "AULA BAPPEDA Kabupaten Paser", True),
        ("Hotel Santika Premiere, Jakarta", "Hotel Santika Premiere", True),
        ("Ruang Rapat Sekda", "Ruang Sekda Rapat", True),
        ("Aula Bappeda", "Aula Diskominfo", False),
        ("Pendopo Lou Bapekat", "Hotel Bumi Paser", False),
    ],
)
def test_a_venue_in_other_words_is_no_contradiction(one: str, other: str, is_same: bool) -> None:
    assert is_same_venue(one, other) is is_same_venue(other, one) is is_same


# From here on in a database: articles 1 to 12 of three outlets, published around 8 November 2023.
PUBLISHED = [
    "2023-10-02", "2023-10-20", "2023-11-06", "2023-11-08", "2023-11-09", "2023-11-10", "2023-11-17", "2023-11-19",
    "2023-12-20", "2024-01-02", None, "2023-11-09",
]  # fmt: skip
OUTLETS = ("kabar", "warta", "lensa")


def make_articles(path: Path | str = ":memory:") -> Database:
    """Twelve articles of which nothing has been read."""
    db = open_db(path)
    load_reference(db)
    db.table("sources").insert_all(
        {"name": name, "outlet_name": name.title(), "home_url": f"https://{name}.example", "kind": "media"}
        for name in OUTLETS
    )
    for number, day in enumerate(PUBLISHED, start=1):
        source, id = OUTLETS[number % 3], f"{number:012}"
        url = f"https://{source}.example/{number}"
        db.execute(
            "insert into urls (url, source, found_by, found_at) values (?, ?, 'feed', '2024-01-05T00:00:00+00:00')",
            [url, source],
        )
        db.table("pages").insert(
            {
                "id": id,
                "url": url,
                "source": source,
                "fetched_at": "2024-01-05T00:00:00+00:00",
                "first_fetched_at": "2024-01-05T00:00:00+00:00",
                "status": 200,
                "digest": "0" * 64,
                "archive_file": "2024-01.warc.gz",
                "archive_offset": number,
                "hints": "{}",
            }
        )
        db.table("articles").insert(
            {
                "id": id,
                "page_id": id,
                "url": url,
                "canonical_url": url,
                "source": source,
                "title": "Paser dievaluasi",
                "authors": "[]",
                "published_at": f"{day}T08:00:00+08:00" if day else None,
                "published_by": "meta" if day else None,
                "date_reason": None if day else "halaman tidak menyebut tanggal terbit",
                "text": TEXT,
                "lead": TEXT,
                "is_complete": 1,
                "parser": "parser-contoh",
                "parsed_at": "2024-01-05T00:00:00+00:00",
            }
        )
    db.commit()
    return db


def read_article(db: Database, number: int, told: Sequence[Told], is_relevant: int | None = 1) -> None:
    """Put what was read out of an article in place of what was there."""
    id = f"{number:012}"
    with db.conn:
        db.execute("delete from extractions where article_id = ?", [id])
        db.execute(
            "insert into extractions (article_id, model, relevance, is_relevant, extracted_at)"
            " values (?, 'model-contoh', 0.9, ?, '2024-01-06T00:00:00+00:00')",
            [id, is_relevant],
        )
        db.execute(
            """insert into evidence (article_id, number, start, "end", text, anchor) values (?, 1, 0, ?, ?, ?)""",
            [id, len(TEXT), TEXT, anchor(TEXT)],
        )
        for place, one in enumerate(told, start=1):
            row = one.row()
            row |= {"event_id": row.pop("key"), "article_id": id, "number": place, "evidence_number": 1, "start": 0}
            row |= {"end": len(TEXT), "date_reason": None if one.start else "berita tidak menyebut tanggalnya"}
            names = ", ".join(f'"{name}"' for name in row)
            db.execute(f"insert into event_mentions ({names}) values ({', '.join('?' * len(row))})", [*row.values()])


@pytest.fixture(scope="module")
def articles() -> Iterator[Database]:
    db = make_articles()
    with pytest.MonkeyPatch.context() as patch:
        # The others are tested beside them, and there are some thousand batches here.
        patch.setattr("db.resolve.RESOLVERS", {"events": RESOLVERS["events"]})
        yield db
    db.close()


def copy(articles: Database) -> Database:
    db = open_db(":memory:")
    articles.conn.backup(db.conn)
    return db


@pytest.fixture
def db(articles: Database) -> Iterator[Database]:
    db = copy(articles)
    yield db
    db.close()


def kept(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All that resolving keeps of events."""
    return {
        table: sorted(db.execute(f"select * from {table}"), key=repr)
        for table in ("event_reports", "events", "event_conflicts")
    }


def tell(db: Database, *told: Told) -> None:
    """An article for each report, in the order of the articles' numbers, and all resolved."""
    for number, one in enumerate(told, start=1):
        read_article(db, number, [one])
    resolve(db)


DATES = st.sampled_from(
    [
        (None, None), (None, None), ("2023", None), ("2023-11", None), ("2023-10", None), ("2023-12", "2024-01"),
        ("2023-10-12", "2023-11-14"), ("2022", "2024"), ("2023-12-30", "2024-01-02"), ("2024-01-02", None),
        ("2024", None), ("2023-02-30", None), ("2023-11-09", "2023-11"),
    ]
    + [(f"2023-11-{day:02}", None) for day in (2, 4, 7, 8, 9)]
    + [(f"2023-11-{day:02}", f"2023-11-{day + length:02}") for day in (1, 3, 6, 8) for length in (1, 2, 9)]
)  # fmt: skip
TOLD = st.builds(
    lambda dates, **values: Told(*dates, **values),
    DATES,
    stage=st.sampled_from(["evaluasi-2", "evaluasi-2", "evaluasi-1", "evaluasi", "masterplan", "evaluasi-internal"]),
    regency=st.sampled_from([PASER, PASER, PASER, BALIKPAPAN, None]),
    edition=st.sampled_from([None, None, None, 2023, 2024]),
    status=st.sampled_from(["held", "held", "announced"]),
    main=st.booleans(),
    venue=st.sampled_from([None, "Aula Bappeda", "aula bappeda Paser", "Pendopo"]),
    mode=st.sampled_from([None, "daring", "luring"]),
    confidence=st.sampled_from([0.4, 0.6, 0.9]),
)
CHANGE = st.tuples(
    st.integers(1, len(PUBLISHED)),
    st.one_of(st.none(), st.lists(TOLD, max_size=3), st.lists(TOLD, min_size=1, max_size=2)),
    st.booleans(),
)
"""Number of an article, what it says now (None: it is gone), and whether all is resolved before the next change."""


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(CHANGE, min_size=1, max_size=18), st.randoms(use_true_random=False))
def test_events_are_the_same_in_whatever_order_and_batches_articles_come_change_and_go(
    articles: Database, changes: list[tuple[int, list[Told] | None, bool]], random: Any
) -> None:
    db = copy(articles)
    for number, told, is_resolved in changes:
        if told is None:
            with db.conn:
                db.execute("delete from extractions where article_id = ?", [f"{number:012}"])
        else:
            read_article(db, number, told)
        if is_resolved:
            resolve(db)
    resolve(db)
    at_once = copy(articles)
    left = list({number: told for number, told, _ in changes}.items())
    random.shuffle(left)
    for number, told in left:
        if told is not None:
            read_article(at_once, number, told)
    resolve(at_once)
    assert kept(db) == kept(at_once)
    # What the pure function says of all reports together is what was kept.
    columns = ", ".join(Report._fields)
    reports = [Report._make(row) for row in at_once.execute(f"select {columns} from event_reports")]
    of_event = {
        (report.article_id, report.number): (one.id, why)
        for one in group_reports(reports, read_calendar(db))
        for report, why in one.members
    }
    kept_of = at_once.execute("select article_id, number, event_id, joined_by from event_reports")
    assert of_event == {(article, number): (event, why) for article, number, event, why in kept_of}
    db.close()
    at_once.close()


@pytest.mark.parametrize(
    "told",
    [
        {3: Told("2023-11-07"), 4: Told("2023-11-07", "2023-11-08"), 5: Told("2023-11-08")},
        {3: Told("2023-11-06"), 5: Told()},
        {2: Told(status="announced"), 3: Told("2023-11-06")},
        {3: Told("2023-11-06"), 4: Told("2023-11"), 5: Told("2023")},
        {3: Told("2023-06"), 4: Told("2023")},
        {3: Told("2023-11-06", edition=2022), 11: Told(edition=2022)},
        {3: Told("2023-11", edition=2022), 11: Told(edition=2022)},
        {3: Told("2023-11-06", stage="evaluasi"), 4: Told("2023-11-06")},
        {3: Told("2023-11-06"), 4: Told("2023-11-07"), 5: Told("2023-11"), 8: Told("2023-11-07")},
        {3: Told("2023-11-07"), 4: Told("2023-11-06", status="announced"), 5: Told(), 6: Told("2023")},
        {3: Told("2023-11-06"), 4: Told("2023-11-07"), 5: Told("2023-11-07", stage="evaluasi"), 11: Told(edition=2023)},
    ],
)
def test_events_are_the_same_whichever_article_comes_last_or_goes_and_comes_again(
    articles: Database, told: dict[int, Told]
) -> None:
    def at_once(numbers: Iterable[int]) -> Database:
        db = copy(articles)
        for number in numbers:
            read_article(db, number, [told[number]])
        resolve(db)
        return db

    db = at_once(told)
    for number in told:
        with db.conn:
            db.execute("delete from extractions where article_id = ?", [f"{number:012}"])
        resolve(db)
        assert kept(db) == kept(at_once(told.keys() - {number}))
        read_article(db, number, [told[number]])
        resolve(db)
        assert kept(db) == kept(at_once(told))


def rows(db: Database, sql: str, *values: object) -> list[tuple[Any, ...]]:
    return list(db.execute(sql, values))


def test_what_most_outlets_say_is_the_date_and_the_others_stand_beside_it(db: Database) -> None:
    tell(
        db,
        Told("2023-11-07", "2023-11-08", confidence=0.99),
        Told("2023-11-08", confidence=0.6),
        Told("2023-11-08", confidence=0.7),
    )
    (event,) = rows(db, "select id, start_date, end_date, confidence, articles, outlets from events")
    assert event == (event_id(PASER, "evaluasi-2", "2023-11-08"), "2023-11-08", "2023-11-08", 0.7, 3, 3)
    assert rows(db, "select field, value, articles, is_best from event_conflicts order by value") == [
        ("start_date", "2023-11-07", 1, 0),
        ("start_date", "2023-11-08", 2, 1),
    ]


def test_an_article_is_no_outlet_more_for_saying_a_date_often(db: Database) -> None:
    """Articles 1, 4 and 7 are of one outlet."""
    for number in (1, 4, 7):
        read_article(db, number, [Told("2023-11-07", "2023-11-08", confidence=0.6)])
    read_article(db, 2, [Told("2023-11-08", confidence=0.9)])
    resolve(db)
    assert rows(db, "select start_date, articles, outlets from events") == [("2023-11-08", 4, 2)]


@pytest.mark.parametrize("held", ["2023-11-08", "2023-11"])
def test_a_step_announced_and_then_held_is_one_event_told_by_who_says_that_it_was_held(db: Database, held: str) -> None:
    tell(db, Told("2023-11-08", status="announced", confidence=0.99), Told(held, confidence=0.6))
    assert rows(db, "select status, start_date, confidence, articles from events") == [("held", held, 0.6, 2)]
    assert rows(db, "select * from event_conflicts") == []


def test_the_day_for_which_a_step_was_announced_is_not_told_as_the_day_it_was_held(db: Database) -> None:
    tell(db, Told("2023-11-06", status="announced"), Told(), Told(), Told())
    ((status, start, reason, edition),) = rows(
        db, "select status, start_date, date_reason, edition from events where kind = 'day'"
    )
    assert (status, start, edition) == ("held", None, None)
    assert "diumumkan untuk 2023-11-06" in reason


def test_who_says_after_the_event_that_it_is_to_come_contradicts_who_says_it_was_held(db: Database) -> None:
    read_article(db, 4, [Told("2023-11-07")])
    read_article(db, 6, [Told("2023-11-07", status="announced")])
    resolve(db)
    assert rows(db, "select field, value, is_best from event_conflicts order by value") == [
        ("status", "announced", 0),
        ("status", "held", 1),
    ]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([Told("2023-11-08", venue="Aula Bappeda"), Told("2023-11-08", venue="AULA BAPPEDA Paser")], []),
        (
            [Told("2023-11-08", venue="Aula Bappeda"), Told("2023-11-08", venue="Hotel Bumi Paser", confidence=0.7)],
            [("venue", "Aula Bappeda", 1), ("venue", "Hotel Bumi Paser", 0)],
        ),
        (
            [Told("2023-11-08", mode="daring", confidence=0.7), Told("2023-11-08", mode="luring")],
            [("mode", "daring", 0), ("mode", "luring", 1)],
        ),
        ([Told("2023-11-08"), Told("2023-11")], []),
        (
            [Told("2023-11-08"), Told("2023-11", edition=2023), Told("2023-11", edition=2022)],
            [("edition", "2022", 0), ("edition", "2023", 1)],
        ),
    ],
)
def test_contradictions_are_kept_side_by_side(
    db: Database, told: list[Told], expected: list[tuple[str, str, int]]
) -> None:
    tell(db, *told)
    assert rows(db, "select count(*) from events") == [(1,)]
    assert rows(db, "select field, value, is_best from event_conflicts order by field, value") == expected


@pytest.mark.parametrize(
    ("told", "edition", "edition_by"),
    [
        (Told("2025-04-24", edition=2024), 2024, "said"),
        (Told("2025-04-24"), 2025, "date"),
        (Told("2023-06-13", stage="evaluasi-1"), 2023, "calendar"),
        (Told(edition=2024), 2024, "said"),
        (Told(), None, None),
        (Told("2022", "2024", stage="masterplan"), None, None),
    ],
)
def test_the_edition_says_how_it_is_known(
    db: Database, told: Told, edition: int | None, edition_by: str | None
) -> None:
    tell(db, told)
    assert rows(db, "select edition, edition_by from events") == [(edition, edition_by)]


def test_nothing_that_is_unsure_or_off_the_programme_makes_an_event(db: Database) -> None:
    read_article(db, 1, [Told("2023-11-08", confidence=0.49)])
    read_article(db, 2, [Told("2023-11-08")], is_relevant=None)
    resolve(db)
    assert kept(db) == {"event_reports": [], "events": [], "event_conflicts": []}


def test_what_is_changed_in_place_is_resolved_again(db: Database) -> None:
    tell(db, Told("2023-11-08"), Told("2023-11-09"))
    with db.conn:
        db.execute("update event_mentions set start_date = '2023-11-08' where article_id = '000000000002'")
        db.execute("update extractions set is_relevant = 0 where article_id = '000000000001'")
    assert resolve(db) == 2
    assert rows(db, "select start_date, end_date, articles from events") == [("2023-11-08", "2023-11-09", 1)]


def test_a_day_of_publication_counts_once_its_page_was_fetched_after_it(db: Database) -> None:
    with db.conn:
        db.execute("update pages set fetched_at = '2023-11-01T00:00:00+00:00' where id = '000000000004'")
    read_article(db, 1, [Told("2023-11-07")])
    read_article(db, 4, [Told()])
    resolve(db)
    assert rows(db, "select count(*) from events") == [(2,)]
    with db.conn:
        db.execute("update pages set fetched_at = '2023-11-09T00:00:00+00:00' where id = '000000000004'")
    resolve(db)
    assert rows(db, "select articles from events") == [(2,)]


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Two evaluations of Paser in one edition, one of them told in two ways, as they are published."""
    folder = tmp_path_factory.mktemp("peristiwa")
    db = make_articles(folder / "pantau.db")
    read_article(db, 1, [Told("2023-11-07", "2023-11-08"), Told("2023-11-20", regency=None)])
    for number in (2, 3):
        read_article(db, number, [Told("2023-11-08")])
    read_article(db, 4, [Told("2023-11")])
    read_article(db, 5, [Told("2023-11-28")])
    read_article(db, 6, [Told("2025-04-24", edition=2024)])
    read_article(db, 7, [Told("2025-04-24", edition=2025)])
    db.close()
    bake(folder / "pantau.db", folder / "public.db")
    published = open_read_only(folder / "public.db")
    yield published
    published.close()


@pytest.mark.parametrize(
    ("planned", "published", "is_contradiction"),
    [("2023-11-02", 3, 0), ("2023-11-02", 9, 1), ("2023-11-21", 3, 0), ("2023-11-21", 10, 1)],
)
def test_a_plan_that_was_moved_contradicts_nothing_and_one_still_told_afterwards_does(
    tmp_path: Path, planned: str, published: int, is_contradiction: int
) -> None:
    db = make_articles(tmp_path / "pantau.db")
    read_article(db, published, [Told(planned, status="announced")])
    read_article(db, 5, [Told("2023-11-08")])
    db.close()
    bake(tmp_path / "pantau.db", tmp_path / "public.db")
    public = open_read_only(tmp_path / "public.db")
    assert rows(public, "select distinct conflicts from events") == [(is_contradiction,)]
    public.close()


@pytest.mark.parametrize("view", ["event_conflicts", "ladder_editions", "merged_events"])
def test_a_view_names_the_steps_taken_once_as_resolving_does(view: str) -> None:
    sql = (Path(__file__).parent.parent / "db" / "views" / f"{view}.sql").read_text(encoding="utf-8")
    (named,) = re.findall(r"stage_code in \(([^)]*)\)", sql)
    assert set(re.findall(r"[\w-]+", named)) == ONCE


def test_every_id_that_a_report_alone_would_give_leads_to_its_event(public: Database) -> None:
    event = event_id(PASER, "evaluasi-2", "2023-11-08")
    old = event_id(PASER, "evaluasi-2", "2023-11-07")
    assert rows(public, "select event_id from merged_events where id = ?", old) == [(event,)]
    # Two events of that month, which can be only one: the month belongs to the one told most.
    month = event_id(PASER, "evaluasi-2", "2023-11")
    assert rows(public, "select event_id from merged_events where id = ?", month) == [(event,)]
    both = event_id(PASER, "evaluasi-2", "2025-04-24")
    ((led_to,),) = rows(public, "select event_id from merged_events where id = ?", both)
    assert rows(public, "select start_date from events where id = ?", led_to) == [("2025-04-24",)]
    assert rows(public, "select id from merged_events where id in (select id from events)") == []


@pytest.mark.parametrize(
    ("stage", "others", "expected"),
    [
        ("evaluasi-2", [], "2023-11-08"),
        ("evaluasi-2", [Told("2024-11-20")], "2023-11-08"),
        ("evaluasi-2", [Told("2023-11-28")], None),
        ("implementasi", [], None),
    ],
)
def test_the_id_of_an_event_whose_only_report_says_another_day_leads_to_that_step(
    tmp_path: Path, stage: str, others: list[Told], expected: str | None
) -> None:
    """In an old letter or a citation; where several could be meant it leads nowhere."""
    db = make_articles(tmp_path / "pantau.db")
    read_article(db, 5, [Told("2023-11-07", stage=stage)])
    resolve(db)
    read_article(db, 5, [Told("2023-11-08", stage=stage), *others])
    db.close()
    bake(tmp_path / "pantau.db", tmp_path / "public.db")
    public = open_read_only(tmp_path / "public.db")
    sql = "select start_date from merged_events join events on events.id = event_id where merged_events.id = ?"
    led_to = rows(public, sql, event_id(PASER, stage, "2023-11-07"))
    public.close()
    assert led_to == ([(expected,)] if expected else [])


def test_what_cannot_be_true_of_two_events_is_published_with_its_proof(public: Database) -> None:
    told = rows(
        public,
        """
        select events.start_date, field, value, other.start_date, other.edition, event_conflicts.articles, is_best
        from event_conflicts
        join events on events.id = event_id
        left join events as other on other.id = with_event_id
        join evidence
            on evidence.article_id = event_conflicts.article_id
            and evidence.number = event_conflicts.evidence_number
        order by events.start_date, events.edition, event_conflicts.number
        """,
    )
    assert told == [
        ("2023-11-08", "date", "2023-11-28", "2023-11-28", 2023, 1, 0),
        ("2023-11-08", "start_date", "2023-11-08", None, None, 2, 1),
        ("2023-11-08", "start_date", "2023-11-07", None, None, 1, 0),
        ("2023-11-28", "date", "2023-11-08", "2023-11-08", 2023, 3, 0),
        ("2025-04-24", "edition", "2025", "2025-04-24", 2025, 1, 0),
        ("2025-04-24", "edition", "2024", "2025-04-24", 2024, 1, 0),
    ]
    # The month is of the event, and no voice for its day.
    assert rows(public, "select articles from events where start_date = '2023-11-08'") == [(4,)]
    counts = rows(public, "select start_date, edition, conflicts from events order by start_date, edition")
    assert counts == [
        ("2023-11-08", 2023, 2),
        ("2023-11-20", 2023, 0),
        ("2023-11-28", 2023, 1),
        ("2025-04-24", 2024, 1),
        ("2025-04-24", 2025, 1),
    ]
