"""`pantau parse`: from kept pages to articles."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pantau.alarms import tell_alarms
from pantau.files import print_articles
from pantau.house import House, Stopped, alone, batches, complain, keep_sources, opened, progress, read_sources

if TYPE_CHECKING:
    from crawler.items import Page
    from crawler.pool import Found, ParsePool
    from crawler.source import Source
    from db.connect import Database

log = logging.getLogger(__name__)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--all", "is_all", is_flag=True, help="Read every kept page anew, whatever parser read it before.")
@click.option(
    "--print", "is_printed", is_flag=True, help="Print the articles of local files as JSON Lines; keep nothing."
)
@click.option(
    "--urls", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="With --print: the address of each file, a line each: file name without its ending, tab, URL.",
)  # fmt: skip
@click.pass_obj
def parse(house: House, paths: Sequence[Path], is_all: bool, is_printed: bool, urls: Path | None) -> None:
    """Read articles out of kept pages that the present parser has not seen."""
    if is_printed != bool(paths) or (urls and not is_printed):
        raise click.UsageError("--print, and --urls with it, are for files, and files need --print")
    if is_all and is_printed:
        raise click.UsageError("--all reads kept pages, --print files")
    if not is_printed:
        with alone(house, "parse"):
            click.echo(parse_pages(house, is_all))
    elif print_articles(house, paths, urls):
        raise SystemExit(1)


def parse_pages(house: House, is_all: bool = False, counts: Counter[str] | None = None) -> str:
    """Read articles out of pending pages, or of all; one bad page is told on stderr and the others go on.

    `counts` are of pages that were read already and are to be told with these. Ctrl-C keeps what has been read.
    """
    from crawler.pool import ParsePool
    from db.store import forget_parses, settle_held
    from pantau.forgetting import delete_forgotten

    sources, versions = read_parsers(house)
    with opened(house, "parse") as (db, done, run), ParsePool(house.archive, sources) as pool:
        done.update(counts or {})
        keep_sources(db, sources.values())
        if is_all:
            forget_parses(db)
        read_pending(db, pool, versions, done)
        if settle_held(db, versions, {name: source.expect.read for name, source in sources.items()}):
            # Copies of what was let go are to be read again.
            read_pending(db, pool, versions, done)
        # A page at another address may have turned out to hold an article that was to be forgotten.
        delete_forgotten(house, db)
        tell_alarms(db, run)
    return (
        f"{done['kept'] + done['off-topic']} articles, {done['duplicate']} copies under another address, "
        f"{done['not-understood']} pages not understood"
        + (f", {done['out of reach']} out of reach in the archive" if done["out of reach"] else "")
    )


def read_pending(db: Database, pool: ParsePool, versions: Mapping[str, str], done: Counter[str]) -> None:
    """Read what the present parsers have not seen, and keep what came of it."""
    from db.store import build_kept_page, count_pending_pages, pending_pages

    pages = (build_kept_page(row, b"") for row in pending_pages(db, versions))
    pending = count_pending_pages(db, versions)
    read = 0
    try:
        for batch in batches(progress(pool.read(pages), "parse", pending), 20):
            save_batch(db, batch, versions, done)
            read += len(batch)
    except KeyboardInterrupt:
        raise Stopped(f"stopped: {read} of {pending} pages read; `pantau parse` goes on with the others") from None


@contextmanager
def reading(
    house: House, db: Database, counts: Counter[str], kept: Callable[[Iterable[str]], None] | None = None
) -> Iterator[Callable[[Page], None]]:
    """A function that has a page read that was just kept, in other processes, while the block goes on.

    What has been read is saved twenty at a time, the rest at the end. What was not taken is pending. `kept` is told the
    ids of articles that were saved.
    """
    from crawler.items import Article, article_id
    from crawler.pool import ParsePool

    sources, versions = read_parsers(house)
    found: list[tuple[Page, Found]] = []
    with ParsePool(house.archive, sources) as pool:

        def read(page: Page) -> None:
            pool.submit(page)
            found.extend(pool.finished())
            if len(found) >= 20:
                save()

        def save() -> None:
            save_batch(db, found, versions, counts)
            if kept:
                kept(article_id(article.canonical_url) for _, article in found if isinstance(article, Article))
            found.clear()

        try:
            yield read
        finally:
            found.extend(pool.finished())
            save()
        for batch in batches(pool.drain(), 20):
            save_batch(db, batch, versions, counts)


def read_parsers(house: House) -> tuple[dict[str, Source], dict[str, str]]:
    """Every source that a page can have, and the present version of its parser, by its name."""
    from crawler.ingest import LOCAL_SOURCE
    from crawler.parser_version import parser_versions

    sources = {source.name: source for source in [*read_sources(house), LOCAL_SOURCE]}
    return sources, parser_versions(sources.values())


def save_batch(
    db: Database, batch: Sequence[tuple[Page, Found]], versions: Mapping[str, str], counts: Counter[str]
) -> None:
    """Put what came of some pages beside them, in one transaction."""
    from crawler.archive import ArchiveError
    from crawler.items import Article
    from db.connect import transaction
    from db.store import save_found

    before = Counter(counts)
    with transaction(db):
        for page, found in batch:
            if isinstance(found, ArchiveError):
                # The archive is out of reach, which says nothing of the page: it stays pending, its article stays.
                counts["out of reach"] += 1
            else:
                counts[save_found(db, page, found, versions[page.source]) or "replaced"] += 1
            if not isinstance(found, Article):
                complain(str(found))
    log.info("batch read", extra={"pages": len(batch), **(Counter(counts) - before)})
