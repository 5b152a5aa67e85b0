"""Markup, addresses and line ends of strangers, one for each column that may hold their words."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

MARK = re.compile(r"canary\('(\w+\.\w+)'\)")
"""What every canary says of itself, wherever it is read."""
OURS = re.compile(r"(?:^|_)(?:code|date|at|id|number|digest|hash|anchor|version)$")
"""Columns that say by their name that they hold a key, an instant, a day or a hash of ours (STYLE.md)."""


def canaries(column: str, is_address: bool) -> list[str]:
    """What a stranger might write into a column, the worst first. Each calls `canary('table.column')` where it runs."""
    call = f"canary('{column}')"
    markup = [
        f'{call} "><img src=x onerror="{call}"></script></textarea></title><script>{call}</script>t{{{{7*7}}}}t',
        f"{call}' onmouseover='{call}' ]]>--><svg onload={call}><iframe srcdoc='<script>parent.{call}</script>'>",
        f'=HYPERLINK("http://judi.example/";"{call}");=1+1',
        f"{call}\r\nBcc: korban@judi.example\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n"
        f"SUMMARY:{call} \u202enatabat\x1b[31m%0d%0aX-Judi: 1",
    ]
    addresses = [
        f"javascript:{call}//",
        f"https://bank.example@judi.example/?{call}",
        f"data:text/html,<script>parent.{call}</script>",
        f" JaVa\tScRiPt:{call}",
        f"vbscript:{call}",
        f"//judi.example/{call}",
        f'https://warta.example/" onfocus="{call}" autofocus x="',
    ]
    return [*addresses, *markup] if is_address else [*markup, *addresses[:1]]


@dataclass
class Filled:
    """What was done to the columns of a database."""

    filled: list[str] = field(default_factory=list)
    """Those that hold canaries now, as table.column."""
    left: dict[str, str] = field(default_factory=dict)
    """Those that do not, and why."""


def fill(path: Path, kept: dict[str, str]) -> Filled:
    """Put canaries into every column of every table that may hold strangers' words, whichever columns there are.

    Left alone are keys, what the schema itself holds to a closed list, and `kept`: columns (`table.column`, or
    `*.column` of all tables) with the reason why no stranger's words get there. Tables without rows are said, too.
    """
    done = Filled()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("pragma foreign_keys = off")
        # They forbid what no stranger does: to change what was decided or said.
        for (name,) in db.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            db.execute(f"drop trigger [{name}]")
        keys = set(_keys(db))
        columns = list(_text_columns(db))
        for table, column in columns:
            is_indonesian = column.endswith("_id") and (table, f"{column[:-3]}_en") in columns
            name = f"{table}.{column}"
            reason = kept.get(name) or kept.get(f"*.{column}")
            if (table, column) in keys:
                reason = "a key, or what leads to one"
            elif OURS.search(column) and not is_indonesian:
                reason = "a key, an instant, a day or a hash of ours, by its name"
            if reason is None:
                reason = _fill_column(db, table, column, kept)
            if reason:
                done.left[name] = reason
            else:
                done.filled.append(name)
    return done


def _text_columns(db: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    tables = db.execute(
        "select name, sql from sqlite_master where type = 'table' and name not like 'sqlite%' and name not like '\\_%' "
        "escape '\\' order by name"
    ).fetchall()
    virtual = tuple(name for name, sql in tables if sql.lower().startswith("create virtual"))
    for table, _ in tables:
        if table.startswith(virtual):  # what they are made of is Datasette's and SQLite's
            continue
        for _, column, kind, *_ in db.execute(f"pragma table_info([{table}])").fetchall():
            if kind.upper() == "TEXT":
                yield table, column


def _keys(db: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    for (table,) in db.execute("select name from sqlite_master where type = 'table'").fetchall():
        for _, _, other, own, theirs, *_ in db.execute(f"pragma foreign_key_list([{table}])").fetchall():
            yield table, own
            yield other, theirs


def _fill_column(db: sqlite3.Connection, table: str, column: str, kept: dict[str, str]) -> str | None:
    """Why it could not be filled, or None."""
    rows = db.execute(f"select [{column}] from [{table}] where [{column}] is not null limit 1").fetchone()
    count = db.execute(f"select count(*) from [{table}]").fetchone()[0]
    if not count:
        return "no row in the example data"
    has_room = db.execute("select [notnull] from pragma_table_info(?) where name = ?", [table, column]).fetchone()[0]
    if rows is None and has_room:
        return "no row in the example data"
    is_address = column == "url" or column.endswith("_url")
    told = canaries(f"{table}.{column}", is_address)
    db.create_function("canary", 2, lambda number, value: _told(told, number, value, kept), deterministic=True)
    unique = any(
        column in [name for _, _, name in db.execute(f"pragma index_info([{index}])")]
        for _, index, is_unique, *_ in db.execute(f"pragma index_list([{table}])").fetchall()
        if is_unique
    )
    key = ", ".join(f"[{name}]" for _, name, *_, pk in db.execute(f"pragma table_info([{table}])") if pk) or "rowid"
    db.create_function("canary_again", 2, lambda number, value: f"{_told(told, number, value, kept)} {number}")
    made = "canary_again" if unique else "canary"
    sql = (
        f"with numbered as (select {key}, row_number() over (order by {key}) - 1 as canary_number from [{table}]) "
        f"update [{table}] set [{column}] = {made}(canary_number, [{table}].[{column}]) from numbered "
        f"where ({', '.join(f'numbered.{one.strip()}' for one in key.split(','))}) "
        f"is ({', '.join(f'[{table}].{one.strip()}' for one in key.split(','))})"
    )
    # Where it may be empty only together with another column, those rows are filled that hold something.
    for narrowed in ("", f" and [{table}].[{column}] is not null"):
        db.execute("savepoint filling")
        try:
            db.execute(sql + narrowed)
            return None
        except sqlite3.IntegrityError as error:
            db.execute("rollback to filling")
            refused = " ".join(str(error).split())
        finally:
            db.execute("release filling")
    return f"the schema refuses it: {refused}"


def _told(told: list[str], number: int, value: str | None, kept: dict[str, str]) -> str:
    """The canary for a row; where the column holds JSON, inside it, in what its names do not close."""
    words = told[number % len(told)]
    try:
        there = json.loads(value or "")
    except ValueError:
        return words
    if isinstance(there, list):
        return json.dumps([words], ensure_ascii=False)
    if isinstance(there, dict):
        is_ours = {name: OURS.search(name) or f"*.{name}" in kept or not isinstance(there[name], str) for name in there}
        return json.dumps({name: there[name] if is_ours[name] else words for name in there}, ensure_ascii=False)
    return words
