"""Reference facts, gathering, articles and what was read out of them."""

from __future__ import annotations

from sqlite_utils import Database

from db.migrations.registry import migrations, run


@migrations()
def m001_create_reference(db: Database) -> None:
    run(
        db,
        """
        create table provinces (
            code text primary key not null,
            name text not null unique
        ) strict
        """,
        """
        create table regencies (
            code text primary key not null,
            name text not null unique,
            kind text not null check (kind in ('kabupaten', 'kota')),
            province_code text not null references provinces(code),
            capital_name text not null,
            latitude real not null,
            longitude real not null,
            population integer not null,
            area_km2 real not null
        ) strict
        """,
        "create index regencies_province_code on regencies(province_code)",
        """
        create table regency_aliases (
            regency_code text not null references regencies(code) on delete cascade,
            alias text not null,
            kind text not null
                check (kind in ('short', 'capital', 'nickname', 'abbreviation', 'old_name', 'demonym')),
            ambiguous_with text,
            note text,
            source text not null,
            primary key (regency_code, alias, kind)
        ) strict
        """,
        "create index regency_aliases_alias on regency_aliases(alias)",
        """
        create table stages (
            code text primary key not null,
            position integer not null unique,
            name_id text not null,
            name_en text not null,
            description_id text not null,
            description_en text not null
        ) strict
        """,
        """
        create table cohorts (
            regency_code text not null references regencies(code) on delete cascade,
            year integer not null,
            status text not null,
            group_name text,
            note text,
            source_url text not null,
            primary key (regency_code, year)
        ) strict
        """,
        """
        create table programme_calendar (
            number integer primary key not null,
            year integer not null,
            stage_code text not null references stages(code),
            label text not null,
            start_date text not null,
            end_date text not null,
            place text,
            mode text check (mode in ('daring', 'luring', 'hibrida')),
            scope text not null check (scope in ('national', 'observed')),
            source_url text not null,
            note text
        ) strict
        """,
    )


@migrations()
def m002_create_urls_and_pages(db: Database) -> None:
    run(
        db,
        """
        create table sources (
            name text primary key not null,
            outlet_name text not null,
            home_url text,
            kind text not null check (kind in ('media', 'government', 'file')),
            network text
        ) strict
        """,
        """
        create table urls (
            url text primary key not null,
            source text not null references sources(name),
            found_by text not null,
            found_at text not null,
            fate text check (fate in (
                'kept', 'duplicate', 'not-article', 'off-topic', 'too-old',
                'robots', 'blocked', 'gone', 'error', 'not-understood'
            )),
            fate_reason text,
            fate_at text,
            check ((fate is null) = (fate_at is null)),
            check (fate is not null or fate_reason is null)
        ) strict
        """,
        "create index urls_source_fate on urls(source, fate)",
        "create index urls_fate on urls(fate)",
        """
        create table pages (
            id text primary key not null,
            url text not null unique references urls(url) on delete cascade,
            source text not null references sources(name),
            fetched_at text not null,
            first_fetched_at text not null,
            status integer not null,
            content_type text,
            etag text,
            last_modified text,
            digest text not null,
            archive_file text,
            archive_offset integer,
            hints text not null check (json_valid(hints)),
            check ((archive_file is null) = (archive_offset is null))
        ) strict
        """,
        "create index pages_source on pages(source)",
    )


