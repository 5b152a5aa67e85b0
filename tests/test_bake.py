from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from build import (
    PARSER,
    STORIES,
    Story,
    build_example_db,
    build_extraction,
    build_page,
    build_story_article,
    fill_example_db,
)
from sqlite_utils import Database

from crawler.items import article_id
from db.connect import open_db, open_read_only
from db.extractions import event_id, save_extraction
from db.resolve import resolve
from db.store import save_article, save_digest, save_page
from publish.bake import BakeError, bake

DB_FOLDER = Path(__file__).parent.parent / "db"
BASEL, PALU = STORIES[0], STORIES[9]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return build_example_db(tmp_path_factory.mktemp("contoh"))


@pytest.fixture
def db(example: tuple[Path, Path]) -> Iterator[Database]:
    db = open_read_only(example[1])
    yield db
    db.close()


@pytest.fixture
def pantau(tmp_path: Path) -> Path:
    path = tmp_path / "pantau.db"
    fill_example_db(path)
    return path


def rows(db: Database, sql: str, *parameters: object) -> list[dict[str, Any]]:
    return list(db.query(sql, list(parameters)))


def save_story(pantau: Path, story: Story, extraction_change: dict[str, Any] | None = None) -> str:
    db = open_db(pantau)
    article = build_story_article(story)
    page = build_page(article.url, story.source, datetime(2024, 11, 30, tzinfo=UTC), article.text.encode())
    save_article(db, save_page(db, page), article, PARSER)
    save_extraction(db, replace(build_extraction(story), **extraction_change or {}), article)
    db.close()
    return article_id(article.canonical_url)


def read(public: Path, sql: str, *parameters: object) -> list[dict[str, Any]]:
    db = open_read_only(public)
    found = rows(db, sql, *parameters)
    db.close()
    return found


def test_every_table_has_its_view_and_every_view_its_table(db: Database) -> None:
    tables = {name for name in db.table_names() if not re.match(r"\w+_fts|sqlite_", name)}
    assert {path.stem for path in (DB_FOLDER / "views").glob("*.sql")} == tables | {"texts"}


def test_every_published_table_and_column_has_its_sentence_and_no_other(pantau: Path, tmp_path: Path) -> None:
    bake(pantau, tmp_path / "public.db", full_text=True)
    said = yaml.safe_load((DB_FOLDER / "columns.yml").read_text(encoding="utf-8"))
    db = open_read_only(tmp_path / "public.db")
    tables = [name for name in db.table_names() if not re.match(r"\w+_fts|sqlite_", name)]
    assert {name: list(table["columns"]) for name, table in said.items()} == {
        name: [column.name for column in db.table(name).columns] for name in tables
    }
    db.close()


def test_every_sentence_stands_in_both_languages() -> None:
    said = yaml.safe_load((DB_FOLDER / "columns.yml").read_text(encoding="utf-8"))
    for name, table in said.items():
        for column, sentence in {"": table["description"], **table["columns"]}.items():
            indonesian, _, english = sentence.partition(" / ")
            assert indonesian.endswith("."), f"{name}.{column}"
            assert english.endswith("."), f"{name}.{column}"


def test_the_counts_are_those_of_the_tables(pantau: Path, tmp_path: Path) -> None:
    counts = bake(pantau, tmp_path / "public.db")
    db = open_read_only(tmp_path / "public.db")
    assert counts == {name: db.table(name).count for name in counts}
    assert counts["articles"] == 12
    db.close()


def test_the_file_can_be_served_as_immutable(example: tuple[Path, Path], db: Database) -> None:
    public = example[1]
    assert db.execute("pragma journal_mode").fetchone() == ("delete",)
    assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    assert db.execute("pragma foreign_key_check").fetchall() == []
    assert db.execute("select count(*) from sqlite_stat1").fetchone()[0] > 20
    assert not [path.name for path in public.parent.iterdir() if path.name.startswith((".public", "public.db-"))]
    immutable = sqlite3.connect(f"{public.as_uri()}?immutable=1", uri=True)
    assert immutable.execute("select count(*) from articles").fetchone() == (12,)
    immutable.close()


def test_every_table_is_strict_and_has_a_key(db: Database) -> None:
    for name in db.table_names():
        if not re.match(r"\w+_fts|sqlite_", name):
            assert db.table(name).strict, name
            assert not db.table(name).use_rowid, name


