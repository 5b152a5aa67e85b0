"""What readers say is wrong, until somebody has decided about it."""

from __future__ import annotations

from sqlite_utils import Database

from db.migrations.registry import migrations, run


@migrations()
def m018_create_reader_hints(db: Database) -> None:
    run(
        db,
        # No foreign key: an article that is read anew is not there for a moment.
        """
        create table reader_hints (
            id integer primary key not null,
            article_id text not null,
            fact text not null,
            kind text not null,
            said text not null,
            sentence text,
            wrong text not null check (trim(wrong) <> ''),
            instead text,
            source_url text,
            email text,
            sent_at text not null
        ) strict
        """,
        "create index reader_hints_article on reader_hints(article_id, fact)",
    )
