"""Crawl, parse and extract the example stories as the commands do; run by test_store.py, which has it killed.

    python queue_worker.py PANTAU_DB STATEMENTS

kills itself with SIGKILL before the given number of SQL statements have run, wherever that is.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime, timedelta

from build import MODEL, PARSER, SOURCES, STORIES, build_article, build_extraction, build_page, build_story_article

from crawler.items import Article, Page
from db.connect import open_db
from db.extractions import pending_articles, save_extraction
from db.reference import load_reference
from db.store import FoundUrl, pending_pages, pending_urls, save_article, save_page, save_sources, save_urls

START = datetime(2024, 11, 22, 1, tzinfo=UTC)


def web() -> dict[str, tuple[Page, Article]]:
    """The whole web: every story, and a second address of the first one."""
    articles = [build_story_article(story) for story in STORIES]
    articles.append(
        build_article(f"{articles[0].url}/amp", articles[0].source, articles[0].text, canonical_url=articles[0].url)
    )
    return {
        article.url: (
            build_page(article.url, article.source, START + timedelta(minutes=n), article.text.encode()),
            article,
        )
        for n, article in enumerate(articles)
    }


def work(path: str, statements: int | None = None) -> None:
    """Do all that is pending."""
    db = open_db(path)
    load_reference(db)
    if statements is not None:
        left = iter(range(statements))
        db.conn.set_trace_callback(lambda _: None if next(left, None) is not None else _die())
    pages = web()
    extractions = {one.article_id: one for one in map(build_extraction, STORIES)}
    save_sources(db, SOURCES)
    save_urls(db, [FoundUrl(url, page.source, "feed") for url, (page, _) in pages.items()])
    for url, _ in pending_urls(db):
        save_page(db, pages[url][0])
    for row in pending_pages(db, {source.name: PARSER for source in SOURCES}):
        save_article(db, row.id, pages[row.url][1], PARSER)
    for one, article in pending_articles(db, MODEL):
        save_extraction(db, extractions[one], article)
    db.close()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    work(sys.argv[1], int(sys.argv[2]))
