"""Regression cases: what people decided about facts, held against what is read today."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from build import PARSER, SOURCES, build_article, build_page
from click.testing import CliRunner

import pantau
from crawler.items import Article
from db.connect import open_db
from db.extractions import save_extraction
from db.reference import load_reference
from db.reviewing.corrections import decide
from db.reviewing.export import export_corrections
from db.reviewing.facts import read_facts as read_rows
from db.store import save_article, save_page, save_sources
from nlp.extraction import Event, Extraction, Figure, Official, Quote, Regency
from nlp.measure.cases import (
    Case,
    CaseError,
    agreement,
    case_article,
    disagreement_lines,
    is_cases,
    judge_cases,
    load_cases,
    read_facts,
)
from nlp.measure.evaluate import WIB
from nlp.pipeline import extract, extract_articles
from nlp.training.classifiers import read_plain

TEXT = (
    "Pemkab Ende mengikuti evaluasi smart city tahap II secara daring bersama asesor, Jumat (3/11/2023).\n\n"
    "“Kami siap menghadapi penilaian itu dengan tenang,” ujar Plt. Sekda H. Darmo Wilis, S.Kom."
)
EVENT = {
    "stage_code": "evaluasi-2", "regency_code": "53.08", "start_date": "2023-11-03", "end_date": "2023-11-03",
    "date_reason": None, "edition": None, "venue": None, "mode": "daring", "is_main": True, "status": "held",
}  # fmt: skip
OFFICIAL = {
    "name": "Darmo Wilis", "prefix": "H.", "degrees": ["S.Kom."], "position": "Sekda", "acting": "Plt.",
    "organization": None, "regency_code": "53.08", "represents": None, "is_quoted": True,
}  # fmt: skip
QUOTE = {"speaker_name": "Darmo Wilis", "text": "Kami siap menghadapi penilaian itu dengan tenang,"}
FIGURE = {
    "kind": "count", "value": 12.0, "unit": "aplikasi", "bound": None, "about": None, "text": "12 aplikasi",
}  # fmt: skip
REGENCY = {"regency_code": "53.08", "role": "subject"}


def line(kind: str, decision: str, original: Any = None, corrected: Any = None, **said: Any) -> dict[str, Any]:
    return {
        "id": 7, "url": "https://warta.example/a", "title": "Ende Jalani Evaluasi Smart City Tahap II", "text": TEXT,
        "published": "2023-11-04", "kind": kind, "decision": decision, "original": original, "corrected": corrected,
        "sentence": TEXT.split("\n")[0], "decided_by": "Maria", "decided_at": "2023-11-06T08:00:00+07:00",
        "reason": "begitu bunyinya",
    } | said  # fmt: skip


def case(*said: Any, **more: Any) -> Case:
    return Case.model_validate(line(*said, **more))


def read_extraction(article: Article) -> Extraction:
    """What the reader says in these tests."""
    day = "2023-11-03"
    return Extraction(
        article_id="a" * 12, model="m", relevance=0.9, is_relevant=True, mentions=(),
        regencies=(Regency("53.08", "subject", 0.9),),
        officials=(
            Official("Darmo Wilis", "H.", ("S.Kom.",), "Sekda", "Plt.", None, "53.08", None, True, 150, 161, 0.9),
        ),
        events=(
            Event("evaluasi-2", day, day, None, None, "53.08", None, "daring", True, "held", 0, 99, 0.9),
        ),
        quotes=(Quote("Darmo Wilis", "Kami siap menghadapi penilaian itu dengan tenang,", 102, 151, 0.9),),
        pillars=(), figures=(Figure(12.0, "aplikasi", "count", None, None, "12 aplikasi", 5, 16, 0.9),),
        sentences=((0, 99),),
    )  # fmt: skip


def read(articles: Iterable[Article]) -> Iterator[Extraction]:
    return map(read_extraction, articles)


def agrees(*said: Any, **more: Any) -> bool:
    (verdict,) = judge_cases([case(*said, **more)], read)
    return verdict.agrees


@pytest.mark.parametrize(
    ("kind", "fact"),
    [
        ("article", {"is_relevant": True}),
        ("regency", REGENCY),
        ("event", EVENT),
        ("official", OFFICIAL),
        ("quote", QUOTE),
        ("figure", FIGURE),
    ],
)
def test_what_is_read_again_agrees_with_its_acceptance_and_not_with_its_rejection(
    kind: str, fact: dict[str, Any]
) -> None:
    assert list(read_facts(kind, read_extraction(case_article(case(kind, "accept", fact))))) == [fact]
    assert agrees(kind, "accept", fact)
    assert not agrees(kind, "reject", fact)
    assert agrees(kind, "add", None, fact)


@pytest.mark.parametrize(
    ("kind", "original", "changed"),
    [
        ("article", {"is_relevant": False}, {"is_relevant": True}),
        ("regency", REGENCY | {"role": "mention"}, {"role": "subject"}),
        ("event", EVENT | {"start_date": "2023-03-11"}, {"start_date": "2023-11-03"}),
        ("event", EVENT | {"stage_code": "evaluasi"}, {"stage_code": "evaluasi-2"}),
        ("event", EVENT | {"mode": None, "venue": "Aula Lama"}, {"mode": "daring"}),
        ("official", OFFICIAL | {"name": "Darmo Wilis S"}, {"name": "Darmo Wilis"}),
        ("official", OFFICIAL | {"acting": None}, {"acting": "Plt."}),
        ("quote", QUOTE | {"speaker_name": None}, {"speaker_name": "Darmo Wilis"}),
        ("figure", FIGURE | {"bound": "about"}, {"bound": None}),
    ],
)
def test_a_correction_is_agreed_with_where_its_changes_are_read(
    kind: str, original: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert agrees(kind, "correct", original, changed)
    assert not agrees(kind, "accept", original)


@pytest.mark.parametrize(
    ("kind", "original", "changed"),
    [
        ("event", EVENT, {"start_date": "2023-11-02"}),
        ("event", EVENT, {"edition": 2022}),
        ("event", EVENT, {"regency_code": "53.07"}),
        ("official", OFFICIAL, {"position": "Wakil Bupati"}),
        ("regency", REGENCY, {"role": "mention"}),
        ("article", {"is_relevant": True}, {"is_relevant": False}),
    ],
)
def test_a_correction_that_the_reader_does_not_follow_is_listed(
    kind: str, original: dict[str, Any], changed: dict[str, Any]
) -> None:
    verdicts = judge_cases([case(kind, "correct", original, changed)], read)
    assert agreement(verdicts) == [(kind, 1, 0)]
    (listed,) = disagreement_lines(verdicts)
    number, of_kind, decision, said, found = listed.split("\t")
    assert (number, of_kind, decision) == ("7", kind, "correct")
    assert all(f"{field}={value}" in said for field, value in changed.items())
    assert all(f"{field}={value}" not in found for field, value in changed.items())


def test_a_fact_that_is_not_read_at_all_is_told_as_nothing() -> None:
    verdicts = judge_cases([case("quote", "accept", QUOTE)], lambda all_: (_empty(one) for one in all_))
    assert [row.split("\t")[-1] for row in disagreement_lines(verdicts)] == ["–"]


def _empty(_: Article) -> Extraction:
    return Extraction("a" * 12, "m", 0.1, False, (), (), (), (), (), (), (), ())


def test_an_article_of_many_cases_is_read_once_and_the_date_of_publication_is_the_parsers() -> None:
    seen: list[str] = []

    def count(articles: Iterable[Article]) -> Iterator[Extraction]:
        for article in articles:
            seen.append(article.url)
            yield read_extraction(article)

    of_day = case("date", "correct", {"published_at": None}, {"published_at": "2023-11-04T00:00:00+07:00"})
    cases = [case("event", "accept", EVENT), case("quote", "accept", QUOTE), of_day]
    assert len(judge_cases(cases, count)) == 2
    assert seen == ["https://warta.example/a"]


def test_a_day_of_publication_is_its_midnight_in_wib() -> None:
    published = case_article(case("quote", "accept", QUOTE)).published_at
    assert published is not None
    assert published.isoformat() == "2023-11-04T00:00:00+07:00"
    assert case_article(case("quote", "accept", QUOTE, published=None)).published_at is None


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (line("event", "accept", EVENT) | {"stage": "mou"}, "line 2: stage: Extra inputs"),
        (line("event", "accept"), "an added fact has no original"),
        (line("event", "correct", EVENT), "says what it is now"),
        (line("event", "add", None, {"stage_code": "mou"}), "regency_code, start_date is not said"),
        (line("pillar", "accept", {}), "line 2: kind"),
    ],
)
def test_a_line_that_is_no_case_names_file_line_and_fault(tmp_path: Path, row: dict[str, Any], problem: str) -> None:
    path = write(tmp_path / "cases.jsonl", line("quote", "accept", QUOTE), row)
    with pytest.raises(CaseError, match=r"cases\.jsonl, line 2: ") as error:
        load_cases(path)
    assert problem in str(error.value)


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"cases\.jsonl: cannot be read"):
        load_cases(tmp_path / "cases.jsonl")
    (tmp_path / "cases.jsonl").write_bytes(b"\xff\xfe{")
    with pytest.raises(CaseError, match=r"cases\.jsonl: no UTF-8"):
        load_cases(tmp_path / "cases.jsonl")


def test_a_file_of_cases_is_told_from_gold_by_its_name_or_its_first_line(tmp_path: Path) -> None:
    assert is_cases(write(tmp_path / "decided.jsonl", line("quote", "accept", QUOTE)))
    assert is_cases(write(tmp_path / "cases.jsonl"))
    assert load_cases(tmp_path / "cases.jsonl") == []
    assert not is_cases(Path(__file__).parent / "gold" / "heldout.jsonl")
    assert not is_cases(tmp_path / "none.jsonl")


def test_the_command_says_with_how_many_decisions_it_agrees_and_lists_the_others(tmp_path: Path) -> None:
    wrong = line("event", "correct", EVENT, {"start_date": "2023-11-02", "end_date": "2023-11-02"}, id=8)
    path = write(tmp_path / "cases.jsonl", line("event", "accept", EVENT), wrong)
    shown = CliRunner().invoke(pantau.main, ["evaluate", "--errors", str(path)])
    assert shown.exit_code == 0, shown.output
    assert (
        "cases: 2 decisions of people on what was read\nkind       decisions  agreed\nevent              2       1"
        in shown.output
    )
    assert [row.split("\t")[:3] for row in shown.output.splitlines() if "\t" in row] == [["8", "event", "correct"]]
    told = CliRunner().invoke(pantau.main, ["evaluate", "--json", str(path)])
    assert json.loads(told.output)["decisions"] == [
        {"name": "cases", "decisions": 2, "kinds": {"event": {"decisions": 2, "agreed": 1}}}
    ]


def test_a_broken_file_of_cases_ends_the_command(tmp_path: Path) -> None:
    path = write(tmp_path / "cases.jsonl", line("event", "accept"))
    shown = CliRunner().invoke(pantau.main, ["evaluate", str(path)])
    assert shown.exit_code == 1
    assert "cases.jsonl, line 1" in shown.output


def test_what_people_decided_in_the_database_is_measured_and_trains(tmp_path: Path) -> None:
    db = open_db(":memory:")
    load_reference(db)
    save_sources(db, SOURCES)
    article = build_article(
        "https://nusa.example/ende", SOURCES[0].name, TEXT + "\n\nKini ada 12 aplikasi layanan publik di Ende.",
        "Ende Jalani Evaluasi Smart City Tahap II", datetime(2023, 11, 4, 8, tzinfo=WIB),
    )  # fmt: skip
    page = build_page(article.url, article.source, datetime(2023, 11, 4, 2, tzinfo=UTC), article.text.encode())
    key = save_page(db, page)
    save_article(db, key, article, PARSER)
    save_extraction(db, extract(article), article)
    facts = read_rows(db, key)
    assert {fact.kind for fact in facts} == {"event", "official", "quote", "figure", "regency"}
    for fact in facts:
        if fact.kind == "event":
            decide(db, key, fact.id, "correct", "Maria", "tertulis di undangan", {"edition": "2022"})
        else:
            decide(db, key, fact.id, "accept", "Maria", "begitu bunyinya")
    decide(db, key, "article", "accept", "Maria", "tentang program ini")
    export_corrections(db, tmp_path)

    verdicts = judge_cases(load_cases(tmp_path / "cases.jsonl"), extract_articles)
    assert [verdict.case.kind for verdict in verdicts if not verdict.agrees] == ["event"]
    assert len(verdicts) == len(facts) + 1
    ((text, is_relevant, stage),) = read_plain(tmp_path / "passages.jsonl")
    assert (text.split("\n\n")[0], is_relevant, stage) == (article.title, True, "evaluasi-2")
