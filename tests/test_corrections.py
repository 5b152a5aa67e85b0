from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from build import (
    MODEL,
    PARSER,
    SOURCES,
    STORIES,
    Story,
    build_extraction,
    build_page,
    build_story_article,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from crawler.items import article_id
from db.connect import open_db
from db.extractions import event_id, save_extraction
from db.reference import load_reference
from db.reviewing.corrections import CorrectionError, add, decide, keep, renew, undo
from db.reviewing.facts import FactError, read_facts
from db.store import save_article, save_page, save_sources
from nlp.extraction import Extraction
from publish.bake import run_checks

ROOT = Path(__file__).parent.parent
BASEL, PALU = STORIES[0], STORIES[9]
BY, WHY = "Rahmi", "dibaca di beritanya"
NOON = datetime(2024, 11, 30, 5, tzinfo=UTC)
TABLES = (
    "extractions",
    "evidence",
    "mentions",
    "article_regencies",
    "officials",
    "event_mentions",
    "quotes",
    "figures",
)


@pytest.fixture(scope="module")
def empty() -> Database:
    """A private database with reference and sources, to be copied: the reference takes a second to load."""
    db = open_db(":memory:")
    load_reference(db)
    save_sources(db, SOURCES)
    return db


def copy(empty: Database) -> Database:
    db = Database(memory=True)
    empty.conn.backup(db.conn)
    db.execute("pragma foreign_keys = on")
    return db


@pytest.fixture
def db(empty: Database) -> Iterator[Database]:
    db = copy(empty)
    yield db
    db.close()


def key(story: Story) -> str:
    return article_id(build_story_article(story).canonical_url)


def save(db: Database, story: Story, model: str = MODEL, at: int = 0, **changes: Any) -> str:
    """Fetch, parse and extract a story; `changes` are of what the model reads in it."""
    article = build_story_article(story)
    page = build_page(article.url, story.source, NOON + timedelta(hours=at), article.text.encode())
    save_article(db, save_page(db, page), article, PARSER)
    save_extraction(db, replace(build_extraction(story, model), **changes), article)
    return key(story)


def edited(story: Story, old: str, new: str) -> Story:
    """The story with words changed in its text and in what a perfect reader finds there."""
    paragraphs = tuple(tuple(one.replace(old, new) for one in sentences) for sentences in story.paragraphs)
    assert paragraphs != story.paragraphs
    steps = tuple(replace(step, proof=step.proof.replace(old, new)) for step in story.steps)
    dates = tuple((words, value) for words, value in story.dates if any(words in " ".join(one) for one in paragraphs))
    people = tuple(person for person in story.people if any(person.written in " ".join(one) for one in paragraphs))
    return replace(story, paragraphs=paragraphs, steps=steps, dates=dates, people=people)


def fact(db: Database, article: str, kind: str, number: int = 0) -> str:
    return [one for one in read_facts(db, article) if one.kind == kind][number].id


def rows(db: Database, table: str, article: str) -> list[dict[str, Any]]:
    return list(db.query(f"select * from {table} where article_id = ? order by 1, 2", [article]))


def all_rows(db: Database, article: str) -> dict[str, list[dict[str, Any]]]:
    return {
        table: [
            {name: value for name, value in row.items() if name != "extracted_at"} for row in rows(db, table, article)
        ]
        for table in TABLES
    }


def states(db: Database) -> dict[int, str]:
    return {row["id"]: "undone" if row["undone_at"] else row["state"] for row in db.table("corrections").rows}


def dates(db: Database, article: str) -> list[str | None]:
    return [row["start_date"] for row in rows(db, "event_mentions", article)]


def correct_date(db: Database, day: str = "2023-11-04", article: str | None = None) -> int:
    """The correction that says that the first event of BASEL was on another day."""
    article = article or key(BASEL)
    return decide(db, article, fact(db, article, "event"), "correct", BY, WHY, {"start_date": day})


# Deciding


def test_a_corrected_fact_takes_the_place_of_what_the_model_said_and_keeps_it(db: Database) -> None:
    article = save(db, BASEL)
    before = all_rows(db, article)
    db.execute("delete from unresolved")
    number = correct_date(db)
    row = rows(db, "event_mentions", article)[0]
    assert (row["start_date"], row["end_date"]) == ("2023-11-04", "2023-11-04"), "a single day moves as one"
    assert row["event_id"] == event_id("19.03", "evaluasi-2", "2023-11-04")
    assert (row["confidence"], row["correction_id"]) == (1.0, number)
    assert row["evidence_number"] == before["event_mentions"][0]["evidence_number"]
    assert db.execute("select article_id from unresolved").fetchall() == [(article,)]
    (kept,) = db.table("corrections").rows
    assert json.loads(kept["original"])["start_date"] == "2023-11-03"
    assert json.loads(kept["corrected"]) == {"start_date": "2023-11-04", "end_date": "2023-11-04"}
    assert (kept["decided_by"], kept["reason"], kept["model"], kept["state"]) == (BY, WHY, MODEL, "applied")
    assert kept["sentence"].startswith("TOBOALI")
    undo(db, number, BY)
    assert all_rows(db, article) == before


def test_an_accepted_fact_is_sure_and_a_rejected_one_is_gone(db: Database) -> None:
    article = save(db, PALU)
    accepted = decide(db, article, fact(db, article, "official"), "accept", BY, WHY)
    rejected = decide(db, article, fact(db, article, "quote"), "reject", BY, WHY)
    assert [(row["confidence"], row["correction_id"]) for row in rows(db, "officials", article)] == [(1.0, accepted)]
    assert rows(db, "quotes", article) == []
    undo(db, rejected, BY)
    assert len(rows(db, "quotes", article)) == 1
    assert [row["confidence"] for row in rows(db, "officials", article)] == [1.0]


def test_a_fact_that_the_model_missed_is_added_with_its_sentence(db: Database) -> None:
    article = save(db, BASEL)
    sentence = "Sejak itu layanan aduan warga digabung menjadi satu nomor."
    values = {"stage_code": "implementasi", "regency_code": "19.03", "date_reason": "tidak disebut"}
    number = add(db, article, "event", values, sentence, BY, WHY)
    row = rows(db, "event_mentions", article)[-1]
    assert (row["stage_code"], row["number"], row["correction_id"]) == ("implementasi", 3, number)
    (proof,) = db.query("select * from evidence where article_id = ? and number = ?", [article, row["evidence_number"]])
    assert proof["text"] == sentence
    starts = [row["start"] for row in rows(db, "evidence", article)]
    assert starts == sorted(starts), "sentences stay numbered in the order of the text"
    for mention in db.query(
        """
        select mentions.start, evidence.start as first, evidence."end" as last
        from mentions join evidence on evidence.article_id = mentions.article_id and evidence.number = evidence_number
        """
    ):
        assert mention["first"] <= mention["start"] < mention["last"]
    assert run_checks(db) == []
    with pytest.raises(CorrectionError, match="is there already"):
        add(db, article, "event", values, sentence, BY, WHY)
    with pytest.raises(CorrectionError, match="does not say 'Kalimat"):
        add(db, article, "event", values, "Kalimat karangan sendiri.", BY, WHY)


def test_an_article_that_is_off_topic_after_all_is_told_so_until_that_is_undone(db: Database) -> None:
    article = save(db, PALU)
    number = decide(db, article, "article", "reject", BY, WHY)
    assert db.execute("select is_relevant from extractions").fetchone() == (0,)
    assert db.execute("select fate from urls").fetchone() == ("off-topic",)
    undo(db, number, BY)
    assert db.execute("select is_relevant from extractions").fetchone() == (1,)
    assert db.execute("select fate from urls").fetchone() == ("kept",)


def test_a_date_of_publication_is_corrected_and_survives_the_next_parse(db: Database) -> None:
    article = save(db, BASEL)
    number = decide(db, article, "date", "correct", BY, WHY, {"published_at": "2023-11-05"})
    held = "select published_at, published_by, date_correction_id from articles"
    assert db.execute(held).fetchone() == ("2023-11-05T00:00:00+07:00", "meta", number)
    assert db.execute("select model from extractions").fetchone() == ("",), "relative dates are to be read anew"
    save(db, BASEL, at=1)
    assert db.execute(held).fetchone() == ("2023-11-05T00:00:00+07:00", "meta", number)
    # Text and date changed: what the page says now is shown.
    save(db, replace(edited(BASEL, "dua jam", "tiga jam"), published="2023-11-06T08:00:00+07:00"), at=2)
    assert db.execute(held).fetchone() == ("2023-11-06T08:00:00+07:00", "meta", None)
    assert states(db) == {number: "reset"}
    undo(db, number, BY)
    assert db.execute(held).fetchone() == ("2023-11-06T08:00:00+07:00", "meta", None)


def test_a_date_that_the_page_says_wrongly_can_be_taken_away(db: Database) -> None:
    article = save(db, BASEL)
    number = decide(db, article, "date", "reject", BY, WHY)
    assert db.execute("select published_at, published_by from articles").fetchone() == (None, None)
    undo(db, number, BY)
    assert db.execute("select published_at from articles").fetchone() == ("2023-11-04T08:15:00+07:00",)


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        ("event", {"stage_code": "bimtek-9"}, r"stage_code: .*'bimtek-4'.*seen: 'bimtek-9'"),
        ("event", {"regency_code": "19.99"}, "no such kabupaten or kota: '19.99'.*regencies.csv"),
        ("event", {"start_date": "3 November 2023"}, "no day, month or year: '3 November 2023'; one reads 2023-11-03"),
        ("event", {"start_date": "2023-02-30"}, "no day, month or year"),
        ("event", {"start_date": ""}, "date_reason says why"),
        ("event", {"end_date": "2023-11-01"}, "is before start_date"),
        ("event", {"mode": "zoom"}, r"mode: .*'daring'.*seen: 'zoom'"),
        ("event", {"tanggal": "2023"}, "event has no field 'tanggal'; it has stage_code"),
        ("event", {}, "nothing to correct"),
        ("official", {"acting": "Plt"}, r"acting: .*'Plt\.'"),
        ("official", {"name": " "}, "name: "),
        ("quote", {"text": "Semua beres"}, "the text does not say 'Semua beres'"),
        ("regency", {"role": "utama"}, "role: "),
        ("article", {"is_relevant": "mungkin"}, "is_relevant: "),
        ("date", {"published_at": "kemarin"}, "no day nor instant: 'kemarin'"),
        ("date", {"published_at": "2023-11-03T08:00"}, "has no offset"),
    ],
)
def test_what_a_fact_cannot_say_is_refused_and_nothing_is_changed(
    db: Database, kind: str, changes: dict[str, str], message: str
) -> None:
    article = save(db, BASEL)
    before = all_rows(db, article)
    which = kind if kind in ("article", "date") else fact(db, article, kind)
    with pytest.raises((FactError, CorrectionError), match=message):
        decide(db, article, which, "correct", BY, WHY, changes)
    assert all_rows(db, article) == before
    assert db.table("corrections").count == 0


