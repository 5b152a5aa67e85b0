"""The ways of finding pages and the parser on a real WordPress (tests/wordpress), with posts of our own."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import unquote_plus, urlsplit

import pytest
import yaml
from scrapy.http import Response
from test_crawl import ROOT, Run, run_crawl
from wordpress.bench import NEXT_PAGE, NoWordpressError, Post, Wordpress, running_wordpress

from crawler.items import PAGE_BREAK, Article, Page
from crawler.parse import parse_article
from crawler.past import Past
from crawler.source import Source, load_family, load_keywords
from crawler.spiders.articles import Tally
from crawler.spiders.ledger import Ledger
from crawler.spiders.wordpress import WordpressSpider

REST, FEED, SITEMAP = load_family("wordpress").ways
SITES = {
    "rest": ("", REST),
    "feed": ("blocks", FEED),
    "sitemap": ("lastmod", SITEMAP),
    "closed": ("closed-api no-totals", REST),
    "plain": ("plain-links", REST),
    "every": ("no-totals", REST.model_copy(update={"keywords": False})),
}
FETCHED = datetime(2026, 11, 22, tzinfo=UTC)
"""One crawl asks six sites with the same posts, each by one way alone."""


@pytest.fixture(scope="session")
def wordpress() -> Iterator[Wordpress]:
    try:
        with running_wordpress(tuple(habits for habits, _ in SITES.values())) as running:
            yield running
    except NoWordpressError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def sources(wordpress: Wordpress) -> list[Source]:
    written = {
        "outlet": "Kabar Teluk",
        "kind": "media",
        "family": "wordpress",
        "timezone": "Asia/Makassar",
        "delay": 0,
        "multi_page": load_family("wordpress").multi_page,
        "knowledge": "seen",
    }
    return [
        Source.model_validate({**written, "name": name, "home": wordpress.homes[habits], "ways": [way]})
        for name, (habits, way) in SITES.items()
    ]


@dataclass
class First:
    """The first crawl of the five sites, from nothing."""

    run: Run
    wordpress: Wordpress
    log: dict[str, list[str]]
    """Paths and queries that each site was asked for."""

    def kept(self, site: str) -> dict[str, dict[str, str]]:
        """Hints of the pages kept, by path and query."""
        return {path_of(line["kept"]): line["hints"] for line in self.run.kept if line["source"] == site}

    def fates(self, site: str) -> dict[str, tuple[str | None, str | None]]:
        home = self.wordpress.homes[SITES[site][0]]
        return {path_of(url): fate for url, fate in self.run.fates.items() if url.startswith(f"{home}/")}


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory, wordpress: Wordpress, sources: list[Source]) -> First:
    # What nobody may read is asked for by name too, as if an old link had led there.
    hidden = [(f"{wordpress.homes['']}/?p={post.id}", "rest") for post in wordpress.posts if not post.is_article]
    run = run_crawl(tmp_path_factory.mktemp("wordpress"), sources, per_page=5, left={"pending": hidden})
    assert (run.code, run.stderr) == (0, "")
    return First(run, wordpress, {name: wordpress.asked(habits) for name, (habits, _) in SITES.items()})


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def is_searched(post: Post) -> bool:
    """True when WordPress's search finds it: all words of a keyword are somewhere in it."""
    text = " ".join([post.title, *post.texts]).casefold()
    return any(all(word in text for word in keyword.casefold().split()) for keyword in load_keywords())


def wanted(site: str, post: Post) -> str | None:
    """Where the way of a site is to find a post; None where it is not to."""
    if not post.is_article or (site not in ("sitemap", "every") and not is_searched(post)):
        return None
    return f"/?p={post.id}" if site == "plain" else post.path


def articles(first: First, sources: list[Source], site: str) -> dict[str, Article]:
    """The articles of the pages kept, by path and query."""
    source = next(source for source in sources if source.name == site)
    read = {}
    for line in first.run.kept:
        if line["source"] == site:
            page = Page(
                url=line["kept"],
                source=site,
                fetched_at=FETCHED,
                status=200,
                body=first.run.body(line["kept"]),
                headers=line["headers"],
                hints=line["hints"],
            )
            read[path_of(page.url)] = parse_article(page, source)
    return read


