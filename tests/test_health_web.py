"""Sites that are read well one day and have something wrong from the next: real crawls of three days, on loopback.

A fault is noticed on its second day, with its verdict, its reason and its first day; the sites that are well are not.
The very first visit that meets it raises an alarm, and the first that reads the site again ends it.
"""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from faults.web import Answer, Asked, Site, item, link_list, rss, running, story

ROOT = Path(__file__).parent.parent
WALL = Answer("<html><head><title>Just a moment...</title></head><body>Nyalakan skrip</body></html>")
RESET = Answer("<rss>", length=4000, ending="reset")
FOR_SALE = Answer("<title>kabarmuara.example is for sale</title><p>Make an offer</p>")
FEED, LIST = {"way": "feed", "url": "/feed"}, {"way": "listing", "url": "/berita", "articles": "h3 a"}
AGES = {
    "runs": ("started_at", "ended_at"),
    "visits": ("visited_at", "newest_at"),
    "way_counts": ("ended_at",),
    "urls": ("found_at", "fate_at"),
    "pages": ("first_fetched_at", "fetched_at", "checked_at"),
    "parses": ("parsed_at",),
    "hosts": ("asked_at", "wait_until", "robots_at"),
    "requests": ("last_at",),
}


def paths(day: int) -> list[str]:
    """The six articles that the sites have on a day, three of them from the day before."""
    return [f"/berita/{number}" for number in range(3 * day, 3 * day + 6)]


def feed(asked: Asked) -> Answer:
    return rss(*(item(path, int(path.rpartition("/")[2])) for path in paths(asked.times)))


def listing(asked: Asked) -> Answer:
    return link_list(*paths(asked.times))


def changed_listing(asked: Asked) -> Answer:
    return Answer(str(listing(asked).body).replace("h3", "h5"))


def all_articles(answer: Answer) -> dict[str, Answer]:
    return {path: answer for day in range(1, 4) for path in paths(day)}


WELL = {"/feed": feed, "/berita": listing}
STORIES = {path: story(number) for day in range(1, 4) for number, path in enumerate(paths(day), 3 * day)}


NEW = [f"/berita/baru-{number}" for number in range(8)]


@dataclass(frozen=True)
class Case:
    """What a site answers from the second day on, and what is then said of it."""

    wrong: Mapping[str, Any]
    verdict: str | None
    """None: it is not to be looked at."""
    says: str = ""
    way: Mapping[str, Any] = field(default_factory=lambda: FEED)


CASES = {
    "well": Case({}, None),
    "well_listing": Case({}, None, way=LIST),
    "wall_on_list": Case({"/feed": WALL}, "blocked", "proof of being human"),
    "wall_on_articles": Case(all_articles(WALL), "blocked", "of 6 articles refuse us"),
    "refuses_list": Case({"/feed": Answer("", 403)}, "blocked", "HTTP 403"),
    "refuses_articles": Case(all_articles(Answer("", 401)), "blocked", "of 6 articles refuse us"),
    "asks_less": Case({"/feed": Answer("", 429, {"retry-after": "86400"})}, "blocked", "ask less often"),
    "forbids": Case({"/robots.txt": Answer("User-agent: *\nDisallow: /")}, "blocked", "robots.txt does not allow"),
    "forbids_articles": Case(
        {"/robots.txt": Answer("User-agent: *\nDisallow: /berita/")}, "blocked", "robots.txt forbids us"
    ),
    "robots_down": Case({"/robots.txt": Answer("", 500)}, "unreachable", "HTTP 500"),
    "down": Case({"/robots.txt": RESET, "/feed": RESET}, "unreachable", "refused or cut"),
    "fails": Case({"/feed": Answer("", 502)}, "unreachable", "HTTP 502"),
    "moved": Case({"/feed": Answer("", 301, {"location": "ELSEWHERE/feed"})}, "unreachable", "leads to localhost"),
    "parked": Case({"/feed": FOR_SALE}, "unreachable", "for sale"),
    "suspended": Case(
        {"/feed": Answer("<title>Account Suspended</title><h1>This Account has been suspended.</h1>")},
        "unreachable", "suspended",
    ),
    "articles_fail": Case(all_articles(Answer("", 503)), "unreachable", "fail to open"),
    "list_is_gone": Case({"/feed": Answer("Tidak ada", 404)}, "changed", "HTTP 404"),
    "empty_feed": Case({"/feed": rss()}, "changed", "its list is empty"),
    "feed_is_html": Case({"/feed": listing}, "changed", "no list of articles"),
    "changed_list": Case({"/berita": changed_listing}, "changed", "its looks may have changed", way=LIST),
    "changed_template": Case(
        all_articles(Answer("<html><body><nav>Beranda</nav><div id=app></div></body></html>")),
        "changed", "None of its last 6 pages",
    ),
    "links_lead_nowhere": Case(all_articles(Answer("Tidak ada", 404)), "changed", "lead to no article"),
}  # fmt: skip


