"""`pantau serve` as real processes over real files: publishing while readers read, and files that cannot be shown."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from build import build_example_db
from sitepages import write

from benchmarks.site_bench import ask
from publish.serve import PROCESSES, SITE
from publish.serving.answers import Answers
from publish.serving.fitness import UnfitError, needed_parts, read_fit_release
from publish.serving.release import as_research, own_folder
from publish.serving.site import MOST_WAITING, Site
from publish.site.plugins.errors import explain

# Datasette's thread for its catalogue is ended by SystemExit, which nobody but pytest takes for a failure.
pytestmark = pytest.mark.filterwarnings(
    r"ignore:Exception in thread Thread-\d+ \(_execute_writes\):pytest.PytestUnhandledThreadExceptionWarning"
)
PAGES = (
    "/",
    "/?lang=en",
    "/daerah",
    "/daerah/51.02",
    "/tahapan",
    "/public/events.json",
    "/public",
    "/static/pantau.css",
)
GZIP = {"accept-encoding": "gzip"}


@dataclass(frozen=True, slots=True)
class Serving:
    """A running `pantau serve`."""

    data: Path
    port: int
    process: subprocess.Popen[str]

    def get(self, path: str, **options: Any) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=180, **options)

    def until(self, is_so: Callable[[httpx.Response], bool], path: str = "/") -> httpx.Response:
        """The first answer of which something holds; asks again and again."""
        answers = (self.get(path) for _ in iter(int, 1))
        return next(answer for answer in answers if is_so(answer))


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Path]]:
    """Public databases that say different things, with the ids of their releases."""
    _, public = build_example_db(tmp_path_factory.mktemp("asal"))
    made = []
    for number in range(4):
        path = public.with_name(f"rilis-{number}.db")
        shutil.copyfile(public, path)
        release = f"{number}" * 64
        with write(path) as db:
            db.execute("update release set id = ?, hash = ?", [release[:12], release])
            db.execute("update articles set title = title || ?", [f" – {release[:12]}"])
        made.append((release[:12], path))
    return made


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def put(path: Path, data: Path) -> None:
    """Put a file in place as `pantau publish` does: whole."""
    new = data / ".public.db.new"
    shutil.copyfile(path, new)
    new.replace(data / "public.db")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextmanager
def serving(data: Path, port: int | None = None, is_killed: bool = False) -> Iterator[Serving]:
    """`pantau serve`; at the end it is told to end, and does, unless the block killed it."""
    port = port or free_port()
    command = [sys.executable, "-m", "pantau", "--data", str(data), "serve", "--port", str(port)]
    # Behind what others said there before.
    with (
        (data / "said.txt").open("a") as told,
        subprocess.Popen(command, cwd=SITE.parents[1], stdout=subprocess.PIPE, stderr=told, text=True) as process,
    ):
        assert process.stdout is not None
        assert process.stdout.readline() == f"Site: http://127.0.0.1:{port}/  (Ctrl-C ends it)\n"
        try:
            yield Serving(data, port, process)
            assert is_killed or process.poll() is None
        finally:
            process.terminate()
            process.wait(timeout=180)


def children(process: int) -> list[int]:
    """The processes that a process started."""
    return [int(number) for number in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def test_readers_notice_nothing_but_the_news_while_three_releases_are_published(
    releases: list[tuple[str, Path]], data: Path
) -> None:
    put(releases[0][1], data)
    known = {release for release, _ in releases}
    wrong: list[str] = []
    asked = 0
    is_over = threading.Event()

    def read(site: Serving) -> None:
        nonlocal asked
        with httpx.Client(base_url=f"http://127.0.0.1:{site.port}", timeout=180) as client:
            number = 0
            while not is_over.is_set():
                number += 1
                path = PAGES[number % len(PAGES)]
                # Every third address is a new one; of a table there is no such column.
                if not number % 3 and not path.startswith("/public"):
                    path += f"{'&' if '?' in path else '?'}ke={number}"
                answer = client.get(path)
                asked += 1
                if answer.status_code != 200 or answer.headers.get("x-release") not in known:
                    wrong.append(f"{path}: {answer.status_code} {answer.headers.get('x-release')}")
                named = {release for release in known if f" – {release}" in answer.text}
                if not named <= {answer.headers.get("x-release")}:
                    wrong.append(f"{path}: {answer.headers['x-release']} names {named}")

    with serving(data) as site:
        site.until(lambda answer: answer.status_code == 200)
        readers = [threading.Thread(target=read, args=(site,)) for _ in range(4)]
        for reader in readers:
            reader.start()
        for release, path in releases[1:]:
            put(path, data)
            site.until(lambda answer, release=release: answer.headers["x-release"] == release)  # type: ignore[misc]
            before = asked
            while asked < before + 50 and not wrong:
                is_over.wait(0.01)
        # Every process has seen the last one when none answers with another.
        last = releases[-1][0]
        while {site.get(path).headers["x-release"] for path in PAGES * 3} != {last}:
            pass
        is_over.set()
        for reader in readers:
            reader.join()
        assert not wrong
        names = list((data / ".serving").glob("open-*/*/public.db"))
        assert {name.stat().st_ino for name in names} == {(data / "public.db").stat().st_ino}
    assert (data / "said.txt").read_text() == ""
    assert not list((data / ".serving").glob("open-*"))


def test_a_killed_site_leaves_no_process_and_starts_again(releases: list[tuple[str, Path]], data: Path) -> None:
    put(releases[0][1], data)
    with serving(data, is_killed=True) as site:
        site.until(lambda answer: answer.status_code == 200)
        site.process.kill()
    with serving(data, site.port) as again:
        assert again.until(lambda answer: answer.status_code == 200).headers["x-release"] == releases[0][0]
        # A process that dies is replaced, and what it left behind is removed.
        before = wait_for_names(again)
        (first, *_) = children(again.process.pid)
        os.kill(first, signal.SIGKILL)
        while len(before & (now := wait_for_names(again))) == len(now):
            time.sleep(0.01)
        assert first not in children(again.process.pid)
        assert again.until(lambda answer: answer.status_code == 200)
    assert not list((data / ".serving").glob("open-*"))


def wait_for_names(site: Serving) -> set[Path]:
    """The names under which the processes know the file, as soon as each has one."""
    while len(names := set((site.data / ".serving").glob("open-*/*/public.db"))) != PROCESSES:
        time.sleep(0.01)
    return names


def truncate(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def drop_table(path: Path) -> None:
    with write(path) as db:
        db.execute("drop table regency_ladder")


def drop_column(path: Path) -> None:
    with write(path) as db:
        db.execute("alter table events drop column venue")


def drop_index(path: Path) -> None:
    with write(path) as db:
        db.execute("drop index events_edition")


def drop_release(path: Path) -> None:
    with write(path) as db:
        db.execute("delete from release")


SPOILED = pytest.mark.parametrize(
    ("spoil", "why", "says"),
    [
        (Path.unlink, "missing", "there is no such file"),
        (truncate, "broken", "it cannot be read: database disk image is malformed"),
        (
            lambda path: path.write_text("bukan basis data " * 1000),
            "broken",
            "it cannot be read: file is not a database",
        ),
        (lambda path: path.write_bytes(b""), "old", "older than the program and lacks "),
        (drop_table, "old", "older than the program and lacks regency_ladder.articles, "),
        (drop_column, "old", "older than the program and lacks events.venue"),
        (drop_index, "old", "older than the program and lacks index events_edition"),
        (drop_release, "broken", "it names no release"),
    ],
    ids=[
        "missing",
        "truncated",
        "no-database",
        "empty",
        "table-missing",
        "column-missing",
        "index-missing",
        "no-release",
    ],
)


@SPOILED
def test_a_file_that_cannot_be_shown_is_known(
    releases: list[tuple[str, Path]], data: Path, spoil: Callable[[Path], None], why: str, says: str
) -> None:
    put(releases[0][1], data)
    assert read_fit_release(data / "public.db") == "0" * 64
    spoil(data / "public.db")
    with pytest.raises(UnfitError) as caught:
        read_fit_release(data / "public.db")
    assert caught.value.why == why
    assert says in str(caught.value)


def test_more_tables_than_the_program_knows_do_no_harm(releases: list[tuple[str, Path]], data: Path) -> None:
    put(releases[0][1], data)
    with write(data / "public.db") as db:
        db.execute("create table besok (id text)")
        db.execute("alter table events add column besok text")
    assert read_fit_release(data / "public.db")
    assert not {part for part in needed_parts() if "texts" in part}


def client_of(site: Site) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=site)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://situs", timeout=60)


@contextmanager
def in_process(data: Path) -> Iterator[tuple[Site, Callable[..., httpx.Response]]]:
    """The application without its server, and a way to ask it."""
    with own_folder(data / "public.db") as folder, asyncio.Runner() as runner:
        site = Site(data / "public.db", folder, "rahasia")

        async def ask(path: str, method: str = "GET", **headers: str) -> httpx.Response:
            await site.look()
            async with client_of(site) as client:
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                return await client.request(method, path, headers=named)

        try:
            yield site, lambda *args, **headers: runner.run(ask(*args, **headers))
        finally:
            runner.run(site.close())


def test_the_catalogue_is_made_before_somebody_asks_and_not_of_their_time(
    releases: list[tuple[str, Path]], data: Path
) -> None:
    put(releases[0][1], data)
    with in_process(data) as (site, get):
        assert get("/-/live").status_code == 200
        assert site.served is not None
        internal = site.served.datasette.get_database("_internal")
        listed = asyncio.run(internal.execute("select table_name from tables where database_name = 'public'"))
        with closing(sqlite3.connect(data / "public.db")) as db:
            tables = db.execute("select name from sqlite_master where type = 'table'").fetchall()
        assert {row[0] for row in listed.rows} == {name for (name,) in tables}


def test_whatever_is_read_for_a_researcher_and_takes_too_long_is_told_as_a_query_that_does(
    releases: list[tuple[str, Path]], data: Path
) -> None:
    """Datasette reads columns and keys without its own limit of time."""
    without_end = "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n"
    put(releases[0][1], data)
    with in_process(data) as (site, get):
        assert get("/-/live").status_code == 200
        assert site.served is not None
        public = site.served.datasette.get_database("public")

        async def ask() -> None:
            with as_research():
                await public.execute_fn(lambda connection: connection.execute(without_end).fetchall())

        with pytest.raises(sqlite3.OperationalError) as told:
            asyncio.run(ask())
        assert explain(told.value, is_stock=True, is_asked=False)[:2] == (400, "data.sql_slow")


@SPOILED
def test_a_release_that_can_be_shown_stays_where_the_next_cannot(
    releases: list[tuple[str, Path]],
    data: Path,
    caplog: pytest.LogCaptureFixture,
    spoil: Callable[[Path], None],
    why: str,
    says: str,
) -> None:
    put(releases[0][1], data)
    with in_process(data) as (_, get):
        assert get("/").headers["x-release"] == releases[0][0]
        put(releases[1][1], data)
        # Spoiled before it is looked at; the first release has another inode and is not touched.
        spoil(data / "public.db")
        for _ in range(3):
            assert (get("/daerah").status_code, get("/").headers["x-release"]) == (200, releases[0][0])
        (told,) = caplog.messages
        assert f"{data}/public.db: " in told
        assert says in told
        assert f"release {releases[0][0]} stays" in told
        put(releases[2][1], data)
        assert get("/").headers["x-release"] == releases[2][0]


@SPOILED
@pytest.mark.parametrize("language", ["id", "en"])
def test_where_there_is_no_release_readers_and_the_operator_are_told(
    releases: list[tuple[str, Path]],
    data: Path,
    caplog: pytest.LogCaptureFixture,
    spoil: Callable[[Path], None],
    why: str,
    says: str,
    language: str,
) -> None:
    put(releases[0][1], data)
    spoil(data / "public.db")
    with in_process(data) as (_, get):
        answer = get("/daerah/51.02" + ("?lang=en" if language == "en" else ""))
        assert (answer.status_code, answer.headers["cache-control"]) == (503, "no-store")
        assert int(answer.headers["retry-after"]) > 0
        assert f'<html lang="{language}">' in answer.text
        assert "pantau publish" in answer.text
        assert str(data) not in answer.text
        assert "Error" not in answer.text
        assert get("/static/pantau.css").headers["content-type"].startswith("text/css")
        assert get("/static/../serving/site.py").status_code in (404, 503)
        (told,) = caplog.messages
        assert f"{data}/public.db: " in told
        assert says in told
        assert "readers are told to wait" in told
        put(releases[1][1], data)
        assert get("/").status_code == 200


def test_a_site_starts_with_the_newest_kept_release_where_public_db_is_broken(
    releases: list[tuple[str, Path]], data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(releases[2][1], data)
    truncate(data / "public.db")
    (data / "releases").mkdir()
    for age, (release, path) in enumerate(reversed(releases)):
        kept = data / "releases" / f"pantau-kota-cerdas-2026-W4{age}-{release}.db"
        shutil.copyfile(path, kept)
        os.utime(kept, (1_700_000_000 - age, 1_700_000_000 - age))
    truncate(next((data / "releases").glob("*-W40-*")))
    with in_process(data) as (_, get):
        assert get("/").headers["x-release"] == releases[2][0]
    assert "shown is " in caplog.messages[-1]


def test_a_file_that_is_written_into_is_shown_no_more(
    releases: list[tuple[str, Path]], data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(releases[0][1], data)
    with in_process(data) as (_, get):
        assert get("/").status_code == 200
        truncate(data / "public.db")
        assert get("/").status_code == 503
        put(releases[1][1], data)
        assert get("/").headers["x-release"] == releases[1][0]
    assert "was written into" in caplog.messages[0]


def test_a_page_is_made_once_and_asked_again_cheaply(releases: list[tuple[str, Path]], data: Path) -> None:
    put(releases[0][1], data)
    with in_process(data) as (site, get):
        first = get("/daerah", **GZIP)
        assert (first.headers["content-encoding"], first.headers["cache-control"]) == ("gzip", "no-cache")
        assert {name.strip() for name in first.headers["vary"].split(",")} == {
            "Accept-Encoding",
            "Cookie",
            "Authorization",
        }
        served = site.served
        assert served is not None
        kept = served.answers.kept
        count = len(kept)
        again = get("/daerah", **GZIP)
        assert (again.text, len(kept)) == (first.text, count)
        plain = get("/daerah", accept_encoding="identity")
        assert "content-encoding" not in plain.headers
        assert plain.text == first.text
        assert plain.headers["etag"] != first.headers["etag"]
        unchanged = get("/daerah", **GZIP, if_none_match=first.headers["etag"])
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert unchanged.headers["etag"] == first.headers["etag"]
        head = get("/daerah", "HEAD", accept_encoding="identity")
        assert (head.status_code, head.headers["content-length"]) == (200, plain.headers["content-length"])
        assert get("/daerah?a=1&b=2").headers["etag"] == get("/daerah?b=2&a=1").headers["etag"]
        assert get("/daerah?a=1&a=2").headers["etag"] != get("/daerah?a=2&a=1").headers["etag"]
        put(releases[1][1], data)
        assert get("/daerah", **GZIP, if_none_match=first.headers["etag"]).status_code == 200


def test_a_page_that_says_its_own_address_is_not_told_to_readers_of_another(
    releases: list[tuple[str, Path]], data: Path
) -> None:
    put(releases[0][1], data)
    ((event,),) = read(data, "select id from events limit 1")
    with in_process(data) as (_, get):
        assert f"http://situs/peristiwa/{event}" in get(f"/peristiwa/{event}").text
        assert f"http://lain.example/peristiwa/{event}" in get(f"/peristiwa/{event}", host="lain.example").text
        assert "lain.example" not in get(f"/peristiwa/{event}").text


def read(data: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(data / "public.db")) as db:
        return db.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {"cookie": "ds_actor=x"}),
        ("/", {"cookie": "a=b; ds_messages=x"}),
        ("/", {"authorization": "Bearer x"}),
        ("/-/versions.json", {}),
        ("/public?sql=select+random()", {}),
        ("/public/events?_search=x", {}),
        ("/public/events.csv", {}),
        ("/tidak-ada", {}),
        ("/tidak/ada/di/mana/pun", {}),
        ("/daerah/99.99", {}),
    ],
)
def test_what_is_not_alike_for_all_is_not_kept(
    releases: list[tuple[str, Path]], data: Path, path: str, headers: dict[str, str]
) -> None:
    put(releases[0][1], data)
    with in_process(data) as (site, get):
        answer = get(path, **headers)
        assert "etag" not in answer.headers
        assert answer.headers["x-release"] == releases[0][0]
        assert site.served is not None
        assert len(site.served.answers.kept) == 0


def test_a_reader_with_a_foreign_cookie_reads_what_all_read(releases: list[tuple[str, Path]], data: Path) -> None:
    put(releases[0][1], data)
    with in_process(data) as (_, get):
        assert get("/daerah", cookie="_ga=1").headers["etag"] == get("/daerah").headers["etag"]


@pytest.mark.parametrize("path", ["/tidak-ada", "/tidak/ada/di/mana/pun", "/public/tidak-ada", "/public?sql=select+x"])
def test_an_error_is_answered_and_not_told_at_length(
    releases: list[tuple[str, Path]], data: Path, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    put(releases[0][1], data)
    with in_process(data) as (_, get):
        assert get(path).status_code in (400, 404)
    assert "locals" not in "".join(capfd.readouterr())


def test_styles_stay_for_a_year_under_the_address_that_holds_their_hash(
    releases: list[tuple[str, Path]], data: Path
) -> None:
    put(releases[0][1], data)
    with in_process(data) as (_, get):
        address = get("/").text.partition('href="/static/pantau.css?')[2].partition('"')[0]
        assert get(f"/static/pantau.css?{address}").headers["cache-control"] == "public, max-age=31536000, immutable"
        assert get("/static/pantau.css?00000000").headers["cache-control"] == "no-cache"
        assert get("/static/pantau.css").headers["cache-control"] == "no-cache"


def test_random_addresses_cannot_fill_the_memory(releases: list[tuple[str, Path]], data: Path) -> None:
    put(releases[0][1], data)
    with in_process(data) as (site, get):
        get("/")
        assert site.served is not None
        kept = site.served.answers.kept = type(site.served.answers.kept)(50_000, site.served.answers.kept.getsizeof)
        for number in range(60):
            assert get(f"/surat?acak={number}{'x' * 5000}").status_code == 200
        assert 0 < kept.currsize <= 50_000
        assert len(kept) < 60


def test_readers_who_ask_for_the_same_new_page_together_have_it_made_once() -> None:
    made = 0

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal made
        made += 1
        await asyncio.sleep(0)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"isi"})

    async def ask(answers: Answers) -> list[bytes]:
        scope = {"type": "http", "scheme": "http", "path": "/", "query_string": b"", "headers": [], "method": "GET"}
        bodies: list[bytes] = []

        async def send(message: Any) -> None:
            bodies.append(message.get("body", b""))

        async def receive() -> Any: ...

        await asyncio.gather(*(answers.answer(app, scope, receive, send) for _ in range(9)))
        return bodies

    bodies = asyncio.run(ask(Answers("satu")))
    assert (made, bodies.count(b"isi")) == (1, 9)


RUNAWAY = "/public?sql=with+recursive+n(i)+as+(select+1+union+all+select+i%2B1+from+n)+select+max(i)+from+n"


def test_queries_that_never_end_are_stopped_and_too_many_of_them_are_sent_away(
    releases: list[tuple[str, Path]], data: Path
) -> None:
    put(releases[0][1], data)
    with in_process(data) as (site, get), asyncio.Runner() as runner:

        async def ask_together() -> tuple[httpx.Response, list[httpx.Response]]:
            async with client_of(site) as client:
                questions = [asyncio.create_task(client.get(RUNAWAY)) for _ in range(MOST_WAITING + 3)]
                await asyncio.sleep(0)
                page = await client.get("/daerah?lang=en")
                assert not all(question.done() for question in questions)
                return page, await asyncio.gather(*questions)

        get("/")
        page, answers = runner.run(ask_together())
        assert page.status_code == 200
        assert sorted(answer.status_code for answer in answers) == [400] * MOST_WAITING + [503] * 3
        busy = next(answer for answer in answers if answer.status_code == 503)
        assert busy.headers["retry-after"] == "5"
        assert "kueri" in busy.text
        # Nobody waits any more.
        assert get("/public?sql=select+1").status_code == 200


def test_a_site_without_public_db_starts_and_shows_the_first_release_to_every_kind_of_reader(
    releases: list[tuple[str, Path]], data: Path
) -> None:
    with serving(data) as site:
        assert site.until(lambda answer: True).status_code == 503
        put(releases[0][1], data)
        assert site.until(lambda answer: answer.status_code == 200).headers["x-release"] == releases[0][0]
        # Another process may notice the release a second later.
        asking = (ask(site.port, ["/", "/daerah", "/public/events.csv"], readers=1) for _ in range(200))
        told = next(told for told in asking if {asked.status for asked in told} == {200})
        sizes = [
            int(site.get(path, headers=GZIP).num_bytes_downloaded) for path in ("/", "/daerah", "/public/events.csv")
        ]
        assert [asked.size for asked in told] == sizes
        head = httpx.head(f"http://127.0.0.1:{site.port}/daerah", headers=GZIP, timeout=180)
        assert int(head.headers["content-length"]) == sizes[1]
    assert "there is no such file" in (data / "said.txt").read_text()