def test_articles_off_topic_are_not_published_and_those_not_sure_are(db: Database) -> None:
    published = {row["title"]: row["is_relevant"] for row in db.table("articles").rows}
    assert published.keys() == {story.title for story in STORIES if story.is_relevant is not False}
    assert published["Kampus di Palu Bahas Kota Cerdas dan Mitigasi Gempa"] is None
    assert rows(db, "select fate from urls where url like '%lampu-jalan%'") == [{"fate": "off-topic"}]


def test_an_article_that_is_not_extracted_yet_is_not_published(pantau: Path, tmp_path: Path) -> None:
    db = open_db(pantau)
    db.execute("delete from extractions")
    db.close()
    counts = bake(pantau, tmp_path / "public.db")
    assert (counts["articles"], counts["events"], counts["urls"]) == (0, 0, 22)


def test_no_word_of_the_text_beyond_lead_and_evidence_is_in_the_file(pantau: Path, tmp_path: Path) -> None:
    secret = "Kwartaluzimbrodi menutup acara."
    long = replace(
        PALU,
        path="/palu/panjang",
        paragraphs=(
            *PALU.paragraphs,
            ("Warga berdatangan sejak pagi dan antre dengan tertib di halaman. " * 4, secret),
        ),
    )
    article = save_story(pantau, long)
    public = tmp_path / "public.db"
    bake(pantau, public)
    assert b"uzimbrodi" in pantau.read_bytes()
    assert b"uzimbrodi" not in public.read_bytes()
    assert "texts" not in Database(public).table_names()
    bake(pantau, public, full_text=True)
    assert secret in read(public, "select text from texts where article_id = ?", article)[0]["text"]
    bake(pantau, public)
    assert b"uzimbrodi" not in public.read_bytes()


def test_one_event_told_by_two_outlets_is_one_event_with_its_best_proof(db: Database) -> None:
    (event,) = rows(db, "select * from events where id = ?", event_id("19.03", "evaluasi-2", "2023-11-03"))
    assert (event["articles"], event["outlets"]) == (2, 2)
    assert (event["first_published_date"], event["last_published_date"]) == ("2023-11-04", "2023-11-05")
    assert event["evidence_article_id"] == article_id(build_story_article(BASEL).canonical_url)
    assert event["evidence"].startswith("TOBOALI")
    assert event["evidence"] in build_story_article(BASEL).text
    assert (event["date_precision"], event["venue"], event["mode"]) == ("day", "Ruang Komando Junjung Besaoh", "daring")
    assert (event["regency_name"], event["province_name"]) == ("Kabupaten Bangka Selatan", "Kepulauan Bangka Belitung")


def test_the_officials_of_an_event_are_those_whom_its_articles_name(db: Database) -> None:
    event = event_id("19.03", "evaluasi-2", "2023-11-03")
    assert rows(
        db, "select name, position, acting, articles, is_quoted from event_people where event_id = ?", event
    ) == [
        {
            "name": "Marwan Tanjung",
            "position": "Kepala Dinas Komunikasi dan Informatika",
            "acting": "Plt.",
            "articles": 1,
            "is_quoted": 1,
        }
    ]
    assert rows(db, "select participants, stories from events where id = ?", event) == [
        {"participants": 1, "stories": 2}
    ]
    background = event_id("19.03", "evaluasi-1", "2023-06-12")
    assert rows(db, "select * from event_people where event_id = ?", background) == []


def test_a_venue_that_the_best_report_lacks_comes_from_the_next(pantau: Path, tmp_path: Path) -> None:
    db = open_db(pantau)
    db.execute("update event_mentions set venue = null where venue = 'Ruang Komando Junjung Besaoh'")
    db.execute("update event_mentions set venue = 'Toboali' where event_id = '7baadd278f4d' and confidence < 0.85")
    db.close()
    bake(pantau, tmp_path / "public.db")
    sql = "select venue, confidence from events where id = '7baadd278f4d'"
    assert read(tmp_path / "public.db", sql) == [{"venue": "Toboali", "confidence": 0.9}]