@migrations()
def m003_create_articles(db: Database) -> None:
    run(
        db,
        # The rowid has a name, or VACUUM might renumber it under articles_fts.
        """
        create table articles (
            rowid integer primary key not null,
            id text not null unique,
            page_id text not null unique references pages(id) on delete cascade,
            url text not null,
            canonical_url text not null unique,
            source text not null references sources(name),
            title text,
            authors text not null check (json_valid(authors)),
            published_at text,
            published_by text check (published_by in ('api', 'jsonld', 'meta', 'time', 'text', 'url')),
            date_reason text,
            text text not null,
            lead text not null,
            is_complete integer not null check (is_complete in (0, 1)),
            parser text not null,
            parsed_at text not null,
            check ((published_at is null) = (date_reason is not null)),
            check ((published_at is null) = (published_by is null))
        ) strict
        """,
        "create index articles_source on articles(source)",
        "create index articles_published_at on articles(published_at)",
        # article_id cascades: where the first copy of an article goes, its duplicates are to be read again.
        """
        create table parses (
            page_id text primary key not null references pages(id) on delete cascade,
            parser text not null,
            article_id text references articles(id) on delete cascade,
            error text,
            check ((article_id is null) = (error is not null))
        ) strict
        """,
        "create index parses_article_id on parses(article_id)",
        """
        create virtual table articles_fts using fts5 (
            title, lead, tokenize = 'unicode61 remove_diacritics 2', content = 'articles'
        )
        """,
        """
        create trigger articles_ai after insert on articles begin
            insert into articles_fts (rowid, title, lead) values (new.rowid, new.title, new.lead);
        end
        """,
        """
        create trigger articles_ad after delete on articles begin
            insert into articles_fts (articles_fts, rowid, title, lead)
            values ('delete', old.rowid, old.title, old.lead);
        end
        """,
        """
        create trigger articles_au after update on articles begin
            insert into articles_fts (articles_fts, rowid, title, lead)
            values ('delete', old.rowid, old.title, old.lead);
            insert into articles_fts (rowid, title, lead) values (new.rowid, new.title, new.lead);
        end
        """,
    )


@migrations()
def m004_create_extractions(db: Database) -> None:
    run(
        db,
        """
        create table extractions (
            article_id text primary key not null references articles(id) on delete cascade,
            model text not null,
            relevance real not null check (relevance between 0 and 1),
            is_relevant integer check (is_relevant in (0, 1)),
            extracted_at text not null
        ) strict
        """,
        """
        create table evidence (
            article_id text not null references extractions(article_id) on delete cascade,
            number integer not null,
            start integer not null,
            "end" integer not null,
            text text not null,
            primary key (article_id, number)
        ) strict
        """,
        """
        create table mentions (
            article_id text not null references extractions(article_id) on delete cascade,
            number integer not null,
            label text not null check (label in ('REGENCY', 'OFFICIAL', 'DATE', 'STAGE', 'PILLAR')),
            start integer not null,
            "end" integer not null,
            text text not null,
            value text not null,
            confidence real not null check (confidence between 0 and 1),
            evidence_number integer not null,
            primary key (article_id, number),
            foreign key (article_id, evidence_number) references evidence(article_id, number) on delete cascade
        ) strict
        """,
        "create index mentions_label_value on mentions(label, value)",
        """
        create table article_regencies (
            article_id text not null references extractions(article_id) on delete cascade,
            regency_code text not null references regencies(code),
            role text not null check (role in ('subject', 'mention')),
            confidence real not null check (confidence between 0 and 1),
            primary key (article_id, regency_code)
        ) strict
        """,
        "create index article_regencies_regency_code on article_regencies(regency_code, role)",
        """
        create table officials (
            article_id text not null references extractions(article_id) on delete cascade,
            number integer not null,
            name text not null,
            prefix text,
            degrees text not null check (json_valid(degrees)),
            position text,
            acting text check (acting in ('Plt.', 'Pj.', 'Pjs.', 'Plh.')),
            organization text,
            regency_code text references regencies(code),
            represents text,
            is_quoted integer not null check (is_quoted in (0, 1)),
            start integer not null,
            "end" integer not null,
            confidence real not null check (confidence between 0 and 1),
            evidence_number integer not null,
            primary key (article_id, number),
            foreign key (article_id, evidence_number) references evidence(article_id, number) on delete cascade
        ) strict
        """,
        "create index officials_name on officials(name)",
        "create index officials_regency_code on officials(regency_code)",
        """
        create table event_mentions (
            article_id text not null references extractions(article_id) on delete cascade,
            number integer not null,
            event_id text not null,
            stage_code text not null references stages(code),
            regency_code text references regencies(code),
            start_date text,
            end_date text,
            date_reason text,
            venue text,
            mode text check (mode in ('daring', 'luring', 'hibrida')),
            is_main integer not null check (is_main in (0, 1)),
            start integer not null,
            "end" integer not null,
            confidence real not null check (confidence between 0 and 1),
            evidence_number integer not null,
            primary key (article_id, number),
            foreign key (article_id, evidence_number) references evidence(article_id, number) on delete cascade
        ) strict
        """,
        "create index event_mentions_event_id on event_mentions(event_id)",
        "create index event_mentions_regency_stage on event_mentions(regency_code, stage_code)",
        """
        create table quotes (
            article_id text not null references extractions(article_id) on delete cascade,
            number integer not null,
            speaker_name text,
            text text not null,
            start integer not null,
            "end" integer not null,
            confidence real not null check (confidence between 0 and 1),
            evidence_number integer not null,
            primary key (article_id, number),
            foreign key (article_id, evidence_number) references evidence(article_id, number) on delete cascade
        ) strict
        """,
        """
        create table article_pillars (
            article_id text not null references extractions(article_id) on delete cascade,
            pillar text not null check (pillar in (
                'governance', 'branding', 'economy', 'living', 'society', 'environment',
                'infrastructure', 'mobility', 'people'
            )),
            primary key (article_id, pillar)
        ) strict
        """,
    )


