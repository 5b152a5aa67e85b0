"""When a page was read, what a newer parser finds nothing in, and what was odd about lists that were read."""

from __future__ import annotations

from sqlite_utils import Database

from db.migrations.registry import migrations, run


@migrations()
def m021_remember_what_alarms_are_found_in(db: Database) -> None:
    run(
        db,
        "alter table parses add column parsed_at text",
        # Why the present parser finds no article where an earlier reading found the one that stays.
        "alter table parses add column held_error text",
        "alter table visits add column strangers integer not null default 0",
        "alter table visits add column invalid integer not null default 0",
        "alter table way_counts add column notes text not null default '[]' check (json_valid(notes))",
    )
