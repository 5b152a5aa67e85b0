"""Tries the ways of finding articles, one after the other, each as the crawl would use it."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from courlan import extract_domain
from lxml.html import HtmlElement  # type: ignore[import-untyped]
from scrapy.http import HtmlResponse, Response
from w3lib.html import remove_tags

from crawler.parse import LISTING_PATH
from crawler.probe.asking import Answer, Asker
from crawler.probe.links import Link, Paging, article_pattern, find_listing, find_paging, is_on_site, links_at
from crawler.probe.signs import is_shell
from crawler.source import Family, Way, load_keywords
from crawler.spiders.feed import read_feed
from crawler.spiders.lists import as_day, parse_moment
from crawler.spiders.sitemap import Sitemap, read_sitemap
from crawler.spiders.wordpress import ROUTES, read_posts
from crawler.urls import clean_url

NONSENSE = "xqzvkwjq"
"""A word that no article holds: a site that answers it with articles does not search."""
BROAD = "kota"
"""A word that stands in every Indonesian outlet, in names of towns and offices."""
FOR_ARTICLES = 7
"""Requests that are kept for the articles themselves."""
MOST_TRIES = 4
"""Addresses that are guessed for one kind of way."""
FEW_SITEMAPS = 30
"""An index of more sitemaps than this lists decades: what was published lately is asked first."""
ZONES = {7: "Asia/Jakarta", 8: "Asia/Makassar", 9: "Asia/Jayapura"}

_OFFSET = re.compile(r"([+-]\d\d):?\d\d$")
_FEED_GUESSES = ("/feed/", "/rss", "/rss.xml", "/feeds/posts/default", "/atom.xml", "/index.php?format=feed&type=rss")
_SITEMAP_GUESSES = {
    "": ("/sitemap.xml", "/sitemap_index.xml", "/sitemap-news.xml", "/sitemap"),
    "wordpress": ("/wp-sitemap.xml", "/sitemap_index.xml", "/sitemap.xml", "/?sitemap=index"),
}
_LIST_WORDS = re.compile(
    r"(?:(?:index|indeks|arsip|daftar|semua)(?:\s+berita)?|berita(?:\s+(?:terkini|terbaru|daerah|utama|lainnya))?"
    r"|kabar(?:\s+\w+)?|artikel|news|warta|siaran\s+pers|terkini|terbaru|semua\s+berita)\W*",
    re.IGNORECASE,
)
_LIST_PATH = re.compile(
    r"/(?:indeks?|index-(?:berita|news)|berita|kabar|artikel|news|warta|arsip|siaran-pers|terkini|terbaru|blog|post)"
    r"(?:[/.](?:all|index|semua|html|php))*/?$",
    re.IGNORECASE,
)
_OTHER_SITEMAP = re.compile(r"page|categor|tag|author|image|video|taxonom|user|static|kategori|galeri|laman")
_POST_SITEMAP = re.compile(r"post|artikel|article|berita|content")


@dataclass(frozen=True, slots=True)
class FoundWay:
    """A way that listed articles when it was tried."""

    way: Way
    links: tuple[Link, ...]
    """What it listed; never empty."""
    seen: str
    """What was seen, for a person."""
    total: int | None = None
    """Articles that it can list, as far as it says."""


@dataclass(frozen=True, slots=True)
class Clue:
    """Something that tells the time zone of a site."""

    zone: str
    seen: str


@dataclass(slots=True)
class Site:
    """What is known of a site while it is tried."""

    ask: Asker
    home: str
    """Scheme and host, without a slash at the end."""
    front: Response
    family: str | None
    """As its signs say."""
    rules: Family
    today: date
    given: Answer
    """What came of the address that was given; often the home page."""
    found: list[FoundWay] = field(default_factory=list)
    clues: list[Clue] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What did not work, and what is odd."""
    hosts: tuple[str, ...] = ()
    """Others where its articles stand."""

    def known(self) -> list[Link]:
        """Articles listed so far by ways that list nothing else."""
        return [link for one in self.found if one.way.way in ("wordpress", "feed") for link in one.links]

    def pattern(self) -> str | None:
        """What the addresses of its articles share, as far as they are known."""
        known = [link.url for link in self.known() if is_on_site(link.url, self.home)]
        return article_pattern(known) if len(known) >= 2 else None

    def may_ask(self) -> bool:
        """True while more is left than the articles themselves need: a third of what little a slow site leaves."""
        return self.ask.left() > min(FOR_ARTICLES, (self.ask.left() + self.ask.requests) // 3)

    def is_echo(self, way: Way) -> bool:
        """True where a way was answered with the home page once more, or with the shell of an application."""
        answer = self.ask.asked.get(_fill(self, way, None, way.first))
        if answer is None or answer.response is None:
            return False
        return answer.response.body == self.front.body or is_shell(answer.response)

    def is_ours(self, url: str) -> bool:
        """True for an address that a crawl of the site would take."""
        return is_on_site(url, self.home) or urlsplit(url).netloc in self.hosts

    def searches(self) -> bool:
        return any(one.way.searches for one in self.found)

    def relative(self, url: str) -> str:
        """An address as it is written in a source: without the home page's scheme and host."""
        rest = url.removeprefix(self.home)
        return rest if rest.startswith("/") and rest != url else url


async def find_ways(site: Site) -> list[FoundWay]:
    """The ways that listed articles, the best first."""
    for way in site.rules.ways:
        # A family names several where its sites differ.
        is_had = any((one.way.way, one.way.searches) == (way.way, way.searches) for one in site.found)
        if not is_had and site.may_ask() and (found := await try_way(site, way)):
            site.found.append(found)
    for kind, candidates in (("wordpress", _wordpress), ("feed", _feeds), ("sitemap", _sitemaps)):
        if not any(one.way.way == kind for one in site.found):
            await _try_until_one(site, candidates(site))
    if not site.searches():
        await _try_until_one(site, _searches(site))
    if len(site.found) < 2:
        await _try_until_one(site, _listings(site))
    elif (given := _given_listing(site)) is not None and site.may_ask() and (listed := await try_way(site, given)):
        site.found.append(listed)
    site.hosts = site.ask.hosts = _other_hosts(site)
    return sorted(site.found, key=_rank)


def _other_hosts(site: Site) -> tuple[str, ...]:
    """Hosts of the same domain where most of what a way lists stands."""
    hosts = []
    for found in site.found:
        away = {urlsplit(link.url).netloc: link.url for link in found.links if not is_on_site(link.url, site.home)}
        if len(away) == 1 and sum(is_on_site(link.url, site.home) for link in found.links) * 2 < len(found.links):
            [(host, url)] = away.items()
            if extract_domain(url) is not None and extract_domain(url) == extract_domain(site.home):
                hosts.append(host)
    return tuple(dict.fromkeys(hosts))


async def _try_until_one(site: Site, candidates: AsyncIterator[Way]) -> None:
    async for way in candidates:
        if not site.may_ask():
            return
        if found := await try_way(site, way):
            site.found.append(found)
            return
        if way.way in ("feed", "sitemap") and site.is_echo(way):
            return  # it answers every question with its home page


def _rank(found: FoundWay) -> int:
    """A search first; then what lists all of a small site; then what lists the newest; then what lists years."""
    way, kinds = found.way, ("feed", "listing", "sitemap")
    if way.way == "wordpress":
        return 0
    if way.searches:
        return 1 + kinds.index(way.way)
    if way.way == "sitemap":
        return 4 if (found.total or 0) <= 1000 else 5 if any(link.title for link in found.links) else 8
    return 6 if way.way == "feed" else 7


async def try_way(site: Site, way: Way) -> FoundWay | None:
    """What a way lists when it is asked as the crawl would ask; None where it lists no article."""
    if way.way == "wordpress":
        return await _try_wordpress(site, way)
    if way.way == "sitemap":
        return await _try_sitemap(site, way)
    return await _try_search(site, way) if way.searches else await _try_list(site, way)


# WordPress's own API.


async def _wordpress(site: Site) -> AsyncIterator[Way]:
    if site.family == "wordpress":
        yield Way(way="wordpress", url="/")


async def _try_wordpress(site: Site, way: Way) -> FoundWay | None:
    for route in ROUTES:
        keyword = load_keywords()[0]
        posts, total = await _ask_posts(site, route, search=keyword)
        if posts is None:
            continue
        seen = f"{_count(total)} posts for {keyword!r}"
        _, nonsense = await _ask_posts(site, route, search=NONSENSE, per_page=1)
        seen += f", {nonsense} for a word that is none" if nonsense else ""
        if not posts:
            posts, every = await _ask_posts(site, route)
            seen += f", {_count(every)} in all"
        links = tuple(_post_link(post) for post in posts or [])
        site.clues += _clues_of_posts(posts or [])
        way = Way(way="wordpress", url=site.relative(site.home) if way.url != "/" else "/")
        if nonsense:
            site.notes.append("the REST API does not search: it answers a word that is none with posts")
        return FoundWay(way, links, seen, total) if links and not nonsense else None
    return None


async def _ask_posts(
    site: Site, route: str, per_page: int = 20, **query: str
) -> tuple[list[dict[str, Any]] | None, int]:
    """Posts and how many there are of them; None where the API does not answer."""
    asked = {**query, "per_page": per_page, "_fields": "link,date,date_gmt,title"}
    answer = await site.ask(f"{site.home}/{route}{urlencode(asked)}")
    posts = read_posts(answer.response.body) if answer.response is not None else None
    if posts is None or answer.response is None:
        return None, 0
    total = answer.response.headers.get("X-WP-Total", b"").decode("latin-1")
    return posts, int(total) if total.isdigit() else len(posts)


def _post_link(post: dict[str, Any]) -> Link:
    rendered = post.get("title", {}).get("rendered", "") if isinstance(post.get("title"), dict) else ""
    title = html.unescape(remove_tags(str(rendered)))
    written = post.get("date_gmt")
    return Link(clean_url(post["link"]), " ".join(title.split()) or None, f"{written}Z" if written else "")


def _clues_of_posts(posts: Sequence[dict[str, Any]]) -> list[Clue]:
    """WordPress tells each date by its own clock and in UTC."""
    hours = set()
    for post in posts:
        if post.get("date") and post.get("date_gmt"):
            shift = datetime.fromisoformat(post["date"]) - datetime.fromisoformat(post["date_gmt"])
            hours.add(round(shift / timedelta(hours=1)))
    return _clue(hours, "the clock of its WordPress is UTC+{}")


# Feeds and listing pages, with and without a search.


async def _feeds(site: Site) -> AsyncIterator[Way]:
    named = []
    if isinstance(site.front, HtmlResponse):
        for link in site.front.css("link[rel~=alternate][type*=rss], link[rel~=alternate][type*=atom]"):
            href = link.xpath("@href").get("").strip()
            if href and not re.search(r"comments|oembed", href):
                named.append(site.front.urljoin(href))
    if _read_feed(site.given.response) is not None:
        named.insert(0, site.given.url)
    guesses = [urljoin(site.home, guess) for guess in _FEED_GUESSES]
    for url in list(dict.fromkeys([*named, *guesses]))[:MOST_TRIES]:
        if site.family == "wordpress" and (asks := _searching_feed(url)) is not None:
            yield Way(way="feed", url=site.relative(asks))
        yield Way(way="feed", url=site.relative(url))


def _searching_feed(url: str) -> str | None:
    """The address at which a feed of WordPress searches.

    >>> _searching_feed("https://kabar.example/feed/"), _searching_feed("https://kabar.example/?feed=rss2")
    ('https://kabar.example/feed/?s={keyword}&paged={page}', 'https://kabar.example/?feed=rss2&s={keyword}&paged={page}')
    """
    parts = urlsplit(url)
    if parts.query.startswith("feed="):
        return f"{url}&s={{keyword}}&paged={{page}}"
    return f"{url.rstrip('/')}/?s={{keyword}}&paged={{page}}" if parts.path.rstrip("/").endswith("feed") else None


async def _searches(site: Site) -> AsyncIterator[Way]:
    """Listing ways of the search forms on the home page; their selector is found when they are asked."""
    if not isinstance(site.front, HtmlResponse):
        return
    seen = set()
    for form in site.front.xpath("//form[not(@method) or translate(@method, 'GET', 'get')='get']"):
        names = form.xpath(".//input[@name and (not(@type) or @type='text' or @type='search')]/@name").getall()
        if len(names) != 1:
            continue
        hidden = {
            one.xpath("@name").get(""): one.xpath("@value").get("") for one in form.css("input[type=hidden][name]")
        }
        action = site.front.urljoin(form.xpath("@action").get("").strip() or "/").partition("#")[0]
        mark = "&" if "?" in action else "?"
        url = f"{action}{mark}{urlencode({**hidden, names[0]: ''})}{{keyword}}"
        if url not in seen and is_on_site(url, site.home) and "{" not in action:
            seen.add(url)
            yield Way(way="listing", url=site.relative(url), articles="a")


async def _listings(site: Site) -> AsyncIterator[Way]:
    """Pages that list articles: the given one, those the menu names, the home page itself."""
    pages = [site.given.url] if site.given.response is not None else []
    if isinstance(site.front, HtmlResponse):
        named = [(_list_worth(anchor), site.front.urljoin(anchor.get("href"))) for anchor in _anchors(site.front)]
        pages += [url for worth, url in sorted(named, key=lambda one: -one[0]) if worth and is_on_site(url, site.home)]
    own = [page for page in dict.fromkeys(page.partition("#")[0].rstrip("/") for page in pages) if page != site.home]
    for url in [*own[: MOST_TRIES - 1], f"{site.home}/"]:
        yield Way(way="listing", url=site.relative(url), articles="a")


def _given_listing(site: Site) -> Way | None:
    """The page whose address was given, where it looks like a list of articles."""
    response = site.given.response
    if not isinstance(response, HtmlResponse) or response.url.rstrip("/") == site.home:
        return None
    path = urlsplit(response.url).path
    if not LISTING_PATH.search(path) and not _LIST_PATH.search(path):
        return None
    return Way(way="listing", url=site.relative(response.url), articles="a")


def _anchors(response: HtmlResponse) -> list[HtmlElement]:
    return [anchor for anchor in response.selector.root.iter("a") if anchor.get("href")]


def _list_worth(anchor: HtmlElement) -> int:
    text = " ".join(anchor.text_content().split())
    path = urlsplit(anchor.get("href")).path
    return 2 * bool(_LIST_WORDS.fullmatch(text)) + bool(_LIST_PATH.search(path))


async def _try_list(site: Site, way: Way) -> FoundWay | None:
    read = await _read_list(site, way, None)
    if read is None:
        return None
    way, links = read
    seen = f"{len(links)} articles"
    if "{page}" in way.url or way.next:
        seen += " on its first pages" if "{page}" in way.url else ", further pages by a link"
    days = [day for link in links if (day := as_day(parse_moment(link.written, UTC))) is not None]
    if days:
        seen += f", the newest of {max(days)}"
    return FoundWay(way, links, seen)


async def _try_search(site: Site, way: Way) -> FoundWay | None:
    """A search is one when it finds what is there, and nothing for a word that is none."""
    keyword = load_keywords()[0]
    known = _telling_word(site) if way.way == "feed" else None
    # A tag is no word of a title. A word that stands everywhere gives a page that is full, and so shows its next one.
    word, url = known or (keyword if "{slug}" in way.url else BROAD, None)
    read = await _read_list(site, way, word)
    if read is None:
        return None
    found, links = read
    none = await _read_list(site, found, NONSENSE, is_first_page_enough=True)
    odd = {link.url for link in none[1]} if none else set()
    honest = {link.url for link in links} - odd
    if not honest or (url is not None and url not in honest):
        site.notes.append(f"{way.way} {way.url}: does not search, a word that is none gives {len(odd)} articles")
        return None
    seen = f"{len(honest)} articles for {word!r}, none of them for a word that is none"
    if word != keyword and site.may_ask():
        asked = await _read_list(site, found, keyword, is_first_page_enough=True)
        on_topic = {link.url: link for link in asked[1] if link.url not in odd} if asked else {}
        seen += f", {len(on_topic)} on the first page for {keyword!r}"
        links = (*on_topic.values(), *(link for link in links if link.url not in on_topic))
    return FoundWay(found, tuple(link for link in links if link.url not in odd), seen)


def _telling_word(site: Site) -> tuple[str, str] | None:
    """A long word that stands in one title alone, and that article's address."""
    known = [link for link in site.known() if link.title]
    words = [(word, link) for link in known for word in re.findall(r"[^\W\d_]{6,}", link.title or "")]
    counts = [word.casefold() for word, _ in words]
    alone = [(word, link.url) for word, link in words if counts.count(word.casefold()) == 1]
    return max(alone, key=lambda one: len(one[0]), default=None)


async def _read_list(
    site: Site, way: Way, word: str | None, is_first_page_enough: bool = False
) -> tuple[Way, tuple[Link, ...]] | None:
    """The way as it is to be written, and the articles of its first page; None where there are none.

    A listing whose selector is just `a` is still to be understood: selector, addresses, paging are read off the page.
    """
    asked_as = way
    answer = await site.ask(_fill(site, way, word, way.first), is_page=way.way == "listing")
    if answer.response is None:
        return None
    if way.way == "feed":
        links = _read_feed(answer.response)
        if not links:
            return None
        site.clues += _clues_of_links(links, urlsplit(way.url).path)
    elif way.articles == "a" and way.match is None:
        understood = _understand(site, way, answer.response, word)
        if understood is None:
            return None
        way, links = understood
    else:
        links = _links_of(answer.response, way)
    asked_as = way.model_copy(update={"url": asked_as.url, "first": 1, "step": 1})
    if links and word is None and way.way == "listing" and "{page}" in way.url:
        further = await _read_further(site, way, links)
        way, links = (way, (*links, *further)) if further else (asked_as, links)
    return (way, links) if links else None


def _understand(site: Site, way: Way, response: Response, word: str | None) -> tuple[Way, tuple[Link, ...]] | None:
    """A listing way with its selector, what the addresses of its articles share, and how its pages are counted."""
    if not isinstance(response, HtmlResponse):
        return None
    tree, pattern = response.selector.root, site.pattern()
    listing = find_listing(tree, response.url, site.home, pattern) or find_listing(tree, response.url, site.home)
    if listing is None:
        return None
    urls = [link.url for link in listing.links]
    match = pattern if pattern and all(re.search(pattern, url) for url in urls) else article_pattern(urls)
    paging = find_paging(tree, response.url) or Paging(site.home + way.url if way.url.startswith("/") else way.url)
    url = site.relative(paging.url)
    if word is not None:
        url = _keyword_back(url, word)
    counted = Way(way="listing", url=url, first=paging.first, step=paging.step, next=paging.next, articles="a")
    way = counted.model_copy(update={"articles": listing.articles, "match": match})
    return way, _links_of(response, way)


def _keyword_back(url: str, word: str) -> str:
    """The address of a search with `{keyword}` where its word stands."""
    if "{keyword}" in url:
        return url
    spelt = {quote(word), urlencode({"": word})[1:], word}
    return re.sub("|".join(re.escape(one) for one in spelt), "{keyword}", url, flags=re.IGNORECASE)


async def _read_further(site: Site, way: Way, links: tuple[Link, ...]) -> tuple[Link, ...]:
    """The articles of the second page; none where the pages are not really counted like that."""
    listed = {link.url for link in links}
    if not site.may_ask():
        return ()
    second = await site.ask(_fill(site, way, None, way.first + way.step), is_page=True)
    further = tuple(link for link in _links_of(second.response, way) if link.url not in listed)
    if not further:
        site.notes.append(f"listing {way.url}: its second page shows nothing new")
        return ()
    first = await site.ask(_fill(site, way, None, way.first), is_page=True)
    if not listed & {link.url for link in _links_of(first.response, way)}:
        site.notes.append(f"listing {way.url}: page {way.first} is not its first")
        return ()
    return further


def _links_of(response: Response | None, way: Way) -> tuple[Link, ...]:
    if way.way == "feed":
        return _read_feed(response) or ()
    if not isinstance(response, HtmlResponse) or way.articles is None:
        return ()
    return links_at(response.selector.root, way.articles, response.url, way.match)


def _fill(site: Site, way: Way, word: str | None, page: int) -> str:
    """The address of a page of a way, for today's window."""
    start = site.today - timedelta(days=(way.window or 1) - 1)
    url = way.fill(urljoin(site.home + "/", way.url), start, site.today)
    slug = (word or "").casefold().replace(" ", "-")
    return url.replace("{keyword}", quote(word or "")).replace("{slug}", quote(slug)).replace("{page}", str(page))


def _read_feed(response: Response | None) -> tuple[Link, ...] | None:
    """The entries of a feed, as the crawl reads them; None for what is no feed."""
    feed = read_feed(response) if response is not None else None
    if feed is None:
        return None
    return tuple(
        Link(clean_url(entry.url), entry.title or None, entry.published)
        for entry in feed.entries
        if entry.url is not None and not entry.is_locked
    )


def _clues_of_links(links: Iterable[Link], place: str) -> list[Clue]:
    offsets = [_OFFSET.search(link.written) for link in links]
    return _clue({int(found[1]) for found in offsets if found}, f"dates of {place} have +0{{}}:00")


def _clue(hours: set[int], seen: str) -> list[Clue]:
    """What hours before UTC tell, when they are always the same and Indonesian."""
    hour = hours.pop() if len(hours) == 1 else 0
    return [Clue(ZONES[hour], seen.format(hour))] if hour in ZONES else []


# Sitemaps.


async def _sitemaps(site: Site) -> AsyncIterator[Way]:
    named = [url for host in site.ask.robots.values() for url in host.sitemaps]
    if site.given.response is not None and read_sitemap(site.given.response) is not None:
        named.insert(0, site.given.url)
    guesses = [urljoin(site.home, guess) for guess in _SITEMAP_GUESSES.get(site.family or "", _SITEMAP_GUESSES[""])]
    for url in list(dict.fromkeys([*(urljoin(site.home, url) for url in named), *guesses]))[:MOST_TRIES]:
        yield Way(way="sitemap", url=site.relative(url))


async def _try_sitemap(site: Site, way: Way) -> FoundWay | None:
    answer = await site.ask(urljoin(site.home + "/", way.url))
    sitemap = read_sitemap(answer.response) if answer.response is not None else None
    if sitemap is None:
        return None
    links, read = list(_links_of_sitemap(sitemap)), 0
    for url in _telling_children(sitemap.children)[:2]:
        child = (await site.ask(url)).response if site.may_ask() else None
        if child is not None and (rows := read_sitemap(child)) is not None:
            links += _links_of_sitemap(rows)
            read += 1
            if "news" not in url and links:
                break
    return _judge_sitemap(site, way, links, list(sitemap.children), read)


def _judge_sitemap(site: Site, way: Way, links: list[Link], children: list[str], read: int) -> FoundWay | None:
    own = [link for link in dict.fromkeys(links) if is_on_site(link.url, site.home)]
    match = way.match or site.pattern() or article_pattern([link.url for link in own])
    articles = {link.url: link for link in own if match is None or re.search(match, link.url)}
    if not articles or match is None:
        if own:
            site.notes.append(f"sitemap {way.url}: nothing in its {len(own)} addresses tells an article from a page")
        return None
    site.clues += _clues_of_links(articles.values(), way.url)
    total = round(len(articles) / read * len(children)) if read else len(articles)
    seen = f"{len(articles)} articles"
    if children:
        seen += f" in {read} of {len(children)} sitemaps"
    news = [child for child in children if "news" in urlsplit(child).path.rpartition("/")[2]]
    if len(children) > FEW_SITEMAPS:
        site.notes.append(f"sitemap {way.url}: an index of {len(children)}, about {total} articles")
        if news:
            way, seen = way.model_copy(update={"url": site.relative(news[0])}), f"{seen}; the one for news is taken"
            total = len(articles)
    return FoundWay(Way(**{**way.model_dump(), "match": match}), tuple(articles.values()), seen, total)


def _telling_children(changed: dict[str, str]) -> list[str]:
    """The sitemaps of an index, by when they changed, that tell most first: that for news, the newest with articles."""

    def worth(child: str) -> tuple[bool, bool, bool, str, int]:
        name = urlsplit(child).path.rpartition("/")[2]
        is_other = _OTHER_SITEMAP.search(name) is not None
        # Where no day tells the newest: years, and numbers of full sitemaps, grow.
        number = max(map(int, re.findall(r"\d+", name)), default=0)
        return "news" in name, not is_other, _POST_SITEMAP.search(name) is not None, changed[child], number

    return sorted(changed, key=worth, reverse=True)


def _links_of_sitemap(sitemap: Sitemap) -> Iterable[Link]:
    for row in sitemap.rows:
        yield Link(clean_url(row.url), row.title or None, row.published.strip())


def _count(total: int) -> str:
    return f"{total:,}"
