"""The 514 kabupaten and kota, under every name that newspapers print for them."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

ASSETS = Path(__file__).parent / "assets"

NameKind = Literal["official", "short", "abbreviation", "old_name", "capital"]
KIND_RANK: dict[NameKind, int] = {"official": 0, "short": 1, "abbreviation": 2, "old_name": 3, "capital": 4}


@dataclass(frozen=True, slots=True)
class Place:
    """A kabupaten or kota."""

    code: str
    name: str
    kind: Literal["kabupaten", "kota"]
    province: str


@dataclass(frozen=True, slots=True)
class PlaceName:
    """One way to write a place."""

    code: str
    name: str
    kind: NameKind
    stands_alone: bool
    """False: the word means other things too, so it needs an office or "Kabupaten" before it."""


# A province's name inside the text is no regency; the longest match has to see it. The short forms are press usage.
PROVINCE_SHORT = (
    "Bangka Belitung", "Babel", "Sumut", "Sumbar", "Sumsel", "Kepri", "Jabar", "Jateng", "Jatim", "DIY", "Yogyakarta",
    "DKI Jakarta", "Kalbar", "Kalteng", "Kalsel", "Kaltim", "Kaltara", "Sulut", "Sulteng", "Sulsel", "Sultra",
    "Sulbar", "NTB", "NTT", "Malut", "Daerah Khusus Jakarta", "Daerah Khusus Ibu Kota Jakarta", "Pabar", "PBD",
)  # fmt: skip
# Also the bare name of a kota, which the bare name then means: "Kota Jambi", "Jambi".
PROVINCES_NAMED_AS_KOTA = frozenset({"Jambi", "Bengkulu", "Gorontalo", "Yogyakarta"})


@lru_cache
def places() -> dict[str, Place]:
    """Every kabupaten and kota by its Kemendagri code."""
    with (ASSETS / "regencies.csv").open(encoding="utf-8") as file:
        return {
            row["code"]: Place(row["code"], row["name"], row["kind"], row["province"])  # type: ignore[arg-type]
            for row in csv.DictReader(file)
        }


@lru_cache
def names() -> dict[str, tuple[PlaceName, ...]]:
    """What each written name may mean, the likeliest kind of name first."""
    by_name: dict[str, list[PlaceName]] = defaultdict(list)
    with (ASSETS / "gazetteer.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            entry = PlaceName(row["code"], row["name"], row["kind"], row["stands"] == "alone")  # type: ignore[arg-type]
            for name in _spellings(entry):
                by_name[name].append(entry)
    return {
        name: tuple(sorted(entries, key=lambda entry: (KIND_RANK[entry.kind], entry.code)))
        for name, entries in by_name.items()
    }


@lru_cache
def provinces() -> frozenset[str]:
    """Names and press abbreviations of the provinces."""
    return frozenset({place.province for place in places().values()} | set(PROVINCE_SHORT))


def _spellings(entry: PlaceName) -> list[str]:
    """The ways one name stands in print: as given, in capitals, and with "Kab." for "Kabupaten".

    >>> _spellings(PlaceName("13.02", "Kabupaten Solok", "official", True))
    ['Kabupaten Solok', 'KABUPATEN SOLOK', 'Kab. Solok', 'Kab Solok']
    """
    spellings = [entry.name, entry.name.upper()]
    if entry.name.startswith("Kabupaten "):
        bare = entry.name.removeprefix("Kabupaten ")
        spellings += [f"Kab. {bare}", f"Kab {bare}"]
    if entry.name.endswith(tuple("abcdefghijklmnopqrstuvwxyz")) and "Kep. " in entry.name:
        spellings.append(entry.name.replace("Kep. ", "Kepulauan "))
    return list(dict.fromkeys(spellings))
