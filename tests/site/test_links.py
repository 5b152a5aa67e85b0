"""Every link of the site, followed over the example data: no dead page, no dead place on it, no other host's asset."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urldefrag, urljoin, urlsplit

import pytest
from lxml.html import HtmlElement, document_fromstring
from sitepages import Get, Rows

# Datasette's own pages lead to ever more (facets, sorts), and so do ours once something is chosen: such are opened
# where other pages lead to them, and no further.
STOCK = ("/public", "/-/")
MANY = 20_000


class Visited(NamedTuple):
    status: int
    places: frozenset[str]
    links: tuple[str, ...]
    assets: tuple[str, ...]


def visit(get: Get, path: str) -> Visited:
    answer = get(path)
    if answer.status_code in (301, 302):
        return Visited(answer.status_code, frozenset(), (urljoin(path, answer.headers["location"]),), ())
    if answer.status_code != 200 or not answer.headers["content-type"].startswith("text/html"):
        return Visited(answer.status_code, frozenset(), (), ())
    page = document_fromstring(answer.content)
    places = frozenset(map(str, page.xpath("//@id")))
    links = () if _is_choice(path) else tuple(urljoin(path, link) for link in page.xpath("//a/@href"))
    return Visited(200, places, links, tuple(_assets(page)))


def _is_choice(path: str) -> bool:
    return path.startswith(STOCK) or not set(parse_qs(urlsplit(path).query)) <= {"lang"}


def _assets(page: HtmlElement) -> Iterator[str]:
    yield from map(str, page.xpath("//@src | //link[@rel='stylesheet' or @rel='icon' or @rel='preload']/@href"))
    yield from map(str, page.xpath("//form/@action"))


@pytest.fixture(scope="module")
def walked(get: Get) -> dict[str, Visited]:
    """Every page that can be reached from the first by links, by its address."""
    found: dict[str, Visited] = {}
    queue, known = deque(["/"]), {"/"}
    while queue:
        path = queue.popleft()
        found[path] = visit(get, path)
        for link in found[path].links:
            page = urldefrag(link).url
            if page.startswith("/") and page not in known:
                known.add(page)
                queue.append(page)
        assert len(known) < MANY, "the site leads on for ever"
    return found


def test_the_walk_reaches_every_regency_article_and_event_in_both_languages(
    walked: dict[str, Visited], rows: Rows
) -> None:
    wanted = {
        *(f"/daerah/{row['code']}" for row in rows("select code from regencies")),
        *(f"/artikel/{row['id']}" for row in rows("select id from articles where is_relevant = 1")),
        *(f"/peristiwa/{row['id']}" for row in rows("select id from events where confidence >= 0.5")),
    }
    assert sorted(path for path in wanted for page in (path, path + "?lang=en") if page not in walked) == []


def test_no_link_is_dead(walked: dict[str, Visited]) -> None:
    dead = [
        (page, link)
        for page, seen in walked.items()
        for link in seen.links
        if link.startswith("/") and walked[urldefrag(link).url].status not in (200, 301, 302)
    ]
    assert dead == []


def test_every_link_to_a_place_finds_it(walked: dict[str, Visited]) -> None:
    lost = {
        (page.split("?")[0], link)
        for page, seen in walked.items()
        for link in seen.links
        if link.startswith("/") and "#" in link and walked[urldefrag(link).url].status == 200
        if unquote(urldefrag(link).fragment) not in walked[urldefrag(link).url].places
    }
    assert sorted(lost) == []


def test_a_page_asks_no_other_host_for_anything(walked: dict[str, Visited]) -> None:
    foreign = {asset for seen in walked.values() for asset in seen.assets if urlsplit(asset).netloc}
    assert foreign == set()


def test_every_asset_is_there(get: Get, walked: dict[str, Visited]) -> None:
    assets = {asset for seen in walked.values() for asset in seen.assets if asset.startswith(("/static/", "/-/static"))}
    assert len(assets) >= 3
    assert [asset for asset in sorted(assets) if get(asset).status_code != 200] == []


def test_no_page_holds_script_or_style_of_its_own(get: Get, walked: dict[str, Visited]) -> None:
    """What a strict Content-Security-Policy forbids: the pages of ours do without it."""
    ours = {path.split("?")[0].split("/")[1]: path for path in walked if not path.startswith((*STOCK, "/surat/"))}
    for path in ours.values():
        answer = get(path)
        if answer.status_code == 200 and answer.headers["content-type"].startswith("text/html"):
            page = document_fromstring(answer.content)
            assert page.xpath("//script[not(@src) and not(@type='application/ld+json')]") == [], path
            assert page.xpath("//@style | //@*[starts-with(name(), 'on')] | //style") == [], path
