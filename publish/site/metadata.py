"""Datasette's metadata.yml, written from db/columns.yml and queries.yml so that no description is kept twice.

Run `python -m publish.site.metadata` after changing either; with `--check` it only says whether that was forgotten.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

SITE = Path(__file__).parent
COLUMNS = SITE.parents[1] / "db" / "columns.yml"
QUERIES = SITE / "queries.yml"
METADATA = SITE / "metadata.yml"


def build_metadata() -> dict[str, Any]:
    """What Datasette shows beside the tables of public.db: titles, descriptions of tables and columns, queries."""
    site = _read(QUERIES)
    queries = site.pop("queries")
    built = {name: _query(query) for name, query in queries.items()}
    return {**site, "databases": {"public": {"tables": _tables(), "queries": built}}}


def metadata_text() -> str:
    """The text of metadata.yml; it says at its head where it comes from."""
    body = yaml.safe_dump(build_metadata(), allow_unicode=True, sort_keys=False, width=120)
    return "# Written by `python -m publish.site.metadata` from db/columns.yml and queries.yml; edit those.\n" + body


def _tables() -> dict[str, Any]:
    return {
        table: {"description": described["description"], "columns": described["columns"]}
        for table, described in _read(COLUMNS).items()
    }


def _query(query: dict[str, Any]) -> dict[str, Any]:
    params = query.get("params", {})
    # Datasette orders the fields of the form by `params`; our template says what they are by `asked`.
    return {**query, "params": list(params), "asked": params} if params else query


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


if __name__ == "__main__":
    if "--check" not in sys.argv:
        METADATA.write_text(metadata_text(), encoding="utf-8")
    elif METADATA.read_text(encoding="utf-8") != metadata_text():
        sys.exit(f"{METADATA} is behind db/columns.yml or queries.yml; run: python -m publish.site.metadata")
