from __future__ import annotations

import base64
import gzip
import json
import pickle
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from crawler.archive import read_page_body
from crawler.items import PAGE_BREAK, ListVisit
from crawler.past import Past
from crawler.sampleweb import kabarnusa, portal, serumpun
from crawler.sampleweb.samples import load_samples
from crawler.sampleweb.server import running_sampleweb
from crawler.source import Source, has_keyword, load_sources, relocate

ROOT = Path(__file__).parent.parent

# Twisted's reactor starts once in a process, so each crawl has one of its own. It keeps a journal, as a database would:
# a line is written before `keep` or `note` returns.
RUN = """
import atexit, base64, json, os, pickle, signal, sys
from dataclasses import asdict
from datetime import date
from pathlib import Path

import crawler.spiders.wordpress
from crawler.archive import Archive
from crawler.crawl import CrawlError, crawl
from crawler.source import Source

asked = json.loads(sys.stdin.read())
crawler.spiders.wordpress.PER_PAGE = asked["per_page"]
folder = Path(asked["folder"])
journal = (folder / "journal.jsonl").open("a")
atexit.register(journal.close)
written = 0
counts, visits = [], []


def write(line):
    global written
    written += 1
    if written == asked["kill_at"]:
        journal.write(json.dumps(line)[:10])  # half a line, as a killed process leaves it
        journal.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    if written == asked["fail_at"]:
        raise OSError("database or disk is full")
    journal.write(json.dumps(line) + "\\n")
    journal.flush()


def keep(page):
    write({"kept": page.url, "source": page.source, "fate": "kept", "file": page.archive_file,
           "offset": page.archive_offset, "hints": page.hints, "headers": page.headers, "size": len(page.body)})


with Archive(folder / "archive") as archive:
    try:
        crawl(
            [Source.model_validate(source) for source in asked["sources"]],
            pickle.loads(base64.b64decode(asked["past"])),
            archive,
            keep,
            lambda seen: write(asdict(seen)),
            visits.append,
            counts.append,
            limit=asked["limit"],
            since=date.fromisoformat(asked["since"]) if asked["since"] else None,
            until=date.fromisoformat(asked["until"]) if asked["until"] else None,
        )
    except CrawlError as error:
        sys.exit(f"{error} (from {type(error.__cause__).__name__})")
print(base64.b64encode(pickle.dumps((counts, visits))).decode())
"""


@dataclass
class Run:
    """What one crawl left behind."""

    folder: Path
    code: int
    stderr: str
    counts: dict[str, dict[str, Any]]
    """By `source/way`."""
    visits: list[ListVisit]
    journal: list[dict[str, Any]] = field(default_factory=list)

    @property
    def kept(self) -> list[dict[str, Any]]:
        return [line for line in self.journal if "kept" in line]

    @property
    def fates(self) -> dict[str, tuple[str | None, str | None]]:
        """Fate and reason of every URL, the last that was noted."""
        return {line.get("url") or line["kept"]: (line["fate"], line.get("reason")) for line in self.journal}

    def body(self, url: str) -> bytes:
        line = next(line for line in self.kept if line["kept"] == url)
        return read_page_body(self.folder / "archive", line["file"], line["offset"])


def run_crawl(
    folder: Path,
    sources: list[Source],
    kill_at: int = 0,
    fail_at: int = 0,
    left: dict[str, Any] | None = None,
    **asked: Any,
) -> Run:
    """Crawl in a process of its own, going on from the journal that the folder holds; `left` is more of its Past."""
    before = read_journal(folder)
    fates = {line.get("url") or line["kept"]: line for line in before}
    asked = {
        "folder": str(folder),
        "sources": [source.model_dump(mode="json") for source in sources],
        "kill_at": kill_at,
        "fail_at": fail_at,
        "limit": None,
        "since": None,
        "until": None,
        "per_page": 100,
        **asked,
    }
    past = Past(
        known={url for url, line in fates.items() if line["fate"] is not None},
        pending=[(url, line["source"]) for url, line in fates.items() if line["fate"] is None],
    )
    asked["past"] = base64.b64encode(pickle.dumps(replace(past, **(left or {})))).decode()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN],
        input=json.dumps(asked),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    counts, visits = pickle.loads(base64.b64decode(done.stdout)) if done.stdout else ([], [])
    by_way = {f"{count.source}/{count.way}": asdict(count) for count in counts}
    return Run(folder, done.returncode, done.stderr, by_way, visits, read_journal(folder)[len(before) :])


