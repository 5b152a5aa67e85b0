"""`pantau ingest --extractions`: parts of a backfill give the database that the ordinary corridor gives."""

from __future__ import annotations

import html
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crawler.archive import Archive
from crawler.ingest import LOCAL_SOURCE
from crawler.items import Article, Page
from crawler.parse import parse_article
from crawler.parser_version import parser_versions
from crawler.sampleweb.samples import load_samples
from db.connect import open_db
from db.extractions import save_extractions
from db.forgetting import ask_article, ask_name
from db.reference import load_reference
from db.store import save_found, save_page, save_sources, save_url
from nlp.extraction import Extraction
from nlp.parts import KeptPage, Read, write_part
from nlp.pipeline import extract_articles
from pantau import main
from pantau.house import House, sha256

ROOT = Path(__file__).parent.parent
FETCHED_AT = datetime(2025, 11, 20, 3, tzinfo=UTC)
PARSER = parser_versions([LOCAL_SOURCE])[LOCAL_SOURCE.name]


@cache
def read_samples() -> tuple[tuple[Page, Article, Extraction], ...]:
    """Pages of the sample articles, a copy of one at another address and one that is not about the programme."""
    samples = load_samples("serumpun")
    bodies = [
        (f"https://contoh.example/{sample.slug}", print_page(sample.title, sample.published, sample.text))
        for sample in samples
    ]
    copied = f'<link rel="canonical" href="{bodies[0][0]}">'
    bodies.append(("https://contoh.example/salinan", bodies[0][1].replace(b"</head>", copied.encode() + b"</head>")))
    recipe = "Rebus air, masukkan kangkung, lalu tiriskan. Hidangan ini biasa disajikan di rumah warga. " * 6
    bodies.append(("https://contoh.example/resep", print_page("Resep Plecing Kangkung", FETCHED_AT, recipe)))
    pages = [
        Page(url, "ingest", FETCHED_AT + timedelta(minutes=number), 200, body, {"content-type": "text/html"})
        for number, (url, body) in enumerate(bodies)
    ]
    articles = [parse_article(page, LOCAL_SOURCE) for page in pages]
    return tuple(zip(pages, articles, extract_articles(articles), strict=True))


def print_page(title: str, published: datetime, text: str) -> bytes:
    paragraphs = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in text.split("\n\n"))
    return (
        f'<html lang="id"><head><title>{html.escape(title)}</title>'
        f'<meta property="article:published_time" content="{published.isoformat()}"></head>'
        f"<body><article><h1>{html.escape(title)}</h1>{paragraphs}</article></body></html>"
    ).encode()


def build_read(page: Page, article: Article, extraction: Extraction) -> Read:
    kept = KeptPage(
        page.url, page.source, page.fetched_at, page.status, sha256(page.body), "CC-NEWS-1.warc.gz", 0, page.headers
    )
    return Read(kept, PARSER, article, extraction)


@pytest.fixture
def reads() -> list[Read]:
    return [build_read(*read) for read in read_samples()]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "data", ROOT / "crawler" / "sources", tmp_path / "data" / "outbox")


def ingest(house: House, reads: Sequence[Read], says: str = "") -> str:
    """Write reads as parts and have them taken over by the word; what it says."""
    parts = house.data.parent / "parts"
    parts.mkdir(exist_ok=True)
    write_part(parts / "part-0.parquet", reads[::2])
    write_part(parts / "part-1.parquet", reads[1::2])
    done = CliRunner().invoke(main, ["--data", str(house.data), "ingest", "--extractions", str(parts)])
    assert done.exit_code == 0, done.output
    return done.output


