"""Relevance: the programme of a kabupaten or kota, not everything that is called smart."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest
import sklearn

from nlp.extraction import Stage
from nlp.pipeline import SURE, UNSURE
from nlp.relevance import CLASSIFIERS, classify
from nlp.relevance import score_relevance as score
from nlp.training.classifiers import fingerprint, load_examples, read_plain


def score_relevance(title: str, text: str) -> float:
    return score(title, text, classify([(title, text)])[0])


def score_stage_texts(title: str, text: str) -> dict[str, float]:
    return classify([(title, text)])[0].stages


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Pemkab Tabanan Ikuti Bimtek Smart City",
            "Tim Diskominfo Kabupaten Tabanan mengikuti bimtek masterplan smart city dari Kementerian Kominfo.",
        ),
        (
            "Kotim Jalani Evaluasi Kota Cerdas",
            "Sampit – Pemkab Kotim memaparkan capaian enam dimensi kepada asesor Kementerian Komdigi secara daring.",
        ),
        (
            "Bupati Ende Teken Nota Kesepahaman Smart City",
            "Bupati Ende menandatangani nota kesepahaman Gerakan Menuju Kota Cerdas dengan Ditjen Aptika.",
        ),
        (
            "Wali Kota Palu Kukuhkan Dewan Smart City",
            "Pemkot Palu mengukuhkan dewan smart city untuk menjalankan quick win dalam masterplan.",
        ),
        (
            "Bupati Ende Luncurkan Aplikasi Smart City",
            "Bupati Ende meluncurkan aplikasi pengaduan warga sebagai bagian dari smart city.",
        ),
    ],
)
def test_steps_of_a_regency_are_relevant(title: str, text: str) -> None:
    assert score_relevance(title, text) >= SURE


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Harga Cabai Naik di Pasar Tabanan", "Harga cabai naik sejak pekan lalu karena hujan."),
        ("Desa Cerdas Tumbuh", "Perangkat desa belajar memakai aplikasi surat dalam program Desa Cerdas."),
        ("Evaluasi SPBE Rampung", "Diskominfo merampungkan evaluasi SPBE bersama Kementerian PANRB. Indeksnya 3,1."),
        ("Rumah Baru Ditawarkan", "Kawasan Harmoni Smart City Residence menawarkan rumah tapak dengan kolam renang."),
        (
            "Otorita IKN Pamerkan Smart City",
            "Otorita Ibu Kota Nusantara memamerkan rancangan smart city kepada investor.",
        ),
        (
            "Siswa SMK Juara Lomba Smart City",
            "Siswa SMK menjuarai lomba rancangan smart city tingkat nasional di Bandung.",
        ),
        (
            "Telkom Tawarkan Solusi Smart City",
            "Telkom menawarkan solusi smart city bagi pemerintah daerah dalam pameran di Jakarta.",
        ),
        (
            "Operator Gelar 5G untuk Smart City",
            "Operator seluler menggelar jaringan 5G untuk smart city di kota besar.",
        ),
        ("Dosen Teliti Smart City", "Dosen universitas meneliti konsep smart city dan menulis buku kota cerdas."),
        ("Lampu Pintar di Korea", "Sebuah smart city di Korea Selatan memasang lampu yang menghitung pejalan kaki."),
        ("", ""),
    ],
)
def test_near_misses_are_not_surely_relevant(title: str, text: str) -> None:
    assert score_relevance(title, text) < SURE


def test_an_article_without_any_word_of_the_programme_is_surely_not_relevant() -> None:
    assert score_relevance("Bimtek Pengadaan Barang", "Kementerian menggelar bimtek dan evaluasi tahap II.") < UNSURE


@pytest.mark.parametrize("text", ["", "smart city", "smart city " * 2000, "🙂", "\u00a0", "SMART CITY!!!"])
def test_relevance_stays_between_nought_and_one(text: str) -> None:
    assert 0 <= score_relevance("", text) <= 1


def test_probabilities_of_the_stages_sum_to_one() -> None:
    scores = score_stage_texts("Pemkab Ikuti Bimtek", "Bimtek smart city digelar di aula.")
    assert sum(scores.values()) == pytest.approx(1)
    assert set(scores) <= {re.sub(r"-\d$", "", stage) for stage in get_args(Stage)}


@pytest.mark.parametrize(
    ("title", "text", "stage"),
    [
        ("Ikuti Bimtek Tahap II", "Peserta bimbingan teknis menyusun Buku 2 bersama tenaga ahli.", "bimtek"),
        ("Raih Penghargaan Smart City", "Penghargaan diserahkan menteri di Jakarta kepada bupati.", "penghargaan"),
        ("Teken Nota Kesepahaman", "Nota kesepahaman ditandatangani bupati dan direktur jenderal.", "mou"),
    ],
)
def test_the_classifier_knows_plain_reports_of_a_stage(title: str, text: str, stage: str) -> None:
    scores = score_stage_texts(title, text)
    assert max(scores, key=lambda name: scores[name]) == stage


EXAMPLES = load_examples()


def test_every_stage_has_its_passages_and_both_sides_have_their_share() -> None:
    stages = Counter(stage for _, is_relevant, stage in EXAMPLES if is_relevant)
    assert set(stages) == set(get_args(Stage))
    share = sum(is_relevant for _, is_relevant, _ in EXAMPLES) / len(EXAMPLES)
    assert 0.4 <= share <= 0.7


def test_passages_that_are_not_relevant_have_no_stage() -> None:
    assert {stage for _, is_relevant, stage in EXAMPLES if not is_relevant} == {None}


def test_no_passage_stands_twice() -> None:
    texts = [text for text, _, _ in EXAMPLES]
    assert len(set(texts)) == len(texts)


def test_the_saved_classifiers_were_fitted_on_these_passages_by_this_library() -> None:
    """Else run `python -m nlp.training.classifiers` again: scikit-learn does not read its older files surely."""
    card = json.loads((CLASSIFIERS.parent / "classifiers.json").read_text(encoding="utf-8"))
    assert card["scikit-learn"] == sklearn.__version__
    assert card["passages"] == fingerprint(EXAMPLES)


def test_corrected_passages_train_beside_ours_and_stand_in_place_of_the_same_text(tmp_path: Path) -> None:
    text, is_relevant, _ = EXAMPLES[0]
    rows = [
        {"text": text, "relevant": not is_relevant, "stage": None},
        {"text": "Ende Dievaluasi\n\nPemkab Ende menjalani evaluasi.", "relevant": True, "stage": "evaluasi-2"},
    ]
    path = tmp_path / "passages.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    examples = load_examples([path])
    assert len(examples) == len(EXAMPLES) + 1
    assert [example for example in examples if example[0] == text] == [(text, not is_relevant, None)]
    assert examples[-1][1:] == (True, "evaluasi-2")


def test_a_line_that_is_no_passage_names_its_file_and_place(tmp_path: Path) -> None:
    path = tmp_path / "passages.jsonl"
    path.write_text('{"text": "Ende", "relevant": true, "stage": "juara"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"passages\.jsonl:1: .*stage"):
        list(read_plain(path))
