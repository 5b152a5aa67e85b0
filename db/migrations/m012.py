"""Who is who across articles, and the names of offices and agencies."""

from __future__ import annotations

from sqlite_utils import Database

from db.migrations.registry import migrations, run


@migrations()
def m012_create_people(db: Database) -> None:
    run(
        db,
        """
        create table positions (
            name text primary key not null,
            rank integer not null,
            government_level text not null,
            kind text not null check (kind in ('office', 'role', 'marker')),
            variants text,
            note text
        ) strict
        """,
        """
        create table agencies (
            name text primary key not null,
            abbreviation text,
            family_name text not null,
            government_level text not null,
            variants text,
            note text
        ) strict
        """,
        # A name in an office of a place, as articles say it; `place` is a regency's code, else an organization.
        """
        create table namings (
            id text primary key not null,
            name text not null,
            place text not null,
            is_regional integer not null,
            position text,
            organization text,
            office_id text,
            is_single integer not null,
            articles integer not null,
            first_seen_date text,
            last_seen_date text,
            first_article_id text not null,
            person_id text not null
        ) strict, without rowid
        """,
        "create index namings_name on namings(name, is_regional, place)",
        "create index namings_person_id on namings(person_id)",
        # By what a naming is looked up in its office: the sounds of the words of its name.
        """
        create table naming_sounds (
            office_id text not null,
            sound text not null,
            naming_id text not null,
            primary key (office_id, sound, naming_id)
        ) strict, without rowid
        """,
        "create index naming_sounds_naming_id on naming_sounds(naming_id)",
        # No foreign key: what an article said is known after it said something else.
        """
        create table official_namings (
            article_id text not null,
            number integer not null,
            naming_id text not null,
            standing text not null,
            seen_date text,
            primary key (article_id, number)
        ) strict, without rowid
        """,
        "create index official_namings_naming_id on official_namings(naming_id, seen_date, article_id)",
        # Articles that tell two of one name in one place apart.
        """
        create table namesakes (
            name text not null,
            place text not null,
            article_id text not null,
            primary key (name, place, article_id)
        ) strict, without rowid
        """,
        "create index namesakes_article_id on namesakes(article_id)",
        """
        create table person_links (
            naming_a text not null,
            naming_b text not null,
            evidence text not null,
            article_a text not null,
            article_b text not null,
            primary key (naming_a, naming_b)
        ) strict, without rowid
        """,
        "create index person_links_naming_b on person_links(naming_b)",
        """
        create table person_decisions (
            id integer primary key not null,
            naming_a text not null,
            naming_b text not null,
            decision text not null check (decision in ('same', 'different')),
            decided_by text not null,
            decided_at text not null,
            reason text not null,
            undone_by text,
            undone_at text,
            check (naming_a < naming_b)
        ) strict
        """,
        "create unique index person_decisions_pair on person_decisions(naming_a, naming_b) where undone_at is null",
        "create index person_decisions_naming_b on person_decisions(naming_b)",
        """
        create view official_people as
        select official_namings.article_id, official_namings.number, namings.person_id, official_namings.naming_id
        from official_namings
        join namings on namings.id = official_namings.naming_id
        """,
    )
