"""What a page says of its article: title, authors, address, day of publication."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, tzinfo
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urljoin, urlsplit, urlunsplit

from courlan import extract_domain
from lxml.html import HtmlElement  # type: ignore[import-untyped]
from parsel.csstranslator import HTMLTranslator

from crawler import boilerplate, dates
from crawler.boilerplate import clean_spaces, fold
from crawler.items import DateSource, Page
from crawler.source import Source, load_family

PUBLISHED_METAS = (
    "article:published_time", "og:published_time", "og:article:published_time", "article:published", "datepublished",
    "publishdate", "publish-date", "publish_date", "published_time", "published-date", "pubdate", "dtk:publishdate",
    "content_publisheddate", "cxenseparse:recs:publishtime", "parsely-pub-date", "sailthru.date", "dc.date.issued",
    "dc.date.created", "dcterms.created", "dcterms.issued", "dc.date", "dcterms.date", "date",
)  # fmt: skip
TRACKERS = re.compile(r"(?:utm_\w+|fbclid|gclid|igshid|mc_cid|mc_eid|_ga|amp|outputtype|ref)$", re.IGNORECASE)
SEPARATOR = re.compile(r"\s+[|–—·•»:-]+\s+|\s*[|»]\s*")
BYLINE = re.compile(
    r"(?:(?:di)?(?:tulis|laporkan)\s+oleh|penulis|reporter|pewarta|wartawan|jurnalis|kontributor|oleh|laporan(?:\s+wartawan)?"
    r"|redaktur\s*&\s*reporter|penulis\s*[/&]\s*editor)\s*[:;]\s*(?P<names>[^|•·–—/]{3,80})",
    re.IGNORECASE,
)
AUTHOR_MARKED = (
    "//*[@rel='author' or @itemprop='author' or contains(concat(' ', @class, ' '), ' author ')]"
    "[string-length(normalize-space()) < 60]"
)
AUTHOR_PATH = re.compile(r"/(?:author|penulis|reporter|wartawan|jurnalis|me|profile?)/[^/]+/?$", re.IGNORECASE)
OUTSIDE = {"nav", "aside", "footer", "form", "select", "figure"}
OUTSIDE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:today|top-?date|current-?date|hari-?ini|clock|jam|ticker|topbar|navbar|nav|menu|sidebar|widget|footer|related\w*"
    r"|terkait|populer|terpopuler|trending|comments?|komentar|latest|terbaru|terkini|card|snippet)(?=$|[\s_-])",
    re.IGNORECASE,
)
ARTICLE_TYPES = re.compile(r"(?:\w*NewsArticle|Article|BlogPosting|ReportageNewsArticle|Report|WebPage)$")


class Published(NamedTuple):
    """When an article was published and how that was found, or why it is not known."""

    at: datetime | None
    by: DateSource | None
    reason: str | None


def split_link(base: str, href: str | None) -> SplitResult:
    """The parts of a link on a page, made absolute; of nothing where it is no address."""
    try:
        return urlsplit(urljoin(base, (href or "").strip()))
    except ValueError:
        return urlsplit("")


def select(tree: HtmlElement, css: str) -> list[Any]:
    """Elements, or strings where the selector ends in ::text or ::attr()."""
    found: list[Any] = tree.xpath(HTMLTranslator().css_to_xpath(css))
    return found


def _first_text(tree: HtmlElement, css: str | None) -> str | None:
    for found in select(tree, css) if css else []:
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


def linked_data(tree: HtmlElement) -> list[dict[str, Any]]:
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
    return sorted(found, key=lambda node: "WebPage" in types_of(node))


def types_of(node: dict[str, Any]) -> list[str]:
    types = node.get("@type")
    return [str(kind) for kind in (types if isinstance(types, list) else [types]) if kind]


def linked_articles(linked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [node for node in linked if any(ARTICLE_TYPES.match(kind) for kind in types_of(node))]


def is_outside(element: HtmlElement) -> bool:
    """Whether an element lies in what surrounds an article: navigation, sidebars, lists of other articles."""
    for node in (element, *element.iterancestors()):
        if "entry-footer" in (node.get("class") or "").split():
            continue  # of the article: WordPress's own themes print date and author below the text
        if node.tag in OUTSIDE:
            return True
        if node.tag in ("body", "main", "article"):
            return False
        if OUTSIDE_NAMES.search(f"{node.get('class', '')} {node.get('id', '')}"):
            return True
    return False


# Title, authors, address.


def find_title(tree: HtmlElement, linked: list[dict[str, Any]], page: Page, source: Source) -> str | None:
    """The headline without the site's name, as the page prints it."""
    chosen = _first_text(tree, source.selectors.title)
    if chosen:
        return chosen
    metas = _metas(tree)
    site = _site_names(metas, page.url)
    headings = [clean_spaces(heading.text_content()) for heading in tree.iter("h1", "h2", "h3")]
    headings = [heading for heading in headings if len(heading) > 10 and not _is_site(heading, site)]
    said = [
        metas.get("og:title", ""),
        *(clean_spaces(str(node.get("headline") or "")) for node in linked_articles(linked)),
        metas.get("twitter:title", ""),
        clean_spaces(tree.findtext(".//title") or ""),
    ]
    # The heading is the title as it was set; what a meta tag adds after it is the site's name.
    printed = [heading for title in said for heading in headings if title and fold(title).startswith(fold(heading))]
    stripped = [title for title in (_strip_site(title, site) for title in said) if not _is_site(title, site)]
    marked = _first_text(tree, load_family(source.family).title)
    # Portals that call every page by the site's name still name it in its address, or in its first big heading.
    named = [title for title in (*printed, *stripped, marked, *headings) if title and _names_page(title, page.url)]
    big = [clean_spaces(heading.text_content()) for heading in tree.iter("h1")]
    rest = [*printed, *stripped, marked, *(heading for heading in big if heading in headings), page.hints.get("title")]
    return next(filter(None, [*named, *rest]), None)


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
    """Whether a title has most of the words that the address has.

    >>> _names_page("Kolaka Raih Penghargaan", "https://kolaka.example/berita/kolaka-raih-penghargaan")
    True
    >>> _names_page("Portal Kolaka", "https://kolaka.example/berita/kolaka-raih-penghargaan")
    False
    """
    segments = urlsplit(url).path.rstrip("/").split("/")
    slug = set(re.findall(r"[^\W\d_]{2,}", unquote(segments[-1]).casefold())) - {"html", "htm", "php"}
    return len(slug) >= 3 and len(slug & set(fold(title).split())) * 2 > len(slug)


