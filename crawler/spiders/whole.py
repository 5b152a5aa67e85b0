"""Bodies that break off: what came of them is not taken for the whole."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

MOST_BYTES = 10 * 1024 * 1024
"""Of an answer, as it comes and unpacked; larger ones are refused."""


class BrokenBodyError(IgnoreRequest):
    """A body that broke off, also the last time that it was asked for."""


class WholeBodyMiddleware:
    """Asks again for a packed body that breaks off, and gives it up where it always does.

    Scrapy unpacks such a body as far as it goes and says nothing, so half an article would look like one. It must see
    responses before HttpCompressionMiddleware (590) does.
    """

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> WholeBodyMiddleware:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        # Of several the last was put on last; what is within is not looked at.
        packing = b",".join(response.headers.getlist("Content-Encoding")).rpartition(b",")[2].strip().lower()
        is_whole = CHECKS.get(packing.decode("latin-1"))
        if is_whole is None or not response.body or is_whole(response.body):
            return response
        how = packing.decode("latin-1").removeprefix("x-")
        again = get_retry_request(request, spider=self._crawler.spider, reason=f"broken {how}")
        if again is None:
            raise BrokenBodyError(f"its {how} breaks off")
        return again


def is_whole_gzip(body: bytes) -> bool:
    """True when a gzipped body comes to its end, with the checksum that it tells.

    >>> import gzip
    >>> whole = gzip.compress(b"Bupati membuka bimtek.")
    >>> is_whole_gzip(whole), is_whole_gzip(whole[:-9])
    (True, False)
    """
    return _comes_to_its_end(zlib.decompressobj(wbits=31), body)


def is_whole_deflate(body: bytes) -> bool:
    """The same for deflate, with the header of zlib (RFC 9110, 8.4.1.2) or, as some servers send it, without."""
    return any(_comes_to_its_end(zlib.decompressobj(wbits=bits), body) for bits in (15, -15))


def _comes_to_its_end(unpacker: Any, body: bytes) -> bool:
    try:
        unpacker.decompress(body, MOST_BYTES)
    except zlib.error:
        return False
    return unpacker.eof or bool(unpacker.unconsumed_tail)


CHECKS: dict[str, Callable[[bytes], bool]] = {
    "gzip": is_whole_gzip,
    "x-gzip": is_whole_gzip,
    "deflate": is_whole_deflate,
}
"""By what Content-Encoding says, of what we ask for; Scrapy also unpacks brotli and zstd that nobody asked for."""
