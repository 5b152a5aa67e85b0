"""Answers whose headers do not come to an end: given up before they have cost memory."""

from __future__ import annotations

from typing import Any

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS

MOST_BYTES = 256 * 1024
"""Of the headers of an answer. Servers and browsers have bounds from 8 to 256 KB."""


class TooManyHeadersError(Exception):
    """The headers of an answer went on and on."""


class BoundedHeadersHandler(HTTP11DownloadHandler):
    """Scrapy's handler of HTTP with a bound that it lacks: DOWNLOAD_MAXSIZE counts the body alone."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._pool._factory = _BoundedFactory


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    _received = 0
    """Bytes of the headers of the answer that is awaited."""

    def request(self, request: Any) -> Any:
        self._received = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 (Twisted's name)
        if self._parser is not None and self._parser.state in (STATUS, HEADER):
            self._received += len(data)
            if self._received > MOST_BYTES:
                self._giveUp(Failure(TooManyHeadersError(f"over {MOST_BYTES:,} bytes of headers")))
                return
        super().dataReceived(data)


class _BoundedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _BoundedProtocol:  # noqa: N802 (Twisted's name)
        return _BoundedProtocol(self._quiescentCallback)
