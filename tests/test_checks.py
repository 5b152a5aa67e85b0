from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from build import fill_example_db
from sqlite_utils import Database

from db.connect import open_db
from publish.bake import BakeError, bake, run_checks

CHECKS = Path(__file__).parent.parent / "db" / "checks"

# What makes each check find something, and nothing but that check.
WRONG = {
    "mention_is_not_at_its_place": """update mentions set start = start + 1, "end" = "end" + 1 where number = 1""",
    "evidence_is_not_in_the_text": "update evidence set text = text || '!' where number = 1",
    "quote_is_not_in_the_text": "update quotes set text = 'Semua sudah beres.'",
    "figure_is_not_at_its_place": "update figures set about = 'Rapat dihadiri'",
    "official_is_not_in_the_text": 'update officials set "end" = 99999 where number = 1',
    "event_is_not_in_the_text": 'update event_mentions set "end" = start where number = 1',
    "event_stage_is_unknown": "update event_mentions set stage_code = 'bimtek-5' where number = 1",
    "event_date_is_no_date": "update event_mentions set start_date = '2023-02-30', end_date = null where number = 1",
    "event_ends_before_it_starts": "update event_mentions set start_date = '2023-11-03', end_date = '2023-10'",
    "article_is_from_the_future": "update pages set fetched_at = '2020-01-01T00:00:00+00:00'",
    "kept_url_has_no_page": "update urls set fate = 'kept' where fate = 'gone'",
}

# The same of the checks on public.db.
WRONG_PUBLISHED = {
    "evidence_is_another_sentence": "update figures set evidence = 'Kalimat lain.' where number = 1",
    "event_is_not_reported_where_it_says": """
        update events set (evidence_number, evidence) = (
            select number, text from evidence
            where article_id = evidence_article_id and number <> evidence_number order by number limit 1
        )
        where regency_code = '19.03' and stage_code = 'evaluasi-2'
    """,
    "event_is_miscounted": "update events set articles = articles + 1 where regency_code = '51.02'",
    "event_date_is_told_by_no_article": "update events set start_date = '2024-11-21' where start_date = '2024-11-20'",
    "report_is_of_another_event": """
        update stage_reports set regency_code = '64.01' where regency_code = '51.02' and event_id is not null
    """,
    "fact_not_sure_is_told_as_event": """
        update articles set is_relevant = null where id = (select evidence_article_id from events limit 1)
    """,
    "ladder_step_is_not_held": """
        update regency_ladder set event_id = (select id from events where regency_code <> '72.71' limit 1)
        where regency_code = '72.71'
    """,
    "ladder_lacks_a_step": "delete from regency_ladder where regency_code = '72.71'",
    "story_is_told_by_a_later_article": "update stories set outlets = outlets + 1 where is_release = 1",
    "conflict_is_of_one_voice": "update events set conflicts = 1 where regency_code = '72.71'",
    "correction_leads_nowhere": """
        insert into corrections
        (id, article_id, kind, decision, is_former, model, decided_by, decided_at, reason, state)
        select 1, id, 'event', 'reject', 0, model, 'Rina', '2024-11-23T01:00:00+00:00', 'salah baca', 'orphan'
        from articles limit 1
    """,
    "former_event_leads_nowhere": "insert into merged_events values ('0123456789ab', 'ba9876543210')",
    "publication_is_in_the_future": "update articles set fetched_at = '2020-01-01T00:00:00+00:00' where rowid = 1",
    "date_is_missing_without_a_reason": "update events set start_date = null, date_reason = null where rowid = 1",
    "regencies_are_not_all_there": "delete from regencies where code = '96.71'",
    "person_has_no_name": "update officials set name = ' ' where number = 1",
    "confidence_is_no_share": "update quotes set confidence = 90 where number = 1",
}


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("contoh") / "pantau.db"
    fill_example_db(path)
    db = open_db(path)
    db.execute("delete from extractions where is_relevant is null")
    db.close()
    return path


@pytest.fixture
def db(example: Path) -> Iterator[Database]:
    db = open_db(":memory:")
    with Database(example) as whole:
        whole.conn.backup(db.conn)
    yield db
    db.close()


def test_good_data_passes_every_check(db: Database) -> None:
    assert run_checks(db) == []


