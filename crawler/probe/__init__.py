"""`pantau sources try`: one address, and what a crawl would find there, as a source file that works. See README.md."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlsplit

from courlan import extract_domain
from scrapy.http import HtmlResponse, Response

from crawler.article.metadata import SEPARATOR
from crawler.crawl import check_contact
from crawler.probe.asking import Answer, Asker, run_asking
from crawler.probe.reading import (
    Fetched,
    Reading,
    choose_zone,
    clues_of_articles,
    fetch_articles,
    find_multi_page,
    read_article,
)
from crawler.probe.signs import Sign, find_family, is_government, is_shell, zone_of
from crawler.probe.ways import Clue, FoundWay, Site, find_ways
from crawler.source import POLITE_DELAY, Family, Source, SourceError, is_loopback, load_family

__all__ = ["Findings", "Place", "try_sites"]

_NO_NAME = re.compile(
    r"(?:beranda|home|(?:halaman )?utama|welcome|selamat datang|(?:indeks )?berita(?: terkini| terbaru| utama)?)\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A province, or a kabupaten or kota in it."""

    province: str
    regency: str | None
    """Kemendagri code."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a try found out about a site."""

    address: str
    """As it was given."""
    home: str
    """Scheme and host where the site stands now, without a slash at the end."""
    outlet: str
    """What it calls itself; its host where it does not."""
    is_government: bool
    place: Place | None
    """What its name says it is about."""
    problem: str | None
    """Why nothing could be found out; None where the site could be read."""
    robots: str
    """What its robots.txt says to us."""
    moved: str | None
    """That the address led to another host."""
    sign: Sign | None
    family: str
    """A family there is a file for, or generic."""
    hosts: tuple[str, ...]
    """Other hosts where its ways say that articles stand."""
    delay: float
    """Seconds between two requests: ours, or what robots.txt wants where that is more."""
    ways: tuple[FoundWay, ...]
    """The best first."""
    zone: str | None
    """IANA name; None where nothing tells it."""
    zone_seen: tuple[str, ...]
    readings: tuple[Reading, ...]
    multi_page: str | None
    """How articles over several pages are read, where one was seen and the family does not say."""
    is_shell: bool
    """Its pages are empty without JavaScript."""
    tried: tuple[str, ...]
    """What did not work, and what is odd, a line each."""
    requests: int
    seconds: float


def try_sites(
    addresses: Sequence[str],
    today: date,
    zone: str | None = None,
    is_indonesian: Callable[[str], bool] = lambda text: True,
    find_place: Callable[[str], Place | None] = lambda name: None,
    say: Callable[[str], None] = lambda line: None,
) -> list[Findings]:
    """What a crawl would find at the sites of these addresses: home pages, articles, feeds or listings; in their order.

    Robots.txt, delay and user agent are the crawl's; at most 40 requests to a site, and none after four minutes. `zone`
    is the IANA name where a person knows it; `is_indonesian` judges the text of an article, `find_place` tells the
    place that an outlet is named after; `say` gets a line for each request. Runs once in an OS process, in its main
    thread. Raises ValueError for what is no web address, and where sites of others are asked without PANTAU_CONTACT.
    """

    turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def work_on(address: str) -> tuple[Callable[[Asker], Awaitable[Findings]], float]:
        starts = _starts(address)
        delay = 0.0 if is_loopback(starts[0]) else POLITE_DELAY

        async def work(ask: Asker) -> Findings:
            # Several addresses on one host take turns.
            async with turns[urlsplit(starts[0]).netloc]:
                found = await find_out(ask)
                await asyncio.sleep(delay)
            return found

        async def find_out(ask: Asker) -> Findings:
            found, site, fetched = await _look(ask, address, starts, today, delay)
            if found.is_shell and ask.run_in_browser is not None:
                found, site, fetched = await ask.run_in_browser(
                    ask, lambda browser: _look(browser, address, starts, today, delay)
                )
                found = replace(found, is_shell=True)
            found = replace(found, place=find_place(found.outlet), zone=zone)
            if zone is not None:
                found = replace(found, zone_seen=("said by a person",))
            return found if site is None else _read(found, site, fetched, is_indonesian)

        return work, delay

    starts = [start for address in addresses for start in _starts(address)]
    check_contact(starts)
    return run_asking([work_on(address) for address in addresses], say, starts)


