"""What strangers write, and what reads it: each target takes any bytes, and lets only a fault of ours through.

`tests/fuzz/test_fuzz.py` gives them what hypothesis builds and the inputs of `hostile.py`, `tests/fuzz_bench.py` what
atheris finds. A documented exception (ParseError, SourceError, …) is an answer; any other is a fault, and so is an
answer that takes longer, or more memory, than the target's bounds.
"""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import default
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from build import build_article, build_example_db
from letters import MONDAY, SITE, build_rich_db
from scrapy.http import HtmlResponse, Response
from scrapy.robotstxt import ProtegoRobotParser
from sqlite_utils import Database

from crawler.archive import Archive, ArchiveError, read_page_body
from crawler.article.dates import is_foreign, is_plausible, parse_clock, parse_dateline, parse_path, parse_stamp
from crawler.challenge import page_problem
from crawler.ingest import LOCAL_SOURCE, read_pages
from crawler.items import Article, Page, ParseError, article_id
from crawler.parse import parse_article, too_long
from crawler.source import SourceError, load_source
from crawler.spiders.feed import read_feed
from crawler.spiders.lists import ListError, join, parse_moment
from crawler.spiders.posts import reason_no_post
from crawler.spiders.sitemap import named_days, read_sitemap
from crawler.spiders.wishes import wish_not_to_be_shown
from crawler.spiders.wordpress import read_posts
from crawler.urls import clean_url, url_key
from db.connect import open_read_only
from db.mailing.connect import open_mail_db
from nlp.calendar.dates import find_dates
from nlp.extraction import Extraction
from nlp.pipeline import extract
from nlp.tokens import plain_text
from publish.digest import build_digest, build_message
from publish.mail.addresses import AddressError, clean_name, parse_address
from publish.mail.bounces import take_each
from publish.mail.importing import TableError, read_table
from publish.mail.settings import SettingsError, load_settings
from publish.mail.tokens import read_confirmation, read_token
from publish.site.reviewing.accounts import AccountError, read_accounts
from publish.site.search.words import build_search, expression, questions

