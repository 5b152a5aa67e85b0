"""What kind of a site it is, by the signs of crawler/probe/signs.yml, and what was seen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from lxml.html import HtmlElement  # type: ignore[import-untyped]
from scrapy.http import HtmlResponse, Response

SIGNS = Path(__file__).with_name("signs.yml")
SHELL_TEXT, SHELL_LINKS = 250, 5
"""A page with fewer characters and links than these shows nothing, whatever it is made of."""
_WHOLE = ("host", "generator")
"""Short enough to be shown as they are; of the others the part that was looked for."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A family that a site seems to belong to, and what was seen of it."""

    family: str
    seen: tuple[str, ...]


def find_family(response: Response) -> Sign | None:
    """The family whose signs the home page has; None where it has those of none.

    A host is certain; else the family with most kinds of signs, at a draw the one that stands first in the file.
    """
    places = _places(response)
    found = [Sign(family, _seen(signs, places)) for family, signs in _signs()["families"].items()]
    certain = [sign for sign in found if any(seen.startswith("host ") for seen in sign.seen)]
    return next(iter(certain), None) or max(
        (one for one in found if one.seen), key=lambda one: len(one.seen), default=None
    )


def is_government(url: str, name: str) -> bool:
    """Whether a site is a government's, by its host or by what it calls itself.

    >>> is_government("https://bangka.go.id", "Bangka"), is_government("https://kabarpaser.example", "Kabar Paser")
    (True, False)
    >>> is_government("http://127.0.0.1:8103", "Portal Kabupaten Kolaka")
    True
    """
    signs = _signs()["government"]
    host = urlsplit(url).hostname or ""
    return bool(re.search(signs["host"], host, re.IGNORECASE) or re.search(signs["name"], name.strip(), re.IGNORECASE))


def zone_of(province: str) -> str:
    """IANA name of the zone that a province lives by.

    >>> zone_of("Papua Pegunungan"), zone_of("Riau")
    ('Asia/Jayapura', 'Asia/Jakarta')
    """
    zones: dict[str, list[str]] = _signs()["zones"]
    return next((zone for zone, provinces in zones.items() if province in provinces), "Asia/Jakarta")


def is_shell(response: Response) -> bool:
    """Whether a page says next to nothing before its scripts have run."""
    if not isinstance(response, HtmlResponse) or "<script" not in response.text.casefold():
        return False
    text = visible_text(response.selector.root)
    is_empty = len(text) < SHELL_TEXT and len(response.css("a[href]")) < SHELL_LINKS
    is_marked = re.search(_signs()["shell"], response.text, re.IGNORECASE) is not None
    return is_empty or (is_marked and len(text) < 4 * SHELL_TEXT and len(response.css("a[href]")) < 4 * SHELL_LINKS)


def visible_text(tree: HtmlElement) -> str:
    """What a reader sees of a page, its spaces made one; neither scripts nor styles."""
    texts = tree.xpath("//body//text()[not(ancestor::script or ancestor::style or ancestor::noscript)]")
    return " ".join(" ".join(texts).split())


@cache
def _signs() -> dict[str, Any]:
    signs: dict[str, Any] = yaml.safe_load(SIGNS.read_text(encoding="utf-8"))
    return signs


def _places(response: Response) -> dict[str, str]:
    """What of a page is looked at for signs, by the names that the file gives them."""
    headers = response.headers.to_unicode_dict()
    places = {
        "host": urlsplit(response.url).hostname or "",
        "header": "\n".join(f"{name}: {value}" for name, value in headers.items()),
    }
    if isinstance(response, HtmlResponse):
        places["generator"] = response.xpath("string(//meta[translate(@name, 'G', 'g')='generator']/@content)").get("")
        places["html"] = response.text
        places["class"] = response.xpath("string(//body/@class)").get("")
    return places


def _seen(signs: dict[str, str], places: dict[str, str]) -> tuple[str, ...]:
    found = {
        place: re.search(pattern, places.get(place, ""), re.IGNORECASE | re.MULTILINE)
        for place, pattern in signs.items()
    }
    return tuple(
        f"{place} {' '.join((match.string if place in _WHOLE else match[0]).split())[:60]}"
        for place, match in found.items()
        if match and match[0]
    )
