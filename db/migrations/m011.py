"""Events across articles: what is kept of each report, its event, and where reports contradict each other."""

from __future__ import annotations

from sqlite_utils import Database

from db.migrations.registry import migrations, run


@migrations()
def m011_create_resolved_events(db: Database) -> None:
    run(
        db,
        # What an article said when it was resolved. No foreign keys: it is compared with what the article says now, and
        # the article may be gone.
        """
        create table event_reports (
            article_id text not null,
            number integer not null,
            event_id text,
            joined_by text,
            key text not null,
            other_key text,
            series text not null,
            kind text not null check (kind in ('day', 'window', 'period', 'undated', 'national')),
            first_day text,
            last_day text,
            stage_code text not null,
            regency_code text,
            start_date text,
            end_date text,
            edition integer,
            venue text,
            mode text,
            is_main integer not null,
            status text not null,
            confidence real not null,
            source text not null,
            published_date text,
            primary key (article_id, number)
        ) strict, without rowid
        """,
        "create index event_reports_event_id on event_reports(event_id)",
        "create index event_reports_series on event_reports(series, kind, first_day)",
        """
        create index event_reports_edition on event_reports(series, edition)
            where kind = 'undated' and edition is not null
        """,
        # first_day and last_day: the days of the reports that make the event what it is, without those that joined.
        """
        create table events (
            id text primary key not null,
            series text not null,
            kind text not null,
            first_day text,
            last_day text,
            year integer,
            year_by text check (year_by in ('said', 'calendar', 'date')),
            stage_code text not null,
            regency_code text,
            start_date text,
            end_date text,
            date_reason text,
            venue text,
            mode text,
            status text not null,
            edition integer,
            edition_by text check (edition_by in ('said', 'calendar', 'date')),
            confidence real not null,
            articles integer not null,
            outlets integer not null,
            first_published_date text,
            last_published_date text,
            first_report_article_id text not null,
            article_id text not null,
            number integer not null
        ) strict, without rowid
        """,
        "create index events_series on events(series, kind, first_day)",
        "create index events_year on events(series, year)",
        "create index events_regency_stage on events(regency_code, stage_code, edition)",
        """
        create table event_conflicts (
            event_id text not null,
            field text not null,
            value text not null,
            articles integer not null,
            outlets integer not null,
            article_id text not null,
            number integer not null,
            is_best integer not null,
            primary key (event_id, field, value)
        ) strict, without rowid
        """,
        # What is changed in place is to be resolved again, as what is read again is.
        """
        create trigger event_mentions_au after update on event_mentions begin
            insert or ignore into unresolved values (new.article_id);
        end
        """,
        """
        create trigger event_mentions_ad after delete on event_mentions begin
            insert or ignore into unresolved values (old.article_id);
        end
        """,
        """
        create trigger extractions_au after update of is_relevant on extractions begin
            insert or ignore into unresolved values (new.article_id);
        end
        """,
        # A date of publication that lay in the future of its page counts once the page is fetched after it.
        """
        create trigger pages_au after update of fetched_at on pages begin
            insert or ignore into unresolved
            select id
            from articles
            join extractions on article_id = id
            where page_id = new.id
                and (julianday(published_at) > julianday(old.fetched_at) + 1)
                    is not (julianday(published_at) > julianday(new.fetched_at) + 1);
        end
        """,
    )