TESTS = Path(__file__).parent.parent
PAGE = "https://kabar.example/a"
LONGEST_PAGE = 10 * 1024 * 1024
"""Bytes: DOWNLOAD_MAXSIZE; feeds and sitemaps may be longer."""
NOW = datetime(2025, 11, 20, 3, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Makassar")
BOUNCES = TESTS / "mail" / "bounces"
SETTINGS = b"from: {address: a@b.example}\n"
READERS = b"email,name,kind,value\na@b.example,Sari,all,"
SEARCH = b"q=bimtek+%22kota+cerdas%22+2023&tahap=bimtek-1"
WALL = b"<title>Just a moment...</title><p>Enable JavaScript"
ADDRESS = b"https://web.archive.org/web/2023/https://m.kabar.example:443/a//b/./amp?utm_source=x&page=2#c"
SOURCE = load_source(TESTS.parent / "crawler" / "sources" / "antara_bali.yml")


@dataclass(frozen=True, slots=True)
class Target:
    """Something that reads what strangers write."""

    what: str
    """For the table of figures."""
    run: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    """Innocent inputs to begin from."""
    seconds: int = 20
    """Processor time for one input; generous, for inputs as long as the target ever gets."""
    megabytes: int = 1500
    """Addresses for one input, what Python and the libraries need included."""


def text_of(data: bytes) -> str:
    """The text of bytes; what is no UTF-8 becomes halves of characters, as careless programs make them."""
    return data.decode("utf-8", "surrogateescape")


# Pages and files


def read_html(data: bytes) -> None:
    _parse(data, "text/html")


def read_plain(data: bytes) -> None:
    _parse(data, "text/plain")


def read_record(data: bytes) -> None:
    _parse(data, "application/json")


def _parse(body: bytes, kind: str) -> None:
    page = Page("https://bali.antaranews.com/berita/1/bimtek", SOURCE.name, NOW, 200, body, {"content-type": kind})
    source = SOURCE if kind == "text/html" else LOCAL_SOURCE
    with suppress(ParseError):
        check_article(parse_article(page, source))


def check_article(article: Article) -> None:
    """It can be written down, and is what `Article` says."""
    for text in (article.url, article.canonical_url, article.title or "", article.text, *article.authors):
        text.encode()
        assert "\0" not in text
    assert article.text.strip() == article.text != ""
    assert (article.published_at is None) == (article.published_by is None) == (article.date_reason is not None)
    if article.published_at is not None:
        assert article.published_at.utcoffset() is not None
    assert len(article_id(article.canonical_url)) == 12


SUFFIXES = (".html", ".txt", ".jsonl", ".warc", ".warc.gz", ".jsonl.gz", ".html.gz", ".pdf")


def read_file(data: bytes) -> None:
    """The first byte chooses what the file is called."""
    told: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"berkas{SUFFIXES[data[0] % len(SUFFIXES) if data else 0]}"
        path.write_bytes(data[1:])
        for page in read_pages(path, told.append):
            page.url.encode()
            with suppress(ParseError):
                check_article(parse_article(page, LOCAL_SOURCE))
    for line in told:
        assert line.startswith(folder)


def read_archive(data: bytes) -> None:
    """The first byte chooses where in the file a record is looked for."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.warc.gz").write_bytes(data[1:])
        for offset in (0, data[0] if data else 0, -1, len(data), 10**30):
            with suppress(ArchiveError):
                read_page_body(Path(folder), "a.warc.gz", offset)


def read_wall(data: bytes) -> None:
    for status in (200, 403):
        page_problem(status, {"Content-Type": "text/html"}, data)
    page = HtmlResponse(PAGE, body=data[:LONGEST_PAGE], encoding="utf-8")
    with suppress(ValueError):  # a base that is no address: Scrapy reads nothing of it, and the crawl says so
        wish_not_to_be_shown(page, PAGE)
    reason_no_post(data)


def read_lists(data: bytes) -> None:
    response = Response("https://kabar.example/feed", body=data, headers={"Content-Type": "text/xml"})
    with suppress(ListError):
        for entry in getattr(read_feed(response), "entries", ()):
            parse_moment(entry.published, ZONE)
            parse_moment(entry.updated, ZONE)
            if entry.url is not None:
                clean_url(entry.url)
    with suppress(ListError):
        sitemap = read_sitemap(response)
        for url in sitemap.children if sitemap else ():
            named_days(url)
    read_posts(data)
    page = HtmlResponse("https://kabar.example/indeks", body=data[:LONGEST_PAGE], encoding="utf-8")
    with suppress(ValueError):
        for anchor in page.css(".list a").xpath("descendant-or-self::a[@href][1]"):
            join(page.url, anchor.xpath("@href").get(""))


def read_robots(data: bytes) -> None:
    parser = ProtegoRobotParser(data, None)
    for url in ("https://kabar.example/", "https://kabar.example/a/b/c?d=e&f=g", "https://kabar.example/" + "a" * 2000):
        parser.allowed(url, "PantauKotaCerdas")


# Words


def read_addresses(data: bytes) -> None:
    url = text_of(data)
    cleaned = clean_url(url)
    assert clean_url(cleaned) == cleaned
    clean_url(url, drop_page=True)
    url_key(url)
    named_days(url)
    with suppress(AddressError):
        parse_address(url)
    clean_name(url)


def read_stamps(data: bytes) -> None:
    text = text_of(data)
    readings: Sequence[Callable[[], object]] = (
        lambda: is_plausible(parse_stamp(text, ZONE), NOW),
        lambda: is_plausible(parse_dateline(text, ZONE), NOW),
        lambda: parse_clock(text),
        lambda: is_foreign(text),
        lambda: parse_path(f"/{text}", ZONE),
    )
    for reading in readings:
        with suppress(ValueError):
            reading()
    parse_moment(text, ZONE)


PUBLISHED = (None, date.min, date(1900, 3, 1), date(2023, 6, 14), date(2024, 2, 29), date(9999, 12, 31))


def read_days(data: bytes) -> None:
    """The first byte chooses the day of publication."""
    text = plain_text(text_of(data[1:]))
    for span in find_dates(text, PUBLISHED[data[0] % len(PUBLISHED) if data else 0]):
        assert 0 <= span.start < span.end <= len(text)


def read_article(data: bytes) -> None:
    """The first line is the title."""
    title, _, text = text_of(data).partition("\n")
    if too_long(text):
        return
    article = build_article("https://warta.example/a", "warta", text, title, NOW)
    check_extraction(extract(article), text)


def check_extraction(found: Extraction, text: str) -> None:
    """All that was found lies where it says."""
    assert 0 <= found.relevance <= 1
    for said in (*found.mentions, *found.quotes, *found.figures):
        assert text[said.start : said.end] == said.text != ""
    for official in found.officials:
        assert 0 <= official.start < official.end <= len(text)
    for event in found.events:
        assert (event.start, event.end) in found.sentences
    ends = [0, *(end for span in found.sentences for end in span)]
    assert ends == sorted(ends)
    assert ends[-1] <= len(text)


# What people of the house write, or copy from somewhere


def read_source(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "warta.yml"
        path.write_bytes(data)
        with suppress(SourceError):
            load_source(path)


def read_settings(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mail.yml"
        path.write_bytes(data)
        with suppress(SettingsError):
            load_settings(path, SITE, {})
        with suppress(AccountError):
            read_accounts(path)


def read_readers(data: bytes) -> None:
    with suppress(TableError):
        read_table(_public(), data)


# Letters and the site


def read_bounce(data: bytes) -> None:
    with closing(open_mail_db(":memory:")) as db:
        for taken in take_each(db, [data], NOW):
            assert taken.outcome in ("foreign", "unreadable", "delayed", "reply", "other")


def read_tokens(data: bytes) -> None:
    token = text_of(data)
    with closing(open_mail_db(":memory:")) as db:
        for purpose in ("unsubscribe", "preferences", "copy", "confirm"):
            assert read_token(db, purpose, token) is None
        assert read_confirmation(db, token, NOW) is None


def read_search(data: bytes) -> None:
    """The query string of /cari."""
    arguments = dict(parse_qsl(text_of(data), keep_blank_values=True, errors="surrogateescape"))
    # Datasette gives no halves of characters: it replaces them.
    arguments = {name: value.encode("utf-8", "replace").decode() for name, value in arguments.items()}
    db = _public()
    labelled, named = (
        [dict(zip(("phrase", "code", "name", "short_name") if "PHRASE" in sql.upper() else ("key", "id", "en"), row,
                  strict=True)) for row in db.execute(sql, dict(told))]
        for sql, told in questions(arguments)
    )  # fmt: skip
    search = build_search(arguments, labelled, named)
    for kind in ("event", "article", "person", "regency", "outlet"):
        for is_strict, is_loose in ((True, False), (False, False), (False, True)):
            words = expression(search, kind, is_strict, is_loose)
            db.execute("select rowid from search_fts where search_fts match ? limit 10", [words]).fetchall()


FIELDS = (
    "update articles set title = :said",
    "update articles set outlet_name = :said",
    "update sources set outlet_name = :said",
    "update articles set url = 'javascript:' || :said || id",
    "update evidence set text = :said",
    "update events set venue = :said, evidence = :said",
    "update event_people set name = :said, position = :said, organization = :said",
    "update office_terms set person_name = :said, office_name = :said, agency_name = :said",
)
"""What of public.db is written by outlets."""


def read_letter(data: bytes) -> None:
    """A national letter in which the words of every outlet are these; the first byte chooses which of them."""
    said = text_of(data[1:]).encode("utf-8", "replace").decode()
    chosen = data[0] if data else 0
    public = _rich()
    with closing(Database(public)) as db, db.conn:
        for number, statement in enumerate(FIELDS):
            if chosen == 0 or chosen >> number & 1:
                db.execute(statement, {"said": said})
    digest = build_digest(public, MONDAY, SITE)
    for content in (digest.html, digest.text, digest.subject):
        content.encode()
    assert "\n" not in digest.subject
    message = message_from_bytes(build_message(digest), policy=default)
    assert not message.defects
    assert sorted(message.keys()) == [
        "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject",
    ]  # fmt: skip


# Innocent inputs


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="pantau-fuzz-"))


@cache
def _public() -> Database:
    return open_read_only(build_example_db(_folder())[1])


@cache
def _rich() -> Path:
    folder = _folder() / "rich"
    folder.mkdir()
    return build_rich_db(folder)


def _sample_pages() -> list[bytes]:
    return [path.read_bytes() for path in sorted((TESTS / "pages").rglob("*.html"))]


def _sample_articles() -> list[bytes]:
    lines = (TESTS / "gold" / "practice.jsonl").read_text(encoding="utf-8").splitlines()[:40]
    return [f"{row['title'] or ''}\n{row['text']}".encode() for row in map(json.loads, lines)]


def _sample_records() -> list[bytes]:
    return [
        json.dumps({"url": "https://warta.example/a", "title": "Bimtek Sigi", "text": text, "published": day}).encode()
        for text, day in (("Bupati Sigi membuka bimtek.\nSelesai.", "2023-06-13"), ("Wali Kota Palu hadir.", None))
    ]


def _sample_stamps() -> list[bytes]:
    return [
        line.encode()
        for line in (
            "2021-06-17T11:38:29-07:00", "Mon, 06 May 2024 16:20:00 +0800", "Rabu, 20 November 2024 | 14:05 WITA",
            "Diposting pada 12 September 2023 oleh Rina", "Palu, 12/9/2023", "1700000000", "2023/09/12/bimtek",
            "Sen, 06 Mei 2024 16:20:00 +0800", "Senin-Rabu (3-5/6), 13 Juni 2023, Mei lalu, pekan depan, akhir 2022",
        )
    ]  # fmt: skip


def _sample_warc() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        page = Page("https://warta.example/a", "warta", NOW, 200, _sample_pages()[0], {"content-type": "text/html"})
        with Archive(Path(folder)) as archive:
            offset = archive.write(page).archive_offset or 0
        packed = next(Path(folder).iterdir()).read_bytes()
    return [packed, packed[offset:], gzip.decompress(packed)]


def _sample_files() -> list[bytes]:
    records = b"\n".join(_sample_records())
    bodies = {".html": _sample_pages()[0], ".txt": b"Bimtek Sigi\n\nBupati hadir.", ".jsonl": records}
    packed, _, warc = _sample_warc()
    bodies |= {".warc": warc, ".warc.gz": packed, ".jsonl.gz": gzip.compress(records)}
    return [bytes([SUFFIXES.index(suffix)]) + body for suffix, body in bodies.items()]


def _sample_lists() -> list[bytes]:
    return [
        b"""<?xml version="1.0"?><rss><channel><item><title>Bimtek</title><link>https://kabar.example/1</link>
        <pubDate>Mon, 06 May 2024 16:20:00 +0800</pubDate></item></channel></rss>""",
        b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://kabar.example/1</loc>
        <lastmod>2024-05-06</lastmod></url></urlset>""",
        b"<sitemapindex><sitemap><loc>https://kabar.example/sitemap-2023-11.xml</loc></sitemap></sitemapindex>",
        b'[{"link": "https://kabar.example/1", "date_gmt": "2024-05-06T01:00:00", "title": {"rendered": "Bimtek"}}]',
        b'<ul class="list"><li><a href="/1">Bimtek</a></li></ul>',
    ]


