"""What the researcher's pages tell of the data: the tables by what they are for, their columns, the example queries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlite_utils import Database

from publish.release import TITLE, Release, day_of

ROOT = Path(__file__).parents[2]
QUERIES = Path(__file__).with_name("queries.yml")

GROUPS: Mapping[str, tuple[str, ...]] = {
    "news": (
        "articles", "stories", "story_articles", "article_versions", "article_regencies", "article_pillars", "texts",
    ),
    "steps": (
        "events", "stage_reports", "event_people", "event_conflicts", "merged_events", "event_versions",
        "regency_ladder", "ladder_editions", "order_flags",
    ),
    "people": (
        "people", "person_names", "merged_people", "person_links", "officials", "offices", "office_terms",
        "office_conflicts", "quotes", "speakers",
    ),
    "proof": ("evidence", "mentions", "figures", "corrections", "review"),
    "places": (
        "provinces", "regencies", "regency_aliases", "cohorts", "programme_calendar", "stages", "stage_order",
        "positions", "agencies",
    ),
    "sources": (
        "sources", "source_provinces", "source_regencies", "source_ways", "source_visits", "urls", "url_outcomes",
        "fates", "funnel", "alarms", "runs",
    ),
    "counts": (
        "completeness", "regency_coverage", "monthly_coverage", "province_pillars", "source_reporting",
    ),
    "releases": ("release", "releases", "digests", "search"),
}  # fmt: skip
"""The tables by what they are for; one that stands nowhere is told among the counts."""

QUERY_GROUPS = ("daerah", "peristiwa", "pejabat", "liputan", "mutu")


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the dictionary tells it."""

    name: str
    type: str
    description: str
    """Indonesian / English."""
    is_key: bool
    may_be_empty: bool
    leads_to: str | None
    """The table and column that it points to, such as events.id."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the dictionary tells it."""

    name: str
    description: str
    """Indonesian / English."""
    columns: tuple[Column, ...]


@cache
def read_tables() -> Mapping[str, Table]:
    """The published tables by name, in the order of db/public.sql."""
    described = yaml.safe_load((ROOT / "db" / "columns.yml").read_text(encoding="utf-8"))
    db = Database(memory=True)
    db.executescript((ROOT / "db" / "public.sql").read_text(encoding="utf-8"))
    tables = {name: _table(db, name, described[name]) for name in db.table_names()}
    db.close()
    return tables


def _table(db: Database, name: str, described: dict[str, Any]) -> Table:
    leads = {key.column: f"{key.other_table}.{key.other_column}" for key in db.table(name).foreign_keys if key.column}
    columns = tuple(
        Column(
            name=column.name,
            type=column.type.lower(),
            description=described["columns"][column.name],
            is_key=bool(column.is_pk),
            may_be_empty=not column.notnull,
            leads_to=leads.get(column.name),
        )
        for column in db.table(name).columns
    )
    return Table(name, described["description"], columns)


def grouped_tables() -> dict[str, list[Table]]:
    """The tables by what they are for; every table stands in one group."""
    tables = read_tables()
    named = {name for names in GROUPS.values() for name in names}
    groups = {group: [tables[name] for name in names if name in tables] for group, names in GROUPS.items()}
    groups["counts"] += [table for name, table in tables.items() if name not in named]
    return groups


@cache
def grouped_queries() -> Mapping[str, Mapping[str, Any]]:
    """The example queries of queries.yml by group and name."""
    queries = yaml.safe_load(QUERIES.read_text(encoding="utf-8"))["queries"]
    return {
        group: {name: query for name, query in queries.items() if query["group"] == group} for group in QUERY_GROUPS
    }


def apa(release: Release, address: str) -> str:
    """A release as APA style cites a data set."""
    return f"Pantau Kota Cerdas. ({day_of(release)[:4]}). {TITLE} (Rilis {release.id}) [Data set]. {address}"


def csl_json(release: Release, address: str) -> str:
    """A release as an item of CSL JSON, which Zotero and pandoc read."""
    item = {
        "id": f"pantau-kota-cerdas-{release.id}",
        "type": "dataset",
        "title": TITLE,
        "author": [{"literal": "Pantau Kota Cerdas"}],
        "issued": {"date-parts": [[int(part) for part in day_of(release).split("-")]]},
        "version": release.id,
        "note": f"SHA-256: {release.hash}",
        "URL": address,
        "language": "id",
    }
    return json.dumps([item], ensure_ascii=False, indent=2)
