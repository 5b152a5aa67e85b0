"""In the researcher's tables and queries, a proving sentence leads to its article, and an address where it says."""

from __future__ import annotations

from typing import Any

from datasette import hookimpl
from markupsafe import Markup

from publish.theirs import is_web


@hookimpl
def render_cell(row: Any, value: Any, column: str, datasette: Any) -> str | None:
    if isinstance(value, str) and value.strip().lower().startswith("http") and not is_web(value):
        return value  # Datasette would make a link of it.
    columns = row.keys()
    article = next((name for name in ("evidence_article_id", "article_id") if name in columns), None)
    if column != "evidence" or not value or article is None or "evidence_number" not in columns:
        return None
    address = datasette.urls.path(f"/artikel/{_plain(row[article])}") + f"#bukti-{_plain(row['evidence_number'])}"
    return Markup('<a href="{}">{}</a>').format(address, value)


def _plain(value: Any) -> Any:
    """The value of a foreign key, which Datasette hands over with its label."""
    return value["value"] if isinstance(value, dict) else value