def test_an_event_without_a_date_is_dated_nowhere_and_says_why(db: Database) -> None:
    (event,) = rows(db, "select * from events where stage_code = 'penghargaan'")
    assert (event["start_date"], event["end_date"], event["date_precision"]) == (None, None, None)
    assert event["date_reason"] == "berita tidak menyebut tanggalnya"
    assert rows(db, "select first_date, last_date from regency_ladder where stage_code = 'penghargaan'") == [
        {"first_date": None, "last_date": None}
    ]


def test_what_is_not_sure_is_no_event_and_stands_in_review(db: Database) -> None:
    assert rows(db, "select * from events where stage_code in ('lainnya', 'mou') and regency_code is not '19.71'") == []
    assert rows(db, "select event_id from stage_reports where confidence < 0.5 or stage_code = 'lainnya'") == [
        {"event_id": None},
        {"event_id": None},
    ]
    assert [(row["kind"], row["what"]) for row in rows(db, "select * from review order by priority, kind, what")] == [
        ("event", "Lainnya, 2024-11-20"),
        ("article", "Kampus di Palu Bahas Kota Cerdas dan Mitigasi Gempa"),
        ("date", "Kotim Bawa Pulang Plakat Kota Cerdas"),
        ("event", "Nota kesepahaman, 2021"),
        ("official", "Andi Baso Mappiara"),
        *(("source", source) for source in sorted({story.source for story in STORIES if story.is_relevant})),
    ]


def test_steps_without_regency_and_date_are_not_thrown_together(pantau: Path, tmp_path: Path) -> None:
    for number in (1, 2):
        story = replace(PALU, path=f"/lain/{number}", regencies=(), people=(), speakers=(None,))
        event = replace(
            build_extraction(story).events[0], regency=None, start_date=None, end_date=None, date_reason="tak disebut"
        )
        save_story(pantau, story, {"events": (event,)})
    public = tmp_path / "public.db"
    bake(pantau, public)
    assert read(public, "select * from events where regency_code is null and start_date is null") == []
    assert read(public, "select event_id, count(*) as n from stage_reports where regency_code is null group by 1") == [
        {"event_id": None, "n": 3}
    ]
    assert [row["n"] for row in read(public, "select count(*) as n from review where kind = 'subject'")] == [2]


def test_the_ladder_counts_articles_and_shows_the_latest_proof(pantau: Path, tmp_path: Path) -> None:
    later = replace(PALU, path="/palu/lagi", steps=(replace(PALU.steps[0], start="2024-11-28", end="2024-11-30"),))
    article = save_story(pantau, later)
    bake(pantau, tmp_path / "public.db")
    (step,) = read(tmp_path / "public.db", "select * from regency_ladder where regency_code = '72.71'")
    assert (step["stage_code"], step["events"], step["articles"]) == ("implementasi", 2, 2)
    assert (step["first_date"], step["last_date"]) == ("2024-11-19", "2024-11-30")
    assert step["event_id"] == event_id("72.71", "implementasi", "2024-11-28")
    assert step["evidence_article_id"] == article


def test_what_is_only_announced_is_no_rung_of_the_ladder(pantau: Path, tmp_path: Path) -> None:
    coming = replace(PALU, path="/palu/nanti", steps=(replace(PALU.steps[0], stage="evaluasi-1", status="announced"),))
    save_story(pantau, coming)
    bake(pantau, tmp_path / "public.db")
    sql = "select status from {} where regency_code = '72.71' and stage_code = 'evaluasi-1'"
    assert read(tmp_path / "public.db", sql.format("events")) == [{"status": "announced"}]
    assert read(tmp_path / "public.db", sql.format("stage_reports")) == [{"status": "announced"}]
    ladder = "select stage_code from regency_ladder where regency_code = '72.71' and state = 'held'"
    assert read(tmp_path / "public.db", ladder) == [{"stage_code": "implementasi"}]