def _sample_bounces() -> list[bytes]:
    return [path.read_bytes() for path in sorted(BOUNCES.glob("*.eml"))]


def _sample_sources() -> list[bytes]:
    folder = TESTS.parent / "crawler" / "sources"
    return [(folder / f"{name}.yml").read_bytes() for name in ("antara", "ajnn", "adpim_kaltara")]


TARGETS: Mapping[str, Target] = {
    "page": Target("HTML pages (parse_article)", read_html, _sample_pages, seconds=30, megabytes=2048),
    "plain": Target("Texts", read_plain, lambda: [b"Bimtek Sigi\n\nBupati Sigi membuka bimtek.\nSelesai."]),
    "record": Target("Records of JSON Lines", read_record, _sample_records),
    "file": Target("Files that are ingested (.warc, .jsonl, .html, .txt, packed ones)", read_file, _sample_files, 40),
    "archive": Target("Records of the archive (WARC)", read_archive, _sample_warc),
    "wall": Target("Pages that may be a bot wall", read_wall, lambda: [*_sample_pages()[:5], WALL]),
    "lists": Target("Feeds, sitemaps, listings, WordPress's API", read_lists, _sample_lists, seconds=40),
    "robots": Target("robots.txt", read_robots, lambda: [b"User-agent: *\nDisallow: /*?s=\nCrawl-delay: 10\n"]),
    "address": Target("Addresses of pages and of mail", read_addresses, lambda: [ADDRESS]),
    "stamp": Target("Dates of pages and lists", read_stamps, _sample_stamps),
    "days": Target("Days in texts (nlp/calendar)", read_days, lambda: [b"\3" + line for line in _sample_stamps()]),
    "article": Target("Articles (officials, events, all of nlp)", read_article, _sample_articles, 120, 3000),
    "source": Target("YAML of sources", read_source, _sample_sources),
    "settings": Target(
        "YAML of mail.yml and reviewers.yml", read_settings, lambda: [b"from: {address: a@b.example}\n"]
    ),
    "readers": Target("Tables of subscribers (CSV)", read_readers, lambda: [READERS]),
    "bounce": Target("Mail that comes back", read_bounce, _sample_bounces),
    "token": Target("Signed addresses of readers' pages", read_tokens, lambda: [b"WzEsbnVsbF0.c2lnbmF0dXJl"]),
    "search": Target("The search of the site", read_search, lambda: [SEARCH]),
    "letter": Target("Letters (titles, names, quotes, outlets)", read_letter, lambda: [b"\0Bimtek"], 60),
}
"""By the name under which `python tests/fuzz_bench.py` takes one alone."""
