"""Which contents were published, and when first."""

from __future__ import annotations

from sqlite_utils import Database

from db.migrations.registry import migrations, run


@migrations()
def m015_create_releases(db: Database) -> None:
    run(
        db,
        """
        create table releases (
            hash text primary key not null,
            made_at text not null,
            week text not null,
            articles integer not null,
            events integer not null,
            models text not null,
            parsers text not null,
            resolver text not null,
            schema text not null,
            is_present integer not null check (is_present in (0, 1))
        ) strict
        """,
    )
