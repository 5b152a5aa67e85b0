from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from build import PARSER, SOURCES, STORIES, build_article, build_extraction, build_page, build_story_article
from sqlite_utils import Database

from crawler.items import Completeness, Counts, Health, ListVisit, PageDay, Said, Span, Volume, WayCount
from db.connect import open_db
from db.extractions import save_extraction
from db.health import read_listed, read_routes, read_source_records, save_completeness, save_health
from db.reference import load_reference
from db.store import FoundUrl, finish_run, save_article, save_page, save_parse_error, save_sources, save_urls, start_run
from db.visits import save_visit, save_way_count

NOON = datetime(2024, 11, 20, 5, tzinfo=UTC)
TABANAN = STORIES[2]
HOME = "https://kabarlumbung.example"


@pytest.fixture
def db() -> Iterator[Database]:
    db = open_db(":memory:")
    load_reference(db)
    save_sources(db, SOURCES)
    yield db
    db.close()


def record_of(db: Database, name: str = "kabar_lumbung", now: datetime = NOON) -> Any:
    return next(record for record in read_source_records(db, now) if record.name == name)


def crawl(db: Database, at: datetime, *ways: WayCount, visits: tuple[ListVisit, ...] = ()) -> int:
    """A run of an hour that ended at an instant."""
    run = start_run(db, "crawl")
    db.execute("update runs set started_at = ? where id = ?", [(at - timedelta(hours=1)).isoformat(), run])
    for way in ways:
        save_way_count(db, run, way)
    for visit in visits:
        save_visit(db, visit)
    finish_run(db, run, {})
    return run


WAY = WayCount("kabar_lumbung", 0, "feed", "/feed/", 12, 3, 3, 0, 7, True, False, None, NOON)
VISIT = ListVisit(
    f"{HOME}/feed/",
    "kabar_lumbung",
    "feed",
    NOON + timedelta(minutes=5),
    200,
    None,
    None,
    "d1",
    (f"{HOME}/a",),
    1,
    NOON,
)


def keep(db: Database, url: str, at: datetime, **values: Any) -> str:
    page_id = save_page(db, build_page(url, "kabar_lumbung", at, url.encode()))
    save_article(db, page_id, build_article(url, "kabar_lumbung", "Bimtek kota cerdas dibuka.", **values), PARSER)
    return page_id


def test_a_record_has_every_source_that_is_crawled_and_no_local_files(db: Database) -> None:
    records = read_source_records(db, NOON)
    assert [record.name for record in records] == sorted(source.name for source in SOURCES)
    assert records[0].home == HOME
    assert records[0].expect["quiet_days"] == 30
    assert (records[0].polls, records[0].days, records[0].last_told) == ((), (), None)


def test_a_poll_holds_the_ways_and_the_visits_of_its_run(db: Database) -> None:
    audit = replace(WAY, number=1, way="sitemap", url="/sitemap.xml", is_audit=True, ended_at=NOON + timedelta(hours=1))
    before, second = NOON - timedelta(days=1), NOON + timedelta(hours=1)
    early = replace(VISIT, visited_at=before - timedelta(minutes=1), status=None, problem="tidak menjawab", newest=None)
    failed = replace(WAY, ended_at=before, is_answered=False, problem="tidak menjawab")
    first_run = crawl(db, before, failed, visits=(early,))
    second_run = crawl(db, second, WAY, audit, visits=(VISIT,))
    first, last = record_of(db).polls
    assert (first.run, first.at, first.ways) == (first_run, before, (failed,))
    assert (first.answers[0].status, first.answers[0].problem) == (None, "tidak menjawab")
    assert (last.run, last.at, last.ways) == (second_run, second, (WAY, audit))
    (answer,) = last.answers
    assert (answer.url, answer.links, answer.known, answer.newest) == (f"{HOME}/feed/", 1, 1, NOON)


def test_days_are_those_of_jakarta(db: Database) -> None:
    late = datetime(2024, 11, 19, 20, tzinfo=UTC)
    keep(db, f"{HOME}/malam", late)
    (day,) = [day for day in record_of(db, now=late).days if day.fates]
    assert day.day == date(2024, 11, 20)


def test_a_day_counts_what_became_of_its_pages(db: Database) -> None:
    published = NOON - timedelta(hours=3)
    keep(db, f"{HOME}/terbit", NOON, published_at=published)
    keep(db, f"{HOME}/besok", NOON, published_at=NOON + timedelta(days=3))
    keep(db, f"{HOME}/lama", NOON, published_at=NOON - timedelta(days=300))
    keep(db, f"{HOME}/tanpa-tanggal", NOON)
    odd = save_page(db, build_page(f"{HOME}/video", "kabar_lumbung", NOON))
    save_parse_error(db, odd, PARSER, "tanpa teks")
    save_urls(
        db,
        [
            FoundUrl(f"{HOME}/hilang", "kabar_lumbung", "feed", "gone", "HTTP 404"),
            FoundUrl(f"{HOME}/judul-lain", "kabar_lumbung", "feed", "off-topic", "no keyword in its title: Pasar"),
            FoundUrl(f"{HOME}/2015", "kabar_lumbung", "sitemap", "too-old", "2015"),
        ],
    )
    db.execute("update urls set found_at = ?, fate_at = iif(fate is null, null, ?)", [NOON.isoformat()] * 2)
    (day,) = record_of(db).days
    assert day == PageDay(
        date(2024, 11, 20),
        found={"crawl": 5, "feed": 2, "sitemap": 1},
        fates={"kept": 4, "not-understood": 1, "gone": 1},
        articles=4,
        dated=3,
        future=1,
        old=1,
        signed=4,
    )


