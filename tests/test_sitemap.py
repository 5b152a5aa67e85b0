from __future__ import annotations

import gzip
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from scrapy.http import Request, Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.items import ListVisit
from crawler.past import Past
from crawler.source import Source
from crawler.spiders.articles import Tally
from crawler.spiders.ledger import Ledger, SeenUrl
from crawler.spiders.sitemap import SitemapSpider, named_days

HOME = "https://kabar.example"
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)


def index(*children: str) -> bytes:
    """An index; a child is its path, and when it was changed after a space."""
    rows = ""
    for path, _, changed in (child.partition(" ") for child in children):
        rows += f"<sitemap><loc>{HOME}{path}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</sitemap>"
    return f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex {NAMESPACES}>{rows}</sitemapindex>'.encode()


def sitemap(*rows: str) -> bytes:
    """A sitemap; a row is a path, and when it was changed after a space."""
    urls = ""
    for path, _, changed in (row.partition(" ") for row in rows):
        urls += f"<url><loc>{HOME}{path}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</url>"
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NAMESPACES}>{urls}</urlset>'.encode()


class Walk:
    """A spider led over invented sitemaps by hand: `site` has their bodies by path; what is not in it answers 404."""

    def __init__(
        self,
        site: Mapping[str, bytes],
        past: Past | None = None,
        since: date | None = None,
        until: date | None = None,
        limit: int | None = None,
        budget: int = 2000,
    ) -> None:
        shared = {"name": "kabar", "outlet": "Kabar", "kind": "media", "family": "generic", "knowledge": "seen"}
        shared |= {"home": HOME, "timezone": "Asia/Jayapura", "budget": budget}
        self.source = Source.model_validate({**shared, "ways": [{"way": "sitemap", "url": next(iter(site))}]})
        self.tally = Tally()
        self.seen: list[SeenUrl] = []
        self.visits: list[ListVisit] = []
        self.ledger = Ledger(past or Past(), lambda page: None, self.seen.append, self.visits.append, limit)
        spider = SitemapSpider(self.source, self.source.ways[0], self.ledger, self.tally, since, until)
        self.read: list[str] = []
        self.articles: list[str] = []
        queue = list(spider.listing_requests())
        while queue:
            request = queue.pop(0)
            path = request.url.removeprefix(HOME)
            if "read" not in request.meta:
                self.articles.append(path)
                continue
            self.read.append(path)
            queue += list(self._answer(spider, request, site.get(path)))

    def _answer(self, spider: SitemapSpider, request: Request, body: bytes | None) -> Any:
        if body is not None:
            return spider.read_list(Response(request.url, body=body, request=request), **request.cb_kwargs)
        failure = Failure(HttpError(Response(request.url, status=404, request=request)))
        failure.request = request
        return spider.fail_list(failure)

    @property
    def problems(self) -> list[str]:
        return [problem.removeprefix(HOME) for problem in self.tally.problems]


# which sitemaps are read, and in which order


def test_indexes_lead_to_indexes_and_are_not_followed_in_a_circle() -> None:
    walk = Walk(
        {
            "/sitemap.xml": index("/tahun.xml", "/sitemap.xml"),
            "/tahun.xml": index("/bulan.xml", "/sitemap.xml"),
            "/bulan.xml": sitemap("/a"),
        }
    )
    assert walk.read == ["/sitemap.xml", "/tahun.xml", "/bulan.xml"]
    assert walk.articles == ["/a"]


def test_a_sitemap_that_is_missing_does_not_stop_the_others() -> None:
    walk = Walk({"/sitemap.xml": index("/hilang.xml", "/ada.xml"), "/ada.xml": sitemap("/a")})
    assert walk.articles == ["/a"]
    assert walk.problems == ["/hilang.xml: HTTP 404"]


