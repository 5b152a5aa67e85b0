"""`pantau backfill`: archives larger than one machine, read anew into Parquet parts."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pantau.files import hosts_of, source_of
from pantau.house import House, Stopped, complain, progress

if TYPE_CHECKING:
    from crawler.items import Article, Page, Slice, Unread
    from crawler.source import Source
    from nlp.slices import Reading

ROOM = Path(__file__).parent
CODE = (ROOM / "backfilling.py", ROOM.parent / "crawler" / "warc.py")
"""Files that decide, beside the parser's own, which pages are read."""
# What may stand between two words in the source of a page.
_BETWEEN = rb"(?:[\s_-]|&nbsp;|&#160;|\xc2\xa0)+"


@click.command()
@click.argument("archives", metavar="ARCHIVE...", nargs=-1, required=True)
@click.option(
    "--to", metavar="DIR", type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the parts. Default: backfill in the data folder.",
)  # fmt: skip
@click.option("--scheduler", metavar="ADDRESS", help="Of a Dask cluster. Default: processes on this machine.")
@click.option("--workers", type=click.IntRange(1), help="Processes on this machine. Default: one for each core.")
@click.pass_obj
def backfill(
    house: House, archives: Sequence[str], to: Path | None, scheduler: str | None, workers: int | None
) -> None:
    """Read web archives of any size anew, WARC files by path, pattern or URL, into Parquet parts."""
    if scheduler and workers:
        raise click.UsageError("--workers are processes on this machine, --scheduler is a cluster that has its own")
    if not read_archives(house, archives, to or house.data / "backfill", scheduler, workers):
        raise SystemExit(1)


def read_archives(
    house: House, archives: Sequence[str], folder: Path, scheduler: str | None = None, workers: int | None = None
) -> bool:
    """Read what is not finished of some archives, and say what came of all; whether all of it could be read.

    Parts that are finished are left alone, so that a run that was killed goes on where it was. The result is the same
    whatever the number of workers.
    """
    from nlp.backfill import is_finished, sum_up

    try:
        slices, reading = plan(archives), build_reading(house)
        left = [one for one in slices if not is_finished(folder, one, reading)]
        problems = read_left(left, reading, folder, scheduler, workers) if left else {}
    except ImportError as error:
        raise click.ClickException(f"{error}: `pantau backfill` needs pip install '.[backfill]'") from error
    except KeyboardInterrupt:
        raise Stopped("stopped: what was finished is kept, and `pantau backfill` goes on with the rest") from None
    whole = sum_up(folder, slices, reading, problems)
    click.echo(tell(whole, folder))
    return not whole["unfinished"]


def read_left(
    slices: Sequence[Slice], reading: Reading, folder: Path, scheduler: str | None, workers: int | None
) -> dict[str, str]:
    """Read slices on a cluster; what was wrong, by its id, with each that could not be read. It is told on stderr too,
    and the others go on."""
    from nlp.backfill import backfill as read_slices
    from nlp.backfill import connect

    problems = {}
    try:
        with connect(scheduler, workers) as client:
            click.echo(f"{len(slices)} slices to read; dashboard: {client.dashboard_link}", err=True)
            for slice, problem in progress(read_slices(client, slices, reading, folder), "backfill", len(slices)):
                if problem:
                    problems[slice.id] = problem
                    complain(f"{slice.file}, byte {slice.start:,}: this slice is not read: {problem}")
    except ConnectionError as error:
        raise click.ClickException(str(error)) from error
    return problems


def plan(archives: Sequence[str]) -> list[Slice]:
    """The slices of the archives, or one clear line about the first that is not there."""
    from crawler.warc import plan_slices

    try:
        return plan_slices(archives)
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error


