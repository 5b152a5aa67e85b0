"""The trained reader of names beside the grammar: whom it adds, whom it mends, whom it leaves alone."""

from __future__ import annotations

import pytest

from nlp.people.namings import Naming, find_namings
from nlp.people.second_opinion import ask_again
from nlp.pipeline import build_pipeline
from nlp.regencies import find_regencies


def namings(text: str) -> list[Naming]:
    doc = build_pipeline()(text)
    return ask_again(doc, find_namings(doc, find_regencies(doc)))


def names(text: str) -> list[str]:
    return [naming.person.name for naming in namings(text) if naming.person]


@pytest.mark.parametrize(
    ("sentence", "name", "position"),
    [
        (
            "Direktur Penjualan dan Layanan Warga PT Graha Sentosa Perkasa, Monika Halim, menyebut pasar lesu.",
            "Monika Halim",
            "Direktur Penjualan dan Layanan Warga",
        ),
        (
            "Hadir Kepala Balai Perawatan Kandang dan Kuda Tunggang, Ir Markus, dan para camat.",
            "Markus",
            "Kepala Balai Perawatan Kandang dan Kuda Tunggang",
        ),
        ("Tampak Direktur Perumda Tirta Lereng Wangi, Elisa; serta para camat.", "Elisa", "Direktur Perumda Tirta"),
        (
            "Sambutan disampaikan Kepala UPTD Pusat Data Warga dan Siaga Darurat 112, Nurhasanah, pagi tadi.",
            "Nurhasanah",
            "Kepala UPTD Pusat Data Warga dan Siaga Darurat 112",
        ),
    ],
)
def test_behind_words_no_list_knows_the_holder_is_found(sentence: str, name: str, position: str) -> None:
    found = {naming.person.name: naming.position or "" for naming in namings(sentence) if naming.person}
    assert name in found
    assert found[name].startswith(position)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Hadir pula Camat Turikale, Bantimurung dan Mandai.", "Bantimurung"),
        ("Rapat dihadiri Kepala Dinas Sosial, Kepala Dinas Kesehatan dan Camat Sewon.", "Sewon"),
    ],
)
def test_a_list_of_places_holds_no_person(sentence: str, expected: str) -> None:
    assert expected not in names(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Hadir Sekda Darmo Wilis, Basri Lamadi selaku Kabag Umum.",
        "Kabag Umum Basri Lamadi, Kabag Hukum Darmo Wilis dan Camat Sewon Ratna Widuri hadir.",
    ],
)
def test_who_has_a_name_of_his_own_keeps_it(sentence: str) -> None:
    assert {"Darmo Wilis", "Basri Lamadi"} <= set(names(sentence))


def test_a_text_without_persons_is_left_alone() -> None:
    assert names("Jalan Raya Sewon rusak. Warga menunggu perbaikan.") == []
