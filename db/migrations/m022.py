"""What a list said of an address stays until its page is kept, also for the crawl after one that was killed."""

from __future__ import annotations

from sqlite_utils import Database

from db.migrations.registry import migrations, run


@migrations()
def m022_keep_hints_of_urls(db: Database) -> None:
    run(db, "alter table urls add column hints text check (hints is null or json_valid(hints))")