def test_what_is_long_past_is_not_remembered(db: Database) -> None:
    crawl(db, NOON, WAY, visits=(VISIT,))
    keep(db, f"{HOME}/a", NOON)
    db.execute("update urls set found_at = ?", [NOON.isoformat()])
    record = record_of(db, now=NOON + timedelta(days=200))
    assert (record.polls, record.days) == ((), ())


def test_the_last_day_is_of_articles_on_the_programme_alone(db: Database) -> None:
    article = build_story_article(TABANAN)
    save_article(db, save_page(db, build_page(article.url, article.source, NOON)), article, PARSER)
    assert record_of(db).last_told is None, "not read by the model yet"
    save_extraction(db, build_extraction(TABANAN), article)
    keep(db, f"{HOME}/olahraga", NOON, published_at=NOON)
    assert record_of(db).last_told == date(2024, 11, 20)


def test_an_article_was_listed_by_every_way_that_listed_it_or_its_copies(db: Database) -> None:
    article = build_story_article(TABANAN)
    copy, short = f"{article.url}/amp", f"{HOME}/?p=7"
    save_urls(db, [FoundUrl(short, "kabar_lumbung", "sitemap", "duplicate", f"redirects to {article.url}")])
    save_article(db, save_page(db, build_page(article.url, article.source, NOON)), article, PARSER)
    later = build_page(copy, article.source, NOON + timedelta(hours=1), b"amp")
    save_article(db, save_page(db, later), replace(article, url=copy), PARSER)
    save_extraction(db, build_extraction(TABANAN), article)
    for way, url in (("feed", article.url), ("wordpress", copy), ("sitemap", short)):
        save_visit(db, replace(VISIT, url=f"{HOME}/{way}", way=way, listed=(url,)))
    listed = [("kabar_lumbung", date(2024, 11, 20), frozenset({"feed", "wordpress", "sitemap"}))]
    assert read_listed(db, date(2024, 11, 20)) == listed
    assert read_listed(db, date(2024, 11, 21)) == []


def test_a_route_is_a_way_that_listed_something(db: Database) -> None:
    empty = replace(WAY, number=1, way="sitemap", url="/sitemap.xml", found=0)
    crawl(db, NOON, WAY, empty)
    assert read_routes(db, date(2024, 11, 1)) == {"kabar_lumbung": {"feed"}}
    assert read_routes(db, date(2024, 11, 21)) == {}


HEALTH = Health(
    "kabar_lumbung", "blocked", Said("Tidak dapat dibuka.", "Cannot be opened."), date(2024, 11, 18), True,
    (Said("Satu.", "One."), Said("Dua.", "Two.")), NOON, NOON - timedelta(days=2), Volume(4, (20, 190), True),
    0.25, 0.9, 1.0,
)  # fmt: skip


def test_health_is_kept_in_place_of_what_was_said_before(db: Database) -> None:
    save_health(db, [HEALTH, replace(HEALTH, source="lensa_teluk")], {}, NOON)
    save_health(db, [HEALTH], {"kabar_lumbung": Completeness(91, 99.2, 94, 108, None, None)}, NOON)
    (row,) = db.table("source_health").rows
    assert row["source"] == "kabar_lumbung"
    assert (row["verdict"], row["since_date"], row["is_to_look_at"]) == ("blocked", "2024-11-18", 1)
    assert (row["notes_id"], row["notes_en"]) == ("Satu. Dua.", "One. Two.")
    assert (row["new_week"], row["usual_low"], row["usual_high"]) == (4, 20, 190)
    assert (row["held"], row["estimate"], row["low"], row["high"], row["unsaid_id"]) == (91, 99.2, 94, 108, None)


def test_weeks_that_are_not_told_anew_stay(db: Database) -> None:
    def span(week: str, both: int) -> Span:
        return Span(week, 1, 3, Counts(both, 1, 0), Completeness(both + 1, both + 1.5, both + 1, both + 4, None, None))

    save_completeness(db, [span("2024-W45", 8), span("2024-W46", 9)], {}, NOON)
    save_completeness(db, [span("2024-W46", 12)], {"2024-W46": 2}, NOON)
    rows = [(row["week"], row["held"], row["gaps"]) for row in db.table("completeness").rows_where(order_by="week")]
    assert rows == [("2024-W45", 9, 0), ("2024-W46", 13, 2)]