def find_authors(tree: HtmlElement, linked: list[dict[str, Any]], page: Page, source: Source) -> tuple[str, ...]:
    """Persons who wrote it: the visible byline first, because meta tags often name the outlet or the editor."""
    chosen = _first_text(tree, source.selectors.author) or _first_text(tree, load_family(source.family).author) or ""
    metas = _metas(tree)
    ways = (
        read_bylines([chosen]) or split_names(chosen),
        read_bylines(_short_blocks(tree)),
        [_without_role(" ".join(link.itertext())) for link in tree.xpath(AUTHOR_MARKED) if not is_outside(link)],
        [_without_role(" ".join(link.itertext())) for link in tree.iter("a") if _leads_to_author(link)],
        split_names(page.hints.get("author", "")),
        split_names(metas.get("content_author", "")),
        [name for node in linked_articles(linked) for name in _named(node.get("author"))],
        split_names(metas.get("author", "") or metas.get("article:author", "")),
    )
    return next(filter(None, map(persons, ways)), ())


def read_bylines(lines: Iterable[str]) -> list[str]:
    """Names behind "Penulis:", "Oleh:" and their kin, among short lines."""
    pieces = (piece for line in lines if len(line) <= 160 for piece in re.split(r"\s*[|•·–—]\s*", line))
    matches = filter(None, map(BYLINE.fullmatch, pieces))
    return [name for match in matches for name in split_names(match["names"])]


def _leads_to_author(link: HtmlElement) -> bool:
    return AUTHOR_PATH.search(split_link("", link.get("href")).path) is not None and not is_outside(link)


