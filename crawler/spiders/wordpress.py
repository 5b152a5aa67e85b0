"""WordPress's own API: searches every post of the site, and tells title and date better than the page does."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response
from w3lib.html import remove_tags

from crawler.source import load_keywords, way_url
from crawler.spiders.base import ArticleSpider

ROUTES = ("wp-json/wp/v2/posts?", "?rest_route=/wp/v2/posts&")
"""The second answers where the first is closed or links are not pretty."""
PER_PAGE = 100  # more is answered with 400


class WordpressSpider(ArticleSpider):
    """Asks the API for each keyword; the first keyword finds out which route is open."""

    def listing_requests(self) -> Iterator[Request]:
        yield self.search_request(ROUTES[0], load_keywords()[0], 1)

    def search_request(self, route: str, keyword: str, page: int) -> Request:
        """Ask for a page of the posts that hold the keyword's words, newest first."""
        query = {"search": keyword, "per_page": PER_PAGE, "page": page, "_fields": "link,date_gmt,title"}
        if self.since is not None:
            # By the site's own clock; `after` leaves out the instant itself.
            query["after"] = f"{self.since - timedelta(days=1)}T23:59:59"
        url = f"{way_url(self.source, self.way).rstrip('/')}/{route}{urlencode(query)}"
        return self.listing_request(url, self.read_posts, route=route, keyword=keyword, page=page)

    def read_posts(self, response: Response, route: str, keyword: str, page: int) -> Iterator[Request]:
        """The posts of an answer, its next page, and after the first answer the other keywords."""
        posts = _posts(response)
        if posts is None:
            self.tally.problems.append(f"{response.url}: no list of posts")
            yield from self.other_route(route, keyword, page)
            return
        for post in posts:
            yield from self.found(post["link"], self._hints(post))
        if self.ledger.is_full(self.source.name):
            return
        if page < _last_page(response, page, len(posts)):
            yield self.search_request(route, keyword, page + 1)
        if page == 1 and keyword == load_keywords()[0]:
            for other in load_keywords()[1:]:
                yield self.search_request(route, other, 1)

    def other_route(self, route: str, keyword: str, page: int) -> Iterator[Request]:
        """The same question by the second route, when the very first was not answered by the first route."""
        if route == ROUTES[0] and page == 1 and keyword == load_keywords()[0]:
            yield self.search_request(ROUTES[1], keyword, page)

    def fail_listing(self, failure: Any) -> Iterator[Request]:
        """Note that a question was not answered, and try the other route."""
        super().fail_listing(failure)
        asked = failure.request.cb_kwargs
        return self.other_route(asked["route"], asked["keyword"], asked["page"])

    def _hints(self, post: dict[str, Any]) -> dict[str, str]:
        hints = {"title": html.unescape(remove_tags(post.get("title", {}).get("rendered", ""))).strip()}
        if post.get("date_gmt"):
            published = datetime.fromisoformat(post["date_gmt"]).replace(tzinfo=UTC)
            hints["date"] = self.local_time(published).isoformat()
        return {name: value for name, value in hints.items() if value}


def _posts(response: Response) -> list[dict[str, Any]] | None:
    """The posts of an answer; None when it is none of WordPress's."""
    try:
        posts = response.json()
    except ValueError:
        return None
    if not isinstance(posts, list) or not all(isinstance(post, dict) and "link" in post for post in posts):
        return None
    return posts


def _last_page(response: Response, page: int, posts: int) -> int:
    """Number of the last page; where a proxy took the header away, a full page has another behind it."""
    total = response.headers.get("X-WP-TotalPages", b"").decode("latin-1")
    return int(total) if total.isdigit() else page + (posts == PER_PAGE)
