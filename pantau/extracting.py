"""`pantau extract`: from articles to what is told in them."""

from __future__ import annotations

import logging

import click

from crawler.items import Article
from pantau.alarms import tell_alarms
from pantau.house import House, alone, batches, complain, opened, progress

log = logging.getLogger(__name__)


@click.command()
@click.pass_obj
def extract(house: House) -> None:
    """Read regencies, officials, dates, stages and events out of articles the present model has not seen."""
    with alone(house, "extract"):
        click.echo(extract_articles(house))


def extract_articles(house: House) -> str:
    """Read what is in pending articles."""
    from db.connect import hold_pages
    from db.extractions import count_pending_articles, pending_articles, save_extractions
    from nlp import pipeline

    with opened(house, "extract") as (db, counts, run):
        model = pipeline.model_version()
        pending = (article for _, article in pending_articles(db, model))
        articles = progress(pending, "extract", count_pending_articles(db, model))

        def tell(article: Article, error: Exception) -> None:
            counts["not read"] += 1
            complain(f"{article.url}: a fault of ours, to be read again: {type(error).__name__}: {error}")

        hold_pages(db)
        # Killed, it reads at most so many again.
        for batch in batches(pipeline.extract_each(articles, tell), 500):
            save_extractions(db, batch)
            for extraction, _ in batch:
                counts["articles"] += 1
                counts["events"] += len(extraction.events)
                counts["relevant"] += bool(extraction.is_relevant)
                counts["not sure"] += extraction.is_relevant is None
            log.info("batch extracted", extra={"articles": len(batch), "model": model[:12]})
        tell_alarms(db, run)
    return (
        f"{counts['articles']} articles read, {counts['relevant']} on the programme, {counts['not sure']} not sure, "
        f"{counts['events']} events told" + (f", {counts['not read']} not read" if counts["not read"] else "")
    )
