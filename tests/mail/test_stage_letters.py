"""What a letter on a stage says of how much was read for it."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

from build import build_example_db

from db.connect import open_read_only
from publish.digest import build_letter
from publish.letters.parts import Part
from publish.letters.reading import read_letter
from publish.letters.scopes import find_scope


def test_the_articles_that_tell_its_events_are_counted_although_no_article_is_of_a_stage(tmp_path: Path) -> None:
    _, public = build_example_db(tmp_path)
    with closing(open_read_only(public)) as db:
        days = db.execute("select min(published_date), max(published_date) from articles").fetchone()
        scope = find_scope(db, "stage", "bimtek-2")
        assert scope is not None
        parts = [Part(scope, *map(date.fromisoformat, days))]
        told = read_letter(db, parts, site_url="https://pantau.example")
        told_by = db.execute(
            "select count(distinct article_id) from stage_reports where stage_code = 'bimtek-2' and event_id <> ''"
        ).fetchone()[0]
        letter = build_letter(
            db, parts, issue="2024-W01", zone="WIB", lang="en", site_url="https://pantau.example", known_since=None
        )
    assert told["counts"]["articles"] == told_by > 0
    assert told["counts"]["events"] > 0
    assert "so we do not know whether anything took place" not in letter.text
