from __future__ import annotations

from typing import get_args

import pytest
from sqlite_utils import Database

from db.connect import open_db
from db.reference import FOLDER, load_reference, read_rows
from nlp.extraction import Stage


@pytest.fixture
def db() -> Database:
    db = open_db(":memory:")
    load_reference(db)
    return db


def dump(db: Database) -> list[str]:
    return list(db.conn.iterdump())


def test_loading_twice_changes_nothing(db: Database) -> None:
    before = dump(db)
    load_reference(db)
    assert dump(db) == before


def test_every_regency_has_its_province_and_lies_in_indonesia(db: Database) -> None:
    assert db.execute("select kind, count(*) from regencies group by kind").fetchall() == [
        ("kabupaten", 416),
        ("kota", 98),
    ]
    assert db.table("provinces").count == 38
    wrong = """
        select name from regencies
        where province_code <> substr(code, 1, 2)
            or latitude not between -11.1 and 6.1 or longitude not between 94.9 and 141.1
            or population < 10000 or area_km2 < 10
            or (kind = 'kota') <> (name like 'Kota %')
    """
    assert db.execute(wrong).fetchall() == []


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("19.03", "Kabupaten Bangka Selatan"),
        ("51.02", "Kabupaten Tabanan"),
        ("72.71", "Kota Palu"),
        # A code that ends in 0, which a reader of numbers would lose.
        ("11.10", "Kabupaten Aceh Singkil"),
    ],
)
def test_a_code_keeps_its_form(db: Database, code: str, name: str) -> None:
    assert db.table("regencies").get(code)["name"] == name


def test_stages_are_those_of_the_types_in_their_order(db: Database) -> None:
    stages = list(db.query("select * from stages order by position"))
    assert tuple(stage["code"] for stage in stages) == get_args(Stage)
    assert [stage["position"] for stage in stages] == list(range(1, 16))
    assert all(stage["description_id"].endswith(".") and stage["description_en"].endswith(".") for stage in stages)


def test_a_changed_order_of_stages_can_be_loaded(db: Database) -> None:
    db.execute("update stages set position = 16 - position + 100")
    db.execute("update stages set position = position - 100")
    load_reference(db)
    assert db.execute("select code from stages where position = 1").fetchone() == ("seleksi",)


def test_a_row_that_left_its_file_goes_and_a_changed_one_is_put_right(db: Database) -> None:
    db.execute("insert into regency_aliases values ('72.71', 'Palsu', 'short', null, null, 'coba')")
    db.execute("update regencies set name = 'Salah' where code = '72.71'")
    load_reference(db)
    assert db.execute("select * from regency_aliases where alias = 'Palsu'").fetchall() == []
    assert db.execute("select name from regencies where code = '72.71'").fetchone() == ("Kota Palu",)


def test_every_cohort_and_alias_names_its_source() -> None:
    assert all(row["source_url"] for row in read_rows("cohorts.csv"))
    assert all(row["source"] for row in read_rows("regency_aliases.csv"))
    assert all(row["source_url"] for row in read_rows("programme_calendar.csv"))


def test_the_readme_speaks_of_every_file() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in sorted(FOLDER.glob("*.csv")) if f"`{path.name}`" not in readme] == []