def read_journal(folder: Path) -> list[dict[str, Any]]:
    """The whole lines of the journal; half a line at the end of a killed run is cut away."""
    path = folder / "journal.jsonl"
    if not path.exists():
        return []
    text = path.read_text()
    path.write_text(text[: text.rfind("\n") + 1])
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(scope="module")
def web() -> Iterator[dict[str, str]]:
    with running_sampleweb() as addresses:
        yield addresses


@pytest.fixture(scope="module")
def sources(web: dict[str, str]) -> list[Source]:
    return [relocate(source, web[source.name]) for source in load_sources(ROOT / "crawler/sampleweb/sources")]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, sources: list[Source]) -> Run:
    """The sample web crawled once, from nothing."""
    run = run_crawl(tmp_path_factory.mktemp("first"), sources, per_page=4)
    assert (run.code, run.stderr) == (0, "")
    return run


def listed(web: dict[str, str]) -> Counter[str]:
    """The addresses of the articles that the sample web lists: all, or for WordPress those its search finds."""
    return Counter(
        [
            web["serumpun"] + serumpun.permalink(one)
            for one in load_samples("serumpun")
            if has_keyword(one.title + one.text)
        ]
        + [web["kabarnusa"] + kabarnusa.address(one) for one in load_samples("kabarnusa")]
        + [web["portal"] + portal.address(one) for one in load_samples("portal")]
        + [web["portal"] + "/berita/detail/video-profil-kolaka-cerdas"]  # without text; the parser will say so
    )


# the sample web, from end to end


def test_every_listed_article_is_kept_once(first: Run, web: dict[str, str]) -> None:
    kept = Counter(line["kept"] for line in first.kept)
    searched = {url for url in kept if url.startswith(web["serumpun"])}
    # WordPress finds the words anywhere in a post, our keyword list finds them side by side.
    assert not listed(web) - kept
    assert not [url for url, times in kept.items() if times > 1]
    assert {url for url in kept if url not in searched} == {url for url in listed(web) if url not in searched}


def test_every_url_that_was_found_has_a_fate(first: Run) -> None:
    assert [url for url, (fate, _) in first.fates.items() if fate is None] == []


def test_a_url_is_noted_before_it_is_fetched(first: Run) -> None:
    noted = set()
    for line in first.journal:
        if "kept" in line:
            assert line["kept"] in noted
        elif line["fate"] is None:
            noted.add(line["url"])


@pytest.mark.parametrize(
    ("path", "fate", "reason"),
    [
        ("/internal/notulen-dewan-smart-city", "robots", None),
        ("/berita/detail/galeri-forum-kota-cerdas", "error", "the site cannot reach its database (HTTP 500)"),
        ("/berita/detail/pengumuman-lomba-inovasi", "gone", "HTTP 404"),
        ("/unduhan/ringkasan-masterplan.pdf", "not-article", "application/pdf, no HTML"),
    ],
)
def test_an_accident_of_the_portal_has_its_fate(
    first: Run, web: dict[str, str], path: str, fate: str, reason: str | None
) -> None:
    assert first.fates[web["portal"] + path] == (fate, reason)


def test_a_moved_article_is_kept_under_its_new_address(first: Run, web: dict[str, str]) -> None:
    sample = load_samples("portal")[0]
    new = web["portal"] + portal.address(sample)
    assert first.fates[f"{web['portal']}/berita/lama/{sample.number}"] == ("duplicate", f"redirects to {new}")
    assert first.fates[new][0] == "kept"


