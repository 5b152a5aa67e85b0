"""What the links of a page tell: which of them lead to articles, what their addresses share, how pages are counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qsl, urljoin, urlsplit

from lxml.html import HtmlElement  # type: ignore[import-untyped]
from parsel.csstranslator import HTMLTranslator

from crawler.urls import clean_url

FEWEST_LINKS = 3
"""A page with fewer links to articles is no list of them."""
MOST_SHAPES = 3
"""Sites whose articles have more kinds of addresses than this are told apart by their links alone."""
SLUG_WORDS = 4
"""Words that make a title of the last part of an address where nothing else tells an article from a page."""

_NO_ARTICLE = re.compile(
    r"\.(?:pdf|jpe?g|png|gif|webp|svg|docx?|xlsx?|pptx?|zip|rar|mp[34]|apk|xml|json|css|js)$"
    r"|/(?:tags?|topi[ck]s?|kategori|category|kanal|author|penulis|search|cari|page|halaman|feed|rss|login|wp-\w+"
    r"|tentang(?:-kami)?|about(?:-us)?|redaksi|kontak|contact(?:-us)?|hubungi-kami|pedoman[\w-]*|privacy[\w-]*"
    r"|disclaimer|karir|info-iklan|profil|galeri|unduhan|download|agenda|ppid)(?:/|$)",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|mainmenu|breadcrumbs?|footer|sidebar|side|widget|popul[ae]r|terpopuler|trending|related"
    r"|terkait|comments?|komentar|ticker|marquee|share|social|iklan|ads?)(?=$|[\s_-])",
    re.IGNORECASE,
)
_HEADINGS = {"h1", "h2", "h3", "h4", "h5"}
_FURNITURE_TAGS = {"nav", "footer", "aside", "form", "header", "select"}
# Grids, spacing and colours of Bootstrap and Tailwind, states of WordPress, and what a build or an id makes up.
_UNSTABLE_CLASS = re.compile(
    r"^(?:col|row|container|wrapper|clearfix|d|m[tblrxy]?|p[tblrxy]?|g[xy]?|w|h|fs|fw|fst|lh|text|bg|border|rounded|shadow|flex"
    r"|grid|gap|justify|align|items|order|float|position|img|btn|link|sm|md|lg|xl|xs|wow|animated?|active|first|last|odd"
    r"|even|hentry|post|page|type|status|format|category|tag|has|is|hover|focus|block|inline|hidden|font|leading|overflow"
    r"|space|no|js|css|sc|jsx|elementor|wp|hover|stretched)(?:[-:].*)?$|\d{2}|[^\w-]",
    re.IGNORECASE,
)
_NEXT_WORDS = re.compile(
    r"(?:(?:halaman|page|posts?|berita)\s+)?(?:next|older|berikut(?:nya)?|selanjutnya|lanjut|lebih lama)"
    r"(?:\s+(?:page|posts?))?\W*|>|>>|»|›|→",
    re.IGNORECASE,
)
_LAST_NUMBER = re.compile(r"\d+(?!.*\d)")
_PLAIN_CLASS = re.compile(r"-?[A-Za-z_][\w-]*$")


@dataclass(frozen=True, slots=True)
class Link:
    """An article that a list names."""

    url: str
    """Clean: without campaign and AMP parts."""
    title: str | None = None
    written: str = ""
    """When it was published, as the list writes it; empty where it does not say."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The links to articles on a page."""

    articles: str
    """CSS of the links."""
    links: tuple[Link, ...]
    """Each once, in the order of the page."""


@dataclass(frozen=True, slots=True)
class Paging:
    """How a list counts its pages: `{page}` in the address, or the CSS of the link to the next one."""

    url: str
    first: int = 1
    step: int = 1
    next: str | None = None


@dataclass(frozen=True, slots=True)
class _Anchor:
    element: HtmlElement
    url: str
    title: str


