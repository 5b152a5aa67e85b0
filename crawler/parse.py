"""A Page to an Article: trafilatura finds the text, our rules for Indonesian pages do the rest."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import trafilatura
import yaml
from courlan import extract_domain
from lxml.html import HtmlElement, document_fromstring  # type: ignore[import-untyped]
from parsel.csstranslator import HTMLTranslator

from crawler import boilerplate, dates
from crawler.boilerplate import clean_lines, clean_spaces, fold
from crawler.encoding import decode
from crawler.items import PAGE_BREAK, Article, DateSource, Page, ParseError
from crawler.source import Selectors, Source

ROOM = Path(__file__).parent
FAMILIES = ROOM / "families"
MIN_TEXT = 140
"""Characters; a web page with less is a picture, a video or a stub."""

ARTICLE_TYPES = re.compile(r"(?:\w*NewsArticle|Article|BlogPosting|ReportageNewsArticle|Report|WebPage)$")
LISTING_TYPES = ("CollectionPage", "SearchResultsPage", "ProfilePage")
LISTING_PATH = re.compile(
    r"/(?:(?:tags?|topi[ck]|kategori|category|kanal|author|penulis|search|cari|indeks?|page)(?:/[^/]*)?(?:/page/\d+)?)/?$",
    re.IGNORECASE,
)
# Of WordPress's own body classes; a theme cannot help printing them.
LISTING_CLASSES = {"archive", "category", "tag", "search", "search-results", "author", "blog", "error404"}
PUBLISHED_METAS = (
    "article:published_time", "og:published_time", "og:article:published_time", "article:published", "datepublished",
    "publishdate", "publish-date", "publish_date", "published_time", "published-date", "pubdate", "dtk:publishdate",
    "content_publisheddate", "cxenseparse:recs:publishtime", "parsely-pub-date", "sailthru.date", "dc.date.issued",
    "dc.date.created", "dcterms.created", "dcterms.issued", "dc.date", "dcterms.date", "date",
)  # fmt: skip
TRACKERS = re.compile(
    r"(?:utm_\w+|fbclid|gclid|igshid|mc_cid|mc_eid|_ga|amp|outputtype|ref|source|from)$", re.IGNORECASE
)
SEPARATOR = re.compile(r"\s+[|–—·•»:-]+\s+|\s*[|»]\s*")
BYLINE = re.compile(
    r"(?:(?:di)?(?:tulis|laporkan)\s+oleh|penulis|reporter|pewarta|wartawan|jurnalis|kontributor|oleh|laporan(?:\s+wartawan)?"
    r"|redaktur\s*&\s*reporter|penulis\s*[/&]\s*editor)\s*[:;]\s*(?P<names>[^|•·–—/]{3,80})",
    re.IGNORECASE,
)
AUTHOR_PATH = re.compile(r"/(?:author|penulis|reporter|wartawan|jurnalis|me|profile?)/[^/]+/?$", re.IGNORECASE)
OUTSIDE = {"nav", "aside", "footer", "form", "select", "figure"}
OUTSIDE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:today|top-?date|current-?date|hari-?ini|clock|jam|ticker|topbar|navbar|nav|menu|sidebar|widget|footer|related\w*"
    r"|terkait|populer|terpopuler|trending|comments?|komentar|latest|terbaru|terkini|card|snippet)(?=$|[\s_-])",
    re.IGNORECASE,
)


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
        raise ParseError(f"{page.url}: {error} (crawler/encoding.py)") from error
    return _parse_text(page, source, parts[0]) if kind == "text/plain" else _parse_html(page, source, parts)


def parser_version(source: Source) -> str:
    """First 12 hex digits of a hash of all that decides how a page of `source` reads: code, rules, selectors."""
    digest = hashlib.sha256(trafilatura.__version__.encode())
    code = ("parse.py", "dates.py", "boilerplate.py", "boilerplate.yml", "encoding.py", "items.py")
    for path in [*(ROOM / name for name in code), *sorted(FAMILIES.glob("*.yml"))]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    # Not its ways and delays: asking a site more slowly does not make its pages read differently.
    digest.update(source.model_dump_json(include={"family", "timezone", "selectors", "multi_page"}).encode())
    return digest.hexdigest()[:12]


@cache
def load_family(name: str) -> Selectors:
    """What the sites on one CMS share; nothing for a family without a file, such as generic."""
    path = FAMILIES / f"{name}.yml"
    return Selectors.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))) if path.exists() else Selectors()


# Three kinds of pages.


def _parse_html(page: Page, source: Source, parts: list[str]) -> Article:
    trees = [_load(part, page.url) for part in parts]
    first = trees[0]
    linked = _linked_data(first)
    _refuse_listing(page, first, linked)
    title = _find_title(first, linked, page, source)
    found_date = _find_date(first, linked, title, page, source)
    authors = _find_authors(first, linked, page, source)
    is_complete = _is_complete(trees, page)
    canonical_url = _canonical_url(first, page)
    headlines = {fold(link) for link in _linked_headlines(first)}
    lines: list[str] = []
    for tree in trees:
        # A further page opens with the same standfirst as the first.
        lines += [
            line for line in _body_lines(tree, page, source) if line not in lines or not boilerplate.is_prose(line)
        ]
    paragraphs = clean_lines(lines, title)
    teasers = sum(fold(line) in headlines or re.search(r"(?:\[…\]|\[\.\.\.\]|selengkapnya\W*)$", line) is not None
                  for line in paragraphs)  # fmt: skip
    if teasers >= 3 and teasers * 5 >= len(paragraphs):
        raise ParseError(f"{page.url}: a list of {teasers} articles, not one ({_file_of(source)})")
    text = "\n\n".join(paragraphs)
    if len(text) < MIN_TEXT:
        raise ParseError(f"{page.url}: {len(text)} characters of text, no article ({_file_of(source)})")
    return _build_article(page, canonical_url, title, authors, found_date, text, is_complete)


def _parse_text(page: Page, source: Source, text: str) -> Article:
    lines = boilerplate.cut_end(boilerplate.unwrap(text.splitlines()))
    clean = [line for line in map(clean_spaces, lines) if line]
    heads = [line for line in clean[:3] if not boilerplate.is_furniture(line)]
    title = heads[0] if len(clean) > 1 and heads and _reads_like_title(heads[0]) else None
    paragraphs = clean_lines(lines, title)
    if not paragraphs:
        raise ParseError(f"{page.url}: no text is left of {len(clean)} lines (crawler/boilerplate.yml)")
    by = (match["names"] for line in clean if len(line) <= 160 and (match := BYLINE.match(line)))
    authors = _persons(name for names in by for name in _split_names(names))
    found_date = _choose_date(page, _text_dates(clean, paragraphs, source.zone()))
    is_complete = not any(_says_more_pages(line, 1) for line in clean)
    return _build_article(page, page.url, title, authors, found_date, "\n\n".join(paragraphs), is_complete)


def _parse_record(page: Page, source: Source) -> Article:
    try:
        record = json.loads(page.body)
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
    published = record.get("published")
    try:
        published_at = dates.parse_stamp(str(published), source.zone()) if published else None
    except ValueError as error:
        raise ParseError(f"{page.url}: published: {error}; write 2023-11-08 or null") from error
    found: tuple[datetime | None, DateSource | None, str | None] = (
        (published_at, "api", None) if published_at else (None, None, "Berkas tidak menyebut tanggal terbit.")
    )
    return _build_article(page, str(record.get("url") or page.url), title, (), found, "\n\n".join(lines), True)


def _build_article(
    page: Page,
    canonical_url: str,
    title: str | None,
    authors: tuple[str, ...],
    found_date: tuple[datetime | None, DateSource | None, str | None],
    text: str,
    is_complete: bool,
) -> Article:
    published_at, published_by, date_reason = found_date
    return Article(
        page.url, canonical_url, page.source, title, authors, published_at, published_by, date_reason, text, is_complete
    )


def _file_of(source: Source) -> str:
    return "crawler/parse.py" if source.name == "ingest" else f"crawler/sources/{source.name}.yml"


# The tree.


def _load(html: str, url: str) -> HtmlElement:
    try:
        # lxml refuses a str that declares an encoding; these bytes have one.
        return document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", html))
    except (ValueError, LookupError, SyntaxError) as error:
        raise ParseError(f"{url}: no HTML: {error} (crawler/parse.py)") from error


def _select(tree: HtmlElement, css: str) -> list[Any]:
    """Elements, or strings where the selector ends in ::text or ::attr()."""
    found: list[Any] = tree.xpath(HTMLTranslator().css_to_xpath(css))
    return found


def _first_text(tree: HtmlElement, css: str | None) -> str | None:
    for found in _select(tree, css) if css else []:
        text = clean_spaces(found if isinstance(found, str) else found.text_content())
        if text:
            return text
    return None


def _metas(tree: HtmlElement) -> dict[str, str]:
    """Content of the meta tags by lower-case name, the first of each name."""
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().casefold()
        content = clean_spaces(meta.get("content") or "")
        if name and content:
            metas.setdefault(name, content)
    return metas


def _linked_data(tree: HtmlElement) -> list[dict[str, Any]]:
    """The objects of the page's JSON-LD that can be its article; news articles before web pages."""
    found: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:
            # strict=False: themes print raw line breaks inside strings.
            roots = [json.loads(script.text or "", strict=False)]
        except ValueError:
            continue
        while roots:
            node = roots.pop(0)
            if isinstance(node, list):
                roots += node
            elif isinstance(node, dict):
                roots += [node[key] for key in ("@graph", "mainEntity") if key in node]
                found.append(node)
    return sorted(found, key=lambda node: "WebPage" in _types(node))


