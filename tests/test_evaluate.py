"""`pantau evaluate`: gold read, findings graded, floors kept, errors listed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import pantau
from nlp.extraction import Event, Extraction, Mention, Official, Quote, Regency
from nlp.measure import floors
from nlp.measure.evaluate import (
    KINDS,
    GoldError,
    Graded,
    Kind,
    Reliability,
    evaluate,
    gold_article,
    graded,
    load_gold,
    reliability,
)
from nlp.measure.scoring import Annotation

TEXT = (
    "Pemkab Bangka Selatan mengikuti evaluasi smart city tahap II secara daring bersama asesor, Jum'at (3/11/2023).\n\n"
    "“Kami siap menghadapi penilaian itu dengan tenang,” ujar Plt. Sekda H. Darmo Wilis, S.Kom.\n\n"
    "Dimensi yang diuji antara lain smart governance."
)
GOLD: dict[str, Any] = {
    "id": "basel-1",
    "source": {"url": None, "outlet": "Warta Selatan"},
    "published": "2023-11-04",
    "title": "Bangka Selatan Jalani Evaluasi Smart City Tahap II",
    "text": TEXT,
    "relevant": True,
    "regencies": [{"code": "19.03", "role": "subject"}],
    "officials": [
        {"name": "Darmo Wilis", "prefix": "H.", "degrees": ["S.Kom."], "position": "Sekda", "acting": "Plt.",
         "organization": "Pemerintah Kabupaten Bangka Selatan", "regency": "19.03", "represents": None, "quoted": True}
    ],
    "events": [
        {"stage": "evaluasi-2", "start": "2023-11-03", "end": "2023-11-03", "regency": "19.03", "venue": None,
         "mode": "daring", "main": True}
    ],
    "dates": [{"text": "Jum'at (3/11/2023)", "start": "2023-11-03", "end": "2023-11-03"}],
    "pillars": ["governance"],
    "quotes": [{"speaker": "Darmo Wilis", "starts": "Kami siap menghadapi penilaian itu"}],
}  # fmt: skip


def gold(**said: Any) -> Annotation:
    return Annotation.model_validate(GOLD | said)


def official(name: str, confidence: float, position: str | None = "Sekda") -> Official:
    return Official(name, None, (), position, None, None, "19.03", None, False, 0, 5, confidence)


def extraction(**said: Any) -> Extraction:
    """A reading of the article, right but for what is said."""
    event = Event(
        "evaluasi-2", "2023-11-03", "2023-11-03", None, None, "19.03", None, "daring", True, "held", 0, 110, 0.7
    )
    found: dict[str, Any] = {
        "relevance": 0.8,
        "is_relevant": True,
        "mentions": (
            Mention("DATE", 91, 109, "Jum'at (3/11/2023)", "2023-11-03", 0.97),
            Mention("PILLAR", 230, 246, "smart governance", "governance", 0.6),
            Mention("PILLAR", 230, 246, "smart governance", "governance", 0.92),
        ),
        "regencies": (Regency("19.03", "subject", 0.95),),
        "officials": (official("Darmo Wilis", 0.88),),
        "events": (event,),
        "quotes": (Quote("Darmo Wilis", "Kami siap", 114, 160, 0.85),),
        "pillars": ("governance",),
        "figures": (),
        "sentences": ((0, 110),),
    }
    return Extraction(article_id="x", model="m", **(found | said))


def grades(kind: Kind, annotated: Annotation, found: Extraction) -> list[tuple[float, bool]]:
    return [(pytest.approx(g.confidence), g.is_right) for g in graded(annotated, found) if g.kind == kind]


def test_a_right_reading_is_right_in_every_kind_each_with_its_own_confidence() -> None:
    findings = graded(gold(), extraction())
    assert all(finding.is_right for finding in findings)
    assert {finding.kind: finding.confidence for finding in findings} == {
        "relevance": 0.8, "regency": 0.95, "official": 0.88, "position": 0.88, "date": 0.97, "event": 0.7,
        "event_date": 0.7, "pillar": 0.92, "quote_speaker": 0.85,
    }  # fmt: skip
    assert {finding.kind for finding in findings} == set(KINDS)


@pytest.mark.parametrize(
    ("kind", "said", "found", "expected"),
    [
        ("regency", {"regencies": [{"code": "19.03", "role": "mention"}]}, {}, [(0.95, False)]),
        ("official", {"officials": []}, {}, [(0.88, False)]),
        ("position", {"officials": []}, {}, [(0.88, False)]),
        ("position", {}, {"officials": (official("Darmo Wilis", 0.4, "Bupati"),)}, [(0.4, False)]),
        ("position", {}, {"officials": (official("Darmo Wilis", 0.4, None),)}, []),
        ("date", {"dates": []}, {}, [(0.97, False)]),
        ("event", {"events": []}, {}, [(0.7, False)]),
        ("event_date", {"events": [GOLD["events"][0] | {"start": "2023-11-02"}]}, {}, [(0.7, False)]),
        ("event", {"events": [GOLD["events"][0] | {"start": "2023-11-02"}]}, {}, [(0.7, True)]),
        ("pillar", {"pillars": ["living"]}, {}, [(0.92, False)]),
        ("quote_speaker", {"quotes": []}, {}, [(0.85, False)]),
        ("quote_speaker", {}, {"quotes": (Quote(None, "Kami siap", 114, 160, 0.85),)}, []),
        # "Not relevant" is a claim too, with the other side's probability; "not sure" is none.
        ("relevance", {}, {"relevance": 0.1, "is_relevant": False}, [(0.9, False)]),
        ("relevance", {"relevant": False}, {"relevance": 0.1, "is_relevant": False}, [(0.9, True)]),
        ("relevance", {}, {"relevance": 0.45, "is_relevant": None}, []),
    ],
)
def test_a_finding_is_graded_by_the_scorers_rules(
    kind: Kind, said: dict[str, Any], found: dict[str, Any], expected: list[tuple[float, bool]]
) -> None:
    assert grades(kind, gold(**said), extraction(**found)) == expected


def test_an_event_told_of_an_article_that_is_not_on_the_programme_is_wrong() -> None:
    negative = gold(relevant=False, events=[], pillars=[])
    assert grades("event", negative, extraction()) == [(0.7, False)]
    assert grades("pillar", negative, extraction()) == [(0.92, False)]


def test_reliability_compares_confidence_with_the_share_that_is_right() -> None:
    findings = [
        *(Graded("date", "2023", 0.95, i < 19) for i in range(20)),  # right 95 times in 100, as said
        *(Graded("date", "2023", 0.6, i < 1) for i in range(5)),  # right 20 times in 100, not 60
    ]
    row = reliability(findings)["date"]
    assert (row.number, row.right, row.number_sure) == (25, 0.8, 20)
    assert row.right_sure == pytest.approx(0.95)
    assert row.calibration_error == pytest.approx(0.4 * 5 / 25)
    assert [(tenth.number, tenth.right) for tenth in row.bins] == [(5, 0.2), (20, 0.95)]


def test_nine_tenths_sharp_is_not_above_it_and_certainty_is_in_the_last_tenth() -> None:
    row = reliability([Graded("event", "mou", 0.9, True), Graded("event", "mou", 1.0, True)])["event"]
    assert (row.number_sure, len(row.bins)) == (1, 1)


def test_a_kind_without_findings_has_no_share() -> None:
    assert reliability([])["pillar"] == Reliability(0, None, 0, None, None, ())


def test_errors_name_the_article_and_tell_the_confidence_of_what_was_made_up() -> None:
    report = evaluate("a", [gold()], [extraction(officials=(official("Rahmat Hidayat", 0.77),))])
    told = {(e.article, e.task, e.fate, e.what, e.confidence) for e in report.errors}
    assert ("basel-1", "official_name", "missing", "Darmo Wilis", None) in told
    assert ("basel-1", "official_name", "spurious", "Rahmat Hidayat", 0.77) in told
    assert report.scores["official_name"].f1 == 0
    assert report.scores["date"].f1 == 1


def test_every_spurious_finding_has_a_confidence() -> None:
    nothing = gold(relevant=True, regencies=[], officials=[], events=[], dates=[], pillars=[], quotes=[])
    unnamed = Quote(None, "Kami siap", 114, 160, 0.3)
    errors = evaluate("a", [nothing], [extraction(quotes=(unnamed,))]).errors
    assert len(errors) == 12
    assert all(error.fate == "spurious" and error.confidence for error in errors)


def write(path: Path, *records: Any) -> Path:
    lines = [record if isinstance(record, str) else json.dumps(record, ensure_ascii=False) for record in records]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_gold_is_read_in_order_and_a_day_of_publication_is_its_midnight(tmp_path: Path) -> None:
    first, second = load_gold(write(tmp_path / "g.jsonl", GOLD, "", GOLD | {"id": "basel-2", "published": None}))
    assert (first.id, second.id) == ("basel-1", "basel-2")
    published = gold_article(first).published_at
    assert published is not None
    assert published.isoformat() == "2023-11-04T00:00:00+07:00"
    assert gold_article(second).published_at is None


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "no JSON"),
        ("[]", "a list, not an object"),
        ({key: value for key, value in GOLD.items() if key != "officials"}, "officials: Field required"),
        (GOLD | {"events": [{"stage": "bimtek-9"}]}, "events.0.stage: .*seen: 'bimtek-9'"),
        (GOLD | {"regencies": [{"code": "1903", "role": "subject"}]}, "regencies.0.code: .*seen: '1903'"),
        (GOLD | {"dates": [{"start": "3/11/2023"}]}, "dates.0.start: .*seen: '3/11/2023'"),
        (GOLD | {"relevant": "yes"}, "relevant: .*boolean.*seen: 'yes'"),
        (GOLD | {"published": "kemarin"}, "published: .*'kemarin'"),
        (GOLD, "a second article with the id 'basel-1'"),
    ],
)
def test_a_malformed_line_is_refused_by_its_number_and_field(tmp_path: Path, line: Any, fault: str) -> None:
    with pytest.raises(GoldError, match=rf"g\.jsonl, line 3: {fault}"):
        load_gold(write(tmp_path / "g.jsonl", GOLD, "", line))


@pytest.mark.parametrize(("content", "fault"), [(b"", "no annotated article"), (b"\xff\xfe{", "no UTF-8")])
def test_a_file_without_gold_is_refused(tmp_path: Path, content: bytes, fault: str) -> None:
    (tmp_path / "g.jsonl").write_bytes(content)
    with pytest.raises(GoldError, match=fault):
        load_gold(tmp_path / "g.jsonl")
    with pytest.raises(GoldError, match=r"tidak-ada\.jsonl: cannot be read"):
        load_gold(tmp_path / "tidak-ada.jsonl")


@pytest.fixture
def metrics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `metrics.json` of our own, empty."""
    monkeypatch.setattr(floors, "METRICS", tmp_path / "metrics.json")
    return tmp_path / "metrics.json"


