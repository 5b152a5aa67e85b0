"""One word or several over the served pages, in a process of its own: `python -m benchmarks.corridor DATA WORD`.

Says "ready" when all is imported and the model loaded, and at the end a line of JSON: seconds, processor seconds of
itself and of the processes that it started, and how many pages or articles there are.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import monotonic

from crawler import crawl, pool  # noqa: F401
from db import extractions, store  # noqa: F401
from pantau.crawling import crawl_pages
from pantau.extracting import extract_articles
from pantau.house import House, read_sources
from pantau.parsing import parse_pages
from pantau.running import run_all


def run(house: House) -> None:
    """What `pantau run` does until all is read and stored; neither public.db nor a letter."""
    for word, _ in run_all(house, read_sources(house), None, ""):
        if word == "extract":
            return


WORDS: dict[str, tuple[Callable[[House], object], str]] = {
    "crawl": (lambda house: crawl_pages(house, read_sources(house)), "pages"),
    "parse": (parse_pages, "articles"),
    "extract": (extract_articles, "extractions"),
    "run": (run, "extractions"),
}
"""What each does, and the table of which it counts the rows."""


def main(data: Path, word: str) -> None:
    """Do it and tell what it took."""
    if word in ("extract", "run"):
        load_model()
    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    print("ready", file=told, flush=True)
    house = House(data, data / "sources", data / "outbox")
    do, table = WORDS[word]
    begun, before = monotonic(), os.times()
    do(house)
    wall, after = monotonic() - begun, os.times()
    with closing(sqlite3.connect(house.pantau_db)) as db:
        [(count,)] = db.execute(f"select count(*) from {table}")
    line = {"wall": wall, "seconds": sum(after[:4]) - sum(before[:4]), "count": count}
    print(json.dumps(line), file=told, flush=True)


def load_model() -> None:
    from nlp.pipeline import build_pipeline, model_version
    from nlp.relevance import load_classifiers

    build_pipeline()
    load_classifiers()
    model_version()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
