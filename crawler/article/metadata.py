"""What a page says of its article: title, address, and the machine-readable descriptions that other modules read."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from courlan import extract_domain
from lxml.etree import XPath  # type: ignore[import-untyped]
from lxml.html import HtmlElement  # type: ignore[import-untyped]
from parsel.csstranslator import HTMLTranslator

from crawler.article.boilerplate import clean_spaces, fold
from crawler.article.json_text import parse_json
from crawler.items import Page
from crawler.source import Source, load_family
from crawler.urls import clean_url

SEPARATOR = re.compile(r"\s+[|–—·•»:-]+\s+|\s*[|»]\s*")
LONGEST_META = 2000
"""Characters of a meta tag that are looked at; a description is cut there."""
LONGEST_TITLE = 500
"""Characters; what is longer is no headline."""
PAGE_NUMBER = re.compile(r"(?:\s+[-–—|])?\s+halaman\s+(?:all|\d+(?:\s+dari\s+\d+)?)$", re.IGNORECASE)
ARTICLE_TYPES = re.compile(r"(?:\w*NewsArticle|Article|BlogPosting|ReportageNewsArticle|Report|WebPage)$")


def split_link(base: str, href: str | None) -> SplitResult:
    """The parts of a link on a page, made absolute; of nothing where it is no address."""
    try:
        return urlsplit(urljoin(base, (href or "").strip()))
    except ValueError:
        return urlsplit("")


def select(tree: HtmlElement, css: str) -> list[Any]:
    """Elements, or strings where the selector ends in ::text or ::attr()."""
    found: list[Any] = _compile(css)(tree)
    return found


@cache
def _compile(css: str) -> XPath:
    return XPath(HTMLTranslator().css_to_xpath(css))


def first_text(tree: HtmlElement, css: str | None) -> str | None:
    """The text of the first element at `css` that has one."""
    for found in select(tree, css) if css else []:
        text = clean_spaces(found if isinstance(found, str) else found.text_content())
        if text:
            return text
    return None


class Head(NamedTuple):
    """What a page says of itself to machines."""

    metas: dict[str, str]
    """Content of the meta tags by lower-case name, the first of each name."""
    linked: list[dict[str, Any]]
    """The objects of its JSON-LD that can be its article; news articles before web pages."""
    site: set[str]
    """How its site calls itself, letters and digits only."""

    def articles(self) -> list[dict[str, Any]]:
        """The objects that are of an article or of the page."""
        return [node for node in self.linked if any(ARTICLE_TYPES.match(kind) for kind in types_of(node))]


def read_head(tree: HtmlElement, page: Page) -> Head:
    """The meta tags and JSON-LD of a page."""
    metas = _metas(tree)
    return Head(metas, _linked_data(tree), _site_names(metas, page.url))


def _metas(tree: HtmlElement) -> dict[str, str]:
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().casefold()
        content = clean_spaces((meta.get("content") or "")[:LONGEST_META])
        if name and content:
            metas.setdefault(name, content)
    return metas


def _linked_data(tree: HtmlElement) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:
            # strict=False: themes print raw line breaks inside strings.
            roots = [parse_json(script.text or "", is_strict=False)]
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
    """The types that a JSON-LD object gives itself."""
    types = node.get("@type")
    return [str(kind) for kind in (types if isinstance(types, list) else [types]) if kind]


# Title and address.


def find_title(tree: HtmlElement, head: Head, page: Page, source: Source) -> str | None:
    """The headline without the site's name, as the page prints it."""
    chosen = first_text(tree, source.selectors.title)
    if chosen:
        return chosen
    headings = [clean_spaces(heading.text_content()) for heading in tree.iter("h1", "h2", "h3", "h4")]
    headings = [
        heading for heading in headings if 10 < len(heading) <= LONGEST_TITLE and not _is_site(heading, head.site)
    ]
    said = [
        head.metas.get("og:title", ""),
        *(clean_spaces(str(node.get("headline") or "")) for node in head.articles()),
        head.metas.get("twitter:title", ""),
        clean_spaces(tree.findtext(".//title") or ""),
    ]
    said = [PAGE_NUMBER.sub("", title) for title in said if len(title) <= LONGEST_TITLE]
    # The heading is the title as it was set; what a meta tag adds after it is the site's name.
    folded = [(heading, fold(heading)) for heading in headings]
    printed = [
        heading
        for title in filter(None, said)
        for whole in [fold(title)]
        for heading, opening in folded
        if whole.startswith(opening) and _opens(title, heading)
    ]
    stripped = [title for title in (_strip_site(title, head.site) for title in said) if not _is_site(title, head.site)]
    marked = first_text(tree, load_family(source.family).title)
    # Portals that call every page by the site's name still name it in its address, or in its first big heading.
    named = [title for title in (*printed, *stripped, marked, *headings) if title and _names_page(title, page.url)]
    big = [clean_spaces(heading.text_content()) for heading in tree.iter("h1")]
    rest = [*printed, *stripped, marked, *(heading for heading in big if heading in headings), page.hints.get("title")]
    return next(filter(None, [*named, *rest]), None)


def _opens(title: str, heading: str) -> bool:
    """Whether a title is the heading, or the heading with something set off from it.

    >>> _opens("Kota Palu Raih Penghargaan - Warta", "Kota Palu Raih Penghargaan")
    True
    >>> _opens("Kota Palu Raih Penghargaan", "Kota Palu")
    False
    """
    if not fold(title).startswith(fold(heading)):
        return False  # before a pattern is made of it: a page can have ten thousand headings
    words = re.findall(r"\w+", heading)
    match = re.match(r"\W*" + r"\W+".join(map(re.escape, words)), title, re.IGNORECASE) if words else None
    return match is not None and re.match(r"\W*(?:$|\s[|–—·•»:-]+\s|[|»])", title[match.end() :]) is not None


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


def canonical_url(tree: HtmlElement, head: Head, page: Page) -> str:
    """The address that the page gives itself where that is believable, else its own without trackers."""
    own = clean_url(page.url, drop_page=True)
    links = [
        link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").casefold().split()
    ]
    for said in (*links, head.metas.get("og:url")):
        if not said:
            continue
        url = clean_url(split_link(page.url, said).geturl(), drop_page=True)
        if _is_believable(url, page.url):
            return url
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