def _types(node: dict[str, Any]) -> list[str]:
    types = node.get("@type")
    return [str(kind) for kind in (types if isinstance(types, list) else [types]) if kind]


def _articles(linked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [node for node in linked if any(ARTICLE_TYPES.match(kind) for kind in _types(node))]


def _refuse_listing(page: Page, tree: HtmlElement, linked: list[dict[str, Any]]) -> None:
    parts = urlsplit(page.url)
    kinds = {kind for node in linked for kind in _types(node)}
    is_article = any(ARTICLE_TYPES.match(kind) and kind != "WebPage" for kind in kinds)
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
    if classes & LISTING_CLASSES and not any(name.startswith("single") for name in classes):
        why = "a list of articles, by the classes of its <body>"
    elif not is_article and kinds.intersection(LISTING_TYPES):
        why = f"a {', '.join(sorted(kinds.intersection(LISTING_TYPES)))}, by its JSON-LD"
    elif not is_article and (LISTING_PATH.search(parts.path) or re.match(r"s=|q=|cari=", parts.query)):
        why = "a list of articles, by its address"
    if why:
        raise ParseError(f"{page.url}: {why}, not an article (the `match` of its way in crawler/sources/)")


def _linked_headlines(tree: HtmlElement) -> Iterator[str]:
    for heading in tree.iter("h1", "h2", "h3", "h4"):
        if heading.find(".//a") is not None or any(parent.tag == "a" for parent in heading.iterancestors()):
            yield heading.text_content()


def _is_outside(element: HtmlElement) -> bool:
    """Whether an element lies in what surrounds an article: navigation, sidebars, lists of other articles."""
    for node in (element, *element.iterancestors()):
        if node.tag in OUTSIDE:
            return True
        if node.tag in ("body", "main", "article"):
            return False
        if OUTSIDE_NAMES.search(f"{node.get('class', '')} {node.get('id', '')}"):
            return True
    return False


# The body.


def _body_lines(tree: HtmlElement, page: Page, source: Source) -> list[str]:
    family, own = load_family(source.family), source.selectors
    for css in (*family.remove, *own.remove):
        for element in _select(tree, css):
            if element.getparent() is not None:
                element.drop_tree()
    found = _select(tree, own.body) if own.body else []
    if own.body and not found:
        raise ParseError(f"{page.url}: nothing at {own.body!r} ({_file_of(source)})")
    found = found or (_select(tree, family.body) if family.body else [])
    if found:
        tree = _only(found)
    boilerplate.prune(tree)
    # fast=True: the fallback comparison of the default costs a third more and found nothing more on Indonesian pages.
    document = trafilatura.bare_extraction(tree, fast=True, include_comments=False, include_tables=True)
    text = document.text if document is not None else None
    return [re.sub(r"^[-•]\s+", "", line).strip(" |") for line in (text or "").splitlines()]


def _only(elements: list[HtmlElement]) -> HtmlElement:
    """A page that holds these elements alone, without those inside others of them."""
    tree = document_fromstring("<html><body><article></article></body></html>")
    article = next(tree.iter("article"))
    chosen = set(elements)
    for element in elements:
        if not chosen.intersection(element.iterancestors()):
            element.tail = None
            article.append(element)
    return tree


def _is_complete(trees: list[HtmlElement], page: Page) -> bool:
    if re.search(r"[?&](?:page=all|single=1|showpage=all)\b", page.url):
        return True
    read = len(trees)
    for tree in trees:
        for block in tree.iter("p", "div", "span", "li", "nav"):
            if block.find("*") is None and block.text and _says_more_pages(clean_spaces(block.text), read):
                return False
    here = urlsplit(page.url)
    for link in trees[-1].iter("a"):
        there = urlsplit(urljoin(page.url, (link.get("href") or "").strip()))
        if there.netloc != here.netloc:
            continue
        number = (
            re.fullmatch(rf"{re.escape(here.path.rstrip('/'))}/(?:page/)?([2-9]|1\d)/?", there.path)
            if here.path.strip("/")
            else None
        )
        query = (
            re.search(r"(?:^|&)page=(\d+|all)(?:&|$)", there.query)
            if there.path.rstrip("/") == here.path.rstrip("/")
            else None
        )
        last = number[1] if number else query[1] if query else None
        if last and ((last == "all" and read == 1) or (last.isdigit() and int(last) > read)):
            return False
    return True


def _says_more_pages(line: str, read: int) -> bool:
    """Whether a pager says that there are more pages than were read: "Halaman 1/2", "Halaman 1 dari 3"."""
    match = re.fullmatch(r"hal(?:aman)?\s*:?\s*(\d{1,2})\s*(?:/|dari|of)\s*(\d{1,2})", line, re.IGNORECASE)
    return match is not None and int(match[2]) > read


# Title, authors, address.


def _find_title(tree: HtmlElement, linked: list[dict[str, Any]], page: Page, source: Source) -> str | None:
    own = _first_text(tree, source.selectors.title)
    if own:
        return own
    metas = _metas(tree)
    headings = [clean_spaces(heading.text_content()) for heading in tree.iter("h1", "h2", "h3")]
    headlines = [clean_spaces(str(node.get("headline") or "")) for node in _articles(linked)]
    page_title = clean_spaces(tree.findtext(".//title") or "")
    site = _site_names(metas, page.url)
    for said in (metas.get("og:title", ""), *headlines, metas.get("twitter:title", ""), page_title):
        for heading in headings:
            # The heading is the title as it was set; what a meta tag adds after it is the site's name.
            if len(heading) > 10 and fold(said).startswith(fold(heading)) and not _is_site(heading, site):
                return heading
        title = _strip_site(said, site)
        if title and not _is_site(title, site):
            family = _first_text(tree, load_family(source.family).title)
            return family if family and _names_page(family, page.url) and not _names_page(title, page.url) else title
    marked = _first_text(tree, load_family(source.family).title)
    big = next((clean_spaces(h.text_content()) for h in tree.iter("h1") if not _is_site(h.text_content(), site)), None)
    return marked or big or clean_spaces(page.hints.get("title", "")) or None


def _site_names(metas: dict[str, str], url: str) -> set[str]:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    names = {metas.get("og:site_name", ""), metas.get("application-name", ""), host, extract_domain(url) or ""}
    return {fold(name).replace(" ", "") for name in names if name}


def _is_site(text: str, site: set[str]) -> bool:
    return fold(text).replace(" ", "") in {*site, "", "beranda", "home", "berita", "news", "detailberita", "artikel"}


def _strip_site(title: str, site: set[str]) -> str:
    """A title without the site's name at its end or start: "… - Hot Liputan6.com", "… | merdeka.com"."""
    while True:
        marks = list(SEPARATOR.finditer(title))
        if not marks:
            return title
        head, tail = title[: marks[0].start()], title[marks[-1].end() :]
        folded = fold(tail).replace(" ", "")
        if folded and (any(name and (name in folded or folded in name) for name in site) or _is_host(tail)):
            title = title[: marks[-1].start()].strip()
        elif fold(head).replace(" ", "") in site:
            title = title[marks[0].end() :].strip()
        else:
            return title


def _is_host(text: str) -> bool:
    return len(text) <= 50 and re.search(r"\w\.(?:com|id|net|org|news|info|tv)$", text, re.IGNORECASE) is not None


def _names_page(title: str, url: str) -> bool:
    """Whether the words of a title stand in the address."""
    slug = set(fold(unquote(urlsplit(url).path).replace("-", " ").replace("_", " ")).split())
    words = fold(title).split()
    return bool(words) and sum(word in slug for word in words) * 2 >= len(words)


def _reads_like_title(line: str) -> bool:
    """Whether the first line of a text is its title: no final stop, no dateline, no date line.

    >>> _reads_like_title("Pemkab Paser Evaluasi Smart City"), _reads_like_title("Palu - Wali Kota Palu hadir")
    (True, False)
    """
    if len(line) > 200 or len(line.split()) < 2 or re.search(r"[.,;:…][\"'”’)]*$", line):
        return False
    if boilerplate.DATELINE.match(line) or re.match(r"(?:[A-Z][\w.]*[ ,]*){1,5}\s[-–—]\s", line):
        return False
    return not re.fullmatch(r"(?:[A-Z]\w+ ?){1,3}, ?[\w.]+\.(?:com|id|net)", line) and not boilerplate.is_date_line(
        line
    )


def _find_authors(tree: HtmlElement, linked: list[dict[str, Any]], page: Page, source: Source) -> tuple[str, ...]:
    """Persons who wrote it: the visible byline first, because meta tags often name the outlet or the editor."""
    own = _first_text(tree, source.selectors.author) or _first_text(tree, load_family(source.family).author)
    metas = _metas(tree)
    ways: list[Iterator[str]] = [
        iter(_split_names(re.sub(r"^[\w &/]{2,30}:\s*", "", own)) if own else []),
        (name for names in _bylines(tree) for name in _split_names(names)),
        (_without_role(" ".join(link.itertext())) for link in tree.iter("a")
         if (link.get("rel") == "author" or AUTHOR_PATH.search(urlsplit(link.get("href") or "").path))
         and not _is_outside(link)),
        iter(_split_names(page.hints.get("author", ""))),
        iter(_split_names(metas.get("content_author", ""))),
        (name for node in _articles(linked) for name in _named(node.get("author"))),
        iter(_split_names(metas.get("author", "") or metas.get("article:author", ""))),
    ]  # fmt: skip
    for names in ways:
        authors = _persons(names)
        if authors:
            return authors
    return ()


def _bylines(tree: HtmlElement) -> Iterator[str]:
    for block in tree.iter("p", "div", "span", "li", "h4", "h5", "h6", "strong", "b", "em", "i", "small", "td"):
        text = clean_spaces(block.text_content()) if len(block) < 8 else ""
        match = BYLINE.match(text) if 0 < len(text) <= 160 else None
        if match and not _is_outside(block):
            yield match["names"]


def _without_role(text: str) -> str:
    """The name in a link to its bearer's page; nothing for an editor's.

    >>> _without_role("Rina Wulandari Author"), _without_role("Damar Editor")
    ('Rina Wulandari', '')
    """
    name, role = re.fullmatch(r"(.*?)\s*((?:author|penulis|reporter|editor|redaktur)?)", clean_spaces(text), re.I).groups()
    return "" if role.casefold() in ("editor", "redaktur") else name


def _named(author: Any) -> Iterator[str]:
    for each in author if isinstance(author, list) else [author]:
        if isinstance(each, str):
            yield from _split_names(each)
        elif isinstance(each, dict) and "Organization" not in _types(each):
            yield from _split_names(str(each.get("name") or ""))


def _split_names(names: str) -> list[str]:
    names = re.split(r"\s+(?:editor|redaktur|foto)\b", names, flags=re.IGNORECASE)[0]
    # A comma parts two people, and a person from a degree: "Rina Wulandari, S.Kom".
    return re.split(r"\s*[;&]\s*|\s+dan\s+|,\s*(?=[A-Z][a-z]+\s+[A-Z][a-z])", names)


def _persons(names: Iterator[str]) -> tuple[str, ...]:
    cleaned = (clean_spaces(name).strip(" .,:|-") for name in names)
    return tuple(dict.fromkeys(name for name in cleaned if "http" not in name and boilerplate.is_person(name)))[:4]


def _canonical_url(tree: HtmlElement, page: Page) -> str:
    """The address that the page gives itself where that is believable, else its own without trackers."""
    own = _strip_trackers(page.url)
    links = [
        link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").casefold().split()
    ]
    for said in (*links, _metas(tree).get("og:url")):
        if not said:
            continue
        url = re.sub(r"^https?://web\.archive\.org/web/\d+\w*/(?=http)", "", urljoin(page.url, said.strip()))
        if _is_believable(url, page.url):
            return _strip_trackers(url)
    return own


def _is_believable(url: str, fetched: str) -> bool:
    there, here = urlsplit(url), urlsplit(fetched)
    if there.scheme not in ("http", "https") or not there.hostname:
        return False
    if here.scheme not in ("http", "https"):
        return bool(there.path.strip("/") or there.query)
    # Some themes give every page the address of the home page: all articles would become one.
    if not there.path.strip("/") and not there.query:
        return not here.path.strip("/")
    same = extract_domain(url) == extract_domain(fetched) or there.hostname == here.hostname
    return same or there.path.rstrip("/").rpartition("/")[2] == here.path.rstrip("/").rpartition("/")[2] != ""


def _strip_trackers(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return url
    query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True)
             if not TRACKERS.match(key) and not (key == "page" and value in ("all", "1"))]  # fmt: skip
    return urlunsplit((parts.scheme, parts.netloc, re.sub(r"/amp/?$", "/", parts.path), urlencode(query), ""))


