"""Readers from a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from build import build_example_db
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from db.connect import open_read_only
from db.mailing.connect import open_mail_db
from db.mailing.subscribers import (
    Choice,
    ask,
    confirm,
    find_subscriber,
    leave,
    list_subscribers,
    read_requests,
    read_subscriptions,
)
from publish.mail.importing import Row, TableError, import_each, read_table

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)

TABLE = """\
email,name,lang,zone,cadence,kind,value,parameters
sari@tabanan.example,Sari Dewi,,WITA,weekly,regency,Kabupaten Tabanan,
Putu@Badung.example,,en,,,,,

SARI@tabanan.example,,,,daily,province,Bali,
sari@tabanan.example,"Sari Dewi",id,wita,harian,query,peristiwa_antara,dari=2024-11-01&sampai=
"""


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    _, path = build_example_db(tmp_path_factory.mktemp("importing"))
    with closing(open_read_only(path)) as db:
        yield db


@pytest.fixture
def db() -> Iterator[Database]:
    with closing(open_mail_db(":memory:")) as db:
        yield db


def take(db: Database, rows: list[Row], now: datetime = NOW, is_confirmed: bool = True) -> Counter[str]:
    return Counter(done.outcome for done in import_each(db, rows, now, is_confirmed=is_confirmed))


def followed(db: Database, email: str) -> list[tuple[str, str, str]]:
    reader = find_subscriber(db, email)
    return [(one.kind, one.value, one.cadence) for one in read_subscriptions(db, reader.id)]


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace(",", ";").encode(),
        TABLE.replace(",", "\t").encode(),
        TABLE.replace("email,", " Email ,").rstrip("\n").encode(),
    ],
    ids=["utf-8", "bom", "crlf", "semicolons", "tabs", "loose"],
)
def test_several_lines_of_an_address_are_one_reader(db: Database, public: Database, content: bytes) -> None:
    rows = read_table(public, content)
    assert [(row.line, row.email, row.name, row.lang, row.zone) for row in rows] == [
        (2, "sari@tabanan.example", "Sari Dewi", "id", "WITA"),
        (3, "Putu@badung.example", None, "en", None),
    ]
    assert take(db, rows) == {"added": 2}
    assert followed(db, "sari@tabanan.example") == [
        ("regency", "51.02", "weekly"),
        ("province", "51", "daily"),
        ("query", "peristiwa_antara", "daily"),
    ]
    putu = find_subscriber(db, "putu@badung.example")
    assert (putu.lang, putu.zone, putu.state, putu.origin) == ("en", "WIB", "active", "import")


def test_the_addresses_alone_are_a_table(db: Database, public: Database) -> None:
    assert take(db, read_table(public, b"email\nsari@tabanan.example\n")) == {"added": 1}
    assert followed(db, "sari@tabanan.example") == [("all", "", "weekly")]


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        (b"", {1: "import.header"}),
        (b"surel\nsari@tabanan.example\n", {1: "import.header"}),
        (b"email,email\n", {1: "import.header"}),
        (b"email\nsari@tabanan.example\n\xff\n", {3: "import.utf8"}),
        ("email\nsari@tabanan.example\n".encode("utf-16"), {1: "import.utf8"}),
        (b"email\nsari\nSari <sari@tabanan.example>\nsari@tabanan.example\n", {2: "address.no_at", 3: "address.named"}),
        (
            b'email\n"sari@tabanan.example\nBcc: dewi@tabanan.example"\nsari\n',
            {2: "address.control", 4: "address.no_at"},
        ),
        (b"email\nsari@tabanan.example,dewi@tabanan.example\n", {2: "import.cells"}),
        (b'email,name\n"sari@tabanan.example\n', {2: "import.csv"}),
        (b"email,lang\na@x.example,fr\n", {2: "import.word"}),
        (b"email,zone\na@x.example,UTC\n", {2: "import.word"}),
        (b"email,cadence\na@x.example,monthly\n", {2: "import.word"}),
        (b"email,kind,value\na@x.example,regency,Bandung\n", {2: "choice.ambiguous"}),
        (b"email,kind,value\na@x.example,kecamatan,Sampit\n", {2: "choice.kind"}),
        (b"email,kind,value\na@x.example,,64.01\n", {2: "import.kind"}),
        (b"email,kind,value,parameters\na@x.example,sql,select :a,a\n", {2: "import.parameters"}),
        (b"email,kind,value,parameters\na@x.example,sql,select :a,b=1\n", {2: "choice.unknown_parameter"}),
        (b"email,lang\na@x.example,id\nA@x.example,en\n", {3: "import.otherwise"}),
        (b"email,cadence\na@x.example,daily\na@x.example,weekly\n", {3: "import.cadence"}),
        (
            b"email,kind,value\n" + b"".join(b"a@x.example,sql,select %d\n" % number for number in range(51)),
            {52: "import.many"},
        ),
    ],
)
def test_every_bad_line_is_told_and_nothing_is_taken(
    public: Database, content: bytes, problems: dict[int, str]
) -> None:
    with pytest.raises(TableError) as caught:
        read_table(public, content)
    assert {problem.line: problem.error.key for problem in caught.value.problems} == problems
    assert str(caught.value).count("\n") == len(problems) - 1
    for problem in caught.value.problems:
        assert problem.say("id").startswith(f"Baris {problem.line}: ")
        assert "{" not in problem.say("id") + problem.say("en")


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_the_same_table_again_changes_nothing(db: Database, public: Database, is_confirmed: bool) -> None:
    rows = read_table(public, TABLE.encode())
    assert take(db, rows, is_confirmed=is_confirmed) == {"added": 2}
    before = list(db.conn.iterdump())
    for days in (0, 1, 9):
        assert take(db, rows, NOW + timedelta(days=days), is_confirmed) == {"same": 2}
    assert list(db.conn.iterdump()) == before


def test_without_consent_each_is_asked_once_and_gets_nothing_before(db: Database, public: Database) -> None:
    take(db, read_table(public, TABLE.encode()), is_confirmed=False)
    assert {reader.state for reader in list_subscribers(db)} == {"pending"}
    assert [len(read_requests(db, reader.id)) for reader in list_subscribers(db)] == [1, 1]


def test_who_gets_letters_is_asked_about_what_is_new_alone(db: Database, public: Database) -> None:
    rows = read_table(public, TABLE.encode())
    take(db, rows)
    more = read_table(public, TABLE.encode() + b"sari@tabanan.example,,,,,stage,mou,\n")
    assert take(db, more, is_confirmed=False) == {"extended": 1, "same": 1}
    sari = find_subscriber(db, "sari@tabanan.example")
    assert [request.choices for request in read_requests(db, sari.id)] == [((Choice("stage", "mou"), "weekly"),)]
    assert take(db, more, is_confirmed=False) == {"same": 2}
    confirm(db, sari.id, NOW)
    assert ("stage", "mou", "weekly") in followed(db, "sari@tabanan.example")


def test_who_was_only_asked_begins_when_consent_is_there(db: Database, public: Database) -> None:
    rows = read_table(public, TABLE.encode())
    take(db, rows, is_confirmed=False)
    assert take(db, rows, is_confirmed=True) == {"extended": 2}
    assert {reader.state for reader in list_subscribers(db)} == {"active"}


@pytest.mark.parametrize("reason", ["left", "complaint", "dead"])
def test_who_left_is_not_written_to_again(db: Database, public: Database, reason: str) -> None:
    rows = read_table(public, TABLE.encode())
    take(db, rows)
    leave(db, find_subscriber(db, "sari@tabanan.example").id, NOW, reason)
    done = {one.email: (one.outcome, one.reason) for one in import_each(db, rows, NOW, is_confirmed=True)}
    assert done == {"sari@tabanan.example": ("refused", reason), "Putu@badung.example": ("same", None)}


def test_whoever_would_have_too_many_choices_keeps_hers_and_the_others_are_taken(
    db: Database, public: Database
) -> None:
    many = [(Choice("sql", f"select {number}"), "weekly") for number in range(49)]
    ask(db, "sari@tabanan.example", many, origin="operator", now=NOW, is_confirmed=True)
    assert take(db, read_table(public, TABLE.encode())) == {"refused": 1, "added": 1}
    assert len(followed(db, "sari@tabanan.example")) == 49
    assert read_requests(db, find_subscriber(db, "sari@tabanan.example").id) == []


def test_a_name_with_a_header_in_it_is_a_name(db: Database, public: Database) -> None:
    content = b'email,name\nsari@tabanan.example,"Sari\r\nBcc: dewi"\n'
    take(db, read_table(public, content))
    assert find_subscriber(db, "sari@tabanan.example").name == "Sari Bcc: dewi"


def test_ten_thousand_lines_look_each_choice_up_once(db: Database, public: Database) -> None:
    lines = [
        f"pembaca{number}@desa.example,regency,{('Kotim', '64.01', 'Tabanan')[number % 3]}" for number in range(10_000)
    ]
    asked: list[str] = []
    public.conn.set_trace_callback(asked.append)
    try:
        rows = read_table(public, "\n".join(["email,kind,value", *lines]).encode())
    finally:
        public.conn.set_trace_callback(None)
    assert len(rows) == 10_000
    assert len(asked) < 20
    assert take(db, rows[:1000]) == {"added": 1000}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(st.lists(st.text(st.characters(), max_size=12), max_size=9), max_size=4),
    separator=st.sampled_from([",", ";", "\t", "\0"]),
)
def test_whatever_a_file_holds_is_a_table_or_is_told(public: Database, cells: list[list[str]], separator: str) -> None:
    text = "\n".join(["email,name,kind,value", *(separator.join(line) for line in cells)])
    try:
        told = [*map(str, read_table(public, text.encode("utf-8", "surrogatepass")))]
    except TableError as error:
        told = [problem.say("id") for problem in error.problems]
    assert all(told)
