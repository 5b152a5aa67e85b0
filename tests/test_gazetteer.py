"""The rooms keep their own copies of the names of places; here they are held together."""

from __future__ import annotations

import csv
from pathlib import Path

from nlp.gazetteer import letters, names, places

REFERENCE = Path(__file__).parent.parent / "db" / "reference"


def read(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_reader_and_the_database_know_the_same_514() -> None:
    assert {code: place.name for code, place in places().items()} == {
        row["code"]: " ".join(row["name"].split()) for row in read("regencies.csv")
    }


def test_every_short_name_and_abbreviation_that_the_site_finds_is_read_in_articles_too() -> None:
    wanted = {
        (row["regency_code"], letters(row["alias"]))
        for row in read("regency_aliases.csv")
        if row["kind"] in ("short", "abbreviation")
    }
    known = {(entry.code, name) for name, entries in names().items() for entry in entries}
    assert wanted - known == set()
