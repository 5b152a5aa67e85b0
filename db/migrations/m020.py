"""Names and articles that somebody asked us to forget: kept as hashes, so that they stay forgotten."""

from __future__ import annotations

from sqlite_utils import Database

from db.migrations.registry import migrations, run


@migrations()
def m020_create_removals(db: Database) -> None:
    run(
        db,
        # What was asked, without saying of whom. `done_at` is null while a part of the work is still to be done.
        """
        create table removals (
            id integer primary key not null,
            kind text not null check (kind in ('name', 'article')),
            reason text not null check (trim(reason) <> ''),
            asked_at text not null,
            done_at text,
            articles integer not null default 0
        ) strict
        """,
        # `hash` is of the folded words of a name, by a key of this file. With `article_id` only in that article.
        """
        create table forgotten_names (
            hash blob not null,
            article_id text not null default '',
            words integer not null check (words > 0),
            removal_id integer not null references removals(id),
            primary key (hash, article_id)
        ) strict, without rowid
        """,
        "create index forgotten_names_removal on forgotten_names(removal_id)",
        # Ids are hashes of addresses. The page's comes first: its article may never have been read.
        """
        create table forgotten_articles (
            article_id text primary key not null,
            removal_id integer not null references removals(id)
        ) strict, without rowid
        """,
        "create index forgotten_articles_removal on forgotten_articles(removal_id)",
        "create table forgetting_key (id integer primary key not null check (id = 1), key blob not null) strict",
    )

    # The way that SQLite's documentation of ALTER TABLE gives for a CHECK: no row changes, so the table need not be
    # copied, which for the addresses of years would take minutes.
    (version,) = db.execute("pragma schema_version").fetchone()
    run(
        db,
        "pragma writable_schema = on",
        """
        update sqlite_master
        set sql = replace(sql, '''not-understood''', '''not-understood'', ''removed''')
        where type = 'table' and name = 'urls'
        """,
        f"pragma schema_version = {version + 1}",
        "pragma writable_schema = off",
    )