# The date of publication.


def _find_date(
    tree: HtmlElement, linked: list[dict[str, Any]], title: str | None, page: Page, source: Source
) -> tuple[datetime | None, DateSource | None, str | None]:
    zone = source.zone()
    visible = list(_visible_dates(tree, title, page, source))
    machine: list[tuple[DateSource, str]] = []
    if page.hints.get("date"):
        machine.append(("api", page.hints["date"]))
    machine += [("jsonld", str(node["datePublished"])) for node in _articles(linked) if node.get("datePublished")]
    metas = _metas(tree)
    machine += [("meta", metas[name]) for name in PUBLISHED_METAS if name in metas]
    machine += [("time", stamp) for stamp in _time_stamps(tree, title)]
    candidates = [
        (by, stamp)
        for by, text in machine
        if (stamp := _read_stamp(text, zone, [line for line, _ in visible])) is not None
    ]
    candidates += [("text", stamp) for _, stamp in visible]
    with suppress(ValueError):
        candidates.append(("url", dates.parse_path(urlsplit(page.url).path, zone)))
    return _choose_date(page, candidates)


def _choose_date(
    page: Page, candidates: list[tuple[DateSource, datetime]]
) -> tuple[datetime | None, DateSource | None, str | None]:
    for by, stamp in candidates:
        if dates.is_plausible(stamp, page.fetched_at):
            return stamp, by, None
    if candidates:
        return None, None, f"Tanggal pada halaman tidak masuk akal: {candidates[0][1]:%Y-%m-%d}."
    return None, None, "Halaman tidak menyebut tanggal terbit."


