"""How the crawl asks: who it says it is, robots.txt, pace, budget, Retry-After, limits; on real servers on loopback."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from guest.outside import pantau
from livesite import Monitor, Site, article, live_site
from scrapy.http import HtmlResponse, Response

from crawler.items import AskedOf, HostState
from crawler.source import SourceError, load_source, load_sources
from crawler.spiders.pace import MOST_WAIT_DAYS, Pace
from crawler.spiders.wishes import wish_not_to_be_shown
from db.connect import open_db
from db.manners import read_hosts, requests_of_day, save_asked, save_host

ROOT = Path(__file__).parents[2]
LIST = {"way": "listing", "url": "/berita", "articles": "h3 a"}
NOW = datetime(2024, 6, 7, 23, 30, tzinfo=UTC)
TEXT = {"content-type": "text/plain"}


def links(*paths: str) -> str:
    return "".join(f"<h3><a href='{path}'>Berita</a></h3>" for path in paths)


@pytest.fixture
def monitor(tmp_path: Path) -> Monitor:
    return Monitor(tmp_path)


@pytest.fixture
def site() -> Iterator[Site]:
    with live_site() as site:
        yield site


# Who we are.


def test_every_request_says_who_asks_and_carries_nothing_of_earlier_ones(site: Site, monitor: Monitor) -> None:
    monitor.write_source("kabar", site.home, [LIST])
    site.answers |= {
        "/berita": (200, {"set-cookie": "sesi=1; Path=/"}, links("/a", "/b")),
        "/a": (302, {"location": "/c", "set-cookie": "sesi=2; Path=/"}, ""),
        "/b": article("Bimtek Smart City"),
        "/c": article("Evaluasi Smart City"),
    }
    address = {"PANTAU_SITE": "https://pantau.example/", "PANTAU_CONTACT": "redaksi@pantau.example"}
    proxy = {"http_proxy": "http://u:p@127.0.0.1:1", "https_proxy": "http://u:p@127.0.0.1:1", "no_proxy": ""}
    assert pantau(monitor.folder, "crawl", **address, **proxy).code == 0
    assert {path for path, _ in site.asked} == {"/robots.txt", "/berita", "/a", "/b", "/c"}
    assert {headers["user-agent"] for _, headers in site.asked} == {
        "PantauKotaCerdas/0.1 (+https://pantau.example/perayap; contact redaksi@pantau.example)"
    }
    told = {name for _, headers in site.asked for name in headers}
    assert told == {"host", "user-agent", "accept", "accept-language", "accept-encoding"}


@pytest.mark.parametrize("contact", ["", "redaksi", "nanti"])
@pytest.mark.parametrize("words", [("crawl",), ("sources", "try", "kabar.example", "--print")])
def test_sites_of_others_are_not_asked_by_somebody_who_cannot_be_written_to(
    monitor: Monitor, contact: str, words: tuple[str, ...]
) -> None:
    monitor.write_source("kabar", "https://kabar.example", [LIST], delay=3)
    done = pantau(monitor.folder, *words, PANTAU_CONTACT=contact)
    assert (done.code, done.connected, done.names) == (1, set(), [])
    assert done.stderr.splitlines()[-1].startswith("Error: set PANTAU_CONTACT to an e-mail or web address")


def test_a_contact_that_would_break_the_header_is_refused(monitor: Monitor, site: Site) -> None:
    monitor.write_source("kabar", site.home, [LIST])
    done = pantau(monitor.folder, "crawl", PANTAU_CONTACT="a@b.example\r\nX-Evil: 1")
    assert done.code == 1
    assert site.asked == []
    assert "plain letters, no brackets" in done.stderr


# robots.txt.

RULES = "User-agent: *\nDisallow: /larang/\n"
ROBOTS: dict[str, tuple[Any, bool]] = {
    "tidak_ada": ((404, {}, "Disallow: /"), True),
    "hilang": ((410, {}, ""), True),
    "tertutup": ((401, {}, "User-agent: *\nDisallow: /"), True),
    "terlarang": ((403, {}, "User-agent: *\nDisallow: /"), True),
    "sibuk": ((429, {}, ""), False),
    "rusak": ((500, {}, ""), False),
    "istirahat": ((503, {"retry-after": "86400"}, ""), False),
    "pindah_5": ((302, {"location": "/r1"}, ""), True),
    "pindah_6": ((302, {"location": "/r0"}, ""), False),
    "lain": ((301, {"location": "https://orang.example/robots.txt"}, ""), False),
    "html": ((200, {}, "<html><h1>Beranda</h1></html>"), True),
    "menolak": ((200, TEXT, "User-agent: pantaukotacerdas\nDisallow: /\n\nUser-agent: *\nAllow: /"), False),
    "besar_awal": ((200, TEXT, "User-agent: *\nDisallow: /\n" + "# \n" * 300_000), False),
    "besar_akhir": ((200, TEXT, "# \n" * 300_000 + "User-agent: *\nDisallow: /\n"), True),
    "lambat": ((200, TEXT, "User-agent: *\nCrawl-delay: 3600\n"), False),
}


@pytest.fixture(scope="module")
def robots(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Monitor, dict[str, Site]]]:
    monitor = Monitor(tmp_path_factory.mktemp("robots"))
    with ExitStack() as stack:
        sites = {name: stack.enter_context(live_site()) for name in ROBOTS}
        for name, site in sites.items():
            monitor.write_source(name, site.home, [LIST])
            site.answers |= {f"/r{hop}": (302, {"location": f"/r{hop + 1}"}, "") for hop in range(5)}
            site.answers |= {
                "/r5": (200, TEXT, RULES),
                "/berita": links("/a", "/larang/b"),
                "/robots.txt": ROBOTS[name][0],
            }
            site.answers["/a"] = article("Bimtek Smart City")
        pantau(monitor.folder, "crawl")
        yield monitor, sites


@pytest.mark.parametrize("name", ROBOTS)
def test_what_a_robots_txt_answers_decides_as_rfc_9309_has_it(
    robots: tuple[Monitor, dict[str, Site]], name: str
) -> None:
    monitor, sites = robots
    paths = [path for path, _ in sites[name].asked]
    assert ("/berita" in paths, "/a" in paths) == (ROBOTS[name][1], ROBOTS[name][1])
    assert ("/larang/b" in paths) == (ROBOTS[name][1] and not name.startswith("pindah"))
    [(problem,)] = monitor.rows(f"select problem from way_counts where source = '{name}'")
    assert (problem is None) == ROBOTS[name][1]


def test_what_came_of_each_robots_txt_is_remembered(robots: tuple[Monitor, dict[str, Site]]) -> None:
    monitor, sites = robots
    told = {
        host: (robots, delay) for host, robots, delay in monitor.rows("select host, robots, crawl_delay from hosts")
    }
    by_name = {name: told[site.home.removeprefix("http://")] for name, site in sites.items()}
    assert {name for name, said in by_name.items() if said[0] == "none"} == {
        "tidak_ada",
        "hilang",
        "tertutup",
        "terlarang",
    }
    assert {name for name, said in by_name.items() if said[0] == "unreachable"} == {
        "sibuk", "rusak", "istirahat", "pindah_6", "lain",
    }  # fmt: skip
    assert by_name["lambat"] == ("too-slow", 3600.0)


EXCEPTION = {
    "paths": ["/larang/b"],
    "reason": "The office asked us to read its press releases.",
    "agreed_with": "Diskominfo, letter of 2026-10-01",
    "since": "2026-10-01",
}


def test_an_exception_from_robots_txt_is_used_for_its_paths_and_each_request_is_written_down(
    site: Site, monitor: Monitor
) -> None:
    monitor.write_source("kabar", site.home, [LIST], robots={"ignore": EXCEPTION})
    site.answers |= {
        "/robots.txt": (200, TEXT, RULES), "/berita": links("/larang/b", "/larang/c"), "/larang/b": article("Bimtek"),
    }  # fmt: skip
    assert pantau(monitor.folder, "crawl").code == 0
    assert dict(monitor.rows("select url, fate from urls")) == {
        f"{site.home}/larang/b": "kept",
        f"{site.home}/larang/c": "robots",
    }
    assert monitor.rows("select url from excepted_requests") == [(f"{site.home}/larang/b",)]
    assert monitor.rows("select sum(number), sum(excepted) from requests") == [(3, 1)]
    assert monitor.rows("select agreed_with from robots_exceptions") == [(EXCEPTION["agreed_with"],)]


@pytest.mark.parametrize(
    ("url", "is_excepted"),
    [
        ("https://kabar.example/larang/b", True),
        ("https://www.kabar.example/larang/b?hal=2", True),
        ("https://kabar.example/larang/c", False),
        ("https://kabar.example/larang/b/../c", False),
        ("https://kabar.example/larang/b/%2e%2E/c", False),
        ("https://kabar.example/larang/b\\..\\c", False),
        ("https://lain.example/larang/b", False),
        ("https://arsip.kabar.example/larang/b", False),
    ],
)
def test_an_exception_holds_for_its_paths_of_the_home_alone(url: str, is_excepted: bool, monitor: Monitor) -> None:
    told = {"hosts": ["lain.example"], "delay": 3, "robots": {"ignore": EXCEPTION}}
    monitor.write_source("kabar", "https://kabar.example", [LIST], **told)
    assert load_source(monitor.folder / "sources/kabar.yml").may_ignore_robots(url) == is_excepted


@pytest.mark.parametrize("missing", ["reason", "agreed_with", "since", "paths"])
def test_an_exception_without_its_reason_its_consent_and_its_day_is_refused(monitor: Monitor, missing: str) -> None:
    ignore = {name: value for name, value in EXCEPTION.items() if name != missing}
    monitor.write_source("kabar", "https://kabar.example", [LIST], delay=3, robots={"ignore": ignore})
    with pytest.raises(SourceError, match=rf"robots.ignore.{missing}: Field required"):
        load_source(monitor.folder / "sources/kabar.yml")


def test_no_source_of_ours_has_an_exception_from_robots_txt() -> None:
    assert [source.name for source in load_sources(ROOT / "crawler/sources") if source.robots is not None] == []


# What a page says of how it may be shown.


@pytest.mark.parametrize(
    ("header", "meta", "wish"),
    [
        ("", "", None),
        ("", "index, follow, max-image-preview:large", None),
        ("", "noarchive, nofollow", None),
        ("", "NoIndex, follow", "noindex"),
        ("", "none", "none"),
        ("", "nosnippet", "nosnippet"),
        ("", "max-snippet: 0", "max-snippet:0"),
        ("noindex", "", "noindex"),
        ("PantauKotaCerdas: noindex", "", "noindex"),
        ("googlebot: noindex", "", None),
        ("unavailable_after: 25 Jun 2010 15:00:00 PST", "", None),
    ],
)
def test_a_page_that_asks_not_to_be_found_or_quoted_is_left_out(header: str, meta: str, wish: str | None) -> None:
    url = "https://kabar.example/a"
    body = f"<html><head><meta name='Robots' content='{meta}'></head></html>".encode()
    response = HtmlResponse(url, headers={"X-Robots-Tag": header} if header else {}, body=body)
    assert wish_not_to_be_shown(response, url) == wish


def test_a_copy_that_hides_itself_behind_its_article_says_nothing_of_the_article() -> None:
    url = "https://kabar.example/a"
    body = f"<html><head><meta name=robots content=noindex><link rel=canonical href='{url}'></head></html>".encode()
    assert wish_not_to_be_shown(HtmlResponse(f"{url}?page=all", body=body), url) is None
    assert wish_not_to_be_shown(HtmlResponse(url, body=body), url) == "noindex"
    assert wish_not_to_be_shown(Response(url, headers={"X-Robots-Tag": "noindex"}), url) == "noindex"


def test_such_a_page_is_not_kept_and_its_fate_says_why(site: Site, monitor: Monitor) -> None:
    monitor.write_source("kabar", site.home, [LIST])
    site.answers |= {"/berita": links("/a"), "/a": (200, {"x-robots-tag": "noindex"}, article("Bimtek Smart City"))}
    pantau(monitor.folder, "crawl")
    assert monitor.rows("select fate, fate_reason from urls") == [
        ("robots", "the page asks not to be shown elsewhere: noindex")
    ]
    assert monitor.rows("select count(*) from pages") == [(0,)]


# Pace and budget, over several runs.


def test_a_killed_crawl_does_not_forget_what_it_has_spent(site: Site, monitor: Monitor) -> None:
    paths = [f"/{number}" for number in range(20)]
    monitor.write_source("kabar", site.home, [LIST], budget=8)
    site.answers |= {"/berita": links(*paths)} | {path: article("Bimtek Smart City") for path in paths}
    # Killed by itself as soon as five requests are out: before any way of it came to its end.
    kill = """
