"""A Page to an Article: trafilatura finds the text, our rules for Indonesian pages do the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lxml.etree import Comment, LxmlError, ProcessingInstruction, strip_tags  # type: ignore[import-untyped]
from lxml.html import HtmlElement, document_fromstring  # type: ignore[import-untyped]

from crawler.article import authors, boilerplate, dates, metadata, pagers, published
from crawler.article.body import body_lines
from crawler.article.boilerplate import clean_lines, clean_spaces, fold
from crawler.article.encoding import decode
from crawler.article.json_text import parse_json
from crawler.article.metadata import Head
from crawler.article.printed import Printed, read_printed
from crawler.article.published import Published
from crawler.items import PAGE_BREAK, Article, DateSource, Page, ParseError
from crawler.source import Source, load_family

MIN_TEXT = 140
"""Characters in sentences; a web page with less is a picture, a video or a stub."""
MAX_TEXT = 200_000
"""Characters: a book or a dump of a whole site is no article, and reading it would hold up all the others."""
MAX_WORDS = 60_000
"""Words and marks: twice those of the longest text in sentences. Each takes memory where names are read."""

CONTROL_ENTITY = re.compile(r"&#(?:x0*1?[0-9a-f]|0*(?:[12]?\d|3[01]))(?:;|(?![0-9a-f]))", re.IGNORECASE)
LISTING_TYPES = ("CollectionPage", "SearchResultsPage", "ProfilePage")
LISTING_PATH = re.compile(
    r"/(?:(?:tags?|topi[ck]|kategori|category|kanal|author|penulis|search|cari|indeks?|page)(?:/[^/]*)?(?:/page/\d+)?)/?$",
    re.IGNORECASE,
)
# Of WordPress's own body classes; a theme cannot help printing them.
LISTING_CLASSES = {"archive", "category", "tag", "search", "search-results", "author", "blog", "error404"}


def parse_article(page: Page, source: Source) -> Article:
    """The article of a page.

    `text` has one blank line between paragraphs, in NFC with plain spaces. `published_at` comes from, in this order,
    the CMS's API (a hint), JSON-LD, meta tags, <time>, the visible date line near the title, the address; a day alone
    is midnight in the source's zone. Where none of them says it, it is None and `date_reason` says so: a page never
    gets the day it was fetched. `date_reason` is Indonesian, because readers see it. ParseError for a page that is no
    article; its message says where, what was seen and what to open next.
    """
    kind = page.headers.get("content-type", "text/html").split(";")[0].strip().casefold()
    if not page.body.strip():
        raise ParseError(f"{page.url}: the body is empty (fetch it again)")
    if kind == "application/json":
        return _parse_record(page, source)
    if kind not in ("text/html", "application/xhtml+xml", "text/plain", ""):
        raise ParseError(f"{page.url}: {kind} is not read, only HTML and text (crawler/parse.py)")
    try:
        parts = [decode(part, page.headers.get("content-type", "")) for part in page.body.split(PAGE_BREAK)]
    except ValueError as error:
        raise ParseError(f"{page.url}: {error} (crawler/article/encoding.py)") from error
    return _parse_text(page, source, parts[0]) if kind == "text/plain" else _parse_html(page, source, parts)


def too_long(text: str) -> str | None:
    """What a text has more of than any article, MAX_TEXT or MAX_WORDS; None for one that can be read."""
    if len(text) > MAX_TEXT:
        return f"{len(text):,} characters"
    # No word or mark is shorter than a character.
    words = len(re.findall(r"\w+|[^\w\s]", text)) if len(text) > MAX_WORDS else 0
    return f"{words:,} words and marks" if words > MAX_WORDS else None


# Three kinds of pages.


def _parse_html(page: Page, source: Source, parts: list[str]) -> Article:
    trees = [_load(part, page.url) for part in parts]
    # lxml makes the Python side of an element anew for each who asks while nobody holds it.
    held = [list(tree.iter()) for tree in trees]
    first = trees[0]
    head = metadata.read_head(first, page)
    _refuse_listing(page, first, head)
    # All that is read off the page comes before its body is cut out of it.
    title = metadata.find_title(first, head, page, source)
    printed = read_printed(first, title)
    published_at = published.find_date(first, head, printed, title, page, source)
    names = authors.find_authors(first, head, printed, page, source)
    address = metadata.canonical_url(first, head, page)
    is_whole = source.multi_page == "whole" or _is_complete(trees, printed, page)
    is_complete = is_whole and not page.hints.get("incomplete")
    teasers = list(_teasers(first, title))
    summary = head.metas.get("og:description") or head.metas.get("description")
    lines: list[str] = []
    for tree in trees:
        # A further page opens with the same standfirst as the first.
        read = _read_body(tree, page, source, summary)
        lines += [line for line in read if line not in lines or not boilerplate.is_prose(line)]
    del held
    paragraphs = clean_lines(lines, title, is_page=True)
    listed = _count_listed(paragraphs, teasers)
    if listed:
        raise ParseError(f"{page.url}: a list of {listed} articles, not one ({_file_of(source)})")
    text = "\n\n".join(paragraphs)
    told = (line for line in paragraphs if len(line) >= boilerplate.PROSE or boilerplate.SENTENCE_END.search(line))
    sentences = sum(map(len, told))
    if sentences < MIN_TEXT:
        raise ParseError(f"{page.url}: {sentences} characters in sentences, no article ({_file_of(source)})")
    return _build_article(page, address, title, names, published_at, text, is_complete)


def _parse_text(page: Page, source: Source, text: str) -> Article:
    lines = boilerplate.cut_end(boilerplate.unwrap(text.splitlines()))
    clean = [line for line in map(clean_spaces, lines) if line]
    heads = [line for line in clean[:3] if not boilerplate.is_furniture(line)]
    title = heads[0] if len(clean) > 1 and heads and _reads_like_title(heads[0]) else None
    paragraphs = clean_lines(lines, title)
    if not paragraphs:
        raise ParseError(f"{page.url}: no text is left of {len(clean)} lines (crawler/article/boilerplate.yml)")
    names = authors.persons(authors.read_bylines(clean))
    published_at = published.choose_date(page, _text_dates(clean, paragraphs, source.zone()))
    is_complete = not any(pagers.says_more_pages(line, 1) for line in clean)
    return _build_article(page, page.url, title, names, published_at, "\n\n".join(paragraphs), is_complete)


def _parse_record(page: Page, source: Source) -> Article:
    try:
        record = parse_json(page.body)
    except ValueError as error:
        raise ParseError(f"{page.url}: no JSON: {error}") from error
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise ParseError(f"{page.url}: a record is a JSON object with a `text`, seen: {str(record)[:60]}")
    title = clean_spaces(str(record.get("title") or "")) or None
    lines = [line for line in map(clean_spaces, record["text"].splitlines()) if line]
    if title and lines and lines[0] == title:
        # Article.text is the body without the title.
        lines = lines[1:]
    if not lines:
        raise ParseError(f"{page.url}: the record's `text` is empty")
    address = str(record.get("url") or page.url)
    if not address.isprintable():
        raise ParseError(f"{page.url}: `url` has characters that cannot be seen: {address[:40]!a}")
    published_at = Published(None, None, "Berkas tidak menyebut tanggal terbit.")
    if record.get("published"):
        try:
            published_at = Published(dates.parse_stamp(str(record["published"]), source.zone()), "api", None)
        except ValueError as error:
            raise ParseError(f"{page.url}: published: {error}; write 2023-11-08 or null") from error
    return _build_article(page, address, title, (), published_at, "\n\n".join(lines), True)


def _build_article(
    page: Page,
    address: str,
    title: str | None,
    names: tuple[str, ...],
    published_at: Published,
    text: str,
    is_complete: bool,
) -> Article:
    if why := too_long(text):
        raise ParseError(f"{page.url}: {why}, no article has so many (crawler/parse.py)")
    return Article(page.url, address, page.source, title, names, *published_at, text, is_complete)


def _file_of(source: Source) -> str:
    return "crawler/parse.py" if source.name == "ingest" else f"crawler/sources/{source.name}.yml"


# The tree.


def _load(html: str, url: str) -> HtmlElement:
    try:
        # lxml refuses a str whose first line declares an encoding, and control characters written as entities.
        tree = document_fromstring(CONTROL_ENTITY.sub(" ", re.sub(r"^\s*<\?xml[^>]*\?>", "", html)))
    except (ValueError, LookupError, LxmlError) as error:
        # What libxml2 says when it has no memory left.
        why = "MemoryError in libxml2" if "unknown error" in str(error) else error
        raise ParseError(f"{url}: no HTML: {why} (crawler/parse.py)") from error
    strip_tags(tree, Comment, ProcessingInstruction)
    return tree


def _refuse_listing(page: Page, tree: HtmlElement, head: Head) -> None:
    parts = urlsplit(page.url)
    kinds = {kind for node in head.linked for kind in metadata.types_of(node)}
    is_article = any(metadata.ARTICLE_TYPES.match(kind) and kind != "WebPage" for kind in kinds)
    body = next(tree.iter("body"), None)
    classes = set((body.get("class") or "").split()) if body is not None else set()
    why = None
    if parts.scheme in ("http", "https") and parts.path.strip("/") in (
        "",
        "index.php",
        "index.html",
        "home",
        "beranda",
    ):
        # A query names an article on old portals: /?p=12, /index.php?id=12.
        why = None if re.search(r"\d", parts.query) else "a home page"
    if _is_wordpress(tree) and classes & LISTING_CLASSES and not any(name.startswith("single") for name in classes):
        why = "a list of articles, by the classes of its <body>"
    elif not is_article and kinds.intersection(LISTING_TYPES):
        why = f"a {', '.join(sorted(kinds.intersection(LISTING_TYPES)))}, by its JSON-LD"
    elif not is_article and (LISTING_PATH.search(parts.path) or re.match(r"s=|q=|cari=", parts.query)):
        why = "a list of articles, by its address"
    if why:
        raise ParseError(f"{page.url}: {why}, not an article (the `match` of its way in crawler/sources/)")


def _is_wordpress(tree: HtmlElement) -> bool:
    return any("/wp-" in (link.get("href") or link.get("src") or "") for link in tree.iter("link", "script", "img"))


def _teasers(tree: HtmlElement, title: str | None) -> Iterator[set[str]]:
    """Headings that lead to other articles, each with the text that follows it, folded."""
    for heading in tree.iter("h1", "h2", "h3", "h4"):
        if next(heading.iter("a"), None) is None and next(heading.iterancestors("a"), None) is None:
            continue
        headline = fold(heading.text_content())
        if len(headline) > 10 and headline != fold(title or ""):
            after = [node for node in (heading.getnext(), heading.getparent().getnext()) if node is not None]
            yield {headline, *(fold(node.text_content()) for node in after)} - {""}


def _count_listed(paragraphs: list[str], teasers: list[set[str]]) -> int:
    """How many articles are listed, where the paragraphs tell of several and not of one."""
    folded = [fold(line) for line in paragraphs]
    told = set(folded)
    listed = [teaser for teaser in teasers if not told.isdisjoint(teaser)]
    lines = set().union(*listed)
    prose = [line for line in folded if len(line) >= boilerplate.PROSE]
    own = sum(len(line) for line in prose if line not in lines)
    if len(listed) < 3 or len(listed) * 5 < len(paragraphs):
        return 0
    return 0 if own >= 800 and 2 * own > sum(map(len, prose)) else len(listed)


def _read_body(tree: HtmlElement, page: Page, source: Source, summary: str | None) -> list[str]:
    try:
        return body_lines(tree, load_family(source.family), source.selectors, summary)
    except LookupError as error:
        raise ParseError(f"{page.url}: {error} ({_file_of(source)})") from error


def _is_complete(trees: list[HtmlElement], printed: Printed, page: Page) -> bool:
    last = printed if len(trees) == 1 else read_printed(trees[-1], None)
    return pagers.is_complete(trees[-1], last, page.url, len(trees))


def _reads_like_title(line: str) -> bool:
    """Whether the first line of a text is its title: no final stop, no dateline, no date line.

    >>> _reads_like_title("Pemkab Paser Evaluasi Smart City"), _reads_like_title("Palu - Wali Kota Palu hadir")
    (True, False)
    """
    if len(line) > 200 or len(line.split()) < 2 or re.search(r"[.,;:…][\"'”’)]*$", line):
        return False
    if boilerplate.DATELINE.match(line) or re.match(r"[A-Z][\w.]*(?:,? [A-Z][\w.]*){0,4} [-–—] ", line):
        return False
    return not re.fullmatch(
        r"[A-Z]\w+(?: [A-Z]\w+){0,2}, ?[\w.]+\.(?:com|id|net)", line
    ) and not boilerplate.is_date_line(line)


def _text_dates(lines: list[str], paragraphs: list[str], zone: ZoneInfo) -> list[tuple[DateSource, datetime]]:
    """Date lines at the head or foot of a text; never a date inside a sentence."""
    first = next((i for i, line in enumerate(lines) if line in paragraphs and boilerplate.is_prose(line)), len(lines))
    edges = [*lines[:first], *(line for line in lines[first:][-4:] if dates.says_published(line))]
    return [("text", stamp) for _, stamp in published.read_dates(edges, zone)]