@pytest.mark.parametrize(
    ("told", "read"),
    [
        # WordPress itself
        (
            ["/wp-sitemap-posts-post-1.xml", "/wp-sitemap-posts-kabar-1.xml", "/wp-sitemap-posts-page-1.xml"],
            ["/wp-sitemap-posts-post-1.xml", "/wp-sitemap-posts-kabar-1.xml"],
        ),
        (
            ["/wp-sitemap-posts-post-1.xml", "/wp-sitemap-taxonomies-category-1.xml", "/wp-sitemap-users-1.xml"],
            ["/wp-sitemap-posts-post-1.xml"],
        ),
        # Yoast, RankMath, All in One SEO
        (
            ["/post-sitemap2.xml", "/page-sitemap.xml", "/category-sitemap.xml", "/berita-sitemap.xml"],
            ["/post-sitemap2.xml", "/berita-sitemap.xml"],
        ),
        (
            ["/post-sitemap.xml", "/post_tag-sitemap3.xml", "/author-sitemap.xml", "/attachment-sitemap1.xml"],
            ["/post-sitemap.xml"],
        ),
        # Google XML Sitemaps
        (
            [
                "/sitemap-misc.xml",
                "/sitemap-pt-post-2023-11.xml",
                "/sitemap-pt-page-2023-11.xml",
                "/sitemap-tax-tag.xml",
            ],
            ["/sitemap-pt-post-2023-11.xml"],
        ),
        # Without sitemaps of posts nobody knows what a page is.
        (["/page-sitemap.xml", "/category-sitemap.xml"], ["/page-sitemap.xml", "/category-sitemap.xml"]),
        # Sections of a network
        (
            ["/lokal/sitemap-news.xml", "/tag/sitemap-web.xml", "/bangka/sitemap.xml"],
            ["/lokal/sitemap-news.xml", "/tag/sitemap-web.xml", "/bangka/sitemap.xml"],
        ),
    ],
    ids=["core", "core-lists", "yoast", "yoast-lists", "google", "no-posts", "sections"],
)
def test_sitemaps_of_what_is_no_article_are_left_out_where_there_are_some_of_posts(
    told: list[str], read: list[str]
) -> None:
    site = {"/sitemap.xml": index(*told), **{path: sitemap() for path in told}}
    assert Walk(site).read == ["/sitemap.xml", *read]


@pytest.mark.parametrize(
    ("told", "read"),
    [
        (
            ["/1.xml 2023-01-05", "/2.xml 2024-06-01T10:00:00+07:00", "/3.xml 2023-12-31"],
            ["/2.xml", "/3.xml", "/1.xml"],
        ),
        (
            ["/sitemap-2022-12.xml", "/sitemap-2024-02.xml", "/sitemap-2023-07.xml"],
            ["/sitemap-2024-02.xml", "/sitemap-2023-07.xml", "/sitemap-2022-12.xml"],
        ),
        (["/sitemap?p=1", "/sitemap?p=2"], ["/sitemap?p=1", "/sitemap?p=2"]),
    ],
    ids=["changed", "named", "untold"],
)
def test_the_newest_is_read_first_where_the_index_tells(told: list[str], read: list[str]) -> None:
    site = {"/sitemap.xml": index(*told), **{path: sitemap() for path in read}}
    assert Walk(site).read == ["/sitemap.xml", *read]


def test_a_limit_that_is_reached_spares_the_older_sitemaps() -> None:
    site = {
        "/sitemap.xml": index("/sitemap-2022.xml", "/sitemap-2023.xml"),
        "/sitemap-2023.xml": sitemap("/a", "/b", "/c"),
        "/sitemap-2022.xml": sitemap("/d"),
    }
    walk = Walk(site, limit=2)
    assert (walk.read, walk.articles) == (["/sitemap.xml", "/sitemap-2023.xml"], ["/a", "/b"])
    # The third is noted, and waits for the next crawl.
    assert [seen.url for seen in walk.seen if seen.fate is None] == [f"{HOME}/{name}" for name in "abc"]


@pytest.mark.parametrize(
    ("child", "is_read"),
    [
        ("/post-sitemap12.xml 2024-05-01T00:00:00+00:00", True),
        ("/post-sitemap12.xml 2024-02-01T00:00:00+00:00", False),
        ("/post-sitemap2023.xml", True),
        ("/sitemap-2024-04.xml", True),
        ("/sitemap-2024-03.xml", True),
        ("/sitemap-2024-02.xml", True),  # its last day, for nobody knows the zone
        ("/sitemap-2024-01.xml", False),
        ("/sitemap-2024-06.xml", True),
        ("/sitemap-2024-07.xml", False),
        ("/sitemap-2024-07.xml 2024-07-03", False),
        ("/sitemap-2024-04.xml 2026-01-01", True),
        ("/2024/04/30/sitemap.xml", True),
        ("/sitemap.xml?yyyy=2023&mm=11&dd=08", False),
        ("/sitemap.xml?yyyy=2024&mm=04", True),
        ("/sitemap-2023.xml", False),
        ("/sitemap-2024.xml", True),
        ("/sitemap-20240401.xml.gz", True),
        ("/sitemap-20231108.xml.gz", False),
    ],
)
def test_sitemaps_that_cannot_hold_the_days_wanted_are_not_read(child: str, is_read: bool) -> None:
    path = child.partition(" ")[0]
    site = {"/index.xml": index(child.replace("&", "&amp;")), path: sitemap("/a")}
    walk = Walk(site, since=date(2024, 3, 1), until=date(2024, 5, 31))
    assert (path in walk.read) == is_read


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("/sitemap-2023-11.xml", ("2023-11-01", "2023-11-30")),
        ("/sitemap_2024_02.xml.gz", ("2024-02-01", "2024-02-29")),
        ("/sitemap-pt-post-p2-2023-11.xml", ("2023-11-01", "2023-11-30")),
        ("/sitemap/2023/11/08/web.xml", ("2023-11-08", "2023-11-08")),
        ("/sitemap-202311.xml", ("2023-11-01", "2023-11-30")),
        ("/arsip-2023-12-3.xml", ("2023-12-01", "2023-12-31")),  # the third part of a month
        ("/sitemap.xml?year=2023&month=2", ("2023-02-01", "2023-02-28")),
        ("/sitemap-1.xml", None),
        ("/sitemap-2023456.xml", None),
        ("/sitemap-19991399.xml", None),
        ("/post-sitemap2023.xml", None),
    ],
)
def test_names_tell_days(name: str, days: tuple[str, str] | None) -> None:
    told = named_days(HOME + name)
    assert (told and tuple(day.isoformat() for day in told)) == days


