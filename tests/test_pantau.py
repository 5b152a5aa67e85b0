"""The whole corridor, as a person at a terminal has it: real processes, a real web, real databases."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import yaml

from crawler.sampleweb.samples import ROOT as SAMPLEWEB

ROOT = Path(__file__).parent.parent


def pantau(*words: str | Path, data: Path, sources: Path | None = None) -> subprocess.CompletedProcess[str]:
    words = command(*words, data=data, sources=sources)
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=180)


def command(*words: str | Path, data: Path, sources: Path | None = None) -> list[str]:
    where = ["--data", str(data), *(["--sources", str(sources)] if sources else [])]
    return [sys.executable, "-m", "pantau", *where, *map(str, words)]


def ask(database: Path, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, sources: Path) -> Path:
    """Data of one whole run over the sample web."""
    data = tmp_path_factory.mktemp("data")
    done = pantau("run", data=data, sources=sources)
    assert done.returncode == 0, done.stderr
    return data


def content(data: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that a run leaves which does not name its time or port."""
    return {
        "articles": ask(data / "pantau.db", "select title, published_at, length(text) from articles order by 1, 2, 3"),
        "events": ask(
            data / "pantau.db",
            "select stage_code, regency_code, start_date, count(*) from event_mentions"
            " group by 1, 2, 3 order by 1, 2, 3",
        ),
        "fates": ask(data / "pantau.db", "select fate, count(*) from urls group by 1 order by 1"),
        "pages": ask(data / "pantau.db", "select digest from pages order by 1"),
    }


def test_a_run_gives_every_url_one_fate_and_every_article_an_extraction(finished: Path) -> None:
    assert ask(finished / "pantau.db", "select url from urls where fate is null") == []
    assert ask(finished / "pantau.db", "select id from articles except select article_id from extractions") == []
    assert len(content(finished)["articles"]) >= 40


def test_a_second_run_finds_nothing_to_do(finished: Path, sources: Path) -> None:
    before = content(finished)
    again = pantau("run", data=finished, sources=sources)
    assert again.returncode == 0, again.stderr
    assert "0 pages kept" in again.stdout
    assert "0 articles read" in again.stdout
    assert content(finished) == before


def test_the_letter_lies_in_the_outbox_and_on_the_site(finished: Path) -> None:
    letters = {path.suffix for path in (finished / "outbox").iterdir()}
    assert letters == {".eml", ".html", ".txt"}
    assert ask(finished / "public.db", "select count(*) from digests") == [(1,)]


def test_nothing_private_is_in_the_public_database(finished: Path) -> None:
    [(text,)] = ask(finished / "pantau.db", "select text from articles order by length(text) desc limit 1")
    shown = " ".join(row[0] for row in ask(finished / "public.db", "select text from evidence"))
    hidden = [line for line in text.split("\n\n")[3:] if line[:80] not in shown]
    assert hidden, "the longest sample shows all its paragraphs as evidence; choose another"
    assert hidden[0][:80].encode() not in (finished / "public.db").read_bytes()


def test_the_main_event_of_the_samples_is_read_right(finished: Path) -> None:
    """Stage, regency and first day of every sample article, as its author meant them; a floor, not a wish."""
    rows = ask(
        finished / "pantau.db",
        "select title, stage_code, regency_code, start_date from event_mentions join articles on id = article_id"
        " where is_main = 1",
    )
    told = {(title, stage, regency, day) for title, stage, regency, day in rows}
    wanted = {
        (sample["title"], event["stage"], event["regency"], event["start"])
        for path in sorted((SAMPLEWEB / "articles").glob("*/*.yml"))
        for sample in [yaml.safe_load(path.read_text(encoding="utf-8"))]
        if sample["copy_of"] is None
        for event in sample["expect"]["events"]
        if event["main"]
    }
    assert len(wanted & told) / len(wanted) >= 0.9, wanted - told


def test_a_step_that_a_sample_only_announces_is_published_as_such_and_is_no_rung(finished: Path) -> None:
    """The evaluation that Biak Numfor will attend in June: the article on it is of May, and none comes after."""
    step = "regency_code = '91.06' and stage_code = 'evaluasi-1'"
    told = ask(finished / "public.db", f"select start_date, end_date, status from events where {step}")
    assert told == [("2024-06-24", "2024-06-28", "announced")]
    assert ask(finished / "public.db", f"select 1 from regency_ladder where {step} and state = 'held'") == []


KILLS = (
    ("pages", 12),  # while it crawls
    ("articles", 15),  # while it parses
    ("extractions", 15),  # while it extracts
)


