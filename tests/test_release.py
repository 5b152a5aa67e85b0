from __future__ import annotations

import hashlib
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from build import PARSER, STORIES, build_extraction, build_page, build_story_article, fill_example_db
from sqlite_utils import Database

from db.connect import open_db, open_read_only
from db.extractions import save_extraction
from db.rows import now as this_moment
from db.store import finish_run, save_article, save_digest, save_page, start_run
from publish.bake import _fill_table, bake
from publish.disk import DiskFullError
from publish.release import COLUMNS, OPERATION, content_hash, content_tables, read_release

ROOT = Path(__file__).parent.parent
MONDAY = datetime(2026, 11, 16, 2, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 16, 59, tzinfo=UTC)
NEXT_MONDAY = datetime(2026, 11, 22, 17, tzinfo=UTC)
"""Midnight in Jakarta."""


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("contoh") / "pantau.db"
    fill_example_db(path)
    return path


@pytest.fixture
def pantau(example: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(example, tmp_path / "pantau.db"))


@pytest.fixture(scope="module")
def baked(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("terbit")
    bake(Path(shutil.copyfile(example, folder / "pantau.db")), folder / "public.db", now=MONDAY)
    return folder / "public.db"


@pytest.fixture
def db(baked: Path, tmp_path: Path) -> Iterator[Database]:
    db = Database(shutil.copyfile(baked, tmp_path / "copy.db"))
    db.execute("pragma foreign_keys = off")
    yield db
    db.close()


def read(path: Path, sql: str) -> list[dict[str, Any]]:
    with closing(open_read_only(path)) as db:
        return list(db.query(sql))


def hash_of(path: Path) -> str:
    with closing(open_read_only(path)) as db:
        return content_hash(db)


def save_another(pantau: Path, path: str = "/palu/baru") -> None:
    db = open_db(pantau)
    story = replace(STORIES[9], path=path)
    article = build_story_article(story)
    save_article(
        db, save_page(db, build_page(article.url, story.source, MONDAY, article.text.encode())), article, PARSER
    )
    save_extraction(db, build_extraction(story), article)
    db.close()


def released(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "releases").iterdir())


def test_a_release_says_what_it_is(baked: Path) -> None:
    (release,) = read(baked, "select * from release")
    assert release["hash"] == hash_of(baked)
    assert release["id"] == release["hash"][:12]
    assert (release["made_at"], release["week"]) == ("2026-11-16T02:00:00+00:00", "2026-W47")
    assert (release["articles"], release["models"], release["parsers"]) == (12, '["model-contoh"]', '["parser-contoh"]')
    assert release["schema"] == hashlib.sha256((ROOT / "db" / "public.sql").read_bytes()).hexdigest()[:12]
    assert read(baked, "select * from releases") == [{**release, "is_kept": 1}]


