from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from db.connect import open_db, open_read_only
from db.mailing.migrations import migrations as mailing
from db.migrations import migrations

ROOT = Path(__file__).parent.parent
OPENS = """
import sqlite3, sys
from db.connect import open_db
from db.mailing.connect import open_mail_db
connect = sqlite3.connect
def traced(*given, **named):
    connection = connect(*given, **named)
    connection.set_trace_callback(lambda sql: print(sql.split()[0].lower(), flush=True))
    return connection
sqlite3.connect = traced
(open_mail_db if sys.argv[1].endswith("mail.db") else open_db)(sys.argv[1])
"""


def test_a_new_database_is_made_with_its_folder_and_its_tables(tmp_path: Path) -> None:
    path = tmp_path / "data" / "pantau.db"
    db = open_db(path)
    assert db.execute("pragma journal_mode").fetchone() == ("wal",)
    assert db.execute("pragma foreign_keys").fetchone() == (1,)
    assert db.execute("pragma busy_timeout").fetchone()[0] >= 5_000
    assert {"urls", "pages", "articles", "extractions"} <= set(db.table_names())
    db.close()


def test_an_orphan_is_refused() -> None:
    db = open_db(":memory:")
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        db.execute(
            "insert into urls (url, source, found_by, found_at) values ('https://a.example', 'tak_ada', 'x', '')"
        )


def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "pantau.db"
    db = open_db(path)
    db.execute("insert into provinces values ('51', 'Bali')")
    db.close()
    db = open_db(str(path))
    assert db.execute("select name from provinces").fetchall() == [("Bali",)]
    db.close()


@pytest.mark.parametrize(("name", "steps"), [("pantau.db", migrations), ("mail.db", mailing)])
def test_of_processes_that_open_it_after_an_upgrade_one_migrates_it_and_the_others_wait(
    tmp_path: Path, name: str, steps: Migrations
) -> None:
    names = [step.name for step in steps.pending(Database(memory=True))]
    with closing(sqlite3.connect(tmp_path / name, isolation_level=None)) as other:
        other.execute("pragma journal_mode = wal")
        steps.apply(Database(other), stop_before=names[-1])
        other.execute("begin immediate")
        words = [sys.executable, "-c", OPENS, tmp_path / name]
        opening = [subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        for process in opening:
            assert process.stdout
            assert "begin\n" in iter(process.stdout.readline, "")  # it saw what is pending, and waits
        other.execute("commit")
        for process in opening:
            process.communicate(timeout=60)
    assert [process.returncode for process in opening] == [0, 0]
    with closing(sqlite3.connect(tmp_path / name)) as db:
        assert [step for (step,) in db.execute("select name from _sqlite_migrations order by id")] == names


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    open_db(tmp_path / "kota cerdas?.db").close()
    db = open_read_only(tmp_path / "kota cerdas?.db")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        db.execute("insert into provinces values ('51', 'Bali')")
    db.close()


def test_a_reader_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="pantau publish"):
        open_read_only(tmp_path / "public.db")
    assert not (tmp_path / "public.db").exists()
