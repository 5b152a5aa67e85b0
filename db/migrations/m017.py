"""What is known of the order of stages, and what we said of each event when."""

from __future__ import annotations

from sqlite_utils import Database

from db.migrations.registry import migrations, run


@migrations()
def m017_create_stage_order_and_event_versions(db: Database) -> None:
    run(
        db,
        """
        create table stage_order (
            rule text not null,
            earlier_code text not null references stages(code),
            later_code text not null references stages(code),
            scope text not null check (scope in ('edition', 'ever')),
            kind text check (kind in ('impossible', 'unusual')),
            is_needed integer not null check (is_needed in (0, 1)),
            reason_id text not null,
            reason_en text not null,
            source_url text not null,
            primary key (rule, earlier_code, later_code)
        ) strict
        """,
        # No foreign key to an event, which may be gone, nor to a regency, which never is.
        """
        create table event_versions (
            event_id text not null,
            number integer not null,
            stage_code text not null references stages(code),
            regency_code text,
            edition integer,
            start_date text,
            end_date text,
            status text not null,
            venue text,
            mode text,
            known_from text not null,
            known_to text check (known_to >= known_from),
            primary key (event_id, number)
        ) strict
        """,
        "create unique index event_versions_open on event_versions(event_id) where known_to is null",
        """
        create trigger event_versions_bu before update on event_versions
        when old.known_to is not null
            or (new.event_id, new.number, new.stage_code, new.regency_code, new.edition, new.start_date, new.end_date,
                new.status, new.venue, new.mode, new.known_from)
            is not (old.event_id, old.number, old.stage_code, old.regency_code, old.edition, old.start_date,
                old.end_date, old.status, old.venue, old.mode, old.known_from)
        begin
            select raise(abort, 'event_versions: what was said stays said; only an open version may be closed');
        end
        """,
        """
        create trigger event_versions_bd before delete on event_versions begin
            select raise(abort, 'event_versions: what was said stays said');
        end
        """,
        # Events that were written since their versions were kept.
        """
        create table unversioned (
            event_id text primary key not null
        ) strict, without rowid
        """,
        "insert into unversioned select id from events",
        """
        create trigger events_ai after insert on events begin
            insert or ignore into unversioned values (new.id);
        end
        """,
        """
        create trigger events_au after update on events begin
            insert or ignore into unversioned values (new.id);
        end
        """,
        """
        create trigger events_ad after delete on events begin
            insert or ignore into unversioned values (old.id);
        end
        """,
    )
