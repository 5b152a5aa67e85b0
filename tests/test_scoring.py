"""The scorer, on cases worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from nlp.measure.scoring import (
    TASKS,
    Annotation,
    Fate,
    Officer,
    Outcome,
    Score,
    Task,
    compare,
    intervals,
    same_acting,
    same_name,
    same_position,
    scores,
)


def note(**said: Any) -> Annotation:
    """An annotation of an article on the programme, in which nothing is found but what is said."""
    empty: dict[str, Any] = {
        "id": "a", "text": "Teks.", "relevant": True, "regencies": [], "officials": [], "events": [], "dates": [],
        "pillars": [], "quotes": [],
    }  # fmt: skip
    return Annotation.model_validate(empty | said)


def counted(gold: Annotation, found: Annotation, task: Task) -> tuple[int, int, int]:
    """Right, spurious and missing."""
    score = scores(compare(gold, found))[task]
    return score.right, score.spurious, score.missing


def places(**roles: str) -> list[dict[str, str]]:
    return [{"code": f"{key[1:3]}.{key[3:]}", "role": role} for key, role in roles.items()]


def test_a_reading_that_is_the_gold_is_right_in_every_task() -> None:
    gold = note(
        regencies=places(k1903="subject", k1971="mention"),
        officials=[{"name": "Darmo Wilis", "position": "Sekda", "acting": "Plt.", "regency": "19.03"}],
        events=[{"stage": "evaluasi-2", "start": "2023-11-03", "regency": "19.03", "main": True}],
        dates=[{"start": "2023-11-03", "end": "2023-11-03"}, {"start": "2022", "end": "2022"}],
        pillars=["living"],
        quotes=[{"speaker": "Darmo Wilis"}],
    )
    found = scores(compare(gold, gold))
    assert list(found) == list(TASKS)
    assert all((score.precision, score.recall, score.f1) == (1, 1, 1) for score in found.values())
    assert [found[task].support for task in ("regency_all", "regency_subject", "date", "date_year")] == [2, 1, 1, 1]


@pytest.mark.parametrize(
    ("gold", "found", "task", "counts"),
    [
        # Relevance counts articles that are on the programme, or are taken to be.
        ({"relevant": True}, {"relevant": False}, "relevant", (0, 0, 1)),
        ({"relevant": False}, {"relevant": True}, "relevant", (0, 1, 0)),
        ({"relevant": False}, {"relevant": False}, "relevant", (0, 0, 0)),
        # A subject taken for a mention is found all the same.
        ({"regencies": places(k1903="subject")}, {"regencies": places(k1903="mention")}, "regency_subject", (0, 0, 1)),
        ({"regencies": places(k1903="subject")}, {"regencies": places(k1903="mention")}, "regency_all", (1, 0, 0)),
        # Dates count once each, years apart; an end that is not written is the start.
        (
            {"dates": [{"start": "2023-06-12"}]},
            {"dates": [{"start": "2023-06-12"}] * 2},
            "date",
            (1, 0, 0),
        ),
        ({"dates": [{"start": "2023"}]}, {"dates": [{"start": "2023", "end": "2023"}]}, "date_year", (1, 0, 0)),
        (
            {"dates": [{"start": "2023-06-12", "end": "2023-06-14"}]},
            {"dates": [{"start": "2023-06-12"}]},
            "date",
            (0, 1, 1),
        ),
        ({"dates": [{"start": "2023"}]}, {"dates": [{"start": "2023-06"}]}, "date_year", (0, 0, 1)),
        ({"dates": [{"start": "2023"}]}, {"dates": [{"start": "2023-06"}]}, "date", (0, 1, 0)),
        ({"dates": [{"start": None}]}, {}, "date", (0, 0, 0)),
        # Events: the main one's stage and day; every one's stage and regency.
        (
            {"events": [{"stage": "bimtek-1", "start": "2023-06-12", "main": True, "regency": "64.01"}]},
            {"events": [{"stage": "bimtek-1", "start": "2023-06-13", "main": True, "regency": None}]},
            "stage_main",
            (1, 0, 0),
        ),
        (
            {"events": [{"stage": "bimtek-1", "start": "2023-06-12", "main": True, "regency": "64.01"}]},
            {"events": [{"stage": "bimtek-1", "start": "2023-06-13", "main": True, "regency": None}]},
            "event_date",
            (0, 1, 1),
        ),
        (
            {"events": [{"stage": "bimtek-1", "start": "2023-06-12", "main": True, "regency": "64.01"}]},
            {"events": [{"stage": "bimtek-1", "start": "2023-06-13", "main": True, "regency": None}]},
            "event",
            (0, 1, 1),
        ),
        # Each quotation once: two of one speaker are two.
        ({"quotes": [{"speaker": "Rusdi"}] * 2}, {"quotes": [{"speaker": "RUSDI"}]}, "quote_speaker", (1, 0, 1)),
        ({"quotes": [{"speaker": "Rusdi"}]}, {"quotes": [{"speaker": None}]}, "quote_speaker", (0, 1, 1)),
        ({"pillars": ["living", "economy"]}, {"pillars": ["economy", "society"]}, "pillar", (1, 1, 1)),
    ],
)
def test_a_task_counts_what_is_right_spurious_and_missing(
    gold: dict[str, Any], found: dict[str, Any], task: Task, counts: tuple[int, int, int]
) -> None:
    assert counted(note(**gold), note(**found), task) == counts


def test_only_articles_on_the_programme_are_asked_for_subjects_events_and_pillars() -> None:
    said: dict[str, Any] = {
        "regencies": places(k1903="subject"),
        "events": [{"stage": "mou", "main": True}],
        "pillars": ["living"],
    }
    outcomes = compare(note(relevant=False), note(relevant=True, **said))
    assert {outcome.task for outcome in outcomes} == {"relevant", "regency_all"}


def test_an_official_of_another_name_is_missing_and_spurious_in_all_that_is_said_of_him() -> None:
    gold, found = (
        note(officials=[{"name": name, "position": "Bupati"}]) for name in ("Syamsul Bahri", "Rahmat Hidayat")
    )
    for task in ("official_name", "official_position", "official_acting", "official_regency"):
        assert counted(gold, found, task) == (0, 1, 1)


def test_an_official_found_is_judged_in_office_acting_status_and_regency_apart() -> None:
    gold = note(officials=[{"name": "Syamsul Bahri", "position": "Bupati", "acting": "Pj.", "regency": "64.01"}])
    found = note(officials=[{"name": "Syamsul  Bahri", "position": "Wakil Bupati", "acting": None, "regency": "64.01"}])
    assert counted(gold, found, "official_name") == (1, 0, 0)
    assert counted(gold, found, "official_position") == (1, 0, 0)  # two words of three
    assert counted(gold, found, "official_acting") == (0, 1, 1)
    assert counted(gold, found, "official_regency") == (1, 0, 0)


def test_one_person_found_twice_is_right_once() -> None:
    gold = note(officials=[{"name": "Syamsul Bahri"}])
    found = note(officials=[{"name": "Syamsul Bahri"}, {"name": "Samsul Bahri"}])
    assert counted(gold, found, "official_name") == (1, 1, 0)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Ma’ruf Syahrial", "MA'RUF SYAHRIAL", True),
        ("M. Nasir Ilyas", "M Nasir  Ilyas", True),
        ("Sulaiman Daud", "Sulaeman Daud", True),
        ("Sulaiman", "Sulaiman Daud", False),
        ("", "", False),
        (None, None, False),
    ],
)
def test_names_are_the_same_up_to_a_letter_in_ten(one: str | None, other: str | None, is_same: bool) -> None:
    assert same_name(one, other) is is_same


@pytest.mark.parametrize(
    ("gold", "found", "is_same"),
    [
        (("Kadis Kominfo", None), ("Kepala Dinas Komunikasi dan Informatika", None), True),
        (("Kepala", "Diskominfo Kabupaten Paser"), ("Kepala Diskominfo", "Paser"), True),
        (("Wawali", None), ("Wakil Walikota", None), True),
        (("Camat Jeunieb", None), ("Camat", None), True),
        (("Bupati", None), ("Sekda", None), False),
        (("Kepala Bappeda", "Bappeda"), (None, None), False),
        ((None, None), (None, None), True),
        (("Kabupaten", None), ("Kota", None), True),  # no word that tells on either side
    ],
)
def test_offices_are_the_same_by_their_words_short_forms_written_out(
    gold: tuple[str | None, str | None], found: tuple[str | None, str | None], is_same: bool
) -> None:
    one, other = (Officer(name="Rusdi", position=said[0], organization=said[1]) for said in (gold, found))
    assert same_position(one, other) is is_same


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Plt.", "plt", True),
        ("Penjabat", "Pj.", True),
        ("Pj.", "Pjs.", False),
        (None, "Plh.", False),
        (None, None, True),
    ],
)
def test_acting_is_the_same_however_it_is_written(one: str | None, other: str | None, is_same: bool) -> None:
    assert same_acting(Officer(name="Rusdi", acting=one), Officer(name="Rusdi", acting=other)) is is_same


def test_scores_are_the_fields_usual_ones() -> None:
    score = Score(right=6, spurious=2, missing=4)
    assert (score.precision, score.recall, score.support) == (0.75, 0.6, 10)
    assert score.f1 == pytest.approx(2 * 0.75 * 0.6 / (0.75 + 0.6))
    assert (Score().f1, Score(missing=3).precision, Score(missing=3).f1, Score(spurious=3).f1) == (1, 1, 0, 0)


def outcomes(task: Task, **fates: int) -> list[Outcome]:
    order: tuple[Fate, ...] = ("right", "spurious", "missing")
    return [Outcome(task, fate, i, str(i)) for fate in order for i in range(fates.get(fate, 0))]


def test_an_interval_holds_the_score_and_is_the_same_every_time() -> None:
    articles = [outcomes("date", right=3 + i % 3, missing=i % 2, spurious=int(i % 5 == 0)) for i in range(40)]
    score = scores(outcome for article in articles for outcome in article)["date"]
    low, high = intervals(articles)["date"]
    assert low < score.f1 < high
    assert high - low < 0.15
    assert intervals(articles) == intervals(articles)


def test_an_interval_draws_whole_articles() -> None:
    # All that is wrong is in one article of ten: a third of the collections drawn do not hold it.
    articles = [outcomes("event", right=4) for _ in range(9)] + [outcomes("event", missing=40)]
    low, high = intervals(articles)["event"]
    assert high == 1
    assert low < 0.5


def test_where_nothing_is_wrong_the_interval_is_a_point() -> None:
    assert intervals([outcomes("date", right=2), []])["date"] == (1.0, 1.0)
