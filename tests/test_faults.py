"""What goes wrong on the web, on real servers on loopback, with the real crawl and parse: nothing is lost in silence.

All sites are crawled and parsed together, twice: broken, then mended. A fault passes when every URL has a fate and a
reason, when the count of the way tells what a list hid, when the other sites are not held up, and when the story is
there after the second run. What lists say of their own changes is tried in test_gathering.py.
"""

from __future__ import annotations

import importlib.metadata
import re
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from faultweb import (
    HTML,
    XML,
    Answer,
    Asked,
    Site,
    item,
    link_list,
    rss,
    running,
    story,
    urlset,
)

ROOT = Path(__file__).parent.parent

# The command as it is, less patient: an answer that never ends is waited for as long as a test may take.
PANTAU = """
import crawler.crawl, pantau
settings = crawler.crawl.crawl_settings
crawler.crawl.crawl_settings = lambda places: settings(places) | {"DOWNLOAD_TIMEOUT": 3, "DOWNLOAD_MAXSIZE": 2_000_000}
pantau.main()
"""

WALL = Answer(
    "<html><head><title>Just a moment...</title></head><body><noscript>Nyalakan skrip</noscript></body></html>"
)
LISTING = {"way": "listing", "url": "/berita?hal={page}", "articles": "h3 a"}
FEED = {"way": "feed", "url": "/feed"}
SITEMAP = {"way": "sitemap", "url": "/sitemap.xml"}
STORY = "/2023/11/08/bimtek-smart-city"
JSON = {"content-type": "application/json"}
PACKED_HTML = {**HTML, "content-encoding": "gzip"}
GZIP = {"content-type": "application/gzip"}
PRINTED = [f"/bentuk-{number}" for number in range(5)]
TODAY = datetime.now(ZoneInfo("Asia/Jakarta"))


@dataclass(frozen=True)
class Fault:
    """A site with one thing wrong."""

    way: Mapping[str, Any]
    broken: Mapping[str, Any]
    """What it answers: path to Answer, or to what gives one for a request."""
    mended: Mapping[str, Any] = field(default_factory=dict)
    fates: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    """Of its paths, after the first run; a reason is a regular expression."""
    problem: str | None = None
    """What the count of its way tells in the first run; a regular expression."""
    later: Mapping[str, str] = field(default_factory=lambda: {STORY: "kept"})
    """Fate of its paths after the second run."""
    source: Mapping[str, Any] = field(default_factory=dict)
    mended_source: Mapping[str, Any] = field(default_factory=dict)
    """What a person changes in its file between the two runs."""
    is_down: bool = False


KEPT = ("kept", None)
LIST = {"/berita": link_list(STORY)}


def after_eight(asked: Asked) -> Answer:
    return Answer("Forbidden", 403) if asked.all_times > 8 else many(asked)


def many(asked: Asked) -> Answer:
    number = int(asked.path.rpartition("-")[2] or 0)
    return story(number)


def endless_redirect(asked: Asked) -> Answer:
    number = int(asked.path.partition("=")[2] or 0) + 1
    return Answer("", 302, {"location": f"{STORY}?n={number}"})


MANY = [f"/2023/11/08/bimtek-smart-city-tahap-{number}" for number in range(1, 61)]