@migrations()
def m005_create_runs_and_digests(db: Database) -> None:
    run(
        db,
        """
        create table runs (
            id integer primary key not null,
            command text not null,
            started_at text not null,
            ended_at text,
            counts text check (counts is null or json_valid(counts))
        ) strict
        """,
        """
        create table digests (
            week text primary key not null,
            monday text not null,
            html text not null,
            text text not null,
            made_at text not null
        ) strict
        """,
    )


@migrations()
def m006_add_status_of_events(db: Database) -> None:
    # What was read before is held until it is read anew, which the changed model makes it.
    run(
        db,
        """
        alter table event_mentions
            add column status text not null default 'held' check (status in ('held', 'announced'))
        """,
    )


@migrations()
def m007_create_figures(db: Database) -> None:
    run(
        db,
        """
        create table figures (
            article_id text not null references extractions(article_id) on delete cascade,
            number integer not null,
            kind text not null check (kind in ('regencies', 'budget', 'index', 'rank', 'share', 'count')),
            value real not null,
            unit text not null,
            bound text check (bound in ('about', 'over', 'under', 'least', 'most')),
            about text,
            text text not null,
            start integer not null,
            "end" integer not null,
            confidence real not null check (confidence between 0 and 1),
            evidence_number integer not null,
            primary key (article_id, number),
            foreign key (article_id, evidence_number) references evidence(article_id, number) on delete cascade
        ) strict
        """,
    )


