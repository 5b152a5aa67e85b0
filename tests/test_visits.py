from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from build import PARSER, SOURCES, build_article, build_page
from sqlite_utils import Database

from crawler.items import ListVisit, WayCount
from db.connect import open_db
from db.reference import load_reference
from db.store import (
    FoundUrl,
    finish_run,
    known_urls,
    pending_urls,
    save_article,
    save_page,
    save_sources,
    save_urls,
    start_run,
)
from db.visits import (
    MOST_VISITS,
    checked_pages,
    failed_urls,
    last_audits,
    read_visits,
    save_visit,
    save_way_count,
)

NOON = datetime(2024, 6, 7, 12, tzinfo=UTC)
URL = "https://wartaselatan.example/bimtek"
FEED = "https://wartaselatan.example/feed/"
VISIT = ListVisit(FEED, "warta_selatan", "feed", NOON, 200, '"a1"', None, "d1", (URL,), 0, NOON)
COUNT = WayCount("warta_selatan", 0, "feed", "/feed/", 12, 3, 3, 0, 7, True, False, None, NOON)


@pytest.fixture
def db() -> Iterator[Database]:
    db = open_db(":memory:")
    load_reference(db)
    save_sources(db, SOURCES)
    yield db
    db.close()


def test_a_visit_is_read_back_as_it_was_but_for_what_it_listed(db: Database) -> None:
    failed = replace(VISIT, visited_at=NOON + timedelta(hours=1), status=None, newest=None, problem="tidak menjawab")
    for visit in (failed, VISIT):
        save_visit(db, visit)
    assert read_visits(db) == {FEED: [replace(VISIT, listed=()), replace(failed, listed=())]}


def test_only_the_last_visits_of_a_list_are_kept(db: Database) -> None:
    for hour in range(MOST_VISITS + 5):
        save_visit(db, replace(VISIT, visited_at=NOON + timedelta(hours=hour)))
    kept = read_visits(db)[FEED]
    assert len(kept) == MOST_VISITS
    assert kept[-1].visited_at == NOON + timedelta(hours=MOST_VISITS + 4)


def test_every_way_that_listed_a_url_is_remembered_with_the_first_time(db: Database) -> None:
    save_urls(db, [FoundUrl(URL, "warta_selatan", "feed")])
    save_visit(db, VISIT)
    save_visit(db, replace(VISIT, visited_at=NOON + timedelta(days=1)))
    save_visit(db, replace(VISIT, way="sitemap", listed=(URL, "https://wartaselatan.example/lain")))
    rows = list(db.query("select url, way, listed_at from url_ways order by way"))
    assert [(row["url"], row["way"], row["listed_at"]) for row in rows] == [
        (URL, "feed", NOON.isoformat()),
        (URL, "sitemap", NOON.isoformat()),
    ]


def test_audits_are_told_by_source(db: Database) -> None:
    run = start_run(db, "crawl")
    for count in (COUNT, replace(COUNT, number=1, way="sitemap", requests=4, is_audit=True)):
        save_way_count(db, run, count)
    # Killed, it has not asked all ways; nobody knows which it left out.
    assert last_audits(db) == {}
    finish_run(db, run, {})
    assert last_audits(db) == {"warta_selatan": NOON}


def test_what_failed_is_tried_again_ever_more_seldom_and_after_two_weeks_no_more(db: Database) -> None:
    for path, fate in (("a", "error"), ("b", "blocked"), ("c", "gone"), ("d", None)):
        reason = "HTTP 503" if fate else None
        save_urls(db, [FoundUrl(f"https://wartaselatan.example/{path}", "warta_selatan", "feed", fate, reason)])
    db.execute("update urls set found_at = ?", [NOON.isoformat()])
    tried = []
    for hour in range(1, 24 * 20):
        now = NOON + timedelta(hours=hour)
        if failed := failed_urls(db, now):
            assert [url[-1] for url, _ in failed] == ["a", "b"]
            tried.append(hour)
        save_way_count(db, start_run(db, "crawl"), replace(COUNT, ended_at=now))
    assert tried == [6, 12, 24, 48, 96, 168, 240, 312]


def test_what_failed_is_tried_by_a_daily_crawl_though_it_comes_some_minutes_early(db: Database) -> None:
    save_urls(db, [FoundUrl(URL, "warta_selatan", "feed", "error", "HTTP 503")])
    db.execute("update urls set found_at = ?", [NOON.isoformat()])
    save_way_count(db, start_run(db, "crawl"), replace(COUNT, ended_at=NOON + timedelta(minutes=9)))
    assert failed_urls(db, NOON + timedelta(hours=23)) == [(URL, "warta_selatan")]


def test_a_page_tells_when_it_was_asked_for_last_unless_it_is_gone(db: Database) -> None:
    later = NOON + timedelta(days=2)
    save_page(db, build_page(URL, "warta_selatan", NOON, b"isi"))
    assert checked_pages(db) == {URL: (NOON, NOON)}
    save_page(db, build_page(URL, "warta_selatan", later, b"isi"))
    assert checked_pages(db) == {URL: (NOON, later)}
    save_urls(db, [FoundUrl(URL, "warta_selatan", "feed", "gone", "HTTP 404")])
    assert checked_pages(db) == {}
    assert [row["fate"] for row in db.query("select fate from urls")] == ["kept"]


def test_what_was_too_old_for_one_crawl_is_pending_when_another_wants_it(db: Database) -> None:
    save_urls(db, [FoundUrl(URL, "warta_selatan", "feed", "too-old", "2024-06-07 is before 2024-07-01")])
    assert set(known_urls(db)) == set()
    save_urls(db, [FoundUrl(URL, "warta_selatan", "feed")])
    assert pending_urls(db) == [(URL, "warta_selatan")]
    save_urls(db, [FoundUrl(URL, "warta_selatan", "feed", "kept"), FoundUrl(URL, "warta_selatan", "feed")])
    assert set(known_urls(db)) == {URL}


def test_an_edited_article_leaves_its_former_words_and_a_better_parser_does_not(db: Database) -> None:
    first, second = (build_article(url=URL, source="warta_selatan", text=text) for text in ("Tahap I.", "Tahap II."))
    page = save_page(db, build_page(URL, "warta_selatan", NOON, b"satu"))
    save_article(db, page, first, PARSER)
    save_article(db, page, second, "parser-lain")
    assert list(db.query("select * from article_versions")) == []
    save_page(db, build_page(URL, "warta_selatan", NOON + timedelta(days=1), b"dua"))
    save_article(db, page, first, PARSER)
    assert [row["text"] for row in db.query("select text from article_versions")] == ["Tahap II."]
    assert [row["fetched_at"] for row in db.query("select fetched_at from page_versions")] == [NOON.isoformat()]
    save_page(db, build_page(URL, "warta_selatan", NOON + timedelta(days=2), b"dua dengan iklan lain"))
    save_article(db, page, first, PARSER)
    assert db.table("article_versions").count == 1
    assert db.table("page_versions").count == 2


def test_a_source_brings_the_areas_it_is_about(db: Database) -> None:
    assert list(db.execute("select * from source_regencies")) == [("portal_paser", "64.01")]
    assert list(db.execute("select * from source_provinces")) == [("warta_selatan", "64")]
    elsewhere = SOURCES[0].model_copy(update={"provinces": ("Borneo",)})
    with pytest.raises(LookupError, match="warta_selatan: no such province: 'Borneo'; there are Aceh, "):
        save_sources(db, [elsewhere])
