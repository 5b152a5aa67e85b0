"""What is remembered from crawl to crawl: edits, validators, windows, budgets, audits. Each crawl is a real process."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from livesite import Monitor, Site, article, feed, live_site

FEED = [{"way": "feed", "url": "/feed"}]
INDEX = [{"way": "listing", "url": "/berita?hal={page}", "articles": "h3 a"}]
DAYS = [{"way": "listing", "url": "/indeks?hari={to:%Y-%m-%d}&hal={page}", "articles": "h3 a", "window": 1}]
NEW = "2024-06-09T08:00:00Z"
OLD = "2024-06-07T08:00:00Z"


@pytest.fixture
def site() -> Iterator[Site]:
    with live_site() as site:
        yield site


@pytest.fixture
def monitor(tmp_path: Path) -> Monitor:
    return Monitor(tmp_path)


def let_time_pass(monitor: Monitor) -> None:
    """What was fetched was fetched before NEW."""
    monitor.change("update pages set first_fetched_at = ?, checked_at = ?", OLD, OLD)


def links(*paths: str) -> str:
    """A page that links to articles."""
    return "<html><body>" + "".join(f"<h3><a href='{path}'>Berita</a></h3>" for path in paths) + "</body></html>"


def crawl(monitor: Monitor, *words: str) -> str:
    """Crawl; what was said."""
    done = monitor.pantau("crawl", *words)
    complaints = [line for line in done.stderr.splitlines() if not line.startswith(("ALARM ", "OVER ", "alarms: "))]
    assert (done.returncode, complaints) == (0, [])
    return done.stdout


def test_an_edited_article_is_asked_for_again_and_its_former_words_stay(site: Site, monitor: Monitor) -> None:
    monitor.write_source("kabar_paser", site.home, FEED)
    site.answers |= {"/a": article("Bimtek Smart City"), "/b": article("Evaluasi Smart City")}
    site.answers["/feed"] = feed(site.home, ("/a", "Bimtek", OLD), ("/b", "Evaluasi", OLD))
    crawl(monitor)
    assert monitor.pantau("parse").returncode == 0
    assert sorted(site.paths()) == ["/a", "/b", "/feed"]

    crawl(monitor)
    assert site.paths() == ["/feed"]

    let_time_pass(monitor)
    site.answers["/a"] = article("Bimtek Smart City", "Bimtek itu ditutup Sekretaris Daerah pada hari yang sama.")
    site.answers["/feed"] = feed(site.home, ("/a", "Bimtek", NEW), ("/b", "Evaluasi", OLD))
    assert "1 asked for again" in crawl(monitor)
    assert site.paths() == ["/feed", "/a"]
    assert monitor.pantau("parse").returncode == 0
    ((text, former),) = monitor.rows(
        "select articles.text, v.text from articles join article_versions as v on article_id = articles.id"
    )
    assert "Sekretaris Daerah" in text
    assert "Sekretaris Daerah" not in former
    assert monitor.rows("select count(*) from page_versions") == [(1,)]


@pytest.mark.parametrize(
    ("answer", "fate"),
    [
        ((200, {}, "<title>Just a moment...</title><p>Enable JavaScript and cookies to continue"), "kept"),
        ((500, {}, "galat"), "kept"),
        ((404, {}, "tidak ada"), "kept"),
        ((200, {}, "<html><title>Kabar Paser</title><p>Halaman ini dipindahkan."), "kept"),
        ((302, {"location": "/"}, ""), "kept"),
    ],
)
def test_what_stands_in_its_place_later_does_not_lose_an_article(
    site: Site, monitor: Monitor, answer: tuple[int, dict[str, str], str], fate: str
) -> None:
    monitor.write_source("kabar_paser", site.home, FEED)
    site.answers |= {"/a": article("Bimtek Smart City"), "/": "<html><p>Beranda"}
    site.answers["/feed"] = feed(site.home, ("/a", "Bimtek", OLD))
    crawl(monitor)
    monitor.pantau("parse")
    let_time_pass(monitor)
    site.answers["/a"] = answer
    site.answers["/feed"] = feed(site.home, ("/a", "Bimtek", NEW))
    crawl(monitor)
    monitor.pantau("parse")
    assert monitor.rows("select fate from urls") == [(fate,)]
    assert monitor.rows("select title from articles") == [("Bimtek Smart City",)]
    assert monitor.rows("select gone_at is not null from pages") == [(answer[0] == 404,)]


def test_an_article_of_a_list_without_changes_is_looked_at_again_after_a_day_and_a_week(
    site: Site, monitor: Monitor
) -> None:
    monitor.write_source("kabar_paser", site.home, INDEX)
    site.answers |= {"/berita": links("/a"), "/a": article("Bimtek Smart City")}
    crawl(monitor)
    site.paths()
    now = datetime.now(UTC)
    asked = {}
    for first, last in ((0.5, 0.5), (2, 2), (2, 0), (8, 2), (8, 0), (30, 20)):
        first_at, last_at = ((now - timedelta(days)).isoformat() for days in (first, last))
        monitor.change("update pages set first_fetched_at = ?, checked_at = ?", first_at, last_at)
        crawl(monitor)
        asked[first, last] = site.paths().count("/a")
    assert asked == {(0.5, 0.5): 0, (2, 2): 1, (2, 0): 0, (8, 2): 1, (8, 0): 0, (30, 20): 0}


def test_validators_are_used_only_after_they_have_proved_trustworthy_and_never_for_articles(
    site: Site, monitor: Monitor
) -> None:
    monitor.write_source("kabar_paser", site.home, FEED)
    paths = ["/a", "/b", "/c"]
    site.answers |= {path: (200, {"etag": '"sama"'}, article(f"Smart City {path}")) for path in paths}
    sent = []
    for etag, entries in (("1", 1), ("2", 2), ("2", 2), ("2", 2), ("3", 3)):
        body = feed(site.home, *((path, "Smart City", NEW if entries == 3 else OLD) for path in paths[:entries]))
        site.answers["/feed"] = (200, {"etag": f'"{etag}"'}, body)
        crawl(monitor)
        sent.append([headers.get("if-none-match") for path, headers in site.asked if path == "/feed"])
        assert not [path for path, headers in site.asked if path != "/feed" and "if-none-match" in headers]
        site.asked.clear()
    assert sent == [[None], [None], [None], ['"2"'], ['"2"']]
    assert monitor.rows("select status, links from visits order by visited_at") == [
        (200, 1), (200, 2), (200, 2), (304, 0), (200, 3)
    ]  # fmt: skip
    assert monitor.rows("select count(*) from pages") == [(3,)]


def test_validators_that_lied_once_are_not_used(site: Site, monitor: Monitor) -> None:
    monitor.write_source("kabar_paser", site.home, FEED)
    for number in range(1, 6):
        site.answers[f"/{number}"] = article(f"Smart City {number}")
        entries = [(f"/{n}", "Smart City", OLD) for n in range(1, number + 1)]
        site.answers["/feed"] = (200, {"etag": '"tetap"'}, feed(site.home, *entries))
        crawl(monitor)
    assert not [path for path, headers in site.asked if "if-none-match" in headers]
    assert monitor.rows("select count(*) from pages") == [(5,)]


def test_a_list_is_read_only_as_far_as_something_is_new(site: Site, monitor: Monitor) -> None:
    monitor.write_source("kabar_paser", site.home, INDEX)
    site.answers |= {f"/berita?hal={page}": links(f"/a{page}", f"/b{page}") for page in range(1, 6)}
    site.answers |= {f"/{letter}{page}": article("Smart City") for letter in "abc" for page in range(1, 6)}
    crawl(monitor, "--limit", "3")
    assert len(monitor.rows("select 1 from pages")) == 3
    crawl(monitor)
    assert len(monitor.rows("select 1 from pages")) == 10, "a list that was left half read is read on"
    site.paths()
    site.answers["/berita?hal=1"] = links("/c1", "/a1")
    crawl(monitor)
    assert sorted(site.paths()) == ["/berita?hal=1", "/berita?hal=2", "/c1"]
    assert monitor.rows("select known, links from visits order by visited_at desc limit 2") == [(2, 2), (1, 2)]


def test_days_are_asked_from_the_last_crawl_and_a_backfill_is_not_asked_twice(site: Site, monitor: Monitor) -> None:
    monitor.write_source("kabar_paser", site.home, DAYS)
    site.answers |= {"/indeks": links(), "/indeks?hari=2023-06-13&hal=1": links("/a"), "/a": article("Smart City")}
    crawl(monitor)
    assert len(site.paths()) == 8, "the first crawl looks back a week"
    crawl(monitor)
    assert len(site.paths()) == 1
    asked = ["--since", "2023-06-12", "--until", "2023-06-14"]
    crawl(monitor, *asked, "--limit", "1")
    assert sorted(set(site.paths()) - {"/a"}) == [
        "/indeks?hari=2023-06-12&hal=1",
        "/indeks?hari=2023-06-13&hal=1",
        "/indeks?hari=2023-06-14&hal=1",
    ]
    crawl(monitor, *asked)
    assert site.paths() == ["/indeks?hari=2023-06-13&hal=2"], "only what the limit had left"
    crawl(monitor, *asked)
    assert site.paths() == []


def test_a_day_has_a_budget_and_what_is_left_comes_the_next_day(site: Site, monitor: Monitor) -> None:
    monitor.write_source("kabar_paser", site.home, INDEX, budget=5)
    paths = [f"/{number}" for number in range(8)]
    site.answers |= {"/berita": links(*paths)} | {path: article("Smart City") for path in paths}
    done = monitor.pantau("crawl")
    assert "the 5 requests of this day are spent" in done.stderr
    assert len(site.asked) == 5
    assert len(monitor.rows("select 1 from urls")) == 8
    site.asked.clear()
    monitor.pantau("crawl")
    assert site.asked == [("/robots.txt", site.asked[0][1])] if site.asked else True
    site.asked.clear()
    for _ in range(3):
        for table, column in (("way_counts", "ended_at"), ("visits", "visited_at"), ("pages", "checked_at")):
            monitor.change(f"update {table} set {column} = '2024' || substr({column}, 5)")
        monitor.change("delete from requests")
        monitor.pantau("crawl")
    assert monitor.rows("select fate, count(*) from urls group by fate") == [("kept", 8)]


def test_an_audit_finds_what_the_first_way_missed_and_only_that(site: Site, monitor: Monitor) -> None:
    monitor.write_source("kabar_paser", site.home, [*FEED, {"way": "sitemap", "url": "/peta.xml"}])
    site.answers |= {path: article("Bimtek") for path in ("/a", "/2024/bimtek-smart-city-paser", "/harga-cabai-naik")}
    site.answers["/feed"] = feed(site.home, ("/a", "Bimtek", OLD))
    rows = "".join(
        f"<url><loc>{site.home}{path}</loc></url>" for path in site.answers if path not in ("/feed", "/robots.txt")
    )
    site.answers["/peta.xml"] = (200, {"content-type": "application/xml"}, f"<urlset>{rows}</urlset>")
    crawl(monitor)
    assert sorted(site.paths()) == ["/2024/bimtek-smart-city-paser", "/a", "/feed", "/peta.xml"]
    assert monitor.rows("select way, is_audit, found, new from way_counts") == [("feed", 0, 1, 1), ("sitemap", 1, 3, 1)]
    ways = monitor.rows("select replace(url, rtrim(url, replace(url, '/', '')), ''), way from url_ways order by 1, 2")
    assert ways == [("a", "feed"), ("a", "sitemap"), ("bimtek-smart-city-paser", "sitemap")]
    crawl(monitor)
    assert site.paths() == ["/feed"], "an audit is made once a week"


def test_sources_on_one_host_take_turns(site: Site, monitor: Monitor) -> None:
    for name in ("satu", "dua"):
        monitor.write_source(name, site.home, [{"way": "listing", "url": f"/{name}", "articles": "h3 a"}])
        site.answers[f"/{name}"] = links(*(f"/{name}/{number}" for number in range(5)))
        site.answers |= {f"/{name}/{number}": article("Smart City") for number in range(5)}
    crawl(monitor)
    order = [path.split("/")[1] for path in site.paths()]
    assert order == ["dua"] * 6 + ["satu"] * 6


def test_an_article_on_another_host_of_the_outlet_is_kept(site: Site, monitor: Monitor) -> None:
    other = site.home.replace("127.0.0.1", "localhost")
    monitor.write_source("kabar_paser", site.home, INDEX, hosts=[other.removeprefix("http://")])
    site.answers |= {"/berita": links(f"{other}/a", "https://lain.example/b"), "/a": article("Smart City")}
    crawl(monitor)
    assert monitor.rows("select url, fate from urls") == [(f"{other}/a", "kept")]


def test_a_wall_on_a_list_is_told_and_walls_on_articles_end_the_asking(site: Site, monitor: Monitor) -> None:
    wall = (200, {}, "<title>Just a moment...</title><p>Enable JavaScript and cookies to continue")
    monitor.write_source("kabar_paser", site.home, FEED)
    site.answers["/feed"] = wall
    done = monitor.pantau("crawl")
    assert "Cloudflare asks for a proof of being human" in done.stderr
    assert [problem for (problem,) in monitor.rows("select problem from visits") if "Cloudflare" in problem]
    site.answers["/feed"] = feed(site.home, *((f"/{number}", "Smart City", OLD) for number in range(100)))
    site.answers |= {f"/{number}": wall for number in range(100)}
    site.paths()
    assert "5 refusals in a row" in monitor.pantau("crawl").stderr
    assert len(site.paths()) < 50, "what was already asked when the fifth refusal was read is asked, no more"
    fates = dict(monitor.rows("select fate, count(*) from urls group by fate"))
    assert set(fates) == {"blocked", None}


def test_a_site_that_ignores_what_is_searched_for_is_not_read_through(site: Site, monitor: Monitor) -> None:
    ways = [{"way": "listing", "url": "/cari?q={keyword}&hal={page}", "articles": "h3 a"}]
    monitor.write_source("kabar_paser", site.home, ways, skip_by_title=True)
    paths = [f"/harga-cabai-di-pasar-naik-{number}" for number in range(6)]
    site.answers |= {"/cari": links(*paths)} | {path: article("Harga Cabai") for path in paths}
    assert "the same 6 articles for another word" in monitor.pantau("crawl").stderr
    # The second answer shows it, when the next page of the first has been asked for.
    assert len([path for path in site.paths() if path.startswith("/cari") and "hal=1" not in path]) <= 1


def test_titles_in_addresses_stand_for_titles_where_a_list_has_none(site: Site, monitor: Monitor) -> None:
    monitor.write_source("kabar_paser", site.home, [{"way": "sitemap", "url": "/peta.xml"}], skip_by_title=True)
    paths = ["/harga-cabai-di-pasar-naik", "/bupati-buka-bimtek-smart-city-paser", "/berita/7"]
    rows = "".join(f"<url><loc>{site.home}{path}</loc></url>" for path in paths)
    site.answers |= {path: article("Paser") for path in paths}
    site.answers["/peta.xml"] = (200, {"content-type": "application/xml"}, f"<urlset>{rows}</urlset>")
    crawl(monitor)
    assert sorted(site.paths()) == ["/berita/7", "/bupati-buka-bimtek-smart-city-paser", "/peta.xml"]


@pytest.mark.parametrize("multi_page", ["all", "?single=1", "/all"])
def test_the_whole_of_a_long_article_is_asked_for_as_its_source_says(
    site: Site, monitor: Monitor, multi_page: str
) -> None:
    monitor.write_source("kabar_paser", site.home, INDEX, multi_page=multi_page)
    whole = {"all": "/a?page=all"}.get(multi_page, f"/a{multi_page}")
    site.answers |= {"/berita": links("/a"), whole: article("Smart City")}
    crawl(monitor)
    assert monitor.rows("select url, fate from urls") == [(f"{site.home}/a", "kept")]
    crawl(monitor)
    assert site.paths().count(whole) == 1


SCRIPTED = """<html><body><main></main><script>
fetch("/isi.json").then(r => r.json()).then(rows => {
  document.querySelector("main").innerHTML = rows.map(row => `<h3><a href="${row}">Berita</a></h3>`).join("");
});
</script></body></html>"""


@pytest.mark.skipif(not os.environ.get("CI") and shutil.which("chromium") is None, reason="no Chromium here")
def test_a_source_whose_pages_are_empty_without_a_browser_is_read_by_one(site: Site, monitor: Monitor) -> None:
    site.answers |= {
        "/berita": SCRIPTED,
        "/isi.json": (200, {"content-type": "application/json"}, '["/a", "/rahasia/b"]'),
        "/a": article("Bimtek Smart City").replace("<h1>", "<img src='/foto.png'><h1>"),
        "/robots.txt": (200, {"content-type": "text/plain"}, "User-agent: *\nDisallow: /rahasia/\n"),
    }
    monitor.write_source("kabar_paser", site.home, INDEX)
    assert "nothing at 'h3 a'" in monitor.pantau("crawl").stderr
    monitor.write_source("kabar_paser", site.home, INDEX, browser=True)
    site.asked.clear()
    crawl(monitor)
    fates = dict(monitor.rows("select url, fate from urls"))
    assert fates == {f"{site.home}/a": "kept", f"{site.home}/rahasia/b": "robots"}
    assert "/foto.png" not in site.paths(), "what nobody reads is not asked for"
    assert monitor.pantau("parse").returncode == 0
    assert monitor.rows("select title from articles") == [("Bimtek Smart City",)]


def test_only_the_sources_that_are_named_or_due_are_asked(site: Site, monitor: Monitor) -> None:
    for name in ("satu", "dua"):
        monitor.write_source(name, site.home, [{"way": "listing", "url": f"/{name}", "articles": "h3 a"}])
        site.answers[f"/{name}"] = links(f"/{name}/1")
        site.answers[f"/{name}/1"] = article("Smart City")
    crawl(monitor, "satu")
    assert site.paths() == ["/satu", "/satu/1"]
    crawl(monitor, "--due")
    assert site.paths() == ["/dua", "/dua/1"]
    crawl(monitor, "--due")
    assert site.paths() == []
    monitor.change("update way_counts set ended_at = ? where source = 'satu'", OLD)
    crawl(monitor, "--due")
    assert site.paths() == ["/satu"]
    done = monitor.pantau("crawl", "tiga")
    assert done.returncode == 2
    assert "no such source: tiga. See " in done.stderr


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_or_systemd_ends_what_is_under_way_and_the_next_crawl_goes_on(
    site: Site, monitor: Monitor, end: signal.Signals
) -> None:
    monitor.write_source("kabar_paser", site.home, INDEX, delay=0.05)
    paths = [f"/{number}" for number in range(60)]
    site.answers |= {"/berita": links(*paths)} | {path: article("Smart City") for path in paths}
    with monitor.started("crawl") as process:
        while len(site.asked) < 6:
            assert process.poll() is None
        process.send_signal(end)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130, "no failure, of which somebody would have to be told"
    kept = monitor.rows("select count(*) from urls where fate = 'kept'")[0][0]
    assert 0 < kept < 60
    assert f"stopped: {kept} pages kept, {60 - kept} URLs still to be fetched" in said
    crawl(monitor)
    assert monitor.rows("select fate, count(*) from urls group by fate") == [("kept", 60)]
    assert len([path for path in site.paths() if path in paths]) == 60


def test_no_two_requests_to_a_host_are_nearer_than_the_delay(site: Site, monitor: Monitor) -> None:
    monitor.write_source("kabar_paser", site.home, [*INDEX, {"way": "sitemap", "url": "/peta.xml"}], delay=0.3)
    paths = [f"/{number}" for number in range(6)]
    site.answers |= {"/berita": links(*paths)} | {path: article("Smart City") for path in paths}
    crawl_all = monitor.pantau("crawl")
    assert crawl_all.returncode == 0
    gaps = [after - before for before, after in pairwise(site.times)]
    assert len(gaps) >= 8
    # The server hears of a request a little after it was sent.
    assert min(gaps) > 0.25


def test_what_a_list_tells_of_an_article_goes_with_it_over_a_redirect_and_an_edit(site: Site, monitor: Monitor) -> None:
    monitor.write_source("kabar_paser", site.home, FEED)
    site.answers |= {"/a": (301, {"location": "/b"}, ""), "/b": article("Bimtek"), "/c": article("Evaluasi")}
    site.answers["/feed"] = feed(site.home, ("/a", "Judul dari umpan", OLD), ("/c", "Judul kedua", OLD))
    crawl(monitor)
    let_time_pass(monitor)
    site.answers["/c"] = article("Evaluasi", "Evaluasi itu ditutup Sekretaris Daerah.")
    site.answers["/feed"] = feed(site.home, ("/a", "Judul dari umpan", OLD), ("/c", "Judul kedua", NEW))
    assert "1 asked for again" in crawl(monitor)
    titles = monitor.rows("select json_extract(hints, '$.title') from pages order by url")
    assert titles == [("Judul dari umpan",), ("Judul kedua",)]


def test_a_budget_that_is_spent_leaves_lists_unread_and_articles_waiting(site: Site, monitor: Monitor) -> None:
    monitor.write_source("kabar_paser", site.home, DAYS, budget=3)
    asked = ["--since", "2023-06-12", "--until", "2023-06-15"]
    site.answers |= {"/indeks": links()} | {f"/indeks?hari=2023-06-{day}&hal=1": links(f"/{day}") for day in (12, 15)}
    site.answers |= {f"/{day}": article("Smart City") for day in (12, 15)}
    assert "the 3 requests of this day are spent" in monitor.pantau("crawl", *asked).stderr
    monitor.pantau("crawl", *asked)
    assert set(monitor.rows("select fate from urls")) <= {(None,), ("kept",)}
    monitor.write_source("kabar_paser", site.home, DAYS)
    crawl(monitor, *asked)
    assert monitor.rows("select fate, count(*) from urls group by fate") == [("kept", 2)]


def test_a_backfill_that_is_done_does_not_turn_to_the_next_way(site: Site, monitor: Monitor) -> None:
    monitor.write_source("kabar_paser", site.home, [*DAYS, {"way": "listing", "url": "/semua", "articles": "h3 a"}])
    site.answers |= {"/indeks": links(), "/indeks?hari=2023-06-13&hal=1": links("/a"), "/a": article("Smart City")}
    site.answers["/semua"] = links("/a")
    asked = ["--since", "2023-06-12", "--until", "2023-06-13"]
    crawl(monitor, *asked)
    site.paths()
    crawl(monitor, *asked)
    assert site.paths() == []


def test_days_that_failed_are_asked_for_again_the_next_time(site: Site, monitor: Monitor) -> None:
    monitor.write_source("kabar_paser", site.home, DAYS)
    today = datetime.now(UTC).astimezone(ZoneInfo("Asia/Makassar")).date()
    failing = f"/indeks?hari={today - timedelta(3)}&hal=1"
    site.answers |= {"/indeks": links(), failing: (500, {}, "galat"), "/a": article("Smart City")}
    monitor.pantau("crawl")
    site.paths()
    site.answers[failing] = links("/a")
    crawl(monitor)
    assert monitor.rows("select fate from urls") == [("kept",)]
    assert failing in site.paths()
    crawl(monitor)
    assert failing not in site.paths()


def test_a_list_behind_a_redirect_is_read_only_as_far_as_something_is_new(site: Site, monitor: Monitor) -> None:
    monitor.write_source("kabar_paser", site.home, INDEX)
    for page in (1, 2, 3):
        site.answers[f"/berita?hal={page}"] = (301, {"location": f"/kabar?hal={page}"}, "")
        site.answers[f"/kabar?hal={page}"] = links(f"/a{page}")
        site.answers[f"/a{page}"] = article("Smart City")
    crawl(monitor)
    site.paths()
    crawl(monitor)
    assert site.paths() == ["/berita?hal=1", "/kabar?hal=1"]


def test_a_first_page_that_has_not_changed_does_not_hide_the_pages_that_were_never_read(
    site: Site, monitor: Monitor
) -> None:
    monitor.write_source("kabar_paser", site.home, INDEX)
    site.answers |= {f"/{name}": article("Smart City") for name in ("a", "b", "c", "d", "e")}
    for number, names in enumerate(("a", "ab", "bc"), start=1):
        site.answers["/berita?hal=1"] = (200, {"etag": f'"{number}"'}, links(*(f"/{name}" for name in names)))
        crawl(monitor)
    site.answers["/berita?hal=1"] = (200, {"etag": '"4"'}, links("/d", "/c"))
    site.answers["/berita?hal=2"] = (500, {}, "galat")
    monitor.pantau("crawl")
    site.answers["/berita?hal=2"] = links("/e", "/b")
    crawl(monitor)
    assert monitor.rows("select count(*) from pages") == [(5,)]
    site.asked.clear()
    crawl(monitor)
    assert [headers.get("if-none-match") for path, headers in site.asked if path == "/berita?hal=1"] == ['"4"']
    assert "/berita?hal=2" not in site.paths()


def test_an_audit_leaves_its_list_to_be_read_where_the_first_way_fails(site: Site, monitor: Monitor) -> None:
    monitor.write_source("kabar_paser", site.home, [*FEED, INDEX[0]])
    site.answers |= {f"/berita?hal={page}": links(f"/harga-cabai-{page}") for page in range(1, 15)}
    site.answers |= {f"/harga-cabai-{page}": article("Harga Cabai") for page in range(1, 15)}
    site.answers["/feed"] = feed(site.home, ("/harga-cabai-1", "Harga Cabai", OLD))
    crawl(monitor)
    pages = [path for path in site.paths() if path.startswith("/berita")]
    assert len(pages) == 10, "an audit does not read through a whole site"
    site.answers["/feed"] = (404, {}, "")
    monitor.pantau("crawl")
    assert monitor.rows("select fate, count(*) from urls group by fate") == [("kept", 14)]


def test_what_lies_beyond_the_days_that_were_wanted_is_found_by_another_crawl(site: Site, monitor: Monitor) -> None:
    monitor.write_source("kabar_paser", site.home, [{"way": "sitemap", "url": "/peta.xml"}])
    xml = {"content-type": "application/xml"}
    rows = "".join(
        f"<url><loc>{site.home}/{day}</loc><lastmod>2023-11-{day}T08:00:00+08:00</lastmod></url>" for day in (10, 25)
    )
    child = f"{site.home}/peta-2023-11.xml"
    site.answers["/peta.xml"] = (200, xml, f"<sitemapindex><sitemap><loc>{child}</loc></sitemap></sitemapindex>")
    site.answers["/peta-2023-11.xml"] = (200, xml, f"<urlset>{rows}</urlset>")
    site.answers |= {f"/{day}": article("Smart City") for day in (10, 25)}
    for days in (["--since", "2023-11-20", "--until", "2023-11-30"], ["--since", "2023-11-01"]):
        crawl(monitor, *days)
    assert monitor.rows("select count(*) from pages") == [(2,)]
    site.paths()
    crawl(monitor, "--since", "2023-11-01")
    assert site.paths() == ["/peta.xml"]


def test_what_waits_for_a_source_that_is_no_more_is_fetched_by_the_one_that_lists_it(
    site: Site, monitor: Monitor
) -> None:
    monitor.write_source("kabar_lama", site.home, INDEX)
    site.answers |= {"/berita": links("/a", "/b"), "/a": article("Smart City"), "/b": article("Smart City")}
    crawl(monitor, "--limit", "1")
    (monitor.folder / "sources" / "kabar_lama.yml").unlink()
    monitor.write_source("kabar_paser", site.home, INDEX)
    crawl(monitor)
    assert monitor.rows("select fate, count(*) from urls group by fate") == [("kept", 2)]


def test_a_part_for_which_there_is_no_budget_leaves_its_article_waiting(site: Site, monitor: Monitor) -> None:
    monitor.write_source("kabar_paser", site.home, INDEX, multi_page="a.lanjut", budget=3)
    site.answers |= {"/berita": links("/a"), "/a": article("Smart City", "<a class='lanjut' href='/a2'>2</a>")}
    site.answers["/a2"] = article("Smart City")
    monitor.pantau("crawl")  # robots.txt, a page of the list, the first part
    assert site.paths() == ["/berita?hal=1", "/a"]
    assert monitor.rows("select fate from urls") == [(None,)]
    assert monitor.rows("select count(*) from pages") == [(0,)]

    monitor.write_source("kabar_paser", site.home, INDEX, multi_page="a.lanjut")
    monitor.pantau("crawl")
    assert [path for path in site.paths() if path.startswith("/a")] == ["/a", "/a2"]
    assert monitor.rows("select fate from urls") == [("kept",)]
    assert monitor.rows("select count(*) from pages where hints like '%incomplete%'") == [(0,)]


@pytest.mark.parametrize(
    ("area", "said"),
    [
        ({"provinces": ["Borneo"]}, "kabar_paser: no such province: 'Borneo'; there are Aceh, "),
        ({"regencies": ["64.99"]}, "kabar_paser: no such regency among ['64.99']"),
    ],
)
def test_a_source_about_a_place_that_is_not_is_told_in_one_line(
    site: Site, monitor: Monitor, area: dict[str, list[str]], said: str
) -> None:
    monitor.write_source("kabar_paser", site.home, FEED, **area)
    done = monitor.pantau("crawl")
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {said}")
    assert "Traceback" not in done.stderr
    assert site.asked == []
