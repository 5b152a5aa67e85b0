"""What people decided about facts, facts that an edited page does not tell any more, and what both need."""

from __future__ import annotations

from sqlite_utils import Database

from db.migrations.registry import migrations, run
from db.reviewing.anchors import anchor

FACT_TABLES = ("event_mentions", "officials", "quotes", "figures", "article_regencies")


@migrations()
def m014_create_corrections_and_stale_facts(db: Database) -> None:
    run(
        db,
        # A decision is never changed nor deleted, only undone. What became of it since (state) may change. No foreign
        # keys: it outlasts its article.
        """
        create table corrections (
            id integer primary key not null,
            article_id text not null,
            kind text not null check (kind in (
                'article', 'date', 'regency', 'event', 'official', 'quote', 'figure'
            )),
            fact text not null,
            decision text not null check (decision in ('accept', 'correct', 'reject', 'add')),
            original text check (original is null or json_valid(original)),
            corrected text check (corrected is null or json_valid(corrected)),
            sentence text,
            before text,
            after text,
            start integer,
            "end" integer,
            words text,
            sentence_digest text,
            text_digest text not null,
            page_digest text,
            is_former integer not null check (is_former in (0, 1)),
            model text not null,
            confidence real check (confidence between 0 and 1),
            decided_by text not null check (trim(decided_by) <> ''),
            decided_at text not null,
            reason text not null check (trim(reason) <> ''),
            state text not null check (state in ('applied', 'superseded', 'reset', 'orphan')),
            state_reason text,
            present text check (present is null or json_valid(present)),
            undone_at text,
            undone_by text,
            check ((undone_at is null) = (undone_by is null)),
            check ((original is null) = (decision = 'add')),
            check ((corrected is not null) = (decision in ('correct', 'add')))
        ) strict
        """,
        "create index corrections_article_id on corrections(article_id)",
        "create index corrections_state on corrections(state) where undone_at is null",
        """
        create trigger corrections_bu before update of
            id, article_id, kind, fact, decision, original, corrected, sentence, before, after, start, "end", words,
            sentence_digest, text_digest, page_digest, is_former, model, confidence, decided_by, decided_at, reason
        on corrections begin
            select raise(abort, 'a correction is never changed, only undone');
        end
        """,
        """
        create trigger corrections_undone before update of undone_at, undone_by on corrections
        when old.undone_at is not null begin
            select raise(abort, 'a correction is undone once');
        end
        """,
        """
        create trigger corrections_bd before delete on corrections begin
            select raise(abort, 'a correction is never deleted, only undone');
        end
        """,
        """
        create trigger articles_ad_corrections after delete on articles begin
            update corrections set state = 'orphan', present = null,
                state_reason = 'beritanya tidak ada lagi / its article is gone'
            where article_id = old.id and undone_at is null and state <> 'superseded';
        end
        """,
        # What the model says of an article whose rows a correction changed, all its rows by table.
        """
        create table uncorrected (
            article_id text primary key not null references extractions(article_id) on delete cascade,
            rows text not null check (json_valid(rows))
        ) strict
        """,
        # The date that the parser reads off an article whose date was corrected.
        """
        create table uncorrected_dates (
            article_id text primary key not null references articles(id) on delete cascade,
            published_at text,
            published_by text,
            date_reason text
        ) strict
        """,
        # Facts of an article that was edited, until it is read anew.
        """
        create table former_facts (
            article_id text not null references articles(id) on delete cascade,
            number integer not null,
            kind text not null,
            value text not null check (json_valid(value)),
            sentence text,
            before text,
            after text,
            start integer,
            "end" integer,
            words text,
            page_digest text,
            is_edited integer not null check (is_edited in (0, 1)),
            model text not null,
            confidence real not null,
            primary key (article_id, number)
        ) strict
        """,
        """
        create table stale_facts (
            article_id text not null references articles(id) on delete cascade,
            fact text not null,
            kind text not null,
            value text not null check (json_valid(value)),
            sentence text not null,
            before text not null,
            after text not null,
            start integer not null,
            "end" integer not null,
            words text,
            page_digest text,
            model text not null,
            confidence real not null,
            stale_at text not null,
            primary key (article_id, fact)
        ) strict
        """,
        # Facts that a model does not find any more although their sentence stands.
        """
        create table dropped_facts (
            model text not null,
            kind text not null,
            facts integer not null,
            primary key (model, kind)
        ) strict
        """,
        # Items of the queue that somebody has looked at, other than by a correction.
        """
        create table review_marks (
            id integer primary key not null,
            item text not null,
            about text not null,
            kind text not null,
            decision text not null check (decision in ('skip', 'accept', 'reject')),
            decided_by text not null check (trim(decided_by) <> ''),
            decided_at text not null,
            reason text not null check (trim(reason) <> ''),
            undone_at text,
            undone_by text,
            check ((undone_at is null) = (undone_by is null))
        ) strict
        """,
        "create unique index review_marks_item on review_marks(item, about) where undone_at is null",
        "alter table articles add column date_correction_id integer",
        "alter table extractions add column correction_id integer",
        *(f"alter table {table} add column correction_id integer" for table in FACT_TABLES),
        # Of a kept fact the sentence stands in a former version of the page.
        "alter table evidence add column anchor text",
        "alter table evidence add column is_former integer not null default 0 check (is_former in (0, 1))",
        "alter table article_regencies add column evidence_number integer",
        "alter table article_pillars add column evidence_number integer",
        # What is not sure, found without reading what is.
        "create index extractions_not_sure on extractions(article_id) where is_relevant is null",
        "create index articles_undated on articles(id) where published_at is null",
        *(f"create index {table}_not_sure on {table}(article_id) where confidence < 0.5" for table in FACT_TABLES),
        """
        create index event_mentions_no_regency on event_mentions(article_id)
        where is_main = 1 and regency_code is null and confidence >= 0.5
        """,
    )
    _fill_evidence(db)


def _fill_evidence(db: Database) -> None:
    db.conn.create_function("sentence_anchor", 1, anchor, deterministic=True)
    for table, label, value in (
        ("article_regencies", "REGENCY", "regency_code"),
        ("article_pillars", "PILLAR", "pillar"),
    ):
        db.execute(
            f"""
            update {table} set evidence_number = (
                select evidence_number
                from mentions
                where mentions.article_id = {table}.article_id
                    and label = '{label}'
                    and mentions.value = {table}.{value}
                order by confidence desc, start
                limit 1
            )
            """
        )
    db.execute("update evidence set anchor = sentence_anchor(text)")
