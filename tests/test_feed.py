from __future__ import annotations

from datetime import UTC, datetime

import pytest
from scrapy.http import Request, Response, TextResponse

from crawler.past import Past
from crawler.source import Source
from crawler.spiders.articles import Tally
from crawler.spiders.feed import FeedSpider
from crawler.spiders.ledger import Ledger, SeenUrl
from crawler.url_set import UrlSet

HOME = "https://kabar.example"
RSS = '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>{}</channel></rss>'
ITEM = "<item><title>Bimtek di Sikka</title><link>https://kabar.example/2024/bimtek/</link>{}</item>"


class Reader:
    """A feed spider of an invented source, and what it has told."""

    def __init__(self, url: str = "/feed", past: Past | None = None) -> None:
        self.seen: list[SeenUrl] = []
        self.tally = Tally()
        shared = {"name": "kabar", "outlet": "Kabar", "kind": "media", "family": "generic", "knowledge": "seen"}
        self.source = Source.model_validate(
            {**shared, "home": HOME, "timezone": "Asia/Makassar", "ways": [{"way": "feed", "url": url}]}
        )
        self.ledger = Ledger(past or Past(), lambda page: None, self.seen.append, lambda visit: None, None)
        self.spider = FeedSpider(self.source, self.source.ways[0], self.ledger, self.tally)
        self.requests: list[Request] = []

    def read(self, body: str | bytes, content_type: str = "application/rss+xml", page: int = 1) -> Reader:
        body = body.encode() if isinstance(body, str) else body
        response = TextResponse(f"{HOME}/feed", body=body, headers={"content-type": content_type})
        template = f"{HOME}{self.source.ways[0].url}"
        self.requests = list(self.spider.read_listing(response, template, page, UrlSet()))
        return self

    @property
    def articles(self) -> list[str]:
        """Addresses asked for, without the host."""
        return [request.url.removeprefix(HOME) for request in self.requests if "read" not in request.meta]

    def hint(self, name: str) -> str | None:
        """What the feed says of its only article."""
        (hints,) = self.ledger.hints.values() or ({},)
        return hints.get(name)


def test_an_entry_tells_its_title_and_its_date_by_the_clock_of_the_source() -> None:
    reader = Reader().read(RSS.format(ITEM.format("<pubDate>Wed, 08 Nov 2023 17:20:00 +0000</pubDate>")))
    assert reader.articles == ["/2024/bimtek/"]
    assert reader.hint("title") == "Bimtek di Sikka"
    assert reader.hint("date") == "2023-11-09T01:20:00+08:00"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Rab, 08 Nov 2023 16:20:00 +0800", "2023-11-08T16:20:00+08:00"),
        ("Sen, 06 Mei 2024 07:05:00 +0700", "2024-05-06T08:05:00+08:00"),
        ("Jum'at, 16 Agu 2024 09:00:00 +0800", "2024-08-16T09:00:00+08:00"),
        ("Sabtu, 12 Okt 2024 23:59:00 GMT", "2024-10-13T07:59:00+08:00"),
        ("Min, 01 Des 2024 00:00:00 +0800", "2024-12-01T00:00:00+08:00"),
        ("Rabu, 8 November 2023 16:20 WIB", "2023-11-08T17:20:00+08:00"),
        ("Rabu, 8 November 2023 | 16.20 WITA", "2023-11-08T16:20:00+08:00"),
        ("8/11/2023 16:20", "2023-11-08T16:20:00+08:00"),
        ("2023-11-08 16:20:00", "2023-11-08T16:20:00+08:00"),
        ("2023-11-08T16:20:00.000Z", "2023-11-09T00:20:00+08:00"),
        ("2023/11/08 16:20:00", "2023-11-08T16:20:00+08:00"),
        ("Wed, 08 Nov 2023 16:20:00 -0700", "2023-11-08T16:20:00+08:00"),  # a server in America, its clock in Makassar
        ("Wed, 8 Nov 2023 16:20:00 +08:00", "2023-11-08T16:20:00+08:00"),
        ("Wed, 08 Nov 2023", "2023-11-08"),
        ("2023-11-08", "2023-11-08"),
        ("  08 Nov 2023  16:20:00   +0800 ", "2023-11-08T16:20:00+08:00"),
        ("Wed, 31 Feb 2023 16:20:00 +0800", None),
        ("0000-00-00 00:00:00", None),
        ("Thu, 01 Jan 1970", "1970-01-01"),
        ("2 jam yang lalu", None),
        ("", None),
    ],
)
def test_dates_are_read_as_feeds_write_them_and_never_guessed(written: str, read: str | None) -> None:
    assert Reader().read(RSS.format(ITEM.format(f"<pubDate>{written}</pubDate>"))).hint("date") == read


def test_an_entry_without_a_date_is_found_all_the_same() -> None:
    reader = Reader().read(RSS.format(ITEM.format("")))
    assert (reader.articles, reader.hint("date")) == (["/2024/bimtek/"], None)