# what is found


@pytest.mark.parametrize("site", SITES)
def test_each_way_alone_finds_every_post_it_asks_for_and_no_other(first: First, site: str) -> None:
    expected = {where for post in first.wordpress.posts if (where := wanted(site, post))}
    assert len(expected) > 15
    assert set(first.kept(site)) == expected


@pytest.mark.parametrize("site", SITES)
def test_what_a_reader_is_not_to_see_is_never_kept(first: First, site: str) -> None:
    for post in first.wordpress.posts:
        if not post.is_article:
            assert post.path not in first.kept(site)
            assert f"/?p={post.id}" not in first.kept(site)


NOT_FOUND = "the page says that it was not found (HTTP 404)"


def test_what_is_hidden_says_so_where_it_is_asked_for(first: First) -> None:
    fates = first.fates("rest")
    by_title = {
        post.title.partition(" ")[0]: fates[f"/?p={post.id}"] for post in first.wordpress.posts if not post.is_article
    }
    assert by_title == {
        "Draf:": ("gone", NOT_FOUND),
        "Menunggu": ("gone", NOT_FOUND),
        "Terjadwal:": ("gone", NOT_FOUND),
        "Internal:": ("gone", NOT_FOUND),
        "Dibuang:": ("gone", NOT_FOUND),
        "Khusus": ("not-article", "asks for a password"),
        "Tentang": ("not-article", "a page of WordPress, no post"),
        "Foto": ("not-article", "an attachment of WordPress, no post"),
    }


def test_a_post_behind_a_password_is_no_article_where_it_is_listed(first: First) -> None:
    locked = next(post for post in first.wordpress.posts if post.title.startswith("Khusus Pelanggan"))
    assert first.fates("sitemap")[locked.path] == ("not-article", "asks for a password")


@pytest.mark.parametrize("site", SITES)
def test_the_ways_had_no_problem(first: First, site: str) -> None:
    count = first.run.counts[f"{site}/{SITES[site][1].way}"]
    assert count["problem"] is None
    assert count["found"] == count["new"] >= count["kept"] == len(first.kept(site))


# what is kept


@pytest.mark.parametrize("site", SITES)
def test_dates_are_right_to_the_minute_by_the_clock_of_the_site(first: First, sources: list[Source], site: str) -> None:
    read = articles(first, sources, site)
    for post in first.wordpress.posts:
        where = wanted(site, post)
        if where is not None:
            published = read[where].published_at
            assert published is not None, (where, read[where].date_reason)
            assert published.isoformat() == post.published_at.isoformat()


@pytest.mark.parametrize("site", SITES)
def test_titles_and_texts_are_whole_and_in_order(first: First, sources: list[Source], site: str) -> None:
    read = articles(first, sources, site)
    for post in first.wordpress.posts:
        where = wanted(site, post)
        if where is not None:
            assert read[where].title == post.title
            assert missing(post, read[where].text) == []
            assert read[where].is_complete


@pytest.mark.parametrize("site", SITES)
def test_all_pages_of_a_post_are_kept(first: First, site: str) -> None:
    longer = [post for post in first.wordpress.articles if post.pages > 1 and wanted(site, post)]
    assert len(longer) == 3
    for post in longer:
        url = next(
            line["kept"]
            for line in first.run.kept
            if path_of(line["kept"]) == wanted(site, post) and line["source"] == site
        )
        assert first.run.body(url).count(PAGE_BREAK) == post.pages - 1


def missing(post: Post, text: str) -> list[str]:
    """Paragraphs, items and cells that are not in the text, or not in their order."""
    lost, at = [], 0
    for wanted_text in post.texts:
        found = fold(text).find(fold(wanted_text), at)
        if found < 0:
            lost.append(wanted_text)
        else:
            at = found
    return lost


