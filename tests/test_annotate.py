"""Extractions in the form in which people annotate: one scorer has to serve both."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from build import build_article

from nlp.annotate import annotation
from nlp.pipeline import extract

TEXT = (
    "Pemkab Bangka Selatan mengikuti evaluasi smart city tahap II secara daring bersama asesor, Jum'at (3/11/2023).\n\n"
    "“Kami siap menghadapi penilaian itu dengan tenang,” ujar Plt. Sekda H. Darmo Wilis, S.Kom.\n\n"
    "Dimensi yang diuji antara lain smart governance. Evaluasi tahap I berlangsung 12-14 Juni 2023."
)


def annotated(
    text: str = TEXT, title: str | None = "Bangka Selatan Jalani Evaluasi Smart City Tahap II"
) -> dict[str, Any]:
    published = datetime.fromisoformat("2023-11-04T08:00:00+07:00")
    article = build_article("https://warta.example/a", "warta", text, title, published)
    return annotation("sumatera-001", article, extract(article))


def test_an_annotation_has_the_keys_of_the_gold_file_and_the_edition_of_an_event() -> None:
    row = annotated()
    assert list(row) == [
        "id", "source", "published", "title", "text", "relevant", "regencies", "officials", "events", "dates",
        "pillars", "quotes",
    ]  # fmt: skip
    assert {key for item in row["regencies"] for key in item} == {"code", "role"}
    assert {key for item in row["officials"] for key in item} == {
        "name", "prefix", "degrees", "position", "acting", "organization", "regency", "represents", "quoted",
    }  # fmt: skip
    assert {key for item in row["events"] for key in item} == {
        "stage",
        "edition",
        "start",
        "end",
        "regency",
        "venue",
        "mode",
        "main",
    }
    assert {key for item in row["dates"] for key in item} == {"text", "start", "end"}
    assert {key for item in row["quotes"] for key in item} == {"speaker", "starts"}


def test_an_annotation_says_what_was_found() -> None:
    row = annotated()
    assert (row["id"], row["published"], row["relevant"]) == ("sumatera-001", "2023-11-04", True)
    assert row["regencies"] == [{"code": "19.03", "role": "subject"}]
    assert row["events"][0] == {
        "stage": "evaluasi-2", "edition": None, "start": "2023-11-03", "end": "2023-11-03", "regency": "19.03",
        "venue": None, "mode": "daring", "main": True,
    }  # fmt: skip
    assert row["dates"] == [
        {"text": "Jum'at (3/11/2023)", "start": "2023-11-03", "end": "2023-11-03"},
        {"text": "12-14 Juni 2023", "start": "2023-06-12", "end": "2023-06-14"},
    ]
    assert row["pillars"] == ["governance"]
    assert row["quotes"] == [{"speaker": "Darmo Wilis", "starts": "Kami siap menghadapi penilaian itu"}]
    (official,) = row["officials"]
    assert official == {
        "name": "Darmo Wilis", "prefix": "H.", "degrees": ["S.Kom."], "position": "Sekda", "acting": "Plt.",
        "organization": "Pemerintah Kabupaten Bangka Selatan", "regency": "19.03", "represents": None, "quoted": True,
    }  # fmt: skip


def test_an_annotation_is_one_line_of_json() -> None:
    line = json.dumps(annotated(), ensure_ascii=False)
    assert "\n" not in line
    assert json.loads(line) == annotated()


def test_a_day_whose_year_is_unknown_is_not_written_as_a_date() -> None:
    article = build_article("https://warta.example/a", "warta", "Rapat smart city, Senin (3/7).", "Rapat Smart City")
    row = annotation("a", article, extract(article))
    assert (row["published"], row["dates"]) == (None, [])


def test_an_empty_article_is_annotated_as_empty() -> None:
    row = annotated("", None)
    assert row["relevant"] is False
    assert [row[key] for key in ("regencies", "officials", "events", "dates", "pillars", "quotes")] == [[]] * 6