def test_the_last_change_of_an_atom_entry_is_not_its_date() -> None:
    entry = (
        '<entry><title>Bimtek</title><link href="/a"/><updated>2024-02-01T00:00:00Z</updated>'
        "<published>2023-11-08T08:20:00Z</published></entry>"
    )
    reader = Reader().read(f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>')
    assert reader.hint("date") == "2023-11-08T16:20:00+08:00"
    other = Reader().read(f'<feed xmlns="http://www.w3.org/2005/Atom">{entry.replace("published", "issued2")}</feed>')
    assert (other.articles, other.hint("date")) == (["/a"], None)


@pytest.mark.parametrize(
    ("entry", "path"),
    [
        ("<link>/2024/a</link>", "/2024/a"),
        ("<link>\n  https://kabar.example/2024/a\n</link>", "/2024/a"),
        ("<link><![CDATA[https://kabar.example/2024/a?x=1&y=2]]></link>", "/2024/a?x=1&y=2"),
        ("<guid>https://kabar.example/2024/a</guid>", "/2024/a"),
        ('<link></link><guid isPermaLink="true">https://kabar.example/2024/a</guid>', "/2024/a"),
        ('<link xmlns="http://www.w3.org/2005/Atom" rel="self" href="/feed/a"/><link>/2024/a</link>', "/2024/a"),
        ('<link xmlns="http://www.w3.org/2005/Atom" rel="alternate" href="/2024/a"/>', "/2024/a"),
        (
            "<link>https://feedproxy.example/~r/kabar/1</link>"
            '<f:origLink xmlns:f="http://rssnamespace.org/feedburner/ext/1.0">https://kabar.example/2024/a</f:origLink>',
            "/2024/a",
        ),
    ],
)
def test_the_link_of_an_entry_is_found_wherever_it_stands(entry: str, path: str) -> None:
    assert Reader().read(RSS.format(f"<item>{entry}</item>")).articles == [path]


@pytest.mark.parametrize(
    "entry",
    [
        "<title>Tanpa tautan</title>",
        '<guid isPermaLink="false">kabar-17</guid>',
        "<link>http://[rusak</link>",
        "<link>https://lain.example/2024/a</link>",
        "<link>https://kabar.example/</link>",
        "<link>mailto:redaksi@kabar.example</link>",
    ],
)
def test_an_entry_without_an_article_of_the_site_is_passed_over(entry: str) -> None:
    assert Reader().read(RSS.format(f"<item>{entry}</item>{ITEM.format('')}")).articles == ["/2024/bimtek/"]


def test_a_feed_whose_entries_have_no_links_says_so() -> None:
    reader = Reader().read(RSS.format("<item><title>Satu</title></item><item><title>Dua</title></item>"))
    assert reader.tally.problems == ["https://kabar.example/feed: 2 entries, none with a link"]


def test_of_a_feed_without_end_its_first_entries_are_read() -> None:
    reader = Reader().read(RSS.format("<item/>" * 200_000 + ITEM.format("")))
    assert reader.articles == []
    assert reader.tally.problems[-1] == "https://kabar.example/feed: more links than the 2,000 that are read"
    assert reader.spider._invalid == 2001


def test_rss_1_is_read() -> None:
    body = (
        '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        '<channel rdf:about="https://kabar.example/"><link>https://kabar.example/</link></channel>'
        '<item rdf:about="https://kabar.example/2024/a"><title>Musrenbang</title><dc:date>2024-03-13</dc:date></item>'
        "</rdf:RDF>"
    )
    reader = Reader().read(body, "application/rdf+xml")
    assert (reader.articles, reader.hint("title"), reader.hint("date")) == (["/2024/a"], "Musrenbang", "2024-03-13")


@pytest.mark.parametrize(
    "before",
    [
        b"\xef\xbb\xbf",
        b"\n\n  ",
        b"<br />\n<b>Warning</b>:  Undefined variable $x in <b>/www/feed.php</b> on line <b>3</b><br />\n",
        b"\xef\xbb\xbf\xef\xbb\xbf\n",
        b"<!-- cache -->",
    ],
)
@pytest.mark.parametrize("declaration", [b"", b'<?xml version="1.0" encoding="UTF-8"?>'])
def test_what_stands_before_a_feed_does_not_matter(before: bytes, declaration: bytes) -> None:
    reader = Reader().read(before + declaration + RSS.format(ITEM.format("")).encode())
    assert reader.articles == ["/2024/bimtek/"]
    assert reader.tally.problems == []


@pytest.mark.parametrize(
    ("encoding", "declared", "header"),
    [
        ("utf-8", "UTF-8", "application/rss+xml"),
        ("utf-8", "ISO-8859-1", "text/xml; charset=iso-8859-1"),  # and yet it is UTF-8
        ("cp1252", "windows-1252", "text/xml"),
        ("cp1252", "ISO-8859-1", "text/xml; charset=utf-8"),
        ("cp1252", None, "text/xml; charset=iso-8859-1"),
        ("utf-16", "UTF-16", "text/xml"),
    ],
)
def test_titles_are_read_in_the_encoding_they_are_in(encoding: str, declared: str | None, header: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    title = "Wali Kota: “Layanan – gratis”"
    body = declaration + RSS.format(f"<item><title>{title}</title><link>/a</link></item>")
    assert Reader().read(body.encode(encoding), header).hint("title") == title


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Air &amp; Listrik", "Air & Listrik"),
        ("<![CDATA[Bupati: &#8220;Siap&#8221; <b>Dinilai</b>]]>", "Bupati: “Siap” Dinilai"),
        ("Bupati &amp;#8211; Wali Kota", "Bupati – Wali Kota"),
        ("Air & Listrik", "Air & Listrik"),
        ("Dua\n   baris", "Dua baris"),
    ],
)
def test_a_title_is_plain_text(written: str, title: str) -> None:
    assert Reader().read(RSS.format(f"<item><title>{written}</title><link>/a</link></item>")).hint("title") == title


