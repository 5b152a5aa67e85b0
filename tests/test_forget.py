"""What was asked to be forgotten is in no file of an installation any more, and does not come back."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import sqlite3
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from pyarrow.parquet import ParquetFile
from test_pantau import ROOT, ask, command, pantau

from crawler.archive import read_records
from db.connect import open_db
from db.forgetting import ask_name, read_forgotten

REASON = "permintaan orang yang bersangkutan"
REQUESTED = datetime(2026, 11, 20, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, sources: Path) -> Path:
    """Data of a whole run, with a reader who got her letters, and an export."""
    data = tmp_path_factory.mktemp("data")
    for words in (
        ["run"],
        ["subscribers", "add", "ratna@contoh.example", "--confirmed"],
        ["send"],
        ["digest"],
        ["export", "officials", "evidence"],
        ["export", "quotes", "officials", "--format", "parquet"],
    ):
        done = pantau(*words, data=data, sources=sources)
        assert done.returncode == 0, done.stderr
    return data


@pytest.fixture
def data(house: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(house, tmp_path / "data"))


def most_told(data: Path) -> str:
    """Whom most articles name."""
    [(name,)] = ask(data / "public.db", "select name from people order by articles desc, name limit 1")
    assert len(name.split()) > 1
    return str(name)


def spellings(data: Path, name: str) -> list[str]:
    sql = f"select distinct name from person_names where person_id in (select id from people where name = '{name}')"
    return [spelt for (spelt,) in ask(data / "public.db", sql)]


def holders(data: Path, text: str) -> list[str]:
    """The files under a folder that hold a text, be it compressed, encoded, deleted but not overwritten."""
    wanted = text.encode()
    return sorted({str(path.relative_to(data)) for path in data.rglob("*") if path.is_file() and _holds(path, wanted)})


def _holds(path: Path, wanted: bytes) -> bool:
    body = path.read_bytes()
    if path.suffix == ".gz":
        body = gzip.decompress(body)
    elif path.suffix == ".eml":
        parts = message_from_bytes(body, policy=policy.default).walk()
        body = b"".join(part.get_payload(decode=True) or b"" for part in parts)
    elif path.suffix == ".parquet":
        body = _columns(path)
    elif path.suffix == ".db":
        body += b"".join(_blobs(path))
    return wanted in body


def _columns(path: Path) -> bytes:
    return repr(ParquetFile(path).read().to_pylist()).encode()


def _blobs(path: Path) -> Iterator[bytes]:
    with closing(sqlite3.connect(path)) as db:
        for (table,) in db.execute("select name from sqlite_master where name = 'letters'").fetchall():
            for row in db.execute(f"select html, text, calendar from {table}"):
                yield from (zlib.decompress(value) for value in row if value)


def test_a_name_is_in_no_file_any_more_and_all_else_is_as_it_was(data: Path, sources: Path) -> None:
    name = most_told(data)
    before = holders(data, name)
    assert {Path(path).suffix for path in before} >= {".db", ".gz"}
    people = [row for row in ask(data / "public.db", "select name from people order by 1") if row != (name,)]
    events = ask(data / "public.db", "select id, start_date, stage_code, regency_code from events order by 1")
    done = pantau("forget", "name", *spellings(data, name), "--reason", REASON, data=data, sources=sources)
    assert done.returncode == 0, done.stderr
    assert holders(data, name) == []
    assert ask(data / "public.db", "select name from people order by 1") == people
    assert ask(data / "public.db", "select id, start_date, stage_code, regency_code from events order by 1") == events
    [(done_at, articles)] = ask(data / "pantau.db", "select done_at, articles from removals")
    assert done_at
    assert articles
    assert ask(data / "public.db", "select kind, reason from removals") == [("name", REASON)]


def test_a_name_stays_forgotten_when_its_page_comes_again(data: Path, sources: Path) -> None:
    name = most_told(data)
    assert pantau("forget", "name", *spellings(data, name), "--reason", REASON, data=data).returncode == 0
    page = data.parent / "berita.html"
    page.write_text(
        f"<html><head><title>Bimtek Smart City dibuka {name}</title></head><body><article><h1>Bimtek dibuka</h1>"
        f"<p>Kepala Dinas Kominfo {name.upper()} membuka bimtek smart city Kabupaten Paser, Senin (6/11/2023).</p>"
        f"<p>Ia, <b>{name.split()[0]}</b> {' '.join(name.split()[1:])}, mengajak perangkat daerah menyusun masterplan "
        "kota cerdas selama dua hari di aula kantor bupati bersama tim ahli.</p></article></body></html>",
        encoding="utf-8",
    )
    for words in (["ingest", str(page)], ["parse"], ["parse", "--all"], ["extract"], ["publish"]):
        done = pantau(*words, data=data, sources=sources)
        assert done.returncode == 0, done.stderr
    assert ask(data / "pantau.db", "select 1 from articles where source = 'ingest' and text like '%*%*%'")
    assert holders(data, name) == []
    assert holders(data, name.upper()) == []


def test_an_article_is_deleted_and_not_fetched_again(data: Path, sources: Path) -> None:
    [(url, id, title)] = ask(
        data / "public.db",
        """
        select url, id, title
        from articles
        where is_relevant = 1 and id not in (select id from stories where articles > 1) and length(title) > 30
        order by id
        limit 1
        """,
    )
    [(sentence,)] = ask(data / "public.db", f"select text from evidence where article_id = '{id}' order by 1 limit 1")
    assert any(path.endswith(".warc.gz") for path in holders(data, title[:30]))
    done = pantau("forget", "article", url, "--reason", REASON, data=data, sources=sources)
    assert done.returncode == 0, done.stderr
    assert holders(data, sentence) == []
    # Pages of other articles may lead to it.
    assert [path for path in holders(data, title) if not path.endswith(".warc.gz")] == []
    assert ask(data / "pantau.db", f"select fate from urls where url = '{url}'") == [("removed",)]
    again = pantau("run", data=data, sources=sources)
    assert again.returncode == 0, again.stderr
    assert ask(data / "pantau.db", f"select fate from urls where url = '{url}'") == [("removed",)]
    assert ask(data / "pantau.db", f"select 1 from articles where id = '{id}'") == []
    assert len(list(read_records(data / "archive"))) > 5


@pytest.mark.parametrize("after", [0.9, 2.0, 4.0])
def test_killed_while_it_forgets_it_goes_on(data: Path, sources: Path, after: float) -> None:
    name = most_told(data)
    words = command("forget", "name", *spellings(data, name), "--reason", REASON, data=data, sources=sources)
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    if not ask(data / "pantau.db", "select 1 from removals"):
        assert pantau(*words[words.index("forget") :], data=data, sources=sources).returncode == 0
    assert pantau("forget", data=data, sources=sources).returncode == 0
    assert holders(data, name) == []
    assert ask(data / "pantau.db", "select 1 from removals where done_at is null") == []


def test_a_reader_is_erased(data: Path) -> None:
    assert holders(data, "ratna@contoh.example")
    assert pantau("forget", "reader", "ratna@contoh.example", data=data).returncode == 0
    assert [path for path in holders(data, "ratna@contoh.example") if path.endswith(".db")] == []


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("Bupati Budi Santoso hadir.", "Bupati **** ******* hadir."),
        ("BUDI  SANTOSO, S.Sos.", "****  *******, S.Sos."),
        ("Drs. H. Budi Santoso M.Si", "Drs. H. **** ******* M.Si"),
        ("Ia Budi.Santoso", "Ia ****.*******"),
        ("<b>Budi</b>&nbsp;Santoso", "<b>****</b>&nbsp;*******"),
        ("Budi, Santoso, dan Ani", "Budi, Santoso, dan Ani"),
        ("Budi Santosa dan Budianto Santoso", "Budi Santosa dan Budianto Santoso"),
        ("Santoso Budi", "Santoso Budi"),
        ("https://x.contoh.id/budi-santoso", "https://x.contoh.id/budi-santoso"),
    ],
)
def test_a_name_is_covered_letter_by_letter_and_nothing_else_is(tmp_path: Path, text: str, covered: str) -> None:
    with closing(open_db(tmp_path / "pantau.db")) as db:
        ask_name(db, ["Budi Santoso"], [], REASON, REQUESTED)
        forgotten = read_forgotten(db)
        assert forgotten is not None
        assert forgotten.cover(text) == covered
        assert forgotten.cover_bytes(text.encode("cp1252")) == covered.encode("cp1252")


def test_of_a_name_only_a_keyed_hash_is_kept(tmp_path: Path) -> None:
    with closing(open_db(tmp_path / "pantau.db")) as db:
        ask_name(db, ["Budi Santoso"], [], REASON, REQUESTED)
    assert [path for path in tmp_path.iterdir() if b"antoso" in path.read_bytes()] == []


@pytest.mark.parametrize("name", ["Ali", "…", ""])
def test_what_would_cover_half_of_all_texts_is_refused(tmp_path: Path, name: str) -> None:
    with closing(open_db(tmp_path / "pantau.db")) as db, pytest.raises(ValueError, match="four letters"):
        ask_name(db, [name], [], REASON, REQUESTED)
