"""The dimensions of a smart city that an article names."""

from __future__ import annotations

import re

from nlp.extraction import Pillar

# Press spellings of PROGRAMME: governance is also "smart government", society "smart sociaty", misspellings included.
_FORMS: dict[Pillar, str] = {
    "governance": r"smart\s+(?:gover\w+|goverment|tata kelola)|tata kelola(?: pemerintahan)? (?:yang )?cerdas|pemerintahan digital yang cerdas",
    "branding": r"smart\s+brand\w*|branding (?:daerah )?(?:yang )?cerdas|(?:tata kelola )?pemasaran (?:daerah )?(?:yang )?cerdas",
    "economy": r"smart\s+e[ck]on\w+|ekonomi (?:yang )?cerdas",
    "living": r"smart\s+(?:living|life|livi?ng)|kehidupan (?:yang )?cerdas|lingkungan hunian cerdas",
    "society": r"smart\s+soci\w+|masyarakat (?:yang )?cerdas",
    "environment": r"smart\s+env\w+|lingkungan (?:yang )?cerdas",
    "infrastructure": r"smart\s+infrast\w+|infrastruktur (?:yang )?cerdas",
    "mobility": r"smart\s+mobil\w+|mobilitas (?:yang )?cerdas|transportasi cerdas",
    "people": r"smart\s+people|sumber daya manusia cerdas|sdm cerdas",
}  # fmt: skip
# "smart governance, economy, living": after the first one "smart" is often left out.
_LISTED: dict[Pillar, str] = {
    "governance": r"governance|government", "branding": r"branding", "economy": r"economy", "living": r"living",
    "society": r"society", "environment": r"environment\w*", "infrastructure": r"infrastructure",
    "mobility": r"mobility", "people": r"people",
}  # fmt: skip
_LIST = re.compile(
    r"smart\s+(?:" + "|".join(_LISTED.values()) + r")(?:\s*,\s*(?:dan\s+|serta\s+)?(?:smart\s+)?(?:" + "|".join(_LISTED.values())
    + r")){1,8}(?:\s*,?\s*(?:dan|serta)\s+(?:smart\s+)?(?:" + "|".join(_LISTED.values()) + r"))?", re.IGNORECASE,
)  # fmt: skip


def find_pillars(text: str) -> list[tuple[int, int, Pillar]]:
    """Start, end and dimension of every naming, in order.

    >>> [pillar for *_, pillar in find_pillars("Smart Governance, smart environtment, dan masyarakat cerdas")]
    ['governance', 'environment', 'society']
    """
    found: dict[tuple[int, Pillar], tuple[int, int, Pillar]] = {}
    for pillar, form in _FORMS.items():
        for match in re.finditer(rf"(?<!\w)(?:{form})(?!\w)", text, re.IGNORECASE):
            found[(match.start(), pillar)] = (match.start(), match.end(), pillar)
    for listed in _LIST.finditer(text):
        for pillar, form in _LISTED.items():
            for match in re.finditer(rf"(?<!\w)(?:{form})(?!\w)", listed[0], re.IGNORECASE):
                start = listed.start() + match.start()
                if not any(a <= start < b for a, b, _ in found.values()):
                    found[(start, pillar)] = (start, start + len(match[0]), pillar)
    return sorted(found.values())
