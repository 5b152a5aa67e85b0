"""What the crawl remembers from run to run: visits of lists, what each way brought, when a page was asked for last."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime

from sqlite_utils import Database

from crawler.items import ListVisit, WayCount
from db.connect import transaction

MOST_VISITS = 30
"""Kept of each list."""


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
    row = asdict(count) | {"run_id": run_id, "ended_at": _utc(count.ended_at)}
    with transaction(db):
        db.table("way_counts").insert(row, pk=("run_id", "source", "number"), replace=True)


def requests_since(db: Database, since: datetime) -> dict[str, int]:
    """How many requests were made to each source since an instant, by what its finished ways counted."""
    rows = db.execute(
        "select source, sum(requests) from way_counts where ended_at >= ? group by source",
        [_utc(since)],
    )
    return dict(rows.fetchall())


def last_audits(db: Database) -> dict[str, datetime]:
    """When all ways of a source were last asked (UTC)."""
    rows = db.execute("select source, max(ended_at) from way_counts where is_audit group by source")
    return {source: datetime.fromisoformat(ended) for source, ended in rows}


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()
