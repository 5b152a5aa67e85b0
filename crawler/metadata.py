"""What a page says of its article: title, authors, address, day of publication."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit, urlunsplit

import yaml
from courlan import extract_domain
from lxml.html import HtmlElement  # type: ignore[import-untyped]
from parsel.csstranslator import HTMLTranslator

from crawler import boilerplate, dates
from crawler.boilerplate import clean_spaces, fold
from crawler.items import DateSource, Page
from crawler.source import Selectors, Source

FAMILIES = Path(__file__).with_name("families")
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


@cache
def load_family(name: str) -> Selectors:
    """What the sites on one CMS share; nothing for a family without a file, such as generic."""
    path = FAMILIES / f"{name}.yml"
    return Selectors.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))) if path.exists() else Selectors()


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
        if node.tag in OUTSIDE:
            return True
        if node.tag in ("body", "main", "article"):
            return False
        if OUTSIDE_NAMES.search(f"{node.get('class', '')} {node.get('id', '')}"):
            return True
    return False


# Title, authors, address.


def find_title(tree: HtmlElement, linked: list[dict[str, Any]], page: Page, source: Source) -> str | None:
    own = _first_text(tree, source.selectors.title)
    if own:
        return own
    metas = _metas(tree)
    headings = [clean_spaces(heading.text_content()) for heading in tree.iter("h1", "h2", "h3")]
    headlines = [clean_spaces(str(node.get("headline") or "")) for node in linked_articles(linked)]
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


def find_authors(tree: HtmlElement, linked: list[dict[str, Any]], page: Page, source: Source) -> tuple[str, ...]:
    """Persons who wrote it: the visible byline first, because meta tags often name the outlet or the editor."""
    own = _first_text(tree, source.selectors.author) or _first_text(tree, load_family(source.family).author)
    metas = _metas(tree)
    ways: list[Iterator[str]] = [
        iter(split_names(re.sub(r"^[\w &/]{2,30}:\s*", "", own)) if own else []),
        (name for names in _bylines(tree) for name in split_names(names)),
        (_without_role(" ".join(link.itertext())) for link in tree.iter("a")
         if (link.get("rel") == "author" or AUTHOR_PATH.search(urlsplit(link.get("href") or "").path))
         and not is_outside(link)),
        iter(split_names(page.hints.get("author", ""))),
        iter(split_names(metas.get("content_author", ""))),
        (name for node in linked_articles(linked) for name in _named(node.get("author"))),
        iter(split_names(metas.get("author", "") or metas.get("article:author", ""))),
    ]  # fmt: skip
    for names in ways:
        authors = persons(names)
        if authors:
            return authors
    return ()


def _bylines(tree: HtmlElement) -> Iterator[str]:
    for block in tree.iter("p", "div", "span", "li", "h4", "h5", "h6", "strong", "b", "em", "i", "small", "td"):
        text = clean_spaces(block.text_content()) if len(block) < 8 else ""
        match = BYLINE.match(text) if 0 < len(text) <= 160 else None
        if match and not is_outside(block):
            yield match["names"]


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
    names = re.split(r"\s+(?:editor|redaktur|foto)\b", names, flags=re.IGNORECASE)[0]
    # A comma parts two people, and a person from a degree: "Rina Wulandari, S.Kom".
    return re.split(r"\s*[;&]\s*|\s+dan\s+|,\s*(?=[A-Z][a-z]+\s+[A-Z][a-z])", names)


def persons(names: Iterator[str]) -> tuple[str, ...]:
    cleaned = (clean_spaces(name).strip(" .,:|-") for name in names)
    return tuple(dict.fromkeys(name for name in cleaned if "http" not in name and boilerplate.is_person(name)))[:4]


def canonical_url(tree: HtmlElement, page: Page) -> str:
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


def find_date(
    tree: HtmlElement, linked: list[dict[str, Any]], title: str | None, page: Page, source: Source
) -> Published:
    zone = source.zone()
    visible = list(_visible_dates(tree, title, page, source))
    machine: list[tuple[DateSource, str]] = []
    if page.hints.get("date"):
        machine.append(("api", page.hints["date"]))
    machine += [("jsonld", str(node["datePublished"])) for node in linked_articles(linked) if node.get("datePublished")]
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
    return choose_date(page, candidates)


def choose_date(page: Page, candidates: list[tuple[DateSource, datetime]]) -> Published:
    for by, stamp in candidates:
        if dates.is_plausible(stamp, page.fetched_at):
            return Published(stamp, by, None)
    if candidates:
        return Published(None, None, f"Tanggal pada halaman tidak masuk akal: {candidates[0][1]:%Y-%m-%d}.")
    return Published(None, None, "Halaman tidak menyebut tanggal terbit.")


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
            own = next(islice(heading.iterancestors(), 2, 3), None)
    elif len(list(tree.iter("article"))) == 1:
        own = next(tree.iter("article"))
    if own is None or own.tag in ("html", "body"):
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


def _visible_dates(tree: HtmlElement, title: str | None, page: Page, source: Source) -> Iterator[tuple[str, datetime]]:
    """Printed date lines with what they say, the most trusted first."""
    zone = source.zone()
    for css in (source.selectors.date, load_family(source.family).date):
        line = _first_text(tree, css)
        if line:
            yield from read_dates([line], zone)
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
