"""What is known before the first article: regions, stages, cohorts, the programme's calendar, offices and agencies."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from db.connect import transaction

FOLDER = Path(__file__).parent / "reference"

INGEST = {"name": "ingest", "outlet_name": "Berkas lokal", "home_url": None, "kind": "file", "network": None}
"""The source of local files, which has no YAML file of its own."""


def load_reference(db: Database) -> None:
    """Put the rows of `db/reference/*.csv` into the database, all or nothing.

    The same again changes nothing; a corrected file corrects its rows. A province, regency or stage that is no longer
    in its file stays, because articles may point to it.
    """
    with transaction(db):
        _upsert(db, "provinces", read_rows("provinces.csv"))
        _upsert(db, "regencies", read_rows("regencies.csv"))
        _upsert(db, "stages", [row | {"position": n} for n, row in enumerate(read_rows("stages.csv"), start=1)])
        _replace(db, "regency_aliases", read_rows("regency_aliases.csv"))
        _replace(db, "cohorts", read_rows("cohorts.csv"))
        calendar = read_rows("programme_calendar.csv")
        _replace(db, "programme_calendar", [row | {"number": n} for n, row in enumerate(calendar, start=1)])
        _replace(db, "positions", read_rows("positions.csv"))
        _replace(db, "agencies", read_rows("agencies.csv"))
        _replace(db, "stage_order", [pair for row in read_rows("stage_order.csv") for pair in _stage_pairs(row)])
        db.table("sources").upsert(INGEST, pk="name")


def read_rows(name: str) -> list[dict[str, Any]]:
    """Rows of a reference file, in its order; an empty cell is None.

    Numbers stay text: the STRICT columns turn them into numbers, and refuse what is none.
    """
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return [{key: value or None for key, value in row.items()} for row in csv.DictReader(file)]


def _stage_pairs(rule: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A rule on the order of stages, once for every pair of an earlier and a later stage that it names."""
    earlier, later = rule.pop("earlier_codes").split(), rule.pop("later_codes").split()
    return (rule | {"earlier_code": one, "later_code": other} for one, other in product(earlier, later))


def _upsert(db: Database, table: str, rows: list[dict[str, Any]]) -> None:
    if table == "stages":
        # position is unique, so a changed order would collide row by row
        db.execute("update stages set position = -position")
    db.table(table).upsert_all(rows, pk="code")


def _replace(db: Database, table: str, rows: list[dict[str, Any]]) -> None:
    db.table(table).delete_where()
    db.table(table).insert_all(rows)
