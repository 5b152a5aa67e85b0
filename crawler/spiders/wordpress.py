"""WordPress's own API: searches every post of the site, and tells title and date better than the page does."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from w3lib.html import remove_tags

from crawler.source import load_keywords, way_url
from crawler.spiders.base import ArticleSpider
from crawler.spiders.posts import LOCKED

ROUTES = ("wp-json/wp/v2/posts?", "?rest_route=/wp/v2/posts&")
"""The second answers where the first is closed or links are not pretty."""
PER_PAGE = 100  # more is answered with 400
FIELDS = "link,date_gmt,modified_gmt,title,content.protected"


class WordpressSpider(ArticleSpider):
    """Asks the API for each keyword; the first keyword finds out which route is open."""

    def listing_requests(self) -> Iterator[Request]:
        yield self.search_request(ROUTES[0], load_keywords()[0], 1)

    def search_request(self, route: str, keyword: str, page: int) -> Request:
        """Ask for a page of the posts that hold the keyword's words, newest first."""
        query = {"search": keyword, "per_page": PER_PAGE, "page": page, "_fields": FIELDS}
        if self.since is not None:
            # By the site's own clock; `after` leaves out the instant itself.
            query["after"] = f"{self.since - timedelta(days=1)}T23:59:59"
        url = f"{way_url(self.source, self.way).rstrip('/')}/{route}{urlencode(query)}"
        return self.listing_request(url, self.read_posts, route=route, keyword=keyword, page=page)

    def read_posts(self, response: Response, route: str, keyword: str, page: int) -> Iterator[Request]:
        """The posts of an answer, its next page, and after the first answer the other keywords."""
        posts = read_posts(response.body)
        if posts is None:
            if _is_first(route, keyword, page):
                yield self.search_request(ROUTES[1], keyword, page)
            else:
                self.tally.problems.append(f"{response.url}: no list of posts")
            return
        for post in posts:
            yield from self._post(response.urljoin(post["link"]), post)
        if self.ledger.is_full(self.source.name):
            return
        if page < _last_page(response, page, len(posts)):
            yield self.search_request(route, keyword, page + 1)
        if page == 1 and keyword == load_keywords()[0]:
            for other in load_keywords()[1:]:
                yield self.search_request(route, other, 1)

    def fail_listing(self, failure: Any) -> Iterator[Request]:
        """Try the other route, or note what was wrong; a page that is missing beyond the first ends its list."""
        asked = failure.request.cb_kwargs
        if asked["page"] > 1 and failure.check(HttpError) and failure.value.response.status in (400, 404):
            return
        if _is_first(**asked):
            yield self.search_request(ROUTES[1], asked["keyword"], 1)
        else:
            super().fail_listing(failure)

    def _post(self, url: str, post: dict[str, Any]) -> Iterator[Request]:
        if _value(post, "content", "protected") is True:
            self.pass_over(url, "not-article", LOCKED)
            return
        published = _instant(post, "date_gmt")
        title = html.unescape(remove_tags(str(_value(post, "title", "rendered") or ""))).strip()
        hints = {"title": title} if title else {}
        if published is not None:
            hints["date"] = self.local_time(published).isoformat()
        yield from self.found(url, hints)


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
        posts = json.loads(text)
    except ValueError:
        return None
    if not isinstance(posts, list):
        return None
    if not all(isinstance(post, dict) and isinstance(post.get("link"), str) for post in posts):
        return None
    return posts


def _is_first(route: str, keyword: str, page: int) -> bool:
    """True for the question that finds out whether the first route is open."""
    return (route, keyword, page) == (ROUTES[0], load_keywords()[0], 1)


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