def walk_corridor(house: House, hints: dict[str, str] | None = None) -> None:
    """What crawl, parse and extract do with the same pages, of which lists said something."""
    with closing(open_db(house.pantau_db)) as db, Archive(house.archive) as archive:
        load_reference(db)
        save_sources(db, [LOCAL_SOURCE])
        for page, article, _ in read_samples():
            save_url(db, page.url, page.source, "backfill")
            kept = archive.write(replace(page, hints=hints or {}))
            save_page(db, kept)
            save_found(db, kept, parse_article(kept, LOCAL_SOURCE) if hints else article, PARSER)
        of_ids = {extraction.article_id: (extraction, article) for _, article, extraction in read_samples()[::-1]}
        save_extractions(db, list(of_ids.values()))


def content(house: House) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table but those of runs and of what installations are made with, without times of ours."""
    with closing(open_db(house.pantau_db)) as db:
        names = [name for name in db.table_names() if not name.startswith(("_", "sqlite", "articles_fts", "runs"))]
        tables = {name: [dict(row) for row in db.table(name).rows] for name in names}
    aside = {"found_at", "fate_at", "parsed_at", "extracted_at", "archive_file", "archive_offset", "rowid", "rank"}
    return {
        name: sorted(({key: row[key] for key in row if key not in aside} for row in rows), key=repr)
        for name, rows in tables.items()
        if name not in ("sources", "source_regencies", "source_provinces", "robots_exceptions")
    }


def ask(house: House, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(house.pantau_db)) as connection:
        return connection.execute(sql).fetchall()


def test_parts_give_the_database_of_the_ordinary_corridor(house: House, reads: list[Read], tmp_path: Path) -> None:
    other = House(tmp_path / "other", house.sources, house.outbox)
    walk_corridor(other)
    assert ingest(house, reads) == f"{len(reads)} pages: {len(reads)} new; {len(reads) - 1} articles read\n"
    assert content(house) == content(other)
    assert len(content(house)["event_mentions"]) > 10
    assert dict(ask(house, "select fate, count(*) from urls group by 1")).keys() >= {"kept", "duplicate", "off-topic"}


def test_a_second_time_changes_nothing(house: House, reads: list[Read]) -> None:
    ingest(house, reads)
    before = content(house), ask(house, "select * from articles"), ask(house, "select * from extractions")
    assert ingest(house, reads) == f"{len(reads)} pages: 0 new, {len(reads)} as ours; 0 articles read\n"
    assert (content(house), ask(house, "select * from articles"), ask(house, "select * from extractions")) == before


def test_what_was_taken_over_is_not_to_be_read_again_here(house: House, reads: list[Read]) -> None:
    ingest(house, [replace(read, parser="an older one") for read in reads])
    for words in (["parse"], ["parse", "--all"], ["extract"]):
        done = CliRunner().invoke(main, ["--data", str(house.data), *words])
        assert done.exit_code == 0, done.output
        assert done.output.startswith("0 articles")
    assert ask(house, "select count(*) from articles") == [(len(reads) - 1,)]
    assert ask(house, "select distinct archive_file from pages") == [(None,)]


def test_what_another_model_read_is_read_again_by_the_present_one(house: House, reads: list[Read]) -> None:
    others = [replace(read, extraction=replace(read.extraction, model="another", events=())) for read in reads]
    ingest(house, others)
    assert ask(house, "select distinct model from extractions") == [("another",)]
    done = CliRunner().invoke(main, ["--data", str(house.data), "extract"])
    assert done.output.startswith(f"{len(reads) - 1} articles read")
    read = content(house)
    ingest(house, others)
    assert content(house) == read  # the present model's reading stays


def test_a_page_of_ours_gives_way_only_to_a_newer_one(house: House, reads: list[Read]) -> None:
    first = reads[0]
    newer = replace(
        first,
        page=replace(first.page, fetched_at=FETCHED_AT + timedelta(days=1), digest="ab" * 32),
        article=replace(first.article, title="Judul Baru"),
    )
    ingest(house, [first])
    assert "1 newer than ours; 1 articles read" in ingest(house, [newer])
    assert ask(house, "select title from articles") == [("Judul Baru",)]
    assert ask(house, "select title from article_versions") == [(first.article.title,)]
    before = content(house)
    assert "1 older than ours; 0 articles read" in ingest(house, [first])
    assert content(house) == before


def test_a_page_that_lies_in_our_archive_keeps_its_place(house: House, reads: list[Read]) -> None:
    with Archive(house.archive) as archive:
        page = archive.write(read_samples()[0][0])
    place = {"archive_file": page.archive_file, "archive_offset": page.archive_offset}
    ours = replace(reads[0], page=replace(reads[0].page, **place))
    another = replace(reads[1], page=replace(reads[1].page, **place))
    ingest(house, [ours, another])
    assert ask(house, "select archive_file, archive_offset from pages order by fetched_at") == [
        (page.archive_file, page.archive_offset), (None, None),
    ]  # fmt: skip
    done = CliRunner().invoke(main, ["--data", str(house.data), "parse", "--all"])
    assert done.output.startswith("1 articles")


def test_what_lists_said_of_a_page_here_is_not_lost_to_a_reader_that_did_not_know_it(
    house: House, reads: list[Read]
) -> None:
    walk_corridor(house, {"date": "2025-11-19T08:00:00+08:00"})
    with closing(sqlite3.connect(house.pantau_db)) as db, db:
        db.execute("update parses set parser = 'an older one'")
        db.execute("update extractions set model = 'an older one'")
    before = content(house)["articles"]
    assert f"{len(reads)} as ours; 0 articles read" in ingest(house, reads)
    assert content(house)["articles"] == before
    assert {row["published_at"] for row in before} == {"2025-11-19T08:00:00+08:00"}


def test_what_was_forgotten_does_not_come_back(house: House, reads: list[Read]) -> None:
    officials = [(read, official) for read in reads for official in read.extraction.officials]
    named, official = officials[0]
    ingest(house, reads)
    with closing(open_db(house.pantau_db)) as db:
        ask_article(db, reads[-1].page.url, "diminta", FETCHED_AT)
        ask_name(db, [official.name], [], "diminta", FETCHED_AT)
    done = CliRunner().invoke(main, ["--data", str(house.data), "forget"])
    assert done.exit_code == 0, done.output
    before = content(house)
    assert "1 asked to be forgotten" in ingest(house, reads)
    assert content(house) == before
    fresh = House(house.data.parent / "fresh", house.sources, house.outbox)
    fresh.data.mkdir()
    with closing(open_db(fresh.pantau_db)) as db:
        ask_name(db, [official.name], [], "diminta", FETCHED_AT)
    ingest(fresh, reads)
    [(text,)] = ask(fresh, f"select text from articles where id = '{named.extraction.article_id}'")
    assert official.name not in text
    assert ask(fresh, f"select 1 from extractions where article_id = '{named.extraction.article_id}'") == []


def test_parts_that_hold_what_is_forgotten_are_deleted(house: House, reads: list[Read]) -> None:
    folder = house.data / "backfill"
    folder.mkdir(parents=True)
    named = next(read for read in reads if read.extraction.officials)
    quiet = [read for read in reads[-1:] if named.extraction.officials[0].name not in read.article.text]
    for name, rows in (("part-a", [named]), ("part-b", quiet), ("part-c", [])):
        write_part(folder / f"{name}.parquet", rows)
        (folder / f"{name}.json").write_text("{}")
    (folder / "part-d.parquet").write_text("terpotong")
    (folder / ".part-e.parquet.new").write_text("terbunuh")
    ingest(house, reads)
    with closing(open_db(house.pantau_db)) as db:
        ask_name(db, [named.extraction.officials[0].name], [], "diminta", FETCHED_AT)
    done = CliRunner().invoke(main, ["--data", str(house.data), "forget"])
    assert done.exit_code == 0, done.output
    left = ["part-b.json", "part-b.parquet", "part-c.json", "part-c.parquet"]
    assert sorted(path.name for path in folder.iterdir()) == left


def test_pages_of_no_source_are_told_once_and_left_out(house: House, reads: list[Read]) -> None:
    strange = [replace(read, page=replace(read.page, source="tidak_ada")) for read in reads[:2]]
    said = ingest(house, [*strange, *reads[2:]])
    assert said.count("no such source here: 'tidak_ada'") == 1
    assert f"{len(reads) - 2} pages" in said


def test_what_cannot_be_kept_costs_only_its_article(house: House, reads: list[Read]) -> None:
    wrong = replace(reads[1], extraction=replace(reads[1].extraction, sentences=()))
    assert wrong.extraction.mentions
    said = ingest(house, [reads[0], wrong, *reads[2:]])
    assert "cannot be kept, it is to be read anew" in said
    assert f"{len(reads)} new; {len(reads) - 2} articles read" in said


def test_files_that_are_no_parts_get_one_clear_line(house: House, tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("bukan parquet")
    (tmp_path / "kosong").mkdir()
    for path, says in ((tmp_path / "a.parquet", "no part of a backfill"), (tmp_path / "kosong", "no *.parquet files")):
        done = CliRunner().invoke(main, ["--data", str(house.data), "ingest", "--extractions", str(path)])
        assert done.exit_code == 1
        assert says in done.output
    for words in ([], ["--extractions", str(tmp_path), str(tmp_path)]):
        done = CliRunner().invoke(main, ["--data", str(house.data), "ingest", *words])
        assert (done.exit_code, "one says which files" in done.output) == (2, True)


KILLED = """
import os, signal, sys
import db.reads, pantau.parts
from pathlib import Path
from pantau import main
saves, batches, after = db.reads.save_reads, pantau.parts.batches, int(sys.argv[1])
pantau.parts.batches = lambda reads, size: batches(reads, 3)
def save(*given):
    global after
    after -= 1
    if not after:
        os.kill(os.getpid(), signal.SIGKILL)
    return saves(*given)
