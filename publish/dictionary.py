"""The data dictionary, docs/data-dictionary.md, written from db/public.sql and db/columns.yml.

Run `python -m publish.dictionary` after changing either; with `--check` it only says whether that was forgotten.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml
from sqlite_utils import Database

ROOT = Path(__file__).parent.parent
COLUMNS = ROOT / "db" / "columns.yml"
PUBLIC_SQL = ROOT / "db" / "public.sql"
DICTIONARY = ROOT / "docs" / "data-dictionary.md"

HEAD = """\
# Data dictionary / Kamus data

What the tables of `public.db` and their columns hold, Indonesian / English. A value may be empty only where it says so.
Days are ISO 8601, sometimes only a month (2023-11) or a year (2023); instants carry their offset. Columns that begin
with `is_` are 1 or 0, in exports true or false.

Written by `python -m publish.dictionary` from `db/public.sql` and `db/columns.yml`; edit those.
"""


def dictionary_text() -> str:
    """The text of the data dictionary: a part for each table, with its key and where its columns lead."""
    described = yaml.safe_load(COLUMNS.read_text(encoding="utf-8"))
    db = Database(memory=True)
    db.executescript(PUBLIC_SQL.read_text(encoding="utf-8"))
    tables = db.table_names()
    contents = "\n".join(f"- [`{table}`](#{table})" for table in tables)
    parts = [_table_text(db, table, described[table]) for table in tables]
    db.close()
    return "\n".join([HEAD, contents, "", *parts])


def _table_text(db: Database, name: str, described: dict[str, Any]) -> str:
    columns = db.table(name).columns
    keys = [column.name for column in sorted(columns, key=lambda column: column.is_pk) if column.is_pk]
    leads = {key.column: f"{key.other_table}.{key.other_column}" for key in db.table(name).foreign_keys if key.column}
    rows = [
        f"| `{column.name}` | {column.type.lower()}{'' if column.notnull else ', may be empty'} "
        f"| {_cell(described['columns'][column.name])}{_lead(leads.get(column.name))} |"
        for column in columns
    ]
    head = ["| column | type | what it is |", "|---|---|---|"]
    key = f"Key: {', '.join(f'`{key}`' for key in keys)}."
    return "\n".join([f"## {name}", "", described["description"], "", key, "", *head, *rows, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _lead(target: str | None) -> str:
    return f" → `{target}`" if target else ""


if __name__ == "__main__":
    if "--check" not in sys.argv:
        DICTIONARY.write_text(dictionary_text(), encoding="utf-8")
    elif DICTIONARY.read_text(encoding="utf-8") != dictionary_text():
        sys.exit(f"{DICTIONARY} is behind db/public.sql or db/columns.yml; run: python -m publish.dictionary")