ALARMS = {
    "wall_on_list": "list-wall broken",
    "wall_on_articles": "page-wall broken",
    "refuses_list": "list-refused broken",
    "refuses_articles": "page-refused broken",
    "asks_less": "list-asked-less broken",
    "forbids": "list-robots broken",
    "forbids_articles": "page-robots look",
    "robots_down": "list-down broken",
    "down": "list-unreachable broken",
    "fails": "list-down broken",
    "moved": "list-moved broken",
    "parked": "list-parked broken",
    "suspended": "list-parked broken",
    "articles_fail": "page-down broken",
    "list_is_gone": "list-gone broken",
    "empty_feed": "list-empty broken",
    "feed_is_html": "list-changed broken",
    "changed_list": "list-changed broken",
    "changed_template": "not-understood broken",
    "links_lead_nowhere": "page-gone look",
}
"""Kind and level of what the first run tells that meets the fault."""


@dataclass(frozen=True)
class Told:
    """What was said of the sites."""

    days: list[dict[str, str]]
    """What `pantau sources health` prints after the second and the third day, by source."""
    alarms: list[list[str]]
    """Lines that begin with ALARM or OVER, of each of four days; on the last all is mended."""
    checks: list[subprocess.CompletedProcess[str]]
    """`pantau sources check --json` after each day."""
    data: Path
    sources: Path


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    sources, data = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("data")
    sites = [Site(name, {**WELL, **STORIES}, case.wrong) for name, case in CASES.items()]
    days, alarms, checks = [], [], []
    with running(sites) as spoil:
        for site in sites:
            source = {"outlet": site.name, "home": site.home, "kind": "media", "family": "generic", "delay": 0}
            source |= {"timezone": "Asia/Jakarta", "ways": [dict(CASES[site.name].way)], "knowledge": "seen"}
            (sources / f"{site.name}.yml").write_text(yaml.safe_dump(source), encoding="utf-8")
        for day in range(4):
            if day == 1:
                spoil()
            if day == 3:
                mend(sites)
            alarms.append([])
            for word in ("crawl", "parse"):
                done = pantau(data, sources, word)
                assert done.returncode == 0, done.stderr
                alarms[-1] += [line for line in done.stderr.splitlines() if line.startswith(("ALARM", "OVER"))]
            checks.append(pantau(data, sources, "sources", "check", "--json"))
            if day in (1, 2):
                health = pantau(data, sources, "sources", "health")
                assert health.returncode == (1 if ": " in health.stdout else 0)
                days.append(dict(line.split(": ", 1) for line in health.stdout.splitlines() if ": " in line))
            let_a_day_pass(data)
    return Told(days, alarms, checks, data, sources)


def mend(sites: list[Site]) -> None:
    """Every site is as on its first day, and has twice as much to tell."""
    for site in sites:
        site.mended = {
            "/feed": rss(*(item(path, number) for number, path in enumerate(NEW))),
            "/berita": link_list(*NEW),
            "/robots.txt": Answer("", 404),
            **STORIES,
            **{path: story(number) for number, path in enumerate(NEW)},
        }


