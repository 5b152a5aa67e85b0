"""The front door: the words `pantau` understands. The only package that knows every room.

Each word does what is pending and stops; running it again does nothing. The database is the queue, so a word may be
killed at any moment and said again. What needs a library that is slow to load imports it inside the function.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

import pantau.lean  # noqa: F401  (before what would import pandas)
from pantau import (
    backfilling,
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
from pantau.house import ROOT, House, all_seen, refusal
from pantau.logs import is_json, set_up_logs

__all__ = ["main"]

log = logging.getLogger(__name__)


class Door(click.Group):
    """The words: nothing they print steers a terminal; where events are told as JSON, so is what a word ends with."""

    def main(self, args: Sequence[str] | None = None, **more: Any) -> Any:  # type: ignore[override]
        """Run a word and end the process with its exit status."""
        with all_seen():
            return self._main(args, **more)

    def _main(self, args: Sequence[str] | None, **more: Any) -> Any:
        if not more.get("standalone_mode", True) or not is_json():
            return super().main(args, **more)
        try:
            status = super().main(args, **{**more, "standalone_mode": False})
        except click.ClickException as error:
            set_up_logs()
            log.error(error.format_message(), extra={"exit_status": error.exit_code})
            sys.exit(error.exit_code)
        except click.Abort:
            set_up_logs()
            log.error("stopped by hand", extra={"exit_status": 1})
            sys.exit(1)
        sys.exit(status if isinstance(status, int) else 0)

    def invoke(self, context: click.Context) -> Any:
        """Run a word; what the machine refuses ends it with one line."""
        try:
            return super().invoke(context)
        except (OSError, sqlite3.Error) as error:
            told = refusal(context.obj, error) if isinstance(context.obj, House) else None
            if told is None:
                raise
            raise click.ClickException(told) from error


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
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
    set_up_logs()
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
    backfilling.backfill,
    files.annotate,
    evaluating.evaluate,
    sources.sources,
    review.review,
    reviewers.reviewer,
    forgetting.forget,
):
    main.add_command(word)
