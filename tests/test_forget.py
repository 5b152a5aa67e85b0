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
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import click
import pytest
from build import SOURCES
from click.testing import CliRunner
from pyarrow.parquet import ParquetFile
from test_pantau import ROOT, ask, command, pantau

from crawler.archive import read_records
from db.connect import open_db
from db.forgetting import ask_name, open_removals, read_forgotten, text_columns
from db.mailing.connect import open_mail_db
from db.mailing.subscribers import Cadence, Choice
from db.mailing.subscribers import ask as subscribe
from db.reference import load_reference
from db.store import save_sources, save_url, url_hints
from pantau import main
from pantau.forgetting import finish, shrink
from pantau.house import SITE, House
from pantau.mail import send_letters
from publish.digest import WIB

REASON = "permintaan orang yang bersangkutan"
MONDAY = datetime(2025, 8, 18, 8, tzinfo=WIB)
"""Of the newest week in the sample web."""
REQUESTED = datetime(2026, 11, 20, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, sources: Path) -> Path:
    """Data of a whole run, with two readers who got their letters, one on an official, and an export."""
    data = tmp_path_factory.mktemp("data")
    words = [["run"], ["publish"], ["export", "officials"], ["export", "quotes", "officials", "--format", "parquet"]]
    for said in words:
        done = pantau(*said, data=data, sources=sources)
        assert done.returncode == 0, done.stderr
    [(person,)] = ask(data / "public.db", f"select id from people where name = '{most_told(data)}'")
    with closing(open_mail_db(data / "mail.db")) as mail:
        for reader, choice in (("ratna", Choice("all")), ("wayan", Choice("official", person))):
            wanted: list[tuple[Choice, Cadence]] = [(choice, "weekly")]
            email = f"{reader}@contoh.example"
            subscribe(mail, email, wanted, name=None, lang="id", origin="operator", now=MONDAY, is_confirmed=True)
    assert send_letters(House(data, sources, data / "outbox"), SITE, MONDAY + timedelta(days=7))
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
        message = message_from_bytes(body, policy=policy.default)
        body += b"".join(part.get_payload(decode=True) or b"" for part in message.walk())
        body += repr(message.items()).encode()
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
    assert {Path(path).suffix for path in before} >= {".db", ".gz", ".eml", ".csv", ".parquet"}
    assert ask(data / "mail.db", f"select 1 from letters where instr(subject, '{name}')")
    people = [row for row in ask(data / "public.db", "select name from people order by 1") if row != (name,)]
    events = ask(data / "public.db", "select id, start_date, stage_code, regency_code from events order by 1")
    done = pantau("forget", "name", *spellings(data, name), "--reason", REASON, data=data, sources=sources)
    assert done.returncode == 0, done.stderr
    assert holders(data, name) == []
    assert ask(data / "mail.db", "select 1 from letters where instr(subject, '***')")
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
            and exists (select 1 from digests where instr(html, articles.id))
        order by id
        limit 1
        """,
    )
    # Another article may have said the same of itself.
    sentences = ask(
        data / "public.db", f"select text from evidence where article_id = '{id}' order by length(text) desc"
    )
    texts = [text for (text,) in ask(data / "pantau.db", "select text from articles")]
    sentence = next(one for (one,) in sentences if sum(one in text for text in texts) == 1)
    assert any(path.endswith(".warc.gz") for path in holders(data, title[:30]))
    done = pantau("forget", "article", url, "--reason", REASON, data=data, sources=sources)
    assert done.returncode == 0, done.stderr
    assert holders(data, sentence) == []
    # Pages of other articles may lead to it.
    assert [path for path in holders(data, title) if not path.endswith(".warc.gz")] == []
    for database in ("pantau.db", "public.db"):
        assert ask(data / database, f"select 1 from digests where instr(html, '{id}') or instr(text, '{id}')") == []
    assert ask(data / "pantau.db", f"select fate from urls where url = '{url}'") == [("removed",)]
    again = pantau("run", data=data, sources=sources)
    assert again.returncode == 0, again.stderr
    assert ask(data / "pantau.db", f"select fate from urls where url = '{url}'") == [("removed",)]
    assert ask(data / "pantau.db", f"select 1 from articles where id = '{id}'") == []
    assert len(list(read_records(data / "archive"))) > 5


def test_killed_again_and_again_while_it_forgets_it_goes_on(data: Path, sources: Path) -> None:
    name = most_told(data)
    words = ["forget", "name", *spellings(data, name), "--reason", REASON]
    for after in (0.9, 2.0, 4.0):
        process = subprocess.Popen(
            command(*words, data=data, sources=sources),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        if ask(data / "pantau.db", "select 1 from removals"):
            words = ["forget"]
    assert pantau(*words, data=data, sources=sources).returncode == 0
    assert holders(data, name) == []
    assert ask(data / "pantau.db", "select 1 from removals where done_at is null") == []


def test_in_one_article_a_name_is_covered_and_a_namesake_keeps_hers(data: Path, sources: Path) -> None:
    [(name, article)] = ask(
        data / "public.db",
        """
        select people.name, officials.article_id
        from people
        join officials on person_id = people.id
        join evidence on evidence.article_id = officials.article_id and instr(evidence.text, people.name)
        join digests on instr(digests.html, officials.article_id) and instr(digests.html, people.name)
        where people.articles > 1
        order by people.articles desc, 1, 2
        limit 1
        """,
    )
    releases = sorted(path.name for path in (data / "releases").iterdir())
    words = ["forget", "name", *spellings(data, name), "--in", article, "--reason", REASON]
    done = pantau(*words, data=data, sources=sources)
    assert done.returncode == 0, done.stderr
    telling = "select id from articles where instr(text, (select value from json_each(?)))".replace(
        "?", f"'[\"{name}\"]'"
    )
    others = ask(data / "pantau.db", telling)
    assert (article,) not in others
    assert others
    assert (
        ask(data / "public.db", f"select 1 from evidence where article_id = '{article}' and instr(text, '{name}')")
        == []
    )
    assert ask(data / "public.db", f"select 1 from people where name = '{name}'")
    # A letter that leads to the article does not name her; a release in which the article names her is gone.
    assert (
        ask(data / "public.db", f"select 1 from digests where instr(html, '{article}') and instr(html, '{name}')") == []
    )
    kept = sorted(path.name for path in (data / "releases").iterdir())
    assert kept != releases
    # What is forgotten next leaves the release alone in which the others tell of her.
    done = pantau("forget", "name", "Tidak Tersebut", "--reason", REASON, data=data, sources=sources)
    assert "0 articles covered, 0 deleted, 0 kept releases withdrawn" in done.stdout, done.stderr
    assert sorted(path.name for path in (data / "releases").iterdir()) == kept


def test_a_reader_is_erased(data: Path) -> None:
    assert {Path(path).suffix for path in holders(data, "ratna@contoh.example")} >= {".db", ".eml"}
    assert pantau("forget", "reader", "ratna@contoh.example", data=data).returncode == 0
    assert holders(data, "ratna@contoh.example") == []


def test_it_is_not_said_to_be_done_as_long_as_the_log_of_a_database_holds_it(tmp_path: Path) -> None:
    with closing(open_db(tmp_path / "pantau.db")) as db, closing(sqlite3.connect(tmp_path / "pantau.db")) as other:
        db.execute("pragma busy_timeout = 1")
        db.execute("insert into provinces values ('51', 'Budi Santoso')")
        other.execute("begin")
        other.execute("select * from provinces").fetchall()
        db.execute("delete from provinces")
        with pytest.raises(click.ClickException, match="say it again"):
            shrink(db)
        other.rollback()
        shrink(db)
    assert holders(tmp_path, "Budi Santoso") == []


def test_words_in_indonesian_are_covered_like_the_english_ones_and_ids_are_not() -> None:
    columns = text_columns(open_db(":memory:"))
    assert {"said_id", "said_en"} <= set(columns["alarms"])
    assert not {"person_id", "evidence_id"} & {column for told in columns.values() for column in told}


def test_a_run_says_what_was_asked_and_is_not_done_yet(tmp_path: Path, sources: Path) -> None:
    house = House(tmp_path, sources, tmp_path / "outbox")
    with closing(open_db(house.pantau_db)) as db:
        ask_name(db, ["Budi Santoso"], [], REASON, REQUESTED)
    # It can write no letter yet: nothing was crawled.
    words = ["--data", str(tmp_path), "--sources", str(tmp_path / "none"), "run"]
    said = CliRunner().invoke(main, words).stderr
    assert "to be forgotten, and not all done yet: 1 requests; `pantau forget` goes on" in said.splitlines()
    assert finish(house).startswith("0 articles covered")
    assert "forgotten" not in CliRunner().invoke(main, words).stderr


def test_what_a_list_says_of_an_address_is_covered_before_its_page_is_fetched(tmp_path: Path) -> None:
    with closing(open_db(tmp_path / "pantau.db")) as db:
        load_reference(db)
        save_sources(db, SOURCES)
        ask_name(db, ["Budi Santoso"], [], REASON, REQUESTED)
        hints = {"title": "Budi Santoso Buka Bimtek", "author": "budi santoso", "published": "2026-11-20"}
        save_url(db, "https://warta.example/a", SOURCES[0].name, "feed", hints=hints)
        assert url_hints(db) == {
            "https://warta.example/a": hints | {"title": "**** ******* Buka Bimtek", "author": "**** *******"}
        }
    assert [path for path in tmp_path.iterdir() if b"antoso" in path.read_bytes()] == []


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
        ("Budi Santoso-Ani Rahma", "**** *******-Ani Rahma"),
        # Whose name it is a part of nobody can know.
        ("Agus Budi Santoso Wijaya", "Agus **** ******* Wijaya"),
        ("Siti Budi Santoso Putra", "**** **** ******* *****"),
        ("Ma’mun Nur-Aini", "**’*** ********"),
        ("Ma'mun Nur-Aini dan Nur Aini", "**'*** ******** dan Nur Aini"),
        ("Ma&#8217;mun&#160;Nur-Aini, Ma&rsquo;mun", "**&#8217;***&#160;********, Ma&rsquo;mun"),
        (r'{"name": "Ma\u2019mun Nur-Aini"}', r'{"name": "**\u2019*** ********"}'),
    ],
)
def test_a_name_is_covered_letter_by_letter_and_nothing_else_is(tmp_path: Path, text: str, covered: str) -> None:
    with closing(open_db(tmp_path / "pantau.db")) as db:
        ask_name(db, ["Budi Santoso", "Siti Budi", "Budi Santoso Putra", "Ma'mun Nur-Aini"], [], REASON, REQUESTED)
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


def test_a_reason_that_says_of_whom_is_refused(tmp_path: Path) -> None:
    with closing(open_db(tmp_path / "pantau.db")) as db:
        with pytest.raises(ValueError, match="of whom"):
            ask_name(db, ["Budi Santoso"], [], "diminta Bapak BUDI SANTOSO", REQUESTED)
        assert open_removals(db) == []


@pytest.mark.parametrize("name", ["Budi Santoso, S.Sos.", "Budi (Santoso)", "budi@santoso.example"])
def test_a_name_that_would_be_found_nowhere_is_refused(tmp_path: Path, name: str) -> None:
    with closing(open_db(tmp_path / "pantau.db")) as db, pytest.raises(ValueError, match="words alone"):
        ask_name(db, ["Budi Santoso", name], [], REASON, REQUESTED)
