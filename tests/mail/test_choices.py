"""What people write when they say what they want to follow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from build import build_example_db
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from db.connect import open_read_only
from db.mailing.subscribers import LONGEST_VALUE, Choice
from publish.mail.choices import KINDS, ChoiceError, choice_name, parse_choice
from publish.site.catalogue import grouped_queries

QUERIES = {name: query for group in grouped_queries().values() for name, query in group.items()}


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    _, public = build_example_db(tmp_path_factory.mktemp("choices"))
    with closing(open_read_only(public)) as db:
        yield db


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("all", "", ""),
        ("semua", "apa pun", ""),
        ("regency", "62.02", "62.02"),
        ("regency", "6202", "62.02"),
        ("daerah", "Kotim", "62.02"),
        ("regency", "kabupaten kotim", "62.02"),
        ("regency", "Kabupaten Paser", "64.01"),
        ("regency", " kab.  paser ", "64.01"),
        ("regency", "Kab.Paser", "64.01"),
        ("regency", "PASER", "64.01"),
        ("regency", "Kota Bandung", "32.73"),
        ("regency", "https://pantau.example/daerah/64.01?lang=en#tangga", "64.01"),
        ("province", "62", "62"),
        ("province", "Kalimantan Tengah", "62"),
        ("provinsi", "Prov. Bali", "51"),
        ("province", "kalteng", "62"),
        ("stage", "bimtek-2", "bimtek-2"),
        ("tahapan", "Bimtek II", "bimtek-2"),
        ("stage", "evaluasi tahap kedua", "evaluasi-2"),
        ("stage", "Memorandum of understanding", "mou"),
        ("stage", "bimtek", "bimtek"),
        ("official", "yusran effendy", None),
        ("outlet", "portal_paser", "portal_paser"),
        ("media", "https://wartaselatan.example/", "warta_selatan"),
        ("search", "masterplan paser", "q=masterplan+paser"),
        ("search", "https://pantau.example/cari?tahap=mou&q=a%26b&jenis=artikel&lang=en", "q=a%26b&tahap=mou"),
        ("cari", "?provinsi=64", "provinsi=64"),
        ("search", "q=bimtek&media=", "q=bimtek"),
        ("query", "tahapan_daerah", "tahapan_daerah"),
        ("kueri", "Tahapan satu daerah", "tahapan_daerah"),
        ("sql", " select name from regencies ;\n", "select name from regencies"),
    ],
)
def test_what_people_write_is_understood(db: Database, kind: str, written: str, value: str | None) -> None:
    if value is None:
        value = db.execute("select id from people where name = 'Yusran Effendy'").fetchone()[0]
    choice = parse_choice(db, kind, written)
    assert choice.value == value
    assert kind in (choice.kind, KINDS[choice.kind])


def test_an_official_is_known_by_page_and_every_name_that_is_hers_alone(db: Database) -> None:
    person = db.execute("select id from people where name = 'Mariana Oktavia'").fetchone()[0]
    names = [name for (name,) in db.execute("select name from person_names where person_id = ?", [person])]
    for written in (person, f"https://pantau.example/pejabat/{person}?lang=en", *names):
        assert parse_choice(db, "official", written) == Choice("official", person)


@pytest.mark.parametrize(
    ("kind", "written", "key", "meant"),
    [
        ("regency", "Bandung", "choice.ambiguous", ["32.04", "32.73"]),
        ("regency", "Tabanann", "choice.regency", ["51.02"]),
        ("regency", "zzzz", "choice.regency", []),
        ("province", "Kalimantan Tenggah", "choice.province", ["62", "65"]),
        ("stage", "bimbingan teknis", "choice.ambiguous", ["bimtek", "bimtek-1", "bimtek-2", "bimtek-3", "bimtek-4"]),
        ("stage", "rapat", "choice.stage", []),
        ("outlet", "portal_pasir", "choice.outlet", ["portal_paser"]),
        ("query", "tahapan_daera", "choice.query", ["tahapan_daerah"]),
        ("official", "Siapa Saja", "choice.official", []),
        ("search", "/daerah?q=bimtek", "choice.search", []),
        ("search", "/cari?halaman=2", "choice.search", []),
        ("search", "/cari?tahap=rapat", "choice.search", []),
        ("search", "http://[pantau?q=bimtek", "choice.search", []),
        ("regency", " ", "choice.empty", []),
        ("query", "", "choice.empty", []),
        ("sql", ";", "choice.empty", []),
        ("kecamatan", "Sampit", "choice.kind", []),
        ("sql", "select " + "1," * LONGEST_VALUE + "1", "choice.long", []),
    ],
)
def test_what_cannot_be_followed_is_refused_with_what_may_be_meant(
    db: Database, kind: str, written: str, key: str, meant: list[str]
) -> None:
    with pytest.raises(ChoiceError) as caught:
        parse_choice(db, kind, written)
    assert caught.value.key == key
    assert [candidate.value for candidate in caught.value.candidates] == meant
    for lang in ("id", "en"):
        said = caught.value.say(lang)
        assert "{" not in said
        assert all(candidate.name in said for candidate in caught.value.candidates)


def test_the_candidates_are_told_in_a_sentence(db: Database) -> None:
    with pytest.raises(ChoiceError) as caught:
        parse_choice(db, "regency", "Bandung")
    said = "“Bandung” bisa berarti Kabupaten Bandung (32.04), Kota Bandung (32.73); tulis salah satunya."
    assert caught.value.say("id") == said


def test_a_query_keeps_all_its_parameters_and_takes_them_from_its_address_too(db: Database) -> None:
    whole = Choice("query", "peristiwa_antara", {"dari": "2024-11-01", "sampai": ""})
    assert parse_choice(db, "query", "peristiwa_antara", {"dari": "2024-11-01"}) == whole
    assert parse_choice(db, "query", "/public/peristiwa_antara?dari=2024-11-01&_size=max") == whole
    assert choice_name(db, whole, "en") == "Events first reported between two days (dari: 2024-11-01)"


@pytest.mark.parametrize("name", QUERIES)
def test_every_example_query_may_be_followed(db: Database, name: str) -> None:
    assert parse_choice(db, "query", name).value == name


@pytest.mark.parametrize(
    ("kind", "written", "parameters", "key"),
    [
        ("query", "tahapan_daerah", {"kod": "62.02"}, "choice.unknown_parameter"),
        ("sql", "select :kode", {}, "choice.missing_parameter"),
        ("sql", "select :kode", {"kode": "62.02", "hari": "2024-11-20"}, "choice.unknown_parameter"),
        ("regency", "62.02", {"kode": "62.02"}, "choice.parameters"),
    ],
)
def test_parameters_are_those_of_the_query(
    db: Database, kind: str, written: str, parameters: dict[str, str], key: str
) -> None:
    with pytest.raises(ChoiceError) as caught:
        parse_choice(db, kind, written, parameters)
    assert caught.value.key == key


def test_sql_is_kept_with_the_parameters_that_it_names(db: Database) -> None:
    sql = "-- Peristiwa di Kotim\nselect id, '10:30' from events where regency_code = :kode"
    choice = parse_choice(db, "sql", sql, {"kode": "62.02"})
    assert choice == Choice("sql", sql, {"kode": "62.02"})
    assert choice_name(db, choice, "id") == "SQL: Peristiwa di Kotim"


@pytest.mark.parametrize(
    "sql",
    [
        "delete from events",
        "with gone as (select 1) delete from events",
        "with gone as (select 1) insert into stages select 1, 2, 3, 4, 5, 6",
        "select 1; select 2",
        "select 1; drop table events",
        "pragma writable_schema = 1",
        "attach '/tmp/other.db' as other",
        "vacuum into '/tmp/other.db'",
        "explain select 1",
        "-- select\ndelete from events",
    ],
)
def test_sql_that_does_more_than_read_is_refused(db: Database, sql: str) -> None:
    with pytest.raises(ChoiceError) as caught:
        parse_choice(db, "sql", sql)
    assert caught.value.key == "choice.sql_kind"


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("select * from peristiwa", "no such table: peristiwa"),
        ("select nama from regencies", "no such column: nama"),
        ("select from where", "syntax error"),
        ("select ?", "Binding 1 has no name"),
        ("select 'a\0'", "null character"),
    ],
)
def test_sql_that_cannot_run_is_refused_with_what_sqlite_says(db: Database, sql: str, reason: str) -> None:
    with pytest.raises(ChoiceError, match=reason) as caught:
        parse_choice(db, "sql", sql)
    assert caught.value.key == "choice.sql"


def test_sql_over_full_text_and_json_only_reads(db: Database) -> None:
    sql = "select value from json_each('[1]') join articles_fts on articles_fts match escape_fts('bimtek')"
    assert parse_choice(db, "sql", sql).value == sql


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        (Choice("all"), ("Semua daerah", "All regencies")),
        (Choice("regency", "64.01"), ("Kabupaten Paser", "Kabupaten Paser")),
        (Choice("province", "64"), ("Provinsi Kalimantan Timur", "Provinsi Kalimantan Timur")),
        (Choice("stage", "mou"), ("Nota kesepahaman", "Memorandum of understanding")),
        (
            Choice("search", "q=bimtek&provinsi=64"),
            ("Pencarian “bimtek”, Kalimantan Timur", "Search “bimtek”, Kalimantan Timur"),
        ),
        (Choice("regency", "99.99"), ("99.99 (tidak ada lagi dalam data kami)", "99.99 (no longer in our data)")),
        (Choice("query", "dahulu"), ("dahulu (tidak ada lagi dalam data kami)", "dahulu (no longer in our data)")),
        (Choice("sql", "select\n  1"), ("SQL: select 1", "SQL: select 1")),
        (Choice("sql", "-- \u202eBuka\x1b \ue000berhenti\ue001"), ("SQL: Buka berhenti", "SQL: Buka berhenti")),
    ],
)
def test_a_choice_has_a_name_in_both_languages(db: Database, choice: Choice, names: tuple[str, str]) -> None:
    assert (choice_name(db, choice, "id"), choice_name(db, choice, "en")) == names


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(list(KINDS)), written=st.text(st.characters(), max_size=60))
def test_whatever_is_written_is_a_choice_or_a_refusal(db: Database, kind: str, written: str) -> None:
    try:
        choice = parse_choice(db, kind, written)
    except ChoiceError as error:
        said = error.say("id")
    else:
        said = choice_name(db, choice, "id")
    assert said