def test_a_fact_is_decided_about_only_where_it_is(db: Database) -> None:
    article = save(db, BASEL)
    which = fact(db, article, "event")
    with pytest.raises(CorrectionError, match="no article 'tak-ada'"):
        decide(db, "tak-ada", which, "accept", BY, WHY)
    number = decide(db, article, which, "reject", BY, WHY)
    with pytest.raises(CorrectionError, match=rf"decided already: reject by Rahmi .*undo {number}"):
        decide(db, article, which, "accept", BY, WHY)
    undo(db, number, BY)
    with pytest.raises(CorrectionError, match="was undone by Rahmi"):
        undo(db, number, BY)
    with pytest.raises(CorrectionError, match="no correction 99"):
        undo(db, 99, BY)


def test_a_later_decision_stands_in_place_of_the_former_until_it_is_undone(db: Database) -> None:
    article = save(db, BASEL)
    first = correct_date(db, "2023-11-04")
    second = correct_date(db, "2023-11-05")
    assert dates(db, article)[0] == "2023-11-05"
    assert states(db) == {first: "superseded", second: "applied"}
    assert [json.loads(row["original"])["start_date"] for row in db.table("corrections").rows] == ["2023-11-03"] * 2
    undo(db, second, BY)
    assert dates(db, article)[0] == "2023-11-04"
    undo(db, first, BY)
    assert dates(db, article)[0] == "2023-11-03"