def _starts(address: str) -> list[str]:
    """The addresses to begin with: as given, or with https and then http where no scheme was given.

    >>> _starts("kabarpaser.example")
    ['https://kabarpaser.example/', 'http://kabarpaser.example/']
    """
    address = address.strip()
    given = [address] if "://" in address else [f"https://{address}", f"http://{address}"]
    parts = [urlsplit(url) for url in given]
    if any(one.scheme not in ("http", "https") or not one.hostname or " " in one.netloc for one in parts):
        raise ValueError(f"no web address: {address!r}; one reads https://kabarpaser.example")
    return [one._replace(path=one.path or "/", fragment="").geturl() for one in parts]


async def _look(
    ask: Asker, address: str, starts: Sequence[str], today: date, delay: float
) -> tuple[Findings, Site | None, list[Fetched]]:
    """All that has to be asked for: the front of the site, its ways, and the pages of some articles."""
    given = await _first_answer(ask, starts)
    home = _home(given.response.url if given.response is not None else given.url)
    is_home = given.response is not None and _is_home(given.response.url)
    front = given if is_home else await ask(f"{home}/", is_page=True)
    if front.response is None:
        return _nothing(ask, address, home, given, front, delay), None, []
    home = ask.home = _home(front.response.url)
    nothing = _nothing(ask, address, home, given, front, delay)
    if is_shell(front.response) and ask.run_in_browser is not None:
        return replace(nothing, is_shell=True), None, []
    sign = find_family(front.response)
    family, rules = _family(sign)
    site = Site(ask, home, front.response, sign.family if sign else None, rules, today, given)
    ways = await find_ways(site)
    fetched = await fetch_articles(site, ways)
    outlet = _outlet(front.response, home, fetched)
    found = replace(
        nothing,
        outlet=outlet,
        is_government=is_government(home, outlet),
        sign=sign,
        family=family,
        hosts=site.hosts,
        delay=max(delay, _crawl_delay(ask, home)) if delay else 0.0,
        ways=tuple(ways),
        multi_page=find_multi_page(fetched) if rules.multi_page == "none" else None,
        is_shell=_is_shell(front.response, fetched),
        tried=(*_failed(ask, home), *dict.fromkeys(site.notes)),
        requests=ask.requests,
        seconds=ask.seconds,
    )
    return found, site, fetched


def _nothing(ask: Asker, address: str, home: str, given: Answer, front: Answer, delay: float) -> Findings:
    """What is known before anything was tried."""
    return Findings(
        address=address,
        home=home,
        outlet=urlsplit(home).netloc,
        is_government=False,
        place=None,
        problem=front.problem,
        robots=_robots_text(ask, home, front),
        moved=_moved(given.url, home),
        sign=None,
        family="generic",
        hosts=(),
        delay=delay,
        ways=(),
        zone=None,
        zone_seen=(),
        readings=(),
        multi_page=None,
        is_shell=False,
        tried=(),
        requests=ask.requests,
        seconds=ask.seconds,
    )


def _read(found: Findings, site: Site, fetched: Sequence[Fetched], is_indonesian: Callable[[str], bool]) -> Findings:
    """The findings with what the articles say, once the zone of their clock times is known."""
    if not found.ways:
        return found
    names = (found.outlet, urlsplit(found.home).hostname or "")
    readings = [read_article(one, _draft(found, "UTC"), names) for one in fetched]
    clues = [*clues_of_articles(fetched, readings), *site.clues]
    if found.place is not None:
        clues.append(Clue(zone_of(found.place.province), f"{found.place.province}, by its name"))
    zone, seen = choose_zone(clues)
    found = replace(found, zone=found.zone or zone, zone_seen=(*found.zone_seen, *seen))
    readings = [read_article(one, _draft(found, found.zone or "UTC"), names) for one in fetched]
    judged = [
        replace(one, is_indonesian=one.article is not None and is_indonesian(one.article.text)) for one in readings
    ]
    return replace(found, readings=tuple(judged))


def _draft(found: Findings, zone: str) -> Source:
    return Source(
        name="try",
        outlet=found.outlet,
        home=found.home,
        kind="government" if found.is_government else "media",
        family=found.family,
        timezone=zone,
        ways=tuple(one.way for one in found.ways),
        delay=found.delay,
        multi_page=found.multi_page or load_family(found.family).multi_page,
        knowledge="to be confirmed",
    )


