"""Trafilatura alone, with the metadata."""

from __future__ import annotations

from collections.abc import Sequence

from rounds import answer
from trafilatura import bare_extraction


def read(pages: Sequence[tuple[str, str, bytes]]) -> int:
    found = (bare_extraction(body, url=url, with_metadata=True) for _, url, body in pages)
    return sum(bool(document and document.text) for document in found)


if __name__ == "__main__":
    answer(read)