def test_what_was_decided_is_not_changed_nor_deleted(db: Database) -> None:
    save(db, BASEL)
    number = correct_date(db)
    for sql in (
        "update corrections set corrected = '{}'",
        "update corrections set decided_by = 'lain'",
        "update corrections set original = null",
        "delete from corrections",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            db.execute(sql)
    undo(db, number, BY)
    with pytest.raises(sqlite3.IntegrityError, match="once"):
        db.execute("update corrections set undone_at = null, undone_by = null")


# Living through what changes


def wrong_date(extraction: Extraction, day: str) -> dict[str, Any]:
    """The extraction with another day of its first event, as another model might read it."""
    return {"events": (replace(extraction.events[0], start_date=day, end_date=day), *extraction.events[1:])}


def test_a_decision_stays_when_the_same_text_is_read_again(db: Database) -> None:
    article = save(db, BASEL)
    number = correct_date(db)
    before = all_rows(db, article)
    save(db, BASEL, "model-lain")
    after = all_rows(db, article)
    assert after["extractions"][0].pop("model") == "model-lain"
    before["extractions"][0].pop("model")
    assert after == before
    assert states(db) == {number: "applied"}


def test_a_decision_stays_when_only_the_model_reads_otherwise(db: Database) -> None:
    article = save(db, BASEL)
    number = correct_date(db)
    save(db, BASEL, "model-lain", **wrong_date(build_extraction(BASEL), "2023-11-30"))
    assert dates(db, article) == ["2023-11-04", "2023-06-12"], "and what the model says now does not stand beside it"
    assert states(db) == {number: "applied"}
    undo(db, number, BY)
    assert dates(db, article) == ["2023-11-30", "2023-06-12"], "what the present model says"


def test_a_decision_stays_when_the_model_does_not_see_the_fact_any_more(db: Database) -> None:
    article = save(db, BASEL)
    number = correct_date(db)
    save(db, BASEL, "model-lain", events=build_extraction(BASEL).events[1:])
    assert sorted(dates(db, article), key=str) == ["2023-06-12", "2023-11-04"]
    assert states(db) == {number: "applied"}
    assert run_checks(db) == []


def test_a_decision_stays_when_only_the_text_changed(db: Database) -> None:
    article = save(db, BASEL)
    number = correct_date(db)
    save(db, edited(BASEL, "dari Ruang Komando Junjung Besaoh, Jumat (3/11/2023)", "pada Jumat malam"), at=1)
    assert dates(db, article) == ["2023-11-04", "2023-06-12"]
    assert states(db) == {number: "applied"}
    assert run_checks(db) == []


def test_a_sentence_that_moved_or_was_mended_takes_its_decision_along(db: Database) -> None:
    article = save(db, BASEL)
    number = correct_date(db)
    moved = replace(BASEL, paragraphs=(*BASEL.paragraphs[1:], BASEL.paragraphs[0]))
    moved = edited(moved, "mengikuti evaluasi tahap II program", "mengikuti evaluasi tahap II dari program")
    save(db, moved, "model-lain", at=1, **wrong_date(build_extraction(moved), "2023-11-30"))
    assert dates(db, article) == ["2023-11-04", "2023-06-12"]
    assert states(db) == {number: "applied"}


def test_a_decision_is_reset_when_both_changed_and_can_be_taken_anew(db: Database) -> None:
    article = save(db, BASEL)
    number = correct_date(db)
    story = edited(BASEL, "Jumat (3/11/2023)", "Senin (6/11/2023)")
    save(db, story, at=1, **wrong_date(build_extraction(story), "2023-11-06"))
    assert dates(db, article) == ["2023-11-06", "2023-06-12"], "what the page says now"
    (kept,) = db.table("corrections").rows
    assert (kept["state"], json.loads(kept["present"])["start_date"]) == ("reset", "2023-11-06")
    assert "both" not in kept["state_reason"]
    assert "its sentence and the model's reading changed" in kept["state_reason"]
    again = renew(db, number, "Sari", "tetap tanggal 4 menurut panitia")
    assert dates(db, article) == ["2023-11-04", "2023-06-12"]
    assert states(db) == {number: "superseded", again: "applied"}
    undo(db, again, BY)
    assert states(db) == {number: "reset", again: "undone"}


def test_a_reset_decision_is_applied_again_when_the_page_says_the_same_again(db: Database) -> None:
    article = save(db, BASEL)
    number = correct_date(db)
    story = edited(BASEL, "Jumat (3/11/2023)", "Senin (6/11/2023)")
    save(db, story, at=1, **wrong_date(build_extraction(story), "2023-11-06"))
    save(db, BASEL, at=2)
    assert dates(db, article) == ["2023-11-04", "2023-06-12"]
    assert states(db) == {number: "applied"}


def test_a_decision_on_a_fact_that_is_gone_is_kept_and_told(db: Database) -> None:
    article = save(db, BASEL)
    number = decide(db, article, fact(db, article, "official"), "accept", BY, WHY)
    rest = replace(BASEL, paragraphs=(BASEL.paragraphs[0], BASEL.paragraphs[2]), people=(), speakers=())
    save(db, rest, at=1)
    assert rows(db, "officials", article) == []
    assert states(db) == {number: "orphan"}
    save(db, BASEL, at=2)
    assert states(db) == {number: "applied"}


def test_decisions_outlast_their_article_and_hold_when_it_is_back(db: Database) -> None:
    article = save(db, BASEL)
    number = correct_date(db)
    db.execute("delete from articles")
    assert [(row["state"], row["state_reason"]) for row in db.table("corrections").rows] == [
        ("orphan", "beritanya tidak ada lagi / its article is gone")
    ]
    save(db, BASEL)
    assert dates(db, article)[0] == "2023-11-04"
    assert states(db) == {number: "applied"}


def test_decisions_on_facts_of_an_article_off_topic_wait(db: Database) -> None:
    article = save(db, BASEL)
    number = correct_date(db)
    save(db, BASEL, "model-lain", is_relevant=False, relevance=0.1)
    assert states(db) == {number: "orphan"}
    other = decide(db, article, "article", "correct", BY, WHY, {"is_relevant": "ya"})
    assert states(db) == {number: "applied", other: "applied"}
    assert dates(db, article)[0] == "2023-11-04"


def test_a_rejected_fact_stays_away_and_another_reading_of_its_sentence_does_not(db: Database) -> None:
    article = save(db, BASEL)
    number = decide(db, article, fact(db, article, "event"), "reject", BY, WHY)
    save(db, BASEL, "model-lain")
    assert dates(db, article) == ["2023-06-12"]
    save(db, BASEL, "model-baru", **wrong_date(build_extraction(BASEL), "2023-11-30"))
    assert dates(db, article) == ["2023-11-30", "2023-06-12"], "nobody has judged that one"
    assert states(db) == {number: "applied"}


def test_every_kind_of_fact_lives_through_a_new_model_and_an_edit(db: Database) -> None:
    story = STORIES[2]
    article = save(db, story)
    kinds = ("event", "official", "quote", "figure", "regency")
    numbers = {kind: decide(db, article, fact(db, article, kind), "accept", BY, WHY) for kind in kinds}
    marks = {
        row["correction_id"]
        for table in ("event_mentions", "officials", "quotes", "figures", "article_regencies")
        for row in rows(db, table, article)
    }
    assert marks == set(numbers.values())
    save(db, story, "model-lain", regencies=(), officials=(), events=(), quotes=(), figures=())
    assert set(states(db).values()) == {"applied"}
    assert run_checks(db) == []
    texts = [row["text"] for row in rows(db, "quotes", article)]
    assert texts == ["Sensor di hulu membuat pembagian air subak tidak lagi ditebak"]
    quoted = replace(story, paragraphs=(("Berita diperbarui.",), *story.paragraphs))
    save(db, quoted, "model-lain", at=1, regencies=(), officials=(), events=(), quotes=(), figures=())
    assert set(states(db).values()) == {"applied"}
    assert run_checks(db) == []


# Facts that an edit took away


def test_a_fact_whose_sentence_an_edit_took_away_is_stale_until_it_is_back(db: Database) -> None:
    article = save(db, BASEL)
    rest = replace(BASEL, paragraphs=(BASEL.paragraphs[0], BASEL.paragraphs[2]), people=(), speakers=(), pillars=())
    save(db, rest, "model-lain", at=1)
    stale = {row["kind"]: row for row in db.table("stale_facts").rows}
    assert set(stale) == {"official", "quote"}
    assert stale["official"]["sentence"].startswith("Plt. Kepala Dinas")
    assert stale["official"]["model"] == MODEL
    (version,) = rows(db, "article_versions", article)
    assert stale["official"]["page_digest"] == version["digest"]
    assert version["text"][stale["official"]["start"] : stale["official"]["end"]] == stale["official"]["sentence"]
    save(db, BASEL, at=2)
    assert db.table("stale_facts").count == 0
    assert db.table("former_facts").count == 0


def test_a_model_that_changes_its_mind_makes_nothing_stale_and_is_counted(db: Database) -> None:
    save(db, BASEL)
    save(db, BASEL, "model-lain", officials=(), **wrong_date(build_extraction(BASEL), "2023-11-30"))
    mended = edited(BASEL, "hampir dua jam", "hampir dua jam penuh")
    save(db, mended, "model-lain", at=1, quotes=(), officials=(), **wrong_date(build_extraction(mended), "2023-11-30"))
    assert db.table("stale_facts").count == 0
    counted = {(row["model"], row["kind"]): row["facts"] for row in db.table("dropped_facts").rows}
    assert counted == {("model-lain", "official"): 1, ("model-lain", "event"): 1, ("model-lain", "quote"): 1}


def test_another_parser_that_reads_less_makes_nothing_stale(db: Database) -> None:
    save(db, BASEL)
    rest = replace(BASEL, paragraphs=(BASEL.paragraphs[0], BASEL.paragraphs[2]), people=(), speakers=())
    article = build_story_article(rest)
    save_article(db, db.execute("select id from pages").fetchone()[0], article, "parser-lain")
    save_extraction(db, build_extraction(rest), article)
    assert db.table("stale_facts").count == 0
    assert db.execute("select sum(facts) from dropped_facts").fetchone() == (2,)


def test_a_stale_fact_that_is_kept_stands_again_with_the_former_sentence(db: Database, tmp_path: Path) -> None:
    article = save(db, BASEL)
    rest = replace(BASEL, paragraphs=(BASEL.paragraphs[0], BASEL.paragraphs[2]), people=(), speakers=())
    save(db, rest, at=1)
    stale = next(row for row in db.table("stale_facts").rows if row["kind"] == "official")
    number = keep(db, stale, BY, WHY)
    (row,) = rows(db, "officials", article)
    assert (row["name"], row["correction_id"]) == ("Marwan Tanjung", number)
    proof = rows(db, "evidence", article)[-1]
    assert (proof["is_former"], proof["text"]) == (1, stale["sentence"])
    assert run_checks(db) == []
    save(db, rest, "model-lain", at=2)
    assert [row["name"] for row in rows(db, "officials", article)] == ["Marwan Tanjung"]
    assert states(db) == {number: "applied"}


# Any order of things


READINGS: tuple[dict[str, Any], ...] = (
    {},
    wrong_date(build_extraction(BASEL), "2023-11-30"),
    {"events": build_extraction(BASEL).events[1:]},
    {"officials": (), "quotes": ()},
    {"events": (), "officials": (), "quotes": (), "regencies": ()},
)
TEXTS = (
    BASEL,
    edited(BASEL, "hampir dua jam", "hampir dua jam penuh"),
    replace(BASEL, paragraphs=(BASEL.paragraphs[1], BASEL.paragraphs[0], BASEL.paragraphs[2])),
)
DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("decide"), st.integers(0, 9), st.sampled_from(("accept", "correct", "reject"))),
        st.tuples(st.just("undo"), st.integers(0, 9), st.none()),
        st.tuples(st.just("read"), st.integers(0, len(READINGS) - 1), st.none()),
        st.tuples(st.just("edit"), st.integers(0, len(TEXTS) - 1), st.none()),
    ),
    max_size=10,
)
CHANGES = {
    "event": {"venue": "Aula Bappeda", "start_date": "2023-11-04"},
    "official": {"position": "Sekretaris Dinas"},
    "quote": {"speaker_name": "Marwan"},
    "figure": {"unit": "dinas"},
    "regency": {"role": "mention"},
}