def test_killed_at_any_moment_and_said_again_nothing_is_lost_or_doubled(
    tmp_path: Path, sources: Path, finished: Path
) -> None:
    for table, rows in KILLS:
        kill_when(command("run", data=tmp_path, sources=sources), tmp_path / "pantau.db", table, rows)
    done = pantau("run", data=tmp_path, sources=sources)
    assert done.returncode == 0, done.stderr
    assert content(tmp_path) == content(finished)
    assert ask(tmp_path / "pantau.db", "select url, count(*) from pages group by 1 having count(*) > 1") == []


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_all_pages_are_read_anew_from_the_archive_and_what_was_cut_off_goes_on(
    tmp_path: Path, finished: Path, sources: Path, end: signal.Signals
) -> None:
    data = tmp_path / "data"
    shutil.copytree(finished, data)
    words = command("parse", "--all", data=data, sources=sources)
    with sqlite3.connect(data / "pantau.db") as db:
        db.execute("update articles set text = 'rusak'")
    said = kill_when(words, data / "pantau.db", "articles where text <> 'rusak'", 10, end)
    left = count(data / "pantau.db", "articles where text = 'rusak'")
    pages = count(data / "pantau.db", "pages")
    assert left > 0
    if end == signal.SIGINT:
        assert f" of {pages} pages read; `pantau parse` goes on with the others" in said
    done = pantau("parse", data=data, sources=sources)
    assert done.returncode == 0, done.stderr
    assert 0 < int(done.stdout.split()[0]) < pages
    assert content(data)["articles"] == content(finished)["articles"]