def is_on_site(url: str, home: str) -> bool:
    """True for an address on the host of the home page, or under it.

    >>> is_on_site("https://berita.paser.example/1", "https://www.paser.example")
    True
    """
    host, own = (urlsplit(one).netloc.casefold().removeprefix("www.") for one in (url, home))
    return host == own or host.endswith(f".{own}")


def find_listing(tree: HtmlElement, base: str, home: str, match: str | None = None) -> Listing | None:
    """The largest group of links on a page that look like headlines; None where there is none.

    `match` is what the addresses of articles hold, where that is known already: then only such links are taken.
    """
    anchors = [anchor for anchor in _headline_anchors(tree, base, home) if not match or re.search(match, anchor.url)]
    groups: dict[tuple[str, ...], list[_Anchor]] = {}
    for anchor in anchors:
        groups.setdefault(_place(anchor.element), []).append(anchor)
    best = max(groups.values(), key=_worth, default=[])
    if len({anchor.url for anchor in best}) < FEWEST_LINKS:
        return None
    css = _selector(tree, base, best, {anchor.url for anchor in anchors})
    links = {anchor.url: Link(anchor.url, anchor.title) for anchor in best}
    return Listing(css, tuple(links.values()))


def links_at(tree: HtmlElement, css: str, base: str, match: str | None = None) -> tuple[Link, ...]:
    """The links that a selector chooses, as a crawl would read them; each once."""
    found: dict[str, Link] = {}
    for chosen in tree.xpath(HTMLTranslator().css_to_xpath(css)):
        for anchor in islice(chosen.xpath("descendant-or-self::a[@href]"), 1):
            url = _address(base, anchor.get("href"))
            if url and (match is None or re.search(match, url)):
                # The picture beside a headline leads to the same article, without a title.
                title = _text(anchor) or (found[url].title if url in found else None)
                found[url] = Link(url, title)
    return tuple(found.values())


def _headline_anchors(tree: HtmlElement, base: str, home: str) -> Iterator[_Anchor]:
    for element in tree.iter("a"):
        url = _address(base, element.get("href"))
        if url is None or not is_on_site(url, home) or _is_page_of_site(url, base):
            continue
        title = _text(element)
        fewest = 2 if _is_in_heading(element) else 4
        if len(title.split()) >= fewest and len(title) < 250:
            yield _Anchor(element, url, title)


def _is_page_of_site(url: str, base: str) -> bool:
    parts = urlsplit(url)
    is_home = parts.path.strip("/") in ("", "index.php", "index.html") and not re.search(r"\d|/", parts.query)
    return is_home or url == clean_url(base) or _NO_ARTICLE.search(parts.path) is not None


def _address(base: str, href: str | None) -> str | None:
    href = (href or "").strip()
    if not href or href.startswith(("#", "javascript:", "mailto:", "tel:")):
        return None
    try:
        url = clean_url(urljoin(base, href))
    except ValueError:
        return None
    return url if url.startswith(("http://", "https://")) else None


