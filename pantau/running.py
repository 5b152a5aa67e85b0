"""`pantau run`: the five words in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from pantau.crawling import choose_sources, crawl_pages
from pantau.extracting import extract_articles
from pantau.forgetting import tell_unfinished
from pantau.house import SITE_OPTION, House, Stopped, alone
from pantau.mail import write_digest
from pantau.parsing import parse_pages
from pantau.publishing import publish_database

if TYPE_CHECKING:
    from crawler.source import Source


@click.command()
@click.option("--due", "is_due", is_flag=True, help="Crawl only sources whose time has come: for a timer by the hour.")
@click.option("--limit", type=click.IntRange(1), help="Pages asked for of each source in this run.")
@SITE_OPTION
@click.pass_obj
def run(house: House, is_due: bool, limit: int | None, site: str) -> None:
    """Say the five words in order: crawl, parse, extract, publish, digest."""
    with alone(house, "run"):
        tell_unfinished(house)
        print_steps(run_all(house, choose_sources(house, (), is_due), limit, site))


def run_all(house: House, sources: Sequence[Source], limit: int | None, site: str) -> Iterator[tuple[str, str]]:
    """The five words in order, each with what it did.

    Where no source could be read, what is pending is still done, and the failure is raised at the end.
    """
    failure: click.ClickException | None = None
    parsed: Counter[str] = Counter()
    extracted: Counter[str] = Counter()
    try:
        yield "crawl", crawl_pages(house, sources, limit, parsed=parsed, extracted=extracted)
    except Stopped:
        raise
    except click.ClickException as error:
        failure = error
    yield "parse", parse_pages(house, counts=parsed)
    yield "extract", extract_articles(house, extracted)
    yield "publish", publish_database(house)
    try:
        yield "digest", write_digest(house, None, "id", site)[1]
    except click.ClickException as error:
        yield "digest", f"no letter: {error.message}"
    if failure:
        raise failure


def print_steps(steps: Iterable[tuple[str, str]]) -> None:
    """One line a step, as soon as it is done."""
    for word, said in steps:
        click.echo(f"{word:8} {said}")
