"""Bodies that break off: what came of them is not taken for the whole."""

from __future__ import annotations

import zlib
from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

MOST_BYTES = 10 * 1024 * 1024
"""As far as a body is looked at; larger ones are refused by their size."""


class BrokenBodyError(IgnoreRequest):
    """A body that broke off, also the last time that it was asked for."""


class WholeBodyMiddleware:
    """Asks again for a gzipped body that breaks off, and gives it up where it always does.

    Scrapy unpacks such a body as far as it goes and says nothing, so half an article would look like one. It must see
    responses before HttpCompressionMiddleware (590) does.
    """

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> WholeBodyMiddleware:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        encoding = response.headers.get("Content-Encoding", b"").strip().lower()
        if encoding not in (b"gzip", b"x-gzip") or not response.body or is_whole_gzip(response.body):
            return response
        again = get_retry_request(request, spider=self._crawler.spider, reason="broken gzip")
        if again is None:
            raise BrokenBodyError("its gzip breaks off")
        return again


def is_whole_gzip(body: bytes) -> bool:
    """True when a gzipped body comes to its end, with the checksum that it tells.

    >>> import gzip
    >>> whole = gzip.compress(b"Bupati membuka bimtek.")
    >>> is_whole_gzip(whole), is_whole_gzip(whole[:-9])
    (True, False)
    """
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacker.decompress(body, MOST_BYTES)
    except zlib.error:
        return False
    return unpacker.eof or bool(unpacker.unconsumed_tail)