def kill_when(words: list[str], database: Path, table: str, rows: int, end: signal.Signals = signal.SIGKILL) -> str:
    """Start a process and kill it, hard, once a table has so many rows; fails where that never happens."""
    # A shell lets what it runs in the background ignore Ctrl-C, and so would this process.
    process = subprocess.Popen(
        words,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    said = b""
    try:
        for _ in range(3000):
            if count(database, table) >= rows:
                break
            try:
                process.wait(timeout=0.02)
            except subprocess.TimeoutExpired:
                continue
            pytest.fail(f"it ended by itself before {table} had {rows} rows: {process.stderr.read().decode()}")  # type: ignore[union-attr]
        os.kill(process.pid, end)
        said = process.communicate(timeout=60)[1]
    finally:
        process.kill()
        process.communicate()
    return said.decode()


def count(database: Path, table: str) -> int:
    try:
        return int(ask(database, f"select count(*) from {table}")[0][0])  # a name of this file
    except sqlite3.OperationalError:
        return 0  # the tables are being made


BAD_INPUT = {
    "kosong.txt": b"",
    "gambar.html": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 20,
    "laporan.pdf": b"%PDF-1.7 bukan artikel",
    "rusak.jsonl": b'{"id": "a", "title": "Judul", "text": \n',
    "daftar.html": b"<html><head><title>Arsip</title></head><body><ul><li><a href=/1>Satu</a></ul></body></html>",
    "salah-sandi.txt": b"\xff\xfe\x00\x80\x81 \x9d\x8f \x90 kabar",
}


def test_bad_files_are_told_one_by_one_and_the_good_one_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "berkas"
    folder.mkdir()
    for name, body in BAD_INPUT.items():
        (folder / name).write_bytes(body)
    good = (
        "Pemkab Alor Gelar Bimtek Smart City Tahap II\n\nKalabahi – Pemerintah Kabupaten Alor menggelar Bimbingan "
        "Teknis Tahap II penyusunan Masterplan Smart City di Aula Tara Miti, Selasa (12/9/2023).\n\n“Kita matangkan "
        "rencana aksinya,” kata Kepala Dinas Komunikasi dan Informatika Kabupaten Alor, Yunus Maufani.\n"
    )
    (folder / "alor.txt").write_text(good, encoding="utf-8")
    kept = pantau("ingest", folder, tmp_path / "tidak-ada.txt", data=tmp_path / "data")
    read = [pantau(word, data=tmp_path / "data") for word in ("parse", "extract", "publish")]
    assert [kept.returncode, *(step.returncode for step in read)] == [0, 0, 0, 0]
    told = kept.stderr + "".join(step.stderr for step in read)
    for name in (*BAD_INPUT, "tidak-ada.txt"):
        assert name in told, f"nothing was said of {name}:\n{told}"
    assert "Traceback" not in told
    found = ask(
        tmp_path / "data" / "public.db", "select stage_code, regency_code, start_date, evidence from stage_reports"
    )
    assert [row[:3] for row in found] == [("bimtek-2", "53.05", "2023-09-12")]
    assert "Bimbingan Teknis Tahap II" in found[0][3]


ALOR = (
    "Pemkab Alor Gelar Bimtek Smart City Tahap II\n\nKalabahi – Pemerintah Kabupaten Alor menggelar Bimbingan Teknis "
    "Tahap II penyusunan Masterplan Smart City di Aula Tara Miti, Selasa (12/9/2023).\n"
)


def test_an_archive_out_of_reach_costs_no_article(tmp_path: Path) -> None:
    (tmp_path / "alor.txt").write_text(ALOR, encoding="utf-8")
    data = tmp_path / "data"
    for words in (["ingest", tmp_path / "alor.txt"], ["parse"]):
        assert pantau(*words, data=data).returncode == 0
    with sqlite3.connect(data / "pantau.db") as db:
        db.execute("update parses set parser = 'an older one'")
    (data / "archive").rename(tmp_path / "elsewhere")
    lost = pantau("parse", data=data)
    assert "1 out of reach in the archive" in lost.stdout
    assert ask(data / "pantau.db", "select count(*) from articles") == [(1,)]
    (tmp_path / "elsewhere").rename(data / "archive")
    assert pantau("parse", data=data).stdout.startswith("1 articles")


def test_a_letter_does_not_take_published_texts_away(tmp_path: Path) -> None:
    line = {"url": "https://contoh.id/a", "published": "2023-09-13", "title": "Bimtek II Smart City Alor", "text": ALOR}
    (tmp_path / "alor.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    data = tmp_path / "data"
    for words in (["ingest", tmp_path / "alor.jsonl"], ["parse"], ["extract"], ["publish", "--full-text"], ["digest"]):
        done = pantau(*words, data=data)
        assert done.returncode == 0, done.stderr
    assert ask(data / "public.db", "select count(*) from texts") == [(1,)]


def test_nothing_done_is_an_exit_status_of_its_own(tmp_path: Path) -> None:
    done = pantau("ingest", tmp_path / "tidak-ada.txt", data=tmp_path / "data")
    assert done.returncode == 1
    assert done.stderr.strip() == f"{tmp_path}/tidak-ada.txt: no such file or folder"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nonton"], "No such command 'nonton'"),
        (["digest"], "say `pantau publish` first"),
        (["--sources", "tidak-ada", "crawl"], "tidak-ada"),
    ],
    ids=["unknown-word", "digest-too-early", "no-sources"],
)
def test_a_wrong_word_gets_one_clear_line(tmp_path: Path, words: list[str], says: str) -> None:
    done = pantau(*words, data=tmp_path)
    assert done.returncode != 0
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_run_in_which_no_source_answers_says_so_and_fails(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and not listening: every connection is refused
        home = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        folder = tmp_path / "sources"
        folder.mkdir()
        source = {
            "outlet": "Kabar Sunyi",
            "home": home,
            "kind": "media",
            "family": "generic",
            "timezone": "Asia/Jakarta",
            "ways": [{"way": "feed", "url": "/feed/"}],
            "delay": 0,
            "knowledge": "to be confirmed",
        }
        (folder / "kabar_sunyi.yml").write_text(yaml.safe_dump(source), encoding="utf-8")
        done = pantau("run", data=tmp_path / "data", sources=folder)
    assert done.returncode == 1
    assert "kabar_sunyi: feed:" in done.stderr
    assert "none of 1 sources could be read" in done.stderr
    assert "Traceback" not in done.stderr
    assert "publish " in done.stdout


def test_a_source_that_does_not_answer_is_told_after_two_days_and_not_after_one(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and not listening: every connection is refused
        source = {
            "outlet": "Kabar Sunyi",
            "home": f"http://127.0.0.1:{nobody.getsockname()[1]}",
            "kind": "media",
            "family": "generic",
            "timezone": "Asia/Jakarta",
            "delay": 0,
            "ways": [{"way": "feed", "url": "/feed"}],
            "knowledge": "to be confirmed",
        }
        folder, data = tmp_path / "sources", tmp_path / "data"
        folder.mkdir()
        (folder / "kabar_sunyi.yml").write_text(yaml.safe_dump(source), encoding="utf-8")
        assert pantau("crawl", data=data, sources=folder).returncode == 1
        once = pantau("sources", "health", data=data, sources=folder)
        assert (once.returncode, once.stdout) == (0, "no source to look at\n")
        with contextlib.closing(sqlite3.connect(data / "pantau.db")) as db, db:
            for table, columns in {
                "runs": ("started_at", "ended_at"), "visits": ("visited_at",), "way_counts": ("ended_at",)
            }.items():  # fmt: skip
                for column in columns:
                    db.execute(f"update {table} set {column} = strftime('%Y-%m-%dT%H:%M:%f+00:00', {column}, '-1 day')")
        assert pantau("crawl", data=data, sources=folder).returncode == 1
        twice = pantau("sources", "health", data=data, sources=folder)
    assert twice.returncode == 1
    assert twice.stdout.startswith("kabar_sunyi: unreachable since 20")
    assert twice.stdout.endswith(": We cannot open its lists: the connection is refused or cut.\n")


def test_a_port_that_is_taken_is_said_before_the_work(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = pantau("demo", "--port", str(port), data=tmp_path)
    assert done.returncode == 1
    assert done.stderr.strip() == f"Error: port {port} of 127.0.0.1 is taken: is the site already open? (--port)"
    assert not (tmp_path / "demo").exists()


def test_a_site_that_is_told_to_end_leaves_nothing_running(finished: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        command("serve", "--port", str(port), data=finished),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert any(answers(port, process) for _ in range(600)), "the site never answered"
        with urlopen(f"http://127.0.0.1:{port}/", timeout=60) as page:
            assert page.status == 200
        workers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.terminate()
        assert process.wait(timeout=20) == 128 + signal.SIGTERM
    finally:
        process.kill()
        process.communicate()
    # Not by the port: another test may have it by now.
    assert workers
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


def answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Whether somebody listens on the port; else waits a little for a process that is still starting."""
    with socket.socket() as client:
        if client.connect_ex(("127.0.0.1", port)) == 0:
            return True
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=0.05)
    return False


def test_annotate_prints_the_form_of_the_gold_and_touches_no_database(tmp_path: Path) -> None:
    line = {
        "id": "x-1",
        "url": "https://contoh.id/a",
        "published": "2023-09-13",
        "title": "Bimtek II Smart City Alor",
        "text": "KALABAHI - Pemkab Alor mengikuti bimtek tahap II masterplan smart city, Selasa (12/9).",
    }
    (tmp_path / "satu.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    done = pantau("annotate", tmp_path / "satu.jsonl", data=tmp_path / "data")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["id"] == "x-1"
    assert [(event["stage"], event["start"]) for event in found["events"]] == [("bimtek-2", "2023-09-12")]
    assert not (tmp_path / "data").exists()


def test_parse_print_reads_files_at_their_addresses_and_keeps_nothing(tmp_path: Path) -> None:
    pages = ROOT / "tests" / "pages"
    known = (pages / "kabar_teluk" / "nota-kesepahaman-1.html").read_bytes()
    (tmp_path / "Nota.html.gz").write_bytes(gzip.compress(known))
    (tmp_path / "rusak.html").write_bytes(b"\x00\x01")
    (tmp_path / "tanpa.html").write_bytes((pages / "pemkab_lembah" / "evaluasi-tahap-i.html").read_bytes())
    address = "https://www.kabarteluk.example/sulteng/4711/wali-kota-palu-teken-nota-kesepahaman-kota-cerdas"
    (tmp_path / "alamat.tsv").write_text(f"Nota\t{address}\ntanpa\t\n")
    files = [tmp_path / name for name in ("Nota.html.gz", "rusak.html", "tanpa.html", "hilang.html")]
    done = pantau("parse", "--print", *files, "--urls", tmp_path / "alamat.tsv", data=tmp_path / "data")
    nota, tanpa = map(json.loads, done.stdout.splitlines())
    assert (nota["id"], nota["url"], nota["canonical_url"]) == ("Nota", address, address)
    assert (nota["date"], nota["date_by"], nota["date_reason"]) == ("2022-04-21T23:40:10+08:00", "meta", None)
    assert (nota["author"], nota["authors"], nota["is_complete"]) == ("Andi Tenripada", ["Andi Tenripada"], False)
    assert nota["text"].startswith("PALU, KABARTELUK.EXAMPLE - ")
    assert (tanpa["id"], tanpa["url"][:16]) == ("tanpa", "file:tanpa.html#")
    assert done.returncode == 1
    assert [Path(line.partition(":")[0]).name for line in done.stderr.splitlines()] == ["rusak.html", "hilang.html"]
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("words", [["--print"], ["a.html"], ["--urls", "alamat.tsv"]])
def test_parse_tells_how_files_are_printed(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "alamat.tsv").touch()
    words = [str(tmp_path / word) if "." in word else word for word in words]
    done = pantau("parse", *words, data=tmp_path / "data")
    assert done.returncode == 2
    assert "--print" in done.stderr