def _read_stamp(text: str, zone: tzinfo, lines: list[str]) -> datetime | None:
    try:
        stamp = dates.parse_stamp(text, zone)
    except ValueError:
        return None
    # Some sites print the local clock and call it UTC; the date line that readers see tells.
    utc = re.search(r"[T ](\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?\s*(?:Z|GMT|[+-]00:?00)$", text.strip())
    if utc and any(re.search(rf"\b{utc[1]}[:.]{utc[2]}\b", line) for line in lines):
        return stamp.astimezone(UTC).replace(tzinfo=zone)
    return stamp


def _title_element(tree: HtmlElement, title: str | None) -> HtmlElement | None:
    if title is None:
        return None
    wanted = fold(title)
    for tags in (("h1",), ("h2", "h3", "h4"), ("div", "span", "p", "strong", "b")):
        for element in tree.iter(*tags):
            if len(element) < 4 and fold(element.text_content()) == wanted and not _is_outside(element):
                return element
    return None


def _time_stamps(tree: HtmlElement, title: str | None) -> Iterator[str]:
    """Machine-readable <time> of the article itself; a page has many of other articles."""
    heading = _title_element(tree, title)
    own = None
    if heading is not None:
        own = next((node for node in heading.iterancestors() if node.tag == "article"), None)
        if own is None:
            own = next(islice(heading.iterancestors(), 2, 3), None)
    elif len(list(tree.iter("article"))) == 1:
        own = next(tree.iter("article"))
    if own is None or own.tag in ("html", "body"):
        return
    times = [time for time in own.iter("time") if time.get("datetime") and not _is_outside(time)]
    times = [time for time in times if "updated" not in (time.get("class") or "").split() or _is_marked(time)]
    yield from (time.get("datetime") for time in sorted(times, key=lambda time: not _is_marked(time)))


