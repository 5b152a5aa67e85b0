"""Terms of office out of sightings, one after the other."""

from __future__ import annotations

import pytest

from db.terms import Sighting, tell_terms

ANA, BUDI = "ana", "budi"


def seen(person: str, date: str | None, status: str = "definitif", article: str = "a") -> Sighting:
    return Sighting(person, status, date, article, 1, f"media-{article}")


@pytest.mark.parametrize(
    ("sightings", "terms"),
    [
        # on the day of a handover the former holder comes first
        (
            [seen(BUDI, "2023-05-02"), seen(ANA, "2023-05-02"), seen(ANA, "2023-01-09"), seen(BUDI, "2023-06-01")],
            [(ANA, "definitif", "2023-01-09", "2023-05-02"), (BUDI, "definitif", "2023-05-02", "2023-06-01")],
        ),
        # who comes back has two terms
        (
            [seen(ANA, "2021"), seen(BUDI, "2022"), seen(ANA, "2023")],
            [
                (ANA, "definitif", "2021", "2021"),
                (BUDI, "definitif", "2022", "2022"),
                (ANA, "definitif", "2023", "2023"),
            ],
        ),
        # between two that say Plt. one that leaves it out means the same; after them it does not
        (
            [seen(ANA, "2021", "Plt."), seen(ANA, "2022"), seen(ANA, "2023", "Plt."), seen(ANA, "2024")],
            [(ANA, "Plt.", "2021", "2023"), (ANA, "definitif", "2024", "2024")],
        ),
        # without a date somebody has a term only where no dated article names him
        (
            [seen(ANA, None), seen(ANA, "2021"), seen(BUDI, None)],
            [(BUDI, "definitif", None, None), (ANA, "definitif", "2021", "2021")],
        ),
    ],
)
def test_terms_follow_each_other(sightings: list[Sighting], terms: list[tuple[str | None, ...]]) -> None:
    assert [(term[0], term[1], term[4], term[5]) for term in tell_terms(sightings)] == terms
    assert list(tell_terms(reversed(sightings))) == list(tell_terms(sightings))


def test_a_term_counts_articles_and_outlets_and_shows_its_first_and_last_article() -> None:
    [term] = tell_terms(
        [seen(ANA, "2022", article="c"), seen(ANA, "2021", article="b"), seen(ANA, "2022", article="b")]
    )
    assert term[6:] == (2, 2, "b", 1, "c", 1)
