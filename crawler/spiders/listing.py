"""Listing pages: an index, a tag, a search of the site's own."""

from __future__ import annotations

from collections.abc import Iterator

from scrapy import Request
from scrapy.http import HtmlResponse, Response

from crawler.spiders.lists import join
from crawler.spiders.paged import PagedSpider
from crawler.url_set import UrlSet

MOST_BYTES = 2 * 1024 * 1024
"""Of a page of links: to select among those of a larger one takes minutes, for the time grows with their square."""
FEWEST_TITLE_WORDS = 4  # "Selengkapnya" and "Baca lebih lanjut" are no titles


class ListingSpider(PagedSpider):
    """Follows the links to articles, page after page."""

    def read_listing(self, response: Response, template: str, page: int, listed: UrlSet) -> Iterator[Request]:
        """The articles of a listing page, and the request for the next one."""
        if not isinstance(response, HtmlResponse):
            self.tally.problems.append(f"{response.url}: no HTML")
            return
        links = []
        if len(response.body) > MOST_BYTES:
            self.tally.problems.append(f"{response.url}: {len(response.body):,} bytes, only {MOST_BYTES:,} are read")
            response = response.replace(body=response.body[:MOST_BYTES])
        anchors = response.css(self.way.articles).xpath("descendant-or-self::a[@href][1]")
        for anchor in self.first_links(response.url, anchors):
            link = join(response.url, anchor.xpath("@href").get(""))
            if link is None:
                continue
            links.append(link)
            title = " ".join(anchor.xpath("string()").get("").split())
            yield from self.found(links[-1], title=title if len(title.split()) >= FEWEST_TITLE_WORDS else None)
        # A word that nobody wrote and a day without news have empty lists; any other list has something in it.
        if page == 1 and not links and not self.way.searches and self.way.window is None:
            self.tally.problems.append(f"{response.url}: nothing at '{self.way.articles}'")
        self.tell_strangers(response.url, links)
        if self.way.next is None:
            yield from self.next_page(template, page, listed, links)
            return
        following = join(response.url, response.css(self.way.next).xpath("@href").get(""))
        if following is not None and self.goes_on(template, page, listed, links):
            listed.update(links)
            yield self.page_request(following, page + 1, listed)
