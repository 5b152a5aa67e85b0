"""Reads a handful of articles as the crawl and the parser would, and says how well that went."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from urllib.parse import urlsplit

from scrapy.http import HtmlResponse, Response

from crawler.boilerplate import fold
from crawler.items import Article, Page, ParseError
from crawler.parse import parse_article
from crawler.probe.links import Link, is_on_site
from crawler.probe.signs import is_shell, visible_text
from crawler.probe.ways import Clue, FoundWay, Site, _clue
from crawler.source import Source
from crawler.urls import clean_url, url_key

ARTICLES = 5
"""How many are fetched."""
ENOUGH = 0.8
"""Share of the articles that must have a date and a body for the ways to count as seen."""
FEWEST_SEEN = 3

_PRINTED_ZONE = re.compile(
    r"\b(?:19|20)\d\d\W{1,5}(?:(?:pukul|jam|pkl)\W{1,3})?\d{1,2}[.:]\d\d(?:[.:]\d\d)?\s*(WIB|WITA|WIT)\b"
)
_ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}


@dataclass(frozen=True, slots=True)
class Fetched:
    """An article's page with what a list says of it."""

    link: Link
    response: Response | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """An article as it would be read, or why it would not."""

    url: str
    article: Article | None
    problem: str | None
    is_clean: bool = False
    """Its title is the headline alone, without the name of the site."""
    is_indonesian: bool = False
    own: Article | None = None
    """The article as its page tells it alone, without the title and the date that a list gave."""

    @property
    def is_dated(self) -> bool:
        return self.article is not None and self.article.published_at is not None


async def fetch_articles(site: Site, ways: Sequence[FoundWay]) -> list[Fetched]:
    """The pages of a handful of articles, from each way in turn."""
    fetched: list[Fetched] = []
    for link in _choose(site, ways):
        if len(fetched) >= ARTICLES or not site.ask.left():
            break
        answer = await site.ask(link.url)
        fetched.append(Fetched(link, answer.response, answer.problem))
    return fetched


def _choose(site: Site, ways: Sequence[FoundWay]) -> Iterator[Link]:
    seen: set[str] = set()
    for turn in zip_longest(*(found.links for found in ways)):
        for link in turn:
            if link is not None and is_on_site(link.url, site.home) and url_key(link.url) not in seen:
                seen.add(url_key(link.url))
                yield link


def read_article(fetched: Fetched, source: Source, names: Sequence[str]) -> Reading:
    """The article of a page, read as `source`; `names` are those of the site, which belong in no title."""
    response, link = fetched.response, fetched.link
    if response is None:
        return Reading(link.url, None, fetched.problem)
    if not isinstance(response, HtmlResponse):
        return Reading(link.url, None, "no HTML")
    kind = response.headers.get("Content-Type", b"text/html").decode("latin-1")
    address, now = clean_url(response.url), datetime.now(UTC)
    page = Page(address, source.name, now, response.status, response.body, {"content-type": kind})
    try:
        own = parse_article(page, source)
        article = parse_article(replace(page, hints=_hints(link, source)), source)
    except ParseError as error:
        why = "empty without JavaScript" if is_shell(response) else str(error).removeprefix(f"{page.url}: ")
        return Reading(link.url, None, why)
    return Reading(link.url, article, None, _is_clean(article.title, link.title, names), own=own)


def _hints(link: Link, source: Source) -> dict[str, str]:
    """What a list says of an article, as a crawl hands it to the parser."""
    hints = {"title": link.title} if link.title else {}
    if link.published is not None:
        zone = source.zone()
        moment = link.published.astimezone(zone) if link.published.tzinfo else link.published.replace(tzinfo=zone)
        hints["date"] = moment.isoformat()
    return hints


def _is_clean(title: str | None, listed: str | None, names: Sequence[str]) -> bool:
    if not title:
        return False
    if listed and fold(title) == fold(listed):
        return True
    return not any(name and fold(title).endswith(fold(name)) for name in names)


def clues_of_articles(fetched: Sequence[Fetched], readings: Sequence[Reading]) -> list[Clue]:
    """What the pages tell of the site's clock, read as if its zone were UTC: printed zones first, then offsets."""
    printed = Counter(zone for one in fetched if one.response is not None for zone in _printed_zones(one.response))
    said = ", ".join(f"{count} {zone}" for zone, count in printed.most_common())
    clues = [
        Clue(_ZONES[zone], f"zones printed on {len(fetched)} articles: {said}") for zone, _ in printed.most_common(1)
    ]
    articles = [one.own for one in readings if one.own is not None]
    shifts = {article.published_at.utcoffset() for article in articles if article.published_at is not None}
    hours = {round(shift / timedelta(hours=1)) for shift in shifts if shift is not None}
    return [*clues, *_clue(hours, "dates on its pages have +0{}:00")]


def _printed_zones(response: Response) -> set[str]:
    if not isinstance(response, HtmlResponse):
        return set()
    found = _PRINTED_ZONE.findall(visible_text(response.selector.root))
    return {found[0]} if found else set()


def choose_zone(clues: Sequence[Clue]) -> tuple[str | None, tuple[str, ...]]:
    """The zone that most clues tell and what was seen for it; printed ones come first. None where nothing tells."""
    if not clues:
        return None, ()
    counts = Counter(clue.zone for clue in clues)
    printed = next((clue.zone for clue in clues if "printed" in clue.seen), None)
    zone = printed or counts.most_common(1)[0][0]
    return zone, tuple(dict.fromkeys(f"{clue.seen}{'' if clue.zone == zone else ' (!)'}" for clue in clues))


def find_multi_page(fetched: Sequence[Fetched]) -> str | None:
    """How an article over several pages is to be read, where one of these is: `all`, or the CSS of its next link."""
    for one in fetched:
        if not isinstance(one.response, HtmlResponse):
            continue
        own = clean_url(one.response.url, drop_page=True)
        links = [(anchor, one.response.urljoin(anchor.attrib["href"])) for anchor in one.response.css("a[href]")]
        parts = [(anchor, url) for anchor, url in links if url.startswith(own) and urlsplit(url).path != "/"]
        if any(re.search(r"[?&]page=all\b", url) for _, url in parts):
            return "all"
        for anchor, url in parts:
            if re.fullmatch(re.escape(own.rstrip("/")) + r"/?(?:\?(?:page|halaman|hal)=2|(?:page/)?2/?)", url):
                if anchor.attrib.get("rel") == "next":
                    return "a[rel=next]"
                if "next" in anchor.attrib.get("class", "").split():
                    return "a.next"
    return None


def is_seen(readings: Sequence[Reading]) -> bool:
    """Whether enough articles had a date and a body for the ways to count as seen."""
    good = sum(one.is_dated for one in readings)
    return good >= FEWEST_SEEN and good >= ENOUGH * len(readings)