def tell(whole: Mapping[str, Any], folder: Path) -> str:
    """The sum of a backfill in one line.

    >>> tell({"slices": 2, "unfinished": [], "rows": 3, "records": 9, "fates": {"kept": 3, "no-page": 6}}, Path("a"))
    '2 slices, 9 records: 3 kept, 6 no-page; 3 articles in a'
    """
    fates = ", ".join(f"{number:,} {fate}" for fate, number in whole["fates"].items() if number)
    missing = f", {len(whole['unfinished'])} not read" if whole["unfinished"] else ""
    return (
        f"{whole['slices']} slices{missing}, {whole['records']:,} records: {fates or 'none'}; "
        f"{whole['rows']:,} articles in {folder}"
    )


def build_reading(house: House) -> Reading:
    """How pages of an archive are read here: by which outlets' rules, which of them at all."""
    from crawler.source import load_keywords
    from crawler.warc import read_slice
    from nlp.pipeline import model_version
    from nlp.slices import Reading
    from pantau.parsing import read_parsers

    sources, versions = read_parsers(house)
    by_host = hosts_of(source for source in sources.values() if source.home)
    named = {host: source.name for host, source in by_host.items()}
    digest = hashlib.sha256(json.dumps([versions, named, load_keywords()], sort_keys=True).encode())
    for path in CODE:
        digest.update(path.read_bytes())
    parse = partial(parse_page, by_host, versions)
    return Reading(read_slice, parse, digest.hexdigest()[:12], model_version())


def parse_page(by_host: dict[str, Source], versions: Mapping[str, str], page: Page) -> tuple[Article, str] | Unread:
    """The article of a page of an archive and the version of its parser, or why there is none.

    A page of an outlet of ours, or of a local file that was ingested, is read whatever it is about, as a crawl would.
    Of others a page has to hold a word of the programme, in its article too, and be Indonesian: what is cheap to see is
    asked first.
    """
    from crawler.ingest import LOCAL_SOURCE
    from crawler.items import ParseError, Unread
    from crawler.parse import parse_article
    from crawler.source import has_keyword
    from nlp.languages import is_surely_indonesian

    source = source_of(page.url, by_host)
    is_ours = source is not None or page.url.startswith("file:")
    source = source or LOCAL_SOURCE
    if not is_ours and not holds_keyword(page.body):
        return Unread("off-topic", None, page.url)
    try:
        if not is_ours and not is_surely_indonesian(rough_text(page)):
            return Unread("foreign", None, page.url)
        article = parse_article(replace(page, source=source.name), source)
    except (ParseError, ValueError) as error:
        return Unread("not-article", str(error), page.url)
    text = f"{article.title or ''}\n{article.text}"
    if not is_ours and not has_keyword(text):
        return Unread("off-topic", "the words of the programme stand beside its article", page.url)
    if not is_ours and not is_surely_indonesian(text):
        return Unread("foreign", "Indonesian beside its article", page.url)
    return article, versions[source.name]


def holds_keyword(body: bytes) -> bool:
    """Whether one of crawler/keywords.yml is in the bytes of a page; of pages in UTF-16 that cannot be seen.

    >>> holds_keyword(b"<h1>Bimtek SMART&nbsp;City</h1>"), holds_keyword(b"<h1>Telepon smart baru</h1>")
    (True, False)
    """
    small = body.lower()
    return any(first in small and pattern.search(small) for first, pattern in _keyword_patterns())


@lru_cache
def _keyword_patterns() -> list[tuple[bytes, re.Pattern[bytes]]]:
    """For each first word of the keywords, a pattern of those that begin with it, which is then found fast."""
    from crawler.source import load_keywords

    rest: dict[bytes, list[bytes]] = {}
    for keyword in load_keywords():
        first, *others = (re.escape(word.encode()) for word in keyword.casefold().split())
        rest.setdefault(first, []).append(b"".join(_BETWEEN + word for word in others))
    return [(first, re.compile(first + b"(?:" + b"|".join(ends) + b")")) for first, ends in rest.items()]


def rough_text(page: Page) -> str:
    """The words of a page with little care: enough to see their language. Raises ValueError where it is no text."""
    from crawler.article.encoding import decode

    pieces = decode(page.body, page.headers.get("content-type", "")).split("<")
    return " ".join(
        piece.partition(">")[2] for piece in pieces if not piece[:6].casefold().startswith(("script", "style"))
    )