def _is_marked(time: HtmlElement) -> bool:
    return (
        re.search(
            r"publish|entry-date|post-date|datepublished", f"{time.get('class')} {time.get('itemprop')}", re.IGNORECASE
        )
        is not None
    )


def _visible_dates(tree: HtmlElement, title: str | None, page: Page, source: Source) -> Iterator[tuple[str, datetime]]:
    """Printed date lines with what they say, the most trusted first."""
    zone = source.zone()
    for css in (source.selectors.date, load_family(source.family).date):
        line = _first_text(tree, css)
        if line:
            yield from _read_lines([line], zone)
    heading = _title_element(tree, title)
    if heading is not None:
        yield from _read_lines(_short_blocks_after(heading), zone)
        # A theme's "today" bar stands above the title, too; what shows the day of the fetch may be one.
        today = page.fetched_at.astimezone(zone).date()
        above = _read_lines(_short_blocks_before(heading), zone)
        yield from ((line, stamp) for line, stamp in above if stamp.date() != today)
    labelled = [line for line in _short_blocks(tree) if dates.says_published(line)]
    yield from _read_lines(labelled, zone)


def _read_lines(lines: list[str], zone: tzinfo) -> Iterator[tuple[str, datetime]]:
    for line in lines:
        try:
            yield line, dates.parse_dateline(line, zone)
        except ValueError:
            continue


