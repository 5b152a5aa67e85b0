"""Inputs that would stop a careless reader: each a sentence, the target that must take it, and how it is made.

Most of them once stopped, starved or stalled something here, or were found so by hypothesis and atheris and then made
as short as they go; the others are what the trade knows.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Mapping

HEAD = b"<html><head><title>Sikka Mulai Susun Masterplan Kota Cerdas</title>"
TELLS = (
    b"<p>Pemerintah Kabupaten Sikka menggelar bimbingan teknis tahap I penyusunan masterplan Kota Cerdas.</p>"
    b"<p>Kegiatan itu diikuti seluruh perangkat daerah dan perwakilan dua puluh satu kecamatan selama dua hari.</p>"
)
HIJACKED = b"<title>Slot gacor situs maxwin togel</title>"
WALL = b"<title>Just a moment...</title>"
MEGABYTE = 1024 * 1024
PAGE = 10 * MEGABYTE
"""The crawl takes no longer page (DOWNLOAD_MAXSIZE)."""
LONGEST = 200_000
"""Characters of the longest article (MAX_TEXT in crawler/parse.py)."""


def page(body: bytes = b"", head: bytes = b"", title: bytes = b"Sikka Mulai Susun Masterplan Kota Cerdas") -> bytes:
    """A page of an article with something hostile in it."""
    return b"%s%s</head><body><article><h1>%s</h1>%s%s</article></body></html>" % (HEAD, head, title, body, TELLS)


def linked(content: bytes) -> bytes:
    """A page with a JSON-LD."""
    return page(head=b"<script type='application/ld+json'>" + content + b"</script>")


def feed(content: bytes) -> bytes:
    return b"<rss><channel>" + content + b"</channel></rss>"


def file(suffix: str, content: bytes) -> bytes:
    """What `read_file` takes: the first byte is the number of the suffix."""
    from fuzz.targets import SUFFIXES

    return bytes([SUFFIXES.index(suffix)]) + content


def warc(headers: bytes, content: bytes) -> bytes:
    """A record of a web archive."""
    return b"WARC/1.0\r\n" + headers + b"Content-Length: %d\r\n\r\n" % len(content) + content + b"\r\n\r\n"


def answer(headers: bytes, body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + headers + b"\r\n" + body


NAMED = (
    b"WARC-Type: response\r\nWARC-Target-URI: https://a.example/\r\nWARC-Date: 2024-01-01T00:00:00Z\r\n"
    b"Content-Type: application/http; msgtype=response\r\n"
)


def to(length: int, piece: str) -> str:
    """A piece again and again, to a length."""
    return (piece * (length // len(piece) + 1))[:length]


def news(piece: str) -> bytes:
    """An article as long as one may be."""
    start = "Pemkab Sigi dan smart city, bimtek asesor masterplan. "
    return f"Smart City\n{start}{to(LONGEST - len(start), piece)}".encode()


def source(text: str) -> bytes:
    """A source file whose other lines are right."""
    return (
        "outlet: Warta\nhome: https://warta.example\nkind: media\nfamily: generic\ntimezone: Asia/Jakarta\n"
        f"knowledge: seen\nways: [{{way: feed, url: /feed}}]\n{text}\n"
    ).encode("utf-8", "surrogatepass")


BILLION = "\n".join(["a0: &a0 [x,x,x,x,x,x,x,x,x]"] + [f"a{n}: &a{n} [{f'*a{n - 1},' * 9}]" for n in range(1, 12)])

CASES: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    # Pages
    "elements lie in one another a hundred thousand deep": ("page", lambda: page(b"<div>" * 100_000)),
    "so do elements within lines": ("page", lambda: page(b"<b>a" * 100_000)),
    "so do links": ("page", lambda: page(b"<a href=/x>a" * 100_000)),
    "so do lists, and each item is closed": ("page", lambda: page(b"<ul><li>" * 50_000 + b"</ul>" * 50_000)),
    "an attribute is as long as a page may be": ("page", lambda: page(b"<div class='" + b"a-" * (PAGE // 2) + b"'>")),
    "an element has twenty thousand attributes": (
        "page", lambda: page(b"<p " + b" ".join(b"a%d=1" % n for n in range(20_000)) + b">")
    ),
    "a page is ten megabytes of tags": ("page", lambda: page(b"<i>" * (PAGE // 3))),
    "a line of a page is fifty megabytes long": ("page", lambda: page(b"<p>" + b"kota " * (10 * MEGABYTE) + b"</p>")),
    "a title goes on for a megabyte": ("page", lambda: page(title=b"a - " * (MEGABYTE // 4))),
    "a title for machines goes on for a megabyte": (
        "page", lambda: page(head=b"<meta property=og:title content='" + b"| Warta Sikka " * (MEGABYTE // 14) + b"'>")
    ),
    "a description is a megabyte of points": (
        "page", lambda: page(head=b"<meta property=og:description content='" + b"." * MEGABYTE + b"x'>")
    ),
    "a title is a megabyte of the site's own name": (
        "page", lambda: HEAD[:-8] + b" | Antaranews" * (MEGABYTE // 13) + b"</title>" + TELLS
    ),
    "lists of JSON-LD lie in one another a hundred thousand deep": ("page", lambda: linked(b"[" * 100_000)),
    "so do its objects": ("page", lambda: linked(b'{"mainEntity":' * 100_000)),
    "a JSON-LD has everything in the wrong place": ("page", lambda: linked(
        b'[null, 7, "x", {"@graph": 5}, {"@type": [{}, null], "headline": [1], "datePublished": {"a": 1},'
        b' "author": {"name": [{}]}}, {"@type": "NewsArticle", "author": [[["x"]]], "datePublished": NaN}]'
    )),
    "a JSON-LD tells a year of a hundred thousand digits": (
        "page", lambda: linked(b'{"@type": "NewsArticle", "datePublished": ' + b"9" * 100_000 + b"}")
    ),
    "a stamp is in the last hour of the year 9999": (
        "page", lambda: page(head=b"<meta property=article:published_time content='9999-12-31T23:59:59Z'>")
    ),
    "a stamp has more seconds than a machine counts": (
        "page", lambda: page(head=b"<meta name=pubdate content='Mon, 01 Jan 2023 00:00:00 +9999999999999999999'>")
    ),
    "a character is written with a million zeros": ("page", lambda: page(b"<p>&#" + b"0" * MEGABYTE + b"65;</p>")),
    "comments begin and never end": ("page", lambda: page(b"<!--" * 250_000)),
    "entities stand for entities, and so on": ("page", lambda: (
        b"<!DOCTYPE html [<!ENTITY a 'aaaaaaaaaa'>"
        + b"".join(b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 20) for n in range(20))
        + b"]>" + page(b"<p>&u;</p>")
    )),
    "a page has NULs, halves of characters and turned text": (
        "page", lambda: page("<p>\0\x01\u202eatok\u202c \u2028 \ufffe".encode() + b" \xed\xa0\x80 \xff\xfe</p>")
    ),
    "a line break follows every word": ("page", lambda: page(b"<p>" + b"kata<br>" * 12_500 + b"</p>")),
    "an article goes over three hundred pages": (
        "page", lambda: b"\n<!-- pantau: next page -->\n".join([page()] * 300)
    ),
    "a page says that it is in an encoding that changes bytes to bytes": (
        "page", lambda: b"<meta charset=base64>" + b"\xff" + page()
    ),
    "a page says that it is in an encoding that refuses everything": (
        "page", lambda: b"<meta charset=undefined>" + b"\xff" + page()
    ),
    "a page says that it is in the encoding of host names": (
        "page", lambda: b"<meta charset=punycode>" + b"\xff" + b"a9" * 500_000
    ),
    # Records and files
    "records lie in one another a hundred thousand deep": ("record", lambda: b'{"text": ' + b"[" * 100_000),
    "a record's address holds half a character": (
        "record", lambda: b'{"text": "Bimtek Sigi", "url": "https://a.example/\\ud800"}'
    ),
    "a record's text is NULs": ("record", lambda: b'{"text": "\\u0000\\u0000", "title": "\\u0000"}'),
    "a record tells the year 99999": ("record", lambda: b'{"text": "Bimtek Sigi", "published": "99999-01-01"}'),
    "a text is a million marks": ("plain", lambda: b"([{" * 300_000),
    "a text is fifty megabytes of spaces": ("plain", lambda: b"a" + b" " * (50 * MEGABYTE) + b"b"),
    "lines of a file are as deep as a mine": ("file", lambda: file(".jsonl", b"[" * 100_000 + b"\n{}\n")),
    "a line of a file has half a character for an address": (
        "file", lambda: file(".jsonl", b'{"text": "a", "url": "\\udfff", "id": "\\ud800"}')
    ),
    "a line of a file has an address that is none": (
        "file", lambda: file(".jsonl", b'{"text": "a", "url": "\\u0000"}')
    ),
    "a file's line is fifty megabytes long": (
        "file", lambda: file(".jsonl", b'{"text": "' + b"a" * (50 * MEGABYTE) + b'"}\n{"text": "Bimtek Sigi"}')
    ),
    "a packed file unpacks to two gigabytes": ("file", lambda: file(".html.gz", _bomb())),
    "a packed file of records does": ("file", lambda: file(".jsonl.gz", _bomb())),
    "a packed file is no packed file": ("file", lambda: file(".html.gz", b"\x1f\x8b\x08" + b"\xff" * 100)),
    "a web archive is a bomb": ("file", lambda: file(".warc.gz", _bomb())),
    "a record of a web archive unpacks to two gigabytes": (
        "file", lambda: file(".warc", warc(NAMED, answer(b"Content-Encoding: gzip\r\n", _bomb())))
    ),
    "a record of a web archive has no address": ("file", lambda: file(".warc", warc(
        b"WARC-Type: response\r\nWARC-Date: 2024-01-01T00:00:00Z\r\nContent-Type: application/http\r\n",
        answer(b"", page()),
    ))),
    "a record of a web archive has no day": ("file", lambda: file(".warc", warc(
        b"WARC-Type: response\r\nWARC-Target-URI: https://a.example/\r\nContent-Type: application/http\r\n",
        answer(b"", page()),
    ))),
    "a record of a web archive was made in the year 0": ("file", lambda: file(".warc", warc(
        NAMED.replace(b"2024", b"0000"), answer(b"", page())
    ))),
    "a record of a web archive was made in a zone before all days": ("file", lambda: file(".warc", warc(
        NAMED.replace(b"2024-01-01T00:00:00Z", b"0001-01-01T00:00:00+14:00"), answer(b"", page())
    ))),
    "a record of a web archive says that it has less than no bytes": (
        "file", lambda: file(".warc", b"WARC/1.0\r\n" + NAMED + b"Content-Length: -5\r\n\r\n" + answer(b"", page()))
    ),
    "a record of the archive is shorter than it says": ("archive", lambda: b"\0" + gzip.compress(
        warc(NAMED, answer(b"Content-Length: 99999999999999999999\r\n", b"a"))
    )),
    "a record of the archive says its length in words": ("archive", lambda: b"\0" + gzip.compress(
        warc(NAMED, answer(b"Content-Length: banyak\r\n", b"a"))
    )),
    "a record of the archive breaks off in its packing": ("archive", lambda: b"\0" + gzip.compress(
        warc(NAMED, answer(b"Content-Length: 1\r\n", b"a"))
    )[:60]),
    "a record of the archive is packed wrong": (
        "archive", lambda: b"\0" + gzip.compress(warc(NAMED, b"a"))[:20] + b"x" * 99
    ),
    "a record of the archive is packed twice, and wrong": ("archive", lambda: b"\0" + gzip.compress(
        warc(NAMED, answer(b"Content-Encoding: gzip\r\nContent-Length: 9\r\n", b"\x1f\x8b\x08\0\0\0\0\0\0"))
    )),
    # Bot walls: asked of every answer, in the process of the crawl
    "comments begin and never end in what may be a bot wall": ("wall", lambda: WALL + b"<!--" * (PAGE // 4)),
    "and in what may be a hijacked site": ("wall", lambda: HIJACKED + b"<!--" * (PAGE // 4)),
    "scripts begin and never end in what may be a bot wall": ("wall", lambda: WALL + b"<script>" * (PAGE // 8)),
    "titles begin and never end": ("wall", lambda: b"<title>" * (PAGE // 7)),
    "bodies begin and never end": ("wall", lambda: b"<body " * (PAGE // 6)),
    "forms begin and never end": ("wall", lambda: b"<form " * (PAGE // 6)),
    "paragraphs begin and never end": ("wall", lambda: b"<p " * (PAGE // 3)),
    "an attribute of a wish has an impossible name": ("wall", lambda: b"<meta x\x04y=1 name=robots content=noindex>"),
    "one word is ten megabytes long": ("wall", lambda: WALL + b"a" * PAGE),
    # Lists
    "entries lie in one another a hundred thousand deep": ("lists", lambda: feed(b"<item>" * 100_000)),
    "and each of them is closed": ("lists", lambda: feed(b"<item>" * 100_000 + b"</item>" * 100_000)),
    "character data begin and never end in a feed": ("lists", lambda: feed(b"<![CDATA[" * 1_000_000)),
    "a title of a feed is ten megabytes of markup": (
        "lists", lambda: feed(b"<item><title><![CDATA[" + b"<a" * (PAGE // 2) + b"]]></title></item>")
    ),
    "a title of WordPress is ten megabytes of markup": ("lists", lambda: json.dumps(
        [{"link": "https://a.example/1", "title": {"rendered": "<a" * (PAGE // 2)}}]
    ).encode()),
    "a list is fifty megabytes of tags": ("lists", lambda: b"<urlset>" + b"<a/>" * (50 * MEGABYTE // 4) + b"</urlset>"),
    "an attribute of a list has an impossible name": (
        "lists", lambda: b"<ul class=list><li><a x\x04y=1 href=/a>Bimtek</a></ul>"
    ),
    "posts of WordPress lie in one another a hundred thousand deep": ("lists", lambda: b"[" * 100_000),
    "a feed ends before it begins": ("lists", lambda: b"</item><rss>"),
    "entities of a feed stand for entities, and so on": ("lists", lambda: (
        b"<!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'>"
        + b"".join(b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 20) for n in range(20))
        + b"]>" + feed(b"<item><title>&u;</title><link>https://a.example/1</link></item>")
    )),
    "an entity of a feed stands for a file": ("lists", lambda: (
        b"<!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + feed(b"<item><title>&a;</title></item>")
    )),
    "a sitemap is a bomb": ("lists", lambda: _bomb()),
    "an instant of a feed is in the last hour of the year 9999": (
        "lists", lambda: feed(b"<item><link>https://a.example/1</link><pubDate>9999-12-31T23:59:59Z</pubDate></item>")
    ),
    "a rule of robots.txt has a thousand stars": (
        "robots", lambda: b"User-agent: *\nDisallow: /" + b"*a" * 1000 + b"b$\nCrawl-delay: nan\n"
    ),
    "robots.txt is ten megabytes of rules": ("robots", lambda: b"User-agent: *\n" + b"Disallow: /a\n" * 800_000),
    # Addresses and days
    "an address leads to an address, ten thousand times": (
        "address", lambda: b"https://web.archive.org/web/2/" * 10_000 + b"https://a.example/"
    ),
    "an address is a megabyte of marks": ("address", lambda: b"https://a.example/" + b"/..%2e;?&=" * 100_000),
    "an address has a megabyte of AMP": ("address", lambda: b"https://a.example/b" + b"/amp" * 250_000 + b"x"),
    "an address has a bracket too many": ("address", lambda: b"https://[a.example]/[?url=https://["),
    "a date line is a number of a hundred thousand digits": ("stamp", lambda: b"9" * 100_000),
    "a date line has a year of other digits": ("stamp", lambda: "١٢ Mei ٢٠٢٣".encode()),
    # Articles
    "an article is two hundred thousand points": ("article", lambda: news(".")),
    "an article is brackets and quotes": ("article", lambda: news("([{“‘\"'")),
    "an article is one office after another": ("article", lambda: news("Kepala Dinas Budi Santoso, ")),
    "an article is spaces": ("article", lambda: news(" ")),
    "an article is spaces after whatever may be followed by a word": ("article", lambda: news("".join(
        word + " " * 20_000
        for word in ("Palu", "12 Juni", "2023", "Rp4", "50", "juara 1", "skor 3,4", "dua ratus", "Kepala Dinas", "Budi")
    ))),
    "an article is days": ("article", lambda: news("Senin (4/5), 12 Juni 2023, 3/11/2023, Mei lalu, tahun 2022 dan ")),
    "an article is numbers in words": ("article", lambda: news("dua ratus lima puluh ribu enam ")),
    "an article is one digit": ("article", lambda: news("1")),
    "an article has halves of characters": ("article", lambda: b"\xed\xa0\x80\nPemkab Sigi \xed\xa0\x80 smart city."),
    # YAML
    "a source file lies in itself a hundred thousand deep": ("source", lambda: b"[" * 100_000),
    "a source file's maps do": ("source", lambda: b"{a: " * 100_000),
    "anchors of a source file stand for anchors, and so on": ("source", lambda: source(BILLION)),
    "a source file holds itself": ("source", lambda: b"&a [*a]"),
    "a source file would run a program": ("source", lambda: source("note: !!python/object/apply:os.system [exit 1]")),
    "a source file has a day that is none": ("source", lambda: source("note: 2023-99-99")),
    "a source file has a number that is none": ("source", lambda: source("note: !!int satu")),
    "a source file has an empty number": ("source", lambda: source("note: !!int ''")),
    "a source file has a fraction that is none": ("source", lambda: source("delay: !!float x")),
    "a source file has a number of a hundred thousand digits": ("source", lambda: source("delay: " + "9" * 100_000)),
    "a source file has a day without a day": ("source", lambda: source("note: !!timestamp x")),
    "a source file has a truth that is none": ("source", lambda: source("browser: !!bool x")),
    "a source file has a list for a key": ("source", lambda: source("? [a, b]\n: c")),
    "a source file has a family with a name of a megabyte": ("source", lambda: b"family: " + b"a" * MEGABYTE),
    "a source file has a family with a NUL": ("source", lambda: b'family: "a\\0b"'),
    "a source file has half a character": ("source", lambda: b'note: "\\ud800"\nname: x'),
    "a source file's pattern repeats more than a machine counts": (
        "source", lambda: source("network: a").replace(b"url: /feed", b"url: /feed, match: 'a{99999999999999999999}'")
    ),
    "a source file's pattern lies in itself": (
        "source", lambda: source("").replace(b"url: /feed", b"url: /feed, match: '" + b"(" * 5000 + b")" * 5000 + b"'")
    ),
    "a source file's selector lies in itself": (
        "source", lambda: source("selectors: {body: '" + ":not(" * 3000 + "a" + ")" * 3000 + "'}")
    ),
    "a source file's host is a bracket": ("source", lambda: b"home: 'https://['\noutlet: a"),
    "settings lie in themselves a hundred thousand deep": ("settings", lambda: b"[" * 100_000),
    "settings have a day that is none": ("settings", lambda: b"host: 2023-99-99"),
    "settings have a number that is none": ("settings", lambda: b"port: !!int x"),
    "anchors of settings stand for anchors, and so on": ("settings", lambda: BILLION.encode()),
    "settings have keys that are no words": ("settings", lambda: b"1: 2\nnull: 3\n? [a]\n: b"),
    # Readers, mail, search, letters
    "a table has a cell of a megabyte": ("readers", lambda: b'email,name\na@b.example,"' + b"x" * MEGABYTE + b'"\n'),
    "a table opens a quotation and never closes it": ("readers", lambda: b'email\n"a@b.example\n' + b"x\n" * 100_000),
    "a table has NULs": ("readers", lambda: b"email,name\na@b.example,\0\n\0,\0"),
    "a table has a hundred thousand columns": ("readers", lambda: b"email" + b",x" * 100_000 + b"\na@b.example"),
    "a message lies in messages a thousand deep": (
        "bounce", lambda: b"Content-Type: message/rfc822\n\n" * 5000 + b"From: a@b.example\n\nx"
    ),
    "a message's parts do": ("bounce", lambda: b"".join(
        b"Content-Type: multipart/mixed; boundary=a%d\n\n--a%d\n" % (n, n) for n in range(3000)
    )),
    "a message has a hundred thousand headers": ("bounce", lambda: b"Received: x\n" * 100_000 + b"\nx"),
    "a message's address is brackets": ("bounce", lambda: b"From: " + b"(" * 100_000 + b"\nReturn-Path: <>\n\nx"),
    "a server's words are made for slow patterns": ("bounce", lambda: (
        b"From: MAILER-DAEMON@a.example\nReturn-Path: <>\n\n" + b"user account mailbox not " * 10_000
    )),
    "a date of a message is in no calendar": (
        "bounce", lambda: b"From: a@b.example\nDate: Mon, 99 Jan 99999 99:99:99 +9999999999\n\nx"
    ),
    "a signed address is a bomb": ("token", lambda: b"." + zlib.compress(b"0" * MEGABYTE)[:400]),
    "a search is a megabyte of quotation marks": ("search", lambda: b"q=" + b"%22a" * 250_000),
    "a search has operators": (
        "search", lambda: b"q=NEAR(a+b)+AND+OR+NOT+%5E%7B%7D%3A*+%00+%ED%A0%80&tahun=%D9%A2%D9%A0"
    ),
    "titles are a hundred thousand characters long": ("letter", lambda: b"\x01" + b"Bimtek " * 14_000),
    "names are a hundred thousand characters long": ("letter", lambda: b"\xfe" + b"Bimtek " * 14_000),
    "words turn around, break lines and hold marks of a letter": (
        "letter", lambda: "\0\u202eatok\r\n.\r\nBcc: a@b.example\u2028{{ x }} {% raw %} <b>&\ue000\ue001".encode()
    ),
}  # fmt: skip
"""Name of the case → name of its target in `targets.TARGETS`, and what makes its bytes."""


def _bomb() -> bytes:
    """A gzip file of two megabytes that unpacks to two gigabytes."""
    zeros = gzip.compress(b"\0" * (64 * MEGABYTE))
    return zeros * 32
