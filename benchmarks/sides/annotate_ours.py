"""The whole of our reading."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rounds import answer

import pantau.lean  # noqa: F401  (as every word does)
from crawler.items import Article
from nlp.pipeline import extract_articles


def read(rows: Sequence[dict[str, str]]) -> int:
    return sum(bool(found.mentions) for found in extract_articles(map(_article, range(len(rows)), rows)))


def _article(number: int, row: dict[str, str]) -> Article:
    published = datetime.fromisoformat(f"{row['published']}T08:00:00+07:00") if row["published"] else None
    url = f"https://bangku.example/{number}"
    return Article(url, url, "bangku", row["title"], (), published, None, None, row["text"])


if __name__ == "__main__":
    answer(read)
