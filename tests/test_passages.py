"""Our annotated passages: how marks are read, and that the files are as the checker wants them."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.training.passages import FILES, FOLDER, Passage, check, read_marks, read_passages

FILLER = " ".join(["kata"] * 45)


def passage(text: str, **fields: object) -> Passage:
    kept = {"id": "uji-001", "text": f"{text} {FILLER}", "relevant": False, "stage": None, "status": None} | fields
    return Passage.model_validate(kept)


def test_marks_are_read_and_taken_out_of_the_text() -> None:
    text, spans = read_marks("[Plt. Kadis|POSITION] [L. Fathur|PER], [S.T., M.Si|DEGREE]\n\n[Selong|LOC] –")
    assert text == "Plt. Kadis L. Fathur, S.T., M.Si\n\nSelong –"
    assert [(text[start:end], label) for start, end, label in spans] == [
        ("Plt. Kadis", "POSITION"),
        ("L. Fathur", "PER"),
        ("S.T., M.Si", "DEGREE"),
        ("Selong", "LOC"),
    ]


def test_the_files_hold_500_passages_of_60_words_without_a_fault() -> None:
    passages = [found for name in FILES for found in read_passages(FOLDER / f"{name}.jsonl")]
    assert check(passages) == []
    assert len(passages) >= 500
    words = [len(read_marks(found.text)[0].split()) for found in passages]
    assert 50 <= sum(words) / len(words) <= 70


@pytest.mark.parametrize(
    ("faulty", "problem"),
    [
        (passage("[Rahmadi|PERSON]"), "unknown label"),
        (passage("[Rahmadi [Syukur|PER]"), "not closed"),
        (passage("[Rahmadi Syukur, |PER]"), "space or comma"),
        (passage("[Rahmadi Syukur|PER] dan Rahmadi Syukur"), "once and once not"),
        (Passage(id="uji-001", text="pendek sekali", relevant=False, stage=None, status=None), "2 words"),
        (passage("", relevant=True), "has a stage"),
        (passage("", status="held"), "has a status"),
    ],
)
def test_each_fault_is_found(faulty: Passage, problem: str) -> None:
    assert [line for line in check([faulty]) if problem in line]


def test_two_passages_of_one_text_or_id_are_found() -> None:
    assert check([passage("a"), passage("a")]) == ["uji-001: the id stands 2 times"]
    assert check([passage("a"), passage("a", id="uji-002")]) == ["uji-002: the same text as uji-001"]


def test_a_line_that_is_no_passage_names_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "uji.jsonl"
    file.write_text('{"id": "uji-001"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"uji\.jsonl:1: .*text"):
        list(read_passages(file))
