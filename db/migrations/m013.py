"""Which articles tell one story: copies of the same text."""

from __future__ import annotations

from sqlite_utils import Database

from db.migrations.registry import migrations, run


@migrations()
def m013_create_stories(db: Database) -> None:
    run(
        db,
        # What the stories were made of, so that an article that changed or went is found again; no foreign keys.
        """
        create table story_bodies (
            article_id text primary key not null,
            at integer not null, -- second since 1970 by which it was out
            fetched_at text not null,
            digest integer not null, -- of all its words
            bands blob not null, -- 8 bytes each, little-endian
            is_government integer not null check (is_government in (0, 1)),
            is_release integer not null check (is_release in (0, 1)),
            subjects text not null check (json_valid(subjects)),
            events text not null check (json_valid(events)),
            version text not null
        ) strict, without rowid
        """,
        # A bucket is a month: articles come about in the order of time, so only the newest part is written.
        """
        create table story_bands (
            bucket integer not null,
            band integer not null,
            at integer not null,
            article_id text not null,
            primary key (bucket, band, at, article_id)
        ) strict, without rowid
        """,
        """
        create table story_links (
            article_id text not null,
            other_id text not null,
            primary key (article_id, other_id)
        ) strict, without rowid
        """,
        """
        create table story_articles (
            article_id text primary key not null,
            story_id text not null, -- article_id of the first
            role text not null check (role in ('first', 'copy', 'edited')),
            verbatim_share real check (verbatim_share between 0 and 1),
            similarity real check (similarity between 0 and 1),
            added_sentences integer,
            dropped_sentences integer
        ) strict, without rowid
        """,
        "create index story_articles_story_id on story_articles(story_id)",
    )