def _block_text(element: HtmlElement) -> str:
    if not isinstance(element.tag, str) or element.tag in ("script", "style", "option") or len(element) > 8:
        return ""
    return clean_spaces(element.text_content())


def _short_blocks_after(heading: HtmlElement) -> list[str]:
    """Short texts between the title and the first paragraph."""
    lines = []
    for element in islice(heading.xpath("following::*"), 150):
        text = _block_text(element)
        if (element.tag == "p" and len(text) >= 160) or element.tag in ("h1", "h2", "footer", "aside"):
            break
        if 0 < len(text) <= 160 and not _is_outside(element):
            lines.append(text)
    return lines


def _short_blocks_before(heading: HtmlElement) -> list[str]:
    """Short texts above the title in the same box, the nearest first."""
    box = next(islice(heading.iterancestors(), 1, 2), None)
    if box is None or box.tag in ("html", "body"):
        return []
    lines = []
    for element in box.iterdescendants():
        if element is heading:
            break
        text = _block_text(element)
        if 0 < len(text) <= 160 and not _is_outside(element):
            lines.append(text)
    return lines[::-1]


def _short_blocks(tree: HtmlElement) -> list[str]:
    blocks = tree.iter("p", "div", "span", "li", "small", "em", "i", "time", "td")
    return [text for block in blocks if 0 < len(text := _block_text(block)) <= 160 and not _is_outside(block)]


def _text_dates(lines: list[str], paragraphs: list[str], zone: ZoneInfo) -> list[tuple[DateSource, datetime]]:
    """Date lines at the head or foot of a text; never a date inside a sentence."""
    first = next((i for i, line in enumerate(lines) if line in paragraphs and boilerplate.is_prose(line)), len(lines))
    edges = [*lines[:first], *(line for line in lines[first:][-4:] if dates.says_published(line))]
    return [("text", stamp) for _, stamp in _read_lines(edges, zone)]