def do(db: Database, deed: str, number: int, how: str | None, held: dict[str, Any]) -> None:
    """One deed of a sequence; one that is refused changes nothing."""
    article = key(BASEL)
    if deed == "decide":
        facts = read_facts(db, article)
        if facts:
            one = facts[number % len(facts)]
            changes = CHANGES[one.kind] if how == "correct" else None
            try:
                decide(db, article, one.id, how, BY, WHY, changes)  # type: ignore[arg-type]
            except (CorrectionError, FactError):
                return
    elif deed == "undo":
        live = [row["id"] for row in db.table("corrections").rows if row["undone_at"] is None]
        if live:
            undo(db, live[number % len(live)], BY)
    else:
        held[deed] = number
        held["at"] += deed == "edit"
        save_held(db, held)


def save_held(db: Database, held: dict[str, Any]) -> None:
    story = TEXTS[held["edit"]]
    reading = READINGS[held["read"]]
    # What another model reads is told in the offsets of the text that it reads.
    kept = build_extraction(story)
    changes = {name: tuple(_same(getattr(kept, name), one) for one in told) for name, told in reading.items()}
    save(db, story, f"model-{held['read']}", at=held["at"], **changes)


def _same(found: tuple[Any, ...], one: Any) -> Any:
    """A finding of the first text, where it stands in another."""
    place = next((other for other in found if getattr(other, "stage", None) == getattr(one, "stage", None)), None)
    return replace(one, start=place.start, end=place.end) if place and hasattr(one, "start") else one


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_what_stands_is_the_last_decision_not_undone_and_the_original_comes_back(empty: Database, deeds: Any) -> None:
    db, fresh = copy(empty), copy(empty)
    held = {"edit": 0, "read": 0, "at": 0}
    save_held(db, held)
    for deed, number, how in deeds:
        before = {row["id"]: (row["original"], row["corrected"]) for row in db.table("corrections").rows}
        do(db, deed, number, how, held)
        kept = {row["id"]: row for row in db.table("corrections").rows}
        assert all((kept[id]["original"], kept[id]["corrected"]) == told for id, told in before.items())
        check_applied(db, kept.values())
    for row in list(db.table("corrections").rows):
        if row["undone_at"] is None:
            undo(db, row["id"], BY)
    save_held(fresh, held)
    assert all_rows(db, key(BASEL)) == all_rows(fresh, key(BASEL))
    assert db.table("uncorrected").count == 0
    db.close()
    fresh.close()