def _without_role(text: str) -> str:
    """The name in a link to its bearer's page; nothing for an editor's.

    >>> _without_role("Rina Wulandari Author"), _without_role("Damar Editor")
    ('Rina Wulandari', '')
    """
    name = re.sub(r"\s*(?:author|penulis|reporter)$", "", clean_spaces(text), flags=re.IGNORECASE)
    return "" if re.search(r"(?:editor|redaktur)$", name, re.IGNORECASE) else name


def _named(author: Any) -> Iterator[str]:
    for each in author if isinstance(author, list) else [author]:
        if isinstance(each, str):
            yield from split_names(each)
        elif isinstance(each, dict) and "Organization" not in types_of(each):
            yield from split_names(str(each.get("name") or ""))


def split_names(names: str) -> list[str]:
    """Names in an author's field; a comma parts two people, but not a person from a degree.

    >>> split_names("Rina Wulandari, S.Kom dan Damar Prakoso; Editor: Sekar")
    ['Rina Wulandari, S.Kom', 'Damar Prakoso', 'Editor: Sekar']
    """
    return re.split(r"\s*[;&|]\s*|\s+dan\s+|,\s*(?=[A-Z][a-z]+\s+[A-Z][a-z])", names)


def persons(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that are of persons, each once, four at most."""
    cleaned = (clean_spaces(name).strip(" .,:|-") for name in names)
    return tuple(dict.fromkeys(name for name in cleaned if boilerplate.is_person(name)))[:4]


def canonical_url(tree: HtmlElement, page: Page) -> str:
    """The address that the page gives itself where that is believable, else its own without trackers."""
    own = _strip_trackers(page.url)
    links = [
        link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").casefold().split()
    ]
    for said in (*links, _metas(tree).get("og:url")):
        if not said:
            continue
        url = re.sub(r"^https?://web\.archive\.org/web/\d+\w*/(?=http)", "", split_link(page.url, said).geturl())
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
    slugs = [parts.path.rstrip("/").rpartition("/")[2] for parts in (there, here)]
    # A network's outlets print each other's articles, under one slug.
    return _domain(url) == _domain(fetched) or (slugs[0] == slugs[1] and "-" in slugs[0])


def _domain(url: str) -> str:
    """The registered domain, the same for www. and m.; the last two names of a host that has none."""
    return extract_domain(url) or ".".join((urlsplit(url).hostname or "").split(".")[-2:])


def _strip_trackers(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return url
    query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True)
             if not TRACKERS.match(key) and not (key == "page" and value in ("all", "1"))]  # fmt: skip
    return urlunsplit((parts.scheme, parts.netloc, re.sub(r"/amp/?$", "/", parts.path), urlencode(query), ""))


# The date of publication.


def find_date(
    tree: HtmlElement, linked: list[dict[str, Any]], title: str | None, page: Page, source: Source
) -> Published:
    """When the article was published, by the most trusted of the ways in which its page says so."""
    zone = source.zone()
    printed = list(_printed_dates(tree, title, page, zone, load_family(source.family).date))
    machine: list[tuple[DateSource, str]] = [("api", page.hints["date"])] if page.hints.get("date") else []
    articles = sorted(linked_articles(linked), key=lambda node: fold(str(node.get("headline"))) != fold(title or ""))
    machine += [("jsonld", str(node["datePublished"])) for node in articles if node.get("datePublished")]
    metas = _metas(tree)
    machine += [("meta", metas[name]) for name in PUBLISHED_METAS if name in metas]
    machine += [("time", stamp) for stamp in _time_stamps(tree, title)]
    candidates = list(_dates_of_source(tree, source))
    candidates += [(by, stamp) for by, text in machine if (stamp := _read_stamp(text, zone, printed)) is not None]
    candidates += [("text", stamp) for _, stamp in printed]
    with suppress(ValueError):
        candidates.append(("url", dates.parse_path(urlsplit(page.url).path, zone)))
    return choose_date(page, candidates)


def _dates_of_source(tree: HtmlElement, source: Source) -> Iterator[tuple[DateSource, datetime]]:
    """What a person chose for this source goes before all that machines say."""
    for found in select(tree, source.selectors.date) if source.selectors.date else []:
        with suppress(ValueError):
            if isinstance(found, str):
                yield "time", dates.parse_stamp(found, source.zone())
            else:
                yield "text", dates.parse_dateline(clean_spaces(found.text_content()), source.zone())


def choose_date(page: Page, candidates: list[tuple[DateSource, datetime]]) -> Published:
    for by, stamp in candidates:
        if dates.is_plausible(stamp, page.fetched_at):
            return Published(stamp, by, None)
    if candidates:
        return Published(None, None, f"Tanggal pada halaman tidak masuk akal: {candidates[0][1]:%Y-%m-%d}.")
    return Published(None, None, "Halaman tidak menyebut tanggal terbit.")


def _read_stamp(text: str, zone: tzinfo, printed: list[tuple[str, datetime]]) -> datetime | None:
    """A machine's date, in the zone that readers see beside the same clock."""
    try:
        stamp = dates.parse_stamp(text, zone)
        clock = dates.parse_clock(text)
    except ValueError:
        return None
    for line, seen in printed:
        # Some sites print the local clock and call it UTC, or WIB in a town on WITA.
        names_zone = re.search(r"\bwi(?:b|ta|t)\b", line, re.IGNORECASE) is not None
        if clock.strftime("%F %R") == seen.strftime("%F %R") and (names_zone or dates.is_foreign(text)):
            return clock.replace(tzinfo=seen.tzinfo)
    return stamp


def _title_element(tree: HtmlElement, title: str | None) -> HtmlElement | None:
    if title is None:
        return None
    wanted = fold(title)
    for tags in (("h1",), ("h2", "h3", "h4"), ("div", "span", "p", "strong", "b")):
        for element in tree.iter(*tags):
            if len(element) < 4 and fold(element.text_content()) == wanted and not is_outside(element):
                return element
    return None


def _time_stamps(tree: HtmlElement, title: str | None) -> Iterator[str]:
    """Machine-readable <time> of the article itself; a page has many of other articles."""
    heading = _title_element(tree, title)
    own = None
    if heading is not None:
        own = next((node for node in heading.iterancestors() if node.tag == "article"), None)
        if own is None:
            boxes = [node for node in islice(heading.iterancestors(), 3) if node.tag not in ("main", "body", "html")]
            own = boxes[-1] if boxes else None
    elif len(list(tree.iter("article"))) == 1:
        own = next(tree.iter("article"))
    if own is None:
        return
    times = [time for time in own.iter("time") if time.get("datetime") and not is_outside(time)]
    times = [time for time in times if "updated" not in (time.get("class") or "").split() or _is_marked(time)]
    yield from (time.get("datetime") for time in sorted(times, key=lambda time: not _is_marked(time)))


def _is_marked(time: HtmlElement) -> bool:
    return (
        re.search(
            r"publish|entry-date|post-date|datepublished", f"{time.get('class')} {time.get('itemprop')}", re.IGNORECASE
        )
        is not None
    )


def _printed_dates(
    tree: HtmlElement, title: str | None, page: Page, zone: tzinfo, css: str | None
) -> Iterator[tuple[str, datetime]]:
    """Printed date lines with what they say, the most trusted first."""
    lines = [clean_spaces(found.text_content()) for found in select(tree, css)] if css else []
    yield from read_dates(lines, zone)
    heading = _title_element(tree, title)
    if heading is not None:
        yield from read_dates(_short_blocks_after(heading), zone)
        # A theme's "today" bar stands above the title, too; what shows the day of the fetch may be one.
        today = page.fetched_at.astimezone(zone).date()
        above = read_dates(_short_blocks_before(heading), zone)
        yield from ((line, stamp) for line, stamp in above if stamp.date() != today)
    labelled = [line for line in _short_blocks(tree) if dates.says_published(line)]
    yield from read_dates(labelled, zone)


def read_dates(lines: list[str], zone: tzinfo) -> Iterator[tuple[str, datetime]]:
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
        if 0 < len(text) <= 160 and not is_outside(element):
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
        if 0 < len(text) <= 160 and not is_outside(element):
            lines.append(text)
    return lines[::-1]


def _short_blocks(tree: HtmlElement) -> list[str]:
    blocks = tree.iter("p", "div", "span", "li", "small", "em", "i", "time", "td")
    return [text for block in blocks if 0 < len(text := _block_text(block)) <= 160 and not is_outside(block)]
