"""Where a letter leads: to the site, and to the pages of the outlets."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from publish.letters.rows import Row


def evidence_url(site: str, article_id: str, anchor: str) -> str:
    # By its anchor: a letter is read for years, and an article that is read anew numbers its sentences anew.
    return f"{site}/artikel/{article_id}#k-{anchor}"


def article_url(row: Row, id_column: str, site: str) -> str:
    """The outlet's page; our own record for a file that was ingested and so has no address on the web."""
    if row["url"].lower().startswith(("http://", "https://")):
        return row["url"]
    return f"{site}/artikel/{row[id_column]}"


def table_url(site: str, table: str, *filters: Row, **more: object) -> str:
    """A table of public.db on the site, filtered as Datasette does."""
    query: Row = {}
    for values in (*filters, more):
        query |= values
    return f"{site}/public/{table}?{urlencode(query, quote_via=quote)}"


def more_urls(span: dict[str, str], site: str) -> dict[str, str]:
    """Where each side list of the letter goes on."""
    week = {"published_date__gte": span["monday"], "published_date__lte": span["sunday"]}
    return {
        "movements": table_url(site, "events", last_published_date__gte=span["monday"]),
        "announced": table_url(site, "events", status="announced", _sort_desc="start_date"),
        "others": table_url(site, "articles", week, is_relevant=1),
        "unsure_reports": table_url(site, "stage_reports", event_id__isnull=1),
        "unsure_articles": table_url(site, "articles", is_relevant__isnull=1),
        "undated_articles": table_url(site, "articles", published_date__isnull=1, is_relevant=1),
        "pages": table_url(site, "urls", _facet="fate"),
        "unread": f"{site}/media?keadaan=lihat",
        "silent": table_url(site, "sources", _sort="last_published_date"),
    }
