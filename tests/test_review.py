"""The queue of review and its command, as a person at a terminal has them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from build import STORIES, Story, build_extraction, fill_example_db
from click.testing import CliRunner, Result
from sqlite_utils import Database
from test_corrections import BASEL, BY, WHY, correct_date, edited, fact, key, save, wrong_date

from db.connect import open_db, open_read_only
from db.resolve import resolve
from db.reviewing.corrections import CorrectionError, decide, undo
from db.reviewing.facts import read_facts
from db.reviewing.queue import KINDS, count_review, review_items, settle
from db.reviewing.queue import undo as undo_item
from nlp.measure.cases import load_cases
from nlp.training.classifiers import read_plain
from pantau import main
from publish.bake import bake

PALU = STORIES[9]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("contoh") / "pantau.db"
    fill_example_db(path)
    return path


@pytest.fixture
def pantau(example: Path, tmp_path: Path) -> Path:
    path = tmp_path / "pantau.db"
    path.write_bytes(example.read_bytes())
    return path


@pytest.fixture
def db(pantau: Path) -> Iterator[Database]:
    db = open_db(pantau)
    yield db
    db.close()


def waiting(db: Database, kind: str | None = None) -> list[str]:
    return [item.id for item in review_items(db, kind)]


def say(pantau: Path, *words: str, reviewer: str | None = BY) -> Result:
    """What `pantau review …` does."""
    runner = CliRunner(env={"PANTAU_REVIEWER": reviewer})
    return runner.invoke(main, ["--data", str(pantau.parent), "review", *words])


def lines(done: Result) -> list[list[str]]:
    assert done.exit_code == 0, done.output
    return [line.split("\t") for line in done.output.splitlines()]


# The queue


def test_the_queue_begins_with_what_is_wrong_for_readers(db: Database) -> None:
    kinds = [item.kind for item in review_items(db)]
    assert kinds == ["event", "date", "article", "event", "official", *["source"] * 5]
    priorities = [item.priority for item in review_items(db)]
    assert priorities == sorted(priorities)
    assert set(kinds) <= set(KINDS)


def test_an_item_has_the_same_id_whatever_stands_before_it(db: Database) -> None:
    before = {item.id: item.what for item in review_items(db)}
    save(db, replace(PALU, path="/palu/baru", steps=(replace(PALU.steps[0], confidence=0.3),)))
    after = {item.id: item.what for item in review_items(db)}
    assert before.items() <= after.items()
    assert len(after) > len(before)


def test_facts_of_articles_off_topic_do_not_wait(db: Database) -> None:
    article = key(PALU)
    assert any(item.article_id == article for item in review_items(db))
    decide(db, article, "article", "reject", BY, WHY)
    assert not any(item.article_id == article for item in review_items(db))


def test_a_regency_has_the_items_that_are_about_it(db: Database) -> None:
    assert {item.what for item in review_items(db, regency="64.01")} == {"Nota kesepahaman, 2021"}
    assert [item.kind for item in review_items(db, "official", "72.71")] == ["official"]
    assert list(review_items(db, regency="11.01")) == []


def test_what_was_dealt_with_leaves_the_queue_and_comes_back_when_it_changes(db: Database) -> None:
    (item,) = review_items(db, "official")
    settle(db, item.id, "skip", BY, WHY)
    assert waiting(db, "official") == []
    with pytest.raises(CorrectionError, match="looked at already by Rahmi"):
        settle(db, item.id, "skip", "Sari", WHY)
    save(db, PALU, "model-lain")
    assert waiting(db, "official") == [], "the same fact of another model"
    (person,) = PALU.people
    save(db, replace(PALU, people=(replace(person, position="Sekretaris Dinas"),)), "model-baru")
    assert len(waiting(db, "official")) == 1
    save(db, PALU)
    undo_item(db, item.id, BY)
    assert waiting(db, "official") == [item.id]
    with pytest.raises(CorrectionError, match="no item that was skipped"):
        undo_item(db, item.id, BY)


def test_a_decided_fact_leaves_the_queue_and_an_undone_one_is_back(db: Database) -> None:
    (item,) = review_items(db, "official")
    settle(db, item.id, "accept", BY, WHY)
    assert waiting(db, "official") == []
    with pytest.raises(CorrectionError, match="decided already: accept by Rahmi"):
        settle(db, item.id, "accept", "Sari", WHY)
    undo_item(db, "1", BY)
    assert waiting(db, "official") == [item.id]


def test_a_new_outlet_waits_until_somebody_looked_at_one_of_its_first_articles(db: Database) -> None:
    assert "source-lensa_teluk" in waiting(db, "source")
    settle(db, "source-lensa_teluk", "accept", BY, WHY)
    assert "source-lensa_teluk" not in waiting(db, "source")
    decide(db, key(BASEL), fact(db, key(BASEL), "event"), "accept", BY, WHY)
    assert "source-warta_selatan" not in waiting(db, "source")
    with pytest.raises(CorrectionError, match="is no fact"):
        settle(db, "source-kabar_lumbung", "reject", BY, WHY)


def test_a_date_that_is_not_found_can_be_told_or_left(db: Database) -> None:
    (item,) = review_items(db, "date")
    settle(db, item.id, "correct", BY, WHY, {"published_at": "2023-12-20"})
    assert waiting(db, "date") == []
    undo_item(db, "1", BY)
    settle(db, item.id, "accept", BY, "halaman memang tak bertanggal")
    assert waiting(db, "date") == []


def test_whether_an_article_is_on_the_programme_is_to_be_said(db: Database) -> None:
    (item,) = review_items(db, "article")
    with pytest.raises(CorrectionError, match="is_relevant=ya or tidak"):
        settle(db, item.id, "accept", BY, WHY)
    settle(db, item.id, "correct", BY, WHY, {"is_relevant": "tidak"})
    assert waiting(db, "article") == []


def test_a_reset_correction_waits_with_both_versions_and_is_held_or_taken_back(db: Database) -> None:
    number = correct_date(db)
    story = edited(BASEL, "Jumat (3/11/2023)", "Senin (6/11/2023)")
    save(db, story, at=1, **wrong_date(build_extraction(story), "2023-11-06"))
    (item,) = review_items(db, "reset")
    assert item.priority == 1
    assert item.said["original"]["start_date"] == "2023-11-03"
    assert item.said["corrected"]["start_date"] == "2023-11-04"
    assert item.said["present"]["start_date"] == "2023-11-06"
    assert BY not in item.what, "who decided is not for the public"
    with pytest.raises(CorrectionError, match="accept holds on to the correction"):
        settle(db, item.id, "correct", BY, WHY, {"start_date": "2023-11-07"})
    settle(db, item.id, "accept", "Sari", "panitia menyebut tanggal 4")
    assert waiting(db, "reset") == []
    undo(db, number + 1, BY)
    settle(db, item.id, "reject", "Sari", "halaman kini benar")
    assert waiting(db, "reset") == []
    assert read_facts(db, key(BASEL))[0].said["start_date"] == "2023-11-06"


def test_a_correction_without_its_fact_waits_until_somebody_has_seen_it(db: Database) -> None:
    decide(db, key(BASEL), fact(db, key(BASEL), "official"), "accept", BY, WHY)
    save(db, without_people(BASEL), at=1)
    (item,) = review_items(db, "orphan")
    assert (item.reason_id, item.reason_en) == (
        "koreksi tanpa fakta: kalimatnya tidak ada lagi",
        "a correction without its fact: its sentence is gone",
    )
    settle(db, item.id, "accept", BY, "halaman menghapusnya")
    assert waiting(db, "orphan") == []
    assert count_review(db)["corrections orphan"] == 1, "kept and told all the same"


def without_people(story: Story) -> Story:
    return replace(story, paragraphs=(story.paragraphs[0], story.paragraphs[2]), people=(), speakers=(), pillars=())


def test_two_events_that_contradict_each_other_wait_once_and_are_shown_side_by_side(db: Database, pantau: Path) -> None:
    (step,) = PALU.steps
    for path, day in (("/palu/a", "2024-11-19"), ("/palu/b", "2024-11-19"), ("/palu/c", "2024-11-20")):
        save(db, replace(PALU, path=path, steps=(replace(step, stage="evaluasi-2", start=day, end=day),)))
    resolve(db)
    (item,) = review_items(db, "conflict")
    shown = [line for line in lines(say(pantau, "show", item.id)) if line[0] == "report"]
    assert sorted(line[4].split("start_date=")[1][:10] for line in shown) == ["2024-11-19", "2024-11-19", "2024-11-20"]
    assert say(pantau, "accept", item.id, "--why", "koran menulis hari yang salah").exit_code == 0
    assert waiting(db, "conflict") == []


def test_a_stale_fact_waits_and_is_kept_or_let_go(db: Database) -> None:
    save(db, without_people(BASEL), at=1)
    stale = {item.fact_kind: item for item in review_items(db, "stale")}
    assert set(stale) == {"official", "quote"}
    assert stale["official"].sentence == stale["official"].what
    settle(db, stale["official"].id, "accept", BY, "masih benar saat itu")
    settle(db, stale["quote"].id, "reject", BY, "kutipan dicabut")
    assert waiting(db, "stale") == []
    facts = read_facts(db, key(BASEL))
    assert [(one.said["name"], one.is_former) for one in facts if one.kind == "official"] == [("Marwan Tanjung", True)]
    undo_item(db, "1", BY)
    assert [item.fact_kind for item in review_items(db, "stale")] == ["official"]
    assert not [one for one in read_facts(db, key(BASEL)) if one.kind == "official"]


def test_reports_that_contradict_each_other_wait_once(db: Database, pantau: Path, tmp_path: Path) -> None:
    (step,) = PALU.steps
    for path, source, mode in (("/palu/a", "kabar_lumbung", "daring"), ("/palu/b", "warta_selatan", "daring")):
        save(db, replace(PALU, path=path, source=source, steps=(replace(step, mode=mode, venue="Hotel"),)))
    bake(pantau, tmp_path / "public.db")
    (item,) = review_items(db, "conflict")
    assert "luring" in item.reason_id
    assert "daring" in item.reason_id
    assert item.regency_code == "72.71"
    settle(db, item.id, "accept", BY, "keduanya benar: acara hibrida")
    assert waiting(db, "conflict") == []
    bake(pantau, tmp_path / "public.db")
    public = open_read_only(tmp_path / "public.db")
    assert public.execute("select count(*) from review where kind = 'conflict'").fetchone() == (0,)
    public.close()


def test_the_published_queue_is_that_of_the_command(db: Database, pantau: Path, tmp_path: Path) -> None:
    settle(db, waiting(db, "official")[0], "skip", BY, WHY)
    correct_date(db)
    bake(pantau, tmp_path / "public.db")
    public = open_read_only(tmp_path / "public.db")
    rows = list(public.table("review").rows)
    assert {row["item"] for row in rows} == set(waiting(db))
    (kept,) = public.table("corrections").rows
    assert kept["decided_by"] == "R."
    assert json.loads(kept["corrected"])["start_date"] == "2023-11-04"
    (report,) = public.query("select correction_id, confidence from stage_reports where start_date = '2023-11-04'")
    assert report == {"correction_id": kept["id"], "confidence": 1.0}
    assert b"Rahmi" not in (tmp_path / "public.db").read_bytes()
    assert public.execute("select count(*) from events where start_date = '2023-11-04'").fetchone() == (1,)
    public.close()


# The command


def test_a_decision_from_list_to_undo(pantau: Path) -> None:
    listed = lines(say(pantau, "list", "--kind", "official"))
    assert [(line[1], line[2], line[3], line[5]) for line in listed] == [
        ("official", "72.71", "Andi Baso Mappiara", "0.48")
    ]
    assert listed[0][4] == "pejabat belum pasti / the official is not sure"
    item = listed[0][0]
    shown = say(pantau, "show", item).output
    assert "[[Andi Baso Mappiara]] menyebutnya" in shown
    assert "position=Kepala Dinas Komunikasi dan Informatika" in shown
    done = say(pantau, "correct", item, "--why", WHY, "--set", "acting=Plt.", "--set", "degrees=S.T., M.M.")
    assert lines(done) == [[f"correction 1: correct {item}"]]
    assert lines(say(pantau, "list", "--kind", "official")) == []
    assert "acting=Plt." in say(pantau, "show", "1").output
    assert ["corrections applied", "1"] in lines(say(pantau, "status"))
    assert lines(say(pantau, "undo", "1")) == [["correction 1: undone"]]
    assert lines(say(pantau, "list", "--kind", "official"))[0][0] == item


def test_what_was_said_of_two_persons_is_taken_back_from_the_command(db: Database, pantau: Path) -> None:
    resolve(db)
    one, other = (naming for (naming,) in db.execute("select id from namings order by id limit 2"))

    def persons() -> set[str]:
        resolve(db)
        return {person for (person,) in db.execute("select person_id from namings where id in (?, ?)", [one, other])}

    before = persons()
    assert lines(say(pantau, "same", one, other, "--why", WHY)) == [
        [f"person-1: {one} and {other} are same; `pantau publish` obeys it"]
    ]
    assert len(persons()) == 1
    assert lines(say(pantau, "undo", "person-1")) == [["person-1 undone; `pantau publish` obeys it"]]
    assert persons() == before
    assert len(before) == 2


def test_a_fact_that_was_missed_is_added_from_the_command(pantau: Path) -> None:
    sentence = "Di sana warga dapat melihat titik genangan dan jadwal angkut sampah."
    words = ("add", key(PALU), "event", "--sentence", sentence, "--why", WHY, "--set", "stage_code=masterplan")
    done = say(pantau, *words)
    assert done.exit_code == 1
    assert "date_reason says why" in done.output
    added = say(pantau, *words, "--set", "regency_code=72.71", "--set", "date_reason=tidak disebut")
    assert lines(added) == [[f"correction 1: add event to {key(PALU)}"]]


@pytest.mark.parametrize(
    ("words", "reviewer", "message"),
    [
        (("accept", "x", "--why", "sudah dibaca"), None, "--by NAME (or PANTAU_REVIEWER) is missing"),
        (("accept", "x", "--why", "sudah dibaca"), "  ", "--by NAME (or PANTAU_REVIEWER) is missing"),
        (("accept", "x"), BY, "--why TEXT is missing"),
        (("undo", "1"), None, "--by NAME (or PANTAU_REVIEWER) is missing"),
        (("accept", "tak-ada", "--why", "sudah dibaca"), BY, "no article 'tak'"),
        (("show", "tak-ada"), BY, "nothing in review is 'tak-ada'"),
        (("undo", "99"), BY, "no correction 99"),
        (("skip", "tak-ada", "--why", "sudah dibaca"), BY, "tak-ada is not in the queue"),
        (("correct", "x", "--why", "sudah dibaca", "--set", "tanggal"), BY, "--set wants FIELD=VALUE, seen: 'tanggal'"),
        (("correct", "x", "--why", "ya", "--set", "a=1", "--set", "a=2"), BY, "--set says a twice"),
        (("list", "--kind", "salah"), BY, "no such kind: salah; there are reset, conflict"),
        (("same", "a", "b", "--why", "sudah dibaca"), BY, "no such person or naming"),
        (("undo", "person-7"), BY, "7: no such decision in person_decisions"),
        (("same", "a", "a", "--why", "sudah dibaca"), BY, "is the same person as itself"),
    ],
)
def test_what_is_refused_is_told_in_a_line_and_by_the_exit_status(
    pantau: Path, words: tuple[str, ...], reviewer: str | None, message: str
) -> None:
    done = say(pantau, *words, reviewer=reviewer)
    assert done.exit_code != 0
    assert message in done.output
    assert "Traceback" not in done.output


def test_without_a_database_the_command_says_what_makes_one(tmp_path: Path) -> None:
    done = say(tmp_path / "pantau.db", "list")
    assert done.exit_code == 1
    assert "`pantau crawl` makes it" in done.output
    assert not (tmp_path / "pantau.db").exists()


# Corrections as files that teach


def test_corrections_are_exported_as_cases_and_passages(pantau: Path, db: Database) -> None:
    correct_date(db)
    decide(db, key(PALU), fact(db, key(PALU), "quote"), "reject", BY, WHY)
    (unsure,) = review_items(db, "article")
    settle(db, unsure.id, "correct", BY, WHY, {"is_relevant": "tidak"})
    settle(db, waiting(db, "date")[0], "correct", BY, WHY, {"published_at": "2023-12-20T09:00:00+07:00"})
    undone = decide(db, key(PALU), fact(db, key(PALU), "official"), "accept", BY, WHY)
    undo(db, undone, BY)
    folder = pantau.parent / "corrections"
    assert lines(say(pantau, "export")) == [[f"4 cases, 2 passages: {folder}"]]
    cases = load_cases(folder / "cases.jsonl")
    assert [(case.kind, case.decision) for case in cases] == [
        ("event", "correct"),
        ("quote", "reject"),
        ("article", "correct"),
        ("date", "correct"),
    ]
    first = cases[0]
    assert first.corrected == {"start_date": "2023-11-04", "end_date": "2023-11-04"}
    assert first.sentence is not None
    assert first.sentence in first.text
    assert cases[3].published is None, "what the parser reads"
    passages = list(read_plain(folder / "passages.jsonl"))
    assert {(relevant, stage) for _, relevant, stage in passages} == {(True, "evaluasi-2"), (False, None)}
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    say(pantau, "export", str(folder))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_decision_is_exported_with_the_text_that_it_was_taken_on(pantau: Path, db: Database) -> None:
    decide(db, key(BASEL), fact(db, key(BASEL), "official"), "accept", BY, WHY)
    save(db, without_people(BASEL), at=1)
    say(pantau, "export")
    (case,) = load_cases(pantau.parent / "corrections" / "cases.jsonl")
    assert "Marwan Tanjung, S.Kom., M.M. memimpin" in case.text


@pytest.mark.parametrize("item", ["office-a-b-c", "person-a-b"])
def test_of_persons_it_is_said_whether_they_are_one(db: Database, item: str) -> None:
    with pytest.raises(CorrectionError, match="same` or `different`"):
        settle(db, item, "accept", BY, WHY)