def fold(text: str) -> str:
    """Without what typography changes: curly quotes and dashes, spaces."""
    return " ".join(re.sub(r"[\"“”]", '"', text).split())


# how it is asked


def test_the_second_route_is_asked_where_the_first_is_closed(first: First) -> None:
    for site in ("closed", "plain"):
        routes = [path for path in first.log[site] if "/wp/v2/posts" in path]
        assert routes[0].startswith("/wp-json/")
        assert all(path.startswith("/?rest_route=") for path in routes[1:])


def test_all_pages_of_a_search_are_asked_for_and_none_beyond(first: First) -> None:
    pages = [page_of(path) for path in first.log["rest"] if "search=Smart+City" in path]
    assert pages == [1, 2]


def test_a_page_beyond_the_end_is_an_end_and_no_problem(first: First) -> None:
    """Without X-WP-TotalPages a full page may have another behind it; WordPress answers that with HTTP 400."""
    pages = [page_of(path) for path in first.log["closed"] if "search=Smart+City" in path and "rest_route" in path]
    assert pages == [1, 2, 3]
    assert first.run.counts["closed/wordpress"]["problem"] is None


def test_sitemaps_of_what_is_no_post_are_not_asked_for(first: First) -> None:
    assert [path for path in first.log["sitemap"] if "sitemap" in path] == [
        "/wp-sitemap.xml",
        "/wp-sitemap-posts-post-1.xml",
    ]


def page_of(path: str) -> int:
    found = re.search(r"&page=(\d+)", path)
    assert found is not None
    return int(found[1])


@pytest.mark.parametrize("site", ["rest", "feed"])
def test_days_from_and_until_bound_what_is_found(
    first: First, wordpress: Wordpress, sources: list[Source], tmp_path: Path, site: str
) -> None:
    """The first and the last day hold posts of their first hours, which are of the day before by UTC."""
    since, until = date(2023, 3, 9), date(2024, 3, 13)
    source = next(source for source in sources if source.name == site)
    run = run_crawl(tmp_path, [source], per_page=5, since=since.isoformat(), until=until.isoformat())
    inside = [post for post in wordpress.articles if since <= post.published_at.date() <= until]
    expected = {where for post in inside if (where := wanted(site, post))}
    assert {path_of(line["kept"]) for line in run.kept} == expected
    later = [post for post in wordpress.articles if post.published_at.date() > until]
    assert not {path_of(url) for url in run.fates} & {wanted(site, post) for post in later}


# again, and after an edit, with the database


@dataclass
class Daily:
    """A folder of data in which `pantau crawl` is said again and again."""

    wordpress: Wordpress
    data: Path

    def crawl(self) -> dict[str, list[str]]:
        """Say it; the posts that each site was asked for, by source."""
        before = {name: len(self.wordpress.asked(habits)) for name, habits in DAILY.items()}
        self.say("crawl")
        asked = {name: self.wordpress.asked(habits)[before[name] :] for name, habits in DAILY.items()}
        return {name: [path for path in paths if re.match(r"/20\d\d/|/\?p=", path)] for name, paths in asked.items()}

    def say(self, word: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "pantau", "--data", self.data, "--sources", self.data / "sources", word],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")

    def rows(self, sql: str) -> list[tuple[str, ...]]:
        with closing(sqlite3.connect(self.data / "pantau.db")) as db:
            return list(db.execute(sql))


DAILY = {"atom": "blocks", "rest": "", "rss": "plain-links", "sitemap": "lastmod"}
"""Habits of the site that each source of the daily crawl is on."""
TELLING = ("atom", "rest", "sitemap")
"""Those whose lists tell when a post was changed."""
DAILY_WAYS = {
    "atom": FEED.model_copy(update={"url": "/feed/atom/?s={keyword}&paged={page}"}),
    "rest": REST,
    "rss": FEED.model_copy(update={"url": "/?feed=rss2&s={keyword}&paged={page}"}),
    "sitemap": SITEMAP,
}


