"""What a reader's query may do, and how much of the machine it may take; how long is said in settings.json."""

from __future__ import annotations

import sqlite3

from datasette import hookimpl

from publish.site.confining import confine


# After the plugins that give functions to a connection.
@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    if database != "_internal":
        confine(conn)
