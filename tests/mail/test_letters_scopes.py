"""What a reader can choose: what there is, and what there is not."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from newsroom import Public

from db.connect import open_read_only
from publish.letters.scopes import find_scope


@pytest.mark.parametrize(
    ("kind", "value", "name", "english", "path"),
    [
        ("all", "", "Semua daerah", "All regencies", "/peristiwa"),
        ("regency", "34.04", "Kabupaten Sleman", "Kabupaten Sleman", "/daerah/34.04"),
        ("province", "51", "Provinsi Bali", "Provinsi Bali", "/provinsi/51"),
        ("stage", "evaluasi-2", "Evaluasi tahap II", "Evaluation stage II", "/tahapan/evaluasi-2"),
        ("outlet", "kabar_praja", "Kabar Praja", "Kabar Praja", "/media/kabar_praja"),
        ("official", "p1", "Ratna Widuri", "Ratna Widuri", "/pejabat/p1"),
        ("search", "q=bimtek&provinsi=51", "Pencarian “bimtek”, Bali", "Search “bimtek”, Bali",
         "/cari?q=bimtek&provinsi=51"),
        ("search", "?q=bimtek+&provinsi=51&jenis=peristiwa", "Pencarian “bimtek”, Bali", "Search “bimtek”, Bali",
         "/cari?q=bimtek&provinsi=51"),
    ],
)  # fmt: skip
def test_what_there_is_has_a_name_and_a_page(
    public: Public, kind: str, value: str, name: str, english: str, path: str
) -> None:
    public.put("people", id="p1", name="Ratna Widuri", spellings=1, articles=1, outlets=1)
    with closing(public.sqlite()) as db:
        scope = find_scope(db, kind, value)
    assert scope
    assert (scope.kind, scope.name["id"], scope.name["en"], scope.path) == (kind, name, english, path)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("all", "64.01"),
        ("regency", "99.99"),
        ("regency", ""),
        ("regency", "34.04' or 1=1 --"),
        ("regency", "Kabupaten Sleman"),
        ("province", "34.04"),
        ("stage", "bimtek-9"),
        ("official", "000000000000"),
        ("outlet", "koran_yang_tutup"),
        ("search", ""),
        ("search", "q="),
        ("search", "provinsi=00"),
        ("search", "media=koran_yang_tutup"),
        ("search", "&".join(["q=bimtek"] * 200)),
        ("query", "ladder"),
        ("kota", "34.04"),
    ],
)
def test_what_there_is_not_has_no_scope(public: Public, kind: str, value: str) -> None:
    with closing(public.sqlite()) as db:
        assert find_scope(db, kind, value) is None


def test_a_former_id_of_a_person_leads_to_whom_it_is_now(public: Public) -> None:
    public.put("people", id="p1", name="Ratna Widuri", spellings=1, articles=1, outlets=1)
    public.put("merged_people", id="p0", person_id="p1")
    with closing(public.sqlite()) as db:
        scope = find_scope(db, "official", "p0")
    assert scope
    assert (scope.value, scope.path) == ("p1", "/pejabat/p1")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("all", ""),
        ("regency", "64.01"),
        ("province", "62"),
        ("stage", "bimtek-1"),
        ("outlet", "warta_selatan"),
        ("search", "q=paser"),
    ],
)
def test_every_condition_of_a_scope_can_be_asked_and_finds_something(example: Path, kind: str, value: str) -> None:
    with closing(open_read_only(example)) as db:
        scope = find_scope(db, kind, value)
        assert scope
        conditions = {
            "events": scope.where,
            "event_versions": scope.where_version,
            "articles": scope.where_article,
            "stage_reports": scope.where_report,
        }
        for table, condition in conditions.items():
            query = f"select count(*) from {table} where {condition}"
            (found,) = db.execute(query, dict(scope.parameters)).fetchone()
            (every,) = db.execute(f"select count(*) from {table}").fetchone()
            # An article that tells no stage is not of one.
            assert bool(found) == ((kind, table) != ("stage", "articles"))
            assert (found == every) == (kind == "all")
