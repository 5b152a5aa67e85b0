"""Where a letter leads: to the site, and to the pages of the outlets."""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from publish.letters.rows import Row

LONGEST_ADDRESS = 850
"""Characters; with what stands before it, a line of a mail ends at 998."""


def evidence_url(site: str, article_id: str, anchor: str) -> str:
    # By its anchor: a letter is read for years, and an article that is read anew numbers its sentences anew.
    return f"{site}/artikel/{article_id}#k-{anchor}"


def article_url(row: Row, id_column: str, site: str) -> str:
    """The outlet's page; our own record for a file that was ingested and so has no address on the web."""
    return web_address(row["url"]) or f"{site}/artikel/{row[id_column]}"


def web_address(url: str) -> str | None:
    """An address of the web in ASCII, its odd characters escaped; None for what is none, names somebody before
    its host, or is too long for a mail.

    >>> web_address('https://warta.example/a b?x="1"')
    'https://warta.example/a%20b?x=%221%22'
    >>> web_address("javascript:alert(1)"), web_address("https://[warta/"), web_address("https://warta@judi.example/")
    (None, None, None)
    """
    try:
        parts = urlsplit(url)
        host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or quote(host, safe=":.-_~%[]") != host:
        return None
    rest = (quote(part, safe="/:;@!$&'()*+,=~?%") for part in parts[2:])
    address = urlunsplit((parts.scheme, host, *rest))
    return address if len(address) <= LONGEST_ADDRESS else None


def table_url(site: str, table: str, *filters: Row, **more: object) -> str:
    """A table of public.db on the site, filtered as Datasette does."""
    query: Row = {}
    for values in (*filters, more):
        query |= values
    return f"{site}/public/{table}?{urlencode(query, quote_via=quote)}"


def more_urls(span: dict[str, str], site: str) -> dict[str, str]:
    """Where each side list of the letter goes on; `span` has `first` and `last`, days in ISO 8601."""
    days = {"published_date__gte": span["first"], "published_date__lte": span["last"]}
    return {
        "movements": table_url(site, "events", last_published_date__gte=span["first"]),
        "announced": table_url(site, "events", status="announced", _sort_desc="start_date"),
        "passed": table_url(site, "events", status="announced", start_date__lte=span["last"], _sort_desc="start_date"),
        "others": table_url(site, "articles", days, is_relevant=1),
        "late": table_url(site, "event_versions", number=1, _sort_desc="known_from"),
        "corrections": table_url(site, "event_versions", known_to__notblank=1, _sort_desc="known_to"),
        "unsure_reports": table_url(site, "stage_reports", event_id__isnull=1),
        "unsure_articles": table_url(site, "articles", is_relevant__isnull=1),
        "undated_articles": table_url(site, "articles", published_date__isnull=1, is_relevant=1),
        "pages": table_url(site, "urls", _facet="fate"),
        "unread": f"{site}/media?keadaan=lihat",
        "silent": table_url(site, "sources", _sort="last_published_date"),
        "unheard": table_url(site, "regency_coverage", _sort="last_published_date"),
        "never_heard": table_url(site, "regency_coverage", articles=0),
    }
