"""What was read out of one article lies together, in the order in which it is read back."""

from __future__ import annotations

import re

from sqlite_utils import Database

from db.migrations.registry import migrations, run

# Parents before children.
TABLES = (
    "extractions", "evidence", "mentions", "article_regencies", "officials", "event_mentions", "quotes", "figures",
    "article_pillars", "uncorrected",
)  # fmt: skip

# Nothing asks for them here: public.db has its own, resolvers keep tables of theirs, and a regency is never deleted.
# Every one of them makes an article write to as many pages again as its rows lie on.
UNUSED_INDEXES = (
    "mentions_label_value", "article_regencies_regency_code", "officials_name", "officials_regency_code",
    "event_mentions_event_id", "event_mentions_regency_stage",
)  # fmt: skip


@migrations()
def m016_keep_what_one_article_says_together(db: Database) -> None:
    # Copied whole and renamed: dropping a table deletes what points to it, so everything points to the copies by then.
    run(db, *(f"drop index {name}" for name in UNUSED_INDEXES))
    said = "select name, tbl_name, sql from sqlite_master where type = ? and sql is not null order by name"
    triggers = db.execute(said, ["trigger"]).fetchall()
    indexes = [sql for _, table, sql in db.execute(said, ["index"]) if table in TABLES]
    run(db, *(f"drop trigger {name}" for name, _, _ in triggers))
    for table in TABLES:
        run(db, _build_copy(db, table), f"insert into new_{table} select * from {table} order by article_id, 2")
    run(db, *(f"drop table {table}" for table in reversed(TABLES)))
    run(db, *(f"alter table new_{table} rename to {table}" for table in TABLES))
    run(db, *indexes, *(sql for _, _, sql in triggers))


def _build_copy(db: Database, table: str) -> str:
    """The table's own statement, with the columns that it was given later, for a copy by the key and not by rowid."""
    # What points to a sentence goes with it, and the sentence with its article: to look for both is twice the work.
    sql = re.sub(rf"^create table \W?{table}\W?", f"create table new_{table} ", db.table(table).schema, flags=re.I)
    if "references evidence" in sql:
        sql = sql.replace(
            "article_id text not null references extractions(article_id) on delete cascade", "article_id text not null"
        )
    return (
        re.sub(rf"\breferences \W?({'|'.join(TABLES)})\b\W?\(", r"references new_\1(", sql, flags=re.I)
        + ", without rowid"
    )
