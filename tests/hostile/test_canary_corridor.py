"""A hostile outlet that goes through the whole house, from its feed to the reader: nothing it wrote runs anywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browsing import running_site
from livesite import Monitor, Site, live_site
from walking import Found, open_walker, show, walk

from pantau.house import seen

DAY = "Rabu, 20 November 2024 | 14:05 WITA"


def markup(place: str) -> str:
    return f"\"><script>canary('corridor.{place}')</script><img src=x onerror=canary('corridor.{place}')>"


TITLE = f"Bimtek Smart City Tabanan {markup('title')} \u202e\x9b31m t{{{{7*7}}}}t"
QUOTE = f"Semua dinas hadir {markup('quote')} sampai selesai"
OUTLET = f"Kabar <b>Tabanan</b> {markup('outlet')}"


def article(title: str) -> str:
    """A page whose strangers' words are text, but for the addresses that it gives of itself."""
    return f"""<!DOCTYPE html><html><head><title>{escape(title)}</title>
<link rel="canonical" href="javascript:canary('corridor.canonical')">
<meta property="og:url" content="data:text/html,<script>canary('corridor.og')</script>">
<meta property="article:published_time" content="2024-11-20T14:05:00+08:00">
<meta name="author" content="{escape(markup("author"))}"></head><body><article><h1>{escape(title)}</h1>
<p>TABANAN – Pemerintah Kabupaten Tabanan mengikuti bimbingan teknis tahap II penyusunan masterplan Smart City di
{escape("Aula " + markup("venue"))}, Rabu (20/11/2024).</p>
<p>“{escape(QUOTE)},” kata Kepala Dinas Komunikasi dan Informatika Kabupaten Tabanan, I Gusti Putu Winiantara,
{escape(markup("official"))}, di hadapan pendamping dari kementerian dan perangkat daerah se-Kabupaten Tabanan.</p>
<figure><img src="a.jpg"><figcaption>{escape(markup("caption"))}</figcaption></figure>
<p>Masterplan kota cerdas disusun bersama selama dua hari dan dinilai oleh tim ahli sebelum akhir tahun.
{escape("</textarea></script>" + markup("text"))} <a href="javascript:canary('corridor.link')">selengkapnya</a></p>
</article></body></html>"""


def feed(home: str, title: str) -> str:
    """A feed that leads to the article, and to where no crawler goes."""
    links = [
        f"{home}/bimtek-tabanan-satu",
        "javascript:canary('corridor.feed')",
        "data:text/html,<script>canary('corridor.feed')</script>",
        f"{home.replace('//', '//bank.example@')}/bimtek-tabanan-dua",
        f"{home}/bimtek-tabanan-tiga?%22%3E%3Cscript%3Ecanary('corridor.query')%3C/script%3E",
        "//judi.example/bimtek-tabanan-empat",
        f"{home}/%0d%0aSet-Cookie:judi=1",
    ]
    items = "".join(
        f"<item><title>{escape(title)}</title><link>{escape(link)}</link>"
        "<pubDate>Wed, 20 Nov 2024 14:05:00 +0800</pubDate></item>"
        for link in links
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>{escape(OUTLET)}</title>{items}</channel></rss>"


@dataclass
class Told:
    """An installation that read the outlet, and what it printed meanwhile."""

    monitor: Monitor
    printed: str
    home: str

    @property
    def public(self) -> Path:
        return self.monitor.folder / "data" / "public.db"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    monitor = Monitor(tmp_path_factory.mktemp("lorong"))
    with live_site() as site:
        fill(site)
        monitor.write_source("kabar_tabanan", site.home, [{"way": "feed", "url": "/feed/"}], outlet=OUTLET)
        runs = [monitor.pantau(word) for word in ("crawl", "parse", "extract", "publish", "digest")]
    printed = "".join(run.stdout + run.stderr for run in runs)
    assert [run.returncode for run in runs] == [0] * 5, printed
    return Told(monitor, printed, site.home)


def fill(site: Site) -> None:
    xml = {"content-type": "application/rss+xml; charset=utf-8"}
    title = TITLE.replace("\x9b", "")  # no XML may hold it raw
    site.answers["/feed/"] = (200, xml, feed(site.home, title))
    for number in ("satu", "dua", "tiga"):
        site.answers[f"/bimtek-tabanan-{number}"] = article(f"{TITLE} {number}")


def test_only_web_addresses_of_the_outlet_get_in(told: Told) -> None:
    """An address as a feed wrote it stays on record with its fate; what is asked for and kept is the clean one."""
    found = [url for (url,) in told.monitor.rows("select url from urls")]
    assert [url for url in found if urlsplit(url).scheme != "http" or urlsplit(url).hostname != "127.0.0.1"] == []
    kept = [url for (url,) in told.monitor.rows("select url from pages union select canonical_url from articles")]
    assert len(kept) == 3
    assert [url for url in kept if not url.startswith(f"{told.home}/") or re.search(r"[\s<>\"@]", url)] == []


def test_nothing_that_is_printed_steers_the_terminal(told: Told) -> None:
    listed = told.monitor.pantau("sources", "list").stdout + told.monitor.pantau("review", "list").stdout
    printed = told.printed + listed + told.monitor.pantau("digest", "--print").stdout
    assert "canary('corridor.outlet')" in printed
    assert printed == seen(printed)


def test_no_page_and_no_letter_runs_what_the_outlet_wrote(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANTAU_DATA", str(told.public.parent))
    found = Found()
    (article_id,) = told.monitor.rows("select min(id) from articles")[0]
    starts = ["/", f"/artikel/{article_id}", "/media/kabar_tabanan", "/public/articles", "/public/quotes", "/surat"]
    with running_site(told.public) as site, open_walker(found, site, is_bypassing=True) as page:
        # What the walk over all columns opens of Datasette's own pages is not opened again.
        walk(page, found, site, starts, 1, lambda path: not path.startswith("/public/"))
        for path in sorted((told.public.parent / "outbox").glob("*.html")):
            show(page, found, path.read_text(encoding="utf-8"), path.name)
    assert (found.ran, found.wrong) == ([], [])
    # The rest of the text is published nowhere.
    assert {"corridor.title", "corridor.outlet", "corridor.venue", "corridor.official"} <= set(found.seen)
