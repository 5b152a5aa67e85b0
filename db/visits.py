"""What the crawl remembers from run to run: visits of lists, what each way brought, when a page was asked for last."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from sqlite_utils import Database

from crawler.items import ListVisit, WayCount
from db.connect import transaction

MOST_VISITS = 30
"""Kept of each list."""
RETRY_DAYS = (0.25, 0.5, 1, 2, 4, 7, 10, 13)
"""Ages at which what failed is tried again: an outage must not cost a story, and who refuses is not asked hourly."""


def checked_pages(db: Database) -> dict[str, tuple[datetime, datetime]]:
    """When each page was first fetched and last asked for (UTC), by its address.

    Articles of ours, and pages without one: what came without its text may have it tomorrow.
    """
    rows = db.execute(
        """
        select pages.url, first_fetched_at, coalesce(checked_at, fetched_at)
        from pages join urls on urls.url = pages.url
        where fate in ('kept', 'not-understood') and gone_at is null and pages.source <> 'ingest'
        """
    )
    return {url: (datetime.fromisoformat(first), datetime.fromisoformat(last)) for url, first, last in rows}


def save_visit(db: Database, visit: ListVisit) -> None:
    """Remember a visit of a list, and which way listed which of its addresses; MOST_VISITS of a list are kept."""
    row = {name: getattr(visit, name) for name in ("url", "source", "way", "status", "etag", "last_modified", "digest")}
    row |= {"visited_at": visit.visited_at.astimezone(UTC).isoformat(), "links": len(visit.listed)}
    row |= {
        "is_last": visit.is_last,
        "known": visit.known,
        "problem": visit.problem,
        "strangers": visit.strangers,
        "invalid": visit.invalid,
        "newest_at": visit.newest and visit.newest.isoformat(),
    }
    with transaction(db):
        db.table("visits").insert(row, pk=("url", "visited_at"), replace=True)
        db.execute(
            """
            delete from visits where url = :url and visited_at not in (
                select visited_at from visits where url = :url order by visited_at desc limit :most
            )
            """,
            row | {"most": MOST_VISITS},
        )
        db.execute(
            """
            insert or ignore into url_ways (url, way, listed_at)
            select urls.url, :way, :visited_at
            from json_each(:listed) join urls on urls.url = json_each.value
            """,
            row | {"listed": json.dumps(visit.listed)},
        )


def read_visits(db: Database) -> dict[str, list[ListVisit]]:
    """The kept visits of every list by its address, the oldest first; without what they listed."""
    visits: dict[str, list[ListVisit]] = {}
    for row in db.query("select * from visits order by url, visited_at"):
        row["visited_at"] = datetime.fromisoformat(row["visited_at"])
        newest = row.pop("newest_at")
        row["newest"] = datetime.fromisoformat(newest) if newest else None
        row["is_last"] = bool(row["is_last"])
        del row["links"]
        visits.setdefault(row["url"], []).append(ListVisit(**row))
    return visits


def save_way_count(db: Database, run_id: int, count: WayCount) -> None:
    """Remember what a way of a source brought in a run."""
    row = asdict(count) | {"run_id": run_id, "ended_at": _utc(count.ended_at), "notes": json.dumps(count.notes)}
    with transaction(db):
        db.table("way_counts").insert(row, pk=("run_id", "source", "number"), replace=True)


def failed_urls(db: Database, now: datetime) -> list[tuple[str, str]]:
    """Address and source of every URL that failed or was refused and is to be tried again, the oldest first.

    It has reached one of RETRY_DAYS since its source was asked last.
    """
    rows = db.execute(
        """
        select url, source, found_at, (select max(ended_at) from way_counts where way_counts.source = urls.source)
        from urls
        where fate in ('error', 'blocked') and found_at >= ?
        order by found_at, url
        """,
        [_utc(now - timedelta(RETRY_DAYS[-1] + 1))],
    )

    def is_due(found: datetime, asked: datetime) -> bool:
        return any(asked < found + timedelta(days) <= now for days in RETRY_DAYS)

    return [
        (url, source)
        for url, source, found, asked in rows
        if is_due(datetime.fromisoformat(found), datetime.fromisoformat(asked or found))
    ]


def last_audits(db: Database) -> dict[str, datetime]:
    """When all ways of a source were last asked (UTC), by a crawl that came to its end."""
    rows = db.execute(
        """
        select source, max(way_counts.ended_at)
        from way_counts join runs on runs.id = run_id
        where is_audit and runs.ended_at is not null
        group by source
        """
    )
    return {source: datetime.fromisoformat(ended) for source, ended in rows}


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()
