"""The names of facts, by which a reader says that one is wrong and a reviewer decides about it."""

from __future__ import annotations

from db.reviewing.facts import content, fact_id
from publish.site.page import Row


def name_facts(kind: str, rows: list[Row]) -> list[Row]:
    """The rows of a public table, each with the stable name of its fact as `fact`.

    `kind` is one of db.reviewing.facts.KINDS; the rows have `article_id` and every field that the kind says. The name
    is the one that the private database gives the fact, as what a fact says is published as it is.
    """
    return [row | {"fact": fact_id(row["article_id"], kind, content(kind, row))} for row in rows]
