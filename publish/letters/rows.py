"""Rows of public.db as a letter may carry them."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from publish.letters.cleaning import clean

Row = dict[str, Any]

SURE = 0.5
"""Confidence below which a finding is "not sure" (nlp.extraction)."""
NO_STEPS = ("lainnya", "evaluasi-internal")
"""Stages that take a regency no further: any other activity, and its own preparation for an evaluation."""


def read_rows(db: Database, sql: str, **values: object) -> list[Row]:
    """Rows whose texts are on one line and steer nothing, as a line of a letter has to be."""
    return [
        {key: clean(value) if isinstance(value, str) else value for key, value in row.items()}
        for row in db.query(sql, values)
    ]
