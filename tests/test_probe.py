"""`pantau sources`: what is read, and what one more address would give."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from test_pantau import command, pantau

from crawler.sampleweb import kabarnusa, portal, serumpun
from crawler.sampleweb.samples import ROOT as SAMPLEWEB
from crawler.sampleweb.samples import load_samples
from crawler.sampleweb.server import running_sampleweb
from crawler.source import Source, has_keyword, load_source


@dataclass
class Try:
    """What one `pantau sources try` left behind."""

    code: int
    stdout: str
    stderr: str

    @property
    def requests(self) -> int:
        return int(self.stdout.split(" requests in ")[0].rpartition(" ")[2])


def try_all(data: Path, sources: Path, *asked: tuple[str, ...]) -> list[Try]:
    """Try addresses, all at once, each in a process of its own."""
    running = [
        subprocess.Popen(
            command("sources", "try", *words, data=data, sources=sources),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for words in asked
    ]
    ended = [process.communicate(timeout=120) for process in running]
    return [Try(process.returncode, *said) for process, said in zip(running, ended, strict=True)]


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


@dataclass
class Tried:
    web: dict[str, str]
    tries: dict[str, Try]
    sources: dict[str, Source]
    """By site, as they are read from what was written."""
    kept: set[str]


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    """The three sites of the sample web: tried, and crawled with nothing but what was written."""
    data, folder = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("sources")
    with running_sampleweb() as web:
        article = web["kabarnusa"] + kabarnusa.address(load_samples("kabarnusa")[3])
        tries = try_all(data, folder, (web["serumpun"],), (article,), (f"{web['portal']}/berita",))
        done = pantau("crawl", data=data, sources=folder)
        assert (done.returncode, done.stderr) == (0, "")
        sources = {load_source(path).home: load_source(path) for path in folder.glob("*.yml")}
        yield Tried(web, dict(zip(web, tries, strict=True)), {site: sources[web[site]] for site in web}, kept(data))


def test_what_is_written_finds_every_article_of_the_sample_web(tried: Tried) -> None:
    web = tried.web
    articles = {
        "serumpun": {
            web["serumpun"] + serumpun.permalink(one)
            for one in load_samples("serumpun")
            if has_keyword(one.title + one.text)
        },
        "kabarnusa": {web["kabarnusa"] + kabarnusa.address(one) for one in load_samples("kabarnusa")},
        "portal": {web["portal"] + portal.address(one) for one in load_samples("portal")},
    }
    for site, wanted in articles.items():
        assert wanted - tried.kept == set(), tried.tries[site].stdout


def test_a_try_of_the_sample_web_is_short_and_says_that_it_can_be_used(tried: Tried) -> None:
    for one in tried.tries.values():
        assert one.code == 0
        assert "Usable: articles are listed, and read with their dates and bodies." in one.stdout
        assert one.requests < 30


def test_family_kind_name_and_zone_are_found_out(tried: Tried) -> None:
    told = {
        site: (source.name, source.outlet, source.family, source.kind, source.timezone, source.knowledge)
        for site, source in tried.sources.items()
    }
    assert told == {
        "serumpun": ("warta_serumpun", "Warta Serumpun", "wordpress", "media", "Asia/Jakarta", "seen"),
        "kabarnusa": ("kabar_nusa", "Kabar Nusa", "generic", "media", "Asia/Jakarta", "seen"),
        "portal": (
            "portal_kabupaten_kolaka",
            "Portal Kabupaten Kolaka",
            "codeigniter",
            "government",
            "Asia/Makassar",
            "seen",
        ),
    }


def test_the_best_way_comes_first(tried: Tried) -> None:
    ways = {site: [(way.way, way.url) for way in source.ways] for site, source in tried.sources.items()}
    assert ways == {
        "serumpun": [
            ("wordpress", "/"),
            ("feed", "/feed/?s={keyword}&paged={page}"),
            ("sitemap", "/wp-sitemap.xml"),
        ],
        "kabarnusa": [("sitemap", "/sitemap.xml"), ("feed", "/rss")],
        "portal": [("listing", "/berita?halaman={page}")],
    }
