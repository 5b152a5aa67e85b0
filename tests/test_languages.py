"""Which texts are taken for Indonesian."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlp.languages import is_indonesian

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    "text",
    [
        "The city of Anderson Bay launched a smart city dashboard, and the mayor said that it would serve residents.",
        "Majlis Bandaraya melancarkan pelan bandar pintar pada Isnin. Datuk Bandar berkata pelan itu untuk penduduk.",
        "KERAJAAN NEGERI BERKATA BAHAWA PERKHIDMATAN BANDAR PINTAR DI PUTRAJAYA BERMULA PADA JULAI.",
    ],
)
def test_english_and_malay_are_told_from_indonesian(text: str) -> None:
    assert not is_indonesian(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Smart City",
        "Bupati Tabanan hadir.",
        "Wali Kota menerima kunjungan Datuk Bandar dari Malaysia. Ia berkata bahwa kedua kota bisa saling belajar.",
        "Program “Smart City for the People and the Planet” digelar Pemkab Sigi karena layanan harus lebih dekat.",
        "Bupati ngendika bilih kutha pinter kedah migunani tumrap warga.",
        "Bupati nyebutkeun yén kota pinter téh kudu mangpaat pikeun balaréa.",
        "12/3/2023 500 1.000 – 3,14",
    ],
)
def test_indonesian_short_and_mixed_texts_are_read(text: str) -> None:
    assert is_indonesian(text)


def test_every_article_and_passage_of_ours_is_indonesian() -> None:
    files = [ROOT / "tests" / "gold" / "heldout.jsonl", *sorted((ROOT / "nlp" / "assets" / "passages").glob("*.jsonl"))]
    texts = [json.loads(line)["text"] for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    assert [text for text in texts if not is_indonesian(text)] == []
