"""What somebody may have meant who typed an address under /daerah: a code written otherwise, a name, a part of one."""

from __future__ import annotations

import difflib
import re

LONGEST = 60
"""Characters of an address that are looked at; no name is as long."""


def read_code(text: str) -> str | None:
    """The code of a regency or province, however its digits are divided.

    >>> read_code("6202"), read_code("62-02"), read_code("62.2"), read_code("62"), read_code("kotim")
    ('62.02', '62.02', '62.02', '62', None)
    """
    match = re.fullmatch(r"(\d\d)(?:[.\-_ ]?(\d{1,2}))?", text.strip(), re.ASCII)
    return match and (f"{match[1]}.{match[2]:0>2}" if match[2] else match[1])


def read_name(text: str) -> str:
    """The name as the lists have it, but for its capitals: words apart, the kind of a kabupaten in full.

    >>> read_name("Kab.-Kotawaringin_Timur"), read_name("kota-solok")
    ('kabupaten kotawaringin timur', 'kota solok')
    """
    words = re.sub(r"[^\w']+|_", " ", text[:LONGEST].lower()).split()
    return " ".join(["kabupaten", *words[1:]] if words[:1] == ["kab"] else words)


def bare_name(name: str) -> str:
    """The name without the word kabupaten in front, as most lists have it.

    >>> bare_name("kabupaten solok"), bare_name("kota solok")
    ('solok', 'kota solok')
    """
    return name.removeprefix("kabupaten ")


def alike(name: str, known: list[str]) -> list[str]:
    """Up to five of the known names that are written much like it, the likest first.

    >>> alike("kotawarigin timur", ["kotawaringin barat", "kotawaringin timur", "tabanan"])
    ['kotawaringin timur', 'kotawaringin barat']
    """
    return difflib.get_close_matches(name, known, n=5, cutoff=0.72)
