"""What a reader may have meant: names that are written nearly so."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rapidfuzz import fuzz, process

from publish.site.page import fetch_rows
from publish.site.search.words import LONGEST_NAME, WORDS

ALIKE = 75
"""Likeness in per cent from which a name may have been meant."""
MOST = 4

# One row: the setting max_returned_rows is for tables. Names of one word are found in names of more by their words.
NAMES = """
select group_concat(name, char(10)) as names
from (
    select name from regencies
    union
    select short_name from regencies
    union
    select alias from regency_aliases
    union
    select name from provinces
    union
    select outlet_name from sources
    union
    select name from people
)
"""


async def suggest_names(datasette: Any, words: Sequence[str]) -> list[str]:
    """Queries in which a run of the words is replaced by a name that is written nearly so, the likeliest first."""
    names: dict[str, str] = {}
    for row in await fetch_rows(datasette, NAMES):
        for name in (row["names"] or "").splitlines():
            names.setdefault(" ".join(re.findall(r"[^\W_]+", name.lower())), name)
    names |= {said: said for several in WORDS["stages"].values() for said in several}
    return nearest_queries(words, names)


def nearest_queries(words: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """The queries; `names` are lower case, and lead to how they are written.

    >>> nearest_queries(["bimtek", "tabanann"], {"tabanan": "Tabanan", "tuban": "Tuban"})
    ['bimtek Tabanan']
    """
    found: dict[str, float] = {}
    for start in range(min(len(words), LONGEST_NAME)):
        for end in range(start + 1, min(start + LONGEST_NAME, len(words)) + 1):
            run = " ".join(words[start:end])
            if len(run) < 3 or run in names:
                continue
            for name, alike, _ in process.extract(run, names.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=MOST):
                query = " ".join([*words[:start], names[name], *words[end:]])
                # Of names as alike, that for more words explains more of what was written.
                found[query] = max(found.get(query, 0), alike + end - start)
    return sorted(found, key=lambda query: -found[query])[:MOST]
