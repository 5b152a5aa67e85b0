"""The names of facts that the site gives are those that the review knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from build import fill_example_db
from sitepages import Rows

from db.connect import open_db
from db.reviewing.facts import KINDS, read_facts
from publish.site.facts import name_facts

TABLES = {"event": "stage_reports", "official": "officials", "quote": "quotes", "figure": "figures",
          "regency": "article_regencies"}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_published_fact_has_the_name_that_the_review_knows(rows: Rows, tmp_path: Path, kind: str) -> None:
    fill_example_db(tmp_path / "pantau.db")
    with_names = name_facts(kind, [dict(row) for row in rows(f"select * from {TABLES[kind]}")])
    db = open_db(tmp_path / "pantau.db")
    known = {fact.id for row in with_names for fact in read_facts(db, row["article_id"]) if fact.kind == kind}
    db.close()
    assert with_names
    assert {row["fact"] for row in with_names} == known