@pytest.mark.parametrize("day", ["2024-11-19", "2024-11"])
def test_an_event_that_was_held_is_told_by_who_says_so_not_by_who_announced_it(
    pantau: Path, tmp_path: Path, day: str
) -> None:
    """However sure and exact the announcement; the day that it named may not have been kept."""
    (step,) = PALU.steps
    held = replace(step, start=day, end=day, venue=None, confidence=0.7)
    announcement = replace(step, venue="Hotel Palu Raya", confidence=0.99, status="announced")
    for path, told in (("/palu/diadakan", held), ("/palu/diumumkan", announcement)):
        save_story(pantau, replace(PALU, path=path, steps=(told,)))
    db = open_db(pantau)
    first = build_story_article(PALU).canonical_url
    db.execute("delete from event_mentions where article_id = ?", [article_id(first)])
    db.close()
    bake(pantau, tmp_path / "public.db")
    (event,) = read(tmp_path / "public.db", "select * from events where regency_code = '72.71'")
    assert event["id"] == event_id("72.71", "implementasi", "2024-11-19")
    assert (event["status"], event["start_date"], event["articles"]) == ("held", day, 2)
    assert event["evidence_article_id"] == article_id(build_story_article(replace(PALU, path="/palu/diadakan")).url)
    assert event["venue"] == "Hotel Palu Raya", "what the held report lacks"
    (rung,) = read(tmp_path / "public.db", "select * from regency_ladder where regency_code = '72.71'")
    assert (rung["articles"], rung["first_date"]) == (1, day)


def test_mentions_lie_within_their_sentence(db: Database) -> None:
    found = rows(
        db,
        """
        select mentions.text, substr(evidence.text, offset_start + 1, offset_end - offset_start) as seen
        from mentions
        join evidence on evidence.article_id = mentions.article_id and evidence.number = evidence_number
        """,
    )
    assert len(found) == 35
    assert all(row["text"] == row["seen"] for row in found)


def test_a_date_from_the_future_is_not_told(pantau: Path, tmp_path: Path) -> None:
    save_story(pantau, replace(PALU, path="/palu/besok", published="2025-01-19T18:45:00+08:00"))
    bake(pantau, tmp_path / "public.db")
    (article,) = read(tmp_path / "public.db", "select * from articles where url like '%/palu/besok'")
    assert (article["published_at"], article["published_date"], article["published_by"]) == (None, None, None)
    assert "2025-01-19" in article["date_reason"]
    (item,) = read(tmp_path / "public.db", "select * from review where item = ?", f"{article['id']}-date")
    assert (item["kind"], item["reason_id"]) == ("date", article["date_reason"])


def test_a_published_day_is_the_day_of_its_own_time_zone(pantau: Path, tmp_path: Path) -> None:
    save_story(pantau, replace(PALU, path="/palu/pagi", published="2024-11-19T00:30:00+08:00"))
    bake(pantau, tmp_path / "public.db")
    assert read(tmp_path / "public.db", "select published_date from articles where url like '%/palu/pagi'") == [
        {"published_date": "2024-11-19"}
    ]


def test_search_finds_title_and_lead_without_diacritics(db: Database) -> None:
    assert db.table("articles").detect_fts() == "articles_fts"
    titles = [row["title"] for row in db.table("articles").search("irigási")]
    assert titles == ["Tabanan Paparkan Irigasi Pintar di Evaluasi Kota Cerdas"]


def test_each_source_is_told_week_by_week_by_the_clocks_of_jakarta(db: Database) -> None:
    # Every night of four weeks up to Saturday, 23 November 2024; refused in the last five.
    told = rows(db, "select monday, runs, answered_runs, new from source_weeks where source = 'suara_mentaya'")
    assert told[-2:] == [
        {"monday": "2024-11-11", "runs": 7, "answered_runs": 7, "new": 28},
        {"monday": "2024-11-18", "runs": 6, "answered_runs": 1, "new": 4},
    ]
    assert sum(week["runs"] for week in told) == 28


def test_a_month_says_whose_sources_were_read(db: Database) -> None:
    told = rows(db, "select * from monthly_reading where month = '2024-11' and province_code in ('11', '64')")
    assert [(row["sources"], row["read_sources"], row["national_read_sources"]) for row in told] == [
        (0, 0, 3),
        (2, 2, 3),
    ]
    assert rows(db, "select count(*) as n from monthly_reading where month = '2024-11'") == [{"n": 38}]