# The front of a site.


async def _first_answer(ask: Asker, starts: Sequence[str]) -> Answer:
    """The answer of the first address that gives one; a host that is not there is asked for with `www.` too."""
    for url in starts:
        answer = await ask(url, is_page=True)
        if answer.response is not None or not _is_unreachable(answer):
            return answer
    host = urlsplit(starts[0]).netloc
    if host.startswith("www.") or is_loopback(starts[0]):
        return answer
    with_www = await ask(starts[0].replace(host, f"www.{host}", 1), is_page=True)
    return with_www if with_www.response is not None else answer


def _is_unreachable(answer: Answer) -> bool:
    return answer.response is None and not re.match(r"HTTP|robots$|blocked|gone|not asked", answer.problem or "")


def _is_shell(front: Response, fetched: Sequence[Fetched]) -> bool:
    """Whether articles are empty without JavaScript; where there are none, whether the home page is."""
    pages = [one.response for one in fetched if one.response is not None] or [front]
    return sum(map(is_shell, pages)) * 2 > len(pages)


def _home(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _is_home(url: str) -> bool:
    return urlsplit(url).path in ("", "/") and not urlsplit(url).query


def _moved(asked: str, home: str) -> str | None:
    was, now = urlsplit(asked), urlsplit(home)
    if was.netloc == now.netloc:
        return "http leads to https" if was.scheme != now.scheme else None
    if was.netloc.removeprefix("www.") == now.netloc.removeprefix("www."):
        return f"{was.netloc} leads to {now.netloc}"
    is_same = extract_domain(asked) and extract_domain(asked) == extract_domain(home)
    return f"{was.netloc} leads to {now.netloc}, {'of the same domain' if is_same else 'ANOTHER DOMAIN'}"


def _robots_text(ask: Asker, home: str, front: Answer) -> str:
    if front.problem == "robots":
        return "forbids us the home page"
    said = ask.robots.get(urlsplit(home).netloc)
    if said is None:
        return "could not be read" if front.response is None else "none"
    text = "allows us the home page"
    if said.delay is not None:
        text += f"; Crawl-delay {said.delay:g}"
    return text + (f"; names {', '.join(said.sitemaps)}" if said.sitemaps else "; names no sitemap")


def _crawl_delay(ask: Asker, home: str) -> float:
    said = ask.robots.get(urlsplit(home).netloc)
    return said.delay if said is not None and said.delay is not None else 0.0


def _outlet(front: Response | None, home: str, articles: Sequence[Fetched] = ()) -> str:
    """What a site calls itself: by its metadata, else what the titles of its home page and its articles share."""
    host = urlsplit(home).netloc.removeprefix("www.")
    if not isinstance(front, HtmlResponse):
        return host
    named = front.xpath("string(//meta[@property='og:site_name' or @name='application-name'][1]/@content)").get("")
    parts = [part.strip() for part in SEPARATOR.split(_title(front)) if 1 < len(part.strip()) <= 60]
    titles = [_title(one.response) for one in articles if isinstance(one.response, HtmlResponse)]
    shared = [part for part in parts if titles and sum(part in title for title in titles) * 2 > len(titles)]
    telling = [part for part in parts if not _NO_NAME.fullmatch(part)]
    return next((name for name in (named.strip(), *shared, *telling) if 1 < len(name) <= 60), host)


def _title(response: HtmlResponse) -> str:
    return " ".join(response.xpath("string(//title)").get("").split())


def _family(sign: Sign | None) -> tuple[str, Family]:
    """The family of a sign, when there is a file for it, and its rules."""
    try:
        return (sign.family, load_family(sign.family)) if sign else ("generic", Family())
    except SourceError:
        return "generic", Family()


def _failed(ask: Asker, home: str) -> list[str]:
    """What could not be asked, a line for each reason."""
    by_problem: dict[str, list[str]] = {}
    for url, answer in ask.asked.items():
        if answer.problem:
            by_problem.setdefault(answer.problem, []).append(url.removeprefix(home).partition("&_fields=")[0])
    return [f"{problem}: {', '.join(urls)}" for problem, urls in by_problem.items()]