def pantau(data: Path, sources: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pantau", "--data", str(data), "--sources", str(sources), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def let_a_day_pass(data: Path) -> None:
    """Make all that is remembered a day older."""
    with closing(sqlite3.connect(data / "pantau.db")) as db, db:
        for table, columns in AGES.items():
            for column in columns:
                db.execute(f"update {table} set {column} = strftime('%Y-%m-%dT%H:%M:%f+00:00', {column}, '-1 day')")
        # The oldest first, for a day has one row.
        for (day,) in db.execute("select distinct day from requests order by day").fetchall():
            db.execute("update requests set day = date(day, '-1 day') where day = ?", [day])


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_noticed_on_its_second_day_with_its_reason(told: Told, name: str) -> None:
    case = CASES[name]
    if case.verdict is None:
        assert name not in told.days[1]
        return
    line = told.days[1][name]
    today = datetime.now(ZoneInfo("Asia/Jakarta")).date()
    days = "|".join(f"{today - timedelta(days=back)}" for back in (1, 2))  # midnight may have passed
    assert re.match(f"{case.verdict} since ({days}): ", line)
    assert re.search(case.says, line)


def test_no_site_is_judged_by_a_day(told: Told) -> None:
    assert told.days[0] == {}


@pytest.mark.parametrize("name", CASES)
def test_the_run_that_meets_a_fault_tells_it_in_one_line(told: Told, name: str) -> None:
    assert told.alarms[0] == []
    lines = [line for line in told.alarms[1] if line.split()[1] == name]
    if name not in ALARMS:
        assert lines == []
        return
    kind, level = ALARMS[name].split()
    (line,) = lines
    assert line.startswith(f"ALARM {name} {kind}: ")
    assert "http://127.0.0.1:" in line
    assert [(one["kind"], one["level"]) for one in open_alarms(told, 1)[name] if one["level"] != "note"] == [
        (kind, level)
    ]


def test_what_goes_on_is_told_once(told: Told) -> None:
    assert told.alarms[2] == []
    since = [{name: one[0]["since"] for name, one in open_alarms(told, day).items()} for day in (1, 2)]
    assert since[0].keys() == since[1].keys()


@pytest.mark.parametrize("name", ALARMS)
def test_the_run_that_reads_a_source_again_tells_that_it_is_over(told: Told, name: str) -> None:
    (line,) = [line for line in told.alarms[3] if line.split()[1] == name]
    assert re.match(rf"OVER {name} {ALARMS[name].split()[0]}: since \d{{4}}-", line)
    assert name not in open_alarms(told, 3)


def test_nothing_that_was_kept_is_lost_by_a_fault(told: Told) -> None:
    with closing(sqlite3.connect(told.data / "pantau.db")) as db:
        articles = dict(db.execute("select source, count(*) from articles group by source"))
    assert articles.keys() == CASES.keys()
    # Six of the first day, and eight when it was mended.
    assert all(number >= 14 for number in articles.values()), articles


def test_what_was_published_stays_where_a_new_way_of_reading_reads_nothing(told: Told) -> None:
    file = told.sources / "well.yml"
    before, text = articles_of(told, "well"), file.read_text(encoding="utf-8")
    file.write_text(text + "selectors: {body: .tidak-ada}\n", encoding="utf-8")
    done = pantau(told.data, told.sources, "parse")
    assert re.search(r"^ALARM well not-understood: 20 of 20 ", done.stderr, re.MULTILINE)
    assert re.search(r"^ALARM well reading-kept: 20 pages ", done.stderr, re.MULTILINE)
    assert articles_of(told, "well") == before
    file.write_text(text, encoding="utf-8")
    done = pantau(told.data, told.sources, "parse", "--all")
    assert len(re.findall(r"^OVER well ", done.stderr, re.MULTILINE)) == 2
    assert articles_of(told, "well") == before


def articles_of(told: Told, source: str) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(told.data / "pantau.db")) as db:
        return db.execute("select id, text from articles where source = ? order by id", [source]).fetchall()


def test_the_check_says_by_its_exit_status_that_someone_should_look(told: Told) -> None:
    assert [check.returncode for check in told.checks] == [0, 1, 1, 0]
    states = {one["source"]: one["state"] for one in json.loads(told.checks[1].stdout)["sources"]}
    assert states["well"] == "nothing happened"
    assert states["refuses_list"] == states["wall_on_articles"] == states["forbids"] == "blocked"
    assert states["down"] == states["changed_template"] == states["empty_feed"] == "broken"


def open_alarms(told: Told, day: int) -> dict[str, list[dict[str, Any]]]:
    """Of a day, by source; without notes."""
    every = {one["source"]: one["alarms"] for one in json.loads(told.checks[day].stdout)["sources"]}
    serious = {name: [alarm for alarm in alarms if alarm["level"] != "note"] for name, alarms in every.items()}
    return {name: alarms for name, alarms in serious.items() if alarms}
