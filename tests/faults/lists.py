"""Faults of lists: feeds, sitemaps, indexes, the API of WordPress."""

from __future__ import annotations

from faults.fault import (
    FEED,
    JSON,
    KEPT,
    LIST,
    LISTING,
    SITEMAP,
    STORY,
    Fault,
    feed_fault,
    list_fault,
)
from faults.web import XML, Answer, Asked, item, link_list, rss, story, urlset

GZIP = {"content-type": "application/gzip"}
WORDPRESS = {"way": "wordpress", "url": "/"}
POSTS = "/wp-json/wp/v2/posts"


def page_for_ever(asked: Asked) -> Answer:
    """A list of which every page has articles that none before it had."""
    number = int(asked.path.rpartition("=")[2])
    return link_list(*(f"/2023/11/08/bimtek-smart-city-{number}-{place}" for place in range(1, 4)))


def numbered(asked: Asked) -> Answer:
    return story(int("".join(asked.path.rsplit("-", 2)[1:])))


FEEDS = {
    "empty_feed": feed_fault(rss(), "no entries"),
    "feed_is_html": feed_fault(link_list(STORY), "no RSS or Atom"),
    "feed_breaks_off": Fault(
        FEED,
        {"/feed": Answer(str(rss(item("/b", 2), item(STORY)).body)[:-120]), "/b": story(2), STORY: story()},
        {"/feed": rss(item("/b", 2), item(STORY))},
        {"/b": KEPT},
        problem="breaks off|cut off",
    ),
    "no_entry_is_ours": feed_fault(
        rss(
            "<item><title>Tanpa tautan</title></item>",
            "<item><title>Surat</title><link>mailto:redaksi@kabar.example</link></item>",
            "<item><title>Rusak</title><link>http://[kabar.example/a</link></item>",
            "<item><title>Orang lain</title><link>https://lain.example/a</link></item>",
        ),
        "none of its 2",
    ),
    "every_entry_is_invalid": feed_fault(
        rss("<item/>", "<item><title>Tanpa tautan</title></item>", "<item><guid isPermaLink='false'>17</guid></item>"),
        "none with a link|none of its",
    ),
    # It has had one article for two months.
    "one_item_for_ever": Fault(
        FEED,
        {"/feed": rss(item(STORY)), STORY: story()},
        {"/feed": rss(item(STORY), item("/b", 2)), "/b": story(2)},
        {STORY: KEPT},
        later={STORY: "kept", "/b": "kept"},
        source={"expect": {"quiet_days": 7}},
        before={},
    ),
    "feed_says_304_for_ever": feed_fault(Answer("", 304), "304|not modified"),
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
        is_harmless=True,
    ),
}

APIS = {
    "no_post_is_one": Fault(
        WORDPRESS,
        {POSTS: Answer('[{"link": null}, {"link": 7, "title": "x"}]', headers=JSON)},
        {
            POSTS: Answer(f'[{{"link": "HOME{STORY}", "title": "Bimtek", "date_gmt": "kapan-kapan"}}]', headers=JSON),
            STORY: story(),
        },
        problem="no list of posts|none of its 2",
    ),
    "api_says_error_with_200": Fault(
        WORDPRESS,
        {POSTS: Answer('{"code": "rest_forbidden", "message": "Maaf", "data": {"status": 401}}', headers=JSON)},
        {
            POSTS: Answer(f'[{{"link": "HOME{STORY}", "date_gmt": "2023-11-08T09:20:00"}}]', headers=JSON),
            STORY: story(),
        },
        problem="no list of posts",
    ),
}

INDEXES = {
    "list_is_gone": list_fault(Answer("Tidak ada", 404), "HTTP 404"),
    "list_is_empty_answer": list_fault(Answer(""), "no HTML|empty|nothing at"),
    "changed_list": list_fault(
        Answer(f"<html><body><h4><a href='{STORY}'>Berita</a></h4></body></html>"), r"nothing at 'h3 a'"
    ),
    "list_of_others": list_fault(
        Answer("<h3><a href='https://lain.example/a'>A</a></h3><h3><a href='https://lain.example/b'>B</a></h3>"),
        "none of its 2 links",
    ),
    "list_breaks_with_database": list_fault(
        Answer("<title>Database Error</title><h1>Error establishing a database connection</h1>"), "database"
    ),
    "broken_link_in_list": Fault(
        LISTING,
        {"/berita": link_list("http://[kabar.example/a", "", STORY), STORY: story()},
        fates={STORY: KEPT},
        is_harmless=True,
    ),
    "corrected_address": Fault(
        LISTING,
        {"/berita": link_list(f"{STORY}/"), f"{STORY}/": Answer("Tidak ada", 404), STORY: story()},
        LIST,
        {f"{STORY}/": ("gone", "HTTP 404")},
    ),
    "first_page_for_ever": Fault(LISTING, {**LIST, STORY: story()}, fates={STORY: KEPT}, is_harmless=True),
    "pages_for_ever": Fault(
        LISTING,
        {"/berita": page_for_ever, **{f"/2023/11/08/bimtek-smart-city-{n}-{m}": numbered
                                      for n in range(1, 100) for m in range(1, 4)}},
        {"/berita": link_list("/2023/11/08/bimtek-smart-city-1-1")},
        {"/2023/11/08/bimtek-smart-city-1-1": KEPT},
        problem="goes on|requests of this day",
        source={"budget": 60},
        mended_source={"budget": 2000},
        later={"/2023/11/08/bimtek-smart-city-1-1": "kept"},
    ),
}  # fmt: skip

SITEMAPS = {
    "sitemap_breaks_off": Fault(
        SITEMAP,
        {"/sitemap.xml": Answer(urlset("/a", STORY)[:-60], headers=XML), "/a": story(2), STORY: story()},
        {"/sitemap.xml": Answer(urlset("/a", STORY), headers=XML)},
        {"/a": KEPT},
        problem="breaks off|cut off",
    ),
    "sitemap_gzip_breaks_off": Fault(
        {"way": "sitemap", "url": "/sitemap.xml.gz"},
        {"/sitemap.xml.gz": Answer(urlset("/a", STORY), headers=GZIP, cut=20), "/a": story(2), STORY: story()},
        {"/sitemap.xml.gz": Answer(urlset("/a", STORY), headers=GZIP, cut=0)},
        problem="breaks off|cut off",
    ),
    "sitemap_is_empty": Fault(
        SITEMAP,
        {"/sitemap.xml": Answer(urlset(), headers=XML), STORY: story()},
        {"/sitemap.xml": Answer(urlset(STORY), headers=XML)},
    ),
    "sitemap_in_itself": Fault(
        SITEMAP,
        {
            "/sitemap.xml": Answer(
                '<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
                "<sitemap><loc>HOME/sitemap.xml</loc></sitemap><sitemap><loc>HOME/sitemap.xml?a=1</loc></sitemap>"
                "<sitemap><loc>HOME/sitemap.xml?b=1</loc></sitemap></sitemapindex>",
                headers=XML,
            ),
            STORY: story(),
        },
        {"/sitemap.xml": Answer(urlset(STORY), headers=XML)},
        problem="lists itself",
    ),
}

LISTS: dict[str, Fault] = {**FEEDS, **APIS, **INDEXES, **SITEMAPS}