def test_a_regency_says_from_where_it_can_be_known(db: Database) -> None:
    told = rows(
        db,
        "select regency_code, watched_by, own_sources, own_read_sources, province_read_sources from regency_coverage "
        "where regency_code in ('11.01', '64.01', '64.02')",
    )
    assert [tuple(row.values()) for row in told] == [
        ("11.01", "nation", 0, 0, 0),
        ("64.01", "own", 1, 1, 1),
        ("64.02", "province", 0, 0, 1),
    ]


def test_a_source_says_about_whom_it_writes(db: Database) -> None:
    told = rows(db, "select regency_code, articles from source_subjects where source = 'lensa_teluk'")
    assert told == [{"regency_code": code, "articles": 1} for code in ("19.03", "19.71", "72.71")]
    assert rows(db, "select regencies from source_reporting where source = 'lensa_teluk'") == [{"regencies": 3}]


def test_what_waits_is_counted_by_kind(db: Database) -> None:
    counted = rows(
        db, "select kind, min(priority) as priority, count(*) as waiting from review group by kind order by kind"
    )
    assert rows(db, "select kind, priority, waiting from review_kinds order by kind") == counted
    assert len(counted) > 2


def test_a_source_tells_how_much_and_how_lately_it_spoke(db: Database) -> None:
    assert rows(db, "select articles, last_published_date from sources where name = 'suara_mentaya'") == [
        {"articles": 2, "last_published_date": "2024-11-18"}
    ]
    assert rows(db, "select articles, last_published_date from sources where name = 'ingest'") == [
        {"articles": 0, "last_published_date": None}
    ]


@pytest.mark.parametrize(
    ("code", "short_name", "cohort_year"),
    [
        ("19.03", "Bangka Selatan", 2022),
        ("72.71", "Kota Palu", None),
        ("31.01", "Kepulauan Seribu", None),
        ("31.71", "Kota Jakarta Pusat", None),
        ("75.03", "Bone Bolango", None),
    ],
)
def test_a_regency_has_a_short_name_and_its_first_year(
    db: Database, code: str, short_name: str, cohort_year: int | None
) -> None:
    regency = db.table("regencies").get(code)
    assert (regency["short_name"], regency["cohort_year"]) == (short_name, cohort_year)