def test_an_amp_copy_is_a_duplicate_and_not_fetched(first: Run) -> None:
    copies = {url: fate for url, fate in first.fates.items() if url.endswith("/amp")}
    assert copies
    assert set(copies.values()) == {("duplicate", f"same as {url.removesuffix('/amp')}") for url in copies}


def test_the_api_tells_title_and_date_of_the_posts(first: Run, web: dict[str, str]) -> None:
    hints = {line["kept"]: line["hints"] for line in first.kept}
    for sample in load_samples("serumpun"):
        url = web["serumpun"] + serumpun.permalink(sample)
        if url in hints:
            assert hints[url] == {"title": sample.title, "date": sample.published.isoformat()}


def test_an_article_over_several_pages_is_kept_whole(first: Run, web: dict[str, str]) -> None:
    wordpress = next(one for one in load_samples("serumpun") if len(one.pages) > 1)
    body = first.body(web["serumpun"] + serumpun.permalink(wordpress))
    parts = body.split(PAGE_BREAK)
    assert len(parts) == len(wordpress.pages)
    assert all(part.lstrip().startswith(b"<!DOCTYPE html>") for part in parts)
    network = next(one for one in load_samples("kabarnusa") if len(one.pages) > 1)
    body = first.body(web["kabarnusa"] + kabarnusa.address(network))
    assert body.count(b"<h1") == 1
    assert all(page[0][:30].encode() in body for page in network.pages)


def test_the_archive_gives_every_body_back(first: Run) -> None:
    assert [len(first.body(line["kept"])) for line in first.kept] == [line["size"] for line in first.kept]


def test_ways_are_counted(first: Run) -> None:
    assert set(first.counts) == {"kabarnusa/sitemap", "portal/listing", "serumpun/wordpress"}
    for count in first.counts.values():
        assert count["found"] == count["new"] > 0
        assert count["problem"] is None
    assert sum(count["kept"] for count in first.counts.values()) == len(first.kept)


def test_a_second_crawl_finds_all_and_fetches_nothing(first: Run, sources: list[Source], tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in first.journal))
    again = run_crawl(tmp_path, sources)
    assert (again.code, again.journal) == (0, [])
    assert {way: count["found"] for way, count in again.counts.items()} == {
        way: count["found"] for way, count in first.counts.items()
    }
    assert {count["new"] for count in again.counts.values()} == {0}


@pytest.mark.parametrize("kill_at", [4, 47])
def test_a_killed_crawl_goes_on_without_loss_or_double(
    first: Run, sources: list[Source], tmp_path: Path, kill_at: int
) -> None:
    killed = run_crawl(tmp_path, sources, kill_at=kill_at)
    assert killed.code == -9
    assert None in {fate for fate, _ in killed.fates.values()}
    rest = run_crawl(tmp_path, sources)
    assert {**killed.fates, **rest.fates} == first.fates
    assert Counter(line["kept"] for line in killed.kept + rest.kept) == Counter(line["kept"] for line in first.kept)
    for line in killed.kept + rest.kept:
        assert len(read_page_body(tmp_path / "archive", line["file"], line["offset"])) == line["size"]


def test_a_page_that_cannot_be_kept_stops_the_crawl(sources: list[Source], tmp_path: Path) -> None:
    failed = run_crawl(tmp_path, sources, fail_at=30)
    assert failed.code == 1
    assert failed.stderr == (
        "the crawl was stopped, a result could not be kept: database or disk is full (from OSError)\n"
    )
    assert len(failed.journal) == 29


