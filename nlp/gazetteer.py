"""The 514 kabupaten and kota, under every name that newspapers print for them."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import dataclass, replace
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


Stands = Literal["alone", "context", "office"]
"""What a name needs beside it to mean the place: nothing; some sign of a place, because it is a word or a name of other
things too; or the office itself, "Kabupaten Puncak"."""


@dataclass(frozen=True, slots=True)
class PlaceName:
    """One way to write a place."""

    code: str
    name: str
    kind: NameKind
    stands: Stands


# A province's name inside the text is no regency; the longest match has to see it. The short forms are press usage.
PROVINCE_SHORT = (
    "Bangka Belitung", "Babel", "Sumut", "Sumbar", "Sumsel", "Kepri", "Jabar", "Jateng", "Jatim", "DIY", "Yogyakarta",
    "DKI Jakarta", "Kalbar", "Kalteng", "Kalsel", "Kaltim", "Kaltara", "Sulut", "Sulteng", "Sulsel", "Sultra",
    "Sulbar", "NTB", "NTT", "Malut", "Daerah Khusus Jakarta", "Daerah Khusus Ibu Kota Jakarta", "Pabar", "PBD",
    "DI Yogyakarta", "D I Yogyakarta", "Daerah Istimewa Yogyakarta", "Nanggroe Aceh Darussalam", "NAD", "Irian Jaya",
    "Irian Jaya Barat", "Pulau Papua", "Tanah Papua", "Kepulauan Babel",
)  # fmt: skip
_STANDS: tuple[Stands, ...] = ("alone", "context", "office")
_IN_FULL = {
    "kab": "kabupaten", "kep": "kepulauan", "tj": "tanjung", "tjg": "tanjung", "tg": "tanjung", "sei": "sungai",
    "sui": "sungai", "adm": "administrasi", "pem": "pematang", "gn": "gunung",
}  # fmt: skip
SHORTENED = frozenset(_IN_FULL) | {"p", "t", "d", "i"}
"""Words that stand shortened in names, with a point or without: "Kep. Sula", "P. Siantar", "D.I. Yogyakarta"."""
# Also the bare name of a kota (and of a kabupaten): alone it is the province.
PROVINCES_NAMED_AS_KOTA = frozenset({"jambi", "bengkulu", "gorontalo"})


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
    """What each name may mean, by its `letters`, the likeliest kind of name first."""
    by_letters: dict[str, dict[str, PlaceName]] = defaultdict(dict)
    with (ASSETS / "gazetteer.csv").open(encoding="utf-8") as file:
        rows = [PlaceName(row["code"], row["name"], row["kind"], row["stands"]) for row in csv.DictReader(file)]  # type: ignore[arg-type]
    rows += [full for entry in rows if (full := _with_its_kind(entry))]
    for entry in sorted(rows, key=lambda entry: (_STANDS.index(entry.stands), KIND_RANK[entry.kind])):
        by_letters[letters(entry.name)].setdefault(entry.code, entry)
    return {
        key: tuple(sorted(entries.values(), key=lambda entry: (KIND_RANK[entry.kind], entry.code)))
        for key, entries in by_letters.items()
    }


def _with_its_kind(entry: PlaceName) -> PlaceName | None:
    """The name as the kabupaten or kota bears it in full: "Kabupaten Kotim"; what is none of its names has none."""
    if entry.kind in ("official", "capital"):
        return None
    return replace(entry, name=f"{places()[entry.code].kind.title()} {entry.name}", stands="alone")


@lru_cache
def provinces() -> frozenset[str]:
    """Names and press abbreviations of the provinces."""
    return frozenset({place.province for place in places().values()} | set(PROVINCE_SHORT))


@lru_cache(maxsize=2**14)  # the same words come again and again
def letters(name: str) -> str:
    """A name as it sounds, for newspapers disagree about spaces, hyphens, capitals and what they shorten.

    >>> letters("Bau-Bau"), letters("KEP. SULA"), letters("Tj Pinang"), letters("Kab. Solok")
    ('baubau', 'kepulauansula', 'tanjungpinang', 'kabupatensolok')
    """
    return "".join(_IN_FULL.get(word, word) for word in re.findall(r"[^\W_]+", name.lower()))
