from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from build import PARSER, SOURCES, STORIES, Step, Story, build_extraction, build_page, build_story_article

from db.connect import open_db, open_read_only
from db.extractions import save_extraction
from db.reference import load_reference, read_rows
from db.store import save_article, save_page, save_sources
from publish.bake import bake

PALU = STORIES[9]
"""A story whose text can carry any step of Kota Palu."""

LOOKED_AT = datetime(2024, 11, 30, tzinfo=UTC)


def step(stage: str, start: str | None = None, end: str | None = None, edition: int | None = None, **told: Any) -> Step:
    return replace(PALU.steps[0], stage=stage, start=start, end=end, edition=edition, **told)  # type: ignore[arg-type]


def tell(steps: Sequence[Step]) -> list[Story]:
    """A story for each step, published long after all of them."""
    return [
        replace(PALU, path=f"/palu/{number}", published="2024-11-29T08:00:00+08:00", steps=(one,))
        for number, one in enumerate(steps)
    ]


def publish(folder: Path, *steps: Step) -> Path:
    """A public database made of one article for each step."""
    return publish_stories(folder, tell(steps))


def publish_stories(folder: Path, stories: Sequence[Story]) -> Path:
    db = open_db(folder / "pantau.db")
    load_reference(db)
    save_sources(db, SOURCES)
    for story in stories:
        article = build_story_article(story)
        page = build_page(article.url, story.source, LOOKED_AT, article.url.encode())
        save_article(db, save_page(db, page), article, PARSER)
        save_extraction(db, build_extraction(story), article)
    db.close()
    bake(folder / "pantau.db", folder / "public.db")
    return folder / "public.db"


def read(public: Path, sql: str) -> list[tuple[Any, ...]]:
    db = open_read_only(public)
    rows = db.execute(sql).fetchall()
    db.close()
    return rows


def read_states(public: Path) -> dict[str, str]:
    """State of each stage of Kota Palu."""
    return dict(read(public, "select stage_code, state from regency_ladder where regency_code = '72.71'"))


def read_flags(public: Path) -> list[tuple[Any, ...]]:
    return read(
        public,
        "select kind, earlier_stage_code, earlier_date, later_stage_code, later_date from order_flags order by 2, 4",
    )


def test_a_stage_is_held_announced_or_unreported(tmp_path: Path) -> None:
    public = publish(
        tmp_path,
        step("bimtek-2", "2021-08-30"),
        step("mou", "2021-05-20"),
        step("bimtek-3", "2025-01-08", status="announced"),
    )
    assert read_states(public) == {
        "mou": "held",
        "bimtek-2": "held",
        "bimtek-3": "announced",
        "seleksi": "unreported",
        "bimtek-1": "unreported",
    }


def test_a_gap_shows_the_later_event_and_claims_nothing_else(tmp_path: Path) -> None:
    public = publish(tmp_path, step("evaluasi-1", "2023-06-12"), step("evaluasi-2", "2024-11-20"))
    (gap,) = read(
        public,
        """
        select ladder.edition, ladder.first_date, event_id, ladder.evidence, ladder.articles, later.stage_code
        from ladder_editions as ladder
        join events as later on later.id = later_event_id
        where state = 'unreported'
        """,
    )
    assert gap == (2024, None, None, None, 0, "evaluasi-2")
    assert read_states(public)["evaluasi-1"] == "held", "in another edition"


def test_every_round_of_evaluation_has_its_own_state(tmp_path: Path) -> None:
    public = publish(
        tmp_path,
        step("evaluasi-2", "2022-11-03"),
        step("evaluasi-1", "2023-06-12"),
        step("evaluasi-2", "2025-04-24", edition=2024),
        step("evaluasi-2", "2027-10-05", edition=2027, status="announced"),
    )
    rows = read(public, "select stage_code, number, edition, state, edition_by from ladder_editions order by 1, 2")
    assert rows == [
        ("evaluasi-1", 1, 2024, "unreported", None),
        ("evaluasi-1", 2, 2023, "held", "calendar"),
        ("evaluasi-1", 3, 2022, "unreported", None),
        ("evaluasi-2", 1, 2027, "announced", "said"),
        ("evaluasi-2", 2, 2024, "held", "said"),
        ("evaluasi-2", 3, 2022, "held", "date"),
    ]
    (now,) = read(public, "select state, edition, events, first_date, last_date from regency_ladder where events > 1")
    assert now == ("held", 2024, 2, "2022-11-03", "2025-04-24"), "what is announced is no step yet"


