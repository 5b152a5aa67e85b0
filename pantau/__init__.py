"""The front door: the words `pantau` understands. The only package that knows every room.

Each word does what is pending and stops; running it again does nothing. The database is the queue, so a word may be
killed at any moment and said again. What needs a library that is slow to load imports it inside the function.
"""

from __future__ import annotations

import logging
from pathlib import Path

import click

from pantau import (
    crawling,
    demo,
    evaluating,
    extracting,
    files,
    forgetting,
    mail,
    parsing,
    publishing,
    review,
    reviewers,
    running,
    sources,
    subscribers,
)
from pantau.house import ROOT, House

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), default=Path("data"), envvar="PANTAU_DATA",
    show_default=True, help="Folder of the databases, the archive and the outbox.",
)  # fmt: skip
@click.option(
    "--sources", "source_files", type=click.Path(path_type=Path, file_okay=False), default=ROOT / "crawler" / "sources",
    envvar="PANTAU_SOURCES", help="Folder of source files. Default: crawler/sources.",
)  # fmt: skip
@click.option(
    "--wait", metavar="SECONDS", type=click.FloatRange(0), default=0, envvar="PANTAU_WAIT",
    help="How long to wait while another word is at it. Default: not at all, and the exit status is 75.",
)  # fmt: skip
@click.pass_context
def main(context: click.Context, data: Path, source_files: Path, wait: float) -> None:
    """Watch Indonesia's smart-city programme in the regional news."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    for handler in logging.getLogger().handlers:
        handler.setLevel(logging.WARNING)  # Scrapy's loggers ask for more than the root's level
    # What it discards comes back as a ParseError, which names the page.
    for library in ("trafilatura", "htmldate"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
    context.obj = House(data, source_files, data / "outbox", wait)


for word in (
    crawling.crawl,
    parsing.parse,
    extracting.extract,
    publishing.publish,
    publishing.export,
    publishing.cite,
    publishing.serve,
    mail.digest,
    mail.send,
    mail.bounces,
    subscribers.subscribers,
    running.run,
    demo.demo,
    files.ingest,
    files.annotate,
    evaluating.evaluate,
    sources.sources,
    review.review,
    reviewers.reviewer,
    forgetting.forget,
):
    main.add_command(word)