@pytest.mark.parametrize("number", [1, 2])
def test_a_source_is_asked_by_its_next_way_where_the_first_finds_nothing(
    first: Run, sources: list[Source], tmp_path: Path, number: int
) -> None:
    source = next(source for source in sources if source.name == "serumpun")
    ways = [source.ways[0].model_copy(update={"url": "/tidak-ada/"}), source.ways[number]]
    run = run_crawl(tmp_path, [source.model_copy(update={"ways": tuple(ways)})])
    assert run.counts["serumpun/wordpress"]["found"] == 0
    assert "HTTP 404" in run.counts["serumpun/wordpress"]["problem"]
    ours = {line["kept"] for line in first.kept if line["source"] == "serumpun"}
    assert {line["kept"] for line in run.kept} >= ours
    if ways[1].way == "feed":
        assert all(set(line["hints"]) == {"title", "date"} for line in run.kept)


def test_a_limit_leaves_the_rest_to_the_next_crawl(first: Run, sources: list[Source], tmp_path: Path) -> None:
    run = run_crawl(tmp_path, sources, limit=3)
    assert set(Counter(line["source"] for line in run.kept).values()) == {3}
    rest = run_crawl(tmp_path, sources)
    kept = [line["kept"] for line in run.kept + rest.kept]
    assert Counter(kept) == Counter(line["kept"] for line in first.kept)


def test_what_is_older_than_since_is_not_fetched(sources: list[Source], web: dict[str, str], tmp_path: Path) -> None:
    run = run_crawl(tmp_path, [source for source in sources if source.name != "portal"], since="2023-01-01")
    dates = {web["serumpun"] + serumpun.permalink(one): one.published for one in load_samples("serumpun")}
    dates |= {web["kabarnusa"] + kabarnusa.address(one): one.published for one in load_samples("kabarnusa")}
    assert run.kept
    assert {dates[line["kept"]].year >= 2023 for line in run.kept} == {True}
    old = {url for url, published in dates.items() if published.year < 2023 and url.startswith(web["kabarnusa"])}
    assert {run.fates[url][0] for url in old & set(run.fates)} == {"too-old"}
    # Sitemaps of earlier years say so in their name, and are not asked for, save one day of grace.
    assert {dates[url].year for url in old & set(run.fates)} == {2022} < {dates[url].year for url in old}


# small sites, each with one thing odd


@dataclass
class Answer:
    body: str | bytes = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    then: Answer | None = None
    """What is answered when it is asked again."""


HTML = {"content-type": "text/html; charset=utf-8"}
JSON = {"content-type": "application/json"}


def link_page(*paths: str) -> Answer:
    return Answer("<html><body>" + "".join(f'<h3><a href="{path}">Berita</a></h3>' for path in paths), headers=HTML)


def article(text: str = "Bupati membuka bimtek.") -> Answer:
    return Answer(f"<html><body><p>{text}</p></body></html>", headers=HTML)