@migrations()
def m008_create_visits_and_versions(db: Database) -> None:
    run(
        db,
        "alter table sources add column family text",
        "alter table sources add column timezone text",
        "alter table sources add column knowledge text",
        "alter table sources add column delay real",
        "alter table sources add column budget integer",
        "alter table sources add column expect text check (expect is null or json_valid(expect))",
        """
        create table source_provinces (
            source text not null references sources(name) on delete cascade,
            province_code text not null references provinces(code),
            primary key (source, province_code)
        ) strict
        """,
        "create index source_provinces_province_code on source_provinces(province_code)",
        """
        create table source_regencies (
            source text not null references sources(name) on delete cascade,
            regency_code text not null references regencies(code),
            primary key (source, regency_code)
        ) strict
        """,
        "create index source_regencies_regency_code on source_regencies(regency_code)",
        # What each way of a source brought in a run, in the order of its file.
        """
        create table way_counts (
            run_id integer not null references runs(id) on delete cascade,
            source text not null references sources(name),
            number integer not null,
            way text not null,
            url text not null,
            found integer not null,
            new integer not null,
            kept integer not null,
            revisited integer not null,
            requests integer not null,
            is_answered integer not null check (is_answered in (0, 1)),
            is_audit integer not null check (is_audit in (0, 1)),
            problem text,
            ended_at text not null,
            primary key (run_id, source, number)
        ) strict
        """,
        "create index way_counts_source on way_counts(source, ended_at)",
        """
        create table url_ways (
            url text not null references urls(url) on delete cascade,
            way text not null,
            listed_at text not null,
            primary key (url, way)
        ) strict
        """,
        # One visit of a list: a feed, a sitemap, a page of a search.
        """
        create table visits (
            url text not null,
            visited_at text not null,
            source text not null references sources(name),
            way text not null,
            status integer,
            etag text,
            last_modified text,
            digest text,
            links integer not null,
            known integer not null,
            newest_at text,
            is_last integer not null check (is_last in (0, 1)),
            problem text,
            primary key (url, visited_at)
        ) strict
        """,
        "create index visits_source on visits(source, visited_at)",
        "alter table pages add column checked_at text",
        "alter table pages add column gone_at text",
        # Former bodies of a page; the newest stands in pages.
        """
        create table page_versions (
            page_id text not null references pages(id) on delete cascade,
            digest text not null,
            fetched_at text not null,
            archive_file text,
            archive_offset integer,
            primary key (page_id, digest),
            check ((archive_file is null) = (archive_offset is null))
        ) strict
        """,
        "alter table articles add column digest text",
        # What an article said before it was edited, with the digest of the page that said it.
        """
        create table article_versions (
            article_id text not null references articles(id) on delete cascade,
            digest text not null,
            title text,
            published_at text,
            text text not null,
            replaced_at text not null,
            primary key (article_id, digest)
        ) strict
        """,
    )


@migrations()
def m009_create_health_and_completeness(db: Database) -> None:
    run(
        db,
        # What is to be said of a source now; days are those of Jakarta.
        """
        create table source_health (
            source text primary key not null references sources(name) on delete cascade,
            verdict text not null check (verdict in (
                'new', 'ok', 'quiet', 'changed', 'blocked', 'unreachable', 'not-asked'
            )),
            is_to_look_at integer not null check (is_to_look_at in (0, 1)),
            reason_id text not null,
            reason_en text not null,
            since_date text,
            notes_id text,
            notes_en text,
            polled_at text,
            answered_at text,
            new_week integer,
            usual_low integer,
            usual_high integer,
            overlap real check (overlap between 0 and 1),
            read_share real check (read_share between 0 and 1),
            dated_share real check (dated_share between 0 and 1),
            held integer,
            estimate real,
            low integer,
            high integer,
            unsaid_id text,
            unsaid_en text,
            checked_at text not null,
            check ((usual_low is null) = (usual_high is null)),
            check ((estimate is null) = (low is null)),
            check ((estimate is null) = (high is null)),
            check ((held is null) or ((estimate is null) = (unsaid_id is not null)))
        ) strict
        """,
        # `weeks` weeks that end with `week`, all sources together.
        """
        create table completeness (
            week text not null,
            weeks integer not null check (weeks > 0),
            sources integer not null,
            held_by_both integer not null,
            held_by_first integer not null,
            held_by_second integer not null,
            held integer not null,
            estimate real,
            low integer,
            high integer,
            unsaid_id text,
            unsaid_en text,
            gaps integer not null,
            checked_at text not null,
            primary key (week, weeks),
            check ((estimate is null) = (low is null)),
            check ((estimate is null) = (high is null)),
            check ((estimate is null) = (unsaid_id is not null))
        ) strict
        """,
    )
