"""What is still to be resolved across articles."""

from __future__ import annotations

from sqlite_utils import Database

from db.migrations.registry import migrations, run


@migrations()
def m010_create_queue_of_resolving(db: Database) -> None:
    run(
        db,
        "alter table event_mentions add column edition integer",
        # Articles whose extraction came, changed or went since they were resolved; no foreign key, for one that went.
        """
        create table unresolved (
            article_id text primary key not null
        ) strict, without rowid
        """,
        """
        create trigger extractions_ai after insert on extractions begin
            insert or ignore into unresolved values (new.article_id);
        end
        """,
        """
        create trigger extractions_ad after delete on extractions begin
            insert or ignore into unresolved values (old.article_id);
        end
        """,
        # Which code resolved them.
        """
        create table resolvers (
            name text primary key not null,
            version text not null
        ) strict
        """,
    )
