"""How much of the machine a reader's query may take; how long is said in settings.json."""

from __future__ import annotations

import sqlite3

from datasette import hookimpl

from db.connect import limit_memory


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    limit_memory(conn)
