"""`pantau extract`: from articles to what is told in them."""

from __future__ import annotations

import logging
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import click

from pantau.alarms import tell_alarms
from pantau.house import House, alone, batches, complain, opened, progress

if TYPE_CHECKING:
    from crawler.items import Article
    from db.connect import Database
    from nlp.extraction import Extraction

log = logging.getLogger(__name__)
MANY = 256
"""Articles for which further processes are begun: before that they have loaded the model, one has read as many."""


@click.command()
@click.pass_obj
def extract(house: House) -> None:
    """Read regencies, officials, dates, stages and events out of articles the present model has not seen."""
    with alone(house, "extract"):
        click.echo(extract_articles(house))


def extract_articles(house: House, counts: Counter[str] | None = None) -> str:
    """Read what is in pending articles; `counts` are of some that were read already and are to be told with these."""
    from db.extractions import count_pending_articles, pending_articles, save_extractions
    from nlp.pipeline import model_version

    with opened(house, "extract") as (db, done, run):
        done.update(counts or {})
        model = model_version()
        pending = (article for _, article in pending_articles(db, model))
        count = count_pending_articles(db, model)

        def tell(article: Article, error: str) -> None:
            done["not read"] += 1
            complain(f"{article.url}: a fault of ours, to be read again: {error}")

        # Killed, it reads at most so many again.
        for batch in batches(_read_each(progress(pending, "extract", count), count, tell), 128):
            save_extractions(db, batch)
            _count(batch, done)
            log.info("batch extracted", extra={"articles": len(batch), "model": model[:12]})
        tell_alarms(db, run)
    return (
        f"{done['articles']} articles read, {done['relevant']} on the programme, {done['not sure']} not sure, "
        f"{done['events']} events told" + (f", {done['not read']} not read" if done["not read"] else "")
    )


@contextmanager
def reading_ahead(db: Database, counts: Counter[str]) -> Iterator[Callable[[Iterable[str]], None]]:
    """A function that is told ids of articles that were kept, and has them read in another process meanwhile.

    It does not wait, and begins when MANY have come. What was read is saved when it is called again, the rest at the
    end; of all others, and of those that changed meanwhile, nothing is saved: they are pending for `extract_articles`.
    """
    from db.extractions import pending_among
    from nlp.pipeline import model_version
    from nlp.pool import BATCH, Reader

    model = model_version()
    waiting: deque[str] = deque()
    readers: list[Reader] = []  # one or none

    with ExitStack() as stack:

        def go_on(articles: Iterable[str]) -> None:
            waiting.extend(articles)
            if not readers and len(waiting) >= MANY:
                readers.append(stack.enter_context(Reader()))
            if readers and readers[0].asked and readers[0].has_answered():
                save()
            if readers and waiting and not readers[0].asked:
                some = [waiting.popleft() for _ in range(min(BATCH, len(waiting)))]
                with or_none():
                    readers[0].ask(pending_among(db, model, some))

        def save() -> None:
            with or_none():
                _save_unchanged(db, readers[0].take(), model, counts)

        @contextmanager
        def or_none() -> Iterator[None]:
            try:
                yield
            except EOFError:
                readers.clear()
                log.warning("a process that read articles ended; they stay pending")

        try:
            yield go_on
        finally:
            if readers and readers[0].asked:
                save()


def _save_unchanged(
    db: Database, answer: Sequence[tuple[Article, Extraction | str]], model: str, counts: Counter[str]
) -> None:
    """Save what was found in articles that are still as they were when they were read."""
    from crawler.items import article_id
    from db.extractions import pending_among, save_extractions

    now = pending_among(db, model, [article_id(article.canonical_url) for article, _ in answer])
    batch = [(found, article) for article, found in answer if article in now and not isinstance(found, str)]
    save_extractions(db, batch)
    _count(batch, counts)


def _read_each(
    articles: Iterable[Article], count: int, tell: Callable[[Article, str], None]
) -> Iterator[tuple[Extraction, Article]]:
    """What is in each article, in their order; in several processes where there are many."""
    from nlp.pipeline import extract_each
    from nlp.pool import MOST_PROCESSES, extract_in_parallel

    processes = min(len(os.sched_getaffinity(0)), MOST_PROCESSES)
    if count < MANY or processes == 1:
        return extract_each(articles, lambda article, error: tell(article, f"{type(error).__name__}: {error}"))
    return extract_in_parallel(articles, tell, processes)


def _count(batch: Sequence[tuple[Extraction, Article]], counts: Counter[str]) -> None:
    for extraction, _ in batch:
        counts["articles"] += 1
        counts["events"] += len(extraction.events)
        counts["relevant"] += bool(extraction.is_relevant)
        counts["not sure"] += extraction.is_relevant is None
