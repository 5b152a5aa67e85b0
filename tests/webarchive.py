"""Web archives for tests, whole or damaged, written byte by byte."""

from __future__ import annotations

import gzip


def record(
    number: int, content: bytes = b"", kind: str = "response", length: int | None = None, host: str = "kabar.example"
) -> bytes:
    """A record whose address ends with the number; of another length than it says, where one is given."""
    body = content or b"<html><body><p>Bupati Ende membuka bimtek %d.</p></body></html>" % number
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://{host}/{number}\r\n"
        f"WARC-Date: 2024-05-06T07:08:09Z\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {length or len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def archive_of(pieces: list[bytes], name: str) -> bytes:
    """Records as a file; each packed by itself where the name ends so."""
    return b"".join(gzip.compress(piece, 1, mtime=0) if name.endswith(".gz") else piece for piece in pieces)