def check_applied(db: Database, corrections: Any) -> None:
    """Of each fact the last decision that is not undone holds, and what it says stands in one row; others in none."""
    last = {row["fact"]: row["id"] for row in corrections if row["undone_at"] is None}
    present = {fact.correction_id: fact.said for fact in read_facts(db, key(BASEL)) if fact.correction_id}
    for row in corrections:
        is_last = last.get(row["fact"]) == row["id"] and row["undone_at"] is None
        assert (row["state"] == "superseded") == (not is_last) or row["undone_at"]
        if row["id"] in present:
            assert is_last
            assert row["state"] == "applied"
            said = {**json.loads(row["original"] or "{}"), **json.loads(row["corrected"] or "{}")}
            assert present[row["id"]] == said
        elif is_last and row["state"] == "applied":
            assert row["decision"] == "reject"


# Several at once, and killed


DECIDE = """
import sys
from db.connect import open_db
from db.reviewing.corrections import decide
path, article, fact, by, statements = sys.argv[1:]
db = open_db(path)
left = iter(range(int(statements)))
if int(statements):
    import os, signal
    db.conn.set_trace_callback(
        lambda sql: None if next(left, None) is not None else os.kill(os.getpid(), signal.SIGKILL)
    )
print("ready", flush=True)
print(decide(db, article, fact, "accept", by, "dibaca"))
"""