import os, signal
import db.manners
save = db.manners.save_asked
def save_and_die(db, asked, count=[0]):
    save(db, asked)
    count[0] += 1
    if count[0] == 5:
        os.kill(os.getpid(), signal.SIGKILL)
db.manners.save_asked = save_and_die
"""
    assert pantau(monitor.folder, "crawl", before=kill).code == -9
    assert monitor.rows("select count(*) from way_counts") == [(0,)]
    assert monitor.rows("select sum(number) from requests") == [(5,)]
    done = pantau(monitor.folder, "crawl")
    assert "the 8 requests of this day are spent" in done.stderr
    assert monitor.rows("select sum(number) from requests") == [(8,)]
    assert len(site.asked) <= 8


def test_a_host_that_asks_to_be_left_alone_is_left_alone_at_once_and_in_the_next_run(
    site: Site, monitor: Monitor
) -> None:
    monitor.write_source("kabar", site.home, [LIST])
    site.answers |= {
        "/berita": links("/a", "/b", "/c"), "/a": article("Bimtek Smart City"),
        **dict.fromkeys(("/b", "/c"), (429, {"retry-after": "86400"}, "")),
    }  # fmt: skip
    site.answers["/berita"] = (503, {"retry-after": "86400"}, "")
    pantau(monitor.folder, "crawl")
    assert site.paths() == ["/berita"]
    done = pantau(monitor.folder, "crawl")
    assert site.asked == []
    assert "asked to be left alone until" in done.stderr
    monitor.change("update hosts set wait_until = ?", (datetime.now(UTC) - timedelta(seconds=1)).isoformat())
    site.answers["/berita"] = links("/a")
    assert pantau(monitor.folder, "crawl").code == 0
    assert monitor.rows("select fate from urls") == [("kept",)]


def waited(pace: Pace, host: str, delay: float) -> float:
    begun = monotonic()
    asyncio.run(pace.turn(host, delay))
    return monotonic() - begun


def test_the_delay_counts_from_the_last_request_of_the_run_before() -> None:
    just_now = Pace({"kabar.example": HostState("kabar.example", asked_at=NOW - timedelta(seconds=0.1))}, NOW)
    assert waited(just_now, "kabar.example", 0.5) >= 0.35
    set_back = Pace({"kabar.example": HostState("kabar.example", asked_at=NOW + timedelta(days=9))}, NOW)
    assert waited(set_back, "kabar.example", 0.3) >= 0.25, (
        "a clock that was set back does not make us hasty, nor wait days"
    )


def test_a_crawl_delay_is_remembered_and_sources_of_one_host_share_their_pace() -> None:
    pace = Pace({"kabar.example": HostState("kabar.example", asked_at=NOW, crawl_delay=0.4)}, NOW)
    assert waited(pace, "kabar.example", 0.1) >= 0.35
    assert waited(pace, "kabar.example", 0.3) >= 0.35


def test_hosts_of_one_domain_are_not_asked_all_at_once() -> None:
    pace = Pace({}, NOW)
    assert waited(pace, "aceh.kabar.co.id", 3) < 3
    assert waited(pace, "bali.kabar.co.id", 3) >= 0.4


def test_a_wish_to_be_left_alone_for_years_is_believed_for_a_week() -> None:
    state = HostState("kabar.example", wait_until=NOW + timedelta(days=900))
    assert Pace({"kabar.example": state}, NOW).left_alone_until("kabar.example", NOW) == NOW + timedelta(MOST_WAIT_DAYS)


def test_requests_are_told_by_the_day_of_utc_and_hosts_as_they_were_left() -> None:
    db = open_db(":memory:")
    db.execute(
        "insert into sources (name, outlet_name, kind, timezone) values ('satu', 'Satu', 'media', 'Asia/Jakarta')"
    )
    for minutes in (0, 10, 40):
        save_asked(db, AskedOf("satu", "kabar.example", NOW + timedelta(minutes=minutes)))
    save_host(db, HostState("kabar.example", robots="read", robots_at=NOW, crawl_delay=5.0))
    save_host(db, HostState("kabar.example", wait_until=NOW + timedelta(hours=1)))
    assert requests_of_day(db, NOW.date()) == {"satu": 2}
    assert requests_of_day(db, NOW.date() + timedelta(1)) == {"satu": 1}
    assert read_hosts(db) == {
        "kabar.example": HostState(
            "kabar.example", NOW + timedelta(minutes=40), NOW + timedelta(hours=1), "read", NOW, 5.0
        )
    }


# Limits.


def test_limits_that_are_hit_are_told_with_their_numbers(site: Site, monitor: Monitor) -> None:
    monitor.write_source("kabar", site.home, [LIST])
    hops = {f"/h{hop}": (302, {"location": f"/h{hop + 1}"}, "") for hop in range(9)}
    long = f"/{'panjang' * 300}"
    site.answers |= {"/berita": links("/h0", "/besar", long), "/besar": "<html>" + "x" * 10_500_000, **hops}
    pantau(monitor.folder, "crawl")
    reasons = {
        url.removeprefix(site.home)[:6]: reason for url, reason in monitor.rows("select url, fate_reason from urls")
    }
    assert reasons["/h0"] == "more than 5 redirects"
    assert "larger than download max size (10485760)" in reasons["/besar"]
    assert re.search(r"an address of 21\d\d characters, 2000 at most", reasons["/panja"])


@pytest.mark.filterwarnings("ignore:SOCKS support")
def test_the_table_of_limits_says_what_the_code_does() -> None:
    text = (ROOT / "crawler/README.md").read_text(encoding="utf-8").partition("\n## Limits\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| .+ \| ([\d.]+)(?: (\w+))? \| `([\w.]+):(\w+)` \| .+ \|$", text, re.MULTILINE)
    scale = {"KiB": 1024, "MiB": 1024 * 1024}
    told = {f"{module}:{name}": float(number) * scale.get(unit, 1) for number, unit, module, name in rows}
    real = {
        place: float(getattr(import_module(f"crawler.{place.partition(':')[0]}"), place.partition(":")[2]))
        for place in told
    }
    assert told == real
    assert len(told) >= 20