@pytest.fixture(scope="session")
def daily(first: First, wordpress: Wordpress, sources: list[Source], tmp_path_factory: pytest.TempPathFactory) -> Daily:
    """The first crawl of them; after the one without database, for which the posts were not edited yet."""
    data = tmp_path_factory.mktemp("daily")
    (data / "sources").mkdir()
    for name, habits in DAILY.items():
        shared = sources[0].model_dump(mode="json", exclude={"name"}, exclude_defaults=True)
        way = DAILY_WAYS[name].model_dump(mode="json", exclude_defaults=True)
        written = {**shared, "delay": 0, "home": wordpress.homes[habits], "ways": [way]}
        (data / "sources" / f"{name}.yml").write_text(yaml.safe_dump(written))
    daily = Daily(wordpress, data)
    asked = daily.crawl()
    assert all(asked.values())
    return daily


def test_a_second_crawl_asks_for_no_article(daily: Daily) -> None:
    assert daily.crawl() == {name: [] for name in DAILY}


def test_an_edited_post_alone_is_asked_for_again_and_kept_as_a_version(daily: Daily) -> None:
    daily.say("parse")
    post = next(post for post in daily.wordpress.articles if post.title.startswith("Evaluasi Tahap II"))
    correction = "Ralat: nilai Kabupaten Tabanan ialah 3,21, bukan 3,12. Redaksi meminta maaf atas kekeliruan ini."
    pages = [f"<p>{text}</p>" for text in (correction, *post.texts[1:])]
    daily.wordpress.edit({"ID": post.id, "post_content": NEXT_PAGE.join(pages)})
    asked = daily.crawl()
    whole = [post.path, *(f"{post.path}{number}/" for number in range(2, len(pages) + 1))]
    # RSS does not tell when a post was changed; its age decides when it is asked for again.
    assert asked == {name: whole if name in TELLING else [] for name in DAILY}
    daily.say("parse")
    versions = daily.rows("select source, url from page_versions join pages on pages.id = page_id order by source")
    assert [(source, path_of(url)) for source, url in versions] == [(name, post.path) for name in TELLING]
    texts = daily.rows(
        "select article_versions.text, articles.text, articles.published_at from article_versions"
        " join articles on articles.id = article_id"
    )
    assert len(texts) == len(TELLING)
    for before, after, published in texts:
        assert missing(post, before) == []
        assert after.startswith("Ralat:")
        assert published == post.published_at.isoformat()


# answers of the API that WordPress itself never gives


class Walk:
    """A spider led by hand; `answers` are the bodies of the pages of every search."""

    def __init__(self, answers: list[bytes], past: Past | None = None, since: date | None = None) -> None:
        shared = {"name": "kabar", "outlet": "Kabar", "kind": "media", "family": "wordpress", "knowledge": "seen"}
        source = Source.model_validate({**shared, "home": HOME, "timezone": "Asia/Makassar", "ways": [REST]})
        self.tally, self.visits = Tally(), []
        self.ledger = Ledger(past or Past(), lambda page: None, lambda seen: None, self.visits.append, None)
        spider = WordpressSpider(source, REST, self.ledger, self.tally, since)
        self.asked: list[str] = []
        self.articles: list[str] = []
        queue = list(spider.listing_requests())
        while queue:
            request = queue.pop(0)
            if "read" not in request.meta:
                self.articles.append(request.url.removeprefix(HOME))
                continue
            self.asked.append(unquote_plus(request.url.removeprefix(HOME)))
            body = answers[request.cb_kwargs["page"] - 1]
            headers = {"x-wp-totalpages": str(len(answers))}
            response = Response(request.url, body=body, headers=headers, request=request)
            queue += spider.read_list(response, **request.cb_kwargs)

    def pages(self, keyword: str) -> list[int]:
        return [page_of(path) for path in self.asked if f"search={keyword}&" in path]


HOME = "https://kabar.example"


def posts(*paths: str, changed: str = "2024-05-06T01:00:00", **more: object) -> bytes:
    post = {"date_gmt": "2024-05-05T18:20:00", "modified_gmt": changed, "title": {"rendered": "Bimtek"}, **more}
    return json.dumps([{"link": HOME + path, **post} for path in paths]).encode()