def say_evaluate(*words: str | Path) -> Result:
    return CliRunner().invoke(pantau.main, ["evaluate", *map(str, words)])


def test_evaluate_prints_scores_and_confidence_and_keeps_nothing(tmp_path: Path, metrics: Path) -> None:
    done = say_evaluate(write(tmp_path / "basel.jsonl", GOLD))
    assert done.exit_code == 0, done.output
    assert "basel: 1 articles" in done.output
    assert any(line.split()[:4] == ["event_date", "1.000", "1.000", "1.000"] for line in done.output.splitlines())
    assert "calibration error" in done.output
    assert not metrics.exists()


def test_scores_below_a_floor_fail_and_are_not_kept(tmp_path: Path, metrics: Path) -> None:
    path = write(tmp_path / "basel.jsonl", GOLD)
    assert say_evaluate(path, "--raise").exit_code == 0
    kept = metrics.read_text(encoding="utf-8")
    assert json.loads(kept)["basel"]["floors"]["date"] == 0.98
    assert json.loads(kept)["basel"]["f1"]["date"] == 1
    worse = write(path, GOLD | {"dates": [{"start": "2023-11-02"}]})
    done = say_evaluate(worse, "--raise")
    assert done.exit_code == 1
    assert "basel: date: F1 0.000 is below its floor 0.980 (nlp/metrics.json)" in done.stderr
    assert "0.980 BROKEN" in done.stdout
    assert metrics.read_text(encoding="utf-8") == kept


