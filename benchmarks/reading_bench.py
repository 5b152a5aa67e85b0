"""How fast articles are read, how much of it each part takes, how long the pipeline loads, how much memory it takes.

`OMP_NUM_THREADS=1 python -m benchmarks.reading_bench GOLD.jsonl ...` reads the texts of annotated articles, joined and
cut to 300 words, in one process on one thread. Seconds are those of this machine on this day; the shares tell where
they go.
"""

from __future__ import annotations

import inspect
import json
import re
import resource
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from time import process_time
from typing import Any

from crawler.items import Article
from nlp import pipeline
from nlp.relevance import load_classifiers

WORDS = 300
"""Words of an article whose reading is measured."""
_ROUNDS = 3
"""The fastest round counts: what else a machine does makes a round slower, never faster."""
_LEAST = 0.005
"""Smaller shares are told together."""


def main(paths: Sequence[Path]) -> None:
    """Print articles a second, the share of every part, load time and memory."""
    started = process_time()
    pipeline.build_pipeline()
    load_classifiers()
    pipeline.model_version()
    loaded = process_time() - started
    articles = list(load_articles(paths))
    read_all(articles)  # word lists and patterns are read at their first use
    seconds = min(read_all(articles) for _ in range(_ROUNDS))
    lines = [f"{len(articles) / seconds:6.1f} articles of {WORDS} words a CPU-second"]
    spent = measure_parts(articles)
    large = {part: share for part in spent if (share := spent[part] / sum(spent.values())) >= _LEAST}
    lines += [f"{share:6.1%} {part}" for part, share in sorted(large.items(), key=lambda item: -item[1])]
    lines += [f"{1 - sum(large.values()):6.1%} {len(spent) - len(large)} smaller parts"]
    lines += [f"{loaded:6.2f} CPU-seconds to load", f"{_peak_memory():6.0f} MB at the peak"]
    sys.stdout.write("\n".join(lines) + "\n")


def load_articles(paths: Sequence[Path]) -> Iterator[Article]:
    """Articles of 300 words, each begun with a text of the files and filled up with those after it."""
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    for i, row in enumerate(rows):
        text = "\n\n".join(other["text"] for other in [*rows[i:], *rows[:i]])
        published = datetime.fromisoformat(f"{row['published']}T08:00:00+07:00") if row["published"] else None
        url = f"https://contoh.example/{i}"
        yield Article(url, url, "contoh", row["title"], (), published, None, None, first_words(text, WORDS))


def first_words(text: str, count: int) -> str:
    """The beginning of a text, with so many words.

    >>> first_words("Bupati hadir.\\n\\nIa  pulang malam.", 3)
    'Bupati hadir.\\n\\nIa'
    """
    ends = [match.end() for match in re.finditer(r"\S+", text)][:count]
    return text[: ends[-1]] if ends else ""


def read_all(articles: Sequence[Article]) -> float:
    """CPU-seconds that reading the articles takes."""
    started = process_time()
    for _ in pipeline.extract_articles(articles):
        pass
    return process_time() - started


def measure_parts(articles: Sequence[Article]) -> dict[str, float]:
    """CPU-seconds of every component of the pipeline, of every reader that it calls, and of what is left."""
    spent: dict[str, float] = defaultdict(float)
    readers = {
        name: reader
        for name, reader in vars(pipeline).items()
        if inspect.isfunction(reader) and reader.__module__.startswith("nlp.") and reader.__module__ != "nlp.pipeline"
    }
    try:
        for name, reader in readers.items():
            setattr(pipeline, name, _timed(name, reader, spent))
        whole = read_all(articles)
    finally:
        for name, reader in readers.items():
            setattr(pipeline, name, reader)
    built = pipeline.build_pipeline()
    docs: Any = _timed("tokens", lambda: [built.make_doc(article.text) for article in articles], spent)()
    for name, component in built.pipeline:
        docs = _timed(name, _all_at_once(component), spent)(docs)
    spent["the rest"] = max(0.0, whole - sum(spent.values()))
    return dict(spent)


def _all_at_once(component: Callable[..., Any]) -> Callable[..., list[Any]]:
    """The component over a list of Docs, as `nlp.pipe` runs it: trained ones read many at once."""
    if hasattr(component, "pipe"):
        return lambda docs: list(component.pipe(docs))
    return lambda docs: [component(doc) for doc in docs]


def _timed(name: str, function: Callable[..., Any], spent: dict[str, float]) -> Callable[..., Any]:
    """The same function, whose CPU-seconds are added to those of its name."""

    def timed(*args: Any, **kwargs: Any) -> Any:
        started = process_time()
        try:
            return function(*args, **kwargs)
        finally:
            spent[name] += process_time() - started

    return timed


def _peak_memory() -> float:
    """Megabytes; Linux counts kilobytes, macOS bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