def _text(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _is_in_heading(element: HtmlElement) -> bool:
    near = (*islice(element.iterancestors(), 2), *element.iterdescendants())
    return any(one.tag in _HEADINGS for one in near)


def _stable_classes(element: HtmlElement) -> tuple[str, ...]:
    """Classes that name what a thing is, not how it looks or which one it is."""
    names = (element.get("class") or "").split()
    return tuple(
        name for name in names if len(name) > 2 and _PLAIN_CLASS.match(name) and not _UNSTABLE_CLASS.search(name)
    )


def _place(element: HtmlElement) -> tuple[str, ...]:
    """Tags and classes of a link and the three elements around it: the same for all the headlines of a list."""
    around = [element, *islice(element.iterancestors(), 3)]
    return tuple(".".join((str(one.tag), *_stable_classes(one))) for one in around)


def _worth(group: list[_Anchor]) -> float:
    """How much a group looks like the list of articles of its page: many, long titles, in headings, not in a margin."""
    urls = {anchor.url for anchor in group}
    words = sum(min(len(anchor.title.split()), 12) for anchor in group) / len(group)
    worth = min(len(urls), 30) * words
    if _is_in_heading(group[0].element):
        worth *= 1.5
    return worth * 0.2 if _is_furniture(group[0].element) else worth


def _is_furniture(element: HtmlElement) -> bool:
    for parent in element.iterancestors():
        if parent.tag in ("body", "html"):
            break
        names = f"{parent.get('class') or ''} {parent.get('id') or ''}"
        # Every theme has the headline of an article in a <header>.
        is_tag = parent.tag in _FURNITURE_TAGS and not (
            parent.tag == "header" and any(node.tag == "article" for node in parent.iterancestors())
        )
        if is_tag or _FURNITURE.search(names):
            return True
    return False


def _selector(tree: HtmlElement, base: str, group: list[_Anchor], wanted: set[str]) -> str:
    """CSS that chooses the links of the group, and others only where they are headlines; near the link, and short."""
    urls = {anchor.url for anchor in group}

    def quality(possible: tuple[str, bool, int]) -> tuple[float, float, bool, bool, int, int]:
        css, is_heading, height = possible
        chosen = {link.url for link in links_at(tree, css, base)}
        right = len(chosen & urls) / len(urls)
        clean = len(chosen & wanted) / max(len(chosen), 1)
        return right, round(clean, 1), "." in css, is_heading, -height, -len(css)

    return max(dict.fromkeys(_possible_selectors(group[0].element)), key=quality)[0]


def _possible_selectors(element: HtmlElement) -> Iterator[tuple[str, bool, int]]:
    """From `a` to `.daftar-berita h3 a`, each with whether a heading is named and how far from the link it begins.

    The classes are those of one link and what is around it, most of them shared by its group.
    """
    links = ["a", *(f"a.{name}" for name in _stable_classes(element))]
    around = [one for one in islice(element.iterancestors(), 6) if one.tag not in ("body", "html")]
    names = [[*(f".{name}" for name in _stable_classes(one)), *_telling_tag(one)] for one in around]
    for link in links:
        yield link, False, 0
        for i, inner in enumerate(names):
            for one in inner:
                yield f"{one} {link}", around[i].tag in _HEADINGS, i
                for j, outer in enumerate(names[i + 1 :], i + 1):
                    for other in outer:
                        if other.startswith("."):
                            yield f"{other} {one} {link}", around[i].tag in _HEADINGS, j


def _telling_tag(element: HtmlElement) -> list[str]:
    return [element.tag] if element.tag in {*_HEADINGS, "article", "main", "li", "td"} else []


# What the addresses of articles share.


def article_pattern(urls: Sequence[str]) -> str | None:
    r"""A regular expression that the addresses of articles hold, and those of lists and pages do not.

    None where the addresses have nothing in common that says so.

    >>> article_pattern([f"https://paser.example/berita/detail/{slug}" for slug in ("rapat-kerja", "bimtek-dua")])
    '/berita/detail/[^/?#]+/?$'
    >>> article_pattern(["https://kabar.example/2024/11/20/a-b/", "https://kabar.example/2023/01/02/c/"])
    '/\\d{4}/\\d{2}/\\d{2}/[^/?#]+/?$'
    >>> article_pattern(["https://kabar.example/jawa/710037/a", "https://kabar.example/papua/710074/b"])
    '://[^/]+/[^/?#]+/\\d+/[^/?#]+/?$'
    >>> article_pattern(["https://kabar.example/wali-kota-buka-bimtek", "https://kabar.example/lima-kota-raih-awards"])
    '://[^/]+/(?:[^/?#]+-){3}[^/?#]+/?$'
    >>> article_pattern([f"https://paser.example/{path}" for path in ("node/12", "node/15", "isi/a-b", "isi/c-d")])
    '/node/\\d+/?$|/isi/[^/?#]+/?$'
    >>> article_pattern(["https://desa.example/?p=12", "https://desa.example/?p=15"])
    '[?&]p=\\d+'
    """
    shapes: dict[tuple[str, int, str], list[str]] = {}
    for url in dict.fromkeys(urls):
        parts = urlsplit(url)
        segments = _segments(parts.path)
        kind = "query" if _query_names_article(segments, parts.query) else "path"
        shapes.setdefault((kind, len(segments), _ending(segments)), []).append(url)
    told = [(pattern, found) for shape in shapes.values() for pattern, found in _patterns(shape)]
    if not told or len(told) > MOST_SHAPES or sum(len(found) for _, found in told) * 10 < len(set(urls)) * 8:
        return None
    return "|".join(dict.fromkeys(pattern for pattern, _ in sorted(told, key=lambda one: -len(one[1]))))


def _patterns(urls: list[str]) -> list[tuple[str, list[str]]]:
    """What addresses of one shape share; where that is nothing, what those under each first part share."""
    whole = _query_pattern(urls) or _path_pattern(urls)
    if whole is not None:
        return [(whole, urls)]
    by_start: dict[str, list[str]] = {}
    for url in urls:
        by_start.setdefault("".join(_segments(urlsplit(url).path)[:1]), []).append(url)
    parts = [(_path_pattern(found), found) for found in by_start.values() if len(found) > 1]
    return [(pattern, found) for pattern, found in parts if pattern is not None] if len(by_start) <= MOST_SHAPES else []


def _segments(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _ending(segments: list[str]) -> str:
    found = re.search(r"\.(?:s?html?|php|aspx?|jsp)$", segments[-1]) if segments else None
    return found[0] if found else ""


def _query_names_article(segments: list[str], query: str) -> bool:
    return bool(query) and (not segments or segments[-1].endswith(".php") or re.search(r"=\d", query) is not None)


def _query_pattern(urls: list[str]) -> str | None:
    if not all(_query_names_article(_segments(urlsplit(url).path), urlsplit(url).query) for url in urls):
        return None
    queries = [parse_qsl(urlsplit(url).query) for url in urls]
    if not all(queries):
        # `index.php?berita/detail/12`: the query is a path.
        written = [f"/{urlsplit(url).query}" for url in urls]
        path = _path_pattern([f"http://x{one}" for one in written])
        return None if path is None else r"\?" + path.removeprefix("://[^/]+").removeprefix("/")
    for name in dict(queries[0]):
        values = [dict(query).get(name, "") for query in queries]
        if all(re.match(r"\d", value) for value in values):
            return rf"[?&]{re.escape(name)}=\d+"
    return None


def _path_pattern(urls: list[str]) -> str | None:
    columns = list(zip(*(_segments(urlsplit(url).path) for url in urls), strict=True))
    if not columns:
        return None
    ending = _ending([columns[-1][0]])
    stems = [value.removesuffix(ending) for value in columns[-1]]
    parts = [_column_pattern(values, i, columns) for i, values in enumerate(columns[:-1])]
    is_known = any(part != "[^/?#]+" for part in parts)
    last = _last_pattern(stems, is_known)
    if last is None:
        return None
    start = "://[^/]+/" if not parts or parts[0] == "[^/?#]+" else "/"
    return start + "/".join([*parts, last]) + (re.escape(ending) if ending else "") + "/?$"


def _column_pattern(values: Sequence[str], i: int, columns: list[tuple[str, ...]]) -> str:
    if all(re.fullmatch(r"(?:19|20)\d\d", value) for value in values):
        return r"\d{4}"
    if all(value.isdigit() for value in values):
        is_of_date = i > 0 and all(len(value) == 2 for value in values) and columns[0][0].isdigit()
        return r"\d{2}" if is_of_date else r"\d+"
    return re.escape(values[0]) if len(set(values)) == 1 and len(values) > 1 else "[^/?#]+"


def _last_pattern(stems: list[str], is_known: bool) -> str | None:
    """Of the last part: its number where it has one, its words where nothing before them tells an article."""
    if all(stem.isdigit() for stem in stems):
        return r"\d+"
    if all(re.search(r"-\d{3,}$", stem) for stem in stems):
        return r"[^/?#]+-\d+"
    if all(re.match(r"\d{3,}-", stem) for stem in stems):
        return r"\d+-[^/?#]+"
    if is_known:
        return "[^/?#]+"
    words = Counter(min(len(re.findall(r"[-_]", stem)), SLUG_WORDS - 1) for stem in stems)
    # One short title in ten is lost rather than every page of the site be taken for an article.
    fewest = max(
        (count for count in words if sum(words[n] for n in words if n >= count) * 10 >= len(stems) * 9), default=0
    )
    return rf"(?:[^/?#]+[-_]){{{fewest}}}[^/?#]+".replace("[-_]", "-") if fewest >= 2 else None


# How pages are counted.


def find_paging(tree: HtmlElement, url: str) -> Paging | None:
    """How the pages after this first one are addressed; None where no link leads there.

    The numbers behind the links "2" and "3" tell where the count begins and by how much it grows.
    """
    anchors = [(anchor, _address(url, anchor.get("href"))) for anchor in tree.iter("a")]
    links = [(anchor, there) for anchor, there in anchors if there and urlsplit(there).netloc == urlsplit(url).netloc]
    numbered = {int(_text(anchor)): there for anchor, there in links if re.fullmatch(r"[23]", _text(anchor))}
    if 2 in numbered and (paging := _counted(numbered[2], numbered.get(3), url)):
        return paging
    for anchor, there in links:
        if anchor.get("rel") == "next" or "next" in (anchor.get("class") or "").split() or _is_next(anchor):
            return _counted(there, None, url) or Paging(url, next=_next_selector(anchor))
    return None


def _is_next(anchor: HtmlElement) -> bool:
    label = anchor.get("aria-label") or anchor.get("title") or ""
    return any(_NEXT_WORDS.fullmatch(text.strip()) for text in (_text(anchor), label) if text.strip())


def _next_selector(anchor: HtmlElement) -> str:
    if anchor.get("rel") == "next":
        return "a[rel=next]"
    classes = _stable_classes(anchor)
    parents = [name for one in islice(anchor.iterancestors(), 3) for name in _stable_classes(one)]
    return f"a.{classes[-1]}" if classes else f".{parents[0]} a" if parents else "a[rel=next]"


def _counted(second: str, third: str | None, first: str) -> Paging | None:
    """The count of a list from the addresses of its second and third page.

    >>> _counted("https://a.example/berita?page=1", "https://a.example/berita?page=2", "https://a.example/berita")
    Paging(url='https://a.example/berita?page={page}', first=0, step=1, next=None)
    >>> _counted("https://a.example/berita/index/10", None, "https://a.example/berita").step
    10
    >>> _counted("https://a.example/page/2/?s=kota", None, "https://a.example/?s=kota").url
    'https://a.example/page/{page}/?s=kota'
    """
    # Not the 7 of a cursor: `?after=kx7`.
    numbers = re.finditer(r"(?<![A-Za-z0-9])\d+(?![A-Za-z0-9])", second)
    places = [found for found in numbers if not _is_same_place(found, second, first)]
    if third is not None:
        places = [found for found in places if _at(third, found, second) is not None]
    for found in reversed(places):
        number = int(found[0])
        step = (_at(third, found, second) or 0) - number if third is not None else (number if number > 2 else 1)
        if step < 1 or number - step not in (0, 1):
            continue
        return Paging(second[: found.start()] + "{page}" + second[found.end() :], number - step, step)
    return None


def _is_same_place(found: re.Match[str], second: str, first: str) -> bool:
    """True where the first page has the same number there: it counts no pages."""
    return first.startswith(second[: found.end()])


def _at(third: str | None, found: re.Match[str], second: str) -> int | None:
    """The number that stands in the third page's address where the second page's has its own."""
    if third is None:
        return None
    match = re.fullmatch(re.escape(second[: found.start()]) + r"(\d+)" + re.escape(second[found.end() :]), third)
    return int(match[1]) if match else None