@pytest.mark.parametrize("name", sorted(path.stem for path in CHECKS.glob("*.sql")))
def test_a_check_finds_what_is_wrong_and_nothing_else(db: Database, name: str) -> None:
    db.execute("pragma foreign_keys = off")
    db.executescript(WRONG[name])
    failures = run_checks(db)
    assert [failure.check for failure in failures] == [name]
    assert failures[0].rows
    assert f"(db/checks/{name}.sql)" in str(failures[0])


@pytest.fixture(scope="module")
def baked(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("terbit")
    bake(copy(example, folder), folder / "public.db")
    return folder / "public.db"


@pytest.fixture
def public(baked: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "public.db"
    path.write_bytes(baked.read_bytes())
    db = Database(path)
    yield db
    db.close()


@pytest.mark.parametrize("name", sorted(path.stem for path in (CHECKS / "public").glob("*.sql")))
def test_a_check_of_what_is_published_finds_what_is_wrong_and_nothing_else(public: Database, name: str) -> None:
    assert run_checks(public, "checks/public") == []
    public.executescript(WRONG_PUBLISHED[name])
    failures = run_checks(public, "checks/public")
    assert [failure.check for failure in failures] == [name]
    assert f"(db/checks/public/{name}.sql)" in str(failures[0])


def test_wrong_content_is_not_shown_to_readers(example: Path, tmp_path: Path) -> None:
    pantau, public = copy(example, tmp_path), tmp_path / "public.db"
    bake(pantau, public)
    before = public.read_bytes()
    db = open_db(pantau)
    # Wrong only in what is made of it: no check of the private database sees it.
    db.execute("pragma foreign_keys = off")
    db.execute("delete from regency_aliases where regency_code = '96.71'")
    db.execute("delete from regencies where code = '96.71'")
    db.close()
    with pytest.raises(BakeError, match=r"not 514.*: 1 rows \(db/checks/public/regencies_are_not_all_there.sql\)"):
        bake(pantau, public)
    assert public.read_bytes() == before
    assert len(list((tmp_path / "releases").iterdir())) == 1
    db = open_db(pantau)
    assert db.execute("select count(*) from releases").fetchone() == (1,), "what was not shown is no release"
    db.close()


@pytest.mark.parametrize("date", ["2023-13", "23-11-03", "2023-11-3", "November 2023", "", "2023-11-03T08:00"])
def test_what_is_no_day_month_or_year_is_no_date(db: Database, date: str) -> None:
    db.execute("update event_mentions set start_date = ?, end_date = null", [date])
    assert "event_date_is_no_date" in [failure.check for failure in run_checks(db)]


@pytest.mark.parametrize(("start", "end"), [("2022", "2022"), ("2023-06", "2023-06-30"), ("2024-02-29", None)])
def test_a_day_a_month_or_a_year_is_a_date(db: Database, start: str, end: str | None) -> None:
    db.execute("update event_mentions set start_date = ?, end_date = ?", [start, end])
    assert run_checks(db) == []


def test_an_event_without_a_date_says_why(db: Database) -> None:
    db.execute("update event_mentions set start_date = null, end_date = null, date_reason = null where number = 2")
    assert {row["wrong"] for row in run_checks(db)[0].rows} == {"no date and no reason"}


def test_a_fatal_check_stops_the_bake_and_names_its_rows(example: Path, tmp_path: Path) -> None:
    pantau, public = copy(example, tmp_path), tmp_path / "public.db"
    bake(pantau, public)
    before = public.read_bytes()
    db = open_db(pantau)
    db.execute("update quotes set text = 'Semua sudah beres.'")
    db.close()
    with pytest.raises(
        BakeError, match=r"stand word for word.*: 6 rows \(db/checks/quote_is_not_in_the_text.sql\)"
    ) as error:
        bake(pantau, public)
    assert "Semua sudah beres." in str(error.value)
    assert public.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pantau.db", "public.db", "releases"]


def test_a_warning_is_said_and_does_not_stop_the_bake(
    example: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pantau, public = copy(example, tmp_path), tmp_path / "public.db"
    db = open_db(pantau)
    db.execute("update pages set fetched_at = '2020-01-01T00:00:00+00:00'")
    db.close()
    assert bake(pantau, public)["articles"] == 11
    assert "article_is_from_the_future" in caplog.text


def copy(example: Path, folder: Path) -> Path:
    path = folder / "pantau.db"
    path.write_bytes(example.read_bytes())
    return path
