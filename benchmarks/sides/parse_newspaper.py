"""newspaper4k, without its summaries and without asking for pictures."""

from __future__ import annotations

from collections.abc import Sequence

from newspaper import Article
from rounds import answer


def read(pages: Sequence[tuple[str, str, bytes]]) -> int:
    return sum(_has_text(url, body.decode("utf-8", "replace")) for _, url, body in pages)


def _has_text(url: str, html: str) -> bool:
    article = Article(url, language="id", fetch_images=False)
    article.download(input_html=html)
    article.parse()
    return bool(article.text)


if __name__ == "__main__":
    answer(read)