LISTING = {"way": "listing", "url": "/berita?hal={page}", "articles": "h3 a"}
SITES: dict[str, tuple[dict[str, Any], dict[str, Answer]]] = {
    "same_page_for_ever": ({"ways": [LISTING]}, {"/berita": link_page("/a", "/b"), "/a": article(), "/b": article()}),
    "next_link": (
        {"ways": [{"way": "listing", "url": "/berita", "articles": "h3", "next": "a.next"}]},
        {
            "/berita": Answer(
                '<html><h3><a href="/a">A</a></h3><a class="next" href="/berita-2">&raquo;</a>', 200, HTML
            ),
            "/berita-2": link_page("/b"),
            "/a": article(),
            "/b": article(),
        },
    ),
    "rest_by_query": (
        {"ways": [{"way": "wordpress", "url": "/"}]},
        {
            "/wp-json/wp/v2/posts": Answer("Forbidden", 403),
            "/?rest_route": Answer(
                json.dumps([{"link": "HOME/2023/a", "title": {"rendered": "A &amp; B"}}]), 200, JSON
            ),
            "/2023/a": article(),
        },
    ),
    "rest_is_html": (
        {"ways": [{"way": "wordpress", "url": "/"}, {"way": "feed", "url": "/feed"}]},
        {
            "/wp-json/wp/v2/posts": article(),
            "/?rest_route": article(),
            "/feed": Answer("<html>bukan feed</html>", 200, HTML),
        },
    ),
    "atom": (
        {"ways": [{"way": "feed", "url": "/atom"}], "timezone": "Asia/Jayapura"},
        {
            "/atom": Answer(
                '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Kabar Papua</title>'
                '<entry><title>Bimtek di Sentani</title><link rel="self" href="/x"/><link href="/a?utm_source=rss"/>'
                "<published>2023-06-30T16:30:00Z</published></entry></feed>",
                200,
                {"content-type": "application/atom+xml"},
            ),
            "/a": article(),
        },
    ),
    "news_sitemap": (
        {"ways": [{"way": "sitemap", "url": "/peta.xml.gz"}], "skip_by_title": True},
        {
            "/peta.xml.gz": Answer(
                gzip.compress(
                    b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
                    b'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
                    b"<url><loc>HOME/a</loc><news:news><news:publication_date>2023-06-30T23:30:00+07:00"
                    b"</news:publication_date><news:title>Bimtek Smart City</news:title></news:news></url>"
                    b"<url><loc>HOME/b</loc><news:news><news:publication_date>2023-06-30</news:publication_date>"
                    b"<news:title>Harga Cabai Naik</news:title></news:news></url>"
                    b"<url><loc>HOME/</loc></url><url><loc>https://lain.example/c</loc></url></urlset>"
                ),
                200,
                {"content-type": "application/gzip"},
            ),
            "/a": article(),
        },
    ),
    "odd_articles": (
        {"ways": [LISTING]},
        {
            "/berita": link_page(
                "/kosong", "/pulang", "/pergi", "/lama#komentar", "/lama?fbclid=1", "/baru", "/teks", "/dalam"
            ),
            "/kosong": Answer(b"", 200, HTML),
            "/pulang": Answer("", 302, {"location": "/"}),
            "/": article(),
            "/pergi": Answer("", 302, {"location": "https://judi.example/"}),
            "/dalam": Answer("", 302, {"location": "OTHER/"}),
            "/judi": article(),
            "/lama": Answer("", 301, {"location": "/baru"}),
            "/baru": article(),
            "/teks": Answer("catatan", 200, {"content-type": "text/plain"}),
        },
    ),
    "part_missing": (
        {"ways": [LISTING], "multi_page": "a.next"},
        {
            "/berita": link_page("/a"),
            "/a": Answer('<html><p>satu</p><a class="next" href="/a/2">2</a>', 200, HTML),
            "/a/2": Answer('<html><p>dua</p><a class="next" href="/a/3">3</a>', 200, HTML),
        },
    ),
    "refuses": ({"ways": [LISTING]}, {"/berita": link_page(*(f"/{n}" for n in range(40)))}),
    "asks_to_wait": (
        {"ways": [LISTING]},
        {
            "/berita": link_page("/a"),
            "/a": Answer("", 429, {"retry-after": "1"}, then=article()),
        },
    ),
    "asks_to_wait_long": (
        {"ways": [LISTING]},
        {"/berita": link_page("/a"), "/a": Answer("", 429, {"retry-after": "86400"}, then=article())},
    ),
    "robots_down": (
        {"ways": [LISTING]},
        {"/robots.txt": Answer("maintenance", 503), "/berita": link_page("/a"), "/a": article()},
    ),
    "closed_by_robots": (
        {"ways": [LISTING]},
        {"/robots.txt": Answer("User-agent: PantauKotaCerdas\nDisallow: /\n"), "/berita": link_page("/a")},
    ),
    "down": ({"ways": [LISTING]}, {"/berita": Answer("", 503)}),
    "tags": (
        {"ways": [{"way": "listing", "url": "/tag/{slug}?hal={page}", "articles": "h3 a"}], "skip_by_title": True},
        {"/tag/smart-city": link_page("/a"), "/tag/kota-cerdas": Answer("", 503), "/a": article()},
    ),
}
for number in range(40):
    SITES["refuses"][1][f"/{number}"] = Answer("", 403)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answers: dict[str, Answer]
    asked: Counter[str]

    def do_GET(self) -> None:
        path = self.path.partition("=")[0] if self.path.startswith("/?") else self.path.partition("?")[0]
        answer = self.answers.get(path, Answer("", 404))
        self.asked[path] += 1
        if answer.then is not None and self.asked[path] > 1:
            answer = answer.then
        home, body = f"http://{self.headers['host']}", answer.body
        if isinstance(body, str):
            body = body.replace("HOME", home).encode()
        elif body.startswith(b"\x1f\x8b"):
            body = gzip.compress(gzip.decompress(body).replace(b"HOME", home.encode()))
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value.replace("OTHER", home.replace("127.0.0.1", "localhost")))
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Be quiet."""


@dataclass
class Odd:
    run: Run
    homes: dict[str, str]
    asked: dict[str, Counter[str]]

    def fates(self, site: str) -> dict[str, tuple[str | None, str | None]]:
        home = self.homes[site]
        return {
            url.removeprefix(home): (fate, reason and reason.replace(home, ""))
            for url, (fate, reason) in self.run.fates.items()
            if url.startswith(home + "/")
        }

    def hints(self, site: str) -> dict[str, dict[str, str]]:
        return {
            line["kept"].removeprefix(self.homes[site]): line["hints"]
            for line in self.run.kept
            if line["source"] == site
        }

    def problem(self, site: str, way: str) -> str:
        return self.run.counts[f"{site}/{way}"]["problem"].replace(self.homes[site], "")


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Odd:
    """All the small sites, crawled together once."""
    servers, sources = {}, []
    for name, (written, answers) in SITES.items():
        handler = type(name, (Handler,), {"answers": answers, "asked": Counter()})
        servers[name] = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=servers[name].serve_forever, args=(0.01,)).start()
        shared = {"outlet": name, "kind": "media", "family": "generic", "timezone": "Asia/Jakarta", "delay": 0}
        home = f"http://127.0.0.1:{servers[name].server_address[1]}"
        sources.append(Source.model_validate({**shared, "name": name, "home": home, "knowledge": "seen", **written}))
    try:
        run = run_crawl(tmp_path_factory.mktemp("odd"), sources)
    finally:
        for server in servers.values():
            server.shutdown()
            server.server_close()
    assert (run.code, run.stderr) == (0, "")
    asked = {name: server.RequestHandlerClass.asked for name, server in servers.items()}
    return Odd(run, {source.name: source.home for source in sources}, asked)


def test_a_list_that_repeats_its_first_page_ends(odd: Odd) -> None:
    assert odd.asked["same_page_for_ever"]["/berita"] == 2
    assert odd.fates("same_page_for_ever") == {"/a": ("kept", None), "/b": ("kept", None)}


def test_a_list_is_followed_by_its_next_link(odd: Odd) -> None:
    assert odd.fates("next_link") == {"/a": ("kept", None), "/b": ("kept", None)}


def test_the_second_rest_route_is_asked_where_the_first_is_closed(odd: Odd) -> None:
    assert odd.hints("rest_by_query") == {"/2023/a": {"title": "A & B"}}
    assert odd.asked["rest_by_query"]["/wp-json/wp/v2/posts"] == 1


def test_a_way_that_cannot_be_read_says_why(odd: Odd) -> None:
    assert odd.problem("rest_is_html", "wordpress").endswith("no list of posts")
    assert odd.problem("rest_is_html", "feed") == "/feed: no RSS or Atom"
    assert odd.problem("down", "listing") == "/berita?hal=1: HTTP 503"
    assert odd.problem("closed_by_robots", "listing") == "/berita?hal=1: robots"


def test_a_tag_is_asked_as_it_is_written_and_may_be_missing(odd: Odd) -> None:
    assert odd.fates("tags") == {"/a": ("kept", None)}
    assert odd.asked["tags"]["/tag/smart-regency"] == 1
    assert odd.problem("tags", "listing") == "/tag/kota-cerdas?hal=1: HTTP 503"


def test_a_site_whose_robots_cannot_be_read_is_left_alone_for_now(odd: Odd) -> None:
    assert odd.problem("robots_down", "listing").endswith("cannot be read")
    assert odd.asked["robots_down"]["/berita"] == 0


def test_robots_is_obeyed_by_all_that_is_asked_while_it_is_fetched(
    tmp_path: Path, web: dict[str, str], sources: list[Source]
) -> None:
    """A run that was killed leaves URLs to fetch, and they all go out at once at the start of the next."""
    closed = [f"{web['portal']}/internal/{number}" for number in range(6)]
    run = run_crawl(
        tmp_path,
        [source for source in sources if source.name == "portal"],
        left={"pending": [(url, "portal") for url in closed]},
    )
    assert {run.fates[url] for url in closed} == {("robots", None)}


def test_what_a_list_said_before_a_crawl_was_killed_comes_with_the_page(
    tmp_path: Path, web: dict[str, str], sources: list[Source]
) -> None:
    url = web["portal"] + portal.address(load_samples("portal")[0])
    run = run_crawl(
        tmp_path,
        [source for source in sources if source.name == "portal"],
        left={"pending": [(url, "portal")], "hints": {url: {"date": "2023-11-08T10:00:00+07:00"}}},
    )
    (page,) = [line for line in run.kept if line["kept"] == url]
    assert page["hints"]["date"] == "2023-11-08T10:00:00+07:00"


def test_an_atom_date_is_told_by_the_clock_of_the_source(odd: Odd) -> None:
    assert odd.hints("atom") == {"/a": {"title": "Bimtek di Sentani", "date": "2023-07-01T01:30:00+09:00"}}


def test_a_title_without_keyword_is_off_topic_where_the_source_says_so(odd: Odd) -> None:
    assert odd.fates("news_sitemap") == {
        "/a": ("kept", None),
        "/b": ("off-topic", "no keyword in its title: Harga Cabai Naik"),
    }
    assert odd.hints("news_sitemap") == {"/a": {"title": "Bimtek Smart City", "date": "2023-06-30T23:30:00+07:00"}}


def test_what_is_no_article_of_the_site_is_not_kept(odd: Odd) -> None:
    fates = odd.fates("odd_articles")
    assert fates == {
        "/pergi": ("not-article", "redirects to another site: https://judi.example/"),
        "/dalam": ("error", "redirects to localhost, an address that is not public"),
        "/kosong": ("error", "empty response"),
        "/pulang": ("error", "redirects to the home page"),
        "/lama": ("duplicate", "redirects to /baru"),
        "/lama?fbclid=1": ("duplicate", "same as /lama"),
        "/baru": ("kept", None),
        "/teks": ("not-article", "text/plain, no HTML"),
    }


def test_an_article_with_a_missing_part_is_kept_and_says_so(odd: Odd) -> None:
    home = odd.homes["part_missing"]
    assert odd.run.body(f"{home}/a").count(PAGE_BREAK) == 1
    assert odd.hints("part_missing") == {"/a": {"incomplete": f"{home}/a/3: HTTP 404"}}


def test_a_site_that_refuses_is_left_alone(odd: Odd) -> None:
    fates = Counter(fate for fate, _ in odd.fates("refuses").values())
    assert set(fates) == {"blocked", None}
    assert fates["blocked"] < 20
    assert "refusals in a row, the last HTTP 403" in odd.problem("refuses", "listing")


def test_retry_after_is_waited_for_when_it_is_short(odd: Odd) -> None:
    assert odd.fates("asks_to_wait") == {"/a": ("kept", None)}
    assert odd.fates("asks_to_wait_long") == {"/a": ("blocked", "HTTP 429")}
    assert odd.asked["asks_to_wait_long"]["/a"] == 1
