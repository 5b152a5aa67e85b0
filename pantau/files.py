"""Local files: `pantau ingest` keeps them, `parse --print` and `annotate` print what is read in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import click

from pantau.house import House, alone, complain, opened, progress, read_sources, sha256
from pantau.parts import ingest_parts

if TYPE_CHECKING:
    from crawler.items import Article, Page
    from crawler.source import Source


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--extractions", metavar="PATH", type=click.Path(path_type=Path, exists=True),
    help="Take over what `pantau backfill` read: its folder of parts, or one of them.",
)  # fmt: skip
@click.pass_obj
def ingest(house: House, paths: Sequence[Path], extractions: Path | None) -> None:
    """Keep local files (HTML, text, WARC, JSON Lines) as if they had been fetched."""
    if bool(paths) == bool(extractions):
        raise click.UsageError("one says which files to keep, or --extractions and the parts of a backfill")
    with alone(house, "ingest"):
        if extractions:
            click.echo(ingest_parts(house, extractions))
            return
        kept = ingest_files(house, paths)
    click.echo(f"{kept} pages kept")
    if not kept:
        raise SystemExit(1)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
def annotate(paths: Sequence[Path]) -> None:
    """Print what is read out of local files as JSON Lines, touching no database."""
    if not annotate_files(paths):
        raise SystemExit(1)


def ingest_files(house: House, paths: Sequence[Path]) -> int:
    """Keep every page of the files; how many were kept, those already there included."""
    from crawler.archive import Archive
    from crawler.ingest import LOCAL_SOURCE, read_pages
    from db.forgetting import cover_page, read_forgotten
    from db.store import save_page, save_sources, save_url

    with (
        opened(house, "ingest") as (db, counts, _),
        Archive(house.archive, partial(cover_page, read_forgotten(db))) as archive,
    ):
        save_sources(db, [LOCAL_SOURCE])
        held = {row["url"]: row["digest"] for row in db.query("select url, digest from pages where source = 'ingest'")}
        for path in paths:
            for page in progress(read_pages(path, complain), "ingest"):
                if held.get(page.url) != sha256(page.body):
                    save_url(db, page.url, page.source, "ingest")
                    save_page(db, archive.write(page))
                counts["pages"] += 1
    return counts["pages"]


def print_articles(house: House, paths: Sequence[Path], addresses: Path | None) -> int:
    """Print the article of every page of the files as one JSON object; how many could not be read.

    A page whose address is told is read as the source of its host would be, any other as a local file.
    """
    from crawler.ingest import LOCAL_SOURCE, read_pages
    from crawler.items import ParseError
    from crawler.parse import parse_article

    refused: list[str] = []

    def refuse(message: str) -> None:
        complain(message)
        refused.append(message)

    urls = read_urls(addresses, refuse) if addresses else {}
    by_host = hosts_of(read_sources(house)) if urls else {}
    for path in paths:
        for page in read_pages(path, refuse):
            key = annotation_key(page)
            url = urls.get(key, page.url)
            source = source_of(url, by_host) or LOCAL_SOURCE
            try:
                article = parse_article(replace(page, url=url, source=source.name), source)
            except ParseError as error:
                refuse(str(error))
            else:
                click.echo(json.dumps(printed_article(key, article), ensure_ascii=False))
    return len(refused)


def hosts_of(sources: Iterable[Source]) -> dict[str, Source]:
    """The source of each host where its articles stand, without `www.`."""
    named = [(urlsplit(source.home).hostname or "", source) for source in sources]
    named += [(host, source) for _, source in list(named) for host in source.hosts]
    return {host.removeprefix("www."): source for host, source in reversed(named)}


def source_of(url: str, by_host: dict[str, Source]) -> Source | None:
    """The source of an address, by its host or by the nearest domain above it."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    while host and host not in by_host:
        host = host.partition(".")[2]
    return by_host.get(host)


def printed_article(key: str, article: Article) -> dict[str, Any]:
    """An article as `parse --print` tells it; `date` is ISO 8601 with its offset."""
    return {
        "id": key,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "title": article.title,
        "date": article.published_at.isoformat() if article.published_at else None,
        "date_by": article.published_by,
        "date_reason": article.date_reason,
        "author": ", ".join(article.authors) or None,
        "authors": article.authors,
        "text": article.text,
        "is_complete": article.is_complete,
    }


def read_urls(path: Path, on_error: Callable[[str], None]) -> dict[str, str]:
    """The addresses that a file tells, a line for each page: the stem of its file, tab, URL or nothing."""
    urls: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        key, _, url = (part.strip() for part in line.partition("\t"))
        if url.startswith(("http://", "https://")):
            urls[key] = url
        elif url or (key and "\t" not in line):
            on_error(f"{path}, line {number}: one reads `name<tab>https://…`, seen: {line[:60]!r}")
    return urls


def annotate_files(paths: Sequence[Path]) -> int:
    """Print one object for each article of the files; how many there were."""
    from crawler.ingest import LOCAL_SOURCE, read_pages
    from crawler.items import ParseError
    from crawler.parse import parse_article
    from nlp.annotate import annotation
    from nlp.pipeline import extract as extract_article

    printed = 0
    for path in paths:
        for page in progress(read_pages(path, complain), "annotate"):
            try:
                article: Article = parse_article(page, LOCAL_SOURCE)
            except ParseError as error:
                complain(str(error))
                continue
            found = annotation(annotation_key(page), article, extract_article(article))
            click.echo(json.dumps(found, ensure_ascii=False))
            printed += 1
    return printed


def annotation_key(page: Page) -> str:
    """The id of an annotated article: what its JSON line says, else the name of its file without the ending.

    >>> from datetime import UTC, datetime
    >>> from crawler.items import Page
    >>> now = datetime.now(UTC)
    >>> annotation_key(Page("file:bimtek%20paser.txt#e11093e140db", "ingest", now, 200, b""))
    'bimtek paser'
    """
    if key := page.hints.get("id"):
        return key
    parts = urlsplit(page.url)
    name = Path(unquote(parts.path)).name
    return name.removesuffix(".gz").rpartition(".")[0] or name if parts.scheme == "file" else page.url