def decider(path: Path, article: str, fact: str, by: str, statements: int = 0) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", DECIDE, str(path), article, fact, by, str(statements)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)


@pytest.fixture
def pantau(empty: Database, tmp_path: Path) -> Path:
    path = tmp_path / "pantau.db"
    db = open_db(path)
    empty.conn.backup(db.conn)
    save(db, BASEL)
    db.close()
    return path


def test_two_who_decide_at_once_wait_for_each_other_and_none_is_lost(pantau: Path) -> None:
    db = open_db(pantau)
    article = key(BASEL)
    facts = [fact(db, article, "event"), fact(db, article, "official")]
    db.execute("begin immediate")
    both = [decider(pantau, article, one, by) for one, by in zip(facts, ("Rahmi", "Sari"), strict=True)]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    db.execute("insert or ignore into unresolved values ('sementara')")
    db.commit()
    assert [process.wait(60) for process in both] == [0, 0]
    assert sorted(row["decided_by"] for row in db.table("corrections").rows) == ["Rahmi", "Sari"]
    assert set(states(db).values()) == {"applied"}
    sure = [one for one in read_facts(db, article) if one.correction_id]
    assert {one.kind for one in sure} == {"event", "official"}
    assert db.execute("select 1 from unresolved where article_id = 'sementara'").fetchone()
    db.close()
    for process in both:
        process.communicate()


def test_of_two_who_decide_about_one_fact_the_second_is_told(pantau: Path) -> None:
    db = open_db(pantau)
    article = key(BASEL)
    one = fact(db, article, "event")
    both = [decider(pantau, article, one, by) for by in ("Rahmi", "Sari")]
    said = [process.communicate(timeout=60) for process in both]
    assert sorted(process.returncode for process in both) == [0, 1]
    assert sum("decided already: accept by" in error for _, error in said) == 1
    assert db.table("corrections").count == 1
    db.close()


@pytest.mark.parametrize("statements", [4, 9, 16, 25])
def test_a_decision_that_is_killed_is_taken_whole_or_not_at_all(pantau: Path, statements: int) -> None:
    db = open_db(pantau)
    article = key(BASEL)
    before = all_rows(db, article)
    one = fact(db, article, "event")
    process = decider(pantau, article, one, BY, statements)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert all_rows(db, article) == before
    assert db.table("corrections").count == db.table("uncorrected").count == 0
    decide(db, article, one, "accept", BY, WHY)
    assert set(states(db).values()) == {"applied"}
    db.close()
