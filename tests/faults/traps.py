"""Traps: what is small to send and costly to read, and what would make us ask where nobody may ask."""

from __future__ import annotations

import zlib

import brotli
from backports import zstd

from faults.fault import FEED, KEPT, LIST, LISTING, SITEMAP, STORY, Fault, feed_fault, list_fault, story_fault
from faults.web import HTML, RSS, XML, Answer, item, link_list, rss, story, urlset

MEGABYTE = 1 << 20
TOO_LARGE = "larger|exceeded|max|size|Cancel"
LARGE_PAGE = Answer(b"<html><body>" + b"<p>isi</p>" * 5 * MEGABYTE)
BLANKS = f"<!-- {' ' * 20 * MEGABYTE} -->"
UNPACKED = 600
"""Megabytes that a bomb unpacks to."""
LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{level} '{f'&a{level - 1};' * 10}'>" for level in range(1, 12)
)
OUTSIDE = "<!DOCTYPE x [<!ENTITY rahasia SYSTEM 'file:///etc/passwd'><!ENTITY lain SYSTEM 'SITE[victim]/entity'>"


def gzip_bomb(wbits: int = 31) -> bytes:
    """A stream that unpacks to UNPACKED megabytes of blanks, gzipped (31) or deflated (15)."""
    packer = zlib.compressobj(9, wbits=wbits)
    first = packer.compress(b" " * MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    # A full flush forgets what was before it, so the block behind it can stand any number of times.
    again = packer.compress(b" " * MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * (UNPACKED - 1)


def brotli_bomb() -> bytes:
    packer = brotli.Compressor(quality=1)
    return b"".join(packer.process(b" " * MEGABYTE) for _ in range(UNPACKED)) + packer.finish()


def bomb(how: str) -> Answer:
    body = {
        "gzip": gzip_bomb,
        "deflate": lambda: gzip_bomb(15),
        "br": brotli_bomb,
        "zstd": lambda: zstd.compress(b" " * MEGABYTE) * UNPACKED,
    }[how]()
    return Answer(body, headers={**HTML, "content-encoding": how})


def twice_packed() -> Answer:
    body = zlib.compress(gzip_bomb(), wbits=31)
    return Answer(body, headers={**HTML, "content-encoding": "gzip, gzip"})


def with_doctype(doctype: str, answer: Answer, told: str) -> Answer:
    """A list in XML with a document type before it, whose entity stands in its first entry."""
    body = str(answer.body).replace("<?xml version='1.0'?>", "").replace('<?xml version="1.0"?>', "")
    body = body.replace("Pemkab", told, 1).replace("<loc>", f"<lastmod>{told}</lastmod><loc>", 1)
    return Answer(f"<?xml version='1.0'?>{doctype}]>{body}", headers=answer.headers)


BOMBS = {
    **{f"{how}_bomb": story_fault(bomb(how), "error", TOO_LARGE) for how in ("gzip", "deflate", "br", "zstd")},
    "gzip_bomb_twice": story_fault(twice_packed(), "error", f"{TOO_LARGE}|breaks off"),
    "gzip_bomb_as_list": list_fault(bomb("gzip"), TOO_LARGE),
    "gzip_bomb_as_sitemap": Fault(
        {"way": "sitemap", "url": "/sitemap.xml.gz"},
        {"/sitemap.xml.gz": Answer(gzip_bomb(), headers={"content-type": "application/gzip"}), STORY: story()},
        {"/sitemap.xml.gz": Answer(urlset(STORY), headers={"content-type": "application/gzip"}, cut=0)},
        problem="larger|no sitemap",
    ),
    "page_of_50_mb": story_fault(LARGE_PAGE, "error", TOO_LARGE),
    "list_of_50_mb": list_fault(LARGE_PAGE, TOO_LARGE),
    "page_without_end": story_fault(Answer(story().body, ending="endless"), "error", TOO_LARGE),
    "chunks_without_end": story_fault(Answer(story().body, ending="chunks"), "error", TOO_LARGE),
    "sitemap_of_20_mb": Fault(
        SITEMAP,
        {"/sitemap.xml": Answer(urlset(STORY).replace("</urlset>", "") + f"{BLANKS}</urlset>", headers=XML),
         STORY: story()},
        fates={STORY: KEPT},
        is_harmless=True,
    ),
}  # fmt: skip

ENTITIES = {
    "laughs_in_feed": Fault(
        FEED,
        {"/feed": with_doctype(LAUGHS, rss(item(STORY)), "&a11;"), STORY: story()},
        fates={STORY: KEPT},
        is_harmless=True,
    ),
    "laughs_in_sitemap": Fault(
        SITEMAP,
        {"/sitemap.xml": with_doctype(LAUGHS, Answer(urlset(STORY), headers=XML), "&a11;"), STORY: story()},
        fates={STORY: KEPT},
        is_harmless=True,
    ),
    "files_in_feed": Fault(
        FEED,
        {"/feed": with_doctype(OUTSIDE, rss(item(STORY)), "&rahasia;&lain;"), STORY: story()},
        fates={STORY: KEPT},
        is_harmless=True,
    ),
    "files_in_sitemap": Fault(
        SITEMAP,
        {"/sitemap.xml": with_doctype(OUTSIDE, Answer(urlset(STORY), headers=XML), "&rahasia;"), STORY: story()},
        fates={STORY: KEPT},
        is_harmless=True,
    ),
}

# Patterns that look for the end of what was begun, and begin again at the next: quadratic where nothing ends.
OPENINGS = {
    "comments": "<!-- ",
    "forms": "<form class=a ",
    "bodies": "<body class=a ",
    "titles": "<title ",
    "cdata": "<![CDATA[ ",
    "anchors": "<a href='",
    "brackets": "<a <",
}
ATTRIBUTES = f"<!DOCTYPE html><html><body><a {' '.join(f'a{number:x}' for number in range(250_000))}>Bimtek</a>"
OPEN = {
    **{
        f"open_{name}_in_article": story_fault(
            Answer("<!DOCTYPE html><html>" + opening * (MEGABYTE // len(opening))), "error|not-understood", "."
        )
        for name, opening in OPENINGS.items()
    },
    **{
        f"open_{name}_in_list": list_fault(
            Answer("<!DOCTYPE html><html>" + opening * (MEGABYTE // len(opening))), "nothing at"
        )
        for name, opening in OPENINGS.items()
    },
    "open_cdata_in_feed": feed_fault(
        Answer("<rss><channel>" + "<![CDATA[ " * (MEGABYTE // 3), headers=RSS), "no entries|cut off|no RSS"
    ),
    "tags_in_title_of_feed": Fault(
        FEED,
        {
            "/feed": Answer(
                f"<rss><channel><item><link>HOME{STORY}</link><title><![CDATA[{'<a ' * (MEGABYTE // 3)}]]></title>"
                f"<pubDate>{'1 ' * (MEGABYTE // 2)}</pubDate></item></channel></rss>",
                headers=RSS,
            ),
            STORY: story(),
        },
        fates={STORY: KEPT},
        is_harmless=True,
    ),
    # Of one element, each of another name: a tree takes time with the square of their number.
    "attributes_without_end_in_article": story_fault(Answer(ATTRIBUTES), "error", "attributes, 1,000 at most"),
    "attributes_without_end_in_list": list_fault(Answer(ATTRIBUTES), "attributes, 1,000 at most"),
    # lxml gives nothing of an element of which one attribute has a name that no XML may have.
    "attribute_with_an_impossible_name": Fault(
        LISTING,
        {
            "/berita": Answer(str(link_list(STORY).body).replace("<a ", "<a x\x04y=1 ")),
            STORY: Answer(f"<meta x\x04y=1 name='robots' content='index'>{story().body}"),
        },
        fates={STORY: KEPT},
        is_harmless=True,
    ),
    # Scrapy asks for the base of whatever it reads.
    "base_that_is_no_address_in_list": list_fault(
        Answer(f"<base href='http://['>{link_list(STORY).body}"), "Invalid IPv6 URL"
    ),
    "base_that_is_no_address_in_article": story_fault(
        Answer(f"<base href='http://['>{story().body}"), "error", "Invalid IPv6 URL"
    ),
    "list_nested_deep": list_fault(Answer("<html><body>" + "<h3><div>" * 100_000), "nothing at"),
    "page_nested_deep": story_fault(Answer("<html><body>" + "<div><p>" * 100_000), "error|not-understood", "."),
    "feed_nested_deep": feed_fault(
        Answer("<rss><channel>" + "<item>" * 100_000, headers=RSS), "no entries|none with a link|cut off|no RSS"
    ),
}

LONG = tuple(f"/2023/{letter * 60_000}" for letter in "abc")
AMOUNTS = {
    "a_hundred_thousand_links": list_fault(
        link_list(*(f"/2023/11/08/bimtek-{number}" for number in range(100_000))),
        "only .* are read|more links than",
        source={"budget": 40},
        later={},
        stays=frozenset({"page-gone"}),
    ),
    "addresses_of_60_kb": Fault(
        LISTING,
        {"/berita": link_list(*LONG, STORY), STORY: story()},
        LIST,
        {STORY: KEPT, **dict.fromkeys(LONG, ("not-article", "an address of 600.. characters"))},
    ),
}

VICTIM = "SITE[victim]/rahasia"
NEXT = f"<a class=next href='{VICTIM}'>2</a>"
PRIVATE = {
    "private": "http://10.20.30.40/rahasia",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "loopback_of_v6": "http://[::1]:9/rahasia",
    "number": "http://2130706433:9/rahasia",
    "unspecified": "http://0.0.0.0:9/rahasia",
}
REDIRECTED = {
    **{
        f"redirect_to_{name}": story_fault(Answer("", 302, {"location": url}), "error", "not public")
        for name, url in PRIVATE.items()
    },
    "redirect_of_list_to_private": list_fault(
        Answer("", 301, {"location": PRIVATE["private"]}), "not public|another site"
    ),
    "redirect_of_robots_to_private": Fault(
        LISTING,
        {"/robots.txt": Answer("", 302, {"location": PRIVATE["metadata"]}), **LIST, STORY: story()},
        {"/robots.txt": Answer("", 404)},
        problem="robots",
    ),
    "redirect_to_loopback": story_fault(Answer("", 302, {"location": VICTIM}), "error|not-article|blocked", "."),
    "redirect_of_list_to_loopback": list_fault(Answer("", 302, {"location": VICTIM}), "redirect|outside|host"),
    "redirect_of_robots_to_loopback": Fault(
        LISTING,
        {"/robots.txt": Answer("", 302, {"location": VICTIM}), **LIST, STORY: story()},
        {"/robots.txt": Answer("", 404)},
        problem="robots",
    ),
    "meta_refresh_to_loopback": story_fault(
        Answer(f"<html><head><meta http-equiv=refresh content='0;url={VICTIM}'></head></html>"),
        "error|not-article|blocked", ".",
    ),
    "links_to_loopback": Fault(
        LISTING,
        {"/berita": link_list(VICTIM, STORY), STORY: story()},
        LIST,
        {STORY: KEPT},
    ),
    "next_page_at_loopback": Fault(
        LISTING,
        {**LIST, STORY: Answer(str(story().body).replace("</article>", f"</article>{NEXT}"))},
        {STORY: story()},
        {STORY: KEPT},
        source={"multi_page": "a.next"},
    ),
    "next_list_at_loopback": Fault(
        {"way": "listing", "url": "/berita", "articles": "h3 a", "next": "a.next"},
        {"/berita": Answer(str(LIST["/berita"].body).replace("</body>", f"{NEXT}</body>")), STORY: story()},
        {"/berita": link_list(STORY)},
        {STORY: KEPT},
        problem="another site",
    ),
    "sitemap_at_loopback": Fault(
        SITEMAP,
        {
            "/sitemap.xml": Answer(
                '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
                "<sitemap><loc>SITE[victim]/sitemap.xml</loc></sitemap></sitemapindex>",
                headers=XML,
            ),
            STORY: story(),
        },
        {"/sitemap.xml": Answer(urlset(STORY), headers=XML)},
        problem=".",
    ),
}  # fmt: skip

TRAPS: dict[str, Fault] = {**BOMBS, **ENTITIES, **OPEN, **AMOUNTS, **REDIRECTED}
