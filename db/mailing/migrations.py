"""The tables of mail.db, each change of them once."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from db.migrations.registry import run

migrations = Migrations("mail")


@migrations()
def m001_create_mailing(db: Database) -> None:
    run(
        db,
        # An id is never given again (autoincrement): who holds a signed address of somebody deleted would get into
        # the settings of whoever came next.
        """
        create table subscribers (
            id integer primary key autoincrement not null,
            email text unique collate nocase,
            name text,
            lang text not null default 'id' check (lang in ('id', 'en')),
            zone text not null default 'WIB' check (zone in ('WIB', 'WITA', 'WIT')),
            state text not null check (state in ('pending', 'active', 'left', 'dead')),
            state_at text not null,
            state_reason text,
            origin text not null check (origin in ('form', 'operator', 'import')),
            created_at text not null,
            confirmed_at text,
            confirmations integer not null default 0,
            quiet text,
            check ((email is null) = (state = 'left'))
        ) strict
        """,
        "create index subscribers_state on subscribers(state, id)",
        """
        create table subscriptions (
            id integer primary key autoincrement not null,
            subscriber_id integer not null references subscribers(id) on delete cascade,
            kind text not null check (
                kind in ('all', 'regency', 'province', 'stage', 'official', 'outlet', 'search', 'query', 'sql')
            ),
            value text not null,
            parameters text not null default '{}' check (json_valid(parameters)),
            cadence text not null check (cadence in ('weekly', 'daily')),
            created_at text not null,
            asked_at text,
            told_until text,
            known_until text,
            problem text,
            unique (subscriber_id, kind, value, parameters)
        ) strict
        """,
        # What was asked for by the form and waits until its reader confirms it; choices is JSON.
        """
        create table requests (
            subscriber_id integer not null references subscribers(id) on delete cascade,
            number integer not null,
            choices text not null check (json_valid(choices)),
            asked_at text not null,
            primary key (subscriber_id, number)
        ) strict, without rowid
        """,
        # For a day, so that nobody is asked to confirm more often because she was forgotten in between.
        "create table asks (email_hash blob not null, asked_at text not null) strict",
        "create index asks_email_hash on asks(email_hash, asked_at)",
        # The rows of an answer that its reader was told, by their hash: from then on only others are new.
        """
        create table seen_rows (
            subscription_id integer not null references subscriptions(id) on delete cascade,
            row_hash blob not null,
            primary key (subscription_id, row_hash)
        ) strict, without rowid
        """,
        # A letter is kept as it was composed: a second try sends the same bytes, and its web copy stays.
        """
        create table letters (
            id integer primary key not null,
            issue text not null,
            selection text not null,
            lang text not null check (lang in ('id', 'en')),
            subject text not null,
            html blob,
            text blob,
            calendar blob,
            images blob,
            release text,
            known_until text,
            composed_at text not null,
            unique (issue, selection)
        ) strict
        """,
        """
        create table deliveries (
            subscriber_id integer not null references subscribers(id) on delete cascade,
            issue text not null,
            letter_id integer not null references letters(id),
            message_id text not null unique,
            state text not null check (state in ('due', 'handing', 'sent', 'deferred', 'failed', 'dropped')),
            attempts integer not null default 0,
            repeats integer not null default 0,
            next_at text,
            due_at text not null,
            state_at text not null,
            code integer,
            answer text,
            primary key (subscriber_id, issue)
        ) strict, without rowid
        """,
        """
        create index deliveries_open on deliveries(subscriber_id, issue, state, next_at)
        where state in ('due', 'handing', 'deferred')
        """,
        "create index deliveries_letter on deliveries(letter_id)",
        """
        create table bounces (
            id integer primary key not null,
            subscriber_id integer not null references subscribers(id) on delete cascade,
            issue text,
            kind text not null check (kind in ('dead', 'temporary', 'policy', 'complaint')),
            code text,
            told text,
            told_hash blob not null unique,
            came_at text not null
        ) strict
        """,
        "create index bounces_subscriber on bounces(subscriber_id, came_at)",
        # Who left or complained is not written to because a list is imported once more. The address itself is gone.
        """
        create table refusals (
            email_hash blob primary key not null,
            reason text not null check (reason in ('left', 'complaint', 'dead')),
            since text not null
        ) strict, without rowid
        """,
        "create table secrets (name text primary key not null, secret blob not null) strict, without rowid",
    )