# what need not be read again


def visited(path: str, at: datetime, problem: str | None = None) -> dict[str, list[ListVisit]]:
    return {HOME + path: [ListVisit(HOME + path, "kabar", "sitemap", at, 200, None, None, "x", problem=problem)]}


@pytest.mark.parametrize(
    ("child", "days_ago", "problem", "is_read"),
    [
        ("/1.xml 2024-05-01T10:00:00+00:00", 2, None, False),
        ("/1.xml 2024-05-01T10:00:00+00:00", 2, "cut off", True),
        ("/1.xml 2024-05-01T10:00:00+00:00", 8, None, True),  # an index may be wrong
        ("/1.xml", 2, None, True),
        ("/1.xml NOW", 2, None, True),
        ("/sitemap-2024-05.xml", 300, None, False),  # a month that was over when it was read
    ],
)
def test_a_sitemap_without_news_is_not_read_again(
    child: str, days_ago: int, problem: str | None, is_read: bool
) -> None:
    now = datetime.now(UTC)
    path, _, _ = child.partition(" ")
    past = Past(visits=visited(path, now - timedelta(days_ago), problem))
    walk = Walk({"/index.xml": index(child.replace("NOW", now.isoformat())), path: sitemap("/a")}, past)
    assert (path in walk.read) == is_read


# what a sitemap says of its articles


NEWS = "<news:news><news:publication_date>{}</news:publication_date><news:title>{}</news:title></news:news>"


def news(when: str, title: str = "Bimtek Smart City") -> bytes:
    row = f"<url><loc>{HOME}/a</loc>{NEWS.format(when, title)}</url>"
    return f"<urlset {NAMESPACES}>{row}</urlset>".encode()


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("2023-06-30T23:30:00+07:00", "2023-07-01T01:30:00+09:00"),
        ("2023-06-30T16:30:00Z", "2023-07-01T01:30:00+09:00"),
        ("2023-06-30 23:30:00", "2023-06-30T23:30:00+09:00"),
        ("2023-06-30T23:30+09:00", "2023-06-30T23:30:00+09:00"),
        ("2023-06-30", "2023-06-30"),
        ("Jum, 30 Jun 2023 23:30:00 +0900", "2023-06-30T23:30:00+09:00"),
        ("2023-13-45", None),
        ("", None),
    ],
)
def test_a_news_sitemap_tells_title_and_date(written: str, hint: str | None) -> None:
    (hints,) = Walk({"/news.xml": news(written)}).ledger.hints.values()
    assert hints.pop("date", None) == hint
    assert hints == {"title": "Bimtek Smart City"}


def test_a_change_is_not_a_date_of_publication() -> None:
    walk = Walk({"/s.xml": sitemap("/a 2024-05-06T10:00:00+07:00")})
    assert (walk.articles, walk.ledger.hints) == (["/a"], {})


def test_an_old_change_means_an_old_article_and_a_new_one_means_nothing() -> None:
    site = {"/s.xml": sitemap("/lama 2023-01-01", "/baru 2024-05-06", "/lalu 2025-01-01", "/entah")}
    walk = Walk(site, since=date(2024, 1, 1), until=date(2024, 12, 31))
    # Changed in 2025, but it may well have been published in 2024.
    assert walk.articles == ["/baru", "/lalu", "/entah"]
    assert [(seen.url, seen.fate) for seen in walk.seen if seen.fate] == [(f"{HOME}/lama", "too-old")]


