"""Where the steps are registered, in the order in which their modules are read."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("pantau")


def run(db: Database, *statements: str) -> None:
    """Run statements within the transaction that makes a migration all or nothing."""
    # Not executescript(): sqlite3's commits that transaction.
    for statement in statements:
        db.execute(statement)