def test_a_step_told_on_several_days_is_dated_by_the_day_that_most_outlets_tell(tmp_path: Path) -> None:
    """The outlet that stands alone is the later one."""
    days = ["2024-11-06", "2024-11-06", "2024-11-07"]
    sources = [PALU.source, STORIES[0].source, PALU.source]
    told = [
        replace(story, source=source)
        for story, source in zip(tell([step("evaluasi-2", day) for day in days]), sources, strict=True)
    ]
    rows = read(
        publish_stories(tmp_path, told),
        "select regency_ladder.first_date, last_date, events, regency_ladder.conflicts, start_date"
        " from regency_ladder join events on events.id = event_id",
    )
    assert rows == [("2024-11-06", "2024-11-06", 2, 2, "2024-11-06")]


def test_an_award_does_not_say_which_evaluation_is_missing(tmp_path: Path) -> None:
    """It may be the plaque for a finished master plan."""
    states = read_states(publish(tmp_path, step("penghargaan", "2023-12-07")))
    assert states["bimtek-4"] == "unreported"
    assert not {"evaluasi-1", "evaluasi-2", "implementasi"} & states.keys()


def test_a_step_of_an_unknown_edition_may_be_the_missing_one(tmp_path: Path) -> None:
    public = publish(tmp_path, step("evaluasi-2", "2023-11-08"), step("evaluasi-1", reason="tak disebut"))
    rows = read(public, "select stage_code, edition, state from ladder_editions order by 1")
    assert rows == [("evaluasi-1", None, "held"), ("evaluasi-2", 2023, "held")]


def test_the_day_of_a_selection_does_not_say_its_edition(tmp_path: Path) -> None:
    """Regions are selected in the year of their edition or in the year before."""
    public = publish(tmp_path, step("seleksi", "2022-11-09"), step("mou", "2023-02-28"))
    ((edition, reason),) = read(public, "select edition, edition_reason from events where stage_code = 'seleksi'")
    assert edition is None
    assert "setahun sebelumnya" in reason
    rows = read(public, "select stage_code, edition, state from ladder_editions order by 1")
    assert rows == [("mou", 2023, "held"), ("seleksi", None, "held")]


@pytest.mark.parametrize(
    ("start", "end", "is_past"),
    [
        ("2024-11-29", None, 1),
        ("2024-11-30", None, 0),
        ("2024-11-29", "2024-12-01", 0),
        ("2024-10", None, 1),
        ("2024-11", None, 0),
        ("2023", None, 1),
        ("2024", None, 0),
        (None, None, None),
    ],
)
def test_an_announcement_says_whether_its_day_has_passed(
    tmp_path: Path, start: str | None, end: str | None, is_past: int | None
) -> None:
    public = publish(tmp_path, step("evaluasi-1", start, end, status="announced"), step("mou", "2021-05-20"))
    rows = read(public, "select stage_code, state, is_past from regency_ladder where state <> 'unreported' order by 1")
    assert rows == [("evaluasi-1", "announced", is_past), ("mou", "held", None)]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        # To the day, the month and the year; the last possible day of the one against the first of the other.
        (("2023-09-05", None), ("2023-09-04", None)),
        (("2023-09-05", None), ("2023-09-01", "2023-09-04")),
        (("2023-09", None), ("2023-08-31", None)),
        (("2023-09", None), ("2023-08", None)),
    ],
)
def test_an_order_that_cannot_be_is_flagged(
    tmp_path: Path, earlier: tuple[str, str | None], later: tuple[str, str | None]
) -> None:
    public = publish(tmp_path, step("bimtek-1", *earlier), step("bimtek-2", *later))
    assert read_flags(public) == [("impossible", "bimtek-1", earlier[0], "bimtek-2", later[0])]
    (why,) = read(public, "select regency_code, edition, reason_id, reason_en from order_flags")
    assert why[:2] == ("72.71", 2023)
    assert "Bimtek I" in why[2]
    assert "guidance I" in why[3]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (step("bimtek-1", "2023-07-05"), step("bimtek-2", "2023-08-07")),
        (step("bimtek-1", "2023-09-05"), step("bimtek-2", "2023-09-05")),
        (step("bimtek-1", "2023-09-05"), step("bimtek-2", "2023-09-04", "2023-09-05")),
        (step("bimtek-1", "2023-09-05"), step("bimtek-2", "2023-09")),
        (step("bimtek-1", "2023-09"), step("bimtek-2", "2023-09-01")),
        (step("bimtek-1", "2023-09-05"), step("bimtek-2", "2023")),
        (step("bimtek-1", "2023-09-05", status="announced"), step("bimtek-2", "2023-09-04")),
        (step("bimtek-1", "2023-09-05"), step("bimtek-2", "2023-09-04", status="announced")),
        (step("bimtek-1", "2023-09-05"), step("bimtek-2")),
        (step("bimtek-1", "2023-09-05"), step("bimtek-2", "2023-09-04", confidence=0.4)),
        # Another round.
        (step("evaluasi-1", "2024-06-24"), step("evaluasi-2", "2023-11-08")),
        (step("evaluasi-1", "2024-06-24", edition=2025), step("evaluasi-2", "2024-05-05", edition=2024)),
        # A council or an application comes at any time.
        (step("implementasi", "2024-06-24"), step("evaluasi-1", "2023-06-12")),
    ],
)
def test_an_order_that_can_be_is_not_flagged(tmp_path: Path, earlier: Step, later: Step) -> None:
    assert read_flags(publish(tmp_path, earlier, later)) == []


