"""What was read elsewhere, in a backfill of other archives or of our own, put beside what the crawl kept."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Literal, Protocol

from sqlite_utils import Database

from crawler.items import Article, Page, article_id
from db.connect import transaction
from db.forgetting import Forgotten, cover_hints, read_forgotten
from db.rows import first
from db.store import save_article, save_page, save_url
from nlp.extraction import Extraction

Outcome = Literal[
    "new",  # its page was not kept yet
    "newer",  # it was kept, as it read before
    "same",  # it is kept with the same body
    "older",  # it is kept as it read later
    "removed",  # it was asked to be forgotten
]


class ReadPage(Protocol):
    """A page without its body; the room that reads has a type with these."""

    @property
    def url(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def fetched_at(self) -> datetime: ...
    @property
    def status(self) -> int: ...
    @property
    def digest(self) -> str: ...
    @property
    def archive_file(self) -> str: ...
    @property
    def archive_offset(self) -> int: ...
    @property
    def headers(self) -> dict[str, str]: ...
    @property
    def hints(self) -> dict[str, str]: ...


class Read(Protocol):
    """A page that was read; the room that reads has a type with these."""

    @property
    def page(self) -> ReadPage: ...
    @property
    def parser(self) -> str: ...
    @property
    def article(self) -> Article: ...
    @property
    def extraction(self) -> Extraction: ...


def save_reads(
    db: Database, reads: Iterable[Read], parsers: Mapping[str, str], is_ours: Callable[[ReadPage], bool]
) -> Counter[Outcome]:
    """Put pages that were read elsewhere, and the articles in them, beside ours, in one transaction; what came of them.

    A page that we have as it read later is left as it is. One with the same body is read as it was told, unless the
    present parser of its source, out of `parsers`, has read it here, or the same parser that is told, or lists said
    more of it here than was known there: then its article is for `pantau parse`. `is_ours` says whether its body lies
    at that place of our archive; where it does not, the page has no place, and is not read again here. Raises
    LookupError for a page of no source.
    """
    with transaction(db):
        forgotten = read_forgotten(db)
        return Counter(_save_read(db, read, parsers, is_ours, forgotten) for read in reads)


def new_extractions(db: Database, reads: Iterable[Read], model: str) -> list[tuple[Extraction, Article]]:
    """What was read in articles that we have word for word, for `save_extractions`; each article once.

    Left out is what the present model, `model`, has read here, or the same model that is told. An article that reads
    otherwise here, because a name in it was covered or its date corrected, is pending for the present model as any.
    """
    found = {}
    for read in reads:
        row = first(
            db,
            """
            select page_id, title, text, published_at, model
            from articles
            left join extractions on article_id = id
            where id = ?
            """,
            read.extraction.article_id,
        )
        if row and row["model"] not in (model, read.extraction.model) and _is_as_here(read, row):
            found[read.extraction.article_id] = read.extraction, read.article
    return list(found.values())


def _save_read(
    db: Database,
    read: Read,
    parsers: Mapping[str, str],
    is_ours: Callable[[ReadPage], bool],
    forgotten: Forgotten | None,
) -> Outcome:
    page, page_id = read.page, article_id(read.page.url)
    outcome = _compare(db, page, page_id)
    if outcome in ("older", "removed"):
        return outcome
    if outcome == "new":
        save_url(db, page.url, page.source, "backfill")
    if outcome != "same":
        save_page(db, _build_page(page, is_ours(page), forgotten), page.digest)
    held = first(db, "select parser, hints from pages left join parses on page_id = id where id = ?", page_id)
    assert held is not None
    if held["parser"] in (read.parser, parsers[page.source]) or set(json.loads(held["hints"])) - set(page.hints):
        return outcome
    return "removed" if save_article(db, page_id, read.article, read.parser) == "removed" else outcome


def _compare(db: Database, page: ReadPage, page_id: str) -> Outcome:
    if first(db, "select 1 from urls where url = ? and fate = 'removed'", page.url):
        return "removed"
    held = first(db, "select digest, coalesce(checked_at, fetched_at) as seen_at from pages where id = ?", page_id)
    if held is None:
        return "new"
    if held["digest"] == page.digest:
        return "same"
    return "newer" if datetime.fromisoformat(held["seen_at"]) < page.fetched_at else "older"


def _build_page(page: ReadPage, is_ours: bool, forgotten: Forgotten | None) -> Page:
    return Page(
        url=page.url,
        source=page.source,
        fetched_at=page.fetched_at,
        status=page.status,
        body=b"",
        headers=page.headers,
        hints=cover_hints(forgotten, page.hints, [article_id(page.url)]),
        archive_file=page.archive_file if is_ours else None,
        archive_offset=page.archive_offset if is_ours else None,
    )


def _is_as_here(read: Read, row: Mapping[str, Any]) -> bool:
    article = read.article
    told = (
        article_id(read.page.url),
        article.title,
        article.text,
        article.published_at and article.published_at.isoformat(),
    )
    return told == (row["page_id"], row["title"], row["text"], row["published_at"])
