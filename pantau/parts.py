"""Parts of a backfill: `pantau ingest --extractions` takes them over, `pantau forget` deletes what is in them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pantau.house import House, batches, complain, keep_sources, opened, progress, sha256

if TYPE_CHECKING:
    from crawler.items import Article
    from db.connect import Database
    from nlp.extraction import Extraction
    from nlp.parts import KeptPage, Read
    from publish.forgetting import Wanted

TOLD = {
    "new": "new",
    "newer": "newer than ours",
    "same": "as ours",
    "older": "older than ours",
    "removed": "asked to be forgotten",
}
"""How is told what came of a page."""


def ingest_parts(house: House, path: Path) -> str:
    """Take over the pages, articles and extractions of a file or a folder of parts; what came of them.

    Killed and said again it goes on; said twice, the second time changes nothing.
    """
    from db.connect import hold_pages
    from db.reads import new_extractions, save_reads
    from nlp.parts import PartError, read_parts
    from nlp.pipeline import model_version
    from pantau.forgetting import delete_forgotten
    from pantau.parsing import read_parsers

    sources, parsers = read_parsers(house)
    with opened(house, "ingest") as (db, counts, _):
        keep_sources(db, sources.values())
        hold_pages(db)
        reads = progress(of_sources(read_parts(path), parsers), "ingest")
        try:
            for batch in batches(reads, 500):
                counts.update(save_reads(db, batch, parsers, partial(lies_in, house.archive)))
                counts["extractions"] += keep_extractions(db, new_extractions(db, batch, model_version()))
        except (PartError, FileNotFoundError) as error:
            raise click.ClickException(f"{error}. What came before it is taken over: {tell(counts)}") from error
        # A page at another address may have turned out to hold an article that was to be forgotten.
        delete_forgotten(house, db)
    return tell(counts)


def of_sources(reads: Iterable[Read], sources: Collection[str]) -> Iterator[Read]:
    """Those of our sources; of each that is none the first page is told."""
    others: set[str] = set()
    for read in reads:
        if read.page.source in sources:
            yield read
        elif read.page.source not in others:
            others.add(read.page.source)
            complain(f"{read.page.url}: no such source here: {read.page.source!r}; all its pages are left out")


def lies_in(archive: Path, page: KeptPage) -> bool:
    """Whether the body of a page lies at its place in our archive: those of others have files of the same names."""
    from crawler.archive import ArchiveError, read_page_body

    if Path(page.archive_file).name != page.archive_file:
        return False
    try:
        return sha256(read_page_body(archive, page.archive_file, page.archive_offset)) == page.digest
    except ArchiveError:
        return False


def keep_extractions(db: Database, read: Sequence[tuple[Extraction, Article]]) -> int:
    """Put what was read in articles beside them; how many. One that is refused is told, and is to be read anew."""
    from db.extractions import save_extractions

    try:
        save_extractions(db, read)
    except (ValueError, sqlite3.IntegrityError) as error:
        if len(read) > 1:
            return sum(keep_extractions(db, [one]) for one in read)
        complain(f"{read[0][1].url}: what was read in it cannot be kept, it is to be read anew: {error}")
        return 0
    return len(read)


def delete_parts(folder: Path, wanted: Wanted) -> int:
    """Delete the parts of a backfill that hold what is to be forgotten, or cannot be read; how many.

    `pantau backfill` makes them anew, out of archives of ours that do not hold it any more.
    """
    held = [path for path in folder.glob("*.parquet") if holds(path, wanted)]
    for path in [*held, *(path.with_suffix(".json") for path in held), *folder.glob(".*.new")]:
        path.unlink(missing_ok=True)
    return len(held)


def holds(part: Path, wanted: Wanted) -> bool:
    """Whether a part has one of the articles or names that are looked for."""
    from nlp.parts import PartError, read_parts

    try:
        return any(tells(read, wanted) for read in read_parts(part))
    except PartError:
        return True


def tells(read: Read, wanted: Wanted) -> bool:
    """Whether a page that was read is one of the articles, or has one of the names, that are looked for."""
    from crawler.items import article_id

    article, found = read.article, read.extraction
    ids = {article_id(read.page.url), found.article_id}
    texts = (article.title or "", *article.authors, article.text, *read.page.hints.values())
    names = (*(official.name for official in found.officials), *(quote.speaker or "" for quote in found.quotes))
    return bool(ids & wanted.articles) or any(wanted.is_told(text, one) for text in (*texts, *names) for one in ids)


def tell(counts: Counter[str]) -> str:
    """What came of the pages, in one line."""
    told = [f"{counts[outcome]} {words}" for outcome, words in TOLD.items() if counts[outcome] or outcome == "new"]
    return f"{sum(counts[outcome] for outcome in TOLD)} pages: {', '.join(told)}; {counts['extractions']} articles read"
