"""`pantau crawl`: from the web into the archive."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from pantau.alarms import telling_alarms
from pantau.extracting import reading_ahead
from pantau.house import House, Stopped, alone, complain, keep_sources, opened, read_sources
from pantau.parsing import reading

if TYPE_CHECKING:
    from crawler.items import AskedOf, HostState, ListVisit, Page, WayCount
    from crawler.past import Past
    from crawler.source import Source
    from db.connect import Database

log = logging.getLogger(__name__)
AUDIT_EVERY = 7
"""Days between two crawls that ask all ways of a source, to see what the first one misses."""
NEVER = datetime.min.replace(tzinfo=UTC)


@click.command()
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@click.option("--due", "is_due", is_flag=True, help="Only sources whose time has come: daily, busy ones sooner.")
@click.option("--limit", type=click.IntRange(1), help="Pages asked for of each source in this run.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day wanted, where a site tells days.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day wanted, where a site tells days.")
@click.pass_obj
def crawl(house: House, names: Sequence[str], is_due: bool, limit: int | None, since: Any, until: Any) -> None:
    """Fetch what is new from all or some sources into the archive; with days, what is old."""
    if since and until and until < since:
        raise click.UsageError(f"--until {until:%Y-%m-%d} is before --since {since:%Y-%m-%d}")
    with alone(house, "crawl"):
        sources = choose_sources(house, names, is_due)
        click.echo(crawl_pages(house, sources, limit, since.date() if since else None, until.date() if until else None))


def crawl_pages(
    house: House,
    sources: Sequence[Source],
    limit: int | None = None,
    since: date | None = None,
    until: date | None = None,
    parsed: Counter[str] | None = None,
    extracted: Counter[str] | None = None,
) -> str:
    """Fetch what is new and keep it; says what was kept. One crawl a process (Twisted's reactor starts once).

    With `parsed` and `extracted` pages are read while others are fetched, and their articles too; they count what came
    of them.
    """
    from crawler.archive import Archive
    from crawler.crawl import CrawlError, SeenUrl
    from crawler.crawl import crawl as crawl_sources
    from db.forgetting import cover_page, read_forgotten
    from db.manners import save_asked, save_host
    from db.store import pending_urls, save_page, save_url
    from db.visits import save_visit, save_way_count

    ways: list[WayCount] = []
    with (
        opened(house, "crawl") as (db, counts, run),
        telling_alarms(db, run),
        Archive(house.archive, partial(cover_page, read_forgotten(db))) as archive,
        ExitStack() as readers,
    ):
        keep_sources(db, sources)
        ahead = None if extracted is None else readers.enter_context(reading_ahead(db, extracted))
        read = None if parsed is None else readers.enter_context(reading(house, db, parsed, ahead))

        def keep(page: Page) -> None:
            save_page(db, page)
            log.debug("page kept", extra={"url": page.url, "source": page.source, "status": page.status})
            counts["pages"] += 1
            if read:
                read(page)

        def note(seen: SeenUrl) -> None:
            is_new = save_url(db, seen.url, seen.source, seen.found_by, seen.fate, seen.reason, seen.hints)
            counts["urls"] += is_new and seen.fate is None
            if seen.fate not in (None, "kept"):
                told = {"url": seen.url, "source": seen.source, "fate": seen.fate, "reason": seen.reason}
                log.debug("page lost", extra=told)

        def visited(visit: ListVisit) -> None:
            save_visit(db, visit)
            told = {"url": visit.url, "source": visit.source, "status": visit.status, "listed": len(visit.listed)}
            log.debug("list read", extra=told)

        def counted(way: WayCount) -> None:
            save_way_count(db, run, way)
            ways.append(way)
            log.info("way asked", extra=asdict(way))

        def asked(request: AskedOf) -> None:
            save_asked(db, request)

        def learnt(state: HostState) -> None:
            save_host(db, state)

        try:
            past = read_past(db, sources)
            told = (keep, note, visited, counted, limit, since, until, asked, learnt)
            crawl_sources(sources, past, archive, *told)
        except CrawlError as error:
            raise click.ClickException(str(error)) from error
        except KeyboardInterrupt:
            left = len(pending_urls(db))
            raise Stopped(
                f"stopped: {counts['pages']} pages kept, {left} URLs still to be fetched; `pantau crawl` goes on there"
            ) from None
    ways.sort(key=lambda way: (way.source, way.number))
    for way in ways:
        if way.problem:
            complain(f"{way.source}: {way.way}: {way.problem}")
    if ways and all(way.problem for way in ways) and not counts["pages"]:
        raise click.ClickException(f"none of {len(sources)} sources could be read; each is told above")
    again = sum(way.revisited for way in ways)
    return f"{counts['pages']} pages kept from {len(sources)} sources" + (f", {again} asked for again" if again else "")


def choose_sources(house: House, names: Sequence[str] = (), is_due: bool = False) -> list[Source]:
    """The sources of these names, or all; of them only those whose time has come where that is asked."""
    from crawler.watch.schedule import is_due as is_time_for
    from db.connect import open_db
    from db.health import read_source_records
    from db.store import pending_urls

    sources = {source.name: source for source in read_sources(house)}
    if unknown := [name for name in names if name not in sources]:
        raise click.UsageError(f"no such source: {unknown[0]}. See {house.sources}/")
    chosen = [sources[name] for name in names] if names else list(sources.values())
    if not is_due:
        return chosen
    now = datetime.now(UTC)
    db = open_db(house.pantau_db)
    records = {record.name: record for record in read_source_records(db, now)}
    waiting = {source for _, source in pending_urls(db)}
    db.close()
    return [
        source
        for source in chosen
        if source.name not in records or is_time_for(records[source.name], now, source.name in waiting)
    ]


def read_past(db: Database, sources: Iterable[Source]) -> Past:
    """What the crawl is told of those before it."""
    from crawler.past import Past
    from db.manners import read_hosts, requests_of_day
    from db.store import dead_urls, known_urls, pending_urls, url_hints
    from db.visits import checked_pages, failed_urls, last_audits, read_visits

    now = datetime.now(UTC)
    audited = last_audits(db)
    return Past(
        known=known_urls(db),
        dead=dead_urls(db),
        pending=pending_urls(db) + failed_urls(db, now),
        hints=url_hints(db),
        checked=checked_pages(db),
        visits=read_visits(db),
        spent=requests_of_day(db, now.date()),
        hosts=read_hosts(db),
        audits={
            source.name for source in sources if audited.get(source.name, NEVER) < now - timedelta(days=AUDIT_EVERY)
        },
    )
