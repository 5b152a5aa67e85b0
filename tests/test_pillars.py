"""The dimensions of a smart city, in the spellings of the press."""

from __future__ import annotations

import pytest

from nlp.pillars import find_pillars


def pillars(text: str) -> list[str]:
    return [pillar for _, _, pillar in find_pillars(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Smart Governance", "governance"),
        ("smart government", "governance"),
        ("smart govermance", "governance"),
        ("tata kelola cerdas", "governance"),
        ("Smart Branding", "branding"),
        ("smart branding daerah", "branding"),
        ("Smart Economy", "economy"),
        ("smart ekonomi", "economy"),
        ("ekonomi cerdas", "economy"),
        ("Smart Living", "living"),
        ("smart life", "living"),
        ("Smart Society", "society"),
        ("smart sociaty", "society"),
        ("masyarakat cerdas", "society"),
        ("Smart Environment", "environment"),
        ("smart environtment", "environment"),
        ("smart enviroment", "environment"),
        ("lingkungan cerdas", "environment"),
        ("SMART INFRASTRUCTURE", "infrastructure"),
        ("Smart Mobility", "mobility"),
        ("Smart People", "people"),
    ],
)
def test_a_dimension_is_known_in_every_spelling(text: str, expected: str) -> None:
    assert pillars(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "smart governance, smart branding, smart economy, smart living, smart society, dan smart environment.",
        "Dimensi itu ialah smart governance, branding, economy, living, society, dan environment.",
        "Smart Governance\nSmart Branding\nSmart Economy\nSmart Living\nSmart Society\nSmart Environment",
    ],
)
def test_a_list_of_all_six_gives_all_six_in_order(text: str) -> None:
    assert pillars(text) == ["governance", "branding", "economy", "living", "society", "environment"]


@pytest.mark.parametrize(
    "text",
    [
        "Smart City",
        "smart village",
        "smart TV dipasang",
        "ekonomi kreatif",
        "mobilitas warga tinggi",
        "society 5.0",
        "",
    ],
)
def test_other_smart_things_and_plain_words_are_no_dimension(text: str) -> None:
    assert pillars(text) == []


def test_a_dimension_is_pointed_to_where_it_stands() -> None:
    text = "Nilai tertinggi ada pada smart living, economy, dan branding."
    assert [text[start:end] for start, end, _ in find_pillars(text)] == ["smart living", "economy", "branding"]
