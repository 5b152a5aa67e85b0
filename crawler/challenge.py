"""Pages that are not the site's content: bot walls, blocks, suspended, parked, broken and hijacked sites."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from crawler.items import Fate

RULES = Path(__file__).with_name("challenges.yml")
HEAD = 32 * 1024
"""Bytes in which the title and the marks of a wall are looked for."""
SMALL = 24 * 1024
"""A page of more bytes has more words than any wall, so only a mark in its head makes us count them."""
MOST_BYTES = 512 * 1024
"""As far as a page's words are read: it takes seconds to compare a megabyte of them with all rules."""
_TITLE = re.compile(rb"<title[^<>]*>(.{0,2000}?)</title", re.IGNORECASE | re.DOTALL)
# What is not closed goes on to the end, as in a browser; and who looks for no end cannot be made to look for it again.
_UNSEEN = re.compile(
    r"<(script|style|title|svg|template)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
_PARAGRAPH = re.compile(rb"<p(?:\s[^<>]*)?>([^<>]+)", re.IGNORECASE)
_NO_HTML = (b"{", b"[", b"<?xml", b"<rss", b"<feed", b"<urlset", b"<sitemapindex", b"%PDF", b"\x1f\x8b")


class Rule(BaseModel):
    """What a page that is not the site's content looks like: all that is named must hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: str
    fate: Fate
    headers: dict[str, str] = Field(default_factory=dict)
    title: str | None = None
    markup: tuple[str, ...] = ()
    text: str | None = None
    words: int | None = None

    def most_words(self) -> int | None:
        """The number of words above which a page is no such page; None where that does not matter."""
        is_by_headers_alone = self.headers and not (self.title or self.markup or self.text)
        return self.words if self.words is not None or is_by_headers_alone else 150


class Hijack(BaseModel):
    """What a site looks like that sells gambling now."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: str
    fate: Fate
    games: str
    offers: str
    reports: str
    different_offers: int
    share_of_words: float


class Challenges(BaseModel):
    """`challenges.yml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: tuple[Rule, ...]
    hijack: Hijack


def page_problem(status: int, headers: Mapping[str, str], body: bytes) -> tuple[Fate, str] | None:
    """Fate and reason of an answer that is not the site's content; None for the site's own pages.

    Header names in any case. Silence says nothing of `status`: an error page of the site's own has its status alone.

    >>> page_problem(200, {}, b"<title>Just a moment...</title><p>Enable JavaScript and cookies to continue")
    ('blocked', 'Cloudflare asks for a proof of being human')
    >>> page_problem(200, {}, b"<title>Bimtek Smart City</title><p>Bupati membuka bimtek di aula.")
    """
    challenges = load_challenges()
    lowered = {name.lower(): value for name, value in headers.items()}
    page = _Seen(body)
    is_html = "html" in lowered.get("content-type", "html") and not body[:512].lstrip().startswith(_NO_HTML)
    for rule in challenges.rules:
        if (is_html or rule.most_words() is None) and _holds(rule, lowered, page):
            return rule.fate, _with_status(rule.reason, status)
    if is_html and _is_hijacked(challenges.hijack, page):
        return challenges.hijack.fate, _with_status(challenges.hijack.reason, status)
    return None


@cache
def load_challenges() -> Challenges:
    """The rules of `challenges.yml`."""
    return Challenges.model_validate(yaml.safe_load(RULES.read_text(encoding="utf-8")))


class _Seen:
    """A page as far as it was looked at: what costs time is worked out once, and only when it is asked for."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    @cached_property
    def head(self) -> str:
        return self.body[:HEAD].decode("utf-8", "replace").lower()

    @cached_property
    def title(self) -> str:
        found = _TITLE.search(self.body[:HEAD])
        return " ".join(html.unescape(found[1].decode("utf-8", "replace")).split()) if found else ""

    @cached_property
    def text(self) -> str:
        seen = re.sub(r"<[^<>]*>", " ", _UNSEEN.sub(" ", self.body[:MOST_BYTES].decode("utf-8", "replace")))
        return " ".join(html.unescape(seen).split())

    @cached_property
    def fewest_words(self) -> int:
        """Words of paragraphs up to their first tag: never more than there are, and no time is lost to count them."""
        return sum(len(paragraph.split()) for paragraph in _PARAGRAPH.findall(self.body))

    @cached_property
    def words(self) -> int:
        return self.text.count(" ") + bool(self.text)


def _holds(rule: Rule, headers: Mapping[str, str], page: _Seen) -> bool:
    """Whether all that a rule names is true of a page; what is cheap is asked first."""
    if any(not re.search(pattern, headers.get(name, ""), re.IGNORECASE) for name, pattern in rule.headers.items()):
        return False
    most = rule.most_words()
    if most is not None and page.fewest_words > most:
        return False
    if rule.title is not None and not _search(rule.title, page.title):
        return False
    if rule.markup and not any(mark in page.head for mark in rule.markup):
        return False
    if rule.title is None and not rule.markup and not rule.headers and len(page.body) > SMALL:
        return False
    if most is not None and page.words > most:
        return False
    return rule.text is None or _search(rule.text, page.text) is not None


def _is_hijacked(hijack: Hijack, page: _Seen) -> bool:
    if not _search(hijack.games, page.title) or len(_different(hijack.offers, page.title)) < 2:
        return False
    offers = _different(hijack.offers, page.text)
    share = len(_pattern(hijack.offers).findall(page.text)) / max(page.words, 1)
    is_report = len(_different(hijack.reports, page.text)) >= 2
    return len(offers) >= hijack.different_offers and share >= hijack.share_of_words and not is_report


def _different(pattern: str, text: str) -> set[str]:
    return {found[0].casefold() for found in _pattern(pattern).finditer(text)}


def _search(pattern: str, text: str) -> re.Match[str] | None:
    return _pattern(pattern).search(text)


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """A pattern of the file; a line break of the file before `|` is none of the pattern's."""
    return re.compile(re.sub(r"\s+\|", "|", pattern), re.IGNORECASE)


def _with_status(reason: str, status: int) -> str:
    return reason if status == 200 else f"{reason} (HTTP {status})"