FAULTS: dict[str, Fault] = {
    # Conditional requests (defect A): an article that answers 304 loses neither itself nor its feed.
    "not_modified": Fault(
        FEED,
        {"/feed": rss(item("/a"), item("/b", 2)), "/a": Answer("", 304), "/b": story(2)},
        {"/a": story()},
        {"/a": ("error", "HTTP 304"), "/b": KEPT},
        later={"/a": "kept", "/b": "kept"},
    ),
    # Walls.
    "wall_on_list": Fault(LISTING, {"/berita": WALL, STORY: story()}, LIST, problem="Cloudflare"),
    "wall_on_feed": Fault(FEED, {"/feed": WALL, STORY: story()}, {"/feed": rss(item(STORY))}, problem="Cloudflare"),
    "wall_on_article": Fault(LISTING, {**LIST, STORY: WALL}, {STORY: story()}, {STORY: ("blocked", "Cloudflare")}),
    "wall_with_403": Fault(
        LISTING,
        {**LIST, STORY: Answer(WALL.body, 403, {**HTML, "cf-mitigated": "challenge"})},
        {STORY: story()},
        {STORY: ("blocked", r"Cloudflare|HTTP 403")},
    ),
    "database_error": Fault(
        LISTING,
        {**LIST, STORY: Answer("<title>Database Error</title><h1>Error establishing a database connection</h1>")},
        {STORY: story()},
        {STORY: ("error", "database")},
    ),
    # Feeds.
    "empty_feed": Fault(FEED, {"/feed": rss(), STORY: story()}, {"/feed": rss(item(STORY))}, problem="no entries"),
    "feed_is_html": Fault(
        FEED, {"/feed": link_list(STORY), STORY: story()}, {"/feed": rss(item(STORY))}, problem="no RSS or Atom"
    ),
    "feed_breaks_off": Fault(
        FEED,
        {"/feed": Answer(str(rss(item("/b", 2), item(STORY)).body)[:-120]), "/b": story(2), STORY: story()},
        {"/feed": rss(item("/b", 2), item(STORY))},
        {"/b": KEPT},
        problem="breaks off|cut off",
    ),
    "no_entry_is_ours": Fault(
        FEED,
        {
            "/feed": rss(
                "<item><title>Tanpa tautan</title></item>",
                "<item><title>Surat</title><link>mailto:redaksi@kabar.example</link></item>",
                "<item><title>Rusak</title><link>http://[kabar.example/a</link></item>",
                "<item><title>Orang lain</title><link>https://lain.example/a</link></item>",
            ),
            STORY: story(),
        },
        {"/feed": rss(item(STORY))},
        problem="none of its 2",
    ),
    "no_post_is_one": Fault(
        {"way": "wordpress", "url": "/"},
        {"/wp-json/wp/v2/posts": Answer('[{"link": null}, {"link": 7, "title": "x"}]', headers=JSON)},
        {
            "/wp-json/wp/v2/posts": Answer(
                f'[{{"link": "HOME{STORY}", "title": "Bimtek", "date_gmt": "kapan-kapan"}}]', headers=JSON
            ),
            STORY: story(),
        },
        problem="no list of posts|none of its 2",
    ),
    "odd_dates_in_feed": Fault(
        FEED,
        {
            "/feed": rss(
                item("/a", 1, "Mon, 01 Jan 0001 00:00:00 +0900"),
                item("/b", 2, "kemarin sore"),
                item("/c", 3, "Wed, 31 Feb 2023 10:00:00 +0700"),
            ),
            **{f"/{name}": story(number) for number, name in enumerate("abc", 1)},
        },
        fates=dict.fromkeys(("/a", "/b", "/c"), KEPT),
        later=dict.fromkeys(("/a", "/b", "/c"), "kept"),
    ),
    # Sites that moved.
    "moved_to_another_host": Fault(
        LISTING,
        {"/berita": Answer("", 301, {"location": "ELSEWHERE/berita2"}), "/berita2": link_list(STORY), STORY: story()},
        LIST,
        problem="redirects to another site|none of its 1",
    ),
    "moved_to_home": Fault(
        LISTING,
        {
            **LIST,
            STORY: Answer("", 302, {"location": "/"}),
            "/": Answer("<html><body><h1>Kabar Muara</h1></body></html>"),
        },
        {STORY: story()},
        {STORY: (r"error", "redirects to the home page")},
    ),
    "moved_to_a_parked_page": Fault(
        LISTING,
        {
            "/berita": Answer("", 302, {"location": "/parkir"}),
            "/parkir": Answer("<title>kabarmuara.example is for sale</title><p>Make an offer</p>"),
            STORY: story(),
        },
        LIST,
        problem="for sale",
    ),
    # Templates.
    "changed_list": Fault(
        LISTING,
        {"/berita": Answer(f"<html><body><h4><a href='{STORY}'>Berita</a></h4></body></html>"), STORY: story()},
        LIST,
        problem=r"nothing at 'h3 a'",
    ),
    "changed_template": Fault(
        LISTING,
        {**LIST, STORY: story()},
        fates={STORY: ("not-understood", r"nothing at '.konten-lama'")},
        source={"selectors": {"body": ".konten-lama"}},
        mended_source={"selectors": {"body": ".isi"}},
    ),
    "no_text_for_a_day": Fault(
        LISTING,
        {**LIST, STORY: Answer("<html><body><nav>Beranda</nav><article></article></body></html>")},
        {STORY: story()},
        {STORY: ("not-understood", "0 characters")},
    ),
    "corrected_address": Fault(
        LISTING,
        {"/berita": link_list(f"{STORY}/"), f"{STORY}/": Answer("Tidak ada", 404), STORY: story()},
        LIST,
        {f"{STORY}/": ("gone", "HTTP 404")},
    ),
    "broken_link_in_list": Fault(
        LISTING, {"/berita": link_list("http://[kabar.example/a", "", STORY), STORY: story()}, fates={STORY: KEPT}
    ),
    "first_page_for_ever": Fault(LISTING, {**LIST, STORY: story()}, fates={STORY: KEPT}),
    # Hosts.
    "refuses_after_eight": Fault(
        LISTING,
        {"/berita": link_list(*MANY), **dict.fromkeys(MANY, after_eight)},
        {"/berita": link_list(*MANY), **dict.fromkeys(MANY, many)},
        problem="5 refusals in a row, the last HTTP 403",
        later=dict.fromkeys(MANY, "kept"),
    ),
    "asks_to_wait": Fault(
        LISTING, {**LIST, STORY: Answer("", 429, {"retry-after": "1"}, then=story())}, fates={STORY: KEPT}
    ),
    "asks_to_wait_a_day": Fault(
        LISTING,
        {**LIST, STORY: Answer("", 429, {"retry-after": "86400"})},
        {STORY: story()},
        {STORY: ("blocked", "HTTP 429")},
    ),
    "unavailable_once": Fault(LISTING, {**LIST, STORY: Answer("", 503, then=story())}, fates={STORY: KEPT}),
    "unavailable": Fault(LISTING, {**LIST, STORY: Answer("", 503)}, {STORY: story()}, {STORY: ("error", "HTTP 503")}),
    "down": Fault(LISTING, {**LIST, STORY: story()}, problem="refused|cannot be read", is_down=True),
    # Bodies.
    "reset": Fault(
        LISTING,
        {**LIST, STORY: Answer(str(story().body)[:400], length=4000, ending="reset")},
        {STORY: story()},
        {STORY: ("error", "ResponseFailed|ConnectionLost|DataLoss")},
    ),
    "cut_gzip": Fault(
        LISTING,
        {**LIST, STORY: Answer(story().body, headers=PACKED_HTML, cut=120)},
        {STORY: Answer(story().body, headers=PACKED_HTML, cut=0)},
        {STORY: ("error", "breaks off|cut off")},
    ),
    "too_long_a_length": Fault(
        LISTING,
        {**LIST, STORY: Answer(str(story().body)[:900], length=90_000)},
        {STORY: story()},
        {STORY: ("error", "ResponseFailed|ResponseDataLoss|DataLoss")},
    ),
    "wrong_type": Fault(
        LISTING,
        {**LIST, STORY: Answer(story().body, headers={"content-type": "text/plain"})},
        fates={STORY: KEPT},
    ),
    "silent": Fault(
        LISTING,
        {**LIST, STORY: Answer(str(story().body)[:300], length=4000, ending="silence")},
        {STORY: story()},
        {STORY: ("error", "Timeout|took longer")},
    ),
    "endless": Fault(
        LISTING,
        {**LIST, STORY: Answer(story().body, ending="endless")},
        {STORY: story()},
        {STORY: ("error", "Cancelled|larger|max size")},
    ),
    "endless_redirect": Fault(
        LISTING, {**LIST, STORY: endless_redirect}, {STORY: story()}, {STORY: ("error", "redirect")}
    ),
    # robots.txt and sitemaps.
    "robots_down": Fault(
        LISTING,
        {"/robots.txt": Answer("", 500), **LIST, STORY: story()},
        {"/robots.txt": Answer("", 404)},
        problem="robots",
    ),
    "robots_is_html": Fault(
        LISTING, {"/robots.txt": Answer("<html><h1>Beranda</h1></html>"), **LIST, STORY: story()}, fates={STORY: KEPT}
    ),
    "sitemap_breaks_off": Fault(
        SITEMAP,
        {"/sitemap.xml": Answer(urlset("/a", STORY)[:-60], headers=XML), "/a": story(2), STORY: story()},
        {"/sitemap.xml": Answer(urlset("/a", STORY), headers=XML)},
        {"/a": KEPT},
        problem="breaks off|cut off",
    ),
    "sitemap_gzip_breaks_off": Fault(
        {"way": "sitemap", "url": "/sitemap.xml.gz"},
        {
            "/sitemap.xml.gz": Answer(urlset("/a", STORY), headers=GZIP, cut=20),
            "/a": story(2),
            STORY: story(),
        },
        {"/sitemap.xml.gz": Answer(urlset("/a", STORY), headers=GZIP, cut=0)},
        problem="breaks off|cut off",
    ),
    # Dates (defects B, D, E): what an article page prints, and what is read.
    "dates": Fault(
        LISTING,
        {
            "/berita": link_list("/tanpa-tanggal", "/bilah-jam", "/bilah-jam-saja", *PRINTED),
            "/tanpa-tanggal": story(1, day=""),
            "/bilah-jam": story(2, before=f"<div class='jam'>{TODAY:%d/%m/%Y} 10:00 WIB</div>"),
            "/bilah-jam-saja": story(3, day="", before=f"<div class='hari-ini'>Hari ini: {TODAY:%d-%m-%Y}</div>"),
            "/bentuk-0": story(4, day="Jum’at (3/11/2023)"),
            "/bentuk-1": story(5, day="Jum'at, 3 November 2023"),
            "/bentuk-2": story(6, day="Jumat, 03 Nov 2023 09:15 WIB"),
            "/bentuk-3": story(7, day="3 November 2023 | Humas"),
            "/bentuk-4": story(8, day="Dipublikasikan: 03-11-2023"),
        },
        later={},
    ),
    # The other sources: nothing is wrong with this one.
    "sound": Fault(LISTING, {**LIST, STORY: story()}, fates={STORY: KEPT}),
}  # fmt: skip