db.reads.save_reads = save
keep = pantau.parts.keep_extractions
def keep_or_die(*given):
    if after == 1 and sys.argv[2] == "between":
        os.kill(os.getpid(), signal.SIGKILL)
    return keep(*given)
pantau.parts.keep_extractions = keep_or_die
main(["--data", sys.argv[3], "ingest", "--extractions", sys.argv[4]])
"""


@pytest.mark.parametrize(("after", "where"), [(1, "before"), (3, "before"), (3, "between")])
def test_killed_and_said_again_it_is_the_same_database(
    house: House, reads: list[Read], tmp_path: Path, after: int, where: str
) -> None:
    other = House(tmp_path / "other", house.sources, house.outbox)
    ingest(other, reads)
    words = [sys.executable, "-c", KILLED, str(after), where, str(house.data), str(tmp_path / "parts")]
    died = subprocess.run(words, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert content(house) != content(other)
    ingest(house, reads)
    assert content(house) == content(other)


def test_readers_see_the_events_of_a_backfill(house: House, reads: list[Read]) -> None:
    ingest(house, reads)
    done = CliRunner().invoke(main, ["--data", str(house.data), "publish"])
    assert done.exit_code == 0, done.output
    with closing(sqlite3.connect(house.public_db)) as public:
        told = {row[0] for row in public.execute("select article_id from stage_reports")}
    assert told
    assert told <= {read.extraction.article_id for read in reads if read.extraction.events}


def test_parts_that_another_program_shortened_are_parts(house: House, reads: list[Read], tmp_path: Path) -> None:
    (tmp_path / "backfill").mkdir()
    write_part(tmp_path / "backfill" / "part-0.parquet", reads)
    (tmp_path / "backfill" / "manifest.json").write_text("{}")
    [example] = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "scale.md").read_text(), re.DOTALL)
    subprocess.run([sys.executable, "-c", example], cwd=tmp_path, check=True)
    done = CliRunner().invoke(
        main, ["--data", str(house.data), "ingest", "--extractions", str(tmp_path / "on-programme.parquet")]
    )
    relevant = sum(read.extraction.is_relevant is not False for read in reads)
    assert 0 < relevant < len(reads)
    assert done.output.startswith(f"{relevant} pages: {relevant} new")
