"""From what single articles say to what happened: stories, people and events across articles.

What is resolved is a function of the extractions alone: the same whatever the order in which articles arrive. A new
article touches only its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from sqlite_utils import Database

from db.connect import hold_pages, transaction
from db.resolving.events import resolve_events
from db.resolving.people import resolve_people
from db.resolving.version import resolver_version
from db.versions import record_versions

BATCH = 2000

Resolver = Callable[[Database, Sequence[str]], None]
"""Brings what it keeps up to date with articles that were read, read anew, or are gone; called in a transaction."""


def _resolve_stories(db: Database, articles: Sequence[str]) -> None:
    # NumPy and datasketch are loaded where there is something to resolve.
    from db.resolving.stories import resolve_stories

    resolve_stories(db, articles)


RESOLVERS: Mapping[str, Resolver] = {"stories": _resolve_stories, "people": resolve_people, "events": resolve_events}
"""In the order in which they run: a later one may read what an earlier one wrote."""

KEPT = (
    "story_articles", "story_links", "story_bands", "story_bodies",
    "person_links", "namesakes", "naming_sounds", "official_namings", "namings",
    "event_conflicts", "events", "event_reports",
)  # fmt: skip
"""What the resolvers keep, and can make again out of the extractions and of what people decided."""


def resolve(
    db: Database, on_batch: Callable[[int], None] = lambda count: None, known_at: datetime | None = None
) -> int:
    """Resolve every article that is not yet; how many there were.

    After each batch, which is one transaction, `on_batch` is told how many articles are done. After a change of the
    code in `db/resolving` all is forgotten and resolved anew: a resolver looks at what changed in the articles, and
    would leave as it is what other code made of the same articles. What is said of events afterwards is kept as known
    from `known_at` on, by default the present second.
    """
    hold_pages(db)
    _forget_other_versions(db)
    done = 0
    while batch := [row[0] for row in db.execute("select article_id from unresolved limit ?", [BATCH])]:
        with transaction(db):
            for resolver in RESOLVERS.values():
                resolver(db, batch)
            db.conn.executemany("delete from unresolved where article_id = ?", [(article,) for article in batch])
        done += len(batch)
        on_batch(done)
    record_versions(db, known_at or datetime.now(UTC).replace(microsecond=0))
    return done


def _forget_other_versions(db: Database) -> None:
    version = {"name": "all", "version": resolver_version()}
    with transaction(db):
        if db.execute("select 1 from resolvers where name = :name and version = :version", version).fetchone() is None:
            for table in KEPT:
                db.execute(f"delete from {table}")
            db.execute("insert or ignore into unresolved select article_id from extractions")
            db.table("resolvers").upsert(version, pk="name")
