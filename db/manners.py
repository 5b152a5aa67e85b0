"""How the crawl asked, and was asked to ask: requests by day and host, Retry-After, robots.txt, exceptions from it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlite_utils import Database

from crawler.items import AskedOf, HostState
from db.connect import transaction


def save_asked(db: Database, asked: AskedOf) -> None:
    """Count a request that is about to be sent; one that robots.txt forbids is written down with its address."""
    at = _utc(asked.at)
    row = {"source": asked.source, "host": asked.host, "day": at[:10], "at": at, "url": asked.excepted}
    with transaction(db):
        db.execute(
            """
            insert into requests (source, host, day, number, excepted, last_at)
            values (:source, :host, :day, 1, :url is not null, :at)
            on conflict do update set
                number = number + 1,
                excepted = excepted + excluded.excepted,
                last_at = max(last_at, excluded.last_at)
            """,
            row,
        )
        db.execute(
            """
            insert into hosts (host, asked_at)
            values (:host, :at)
            on conflict do update set asked_at = excluded.asked_at
            """,
            row,
        )
        if asked.excepted is not None:
            db.execute("insert or ignore into excepted_requests values (:source, :url, :at)", row)


def save_host(db: Database, state: HostState) -> None:
    """Remember what a host said; what it said nothing new of stays, and its Crawl-delay goes with its robots.txt."""
    row = {
        "host": state.host,
        "wait_until": state.wait_until and _utc(state.wait_until),
        "robots": state.robots,
        "robots_at": state.robots_at and _utc(state.robots_at),
        "crawl_delay": state.crawl_delay,
    }
    with transaction(db):
        db.execute("insert or ignore into hosts (host) values (:host)", row)
        db.execute(
            """
            update hosts
            set
                wait_until = coalesce(:wait_until, wait_until),
                crawl_delay = case when :robots is null then crawl_delay else :crawl_delay end,
                robots = coalesce(:robots, robots),
                robots_at = coalesce(:robots_at, robots_at)
            where host = :host
            """,
            row,
        )


def read_hosts(db: Database) -> dict[str, HostState]:
    """What is remembered of every host, by its name."""
    rows = db.query("select host, asked_at, wait_until, robots, robots_at, crawl_delay from hosts")
    instants = ("asked_at", "wait_until", "robots_at")
    return {
        row["host"]: HostState(
            **{**row, **{name: row[name] and datetime.fromisoformat(row[name]) for name in instants}}
        )
        for row in rows
    }


def requests_of_day(db: Database, day: date) -> dict[str, int]:
    """How many requests went out to each source on a day of UTC, those of a killed crawl included."""
    rows = db.execute("select source, sum(number) from requests where day = ? group by source", [day.isoformat()])
    return dict(rows.fetchall())


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()
