"""Reads a handful of articles as the crawl and the parser would, and says how well that went."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise, zip_longest
from urllib.parse import urlsplit

from scrapy.http import HtmlResponse, Response

from crawler.article.boilerplate import fold
from crawler.items import Article, Page, ParseError
from crawler.parse import parse_article
from crawler.probe.links import Link
from crawler.probe.signs import is_shell, visible_text
from crawler.probe.ways import Clue, FoundWay, Site, _clue
from crawler.source import Source
from crawler.spiders.lists import as_day, parse_moment
from crawler.urls import clean_url, url_key

ARTICLES = 5
"""How many are fetched."""
ENOUGH = 0.8
"""Share of the articles that must have a date and a body for the ways to count as seen."""
FEWEST_SEEN = 3
LONGEST_QUIET = 365

_PRINTED_ZONE = re.compile(
    r"\b(?:19|20)\d\d\W{1,5}(?:(?:pukul|jam|pkl)\W{1,3})?\d{1,2}[.:]\d\d(?:[.:]\d\d)?\s*(WIB|WITA|WIT)\b"
)
_WHOLE = re.compile(r"/?\?page=all|/?\?single=1|/?\?showpage=all|/all/?")
_SECOND = re.compile(r"/?\?(?:page|halaman|hal)=2|/(?:page/)?2/?")
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
    """The pages of a handful of articles, from each way in turn, the one whose address was given before all others."""
    given = site.given.response
    fetched = [Fetched(Link(clean_url(given.url)), given, None)] if _is_article(given, site) and given else []
    for link in _choose(site, ways):
        if len(fetched) >= ARTICLES or not site.ask.left():
            break
        answer = await site.ask(link.url, is_page=True)
        if answer.response is None or given is None or answer.response.url != given.url:
            fetched.append(Fetched(link, answer.response, answer.problem))
    return fetched


def _is_article(response: Response | None, site: Site) -> bool:
    if not isinstance(response, HtmlResponse) or urlsplit(response.url).path in ("", "/"):
        return False
    marks = response.xpath("//meta[@property='og:type' and @content='article'] | //*[@itemprop='articleBody']")
    pattern = site.pattern()
    return bool(marks) or (pattern is not None and re.search(pattern, clean_url(response.url)) is not None)


def _choose(site: Site, ways: Sequence[FoundWay]) -> Iterator[Link]:
    seen: set[str] = set()
    for turn in zip_longest(*(found.links for found in ways)):
        for link in turn:
            if link is not None and site.is_ours(link.url) and url_key(link.url) not in seen:
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
    if (moment := parse_moment(link.written, source.zone())) is not None:
        hints["date"] = moment.isoformat()
    return hints


def _is_clean(title: str | None, listed: str | None, names: Sequence[str]) -> bool:
    if not title:
        return False
    if listed and fold(title) == fold(listed):
        return True
    folded = fold(title)
    return not any(name and (folded.endswith(fold(name)) or folded.startswith(fold(name))) for name in names)


def clues_of_articles(fetched: Sequence[Fetched], readings: Sequence[Reading]) -> list[Clue]:
    """What the pages tell of the site's clock, read as if its zone were UTC: printed zones first, then offsets."""
    printed = Counter(zone for one in fetched if one.response is not None for zone in _printed_zones(one.response))
    said = ", ".join(f"{count} {zone}" for zone, count in printed.most_common())
    clues = [
        Clue(_ZONES[zone], f"zones printed on {len(fetched)} articles: {said}") for zone, _ in printed.most_common(1)
    ]
    # What a machine wrote has its own offset; what is printed without a zone was read in ours.
    articles = [
        one.own for one in readings if one.own is not None and one.own.published_by in ("jsonld", "meta", "time")
    ]
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
    """How an article over several pages is to be read, where one of these is: as `multi_page` of a source says it."""
    for one in fetched:
        if not isinstance(one.response, HtmlResponse):
            continue
        own = clean_url(one.response.url, drop_page=True).rstrip("/")
        for anchor in one.response.css("a[href]"):
            rest = one.response.urljoin(anchor.xpath("@href").get("")).removeprefix(own)
            if (whole := _WHOLE.fullmatch(rest)) is not None:
                return "all" if whole[0].endswith("page=all") else whole[0].rstrip("/")
            if _SECOND.fullmatch(rest) and anchor.xpath("@rel").get() == "next":
                return "a[rel=next]"
            if _SECOND.fullmatch(rest) and "next" in anchor.xpath("@class").get("").split():
                return "a.next"
    return None


def quiet_days(ways: Sequence[FoundWay]) -> int | None:
    """Ordinary days of silence of a site: twice its longest, a year at most; None where its lists tell too few."""
    for found in ways:
        told = (as_day(parse_moment(link.written, UTC)) for link in found.links)
        days = sorted({day for day in told if day is not None})
        if len(days) > FEWEST_SEEN and not found.way.searches:
            return min(2 * max((later - day).days for day, later in pairwise(days)), LONGEST_QUIET)
    return None


def articles_a_day(ways: Sequence[FoundWay]) -> float | None:
    """How many articles the site publishes in a day, by the days that its lists tell; None where they tell too few."""
    rates = []
    for found in ways:
        days = [day for link in found.links if (day := as_day(parse_moment(link.written, UTC))) is not None]
        if len(days) >= FEWEST_SEEN and not found.way.searches:
            rates.append(len(days) / ((max(days) - min(days)).days + 1))
    return max(rates, default=None)


def is_seen(readings: Sequence[Reading]) -> bool:
    """Whether enough articles had a date and a body for the ways to count as seen."""
    good = sum(one.is_dated for one in readings)
    return good >= FEWEST_SEEN and good >= ENOUGH * len(readings)
