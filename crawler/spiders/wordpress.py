"""WordPress's own API: searches every post of the site or lists them all; tells title and date better than a page."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from w3lib.html import remove_tags

from crawler.article.json_text import parse_json
from crawler.source import load_keywords, way_url
from crawler.spiders.base import ArticleSpider
from crawler.spiders.lists import MOST_WORDS
from crawler.spiders.posts import LOCKED

ROUTES = ("wp-json/wp/v2/posts?", "?rest_route=/wp/v2/posts&")
"""The second answers where the first is closed or links are not pretty."""
PER_PAGE = 100  # more is answered with 400
FIELDS = "link,date_gmt,modified_gmt,title,content.protected"


class WordpressSpider(ArticleSpider):
    """Asks the API for each keyword, what was changed last first; the first keyword finds out which route is open."""

    _route: str | None = None
    """The one that answers."""

    def listing_requests(self) -> Iterator[Request]:
        yield self.search_request(ROUTES[0], self._words()[0], 1)

    def _words(self) -> tuple[str, ...]:
        """What is searched for, one after another; an empty word finds every post."""
        return load_keywords() if self.way.keywords else ("",)

    def search_request(self, route: str, keyword: str, page: int) -> Request:
        """Ask for a page of the posts that hold the keyword's words."""
        url = self.search_url(route, keyword, page)
        return self.listing_request(url, self.read_posts, route=route, keyword=keyword, page=page)

    def search_url(self, route: str, keyword: str, page: int) -> str:
        """Address of a page of the posts that hold the keyword's words, the last changed first."""
        search = {"search": keyword} if keyword else {}
        query = {**search, "orderby": "modified", "per_page": PER_PAGE, "page": page, "_fields": FIELDS}
        # By the clock that the site is set to. Of some it is UTC, so a day more is asked for than wanted.
        if self.since is not None:
            query["after"] = f"{self.since - timedelta(2)}T23:59:59"
        if self.until is not None:
            query["before"] = f"{self.until + timedelta(2)}T00:00:00"
        return f"{way_url(self.source, self.way).rstrip('/')}/{route}{urlencode(query)}"

    def read_list(self, response: Response, **values: Any) -> Iterator[Request]:
        """What the answer yields; after the first that is one, the questions for the other keywords."""
        was_open = self._route is not None
        yield from super().read_list(response, **values)
        if self._route is not None and not was_open and not self.ledger.is_full(self.source.name):
            for keyword in self._words()[1:]:
                yield self.search_request(self._route, keyword, 1)

    def read_posts(self, response: Response, route: str, keyword: str, page: int) -> Iterator[Request]:
        """The posts of an answer, and the request for its next page."""
        posts = read_posts(response.body)
        if posts is None:
            self.tally.problems.append(f"{response.url}: no list of posts")
            yield from self._other_route(route, keyword)
            return
        if self._route is None:
            self._route = route
            self.tally.problems.clear()  # that the other route is closed
        asked_before = self.tally.revisited + self.tally.new
        for post in self.first_links(response.url, posts):
            yield from self._post(response.urljoin(post["link"]), post)
        is_unchanged = self.tally.revisited + self.tally.new == asked_before
        if page < _last_page(response, page, len(posts)) and self._goes_on(route, keyword, is_unchanged):
            yield self.search_request(route, keyword, page + 1)

    def fail_listing(self, failure: Any) -> Iterator[Request] | None:
        """Note what was wrong, and try the other route; a page that is missing beyond the first ends its list."""
        asked = failure.request.cb_kwargs
        if asked["page"] > 1 and failure.check(HttpError) and failure.value.response.status in (400, 404):
            return None
        super().fail_listing(failure)
        return self._other_route(asked["route"], asked["keyword"])

    def _other_route(self, route: str, keyword: str) -> Iterator[Request]:
        if self._route is None and route == ROUTES[0]:
            yield self.search_request(ROUTES[1], keyword, 1)

    def _goes_on(self, route: str, keyword: str, is_unchanged: bool) -> bool:
        """True when more pages may be asked for: not behind one without news, if an earlier crawl has read the rest."""
        pages = (self.search_url(route, keyword, page) for page in count(1))
        if self.ledger.is_full(self.source.name) or (is_unchanged and self.ledger.past.was_read_whole(pages)):
            return False
        return not self.is_enough(self.search_url(route, keyword, 1))

    def _post(self, url: str, post: dict[str, Any]) -> Iterator[Request]:
        published, modified = _instant(post, "date_gmt"), _instant(post, "modified_gmt")
        day = self.local_time(published).date() if published is not None else None
        if day is not None and not (self.since or date.min) <= day <= (self.until or date.max):
            return  # of the day that was asked for beyond those wanted
        if _value(post, "content", "protected") is True:
            self.pass_over(url, "not-article", LOCKED)
            return
        title = " ".join(html.unescape(remove_tags(str(_value(post, "title", "rendered") or "")[:MOST_WORDS])).split())
        hints = {"title": title} if title else {}
        if published is not None:
            hints["date"] = self.local_time(published).isoformat()
        yield from self.found(url, hints, title or None, day, modified)


def read_posts(body: bytes) -> list[dict[str, Any]] | None:
    """The posts of an answer; None when it is none of WordPress's. Warnings of PHP may stand before it.

    >>> read_posts(b'<br /><b>Deprecated</b>: strpos()<br />\\n[{"link": "https://kabar.example/1"}]')
    [{'link': 'https://kabar.example/1'}]
    >>> read_posts(b'{"code": "rest_no_route", "data": []}')
    """
    text = body.decode("utf-8", errors="replace").lstrip("\ufeff\r\n\t ")
    if text.startswith("<"):
        text = text[text.rfind("\n[") + 1 :] if "\n[" in text else text
    try:
        posts = parse_json(text)
    except ValueError:
        return None
    if not isinstance(posts, list):
        return None
    if not all(isinstance(post, dict) and isinstance(post.get("link"), str) for post in posts):
        return None
    return posts


def _value(post: dict[str, Any], *names: str) -> Any:
    """What stands under the names; None where something else does."""
    value: Any = post
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _instant(post: dict[str, Any], name: str) -> datetime | None:
    try:
        return datetime.fromisoformat(str(post.get(name))).replace(tzinfo=UTC)
    except ValueError:
        return None


def _last_page(response: Response, page: int, posts: int) -> int:
    """Number of the last page; where a proxy took the header away, a full page has another behind it."""
    total = response.headers.get("X-WP-TotalPages", b"").decode("latin-1")
    return int(total) if total.isdigit() else page + (posts == PER_PAGE)
