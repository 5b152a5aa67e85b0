"""`pantau subscribers`, as an operator says it."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from build import build_example_db
from click.testing import CliRunner, Result

from db.mailing.connect import open_mail_db
from db.mailing.subscribers import find_subscriber, read_subscriptions
from pantau import main

SARI = "sari@diskominfo.example"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contoh")
    build_example_db(folder)
    return folder


@pytest.fixture
def data(example: Path, tmp_path: Path) -> Path:
    shutil.copy(example / "public.db", tmp_path)
    return tmp_path


def say(data: Path, *words: str) -> Result:
    """What `pantau subscribers …` does."""
    return CliRunner().invoke(main, ["--data", str(data), "subscribers", *words])


def rows(data: Path, *words: str) -> list[list[str]]:
    listed = say(data, "list", *words)
    assert listed.exit_code == 0, listed.output
    return [line.split("\t") for line in listed.output.splitlines()]


def followed(data: Path, email: str = SARI) -> list[tuple[str, str, dict[str, str], str]]:
    with closing(open_mail_db(data / "mail.db")) as db:
        reader = find_subscriber(db, email)
        assert reader is not None
        return [(one.kind, one.value, one.parameters, one.cadence) for one in read_subscriptions(db, reader.id)]


def test_without_a_choice_everything_is_told_once_a_week_after_its_reader_said_yes(data: Path) -> None:
    done = say(data, "add", SARI)
    assert (done.exit_code, done.output) == (
        0, f"{SARI} is asked by the next `pantau send`: All regencies (weekly)\n"
    )  # fmt: skip
    assert rows(data) == [[SARI, "pending", "id", "WIB", "All regencies (weekly)", "-"]]


def test_all_choices_of_one_call_are_kept_by_what_they_are(data: Path) -> None:
    words = ["--regency", "Paser", "--province", "64", "--stage", "bimtek-2", "--outlet", "warta_selatan"]
    words += ["--search", "bimtek", "--sql", "select id from events where stage_code = :tahap", "-p", "tahap=mou"]
    done = say(
        data, "add", SARI, *words, "--daily", "--name", "Sari Dewi", "--lang", "en", "--zone", "WITA", "--confirmed"
    )
    assert done.exit_code == 0, done.output
    assert followed(data) == [
        ("regency", "64.01", {}, "daily"),
        ("province", "64", {}, "daily"),
        ("stage", "bimtek-2", {}, "daily"),
        ("outlet", "warta_selatan", {}, "daily"),
        ("search", "q=bimtek", {}, "daily"),
        ("sql", "select id from events where stage_code = :tahap", {"tahap": "mou"}, "daily"),
    ]
    (listed,) = rows(data)
    assert listed[:4] == [SARI, "active", "en", "WITA"]
    assert listed[4].startswith("Kabupaten Paser (daily); Provinsi Kalimantan Timur (daily); ")


def test_a_query_of_the_site_is_followed_with_its_parameters(data: Path) -> None:
    done = say(data, "add", SARI, "--query", "pejabat_daerah", "-p", "kode=64.01", "--confirmed")
    assert done.exit_code == 0, done.output
    assert [(kind, value, parameters["kode"]) for kind, value, parameters, _ in followed(data)] == [
        ("query", "pejabat_daerah", "64.01")
    ]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["sari"], "has an @ in it"),
        (["sari@diskominfo.example\r\nBcc: x@y.example"], "is one line"),
        ([SARI, "--regency", "Atlantis"], "Atlantis"),
        ([SARI, "--regency", "99.99"], "99.99"),
        ([SARI, "--query", "tidak_ada"], "tidak_ada"),
        ([SARI, "--sql", "delete from events"], "select"),
        ([SARI, "--sql", "select tidak_ada from events"], "no such column: tidak_ada"),
        ([SARI, "-p", "kode=64.01"], "-p is for --query and --sql"),
        ([SARI, "--query", "pejabat_daerah", "-p", "kode"], "one reads name=value"),
    ],
)
def test_what_cannot_be_taken_is_told_in_one_line_and_adds_nobody(data: Path, words: list[str], says: str) -> None:
    done = say(data, "add", *words, "--confirmed")
    assert done.exit_code != 0
    assert says in done.output.splitlines()[-1]
    assert done.output.splitlines()[-1].startswith("Error: ")
    assert rows(data) == []


def test_without_a_published_database_it_says_what_to_do(tmp_path: Path) -> None:
    done = say(tmp_path, "add", SARI)
    assert done.exit_code == 1
    assert done.output == f"Error: {tmp_path / 'public.db'}: not there yet; say `pantau publish` first\n"


def test_who_is_removed_is_forgotten_and_not_taken_back_by_the_operator(data: Path) -> None:
    say(data, "add", SARI, "--confirmed")
    assert say(data, "remove", SARI.upper()).exit_code == 0
    assert rows(data) == []
    assert rows(data, "--state", "left") == [["-", "left", "id", "WIB", "-", "-"]]
    assert SARI.encode() not in (data / "mail.db").read_bytes()
    again = say(data, "add", SARI, "--confirmed")
    assert again.exit_code == 1
    assert "its reader can ask by the form" in again.output


def test_removing_whom_nobody_knows_fails(data: Path) -> None:
    done = say(data, "remove", SARI)
    assert (done.exit_code, done.output) == (1, f"Error: {SARI} gets no letters\n")


def test_the_list_is_narrowed_by_state(data: Path) -> None:
    say(data, "add", SARI, "--confirmed")
    say(data, "add", "made@diskominfo.example")
    assert [row[0] for row in rows(data, "--state", "active")] == [SARI]
    assert [row[0] for row in rows(data, "--state", "pending")] == ["made@diskominfo.example"]
    assert len(rows(data)) == 2


TABLE = f"""email;name;cadence;kind;value
{SARI};Sari Dewi;daily;regency;64.01
{SARI};;;stage;bimtek-2
made@diskominfo.example;;;;
"""


def test_a_table_of_readers_is_taken_in_once(data: Path, tmp_path: Path) -> None:
    (tmp_path / "daftar.csv").write_text(TABLE, encoding="utf-8")
    done = say(data, "import", str(tmp_path / "daftar.csv"))
    told = "2 added, 0 follow more, 0 as they were, 0 refused; the next `pantau send` asks them\n"
    assert (done.exit_code, done.output) == (0, told)
    assert followed(data) == [("regency", "64.01", {}, "daily"), ("stage", "bimtek-2", {}, "weekly")]
    assert {row[1] for row in rows(data)} == {"pending"}
    again = say(data, "import", str(tmp_path / "daftar.csv"))
    assert (again.exit_code, again.output) == (0, "0 added, 0 follow more, 2 as they were, 0 refused\n")


def test_of_a_table_with_a_wrong_line_nothing_is_taken(data: Path, tmp_path: Path) -> None:
    (tmp_path / "daftar.csv").write_text(TABLE + "budi;;;;\n", encoding="utf-8")
    done = say(data, "import", str(tmp_path / "daftar.csv"), "--confirmed")
    assert done.exit_code == 1
    first, second = done.output.splitlines()
    assert first.endswith("daftar.csv: nothing was imported:")
    assert "5" in second
    assert "has an @ in it" in second
    assert rows(data) == []


def test_an_import_does_not_bring_back_who_left(data: Path, tmp_path: Path) -> None:
    say(data, "add", SARI, "--confirmed")
    say(data, "remove", SARI)
    (tmp_path / "daftar.csv").write_text(f"email\n{SARI}\n", encoding="utf-8")
    done = say(data, "import", str(tmp_path / "daftar.csv"), "--confirmed")
    assert done.exit_code == 1
    assert f"line 2: {SARI}: left" in done.output
    assert rows(data) == []