def test_the_hash_can_be_reckoned_from_what_is_said_of_it(db: Database) -> None:
    """As somebody would who has only the documentation."""
    lines = []
    for table in sorted(content_tables(db)):
        columns = [row["name"] for row in db.query(f"pragma table_info({table})")]
        if table == "sources":
            columns = ["name", "outlet_name", "home_url", "kind", "network", "family"]
        if table == "regency_coverage":
            columns = columns[:6]
        keys = sorted((row["pk"], row["name"]) for row in db.query(f"pragma table_info({table})") if row["pk"])
        quoted = ", ".join(f'"{name}"' for name in columns)
        rows = db.execute(f"select {quoted} from {table} order by {', '.join(name for _, name in keys)}").fetchall()
        text = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "," for row in rows)
        line = [table, columns, len(rows), hashlib.sha256(text.encode()).hexdigest()]
        lines.append(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
    assert hashlib.sha256("".join(lines).encode()).hexdigest() == content_hash(db)


@pytest.mark.parametrize(
    "change",
    [
        "update events set start_date = '2024-11-21' where start_date = '2024-11-20'",
        "update evidence set text = text || ' ' where number = 1",
        "update articles set is_relevant = 1 where is_relevant is null",
        "update articles set title = '' where title is null or rowid = 1",
        "update quotes set confidence = confidence + 1e-12 where number = 1",
        "update regencies set population = population + 1 where code = '72.71'",
        "update sources set outlet_name = 'Warta Timur' where name = 'warta_selatan'",
        "delete from mentions where number = 1",
        "alter table figures rename column about to what",
        "create table texts (article_id text primary key not null, text text not null) strict",
    ],
)
def test_another_content_has_another_hash(db: Database, change: str) -> None:
    before = content_hash(db)
    db.execute(change)
    assert content_hash(db) != before


@pytest.mark.parametrize(
    "change",
    [
        "update runs set ended_at = '2030-01-01T00:00:00+00:00'",
        "update sources set verdict = 'quiet', visited_at = null, held = 3",
        "delete from urls where fate is null",
        "update digests set made_at = '2030-01-01T00:00:00+00:00'",
        "update release set made_at = '2030-01-01T00:00:00+00:00'",
        "drop index events_start_date",
    ],
)
def test_what_the_crawl_did_is_no_content(db: Database, change: str) -> None:
    before = content_hash(db)
    db.execute(change)
    db.vacuum()
    assert content_hash(db) == before


def test_the_same_content_has_the_same_hash_whatever_the_file(db: Database, tmp_path: Path) -> None:
    """Other pages, other places of the rows, another encoding: as another machine may write it."""
    other = Database(tmp_path / "other.db")
    other.execute("pragma encoding = 'UTF-16le'")
    other.execute("pragma page_size = 16384")
    for table in content_tables(db):
        other.execute(db.table(table).schema)
    for table in reversed(content_tables(db)):
        rows = db.execute(f"select * from {table} order by random()").fetchall()
        if rows:
            other.conn.executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", rows)
    assert content_hash(other) == content_hash(db)
    other.close()


def test_only_tables_and_columns_that_are_published_are_left_out_of_the_hash(db: Database) -> None:
    assert set(db.table_names()) >= OPERATION
    for table, columns in COLUMNS.items():
        assert set(db.table(table).columns_dict) > columns


def test_a_content_that_was_published_before_is_the_same_release(pantau: Path, tmp_path: Path) -> None:
    public = tmp_path / "public.db"
    bake(pantau, public, now=MONDAY)
    first = read(public, "select * from release")
    db = open_db(pantau)
    finish_run(db, start_run(db, "crawl"), {"pages": 0})
    save_digest(db, "2024-W47", "2024-11-18", "<p>Halo</p>", "Halo")
    db.close()
    bake(pantau, public, now=NEXT_MONDAY)
    assert read(public, "select * from release") == first
    assert len(read(public, "select * from releases")) == 1
    assert read(public, "select week from digests") == [{"week": "2024-W47"}]
    assert released(tmp_path) == [f"pantau-kota-cerdas-2026-W47-{first[0]['id']}.db"]


def test_the_newest_release_of_each_week_can_be_had_again(pantau: Path, tmp_path: Path) -> None:
    public = tmp_path / "public.db"
    ids = []
    for path, now in (("/palu/a", MONDAY), ("/palu/b", SUNDAY), ("/palu/c", NEXT_MONDAY)):
        save_another(pantau, path)
        bake(pantau, public, now=now)
        ids += [row["id"] for row in read(public, "select id from release")]
    assert len(set(ids)) == 3
    names = [f"pantau-kota-cerdas-2026-W47-{ids[1]}.db", f"pantau-kota-cerdas-2026-W48-{ids[2]}.db"]
    assert released(tmp_path) == names
    for name, articles in zip(names, (14, 15), strict=True):
        kept = tmp_path / "releases" / name
        assert hash_of(kept)[:12] == name[-15:-3]
        assert read(kept, "select count(*) as n from articles") == [{"n": articles}]
    history = read(public, "select id, week, articles, is_kept from releases order by made_at")
    assert [tuple(row.values()) for row in history] == [
        (ids[0], "2026-W47", 13, 0),
        (ids[1], "2026-W47", 14, 1),
        (ids[2], "2026-W48", 15, 1),
    ]


def test_what_is_written_while_it_is_baked_is_later_than_the_release(
    pantau: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Letters tell the corrections later than the release before: what came too late for this one is among them."""

    def fill(*given: Any) -> Any:
        counts = _fill_table(*given)
        if not written:
            written.append(this_moment())
            save_another(pantau)
        return counts

    written: list[str] = []
    monkeypatch.setattr("publish.bake._fill_table", fill)
    bake(pantau, tmp_path / "public.db")
    (release,) = read(tmp_path / "public.db", "select made_at from release")
    assert not read(tmp_path / "public.db", "select 1 from articles where url like '%/palu/baru'")
    assert release["made_at"] < written[0]


def test_a_content_that_comes_back_is_kept_again(pantau: Path, tmp_path: Path) -> None:
    public = tmp_path / "public.db"
    bake(pantau, public, now=MONDAY)
    (first,) = read(public, "select id from release")
    for full_text in (True, False):
        bake(pantau, public, full_text, now=SUNDAY)
    assert read(public, "select id from release") == [first]
    assert released(tmp_path) == [f"pantau-kota-cerdas-2026-W47-{first['id']}.db"]
    kept = {row["id"]: row["is_kept"] for row in read(public, "select id, is_kept from releases")}
    assert len(kept) == 2
    assert kept[first["id"]] == 1


BAKE = "import sys; from pathlib import Path; from publish.bake import bake; bake(Path(sys.argv[1]), Path(sys.argv[2]))"


@pytest.mark.parametrize("seen", [".public.db.*.new", ".public.db.*.new-journal", "releases/.*.new", "releases/*.db"])
def test_a_bake_that_is_killed_leaves_whole_files_and_the_next_one_goes_on(
    pantau: Path, tmp_path: Path, seen: str
) -> None:
    public = tmp_path / "public.db"
    bake(pantau, public, now=MONDAY)
    before = hash_of(public)
    shutil.rmtree(tmp_path / "releases")
    save_another(pantau)
    with subprocess.Popen([sys.executable, "-c", BAKE, str(pantau), str(public)], cwd=ROOT) as child:
        while child.poll() is None and not list(tmp_path.glob(seen)):
            pass
        with suppress(ProcessLookupError):
            child.send_signal(signal.SIGKILL)
    for kept in (tmp_path / "releases").glob("pantau-*.db"):
        assert hash_of(kept)[:12] == kept.name[-15:-3]
    killed_before_the_swap = hash_of(public) == before
    bake(pantau, public)
    assert hash_of(public) != before
    assert killed_before_the_swap or seen.startswith("releases/")
    assert len(released(tmp_path)) == 1
    assert not list(tmp_path.rglob(".*.new*"))


def bake_in(pantau: Path, public: Path, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    """Bake in a process that may write no file longer than `limit` bytes."""
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); " if limit else ""
    return subprocess.run(
        [sys.executable, "-c", limited + BAKE, str(pantau), str(public)], cwd=ROOT, capture_output=True, text=True
    )


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_without_room_the_old_file_goes_on_serving(pantau: Path, tmp_path: Path, share: float) -> None:
    public = tmp_path / "public" / "public.db"
    bake(pantau, public, now=MONDAY)
    before, kept = public.read_bytes(), released(public.parent)
    save_another(pantau)
    done = bake_in(pantau, public, int(len(before) * share))
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(f"publish.disk.DiskFullError: {public}: no room to write it")
    assert "nothing was changed" in last
    assert "say `pantau publish` again" in last
    assert public.read_bytes() == before
    assert released(public.parent) == kept
    assert sorted(path.name for path in public.parent.iterdir()) == ["public.db", "releases"]
    assert bake_in(pantau, public).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path, baked: Path) -> Iterator[Path]:
    """A disk of its own with room for one public database and half of another."""
    folder = tmp_path / "disk"
    folder.mkdir()
    size = baked.stat().st_size * 3 // 2
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"may not mount a small disk: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_keeps_the_old_file_serving(pantau: Path, small_disk: Path) -> None:
    public = small_disk / "public.db"
    bake(pantau, public, now=MONDAY)
    before = hash_of(public)
    save_another(pantau)
    with pytest.raises(DiskFullError, match=r"public.db: no room to write it \(database or disk is full\)") as told:
        bake(pantau, public, now=NEXT_MONDAY)
    assert f"MB free in {small_disk}" in str(told.value)
    assert hash_of(public) == before
    assert released(small_disk) == [f"pantau-kota-cerdas-2026-W47-{before[:12]}.db"]
    assert sorted(path.name for path in small_disk.iterdir()) == ["public.db", "releases"]


def test_a_release_is_known_by_its_id(baked: Path) -> None:
    with closing(open_read_only(baked)) as db:
        release = read_release(db)
    assert release.file_name == f"pantau-kota-cerdas-2026-W47-{release.id}.db"
    with closing(sqlite3.connect(baked.parent / "releases" / release.file_name)) as kept:
        assert kept.execute("select hash from release").fetchone() == (release.hash,)