def test_json_is_one_object_with_the_figures_of_every_file(tmp_path: Path, metrics: Path) -> None:
    done = say_evaluate(write(tmp_path / "basel.jsonl", GOLD), "--json", "--errors")
    whole = json.loads(done.stdout)
    assert [file["name"] for file in whole["files"]] == ["basel"]
    assert whole["files"][0]["tasks"]["date"] == {
        "precision": 1, "recall": 1, "f1": 1, "gold": 1, "interval": [1, 1], "floor": None, "is_held": True,
    }  # fmt: skip
    assert whole["files"][0]["errors"] == []
    assert whole["confidence"]["date"]["number"] == 1


def test_errors_are_listed_only_when_asked_for(tmp_path: Path, metrics: Path) -> None:
    path = write(tmp_path / "basel.jsonl", GOLD | {"dates": []})
    assert "spurious" not in say_evaluate(path).output
    assert "basel-1\tdate\tspurious\t2023-11-03 2023-11-03 (0." in say_evaluate(path, "--errors").output


def test_the_errors_on_a_blind_set_are_shown_to_nobody(tmp_path: Path, metrics: Path) -> None:
    path = write(tmp_path / "blind-2.jsonl", GOLD)
    done = say_evaluate(path, "--errors")
    assert done.exit_code == 1
    assert "a blind set" in done.output
    assert "basel-1" not in done.output
    assert say_evaluate(path).exit_code == 0


def test_malformed_gold_is_refused_in_one_line(tmp_path: Path, metrics: Path) -> None:
    done = say_evaluate(write(tmp_path / "basel.jsonl", GOLD, "{"))
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert "basel.jsonl, line 2: no JSON" in done.stderr
    assert "Traceback" not in done.output
