"""Pages that are small to send and take minutes to read: given up before a tree is built of them."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree  # type: ignore[import-untyped]
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response

MOST_ATTRIBUTES = 1000
"""Of an element. To add one to a tree libxml2 walks along all that are there: a hundred thousand take half a minute."""


class TooManyAttributesError(IgnoreRequest):
    """A page with an element that no tree can be built of in good time."""


class MarkupMiddleware:
    """Refuses such pages, whoever asked for them and whether or not a browser has shown them."""

    def process_response(self, request: Request, response: Response) -> Response:
        if isinstance(response, HtmlResponse) and (most := most_attributes(response.text)) > MOST_ATTRIBUTES:
            raise TooManyAttributesError(f"an element with {most:,} attributes, {MOST_ATTRIBUTES:,} at most")
        return response


def most_attributes(text: str) -> int:
    """The most attributes that an element of a page has, found in time in proportion to its length.

    >>> most_attributes("<p class=a id=b>Bimtek <b>smart city")
    2
    """
    tags = _Tags()
    parser = etree.HTMLParser(target=tags, encoding="utf-8", huge_tree=True)
    try:
        # As parsel hands it on.
        parser.feed(text.replace("\x00", "").encode("utf-8", "replace"))
        parser.close()
    except etree.XMLSyntaxError:  # nothing in it that is HTML
        pass
    return tags.most


class _Tags:
    """Is told of tags by lxml, which builds no tree then."""

    most = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.most = max(self.most, len(attributes))

    def close(self) -> None:
        """Nothing is left to be done."""
