"""What a page says of how it may be shown: meta robots and X-Robots-Tag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from scrapy.http import HtmlResponse, Response

from crawler.spiders.robots import ROBOTS_NAME

UNSHOWN = ("noindex", "none", "nosnippet", "max-snippet:0")
"""What we publish of an article is a link, its headline and sentences; who wants one of them not to be found or quoted
is left out. `noarchive` asks that no copy be offered to readers, and none is. `nofollow` is about links of the page,
and we follow none but to its further parts."""
_FOR_SOMEBODY = re.compile(r"([a-z][\w-]*)\s*:\s*(.*)", re.IGNORECASE)
_VALUED = ("max-snippet", "max-image-preview", "max-video-preview", "unavailable_after")


def wish_not_to_be_shown(response: Response, url: str) -> str | None:
    """The first of UNSHOWN that an article's page asks of everybody or of us; None where it asks for none.

    `url` is the article's own address. A page that stands for it elsewhere (`?page=all`) and names it as the canonical
    one often says `noindex` of itself; that is not said of the article.
    """
    told = [value.decode("latin-1") for value in response.headers.getlist("X-Robots-Tag")]
    wishes = [wish for line in told for wish in _of_header(line)]
    if isinstance(response, HtmlResponse) and not _is_copy(response, url):
        wishes += [wish for line in _of_meta(response) for wish in _words(line)]
    return next((wish for wish in wishes if wish in UNSHOWN), None)


def _of_header(line: str) -> Iterator[str]:
    """The wishes of a header, where they are for everybody or for us: `PantauKotaCerdas: noindex`."""
    named = _FOR_SOMEBODY.match(line.strip())
    if named is None or named[1].lower() in _VALUED:
        yield from _words(line)
    elif named[1].lower() == ROBOTS_NAME.lower():
        yield from _words(named[2])


def _of_meta(response: HtmlResponse) -> Iterator[str]:
    # Not `attrib`, which fails where any other attribute has an impossible name.
    for tag in response.css("meta[name][content]"):
        if tag.xpath("@name").get("").strip().lower() in ("robots", ROBOTS_NAME.lower()):
            yield tag.xpath("@content").get("")


def _words(line: str) -> list[str]:
    return ["".join(word.split()).lower() for word in line.split(",")]


def _is_copy(response: HtmlResponse, url: str) -> bool:
    canonical = response.xpath("string(//link[@rel='canonical']/@href)").get("").strip()
    return response.url != url and canonical != "" and urljoin(response.url, canonical) == url
