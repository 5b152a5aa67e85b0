"""What was wrong with a source, from the run in which it was noticed to the one in which it was gone."""

from __future__ import annotations

from sqlite_utils import Database

from db.migrations.registry import migrations, run


@migrations()
def m019_create_alarms(db: Database) -> None:
    run(
        db,
        # One open alarm of a kind for each source. `last_run_id` is the newest run that found it still so.
        """
        create table alarms (
            id integer primary key not null,
            source text not null references sources(name),
            kind text not null,
            level text not null check (level in ('broken', 'look', 'note')),
            said_id text not null,
            said_en text not null,
            urls text not null default '[]' check (json_valid(urls)),
            number integer not null,
            run_id integer not null references runs(id),
            raised_at text not null,
            last_run_id integer not null references runs(id),
            ended_run_id integer references runs(id),
            ended_at text,
            check ((ended_at is null) = (ended_run_id is null))
        ) strict
        """,
        "create unique index alarms_open on alarms(source, kind) where ended_at is null",
        "create index alarms_run on alarms(run_id)",
        "create index alarms_last_run on alarms(last_run_id)",
        "create index alarms_ended_run on alarms(ended_run_id)",
    )
