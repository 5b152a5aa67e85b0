"""Alternatives behind their first letters match what they matched one after the other."""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nlp.gazetteer import ASSETS
from nlp.patterns import by_letter, words_of_any

PIECES = [
    "a", "b", "A", "ab", "ba", "a?", "b+", "[ab]", r"\w", r"\b", "(?<!a)", "(?:a|bb)", "(?:ab|a)?", "(?i:a|b)", ".",
]  # fmt: skip
ALTERNATIVE = st.lists(st.sampled_from(PIECES), max_size=4).map("".join)


@given(
    st.lists(ALTERNATIVE, min_size=1, max_size=6), st.text("abAB ", max_size=12), st.sampled_from([0, re.IGNORECASE])
)
def test_the_same_is_found_by_the_same_alternative(alternatives: list[str], text: str, flags: int) -> None:
    plain = re.compile("|".join(f"(?:{one})" for one in alternatives), flags)
    arranged = re.compile(by_letter(alternatives), flags)
    for start in range(len(text) + 1):
        matches = [pattern.match(text, start) for pattern in (plain, arranged)]
        assert len({match and match.span() for match in matches}) == 1, arranged.pattern


@pytest.mark.parametrize(
    ("alternatives", "arranged"),
    [
        (["rapat", "rakor", "dewan"], "ra(?:pat|kor)|dewan"),
        (["nota", "not"], "not(?:a|)"),
        (["not", "nota"], "not(?:|a)"),
        (["s?esi", "seri"], "s?esi|seri"),
        (["(?:ke)?dua", "dinas"], "(?:ke)?dua|dinas"),
        (["Dinas", "dua", "Desa"], "Dinas|dua|Desa"),
        ([r"[|)(]x|y", r"\|z"], r"[|)(]x|y|\|z"),
    ],
)
def test_letters_are_shared_and_all_else_keeps_its_place(alternatives: list[str], arranged: str) -> None:
    assert by_letter(alternatives) == arranged


def test_a_pattern_that_may_begin_within_a_word_is_refused() -> None:
    with pytest.raises(ValueError, match=r"does not open with \\b: nota"):
        words_of_any([r"\bmou\b", r"\bteken|nota"])


@pytest.mark.parametrize("name", ["words.yml", "calendar.yml"])
def test_every_list_can_be_arranged(name: str) -> None:
    lists = yaml.safe_load((ASSETS / name).read_text(encoding="utf-8"))
    for words in lists.values():
        flat = [str(word) for word in words if not isinstance(word, list)]
        if flat:
            assert re.compile(by_letter(flat)).groups == re.compile("|".join(flat)).groups