def past_of(*paths: str, last: bool = True) -> Past:
    """All of them kept, and every page of every search read, to its end or not."""
    urls = [HOME + path for path in paths]
    first = Walk([posts(*paths)] * 2)
    visits = {visit.url: [replace(visit, is_last=last and "page=2" in visit.url)] for visit in first.visits}
    kept, asked = datetime(2024, 5, 6, 2, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC)
    return Past(known=urls, checked=dict.fromkeys(urls, (kept, asked)), visits=visits)


@pytest.mark.parametrize(
    ("post", "hints"),
    [
        ({"title": {"rendered": "Bupati: &#8220;Siap&#8221; <em>Dinilai</em>"}}, {"title": "Bupati: “Siap” Dinilai"}),
        ({"title": None}, {}),
        ({"title": "Bimtek"}, {}),
        ({"title": {"rendered": "Bimtek"}, "date_gmt": "0000-00-00T00:00:00"}, {"title": "Bimtek"}),
        ({"title": {"rendered": "Bimtek"}, "date_gmt": False, "modified_gmt": 7}, {"title": "Bimtek"}),
        ({"title": {}, "date_gmt": "2024-05-05T18:20:00"}, {"date": "2024-05-06T02:20:00+08:00"}),
    ],
)
def test_a_post_with_odd_fields_is_found_with_what_it_tells(post: dict[str, object], hints: dict[str, str]) -> None:
    walk = Walk([json.dumps([{"link": f"{HOME}/a", **post}]).encode()])
    assert walk.articles == ["/a"]
    assert walk.ledger.hints.get(f"{HOME}/a", {}) == hints


@pytest.mark.parametrize(
    "before",
    [b"\xef\xbb\xbf", b"\n\n", b"<br />\n<b>Deprecated</b>: strpos() in <b>/www/x.php</b> on line <b>[9]</b>\n"],
)
def test_an_answer_is_read_behind_what_the_server_printed_before_it(before: bytes) -> None:
    assert Walk([before + posts("/a")]).articles == ["/a"]


@pytest.mark.parametrize(
    "body", [b"", b"<html>[]</html>", b"{}", b'[{"id": 7}]', b"[7]", b'{"code": "x", "data": []}', b"0"]
)
def test_what_is_no_list_of_posts_is_told_of_both_routes(body: bytes) -> None:
    walk = Walk([body])
    assert [path.partition("posts")[0] for path in walk.asked] == ["/wp-json/wp/v2/", "/?rest_route=/wp/v2/"]
    assert [visit.problem is not None for visit in walk.visits] == [True, True]
    assert len(walk.tally.problems) == 2
    assert not walk.tally.is_answered


def test_a_search_without_news_is_not_read_on_where_the_rest_is_known() -> None:
    walk = Walk([posts("/a", "/b"), posts("/c")], past_of("/a", "/b", "/c"))
    assert walk.articles == []
    assert {tuple(walk.pages(keyword)) for keyword in load_keywords()} == {(1,)}


def test_a_search_is_read_on_behind_edited_posts() -> None:
    walk = Walk([posts("/a", "/b", changed="2024-07-01T00:00:00"), posts("/c")], past_of("/a", "/b", "/c"))
    assert walk.articles == ["/a", "/b"]
    assert walk.pages(load_keywords()[0]) == [1, 2]


def test_a_search_that_was_left_half_read_is_read_on() -> None:
    walk = Walk([posts("/a", "/b"), posts("/c")], past_of("/a", "/b", last=False))
    assert walk.articles == ["/c"]


def test_days_are_asked_for_with_a_day_more_and_kept_to_by_the_clock_of_the_source() -> None:
    """A site whose clock was left at UTC takes a post of 02:20 WITA for one of the day before."""
    walk = Walk([posts("/a")], since=date(2024, 5, 6))
    assert (walk.articles, "after=2024-05-04T23:59:59" in walk.asked[0]) == (["/a"], True)
    assert Walk([posts("/a")], since=date(2024, 5, 7)).articles == []