def test_a_step_is_compared_with_the_first_report_of_the_earlier_one(tmp_path: Path) -> None:
    public = publish(
        tmp_path,
        step("bimtek-1", "2023-07-05"),
        step("bimtek-1", "2023-10-02"),
        step("bimtek-2", "2023-08-07"),
        step("bimtek-2", "2023-06-20"),
    )
    assert read_flags(public) == [("impossible", "bimtek-1", "2023-07-05", "bimtek-2", "2023-06-20")]


def test_across_editions_an_order_is_only_unusual(tmp_path: Path) -> None:
    """Some regions join the programme twice."""
    public = publish(tmp_path, step("bimtek-1", "2021-07-06"), step("evaluasi-1", "2019-06-18"))
    assert read_flags(public) == [("unusual", "bimtek-1", "2021-07-06", "evaluasi-1", "2019-06-18")]


def test_a_flag_is_raised_once_by_the_rule_that_says_more(tmp_path: Path) -> None:
    public = publish(tmp_path, step("bimtek-3", "2023-09-05"), step("bimtek-4", "2023-08-07"))
    assert read(public, "select rule, kind from order_flags") == [("bimtek-3-lanjutan", "impossible")]


def test_a_flag_is_to_be_reviewed(tmp_path: Path) -> None:
    public = publish(tmp_path, step("evaluasi-1", "2023-06-12"), step("evaluasi-2", "2023-05-02"))
    ((what, reason, article),) = read(
        public,
        """
        select what, review.reason_id, evidence_article_id = article_id
        from review
        join order_flags
        join events on events.id = later_event_id
        where review.kind = 'order'
        """,
    )
    assert what == "Kota Palu: Evaluasi tahap II 2023-05-02, Evaluasi tahap I 2023-06-12"
    assert reason.startswith("urutan mustahil: ")
    assert article == 1


def test_the_programme_as_it_went_breaks_no_rule(tmp_path: Path) -> None:
    """Every year of the calendar, as if one region had taken all of its steps but for the years' selections."""
    calendar = [row for row in read_rows("programme_calendar.csv") if "for 202" not in row["label"]]
    told = {
        (row["stage_code"], row["year"]): step(row["stage_code"], row["start_date"], row["end_date"], int(row["year"]))
        for row in sorted(calendar, key=lambda row: str(row["start_date"]), reverse=True)
    }
    public = publish(tmp_path, *told.values())
    assert read(public, "select count(*) > 20 from events") == [(1,)]
    assert read(public, "select * from order_flags where kind = 'impossible'") == []


def test_every_rule_says_why_in_both_languages_and_where_that_can_be_seen() -> None:
    for rule in read_rows("stage_order.csv"):
        assert rule["reason_id"].endswith("."), rule["rule"]
        assert rule["reason_en"].endswith("."), rule["rule"]
        assert rule["source_url"].startswith("http"), rule["rule"]
        assert rule["scope"] == "edition" or rule["kind"] != "impossible", rule["rule"]
