"""`pantau sources`: what is read, and what one more address would give."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from lxml.html import document_fromstring  # type: ignore[import-untyped]
from probeweb import SITES, TOPICS, Web, running_probeweb, stories
from test_pantau import ROOT, pantau

from crawler.probe.links import Paging, article_pattern, find_listing, find_paging
from crawler.probe.reading import choose_zone
from crawler.probe.ways import Clue
from crawler.sampleweb import kabarnusa, portal, serumpun
from crawler.sampleweb.samples import ROOT as SAMPLEWEB
from crawler.sampleweb.samples import load_samples
from crawler.sampleweb.server import running_sampleweb
from crawler.source import has_keyword, load_source


@dataclass
class Tried:
    """What one `pantau sources try` of several sites left behind, and a crawl of what it wrote."""

    homes: dict[str, str]
    done: subprocess.CompletedProcess[str]
    folder: Path
    kept: set[str]

    def report(self, site: str) -> str:
        """What was said of a site."""
        start = self.done.stdout.index(f"{self.homes[site]}: ")
        return self.done.stdout[start:].partition("\n\n")[0]

    def requests(self, site: str) -> int:
        return int(self.report(site).split(" requests in ")[0].rpartition(" ")[2])

    def path(self, site: str) -> Path | None:
        """The file that was written of a site."""
        paths = {load_source(path).home: path for path in self.folder.glob("*.yml")}
        return paths.get(self.homes[site])

    def written(self, site: str) -> dict[str, object]:
        """What is written in it; empty where there is none."""
        path = self.path(site)
        return yaml.safe_load(path.read_text(encoding="utf-8")) if path else {}


WITHOUT_BROWSER = "import sys; sys.modules['playwright'] = None; import pantau; pantau.main()"
"""The front door where the `browser` extra is not installed."""


def try_without_browser(*words: str, data: Path, sources: Path) -> subprocess.CompletedProcess[str]:
    where = ["--data", str(data), "--sources", str(sources)]
    command = [sys.executable, "-c", WITHOUT_BROWSER, *where, "sources", "try", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)


def kept(data: Path) -> set[str]:
    """The addresses of all pages that a crawl kept."""
    with sqlite3.connect(data / "pantau.db") as connection:
        return {url for (url,) in connection.execute("select url from pages")}


def test_the_list_has_a_line_for_each_source(tmp_path: Path) -> None:
    done = pantau("sources", "list", data=tmp_path, sources=SAMPLEWEB / "sources")
    assert done.stdout.splitlines() == [
        "kabarnusa\tKabar Nusa\tgeneric\tsitemap, feed\tnational\tseen",
        "portal\tPortal Kabupaten Kolaka\tgeneric\tlisting\tSulawesi Tenggara\tseen",
        "serumpun\tWarta Serumpun\twordpress\twordpress?, feed?, sitemap\tKepulauan Bangka Belitung, Riau, "
        "Sumatera Barat, Kalimantan Tengah, Kalimantan Timur, Kalimantan Utara\tseen",
    ]


# the sample web


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    """The three sites of the sample web, by a home page, an article and a list: tried, and crawled as written."""
    data, folder = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("sources")
    with running_sampleweb() as web:
        article = web["kabarnusa"] + kabarnusa.address(load_samples("kabarnusa")[3])
        given = (web["serumpun"], article, f"{web['portal']}/berita")
        done = pantau("sources", "try", *given, data=data, sources=folder)
        crawled = pantau("crawl", data=data, sources=folder)
        assert (crawled.returncode, crawled.stderr) == (0, "")
        yield Tried(web, done, folder, kept(data))


def test_what_is_written_finds_every_article_of_the_sample_web(samples: Tried) -> None:
    web = samples.homes
    topical = [one for one in load_samples("serumpun") if has_keyword(one.title + one.text)]
    articles = {
        "serumpun": {web["serumpun"] + serumpun.permalink(one) for one in topical},
        "kabarnusa": {web["kabarnusa"] + kabarnusa.address(one) for one in load_samples("kabarnusa")},
        "portal": {web["portal"] + portal.address(one) for one in load_samples("portal")},
    }
    for site, wanted in articles.items():
        assert wanted - samples.kept == set(), samples.report(site)


def test_a_try_is_short_and_says_that_the_site_can_be_used(samples: Tried) -> None:
    assert samples.done.returncode == 0
    for site in samples.homes:
        assert samples.report(site).splitlines()[-2] == (
            "Usable: articles are listed, and read with their dates and bodies."
        )
        assert samples.requests(site) < 25


@pytest.mark.parametrize(
    ("site", "name", "outlet", "family", "kind", "zone"),
    [
        ("serumpun", "warta_serumpun", "Warta Serumpun", "wordpress", "media", "Asia/Jakarta"),
        ("kabarnusa", "kabar_nusa", "Kabar Nusa", "generic", "media", "Asia/Jakarta"),
        (
            "portal",
            "portal_kabupaten_kolaka",
            "Portal Kabupaten Kolaka",
            "codeigniter",
            "government",
            "Asia/Makassar",
        ),
    ],
)
def test_name_family_kind_and_zone_are_found_out(
    samples: Tried, site: str, name: str, outlet: str, family: str, kind: str, zone: str
) -> None:
    path, told = samples.path(site), samples.written(site)
    assert path is not None
    assert path.stem == name
    assert (told["outlet"], told["family"], told["kind"], told["timezone"]) == (outlet, family, kind, zone)
    assert told["knowledge"] == "seen"


def test_the_best_way_comes_first(samples: Tried) -> None:
    ways = {
        site: [(way.way, way.url) for way in load_source(path).ways]
        for site in samples.homes
        if (path := samples.path(site))
    }
    assert ways == {
        "serumpun": [
            ("wordpress", "/"),
            ("feed", "/feed/?s={keyword}&paged={page}"),
            ("sitemap", "/wp-sitemap.xml"),
        ],
        "kabarnusa": [("sitemap", "/sitemap.xml"), ("feed", "/rss")],
        "portal": [("listing", "/berita?halaman={page}")],
    }


# small sites, each built as some Indonesian site is


@dataclass
class Odd(Tried):
    web: Web
    again: subprocess.CompletedProcess[str]
    """A second try of the site that says nothing of its zone, and of one that was written by then."""
    by_try: dict[str, set[str]]
    """What was asked of each site while it was tried."""


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Odd]:
    """The small sites: tried, and crawled with nothing but what was written."""
    data, folder = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("sources")
    with running_probeweb() as web:
        done = try_without_browser(*web.homes.values(), data=data, sources=folder)
        by_try = {site: set(asked) for site, asked in web.asked.items()}
        village = load_source(folder / "desa_wologai_tengah.yml")
        (folder / "desa_wologai_tengah.yml").rename(folder / "desa.yml")  # a person's own name for it
        given = (web.homes["plain_feed"], village.home, "--timezone", "Asia/Jayapura")
        again = pantau("sources", "try", *given, data=data, sources=folder)
        crawled = pantau("crawl", data=data, sources=folder)
        assert crawled.returncode == 0, crawled.stderr
        yield Odd(web.homes, done, folder, kept(data), web, again, by_try)


@pytest.mark.parametrize(
    ("site", "is_searched"),
    [
        ("closed_wordpress", True),
        ("plain_feed", False),
        ("drupal_portal", False),
        ("village", False),
        ("searching_portal", True),
    ],
)
def test_what_is_written_finds_the_articles(odd: Odd, site: str, is_searched: bool) -> None:
    found = {url for url in odd.kept if url.startswith(odd.homes[site])}
    wanted = [one for one in stories("Asia/Jakarta") if not is_searched or has_keyword(one.title)]
    missed = [one.title for one in wanted if not any(one.slug in url or str(one.number) in url for url in found)]
    assert missed == [], odd.report(site)
    assert len(found) <= len(TOPICS)


@pytest.mark.parametrize(
    ("site", "family", "kind", "zone"),
    [
        ("closed_wordpress", "wordpress", "media", "Asia/Makassar"),
        ("plain_feed", "generic", "media", "Asia/Jayapura"),
        ("drupal_portal", "drupal", "government", "Asia/Jakarta"),
        ("village", "opensid", "government", "Asia/Makassar"),
        ("searching_portal", "generic", "media", "Asia/Jakarta"),
    ],
)
def test_a_small_site_is_understood(odd: Odd, site: str, family: str, kind: str, zone: str) -> None:
    told = odd.written(site)
    assert (told["family"], told["kind"], told["timezone"], told["knowledge"]) == (family, kind, zone, "seen")


def test_ways_are_written_with_what_was_read_off_the_pages(odd: Odd) -> None:
    box = {"articles": ".kotak-berita h4 a", "match": r"[?&]id=\d+"}
    assert odd.written("searching_portal")["ways"] == [
        {"way": "listing", "url": "/cari.php?kata={keyword}&hal={page}", **box},
        {"way": "listing", "url": "/indeks.php?mulai={page}", "first": 0, "step": 4, **box},
    ]
    assert odd.written("drupal_portal")["ways"] == [
        {
            "way": "listing",
            "url": "/kabar-daerah?page={page}",
            "first": 0,
            "articles": ".field-content a",
            "match": r"/node/\d+/?$|/content/[^/?#]+/?$",
        }
    ]


def test_a_source_takes_the_ways_of_its_family_where_all_of_them_were_seen(odd: Odd) -> None:
    assert "ways" not in odd.written("village")


def test_the_place_of_a_government_is_told_by_its_name(odd: Odd) -> None:
    told = odd.written("drupal_portal")
    assert (told["provinces"], told["regencies"]) == (["Kepulauan Bangka Belitung"], ["19.01"])
    assert odd.written("closed_wordpress")["provinces"] == []


def test_a_zone_that_nothing_tells_is_asked_for(odd: Odd) -> None:
    home = odd.homes["plain_feed"]
    assert odd.done.returncode == 1
    assert (
        f"{home}: nothing tells the time zone: say --timezone Asia/Jakarta (WIB), Asia/Makassar (WITA), Asia/Jayapura"
        in odd.done.stderr
    )
    assert "timezone: Asia/Jayapura # to be confirmed" in (odd.path("plain_feed") or Path()).read_text()


@pytest.mark.parametrize(
    ("site", "verdict"),
    [
        ("forbidding", "Not usable: robots.txt forbids us the site, and that is obeyed."),
        ("wall", "Not usable now: blocked: Cloudflare asks for a proof of being human."),
        ("dead", "Not usable now: nobody answers there "),
        ("scripts_only", "Not usable without a browser: its pages are empty without JavaScript"),
        ("scripts_with_sitemap", "Not usable without a browser: its pages are empty without JavaScript"),
    ],
)
def test_a_site_that_gives_nothing_is_told_so_and_not_written(odd: Odd, site: str, verdict: str) -> None:
    assert odd.report(site).splitlines()[-1].startswith(verdict)
    assert odd.path(site) is None


@pytest.mark.skipif(not os.environ.get("CI") and shutil.which("chromium") is None, reason="no Chromium here")
def test_a_site_that_is_empty_without_javascript_is_tried_and_read_by_a_browser(tmp_path: Path) -> None:
    with running_probeweb() as web:
        home = web.homes["scripts_with_sitemap"]
        tried = pantau("sources", "try", home, data=tmp_path, sources=tmp_path)
        assert tried.stdout.splitlines()[-2] == (
            "Usable: articles are listed, and read by a browser with their dates and bodies."
        )
        written = yaml.safe_load((tmp_path / "portal_cerdas.yml").read_text())
        assert (written["browser"], written["knowledge"]) == (True, "seen")
        assert [way["url"] for way in written["ways"]] == ["/sitemap.xml", "/"]
        crawled = pantau("crawl", "--limit", "2", data=tmp_path, sources=tmp_path)
        assert crawled.stderr == ""
        assert kept(tmp_path) == {f"{home}/berita/{one.slug}" for one in stories("Asia/Makassar")[:2]}


def test_what_robots_forbids_is_never_asked_for(odd: Odd) -> None:
    assert odd.by_try["forbidding"] == {"/robots.txt"}
    assert [path for path in odd.by_try["drupal_portal"] if path.startswith("/search")] == []


def test_a_site_that_has_moved_is_tried_at_its_new_address(odd: Odd) -> None:
    new = odd.homes["closed_wordpress"].replace("127.0.0.1", "localhost")
    report = odd.done.stdout.partition(f"{new}: ")[2].partition("\n\n")[0]
    assert re.search(r"moved +127\.0\.0\.1:\d+ leads to localhost:\d+, ANOTHER DOMAIN", report)
    assert "check       the domain: " in report


def test_a_try_is_bounded(odd: Odd) -> None:
    requests = {site: odd.requests(site) for site in SITES}
    assert {site: number for site, number in requests.items() if number > 25} == {}
    assert requests["forbidding"] == 1


def test_a_file_that_is_there_is_left_alone_and_the_difference_shown(odd: Odd) -> None:
    path = odd.folder / "desa.yml"
    assert odd.again.returncode == 1
    assert f"{path} is there already and was not changed" in odd.again.stderr
    assert "-timezone: Asia/Makassar # to be confirmed\n" in odd.again.stderr
    assert "+timezone: Asia/Jayapura # to be confirmed\n" in odd.again.stderr
    assert odd.path("village") == path


def test_what_is_printed_is_the_file_alone(tmp_path: Path) -> None:
    with running_probeweb() as web:
        done = pantau("sources", "try", web.homes["village"], "--print", data=tmp_path, sources=tmp_path)
        assert yaml.safe_load(done.stdout)["home"] == web.homes["village"]
    assert done.stdout.startswith("# Tried on ")
    assert "Usable: " in done.stderr
    assert list(tmp_path.glob("*.yml")) == []


@pytest.mark.parametrize("address", ["ftp://kabarpaser.example", "kabar paser"])
def test_what_is_no_address_is_told_in_a_line(tmp_path: Path, address: str) -> None:
    done = pantau("sources", "try", address, data=tmp_path, sources=tmp_path)
    assert done.returncode == 1
    assert done.stderr == f"Error: no web address: {address!r}; one reads https://kabarpaser.example\n"


# what pages tell

HOME = "https://kabar.example"


def page(body: str) -> object:
    return document_fromstring(f"<html><body>{body}</body></html>")


def headlines(wrap: str, paths: list[str]) -> str:
    return "".join(wrap.format(f'<a href="{path}">Bupati Buka Bimtek Smart City di {path[-3:]}</a>') for path in paths)


PATHS = [f"/berita/{number}/bimtek-smart-city-{number}" for number in range(101, 107)]


@pytest.mark.parametrize(
    ("wrap", "css"),
    [
        ('<div class="item-berita"><h3>{}</h3></div>', ".item-berita h3 a"),
        ('<article class="post-77 post hentry"><h2 class="entry-title">{}</h2></article>', ".entry-title a"),
        ('<div class="col-md-4 mb-3 css-1x2y3z"><h4>{}</h4></div>', "h4 a"),
        ("<ul class=daftar><li>{}</li></ul>", ".daftar a"),
    ],
)
def test_the_selector_names_what_is_stable(wrap: str, css: str) -> None:
    body = f'<div class="sidebar">{headlines("<p>{}</p>", PATHS[:3])}</div>' + headlines(wrap, PATHS)
    listing = find_listing(page(body), f"{HOME}/", HOME)
    assert listing is not None
    assert listing.articles == css
    assert [link.url for link in listing.links] == [HOME + path for path in PATHS]


def test_menus_and_other_sites_are_no_articles() -> None:
    menu = headlines("<li>{}</li>", ["/kategori/smart-city", "/tag/bimtek", "/unduhan/rencana.pdf"])
    other = headlines("<h3>{}</h3>", ["https://lain.example/a-b-c-1", "https://lain.example/a-b-c-2"])
    assert find_listing(page(f"<nav>{menu}</nav>{other}"), f"{HOME}/", HOME) is None


@pytest.mark.parametrize(
    ("paths", "pattern"),
    [
        (["/2024/11/20/bimtek", "/2023/01/02/pasar"], r"/\d{4}/\d{2}/\d{2}/[^/?#]+/?$"),
        (["/read/1234/a.html", "/read/1235/b.html"], r"/read/\d+/[^/?#]+\.html/?$"),
        (["/daerah/bimtek-dibuka-71234", "/kota/pasar-sepi-71299"], r"://[^/]+/[^/?#]+/[^/?#]+-\d+/?$"),
        (["/index.php?berita/detail/12", "/index.php?berita/detail/15"], r"\?berita/detail/\d+/?$"),
        (["/index.php?id=12&cat=2", "/index.php?id=13&cat=2"], r"[?&]id=\d+"),
        (["/redaksi", "/iklan", "/profil"], None),
    ],
)
def test_a_pattern_is_what_addresses_share(paths: list[str], pattern: str | None) -> None:
    urls = [HOME + path for path in paths]
    assert article_pattern(urls) == pattern
    assert pattern is None or all(re.search(pattern, url) for url in urls)


@pytest.mark.parametrize(
    ("links", "paging"),
    [
        ('<a href="?page=1">2</a><a href="?page=2">3</a>', Paging(f"{HOME}/berita?page={{page}}", 0, 1)),
        ('<a href="/berita/10">2</a><a href="/berita/20">3</a>', Paging(f"{HOME}/berita/{{page}}", 0, 10)),
        ('<a href="/berita/hal-2.html">Berikutnya »</a>', Paging(f"{HOME}/berita/hal-{{page}}.html")),
        ('<a class="next page-numbers" href="/berita/page/2/">&rarr;</a>', Paging(f"{HOME}/berita/page/{{page}}/")),
        (
            '<a href="/berita?start=20" title="Halaman Selanjutnya">x</a>',
            Paging(f"{HOME}/berita?start={{page}}", 0, 20),
        ),
        ('<a rel="next" href="/berita?sesudah=kx7">Lanjut</a>', Paging(f"{HOME}/berita", next="a[rel=next]")),
        ('<a href="/2024/berita-2">Dua desa mandiri</a>', None),
    ],
)
def test_the_pages_of_a_list_are_counted_as_its_links_say(links: str, paging: Paging | None) -> None:
    assert find_paging(page(links), f"{HOME}/berita") == paging


def test_a_printed_zone_is_believed_before_the_clock_of_a_server() -> None:
    clues = [
        Clue("Asia/Jakarta", "the clock of its WordPress is UTC+7"),
        Clue("Asia/Jakarta", "dates of /feed/ have +07:00"),
        Clue("Asia/Makassar", "zones printed on 5 articles: 5 WITA"),
    ]
    zone, seen = choose_zone(clues)
    assert zone == "Asia/Makassar"
    assert seen[0] == "the clock of its WordPress is UTC+7 (!)"
    assert choose_zone([]) == (None, ())