def test_ids_and_rows_are_the_same_after_a_rebuild(pantau: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "1.db", tmp_path / "2.db"
    bake(pantau, first)
    bake(pantau, second)
    assert read(first, "select * from events") == read(second, "select * from events")
    assert first.read_bytes() == second.read_bytes()


def test_letters_are_kept_over_bakes(pantau: Path, tmp_path: Path) -> None:
    public = tmp_path / "public.db"
    bake(pantau, public)
    db = open_db(pantau)
    save_digest(db, "2024-W47", "2024-11-18", "<p>Halo</p>", "Halo")
    db.close()
    for _ in range(2):
        bake(pantau, public)
        assert read(public, "select week, text from digests") == [{"week": "2024-W47", "text": "Halo"}]


def test_a_reader_keeps_the_old_file_until_it_opens_the_new_one(pantau: Path, tmp_path: Path) -> None:
    public = tmp_path / "public.db"
    bake(pantau, public)
    reader = open_read_only(public)
    save_story(pantau, replace(PALU, path="/palu/baru"))
    bake(pantau, public)
    assert reader.table("articles").count == 12
    assert read(public, "select count(*) as n from articles") == [{"n": 13}]
    reader.close()


def test_others_may_read_the_file_as_the_umask_says(pantau: Path, tmp_path: Path) -> None:
    public = tmp_path / "public.db"
    before = os.umask(0o022)
    try:
        bake(pantau, public)
    finally:
        os.umask(before)
    assert public.stat().st_mode & 0o777 == 0o644


def test_a_row_that_points_to_nothing_stops_the_bake(pantau: Path, tmp_path: Path) -> None:
    db = open_db(pantau)
    db.execute("pragma foreign_keys = off")
    db.execute("update officials set regency_code = '99.99'")
    db.close()
    with pytest.raises(BakeError, match=r"point to nothing.*regencies"):
        bake(pantau, tmp_path / "public.db")
    assert not (tmp_path / "public.db").exists()


def test_what_another_command_writes_after_resolving_is_resolved_too(
    pantau: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = event_id("19.03", "evaluasi-2", "2023-11-03")
    best = article_id(build_story_article(BASEL).canonical_url)

    def resolve_and_be_overtaken(db: Database, **options: Any) -> int:
        count = resolve(db, **options)
        other = open_db(pantau)
        with other.conn:
            other.execute("delete from extractions where article_id = ?", [best])
        other.close()
        return count

    monkeypatch.setattr("publish.bake.resolve", resolve_and_be_overtaken)
    bake(pantau, tmp_path / "public.db")
    sql = f"select articles, evidence_article_id = '{best}' as is_proved_by_it from events where id = '{event}'"
    assert read(tmp_path / "public.db", sql) == [{"articles": 1, "is_proved_by_it": 0}]


def test_there_must_be_something_to_bake(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="pantau crawl"):
        bake(tmp_path / "pantau.db", tmp_path / "public.db")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_bake_left_is_removed_and_what_a_running_one_writes_is_not(tmp_path: Path) -> None:
    pantau, public = build_example_db(tmp_path)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, running = (public.with_name(f".{public.name}.{pid}.new") for pid in (ended.pid, os.getppid()))
    for path in (left, running):
        path.write_bytes(b"half")
    bake(pantau, public)
    assert [path.exists() for path in (left, running)] == [False, True]


def test_a_report_of_the_month_joins_the_event_of_the_day(pantau: Path, tmp_path: Path) -> None:
    db = open_db(pantau)
    twice = """
        select event_id, regency_code, stage_code, start_date, max(article_id) as article_id from event_mentions
        join extractions using (article_id)
        where is_relevant = 1 and length(start_date) = 10 and regency_code is not null and confidence >= 0.5
        group by event_id having count(distinct article_id) > 1
    """
    told = rows(db, twice)[0]
    month = told["start_date"][:7]
    vague = event_id(told["regency_code"], told["stage_code"], month)
    db.execute(
        "update event_mentions set event_id = ?, start_date = ?, end_date = ? where event_id = ? and article_id = ?",
        [vague, month, month, told["event_id"], told["article_id"]],
    )
    db.close()
    public = tmp_path / "public.db"
    bake(pantau, public)
    assert read(public, "select * from merged_events") == [{"id": vague, "event_id": told["event_id"]}]
    assert read(public, f"select start_date from events where id in ('{vague}', '{told['event_id']}')") == [
        {"start_date": told["start_date"]}
    ]
    reports = f"select distinct start_date from stage_reports where event_id = '{told['event_id']}' order by 1"
    assert [row["start_date"] for row in read(public, reports)] == [month, told["start_date"]]


@pytest.mark.parametrize(("stage", "merged"), [("implementasi", 0), ("evaluasi-2", 1)])
def test_a_report_of_the_month_stays_apart_where_two_days_fit_of_a_step_taken_more_than_once(
    stage: str, merged: int, pantau: Path, tmp_path: Path
) -> None:
    db = open_db(pantau)
    reports = rows(
        db,
        "select min(article_id) as article_id, number from event_mentions"
        " join extractions using (article_id) where is_relevant = 1 group by article_id limit 3",
    )
    for day, report in zip(("2024-11-05", "2024-11-28", "2024-11"), reports, strict=True):
        db.execute("delete from event_mentions where article_id = ? and number <> ?", list(report.values()))
        db.execute(
            "update event_mentions set stage_code = ?, regency_code = '19.03', start_date = ?, end_date = ?,"
            " event_id = ?, date_reason = null, confidence = 0.9, status = 'held' where article_id = ? and number = ?",
            [stage, day, day, event_id("19.03", stage, day), *report.values()],
        )
    told = [report["article_id"] for report in reports]
    db.execute("delete from event_mentions where article_id not in (?, ?, ?)", told)
    db.close()
    bake(pantau, tmp_path / "public.db")
    assert len(read(tmp_path / "public.db", "select * from merged_events")) == merged


def test_an_edited_article_says_what_it_was_called_before_and_a_dead_address_since_when(db: Database) -> None:
    ((title, former, number, gone_at),) = db.execute(
        """
        select articles.title, article_versions.title, number, gone_at
        from article_versions join articles on articles.id = article_id
        """
    ).fetchall()
    assert (former, number) == (f"{title} Hari Ini", 1)
    assert gone_at is not None
    assert db.execute("select count(*) from articles where gone_at is not null").fetchone() == (1,)
