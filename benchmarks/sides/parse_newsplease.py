"""news-please, without asking for pictures."""

from __future__ import annotations

from collections.abc import Sequence

from newsplease import NewsPlease
from rounds import answer


def read(pages: Sequence[tuple[str, str, bytes]]) -> int:
    return sum(_has_text(url, body.decode("utf-8", "replace")) for _, url, body in pages)


def _has_text(url: str, html: str) -> bool:
    return bool(NewsPlease.from_html(html, url=url, fetch_images=False).maintext)


if __name__ == "__main__":
    answer(read)
