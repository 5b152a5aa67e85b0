"""The dimensions of a smart city that an article names."""

from __future__ import annotations

import re

from nlp.extraction import Pillar
from nlp.words import lowered

# Press spellings of PROGRAMME: governance is also "smart government", society "smart sociaty", misspellings included.
_FORMS: dict[Pillar, tuple[str, ...]] = {
    "governance": (
        r"smart\s+(?:gover\w+|goverment|tata kelola)",
        r"tata kelola(?: pemerintahan)? (?:yang )?cerdas",
        r"pemerintahan digital yang cerdas",
    ),
    "branding": (
        r"smart\s+brand\w*",
        r"branding (?:daerah )?(?:yang )?cerdas",
        r"(?:tata kelola )?pemasaran (?:daerah )?(?:yang )?cerdas",
    ),
    "economy": (r"smart\s+e[ck]on\w+", r"ekonomi (?:yang )?cerdas"),
    "living": (r"smart\s+(?:living|life|livi?ng)", r"kehidupan (?:yang )?cerdas", r"lingkungan hunian cerdas"),
    "society": (r"smart\s+soci\w+", r"masyarakat (?:yang )?cerdas"),
    "environment": (r"smart\s+env\w+", r"lingkungan (?:yang )?cerdas"),
    "infrastructure": (r"smart\s+infrast\w+", r"infrastruktur (?:yang )?cerdas"),
    "mobility": (r"smart\s+mobil\w+", r"mobilitas (?:yang )?cerdas", r"transportasi cerdas"),
    "people": (r"smart\s+people", r"sumber daya manusia cerdas", r"sdm cerdas"),
}
# "smart governance, economy, living": after the first one "smart" is often left out.
_LISTED: dict[Pillar, str] = {
    "governance": r"governance|government", "branding": r"branding", "economy": r"economy", "living": r"living",
    "society": r"society", "environment": r"environment\w*", "infrastructure": r"infrastructure",
    "mobility": r"mobility", "people": r"people",
}  # fmt: skip
_ONE = f"(?:{'|'.join(_LISTED.values())})"
_LIST = re.compile(
    rf"smart\s+{_ONE}(?:\s*,\s*(?:dan\s+|serta\s+)?(?:smart\s+)?{_ONE}){{1,8}}(?:\s*,?\s*(?:dan|serta)\s+(?:smart\s+)?{_ONE})?"
)
_NAMED = {pillar: re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)") for pillar, forms in _FORMS.items()}
# All forms but the first of each have "cerdas" after another word than "kota". A pattern that opens with letters is
# found far faster, so texts without such a "cerdas" are searched for the first forms alone.
_CERDAS = re.compile(r"cerdas(?<!kota cerdas)")
_SMART = {
    pillar: re.compile(rf"smart(?<!\wsmart){form.removeprefix('smart')}(?!\w)") for pillar, (form, *_) in _FORMS.items()
}
_IN_LIST = {pillar: re.compile(rf"(?<!\w)(?:{form})(?!\w)") for pillar, form in _LISTED.items()}


def find_pillars(text: str) -> list[tuple[int, int, Pillar]]:
    """Start, end and dimension of every naming, in order.

    >>> [pillar for *_, pillar in find_pillars("Smart Governance, smart environtment, dan masyarakat cerdas")]
    ['governance', 'environment', 'society']
    """
    text = lowered(text)
    found: set[tuple[int, int, Pillar]] = set()
    taken = bytearray(len(text))
    for pillar, pattern in (_NAMED if _CERDAS.search(text) else _SMART).items():
        for match in pattern.finditer(text):
            found.add((match.start(), match.end(), pillar))
            taken[match.start() : match.end()] = b"1" * len(match[0])
    for listed in _LIST.finditer(text):
        for pillar, pattern in _IN_LIST.items():
            for match in pattern.finditer(listed[0]):
                start = listed.start() + match.start()
                if not taken[start]:
                    found.add((start, start + len(match[0]), pillar))
    return sorted(found)