@pytest.mark.parametrize(
    ("changes", "is_asked"),
    [
        (["2024-05-06T10:00:00+07:00", "2024-05-07T10:00:00+07:00"], True),
        (["2024-05-06T10:00:00+07:00"] * 3, False),  # when the sitemap was made
        (["2024-05-06", "2024-05-07"], False),  # days are no instants
        (["2999-01-01T00:00:00Z"], False),
    ],
)
def test_an_edited_article_is_asked_for_again_where_its_change_can_be_believed(
    changes: list[str], is_asked: bool
) -> None:
    paths = [f"/{number}" for number in range(len(changes))]
    kept, asked = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC)
    past = Past(
        known=[HOME + path for path in paths], checked=dict.fromkeys([HOME + path for path in paths], (kept, asked))
    )
    rows = [f"{path} {change}" for path, change in zip(paths, changes, strict=True)]
    assert Walk({"/s.xml": sitemap(*rows)}, past).articles == (paths if is_asked else [])


# how sitemaps come


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(sitemap("/a", "/b")),
        gzip.compress(gzip.compress(sitemap("/a", "/b"))),
        gzip.compress(sitemap("/a", "/b")[:120]) + gzip.compress(sitemap("/a", "/b")[120:]),
        sitemap("/a", "/b"),
    ],
    ids=["packed", "twice", "in-parts", "not-packed"],
)
def test_a_sitemap_is_unpacked_whatever_its_name_says(packed: bytes) -> None:
    walk = Walk({"/sitemap.xml.gz": packed})
    assert (walk.articles, walk.problems) == (["/a", "/b"], [])


def test_a_packed_sitemap_that_broke_off_gives_its_whole_rows() -> None:
    whole = sitemap(*(f"/{number}" for number in range(3000)))
    walk = Walk({"/s.xml.gz": gzip.compress(whole)[:-2000]})
    assert 100 < len(walk.articles) < 3000
    assert walk.articles == [f"/{number}" for number in range(len(walk.articles))]
    assert walk.problems == ["/s.xml.gz: the sitemap is cut off"]


@pytest.mark.parametrize("cut", [5, 15, 30])
def test_a_row_that_was_cut_off_is_left_out(cut: int) -> None:
    walk = Walk({"/s.xml": sitemap("/a", "/berita/bimtek-smart-city").removesuffix(b"</loc></url></urlset>")[:-cut]})
    assert (walk.articles, walk.problems) == (["/a"], ["/s.xml: the sitemap is cut off"])


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><html><head><title>Just a moment...</title></head><body>urlset</body></html>",
        b"<html><body><urlset></urlset></body></html>",
        b"",
        b"\x1f\x8b\x08broken",
        b"User-agent: *",
    ],
)
def test_what_is_no_sitemap_is_told(body: bytes) -> None:
    walk = Walk({"/s.xml": body})
    assert (walk.articles, walk.problems[-1]) == ([], "/s.xml: no sitemap")
    assert walk.visits[0].problem is not None


def test_a_bomb_is_not_unpacked() -> None:
    assert Walk({"/s.xml.gz": gzip.compress(b"\0" * (51 << 20))}).problems == ["/s.xml.gz: no sitemap"]


def test_no_more_entries_are_read_than_the_protocol_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.spiders.sitemap.MOST_ENTRIES", 3)
    told = "more entries than the 3 that are read"
    walk = Walk({"/s.xml": sitemap("/a", "/b", "/c", "/d")})
    assert (walk.articles, walk.problems) == (["/a", "/b", "/c"], [f"/s.xml: {told}"])
    assert Walk({"/s.xml": sitemap("/a", "/b", "/c")}).problems == []
    children = {f"/{number}.xml": sitemap(f"/{number}") for number in range(4)}
    walk = Walk({"/s.xml": index(*children), **children})
    assert (len(walk.read), walk.problems) == (4, [f"/s.xml: {told}"])


def test_where_more_waits_than_days_can_fetch_no_further_sitemaps_are_read() -> None:
    children = {f"/{number}.xml": sitemap(*(f"/{number}/{place}" for place in range(6))) for number in range(9)}
    walk = Walk({"/s.xml": index(*children), **children}, budget=4)
    assert len(walk.articles) == 24  # twenty in five days, and what the last sitemap that was read has besides
    assert walk.problems == ["/4.xml: the budget of 5 days is waited for by articles; the list is read on later"]


def test_addresses_are_read_as_they_are_meant() -> None:
    body = sitemap("/a?id=1&judul=2", "/b?id=1&amp;judul=2", "/c").replace(
        b"<loc>https://kabar.example/c", b"<loc>\n /c\n"
    )
    walk = Walk({"/s.xml": b"\xef\xbb\xbf\n" + body})
    assert walk.articles == ["/a?id=1&judul=2", "/b?id=1&judul=2", "/c"]
