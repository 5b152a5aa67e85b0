from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from db.connect import open_db, open_read_only


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