@pytest.mark.parametrize("cut", ["<link>https://kabar.example/20", "<link>/b</link><ti", "<li", ""])
def test_a_feed_that_is_cut_off_gives_its_whole_entries_and_says_so(cut: str) -> None:
    reader = Reader().read(
        RSS.format(ITEM.format("") + "<item><title>Terputus</title>" + cut).partition("</channel>")[0]
    )
    assert reader.articles == ["/2024/bimtek/"]
    assert reader.tally.problems == ["https://kabar.example/feed: the feed is cut off"]


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><html><body>Just a moment... <rss></rss></body></html>",
        b"",
        b"\x1f\x8b\x08",
        b"\x00\x01\x02" * 90,
        b'{"rss": []}',
        b"Parse error: syntax error in feed.php",
    ],
)
def test_what_is_no_feed_is_told_and_nothing_is_found(body: bytes) -> None:
    reader = Reader().read(body)
    assert reader.requests == []
    assert reader.tally.problems == ["https://kabar.example/feed: no RSS or Atom"]


@pytest.mark.parametrize(
    ("url", "problems"), [("/feed?s={keyword}", []), ("/feed", ["https://kabar.example/feed: a feed with no entries"])]
)
def test_an_empty_feed_is_an_answer_to_a_search_alone(url: str, problems: list[str]) -> None:
    reader = Reader(url).read(RSS.format("<title>Kabar</title>"))
    assert (reader.articles, reader.tally.problems) == ([], problems)


def test_a_feed_that_answers_every_page_with_the_first_comes_to_an_end() -> None:
    reader = Reader("/feed?paged={page}")
    reader.read(RSS.format(ITEM.format("")))
    (after,) = (request for request in reader.requests if "read" in request.meta)
    assert after.url == "https://kabar.example/feed?paged=2"
    again = TextResponse(after.url, body=RSS.format(ITEM.format("")).encode())
    assert list(reader.spider.read_listing(again, **after.cb_kwargs)) == []


def test_a_post_behind_a_password_is_no_article() -> None:
    body = ITEM.format('<encoded><![CDATA[<form class="post-password-form" method="post">]]></encoded>')
    reader = Reader().read(RSS.format(body))
    assert reader.articles == []
    assert [(seen.fate, seen.reason) for seen in reader.seen] == [("not-article", "asks for a password")]


@pytest.mark.parametrize(
    ("changes", "is_told"),
    [
        (["2024-05-06T01:00:00Z", "2024-05-05T02:00:00Z", "2024-05-04T03:00:00Z"], True),
        (["2024-05-06T01:00:00Z"] * 3, False),  # the time at which the feed was made
        (["2024-05-06"], False),  # a day is no instant
    ],
)
def test_a_change_is_believed_unless_all_entries_share_it(changes: list[str], is_told: bool) -> None:
    urls = [f"{HOME}/{number}" for number in range(len(changes))]
    kept, asked = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC)
    reader = Reader(past=Past(known=urls, checked=dict.fromkeys(urls, (kept, asked))))
    entries = (
        f'<entry><link href="{url}"/><updated>{change}</updated></entry>'
        for url, change in zip(urls, changes, strict=True)
    )
    reader.read(f'<feed xmlns="http://www.w3.org/2005/Atom">{"".join(entries)}</feed>')
    assert [HOME + path for path in reader.articles] == (urls if is_told else [])


def test_a_body_that_is_no_text_is_told() -> None:
    reader = Reader()
    response = Response(f"{HOME}/feed", body=b"\x89PNG\r\n")
    assert list(reader.spider.read_listing(response, f"{HOME}/feed", 1, UrlSet())) == []
    assert reader.tally.problems == ["https://kabar.example/feed: no RSS or Atom"]
