"""/-/live, /-/health and /-/metrics: what a machine is told of an installation that is well, and of one that is not."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
import yaml
from build import build_example_db
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from db.mailing.connect import open_mail_db
from publish.serve import SITE as SITE_FOLDER
from publish.serve import listening
from publish.serving.facts import Facts, read_facts
from publish.serving.health import NOTES, Reason, Shown, build_health, find_reasons
from publish.serving.metrics import SITE, write_metrics
from publish.serving.release import own_folder
from publish.serving.site import Site
from publish.serving.watching import TOKEN, may_read_metrics

# Datasette's thread for its catalogue is ended by SystemExit, which nobody but pytest takes for a failure.
pytestmark = pytest.mark.filterwarnings(
    r"ignore:Exception in thread Thread-\d+ \(_execute_writes\):pytest.PytestUnhandledThreadExceptionWarning"
)
NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)
"""A Wednesday, 10.00 WIB."""
SHOWN = Shown("a" * 64, "missing", is_latest=True, code="b" * 64)


def before(**ago: float) -> str:
    return (NOW - timedelta(**ago)).isoformat(timespec="seconds")


def run(word: str, began: float, took: float | None = 0.1, is_newest: bool = False) -> dict[str, Any]:
    ended = None if took is None else before(hours=began - took)
    return {
        "word": word,
        "started_at": before(hours=began),
        "ended_at": ended,
        "last_ended_at": ended,
        "is_newest": is_newest,
    }


def source(visited: float | None, read: float | None) -> dict[str, Any]:
    at = [None if hours is None else before(hours=hours) for hours in (visited, read)]
    return {"name": "warta", "verdict": "ok", "visited_at": at[0], "read_at": at[1], "newest_article_date": None}


WELL = Facts(
    release={"id": "a" * 12, "hash": "a" * 64, "made_at": before(days=30), "articles": 3, "events": 2},
    baked_at=before(hours=1),
    newest_article_date="2026-11-24",
    sources=[source(1, 1), source(1, 20)],
    letter={"week": "2026-W47", "monday": "2026-11-16", "made_at": before(days=2)},
    runs=[run("crawl", 2), run("digest", 1, is_newest=True), run("publish", 1.2)],
    alarms=[],
    letters={"sent": 9},
    due={"letters": 0, "since": None},
    readable={"public": True, "pantau": True, "mail": True},
    free_bytes=10**12,
    public_bytes=10**6,
)


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        pytest.param({}, [], id="well, though nothing new was published for a month"),
        ({"baked_at": before(hours=40), "runs": [run("publish", 40)]}, ["publish-late"]),
        ({"baked_at": before(hours=40)}, []),
        ({"runs": [run("crawl", 37, is_newest=True)]}, ["crawl-late"]),
        ({"runs": [run("crawl", 35, is_newest=True)]}, []),
        ({"runs": [run("extract", 900, is_newest=True)]}, []),
        ({"runs": [run("crawl", 3, took=None), run("parse", 2, is_newest=True)]}, ["crawl-late", "run-failed"]),
        ({"runs": [run("parse", 3, took=None, is_newest=True)]}, []),
        ({"runs": [run("parse", 25, took=None, is_newest=True)]}, ["run-stuck"]),
        ({"sources": [source(1, 1), source(1, 40), source(1, None)]}, ["sources-unread"]),
        ({"sources": [source(40, None), source(None, None)]}, []),
        ({"letter": {**(WELL.letter or {}), "week": "2026-W46", "monday": "2026-11-09"}}, ["letter-missing"]),
        ({"letter": None}, ["no-letter-yet"]),
        ({"due": {"letters": 2, "since": before(hours=3)}}, ["letters-late"]),
        ({"due": {"letters": 2, "since": before(hours=1)}}, []),
        ({"free_bytes": 10**8}, ["disk-nearly-full"]),
        ({"free_bytes": 10**9, "public_bytes": 10**9}, ["disk-nearly-full"]),
        ({"newest_article_date": "2026-11-01"}, ["data-old"]),
        ({"readable": {"public": True, "pantau": False}}, ["not-readable"]),
        ({"alarms": [{"level": "broken"}, {"level": "look"}]}, ["alarms-open"]),
        ({"alarms": [{"level": "look"}]}, []),
    ],
)
def test_what_is_not_as_it_should_be_is_named(changed: dict[str, Any], reasons: list[str]) -> None:
    facts = replace(WELL, **changed)
    assert [finding.reason for finding in find_reasons(facts, SHOWN, NOW)] == reasons
    expected = "ok" if set(reasons) <= NOTES else "failing"
    assert build_health(facts, SHOWN, NOW)["status"] == expected


@pytest.mark.parametrize(
    ("shown", "reasons"),
    [
        (Shown(None, "broken", is_latest=False, code=""), ["nothing-shown"]),
        (replace(SHOWN, is_latest=False), ["new-file-not-shown"]),
    ],
)
def test_what_the_site_cannot_show_is_named(shown: Shown, reasons: list[str]) -> None:
    assert [finding.reason for finding in find_reasons(WELL, shown, NOW)] == reasons


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asal")
    build_example_db(folder)
    open_mail_db(folder / "mail.db").close()
    return folder


@pytest.fixture
def data(built: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    shutil.copytree(built, folder)
    return folder


Get = Callable[..., httpx.Response]


@contextmanager
def site_of(data: Path, host: str = "127.0.0.1") -> Iterator[tuple[Site, Get]]:
    with asyncio.Runner() as runner, own_folder(data / "public.db") as folder:
        site = Site(data / "public.db", folder, "rahasia")
        runner.run(site.look())

        async def ask(path: str, method: str = "GET", **headers: str) -> httpx.Response:
            transport = httpx.ASGITransport(app=site, client=(host, 4000))
            async with httpx.AsyncClient(transport=transport, base_url="http://pantau.example") as client:
                return await client.request(method, path, headers=headers)

        try:
            yield site, lambda *args, **headers: runner.run(ask(*args, **headers))
        finally:
            runner.run(site.close())


def test_a_site_that_shows_nothing_says_so_and_still_answers(tmp_path: Path) -> None:
    with site_of(tmp_path) as (_, get):
        assert get("/").status_code == 503
        assert (get("/-/live").status_code, get("/-/live").text) == (200, "ok\n")
        answer = get("/-/health")
        assert answer.status_code == 503
        told = answer.json()
        assert told["reasons"][0]["reason"] == "nothing-shown"
        assert told["release"] is None
        assert "pantau_healthy 0.0" in get("/-/metrics").text


def test_health_tells_of_release_sources_and_runs_and_nothing_of_the_machine(data: Path) -> None:
    with site_of(data) as (site, get):
        answer = get("/-/health")
        told = answer.json()
        assert told["release"]["hash"] == site.served.hash  # type: ignore[union-attr]
        assert told["release"]["is_latest"] is True
        assert {one["name"] for one in told["sources"]} >= {"kabar_lumbung", "lensa_teluk"}
        assert all(one["read_age_seconds"] >= one["visited_age_seconds"] >= 0 for one in told["sources"])
        assert told["runs"]["crawl"]["age_seconds"] >= 0
        assert told["readable"] == {"public": True, "pantau": True, "mail": True}
        assert answer.headers["cache-control"] == "no-store"
        assert str(data) not in answer.text
        assert "example" not in answer.text.replace("pantau.example", "")


def test_an_alarm_and_letters_that_wait_are_told_without_their_reader(data: Path) -> None:
    with closing(sqlite3.connect(data / "pantau.db")) as db, db:
        db.execute("insert into runs (command, started_at) values ('parse', ?)", [before(hours=1)])
        db.execute(
            "insert into alarms (source, kind, level, said_id, said_en, number, run_id, raised_at, last_run_id)"
            " values ('lensa_teluk', 'no-body', 'broken', '-', '-', 1, 1, ?, 1)",
            [before(hours=1)],
        )
    facts = read_facts(data / "public.db", data, NOW)
    assert [(one["source"], one["kind"], one["level"]) for one in facts.alarms or ()] == [
        ("lensa_teluk", "no-body", "broken")
    ]
    assert facts.letters == {}
    assert facts.due == {"letters": 0, "since": None}
    assert next(one for one in facts.runs if one["word"] == "parse")["is_newest"] == 1


@pytest.mark.parametrize("name", ["pantau", "mail", "public"])
def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_told(data: Path, name: str) -> None:
    (data / f"{name}.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    facts = read_facts(data / "public.db", data, NOW)
    assert facts.readable == {"public": True, "pantau": True, "mail": True} | {name: False}
    assert (facts.letters is None, facts.alarms is None) == (name == "mail", name == "pantau")
    assert bool(facts.release) == (name != "public")


def test_a_site_is_watched_while_somebody_writes_for_minutes(data: Path) -> None:
    with closing(sqlite3.connect(data / "pantau.db")) as db:
        db.execute("begin exclusive")
        facts = read_facts(data / "public.db", data, NOW)
        assert facts.readable["public"]
        assert facts.release


def test_a_file_that_cannot_be_shown_fails_though_readers_see_a_former_release(data: Path) -> None:
    with site_of(data) as (site, get):
        (data / "new.db").write_bytes(b"rusak" * 1000)
        (data / "new.db").replace(data / "public.db")
        with asyncio.Runner() as runner:
            runner.run(site.look())
        answer = get("/-/health")
        assert answer.status_code == 503
        assert "new-file-not-shown" in answer.text
        assert get("/daerah").status_code == 200


def test_the_addresses_for_machines_only_answer_questions(data: Path) -> None:
    with site_of(data) as (_, get):
        for path in ("/-/live", "/-/health", "/-/metrics"):
            assert get(path, "POST").status_code == 405
            assert get(path, "HEAD").status_code in (200, 503)


def metrics(text: str) -> dict[str, Any]:
    return {family.name: family for family in text_string_to_metric_families(text)}


def test_metrics_are_named_and_typed_as_prometheus_asks(data: Path) -> None:
    with site_of(data) as (_, get):
        for path in ("/", "/public?sql=select+1", *(f"/acak-{number}" for number in range(30))):
            get(path)
        answer = get("/-/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = metrics(answer.text)
    for family in families.values():
        assert family.documentation, family.name
        assert family.name.startswith("pantau_")
        assert family.type in ("gauge", "counter", "histogram"), family.name
        assert not family.name.endswith("_total")
        assert ("timestamp" in family.name or "duration" in family.name) == family.name.endswith("_seconds")
    sources = {sample.labels["source"] for sample in families["pantau_source_read_timestamp_seconds"].samples}
    assert sources == {"kabar_lumbung", "lensa_teluk", "portal_paser", "suara_mentaya", "warta_selatan"}
    routes = {sample.labels["route"] for sample in families["pantau_site_requests"].samples}
    assert {"home", "other"} <= routes
    assert not any("acak" in route for route in routes)
    assert families["pantau_urls"].type == "gauge"
    assert sum(sample.value for sample in families["pantau_urls"].samples) == 22
    assert len(families["pantau_health_problem"].samples) == 14


@pytest.mark.parametrize(
    ("host", "headers", "token", "may"),
    [
        ("127.0.0.1", {}, "", True),
        ("::1", {}, "", True),
        ("10.0.0.7", {}, "", False),
        pytest.param("127.0.0.1", {"x-forwarded-for": "10.0.0.7"}, "", False, id="through a proxy on the machine"),
        ("127.0.0.1", {"forwarded": "for=10.0.0.7"}, "", False),
        ("10.0.0.7", {"authorization": "Bearer kunci-7"}, "kunci-7", True),
        ("10.0.0.7", {"authorization": "Bearer kunci-8"}, "kunci-7", False),
        ("127.0.0.1", {}, "kunci-7", False),
        ("10.0.0.7", {"authorization": "Bearer "}, "", False),
    ],
)
def test_metrics_are_for_the_machine_itself_or_who_has_the_token(
    host: str, headers: dict[str, str], token: str, may: bool
) -> None:
    scope = {
        "type": "http",
        "client": (host, 4000),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    assert may_read_metrics(scope, {TOKEN: token}) is may


def test_who_may_not_read_metrics_is_told_nothing(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with site_of(data, host="10.0.0.7") as (_, get):
        assert get("/-/metrics").status_code == 403
        assert "pantau_site" not in get("/-/metrics").text
        monkeypatch.setenv(TOKEN, "kunci-7")
        assert get("/-/metrics", authorization="Bearer kunci-7").status_code == 200


def test_requests_are_told_of_when_asked_without_who_asked_what(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    with site_of(data) as (_, get):
        get("/daerah")
        assert not caplog.records
        with caplog.at_level(logging.INFO, "publish.serving.watching"):
            get("/cari?q=nama+orang", **{"user-agent": "peramban", "x-forwarded-for": "10.1.2.3"})
            get("/langganan/atur/kunci-pembaca?lang=en")
            get("/surat/saya/kunci-pembaca")
    told = [vars(record) for record in caplog.records if record.message == "request answered"]
    assert [one["path"] for one in told] == ["/cari", "/langganan/atur/…", "/surat/saya/…"]
    said = json.dumps([{k: str(v) for k, v in one.items()} for one in told])
    for secret in ("nama", "kunci-pembaca", "10.1.2.3", "peramban", "127.0.0.1"):
        assert secret not in said
    assert told[0]["status"] == 200
    assert told[0]["seconds"] >= 0


def test_a_query_that_is_cut_off_is_counted(data: Path) -> None:
    sql = "with+recursive+n(i)+as+(select+1+union+all+select+i%2B1+from+n)+select+count(*)+from+n"
    with site_of(data) as (_, get):
        assert get(f"/public?sql={sql}").status_code == 400
    limits = metrics(generate_latest(SITE).decode())["pantau_site_limited"]
    assert {sample.labels["limit"] for sample in limits.samples} >= {"sql_time"}


def test_a_file_for_node_exporter_is_written_whole(data: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (data / f".metrics.prom.{dead.pid}.new").write_text("# what a killed run left")
    write_metrics(data, NOW)
    families = metrics((data / "metrics.prom").read_text())
    assert families["pantau_release_made_timestamp_seconds"].samples
    assert not any(name.startswith("pantau_site_") for name in families)
    assert [path.name for path in data.iterdir() if "metrics" in path.name] == ["metrics.prom"]


def test_the_rules_of_prometheus_name_what_is_exported(data: Path) -> None:
    with site_of(data) as (_, get):
        get("/")
        exported = metrics(get("/-/metrics").text)
    names = {sample.name for family in exported.values() for sample in family.samples} | set(exported) | {"up"}
    rules = yaml.safe_load(Path("deploy/prometheus/pantau.rules.yml").read_text())
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    assert len({alert["alert"] for alert in alerts}) == len(alerts) >= 6
    for alert in alerts:
        assert set(alert) <= {"alert", "expr", "for", "labels", "annotations"}
        assert set(re.findall(r"\b(?:pantau_\w+|up)\b", re.sub(r'"[^"]*"', "", alert["expr"]))) <= names
        assert alert["expr"].count("(") == alert["expr"].count(")")
        assert alert["annotations"]["summary"]
    promtool = shutil.which("promtool")
    if promtool:
        subprocess.run([promtool, "check", "rules", "deploy/prometheus/pantau.rules.yml"], check=True)


def test_every_reason_is_told_of_in_the_documentation() -> None:
    told = Path("docs/monitoring.md").read_text(encoding="utf-8")
    assert [reason for reason in get_args(Reason) if f"`{reason}`" not in told] == []


def test_all_processes_of_a_site_count_together(data: Path) -> None:
    """Requests of many connections, which go to whichever process takes them."""
    with listening("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "pantau", "--data", str(data), "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=SITE_FOLDER.parents[1], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        try:
            for _ in range(40):
                httpx.get(f"http://127.0.0.1:{port}/static/pantau.css", timeout=180)
            families = metrics(httpx.get(f"http://127.0.0.1:{port}/-/metrics", timeout=180).text)
        finally:
            process.terminate()
            process.wait(timeout=180)
    static = [one for one in families["pantau_site_requests"].samples if one.labels["route"] == "static"]
    assert sum(sample.value for sample in static) == 40
    assert len(families["pantau_site_shown_release_made_timestamp_seconds"].samples) >= 1
    assert not list((data / ".serving").glob("counts-*"))