DATES = {
    "/tanpa-tanggal": None,
    "/bilah-jam": "2023-11-08",
    "/bilah-jam-saja": None,
    **dict.fromkeys(PRINTED, "2023-11-03"),
}


@dataclass(frozen=True)
class Round:
    """What stands after one crawl and parse."""

    code: int
    stderr: str
    problems: Mapping[str, str]
    """By source: what the count of its way told."""
    urls: Mapping[str, Mapping[str, tuple[str | None, str | None]]]
    """By source and path: fate and reason."""
    articles: Mapping[str, Mapping[str, Mapping[str, Any]]]
    """By source and path."""


def pantau(data: Path, sources: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PANTAU, "--data", data, "--sources", sources, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def crawl_and_parse(data: Path, sources: Path, sites: list[Site]) -> Round:
    """One round over all the sites."""
    done = pantau(data, sources, "crawl")
    parsed = pantau(data, sources, "parse")
    assert parsed.returncode == 0, parsed.stderr
    homes = {site.name: site.home for site in sites}
    with closing(sqlite3.connect(data / "pantau.db")) as connection:
        connection.row_factory = sqlite3.Row
        urls = connection.execute("select source, url, fate, fate_reason from urls").fetchall()
        articles = connection.execute("select * from articles").fetchall()

    def path(row: sqlite3.Row) -> str:
        return str(row["url"]).removeprefix(homes[row["source"]])

    lines = [line.split(": ", 2) for line in done.stderr.splitlines() if line.count(": ") >= 2]
    return Round(
        done.returncode,
        done.stderr,
        {name: problem for name, _, problem in lines if name in homes},
        {
            name: {path(row): (row["fate"], row["fate_reason"]) for row in urls if row["source"] == name}
            for name in homes
        },
        {name: {path(row): dict(row) for row in articles if row["source"] == name} for name in homes},
    )


def write_sources(folder: Path, sites: list[Site], faults: Mapping[str, Fault]) -> None:
    for site in sites:
        fault = faults[site.name]
        written = {"outlet": site.name, "home": site.home, "kind": "media", "family": "generic", "delay": 0}
        written |= {"timezone": "Asia/Jakarta", "ways": [dict(fault.way)], "knowledge": "seen", **fault.source}
        written |= fault.mended_source if site.is_mended else {}
        (folder / f"{site.name}.yml").write_text(yaml.safe_dump(written), encoding="utf-8")


def let_two_days_pass(data: Path) -> None:
    """Make all that was found and fetched two days older: what failed or has no story is asked for again."""
    with closing(sqlite3.connect(data / "pantau.db")) as connection, connection:
        for column in ("first_fetched_at", "fetched_at", "checked_at"):
            pages = connection.execute(f"select id, {column} from pages where {column} is not null").fetchall()
            older = [(f"{datetime.fromisoformat(at) - timedelta(days=2)}".replace(" ", "T"), id) for id, at in pages]
            connection.executemany(f"update pages set {column} = ? where id = ?", older)
        for table, column in (("urls", "found_at"), ("way_counts", "ended_at")):
            rows = connection.execute(f"select rowid, {column} from {table}").fetchall()
            older = [(f"{datetime.fromisoformat(at) - timedelta(days=2)}".replace(" ", "T"), id) for id, at in rows]
            connection.executemany(f"update {table} set {column} = ? where rowid = ?", older)


@dataclass(frozen=True)
class Rounds:
    broken: Round
    mended: Round
    sites: Mapping[str, Site]


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Rounds:
    """All sites crawled and parsed while they are broken, and again when they are mended."""
    sources, data = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("data")
    sites = [Site(name, fault.broken, fault.mended, fault.is_down) for name, fault in FAULTS.items()]
    with running(sites) as mend:
        write_sources(sources, sites, FAULTS)
        broken = crawl_and_parse(data, sources, sites)
        mend()
        write_sources(sources, sites, FAULTS)
        let_two_days_pass(data)
        mended = crawl_and_parse(data, sources, sites)
    return Rounds(broken, mended, {site.name: site for site in sites})


@pytest.mark.parametrize("name", FAULTS)
def test_every_url_has_a_fate_and_whoever_is_not_kept_a_reason(rounds: Rounds, name: str) -> None:
    fates = rounds.broken.urls[name]
    for path, (fate, reason) in FAULTS[name].fates.items():
        assert fates[path][0] == fate
        assert re.search(reason, fates[path][1] or "") if reason else fates[path][1] is None
    # What is left to be fetched is left because the way said that it stopped.
    unsettled = [path for path, (fate, _) in fates.items() if fate is None]
    assert not unsettled or name in rounds.broken.problems
    assert [path for path, (fate, reason) in fates.items() if fate not in (None, "kept") and not reason] == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_list_that_cannot_be_read_is_told_and_no_other_is(rounds: Rounds, name: str) -> None:
    wanted, told = FAULTS[name].problem, rounds.broken.problems.get(name)
    assert (told is None) == (wanted is None), told
    assert wanted is None or re.search(wanted, told or ""), told


@pytest.mark.parametrize("name", FAULTS)
def test_the_story_is_there_when_the_fault_is_gone(rounds: Rounds, name: str) -> None:
    fates = {path: rounds.mended.urls[name].get(path, ("never found", None)) for path in FAULTS[name].later}
    assert {path: fate for path, (fate, _) in fates.items()} == dict(FAULTS[name].later), fates
    assert rounds.mended.articles[name].keys() >= {path for path, fate in FAULTS[name].later.items() if fate == "kept"}
    assert name not in rounds.mended.problems


def test_no_fault_is_an_accident_of_the_crawler(rounds: Rounds) -> None:
    for done in (rounds.broken, rounds.mended):
        assert done.code == 0
        assert "Traceback" not in done.stderr


def test_no_article_is_asked_for_on_a_condition(rounds: Rounds) -> None:
    asked = [
        path
        for site in rounds.sites.values()
        for path, headers, _ in site.log
        if {"if-none-match", "if-modified-since"} & headers.keys()
    ]
    assert asked == []


def test_a_list_that_repeats_its_first_page_is_left(rounds: Rounds) -> None:
    assert rounds.sites["first_page_for_ever"].asked("/berita") <= 4  # two in each of the two runs


def test_a_site_that_refuses_is_soon_left_alone(rounds: Rounds) -> None:
    statuses = [status for _, _, status in rounds.sites["refuses_after_eight"].log]
    assert statuses.count(403) < 30  # those under way and five in a row


def test_a_host_that_asks_for_a_day_is_not_asked_again(rounds: Rounds) -> None:
    assert rounds.sites["asks_to_wait_a_day"].asked(STORY) == 2  # once in each run


@pytest.mark.parametrize("path", DATES)
def test_no_page_gets_the_day_of_the_crawl(rounds: Rounds, path: str) -> None:
    article = rounds.broken.articles["dates"][path]
    day = DATES[path]
    assert (article["published_at"] or "")[:10] == (day or "")
    assert (article["date_reason"] is None) == (day is not None)


def test_what_trafilatura_needs_is_declared() -> None:
    """lxml took its HTML cleaner out; without `lxml_html_clean` a fresh install of trafilatura fails at its import."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {re.split(r"[\s\[<>=!~;]", dependency)[0].replace("-", "_").lower() for dependency in declared}
    assert {"trafilatura", "lxml_html_clean"} <= names
    assert importlib.metadata.version("lxml_html_clean")
    done = subprocess.run(
        [sys.executable, "-c", "import trafilatura"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
